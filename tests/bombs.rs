//! Small files that decompress to large ones are refused before they fill the memory. The allocator
//! counts for the whole process, so these tests have a binary of their own.

#[path = "common/command.rs"]
mod command;

use std::alloc::System;
use std::io::Write;

use cap::Cap;
use command::Desk;
use flate2::Compression;
use flate2::write::GzEncoder;
use nmf_images::images::{LoadOptions, load};
use tar::{EntryType, Header};

/// Counts what is reserved, used or not.
#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, usize::MAX);

/// What is said of a file of these bytes and so many megabytes of the same letter, compressed.
fn said(begin: &[u8], megabytes: usize, letter: u8) -> String {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(begin).unwrap();
    let letters = vec![letter; 1 << 20];
    (0..megabytes).for_each(|_| encoder.write_all(&letters).unwrap());
    let desk = Desk::empty();
    desk.write("file", encoder.finish().unwrap());
    let said = load(&desk.path("file"), &LoadOptions::default())
        .unwrap_err()
        .to_string();
    said.split_once("/file: ").unwrap().1.to_owned()
}

#[test]
fn what_grows_beyond_measure_where_it_is_decompressed_is_refused() {
    // A list of images whose header promises all that comes.
    let header = [
        &[0, 0, 8, 3][..],
        [u32::MAX, 1000, 1000].map(u32::to_be_bytes).as_flattened(),
    ]
    .concat();
    assert_eq!(
        said(&header, 520, 0),
        "the file expands beyond the limit of 512 MB, or of 32 times its size if that is more: decompress it first"
    );
    // Names of members, which are held in memory before anyone can look at them.
    for kind in [EntryType::GNULongName, EntryType::XHeader] {
        let mut header = Header::new_gnu();
        header.set_path("././@LongLink").unwrap();
        header.set_entry_type(kind);
        header.set_size(500 << 20);
        header.set_cksum();
        assert_eq!(
            said(header.as_bytes(), 500, b'a'),
            "the file is damaged (a name in it is longer than any can be): download it again"
        );
    }
    let reserved = MEMORY.max_allocated();
    assert!(reserved < 1 << 30, "{} MB were reserved", reserved >> 20);
}
