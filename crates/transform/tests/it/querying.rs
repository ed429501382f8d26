//! `transform query` and `transform summary`.

use transform::jobs;
use transform::query::Format;

use crate::world::World;

fn ask(world: &World, question: &str, format: Format) -> Result<String, String> {
    jobs::query(&world.context(), question, Some(format)).map_err(|error| format!("{error:#}"))
}

#[test]
fn an_answer_comes_as_csv_json_or_a_table() {
    let world = World::small();
    world.refresh().unwrap();
    let question = "select play_id, ms_played, null as nothing from fct_play order by play_id desc;";
    assert_eq!(ask(&world, question, Format::Csv).unwrap(), "play_id,ms_played,nothing\np2,2000,\np1,1000,\n");
    assert_eq!(
        ask(&world, question, Format::Json).unwrap(),
        "{\"play_id\":\"p2\",\"ms_played\":2000,\"nothing\":null}\n{\"play_id\":\"p1\",\"ms_played\":1000,\"nothing\":null}\n"
    );
    let table = ask(&world, question, Format::Table).unwrap();
    let line = table.lines().find(|line| line.contains("p2")).unwrap();
    assert_eq!(line.split_whitespace().collect::<Vec<_>>(), ["p2", "2000"]);
    assert!(table.ends_with("2 rows\n"), "{table}");
}

#[test]
fn people_can_look_around() {
    let world = World::small();
    world.refresh().unwrap();
    assert_eq!(ask(&world, "show tables", Format::Csv).unwrap(), "name\ndim_track\nfct_play\nrpt_totals\n");
    assert!(ask(&world, "describe fct_play", Format::Csv).unwrap().contains("ended_at,TIMESTAMP WITH TIME ZONE"));
    assert_eq!(ask(&world, "from rpt_totals -- a comment", Format::Csv).unwrap(), "plays,ms\n2,3000\n");
}

#[test]
fn a_question_changes_nothing() {
    let world = World::small();
    world.refresh().unwrap();
    for question in
        ["create table x as select 1", "drop view fct_play", "select 1; select 2", "copy fct_play to 'x.csv'", " ; "]
    {
        let refused = ask(&world, question, Format::Csv).unwrap_err();
        assert!(
            refused.starts_with("ask one question, a single `select`; nothing is ever changed"),
            "{question}: {refused}"
        );
    }
}

#[test]
fn a_wrong_question_is_answered_in_duckdbs_words() {
    let world = World::small();
    world.refresh().unwrap();
    let refused = ask(&world, "select nope\nfrom fct_play", Format::Csv).unwrap_err();
    assert!(refused.starts_with("Binder Error: Referenced column \"nope\" not found"), "{refused}");
    assert!(refused.contains("LINE 1: select nope"), "{refused}");
    let refused = ask(&world, "selec 1", Format::Csv).unwrap_err();
    assert!(refused.starts_with("Parser Error: syntax error at or near \"selec\""), "{refused}");
}

#[test]
fn before_anything_is_published_the_way_is_shown() {
    let world = World::small();
    let refused = ask(&world, "select 1", Format::Csv).unwrap_err();
    assert_eq!(
        refused,
        "nothing has been published yet, but plays are stored: `music-tracker refresh` builds the star schema of them"
    );
}

#[test]
fn the_summary_needs_its_tables() {
    let world = World::small();
    world.refresh().unwrap();
    let refused = jobs::summary(&world.context(), None).unwrap_err().to_string();
    assert_eq!(
        refused,
        "the summary needs agg_daily, which is not published: run `music-tracker refresh`; if it is not there \
         afterwards, the SQL models do not make it or MUSIC_TRANSFORM__MODELS does not name it"
    );
}

/// Spoken word is told in a line of its own, and nobody knows what an unattributed play was.
#[test]
fn the_summary_counts_tracks_and_artists_that_are_known_and_are_music() {
    let mut world = World::empty();
    let play = |number: u32, kind: &str, uri: &str, title: &str, artist: &str, album: &str| {
        format!(
            "select 'o{number}' as observation_id, 'p{number}' as play_id, 'ann' as account_id,
                    'spotify_export' as source, '{kind}' as kind, 'end' as clock, 's' as time_precision,
                    timestamptz '2024-06-10 10:0{number}:00Z' as ended_at, 40000::bigint as ms_played,
                    nullif('{uri}', '') as track_uri, nullif('{title}', '') as track_name,
                    nullif('{artist}', '') as album_artist_name, nullif('{album}', '') as album_name"
        )
    };
    let plays = [
        play(1, "track", "spotify:track:a", "Song", "Ann", "Album"),
        play(2, "episode", "spotify:episode:b", "#1", "", "Show"),
        play(3, "unattributed", "", "", "", ""),
        play(4, "unattributed", "", "", "", ""),
    ];
    world.src_file("plays", "a", &plays.join(" union all "));
    world.manifest("plays", &[("a", 1)]);
    world.wanted = "agg_daily rpt_listening_calendar rpt_listening_clock rpt_rejected_rows rpt_top_artists";
    jobs::refresh(&world.context(), None, false).unwrap();
    let summary = jobs::summary(&world.context(), None).unwrap();
    assert!(summary.contains("3 plays on 1 day; 3 of them count,"), "{summary}");
    assert!(summary.contains("1 track by 1 artist (who is named first), 0 hours in all"), "{summary}");
    assert!(summary.contains("1 play of podcasts and audiobooks besides, 0 hours"), "{summary}");
    let share = "select share_of_plays from rpt_top_artists where period = 'all time'";
    assert_eq!(ask(&world, share, Format::Csv).unwrap(), "share_of_plays\n0.3333333333333333\n");
    assert_eq!(ask(&world, "select count(*) from rpt_rejected_rows", Format::Csv).unwrap(), "count_star()\n0\n");
}

#[test]
fn a_table_is_described_with_what_its_columns_mean() {
    let world = World::small();
    world.refresh().unwrap();
    let expected = "column_name,column_type,meaning\ntrack_name,VARCHAR,The title.\n";
    for question in ["describe dim_track", "DESC \"dim_track\";", "show dim_track"] {
        assert_eq!(ask(&world, question, Format::Csv).unwrap(), expected, "{question}");
    }
    assert!(ask(&world, "describe fct_play", Format::Table).unwrap().contains("Key of the play."));
    let answer = ask(&world, "describe select 1 as one", Format::Csv).unwrap();
    assert!(answer.contains("one,INTEGER"), "{answer}");
}

#[test]
fn what_would_have_to_be_fetched_is_refused_without_advice_that_does_not_help() {
    let world = World::small();
    world.refresh().unwrap();
    for question in ["from 'https://127.0.0.1:9/plays.csv'", "select * from read_parquet('s3://bucket/plays.parquet')"]
    {
        let refused = ask(&world, question, Format::Csv).unwrap_err();
        assert!(refused.contains("nothing from the network: fetch the file first"), "{question}: {refused}");
        assert!(!refused.contains("INSTALL"), "{refused}");
    }
    let refused =
        ask(&world, "select nonsense from fct_play where track_name = 'INSTALL ME'", Format::Csv).unwrap_err();
    assert!(refused.contains("nonsense"), "{refused}");
    let refused = ask(&world, "select st_point(1, 2)", Format::Csv).unwrap_err();
    assert!(
        refused.contains("extension spatial of DuckDB, which is not part") && !refused.contains("INSTALL"),
        "{refused}"
    );
}
