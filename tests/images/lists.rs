//! Lists of image files.

use std::path::Path;

use ndarray::array;

use nmf_images::images::{ImageSet, LoadOptions, Pixels, load_listed};

use crate::command::{Desk, pgm};

use crate::input_files::keyed;

fn listed(list: &str, options: &LoadOptions) -> nmf_images::Result<ImageSet> {
    load_listed(Path::new("the list"), list.as_bytes(), options)
}

fn listed_bytes(list: &[u8]) -> nmf_images::Result<ImageSet> {
    load_listed(Path::new("the list"), list, &LoadOptions::default())
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
fn lists_of_other_programs_are_read() {
    let (_desk, list) = scattered();
    let quoted = format!("\"{}\"", list.replace('\n', "\"\r\n\""));
    let zeros = format!("{}\0", list.replace('\n', "\0"));
    for list in [format!("\u{feff}{list}"), quoted, zeros] {
        let set = listed_bytes(list.as_bytes()).unwrap();
        assert_eq!((set.len(), set.skipped.len()), (4, 0), "{list:?}");
        assert_eq!(set.labels.unwrap().names, ["a", "b"]);
    }
}

#[cfg(unix)]
#[test]
fn listed_names_are_the_bytes_of_the_system() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let (desk, list) = scattered();
    let folder = desk.path("");
    let path = folder.join(OsStr::from_bytes(b"caf\xe9.pgm"));
    std::fs::write(&path, pgm(2, 1, &[7, 8])).unwrap();
    let list = [list.as_bytes(), b"\n", path.as_os_str().as_bytes()].concat();
    let set = listed_bytes(&list).unwrap();
    assert_eq!((set.len(), set.skipped.len()), (5, 0));
    assert_eq!(set.image_f32(4), [7.0 / 255.0, 8.0 / 255.0]);
    // A name that no file has is skipped alone.
    let set = listed_bytes(&[&list[..], b"\n\xff.pgm\n"].concat()).unwrap();
    assert_eq!((set.len(), set.skipped.len()), (5, 1));
}

#[test]
fn what_is_no_list_of_files_is_named() {
    let said = |list: &[u8]| listed_bytes(list).unwrap_err().to_string();
    let (_desk, list) = scattered();
    let wide = |to_bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        list.encode_utf16().flat_map(to_bytes).collect()
    };
    let (little, big) = (wide(u16::to_le_bytes), wide(u16::to_be_bytes));
    for utf16 in [
        [b"\xff\xfe", &little[..]].concat(),
        [b"\xfe\xff", &big[..]].concat(),
        little,
        big,
    ] {
        assert_eq!(
            said(&utf16),
            "the list is a list in UTF-16: save it as UTF-8"
        );
    }
    let long = vec![b'a'; 5000];
    for other in [
        &pgm(2, 1, &[1, 2])[..],
        b"PK\x03\x04",
        b"\x1f\x8b\x08",
        b"\0\0\x08\x03",
        &long,
    ] {
        assert!(
            said(other).starts_with("the list is not a list of image files"),
            "{}",
            said(other)
        );
    }
}

#[test]
fn a_list_that_is_passed_as_the_input_is_named_with_the_way_to_read_it() {
    let desk = Desk::with_pictures();
    desk.write("list.txt", "pictures/0.pgm\npictures/1.pgm\n");
    desk.command("list.txt -k 1")
        .assert()
        .code(1)
        .stderr(predicates::str::contains(
            "list.txt is a list of files, not a folder of images; to read the files that it names, pass the list on \
             stdin: `nmf-images - < list.txt`",
        ));
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
