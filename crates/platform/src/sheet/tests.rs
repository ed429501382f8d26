use super::*;
use crate::corrections::PLAYS;

/// Gives every line of `account` to `into`, or takes it away.
fn rename(line: &Line, account: &str, into: Option<&str>) -> Change {
    let named: Vec<_> = PLAYS.accounts.iter().filter(|column| line.get(column) == Some(account)).collect();
    match into {
        _ if named.is_empty() => Change::Keep,
        None => Change::Drop,
        Some(into) => Change::Set(named.into_iter().map(|column| (*column, into.to_owned())).collect()),
    }
}

/// Changes a file that holds `text`; what it holds then, and the lines that make no sense.
#[track_caller]
fn check(text: &str, account: &str, into: Option<&str>, expected: &str, not_understood: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let data = DataDir::new(folder.path(), None);
    write_whole(&PLAYS.path(&data), text.as_bytes()).unwrap();
    let changed = PLAYS.change_each(&data, |line| rename(line, account, into)).unwrap();
    assert_eq!(PLAYS.text(&data).unwrap(), expected);
    assert_eq!(changed.not_understood.len(), not_understood.len(), "{:?}", changed.not_understood);
    for (told, expected) in changed.not_understood.iter().zip(not_understood) {
        assert!(told.contains(expected), "{told}");
    }
}

const FILE: &str = "# mine\nid,action,account,to_account,reason\n1,exclude,ann,,\"a \"\"b\"\"\"\n# his, \"ann\n\n2,reassign,ann,bob,x\n3,exclude,,,all\n";

#[test]
fn lines_of_others_stay_as_they_were_written() {
    check(FILE, "nobody", None, FILE, &[]);
    check(FILE, "bob", None, &FILE.replace("2,reassign,ann,bob,x\n", ""), &[]);
    check(FILE, "bob", Some("cleo"), &FILE.replace(",bob,", ",cleo,"), &[]);
    let renamed = FILE.replace(",ann,", ",me,");
    check(FILE, "ann", Some("me"), &renamed, &[]);
}

#[test]
fn a_byte_order_mark_and_foreign_line_ends_change_nothing() {
    let marked = format!("\u{feff}{}", FILE.replace('\n', "\r\n"));
    check(&marked, "bob", Some("cleo"), &marked.replace(",bob,", ",cleo,"), &[]);
    check(&marked, "bob", None, &marked.replace("2,reassign,ann,bob,x\r\n", ""), &[]);
    let first = "\u{feff}account,id,action\nann,1,exclude";
    check(first, "ann", Some("me"), "\u{feff}account,id,action\nme,1,exclude", &[]);
}

#[test]
fn a_line_that_makes_no_sense_stays_where_it_is_and_is_told() {
    let head = "id,action,account,to_account,reason\n";
    let commas = format!("{head}1,exclude,ann,,too loud, too long\n2,exclude,ann,,\n");
    check(&commas, "ann", None, &commas.replace("2,exclude,ann,,\n", ""), &["plays.csv:2: 6 values for 5 columns"]);
    // The quote swallows what follows: nobody knows which of it is a correction.
    let open = format!("{head}1,exclude,ann,,\n2,exclude,ann,,\"too loud\n3,exclude,bob,,\"fine\"\n");
    check(&open, "ann", None, &open.replace("1,exclude,ann,,\n", ""), &["plays.csv:3: a quote is opened"]);
    let open = format!("{head}2,exclude,ann,,\"too loud\n3,exclude,bob,,\n");
    check(&open, "ann", Some("me"), &open, &["plays.csv:2: a quote is opened"]);
    let head = "id,action,acount\n1,exclude,ann\n";
    check(head, "ann", None, head, &["plays.csv:1: there is no column `acount`"]);
}

#[test]
fn a_reason_over_two_lines_is_one_reason() {
    let text = "id,action,account,to_account,reason\n1,exclude,ann,,\"too loud,\n\"\"too\"\" long\"\n2,exclude,bob,,\n";
    check(text, "bob", Some("me"), &text.replace("bob", "me"), &[]);
    check(text, "ann", None, "id,action,account,to_account,reason\n2,exclude,bob,,\n", &[]);
}

#[test]
fn a_column_that_is_missing_is_added_and_nothing_else_changes() {
    let folder = tempfile::tempdir().unwrap();
    let data = DataDir::new(folder.path(), None);
    let text = "# by hand\nid,action,track\n# loud\n1,exclude,u1";
    write_whole(&PLAYS.path(&data), text.as_bytes()).unwrap();
    PLAYS
        .add(&data, |lines| {
            assert_eq!(lines.len(), 1);
            Ok(vec![
                ("id", "2".into()),
                ("action", "exclude".into()),
                ("account", "ann".into()),
                ("track", "u2".into()),
            ])
        })
        .unwrap();
    let expected = "# by hand\nid,action,track,account\n# loud\n1,exclude,u1\n2,exclude,u2,ann\n";
    assert_eq!(PLAYS.text(&data).unwrap(), expected);
    assert!(PLAYS.remove(&data, |line| line.get("id") == Some("1")).unwrap());
    assert!(!PLAYS.remove(&data, |line| line.get("id") == Some("1")).unwrap());
    assert_eq!(PLAYS.text(&data).unwrap(), expected.replace("1,exclude,u1\n", ""));
}
