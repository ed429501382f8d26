//! Starting the other programs.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::Command;

use crate::commands::COMMANDS;

/// Turns this process into the program; it only comes back when that fails.
pub(crate) fn become_program(name: &str, arguments: &[OsString]) -> anyhow::Result<u8> {
    let error = command(name, arguments).exec();
    Err(not_started(error, name))
}

/// Runs the program on the same terminal and waits for its exit code.
pub(crate) fn run_program(name: &str, arguments: &[OsString]) -> anyhow::Result<u8> {
    let status = command(name, arguments).status().map_err(|error| not_started(error, name))?;
    let code = status.code().or(status.signal().map(|signal| 128 + signal));
    Ok(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
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
