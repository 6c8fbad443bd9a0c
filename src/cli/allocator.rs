//! Returns freed memory to the system.
//!
//! Once a block has been freed, the allocator of the GNU C library keeps freed blocks of up to its size, at most 32 MB. The
//! memory of the fit would then add to that of the pictures: half as much again for 60,000 images of 28x28.

/// Blocks of this many bytes or more are mapped by the system, and unmapped when they are freed.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LARGE: libc::c_int = 4 << 20;

/// Makes the allocator return large blocks as soon as they are freed.
pub fn unmap_large_blocks() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[allow(
        unsafe_code,
        reason = "one setting saves a third of the memory of a large run"
    )]
    // SAFETY: sets two numbers of the allocator, before any thread is started.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE);
        libc::mallopt(libc::M_TRIM_THRESHOLD, 2 * LARGE);
    }
}

/// Returns all free memory to the system.
pub fn trim() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[allow(
        unsafe_code,
        reason = "a fifth of the memory of a large run is free but fragmented after the fit"
    )]
    // SAFETY: returns free pages to the system, and may be called at any time.
    unsafe {
        libc::malloc_trim(0);
    }
}
