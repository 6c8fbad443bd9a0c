//! Images that come as data sets are given out, IDX files and archives of arrays, plain and compressed; and as a list of
//! files.

use std::io::{Cursor, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use ndarray::{Array1, Array2, Array3, ArrayD, IxDyn, array};
use ndarray_npy::WriteNpyExt;
use nmf_images::Shape;
use nmf_images::images::{
    ImageSet, Images, LoadOptions, Missing, Pixels, load, load_listed, load_several,
};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::command::{self, Desk, pgm};

const IMAGES: &str = "train-images-idx3-ubyte";
const LABELS: &str = "train-labels-idx1-ubyte";

/// A file of bytes with the header of a list of images.
fn idx(sides: [u32; 3], values: &[u8]) -> Vec<u8> {
    [
        &[0, 0, 8, 3][..],
        sides.map(u32::to_be_bytes).as_flattened(),
        values,
    ]
    .concat()
}

fn labels(count: u32, values: &[u8]) -> Vec<u8> {
    [&[0, 0, 8, 1][..], &count.to_be_bytes(), values].concat()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Four images of 3x2: 1 to 6, 11 to 16, and so on.
fn four() -> Vec<u8> {
    let values: Vec<u8> = (0..4)
        .flat_map(|image| (1..=6).map(move |pixel| 10 * image + pixel))
        .collect();
    idx([4, 2, 3], &values)
}

fn read(desk: &Desk, name: &str, options: &LoadOptions) -> ImageSet {
    load(&desk.path(name), options).unwrap()
}

/// What is said of a file that cannot be read, without its name.
fn said_of(bytes: &[u8]) -> String {
    said_with(bytes, &LoadOptions::default())
}

fn said_with(bytes: &[u8], options: &LoadOptions) -> String {
    let desk = Desk::empty();
    desk.write("file", bytes);
    let said = load(&desk.path("file"), options).unwrap_err().to_string();
    assert_eq!(said.lines().count(), 1, "{said}");
    let name = desk.path("file").display().to_string();
    said.strip_prefix(&name)
        .unwrap_or_else(|| panic!("{said} does not begin with the file"))
        .to_owned()
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
            [format!("labels of 3 kinds are read from {beside}")]
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
            "its header says 4 labels, not as many follow",
        ),
        (
            labels(4, &[1, 2, 3, 4, 5]),
            "its header says 4 labels, not as many follow",
        ),
        (four(), "it is no IDX file of labels"),
        (vec![0, 0, 8], "the file is cut short: download it again"),
    ] {
        let desk = Desk::empty();
        desk.write(IMAGES, four());
        desk.write(LABELS, bytes);
        let set = read(&desk, IMAGES, &LoadOptions::default());
        assert_eq!(set.labels, None, "{reason}");
        assert_eq!(set.notes, [format!("{LABELS} is left out: {reason}")]);
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
    let cut = ": cut short: 4 images of 3x2 need 24 bytes after the header, there are 23: download the file again";
    let whole = four();
    assert_eq!(said_of(&whole[..whole.len() - 1]), cut);
    assert_eq!(said_of(&gzip(&whole[..whole.len() - 1])), cut);
    let long = ": too long: 4 images of 3x2 need 24 bytes after the header, more follow: download the file again";
    assert_eq!(said_of(&[&whole[..], &[0]].concat()), long);
    assert_eq!(said_of(&gzip(&[&whole[..], &[0]].concat())), long);
    let damaged = ": the file is cut short: download it again";
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
        ": the IDX header says images of 4294967295x4294967295; allowed are 1 to 30000 pixels a side"
    );
    for empty in [[4, 0, 3], [4, 3, 0]] {
        assert!(said_of(&idx(empty, &[])).ends_with("allowed are 1 to 30000 pixels a side"));
    }
    for bytes in [
        idx([most, 30_000, 30_000], &[0; 8]),
        gzip(&idx([most, 30_000, 30_000], &[0; 8])),
    ] {
        assert!(
            said_of(&bytes)
                .contains("need 3865470565500000000 bytes after the header, there are 8:")
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
            .starts_with(": these are labels, not images: pass the file of the")
    );
    assert_eq!(
        said_of(&[&[0, 0, 0x0d, 3][..], &[0; 12]].concat()),
        ": this IDX file holds f32 with 3 sides; allowed are u8 with 3: images, height, width"
    );
    assert!(said_of(&[0, 0, 8, 4, 0, 0]).starts_with(": this IDX file holds u8 with 4 sides; "));
    assert!(
        said_of(&gzip(b"a tar file, say")).starts_with(": what is compressed is no IDX file; ")
    );
    for page in [
        "<!DOCTYPE html>\n<title>Not found</title>",
        "\n<HTML lang=en>",
    ] {
        assert_eq!(
            said_of(page.as_bytes()),
            " is a web page, not data: download the file that the page leads to"
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
fn the_command_learns_from_an_idx_file_and_tells_of_its_labels() {
    let desk = Desk::empty();
    desk.write(IMAGES, four());
    desk.write(LABELS, labels(4, &[3, 1, 3, 1]));
    for command in ["", "compare --rules hals ", "ranks --to 2 "] {
        let line = format!("{command}{IMAGES} -o out");
        let line = if command.starts_with("ranks") {
            line
        } else {
            format!("{line} -k 2")
        };
        let run = desk.command(&line).assert().success();
        let note = format!("note: labels of 2 kinds are read from {LABELS}\n");
        let words = format!("{IMAGES}: 4 images of 3x2 with 2 labels\n");
        run.stderr(predicates::str::contains(note))
            .stdout(predicates::str::contains(words));
    }
}

/// An archive of entries, each a name and its bytes.
fn archive(method: CompressionMethod, entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        archive
            .start_file(
                *name,
                SimpleFileOptions::default().compression_method(method),
            )
            .unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn npy(array: &impl WriteNpyExt) -> Vec<u8> {
    let mut bytes = Vec::new();
    array.write_npy(&mut bytes).unwrap();
    bytes
}

fn keyed(key: &str) -> LoadOptions {
    LoadOptions {
        key: Some(key.to_owned()),
        ..LoadOptions::default()
    }
}

/// Images and what often lies beside them: labels, and names that are no numbers.
fn mixed(method: CompressionMethod) -> Vec<u8> {
    let words =
        b"\x93NUMPY\x01\x00\x46\x00{'descr': '<U1', 'fortran_order': False, 'shape': (2,), }               \nabcdefgh";
    archive(
        method,
        &[
            ("y.npy", npy(&Array1::from(vec![3_u8, 4]))),
            ("names.npy", words.to_vec()),
            ("ids.npy", npy(&Array2::from_elem((2, 2), 1_i64))),
            ("x.npy", npy(&array![[[1_u8, 2, 3]], [[4, 5, 6]]])),
            ("notes.txt", b"shopping".to_vec()),
        ],
    )
}

#[test]
fn the_only_array_that_can_be_images_is_taken_by_itself_stored_or_compressed() {
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let desk = Desk::empty();
        desk.write("set.bin", mixed(method));
        let set = read(&desk, "set.bin", &LoadOptions::default());
        assert_eq!(
            (set.shape, &set.pixels),
            (Shape::new(1, 3), &Pixels::U8(array![[1, 2, 3], [4, 5, 6]]))
        );
        assert_eq!(
            set.notes,
            ["images are read from the array x, the only one that can be images"],
            "{method}"
        );
        desk.write(
            "alone.npz",
            archive(
                method,
                &[("arr_0.npy", npy(&array![[0.5_f32, 0.25], [1.0, 0.0]]))],
            ),
        );
        let set = read(&desk, "alone.npz", &LoadOptions::default());
        assert_eq!(
            (set.pixels, set.notes.len()),
            (Pixels::F32(array![[0.5, 0.25], [1.0, 0.0]]), 0),
            "{method}"
        );
    }
}

#[test]
fn of_several_arrays_the_one_that_is_named_is_read() {
    let train = Array3::from_shape_fn((4, 2, 2), |(image, _, _)| 10 * (image as u8 + 1));
    let arrays = [
        ("x_train.npy", npy(&train)),
        ("x_test.npy", npy(&Array3::<u8>::zeros((3, 2, 2)))),
    ];
    let bytes = archive(CompressionMethod::Deflated, &arrays);
    assert_eq!(
        said_of(&bytes),
        ": this archive holds several arrays that can be images: x_train [4, 2, 2], \
         x_test [3, 2, 2]"
    );
    let missing = ": no array is called `x_trian`; there are: x_train [4, 2, 2], x_test [3, 2, 2]";
    assert_eq!(said_with(&bytes, &keyed("x_trian")), missing);
    let desk = Desk::empty();
    desk.write("set.npz", bytes);
    let size = Some(Shape::new(1, 3));
    let options = LoadOptions {
        size,
        limit: Some(2),
        invert: true,
        ..keyed("x_train")
    };
    let set = read(&desk, "set.npz", &options);
    assert_eq!(
        (&set.names[..], set.notes.len()),
        (&["0".to_owned(), "2".to_owned()][..], 0)
    );
    assert_eq!(
        set.pixels,
        Pixels::U8(array![[245, 245, 245], [225, 225, 225]])
    );
    let set = read(
        &desk,
        "set.npz",
        &LoadOptions {
            missing: Some(Missing::Value(20.0)),
            ..keyed("x_train")
        },
    );
    assert_eq!(set.mask.unwrap().unknown(), 4);
}

#[test]
fn archives_without_images_and_broken_ones_are_refused_in_one_line() {
    let stored = CompressionMethod::Stored;
    let many = archive(
        stored,
        &[
            ("y.npy", npy(&Array1::from(vec![3_u8, 4]))),
            ("notes.txt", vec![0]),
        ],
    );
    let seen =
        ": no array in this archive can be images (seen: y [2]); allowed are (n, height, width), ";
    assert!(said_of(&many).starts_with(seen), "{}", said_of(&many));
    let named = said_with(&archive(stored, &[("0.png", vec![0])]), &keyed("x"));
    assert!(
        named.starts_with(": no array is called `x`; there are: none"),
        "{named}"
    );
    let words = said_with(&mixed(stored), &keyed("names"));
    assert!(
        words.starts_with(": `names`: the array holds <U1; allowed are u8, "),
        "{words}"
    );
    assert!(
        said_with(&mixed(stored), &keyed("y"))
            .starts_with(": `y`: the array's shape is [2]; allowed are ")
    );
    let whole = mixed(stored);
    assert!(said_of(&whole[..whole.len() - 30]).starts_with(": the archive cannot be read ("));
    let mut wrong = whole.clone();
    let place = wrong
        .windows(6)
        .position(|bytes| bytes == [1, 2, 3, 4, 5, 6])
        .unwrap();
    wrong[place] ^= 1;
    assert!(
        said_of(&wrong).starts_with(": `x`: the file is damaged ("),
        "the checksum is looked at"
    );
}

#[test]
fn an_array_that_promises_more_than_its_archive_holds_is_refused_before_memory_is_reserved() {
    let mut forged = npy(&ArrayD::<u8>::zeros(IxDyn(&[2, 1, 1])));
    let shape = forged
        .windows(9)
        .position(|bytes| bytes == b"(2, 1, 1)")
        .unwrap();
    forged[shape..shape + 15].copy_from_slice(b"(99999999, 99),");
    forged[shape + 15] = b'}';
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let said = said_of(&archive(method, &[("x.npy", forged.clone())]));
        assert!(
            said.starts_with(": no array in this archive can be images (seen: none)"),
            "{said}"
        );
        let said = said_with(&archive(method, &[("x.npy", forged.clone())]), &keyed("x"));
        assert!(
            said.starts_with(": `x`: cut short: shape [99999999, 99] needs 9899999901 bytes"),
            "{said}"
        );
    }
}

#[test]
fn a_key_of_what_is_no_archive_is_refused() {
    let desk = Desk::with_pictures();
    desk.write("set", four());
    for name in ["pictures", "set"] {
        let said = load(&desk.path(name), &keyed("x")).unwrap_err().to_string();
        assert!(said.ends_with("is not a .npz archive"), "{said}");
    }
}

#[test]
fn the_command_learns_from_the_array_that_is_named() {
    let desk = Desk::empty();
    let images = command::bars(12, 6, 8);
    let bytes = archive(
        CompressionMethod::Deflated,
        &[("a.npy", npy(&images)), ("b.npy", npy(&images))],
    );
    desk.write("set.npz", bytes);
    desk.command("set.npz")
        .assert()
        .code(1)
        .stderr(predicates::str::contains(
            "--key: a [12, 6, 8], b [12, 6, 8]",
        ));
    let run = desk
        .command("set.npz --key b -k 2 --json -o out")
        .assert()
        .success();
    let report: serde_json::Value = serde_json::from_slice(&run.get_output().stdout).unwrap();
    assert_eq!(report["input"]["preparation"]["key"], "b");
    assert_eq!(report["input"]["images"], 12);
    desk.command("compare set.npz --key a --rules hals -k 2 -o compared")
        .assert()
        .success();
    desk.command("project out set.npz --key a -o projected")
        .assert()
        .success();
}

fn listed(list: &str, options: &LoadOptions) -> nmf_images::Result<ImageSet> {
    load_listed(Path::new("the list"), list.as_bytes(), options)
}

/// Four images of 2x1 in two folders, and the list of them, not in their order.
fn scattered() -> (Desk, String) {
    let desk = Desk::empty();
    let names = ["b/2.pgm", "a/10.pgm", "b/1.pgm", "a/9.pgm"];
    for (place, name) in names.iter().enumerate() {
        desk.write(
            name,
            pgm(2, 1, &[10 * place as u8 + 1, 10 * place as u8 + 2]),
        );
    }
    let lines = names.map(|name| desk.path(name).to_string_lossy().into_owned());
    (desk, lines.join("\n"))
}

#[test]
fn listed_files_come_in_the_order_and_with_the_names_of_the_list() {
    let (desk, list) = scattered();
    let spaced = format!("\n{}\r\n\n", list.replace('\n', "\r\n\r\n"));
    for list in [&list, &spaced] {
        let set = listed(list, &LoadOptions::default()).unwrap();
        assert_eq!(
            set.pixels,
            Pixels::U8(array![[1, 2], [11, 12], [21, 22], [31, 32]])
        );
        assert_eq!(set.names[1], desk.path("a/10.pgm").to_string_lossy());
        let labels = set.labels.unwrap();
        assert_eq!((labels.names.len(), labels.indices), (2, vec![1, 0, 1, 0]));
    }
    let limited = listed(
        &list,
        &LoadOptions {
            limit: Some(2),
            ..LoadOptions::default()
        },
    )
    .unwrap();
    assert_eq!(limited.pixels, Pixels::U8(array![[1, 2], [21, 22]]));
    assert_eq!(limited.labels, None, "one folder is no label");
}

#[test]
fn listed_files_that_cannot_be_read_are_left_out_as_those_of_a_folder_are() {
    let (desk, list) = scattered();
    let list = format!(
        "{list}\n{}\n{}",
        desk.path("gone.png").display(),
        desk.path("a").display()
    );
    let set = listed(&list, &LoadOptions::default()).unwrap();
    let skipped: Vec<_> = set
        .skipped
        .iter()
        .map(|skipped| Path::new(&skipped.path))
        .collect();
    assert_eq!(
        (set.len(), skipped),
        (4, vec![&*desk.path("gone.png"), &*desk.path("a")])
    );
    let strict = listed(
        &list,
        &LoadOptions {
            strict: true,
            ..LoadOptions::default()
        },
    )
    .unwrap_err()
    .to_string();
    assert!(strict.contains("gone.png: "), "{strict}");
}

#[test]
fn a_list_that_names_too_little_is_refused_in_one_line() {
    let said = |list: &str| {
        listed(list, &LoadOptions::default())
            .unwrap_err()
            .to_string()
    };
    let (_desk, list) = scattered();
    let one = list.lines().next().unwrap();
    assert_eq!(
        said(one),
        "the list: 1 usable, at least 2 images are needed"
    );
    assert!(
        said(&format!("{one}\ngone"))
            .starts_with("the list: 1 usable, at least 2 images are needed; 1 skipped, ")
    );
    assert!(said("\n\n").starts_with("the list holds no image (seen: nothing); supported are PNG"));
    let no_list = load_listed(
        Path::new("the list"),
        &b"\x93NUMPY\n"[..],
        &LoadOptions::default(),
    )
    .unwrap_err();
    assert!(
        no_list
            .to_string()
            .starts_with("the list is not a list of image files, one path per line"),
        "{no_list}"
    );
    assert!(
        listed(&list, &keyed("x"))
            .unwrap_err()
            .to_string()
            .starts_with("the list is no .npz archive")
    );
}

#[test]
fn the_command_learns_from_a_list_on_stdin_relative_to_the_current_folder() {
    let desk = Desk::with_pictures();
    let list = (0..10)
        .map(|index| format!("pictures/{index}.pgm"))
        .collect::<Vec<_>>()
        .join("\n");
    let run = desk
        .command("- -k 2 --json -o out")
        .write_stdin(list)
        .assert()
        .success();
    let report: serde_json::Value = serde_json::from_slice(&run.get_output().stdout).unwrap();
    assert_eq!(
        (&report["input"]["path"], &report["input"]["images"]),
        (&"-".into(), &10.into())
    );
    let nothing = "error: standard input holds no image (seen: nothing)";
    desk.command("-")
        .write_stdin("")
        .assert()
        .code(1)
        .stderr(predicates::str::starts_with(nothing));
}
