use std::collections::BTreeSet;

use simulator::facts::{Found, GenreSource, VARIOUS_ARTISTS_MBID};
use simulator::{CollectionKind, World};

use crate::{household, small};

/// How many artists of Spotify's catalogue there are, without the one for compilations.
fn famous(world: &World) -> usize {
    let artists = &world.catalogue().artists;
    artists.iter().filter(|artist| artist.id.is_some()).count() - 1
}

#[test]
fn the_seed_tells_everything() {
    let (one, same, other) = (small(1), small(1), small(2));
    let told = |world: &World| {
        let facts = world.facts();
        format!("{:?} {:?} {:?} {:?}", facts.artists, facts.recordings, facts.releases, facts.release_groups)
    };
    assert!(told(&one) == told(&same) && told(&one) != told(&other));
    // An artist has one MBID in every world, which listens name too.
    let mbids = |world: &World| -> BTreeSet<String> {
        (0..40).filter_map(|index| world.facts().artist(index).mbid.map(str::to_owned)).collect()
    };
    assert!(mbids(&one).intersection(&mbids(&other)).count() > 20);
}

#[test]
fn most_are_linked_and_some_are_not_known() {
    let world = household();
    let (facts, famous) = (world.facts(), famous(world));
    let count = |is: &dyn Fn(usize) -> bool| (0..famous).filter(|index| is(*index)).count() * 1_000 / famous;
    assert!((910..950).contains(&count(&|index| facts.artist(index).mbid.is_some())));
    assert!((830..870).contains(&count(&|index| facts.artist(index).found == Found::Linked)));
    assert!((600..850).contains(&count(&|index| facts.artist(index).genre_source == GenreSource::Artist)));
    assert!((700..900).contains(&count(&|index| facts.artist(index).origin.is_some())));
    assert_eq!(facts.artist(famous).mbid, Some(VARIOUS_ARTISTS_MBID));
}

#[test]
fn a_small_world_has_one_of_everything() {
    let world = small(1);
    let facts = world.facts();
    let truths: Vec<_> = (0..40).map(|index| facts.artist(index)).collect();
    for found in [Found::Linked, Found::Isrc, Found::Search, Found::NameLookup, Found::Nowhere] {
        assert!(truths.iter().any(|truth| truth.found == found), "{found:?}");
    }
    use GenreSource::{Artist, Nowhere, Recordings, ReleaseGroups};
    for source in [Artist, ReleaseGroups, Recordings, Nowhere] {
        assert!(truths.iter().any(|truth| truth.genre_source == source && truth.mbid.is_some()), "{source:?}");
    }
    assert!(truths.iter().any(|truth| truth.mbid.is_some() && truth.found == Found::Nowhere));
    assert!(facts.artists.iter().any(|artist| artist.former_mbid.is_some()));
    assert!(truths.iter().all(|truth| truth.genres.is_empty() == (truth.genre_source == GenreSource::Nowhere)));
}

#[test]
fn places_lead_to_a_country_but_for_the_circle() {
    let facts = household().facts();
    let mut countries = BTreeSet::new();
    let mut lost = 0;
    for artist in facts.artists.iter().filter_map(|artist| artist.artist) {
        let Some(origin) = facts.artist(artist as usize).origin else { continue };
        let areas = &facts.atlas().areas;
        assert_eq!(areas[origin.ancestry[0]].mbid, origin.area_mbid);
        match origin.country {
            Some(country) => assert!(areas[*origin.ancestry.last().unwrap()].country_codes.contains(&country)),
            None => lost += 1,
        }
        countries.extend(origin.country);
    }
    assert_eq!(lost, 1, "one comes from a place that is part of itself");
    for odd in ["HK", "PR", "GL", "BM", "RE", "RU", "RS", "CZ", "XW", "GB", "US", "JP"] {
        assert!(countries.contains(odd), "{odd}");
    }
}

#[test]
fn recordings_and_albums_are_those_of_the_catalogue() {
    let world = household();
    let (facts, catalogue) = (world.facts(), world.catalogue());
    let (mut guests_first, mut joined, mut alike) = (0, 0, 0);
    for recording in &facts.recordings {
        let item = catalogue.item(recording.recording);
        assert!(item.title.starts_with(recording.title.trim_end_matches(" (single version)")));
        assert!(recording.isrcs.iter().all(|isrc| Some(isrc) == item.isrc.as_ref()));
        let first = facts.artists[recording.credits[0].artist].artist.unwrap();
        guests_first += usize::from(first != item.artists[0] && recording.credits.len() > 1);
        joined += usize::from(recording.credit().contains(" feat. "));
        alike += usize::from(recording.isrcs.first().is_some_and(|isrc| facts.recordings_by_isrc(isrc).count() > 1));
    }
    assert!(guests_first > 20 && joined > 20 && alike > 20, "{guests_first} {joined} {alike}");
    assert_eq!(facts.albums.len(), catalogue.collections.len());
    assert!(
        facts.albums.iter().any(|album| album.upc.len() == 14)
            && facts.albums.iter().any(|album| album.upc.len() == 12)
    );
    for release in &facts.releases {
        let album = catalogue.collection(release.collection);
        assert_eq!(album.kind, CollectionKind::Album);
        assert!(album.name.starts_with(&facts.release_groups[release.group].title));
    }
}
