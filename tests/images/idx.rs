//! IDX files such as those of MNIST, plain and compressed, with the labels beside them.

use std::io::Write;

use std::path::Path;

use flate2::Compression;

use flate2::write::GzEncoder;

use ndarray::array;

use nmf_images::Shape;

use nmf_images::images::{LoadOptions, Missing, Pixels, load_several};

use crate::command::Desk;

use crate::input_files::{four, idx, labels, read, said_of};

const IMAGES: &str = "train-images-idx3-ubyte";

const LABELS: &str = "train-labels-idx1-ubyte";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn an_idx_file_is_read_plain_and_compressed_whatever_it_is_called() {
    let desk = Desk::empty();
    desk.write("plain", four());
    desk.write("packed.bin", gzip(&four()));
    // Compressors that work in parallel leave several members one after another.
    desk.write(
        "parts.gz",
        [gzip(&four()[..20]), gzip(&four()[20..])].concat(),
    );
    for name in ["plain", "packed.bin", "parts.gz"] {
        let set = read(&desk, name, &LoadOptions::default());
        assert_eq!((set.len(), set.shape), (4, Shape::new(2, 3)), "{name}");
        let Pixels::U8(pixels) = &set.pixels else {
            panic!("{name}: bytes stay bytes")
        };
        assert_eq!(pixels.row(2).to_vec(), [21, 22, 23, 24, 25, 26], "{name}");
        assert_eq!(set.names, ["0", "1", "2", "3"]);
        assert_eq!((set.labels, set.notes), (None, vec![]), "{name}");
    }
}

#[test]
fn labels_are_read_from_the_file_beside_the_images() {
    for (images, beside) in [
        (IMAGES, LABELS),
        ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"),
        ("train-images-idx3-ubyte.gz", LABELS),
        (IMAGES, "train-labels-idx1-ubyte.gz"),
        ("t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte"),
    ] {
        let desk = Desk::empty();
        let packed = |name: &str, bytes: Vec<u8>| {
            if Path::new(name).extension().is_some_and(|last| last == "gz") {
                gzip(&bytes)
            } else {
                bytes
            }
        };
        desk.write(images, packed(images, four()));
        desk.write(beside, packed(beside, labels(4, &[7, 10, 7, 0])));
        let set = read(&desk, images, &LoadOptions::default());
        let found = set.labels.unwrap();
        assert_eq!(found.names, ["0", "7", "10"], "{images}");
        assert_eq!(found.indices, [1, 2, 1, 0], "{images}");
        assert_eq!(
            set.notes,
            [format!("3 distinct labels are read from {beside}")]
        );
        let options = LoadOptions {
            limit: Some(2),
            ..LoadOptions::default()
        };
        let found = read(&desk, images, &options).labels.unwrap();
        assert_eq!(
            (found.names, found.indices),
            (vec!["7".to_owned()], vec![0, 0]),
            "{images}"
        );
    }
}

#[test]
fn labels_that_do_not_fit_are_left_out_with_a_note() {
    for (bytes, reason) in [
        (labels(3, &[1, 2, 3]), "it has 3 labels for 4 images"),
        (
            labels(4, &[1, 2, 3]),
            "its header states 4 labels, but another number follows",
        ),
        (
            labels(4, &[1, 2, 3, 4, 5]),
            "its header states 4 labels, but another number follows",
        ),
        (four(), "it is not an IDX file of labels"),
        (vec![0, 0, 8], "the file is truncated: download it again"),
    ] {
        let desk = Desk::empty();
        desk.write(IMAGES, four());
        desk.write(LABELS, bytes);
        let set = read(&desk, IMAGES, &LoadOptions::default());
        assert_eq!(set.labels, None, "{reason}");
        assert_eq!(set.notes, [format!("{LABELS} is skipped: {reason}")]);
    }
}

#[test]
fn idx_images_are_limited_resized_inverted_and_hidden_as_others_are() {
    let desk = Desk::empty();
    desk.write(
        "set",
        idx(
            [4, 2, 2],
            &[
                10, 10, 10, 10, 20, 20, 20, 20, 30, 30, 30, 30, 40, 40, 40, 40,
            ],
        ),
    );
    let size = Some(Shape::new(1, 3));
    let set = read(
        &desk,
        "set",
        &LoadOptions {
            size,
            limit: Some(2),
            invert: true,
            ..LoadOptions::default()
        },
    );
    assert_eq!(
        (set.shape, &set.names[..]),
        (Shape::new(1, 3), &["0".to_owned(), "2".to_owned()][..])
    );
    assert_eq!(
        set.pixels,
        Pixels::U8(array![[245, 245, 245], [225, 225, 225]])
    );
    let set = read(
        &desk,
        "set",
        &LoadOptions {
            missing: Some(Missing::Value(30.0)),
            ..LoadOptions::default()
        },
    );
    let mask = set.mask.unwrap();
    assert_eq!(
        (mask.unknown(), mask.is_known(2, 0), mask.is_known(1, 0)),
        (4, false, true)
    );
    desk.write_npy("mask.npy", &array![[0_u8, 1], [1, 1]]);
    let set = read(
        &desk,
        "set",
        &LoadOptions {
            mask: Some(desk.path("mask.npy")),
            ..LoadOptions::default()
        },
    );
    assert_eq!(set.mask.unwrap().unknown(), 4);
}

