//! What is told to whoever stops a command about accounts.

use super::AccountCommand;

/// What became of the work, and what to type next. `None` for a question, which has no work.
pub(super) fn words(command: &AccountCommand) -> Option<String> {
    let (typed, then) = match command {
        AccountCommand::List | AccountCommand::Show { .. } => return None,
        AccountCommand::Add { name, .. } => (format!("add {}", word(name)), AGAIN.to_owned()),
        AccountCommand::Set { name, .. } => (format!("set {}", word(name)), AGAIN.to_owned()),
        AccountCommand::Pause { name, .. } => (format!("pause {}", word(name)), AGAIN.to_owned()),
        AccountCommand::Resume { name, .. } => (format!("resume {}", word(name)), AGAIN.to_owned()),
        AccountCommand::Connect { service, paste, .. } => {
            let then = match paste {
                _ if service != "spotify" => AGAIN,
                Some(_) => PASTED,
                None => BEGUN,
            };
            (format!("connect {}", word(service)), then.to_owned())
        }
        AccountCommand::Disconnect { service, account, erase, keep, .. } => {
            let whose = account.as_ref().map(|name| format!(" --account {}", word(name))).unwrap_or_default();
            let typed = format!("disconnect {}{whose}", word(service));
            if *erase {
                (typed + " --erase", ERASED.to_owned())
            } else if *keep {
                (typed + " --keep", AGAIN.to_owned())
            } else {
                let then = format!(
                    "Who chose to erase goes on with `music-tracker account {typed} --erase`; else the same command \
                     again does the rest"
                );
                (typed, then)
            }
        }
        AccountCommand::Merge { from, into, .. } => (
            format!("merge {} {}", word(from), word(into)),
            "Nothing that was stored is lost; the same command again does the rest".to_owned(),
        ),
        AccountCommand::Remove { name, erase: true, .. } => {
            (format!("remove {} --erase", word(name)), ERASED.to_owned())
        }
        AccountCommand::Remove { name, .. } => (format!("remove {}", word(name)), AGAIN.to_owned()),
    };
    Some(format!("stopped: `music-tracker account {typed}` did not come to its end. {then}"))
}

const AGAIN: &str = "The same command again does the rest";

const ERASED: &str = "What it erased already is gone for good; the same command again erases the rest";

const BEGUN: &str = "The same command again begins a new login; `music-tracker account connect spotify --paste -` with \
                     the address of the browser's last page goes on with this one";

const PASTED: &str = "The same command again goes on with this login, or says that it was used already: `music-tracker \
                      status` then shows what became of it";

/// A name as it is typed in a shell.
fn word(name: &str) -> String {
    let is_plain = |char: char| char.is_alphanumeric() || "._-@".contains(char);
    if !name.is_empty() && name.chars().all(is_plain) { name.to_owned() } else { format!("{name:?}") }
}
