//! Arrays as images: .npy files of every type, order and shape, and arrays in memory.

use ndarray::{Array2, array};

use nmf_images::basis::Shape;

use nmf_images::error::Error;

use nmf_images::images::{Block, ImageSet, Images, LoadOptions, Missing, Pixels};

use crate::helpers::{load_npy, npy, units};

#[test]
fn a_block_is_the_images_asked_for() {
    let set = ImageSet::from_u8(Shape::new(1, 2), array![[1, 2], [3, 4], [5, 6]]).unwrap();
    let Block::U8(bytes) = set.block(1..3) else {
        panic!("u8 stays u8")
    };
    assert_eq!(bytes[..], [3, 4, 5, 6]);
    let by_column = array![[0.1_f32, 0.3], [0.2, 0.4]].reversed_axes();
    let set = ImageSet::from_f32(Shape::new(1, 2), by_column).unwrap();
    let Block::F32(values) = set.block(0..2) else {
        panic!("f32 stays f32")
    };
    assert_eq!(values[..], [0.1, 0.2, 0.3, 0.4]);
    assert_eq!(set.names, ["0", "1"]);
    assert_eq!(set.len(), 2);
}

#[test]
fn an_array_of_wrong_values_or_width_is_refused_with_the_place() {
    let shape = Shape::new(2, 4);
    let mut values = Array2::<f32>::ones((3, 8));
    values[[2, 7]] = -0.1;
    values[[2, 3]] = -0.3;
    let error = ImageSet::from_f32(shape, values.clone()).unwrap_err();
    assert!(
        matches!(error, Error::Negative { count: 2, image: 2, row: 0, column: 3, minimum } if (-0.3..-0.29).contains(&minimum)),
        "{error}"
    );
    values[[1, 6]] = f32::NAN;
    let error = ImageSet::from_f32(shape, values).unwrap_err();
    assert!(
        matches!(
            error,
            Error::NotFinite {
                count: 1,
                image: 1,
                row: 1,
                column: 2
            }
        ),
        "{error}"
    );
    let error = ImageSet::from_u8(shape, Array2::zeros((3, 7))).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a row of 7 values is not an image of 4x2, which has 8"
    );
}

fn npy_message(bytes: Vec<u8>) -> String {
    let message = load_npy(bytes, &LoadOptions::default())
        .unwrap_err()
        .to_string();
    let (path, message) = message.split_once("array.data: ").unwrap();
    assert!(!path.contains(char::is_whitespace), "{path}");
    message.to_owned()
}

fn little<const N: usize, T: Copy>(values: &[T], bytes: impl Fn(T) -> [u8; N]) -> Vec<u8> {
    values.iter().flat_map(|&value| bytes(value)).collect()
}

#[test]
fn arrays_of_every_type_are_read() {
    let floats = [0.0_f32, 0.25, 0.5, 1.0];
    let doubles = floats.map(f64::from);
    let shorts = [0_u16, 128, 32768, 65535];
    let short_units = shorts.map(|value| f32::from(value) / 65535.0);
    let byte_units = units(&[0, 1, 128, 255]);
    let cases: [(&str, Vec<u8>, &[f32]); 8] = [
        ("'|u1'", vec![0, 1, 128, 255], &byte_units),
        ("'|b1'", vec![0, 1, 1, 0], &[0.0, 1.0, 1.0, 0.0]),
        ("'<u2'", little(&shorts, u16::to_le_bytes), &short_units),
        ("'>u2'", little(&shorts, u16::to_be_bytes), &short_units),
        ("'<f4'", little(&floats, f32::to_le_bytes), &floats),
        ("'>f4'", little(&floats, f32::to_be_bytes), &floats),
        ("'<f8'", little(&doubles, f64::to_le_bytes), &floats),
        ("'>f8'", little(&doubles, f64::to_be_bytes), &floats),
    ];
    for (descr, data, expected) in cases {
        let set = load_npy(
            npy(descr, "False", "(2, 1, 2)", &data),
            &LoadOptions::default(),
        )
        .unwrap();
        assert_eq!(
            set.to_f32().iter().copied().collect::<Vec<_>>(),
            expected,
            "{descr}"
        );
        assert_eq!(set.shape, Shape::new(1, 2));
        assert_eq!(set.names, ["0", "1"]);
        assert_eq!(
            matches!(set.pixels, Pixels::U8(_)),
            descr.starts_with("'|"),
            "{descr}"
        );
    }
}

