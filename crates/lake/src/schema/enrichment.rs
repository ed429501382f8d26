//! What other services say about artists, tracks, albums and places.
//!
//! Every row tells what one answer said: `answer_id` names the answer in the cache and
//! `fetched_at` is when it came. Rows are never changed; SQL chooses, column by column, what was
//! said last. All of it can be made anew from the cache.
//!
//! Artists are named by their MBID or by their Spotify URI (`artist_ref`), tracks and albums of
//! Spotify by their URI, everything of MusicBrainz by its MBID.

use super::{Column, Table, boolean, instant, int, real, text};

const fn table(name: &'static str, columns: &'static [Column]) -> Table {
    Table { name, version: 1, columns }
}

/// What was asked about whom, and what came of it: one row per answer and subject. Everything
/// that one answer said is in the other tables before its rows are here.
///
/// Its version is raised whenever more is read from answers than before, also into other tables:
/// [`crate::facts::are_outdated`] has all of them read again then.
pub const LOOKUPS: Table = Table {
    name: "lookups",
    version: 3,
    columns: &[
        text("answer_id"),
        // musicbrainz, listenbrainz, spotify, wikidata, nominatim, openweather
        text("service"),
        // How it was asked, such as `url`, `isrc`, `search`, `names`, `tracks`, `coordinates`.
        text("method"),
        // spotify_artist, artist_name, artist, spotify_track, spotify_album, release, area, recording, release_group
        text("subject_type"),
        text("subject"),
        // found, none, ambiguous, crowded, refused, unreadable
        text("outcome"),
        text("reason"),
        instant("fetched_at"),
        text("run_id"),
    ],
};

/// Which artist of MusicBrainz an artist of Spotify, or a bare name, is.
pub const ARTIST_LINKS: Table = table(
    "artist_links",
    &[
        text("answer_id"),
        // spotify_artist (the subject is a URI) or artist_name (it is a name as a source spelled it)
        text("subject_type"),
        text("subject"),
        text("artist_mbid"),
        // As MusicBrainz spells it.
        text("artist_name"),
        // url, isrc, search, names
        text("method"),
        // How sure the service is, of 100; null where it does not say.
        int("score"),
        instant("fetched_at"),
    ],
);

/// What services say about tracks of Spotify.
pub const TRACKS: Table = table(
    "tracks",
    &[
        text("answer_id"),
        text("service"),
        text("track_uri"),
        text("track_name"),
        text("track_isrc"),
        // Where MusicBrainz says it: the recording that has the address of the track.
        text("recording_mbid"),
        int("duration_ms"),
        boolean("is_explicit"),
        // Of 100, where Spotify still tells.
        int("popularity"),
        text("album_uri"),
        text("album_name"),
        int("disc_number"),
        int("track_number"),
        instant("fetched_at"),
    ],
);

/// What services say about recordings of MusicBrainz.
pub const RECORDINGS: Table = table(
    "recordings",
    &[
        text("answer_id"),
        text("service"),
        text("recording_mbid"),
        // What led there: the ISRC that was asked for, or the artist and the title.
        text("track_isrc"),
        text("artist_name"),
        text("track_name"),
        // ListenBrainz: how often, and by how many people.
        int("listens"),
        int("listeners"),
        instant("fetched_at"),
    ],
);

/// Whom Spotify credits for its tracks, one row per position (from 1).
pub const TRACK_CREDITS: Table = table(
    "track_credits",
    &[
        text("answer_id"),
        text("service"),
        text("track_uri"),
        int("position"),
        text("artist_name"),
        text("artist_uri"),
        // Always empty: Spotify, who alone is asked for credits, tells neither. Files that are stored have them.
        text("artist_mbid"),
        text("join_phrase"),
        instant("fetched_at"),
    ],
);

/// What services say about artists.
pub const ARTISTS: Table = Table {
    name: "artists",
    version: 2,
    columns: &[
        text("answer_id"),
        text("service"),
        // MBID, or URI where Spotify says it.
        text("artist_ref"),
        // The MBID that was asked for, where it has been merged into `artist_ref`.
        text("asked_ref"),
        text("artist_name"),
        text("sort_name"),
        // Person, Group, Orchestra, Choir, Character, Other
        text("artist_type"),
        text("gender"),
        text("disambiguation"),
        // ISO 3166-1 of `area`, as MusicBrainz says it; historic and private codes occur.
        text("country_code"),
        text("area_id"),
        text("area_name"),
        text("begin_area_id"),
        text("begin_area_name"),
        text("end_area_id"),
        text("end_area_name"),
        // YYYY, YYYY-MM or YYYY-MM-DD
        text("life_begin"),
        text("life_end"),
        boolean("is_ended"),
        int("alias_count"),
        // Of 100, where Spotify still tells.
        int("popularity"),
        int("followers"),
        // ListenBrainz: how often, and by how many people.
        int("listens"),
        int("listeners"),
        instant("fetched_at"),
        // Numbers of the person or group in the register of rights holders, sorted, with commas between.
        text("ipis"),
    ],
};

