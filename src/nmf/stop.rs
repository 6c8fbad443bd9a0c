//! Iterations, and the rule by which a fit ends.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::communicator::Partition;

/// One iteration: an update of W, then of H.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Iteration {
    /// The number of the iteration, from 1.
    pub iteration: usize,
    /// Seconds since the fit began, initialisation included.
    pub seconds: f64,
    /// ‖X − W H‖ / ‖X‖ after the update of W.
    pub relative_error: f64,
    /// The objective that the rule minimises, for the same W and H: ½ ‖X − W H‖² plus all
    /// penalties, for pixels from 0 to 1, unless the rule minimises another loss.
    pub objective: f64,
}

/// The conditions under which a fit stops; the first one that is met ends it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StopRule {
    /// The most iterations. With 0, the basis stays that of the start, and the weights are updated once.
    pub max_iterations: usize,
    /// Stop when the relative change of the root of the objective over the last
    /// [`StopRule::WINDOW`] iterations is at most this value. With 0 this condition is off, as it
    /// is for the rule `local`. An error below [`StopRule::EXACT`] ends the fit with any tolerance.
    pub tolerance: f64,
    /// Stop when the relative error is at or below this.
    pub target_error: Option<f64>,
    /// Stop after the iteration in which this time is exceeded.
    pub time_limit: Option<Duration>,
}

impl StopRule {
    /// Number of iterations over which the change is measured.
    pub const WINDOW: usize = 10;

    /// Below this relative error X is reconstructed up to the rounding of f32.
    pub const EXACT: f64 = 1e-6;

    /// Returns why to stop after the last iteration of `trace`, or `None` to continue. Objectives
    /// before iteration `steady_from` are not comparable with later ones, so they do not count as
    /// converged.
    pub(crate) fn check(&self, trace: &[Iteration], steady_from: usize) -> Option<StopReason> {
        let last = trace.last()?;
        if self
            .target_error
            .is_some_and(|target| last.relative_error <= target)
        {
            return Some(StopReason::TargetError);
        }
        let steady = trace.get(steady_from - 1..).unwrap_or_default();
        if !steady.is_empty() && last.relative_error < Self::EXACT || self.has_converged(steady) {
            return Some(StopReason::Converged);
        }
        if self
            .time_limit
            .is_some_and(|limit| last.seconds >= limit.as_secs_f64())
        {
            return Some(StopReason::TimeLimit);
        }
        (last.iteration >= self.max_iterations).then_some(StopReason::MaxIterations)
    }

    /// Returns whether all values in the window are close. An extrapolation step that overshoots
    /// raises the objective briefly, which must not end the fit, so comparing the first and last
    /// value is not enough.
    fn has_converged(&self, trace: &[Iteration]) -> bool {
        let Some(first) = trace.len().checked_sub(Self::WINDOW + 1) else {
            return false;
        };
        let (mut least, mut most) = (f64::INFINITY, 0.0f64);
        for iteration in &trace[first..] {
            let root = iteration.objective.sqrt();
            (least, most) = (root.min(least), root.max(most));
        }
        self.tolerance > 0.0
            && most.is_finite()
            && least.is_finite()
            && most - least <= self.tolerance * most
    }
}

impl Default for StopRule {
    fn default() -> Self {
        Self {
            max_iterations: 500,
            tolerance: 1e-4,
            target_error: None,
            time_limit: None,
        }
    }
}

/// Why a fit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StopReason {
    /// The error converged: see [`StopRule::tolerance`].
    Converged,
    /// The target error was reached.
    TargetError,
    /// The maximum number of iterations was reached.
    MaxIterations,
    /// The time limit was reached.
    TimeLimit,
    /// The callback ended the fit.
    Interrupted,
    /// There was no fit: W and H are those that were given, see [`Nmf::as_given`](super::Nmf::as_given).
    Given,
}

impl StopReason {
    const ALL: [Self; 6] = [
        Self::Converged,
        Self::TargetError,
        Self::MaxIterations,
        Self::TimeLimit,
        Self::Interrupted,
        Self::Given,
    ];

