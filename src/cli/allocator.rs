//! What is freed goes back to the system.
//!
//! The allocator of GNU's C library keeps freed blocks of up to 32 MB for itself once one of that size was freed: then what
//! learning is done with stays beside what the pictures are drawn with, and 60,000 images of 28x28 take half as much
//! memory again.

/// Blocks of so many bytes or more are the system's own.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LARGE: libc::c_int = 4 << 20;

/// Lets large blocks go as soon as they are freed.
pub fn give_back_large_blocks() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[allow(
        unsafe_code,
        reason = "a third of the memory of a large run hangs on one setting"
    )]
    // SAFETY: sets two numbers of the allocator, before any thread is started.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE);
        libc::mallopt(libc::M_TRIM_THRESHOLD, 2 * LARGE);
    }
}

/// Lets all go that is free by now.
pub fn give_back_the_rest() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[allow(
        unsafe_code,
        reason = "a fifth of the memory of a large run is free, but in pieces, once it has learned"
    )]
    // SAFETY: gives free pages to the system, and may be called at any time.
    unsafe {
        libc::malloc_trim(0);
    }
}