/// Other names of artists of MusicBrainz.
pub const ARTIST_ALIASES: Table = table(
    "artist_aliases",
    &[
        text("answer_id"),
        text("artist_mbid"),
        text("alias"),
        text("locale"),
        text("alias_type"),
        boolean("is_primary"),
        instant("fetched_at"),
    ],
);

/// Votes for genres and tags, one row per thing that was voted on and tag.
pub const GENRE_VOTES: Table = table(
    "genre_votes",
    &[
        text("answer_id"),
        text("service"),
        // Whose genre it becomes: MBID, or Spotify URI.
        text("artist_ref"),
        // What people voted on: artist, release_group, recording.
        text("subject_type"),
        text("subject"),
        // As people wrote it.
        text("tag"),
        // Where the service knows the tag as a genre.
        text("genre_mbid"),
        // Null where the service lists genres without counting.
        int("votes"),
        instant("fetched_at"),
    ],
);

/// Areas of MusicBrainz.
pub const AREAS: Table = table(
    "areas",
    &[
        text("answer_id"),
        text("area_id"),
        // The id that was asked for, where it has been merged into `area_id`.
        text("asked_id"),
        text("area_name"),
        text("sort_name"),
        // Country, Subdivision, County, Municipality, City, District, Island …
        text("area_type"),
        // The first code where there are several.
        text("iso_3166_1"),
        text("iso_3166_2"),
        text("disambiguation"),
        boolean("is_ended"),
        text("wikidata_id"),
        instant("fetched_at"),
    ],
);

/// Which areas an area is part of.
pub const AREA_PARENTS: Table = table(
    "area_parents",
    &[
        text("answer_id"),
        text("area_id"),
        text("parent_id"),
        text("parent_name"),
        text("parent_type"),
        // It was part of it once.
        boolean("is_ended"),
        instant("fetched_at"),
    ],
);

/// Where areas lie, in degrees (WGS 84).
pub const AREA_COORDINATES: Table = table(
    "area_coordinates",
    &[
        text("answer_id"),
        // wikidata, nominatim, openweather
        text("service"),
        text("area_id"),
        real("latitude"),
        real("longitude"),
        // ISO 3166-1, where the service says it.
        text("country_code"),
        // What the service found, in its words.
        text("place_name"),
        instant("fetched_at"),
    ],
);

/// Which release of MusicBrainz an album of Spotify is.
pub const ALBUM_LINKS: Table = table(
    "album_links",
    &[
        text("answer_id"),
        text("album_uri"),
        text("release_mbid"),
        // url
        text("method"),
        instant("fetched_at"),
    ],
);

/// What services say about albums.
pub const ALBUMS: Table = Table {
    name: "albums",
    version: 2,
    columns: &[
        text("answer_id"),
        text("service"),
        // The URI where Spotify says it, the MBID of the release where MusicBrainz does, that of the release
        // group where ListenBrainz does.
        text("album_ref"),
        text("album_name"),
        text("artist_name"),
        // Spotify: album, single, compilation. MusicBrainz: Album, Single, EP, Broadcast, Other, and what
        // an album is besides, in its place: Compilation, Soundtrack, Live, Remix …
        text("album_type"),
        text("label"),
        // Digits without leading zeros.
        text("upc"),
        text("release_date"),
        // year, month, day
        text("release_date_precision"),
        int("total_tracks"),
        int("popularity"),
        text("release_group_id"),
        instant("fetched_at"),
        // ListenBrainz: how often, and by how many people.
        int("listens"),
        int("listeners"),
    ],
};

/// Whom Spotify credits for its albums, one row per position (from 1).
pub const ALBUM_CREDITS: Table = table(
    "album_credits",
    &[
        text("answer_id"),
        text("service"),
        text("album_ref"),
        int("position"),
        text("artist_name"),
        text("artist_uri"),
        instant("fetched_at"),
    ],
);

/// All tables that enrichment writes; the last one says that the others are complete.
pub const ENRICHMENT_TABLES: &[&Table] = &[
    &ARTIST_LINKS,
    &TRACKS,
    &RECORDINGS,
    &TRACK_CREDITS,
    &ARTISTS,
    &ARTIST_ALIASES,
    &GENRE_VOTES,
    &AREAS,
    &AREA_PARENTS,
    &AREA_COORDINATES,
    &ALBUM_LINKS,
    &ALBUMS,
    &ALBUM_CREDITS,
    &LOOKUPS,
];
