//! Pixels that stay in their file: the same values as from memory, and one line where that is not
//! possible.

use std::fs;
use std::ops::ControlFlow;

use ndarray::{Array2, Array3, Axis};
use nmf_images::images::{
    Block, ImageSet, Images, LoadOptions, Mask, Memory, Missing, Pixels, load, load_several,
};
use nmf_images::{Nmf, Pca, Shape, StopRule};

use crate::common::{self, Noise};
use crate::on_disk::{no_room, on_disk, write};

fn bytes() -> Array2<u8> {
    Noise::new(1).bytes(300, 80)
}

/// 8 bit, 16-bit floats' range, and both after dark and bright were exchanged.
#[test]
fn what_is_read_is_what_memory_has() {
    let folder = tempfile::tempdir().unwrap();
    let floats = Noise::new(2).matrix(300, 80) * 3.0;
    let files = [
        write(folder.path(), "bytes.npy", &bytes()),
        write(folder.path(), "floats.npy", &floats),
    ];
    for file in &files {
        for (invert, limit) in [
            (false, None),
            (true, None),
            (false, Some(7)),
            (true, Some(299)),
        ] {
            let memory = load(
                file,
                &LoadOptions {
                    invert,
                    limit,
                    ..LoadOptions::default()
                },
            )
            .unwrap();
            let stored = load(
                file,
                &LoadOptions {
                    invert,
                    limit,
                    ..no_room(folder.path())
                },
            )
            .unwrap();
            assert!(matches!(stored.pixels, Pixels::Stored(_)));
            assert_eq!(stored.to_f32(), memory.to_f32());
            assert_eq!((&stored.names, stored.white), (&memory.names, memory.white));
            assert_eq!(
                stored.notes.len(),
                memory.notes.len() + 1,
                "that they stay in the file: {:?}",
                stored.notes
            );
        }
    }
}

#[test]
fn a_set_stays_in_its_file_where_a_quarter_of_the_memory_does_not_hold_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(folder.path(), "bytes.npy", &bytes());
    for (bytes, limit, stays) in [
        (96_000, None, false),
        (95_999, None, true),
        (95_999, Some(200), false),
    ] {
        let memory = Some(Memory {
            bytes,
            scratch: folder.path().to_owned(),
        });
        let set = load(
            &file,
            &LoadOptions {
                memory,
                limit,
                ..LoadOptions::default()
            },
        )
        .unwrap();
        assert_eq!(
            matches!(set.pixels, Pixels::Stored(_)),
            stays,
            "{bytes} bytes for {limit:?}"
        );
    }
}

#[test]
fn eigenimages_are_the_same_bits_from_either_side() {
    let folder = tempfile::tempdir().unwrap();
    for (images, pixels) in [(4200, 40), (70, 130)] {
        let table = Noise::new(3).bytes(images, pixels);
        let floats = table.mapv(|v| f32::from(v) / 255.0);
        let pairs = [
            (
                ImageSet::from_u8(Shape::new(1, pixels), table.clone()).unwrap(),
                on_disk(folder.path(), "b.npy", &table),
            ),
            (
                common::set(floats.clone()),
                on_disk(folder.path(), "f.npy", &floats),
            ),
        ];
        for (memory, file) in pairs {
            let (memory, file) = (
                Pca::new(4).fit(&memory).unwrap(),
                Pca::new(4).fit(&file).unwrap(),
            );
            assert!(
                memory.basis == file.basis
                    && memory.weights == file.weights
                    && memory.errors == file.errors
            );
        }
    }
}

#[test]
fn masks_hide_the_same_pixels_of_both() {
    let folder = tempfile::tempdir().unwrap();
    let table = Noise::new(4).bytes(4200, 12);
    let mask = Mask::new(4200, 12, |image, pixel| {
        !(image * 12 + pixel).is_multiple_of(7)
    });
    let memory = ImageSet {
        mask: mask.clone(),
        ..ImageSet::from_u8(Shape::new(3, 4), table.clone()).unwrap()
    };
    let file = ImageSet {
        mask,
        ..on_disk(folder.path(), "b.npy", &table)
    };
    for rule in ["hals", "mu", "mu:kl"] {
        let stop = StopRule {
            max_iterations: 8,
            ..StopRule::default()
        };
        let nmf = Nmf::new(3).solver(rule.parse().unwrap()).stop_rule(stop);
        let (memory, file) = (nmf.fit(&memory).unwrap(), nmf.fit(&file).unwrap());
        assert!(
            memory.weights == file.weights && memory.basis.rows() == file.basis.rows(),
            "{rule}"
        );
    }
    let (memory, file) = (
        Pca::new(3).fit(&memory).unwrap(),
        Pca::new(3).fit(&file).unwrap(),
    );
    assert!(memory.basis.rows() == file.basis.rows() && memory.weights == file.weights);
}

