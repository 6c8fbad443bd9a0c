//! Progress as lines, for a log file instead of a terminal.

use std::time::Duration;

use nmf_images::nmf::Iteration;
use nmf_images::plural::counted;

/// The time between two lines.
pub const INTERVAL: Duration = Duration::from_secs(60);

/// The lines of one piece of work: one at its start, then one per interval.
#[derive(Debug)]
pub struct ProgressLines {
    /// The maximum number of iterations, or the number of ranks.
    most: usize,
    interval: Duration,
    /// When the next line is due, since the start.
    due: Duration,
    /// How many ranks have been tried, with the current one.
    ranks: usize,
    /// The iteration that was seen first, and when.
    first: Option<(usize, Duration)>,
}

impl ProgressLines {
    pub fn new(most: usize, interval: Duration) -> Self {
        Self {
            most,
            interval,
            due: interval,
            ranks: 0,
            first: None,
        }
    }

    /// Returns the line before the first iteration.
    pub fn start(&self) -> String {
        format!(
            "progress: learning, at most {}; one line per minute",
            counted(self.most, "iteration", "iterations")
        )
    }

    /// Starts to estimate the remaining time anew, for another start or rule.
    pub fn begin(&mut self) {
        self.first = None;
    }

    /// Returns the line that is due `now`, measured from the start; `None` if none is. `what` names the work.
    pub fn iteration(&mut self, what: &str, at: &Iteration, now: Duration) -> Option<String> {
        let (first, then) = *self.first.get_or_insert((at.iteration, now));
        let (iteration, most) = (at.iteration, self.most);
        if !self.is_due(now) {
            return None;
        }
        let left = match iteration - first {
            0 => String::new(),
            done => {
                let per_iteration = now.saturating_sub(then).as_secs_f64() / done as f64;
                let left = per_iteration * most.saturating_sub(iteration) as f64;
                format!(", at most {} more", duration(left))
            }
        };
        Some(format!(
            "progress: {what}, {}: iteration {iteration} of {most}, relative error {:.4}{left}",
            duration(now.as_secs_f64()),
            at.relative_error
        ))
    }

    /// Returns the line about the next rank, of so many parts, if one is due: one is for the first.
    pub fn rank(&mut self, parts: usize, now: Duration) -> Option<String> {
        self.ranks += 1;
        (self.is_due(now) || self.ranks == 1).then(|| {
            format!(
                "progress: trying {}, rank {} of {}",
                counted(parts, "part", "parts"),
                self.ranks,
                self.most
            )
        })
    }

    /// Checks whether a line is due, and sets when the next one is.
    fn is_due(&mut self, now: Duration) -> bool {
        if now < self.due {
            return false;
        }
        self.due = now + self.interval;
        true
    }
}

/// Formats seconds as seconds, minutes or hours.
fn duration(seconds: f64) -> String {
    match seconds {
        ..120.0 => format!("{seconds:.0} s"),
        ..7200.0 => format!("{:.0} min", seconds / 60.0),
        _ => format!("{:.1} h", seconds / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(iteration: usize) -> Iteration {
        Iteration {
            iteration,
            seconds: 0.0,
            relative_error: 0.25,
            objective: 1.0,
        }
    }

    #[test]
    fn a_line_is_printed_at_the_start_and_then_each_minute() {
        let mut lines = ProgressLines::new(500, Duration::from_secs(60));
        let mut seen = vec![lines.start()];
        for second in 1..=200 {
            let now = Duration::from_secs(second as u64);
            seen.extend(lines.iteration("learning", &at(second), now));
        }
        assert_eq!(
            seen,
            [
                "progress: learning, at most 500 iterations; one line per minute",
                "progress: learning, 60 s: iteration 60 of 500, relative error 0.2500, at most 7 min more",
                "progress: learning, 2 min: iteration 120 of 500, relative error 0.2500, at most 6 min more",
                "progress: learning, 3 min: iteration 180 of 500, relative error 0.2500, at most 5 min more",
            ]
        );
    }

    #[test]
    fn the_remaining_time_of_a_resumed_run_is_that_of_its_own_iterations() {
        let mut lines = ProgressLines::new(1000, Duration::from_secs(60));
        let second = Duration::from_secs;
        assert_eq!(lines.iteration("learning", &at(901), second(10)), None);
        assert_eq!(lines.iteration("learning", &at(902), second(20)), None);
        let line = lines.iteration("learning", &at(911), second(110)).unwrap();
        assert!(line.ends_with("at most 15 min more"), "10 s each: {line}");
        lines.begin();
        let line = lines
            .iteration("start 2 of 2", &at(1), second(200))
            .unwrap();
        assert!(line.ends_with("relative error 0.2500"), "unknown: {line}");
    }

    #[test]
    fn a_line_of_a_rank_has_its_place_among_all() {
        let mut lines = ProgressLines::new(20, Duration::from_secs(60));
        let mut seen = Vec::new();
        for rank in 1..=9 {
            seen.extend(lines.rank(rank, Duration::from_secs(15 * (rank as u64 - 1))));
        }
        assert_eq!(
            seen,
            [
                "progress: trying 1 part, rank 1 of 20",
                "progress: trying 5 parts, rank 5 of 20",
                "progress: trying 9 parts, rank 9 of 20",
            ]
        );
    }

    #[test]
    fn long_times_are_in_hours() {
        assert_eq!(
            [119.0, 120.0, 9000.0].map(duration),
            ["119 s", "2 min", "2.5 h"]
        );
    }
}