#[test]
fn arrays_of_every_shape_are_read() {
    let data: Vec<u8> = (1..=12).collect();
    for (text, shape) in [
        ("(2, 3, 2)", Shape::new(3, 2)),
        ("(2, 3, 2, 1)", Shape::new(3, 2)),
        ("(2, 6)", Shape::new(1, 6)),
        ("(2, 1, 3, 2)", Shape::new(3, 2)),
        ("(1, 2, 3, 2)", Shape::new(3, 2)),
        ("(2L, 6L)", Shape::new(1, 6)),
        ("(np.int64(2), numpy.intp(3), 2,)", Shape::new(3, 2)),
        ("[2,3 , 2]", Shape::new(3, 2)),
    ] {
        let array = npy("'|u1'", "False", text, &data);
        let set = load_npy(array, &LoadOptions::default()).unwrap();
        assert_eq!(set.shape, shape, "{text}");
        assert_eq!(set.image_f32(1), units(&[7, 8, 9, 10, 11, 12]), "{text}");
    }
}

#[test]
fn an_array_laid_out_by_columns_is_the_same_array() {
    // a[i, j, k] = 4 i + 2 j + k, the first index fastest.
    let set = load_npy(
        npy("'|u1'", "True", "(2, 2, 2)", &[0, 4, 2, 6, 1, 5, 3, 7]),
        &LoadOptions::default(),
    )
    .unwrap();
    assert_eq!(set.image_f32(0), units(&[0, 1, 2, 3]));
    assert_eq!(set.image_f32(1), units(&[4, 5, 6, 7]));
}

#[test]
fn arrays_are_resized_folded_limited_and_inverted_like_folders() {
    let bytes = npy(
        "'|u1'",
        "False",
        "(4, 4)",
        &[
            10, 10, 10, 10, 20, 20, 20, 20, 30, 30, 30, 30, 40, 40, 40, 40,
        ],
    );
    let shape = Some(Shape::new(2, 2));
    let options = LoadOptions {
        shape,
        limit: Some(2),
        invert: true,
        ..LoadOptions::default()
    };
    let set = load_npy(bytes.clone(), &options).unwrap();
    assert_eq!(set.shape, Shape::new(2, 2));
    assert_eq!(set.names, ["0", "2"]);
    assert_eq!(set.image_f32(1), units(&[225; 4]));
    let wrong = LoadOptions {
        shape: Some(Shape::new(3, 3)),
        ..LoadOptions::default()
    };
    let error = load_npy(bytes, &wrong).unwrap_err().to_string();
    assert!(
        error.ends_with("a row of 4 values is not an image of 3x3, which has 9"),
        "{error}"
    );
    let images = npy(
        "'|u1'",
        "False",
        "(2, 2, 2)",
        &[10, 10, 10, 10, 20, 20, 20, 20],
    );
    let options = LoadOptions {
        size: Some(Shape::new(1, 3)),
        ..LoadOptions::default()
    };
    assert_eq!(
        load_npy(images, &options).unwrap().image_f32(1),
        units(&[20; 3])
    );
}

#[test]
fn negative_and_nan_array_values_are_refused_with_their_place() {
    let mut values = [0.5_f32; 24];
    values[2 * 8 + 7] = -0.1;
    let bytes = |values: &[f32]| {
        npy(
            "'<f4'",
            "False",
            "(3, 8)",
            &little(values, f32::to_le_bytes),
        )
    };
    assert_eq!(
        npy_message(bytes(&values)),
        "1 negative value down to -0.1, the first at image 2, row 0, column 7 (counted from 0): \
         parts need non-negative values; shift all values up, clip them at 0 or mask them"
    );
    values[3] = f32::NAN;
    values[4] = f32::INFINITY;
    assert_eq!(
        npy_message(bytes(&values)),
        "2 values are NaN or infinite, the first at image 0, row 0, column 3 (counted from 0)"
    );
}

