//! `model.npz`: it is read back as it was written, and damaged files are refused with the reason.

use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::PathBuf;

use ndarray::{Array0, Array1, Array2, ArrayD, IxDyn};
use ndarray_npy::WriteNpyExt;
use nmf_images::images::{Fit, Labels, LoadOptions};
use nmf_images::{
    FORMAT_VERSION, ImageSet, Model, NMF, Nmf, PCA, Pca, Quantisation, Shape, VQ, Vq,
};
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::common;

/// Six images of 3x2 with names and labels that need care, and the options that they were read with.
fn model() -> Model {
    let images = ImageSet {
        names: ["a.png", "two\nlines", "back\\slash", "\\n", "é 面", "\\"]
            .map(str::to_owned)
            .to_vec(),
        labels: Some(Labels {
            names: vec!["x".into(), "y\nz".into()],
            indices: vec![0, 1, 0, 1, 0, 1],
        }),
        white: Some(2.5),
        ..ImageSet::from_f32(Shape::new(2, 3), common::Noise::new(3).matrix(6, 6)).unwrap()
    };
    let options = LoadOptions {
        fit: Fit::Stretch,
        background: 7,
        invert: true,
        limit: Some(6),
        strict: true,
        ..LoadOptions::default()
    };
    let model = Model::new(
        &images,
        &options,
        &Nmf::new(2).fit(&images).unwrap(),
        &Pca::new(3).fit(&images).unwrap(),
    );
    let mut vq = Vq::new(4).fit(&images).unwrap();
    Model {
        vq: Some(Quantisation::take(&mut vq)),
        provenance: "{}".to_owned(),
        ..model
    }
}

/// A folder with the bytes as `model.npz`.
fn written(bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.npz");
    fs::write(&path, bytes).unwrap();
    (folder, path)
}

#[test]
fn what_is_read_is_what_was_written() {
    let model = model();
    let (folder, path) = written(&model.to_npz().unwrap());
    let read = Model::read(&path).unwrap();
    assert_eq!(read, model);
    assert_eq!(
        Model::read(folder.path()).unwrap(),
        model,
        "the folder stands for the file in it"
    );
    let expected = LoadOptions {
        size: Some(Shape::new(2, 3)),
        fit: Fit::Stretch,
        background: 7,
        invert: true,
        white: Some(2.5),
        ..LoadOptions::default()
    };
    assert_eq!(read.reading, expected);
    assert_eq!(read.labels, ["x", "y\nz", "x", "y\nz", "x", "y\nz"]);
    let settings: serde_json::Value = serde_json::from_str(&read.settings).unwrap();
    assert_eq!(
        (&settings["rank"], &settings["solver"], &settings["seed"]),
        (&2.into(), &"hals".into(), &0.into())
    );
    let plain = Model {
        labels: Vec::new(),
        provenance: String::new(),
        reading: LoadOptions {
            invert: false,
            white: None,
            ..expected
        },
        ..model
    };
    assert_eq!(
        Model::read(&written(&plain.to_npz().unwrap()).1).unwrap(),
        plain
    );
}

#[test]
fn training_errors_are_those_of_each_image() {
    let model = model();
    let x = common::Noise::new(3).matrix(6, 6);
    let (nmf, pca) = (model.by(&NMF), model.by(&PCA));
    for (rebuilt, errors) in [
        (nmf.weights.dot(&nmf.basis.rows()), &nmf.errors),
        (
            pca.weights.dot(&pca.basis.rows()) + pca.mean.as_ref().unwrap(),
            &pca.errors,
        ),
    ] {
        assert_eq!(errors.len(), 6);
        for (image, error) in errors.iter().enumerate() {
            let rest = (&x.row(image) - &rebuilt.row(image))
                .mapv(|v| f64::from(v).powi(2))
                .sum();
            let expected = (rest / x.row(image).mapv(|v| f64::from(v).powi(2)).sum()).sqrt();
            assert!(
                (f64::from(*error) - expected).abs() < 1e-6,
                "{error} {expected}"
            );
        }
    }
}

