//! The questions an import may ask.

use platform::Stop;

use super::elsewhere::{Other, Sign};
use crate::account::shown;
use crate::archive::Archive;
use crate::overlap::Overlap;
use crate::question;

/// Asks whether an archive that agrees with nothing known is really this person's.
///
/// # Errors
/// A [`Stop::NeedsPerson`] when nobody can be asked, or the answer is no.
pub(super) fn is_it_theirs(account: &str, archive: &Archive, overlap: Overlap) -> anyhow::Result<()> {
    let finding = format!(
        "{:?}: only {} of its {} plays of the time that is already known agree with the {} known plays of {account:?}. \
         Is it someone else's export?",
        archive.name, overlap.agreeing, overlap.incoming, overlap.known
    );
    let ways = "use --yes to import it all the same, or `music-tracker account add NAME` and --account NAME \
                when it belongs to another person";
    asked(&finding, &format!("Import it into {account:?} all the same?"), archive, ways)
}

/// Asks whether an archive that another account has is this person's, too.
///
/// # Errors
/// As [`is_it_theirs`].
pub(super) fn is_it_also_theirs(account: &str, archive: &Archive, other: &Other) -> anyhow::Result<()> {
    let Other { account: theirs, sign } = other;
    let finding = match sign {
        Sign::SameFiles(at) => format!("{:?} was imported for {theirs:?} already, on {}.", archive.name, shown(*at)),
        Sign::SamePlays { shared, of } => {
            format!("{:?}: {shared} of its {of} plays are known of {theirs:?}, at the same moments.", archive.name)
        }
    };
    let finding = format!("{finding} Is it also {account:?}'s?");
    let ways = format!("use --yes to import it for {account:?}, too, or --account {theirs:?} when it is theirs alone");
    asked(&finding, &format!("Import it into {account:?}, too?"), archive, &ways)
}

fn asked(finding: &str, question: &str, archive: &Archive, ways: &str) -> anyhow::Result<()> {
    match question::ask(&format!("{finding}\n{question} [y/N]"))? {
        Some(answer) if question::is_yes(&answer) => Ok(()),
        Some(_) => Err(Stop::NeedsPerson(format!("nothing of {} was imported: {ways}", archive.name)).into()),
        None => Err(Stop::NeedsPerson(format!("{finding} Nothing of it was imported: {ways}")).into()),
    }
}
