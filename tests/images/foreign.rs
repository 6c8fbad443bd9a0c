//! Formats that are known and not read, and small files that stand for others: each is named.

use std::fs;

use nmf_images::images::{LoadOptions, load, load_parts};
use nmf_images::recovery::Truth;
use nmf_images::{Model, Shape};

use crate::helpers::{dot, folder, message, npy, read, reason};

fn padded(start: &[u8]) -> Vec<u8> {
    [start, &[0; 200]].concat()
}

/// The first bytes of an ISO media file of this brand.
fn boxed(brand: [u8; 4]) -> Vec<u8> {
    padded(&[b"\0\0\0\x18ftyp", &brand[..], b"\0\0\0\0mif1"].concat())
}

#[test]
fn images_in_other_formats_are_skipped_under_their_name() {
    let dicom = [&[0; 128][..], b"DICM\x02\0"].concat();
    let cases = [
        ("a.heic", boxed(*b"heic"), "HEIC/HEIF"),
        ("a", boxed(*b"mif1"), "HEIC/HEIF"),
        ("a.avif", boxed(*b"avif"), "AVIF"),
        ("a.jp2", padded(b"\0\0\0\x0cjP  \r\n\x87\n"), "JPEG 2000"),
        ("a.jpg", padded(b"\xff\x4f\xff\x51\0\x2f"), "JPEG 2000"),
        ("a.jxl", padded(b"\xff\x0a"), "JPEG XL"),
        ("a.jxl", padded(b"\0\0\0\x0cJXL \r\n\x87\n"), "JPEG XL"),
        ("a.psd", padded(b"8BPS\0\x01"), "Photoshop file"),
        ("a", padded(b"\x76\x2f\x31\x01\x02"), "OpenEXR"),
        ("a.fits", padded(b"SIMPLE  =                    T"), "FITS"),
        ("a", dicom, "DICOM"),
        (
            "a.svg",
            b"<?xml version='1.0'?>\n<svg xmlns='x'/>".to_vec(),
            "SVG drawing",
        ),
        ("a.png", b"<svg width='9'></svg>".to_vec(), "SVG drawing"),
        ("a.cr3", boxed(*b"crx "), "raw camera file"),
        (
            "a.cr2",
            padded(b"II*\0\x10\0\0\0CR\x02\0"),
            "raw camera file",
        ),
        ("a.NEF", padded(b"MM\0*\0\0\0\x08\0\0"), "raw camera file"),
        ("a.dng", padded(b"II*\0\x08\0\0\0"), "raw camera file"),
        ("a.raf", padded(b"FUJIFILMCCD-RAW 0201"), "raw camera file"),
        ("a.png", padded(b"%PDF-1.7"), "PDF"),
        ("a.jpg", boxed(*b"isom"), "film"),
        ("a.pfm", padded(b"Pf\n2 2\n-1.0\n"), "PFM"),
        ("a.ico", padded(b"\0\0\x01\0\x01\0"), "Windows icon"),
        ("a.qoi", padded(b"qoif\0\0\0\x01"), "QOI"),
    ];
    for (name, bytes, kind) in cases {
        let reason = reason(name, bytes);
        let expected = format!("{kind}: not supported; save it as ");
        assert!(reason.starts_with(&expected), "{name}: {reason}");
    }
}

#[test]
fn a_document_beside_images_is_ignored() {
    let set = read(&folder(&[
        ("a.pgm", dot(1)),
        ("b.pgm", dot(2)),
        ("paper.pdf", padded(b"%PDF-1.7")),
    ]));
    assert_eq!((set.skipped.len(), set.passed_over), (0, 1));
}

#[test]
fn a_format_that_is_not_read_is_named_when_it_is_the_input() {
    for (name, bytes, kind) in [
        (
            "stack.fits",
            padded(b"SIMPLE  =                    T"),
            "FITS",
        ),
        ("photo.heic", boxed(*b"heic"), "HEIC/HEIF"),
        ("photo.dng", padded(b"II*\0\x08\0\0\0"), "raw camera file"),
    ] {
        let folder = folder(&[(name, bytes)]);
        let message = message(&folder.path().join(name), &LoadOptions::default());
        let expected = format!("{name} is {kind}: not supported; save it as ");
        assert!(message.contains(&expected), "{message}");
    }
}

const LFS: &[u8] =
    b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab\nsize 12345\n";
const ANNEX: &[u8] = b"/annex/objects/SHA256E-s12345--98ea6e4f216f.png\n";

#[test]
fn pointers_are_named_whatever_file_they_stand_for() {
    for (pointer, name, cure) in [
        (LFS, "Git LFS", "git lfs pull"),
        (ANNEX, "git-annex", "git annex get"),
        (
            b"../../.git/annex/objects/xM/9k/SHA256E-s3--98ea/SHA256E-s3--98ea",
            "git-annex",
            "git annex get",
        ),
    ] {
        let expected = format!("a {name} pointer, not the file itself: run `{cure}`");
        assert_eq!(reason("a.png", pointer.to_vec()), expected);
        for file in [
            "set.npy",
            "set.npz",
            "set.csv",
            "set.zip",
            "set.tar.gz",
            "set",
            "a.png",
        ] {
            let folder = folder(&[(file, pointer.to_vec())]);
            let path = folder.path().join(file);
            let expected = format!("{} is {expected}", path.display());
            assert_eq!(message(&path, &LoadOptions::default()), expected);
        }
    }
}

