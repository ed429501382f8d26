//! The documents name nothing that does not exist.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

const README: &str = include_str!("../../../../README.md");
const MAKEFILE: &str = include_str!("../../../../Makefile");
const ENV_EXAMPLE: &str = include_str!("../../../../.env.example");

/// The lines of the README that somebody would type, without comments.
pub(crate) fn typed_lines() -> Vec<&'static str> {
    let mut lines = Vec::new();
    let mut inside = false;
    for line in README.lines() {
        if line.starts_with("```") {
            inside = line == "```sh";
        } else if inside {
            lines.push(line.split("  #").next().unwrap_or(line).trim());
        }
    }
    lines
}

#[test]
fn every_command_of_the_readme_exists() {
    let lines = typed_lines();
    assert!(lines.len() > 10, "the code blocks of README.md are no longer ```sh");
    for line in lines {
        let words: Vec<&str> = line.split(' ').collect();
        let exists = match words[..] {
            ["make", target, ..] => MAKEFILE.contains(&format!("\n{target}:")),
            ["./music-tracker", word, ..] => {
                word == "--help" || cli::COMMANDS.iter().any(|command| command.name == word)
            }
            _ => false,
        };
        assert!(exists, "README.md says `{line}`");
    }
}

/// cron starts in the home folder, and keeps no output.
#[test]
fn the_line_for_cron_polls_from_the_folder_of_the_programs() {
    let (_, rest) = README.split_once("```cron\n").expect("README.md has no line for cron");
    let line = rest.lines().next().unwrap();
    let (when, command) = line.split_once(" cd ").unwrap();
    assert_eq!(when, "*/30 * * * *");
    let (_, typed) = command.split_once(" && ./music-tracker ").unwrap();
    let word = typed.split(' ').next().unwrap();
    assert!(cli::COMMANDS.iter().any(|command| command.name == word) && typed.contains(" >>\"$HOME/"), "{line}");
}

/// What the README has people type is there after the command that it names for that.
#[test]
fn make_build_leaves_the_link_that_is_typed() {
    // What make would do, without doing it.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let told = Command::new("make").args(["--dry-run", "build"]).current_dir(root).output().unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    let link = told.lines().find(|line| line.starts_with("ln -sf")).unwrap_or_else(|| panic!("{told}"));
    // Quoted, since a clone may lie in a folder with a blank in its name.
    assert!(link.starts_with("ln -sf \"/") && link.ends_with("/debug/music-tracker\" music-tracker"), "{link}");
}

#[test]
fn every_link_of_the_readme_leads_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for link in README.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        assert!(link.starts_with("https://") || root.join(link).exists(), "README.md links to {link}");
    }
}

#[test]
fn the_example_of_the_settings_is_understood() {
    let mut names = BTreeSet::new();
    let mut comments = 0;
    for line in ENV_EXAMPLE.lines().filter(|line| !line.is_empty()) {
        match line.split_once('=') {
            _ if line.starts_with('#') => comments += 1,
            Some((name, _)) => assert!(names.insert(name), "{name} is in .env.example twice"),
            None => panic!(".env.example says {line:?}"),
        }
    }
    assert!(comments >= names.len(), "a variable of .env.example has no comment");
    for name in platform::settings::names() {
        assert!(names.contains(name), "{name} is a setting, but not in .env.example");
    }
    for name in ["MUSIC_SPOTIFY__REDIRECT_URL", "MUSIC_SPOTIFY__DEVELOPER", "MUSIC_IMPORT__MAX_RATIO"] {
        assert!(names.contains(name), "people need {name}, but it is not in .env.example");
    }
    for name in names.iter().filter(|name| name.starts_with("MUSIC_")) {
        let vars = [(name.to_string(), "1".to_owned())].into();
        let error = platform::Settings::from_vars(&vars).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(!error.contains("unknown field"), "{name} is in .env.example, but is no setting: {error}");
    }
    let vars = dotenvy::from_read_iter(ENV_EXAMPLE.as_bytes()).collect::<Result<_, _>>().unwrap();
    platform::Settings::from_vars(&vars).unwrap();
}
