//! The loss of a pair (W, H), as a half step sums it; apart from the rules that lower it.

/// What an update of the weights says of the pair that it leaves, in the units of the source.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Loss {
    /// ‖X − W H‖² − ‖X‖².
    pub(crate) squared: f64,
    /// What the rule makes small beside or instead of it.
    pub(crate) own: f64,
}

impl std::ops::Add for Loss {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            squared: self.squared + other.squared,
            own: self.own + other.own,
        }
    }
}
