//! The memory that learning takes. That of the whole process is measured, so this test has a binary of its own.

#![cfg(target_os = "linux")]

#[path = "common/command.rs"]
mod command;

use std::fs;

use command::{Desk, bars};
use nmf_images::images::{LoadOptions, load};
use nmf_images::{Nmf, Pca, StopRule, with_threads};

/// The most bytes that the process has ever held.
fn peak() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    1024 * line
        .trim()
        .trim_end_matches(" kB")
        .parse::<usize>()
        .unwrap()
}

#[test]
fn learning_from_bytes_takes_less_than_two_and_a_half_matrices_of_floats() {
    let (images, pixels) = (12_000, 28 * 28);
    let desk = Desk::empty();
    desk.write_npy("x.npy", &bars(images, 28, 28));
    with_threads(Some(2), || {
        let set = load(&desk.path("x.npy"), &LoadOptions::default()).unwrap();
        Nmf::new(16)
            .stop_rule(StopRule {
                max_iterations: 2,
                ..StopRule::default()
            })
            .fit(&set)
            .unwrap();
        Pca::new(16).fit(&set).unwrap();
    });
    let (matrix, peak) = (4 * images * pixels, peak());
    assert!(4 * peak > matrix, "the bytes alone are as many");
    assert!(
        2 * peak < 5 * matrix,
        "{} MB for a matrix of {} MB",
        peak >> 20,
        matrix >> 20
    );
}
