//! The command on bad input: one clear line, the right exit code, and no file left behind or lost.

use std::fs;

use ndarray::{Array2, Array3};

use crate::command::{COUNT, Desk, HEIGHT, WIDTH, pgm};

use crate::failing::fails;

#[test]
fn a_missing_folder_is_named() {
    fails(
        &Desk::empty(),
        "nowhere",
        1,
        &["nowhere: no such file or folder"],
    );
    let run = Desk::empty()
        .command("")
        .arg("two\nlines\u{1b}[31m")
        .assert()
        .code(1);
    run.stderr("error: two\\nlines\\u{1b}[31m: no such file or folder\n");
    fails(&Desk::empty(), "", 2, &["required arguments"]);
}

#[test]
fn the_error_for_a_folder_without_images_names_its_contents_and_the_supported_formats() {
    let desk = Desk::empty();
    fs::create_dir(desk.path("pictures")).unwrap();
    fails(
        &desk,
        "pictures",
        1,
        &["pictures contains no images", "found: nothing", "PNG"],
    );
    desk.write("pictures/notes.txt", "shopping");
    fails(&desk, "pictures", 1, &["found: 1 .txt"]);
}

#[test]
fn too_few_images_are_explained_by_every_command() {
    let desk = Desk::with_pictures();
    desk.command("pictures -k 2 -q --only parts -o run")
        .assert()
        .success();
    desk.write("broken/letter.png", "Dear Madam");
    desk.write("broken/more.png", "Dear Sir");
    desk.write("one/good.pgm", pgm(2, 2, &[1, 2, 3, 4]));
    desk.write("one/notes.txt", "shopping");
    for line in [
        "",
        "compare ",
        "ranks ",
        "pack --out new.npy ",
        "project run ",
    ] {
        fails(
            &desk,
            &format!("{line}broken"),
            1,
            &[
                "broken: 0 usable",
                "; 2 skipped, the first: letter.png: not an image",
            ],
        );
    }
    for line in ["", "compare ", "ranks "] {
        let words = ["one: 1 usable, at least 2 images are needed; ignored (not images): 1 .txt"];
        fails(&desk, &format!("{line}one"), 1, &words);
    }
    fs::remove_file(desk.path("one/good.pgm")).unwrap();
    for line in [
        "",
        "compare ",
        "ranks ",
        "pack --out new.npy ",
        "project run ",
    ] {
        fails(
            &desk,
            &format!("{line}one"),
            1,
            &["one contains no images (found: 1 .txt)"],
        );
    }
}

#[test]
fn text_named_png_is_named() {
    let desk = Desk::empty();
    desk.write("pictures/letter.png", "Dear Madam");
    fails(
        &desk,
        "pictures",
        1,
        &["0 usable", "at least 2", "letter.png"],
    );
    desk.write("pictures/good.pgm", pgm(2, 2, &[1, 2, 3, 4]));
    fails(
        &desk,
        "pictures",
        1,
        &["1 usable", "at least 2", "letter.png"],
    );
}

#[test]
fn one_image_or_another_file_is_no_folder() {
    let desk = Desk::with_pictures();
    fails(
        &desk,
        "pictures/3.pgm",
        1,
        &["3.pgm is one image", "pass the folder"],
    );
    desk.write("notes.txt", "shopping");
    fails(
        &desk,
        "notes.txt",
        1,
        &["notes.txt is neither a folder of images nor a .npy file"],
    );
}

#[test]
fn mixed_sizes_are_named_with_the_way_out() {
    let desk = Desk::with_pictures();
    desk.write("pictures/odd.pgm", pgm(3, 2, &[1, 2, 3, 4, 5, 6]));
    fails(
        &desk,
        "pictures",
        1,
        &[
            "odd.pgm is 3x2",
            "the other 12 images are 8x6",
            "--size 8x6",
        ],
    );
}

#[test]
fn a_rank_that_cannot_be_is_refused_with_its_bound() {
    let desk = Desk::with_pictures();
    fails(
        &desk,
        "pictures -k 13",
        1,
        &[
            "rank 13 is too large",
            "12 images of 48 pixels",
            "-k 12 or less",
        ],
    );
    fails(
        &desk,
        &format!("pictures -k {}", u64::MAX),
        1,
        &["-k 12 or less"],
    );
    for rank in ["0", "-3", "abc", "2.5", "99999999999999999999"] {
        fails(
            &desk,
            &format!("pictures --rank={rank}"),
            2,
            &[rank, "--rank", "a positive whole number"],
        );
    }
}