#[test]
fn an_idx_file_stays_with_its_labels() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("train-images-idx3-ubyte");
    let header = [
        &[0, 0, 8, 3][..],
        [300_u32, 8, 10].map(u32::to_be_bytes).as_flattened(),
    ]
    .concat();
    fs::write(&file, [&header[..], bytes().as_slice().unwrap()].concat()).unwrap();
    let labels: Vec<u8> = (0..300).map(|image| (image % 3) as u8).collect();
    let header = [&[0, 0, 8, 1][..], &300_u32.to_be_bytes()].concat();
    fs::write(
        folder.path().join("train-labels-idx1-ubyte"),
        [header, labels].concat(),
    )
    .unwrap();
    let (memory, stored) = (
        load(&file, &LoadOptions::default()).unwrap(),
        load(&file, &no_room(folder.path())).unwrap(),
    );
    assert!(matches!(stored.pixels, Pixels::Stored(_)));
    assert_eq!(
        (stored.to_f32(), &stored.labels),
        (memory.to_f32(), &memory.labels)
    );
    assert_eq!(stored.labels.unwrap().names, ["0", "1", "2"]);
}

#[test]
fn several_inputs_are_read_into_one_memory() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(folder.path(), "bytes.npy", &bytes());
    let both = load_several(&[&file, &file], &no_room(folder.path())).unwrap();
    assert!(matches!(both.pixels, Pixels::U8(_)) && both.len() == 600);
    assert!(matches!(
        load_several(&[&file], &no_room(folder.path()))
            .unwrap()
            .pixels,
        Pixels::Stored(_)
    ));
}

#[test]
fn as_many_images_as_memory_holds_stand_for_all() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(folder.path(), "bytes.npy", &bytes());
    let memory = Some(Memory {
        bytes: 4 * 80 * 30,
        scratch: folder.path().to_owned(),
    });
    let set = load(
        &file,
        &LoadOptions {
            memory,
            ..LoadOptions::default()
        },
    )
    .unwrap();
    let few = set.in_memory().unwrap();
    assert!(matches!(few.pixels, Pixels::U8(_)));
    assert_eq!(
        few.to_f32(),
        set.to_f32()
            .select(Axis(0), &(0..30).map(|i| i * 10).collect::<Vec<_>>())
    );
    assert!(
        few.notes
            .iter()
            .any(|note| note.contains("30 images, evenly spread")),
        "{:?}",
        few.notes
    );
}

#[test]
fn values_that_cannot_be_are_found_where_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let mut floats = Noise::new(5).matrix(600, 6);
    (floats[[300, 2]], floats[[599, 5]]) = (-0.5, -0.25);
    let file = write(
        folder.path(),
        "negative.npy",
        &floats.clone().into_shape_with_order((600, 2, 3)).unwrap(),
    );
    let said = |options: &LoadOptions| load(&file, options).unwrap_err().to_string();
    assert_eq!(said(&no_room(folder.path())), said(&LoadOptions::default()));
    assert!(
        said(&no_room(folder.path())).contains("2 "),
        "both are counted"
    );
}

#[test]
fn options_that_need_all_pixels_in_memory_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let array: Array3<f32> = Noise::new(6)
        .matrix(40, 12)
        .into_shape_with_order((40, 3, 4))
        .unwrap();
    let file = write(folder.path(), "f.npy", &array);
    let options = no_room(folder.path());
    let resized = load(
        &file,
        &LoadOptions {
            size: Some(Shape::new(6, 8)),
            ..options.clone()
        },
    )
    .unwrap_err();
    assert!(
        resized.to_string().contains("--size needs four times"),
        "{resized}"
    );
    let missing = load(
        &file,
        &LoadOptions {
            missing: Some(Missing::Nan),
            ..options
        },
    )
    .unwrap_err();
    assert!(
        missing.to_string().contains("--missing needs four times"),
        "{missing}"
    );
}

