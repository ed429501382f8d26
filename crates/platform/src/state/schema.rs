//! The tables, and how an older database becomes a newer one.

use rusqlite::Connection;

use super::StateDb;

/// One script a version; a database remembers in `user_version` how many it has had.
/// Scripts are never changed once released, only added. Instants are Unix milliseconds.
const MIGRATIONS: &[&str] = &[
    "
    create table accounts (
        account_id    text primary key,
        name          text not null unique collate nocase,
        counting_rule text not null check (counting_rule in ('30s', 'finished', 'any')),
        created_at_ms integer not null
    ) strict;
    -- Who this person is at a service.
    create table identities (
        service     text not null,
        external_id text not null,
        account_id  text not null references accounts,
        added_at_ms integer not null,
        primary key (service, external_id)
    ) strict;
    -- Where the person lived, from when on; the first zone of an account has no beginning.
    create table zones (
        account_id    text not null references accounts,
        valid_from_ms integer,
        zone          text not null
    ) strict;
    create unique index zones_by_start on zones (account_id, coalesce(valid_from_ms, -9223372036854775808));
    create table tokens (
        service       text not null,
        account_id    text not null references accounts,
        refresh_token text not null,
        stored_at_ms  integer not null,
        primary key (service, account_id)
    ) strict;
    create table job_runs (
        run_id        text not null,
        job           text not null,
        account_id    text references accounts,
        status        text not null,
        started_at_ms integer not null,
        report        text not null,
        primary key (run_id, job)
    ) strict;
",
    "
    -- How many receipts the account has had: clocks may go back, this number does not.
    alter table accounts add column receipts integer;
",
    "
    -- The sources that are fetched for an account, and how each of them stands.
    create table connections (
        service         text not null,
        account_id      text not null references accounts,
        user_name       text,
        is_paused       integer not null default 0,
        -- Why only a person can go on; empty when all is well.
        trouble         text,
        connected_at_ms integer not null,
        last_success_ms integer,
        primary key (service, account_id)
    ) strict;
    -- How far the fetching of a long history has come.
    create table cursors (
        service    text not null,
        account_id text not null references accounts,
        name       text not null,
        value      integer not null,
        primary key (service, account_id, name)
    ) strict;
    -- Tokens are sealed (see the module `seal`); a plain one is sealed when it is first read.
    alter table tokens add column authorized_at_ms integer;
    alter table tokens add column is_sealed integer not null default 0;
    -- Logins that were begun: what comes back from the service must fit one of them.
    create table logins (
        state         text primary key,
        service       text not null,
        account_name  text,
        verifier      text,
        redirect_uri  text not null,
        begun_at_ms   integer not null
    ) strict;
    -- Stretches in which a source may have lost plays, as its list showed.
    create table gaps (
        account_id      text not null references accounts,
        source          text not null,
        after_ms        integer not null,
        before_ms       integer not null,
        detected_at_ms  integer not null,
        run_id          text not null,
        estimated_plays integer not null,
        closed_by       text,
        primary key (account_id, source, before_ms)
    ) strict;
    -- When the next request to a service may go out, for all programs together.
    create table request_slots (
        service    text primary key,
        next_at_ms integer not null
    ) strict;
    -- Until when a service wants to be left alone.
    create table cooldowns (
        service  text not null,
        class    text not null,
        until_ms integer not null,
        reason   text not null,
        primary key (service, class)
    ) strict;
    -- What was asked lately, for budgets of a rolling day.
    create table requests (
        service text not null,
        class   text not null,
        at_ms   integer not null
    ) strict;
    create index requests_by_time on requests (service, class, at_ms);
    -- Refresh tokens that came from the settings once: none of them is taken twice.
    create table adopted_tokens (
        token_sha256 text primary key,
        adopted_at_ms integer not null
    ) strict;
    -- One run works on several accounts.
    create table runs_of_jobs (
        run_id        text not null,
        job           text not null,
        account_id    text,
        status        text not null,
        started_at_ms integer not null,
        report        text not null
    ) strict;
    insert into runs_of_jobs select run_id, job, account_id, status, started_at_ms, report from job_runs;
    drop table job_runs;
    alter table runs_of_jobs rename to job_runs;
    create unique index job_runs_by_run on job_runs (run_id, job, coalesce(account_id, ''));
    insert or ignore into connections (service, account_id, connected_at_ms)
        select service, account_id, stored_at_ms from tokens;
",
    "
    -- What kind of trouble it is, for programs; the words are for people. Until now the words
    -- had to say it.
    alter table connections add column trouble_kind text;
    update connections set trouble_kind = case
        when trouble like 'the login has ended: log in again with%' then 'login_ended'
        when trouble is not null then 'other'
    end;
    -- Whose star schema a warehouse holds is told by this. It is copied with the data, and
    -- restored with a backup.
    create table data_folder (folder_id text not null) strict;
    insert into data_folder values (lower(hex(randomblob(16))));
",
    "
    -- What became of each gap: the stretches that an import covers, and those that are still dark.
    create table gap_stretches (
        account_id      text not null references accounts,
        source          text not null,
        gap_before_ms   integer not null,
        after_ms        integer not null,
        before_ms       integer not null,
        estimated_plays integer not null,
        closed_by       text,
        primary key (account_id, source, gap_before_ms, before_ms)
    ) strict;
    insert into gap_stretches
        select account_id, source, before_ms, after_ms, before_ms, estimated_plays, closed_by from gaps;
    alter table gaps drop column closed_by;
",
];

