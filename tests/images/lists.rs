//! Lists of image files.

use std::path::Path;

use ndarray::array;

use nmf_images::images::{ImageSet, Images, LoadOptions, Pixels, load_listed};

use crate::command::{Desk, pgm};

use crate::input_files::keyed;

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
    assert!(
        said("\n\n").starts_with("the list contains no images (found: nothing); supported are PNG")
    );
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
            .starts_with("the list is not a .npz archive")
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
    let nothing = "error: standard input contains no images (found: nothing)";
    desk.command("-")
        .write_stdin("")
        .assert()
        .code(1)
        .stderr(predicates::str::starts_with(nothing));
}
