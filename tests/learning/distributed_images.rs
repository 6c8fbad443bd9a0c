//! Shares of a folder: together they are the set that one process reads, with its notes and skipped files.

use std::fs;
use std::path::Path;

use image::{GrayImage, Luma, Rgba, RgbaImage};
use nmf_images::ImageSet;
use nmf_images::images::{Images, LoadOptions, Missing, load, load_shard};

use crate::thread_ranks::with_ranks;

/// Images of ink on paper, more than two panels of them; what is worth a note lies in the shares of different processes.
fn write_folder(folder: &Path) {
    for image in 0..200_u8 {
        let path = folder.join(["", "ape", "bee"][usize::from(image) / 80]);
        fs::create_dir_all(&path).unwrap();
        let path = path.join(format!("{image:03}.png"));
        let ink = |x: u32, y: u32| (u32::from(image) + x * 3 + y).is_multiple_of(9);
        match image {
            // Transparent, in the first and in the last share.
            10 | 150 | 151 => {
                RgbaImage::from_fn(4, 3, |x, y| Rgba([40, 40, 40, (x * 80 + y) as u8]))
                    .save(path)
                    .unwrap();
            }
            // Broken, in the second and in the last share.
            70 | 199 => fs::write(path, "text").unwrap(),
            // Misnamed.
            100 => fs::write(path, "P5 4 3 255\n############").unwrap(),
            // Black.
            160 | 170 => GrayImage::new(4, 3).save(path).unwrap(),
            _ => GrayImage::from_fn(4, 3, |x, y| Luma([if ink(x, y) { 0 } else { 255 }]))
                .save(path)
                .unwrap(),
        }
    }
    fs::write(folder.join(".hidden"), "").unwrap();
    fs::write(folder.join("list.txt"), "a list").unwrap();
}

/// Masks for all images but a few of the last share; one hides an image of the first and one of the last share.
fn write_masks(images: &ImageSet, folder: &Path) {
    for (index, name) in images.names.iter().enumerate() {
        if (190..195).contains(&index) {
            continue;
        }
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let is_blank = [3, 180].contains(&index);
        let known = |x: u32, y: u32| !is_blank && (x, y) != (2, 1) && index as u32 % 4 != x;
        GrayImage::from_fn(4, 3, |x, y| Luma([if known(x, y) { 255 } else { 0 }]))
            .save(path)
            .unwrap();
    }
}

/// What one process reads must be what three read, and what the first of them gathers.
fn assert_same_on_three(folder: &Path, options: &LoadOptions) -> Vec<String> {
    let alone = load(folder, options).unwrap();
    let gathered = with_ranks(3, |communicator| {
        let share = load_shard(folder, options, communicator).unwrap();
        assert_eq!(share.set.notes, alone.notes);
        let all: Vec<usize> = (0..share.len()).collect();
        share.gather(&all)
    })
    .remove(0);
    assert_eq!(gathered.pixels, alone.pixels);
    assert_eq!(gathered.mask, alone.mask);
    assert_eq!((gathered.shape, gathered.white), (alone.shape, alone.white));
    assert_eq!(gathered.names, alone.names);
    assert_eq!(gathered.labels, alone.labels);
    assert_eq!(gathered.skipped, alone.skipped);
    assert_eq!(gathered.passed_over, alone.passed_over);
    assert_eq!(gathered.notes, alone.notes);
    alone.notes
}

#[test]
fn three_processes_read_what_one_reads_with_the_same_notes() {
    let folder = tempfile::tempdir().unwrap();
    write_folder(folder.path());
    let plain = assert_same_on_three(folder.path(), &LoadOptions::default());
    for (note, is_there) in [
        ("3 images have transparency", true),
        ("1 file is named .png but holds PGM", true),
        ("2 black images", true),
        ("dark ink on paper", true),
        ("unknown", false),
    ] {
        let found = plain.iter().any(|line| line.contains(note));
        assert_eq!(found, is_there, "{note}: {plain:?}");
    }
    for options in [
        LoadOptions {
            invert: true,
            limit: Some(195),
            ..LoadOptions::default()
        },
        LoadOptions {
            missing: Some(Missing::Value(255.0)),
            ..LoadOptions::default()
        },
        LoadOptions {
            missing: Some(Missing::Alpha),
            ..LoadOptions::default()
        },
        LoadOptions {
            missing: Some(Missing::Value(7.0)),
            ..LoadOptions::default()
        },
    ] {
        assert_same_on_three(folder.path(), &options);
    }
}

#[test]
fn masks_are_found_by_three_processes_as_by_one() {
    let desk = tempfile::tempdir().unwrap();
    let (images, masks) = (desk.path().join("images"), desk.path().join("masks"));
    write_folder(&images);
    write_masks(&load(&images, &LoadOptions::default()).unwrap(), &masks);
    let options = LoadOptions {
        mask: Some(masks.clone()),
        ..LoadOptions::default()
    };
    let notes = assert_same_on_three(&images, &options);
    for note in ["5 images have no mask", "2 images have no known pixel", "%"] {
        assert!(
            notes.iter().any(|line| line.contains(note)),
            "{note}: {notes:?}"
        );
    }
    GrayImage::new(4, 3).save(masks.join("other.png")).unwrap();
    let alone = load(&images, &options).unwrap_err().to_string();
    assert!(alone.contains("other.png"), "{alone}");
    for said in with_ranks(3, |communicator| {
        load_shard(&images, &options, communicator)
            .map(|_| ())
            .unwrap_err()
            .to_string()
    }) {
        assert_eq!(said, alone);
    }
}
