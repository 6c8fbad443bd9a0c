//! Checkpoint files that are damaged or do not fit: each is refused with its reason.

use std::io::{Cursor, Read, Write};

use std::ops::ControlFlow;

use ndarray::{Array2, arr1, arr2};

use ndarray_npy::WriteNpyExt;

use nmf_images::nmf::Checkpoint;

use nmf_images::{ImageSet, Init, Nmf, StopRule};

use crate::common::{Noise, set};

use crate::stopped::{sixty, stopped};

/// A small checkpoint in the third of several starts.
fn small() -> (ImageSet, Nmf, Vec<u8>) {
    let images = set(Noise::new(14).matrix(9, 8));
    let nmf = Nmf::new(3)
        .init(Init::Random)
        .restarts(3)
        .stop_rule(StopRule {
            max_iterations: 5,
            ..sixty()
        });
    let bytes = stopped(&nmf, &images, 12).to_npz().unwrap();
    (images, nmf, bytes)
}

/// What is said where a fit is to go on from these bytes; nothing where it does.
fn refusal(images: &ImageSet, nmf: &Nmf, bytes: &[u8]) -> Option<String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let went_on = Checkpoint::read(file.path())
        .and_then(|checkpoint| nmf.resume(images, &checkpoint, |_| ControlFlow::Continue(())));
    went_on.err().map(|error| error.to_string())
}

#[test]
fn a_damaged_file_is_refused_and_never_a_panic() {
    let (images, nmf, bytes) = small();
    assert_eq!(refusal(&images, &nmf, &bytes), None);
    for length in (0..bytes.len()).step_by(97) {
        let said = refusal(&images, &nmf, &bytes[..length]).unwrap();
        assert!(
            said.contains("not a checkpoint") && !said.contains('\n'),
            "{length} bytes: {said}"
        );
    }
    for place in (0..bytes.len()).step_by(13) {
        let mut damaged = bytes.clone();
        damaged[place] ^= 0x55;
        // Some bytes of an archive say nothing.
        let said = refusal(&images, &nmf, &damaged);
        assert!(said.is_none_or(|said| !said.contains('\n')), "byte {place}");
    }
}

/// The archive with another array in place of one.
fn with(bytes: &[u8], key: &str, array: &impl WriteNpyExt) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let names: Vec<String> = archive.file_names().map(str::to_owned).collect();
    for name in names {
        let options = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored);
        writer.start_file(&name, options).unwrap();
        let mut content = Vec::new();
        if name == format!("{key}.npy") {
            array.write_npy(&mut content).unwrap();
        } else {
            archive
                .by_name(&name)
                .unwrap()
                .read_to_end(&mut content)
                .unwrap();
        }
        writer.write_all(&content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Fails unless a small checkpoint with another array under `key` is refused with `words`.
fn refused(key: &str, array: &impl WriteNpyExt, words: &str) {
    let (images, nmf, bytes) = small();
    let said = refusal(&images, &nmf, &with(&bytes, key, array)).unwrap_or_default();
    assert!(said.contains(words), "{key}: {said}");
}

fn floats(rows: usize, columns: usize, value: f32) -> Array2<f32> {
    Array2::from_elem((rows, columns), value)
}

#[test]
fn arrays_that_do_not_go_together_are_refused_by_name() {
    refused("W", &floats(9, 4, 1.0), "`W` has the shape [9, 4]");
    refused("W", &floats(9, 3, -1.0), "`W` holds -1");
    refused("H_lead", &floats(3, 8, f32::NAN), "`H_lead` holds NaN");
    refused(
        "H_lead",
        &floats(3, 7, 1.0),
        "`H_lead` has the shape [3, 7]",
    );
    refused(
        "weights_gram",
        &floats(3, 3, 1.0),
        "`weights_gram` has the shape [3, 3]",
    );
    refused("rule_state", &arr1(&[0.5]), "does not match");
    refused(
        "rule_state",
        &arr1(&[0.5_f32]),
        "`rule_state` holds <f4; required is f8",
    );
    refused("revivals", &ndarray::arr0(-1_i64), "`revivals` holds -1");
    refused(
        "trace",
        &arr2(&[[-1.0, 0.5, 1.0]]),
        "`trace` holds -1; allowed are finite non-negative seconds",
    );
    refused(
        "trace",
        &Array2::<f64>::zeros((0, 3)),
        "`trace` has the shape [0, 3]",
    );
}

#[test]
fn earlier_starts_and_settings_that_do_not_go_together_are_refused_by_name() {
    refused(
        "starts",
        &Array2::<f64>::zeros((1, 3)),
        "`starts_ended` has the shape [2, 2]",
    );
    refused(
        "starts_ended",
        &arr2(&[[5_u64, 2], [5, 3]]),
        "does not match",
    );
    refused(
        "starts_H",
        &floats(5, 8, 1.0),
        "`starts_H` has the shape [5, 8]",
    );
    refused("best", &ndarray::arr0(2_u64), "does not match");
    refused("best_W", &floats(8, 3, 1.0), "does not match");
    refused("best_order", &arr1(&[0_u64, 1, 1]), "does not match");
    refused("best_shares", &arr1(&[0.5, 0.5]), "does not match");
    refused(
        "settings",
        &arr1(b"{}"),
        "started with extrapolation nothing",
    );
    refused("settings", &arr1(b"no settings"), "`settings` holds ");
    refused(
        "format_version",
        &ndarray::arr0(9_i64),
        "format 9, but this version reads format 1",
    );
}
