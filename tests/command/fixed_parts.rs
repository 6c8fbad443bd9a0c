//! The option `--fixed`.

use ndarray::{Array2, Array3, s};

use nmf_images::{Model, NMF};

use predicates::str::contains;

use crate::command::{Desk, HEIGHT, WIDTH};

use crate::failing::fails;

use crate::results::report;

/// Two parts: half of the pixels, and a ramp.
fn parts() -> Array3<f32> {
    Array3::from_shape_fn((2, HEIGHT, WIDTH), |(part, row, column)| match part {
        0 => f32::from(u8::from(row < HEIGHT / 2)) * 0.25,
        _ => (row * WIDTH + column) as f32,
    })
}

fn basis(desk: &Desk, folder: &str) -> Array2<f32> {
    let model = Model::read(desk.path(folder)).unwrap();
    model.by(&NMF).basis.rows().to_owned()
}

#[test]
fn fixed_parts_are_the_first_of_the_model_and_are_named_as_such() {
    let desk = Desk::with_pictures();
    desk.write_npy("parts.npy", &parts());
    let run = desk
        .command("pictures -k 4 --fixed parts.npy --only parts,comparison,page")
        .assert()
        .success();
    run.stdout(contains(
        "\n       parts 0 to 1 are fixed: they were given, not learned\n",
    ));
    let found = basis(&desk, "output");
    let largest = (HEIGHT * WIDTH - 1) as f32;
    let given = parts().into_shape_with_order((2, HEIGHT * WIDTH)).unwrap();
    assert_eq!(found.row(0), given.row(0).mapv(|value| value / 0.25));
    assert_eq!(found.row(1), given.row(1).mapv(|value| value / largest));
    let report = report(&desk, "output");
    assert_eq!(report["nmf"]["fixed_parts"], 2);
    for file in &report["files"].as_array().unwrap()[..2] {
        let caption = file["caption"].as_str().unwrap();
        assert!(
            caption.contains("Parts 0 to 1 are fixed: they were given, not learned."),
            "{caption}"
        );
    }
    let model = Model::read(desk.path("output")).unwrap();
    assert!(
        model.settings.contains("\"fixed_parts\":2"),
        "{}",
        model.settings
    );
}

#[test]
fn parts_of_a_model_and_one_image_can_be_fixed() {
    let desk = Desk::with_pictures();
    desk.command("pictures -k 2 -q --only parts -o first")
        .assert()
        .success();
    desk.command("pictures -k 3,4 -q --only parts --fixed first/model.npz -o more")
        .assert()
        .success();
    for folder in ["more/k3", "more/k4"] {
        assert_eq!(
            basis(&desk, folder).slice(s![..2, ..]),
            basis(&desk, "first")
        );
    }
    let one = parts().index_axis(ndarray::Axis(0), 1).to_owned();
    desk.write_npy("one.npy", &one);
    desk.command("pictures -k 2 -q --only parts --fixed one.npy -o one")
        .assert()
        .success();
    let found = basis(&desk, "one").row(0).to_owned();
    assert_eq!(
        found.to_vec(),
        one.iter()
            .map(|value| value / one[[HEIGHT - 1, WIDTH - 1]])
            .collect::<Vec<_>>()
    );
}

#[test]
fn bad_fixed_parts_are_one_line_that_names_the_file_or_the_option() {
    let desk = Desk::with_pictures();
    desk.write_npy("parts.npy", &parts());
    desk.write_npy("size.npy", &Array3::<f32>::ones((2, 3, 3)));
    desk.write_npy("negative.npy", &(parts() - 0.5));
    desk.write_npy("nan.npy", &parts().mapv(|value| value / 0.0));
    desk.write("text.npy", "no array");
    for (options, words) in [
        (
            "-k 3 --fixed size.npy",
            "size.npy: the parts are 3x3, the images 8x6",
        ),
        (
            "-k 3 --fixed negative.npy",
            "values are negative, the first in part 0, row 0",
        ),
        (
            "-k 3 --fixed nan.npy",
            "nan.npy: 96 values are NaN or infinite, the first in part 0",
        ),
        (
            "-k 3 --fixed text.npy",
            "text.npy: the .npy header cannot be read",
        ),
        ("-k 3 --fixed none.npy", "none.npy: no such file"),
        (
            "-k 2 --fixed parts.npy",
            "2 fixed parts leave no part to learn with rank 2, which counts all parts; pass -k 3 or more",
        ),
        (
            "-k 3 --fixed parts.npy --solver bpp",
            "the solver bpp cannot keep parts fixed; hals and mu (mu:kl, mu:is, mu:BETA) can",
        ),
        (
            "-k auto --fixed parts.npy",
            "-k auto learns all parts, and --fixed keeps some",
        ),
        (
            "-k 3 --fixed parts.npy --only ladder",
            "--only ladder learns other ranks without --fixed",
        ),
    ] {
        fails(&desk, &format!("pictures {options}"), 1, &[words]);
    }
}