#[test]
fn a_pointer_beside_the_images_is_named_too() {
    let folder = folder(&[
        ("set/a.pgm", dot(1)),
        ("set/b.pgm", dot(2)),
        ("mask.npy", LFS.to_vec()),
        ("mask.png", LFS.to_vec()),
    ]);
    for mask in ["mask.npy", "mask.png"] {
        let mask = folder.path().join(mask);
        let options = LoadOptions {
            mask: Some(mask.clone()),
            ..LoadOptions::default()
        };
        let said = message(&folder.path().join("set"), &options);
        assert!(said.contains("run `git lfs pull`"), "{said}");
        let said = load_parts(&mask, Shape::new(1, 1)).unwrap_err().to_string();
        assert!(said.contains("run `git lfs pull`"), "{said}");
    }
}

#[test]
fn a_pointer_in_place_of_a_model_or_of_known_features_is_named() {
    let folder = folder(&[
        ("a.pgm", dot(1)),
        ("b.pgm", dot(2)),
        ("model.npz", LFS.to_vec()),
        ("truth.csv", LFS.to_vec()),
    ]);
    let set = load(folder.path(), &LoadOptions::default()).unwrap();
    let model = Model::read(folder.path().join("model.npz"));
    let truth = Truth::read(&folder.path().join("truth.csv"), &set);
    for said in [
        model.unwrap_err().to_string(),
        truth.unwrap_err().to_string(),
    ] {
        assert!(said.contains("run `git lfs pull`"), "{said}");
    }
}

#[test]
fn a_pointer_in_place_of_labels_is_named() {
    let images = npy("'|u1'", "False", "(2, 1, 1)", &[1, 2]);
    let folder = folder(&[("x.npy", images), ("labels.txt", LFS.to_vec())]);
    let options = LoadOptions {
        labels: Some(folder.path().join("labels.txt")),
        ..LoadOptions::default()
    };
    let said = message(&folder.path().join("x.npy"), &options);
    assert!(said.contains("run `git lfs pull`"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_link_of_git_annex_whose_file_is_elsewhere_is_named() {
    let folder = folder(&[("a.pgm", dot(1)), ("b.pgm", dot(2))]);
    let target = "../.git/annex/objects/xM/9k/SHA256E-s3--98ea.png";
    std::os::unix::fs::symlink(target, folder.path().join("c.png")).unwrap();
    let set = read(&folder);
    assert_eq!(set.skipped[0].path, "c.png");
    assert!(set.skipped[0].reason.contains("run `git annex get`"));
}

#[test]
fn a_text_that_only_begins_alike_is_a_table() {
    let folder = folder(&[("t.csv", b"version,b\n1,2\n3,4\n".to_vec())]);
    let set = load(&folder.path().join("t.csv"), &LoadOptions::default()).unwrap();
    assert_eq!(set.names.len(), 2);
}

#[test]
fn an_image_that_is_still_in_icloud_is_skipped_and_not_hidden() {
    let set = read(&folder(&[
        ("a.pgm", dot(1)),
        ("b.pgm", dot(2)),
        ("x/.c.png.icloud", b"bplist00\xd3".to_vec()),
        (".notes.txt.icloud", b"bplist00\xd3".to_vec()),
    ]));
    let skipped: Vec<_> = set.skipped.iter().map(|file| &file.path[..]).collect();
    assert_eq!(skipped, ["x/c.png"]);
    assert!(set.skipped[0].reason.contains("iCloud"));
    assert_eq!(set.passed_over, 1);
}

#[test]
fn the_attributes_of_a_macos_file_are_named() {
    let folder = folder(&[("._a.png", padded(b"\0\x05\x16\x07\0\x02\0\0Mac OS X"))]);
    let path = folder.path().join("._a.png");
    assert!(fs::metadata(&path).is_ok());
    let said = message(&path, &LoadOptions::default());
    assert!(said.contains("AppleDouble"), "{said}");
}

#[test]
fn a_drawing_within_a_web_page_is_no_drawing() {
    let long = format!("<!-- {} -->", "x".repeat(2000));
    for page in [
        "<!DOCTYPE html>\n<html><body><svg width='9'></svg></body></html>".to_owned(),
        format!("<!doctype html>{long}<html><svg/></html>"),
    ] {
        assert_eq!(
            reason("a.png", page.into_bytes()),
            "not an image: a web page"
        );
    }
    for drawing in [
        format!("<?xml version='1.0'?>{long}<svg/>"),
        "<!-- <html> --><!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'svg11.dtd'>\n<svg/>"
            .to_owned(),
        "<!DOCTYPE svg [ <!ENTITY ns 'http://www.w3.org/2000/svg'> ]>\n<svg/>".to_owned(),
    ] {
        let reason = reason("a.png", drawing.into_bytes());
        assert!(reason.contains("SVG drawing"), "{reason}");
    }
}
