//! The file `.env`.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use crate::Stop;

/// The pairs of names and values in a file; none where there is no file.
///
/// # Errors
/// A [`Stop::Usage`] that names the line and the variable that cannot be read, and never a value: it may
/// be a secret, and errors end up in logs.
pub(super) fn pairs(path: &Path) -> Result<Vec<(String, String)>, Stop> {
    let name = path.display();
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(|error| Stop::Usage(format!("{name} cannot be read: {error}")))?,
    };
    let text = text.trim_start_matches('\u{feff}');
    let pairs = dotenvy::from_read_iter(text.as_bytes()).collect::<Result<_, _>>();
    pairs.map_err(|error| match error {
        dotenvy::Error::LineParse(line, _) => Stop::Usage(format!("{name}{}", fault(text, &line))),
        other => Stop::Usage(format!("{name} cannot be read: {other}")),
    })
}

/// What is wrong, where `told` is the value that the library stumbled over, or the line with it.
fn fault(text: &str, told: &str) -> String {
    let Some(at) = text.find(told.trim_end()) else { return ": a line of it cannot be read".to_owned() };
    let begin = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let place = format!(", line {}", text[..begin].matches('\n').count() + 1);
    let line = text[begin..].lines().next().unwrap_or_default();
    match line.split_once('=') {
        Some((variable, _)) => format!(
            "{place}: the value of {} cannot be read: put it in quotes when it has blanks, and close them (see \
             .env.example)",
            variable.trim().trim_start_matches("export ").trim()
        ),
        None => format!("{place}: it is not of the form NAME=value (see .env.example)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::write_whole;

    #[track_caller]
    fn refused(text: &str, expected: &str) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        write_whole(&path, text.as_bytes()).unwrap();
        let said = pairs(&path).unwrap_err().to_string();
        assert!(said.contains(expected), "{said}");
        assert!(!said.contains("s3cr3t") && !said.contains("another"), "{said}");
    }

    #[test]
    fn a_broken_line_is_named_and_nothing_of_its_value_is_told() {
        let open = "LOG_LEVEL=warn\n\nSPOTIFY_CLIENT_SECRET=\"s3cr3t\nLASTFM_API_KEY=another\n";
        refused(open, ".env, line 3: the value of SPOTIFY_CLIENT_SECRET");
        refused("LASTFM_API_KEY=s3cr3t with blanks\n", ".env, line 1: the value of LASTFM_API_KEY");
        refused("A=1\ns3cr3t\n", ".env, line 2: it is not of the form NAME=value");
    }

    #[test]
    fn what_editors_put_in_front_does_not_matter() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        assert_eq!(pairs(&path).unwrap(), []);
        write_whole(&path, "\u{feff}# mine\r\nexport A=\"1 2\"\r\nB=\r\n".as_bytes()).unwrap();
        assert_eq!(pairs(&path).unwrap(), [("A".to_owned(), "1 2".to_owned()), ("B".to_owned(), String::new())]);
    }
}
