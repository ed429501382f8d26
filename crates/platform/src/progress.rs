//! Progress of long work: a bar on a terminal, plain log lines elsewhere.

use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How long a log is quiet about work that goes on.
const QUIET: Duration = Duration::from_secs(10);

/// A bar that counts bytes. Draws to stderr where that is a terminal.
pub fn bytes_bar(total: u64, what: &'static str) -> Progress {
    let template = "{msg} [{bar:30}] {bytes}/{total_bytes}  {binary_bytes_per_sec}  {eta} left";
    Progress::on(ProgressDrawTarget::stderr_with_hz(8), Some(total), what, template)
}

/// A bar that counts things (files, months, models).
pub fn count_bar(total: u64, what: &'static str) -> Progress {
    let template = "{msg} [{bar:30}] {pos}/{len}  {eta} left";
    Progress::on(ProgressDrawTarget::stderr_with_hz(8), Some(total), what, template)
}

/// Counts things of which nobody knows how many there are.
pub fn counter(what: &'static str) -> Progress {
    Progress::on(ProgressDrawTarget::stderr_with_hz(8), None, what, "{msg}: {pos}  {elapsed}")
}

/// How far some work has come. Where nobody would see the bar, a line of the log tells it:
/// one every ten seconds, and one at the end.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    total: Option<u64>,
    what: &'static str,
    /// Where there are log lines instead of a bar.
    lines: Option<Mutex<Pace>>,
}

impl Progress {
    fn on(target: ProgressDrawTarget, total: Option<u64>, what: &'static str, template: &str) -> Self {
        let bar = ProgressBar::with_draw_target(total, target);
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_message(what);
        let lines = bar.is_hidden().then(|| Mutex::new(Pace { last: Instant::now() }));
        if lines.is_none() {
            bar.enable_steady_tick(Duration::from_millis(250));
        }
        Self { bar, total, what, lines }
    }

    /// So much more is done.
    pub fn inc(&self, done: u64) {
        self.bar.inc(done);
        if let Some(pace) = &self.lines
            && pace.lock().unwrap_or_else(PoisonError::into_inner).is_due(Instant::now())
        {
            self.log(&self.bar.message());
        }
    }

    /// What is being done at the moment.
    pub fn set_message(&self, message: impl Into<Cow<'static, str>>) {
        self.bar.set_message(message);
    }

    /// The work is done; the bar makes room for what follows.
    pub fn finish_and_clear(&self) {
        if self.lines.is_some() {
            self.log(self.what);
        }
        self.bar.finish_and_clear();
    }

    fn log(&self, message: &str) {
        tracing::info!(position = self.bar.position(), total = self.total, "{message}");
    }
}

/// Keeps log lines apart.
#[derive(Debug)]
struct Pace {
    last: Instant,
}

impl Pace {
    fn is_due(&mut self, now: Instant) -> bool {
        let due = now.saturating_duration_since(self.last) >= QUIET;
        if due {
            self.last = now;
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Seek};

    use super::*;

    /// What the log says about work of 3 steps, without the times.
    fn logged(work: impl FnOnce(&Progress)) -> Vec<String> {
        logged_of(Some(3), work)
    }

    fn logged_of(total: Option<u64>, work: impl FnOnce(&Progress)) -> Vec<String> {
        let mut log = tempfile::tempfile().unwrap();
        let writer = Mutex::new(log.try_clone().unwrap());
        let format = tracing_subscriber::fmt().with_writer(writer).with_ansi(false).without_time().with_target(false);
        let progress = Progress::on(ProgressDrawTarget::hidden(), total, "building", "{msg}");
        tracing::subscriber::with_default(format.finish(), || work(&progress));
        let mut text = String::new();
        log.rewind().unwrap();
        log.read_to_string(&mut text).unwrap();
        text.lines().map(|line| line.trim().to_owned()).collect()
    }

    #[test]
    fn without_a_terminal_the_log_tells_the_end() {
        let lines = logged(|progress| {
            (0..3).for_each(|_| progress.inc(1));
            progress.finish_and_clear();
        });
        assert_eq!(lines, ["INFO building position=3 total=3"]);
    }

    #[test]
    fn without_a_terminal_the_log_tells_now_and_then_what_goes_on() {
        let lines = logged(|progress| {
            progress.inc(1);
            progress.set_message("dim_track");
            let long_ago = Instant::now().checked_sub(QUIET).unwrap();
            progress.lines.as_ref().unwrap().lock().unwrap().last = long_ago;
            (0..2).for_each(|_| progress.inc(1));
        });
        assert_eq!(lines, ["INFO dim_track position=2 total=3"]);
    }

    #[test]
    fn where_nobody_knows_how_much_there_is_no_total_is_told() {
        let lines = logged_of(None, |progress| {
            progress.inc(7_000);
            progress.finish_and_clear();
        });
        assert_eq!(lines, ["INFO building position=7000"]);
    }

    #[test]
    fn lines_keep_their_distance() {
        let start = Instant::now();
        let mut pace = Pace { last: start };
        let due: Vec<u64> = (0..40).filter(|secs| pace.is_due(start + Duration::from_secs(*secs))).collect();
        assert_eq!(due, [10, 20, 30]);
    }
}
