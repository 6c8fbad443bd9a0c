//! Folders of images: order, labels, names, sizes, limits, and what is noted about the pixels.

use std::fs;

use nmf_images::basis::Shape;

use nmf_images::images::{Fit, LoadOptions, Pixels, load};

use crate::helpers::{dot, folder, load_npy, message, npy, pgm, read, twice, units};

#[test]
fn images_come_in_natural_order() {
    let files: Vec<_> = [
        "2.pgm",
        "10.pgm",
        "1.pgm",
        "b/1.pgm",
        "a10/1.pgm",
        "a2/1.pgm",
    ]
    .map(|name| (name, dot(9)))
    .into();
    assert_eq!(
        read(&folder(&files)).names,
        [
            "1.pgm",
            "2.pgm",
            "10.pgm",
            "a2/1.pgm",
            "a10/1.pgm",
            "b/1.pgm"
        ]
    );
}

#[test]
fn sub_folders_are_labels() {
    let set = read(&folder(&[
        ("10/a.pgm", dot(1)),
        ("2/b.pgm", dot(2)),
        ("2/a.pgm", dot(3)),
        ("top.pgm", dot(4)),
    ]));
    assert_eq!(set.names, ["2/a.pgm", "2/b.pgm", "10/a.pgm", "top.pgm"]);
    let labels = set.labels.unwrap();
    assert_eq!(labels.names, [".", "2", "10"]);
    assert_eq!(labels.indices, [1, 1, 2, 0]);
}

#[test]
fn images_of_one_folder_have_no_labels() {
    assert_eq!(
        read(&folder(&[("a.pgm", dot(1)), ("b.pgm", dot(2))])).labels,
        None
    );
}

#[test]
fn hidden_files_and_texts_are_ignored_and_counted() {
    let set = read(&folder(&[
        ("a.pgm", dot(1)),
        ("b.pgm", dot(2)),
        (".DS_Store", vec![0, 0, 0, 1]),
        ("Thumbs.db", dot(3)),
        ("desktop.ini", dot(4)),
        ("._a.pgm", dot(5)),
        (".hidden/c.pgm", dot(6)),
        ("__MACOSX/._a.pgm", dot(7)),
        ("__MACOSX/b.pgm", dot(8)),
        ("README.txt", b"BM is how a bitmap begins".to_vec()),
        ("notes", b"P5 is a format".to_vec()),
        ("empty.csv", Vec::new()),
    ]));
    assert_eq!(set.names, ["a.pgm", "b.pgm"]);
    assert_eq!(set.skipped, []);
    assert_eq!(set.passed_over, 9, "the hidden folders count as one each");
    assert_eq!(set.notes, [""; 0]);
}

#[cfg(unix)]
#[test]
fn links_bring_each_image_once_and_never_loop() {
    use std::os::unix::fs::symlink;
    let elsewhere = folder(&[("real.pgm", dot(9))]);
    let folder = folder(&[("faces/a.pgm", dot(1)), ("faces/b.pgm", dot(2))]);
    let faces = folder.path().join("faces");
    symlink("..", faces.join("loop")).unwrap();
    symlink("/", faces.join("up")).unwrap();
    symlink("nowhere.pgm", faces.join("dead.pgm")).unwrap();
    symlink("self.pgm", faces.join("self.pgm")).unwrap();
    symlink("b.pgm", faces.join("again.pgm")).unwrap();
    symlink(elsewhere.path().join("real.pgm"), faces.join("c1.pgm")).unwrap();
    symlink(elsewhere.path().join("real.pgm"), faces.join("c2.pgm")).unwrap();
    symlink(&faces, folder.path().join("root")).unwrap();
    for root in ["faces", "root"] {
        let set = load(&folder.path().join(root), &LoadOptions::default()).unwrap();
        assert_eq!(set.names, ["a.pgm", "b.pgm", "c1.pgm"], "{root}");
        assert_eq!(set.notes.len(), 3, "{:?}", set.notes);
        assert!(
            set.notes[0].starts_with("2 links are broken: "),
            "{}",
            set.notes[0]
        );
        assert!(
            set.notes[1].starts_with("2 links to folders were not followed: "),
            "{}",
            set.notes[1]
        );
        assert_eq!(
            set.notes[2],
            "2 links point to images that are already included: again.pgm, …"
        );
    }
}

#[cfg(unix)]
#[test]
fn hostile_names_are_kept_as_they_are_and_escaped_in_messages() {
    let names = [
        "<img src=x onerror=1>.pgm",
        "a\"quote'.pgm",
        "line\nbreak.pgm",
    ];
    let files: Vec<_> = names.map(|name| (name, dot(9))).into();
    assert_eq!(read(&folder(&files)).names, names);
    let odd = folder(&[
        ("a.pgm", dot(1)),
        ("b.pgm", dot(2)),
        ("line\nbreak.pgm", pgm(2, 1, &[1, 2])),
    ]);
    assert!(message(odd.path(), &LoadOptions::default()).starts_with(r"line\nbreak.pgm is 2x1, "));
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_valid_text_are_read_too() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = folder(&[("a.pgm", dot(1))]);
    fs::write(folder.path().join(OsStr::from_bytes(b"b\xff.pgm")), dot(2)).unwrap();
    assert_eq!(read(&folder).names, ["a.pgm", "b\u{fffd}.pgm"]);
}

