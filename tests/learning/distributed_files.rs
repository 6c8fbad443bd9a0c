//! Ranks that read their shares from files: the same bits as from memory, and errors that end the fit on all ranks.

use std::fs;

use std::path::Path;

use ndarray::Array2;

use nmf_images::communicator::Communicator;

use nmf_images::images::{LoadOptions, Memory, Pixels, load, load_shard};

use nmf_images::{ImageSet, Images, Nmf, StopRule};

use crate::thread_ranks::with_ranks;

use crate::shards::{drawn, joined, nmf};

/// Images as a .npy file, which ndarray-npy writes.
fn npy<T: Clone + ndarray_npy::WritableElement>(path: &Path, values: &Array2<T>, side: usize) {
    let values = values.to_shape((values.nrows(), side, side)).unwrap();
    ndarray_npy::write_npy(path, &values).unwrap();
}

#[test]
fn shares_that_stay_in_the_file_give_the_bits_of_those_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let (bytes, floats) = (
        folder.path().join("bytes.npy"),
        folder.path().join("floats.npy"),
    );
    npy(&bytes, &drawn(9000, 8), 8);
    npy(&floats, &drawn(300, 9).mapv(|v| f32::from(v) / 255.0), 9);
    for (file, solver) in [(&bytes, "hals"), (&bytes, "mu:kl"), (&floats, "hals")] {
        for options in [
            LoadOptions::default(),
            LoadOptions {
                invert: true,
                ..LoadOptions::default()
            },
        ] {
            let stored = Memory {
                bytes: 1000,
                scratch: folder.path().to_owned(),
            };
            let stored = LoadOptions {
                memory: Some(stored),
                ..options.clone()
            };
            let fits = |options: &LoadOptions| {
                with_ranks(2, |communicator| {
                    let share = load_shard(file, options, communicator).unwrap();
                    let is_stored = matches!(share.set.pixels, Pixels::Stored(_));
                    assert_eq!(
                        is_stored,
                        options.memory.is_some(),
                        "{} images",
                        share.len()
                    );
                    nmf(solver).fit(&share).unwrap()
                })
            };
            let (from_file, from_memory) = (joined(&fits(&stored)), joined(&fits(&options)));
            assert!(
                from_file.basis == from_memory.basis && from_file.weights == from_memory.weights,
                "{solver}"
            );
            if file == &bytes {
                let alone = nmf(solver).fit(&load(file, &options).unwrap()).unwrap();
                assert!(
                    from_file.basis == alone.basis && from_file.weights == alone.weights,
                    "{solver}"
                );
            }
        }
    }
}

#[test]
fn a_share_that_can_no_longer_be_read_ends_the_fit_on_all() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bytes.npy");
    npy(&file, &drawn(300, 9), 9);
    let memory = Memory {
        bytes: 1000,
        scratch: folder.path().to_owned(),
    };
    let options = LoadOptions {
        memory: Some(memory),
        ..LoadOptions::default()
    };
    let said = with_ranks(2, |communicator| {
        let share = load_shard(&file, &options, communicator).unwrap();
        // Both have opened the file before the second half goes.
        nmf_images::communicator::check_same(communicator, "test", 0).unwrap();
        if communicator.rank() == 0 {
            fs::OpenOptions::new()
                .write(true)
                .open(&file)
                .unwrap()
                .set_len(128 + 200 * 81)
                .unwrap();
        }
        nmf_images::communicator::check_same(communicator, "test", 0).unwrap();
        let stop = StopRule {
            tolerance: 0.0,
            max_iterations: 100,
            ..StopRule::default()
        };
        Nmf::new(3)
            .stop_rule(stop)
            .fit(&share)
            .map(|_| ())
            .unwrap_err()
            .to_string()
    });
    assert!(
        said[0].starts_with("rank 1: ") && said[0].contains("bytes.npy"),
        "{said:?}"
    );
    assert_eq!(said[0], said[1]);
}

#[test]
fn each_share_has_the_names_and_labels_of_its_own_images() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bytes.npy");
    npy(&file, &drawn(300, 5), 5);
    let names: Vec<String> = (0..300)
        .map(|image| format!("{}/{image}.png", ["ape", "bee", "cat"][image / 100]))
        .collect();
    fs::write(file.with_extension("names"), names.join("\n") + "\n").unwrap();
    let memory = Memory {
        bytes: 1000,
        scratch: folder.path().to_owned(),
    };
    for memory in [None, Some(memory)] {
        let options = LoadOptions {
            memory,
            limit: Some(200),
            ..LoadOptions::default()
        };
        let shares = with_ranks(3, |communicator| {
            load_shard(&file, &options, communicator).unwrap().set
        });
        let whole = load(&file, &options).unwrap();
        assert_eq!(
            shares
                .iter()
                .flat_map(|share| share.names.clone())
                .collect::<Vec<_>>(),
            whole.names
        );
        let kind = |set: &ImageSet, image: usize| {
            let labels = set.labels.as_ref().unwrap();
            labels.names[labels.indices[image]].clone()
        };
        let of = |set: &ImageSet| {
            (0..set.len())
                .map(|image| kind(set, image))
                .collect::<Vec<_>>()
        };
        assert_eq!(shares.iter().flat_map(of).collect::<Vec<_>>(), of(&whole));
    }
}

#[test]
fn integers_and_labels_mean_the_same_on_all_ranks() {
    let folder = tempfile::tempdir().unwrap();
    let (file, labels) = (folder.path().join("set.npy"), folder.path().join("labels"));
    let names = (0..40)
        .map(|image| ["a", "b"][image / 20])
        .collect::<Vec<_>>();
    fs::write(&labels, names.join("\n")).unwrap();
    let options = LoadOptions {
        labels: Some(labels),
        ..LoadOptions::default()
    };
    // The last value decides whether all are grey levels; only the last rank reads it.
    for largest in [200, 300] {
        let mut values = Array2::from_shape_fn((40, 16), |(row, column)| (row + column) as u32);
        values[[39, 15]] = largest;
        ndarray_npy::write_npy(&file, &values).unwrap();
        let whole = load(&file, &options).unwrap();
        assert_eq!(matches!(whole.pixels, Pixels::U8(_)), largest < 256);
        let shares = with_ranks(3, |communicator| {
            load_shard(&file, &options, communicator).unwrap().set
        });
        let pixels: Vec<f32> = shares.iter().flat_map(ImageSet::to_f32).collect();
        assert_eq!(pixels, whole.to_f32().into_iter().collect::<Vec<_>>());
        let found: Vec<String> = shares.iter().flat_map(ImageSet::label_lines).collect();
        assert_eq!(found, names);
        for share in &shares {
            assert_eq!(share.notes, shares[0].notes);
            assert!(share.notes[0].starts_with("rows of 16 values are read as images"));
        }
    }
}
