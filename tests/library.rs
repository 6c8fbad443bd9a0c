//! A program that uses the library without features: images from an array, a fit, new images, a saved model, errors.

use std::fs;

use nmf_images::ndarray::{Array2, Array3, ShapeBuilder, s};
use nmf_images::{Error, ImageSet, Model, NMF, Nmf, PCA, Pca, Shape, projection::threshold};

/// Forty images of 4x6 pixels, each a weighted sum of a left and a right half.
fn halves() -> Array3<u8> {
    Array3::from_shape_fn((40, 4, 6), |(image, _, column)| {
        let weights = [(image % 5) as u8, (image % 8) as u8];
        30 * weights[usize::from(column >= 3)]
    })
}

#[test]
fn two_halves_are_learned_saved_read_and_found_in_new_images() -> nmf_images::Result<()> {
    let cube = halves();
    let images = ImageSet::from_images(cube.slice(s![..30, .., ..]))?;
    let new = ImageSet::from_images(cube.slice(s![30.., .., ..]))?;
    assert_eq!((images.len(), new.len()), (30, 10));

    let nmf = Nmf::new(2).fit(&images)?;
    assert!(nmf.relative_error < 1e-3, "{}", nmf.relative_error);
    let weights = nmf.transform(&new)?;
    let reconstructed = weights.dot(&nmf.basis.rows().to_owned());
    let difference = reconstructed - new.to_f32();
    assert!(difference.iter().all(|value| value.abs() < 1e-2));

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("halves.npz");
    Model::of_nmf(&images, &nmf).save(&path)?;
    let model = Model::read(&path)?;
    assert!(model.get(&PCA).is_none());
    assert_eq!(model.by(&NMF).basis, nmf.basis);
    assert_eq!(model.project(&new)?.methods[&NMF].weights, weights);

    // A bright corner is none of both halves.
    let mut corner = Array3::<u8>::zeros((1, 4, 6));
    corner[[0, 0, 0]] = 255;
    let corner = model.project(&ImageSet::from_images(corner.view())?)?;
    assert!(corner.methods[&NMF].errors[0] > threshold(&model.by(&NMF).errors));
    Ok(())
}

#[test]
fn a_pca_alone_is_saved_and_read() -> nmf_images::Result<()> {
    let images = ImageSet::from_images(halves().view())?;
    let pca = Pca::new(2).fit(&images)?;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pca.npz");
    Model::of_pca(&images, &pca).save(&path)?;
    let model = Model::read(&path)?;
    assert!(model.get(&NMF).is_none());
    assert_eq!(model.mean_image(), Some(&pca.mean));
    let scores = pca.transform(&images)?;
    assert_eq!(model.project(&images)?.methods[&PCA].weights, scores);
    let largest = (scores - &pca.weights)
        .iter()
        .fold(0.0, |most: f32, value| most.max(value.abs()));
    assert!(largest < 1e-4, "{largest}");
    Ok(())
}

#[test]
fn arrays_of_every_type_and_layout_are_the_same_images() -> nmf_images::Result<()> {
    let bytes = halves();
    let same = ImageSet::from_images(bytes.view())?.to_f32();
    let unit = bytes.mapv(|value| f32::from(value) / 255.0);
    assert_eq!(ImageSet::from_images(unit.view())?.to_f32(), same);
    assert_eq!(
        ImageSet::from_images(unit.mapv(f64::from).view())?.to_f32(),
        same
    );
    // Columns first, and rows of pixels.
    let mut turned = Array3::zeros(unit.dim().f());
    turned.assign(&unit);
    assert_eq!(ImageSet::from_images(turned.view())?.to_f32(), same);
    let rows = unit.to_shape((40, 24)).unwrap();
    assert_eq!(
        ImageSet::from_rows(Shape::new(4, 6), rows.view())?.to_f32(),
        same
    );
    Ok(())
}

#[test]
fn what_cannot_be_done_is_one_error_that_names_it() {
    let nothing = ImageSet::from_images(Array3::<u8>::zeros((0, 4, 6)).view());
    assert!(matches!(nothing, Err(Error::NoPixels)));
    let short = ImageSet::from_rows(Shape::new(4, 6), Array2::<f64>::zeros((2, 5)).view());
    assert!(short.unwrap_err().to_string().contains("a row of 5 values"));
    let negative = ImageSet::from_rows(Shape::new(1, 2), Array2::from_elem((2, 2), -1.0).view());
    assert!(matches!(negative, Err(Error::Negative { count: 4, .. })));

    let images = ImageSet::from_images(halves().view()).unwrap();
    let too_many = Nmf::new(25).fit(&images).unwrap_err();
    assert!(matches!(too_many, Error::RankTooLarge { most: 24, .. }));
    let nmf = Nmf::new(2).fit(&images).unwrap();
    let small = ImageSet::from_images(Array3::<u8>::ones((2, 2, 2)).view()).unwrap();
    let other = nmf.transform(&small).unwrap_err().to_string();
    assert!(other.contains("2x2") && other.contains("6x4"), "{other}");
}

#[test]
fn a_model_is_written_complete_or_not_at_all() {
    let images = ImageSet::from_images(halves().view()).unwrap();
    let model = Model::of_nmf(&images, &Nmf::new(2).fit(&images).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("model.npz");
    fs::write(&file, "an earlier file").unwrap();
    model.save(&file).unwrap();
    assert_eq!(Model::read(folder.path()).unwrap(), model);

    // The name of a folder cannot be written to, and no temporary file is left.
    let taken = folder.path().join("taken");
    fs::create_dir(&taken).unwrap();
    for path in [taken.clone(), folder.path().join("missing/model.npz")] {
        let said = model.save(&path).unwrap_err().to_string();
        assert!(said.starts_with(&path.display().to_string()), "{said}");
        assert!(!said.contains('\n'), "{said}");
    }
    let mut left: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    left.sort();
    assert_eq!(left, ["model.npz", "taken"]);
}
