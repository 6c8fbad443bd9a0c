//! The memory of the program: what is freed returns to the system, and memory that runs out ends the program with one
//! line, except for blocks of a terabyte or more, for which the caller gets the failure: `try_reserve` returns an error.
//!
//! Once a block has been freed, the allocator of the GNU C library keeps freed blocks of up to its size, at most 32 MB. The
//! memory of the fit would then add to that of the pictures: half as much again for 60,000 images of 28x28.

use std::alloc::{GlobalAlloc, Layout, System};
use std::io::{self, Write};
use std::panic::{self, PanicHookInfo};
use std::process;

/// Blocks of this many bytes or more are mapped by the system, and unmapped when they are freed.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LARGE: libc::c_int = 4 << 20;

/// Blocks of this many bytes or more are stated by damaged files alone.
const IMPOSSIBLE: usize = 1 << 40;

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

/// Makes all threads share one arena. The allocator would otherwise reserve addresses of 64 MB or more for each thread,
/// which count where the address space is limited.
pub fn share_one_arena() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[allow(
        unsafe_code,
        reason = "one setting saves 64 MB of addresses per thread"
    )]
    // SAFETY: sets a number of the allocator, before any thread is started.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
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

/// The allocator of the system, except that the program ends with one line if memory runs out for a block that is possible.
struct EndsWithOneLine;

#[global_allocator]
static ALLOCATOR: EndsWithOneLine = EndsWithOneLine;

#[allow(
    unsafe_code,
    reason = "the standard library would abort without advice"
)]
// SAFETY: hands everything to the system's allocator, and returns what that returns unless it is null.
unsafe impl GlobalAlloc for EndsWithOneLine {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps to the contract, which is the same.
        checked(unsafe { System.alloc(layout) }, layout.size())
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps to the contract, which is the same.
        checked(unsafe { System.alloc_zeroed(layout) }, layout.size())
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller keeps to the contract, which is the same.
        checked(unsafe { System.realloc(block, layout, size) }, size)
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps to the contract, which is the same.
        unsafe { System.dealloc(block, layout) }
    }
}

/// Returns a block of `size` bytes; ends the program if there is none although it is possible.
fn checked(block: *mut u8, size: usize) -> *mut u8 {
    if block.is_null() && size < IMPOSSIBLE {
        end(size);
    }
    block
}

#[cold]
fn end(size: usize) -> ! {
    // Formatted on the stack, since there is no memory.
    let mut line = [0; 256];
    let mut rest = &mut line[..];
    let _ = writeln!(
        rest,
        "error: memory ran out when {} MB more were needed; read fewer or smaller images, or pass --memory with what \
        can be used",
        size.div_ceil(1_000_000)
    );
    let unwritten = rest.len();
    let _ = io::stderr().write_all(&line[..line.len() - unwritten]);
    process::exit(1);
}

/// Makes a thread that cannot be started end the program with one line.
pub fn end_without_threads() {
    let others = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if is_missing_thread(panic) {
            let _ = io::stderr().write_all(
                b"error: a thread could not be started; pass --threads 1, or raise the limits of threads and of memory\n",
            );
            process::exit(1);
        }
        others(panic);
    }));
}

/// Returns whether a panic is that of the standard library or of the thread pool about a thread that could not be started.
fn is_missing_thread(panic: &PanicHookInfo) -> bool {
    let payload = panic.payload();
    let text = payload.downcast_ref::<&str>().copied();
    let message = text.or(payload.downcast_ref::<String>().map(String::as_str));
    let message = message.unwrap_or_default();
    ["failed to spawn thread", "ThreadPoolBuildError"]
        .iter()
        .any(|known| message.contains(known))
}

#[cfg(test)]
mod tests {
    #[test]
    fn blocks_are_those_of_the_system() {
        let mut bytes = vec![7_u8; 1000];
        bytes.reserve(1 << 20);
        assert_eq!(bytes[999], 7);
        assert_eq!(vec![0_u32; 1 << 12], [0; 1 << 12]);
    }

    #[test]
    fn impossible_blocks_are_an_error_of_the_caller() {
        let mut bytes = Vec::<u8>::new();
        assert!(bytes.try_reserve_exact(isize::MAX as usize).is_err());
    }
}
