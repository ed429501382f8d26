//! Questions about places: what an area is part of, and where it lies.

use std::collections::HashSet;

use clients::musicbrainz::MAX_RESULTS;
use clients::places::MAX_AREAS;
use lake::cache::Subject;

use super::{Situation, batches, full, subject};
use crate::known::ArtistArea;
use crate::question::{Kind, Method, Question, Service, is_mbid};

/// `more_may_come` where artists are still to be described.
pub(super) fn questions(situation: &Situation<'_>, more_may_come: bool) -> Vec<Question> {
    let mut questions = of_areas(situation, more_may_come);
    questions.extend(of_coordinates(situation, more_may_come));
    questions
}

/// What areas are, for all areas that artists have and those above them.
fn of_areas(situation: &Situation<'_>, more_may_come: bool) -> Vec<Question> {
    use Method::{Area, Areas};
    if !situation.may_ask(Service::Musicbrainz) {
        return Vec::new();
    }
    let (service, kind) = (Service::Musicbrainz, Kind::Area);
    let areas = situation.areas();
    let of = |ids: Vec<&String>| ids.into_iter().map(|id| subject(id, None, None)).collect::<Vec<_>>();
    if situation.is_refused(Areas) {
        let is_untold = |id: &str| situation.is_due(kind, Areas, id) || situation.known.is_missed(kind, Areas, id);
        let due = areas.iter().filter(|id| situation.is_due(kind, Area, id) && is_untold(id)).collect();
        return batches(service, Area, kind, 1, of(due));
    }
    let due = areas.iter().filter(|id| situation.is_due(kind, Areas, id)).collect();
    let size = situation.batch(Areas, MAX_RESULTS);
    let mut questions = full(batches(service, Areas, kind, size, of(due)), size, more_may_come);
    let alone = areas.iter();
    // A search does not say what an area has left: only a question about it alone does.
    let is_worth_it = |id: &String| situation.known.is_missed(kind, Areas, id) || situation.known.areas.is_in_doubt(id);
    let alone = alone.filter(|id| is_worth_it(id) && situation.is_due(kind, Area, id));
    questions.extend(batches(service, Area, kind, 1, of(alone.collect())));
    questions
}

/// Where the origins of artists lie: by identifier for many at a time, then by name, once it is
/// known what they are part of.
fn of_coordinates(situation: &Situation<'_>, more_may_come: bool) -> Vec<Question> {
    use Method::{Coordinates, Geocode, Place};
    let kind = Kind::Area;
    let known = situation.known;
    let is_due = |method: Method, id: &str| situation.is_due(kind, method, id);
    let waits_for_areas = |id: &str| {
        let is_open = |id: &&str| {
            let is_unknown = [Method::Areas, Method::Area].iter().all(|method| known.is_new(kind, *method, id));
            let is_due = is_due(Method::Areas, id) && is_due(Method::Area, id);
            is_unknown || (is_due && situation.hopes_for(Service::Musicbrainz))
        };
        known.areas.upwards(id).iter().any(is_open)
    };
    // Places do not move: what has coordinates is not asked about again.
    let lost: Vec<&str> = situation.origins().into_iter().filter(|id| !known.placed.contains(*id)).collect();
    let mut questions = Vec::new();
    if situation.may_ask(Service::Wikidata) {
        let due = lost.iter().filter(|id| is_due(Coordinates, id)).map(|id| subject(id, None, None));
        let size = situation.batch(Coordinates, MAX_AREAS);
        let questions_now = batches(Service::Wikidata, Coordinates, kind, size, due);
        questions.extend(full(questions_now, size, more_may_come));
    }
    // Who knows many places at a time is waited for: the others are made for one now and then.
    let is_lost = |id: &str| !situation.waits_for(Service::Wikidata, kind, Coordinates, id) && !waits_for_areas(id);
    let waits_for_nominatim = |id: &str| situation.may_ask(Service::Nominatim) && is_due(Place, id);
    for (service, method) in [(Service::Nominatim, Place), (Service::Openweather, Geocode)] {
        if situation.may_ask(service) {
            let is_next = |id: &str| service == Service::Nominatim || !waits_for_nominatim(id);
            let due = lost.iter().filter(|id| is_due(method, id) && is_lost(id) && is_next(id));
            questions.extend(batches(service, method, kind, 1, due.filter_map(|id| situation.place(id))));
        }
    }
    questions
}

impl Situation<'_> {
    /// Where the artists in scope come from: where they began, else where they are.
    fn origins(&self) -> Vec<&str> {
        let mut seen = HashSet::new();
        let artists = self.mbids().into_iter().filter_map(|mbid| self.known.artists.get(mbid));
        let origins = artists.filter_map(|artist| artist.begin.as_deref().or(artist.area.as_deref()));
        origins.filter(|id| is_mbid(id) && seen.insert(*id)).collect()
    }

    /// The areas of the artists in scope, and those above them as far as they are known.
    fn areas(&self) -> Vec<String> {
        let mut seen = HashSet::new();
        let areas = self.mbids().into_iter().flat_map(|mbid| self.areas_of(mbid));
        areas.filter(|id| is_mbid(id) && seen.insert(id.clone())).collect()
    }

    /// The areas of an artist, and those above them as far as they are known. Where somebody died
    /// is nobody's origin: its name is enough.
    pub(super) fn areas_of(&self, mbid: &str) -> Vec<String> {
        let own = |artist: &ArtistArea| [artist.begin.clone(), artist.area.clone()];
        let own = self.known.artists.get(mbid).into_iter().flat_map(own).flatten();
        own.flat_map(|area| self.known.areas.upwards(&area).into_iter().map(str::to_owned).collect::<Vec<_>>())
            .collect()
    }

    /// What a search by name needs: the name, and in the hint what kind of place it is, its state
    /// and its country. A name alone is that of many places: without a country there is nothing to
    /// ask, except for a country itself.
    fn place(&self, id: &str) -> Option<Subject> {
        let area = self.known.areas.get(id)?;
        let above: Vec<_> =
            self.known.areas.upwards(id).into_iter().filter_map(|id| self.known.areas.get(id)).collect();
        let country = above.iter().find_map(|area| area.country.as_deref());
        if country.is_none() && area.kind.as_deref() != Some("Country") {
            return None;
        }
        let state = above.iter().skip(1).find(|area| area.kind.as_deref() == Some("Subdivision"));
        let state = state.and_then(|area| area.name.as_deref());
        let kind = area.kind.as_deref().unwrap_or("City");
        let hint = [kind, state.unwrap_or_default(), country.unwrap_or_default()].join("|");
        Some(subject(id, Some(area.name.as_deref()?), Some(&hint)))
    }
}
