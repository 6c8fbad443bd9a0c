//! Inputs that are larger than the limits, or claim to be: each is refused with one line before
//! memory is reserved.

#[path = "common/command.rs"]
mod command;

use std::alloc::System;
use std::io::{Cursor, Write};

use cap::Cap;
use command::{Desk, pgm};
use image::{ImageFormat, RgbImage};
use nmf_images::Nmf;
use nmf_images::images::{ImageSet, LoadOptions, load};
use tiff::encoder::TiffEncoder;
use tiff::encoder::colortype::Gray8;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Counts what is reserved, used or not.
#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, usize::MAX);

/// Reads a file, for which no more than a little is reserved.
fn read(name: &str, bytes: &[u8]) -> nmf_images::Result<ImageSet> {
    let desk = Desk::empty();
    desk.write(name, bytes);
    let read = load(&desk.path(name), &LoadOptions::default());
    let reserved = MEMORY.max_allocated();
    assert!(
        reserved < 64 << 20,
        "{} MB are reserved for {name}",
        reserved >> 20
    );
    read
}

/// What is said of a file that cannot be read, without its path.
fn said(name: &str, bytes: &[u8]) -> String {
    let said = read(name, bytes).unwrap_err().to_string();
    assert_eq!(said.lines().count(), 1, "{said}");
    said.split_once(&format!("/{name}"))
        .unwrap_or_else(|| panic!("{said} does not name {name}"))
        .1
        .to_owned()
}

/// Why a picture is left out beside two good ones.
fn reason(name: &str, bytes: &[u8]) -> String {
    let desk = Desk::empty();
    for good in ["1.pgm", "2.pgm"] {
        desk.write(good, pgm(1, 1, &[7]));
    }
    desk.write(name, bytes);
    let set = load(&desk.path(""), &LoadOptions::default()).unwrap();
    assert!(
        MEMORY.max_allocated() < 64 << 20,
        "much is reserved for {name}"
    );
    assert_eq!((set.len(), &*set.skipped[0].path), (2, name));
    set.skipped[0].reason.clone()
}

/// A picture of 3x2 of which each number at these places becomes another.
fn forged(format: ImageFormat, numbers: &[(usize, &[u8])]) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    RgbImage::from_pixel(3, 2, image::Rgb([7, 8, 9]))
        .write_to(&mut bytes, format)
        .unwrap();
    let mut bytes = bytes.into_inner();
    for (place, number) in numbers {
        bytes[*place..place + number.len()].copy_from_slice(number);
    }
    bytes
}

#[test]
fn sides_beyond_the_limit_are_refused_in_every_format() {
    let jpeg = forged(ImageFormat::Jpeg, &[]);
    let sizes = jpeg.windows(2).position(|two| two == [0xff, 0xc0]).unwrap() + 5;
    let limit = "the limit is 30000 per side";
    for (name, bytes, size) in [
        ("a.pgm", b"P5 30001 2 255\n".to_vec(), "30001x2"),
        ("a.pbm", b"P4 2 30001\n".to_vec(), "2x30001"),
        (
            "a.bmp",
            forged(ImageFormat::Bmp, &[(18, &40_000_u32.to_le_bytes())]),
            "40000x2",
        ),
        (
            "a.gif",
            forged(ImageFormat::Gif, &[(6, &[0xff; 4])]),
            "65535x65535",
        ),
        (
            "a.jpg",
            forged(ImageFormat::Jpeg, &[(sizes, &[0xff; 4])]),
            "65535x65535",
        ),
    ] {
        assert_eq!(
            reason(name, &bytes),
            format!("too large: {size}, {limit}"),
            "{name}"
        );
    }
}

#[test]
fn pixels_beyond_the_limit_are_refused_in_every_format() {
    let wide = 29_000_u32.to_le_bytes();
    let jpeg = forged(ImageFormat::Jpeg, &[]);
    let sizes = jpeg.windows(2).position(|two| two == [0xff, 0xc0]).unwrap() + 5;
    let side = 29_000_u16.to_be_bytes();
    for (name, bytes) in [
        ("a.ppm", b"P6 29000 29000 65535\n".to_vec()),
        (
            "a.bmp",
            forged(ImageFormat::Bmp, &[(18, &wide), (22, &wide)]),
        ),
        (
            "a.jpg",
            forged(ImageFormat::Jpeg, &[(sizes, &[side, side].concat())]),
        ),
        (
            "a.gif",
            forged(
                ImageFormat::Gif,
                &[(6, &[29_000_u16.to_le_bytes(); 2].concat())],
            ),
        ),
    ] {
        let said = reason(name, &bytes);
        assert!(
            said.starts_with("too large: 29000x29000 takes ")
                && said.ends_with("the limit is 256 MB"),
            "{said}"
        );
    }
}

#[test]
fn an_array_of_more_values_than_can_be_counted_is_cut_short() {
    let side = 1_u64 << 62;
    for (shape, needed) in [
        (
            format!("({side}, {side})"),
            (u128::from(side) * u128::from(side)).to_string(),
        ),
        (
            format!("({side}, 2, 2)"),
            (u128::from(side) * 4).to_string(),
        ),
        (
            format!("({0}, {0}, {0}, 1)", u64::MAX),
            u128::MAX.to_string(),
        ),
    ] {
        let header = format!("{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}\n");
        let size = u16::try_from(header.len()).unwrap().to_le_bytes();
        let npy = [b"\x93NUMPY\x01\x00", &size[..], header.as_bytes(), &[0; 8]].concat();
        let said = said("a.npy", &npy);
        assert!(
            said.contains(&format!("needs {needed} bytes, the file holds 8")),
            "{said}"
        );
    }
}

