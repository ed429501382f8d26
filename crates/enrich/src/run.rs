//! `enrich run`: plan, ask, keep, and plan again until nothing is left to ask.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};

use chrono::DateTime;
use clients::ClientError;
use clients::spotify::is_about_the_app;
use platform::{JobContext, Stop, Summary, progress};
use serde_json::{Map, Value, json};

use crate::ask::Clients;
use crate::books::Books;
use crate::corrected::Corrected;
use crate::failures::{self, Failures, PATIENCE};
use crate::heard::{Heard, Plays};
use crate::identities::{MEANING, identities};
use crate::plan::{self, Situation};
use crate::question::{Group, Kind, Method, Question, Service};
use crate::who::Who;

/// Said before the first request, while there is time to set it, and in the report.
const NO_CONTACT: &str = "CONTACT is not set: MusicBrainz and OpenStreetMap ask for a mail address or web page of \
                          yours in every request, and may refuse programs that give none";

/// What a person wishes.
#[derive(Debug, Clone, Default)]
pub struct Wishes {
    /// Only these services; all when empty.
    pub only: Vec<Group>,
    /// The most artists, the most albums and the most tracks.
    pub limit: Option<usize>,
}

/// One run.
struct Run<'c> {
    clients: Clients,
    books: RefCell<Books<'c>>,
    failures: RefCell<Failures>,
    progress: RefCell<Progress>,
}

/// How a run stands.
#[derive(Default)]
struct Progress {
    requests: BTreeMap<(Service, Method), u64>,
    answers: u64,
    /// The services that do not answer any more, and why.
    down: BTreeMap<Service, anyhow::Error>,
    /// Those of them that will answer again without anybody doing something about it.
    later: HashSet<Service>,
    /// How many questions in a row a service did not answer.
    unanswered: BTreeMap<Service, u32>,
    /// How many questions were left though their service answers, and why the last one was.
    left: BTreeMap<Service, (u64, ClientError)>,
    /// A setting that keeps something from being asked.
    wrong: Vec<anyhow::Error>,
}

