#!/bin/sh
# `make demo`: two invented listeners, three years, 100,000 plays, through the whole
# pipeline. Leaves ./music-tracker for your own data; the demo's own lies in demo-data/.
set -eu
cd "$(dirname "$0")/.."

began=$(date +%s)
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$(printf '\033[1m') plain=$(printf '\033[0m'); else bold='' plain=''; fi
step() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }

step 'Building the programs (the first time takes some minutes)'
# shellcheck disable=SC2086  # CARGO_FLAGS are words
cargo build --workspace --bins ${CARGO_FLAGS:---locked}
target=$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
bin=$target/debug
ln -sf "$bin/music-tracker" music-tracker

# The same world for every command below: who listens, where they live and travel.
world="--seed 2025 --plays 50000 --from 2022-01-01 --to 2025-01-01
    --account alice=Europe/Berlin,Asia/Tokyo@2023-04-01,Europe/Berlin@2023-04-22
    --account bob=America/Denver"

# shellcheck disable=SC2086  # the flags of the world are words
export_of() { "$bin/simulator" export $world --report text --folder "" --of "$@"; }
ingest() { "$bin/ingest" --report text --log-format text "$@"; }
said() { sed -n "s/^$1=//p" demo-data/spotify.txt; }

set_clock() {
    if command -v curl >/dev/null; then
        curl --fail --silent --output /dev/null --header 'content-type: application/json' --data "{\"now\": \"$1\"}" "$clock"
    else
        node -e 'fetch(process.argv[1], { method: "POST", headers: { "content-type": "application/json" },
            body: JSON.stringify({ now: process.argv[2] }) })' "$clock" "$1"
    fi
}

# What .env says is for one's own data: its keys must not go anywhere with invented artists.
if [ -f .env ]; then
    # shellcheck disable=SC2013  # names of variables are words
    for name in $(sed -E -n 's/^[[:space:]]*(export[[:space:]]+)?([A-Za-z_][A-Za-z_0-9]*)=.*/\2/p' .env); do
        export "$name="
    done
fi

rm -rf demo-data
mkdir demo-data
export DUCKDB_PATH=demo-data/music_tracker.duckdb DATA_DIR=demo-data ENVIRONMENT=development LOG_LEVEL=warn

step 'Two listeners, each with their own time zones'
ingest account add alice --zone Europe/Berlin
ingest account set alice --zone Asia/Tokyo --from 2023-04-01T00:00:00Z
ingest account set alice --zone Europe/Berlin --from 2023-04-22T00:00:00Z
ingest account add bob --zone America/Denver

step 'Their exports of 27 December, as Spotify sends them'
export_of alice --keys 21 --until 2024-12-27 --out demo-data/alice.zip
export_of bob --keys 19 --until 2024-12-27 --out demo-data/bob.zip
ingest import --account alice demo-data/alice.zip
ingest import --account bob demo-data/bob.zip

step 'The days after: polling Spotify every twelve simulated hours'
: >demo-data/spotify.txt
# shellcheck disable=SC2086
"$bin/simulator" serve $world --report text --musicbrainz-interval-ms 0 --nominatim-interval-ms 0 \
    --now 2024-12-27T00:00:00Z >demo-data/spotify.txt &
spotify=$!
trap 'kill $spotify' EXIT
trap 'exit 130' INT TERM HUP
until grep -q 'simulated clock' demo-data/spotify.txt; do
    kill -0 $spotify
    sleep 0.2
done
SPOTIFY_BASE_URL=$(said SPOTIFY_BASE_URL)
SPOTIFY_ACCOUNTS_BASE_URL=$(said SPOTIFY_ACCOUNTS_BASE_URL)
export SPOTIFY_BASE_URL SPOTIFY_ACCOUNTS_BASE_URL SPOTIFY_CLIENT_ID=demo SPOTIFY_CLIENT_SECRET=demo
clock=${SPOTIFY_ACCOUNTS_BASE_URL}_control/now
SPOTIFY_REFRESH_TOKEN=$(said SPOTIFY_REFRESH_TOKEN | head -n 1) ingest spotify --account alice
SPOTIFY_REFRESH_TOKEN=$(said SPOTIFY_REFRESH_TOKEN | tail -n 1) ingest spotify --account bob
for day in 27 28 29; do
    for hour in 11 23; do
        set_clock "2024-12-${day}T$hour:00:00Z"
        ingest spotify
    done
done

step 'A newer export of everything: only what is new is added'
export_of alice --keys 23 --out demo-data/alice_new.zip
export_of bob --keys 23 --out demo-data/bob_new.zip
ingest import --account alice demo-data/alice_new.zip
ingest import --account bob demo-data/bob_new.zip

step 'Who made it, what kind of music, from where: asking MusicBrainz and others (simulated)'
export MUSICBRAINZ_BASE_URL LISTENBRAINZ_BASE_URL WIKIDATA_BASE_URL NOMINATIM_BASE_URL
MUSICBRAINZ_BASE_URL=$(said MUSICBRAINZ_BASE_URL)
LISTENBRAINZ_BASE_URL=$(said LISTENBRAINZ_BASE_URL)
WIKIDATA_BASE_URL=$(said WIKIDATA_BASE_URL)
NOMINATIM_BASE_URL=$(said NOMINATIM_BASE_URL)
# The real services bear one request a second; the simulated ones any.
MUSIC_MUSICBRAINZ__SPACING_MS=0 MUSIC_WIKIDATA__SPACING_MS=0 MUSIC_NOMINATIM__SPACING_MS=0 \
    MUSIC_LISTENBRAINZ__SPACING_MS=0 MUSIC_SPOTIFY__SPACING_MS=0 MUSIC_SPOTIFY__LOOKUPS_PER_DAY=5000 \
    CONTACT=demo@example.org "$bin/enrich" run --report text --log-format text
kill $spotify
trap - EXIT

step 'The star schema: models, tests, publishing'
"$bin/transform" refresh --report text --log-format text

step 'What they listen to'
./music-tracker summary

step 'Is everything there?'
stored=$(./music-tracker query --format csv 'select count(*) from fct_track_played' | tail -n 1)
if [ "$stored" != 100000 ]; then
    echo "No: 100000 plays were invented, but $stored are in the star schema." >&2
    exit 1
fi
cat <<END
Yes: 100000 plays were invented, told by exports and polls that overlap, and $stored are in the star schema.
It took $(($(date +%s) - began)) seconds, and the demo's data is in demo-data/. Look around:

  ./music-tracker --data-dir demo-data query "select artist_name, counted_plays from rpt_top_artists where period = 'all time' order by counted_plays desc limit 10"

Now your own history. Ask for your "Extended streaming history" at
https://www.spotify.com/account/privacy; when it has come:

  ./music-tracker import my_spotify_data.zip

It goes to data/ and never mixes with the demo. All the rest: ./music-tracker --help
END
