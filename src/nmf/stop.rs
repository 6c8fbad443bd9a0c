//! When a fit ends, and what is told of each iteration.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::communicator::Partition;

/// One iteration: all of W improved, then all of H.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Iteration {
    /// Counted from 1.
    pub iteration: usize,
    /// Since the fit began, initialisation included.
    pub seconds: f64,
    /// ‖X − W H‖ / ‖X‖ after the weights' update.
    pub relative_error: f64,
    /// What the rule makes small, at the same pair: ½ ‖X − W H‖² with all penalties, pixels from 0 to 1, unless the rule
    /// says otherwise.
    pub objective: f64,
}

/// When to stop; the first condition that holds ends the fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StopRule {
    /// The most iterations; at least one is made.
    pub max_iterations: usize,
    /// Stop when the root of the objective, without penalties the error, has moved by no more than this share of itself
    /// over the last [`StopRule::WINDOW`] iterations; 0 never stops so, and neither is the rule `local` stopped. An error
    /// below [`StopRule::EXACT`] ends the fit whatever the tolerance.
    pub tolerance: f64,
    /// Stop when the relative error is at or below this.
    pub target_error: Option<f64>,
    /// Stop after the iteration in which this time is over.
    pub time_limit: Option<Duration>,
}

impl StopRule {
    /// Iterations over which the change is measured.
    pub const WINDOW: usize = 10;

    /// Below this relative error X is rebuilt to the last places of f32.
    pub const EXACT: f64 = 1e-6;

    /// Whether to stop after the last iteration of `trace`, and why; objectives before iteration `steady_from` cannot be
    /// compared with later ones, and do not tell that a fit has settled.
    pub(crate) fn check(&self, trace: &[Iteration], steady_from: usize) -> Option<StopReason> {
        let last = trace.last()?;
        if self
            .target_error
            .is_some_and(|target| last.relative_error <= target)
        {
            return Some(StopReason::TargetError);
        }
        let steady = trace.get(steady_from - 1..).unwrap_or_default();
        if !steady.is_empty() && last.relative_error < Self::EXACT || self.has_settled(steady) {
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

    /// All values of the window are compared, since a look ahead that went too far lifts the objective for a while, and
    /// that must not end the fit.
    fn has_settled(&self, trace: &[Iteration]) -> bool {
        let Some(first) = trace.len().checked_sub(Self::WINDOW + 1) else {
            return false;
        };
        let roots = trace[first..].iter().map(|i| i.objective.sqrt());
        let (least, most) = roots.fold((f64::INFINITY, 0.0), |(least, most), e| {
            (e.min(least), e.max(most))
        });
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
pub enum StopReason {
    /// The error settled: see [`StopRule::tolerance`].
    Converged,
    /// The target was reached.
    TargetError,
    /// The iterations were used up.
    MaxIterations,
    /// The time was used up.
    TimeLimit,
    /// The caller asked for it.
    Interrupted,
}

impl StopReason {
    const ALL: [Self; 5] = [
        Self::Converged,
        Self::TargetError,
        Self::MaxIterations,
        Self::TimeLimit,
        Self::Interrupted,
    ];

    /// Of these, so many are why a start ends that others follow: those that checkpoints count.
    const BETWEEN_STARTS: usize = 3;

    /// The number that stands for it in a checkpoint and between processes.
    pub(crate) fn position(self) -> usize {
        Self::ALL
            .iter()
            .position(|&reason| reason == self)
            .unwrap_or_default()
    }

    /// What the number stands for in a checkpoint.
    pub(crate) fn at(position: usize) -> Option<Self> {
        Self::ALL[..Self::BETWEEN_STARTS].get(position).copied()
    }

    /// What the first rank says, on all of them.
    pub(crate) fn of_first(own: Option<Self>, images: &Partition) -> Option<Self> {
        let mut place = [own.map_or(u8::MAX, |own| own.position() as u8)];
        images.broadcast_from_first(&mut place);
        Self::ALL.get(usize::from(place[0])).copied()
    }
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Converged => "the error settled",
            Self::TargetError => "the target error was reached",
            Self::MaxIterations => "the iterations were used up",
            Self::TimeLimit => "the time was used up",
            Self::Interrupted => "it was interrupted",
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