#[test]
fn priors_that_a_file_lacks_are_estimated_from_weights_and_errors() {
    let model = model();
    let read = Model::read(&written(&with("nmf_noise", None)).1).unwrap();
    assert_eq!(read.priors.get(&PCA), model.priors.get(&PCA));
    let [found, expected] = [&read, &model].map(|model| model.priors.get(&NMF).unwrap());
    let near = |a: f64, b: f64| (a - b).abs() < 1e-6;
    assert!(
        found
            .mean
            .iter()
            .zip(&expected.mean)
            .all(|(&a, &b)| near(a, b))
    );
    assert!(
        found
            .covariance
            .iter()
            .zip(&expected.covariance)
            .all(|(&a, &b)| near(a, b))
    );
    // The mean square of the residuals of a pixel.
    let nmf = model.by(&NMF);
    let residuals = common::Noise::new(3).matrix(6, 6) - nmf.weights.dot(&nmf.basis.rows());
    let square = residuals.mapv(|v| f64::from(v).powi(2)).mean().unwrap();
    assert!(
        (found.noise / square - 1.0).abs() < 0.02,
        "{} {square}",
        found.noise
    );
    assert!(
        found
            .rest
            .iter()
            .all(|&rest| (rest - 1.0 / 6.0).abs() < 1e-6)
    );
}

/// The archive with the entry of one key as other bytes, or without it.
fn with(key: &str, entry: Option<&[u8]>) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(model().to_npz().unwrap())).unwrap();
    let mut changed = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        if file.name() == format!("{key}.npy") {
            let Some(entry) = entry else { continue };
            bytes = entry.to_vec();
        }
        changed.start_file(file.name(), stored).unwrap();
        changed.write_all(&bytes).unwrap();
    }
    changed.finish().unwrap().into_inner()
}

fn npy(array: &impl WriteNpyExt) -> Vec<u8> {
    let mut bytes = Vec::new();
    array.write_npy(&mut bytes).unwrap();
    bytes
}

#[test]
fn a_model_without_prototypes_is_read() {
    let (_folder, path) = written(&with("vq_prototypes", None));
    let read = Model::read(&path).unwrap();
    assert!(read.vq.is_none());
    assert_eq!(read.decompositions, model().decompositions);
}

#[test]
fn prototypes_stand_for_the_images_to_which_they_are_assigned() {
    let vq = model().vq.unwrap();
    let some = vq.decomposition(&[4, 1]);
    assert!(*some.method == VQ && some.mean.is_none());
    for (row, image) in [4, 1].into_iter().enumerate() {
        let prototype = vq.prototypes.row(vq.assignments[image] as usize);
        assert_eq!(some.reconstruct(row), prototype);
        assert_eq!(some.errors[row].to_bits(), vq.errors[image].to_bits());
    }
}

#[test]
fn assignments_to_no_prototype_are_refused() {
    let wrong = Array1::from(vec![0u32, 1, 2, 3, 4, 0]);
    refused("vq_assignments", &npy(&wrong), "indices of prototypes");
    let few = Array1::from(vec![0u32; 5]);
    refused("vq_assignments", &npy(&few), "6");
}

/// What is said of such a file: one line, with its name.
fn said(bytes: &[u8]) -> String {
    let (_folder, path) = written(bytes);
    let said = Model::read(&path).unwrap_err().to_string();
    assert!(
        said.starts_with(&format!("{}: ", path.display())) && !said.contains('\n'),
        "{said}"
    );
    said
}

/// Fails unless the file with this entry is refused with a word of the key and these words.
fn refused(key: &str, entry: &[u8], words: &str) {
    let said = said(&with(key, Some(entry)));
    assert!(
        said.contains(&format!("`{key}`")) && said.contains(words),
        "{said}"
    );
}