/// Asks for everything that is missing or out of date, as far as the services allow.
///
/// # Errors
/// What stood in the way of the most pressing service when none answered; a [`Stop::Later`] when
/// another run is at work; any I/O error.
pub fn run(context: &JobContext, wishes: &Wishes) -> anyhow::Result<Summary> {
    let books = Books::open(context)?;
    let plays = Plays::read(&context.data)?;
    let corrected = Corrected::read(&context.data)?;
    let clients = Clients::open(context)?;
    if wishes.only == [Group::Spotify] && !clients.services().any(|service| service == Service::Spotify) {
        let text = "nobody is logged in at Spotify, so it cannot be asked: `music-tracker account connect spotify`";
        return Err(Stop::Usage(text.to_owned()).into());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let run = Run {
        clients,
        books: RefCell::new(books),
        failures: RefCell::new(Failures::read(&context.data)),
        progress: RefCell::default(),
    };
    let asked = runtime.block_on(run.ask_all(context, wishes, &plays, &corrected));
    // What was answered is worth keeping, whatever went wrong then.
    run.books.borrow_mut().write()?;
    run.failures.borrow_mut().write(&context.data)?;
    asked?;
    if run.clients.is_listenbrainz_token_refused() {
        let reason = "LISTENBRAINZ_TOKEN is not accepted: nobody was looked up by the titles of their songs";
        run.progress.borrow_mut().wrong.push(Stop::Usage(reason.to_owned()).into());
    }
    let known = &run.books.borrow().known;
    let heard = plays.in_order(known, &corrected, context.clock.now());
    let who = Who { heard: &heard, known, corrected: &corrected };
    let found = identities(who).fold((0, 0), |(found, all), one| (found + usize::from(one.mbid.is_some()), all + 1));
    let mut summary = summary(context, run.progress.into_inner(), found)?;
    summary.warnings.extend(run.books.borrow().warnings());
    let unknown = corrected.mbids.iter().filter(|mbid| known.is_missed(Kind::Artist, Method::Artist, mbid));
    summary.warnings.extend(unknown.map(|mbid| {
        format!("MusicBrainz knows no artist {mbid}, to whom a correction links: `music-tracker correct artist list`")
    }));
    Ok(summary)
}

impl Run<'_> {
    async fn ask_all(
        &self,
        context: &JobContext,
        wishes: &Wishes,
        plays: &Plays,
        corrected: &Corrected,
    ) -> anyhow::Result<()> {
        let mut scope: Option<HashSet<String>> = None;
        let mut heard = Heard::default();
        let (mut told_before, mut is_warned) = (None, false);
        loop {
            let questions = {
                let books = self.books.borrow();
                let told = Some(books.known.told_of_tracks);
                if told_before != told {
                    (heard, told_before) = (plays.in_order(&books.known, corrected, context.clock.now()), told);
                }
                let (progress, failures) = (self.progress.borrow(), self.failures.borrow());
                let is_wished = |service: &Service| service.is_in(&wishes.only);
                let may_ask = |service: &Service| is_wished(service) && !progress.down.contains_key(service);
                let mut situation = Situation {
                    heard: &heard,
                    known: &books.known,
                    now: books.now(),
                    corrected,
                    services: self.clients.services().filter(may_ask).collect(),
                    later: progress.later.clone(),
                    spotify_requests_left: self.clients.spotify_requests_left()?,
                    has_listenbrainz_token: self.clients.has_listenbrainz_token(),
                    failures: &failures,
                    scope: None,
                };
                if let Some(limit) = wishes.limit {
                    situation.scope = Some(scope.get_or_insert_with(|| plan::scope(&situation, limit)));
                }
                plan::next(&situation)
            };
            if questions.is_empty() {
                return Ok(());
            }
            if context.settings.contact.is_none() && !std::mem::replace(&mut is_warned, true) {
                tracing::warn!("{NO_CONTACT}");
            }
            self.ask_wave(questions).await?;
            self.failures.borrow_mut().write(&context.data)?;
        }
    }

    /// Asks all services at once, each one question after the other.
    async fn ask_wave(&self, questions: Vec<Question>) -> anyhow::Result<()> {
        let bar = progress::count_bar(questions.len() as u64, "asking");
        let mut queues: BTreeMap<Service, Vec<Question>> = BTreeMap::new();
        for question in questions {
            queues.entry(question.service).or_default().push(question);
        }
        let mut queue = |service| queues.remove(&service).unwrap_or_default();
        let [musicbrainz, listenbrainz, spotify, wikidata, nominatim, openweather] = Service::ALL.map(&mut queue);
        let done = tokio::join!(
            self.ask_queue(musicbrainz, &bar),
            self.ask_queue(listenbrainz, &bar),
            self.ask_queue(spotify, &bar),
            self.ask_queue(wikidata, &bar),
            self.ask_queue(nominatim, &bar),
            self.ask_queue(openweather, &bar),
        );
        bar.finish_and_clear();
        let (a, b, c, d, e, f) = done;
        [a, b, c, d, e, f].into_iter().collect()
    }

    async fn ask_queue(&self, questions: Vec<Question>, bar: &progress::Progress) -> anyhow::Result<()> {
        for question in questions {
            if self.progress.borrow().down.contains_key(&question.service) {
                return Ok(());
            }
            if question.method == Method::ArtistNames && !self.clients.has_listenbrainz_token() {
                continue;
            }
            bar.set_message(format!("asking {}", question.service.title()));
            let answer = self.clients.ask(&question).await;
            bar.inc(1);
            self.enter(&question, answer)?;
            // A batch that was refused is asked for otherwise: the plan knows how.
            if self.was_refused(&question) {
                return Ok(());
            }
        }
        Ok(())
    }

    fn enter(&self, question: &Question, answer: Result<clients::Answer, ClientError>) -> anyhow::Result<()> {
        let mut progress = self.progress.borrow_mut();
        let mut books = self.books.borrow_mut();
        if !answer.as_ref().is_err_and(ClientError::was_held_back) {
            *progress.requests.entry((question.service, question.method)).or_default() += 1;
        }
        let is_refusal = |error: &ClientError| refusal(question, error).is_some();
        if answer.as_ref().map_or_else(is_refusal, |_| true) {
            progress.unanswered.remove(&question.service);
            self.failures.borrow_mut().forget(question);
        } else if answer.as_ref().is_err_and(failures::may_be_the_question) {
            *progress.unanswered.entry(question.service).or_default() += 1;
            self.failures.borrow_mut().note(question, books.now());
        }
        let error = match answer {
            Ok(answer) => {
                progress.answers += 1;
                return books.enter(question, answer.url.as_str(), answer.status, answer.body);
            }
            Err(ClientError::Memory { source }) => return Err(anyhow::anyhow!(source)),
            Err(error) => error,
        };
        if let Some(status) = refusal(question, &error) {
            progress.answers += 1;
            return books.enter(question, "", status, Vec::new());
        }
        if question.method == Method::ArtistNames && self.clients.is_listenbrainz_token_refused() {
            // Whoever has no token that is accepted is told everything but this.
            return Ok(());
        }
        // A trouble of the network says nothing about an artist: nothing is kept.
        if failures::may_be_the_question(&error) && progress.has_patience(question.service) {
            let before = progress.left.get(&question.service).map_or(0, |(questions, _)| *questions);
            progress.left.insert(question.service, (before + 1, error));
            return Ok(());
        }
        tracing::info!(service = question.service.name(), %error, "not asked any more in this run");
        let needs_person = matches!(
            error,
            ClientError::Settings { .. } | ClientError::Reauthorize { .. } | ClientError::Forbidden { .. }
        );
        if !needs_person {
            progress.later.insert(question.service);
        }
        let title = question.service.title();
        let stop = error.stop(title, DateTime::from_timestamp_millis(books.now()).unwrap_or_default());
        let error = anyhow::Error::from(error);
        let error = match stop {
            Some(stop) => error.context(stop),
            None => error.context(format!("asking {title}")),
        };
        progress.down.insert(question.service, error);
        Ok(())
    }

    fn was_refused(&self, question: &Question) -> bool {
        let (books, first) = (self.books.borrow(), &question.subjects[0].id);
        let refused = books.known.refused_among(question.kind, question.method, first, books.now());
        refused == Some(question.subjects.len())
    }
}

