#!/bin/sh
# `make demo`: two invented listeners, three years, 100,000 plays, through the whole
# pipeline. Leaves ./music-tracker for your own data; the demo's own lies in demo-data/.
set -eu
cd "$(dirname "$0")/.."

began=$(date +%s)
step() { printf '\n\033[1m%s\033[0m\n' "$*"; }

step 'Building the programs (the first time takes some minutes)'
# shellcheck disable=SC2086  # CARGO_FLAGS are words
cargo build --quiet --workspace --bins ${CARGO_FLAGS:---locked}
target=$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
bin=$target/debug
ln -sf "$bin/music-tracker" music-tracker

# The same world for every command below: who listens, where they live and travel.
world="--seed 2025 --plays 50000 --from 2022-01-01 --to 2025-01-01
    --account alice=Europe/Berlin,Asia/Tokyo@2023-04-01,Europe/Berlin@2023-04-22
    --account bob=America/Denver"
# shellcheck disable=SC2086  # the flags above are words
simulator() { command=$1 && shift && "$bin/simulator" "$command" $world --report text "$@"; }

set_clock() {
    if command -v curl >/dev/null; then
        curl --fail --silent --output /dev/null --json "{\"now\": \"$1\"}" "${SPOTIFY_ACCOUNTS_BASE_URL}_control/now"
    else
        node -e 'fetch(process.argv[1], { method: "POST", headers: { "content-type": "application/json" },
            body: JSON.stringify({ now: process.argv[2] }) })' "${SPOTIFY_ACCOUNTS_BASE_URL}_control/now" "$1"
    fi
}

rm -rf demo-data
mkdir demo-data
export DATA_DIR=demo-data ENVIRONMENT=development

step 'Two listeners, each with their own time zones'
./music-tracker account add alice --zone Europe/Berlin
./music-tracker account set alice --zone Asia/Tokyo --from 2023-04-01T00:00:00Z
./music-tracker account set alice --zone Europe/Berlin --from 2023-04-22T00:00:00Z
./music-tracker account add bob --zone America/Denver

step 'Their exports of 27 December, as Spotify would send them'
simulator export --of alice --keys 21 --until 2024-12-27 --out demo-data/alice.zip
simulator export --of bob --keys 19 --until 2024-12-27 --out demo-data/bob.zip
"$bin/ingest" import --account alice demo-data/alice.zip
"$bin/ingest" import --account bob demo-data/bob.zip

step 'The days after: polling Spotify every twelve simulated hours'
simulator serve >demo-data/spotify.txt &
spotify=$!
trap 'kill $spotify 2>/dev/null' EXIT
trap 'exit 130' INT TERM HUP
until grep -q 'simulated clock' demo-data/spotify.txt; do
    kill -0 $spotify
    sleep 0.2
done
said() { sed -n "s/^$1=//p" demo-data/spotify.txt; }
export SPOTIFY_CLIENT_ID=demo SPOTIFY_CLIENT_SECRET=demo
SPOTIFY_BASE_URL=$(said SPOTIFY_BASE_URL)
SPOTIFY_ACCOUNTS_BASE_URL=$(said SPOTIFY_ACCOUNTS_BASE_URL)
export SPOTIFY_BASE_URL SPOTIFY_ACCOUNTS_BASE_URL
for day in 27 28 29 30 31; do
    for hour in 12 23; do
        set_clock "2024-12-${day}T$hour:00:00Z"
        poll alice "$(said SPOTIFY_REFRESH_TOKEN | head -n 1)"
        poll bob "$(said SPOTIFY_REFRESH_TOKEN | tail -n 1)"
    done
done
kill $spotify

step 'In January a newer export of everything: only what is new is added'
simulator export --of alice --keys 23 --out demo-data/alice_new.zip
simulator export --of bob --keys 23 --out demo-data/bob_new.zip
"$bin/ingest" import --account alice demo-data/alice_new.zip
"$bin/ingest" import --account bob demo-data/bob_new.zip

step 'The star schema: models, their tests, publishing'
./music-tracker refresh

./music-tracker summary