#[test]
fn invalid_array_values_are_refused_with_their_place() {
    let desk = Desk::empty();
    let mut array = Array3::<f32>::from_elem((4, 2, 3), 0.5);
    array[[2, 1, 0]] = f32::NAN;
    desk.write_npy("nan.npy", &array);
    fails(
        &desk,
        "nan.npy",
        1,
        &[
            "nan.npy: 1 value is NaN or infinite",
            "image 2, row 1, column 0",
        ],
    );
    array[[2, 1, 0]] = -0.25;
    array[[3, 0, 2]] = -0.75;
    desk.write_npy("negative.npy", &array);
    fails(
        &desk,
        "negative.npy",
        1,
        &[
            "2 negative values down to -0.75",
            "image 2, row 1, column 0",
        ],
    );
    for (value, shown) in [(1e30, "1e30"), (1e-30, "1e-30")] {
        desk.write_npy("far.npy", &Array3::<f32>::from_elem((4, 2, 3), value));
        fails(
            &desk,
            "far.npy -k 2",
            1,
            &["far.npy: the largest value is", shown, "1e-15 to 1e15"],
        );
    }
    desk.write_npy("black.npy", &Array3::<u8>::zeros((4, 2, 3)));
    fails(
        &desk,
        "black.npy -k 2",
        1,
        &["every pixel of the 4 images is black"],
    );
    desk.write_npy("one.npy", &Array3::<u8>::zeros((1, 2, 3)));
    fails(&desk, "one.npy -k 1", 1, &["1 usable", "at least 2"]);
    let header = "{'descr': '<c8', 'fortran_order': False, 'shape': (4, 6), }\n";
    let start = [&b"\x93NUMPY\x01\0"[..], &[header.len() as u8, 0]].concat();
    desk.write("waves.npy", [&start, header.as_bytes(), &[0; 192]].concat());
    fails(
        &desk,
        "waves.npy -k 1",
        1,
        &["waves.npy: the array holds <c8, complex", "numpy.abs(x)"],
    );
    desk.write(
        "short.npy",
        &fs::read(desk.path("black.npy")).unwrap()[..140],
    );
    fails(&desk, "short.npy -k 1", 1, &["short.npy: truncated"]);
}

#[test]
fn known_parts_that_cannot_be_compared_are_refused_before_the_work() {
    let desk = Desk::with_pictures();
    let parts = |value: f32| Array3::from_elem((2, HEIGHT, WIDTH), value);
    fails(
        &desk,
        "pictures -k 3 --truth nowhere.npy",
        1,
        &["nowhere.npy: no such file"],
    );
    desk.write_npy("size.npy", &Array3::<u8>::ones((2, 4, 5)));
    fails(
        &desk,
        "pictures -k 3 --truth size.npy",
        1,
        &["size.npy: the parts are 5x4, the images 8x6"],
    );
    desk.write_npy("rows.npy", &Array2::<u8>::ones((2, 47)));
    fails(
        &desk,
        "pictures -k 3 --truth rows.npy",
        1,
        &["rows.npy: a row of 47 values is not an image of 8x6"],
    );
    desk.write_npy("list.npy", &ndarray::Array1::<u8>::ones(48));
    fails(
        &desk,
        "pictures -k 3 --truth list.npy",
        1,
        &["list.npy: the array's shape is [48]"],
    );
    desk.write_npy("none.npy", &Array3::<u8>::ones((0, HEIGHT, WIDTH)));
    fails(
        &desk,
        "pictures -k 3 --truth none.npy",
        1,
        &["none.npy: the array contains no parts"],
    );
    desk.write_npy("nan.npy", &parts(f32::NAN));
    fails(
        &desk,
        "pictures -k 3 --truth nan.npy",
        1,
        &["nan.npy: 96 values are NaN"],
    );
    let mut black = parts(1.0);
    black.index_axis_mut(ndarray::Axis(0), 1).fill(0.0);
    desk.write_npy("black.npy", &black);
    fails(
        &desk,
        "pictures -k 3 --truth black.npy",
        1,
        &["black.npy: part 1 (counted from 0) is black"],
    );
    desk.write_npy("negative.npy", &parts(-1.0));
    fails(
        &desk,
        "pictures -k 3 --truth negative.npy",
        1,
        &["negative.npy: 96 values are negative, the first in part 0, row 0, column 0"],
    );
    desk.write("text.npy", "no array");
    fails(
        &desk,
        "pictures -k 3 --truth text.npy",
        1,
        &["text.npy: the .npy header cannot be read"],
    );
    desk.write("truth.txt", "7 parts");
    fails(
        &desk,
        "pictures -k 3 --truth truth.txt",
        1,
        &["truth.txt is neither a .npy file", "nor a .csv file"],
    );
    fails(
        &desk,
        "pictures -k 3 --truth pictures",
        1,
        &["pictures is neither a .npy file"],
    );
}

