//! `transform docs`: pages that explain the models, as a browser would open them from a folder.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use transform::docs::docs;
use transform::jobs;
use transform::project::{Project, SqlTree};

use crate::world::{World, failure, names_in};

/// Writes the pages of the models in `sql/` of the repository, or of the world's own.
fn written(world: &World, sql_dir: &Path) -> PathBuf {
    let summary = docs(&world.context(), Some(sql_dir), None).unwrap_or_else(|error| panic!("{error:#}"));
    assert!(summary.text.ends_with("docs/index.html"), "{}", summary.text);
    world.data().docs()
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sql")
}

/// A page or another file, with slashes as a browser reads them.
fn text(folder: &Path, page: &str) -> String {
    let text = std::fs::read_to_string(folder.join(page)).unwrap_or_else(|error| panic!("{page}: {error}"));
    text.replace("&#x2f;", "/")
}

/// The pages of a folder, by their path in it.
fn pages(folder: &Path) -> Vec<String> {
    let models = names_in(&folder.join("model")).into_iter().map(|name| format!("model/{name}"));
    ["index.html".to_owned(), "lineage.html".to_owned()].into_iter().chain(models).collect()
}

/// What stands in an attribute, wherever the page has one.
fn values(page: &str, attribute: &str) -> BTreeSet<String> {
    let start = format!(" {attribute}=\"");
    page.split(&start).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

#[test]
fn every_model_has_a_page_and_every_link_leads_somewhere_inside() {
    let world = World::empty();
    let folder = written(&world, &repository());
    let project = Project::of(&SqlTree::from_dir(&repository()).unwrap()).unwrap();
    let pages = pages(&folder);
    assert_eq!(pages.len(), project.models.len() + 2);
    let anchors = |page: &str| values(&text(&folder, page), "id");
    let index = anchors("index.html");
    for name in &pages {
        let page = text(&folder, name);
        let base = if name.starts_with("model/") { "model" } else { "" };
        let links: Vec<String> =
            ["href", "src", "action"].iter().flat_map(|attribute| values(&page, attribute)).collect();
        assert!(links.len() > 5, "{name}");
        for link in links {
            let (file, anchor) = link.split_once('#').map_or((link.as_str(), None), |(file, id)| (file, Some(id)));
            let target = match (file, file.strip_prefix("../")) {
                ("", _) => name.clone(),
                (_, Some(above)) if base == "model" => above.to_owned(),
                _ if base == "model" => format!("model/{file}"),
                _ => file.to_owned(),
            };
            assert!(folder.join(&target).is_file(), "{name} leads to {link}");
            if let Some(anchor) = anchor {
                let there = if target == "index.html" { index.clone() } else { anchors(&target) };
                assert!(there.contains(anchor), "{name} leads to {link}");
            }
        }
        for outside in ["http:", "https:", "url(", "@import", "javascript:"] {
            assert!(
                !page.contains(&format!("\"{outside}")) && !page.contains(&format!("({outside}")),
                "{name}: {outside}"
            );
        }
    }
    for model in &project.models {
        let page = text(&folder, &format!("model/{}.html", model.name));
        assert!(page.contains(&format!("<h1>{}</h1>", model.name)), "{}", model.name);
        assert!(
            page.matches("<path data-from=").count() >= model.reads().filter(|read| !read.starts_with("csv_")).count()
        );
        assert!(text(&folder, "lineage.html").contains(&format!(">{}</text>", model.name)), "{}", model.name);
    }
    for asset in ["docs.js", "music-tracker-docs.css"] {
        let asset = text(&folder, asset);
        assert!(!asset.contains("http") && !asset.contains("url("), "nothing is fetched");
    }
}

#[test]
fn a_page_says_what_was_built_tested_and_published() {
    let world = World::small();
    let before = text(&written(&world, &world.sql_dir()), "model/fct_play.html");
    assert!(before.contains("not run yet") && !before.contains(" holds</span>"), "{before}");
    world.refresh().unwrap();
    let folder = written(&world, &world.sql_dir());
    let page = text(&folder, "model/fct_play.html");
    for part in [
        "<p>Every play, once.</p>",
        "<dt>Grain</dt><dd>one row per play</dd>",
        "<dt>Key</dt><dd><code>play_id</code></dd>",
        "<dt>Rows</dt><dd>2</dd>",
        " in 2 files</dd>",
        // Inherited from the model it reads.
        "<td>Key of the play.</td>",
        "<td>bigint <small>milliseconds</small></td>",
        "timestamp (UTC) <small>instant, UTC</small>",
        "<code>unique play_id</code>",
        "<span class=\"state holds\">holds</span>",
        "<td class=\"when\">2024-06-15 12:00 UTC</td>",
        "<a href=\"../index.html#plays_have_tracks\">Every play is of a track.</a>",
        "</a>. Read by <a href=\"rpt_totals.html\">rpt_totals</a>.",
        "<b>select</b> * <b>from</b> <a href=\"stg_plays.html\">stg_plays</a>",
    ] {
        assert!(page.contains(part), "{part} is missing from\n{page}");
    }
    let index = text(&folder, "index.html");
    for part in [
        "<section class=\"query\" id=\"src_plays\">",
        "<p>Read by <a href=\"model/stg_plays.html\">stg_plays</a></p>",
        "<tr id=\"src_plays-ms_played\"><th scope=\"row\">ms_played</th>\n\
         <td>bigint <small>milliseconds</small></td>\n\
         <td>Milliseconds listened, as reported; empty where the source does not say.</td></tr>",
        "<td>timestamp (UTC) <small>instant, UTC</small></td>\n<td>When the raw file was received (UTC).</td>",
    ] {
        assert!(index.contains(part), "{part} is missing from\n{index}");
    }
    assert!(
        index.contains("<span class=\"state holds\">5 hold</span>") && index.contains("2024-06-15 12:00 UTC"),
        "{index}"
    );
    // Staging is not published, and its columns are known all the same.
    let staging = text(&folder, "model/stg_plays.html");
    assert!(staging.contains("column-ended_at") && staging.contains("<dt>Published</dt><dd>no</dd>"), "{staging}");
    // What nobody described here means what it means in the source table.
    assert!(staging.contains("<td>Key of the account, given when it was added.</td>"), "{staging}");
}

#[test]
fn a_broken_test_is_shown_after_the_rollback_until_it_holds_again() {
    let world = World::small();
    world.refresh().unwrap();
    let state = || {
        let page = text(&written(&world, &world.sql_dir()), "index.html");
        let section = page.split("id=\"plays_have_tracks\"").nth(1).unwrap().to_owned();
        section.split("<p>").nth(1).unwrap().split("</span>").next().unwrap().to_owned()
    };
    assert_eq!(state(), "<span class=\"state holds\">holds");
    world.plays("b", &["'p1', 'ann', null, '2024-01-10 10:00:00Z', 5"]);
    world.build().unwrap_err();
    assert_eq!(state(), "<span class=\"state fails\">1 row breaks it");
    world.plays("c", &["'p1', 'ann', 'One', '2024-01-10 10:00:00Z', 5"]);
    world.build().unwrap();
    assert_eq!(state(), "<span class=\"state holds\">holds");
    // Only what a run asks is told anew.
    world.edit("tests/plays_have_tracks.sql", "track_name is null", "track_name = 'One'");
    world.edit("tests/plays_have_tracks.sql", "is of a track.\n", "is of a track.\n-- severity: warn\n");
    jobs::test(&world.context(), Some(&world.sql_dir()), &transform::project::Selection::all()).unwrap();
    assert_eq!(state(), "<span class=\"state warns\">1 row breaks it");
}

#[test]
fn hostile_words_are_only_words() {
    let world = World::small();
    let evil = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"' onload='";
    world.edit("3_marts/dim_track.sql", "What can be heard.", &format!("What can `{evil}` be heard. {evil}"));
    world.edit("3_marts/dim_track.sql", "one row per track", &format!("one row per {evil}"));
    world.edit("3_marts/dim_track.sql", "The title.", &format!("The title. {evil}"));
    let accepted =
        format!("-- tests: warn accepted track_name One, Two, '{}'\n-- columns:", evil.replace(['"', '\''], ""));
    world.edit("3_marts/dim_track.sql", "-- columns:", &accepted);
    world.edit("3_marts/dim_track.sql", "from stg_plays", &format!("/* {evil} */ from stg_plays"));
    world.edit("tests/plays_have_tracks.sql", "Every play", &format!("Every {evil} play"));
    let folder = written(&world, &world.sql_dir());
    for name in pages(&folder) {
        let page = text(&folder, &name);
        assert!(!page.contains("alert(1)<") && !page.contains("<img"), "{name}");
        assert_eq!(page.matches("<script").count(), if name == "index.html" { 2 } else { 1 }, "{name}");
        assert!(values(&page, "onload").is_empty() && values(&page, "onerror").is_empty(), "{name}");
    }
    assert!(text(&folder, "model/dim_track.html").contains("&lt;img src=x onerror=alert(1)&gt;"));
    let json = text(&folder, "index.html");
    let json = json.split("id=\"search-index\">").nth(1).unwrap().split("</script>").next().unwrap();
    let index: Vec<serde_json::Value> = serde_json::from_str(json).unwrap();
    assert!(index.iter().any(|model| model["text"].as_str().unwrap().contains(evil)), "the search knows the words");
}

#[test]
fn the_folder_is_replaced_as_a_whole_and_only_if_it_is_ours() {
    let world = World::small();
    let folder = written(&world, &world.sql_dir());
    std::fs::remove_file(world.sql_dir().join("4_reporting/rpt_totals.sql")).unwrap();
    written(&world, &world.sql_dir());
    assert!(!folder.join("model/rpt_totals.html").exists());
    assert_eq!(names_in(world.data().root()).iter().filter(|name| name.contains("docs")).count(), 1);
    let other = world.sql_dir();
    let before = names_in(&other);
    let (message, code) = failure(docs(&world.context(), Some(&world.sql_dir()), Some(&other)));
    assert_eq!(message, format!("{} holds something else: name a new folder with --output", other.display()));
    assert_eq!((code, names_in(&other)), (2, before));
    let elsewhere = world.data().root().join("a/b");
    docs(&world.context(), Some(&world.sql_dir()), Some(&elsewhere)).unwrap();
    assert!(elsewhere.join("index.html").is_file());
}
