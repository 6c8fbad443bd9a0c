//! Progress on a terminal or in a log, and Ctrl-C.

use std::cell::{Cell, RefCell};
use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use nmf_images::error::one_line;
use nmf_images::nmf::Iteration;

use super::progress_lines::{INTERVAL, ProgressLines};
use crate::cli::outcome::{INTERRUPTED, Outcome};

/// A progress line on stderr, or if stderr is not a terminal, a line at the start of a fit and one per minute.
pub struct Progress {
    bar: ProgressBar,
    /// The cost of the rank that is being tried.
    begun: Cell<usize>,
    /// The lines without a terminal.
    lines: Option<RefCell<ProgressLines>>,
    /// The first line of a fit without a terminal.
    start: Option<Arc<StartLine>>,
    began: Instant,
}

impl Progress {
    /// Returns a spinner with a text.
    pub fn spinner(quiet: bool, text: impl Into<String>) -> Self {
        let bar =
            ProgressBar::with_draw_target(None, target(quiet)).with_message(one_line(&text.into()));
        bar.set_style(style("{spinner} {msg} ({elapsed})"));
        bar.enable_steady_tick(Duration::from_millis(120));
        Self::of(bar, None)
    }

    /// Returns a bar over the maximum number of iterations.
    pub fn iterations(quiet: bool, most: usize) -> Self {
        let bar = ProgressBar::with_draw_target(Some(most as u64), target(quiet));
        bar.set_style(style(
            "{prefix} {bar:24} {pos}/{len} iterations, {msg}, at most {eta} more",
        ));
        let lines = is_logged(quiet).then(|| ProgressLines::new(most, INTERVAL));
        let start = lines.as_ref().map(|lines| StartLine::soon(lines.start()));
        let mut progress = Self::of(bar, lines);
        progress.start = start;
        progress
    }

    /// Returns a bar over ranks, in which larger ranks count for more.
    pub fn ranks(quiet: bool, ranks: &[usize]) -> Self {
        let all: usize = ranks.iter().map(|&rank| cost(rank)).sum();
        let bar = ProgressBar::with_draw_target(Some(all as u64), target(quiet));
        bar.set_style(style("trying ranks {bar:24} {msg}, about {eta} more"));
        let lines = is_logged(quiet).then(|| ProgressLines::new(ranks.len(), INTERVAL));
        Self::of(bar, lines)
    }

    fn of(bar: ProgressBar, lines: Option<ProgressLines>) -> Self {
        Self {
            bar,
            begun: Cell::new(0),
            lines: lines.map(RefCell::new),
            start: None,
            began: Instant::now(),
        }
    }

    /// Shows that the previous rank is done and this one is being tried.
    pub fn try_rank(&self, rank: usize) {
        self.bar.set_message(format!("{rank} parts"));
        self.bar.inc(self.begun.replace(cost(rank)) as u64);
        if let Some(lines) = &self.lines
            && let Some(line) = lines.borrow_mut().rank(rank, self.began.elapsed())
        {
            print(&line);
        }
    }

    /// Restarts the bar with a new prefix.
    pub fn begin(&self, what: String) {
        self.bar.reset();
        self.bar.set_prefix(what);
        if let Some(lines) = &self.lines {
            lines.borrow_mut().begin();
        }
    }

    /// Shows an iteration.
    pub fn show(&self, iteration: &Iteration) {
        self.bar
            .set_message(format!("relative error {:.4}", iteration.relative_error));
        self.bar.set_position(iteration.iteration as u64);
        if let Some(start) = &self.start {
            start.print();
        }
        if let Some(lines) = &self.lines {
            let (what, now) = (self.bar.prefix(), self.began.elapsed());
            if let Some(line) = lines.borrow_mut().iteration(&what, iteration, now) {
                print(&line);
            }
        }
    }
}

/// How long a fit has for its first checks, of which an error is the only line.
const CHECKS: Duration = Duration::from_secs(2);
/// Enough for a thread that prints.
const STACK_BYTES: usize = 1 << 16;

/// The line before the first pass of a fit.
struct StartLine {
    line: String,
    is_due: AtomicBool,
}

impl StartLine {
    /// Returns a line that is printed once [`CHECKS`] are over, unless it was before.
    fn soon(line: String) -> Arc<Self> {
        let start = Arc::new(Self {
            line,
            is_due: AtomicBool::new(true),
        });
        let later = Arc::clone(&start);
        // Without a thread, the line comes with the first iteration.
        let _ = thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn(move || {
                thread::sleep(CHECKS);
                later.print();
            });
        start
    }

    /// Prints the line once.
    fn print(&self) {
        if let Some(line) = self.take() {
            print(line);
        }
    }

    /// Returns the line unless it was returned before.
    fn take(&self) -> Option<&str> {
        self.is_due
            .swap(false, Ordering::Relaxed)
            .then_some(&*self.line)
    }
}

/// Checks whether progress is printed as lines.
fn is_logged(quiet: bool) -> bool {
    !quiet && !io::stderr().is_terminal()
}

/// Prints a line in one write, so that it is not mixed with other output.
fn print(line: &str) {
    // If stderr is closed, nobody is reading.
    let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
}

/// Returns the approximate cost of a rank in arbitrary units; a part of it does not depend on the rank.
fn cost(rank: usize) -> usize {
    rank + 6
}

impl Drop for Progress {
    fn drop(&mut self) {
        // What has ended does not start.
        let _ = self.start.as_ref().and_then(|start| start.take());
        self.bar.finish_and_clear();
    }
}

fn target(quiet: bool) -> ProgressDrawTarget {
    if quiet {
        ProgressDrawTarget::hidden()
    } else {
        ProgressDrawTarget::stderr_with_hz(10)
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the templates of this file are sound")
}

/// A flag that Ctrl-C sets.
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Installs the handler: the first Ctrl-C ends the fit and keeps its result, the second ends the program.
    pub fn listen() -> Result<Self> {
        let pressed = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&pressed);
        ctrlc::set_handler(move || {
            if seen.swap(true, Ordering::Relaxed) {
                std::process::exit(INTERRUPTED.into());
            }
        })
        .context("cannot listen for Ctrl-C")?;
        Ok(Self(pressed))
    }

    /// Returns how the run ended.
    pub fn outcome(&self) -> Outcome {
        if self.check().is_break() {
            Outcome::Interrupted
        } else {
            Outcome::Done
        }
    }

    /// Returns `Break` if Ctrl-C was pressed.
    pub fn check(&self) -> ControlFlow<()> {
        if self.0.load(Ordering::Relaxed) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_is_printed_once() {
        let start = StartLine::soon("progress: learning".to_owned());
        assert_eq!(start.take(), Some("progress: learning"));
        assert_eq!(start.take(), None);
    }

    #[test]
    fn a_name_does_not_move_the_cursor() {
        let progress = Progress::spinner(true, "reading a\u{1b}[31m\nb");
        assert_eq!(progress.bar.message(), "reading a\\u{1b}[31m\\nb");
    }
}
