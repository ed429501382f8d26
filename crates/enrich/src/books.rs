//! What was answered, on disk: first the answer as it came, then what it says.

use std::collections::{BTreeMap, HashSet};

use anyhow::Context;
use lake::cache::{Cache, CachedAnswer, Damaged, Question as Asked};
use lake::facts::{self, Facts};
use lake::play::UnixMs;
use platform::files::FileLock;
use platform::{JobContext, Stop, progress};

use crate::answers::interpret;
use crate::known::Known;
use crate::pages::{self, Page};
use crate::question::Question;

/// Answers whose rows are written together.
const BATCH: usize = 25;

/// The same when many are read again.
const BATCH_OF_MANY: usize = 1_000;

/// So many parts make reading slow: they are made one.
const TOO_MANY_PARTS: usize = 64;

/// Answers, what they say, and what follows from it for the next questions.
pub(crate) struct Books<'c> {
    context: &'c JobContext,
    cache: Cache,
    pub(crate) known: Known,
    waiting: Facts,
    answers_waiting: usize,
    batches: u64,
    /// Kept answers that cannot be read, and why.
    damaged: BTreeMap<String, String>,
    _lock: FileLock,
}

impl<'c> Books<'c> {
    /// Opens them, and makes up for what a killed run left: answers that were kept and not read.
    ///
    /// # Errors
    /// A [`Stop::Later`] when another run has them; any I/O error.
    pub(crate) fn open(context: &'c JobContext) -> anyhow::Result<Self> {
        let path = context.data.lock("enrich");
        let lock = FileLock::try_take(&path).with_context(|| format!("opening {}", path.display()))?;
        let lock = lock.ok_or_else(|| Stop::Later {
            reason: "another enrichment is running on this data folder: wait until it has finished".to_owned(),
            retry_at: None,
        })?;
        let data = &context.data;
        let must_rewrite = facts::are_half_done(data);
        if !must_rewrite {
            facts::take_out_broken_batches(data, context.clock.now())?;
        }
        let known = if must_rewrite { Known::default() } else { Known::read(data)? };
        let cache = Cache::new(data);
        let mut books = Self {
            context,
            cache,
            known,
            waiting: Facts::default(),
            answers_waiting: 0,
            batches: 0,
            damaged: BTreeMap::new(),
            _lock: lock,
        };
        if must_rewrite {
            books.rewrite()?;
            return Ok(books);
        }
        books.read_what_is_missing()?;
        if facts::parts(data)? > TOO_MANY_PARTS
            || facts::are_outdated(data)?
            || pages::are_any_gone(data, &books.known.answered)?
        {
            books.rewrite()?;
        }
        Ok(books)
    }

    /// Keeps an answer and takes in what it says.
    ///
    /// # Errors
    /// Any I/O error.
    pub(crate) fn enter(&mut self, question: &Question, url: &str, status: u16, body: Vec<u8>) -> anyhow::Result<()> {
        let asked = Asked {
            service: question.service.name().to_owned(),
            method: question.method.name().to_owned(),
            subject_type: question.kind.name().to_owned(),
            subjects: question.subjects.clone(),
            url: url.to_owned(),
            status,
            fetched_at: self.now(),
            run_id: self.context.run_id.clone(),
        };
        let answer = self.cache.keep(asked, body)?;
        self.take_in(&answer);
        if self.answers_waiting >= BATCH { self.write() } else { Ok(()) }
    }

    /// Writes what waits to be written.
    ///
    /// # Errors
    /// Any I/O error; the next start makes up for it.
    pub(crate) fn write(&mut self) -> anyhow::Result<()> {
        if self.answers_waiting == 0 {
            return Ok(());
        }
        facts::store(&self.context.data, &self.batch_name(), &self.waiting)?;
        (self.waiting, self.answers_waiting) = (Facts::default(), 0);
        Ok(())
    }

    /// Makes the typed tables anew from all kept answers. Returns how many there are.
    ///
    /// # Errors
    /// Any I/O error; the tables are then as before, or as after.
    pub(crate) fn rewrite(&mut self) -> anyhow::Result<u64> {
        self.write()?;
        let ids = self.cache.answer_ids()?;
        let bar = progress::count_bar(ids.len() as u64, "reading kept answers");
        let (mut anew, mut known) = (facts::Anew::begin(&self.context.data), Known::default());
        for chunk in ids.chunks(BATCH_OF_MANY) {
            let mut said = Facts::default();
            for id in chunk {
                if let Some(answer) = self.read(id)? {
                    said.add(interpret(&answer));
                }
                bar.inc(1);
            }
            known.take_in(&said);
            anew.add(&self.batch_name(), &said)?;
        }
        let mut pages = pages::unread(&self.context.data, &HashSet::new())?.into_iter().peekable();
        while pages.peek().is_some() {
            let mut said = Facts::default();
            for answer in pages.by_ref().take(BATCH_OF_MANY).filter_map(Page::answer) {
                let mut page = interpret(&answer);
                known.told.leave_news(&mut page);
                known.take_in(&page);
                said.add(page);
            }
            anew.add(&self.batch_name(), &said)?;
        }
        bar.finish_and_clear();
        anew.finish(self.context.clock.now())?;
        self.known = known;
        Ok(ids.len() as u64)
    }

    fn read_what_is_missing(&mut self) -> anyhow::Result<()> {
        let missing: Vec<String> =
            self.cache.answer_ids()?.into_iter().filter(|id| !self.known.answered.contains(id)).collect();
        for id in &missing {
            if let Some(answer) = self.read(id)? {
                self.take_in(&answer);
            }
            if self.answers_waiting >= BATCH_OF_MANY {
                self.write()?;
            }
        }
        for page in pages::unread(&self.context.data, &self.known.answered)? {
            if let Some(answer) = page.answer() {
                self.take_in_page(&answer);
            }
            if self.answers_waiting >= BATCH_OF_MANY {
                self.write()?;
            }
        }
        if !missing.is_empty() {
            tracing::info!(answers = missing.len(), "took in answers that an earlier run kept");
        }
        self.write()
    }

    /// Reads an answer; `None` when it is damaged, which says nothing about any other.
    fn read(&mut self, id: &str) -> anyhow::Result<Option<CachedAnswer>> {
        match self.cache.read(id) {
            Err(error) if error.is::<Damaged>() => {
                self.damaged.insert(id.to_owned(), format!("{error:#}"));
                Ok(None)
            }
            read => read.map(Some),
        }
    }

    /// What is wrong with the answers that were left out, for the person.
    pub(crate) fn warnings(&self) -> impl Iterator<Item = String> + '_ {
        self.damaged.values().cloned()
    }

    fn take_in(&mut self, answer: &CachedAnswer) {
        let said = interpret(answer);
        self.known.take_in(&said);
        self.waiting.add(said);
        self.answers_waiting += 1;
    }

    fn take_in_page(&mut self, answer: &CachedAnswer) {
        let mut said = interpret(answer);
        self.known.told.leave_news(&mut said);
        self.known.take_in(&said);
        self.waiting.add(said);
        self.answers_waiting += 1;
    }

    fn batch_name(&mut self) -> String {
        self.batches += 1;
        format!("{}-{:05}", platform::new_run_id(self.context.clock.now()), self.batches)
    }

    pub(crate) fn now(&self) -> UnixMs {
        self.context.clock.now().timestamp_millis()
    }
}
