//! The one question an import may ask.

use platform::Stop;

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
    match question::ask(&format!("{finding}\nImport it into {account:?} all the same? [y/N]"))? {
        Some(answer) if question::is_yes(&answer) => Ok(()),
        Some(_) => Err(Stop::NeedsPerson(format!("nothing of {} was imported: {ways}", archive.name)).into()),
        None => Err(Stop::NeedsPerson(format!("{finding} Nothing of it was imported: {ways}")).into()),
    }
}
