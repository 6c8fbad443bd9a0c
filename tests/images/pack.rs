//! Packing images into one array: reading it gives the images that were packed.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use nmf_images::Shape;
use nmf_images::images::{ImageSet, LoadOptions, Packed, Pixels, ValueType, load, pack};

use crate::command::{self, Desk, pgm};

fn packed(path: &Path, options: &LoadOptions) -> (Packed, Vec<u8>) {
    let mut file = Cursor::new(Vec::new());
    (pack(path, options, &mut file).unwrap(), file.into_inner())
}

/// The set of an array with its names beside it.
fn read_again(desk: &Desk, packed: &Packed, array: &[u8]) -> ImageSet {
    desk.write("packed/set.npy", array);
    desk.write("packed/set.names", packed.lines());
    load(&desk.path("packed/set.npy"), &LoadOptions::default()).unwrap()
}

fn same(a: &ImageSet, b: &ImageSet) -> bool {
    a.pixels == b.pixels && (&a.names, &a.labels, a.shape) == (&b.names, &b.labels, b.shape)
}

#[test]
fn a_folder_comes_back_with_its_names_and_labels() {
    let digits = Path::new("assets/digits");
    let (packed, array) = packed(digits, &LoadOptions::default());
    let again = read_again(&Desk::empty(), &packed, &array);
    assert!(same(
        &again,
        &load(digits, &LoadOptions::default()).unwrap()
    ));
    assert!(
        again
            .notes
            .contains(&"names are read from set.names".to_owned()),
        "{:?}",
        again.notes
    );
}

#[test]
fn sizes_and_limits_are_those_of_reading() {
    let options = LoadOptions {
        size: Some(Shape::new(20, 10)),
        limit: Some(33),
        ..LoadOptions::default()
    };
    let faces = Path::new("assets/faces");
    let (packed, array) = packed(faces, &options);
    assert!(same(
        &read_again(&Desk::empty(), &packed, &array),
        &load(faces, &options).unwrap()
    ));
}

/// One picture of 16 bits makes integers of 16 bits of all, of those before it too.
#[test]
fn a_finer_image_makes_16_bits_of_all() {
    let desk = Desk::with_pictures();
    let fine: Vec<u8> = (0..48_u16)
        .flat_map(|value| (1000 * value).to_be_bytes())
        .collect();
    desk.write(
        "pictures/z.pgm",
        [b"P5\n8 6\n65535\n".to_vec(), fine].concat(),
    );
    let (packed, array) = packed(&desk.path("pictures"), &LoadOptions::default());
    assert_eq!(packed.values, ValueType::Shorts);
    let values: usize = packed.names.len() * packed.shape.pixels();
    assert_eq!(array.len(), 128 + 2 * values);
    let again = read_again(&desk, &packed, &array);
    assert!(matches!(again.pixels, Pixels::F32(_)));
    assert!(same(
        &again,
        &load(&desk.path("pictures"), &LoadOptions::default()).unwrap()
    ));
}

/// An array of 16 bits keeps its values, and floats that 16 bits do not represent stay floats.
#[test]
fn arrays_keep_the_smallest_exact_type() {
    let desk = Desk::empty();
    let values = ndarray::Array3::from_shape_fn((3, 2, 2), |(image, row, column)| {
        u16::try_from(21_000 * image + 300 * row + column).unwrap()
    });
    desk.write_npy("u16.npy", &values);
    let (packed_shorts, array) = packed(&desk.path("u16.npy"), &LoadOptions::default());
    assert_eq!(packed_shorts.values, ValueType::Shorts);
    let stored: Vec<u16> = array[128..]
        .as_chunks()
        .0
        .iter()
        .map(|&bytes| u16::from_le_bytes(bytes))
        .collect();
    assert_eq!(stored, values.as_slice().unwrap());
    desk.write_npy("f32.npy", &values.mapv(|value| f32::from(value) / 65536.0));
    let (packed_floats, array) = packed(&desk.path("f32.npy"), &LoadOptions::default());
    assert_eq!(packed_floats.values, ValueType::Floats);
    assert_eq!(array.len(), 128 + 4 * values.len());
}

#[test]
fn names_of_any_sign_come_back() {
    let desk = Desk::empty();
    let names = [
        "a\nb.pgm",
        "back\\slash.pgm",
        "plain.pgm",
        "\u{1b}[31mred.pgm",
    ];
    for (index, name) in names.iter().enumerate() {
        desk.write(&format!("odd/{name}"), pgm(2, 1, &[index as u8, 9]));
    }
    let (packed, array) = packed(&desk.path("odd"), &LoadOptions::default());
    assert_eq!(packed.lines().lines().count(), 4);
    assert!(same(
        &read_again(&desk, &packed, &array),
        &load(&desk.path("odd"), &LoadOptions::default()).unwrap()
    ));
}