/// Two pages in a file with offsets of 8 bytes.
fn pages() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let mut file = TiffEncoder::new_big(&mut bytes).unwrap();
    (0..2).for_each(|_| file.write_image::<Gray8>(2, 1, &[1, 2]).unwrap());
    bytes.into_inner()
}

#[test]
fn a_page_of_more_channels_than_can_be_counted_is_left_out() {
    let mut bytes = pages();
    // The tag of bits a channel, the type of its values, and how many there are.
    let tag = [258_u16.to_le_bytes(), 3_u16.to_le_bytes()].concat();
    let count = bytes.windows(4).position(|window| window == tag).unwrap() + 4;
    bytes[count..count + 8].copy_from_slice(&u64::MAX.to_le_bytes());
    let said = said("stack.tif", &bytes);
    assert!(
        said.ends_with("stack.tif: damaged: an entry is longer than the file"),
        "{said}"
    );
}

#[test]
fn an_entry_longer_than_its_file_is_refused_before_the_decoder_complains_of_it() {
    let desk = Desk::empty();
    let mut bytes = pages();
    // The first entry of the first page becomes the way up, as a text of so many letters.
    let first = u64::from_le_bytes(bytes[8..16].try_into().unwrap()) as usize + 8;
    let entry = [
        &274_u16.to_le_bytes()[..],
        &2_u16.to_le_bytes(),
        &(1_u64 << 40).to_le_bytes(),
    ]
    .concat();
    bytes[first..first + entry.len()].copy_from_slice(&entry);
    desk.write("set/stack.tif", &bytes);
    for good in ["1.pgm", "2.pgm"] {
        desk.write(&format!("set/{good}"), pgm(1, 1, &[7]));
    }
    let run = desk.command("set -k 1 --only parts").assert().success();
    let stderr = String::from_utf8_lossy(&run.get_output().stderr);
    assert!(
        stderr.contains("stack.tif: damaged: an entry is longer than the file\n"),
        "{stderr}"
    );
    assert!(
        stderr.lines().all(|line| ["warning: ", "progress: "]
            .iter()
            .any(|start| line.starts_with(start))),
        "{stderr}"
    );
}

#[test]
fn a_page_beyond_the_end_of_any_file_is_cut_short() {
    let mut bytes = pages();
    let number =
        |at: u64| u64::from_le_bytes(bytes[at as usize..at as usize + 8].try_into().unwrap());
    // Behind the entries of a page, of 20 bytes each, stands where the next one is.
    let after = |start: u64| start + 8 + 20 * number(start);
    let last = after(number(after(number(8)))) as usize;
    bytes[last..last + 8].copy_from_slice(&u64::MAX.to_le_bytes());
    let set = read("stack.tif", &bytes).unwrap();
    assert_eq!((set.len(), &*set.skipped[0].reason), (2, "truncated"));
    assert!(
        set.skipped[0].path.ends_with("/stack.tif#3"),
        "{:?}",
        set.skipped
    );
}

fn zip() -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for name in ["a.pgm", "b.pgm"] {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(&pgm(100, 100, &[7; 10_000])).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_file_in_an_archive_that_claims_another_size_is_what_it_is() {
    // The size that a file has unpacked, in its own header and in the directory.
    let places = |zip: &[u8], magic: &[u8], offset: usize| -> Vec<usize> {
        (0..zip.len() - 4)
            .filter(|&at| zip[at..].starts_with(magic))
            .map(|at| at + offset)
            .collect()
    };
    for claim in [0_u32, 1, 0x7fff_ffff, u32::MAX - 1] {
        let mut bytes = zip();
        for place in [
            places(&bytes, b"PK\x03\x04", 22),
            places(&bytes, b"PK\x01\x02", 24),
        ]
        .concat()
        {
            bytes[place..place + 4].copy_from_slice(&claim.to_le_bytes());
        }
        match read("a.zip", &bytes) {
            Ok(set) => assert_eq!((set.len(), set.shape.pixels()), (2, 10_000)),
            Err(error) => assert_eq!(error.to_string().lines().count(), 1, "{error}"),
        }
    }
}

#[test]
fn a_file_in_an_archive_that_claims_more_than_can_be_is_cut_short() {
    let mut header = tar::Header::new_gnu();
    header.set_path("a.pgm").unwrap();
    for size in [(1_u64 << 60) + 7, 1 << 62, u64::MAX - 511, u64::MAX] {
        header.set_size(size);
        assert_eq!(header.as_old().size[0] & 0x80, 0x80, "a number of base 256");
        header.set_cksum();
        let tar = [&header.as_bytes()[..], &pgm(1, 1, &[7]), &[0; 1024]].concat();
        let said = said("a.tar", &tar);
        assert!(
            said.starts_with(": the file is ") && said.ends_with("download it again"),
            "{size}: {said}"
        );
    }
}

#[test]
fn a_thousand_folders_within_one_another_are_walked() {
    let desk = Desk::empty();
    let deep = "d/".repeat(1000);
    for name in ["a.pgm", "b.pgm"] {
        desk.write(&format!("set/{deep}{name}"), pgm(2, 1, &[1, 2]));
    }
    desk.write("set/top.pgm", pgm(2, 1, &[3, 4]));
    let set = load(&desk.path("set"), &LoadOptions::default()).unwrap();
    assert_eq!(
        set.names,
        [
            format!("{deep}a.pgm"),
            format!("{deep}b.pgm"),
            "top.pgm".to_owned()
        ]
    );
    Nmf::new(1).fit(&set).unwrap();
    let run = desk.command("set -k 1 --quiet").assert().success();
    run.stdout("").stderr("");
}
