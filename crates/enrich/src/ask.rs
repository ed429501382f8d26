//! Asking a question: which client, with which words.

use clients::listenbrainz::{Heard, Names};
use clients::musicbrainz::{MAX_RESULTS, phrase};
use clients::places::{Nominatim, Openweather, Place, PlaceKind, Wikidata};
use clients::{Answer, ClientError, Listenbrainz, Musicbrainz, Spotify};
use lake::cache::Subject;
use platform::JobContext;

use crate::question::{Method, Question, Service, spotify_id, titles};
use crate::spotify_token::Token;

/// So many are looked at, in case somebody else has the name of the one who is looked for.
const NAMESAKES: usize = 25;

/// The clients of all services that this person can ask.
pub(crate) struct Clients {
    musicbrainz: Musicbrainz,
    listenbrainz: Listenbrainz,
    wikidata: Wikidata,
    nominatim: Nominatim,
    openweather: Option<Openweather>,
    spotify: Option<(Spotify, Token)>,
}

impl Clients {
    /// # Errors
    /// When no line can be opened.
    pub(crate) fn open(context: &JobContext) -> anyhow::Result<Self> {
        Ok(Self {
            musicbrainz: Musicbrainz::open(context)?,
            listenbrainz: Listenbrainz::open(context)?,
            wikidata: Wikidata::open(context)?,
            nominatim: Nominatim::open(context)?,
            openweather: Openweather::open(context)?,
            spotify: Token::of_somebody(context)?
                .zip(Spotify::open(context).ok())
                .map(|(token, client)| (client, token)),
        })
    }

    /// The services that can be asked at all.
    pub(crate) fn services(&self) -> impl Iterator<Item = Service> {
        Service::ALL.into_iter().filter(|service| match service {
            Service::Openweather => self.openweather.is_some(),
            Service::Spotify => self.spotify.is_some(),
            _ => true,
        })
    }

    /// How many requests of today's budget at Spotify are left.
    ///
    /// # Errors
    /// Those of the client.
    pub(crate) fn spotify_requests_left(&self) -> Result<usize, ClientError> {
        let left = self.spotify.as_ref().map_or(Ok(0), |(client, _)| client.look_ups_left())?;
        Ok(usize::try_from(left).unwrap_or(usize::MAX))
    }

    /// Whether ListenBrainz looks names up.
    pub(crate) fn has_listenbrainz_token(&self) -> bool {
        self.listenbrainz.has_token()
    }

    /// Whether ListenBrainz refused the token.
    pub(crate) fn is_listenbrainz_token_refused(&self) -> bool {
        self.listenbrainz.is_token_refused()
    }

