//! Arrays as images: .npy files of every type, order and shape, and arrays in memory.

use ndarray::{Array2, array};

use nmf_images::basis::Shape;

use nmf_images::error::Error;

use nmf_images::images::{Block, ImageSet, Images, LoadOptions, Pixels};

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
        ("(3L, 4)", Shape::new(0, 0)),
    ] {
        let loaded = load_npy(npy("'|u1'", "False", text, &data), &LoadOptions::default());
        if shape.pixels() == 0 {
            assert!(loaded.is_err(), "{text}");
            continue;
        }
        let set = loaded.unwrap();
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
fn arrays_of_other_types_and_shapes_are_refused_by_name() {
    assert!(
        npy_message(npy("'<i8'", "False", "(2, 2)", &[0; 32]))
            .starts_with("the array holds <i8; allowed are u8, ")
    );
    assert!(
        npy_message(npy("[('a', '<f4')]", "False", "(2, 2)", &[0; 32]))
            .starts_with("the array holds [('a', '<f4')]")
    );
    assert!(
        npy_message(npy("'<\x1b\n4'", "False", "(2, 2)", &[0; 32]))
            .starts_with(r"the array holds <\u{1b}\n4; allowed")
    );
    for (shape, shown) in [
        ("(4,)", "[4]"),
        ("(2, 2, 2, 3)", "[2, 2, 2, 3]"),
        ("(2, 0)", "[2, 0]"),
        ("()", "[]"),
    ] {
        let message = npy_message(npy("'|u1'", "False", shape, &[0; 24]));
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