#[test]
fn what_is_no_archive_or_a_damaged_one_is_refused() {
    let whole = model().to_npz().unwrap();
    for bytes in [
        &b""[..],
        b"PK",
        b"no archive at all",
        &whole[..whole.len() / 2],
        &whole[..whole.len() - 1],
        &whole[9..],
    ] {
        let said = said(bytes);
        assert!(
            said.contains("pass the model.npz of a run") || said.contains("`format_version`"),
            "{said}"
        );
    }
    for step in 0..whole.len() / 7 {
        let mut flipped = whole.clone();
        flipped[step * 7] ^= 0x55;
        // Some bytes say nothing, such as dates; none may end in a panic.
        let _ = Model::read(&written(&flipped).1);
    }
    let place = whole
        .windows(9)
        .position(|bytes| bytes == b"back\\\\sla")
        .unwrap();
    let mut flipped = whole;
    flipped[place] = b'p';
    let said = said(&flipped);
    assert!(
        said.contains("`names` cannot be read") && said.contains("checksum"),
        "{said}"
    );
}

#[test]
fn nothing_is_reserved_for_what_a_header_promises() {
    for shape in [(1_u64 << 40, 6), (u64::MAX, u64::MAX), (2, 600)] {
        let header = format!(
            "{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}\n",
            shape.0, shape.1
        );
        let mut entry = b"\x93NUMPY\x01\x00".to_vec();
        entry.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
        entry.extend(header.as_bytes());
        entry.extend([0; 48]);
        refused("H", &entry, "truncated");
    }
    refused(
        "H",
        b"\x93NUMPY\x02\x00\xff\xff\xff\xffrest",
        "header cannot be read",
    );
    refused("W", b"text", "header cannot be read");
    // An archive that lies about the length of an entry.
    let mut whole = model().to_npz().unwrap();
    let directory = whole
        .windows(4)
        .rposition(|bytes| bytes == b"PK\x01\x02")
        .unwrap();
    whole[directory + 20..directory + 28].copy_from_slice(&[0xfe; 8]);
    said(&whole);
}

#[test]
fn another_version_or_archive_is_refused() {
    let version = |version: i64| {
        said(&with(
            "format_version",
            Some(&npy(&Array0::from_elem((), version))),
        ))
    };
    for other in [1, FORMAT_VERSION + 1, -1] {
        let words =
            format!("the model has format {other}, but this version reads format {FORMAT_VERSION}");
        assert!(version(other).contains(&words), "{}", version(other));
    }
    for key in [
        "format_version",
        "W",
        "H",
        "pca_errors",
        "names",
        "labels",
        "fit",
        "white",
        "settings",
    ] {
        let said = said(&with(key, None));
        assert!(said.contains(&format!("`{key}` is missing")), "{said}");
    }
    let compressed = {
        let mut whole = model().to_npz().unwrap();
        let places: Vec<usize> = (0..whole.len() - 4)
            .filter(|&at| &whole[at..at + 4] == b"PK\x01\x02")
            .collect();
        for at in places {
            // Deflate64, which nothing here inflates.
            whole[at + 10] = 9;
        }
        whole
    };
    assert!(said(&compressed).contains("ompression"));
}