    /// Asks, and returns the answer as it came.
    ///
    /// # Errors
    /// Those of the clients.
    pub(crate) async fn ask(&self, question: &Question) -> Result<Answer, ClientError> {
        let ids: Vec<&str> = question.subjects.iter().map(|subject| subject.id.as_str()).collect();
        let spotify_ids: Vec<&str> = ids.iter().map(|uri| spotify_id(uri)).collect();
        let addresses = |kind: &str| {
            spotify_ids.iter().map(|id| format!("https://open.spotify.com/{kind}/{id}")).collect::<Vec<_>>()
        };
        let first = &question.subjects[0];
        let musicbrainz = &self.musicbrainz;
        match question.method {
            Method::ArtistUrls => musicbrainz.urls(&addresses("artist"), "artist-rels").await,
            Method::AlbumUrls => musicbrainz.urls(&addresses("album"), "release-rels").await,
            Method::TrackUrls => musicbrainz.urls(&addresses("track"), "recording-rels").await,
            Method::Isrc => musicbrainz.isrc(first.hint.as_deref().unwrap_or_default()).await,
            Method::Isrcs => {
                let isrcs: Vec<&str> = question.subjects.iter().filter_map(|one| one.hint.as_deref()).collect();
                musicbrainz.search("recording", &any_of("isrc", &isrcs), MAX_RESULTS).await
            }
            Method::ArtistSearch => {
                let name = first.name.as_deref().unwrap_or(&first.id);
                let (name, limit) = (phrase(name), NAMESAKES);
                musicbrainz.search("artist", &format!("artist:{name} OR alias:{name}"), limit).await
            }
            Method::Artists => musicbrainz.search("artist", &any_of("arid", &ids), ids.len()).await,
            Method::Artist => musicbrainz.lookup("artist", &first.id, "genres+tags+aliases").await,
            // Whoever is alone needs no search, of which nobody knows for sure that it finds all that has tags.
            Method::ReleaseGroups if ids.len() == 1 => musicbrainz.works("release-group", &first.id).await,
            Method::Recordings if ids.len() == 1 => musicbrainz.works("recording", &first.id).await,
            Method::ReleaseGroups => musicbrainz.search("release-group", &tagged(&ids), MAX_RESULTS).await,
            Method::Recordings => musicbrainz.search("recording", &tagged(&ids), MAX_RESULTS).await,
            Method::Releases => musicbrainz.search("release", &any_of("reid", &ids), ids.len()).await,
            Method::Release => {
                musicbrainz.lookup("release", &first.id, "artist-credits+labels+media+release-groups").await
            }
            Method::Areas => musicbrainz.search("area", &any_of("aid", &ids), ids.len()).await,
            Method::Area => musicbrainz.lookup("area", &first.id, "area-rels+url-rels").await,
            Method::ArtistNames => {
                let names = question.subjects.iter().flat_map(|subject| {
                    let artist = subject.name.as_deref().unwrap_or(&subject.id);
                    titles(subject).map(move |recording| Names { artist, recording })
                });
                self.listenbrainz.lookup(&names.collect::<Vec<_>>()).await
            }
            Method::ArtistTags => self.listenbrainz.artists(&ids).await,
            Method::Popularity => self.listenbrainz.popularity(Heard::Artists, &ids).await,
            Method::RecordingPopularity => self.listenbrainz.popularity(Heard::Recordings, &ids).await,
            Method::AlbumPopularity => self.listenbrainz.popularity(Heard::ReleaseGroups, &ids).await,
            Method::Coordinates => self.wikidata.areas(&ids).await,
            Method::Place => self.nominatim.search(place(first)).await,
            Method::Geocode => match &self.openweather {
                Some(openweather) => openweather.locate(place(first)).await,
                None => Err(ClientError::Settings { message: "OPENWEATHER_API_KEY is not set".to_owned() }),
            },
            Method::Track | Method::Tracks | Method::Album | Method::Albums | Method::SpotifyArtists => {
                self.ask_spotify(question.method, &spotify_ids).await
            }
        }
    }

    async fn ask_spotify(&self, method: Method, ids: &[&str]) -> Result<Answer, ClientError> {
        let Some((client, token)) = &self.spotify else {
            return Err(ClientError::Settings { message: "nobody is logged in at Spotify".to_owned() });
        };
        client.may_look_up()?;
        let ask = async || {
            let token = token.get(client).await?;
            match method {
                Method::Track => client.track(ids[0], &token).await,
                Method::Tracks => client.tracks(ids, &token).await,
                Method::Album => client.album(ids[0], &token).await,
                Method::Albums => client.albums(ids, &token).await,
                _ => client.artists(ids, &token).await,
            }
        };
        match ask().await {
            Err(ClientError::Unauthorized { .. }) => {
                token.forget();
                ask().await
            }
            answer => answer,
        }
    }
}

/// `arid:(a OR b)`
fn any_of(field: &str, ids: &[&str]) -> String {
    format!("{field}:({})", ids.join(" OR "))
}

/// What these artists made, as far as anybody voted for a tag of it.
fn tagged(artists: &[&str]) -> String {
    format!("{} AND tag:*", any_of("arid", artists))
}

/// What the plan wrote into the hint: kind, state and country.
fn place(subject: &Subject) -> Place<'_> {
    let mut parts = subject.hint.as_deref().unwrap_or_default().splitn(3, '|');
    let mut part = || parts.next().filter(|part| !part.is_empty());
    let kind = match part() {
        Some("Country") => PlaceKind::Country,
        Some("Subdivision") => PlaceKind::State,
        Some("County") => PlaceKind::County,
        _ => PlaceKind::Settlement,
    };
    Place { name: subject.name.as_deref().unwrap_or_default(), kind, state: part(), country: part() }
}
