//! Progress of long work: a bar on a terminal, plain log lines elsewhere.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar that counts bytes. Draws to stderr, and only when that is a terminal.
pub fn bytes_bar(total: u64, what: &'static str) -> ProgressBar {
    bar(total, what, "{msg} [{bar:30}] {bytes}/{total_bytes}  {binary_bytes_per_sec}  {eta} left")
}

/// A bar that counts things (files, months, models).
pub fn count_bar(total: u64, what: &'static str) -> ProgressBar {
    bar(total, what, "{msg} [{bar:30}] {pos}/{len}  {eta} left")
}

fn bar(total: u64, what: &'static str, template: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(8));
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_message(what);
    bar.enable_steady_tick(Duration::from_millis(250));
    bar
}