#[test]
fn the_odd_one_among_sizes_is_named() {
    let mut files: Vec<_> = (0..9)
        .map(|i| (format!("{i}.pgm"), pgm(4, 3, &[7; 12])))
        .collect();
    files.push(("s3/7.pgm".to_owned(), pgm(5, 4, &[7; 20])));
    let files: Vec<_> = files
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.clone()))
        .collect();
    assert_eq!(
        message(folder(&files).path(), &LoadOptions::default()),
        "s3/7.pgm is 5x4, the other 9 images are 4x3"
    );
}

#[test]
fn many_sizes_are_listed_with_counts_and_examples() {
    let mut files = vec![("x.pgm", dot(1)), ("y.pgm", dot(2))];
    files.extend(["a", "b", "c", "d"].map(|name| (name, pgm(2, 1, &[1, 2]))));
    files.push(("z.pgm", pgm(1, 3, &[1, 2, 3])));
    assert_eq!(
        message(folder(&files).path(), &LoadOptions::default()),
        "the images have 3 sizes: 4 are 2x1 (a, b, c, …), 2 are 1x1 (x.pgm, y.pgm), 1 is 1x3 (z.pgm)"
    );
}

#[test]
fn a_size_crops_from_the_centre_or_stretches() {
    // Wide: dark, middle, light thirds. The middle fills a square.
    let wide = pgm(6, 2, &[0, 0, 100, 100, 200, 200, 0, 0, 100, 100, 200, 200]);
    let exact = pgm(2, 2, &[3, 1, 4, 1]);
    let folder = folder(&[("exact.pgm", exact), ("wide.pgm", wide)]);
    let size = Some(Shape::new(2, 2));
    let cropped = load(
        folder.path(),
        &LoadOptions {
            size,
            ..LoadOptions::default()
        },
    )
    .unwrap();
    assert!(matches!(cropped.pixels, Pixels::U8(_)));
    assert_eq!(
        cropped.image_f32(0),
        units(&[3, 1, 4, 1]),
        "what has the size already is untouched"
    );
    assert_eq!(cropped.image_f32(1), units(&[100; 4]));
    let stretched = load(
        folder.path(),
        &LoadOptions {
            size,
            fit: Fit::Stretch,
            ..LoadOptions::default()
        },
    )
    .unwrap();
    let values = stretched.image_f32(1);
    assert!(
        values[0] < 0.25 && values[1] > 0.5,
        "both ends are seen: {values:?}"
    );
    assert_eq!(values[..2], values[2..]);
}

#[test]
fn a_size_without_pixels_or_beyond_all_memory_is_an_error() {
    let folder = folder(&[("a.pgm", dot(1)), ("b.pgm", dot(2))]);
    for (size, text) in [
        (Shape::new(0, 5), "5x0"),
        (Shape::new(1, 1 << 40), "1099511627776x1"),
    ] {
        let message = message(
            folder.path(),
            &LoadOptions {
                size: Some(size),
                ..LoadOptions::default()
            },
        );
        assert_eq!(
            message,
            format!("the size {text} is out of range: each side must be 1 to 30000 pixels")
        );
    }
}

#[test]
fn a_limit_takes_evenly_spread_images() {
    let files: Vec<_> = (0..10).map(|i| (format!("{i}.pgm"), dot(i))).collect();
    let files: Vec<_> = files
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.clone()))
        .collect();
    let folder = folder(&files);
    let names = |limit| {
        load(
            folder.path(),
            &LoadOptions {
                limit: Some(limit),
                ..LoadOptions::default()
            },
        )
        .unwrap()
        .names
    };
    assert_eq!(names(3), ["0.pgm", "3.pgm", "6.pgm"]);
    assert_eq!(names(5), ["0.pgm", "2.pgm", "4.pgm", "6.pgm", "8.pgm"]);
    assert_eq!(names(99).len(), 10);
    let message = message(
        folder.path(),
        &LoadOptions {
            limit: Some(1),
            ..LoadOptions::default()
        },
    );
    assert_eq!(
        message,
        "a limit of 1 is too small: at least 2 images are needed"
    );
}

