//! A few threads that share a list of work.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

/// Does `work` on every item, on up to `threads` threads, each with its own tools made by
/// `equip`. Results come in the order of the items; the first error stops the others.
///
/// # Errors
/// The first error of `equip` or `work`.
pub(crate) fn share<I: Sync, T, R: Send>(
    threads: usize,
    items: &[I],
    equip: impl Fn() -> anyhow::Result<T> + Sync,
    work: impl Fn(&mut T, &I) -> anyhow::Result<R> + Sync,
    finish: impl Fn(T) -> anyhow::Result<()> + Sync,
) -> anyhow::Result<Vec<R>> {
    let next = AtomicUsize::new(0);
    let failed = AtomicBool::new(false);
    let results = Mutex::new(Vec::with_capacity(items.len()));
    let labour = || -> anyhow::Result<()> {
        let mut tools = equip()?;
        while !failed.load(Ordering::Relaxed) {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else { break };
            let result = work(&mut tools, item)?;
            results.lock().unwrap_or_else(PoisonError::into_inner).push((index, result));
        }
        finish(tools)
    };
    thread::scope(|scope| {
        let crew: Vec<_> = (0..threads.clamp(1, items.len().max(1)))
            .map(|_| scope.spawn(|| labour().inspect_err(|_| failed.store(true, Ordering::Relaxed))))
            .collect();
        crew.into_iter().try_for_each(|one| one.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })?;
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(index, _)| *index);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}