    /// The first of these can end a start that others follow; a checkpoint stores only them.
    const BETWEEN_STARTS: usize = 3;

    /// Returns the number of the reason in checkpoints and messages.
    pub(crate) fn position(self) -> usize {
        Self::ALL
            .iter()
            .position(|&reason| reason == self)
            .unwrap_or_default()
    }

    /// Returns the reason with a number in a checkpoint.
    pub(crate) fn at(position: usize) -> Option<Self> {
        Self::ALL[..Self::BETWEEN_STARTS].get(position).copied()
    }

    /// Returns the reason of the first process, on all processes.
    pub(crate) fn of_first(own: Option<Self>, images: &Partition) -> Option<Self> {
        let mut place = [own.map_or(u8::MAX, |own| own.position() as u8)];
        images.broadcast_from_first(&mut place);
        Self::ALL.get(usize::from(place[0])).copied()
    }
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Converged => "converged",
            Self::TargetError => "target error reached",
            Self::MaxIterations => "iteration limit reached",
            Self::TimeLimit => "time limit reached",
            Self::Interrupted => "interrupted",
            Self::Given => "given",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(errors: &[f64]) -> Vec<Iteration> {
        let iteration = |(i, &error): (usize, &f64)| Iteration {
            iteration: i + 1,
            seconds: i as f64,
            relative_error: error,
            objective: error * error,
        };
        errors.iter().enumerate().map(iteration).collect()
    }

    fn check(rule: &StopRule, trace: &[Iteration]) -> Option<StopReason> {
        rule.check(trace, 1)
    }

    #[test]
    fn settles_only_after_a_window_without_a_fall() {
        let rule = StopRule {
            max_iterations: 1000,
            ..StopRule::default()
        };
        assert_eq!(check(&rule, &trace(&[0.5; 10])), None);
        assert_eq!(
            check(&rule, &trace(&[0.5; 11])),
            Some(StopReason::Converged)
        );
        let falling: Vec<f64> = (0..30).map(|i| 0.5 * 0.99f64.powi(i)).collect();
        assert_eq!(check(&rule, &trace(&falling)), None);
        let leap: Vec<f64> = [0.5; 10]
            .into_iter()
            .chain([0.6])
            .chain([0.5; 10])
            .collect();
        assert_eq!(
            check(&rule, &trace(&leap)),
            None,
            "a rise within the window is no standstill"
        );
        assert_eq!(
            check(&rule, &trace(&[&leap[..], &[0.5]].concat())),
            Some(StopReason::Converged)
        );
        assert_eq!(
            check(&rule, &trace(&[1e-7])),
            Some(StopReason::Converged),
            "as exact as f32 can be"
        );
    }

    #[test]
    fn nothing_settles_while_the_objective_is_another_each_time() {
        let rule = StopRule::default();
        assert_eq!(rule.check(&trace(&[0.5; 19]), 10), None);
        assert_eq!(
            rule.check(&trace(&[0.5; 20]), 10),
            Some(StopReason::Converged)
        );
        assert_eq!(rule.check(&trace(&[1e-7; 9]), 10), None);
        assert_eq!(
            rule.check(&trace(&[1e-7; 10]), 10),
            Some(StopReason::Converged)
        );
    }

    #[test]
    fn each_limit_has_its_reason() {
        let rule = StopRule {
            max_iterations: 3,
            tolerance: 0.0,
            target_error: Some(0.1),
            time_limit: Some(Duration::from_secs(1)),
        };
        assert_eq!(check(&rule, &trace(&[0.5])), None);
        assert_eq!(check(&rule, &trace(&[0.1])), Some(StopReason::TargetError));
        assert_eq!(
            check(&rule, &trace(&[0.5, 0.4])),
            Some(StopReason::TimeLimit)
        );
        let patient = StopRule {
            time_limit: None,
            ..rule
        };
        assert_eq!(
            check(&patient, &trace(&[0.5, 0.4, 0.3])),
            Some(StopReason::MaxIterations)
        );
    }
}
