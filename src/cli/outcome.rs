//! How a run ends.

/// The exit code of a run that failed, or that was repeated with another result.
pub const FAILED: u8 = 1;
/// The exit code of a run that Ctrl-C ended, as shells report it.
pub const INTERRUPTED: u8 = 130;

/// How a run that did not fail ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// A repeated run led to other bits.
    Different,
    Interrupted,
}

impl From<Outcome> for u8 {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => 0,
            Outcome::Different => FAILED,
            Outcome::Interrupted => INTERRUPTED,
        }
    }
}
