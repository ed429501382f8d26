//! What is told to whoever stops a program, by Ctrl-C or by SIGTERM.
//!
//! Programs may be killed at any moment, so nothing has to be done; it has to be said, or nobody knows
//! what became of the work. Then the signal ends the program as it would have without us.

use std::io::{self, IsTerminal, Write};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::Context;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

/// How long the words may take. Where nobody reads them (a pager that waits, a log that is stuck), the
/// program must end all the same.
const PATIENCE: Duration = Duration::from_secs(1);

/// The signals that wish this program to stop. Those that it was started to ignore (a shell does so
/// for what runs in the background) are ignored for good.
pub fn wishes() -> Vec<i32> {
    [SIGINT, SIGTERM].into_iter().filter(|signal| !is_ignored(*signal)).collect()
}

/// From now on, `words` are said on stderr before such a wish is followed.
///
/// # Errors
/// When the system does not tell of signals.
pub(crate) fn explain(words: String) -> anyhow::Result<()> {
    const LISTENING: &str = "listening to signals";
    let mut signals = Signals::new(wishes()).context(LISTENING)?;
    let listen = move || {
        if let Some(signal) = signals.forever().next() {
            say(words);
            drop(emulate_default_handler(signal));
        }
    };
    thread::Builder::new().name("signals".to_owned()).spawn(listen).context(LISTENING).map(drop)
}

/// Says the words on stderr, unless that takes too long: it may be full, or held by who waits for it.
fn say(words: String) {
    let (tell, told) = mpsc::channel();
    let write = move || {
        // Behind ^C, or a bar that shows progress, the line begins anew.
        let begin = if io::stderr().is_terminal() { "\r\x1b[K" } else { "" };
        drop(writeln!(io::stderr(), "{begin}{words}"));
        tell.send(()).ok();
    };
    if thread::Builder::new().name("last words".to_owned()).spawn(write).is_ok() {
        told.recv_timeout(PATIENCE).ok();
    }
}

#[cfg(target_os = "linux")]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    mask & (1 << (signal - 1)) != 0
}

/// Elsewhere nobody tells; what runs in the background has no terminal to read from.
#[cfg(not(target_os = "linux"))]
fn is_ignored(signal: i32) -> bool {
    signal == SIGINT && !io::stdin().is_terminal()
}