pub(super) fn migrate(state: &mut StateDb) -> anyhow::Result<()> {
    if version(&state.connection)? == MIGRATIONS.len() {
        return Ok(());
    }
    state.write(|transaction| {
        // Another process may have migrated since the first look.
        let version = version(transaction)?;
        anyhow::ensure!(
            version <= MIGRATIONS.len(),
            "it has version {version}, this program knows {}: use the newer program",
            MIGRATIONS.len()
        );
        for script in &MIGRATIONS[version..] {
            transaction.execute_batch(script)?;
        }
        transaction.pragma_update(None, "user_version", u32::try_from(MIGRATIONS.len())?)?;
        Ok(())
    })
}

fn version(connection: &Connection) -> anyhow::Result<usize> {
    let version: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok(usize::try_from(version)?)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use chrono::DateTime;

    use super::super::{AccountId, Gap, TroubleKind};
    use super::*;

    /// A database as the version `version` left it, with what `script` puts in.
    fn older(path: &Path, version: usize, script: &str) {
        let connection = Connection::open(path).unwrap();
        for migration in &MIGRATIONS[..version] {
            connection.execute_batch(migration).unwrap();
        }
        connection.execute_batch(script).unwrap();
        connection.pragma_update(None, "user_version", u32::try_from(version).unwrap()).unwrap();
    }

    #[test]
    fn a_trouble_that_was_told_in_words_alone_is_understood() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tracker.db");
        older(
            &path,
            3,
            "insert into accounts (account_id, name, counting_rule, created_at_ms) values ('a', 'ann', '30s', 0);
             insert into connections (service, account_id, trouble, connected_at_ms) values
                 ('spotify', 'a', 'the login has ended: log in again with `account connect spotify`', 0),
                 ('lastfm', 'a', 'say who it is', 0),
                 ('listenbrainz', 'a', null, 0);",
        );
        let state = StateDb::open(&path).unwrap();
        let kind = |service| state.connection(service, &AccountId::stored("a")).unwrap().unwrap().trouble;
        assert_eq!(kind("spotify").unwrap().kind, TroubleKind::LoginEnded);
        assert_eq!(kind("lastfm").map(|one| (one.kind, one.text)), Some((TroubleKind::Other, "say who it is".into())));
        assert_eq!(kind("listenbrainz"), None);
        assert_eq!(state.folder_id().unwrap(), StateDb::open(&path).unwrap().folder_id().unwrap());
    }

    #[test]
    fn gaps_from_before_there_were_stretches_are_one_stretch_each() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tracker.db");
        older(
            &path,
            4,
            "insert into accounts (account_id, name, counting_rule, created_at_ms) values ('a', 'ann', '30s', 0);
             insert into gaps values
                 ('a', 'spotify_api', 1000, 2000, 2500, 'first', 7, null),
                 ('a', 'spotify_api', 3000, 4000, 4500, 'second', 9, 'import');",
        );
        let at = |ms| DateTime::from_timestamp_millis(ms).unwrap();
        let gap = |from, to, run: &str, plays, closed_by: Option<&str>| Gap {
            account_id: AccountId::stored("a"),
            source: "spotify_api".into(),
            noticed: (at(from), at(to)),
            after: at(from),
            before: at(to),
            detected_at: at(to + 500),
            run_id: run.into(),
            estimated_plays: plays,
            closed_by: closed_by.map(str::to_owned),
        };
        let expected = [gap(1000, 2000, "first", 7, None), gap(3000, 4000, "second", 9, Some("import"))];
        let state = StateDb::open(&path).unwrap();
        assert_eq!(state.gaps().unwrap(), expected);
        let noticed = expected.map(|gap| Gap { closed_by: None, ..gap });
        assert_eq!(state.noticed_gaps().unwrap(), noticed);
    }
}
