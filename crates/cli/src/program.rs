//! Starting the other programs.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::Command;

use anyhow::Context;
use platform::parent::WAITED_BY;
use platform::stopping;
use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::{SIGCHLD, SIGINT};
use signal_hook::iterator::Signals;

use crate::commands::COMMANDS;

/// Turns this process into the program; it only comes back when that fails.
pub(crate) fn become_program(name: &str, arguments: &[OsString]) -> anyhow::Result<u8> {
    let error = command(name, arguments).exec();
    Err(not_started(error, name))
}

/// Runs programs one after the other, until somebody wants it to stop.
pub(crate) struct Runner {
    signals: Signals,
    /// The signals that wish it to stop.
    wishes: Vec<i32>,
    stopped_by: Option<i32>,
}

/// What a shell adds to the signal that ended a program.
const ENDED_BY: i32 = 128;

impl Runner {
    /// One that has nobody to wait for yet.
    ///
    /// # Errors
    /// When the system does not tell of signals.
    pub(crate) fn new() -> anyhow::Result<Self> {
        // Whoever ignores Ctrl-C, as what runs in the background, is to go on so.
        let wishes = stopping::wishes();
        let signals = Signals::new(wishes.iter().copied().chain([SIGCHLD])).context("listening to signals")?;
        Ok(Self { signals, wishes, stopped_by: None })
    }

    /// The exit code of what was stopped, once somebody wished so.
    pub(crate) fn stopped(&mut self) -> Option<u8> {
        let wish = self.signals.pending().find(|signal| self.wishes.contains(signal));
        self.stopped_by = self.stopped_by.or(wish);
        self.stopped_by.and_then(|signal| u8::try_from(ENDED_BY + signal).ok())
    }

    /// Runs the program on the same terminal and waits for its exit code. A wish to stop that
    /// reaches this process is handed on; a program that was not started yet is then left alone.
    pub(crate) fn run(&mut self, name: &str, arguments: &[OsString]) -> anyhow::Result<u8> {
        if let Some(code) = self.stopped() {
            return Ok(code);
        }
        let mut command = command(name, arguments);
        command.env(WAITED_BY, std::process::id().to_string());
        let mut program = command.spawn().map_err(|error| not_started(error, name))?;
        let status = loop {
            if let Some(status) = program.try_wait().with_context(|| format!("waiting for {name}"))? {
                break status;
            }
            if let Some(wish) = self.signals.wait().find(|signal| self.wishes.contains(signal)) {
                self.stopped_by = Some(wish);
                // It may have ended by itself meanwhile; its id is its own until it was waited for. Ctrl-C
                // reaches it by itself as well: the first of two ends it.
                let signal = if wish == SIGINT { Signal::INT } else { Signal::TERM };
                kill_process(Pid::from_child(&program), signal).ok();
            }
        };
        let code = status.code().or(status.signal().map(|signal| ENDED_BY + signal));
        Ok(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
    }
}

fn command(name: &str, arguments: &[OsString]) -> Command {
    let path = beside_this_program(name).unwrap_or_else(|| name.into());
    let mut command = Command::new(path);
    // Its help then speaks of the command people typed.
    let is_called_as_its_word = COMMANDS.iter().any(|command| command.name == name);
    let typed = if is_called_as_its_word { format!("music-tracker {name}") } else { "music-tracker".to_owned() };
    command.arg0(typed).args(arguments);
    command
}

/// The program in the folder this one really lies in, also when started by a link.
fn beside_this_program(name: &str) -> Option<PathBuf> {
    let me = std::env::current_exe().and_then(|path| path.canonicalize()).ok()?;
    Some(me.with_file_name(name)).filter(|path| path.is_file())
}

fn not_started(error: std::io::Error, name: &str) -> anyhow::Error {
    if error.kind() == ErrorKind::NotFound {
        anyhow::anyhow!("the program {name} is neither beside music-tracker nor on the PATH: `make build` makes it")
    } else {
        anyhow::Error::new(error).context(format!("cannot start {name}"))
    }
}
