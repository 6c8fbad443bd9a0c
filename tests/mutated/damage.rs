//! Damage to files by a seeded generator: cuts, flipped bits, forged lengths.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;

/// Bytes in which headers lie for the most part.
const HEAD: usize = 160;
/// Numbers that headers are made to say: none, one, and the most that the sizes of numbers allow.
const LIES: [u64; 9] = [
    0,
    1,
    0x7f,
    0xff,
    0x7fff,
    0x7fff_ffff,
    0xffff_ffff,
    i64::MAX as u64,
    u64::MAX,
];

type Damage = fn(&mut Vec<u8>, &mut ChaCha8Rng);
const DAMAGES: [Damage; 8] = [
    |bytes, rng| flip(bytes, rng),
    |bytes, rng| lie(bytes, rng),
    |bytes, rng| swap(bytes, rng),
    cut,
    insert,
    double,
    remove,
    lie_in_digits,
];

/// The bytes with one to three kinds of damage.
pub fn damaged(bytes: &[u8], rng: &mut ChaCha8Rng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..rng.random_range(1..=3) {
        if !bytes.is_empty() {
            DAMAGES[rng.random_range(0..DAMAGES.len())](&mut bytes, rng);
        }
    }
    bytes
}

/// A place, every other time near the begin.
fn place(bytes: &[u8], rng: &mut ChaCha8Rng) -> usize {
    let end = if rng.random() {
        bytes.len().min(HEAD)
    } else {
        bytes.len()
    };
    rng.random_range(0..end)
}

/// A run of up to so many bytes from a place on.
fn run(bytes: &[u8], most: usize, rng: &mut ChaCha8Rng) -> std::ops::Range<usize> {
    let start = place(bytes, rng);
    start..bytes.len().min(start + rng.random_range(1..=most))
}

fn flip(bytes: &mut [u8], rng: &mut ChaCha8Rng) {
    for _ in 0..rng.random_range(1..=4) {
        let place = place(bytes, rng);
        bytes[place] ^= 1 << rng.random_range(0..8);
    }
}

fn cut(bytes: &mut Vec<u8>, rng: &mut ChaCha8Rng) {
    bytes.truncate(place(bytes, rng));
}

fn insert(bytes: &mut Vec<u8>, rng: &mut ChaCha8Rng) {
    let place = place(bytes, rng);
    let run: Vec<u8> = (0..rng.random_range(1..40)).map(|_| rng.random()).collect();
    bytes.splice(place..place, run);
}

fn double(bytes: &mut Vec<u8>, rng: &mut ChaCha8Rng) {
    let run = run(bytes, 600, rng);
    let again = bytes[run.clone()].to_vec();
    bytes.splice(run.end..run.end, again);
}

fn remove(bytes: &mut Vec<u8>, rng: &mut ChaCha8Rng) {
    let run = run(bytes, 40, rng);
    bytes.drain(run);
}

/// A number of 1, 2, 4 or 8 bytes becomes another, the small end first or the big one.
fn lie(bytes: &mut [u8], rng: &mut ChaCha8Rng) {
    let lie = LIES[rng.random_range(0..LIES.len())];
    let size = 1 << rng.random_range(0..4);
    let start = place(bytes, rng);
    let lie = if rng.random() {
        lie.to_le_bytes()[..size].to_vec()
    } else {
        lie.to_be_bytes()[8 - size..].to_vec()
    };
    bytes
        .iter_mut()
        .skip(start)
        .zip(lie)
        .for_each(|(byte, lie)| *byte = lie);
}

/// A number in digits becomes another; a lie of the usual kind where there is none.
fn lie_in_digits(bytes: &mut Vec<u8>, rng: &mut ChaCha8Rng) {
    let start = place(bytes, rng);
    let Some(begin) = bytes
        .iter()
        .skip(start)
        .position(u8::is_ascii_digit)
        .map(|digit| start + digit)
    else {
        return lie(bytes, rng);
    };
    let digits = bytes[begin..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let lie = LIES[rng.random_range(0..LIES.len())];
    let lie = if rng.random_range(0..8) == 0 {
        format!("-{lie}")
    } else {
        lie.to_string()
    };
    bytes.splice(begin..begin + digits, lie.into_bytes());
}

/// The bytes of a number change their order.
fn swap(bytes: &mut [u8], rng: &mut ChaCha8Rng) {
    let start = place(bytes, rng);
    let end = bytes.len().min(start + (2 << rng.random_range(0..3)));
    bytes[start..end].reverse();
}
