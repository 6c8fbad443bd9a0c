//! The reason for files that are sound and cannot be read.

/// Returns the reason why a kind of image is not read, and in which format to save it instead.
pub(super) fn unsupported(kind: &str, save_as: &str) -> String {
    format!("{kind}: not supported; save it as {save_as}")
}