#[test]
fn forged_and_broken_arrays_are_refused_before_memory_is_reserved() {
    assert_eq!(
        npy_message(npy("'<f8'", "False", "(1000000000, 1000000000)", &[0; 16])),
        "truncated: shape [1000000000, 1000000000] needs 8000000000000000000 bytes, the file holds 16"
    );
    let most = usize::MAX;
    let endless = npy(
        "'<f8'",
        "False",
        &format!("({most}, {most}, {most})"),
        &[0; 16],
    );
    assert!(npy_message(endless).starts_with("truncated: "));
    assert!(npy_message(npy("'|u1'", "False", "(2, 3)", &[0; 5])).starts_with("truncated: "));
    let header = "the .npy header cannot be read; save the array again with numpy.save";
    assert_eq!(
        npy_message(b"\x93NUMPY\x02\x00\xff\xff\xff\x7f{'descr'".to_vec()),
        header
    );
    assert_eq!(npy_message(b"\x93NUMPY".to_vec()), header);
    assert_eq!(
        npy_message(npy("'|u1'", "False", "(-2, 3)", &[0; 6])),
        header
    );
}

#[test]
fn headers_of_every_version_and_writer_are_read() {
    let text = "{\"shape\" : (2,3,2,) ,'fortran_order':False,\n\"descr\":u\"|u1\",}   \n";
    let length = text.len() as u32;
    for version in [1, 2, 3] {
        let size = if version == 1 {
            (length as u16).to_le_bytes().to_vec()
        } else {
            length.to_le_bytes().to_vec()
        };
        let data: Vec<u8> = (1..=12).collect();
        let start = [b"\x93NUMPY", &[version, 0][..], &size].concat();
        let bytes = [&start, text.as_bytes(), &data].concat();
        let set = load_npy(bytes, &LoadOptions::default()).unwrap();
        assert_eq!(set.shape, Shape::new(3, 2), "{version}");
        assert_eq!(set.image_f32(1), units(&[7, 8, 9, 10, 11, 12]), "{version}");
    }
}

#[test]
fn integers_of_every_type_from_0_to_255_are_8_bit_grey_levels() {
    let cases: [(&str, Vec<u8>); 10] = [
        ("'|i1'", little(&[0_i8, 1, 100, 127], i8::to_le_bytes)),
        ("'<i2'", little(&[0_i16, 1, 100, 127], i16::to_le_bytes)),
        ("'>i2'", little(&[0_i16, 1, 100, 127], i16::to_be_bytes)),
        ("'<i4'", little(&[0_i32, 1, 100, 127], i32::to_le_bytes)),
        ("'>i4'", little(&[0_i32, 1, 100, 127], i32::to_be_bytes)),
        ("'<u4'", little(&[0_u32, 1, 100, 127], u32::to_le_bytes)),
        ("'>u4'", little(&[0_u32, 1, 100, 127], u32::to_be_bytes)),
        ("'<i8'", little(&[0_i64, 1, 100, 127], i64::to_le_bytes)),
        ("'>i8'", little(&[0_i64, 1, 100, 127], i64::to_be_bytes)),
        ("'<u8'", little(&[0_u64, 1, 100, 127], u64::to_le_bytes)),
    ];
    for (descr, data) in cases {
        for (order, row) in [("False", [100, 127]), ("True", [1, 127])] {
            let array = npy(descr, order, "(2, 1, 2)", &data);
            let set = load_npy(array, &LoadOptions::default()).unwrap();
            assert!(matches!(set.pixels, Pixels::U8(_)), "{descr}");
            assert_eq!(set.image_f32(1), units(&row), "{descr} {order}");
            assert!(
                set.notes[0].starts_with("whole numbers from 0 to 255 ("),
                "{:?}",
                set.notes
            );
        }
    }
}

#[test]
fn larger_integers_and_half_floats_keep_their_values() {
    let cases: [(&str, Vec<u8>, [f32; 2]); 5] = [
        (
            "'<i2'",
            little(&[300_i16, 7], i16::to_le_bytes),
            [300.0, 7.0],
        ),
        (
            "'>u4'",
            little(&[65_536_u32, 0], u32::to_be_bytes),
            [65_536.0, 0.0],
        ),
        (
            "'<i8'",
            little(&[4000_i64, 1], i64::to_le_bytes),
            [4000.0, 1.0],
        ),
        ("'<f2'", vec![0x00, 0x3c, 0x00, 0x38], [1.0, 0.5]),
        ("'>f2'", vec![0x3c, 0x00, 0x38, 0x00], [1.0, 0.5]),
    ];
    for (descr, data, expected) in cases {
        let array = npy(descr, "False", "(2, 1, 1)", &data);
        let set = load_npy(array, &LoadOptions::default()).unwrap();
        assert_eq!(
            set.pixels,
            Pixels::F32(array![[expected[0]], [expected[1]]]),
            "{descr}"
        );
        assert!(
            set.notes.iter().all(|note| !note.contains("rounded")),
            "{:?}",
            set.notes
        );
    }
    let odd = little(&[16_777_217_i64, 1], i64::to_le_bytes);
    let set = load_npy(
        npy("'<i8'", "False", "(2, 1, 1)", &odd),
        &LoadOptions::default(),
    )
    .unwrap();
    assert!(
        set.notes[0].starts_with("whole numbers (int64) above 16777216 are rounded"),
        "{:?}",
        set.notes
    );
}

