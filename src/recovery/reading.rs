//! Files with the parts or features that are known to be in the images.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use ndarray::Array2;

use super::truth::{Features, Truth};
use crate::error::{Error, Result, TruthError};
use crate::images::{ImageSet, load_parts};
use crate::{disk, placeholders};

/// Values that stand for no feature.
const ABSENT: [&str; 2] = ["", "none"];

impl Truth {
    /// Reads known parts from a .npy file, (parts, height, width) or (parts, pixels), or the features of
    /// `images` from a .csv file: a header, then one row per image with its name and, in each further
    /// column, a value, or 0 or 1. Cells that are empty or `none` stand for no feature; rows of other images
    /// are ignored.
    ///
    /// # Errors
    /// If the file cannot be read or has another format, if parts differ in size from the images or have
    /// negative values, and if an image has no row in the table, or two.
    pub fn read(path: &Path, images: &ImageSet) -> Result<Self> {
        let extension = path
            .extension()
            .map(|extension| extension.to_string_lossy().to_ascii_lowercase());
        match extension.as_deref() {
            Some("npy") => Ok(Self::Parts(load_parts(path, images.shape)?)),
            Some("csv") => Ok(Self::Features(Features::read(path, &images.names)?)),
            _ => Err(TruthError::UnknownFormat(path.to_owned()).into()),
        }
    }
}

impl Features {
    fn read(path: &Path, images: &[String]) -> Result<Self> {
        let failed = |error: csv::Error| TruthError::Table {
            path: path.to_owned(),
            reason: error.to_string(),
        };
        placeholders::check(path)?;
        let file = disk::open_file(path).map_err(csv::Error::from);
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_reader(file.map_err(failed)?);
        let columns = reader.headers().map_err(failed)?.clone();
        let lines = reader
            .records()
            .collect::<std::result::Result<Vec<_>, _>>()
            .map_err(failed)?;
        Self::of(&columns, &lines, images).map_err(|source| Error::InFile {
            path: path.to_owned(),
            source: Box::new(source),
        })
    }

    fn of(
        columns: &csv::StringRecord,
        lines: &[csv::StringRecord],
        images: &[String],
    ) -> Result<Self> {
        let lines = lines_of_images(lines, images)?;
        let kinds: Vec<BTreeSet<&str>> = (1..columns.len())
            .map(|column| kinds_in(column, &lines))
            .collect();
        let features: Vec<(usize, &str)> = (1..)
            .zip(&kinds)
            .flat_map(|(column, kinds)| present(kinds).map(move |kind| (column, kind)))
            .collect();
        if features.is_empty() {
            return Err(TruthError::NoFeatures.into());
        }
        let mut names = Vec::with_capacity(features.len());
        for &(column, kind) in &features {
            let is_elsewhere = kinds.iter().filter(|kinds| kinds.contains(kind)).count() > 1;
            names.push(match (yes_or_no(&kinds[column - 1]), is_elsewhere) {
                (true, _) => columns[column].to_owned(),
                (false, true) => format!("{} {kind}", &columns[column]),
                (false, false) => kind.to_owned(),
            });
        }
        let table = Array2::from_shape_fn((images.len(), features.len()), |(image, feature)| {
            let (column, kind) = features[feature];
            f32::from(u8::from(lines[image].get(column) == Some(kind)))
        });
        Ok(Self { names, table })
    }
}

/// Returns the line of each image, which the first column names.
fn lines_of_images<'a>(
    lines: &'a [csv::StringRecord],
    images: &[String],
) -> Result<Vec<&'a csv::StringRecord>> {
    let mut by_name = HashMap::new();
    for line in lines {
        let name = line.get(0).unwrap_or_default();
        if by_name.insert(name, line).is_some() {
            return Err(TruthError::TwoRows(name.to_owned()).into());
        }
    }
    let missing: Vec<&String> = images
        .iter()
        .filter(|image| !by_name.contains_key(image.as_str()))
        .collect();
    match &missing[..] {
        [] => Ok(images.iter().map(|image| by_name[image.as_str()]).collect()),
        [first, others @ ..] => Err(TruthError::NoRow {
            image: (*first).clone(),
            others: others.len(),
        }
        .into()),
    }
}

/// Returns the different values in a column, without those that stand for no feature.
fn kinds_in<'a>(column: usize, lines: &[&'a csv::StringRecord]) -> BTreeSet<&'a str> {
    lines
        .iter()
        .filter_map(|line| line.get(column))
        .filter(|kind| !ABSENT.contains(kind))
        .collect()
}

/// Returns whether a column has only the values 0 and 1.
fn yes_or_no(kinds: &BTreeSet<&str>) -> bool {
    kinds.iter().all(|kind| ["0", "1"].contains(kind))
}

/// Returns the values of a column that are features.
fn present<'a>(kinds: &BTreeSet<&'a str>) -> impl Iterator<Item = &'a str> {
    let no = if yes_or_no(kinds) { "0" } else { "" };
    kinds.iter().copied().filter(move |kind| *kind != no)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn features(table: &str, images: &[&str]) -> Result<Features> {
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_reader(table.as_bytes());
        let columns = reader.headers().unwrap().clone();
        let lines: Vec<_> = reader.records().map(std::result::Result::unwrap).collect();
        Features::of(
            &columns,
            &lines,
            &images
                .iter()
                .map(|&image| image.to_owned())
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn each_kind_of_each_column_is_a_feature_of_the_images_in_their_order() {
        let table =
            "file,eye,nose,glasses\nb,big,none,1\na,small,small,0\nc,big,,1\nother,odd,odd,1\n";
        let features = features(table, &["a", "b", "c"]).unwrap();
        assert_eq!(
            features.names,
            ["big", "eye small", "nose small", "glasses"]
        );
        let has = ndarray::arr2(&[[0., 1., 1., 0.], [1., 0., 0., 1.], [1., 0., 0., 1.]]);
        assert_eq!(features.table, has);
    }

    #[test]
    fn numbers_that_are_more_than_yes_or_no_are_kinds() {
        let features = features("file,digit\na,0\nb,1\nc,2\n", &["a", "b", "c"]).unwrap();
        assert_eq!(features.names, ["0", "1", "2"]);
    }

    #[test]
    fn a_table_has_one_line_per_image_and_a_feature() {
        let error = |table: &str| features(table, &["a", "b", "c"]).unwrap_err().to_string();
        assert!(
            error("file,eye\na,big\n").starts_with("no line for b and 1 more: "),
            "{}",
            error("file,eye\na,big\n")
        );
        assert_eq!(
            error("file,eye\na,big\nb,big\na,small\nc,big\n"),
            "two lines for a: keep one"
        );
        assert!(error("file,eye\na,none\nb,none\nc,\n").starts_with("the table has no features"));
        assert!(error("file\na\nb\nc\n").starts_with("the table has no features"));
    }
}
