//! Settings that several files of tests share.

use nmf_images::StopRule;

pub fn iterations(count: usize) -> StopRule {
    StopRule {
        max_iterations: count,
        tolerance: 0.0,
        ..StopRule::default()
    }
}
