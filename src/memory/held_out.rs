//! The memory that held-out images take.

use super::size::{Held, SetSize};
use super::{Workload, pixels_of};

/// The methods that held-out images are expressed in.
const METHODS: u64 = 2;
/// Bytes of the index of an image in the set that it is drawn from.
const INDEX: u64 = 8;

impl Workload {
    /// While images are held out, the set and its two parts; and while the held-out images are
    /// projected, both models besides.
    pub(super) fn holding_out(&self, size: &SetSize, held: Held) -> u64 {
        if !self.holds_out {
            return 0;
        }
        let index = INDEX * size.images;
        let splitting = 2 * (pixels_of(size, held) + size.mask_bytes() + index);
        let models = METHODS * (self.weights(size) + self.basis(size));
        let projecting = self.projecting(size, held) + index;
        splitting.max(models + self.held_out_bases(size) + projecting + self.recorded(size))
    }

    /// The bases that are held with the weights of held-out images, besides those of the models.
    pub(super) fn held_out_bases(&self, size: &SetSize) -> u64 {
        if self.holds_out {
            METHODS * self.basis(size)
        } else {
            0
        }
    }
}
