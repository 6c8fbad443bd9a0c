//! One axis of a chart: positions of values, and round ticks.

/// A linear or logarithmic axis: maps values to positions along it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Axis {
    low: f64,
    high: f64,
    log: bool,
    /// Whether only integers have ticks.
    whole: bool,
}

impl Axis {
    /// Returns what is written after the name of the axis.
    pub(crate) fn name_suffix(&self) -> &'static str {
        if self.log {
            ", log scale"
        } else if self.low > 0.0 {
            ", axis not from 0"
        } else {
            ""
        }
    }

    /// Returns a linear axis from `low` to a larger `high`.
    pub(crate) fn linear((low, high): (f64, f64)) -> Self {
        Self {
            low,
            high,
            log: false,
            whole: false,
        }
    }

    /// Returns an axis of errors, with space for a name below the lowest value, as a fraction of
    /// the range. The axis is logarithmic if the values span a wide range.
    pub(crate) fn of_errors(values: impl Iterator<Item = f64>, below: f64) -> Self {
        let (low, high) = span(values);
        let log = low > 0.0 && high / low > 8.0;
        let (low, high) = if log {
            (low.log10(), high.log10())
        } else {
            (low, high)
        };
        let range = if high > low {
            high - low
        } else {
            high.abs().max(0.01)
        };
        Self {
            low: low - below * range,
            high: high + 0.04 * range,
            log,
            whole: false,
        }
    }

    /// Returns an axis of iterations or seconds: from 0, or logarithmic if the values span a wide
    /// range.
    pub(crate) fn of_progress(values: impl Iterator<Item = f64> + Clone, whole: bool) -> Self {
        let first = values
            .clone()
            .filter(|&value| value > 0.0)
            .fold(f64::INFINITY, f64::min);
        let (_, high) = span(values);
        if first.is_finite() && high / first >= 30.0 {
            return Self {
                low: first.log10(),
                high: high.log10(),
                log: true,
                whole,
            };
        }
        let least = if whole { 1.0 } else { 1e-6 };
        Self {
            low: 0.0,
            high: high.max(least),
            log: false,
            whole,
        }
    }

    /// Returns a logarithmic axis of iterations from 1 to the last.
    pub(crate) fn of_iterations(last: usize) -> Self {
        Self {
            low: 0.0,
            high: (last.max(2) as f64).log10(),
            log: true,
            whole: true,
        }
    }

    /// Returns a logarithmic axis from a positive `low` to a larger `high`.
    pub(crate) fn logarithmic((low, high): (f64, f64)) -> Self {
        Self {
            low: low.log10(),
            high: high.log10(),
            log: true,
            whole: false,
        }
    }

    /// Returns an axis of ranks from 0 to the highest.
    pub(crate) fn of_ranks(highest: usize) -> Self {
        Self {
            low: 0.0,
            high: highest.max(1) as f64,
            log: false,
            whole: true,
        }
    }

    /// Returns whether a value can be drawn: a logarithmic axis has no place for 0.
    pub(crate) fn holds(&self, value: f64) -> bool {
        !self.log || value > 0.0
    }

    /// Returns the position of a value along the axis, 0..=1.
    pub(crate) fn part(&self, value: f64) -> f64 {
        let value = if self.log {
            value.max(f64::MIN_POSITIVE).log10()
        } else {
            value
        };
        ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }

    /// Returns about `count` round values with their labels.
    pub(crate) fn ticks(&self, count: usize, label: impl Fn(f64) -> String) -> Vec<(f64, String)> {
        let values = if self.log {
            self.round_decades(count)
        } else {
            self.round_steps(count)
        };
        let mut ticks: Vec<(f64, String)> = values
            .into_iter()
            .map(|value| (value, label(value)))
            .collect();
        ticks.dedup_by(|a, b| a.1 == b.1);
        ticks
    }

    fn round_steps(&self, count: usize) -> Vec<f64> {
        let rough = ((self.high - self.low) / count as f64).max(if self.whole { 1.0 } else { 0.0 });
        let decade = 10f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0]
            .into_iter()
            .map(|s| s * decade)
            .find(|s| *s >= rough)
            .unwrap_or(rough);
        let first = (self.low / step - 1e-9).ceil() as i64;
        let last = (self.high / step + 1e-9).floor() as i64;
        (first..=last).map(|index| index as f64 * step).collect()
    }

    fn round_decades(&self, count: usize) -> Vec<f64> {
        let many = self.decades(&[1.0, 2.0, 5.0]);
        if many.len() <= count + 3 {
            many
        } else {
            self.decades(&[1.0])
        }
    }

    /// Returns these multiples of each power of ten within the axis.
    fn decades(&self, multiples: &[f64]) -> Vec<f64> {
        let mut values = Vec::new();
        for decade in self.low.floor() as i32..=self.high.ceil() as i32 {
            for multiple in multiples {
                let value = multiple * 10f64.powi(decade);
                let log = value.log10();
                if log >= self.low - 1e-9 && log <= self.high + 1e-9 {
                    values.push(value);
                }
            }
        }
        values
    }
}

/// Returns the smallest and the largest value, or 0 and 1 if there are none.
fn span(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| {
        (low.min(v), high.max(v))
    });
    if low.is_finite() && high.is_finite() {
        (low, high)
    } else {
        (0.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_that_does_not_begin_at_zero_says_so() {
        let errors = |values: [f64; 2]| Axis::of_errors(values.into_iter(), 0.12);
        assert_eq!(errors([0.1, 0.2]).name_suffix(), ", axis not from 0");
        assert_eq!(errors([0.01, 0.2]).name_suffix(), ", log scale");
        assert_eq!(Axis::linear((0.0, 1.0)).name_suffix(), "");
        assert_eq!(Axis::of_ranks(9).name_suffix(), "");
    }
}
