//! Starting the other programs.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::Command;

use anyhow::Context;
use platform::parent::WAITED_BY;
use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::{SIGCHLD, SIGTERM};
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
    is_stopped: bool,
}

/// The exit code of a shell for a program that was ended by SIGTERM.
const STOPPED: u8 = 128 + 15;

impl Runner {
    /// One that has nobody to wait for yet.
    ///
    /// # Errors
    /// When the system does not tell of signals.
    pub(crate) fn new() -> anyhow::Result<Self> {
        // Ctrl-C reaches the programs by themselves, and whoever ignores it (`nohup`) is to go on so.
        Ok(Self { signals: Signals::new([SIGTERM, SIGCHLD]).context("listening to signals")?, is_stopped: false })
    }

    /// Runs the program on the same terminal and waits for its exit code. A wish to stop that
    /// reaches this process is handed on; a program that was not started yet is then left alone.
    pub(crate) fn run(&mut self, name: &str, arguments: &[OsString]) -> anyhow::Result<u8> {
        self.is_stopped |= self.signals.pending().any(|signal| signal == SIGTERM);
        if self.is_stopped {
            return Ok(STOPPED);
        }
        let mut command = command(name, arguments);
        command.env(WAITED_BY, std::process::id().to_string());
        let mut program = command.spawn().map_err(|error| not_started(error, name))?;
        let status = loop {
            if let Some(status) = program.try_wait().with_context(|| format!("waiting for {name}"))? {
                break status;
            }
            if self.signals.wait().any(|signal| signal == SIGTERM) {
                self.is_stopped = true;
                // It may have ended by itself meanwhile; its id is its own until it was waited for.
                kill_process(Pid::from_child(&program), Signal::TERM).ok();
            }
        };
        let code = status.code().or(status.signal().map(|signal| 128 + signal));
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
