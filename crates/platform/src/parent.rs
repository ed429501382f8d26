//! A job whose `music-tracker` is killed is not to go on unseen: what follows it would never come,
//! and the next command would find its account busy.
//!
//! Whoever starts a job and waits for it says so in [`WAITED_BY`]; the job then asks the system to
//! be killed with it. Only Linux can do that. On macOS a job whose `music-tracker` was killed ends
//! its work, as a job may that was started by hand.

/// The variable that holds the process id of the program that waits for this one.
pub const WAITED_BY: &str = "RUN_BY";

/// Goes down with the program that waits for this one, if there is one.
///
/// # Errors
/// When that program is gone already.
#[cfg(target_os = "linux")]
pub(crate) fn share_its_fate() -> anyhow::Result<()> {
    use rustix::process::{Pid, Signal, getppid, set_parent_process_death_signal, test_kill_process};

    #[allow(clippy::disallowed_methods, reason = "part of the job protocol, not a setting")]
    let said = std::env::var(WAITED_BY).ok();
    let Some(waiting) = said.and_then(|id| Pid::from_raw(id.parse().ok()?)) else { return Ok(()) };
    // Jobs may be killed at any moment, and this is one that nothing holds up.
    set_parent_process_death_signal(Some(Signal::KILL))?;
    // Between the two there may be another program, which runs as long as this one.
    if getppid() != Some(waiting) && test_kill_process(waiting).is_err() {
        anyhow::bail!("the program that started this one was stopped");
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn share_its_fate() -> anyhow::Result<()> {
    Ok(())
}