impl Progress {
    /// Whether a service that did not answer may be asked the next question.
    fn has_patience(&self, service: Service) -> bool {
        self.unanswered.get(&service).is_none_or(|unanswered| *unanswered < PATIENCE)
    }
}

/// The status of an answer that refuses this way of asking, and does not pass.
fn refusal(question: &Question, error: &ClientError) -> Option<u16> {
    match error {
        ClientError::Status { status, .. } if matches!(status.as_u16(), 400 | 414) => Some(status.as_u16()),
        // Batches were taken from apps in development mode. An app that is shut out altogether may have them again.
        ClientError::Forbidden { message } if question.method.is_for_many() && !is_about_the_app(message) => Some(403),
        _ => None,
    }
}

fn summary(context: &JobContext, progress: Progress, (found, identities): (usize, usize)) -> anyhow::Result<Summary> {
    let requests: u64 = progress.requests.values().sum();
    let mut by_service: BTreeMap<Service, u64> = BTreeMap::new();
    for ((service, _), count) in &progress.requests {
        *by_service.entry(*service).or_default() += count;
    }
    let left = progress.left.into_iter().map(|(service, (questions, error))| {
        let reason = format!("{} gave no answer to {questions} of the questions", service.title());
        anyhow::Error::from(error).context(Stop::Later { reason, retry_at: None })
    });
    let mut undone: Vec<anyhow::Error> = progress.down.into_values().chain(left).chain(progress.wrong).collect();
    if progress.answers == 0
        && let Some(decisive) = Stop::most_pressing(&undone)
    {
        let decisive = undone.swap_remove(decisive);
        undone.iter().for_each(|other| tracing::error!("{other:#}"));
        return Err(decisive);
    }
    let mut text = match requests {
        0 => "nothing was missing: nobody was asked".to_owned(),
        _ => {
            let each = by_service.iter().map(|(service, count)| format!("{} {count}", service.title()));
            format!(
                "{requests} {} ({})",
                if requests == 1 { "request" } else { "requests" },
                each.collect::<Vec<_>>().join(", ")
            )
        }
    };
    text += &format!("\n{found} of {identities} identities of artists are known at MusicBrainz. {MEANING}");
    let mut summary = Summary { undone, text, ..Summary::default() }
        .count("requests", requests)
        .count("identities", identities)
        .count("identities_known", found);
    let by_service: Map<String, Value> =
        by_service.iter().map(|(service, count)| (service.name().to_owned(), json!(count))).collect();
    let by_method = progress.requests.iter();
    let by_method: Map<String, Value> = by_method
        .map(|((service, method), count)| (format!("{} {}", service.name(), method.name()), json!(count)))
        .collect();
    summary = summary.count("requests_by_service", by_service).count("requests_by_method", by_method);
    if context.settings.contact.is_none() && requests > 0 {
        summary.warnings.push(NO_CONTACT.to_owned());
    }
    Ok(summary)
}