#[test]
fn the_meaning_of_integers_is_that_of_the_whole_array() {
    let values = little(&[1_i32, 2, 3, 1000], i32::to_le_bytes);
    let options = LoadOptions {
        limit: Some(2),
        ..LoadOptions::default()
    };
    let set = load_npy(npy("'<i4'", "False", "(4, 1, 1)", &values), &options).unwrap();
    assert_eq!(
        set.pixels,
        Pixels::F32(array![[1.0], [3.0]]),
        "an image that is not chosen has a value above 255"
    );
}

#[test]
fn negative_integers_are_refused_with_their_place() {
    for (descr, data) in [
        ("'|i1'", little(&[1_i8, 2, -3, -1], i8::to_le_bytes)),
        ("'>i2'", little(&[1_i16, 2, -3, -1], i16::to_be_bytes)),
        ("'<i8'", little(&[1_i64, 2, -3, -1], i64::to_le_bytes)),
    ] {
        let message = npy_message(npy(descr, "False", "(2, 1, 2)", &data));
        assert!(
            message
                .starts_with("2 negative values down to -3, the first at image 1, row 0, column 0"),
            "{message}"
        );
    }
}

#[test]
fn colour_arrays_become_grey_with_a_note() {
    // Luma by hand: 0.2126 * 255 = 54.2; 0.7152 * 255 = 182.4; 0.0722 * 255 = 18.4.
    let last = [255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9];
    let first = [255, 0, 0, 255, 0, 0, 0, 9, 0, 9, 255, 9];
    let alpha = [255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 9, 9, 9, 0];
    let long = npy("'<i8'", "False", "(2, 1, 2, 3)", &[]);
    assert!(npy_message(long).starts_with("truncated: "));
    for (shape, data, place, grey) in [
        ("(2, 2, 1, 3)", &last[..], "last", [54, 182, 18, 9]),
        ("(2, 3, 1, 2)", &first[..], "second", [54, 182, 18, 9]),
        ("(2, 2, 1, 4)", &alpha[..], "last", [54, 182, 18, 255]),
    ] {
        let set = load_npy(npy("'|u1'", "False", shape, data), &LoadOptions::default()).unwrap();
        assert_eq!(set.len(), 2, "{shape}");
        let pixels = [set.image_f32(0), set.image_f32(1)].concat();
        assert_eq!(pixels, units(&grey), "{shape}");
        let note = &set.notes[0];
        assert!(
            note.contains(&format!("the {place} side is read as colour")),
            "{note}"
        );
    }
    let missing = LoadOptions {
        missing: Some(Missing::Alpha),
        ..LoadOptions::default()
    };
    let set = load_npy(npy("'|u1'", "False", "(2, 2, 1, 4)", &alpha), &missing).unwrap();
    let mask = set.mask.unwrap();
    assert!(mask.unknown() == 1 && !mask.is_known(1, 1));
    let floats = little(&[0.5_f32, 0.25, 1.0, 0.5, 0.5, 0.5], f32::to_le_bytes);
    let set = load_npy(
        npy("'<f4'", "False", "(2, 1, 1, 3)", &floats),
        &LoadOptions::default(),
    );
    let message = set.unwrap_err().to_string();
    assert!(
        message.contains("the array's shape is [2, 1, 1, 3]; allowed are"),
        "{message}"
    );
    let floats = little(&[0.5_f32; 16], f32::to_le_bytes);
    let set = load_npy(
        npy("'<f4'", "False", "(2, 2, 1, 4)", &floats),
        &LoadOptions::default(),
    );
    assert_eq!(
        set.unwrap().image_f32(0),
        [0.75; 2],
        "half cover over white"
    );
    let loud = little(&[200.0_f32; 16], f32::to_le_bytes);
    assert!(
        npy_message(npy("'<f4'", "False", "(2, 2, 1, 4)", &loud))
            .starts_with("the alpha channel holds 200, but must be 0 to 1 in floats")
    );
}

