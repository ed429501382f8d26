//! Commands that messages tell people to type.
//!
//! Messages write them in backticks and without a data folder. Whoever chose one by `--data-dir` must
//! type it again, or the command works on another one.

use std::borrow::Cow;
use std::path::Path;

/// How hints begin.
const COMMAND: &str = "`music-tracker ";

/// The text with the chosen data folder in all commands that it names.
pub fn with_folder<'t>(text: &'t str, data_dir: Option<&Path>) -> Cow<'t, str> {
    match data_dir {
        Some(folder) if text.contains(COMMAND) => text.replace(COMMAND, &format!("{COMMAND}{} ", flag(folder))).into(),
        _ => text.into(),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, folder: Option<&str>, expected: &str) {
        assert_eq!(with_folder(text, folder.map(Path::new)), expected);
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
}
