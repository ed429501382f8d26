//! Commands that messages and help tell people to type.
//!
//! All of them are written as `music-tracker import ZIP`, and without a data folder. What a person
//! reads names the program that they typed themselves: whoever starts `ingest` alone reads
//! `ingest import ZIP`. Whoever chose a data folder by `--data-dir` must type it again, or the command
//! works on another one.

use std::borrow::Cow;
use std::path::Path;

/// How commands begin.
const COMMAND: &str = "music-tracker ";

/// The words behind `music-tracker`, by the program that does what they say.
const WORDS: [(&str, &[&str]); 3] = [
    ("ingest", &["import", "spotify", "listenbrainz", "lastfm", "status", "account", "replay", "compact"]),
    ("enrich", &["enrich"]),
    (
        "transform",
        &[
            "summary", "query", "explain", "export", "correct", "travel", "refresh", "build", "test", "publish", "ls",
            "docs", "check",
        ],
    ),
];

/// What the program `enrich` does without a word of its own.
const MEANT: &str = "run";

/// The program that does what a word behind `music-tracker` says.
pub fn program_of(word: &str) -> Option<&'static str> {
    WORDS.iter().find(|(_, words)| words.contains(&word)).map(|(program, _)| *program)
}

/// A result, or a failure, as it is read by whoever started this program.
pub fn for_reader<'t>(text: &'t str, data_dir: Option<&Path>) -> Cow<'t, str> {
    as_typed(text, is_by_itself(), data_dir)
}

/// The same for the help of a command and of all below it.
pub fn in_help(command: clap::Command) -> clap::Command {
    if is_by_itself() { renamed(command) } else { command }
}

/// What a person types to have a job done, such as `ingest import`.
pub(crate) fn of_job(job: &str) -> String {
    match job.split_once(' ') {
        Some((program, rest)) if rest.split(' ').next().and_then(program_of) == Some(program) => {
            format!("{COMMAND}{rest}")
        }
        _ => format!("{COMMAND}{job}"),
    }
}

/// The flag that chooses a data folder, as it is typed in a shell.
pub fn flag(folder: &Path) -> String {
    let folder = folder.to_string_lossy();
    let is_plain = |char: char| char.is_alphanumeric() || "/._-+=:,@".contains(char);
    if !folder.is_empty() && folder.chars().all(is_plain) {
        return format!("--data-dir {folder}");
    }
    format!("--data-dir '{}'", folder.replace('\'', r"'\''"))
}

/// Whether this program was started under its own name. `music-tracker` starts it under its own.
fn is_by_itself() -> bool {
    let typed = std::env::args_os().next().unwrap_or_default();
    let name = Path::new(&typed).file_name().unwrap_or_default();
    WORDS.iter().any(|(program, _)| name == *program)
}

fn renamed(command: clap::Command) -> clap::Command {
    let typed = |text: &clap::builder::StyledStr| as_typed(&text.to_string(), true, None).into_owned();
    let command = match command.get_after_help().map(typed) {
        Some(after) => command.after_help(after),
        None => command,
    };
    command
        .mut_args(|arg| match arg.get_help().map(typed) {
            Some(help) => arg.help(help),
            None => arg,
        })
        .mut_subcommands(renamed)
}

/// The text with all commands as they are typed: by the names of the programs themselves, and, those in
/// backticks, with the chosen data folder.
fn as_typed<'t>(text: &'t str, by_itself: bool, data_dir: Option<&Path>) -> Cow<'t, str> {
    if !text.contains(COMMAND) || (!by_itself && data_dir.is_none()) {
        return text.into();
    }
    let (mut typed, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, behind)) = rest.split_once(COMMAND) {
        typed += before;
        rest = behind;
        let word = behind.split(|char: char| !char.is_ascii_lowercase()).next().unwrap_or_default();
        let program = program_of(word).filter(|_| by_itself);
        typed += program.map_or(COMMAND.trim_end(), |program| program);
        typed.push(' ');
        if let Some(folder) = data_dir.filter(|_| before.ends_with('`')) {
            typed += &format!("{} ", flag(folder));
        }
        if program == Some(word) {
            // It is called as its word is; behind one blank its own words follow.
            rest = &behind[word.len()..];
            match rest.strip_prefix(' ').filter(|own| own.starts_with(|char: char| char.is_ascii_lowercase())) {
                Some(own) => rest = own,
                None => typed += MEANT,
            }
        }
    }
    (typed + rest).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, folder: Option<&str>, expected: &str) {
        assert_eq!(as_typed(text, false, folder.map(Path::new)), expected);
    }

    #[track_caller]
    fn check_by_itself(text: &str, folder: Option<&str>, expected: &str) {
        assert_eq!(as_typed(text, true, folder.map(Path::new)), expected);
    }

    #[test]
    fn every_command_gets_the_folder() {
        let text = "`music-tracker import ZIP` or `music-tracker refresh`, with music-tracker";
        check(text, None, text);
        let expected =
            "`music-tracker --data-dir a/b import ZIP` or `music-tracker --data-dir a/b refresh`, with music-tracker";
        check(text, Some("a/b"), expected);
    }

    #[test]
    fn a_shell_reads_the_folder_as_one_word() {
        check("`music-tracker x`", Some("my data"), "`music-tracker --data-dir 'my data' x`");
        check("`music-tracker x`", Some("ann's"), r"`music-tracker --data-dir 'ann'\''s' x`");
        check("`music-tracker x`", Some("/mnt/Müsik"), "`music-tracker --data-dir /mnt/Müsik x`");
    }

    #[test]
    fn a_program_that_is_started_alone_names_itself_and_its_neighbours() {
        let text = "`music-tracker import ZIP`, then `music-tracker refresh`; music-tracker itself does both";
        check_by_itself(text, None, "`ingest import ZIP`, then `transform refresh`; music-tracker itself does both");
        check_by_itself("`music-tracker import ZIP`", Some("d"), "`ingest --data-dir d import ZIP`");
        check_by_itself("  music-tracker import a.zip   an export", None, "  ingest import a.zip   an export");
        for (typed, meant) in [("enrich", "run"), ("enrich --limit 5", "run --limit 5"), ("enrich status", "status")] {
            check_by_itself(&format!("`music-tracker {typed}`"), None, &format!("`enrich {meant}`"));
        }
        check_by_itself("  music-tracker enrich    everything", None, "  enrich run    everything");
    }

    #[test]
    fn a_job_is_known_by_what_is_typed() {
        let jobs = ["ingest import --undo", "transform refresh", "enrich run"].map(of_job);
        assert_eq!(jobs, ["music-tracker import --undo", "music-tracker refresh", "music-tracker enrich run"]);
    }
}