#[test]
fn unreadable_images_are_skipped_and_reported() {
    let desk = Desk::with_pictures();
    desk.write("pictures/bad.png", "no picture");
    let (packed, _) = packed(&desk.path("pictures"), &LoadOptions::default());
    assert_eq!(
        (packed.names.len(), packed.skipped.len()),
        (command::COUNT, 1)
    );
    assert_eq!(packed.skipped[0].path, "bad.png");
}

#[test]
fn two_sizes_are_refused_wherever_they_meet() {
    let desk = Desk::empty();
    for index in 0..2100 {
        desk.write(&format!("many/{index}.pgm"), pgm(2, 1, &[1, 2]));
    }
    desk.write("many/9999.pgm", pgm(1, 2, &[1, 2]));
    let error = pack(
        &desk.path("many"),
        &LoadOptions::default(),
        &mut Cursor::new(Vec::new()),
    )
    .unwrap_err();
    assert!(error.to_string().contains("9999.pgm"), "{error}");
}

#[test]
fn names_that_do_not_fit_are_ignored_with_a_note() {
    let desk = Desk::empty();
    let (packed, array) = packed(Path::new("assets/digits/3"), &LoadOptions::default());
    let count = packed.names.len();
    desk.write("set.npy", &array);
    desk.write("set.names", "only one\n");
    let set = load(&desk.path("set.npy"), &LoadOptions::default()).unwrap();
    assert_eq!(set.names[1], "1", "by their index");
    let said = format!("set.names is skipped: it has 1 names for {count} images");
    assert!(set.notes.contains(&said), "{:?}", set.notes);
}

#[test]
fn the_command_writes_both_files_and_what_it_made_is_learned_from() {
    let desk = Desk::with_pictures();
    let run = desk
        .command("pack pictures --out small.npy")
        .output()
        .unwrap();
    assert!(run.status.success());
    let said = String::from_utf8(run.stdout).unwrap();
    assert_eq!(said, "12 images of 8x6, 8 bit: small.npy\n");
    assert_eq!(desk.files("."), ["pictures", "small.names", "small.npy"]);
    desk.command("small.npy -k 2 --only parts -q")
        .assert()
        .success();
    desk.command("pictures -k 2 --only parts -q -o other")
        .assert()
        .success();
    let model = |out: &str| fs::read(desk.path(out).join("model.npz")).unwrap();
    assert!(model("output") == model("other"), "of one set, two models");
}

#[test]
fn a_list_of_files_is_packed_in_its_order() {
    let desk = Desk::with_pictures();
    let run = desk
        .command("pack - --out listed.npy -q")
        .write_stdin("pictures/7.pgm\n\npictures/2.pgm\n")
        .output()
        .unwrap();
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    let set = load(&desk.path("listed.npy"), &LoadOptions::default()).unwrap();
    assert_eq!(set.names, ["pictures/7.pgm", "pictures/2.pgm"]);
    let folder = load(&desk.path("pictures"), &LoadOptions::default()).unwrap();
    assert_eq!(
        [set.image_f32(0), set.image_f32(1)],
        [folder.image_f32(7), folder.image_f32(2)]
    );
}

#[test]
fn the_array_that_is_read_is_not_written_over() {
    let desk = Desk::with_pictures();
    desk.command("pack pictures --out small.npy -q")
        .assert()
        .success();
    let before = fs::read(desk.path("small.npy")).unwrap();
    let run = desk
        .command("pack small.npy --limit 2 --out pictures/../small.npy")
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8(run.stderr).unwrap(),
        "error: small.npy is read by this run and would be overwritten: choose another name with --out\n"
    );
    assert!(!run.status.success() && fs::read(desk.path("small.npy")).unwrap() == before);
}

#[test]
fn what_cannot_be_packed_leaves_nothing() {
    let desk = Desk::with_pictures();
    let said = |line: &str| {
        let run = desk.command(line).output().unwrap();
        assert!(!run.status.success(), "{line}");
        String::from_utf8(run.stderr).unwrap()
    };
    assert!(said("pack pictures --out small.png").contains("must end in .npy"));
    assert!(
        said("pack pictures --out small.npy --invert").contains("cannot be stored in an array")
    );
    desk.write("empty/readme.txt", "nothing");
    assert!(
        said("pack empty --out small.npy").contains("empty contains no images (found: 1 .txt)")
    );
    assert!(said("pack nowhere --out small.npy").contains("nowhere"));
    assert_eq!(desk.files("."), ["empty", "pictures"]);
}