#[test]
fn a_colour_image_saved_alone_is_asked_about() {
    let set = load_npy(
        npy("'|u1'", "False", "(12, 12, 3)", &[7; 432]),
        &LoadOptions::default(),
    )
    .unwrap();
    assert_eq!((set.len(), set.shape), (12, Shape::new(12, 3)));
    let is_asked = |note: &String| note.contains("if it is one colour image of 12x12");
    assert!(set.notes.iter().any(is_asked), "{:?}", set.notes);
}

#[test]
fn rows_of_one_value_are_no_images_unless_asked_for() {
    let labels = npy("'|u1'", "False", "(4, 1)", &[3, 1, 3, 1]);
    assert!(npy_message(labels.clone()).starts_with("the array has 4 rows of one value each"));
    let options = LoadOptions {
        shape: Some(Shape::new(1, 1)),
        ..LoadOptions::default()
    };
    assert_eq!(load_npy(labels, &options).unwrap().len(), 4);
}

#[test]
fn a_turned_table_is_named_and_read_on_request() {
    // Two images of three pixels, one per column.
    let table = [1, 10, 2, 20, 3, 30];
    let shape = Some(Shape::new(3, 1));
    let options = LoadOptions {
        shape,
        ..LoadOptions::default()
    };
    let message = load_npy(npy("'|u1'", "False", "(3, 2)", &table), &options)
        .unwrap_err()
        .to_string();
    let expected = "a row of 2 values is not an image of 1x3, but a column of 3 values is: transpose the table";
    assert!(message.ends_with(expected), "{message}");
    let transpose = LoadOptions {
        transpose: true,
        ..options
    };
    for (order, data) in [("False", table), ("True", [1, 2, 3, 10, 20, 30])] {
        let set = load_npy(npy("'|u1'", order, "(3, 2)", &data), &transpose).unwrap();
        assert_eq!(
            set.pixels,
            Pixels::U8(array![[1, 2, 3], [10, 20, 30]]),
            "{order}"
        );
    }
    let cube = npy("'|u1'", "False", "(2, 2, 2)", &[0; 8]);
    let message = load_npy(cube, &transpose).unwrap_err().to_string();
    assert!(message.contains("is not that of a table"), "{message}");
}

#[test]
fn arrays_of_other_types_and_shapes_are_refused_by_name() {
    for (descr, words) in [
        ("'<c16'", "<c16, complex numbers; allowed are "),
        (
            "'|O'",
            "|O, Python objects, often images of different sizes",
        ),
        ("'<U7'", "<U7, text"),
        ("'<M8[ns]'", "<M8[ns], dates or times"),
        ("'|V2'", "|V2, raw bytes, such as bfloat16"),
        ("'<f16'", "<f16, floats of extended precision"),
        ("[('a', '<f4')]", "[('a', '<f4')], records"),
        ("'<\x1b\n4'", r"<\u{1b}\n4, another type"),
    ] {
        let message = npy_message(npy(descr, "False", "(2, 2)", &[0; 128]));
        assert!(
            message.starts_with(&format!("the array holds {words}")),
            "{message}"
        );
    }
    for shape in ["(2, 3, 2, 3)", "(2, 1, 2, 4)"] {
        let message = npy_message(npy("'|u1'", "False", shape, &[0; 36]));
        let cure = "the second and the last side can both be the channels";
        assert!(message.contains(cure), "{message}");
    }
    for (shape, shown) in [
        ("(4,)", "[4]"),
        ("(2, 2, 2, 2)", "[2, 2, 2, 2]"),
        ("(2, 3, 2, 3)", "[2, 3, 2, 3]"),
        ("(2, 1, 2, 3)", "[2, 1, 2, 3]"),
        ("(2, 2, 1, 2, 1)", "[2, 2, 1, 2, 1]"),
        ("(2, 0)", "[2, 0]"),
        ("()", "[]"),
    ] {
        let message = npy_message(npy("'|u1'", "False", shape, &[0; 36]));
        assert!(
            message.starts_with(&format!("the array's shape is {shown}; allowed are ")),
            "{message}"
        );
    }
    assert!(
        npy_message(npy("'|u1'", "False", "(1, 4)", &[0; 4]))
            .ends_with("at least 2 images are needed")
    );
}