#[test]
fn a_broken_idx_file_is_refused_in_one_line() {
    let cut = ": truncated: 4 images of 3x2 need 24 bytes after the header, the file has 23: download the file again";
    let whole = four();
    assert_eq!(said_of(&whole[..whole.len() - 1]), cut);
    assert_eq!(said_of(&gzip(&whole[..whole.len() - 1])), cut);
    let long = ": too long: 4 images of 3x2 need 24 bytes after the header, but more follow: download the file again";
    assert_eq!(said_of(&[&whole[..], &[0]].concat()), long);
    assert_eq!(said_of(&gzip(&[&whole[..], &[0]].concat())), long);
    let damaged = ": the file is truncated: download it again";
    assert_eq!(said_of(&whole[..15]), damaged);
    let packed = gzip(&whole);
    assert_eq!(said_of(&packed[..packed.len() - 9]), damaged);
    let mut wrong = packed.clone();
    *wrong.iter_mut().rev().nth(5).unwrap() ^= 1;
    assert!(
        said_of(&wrong).starts_with(": the file is damaged ("),
        "the checksum is looked at"
    );
}

#[test]
fn an_idx_header_that_promises_what_cannot_be_is_refused_before_memory_is_reserved() {
    let most = u32::MAX;
    assert_eq!(
        said_of(&idx([most, most, most], &[0; 8])),
        ": the IDX header states images of 4294967295x4294967295; each side must be 1 to 30000 pixels"
    );
    for empty in [[4, 0, 3], [4, 3, 0]] {
        assert!(said_of(&idx(empty, &[])).ends_with("each side must be 1 to 30000 pixels"));
    }
    for bytes in [
        idx([most, 30_000, 30_000], &[0; 8]),
        gzip(&idx([most, 30_000, 30_000], &[0; 8])),
    ] {
        assert!(
            said_of(&bytes)
                .contains("need 3865470565500000000 bytes after the header, the file has 8:")
        );
    }
    // A megabyte of zeros in a kilobyte, behind a header that promises six bytes.
    let bomb = gzip(&idx([1, 2, 3], &vec![0; 1 << 20]));
    assert!(
        bomb.len() < 2000 && said_of(&bomb).starts_with(": too long: 1 images of 3x2 need 6 bytes")
    );
    assert!(said_of(&idx([0, 2, 3], &[])).ends_with("0 usable, at least 2 images are needed"));
    assert!(said_of(&idx([1, 2, 3], &[0; 6])).ends_with("1 usable, at least 2 images are needed"));
}

#[test]
fn what_is_no_list_of_8_bit_images_is_named() {
    assert!(
        said_of(&labels(4, &[1, 2, 3, 4]))
            .starts_with(": the file contains labels, not images: pass the file with the")
    );
    assert_eq!(
        said_of(&[&[0, 0, 0x0d, 3][..], &[0; 12]].concat()),
        ": this IDX file holds f32 in 3 dimensions; required is u8 in 3: images, height, width"
    );
    assert!(said_of(&[0, 0, 8, 4, 0, 0]).starts_with(": this IDX file holds u8 in 4 dimensions; "));
    assert!(
        said_of(&gzip(b"a tar file, say"))
            .starts_with(": the compressed file is not an IDX file: ")
    );
    for page in [
        "<!DOCTYPE html>\n<title>Not found</title>",
        "\n<HTML lang=en>",
    ] {
        assert_eq!(
            said_of(page.as_bytes()),
            " is a web page, not data: download the file that the page links to"
        );
    }
}

#[test]
fn idx_files_stand_beside_folders_as_new_images_do() {
    let desk = Desk::empty();
    desk.write("page.png", "<!doctype html>");
    desk.write("one", idx([1, 2, 3], &[1, 2, 3, 4, 5, 6]));
    desk.write("two", four());
    let set = load_several(
        &["one", "two", "page.png"].map(|name| desk.path(name)),
        &LoadOptions::default(),
    )
    .unwrap();
    assert_eq!(set.len(), 5);
    assert_eq!(set.names[4], desk.path("two").join("3").to_string_lossy());
    assert_eq!(set.skipped[0].reason, "not an image: a web page");
}

#[test]
fn the_command_reads_an_idx_file_and_reports_its_labels() {
    let desk = Desk::empty();
    desk.write(IMAGES, four());
    desk.write(LABELS, labels(4, &[3, 1, 3, 1]));
    for command in ["", "compare --rules hals ", "ranks -k 1..2 "] {
        let line = format!("{command}{IMAGES} -o out");
        let line = if command.starts_with("ranks") {
            line
        } else {
            format!("{line} -k 2")
        };
        let run = desk.command(&line).assert().success();
        let note = format!("note: 2 distinct labels are read from {LABELS}\n");
        let words = format!("{IMAGES}: 4 images of 3x2 with 2 labels\n");
        run.stderr(predicates::str::contains(note))
            .stdout(predicates::str::contains(words));
    }
}
