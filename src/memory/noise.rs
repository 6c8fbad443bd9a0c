//! The memory that clean images take beside noisy ones.

use super::Workload;
use super::size::SetSize;

impl Workload {
    /// The clean images, which are held with their marks and names from the time when noise is added.
    pub(super) fn clean_images(&self, size: &SetSize) -> u64 {
        self.clean_copies * (size.bytes() + size.mask_bytes() + size.name_bytes())
    }
}
