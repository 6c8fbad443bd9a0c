//! Archives of arrays (.npz), stored and compressed.

use ndarray::{Array1, Array2, Array3, ArrayD, IxDyn, array};

use nmf_images::Shape;

use nmf_images::images::{LoadOptions, Missing, Pixels, load};

use zip::CompressionMethod;

use crate::command::{self, Desk};

use crate::input_files::{archive, four, keyed, npy, read, said_of, said_with};

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
            [
                "images are read from the array x, the only one of shape (n, height, width); to read another one, \
                 pass --key",
                "the array y has one value per image; if these are the labels, pass --label y"
            ],
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
fn labels_in_one_column_are_not_images() {
    let images = Array2::from_shape_fn((4, 6), |(row, column)| (10 * row + column) as u8);
    let column = Array2::from_shape_vec((4, 1), vec![3_i64, 1, 3, 1]).unwrap();
    let entries = [("labels.npy", npy(&column)), ("images.npy", npy(&images))];
    let desk = Desk::empty();
    desk.write("set.npz", archive(CompressionMethod::Stored, &entries));
    let set = read(&desk, "set.npz", &LoadOptions::default());
    assert_eq!(set.pixels, Pixels::U8(images));
    let message = said_with(
        &archive(CompressionMethod::Stored, &entries),
        &keyed("labels"),
    );
    assert!(
        message.starts_with(": `labels`: the array has 4 rows of one value each"),
        "{message}"
    );
}

/// An array of texts, as `numpy.array(['b', 'a', …])` is saved.
fn texts(texts: &[&str]) -> Vec<u8> {
    let shape = format!("({},)", texts.len());
    let data: Vec<u8> = texts
        .iter()
        .flat_map(|text| text.chars())
        .flat_map(|sign| u32::from(sign).to_le_bytes())
        .collect();
    crate::helpers::npy("'<U1'", "False", &shape, &data)
}

#[test]
fn a_single_row_beside_a_table_is_not_the_images() {
    let table = Array2::from_shape_fn((4, 6), |(row, column)| (10 * row + column) as u8);
    let entries = [
        ("y.npy", npy(&array![[1_i64, 2, 1, 2]])),
        ("X.npy", npy(&table)),
    ];
    let desk = Desk::empty();
    desk.write("set.npz", archive(CompressionMethod::Stored, &entries));
    let set = read(&desk, "set.npz", &LoadOptions::default());
    assert_eq!(set.pixels, Pixels::U8(table));
}

#[test]
fn the_note_says_how_an_array_is_the_only_one() {
    let table = npy(&Array2::<u8>::ones((4, 6)));
    let mean = npy(&Array2::<u8>::ones((1, 6)));
    let images = npy(&Array3::<u8>::ones((4, 2, 3)));
    let mean_image = npy(&Array3::<u8>::ones((1, 2, 3)));
    let names = texts(&["a", "b", "a", "b"]);
    let other = "; to read another one, pass --key";
    for (entries, why) in [
        (
            vec![table.clone(), names],
            "the only one that can hold images".to_owned(),
        ),
        (
            vec![table.clone(), mean.clone()],
            format!("the only one with several images{other}"),
        ),
        (
            vec![images.clone(), mean_image.clone()],
            format!("the only one with several images{other}"),
        ),
        (
            vec![images.clone(), table.clone()],
            format!("the only one of shape (n, height, width){other}"),
        ),
        (
            vec![images, table, mean_image],
            format!("the only one with several images of shape (n, height, width){other}"),
        ),
    ] {
        let keys = ["x.npy", "m.npy", "o.npy"];
        let entries: Vec<_> = keys.into_iter().zip(entries).collect();
        let desk = Desk::empty();
        desk.write("set.npz", archive(CompressionMethod::Stored, &entries));
        let set = read(&desk, "set.npz", &LoadOptions::default());
        let note = format!("images are read from the array x, {why}");
        assert!(set.notes.contains(&note), "{note}: {:?}", set.notes);
    }
}

#[test]
fn labels_of_another_shape_are_refused_before_they_are_read() {
    let images = npy(&Array3::<u8>::ones((4, 1, 2)));
    let cube = npy(&Array3::from_elem((4, 1, 77), 9_u8));
    let mut bytes = archive(
        CompressionMethod::Stored,
        &[("X.npy", images), ("y.npy", cube)],
    );
    // The checksum is no longer right.
    let place = bytes.windows(9).position(|run| run == [9; 9]).unwrap();
    bytes[place] = 8;
    let options = LoadOptions {
        key: Some("X".to_owned()),
        label: Some("y".to_owned()),
        ..LoadOptions::default()
    };
    let message = said_with(&bytes, &options);
    assert!(
        message.contains("[4, 1, 77], which is not that of labels"),
        "{message}"
    );
}