#[test]
fn dark_ink_on_paper_is_noticed_and_inverted_only_when_asked() {
    let ink = |place: usize| {
        let mut values = [255; 9];
        values[place] = 0;
        pgm(3, 3, &values)
    };
    let folder = folder(&[("a.pgm", ink(0)), ("b.pgm", ink(4)), ("c.pgm", ink(8))]);
    let plain = read(&folder);
    assert_eq!(
        plain.notes,
        ["the mean intensity is 0.89; if this is dark ink on paper, pass --invert"]
    );
    assert_eq!(
        plain.image_f32(1),
        units(&[255, 255, 255, 255, 0, 255, 255, 255, 255])
    );
    let inverted = load(
        folder.path(),
        &LoadOptions {
            invert: true,
            ..LoadOptions::default()
        },
    )
    .unwrap();
    assert_eq!(inverted.image_f32(1), units(&[0, 0, 0, 0, 255, 0, 0, 0, 0]));
    assert_eq!(
        inverted.notes,
        ["6 pixels black in every image, which does no harm"]
    );
}

#[test]
fn bright_photographs_are_not_taken_for_paper() {
    let photo = pgm(3, 2, &[150, 180, 200, 190, 195, 255]);
    assert_eq!(twice(".pgm", photo).notes, [""; 0]);
}

#[test]
fn values_above_white_are_not_taken_for_paper() {
    let data: Vec<u8> = [1.0_f32, 200.0, 0.0, 255.0]
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    let set = load_npy(
        npy("'<f4'", "False", "(2, 1, 2)", &data),
        &LoadOptions::default(),
    )
    .unwrap();
    assert_eq!(
        set.notes,
        ["the largest value is 255.0000, not 1: pictures are drawn on that scale"]
    );
}

#[test]
fn black_images_and_dark_pixels_are_one_note() {
    let set = read(&folder(&[
        ("a.pgm", pgm(3, 1, &[1, 2, 0])),
        ("b.pgm", pgm(3, 1, &[3, 6, 0])),
        ("c.pgm", pgm(3, 1, &[0, 0, 0])),
    ]));
    assert_eq!(
        set.notes,
        ["1 black image (c.pgm), 1 pixel black in every image, which does no harm"]
    );
}

#[test]
fn strict_makes_a_skipped_file_an_error() {
    let folder = folder(&[
        ("a.pgm", dot(1)),
        ("b.pgm", dot(2)),
        ("bad.png", Vec::new()),
        ("x.png", b"text".to_vec()),
    ]);
    let message = message(
        folder.path(),
        &LoadOptions {
            strict: true,
            ..LoadOptions::default()
        },
    );
    assert_eq!(message, "bad.png: empty file (and 1 more file)");
}

#[test]
fn the_error_for_an_empty_folder_names_its_contents_and_the_supported_formats() {
    let empty = tempfile::tempdir().unwrap();
    let nothing = message(empty.path(), &LoadOptions::default());
    assert!(
        nothing.contains("contains no images (found: nothing); supported are PNG, JPEG, "),
        "{nothing}"
    );
    let texts = folder(&[
        ("a.txt", b"x".to_vec()),
        ("b.TXT", b"x".to_vec()),
        ("Makefile", b"x".to_vec()),
    ]);
    let other = message(texts.path(), &LoadOptions::default());
    assert!(
        other.contains("contains no images (found: 2 .txt, 1 without an extension); supported"),
        "{other}"
    );
}

#[test]
fn fewer_than_two_usable_images_are_an_error_with_the_reasons() {
    let folder = folder(&[
        ("a.pgm", dot(1)),
        ("b.png", Vec::new()),
        ("c.png", b"text".to_vec()),
    ]);
    let message = message(folder.path(), &LoadOptions::default());
    assert!(
        message.ends_with(
            ": 1 usable, at least 2 images are needed; 2 skipped, the first: b.png: empty file"
        ),
        "{message}"
    );
}

#[test]
fn the_error_for_a_path_that_is_no_folder_names_its_kind() {
    let folder = folder(&[("a.pgm", dot(1)), ("b.txt", b"text".to_vec())]);
    let at = |name| message(&folder.path().join(name), &LoadOptions::default());
    assert!(
        at("a.pgm")
            .ends_with("is one image, not a folder of images: pass the folder that holds it")
    );
    assert!(at("b.txt").contains(
        "b.txt is neither a folder of images nor a .npy file, a .npz archive, an IDX file"
    ));
    assert!(at("c").ends_with("c: no such file or folder"));
}

#[test]
fn svg_pictures_of_earlier_runs_are_ignored_as_png_pictures_are() {
    let folder = folder(&[
        ("a.pgm", dot(1)),
        ("b.pgm", dot(2)),
        ("mine.svg", b"<svg/>".to_vec()),
        ("run/model.npz", b"a model".to_vec()),
        ("run/parts.svg", b"<svg/>".to_vec()),
    ]);
    let set = read(&folder);
    let skipped: Vec<&str> = set.skipped.iter().map(|file| &*file.path).collect();
    assert_eq!((set.len(), skipped), (2, vec!["mine.svg"]));
    assert_eq!(set.passed_over, 2);
    let note = "1 picture of an earlier run was ignored".to_owned();
    assert!(set.notes.contains(&note), "{:?}", set.notes);
}
