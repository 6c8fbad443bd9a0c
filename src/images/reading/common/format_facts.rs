//! What files of a format contain.

use crate::images::format::Format;

impl Format {
    /// Checks whether files of this format hold image files.
    pub(in crate::images::reading) fn has_files(self) -> bool {
        matches!(self, Self::Tiff | Self::Zip | Self::Tar)
    }

    /// Checks whether rows of numbers in this format can be pictures.
    pub(in crate::images::reading) fn has_rows(self) -> bool {
        matches!(self, Self::Npy | Self::Npz | Self::Csv)
    }

    /// Checks whether images in this format have no names but their index.
    pub(in crate::images::reading) fn has_indices(self) -> bool {
        matches!(self, Self::Npy | Self::Npz | Self::Csv | Self::Idx)
    }
}