#[test]
fn arrays_that_cannot_be_are_refused_by_key() {
    let ones = |rows: usize, columns: usize| Array2::<f32>::ones((rows, columns));
    let holding = |value: f32| {
        let mut array = ones(2, 6);
        array[[1, 2]] = value;
        npy(&array)
    };
    refused(
        "H",
        &holding(f32::NAN),
        "holds NaN; allowed are finite non-negative values",
    );
    refused("H", &holding(-0.5), "holds -0.5");
    refused("H", &holding(f32::INFINITY), "holds inf");
    refused(
        "H",
        &npy(&ones(2, 5)),
        "has the shape [2, 5]; required is [2, 6]",
    );
    refused("H", &npy(&ones(0, 6)), "has the shape [0, 6]");
    refused("H", &npy(&Array1::<f32>::ones(12)), "has the shape [12]");
    refused(
        "H",
        &npy(&Array2::<u8>::ones((2, 6))),
        "holds |u1; required is f4 or f8",
    );
    refused(
        "W",
        &npy(&ones(6, 3)),
        "has the shape [6, 3]; required is [6, 2]",
    );
    refused(
        "W",
        &npy(&ArrayD::<f32>::ones(IxDyn(&[6, 2, 1]))),
        "has the shape [6, 2, 1]",
    );
    refused(
        "pca_mean",
        &npy(&Array1::<f32>::ones(5)),
        "[5]; required is [6]",
    );
    refused(
        "pca_mean",
        &npy(&Array1::<f32>::from_elem(6, f32::NAN)),
        "holds NaN; allowed are finite values",
    );
    refused(
        "pca_components",
        &npy(&ones(3, 7)),
        "[3, 7]; required is [3, 6]",
    );
    refused(
        "pca_scores",
        &npy(&ones(5, 3)),
        "[5, 3]; required is [6, 3]",
    );
    refused(
        "nmf_errors",
        &npy(&Array1::<f32>::ones(5)),
        "[5]; required is [6]",
    );
    refused(
        "pca_errors",
        &npy(&Array1::<f32>::from_elem(6, -1.0)),
        "holds -1; allowed are non-negative values",
    );
    refused(
        "nmf_prior_mean",
        &npy(&Array1::<f64>::ones(3)),
        "[3]; required is [2]",
    );
    refused(
        "nmf_prior_covariance",
        &npy(&Array2::<f64>::from_shape_fn((2, 2), |(a, b)| {
            if a == b { 1.0 } else { 9.0 }
        })),
        "holds no covariance; allowed are covariances of weights",
    );
    refused(
        "pca_noise",
        &npy(&Array0::<f64>::from_elem((), -1.0)),
        "holds -1; allowed are a non-negative variance",
    );
    refused(
        "pca_noise",
        &npy(&Array0::<f64>::from_elem((), f64::NAN)),
        "holds NaN; allowed are finite values",
    );
}

#[test]
fn names_shapes_and_settings_that_cannot_be_are_refused_by_key() {
    refused(
        "names",
        &npy(&Array1::<u8>::ones(5)),
        "holds 1 lines; allowed are as many as there are images",
    );
    refused("names", &npy(&Array1::<u8>::from_elem(5, 0xff)), "UTF-8");
    refused(
        "names",
        &npy(&Array1::<f32>::ones(5)),
        "holds <f4; required is u1",
    );
    refused("labels", &npy(&Array1::<u8>::ones(5)), "holds 1 lines");
    refused(
        "shape",
        &npy(&Array1::<u64>::from(vec![0, 6])),
        "holds [0, 6]",
    );
    refused(
        "shape",
        &npy(&Array1::<u64>::from(vec![1 << 40, 1 << 40])),
        "a height and a width",
    );
    refused(
        "shape",
        &npy(&Array1::<u64>::from(vec![6])),
        "[1]; required is [2]",
    );
    refused(
        "fit",
        &npy(&Array1::from(b"squeeze".to_vec())),
        "holds squeeze; allowed are crop and stretch",
    );
    refused(
        "fit",
        &npy(&Array1::from(b"cro\x1bp\n".repeat(99))),
        "holds cro\\u{1b}p\\ncro\\u{1b}p",
    );
    refused(
        "background",
        &npy(&Array0::<i64>::from_elem((), 300)),
        "holds 300; allowed are 0 to 255",
    );
    refused("white", &npy(&Array0::<f32>::from_elem((), 0.0)), "holds 0");
}

#[test]
fn doubles_and_columns_first_are_read_as_well() {
    let expected = model();
    let wide = expected.by(&NMF).basis.rows().mapv(f64::from);
    let by_column = wide.t().as_standard_layout().into_owned().reversed_axes();
    let read = Model::read(&written(&with("H", Some(&npy(&by_column)))).1).unwrap();
    assert_eq!(read, expected);
}
