//! The README, typed line by line on a machine that knows nothing yet.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use crate::readme::typed_lines;

/// The models that the README asks for behind its first lines.
const REST: &str = "fct_track_played,dim_account,dim_album,dim_artist,dim_track,bridge_track_artist,rpt_corrected_plays,\
                    rpt_gaps,rpt_play_sources,rpt_silent_omissions,rpt_trips";

/// A newcomer's folder: `./music-tracker` as `make demo` leaves it, and three exports.
fn newcomer() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let programs = Path::new(env!("CARGO_BIN_EXE_music-tracker")).parent().unwrap();
    for name in ["ingest", "enrich", "transform", "simulator"] {
        assert!(programs.join(name).exists(), "{name} is not built: run `make build` or `make test`");
    }
    symlink(programs.join("music-tracker"), folder.path().join("music-tracker")).unwrap();
    for (file, who) in [
        ("my_spotify_data.zip", "--seed 1 --account me=Europe/Vienna --until 2024-06-01"),
        ("newer_export.zip", "--seed 1 --account me=Europe/Vienna"),
        ("annas_data.zip", "--seed 2 --account anna=America/Denver"),
    ] {
        let simulator = programs.join("simulator");
        let line = format!("{} export --plays 300 --artists 20 {who} --out {file}", simulator.display());
        succeeds(&line, &type_in(&line, folder.path()));
    }
    folder
}

fn type_in(line: &str, folder: &Path) -> Output {
    let path = std::env::var_os("PATH").unwrap_or_default();
    Command::new("sh").args(["-c", line]).current_dir(folder).env_clear().env("PATH", path).output().unwrap()
}

fn succeeds(line: &str, output: &Output) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "`{line}` ended with {}:\n{said}", output.status);
}

