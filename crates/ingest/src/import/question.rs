//! The questions an import may ask.

use platform::Stop;

use super::elsewhere::{Other, Sign};
use crate::account::shown;
use crate::archive::Archive;
use crate::overlap::Overlap;
use crate::question;

/// Why an archive may not be this person's.
pub(super) enum Doubt {
    /// It agrees with nothing that is known.
    Strangers(Overlap),
    /// Another account has it.
    AlsoTheirs(Other),
}

impl Doubt {
    /// Asks whether it is theirs all the same.
    ///
    /// # Errors
    /// A [`Stop::NeedsPerson`] when nobody can be asked, or the answer is no.
    pub(super) fn ask(&self, account: &str, archive: &Archive) -> anyhow::Result<()> {
        match self {
            Self::Strangers(overlap) => is_it_theirs(account, archive, *overlap),
            Self::AlsoTheirs(other) => is_it_also_theirs(account, archive, other),
        }
    }

    /// Whether the same is in doubt: what is counted may have grown between two looks.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Strangers(_), Self::Strangers(_)) => true,
            (Self::AlsoTheirs(one), Self::AlsoTheirs(other)) => one.account == other.account,
            _ => false,
        }
    }
}

fn is_it_theirs(account: &str, archive: &Archive, overlap: Overlap) -> anyhow::Result<()> {
    let finding = format!(
        "{:?}: only {} of its {} plays of the time that is already known agree with the {} reports of plays that are known of {account:?}. \
         Is it someone else's export?",
        archive.name, overlap.agreeing, overlap.incoming, overlap.known
    );
    let ways = "use --yes to import it all the same, or `music-tracker account add NAME` and --account NAME \
                when it belongs to another person";
    asked(&finding, &format!("Import it into {account:?} all the same?"), archive, ways)
}

fn is_it_also_theirs(account: &str, archive: &Archive, other: &Other) -> anyhow::Result<()> {
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
