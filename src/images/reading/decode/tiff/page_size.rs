//! The size of a page in grey.

/// The size of a page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PageSize {
    pub width: u64,
    pub height: u64,
    /// Bytes of a grey pixel.
    pub value_bytes: u64,
}

impl PageSize {
    pub(super) fn pixels(self) -> u64 {
        self.width.saturating_mul(self.height)
    }

    pub(super) fn bytes(self) -> u64 {
        self.pixels().saturating_mul(self.value_bytes)
    }
}