/// The run of the import that reported last.
fn run_of(output: &Output) -> Option<String> {
    let report = String::from_utf8_lossy(&output.stdout);
    let line = report.lines().find(|line| line.contains(r#""job":"ingest import""#))?;
    value_of(line, "run_id")
}

/// The first value of a key in a report.
fn value_of(report: &str, key: &str) -> Option<String> {
    Some(report.split_once(&format!(r#""{key}":""#))?.1.split('"').next()?.to_owned())
}

/// Any play there is.
fn some_play(folder: &Path) -> String {
    let question = "./music-tracker query --format csv 'select min(play_id) from fct_track_played'";
    String::from_utf8_lossy(&type_in(question, folder).stdout).lines().last().unwrap_or_default().to_owned()
}

/// The services upstream, where the newcomer is known, and a `.env` that leads there.
struct Upstream {
    simulator: Child,
    root: String,
    listenbrainz_name: String,
    lastfm_name: String,
}

impl Upstream {
    fn start(folder: &Path) -> Self {
        let programs = Path::new(env!("CARGO_BIN_EXE_music-tracker")).parent().unwrap();
        let world =
            "serve --report json --seed 1 --plays 300 --artists 20 --account me=Europe/Vienna --lastfm-api-key key
            --musicbrainz-interval-ms 0 --nominatim-interval-ms 0 --navidrome-plays 40 --listenbrainz spotify,navidrome --lastfm navidrome";
        let mut simulator = Command::new(programs.join("simulator"));
        let mut simulator = simulator.args(world.split_whitespace()).stdout(Stdio::piped()).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(simulator.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let value = |key: &str| value_of(&said, key).unwrap_or_else(|| panic!("no {key} in {said}"));
        let settings = format!(
            "SPOTIFY_CLIENT_ID=app\nSPOTIFY_BASE_URL={}\nSPOTIFY_ACCOUNTS_BASE_URL={}\nLISTENBRAINZ_BASE_URL={}\n\
             LASTFM_BASE_URL={}\nLASTFM_API_KEY=key\nMUSICBRAINZ_BASE_URL={}\nWIKIDATA_BASE_URL={}\n\
             NOMINATIM_BASE_URL={}\nMUSIC_MUSICBRAINZ__SPACING_MS=0\nMUSIC_WIKIDATA__SPACING_MS=0\n\
             MUSIC_NOMINATIM__SPACING_MS=0\nMUSIC_SPOTIFY__SPACING_MS=0\nMUSIC_LISTENBRAINZ__SPACING_MS=0\n\
             MUSIC_LASTFM__SPACING_MS=0\nCONTACT=me@example.org\n",
            value("base_url"),
            value("accounts_base_url"),
            value("listenbrainz_base_url"),
            value("lastfm_base_url"),
            value("musicbrainz_base_url"),
            value("wikidata_base_url"),
            value("nominatim_base_url")
        );
        std::fs::write(folder.join(".env"), settings).unwrap();
        let root = value("accounts_base_url");
        Self { root, listenbrainz_name: value("listenbrainz_name"), lastfm_name: value("lastfm_name"), simulator }
    }

    /// How many plays an export or a service has told of.
    fn plays_told(&self) -> usize {
        let (_, body) = get(&format!("{}_control/served", self.root));
        let served: BTreeMap<String, BTreeMap<String, BTreeSet<usize>>> = serde_json::from_str(&body).unwrap();
        let told: BTreeSet<usize> = served.into_values().flat_map(BTreeMap::into_values).flatten().collect();
        told.into_iter().chain(0..300).collect::<BTreeSet<_>>().len()
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.simulator.kill().unwrap();
        self.simulator.wait().unwrap();
    }
}

/// Logs in as somebody whose browser is on another machine does.
fn log_in(line: &str, folder: &Path) -> String {
    let output = type_in(&format!("{line} --no-wait"), folder);
    succeeds(line, &output);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let url = said.split_whitespace().find(|word| word.contains("/authorize?")).unwrap();
    let (head, _) = get(url);
    let address = head.lines().find_map(|line| line.strip_prefix("location: ")).unwrap();
    format!("{line} --paste '{address}'")
}

/// Head and body of what lies at an address.
fn get(url: &str) -> (String, String) {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

#[test]
fn every_command_of_the_readme_works() {
    let folder = newcomer();
    let upstream = Upstream::start(folder.path());
    let (mut run, mut correction, mut is_connected) = (String::new(), String::new(), false);
    for line in typed_lines() {
        // The first needs a compiler; the second is told of before it is explained.
        if line.starts_with("make ") || (line == "./music-tracker spotify" && !is_connected) {
            continue;
        }
        let mut line = line.replace("RUN", &run).replace("CORRECTION", &correction);
        if line.contains("PLAY_ID") {
            line = line.replace("PLAY_ID", &some_play(folder.path()));
        }
        if line.ends_with("account list") {
            // All models were built by now, and take twice as long as those that the rest asks for.
            let settings = folder.path().join(".env");
            let before = std::fs::read_to_string(&settings).unwrap();
            std::fs::write(settings, format!("{before}MUSIC_TRANSFORM__MODELS={REST}\n")).unwrap();
        } else if line.ends_with("account connect spotify") {
            // Anna's import was the last one, and was taken back.
            assert_eq!(plays(folder.path()), "300");
            line = log_in(&format!("{line} --account me"), folder.path());
            is_connected = true;
        } else if line.contains("account connect") {
            let name = if line.contains("lastfm") { &upstream.lastfm_name } else { &upstream.listenbrainz_name };
            line = line.replace("YOUR_NAME", &format!("{name} --account me"));
        } else if line.contains("--erase") || line.contains("account merge") {
            line += " --yes";
        }
        let output = type_in(&line, folder.path());
        succeeds(&line, &output);
        run = run_of(&output).unwrap_or(run);
        correction = value_of(&String::from_utf8_lossy(&output.stdout), "correction_id").unwrap_or(correction);
        if line.ends_with("music-tracker lastfm") {
            assert_eq!(
                plays(folder.path()),
                upstream.plays_told().to_string(),
                "what several sources tell is one play"
            );
        }
    }
    assert!(is_connected);
    assert_eq!(plays(folder.path()), "0", "the last line erases everything");
}

/// How many plays are published.
fn plays(folder: &Path) -> String {
    let count = "./music-tracker query --format csv 'select count(*) from fct_track_played'";
    let output = type_in(count, folder);
    succeeds(count, &output);
    String::from_utf8_lossy(&output.stdout).lines().last().unwrap_or_default().to_owned()
}
