//! The program `transform`: reads the command line and runs one job.

use std::process::ExitCode;

use platform::args::{self, ReportFormat};
use platform::{JobContext, Summary, run_command, run_job, run_question};
use transform::cli::{ArtistCommand, Cli, Command, CorrectCommand, Switch};
use transform::{correct, docs, explain, export, jobs, query, travel};

fn main() -> ExitCode {
    let Cli { common, sql_dir, command } = args::parse::<Cli>();
    let sql_dir = sql_dir.as_deref();
    match command {
        Command::Build { full_refresh, selection } => run_job("transform build", &common, |context| {
            jobs::build(context, sql_dir, full_refresh, &selection.into())
        }),
        Command::Test { selection } => {
            run_job("transform test", &common, |context| jobs::test(context, sql_dir, &selection.into()))
        }
        Command::Ls => run_command("transform ls", &common, |context| {
            common.for_people_alone("`run.json` beside the published files lists tables and columns")?;
            jobs::ls(context, sql_dir)
        }),
        Command::Check => run_job("transform check", &common, |context| jobs::check(context, sql_dir)),
        Command::Docs { output } => {
            run_job("transform docs", &common, |context| docs::docs(context, sql_dir, output.as_deref()))
        }
        Command::Publish => run_job("transform publish", &common, jobs::publish),
        Command::Refresh { if_changed: true, .. } => {
            run_job("transform refresh", &common, |context| jobs::refresh_if_changed(context, sql_dir))
        }
        Command::Refresh { full_refresh, .. } => {
            run_job("transform refresh", &common, |context| jobs::refresh(context, sql_dir, full_refresh))
        }
        Command::Query { sql, format } => {
            let format = format.or(common.json.then_some(query::Format::Json));
            run_command("transform query", &common, |context| jobs::query(context, &sql, format))
        }
        Command::Explain { play, of, format } => {
            let json = common.wanted() == Some(ReportFormat::Json);
            let format = format.unwrap_or(if json { explain::Format::Json } else { explain::Format::Text });
            run_command("transform explain", &common, |context| match &play {
                Some(play) => explain::explain(context, play, format),
                None => explain::explain_figure(context, &of, format),
            })
        }
        Command::Export(mut request) => match request.output.clone() {
            Some(path) => run_job("transform export", &common, |context| export::to_file(context, &request, &path)),
            None => {
                request.format = request.format.or(common.json.then_some(export::Format::Json));
                run_command("transform export", &common, |context| export::to_stdout(context, &request))
            }
        },
        Command::Correct(command) if command.is_question() => {
            run_question("transform correct", &common, |context| correct(context, &command))
        }
        Command::Correct(command) => run_job("transform correct", &common, |context| correct(context, &command)),
        Command::Travel(request) if request.is_question() => {
            run_question("transform travel", &common, |context| travel::travel(context, &request))
        }
        Command::Travel(request) => run_job("transform travel", &common, |context| travel::travel(context, &request)),
        Command::Summary { account } => run_command("transform summary", &common, |context| {
            common.for_people_alone("`music-tracker query --format json` answers any question")?;
            jobs::summary(context, account.as_deref())
        }),
    }
}

fn correct(context: &JobContext, command: &CorrectCommand) -> anyhow::Result<Summary> {
    match command {
        CorrectCommand::Preview(wanted) => correct::preview(context, wanted),
        CorrectCommand::Add(wanted) => correct::add(context, wanted),
        CorrectCommand::List => correct::list(context),
        CorrectCommand::Undo { id } => correct::undo(context, id),
        CorrectCommand::Rule { switch, rule, reason } => {
            correct::rule(context, rule, *switch == Switch::On, reason.as_deref())
        }
        CorrectCommand::Artist(ArtistCommand::Preview(wanted)) => correct::artist::preview(context, wanted),
        CorrectCommand::Artist(ArtistCommand::Add(wanted)) => correct::artist::add(context, wanted),
        CorrectCommand::Artist(ArtistCommand::List) => correct::artist::list(context),
        CorrectCommand::Artist(ArtistCommand::Undo { id }) => correct::artist::undo(context, id),
    }
}