#[test]
fn a_table_of_features_must_name_every_image() {
    let desk = Desk::with_pictures();
    let table = |lines: std::ops::Range<usize>| -> String {
        let lines = lines.map(|image| format!("{image}.pgm,big\n"));
        format!("file,eye\n{}", lines.collect::<String>())
    };
    fails(
        &desk,
        "pictures -k 3 --truth nowhere.csv",
        1,
        &["nowhere.csv: "],
    );
    desk.write("short.csv", table(0..COUNT - 2));
    fails(
        &desk,
        "pictures -k 3 --truth short.csv",
        1,
        &["short.csv: no line for 10.pgm and 1 more: the first column"],
    );
    desk.write("twice.csv", table(0..COUNT) + "3.pgm,small\n");
    fails(
        &desk,
        "pictures -k 3 --truth twice.csv",
        1,
        &["twice.csv: two lines for 3.pgm"],
    );
    desk.write("ragged.csv", table(0..COUNT) + "x.pgm\n");
    fails(
        &desk,
        "pictures -k 3 --truth ragged.csv",
        1,
        &["ragged.csv: ", "line: 14"],
    );
    desk.write("empty.csv", "");
    fails(
        &desk,
        "pictures -k 3 --truth empty.csv",
        1,
        &["empty.csv: no line for 0.pgm and 11 more"],
    );
    desk.write("nothing.csv", table(0..COUNT).replace("big", "none"));
    fails(
        &desk,
        "pictures -k 3 --truth nothing.csv",
        1,
        &["nothing.csv: the table has no features"],
    );
}

#[test]
fn wrong_usage_and_failure_have_different_exit_codes() {
    let desk = Desk::with_pictures();
    fails(
        &desk,
        "pictures --colour",
        2,
        &["unexpected argument", "--colour"],
    );
    fails(&desk, "pictures more", 2, &["unexpected argument", "more"]);
    fails(
        &desk,
        "--quiet compare pictures",
        2,
        &["a command comes first"],
    );
    for size in ["0x5", "5x0", "5", "x", "axb", "5x-1"] {
        fails(
            &desk,
            &format!("pictures --size={size}"),
            2,
            &[size, "--size", "such as 48x64"],
        );
    }
    fails(
        &desk,
        "pictures --size 99999999x99999999",
        1,
        &["out of range", "each side must be 1 to"],
    );
    for (option, value) in [
        ("max-iter", "-1"),
        ("threads", "0"),
        ("show", "0"),
        ("restarts", "0"),
        ("tol", "1"),
        ("tol", "nan"),
        ("target-error", "-0.1"),
        ("overlap", "-0.1"),
        ("overlap", "0.1:0:0"),
        ("alpha-w", "-1"),
        ("alpha-h", "nan"),
        ("l1-ratio", "1.5"),
        ("time-limit", "-1"),
        ("time-limit", "inf"),
        ("seed", "-1"),
        ("background", "256"),
        ("init", "luck"),
        ("solver", "magic"),
        ("scale", "big"),
        ("fit", "both"),
    ] {
        fails(
            &desk,
            &format!("pictures --{option}={value}"),
            2,
            &[value, option],
        );
    }
    let words = [
        "3 starts from `nndsvd` would be identical",
        "images, nndsvdar, random",
    ];
    fails(&desk, "pictures -k 3 --restarts 3 --init nndsvd", 1, &words);
    for limit in [0, 1] {
        fails(
            &desk,
            &format!("pictures --limit {limit}"),
            1,
            &["at least 2 images", "--limit 2"],
        );
    }
}

#[test]
fn the_error_for_an_unknown_rule_lists_the_rules() {
    let desk = Desk::with_pictures();
    for rule in ["hals:kl", "local:is", "mu:5", "MU"] {
        let words = [
            &format!("`{rule}`"),
            "--solver",
            "available: hals, mu, mu:kl, mu:is, mu:BETA (-2 to 4)",
        ];
        fails(&desk, &format!("pictures --solver {rule}"), 2, &words);
    }
    let mut array = Array3::<u8>::from_elem((4, 2, 3), 9);
    array.iter_mut().step_by(5).for_each(|value| *value = 0);
    desk.write_npy("ink.npy", &array);
    let words = [
        "5 of the 24 pixel values are 0",
        "`mu:is`",
        "--solver mu:kl",
    ];
    fails(&desk, "ink.npy -k 2 --solver mu:is", 1, &words);
}

#[test]
fn a_missing_image_is_an_error_before_the_learning() {
    let desk = Desk::with_pictures();
    // Fifty thousand years of iterations.
    let run = "pictures -k 3 --max-iter 1000000000000 --tol 0 --recipe";
    let last = COUNT - 1;
    fails(
        &desk,
        &format!("{run} none.png"),
        1,
        &["`none.png`", "--recipe", &format!("from 0 to {last}")],
    );
    fails(
        &desk,
        &format!("{run} {COUNT}"),
        1,
        &[&format!("`{COUNT}`"), "--recipe"],
    );
}
