//! The options `--pixel-weights` and `--image-weights`.

use ndarray::{Array1, Array2, Array3};

use nmf_images::{Model, NMF};

use predicates::str::contains;

use crate::command::{Desk, HEIGHT, WIDTH};
use crate::failing::fails;
use crate::results::report;

/// The upper half counts, the lower one does not.
fn mask() -> Array2<f32> {
    Array2::from_shape_fn((HEIGHT, WIDTH), |(row, _)| {
        f32::from(u8::from(row < HEIGHT / 2))
    })
}

fn parts(desk: &Desk, folder: &str) -> Array2<f32> {
    let model = Model::read(desk.path(folder)).unwrap();
    model.by(&NMF).basis.rows().to_owned()
}

/// Returns the number of images on the desk.
fn images(desk: &Desk) -> usize {
    desk.command("pictures -k 2 -q --only parts -o plain")
        .assert()
        .success();
    report(desk, "plain")["input"]["images"].as_u64().unwrap() as usize
}

#[test]
fn weights_of_pixels_and_images_are_named_beside_the_errors() {
    let desk = Desk::with_pictures();
    let count = images(&desk);
    desk.write_npy("mask.npy", &mask());
    desk.write(
        "weights.csv",
        "weight\n".to_owned() + &"0.5\n".repeat(count - 1) + "2\n",
    );
    let run = desk
        .command("pictures -k 3 --pixel-weights mask.npy --image-weights weights.csv")
        .assert()
        .success();
    run.stdout(contains("weighted error")).stderr(contains(
        "note: pixels and images have weights: errors of NMF, PCA and their bound are weighted; those of single images are not",
    ));
    let found = report(&desk, "output");
    for method in ["nmf", "pca"] {
        assert_eq!(found[method]["weighted"]["pixels"], true);
        assert_eq!(found[method]["weighted"]["images"], true);
    }
    assert!(found["vq"].is_null());
    for picture in ["comparison", "convergence", "rank-error", "learning"] {
        let files = found["files"].as_array().unwrap();
        let of_picture = files.iter().filter(|file| {
            file["path"]
                .as_str()
                .is_some_and(|path| path.starts_with(picture))
        });
        for file in of_picture {
            let caption = file["caption"].as_str().unwrap();
            assert!(
                caption.contains("Errors over all images are weighted"),
                "{caption}"
            );
        }
    }
    let below = parts(&desk, "output").slice_move(ndarray::s![.., HEIGHT / 2 * WIDTH..]);
    assert!(below.iter().all(|&value| value == 0.0), "{below}");
    let model = Model::read(desk.path("output")).unwrap();
    let weighted = "\"weighted\":{\"images\":true,\"pixels\":true}";
    assert!(model.settings.contains(weighted), "{}", model.settings);
    assert_eq!(report(&desk, "plain")["nmf"]["weighted"]["pixels"], false);
}

#[test]
fn weights_are_read_alike_from_an_array_a_picture_and_text() {
    let desk = Desk::with_pictures();
    let count = images(&desk);
    let ramp = Array1::from_shape_fn(count, |image| image as f32);
    desk.write_npy("ramp.npy", &ramp);
    let lines: Vec<String> = (0..count).map(|image| image.to_string()).collect();
    desk.write("ramp.txt", lines.join("\n"));
    desk.write_npy("mask.npy", &mask());
    let pixels: Vec<String> = mask().iter().map(|v| (255.0 * v).to_string()).collect();
    let picture = format!("P2 {WIDTH} {HEIGHT} 255 {}\n", pixels.join(" "));
    desk.write("mask.pgm", picture);
    for (output, options) in [
        ("a", "--image-weights ramp.npy --pixel-weights mask.npy"),
        ("b", "--image-weights ramp.txt --pixel-weights mask.pgm"),
    ] {
        desk.command(&format!(
            "pictures -k 3 -q --only parts {options} -o {output}"
        ))
        .assert()
        .success();
    }
    assert_eq!(parts(&desk, "a"), parts(&desk, "b"));
    assert_ne!(parts(&desk, "a"), parts(&desk, "plain"));
}

#[test]
fn bad_weights_are_one_line_that_names_the_file_or_the_option() {
    let desk = Desk::with_pictures();
    let count = images(&desk);
    desk.write_npy("mask.npy", &mask());
    desk.write_npy("size.npy", &Array2::<f32>::ones((3, 3)));
    desk.write_npy("sides.npy", &Array3::<f32>::ones((2, 3, 3)));
    desk.write_npy("negative.npy", &(mask() - 0.5));
    desk.write_npy("zero.npy", &(mask() * 0.0));
    desk.write_npy("few.npy", &Array1::<f32>::ones(count - 1));
    desk.write("words.txt", "1\n".repeat(count - 1) + "much\n");
    desk.write("text.txt", "1\n");
    for (options, words) in [
        (
            "--pixel-weights size.npy",
            "size.npy: the weights of pixels are 3x3, the images 8x6".to_owned(),
        ),
        (
            "--pixel-weights sides.npy",
            "sides.npy: the array has the shape [2, 3, 3]".to_owned(),
        ),
        (
            "--pixel-weights negative.npy",
            "negative.npy: weight 24 of the pixels (counted from 0) is -0.5".to_owned(),
        ),
        (
            "--pixel-weights zero.npy",
            "zero.npy: all weights of the pixels are 0".to_owned(),
        ),
        (
            "--pixel-weights text.txt",
            "weights of pixels are a .npy array (height, width) or a grey picture".to_owned(),
        ),
        (
            "--pixel-weights none.npy",
            "none.npy: no such file".to_owned(),
        ),
        (
            "--image-weights few.npy",
            format!(
                "few.npy: {} weights of images for {count} images",
                count - 1
            ),
        ),
        (
            "--image-weights mask.npy",
            "mask.npy: the array has the shape [6, 8]".to_owned(),
        ),
        (
            "--image-weights words.txt",
            format!(
                "words.txt: the weight of image {} (counted from 0) is not a number: much",
                count - 1
            ),
        ),
        (
            "--pixel-weights mask.npy --solver bpp",
            "the solver bpp does not support weights".to_owned(),
        ),
        (
            "--pixel-weights mask.npy --alpha-w 0.1",
            "the solver hals does not support weights".to_owned(),
        ),
        (
            "--pixel-weights mask.npy --mask mask.npy",
            "some pixels are unknown".to_owned(),
        ),
    ] {
        fails(&desk, &format!("pictures -k 3 {options}"), 1, &[&words]);
    }
}

#[test]
fn weights_are_refused_with_options_that_do_without_them() {
    let desk = Desk::with_pictures();
    desk.write_npy("mask.npy", &mask());
    for (options, named) in [
        ("-k 3 --hold-out 2", "--hold-out"),
        ("-k 3 --noise salt:0.1", "--noise"),
        ("-k 3 --save-start", "--save-start"),
        ("-k 3 --fixed mask.npy", "--fixed"),
        ("-k 3 --only ladder", "--only ladder"),
        ("-k 3 --only three-ways", "--only three-ways"),
        ("-k auto", "-k auto or several ranks"),
        ("-k 2,3", "-k auto or several ranks"),
    ] {
        let line = format!("pictures {options} --pixel-weights mask.npy");
        let words = format!("--pixel-weights and --image-weights cannot be combined with {named}");
        fails(&desk, &line, 1, &[&words]);
    }
}