#[test]
fn a_table_whose_rows_have_another_size_is_named() {
    let table = Array2::<u8>::ones((6, 4));
    let entries = [
        ("X.npy", npy(&table)),
        ("y.npy", npy(&array![1_u8, 2, 1, 2])),
    ];
    let bytes = archive(CompressionMethod::Stored, &entries);
    let shaped = |height, width| LoadOptions {
        shape: Some(Shape::new(height, width)),
        ..LoadOptions::default()
    };
    let turned = ": `X`: a row of 4 values is not an image of 3x2, but a column of 6 values is: transpose the table";
    assert_eq!(said_with(&bytes, &shaped(2, 3)), turned);
    let other = ": `X`: a row of 4 values is not an image of 3x3, which has 9";
    assert_eq!(said_with(&bytes, &shaped(3, 3)), other);
    let desk = Desk::empty();
    desk.write("set.npz", bytes);
    let transpose = LoadOptions {
        transpose: true,
        ..shaped(2, 3)
    };
    let set = read(&desk, "set.npz", &transpose);
    assert_eq!((set.names.len(), set.shape), (4, Shape::new(2, 3)));
}

#[test]
fn labels_are_the_array_that_is_named() {
    let images = npy(&Array3::from_shape_fn((4, 1, 2), |(image, _, _)| {
        image as u8 + 1
    }));
    let labelled = |label: &str| LoadOptions {
        label: Some(label.to_owned()),
        ..LoadOptions::default()
    };
    for (labels, names) in [
        (npy(&array![7_i64, 10, 7, 10]), ["7", "10"]),
        (npy(&array![[7_u8], [10], [7], [10]]), ["7", "10"]),
        (npy(&array![[7_i16, 10, 7, 10]]), ["7", "10"]),
        (npy(&array![7_f64, 10.0, 7.0, 10.0]), ["7", "10"]),
        (texts(&["a", "b", "a", "b"]), ["a", "b"]),
        // Labels that single precision does not tell apart.
        (
            npy(&array![
                20_230_101_f64,
                20_230_102.0,
                20_230_101.0,
                20_230_102.0
            ]),
            ["20230101", "20230102"],
        ),
        (
            npy(&array![u64::MAX - 1, u64::MAX, u64::MAX - 1, u64::MAX]),
            ["18446744073709551614", "18446744073709551615"],
        ),
    ] {
        let entries = [("X.npy", images.clone()), ("y.npy", labels)];
        let desk = Desk::empty();
        desk.write("set.npz", archive(CompressionMethod::Deflated, &entries));
        let set = read(&desk, "set.npz", &labelled("y"));
        let found = set.labels.unwrap();
        assert_eq!(
            (&found.names[..], found.indices),
            (&names.map(str::to_owned)[..], vec![0, 1, 0, 1])
        );
        assert!(
            set.notes
                .contains(&"2 distinct labels are read from the array y".to_owned()),
            "{:?}",
            set.notes
        );
        let limited = LoadOptions {
            limit: Some(2),
            ..labelled("y")
        };
        let set = read(&desk, "set.npz", &limited);
        assert_eq!(set.labels.unwrap().indices, [0, 0]);
        let set = read(&desk, "set.npz", &LoadOptions::default());
        let note = "the array y has one value per image; if these are the labels, pass --label y";
        assert!(
            set.labels.is_none() && set.notes.iter().any(|found| found == note),
            "{:?}",
            set.notes
        );
    }
    let entries = [("X.npy", images.clone()), ("y.npy", npy(&array![7, 10, 7]))];
    let bytes = archive(CompressionMethod::Stored, &entries);
    assert_eq!(
        said_with(&bytes, &labelled("y")),
        ": 3 labels for 4 images: one label per image is needed"
    );
    assert_eq!(
        said_with(&bytes, &labelled("z")),
        ": `z`: the archive has no array `z`; it has: X [4, 1, 2], y [3]"
    );
    let one_hot = [
        ("X.npy", images),
        ("y.npy", npy(&Array2::<u8>::zeros((4, 2)))),
    ];
    let message = said_with(
        &archive(CompressionMethod::Stored, &one_hot),
        &labelled("y"),
    );
    assert!(
        message.contains("is not that of labels; allowed are (n), (n, 1) and (1, n)"),
        "{message}"
    );
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
        ": this archive has several arrays that can hold images: x_train [4, 2, 2], \
         x_test [3, 2, 2]"
    );
    let missing =
        ": the archive has no array `x_trian`; it has: x_train [4, 2, 2], x_test [3, 2, 2]";
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
    let seen = ": no array in this archive can hold images (found: y [2]); allowed are (n, height, width), ";
    assert!(said_of(&many).starts_with(seen), "{}", said_of(&many));
    let named = said_with(&archive(stored, &[("0.png", vec![0])]), &keyed("x"));
    assert!(
        named.starts_with(": the archive has no array `x`; it has: none"),
        "{named}"
    );
    let words = said_with(&mixed(stored), &keyed("names"));
    assert!(
        words.starts_with(": `names`: the array holds <U1, text; allowed are "),
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
            said.starts_with(": no array in this archive can hold images (found: none)"),
            "{said}"
        );
        let said = said_with(&archive(method, &[("x.npy", forged.clone())]), &keyed("x"));
        assert!(
            said.starts_with(": `x`: truncated: shape [99999999, 99] needs 9899999901 bytes"),
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
            "can hold images: a [12, 6, 8], b [12, 6, 8]; choose one with --key",
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
