//! How images are brought to one size.

/// How images of other proportions are resized.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fit {
    /// Fill the size and crop the rest, evenly on both sides.
    #[default]
    Crop,
    /// Stretch both directions independently.
    Stretch,
}

impl Fit {
    /// Returns the name of the option value.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Crop => "crop",
            Self::Stretch => "stretch",
        }
    }

    /// Returns the value of this name; `None` if there is none.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Crop, Self::Stretch]
            .into_iter()
            .find(|fit| fit.name() == name)
    }
}
