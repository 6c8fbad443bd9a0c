//! Damaged files of every format: each is read or refused with the reason; none causes a panic,
//! takes long, or fills the memory.

#[path = "../common/command.rs"]
mod command;
#[path = "../common/tiff_file.rs"]
mod tiff_file;

mod damage;
mod seeds;

use std::alloc::System;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use cap::Cap;
use command::Desk;
use damage::damaged;
use nmf_images::with_threads;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use seeds::Seed;

/// Counts what is reserved, used or not.
#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, usize::MAX);

const FILES: usize = 4_000;
/// Bytes that may be reserved at any time.
const MOST_BYTES: usize = 1 << 30;
const MOST_TIME: Duration = Duration::from_secs(1);
/// Reading that does not come back within this time never will.
const HANG: Duration = Duration::from_secs(60);

#[test]
fn a_file_that_is_not_damaged_is_read() {
    for seed in seeds::all() {
        for said in read(&seed, &(seed.seal)(&seed.content))
            .unwrap_or_else(|said| panic!("{}: {said}", seed.name))
        {
            assert!(
                !said.contains("left out") && !said.contains("cannot"),
                "{}: {said}",
                seed.name
            );
        }
    }
}

#[test]
fn every_damaged_file_is_read_or_refused_with_a_reason() {
    let (send, receive) = channel();
    thread::spawn(move || {
        let seeds = seeds::all();
        with_threads(Some(2), || {
            for (index, seed) in (0..FILES).zip(seeds.iter().cycle()) {
                let _ = send.send((seed.format, complaint(seed, &file(seed, index))));
            }
        });
    });
    let mut complaints: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut files = 0;
    loop {
        match receive.recv_timeout(HANG) {
            Ok((format, complaint)) => {
                files += 1;
                if let Some(complaint) = complaint {
                    *complaints.entry((format, complaint)).or_default() += 1;
                }
            }
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => panic!("file {files} hangs"),
        }
    }
    assert_eq!(
        (files, complaints),
        (FILES, BTreeMap::new()),
        "what is wrong, by format"
    );
    let reserved = MEMORY.max_allocated();
    assert!(reserved < MOST_BYTES, "{} MB were reserved", reserved >> 20);
}

/// Headers of arrays of no images, whose sides no length of the file limits.
#[test]
fn sides_of_any_length_are_refused_with_a_reason() {
    let arrays: Vec<Seed> = seeds::all()
        .into_iter()
        .filter(|seed| seed.format == "npy")
        .collect();
    assert!(!arrays.is_empty());
    for shape in [
        "(0, 1099511627776, 1099511627776)",
        "(0, 1099511627776, 1099511627776, 3)",
        "(0, 3, 4294967296, 4294967296)",
        "(0, 16777216, 16777216)",
        "(0, 4294967295, 4294967295)",
        "(0, 9223372036854775807)",
        "(0, 18446744073709551615, 1)",
    ] {
        for (descr, order) in [("|u1", "False"), ("<f8", "False"), ("<i4", "True")] {
            let text =
                format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}");
            let size = (text.len() as u16).to_le_bytes();
            let file = [b"\x93NUMPY\x01\x00", &size[..], text.as_bytes()].concat();
            for seed in &arrays {
                assert_eq!(
                    complaint(seed, &file),
                    None,
                    "{shape}, {descr}, {}",
                    seed.name
                );
                let refused = read(seed, &file).map(drop);
                assert!(refused.is_err(), "{shape}, {descr}, {}", seed.name);
            }
        }
    }
}

/// A damaged file; every other time the damage is within what is sealed.
fn file(seed: &Seed, index: usize) -> Vec<u8> {
    let mut rng = ChaCha8Rng::seed_from_u64(index as u64);
    if rng.random() {
        (seed.seal)(&damaged(&seed.content, &mut rng))
    } else {
        damaged(&(seed.seal)(&seed.content), &mut rng)
    }
}

/// What is wrong with how a file is read, if anything is.
fn complaint(seed: &Seed, bytes: &[u8]) -> Option<&'static str> {
    let began = Instant::now();
    let Ok(read_once) = catch_unwind(AssertUnwindSafe(|| read(seed, bytes))) else {
        return Some("panics");
    };
    // The machine may have been busy with other things: the shortest of three times counts.
    let again = || {
        let began = Instant::now();
        let _ = read(seed, bytes);
        began.elapsed()
    };
    if began.elapsed() > MOST_TIME && again() > MOST_TIME && again() > MOST_TIME {
        return Some("takes long");
    }
    let is_line = |said: &String| !said.is_empty() && !said.contains(char::is_control);
    let is_told = match read_once {
        Ok(said) => said.iter().all(is_line),
        Err(said) => is_line(&said),
    };
    (!is_told).then_some("is not told in one line")
}

/// What is said of a file with these bytes, or why it cannot be read, without its path.
fn read(seed: &Seed, bytes: &[u8]) -> Result<Vec<String>, String> {
    let desk = Desk::empty();
    for (name, bytes) in &seed.beside {
        desk.write(name, bytes);
    }
    desk.write(seed.name, bytes);
    (seed.read)(&desk.path(seed.name)).map_err(|error| error.to_string())
}
