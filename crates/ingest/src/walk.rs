//! Fetching a history of any length: on with what was interrupted, then from the newest play
//! down to what is complete, and through everything when old plays were added.

use platform::Stop;

use crate::course::{Course, SHORT_OVERLAP};
use crate::fetch::Fetched;

/// How a service hands out a history.
pub(crate) trait Pages {
    /// Stores everything from before `at` (from the newest on, when there is none) down to
    /// `floor` (or the beginning). The second of the newest play that was met.
    ///
    /// # Errors
    /// When the service or the disk refuses; the next walk goes on from there.
    async fn down(
        &mut self,
        course: &mut Course<'_, '_>,
        at: Option<i64>,
        floor: Option<i64>,
    ) -> anyhow::Result<Option<i64>>;

    /// How many plays the service says it holds; `None` when it does not say.
    async fn count(&mut self) -> Option<i64>;
}

/// Goes on with an interrupted walk, then from the newest play down to what is complete; with
/// `all`, and when the service has more than it should, down to the beginning. Where the interrupted
/// walk does not come further, the newest plays are fetched all the same.
///
/// # Errors
/// When the service or the disk refuses; the next call goes on from there.
pub(crate) async fn go(mut course: Course<'_, '_>, mut pages: impl Pages, all: bool) -> anyhow::Result<Fetched> {
    if all {
        course.start_over()?;
        // What was interrupted has passed plays that are to be fetched once more.
        course.forget_walk()?;
    }
    if let Some((at, top)) = course.interrupted()? {
        let floor = course.floor()?;
        match pages.down(&mut course, Some(at), floor).await {
            Ok(_) => course.finish(top)?,
            Err(error) if matches!(Stop::in_chain(&error), Some(Stop::Later { .. })) => {
                let newest = aside(&mut course, &mut pages, top).await;
                let outcome = course.into_total();
                return match newest {
                    // Most often it is the same trouble.
                    Err(_) if outcome.rows == 0 => Err(error),
                    _ => Ok(Fetched { outcome, left: Some(error) }),
                };
            }
            Err(error) => return Err(error),
        }
    }
    if look(&mut course, &mut pages).await? {
        tracing::info!("old plays were added that no look reaches: walking through the whole history again");
        course.start_over()?;
        look(&mut course, &mut pages).await?;
    }
    Ok(course.into_total().into())
}

/// Fetches what is newer than the `top` of a walk that waits, which is then the top of that walk.
async fn aside(course: &mut Course<'_, '_>, pages: &mut impl Pages, top: i64) -> anyhow::Result<()> {
    course.set_aside(true);
    let newest = pages.down(course, None, Some(top - SHORT_OVERLAP.num_seconds())).await;
    course.set_aside(false);
    course.raise_top(newest?)
}

/// One walk from the newest play. Whether there is more that only a walk through everything
/// will find.
async fn look(course: &mut Course<'_, '_>, pages: &mut impl Pages) -> anyhow::Result<bool> {
    let floor = course.floor()?;
    // Counted before the walk: what is counted can be met.
    let count = if floor.is_none() || course.is_overlap_due()? { pages.count().await } else { None };
    if floor.is_none() {
        course.count_at_beginning(count)?;
    }
    let Some(top) = pages.down(course, None, floor).await? else { return Ok(false) };
    course.finish(top)?;
    match count {
        Some(count) if floor.is_some() => course.holds_more(count),
        _ => Ok(false),
    }
}