/// A source of floats that is read block by block, and hands out what no source may.
struct Wrong(std::path::PathBuf);

impl Images for Wrong {
    fn len(&self) -> usize {
        300
    }

    fn shape(&self) -> Shape {
        Shape::new(1, 2)
    }

    fn block(&self, rows: std::ops::Range<usize>) -> Block<'_> {
        Block::F32(
            rows.flat_map(|image| [1.0, if image == 299 { -0.5 } else { 0.5 }])
                .collect(),
        )
    }

    fn scratch(&self) -> Option<&std::path::Path> {
        Some(&self.0)
    }
}

#[test]
fn values_of_any_source_are_looked_at_before_they_are_learned_from() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = Wrong(folder.path().to_owned());
    for error in [
        Nmf::new(1).fit(&wrong).unwrap_err(),
        Pca::new(1).fit(&wrong).unwrap_err(),
    ] {
        let nmf_images::Error::Negative {
            count: 1,
            image: 299,
            column: 1,
            ..
        } = error
        else {
            panic!("{error}")
        };
    }
}

/// The file is cut while it is learned from: the fit ends at once and says which file it was.
#[test]
fn a_file_that_vanishes_while_it_is_read_ends_the_fit_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let set = on_disk(folder.path(), "bytes.npy", &bytes());
    let file = folder.path().join("bytes.npy");
    fs::OpenOptions::new()
        .write(true)
        .open(&file)
        .unwrap()
        .set_len(2000)
        .unwrap();
    let failed = Nmf::new(2)
        .fit_with(&set, |_| ControlFlow::Continue(()))
        .unwrap_err()
        .to_string();
    assert!(failed.contains("bytes.npy"), "{failed}");
    assert!(
        Pca::new(2)
            .fit(&set)
            .unwrap_err()
            .to_string()
            .contains("bytes.npy")
    );
}

/// Types and orders that are converted are read block by block to the values that memory has.
#[test]
fn values_of_every_type_are_those_of_memory() {
    let folder = tempfile::tempdir().unwrap();
    let table = bytes();
    let files = [
        write(
            folder.path(),
            "u16.npy",
            &table.mapv(|v| u16::from(v) * 257),
        ),
        write(folder.path(), "i32.npy", &table.mapv(|v| i32::from(v) * 3)),
        write(folder.path(), "i64.npy", &table.mapv(i64::from)),
        write(
            folder.path(),
            "u32.npy",
            &table.mapv(|v| u32::from(v) << 16),
        ),
        write(
            folder.path(),
            "f64.npy",
            &table.mapv(|v| f64::from(v) / 7.0),
        ),
        write(folder.path(), "bool.npy", &table.mapv(|v| v > 99)),
    ];
    let big_endian = folder.path().join("big.npy");
    let bytes = fs::read(&files[0]).unwrap();
    let (header, values) = bytes.split_at(bytes.len() - 2 * table.len());
    let header = String::from_utf8_lossy(&header[10..]).replace("<u2", ">u2");
    let values: Vec<u8> = values.chunks(2).flat_map(|v| [v[1], v[0]]).collect();
    fs::write(
        &big_endian,
        [&bytes[..10], header.as_bytes(), &values].concat(),
    )
    .unwrap();
    for file in files.iter().chain([&big_endian]) {
        for limit in [None, Some(7)] {
            let read =
                |options: LoadOptions| load(file, &LoadOptions { limit, ..options }).unwrap();
            let stored = read(no_room(folder.path()));
            let memory = read(LoadOptions::default());
            assert!(matches!(stored.pixels, Pixels::Stored(_)), "{file:?}");
            assert_eq!(stored.to_f32(), memory.to_f32(), "{file:?}");
            assert_eq!(
                matches!(stored.block(0..1), Block::U8(_)),
                matches!(memory.block(0..1), Block::U8(_)),
                "{file:?}"
            );
        }
    }
}
