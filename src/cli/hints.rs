//! Hints that the command adds to errors of the library: which option to pass or to omit.

mod input;

use nmf_images::error::{
    CommunicatorError, FixedError, MaskError, TableError, common_no_intensity,
};
use nmf_images::{Error, Solver};

pub use self::input::how_to_reduce;
use self::input::input_hint;

/// Values below this, such as -9999 or -3.4e38, rather mark unknown pixels than measure something.
const LEAST_MEASURED: f32 = -999.0;
/// The pixels of an image above which a smaller size is suggested.
const LARGE: usize = 128 * 128;
/// The longer side of the size that is suggested then.
const SMALL_SIDE: usize = 96;

/// Returns a hint on how to resolve an error; `None` if its message suffices.
pub fn hint(error: &Error) -> Option<String> {
    let hint = match error {
        // The rank is that of W and H in the file.
        Error::InFile { source, .. } if matches!(**source, Error::RankTooLarge { .. }) => {
            return None;
        }
        Error::InFile { source, .. }
        | Error::InRule { source, .. }
        | Error::InArray { source, .. } => return hint(source),
        Error::Input(error) => return input_hint(error),
        Error::Rows(error) => return table_hint(error),
        Error::Mask(error) => return mask_hint(error),
        Error::Communicator(error) => communicator_hint(error)?,
        Error::Fixed(error) => return fixed_hint(error),
        Error::RankZero => "pass -k 1 or more",
        Error::RankTooLarge { most, .. } => return Some(format!("pass -k {most} or less")),
        Error::NoPenalties(_) => "--overlap, --alpha-w and --alpha-h require --solver hals",
        Error::AllBlack(_) => "check that the folder is the right one",
        Error::BlackPixels { .. } => {
            "pass --solver mu:kl or mu:0.5, which allow zeros, or raise black to a dark grey first"
        }
        Error::MixedSizes { sizes } => {
            let most_frequent = sizes.first()?;
            return Some(size_hint(most_frequent.width, most_frequent.height));
        }
        _ => return value_hint(error),
    };
    Some(hint.to_owned())
}

/// Returns a hint on the size of images; large ones also learn from fewer pixels.
fn size_hint(width: usize, height: usize) -> String {
    let hint = format!("pass --size {width}x{height} to resize");
    if width * height <= LARGE {
        return hint;
    }
    let scale = SMALL_SIDE as f64 / width.max(height) as f64;
    let reduced = |side: usize| ((side as f64 * scale).round() as usize).max(1);
    format!(
        "{hint}, or a smaller size, which is faster, such as {}x{}",
        reduced(width),
        reduced(height)
    )
}

/// Returns a hint on pixel values or on files that were skipped.
fn value_hint(error: &Error) -> Option<String> {
    let hint = match error {
        Error::RowLength {
            columns,
            width,
            height,
        } if *columns == width * height + 1 => {
            "if one column holds labels, pass it to --label or --ignore (.csv); in NumPy, save x[:, 1:]"
        }
        Error::Negative { minimum, .. } if *minimum <= LEAST_MEASURED => {
            return Some(missing_hint(*minimum));
        }
        Error::LightOutOfRange { largest } if *largest > 1.0 => {
            "or pass --missing with that value if it marks unknown pixels"
        }
        Error::Unreadable { reason, .. } => {
            return Some(
                reason_hint(reason).unwrap_or_else(|| "omit --strict to skip it".to_owned()),
            );
        }
        Error::TooFewImages {
            first: Some(first), ..
        } => return reason_hint(first),
        Error::NotFinite { .. } => "replace or mask them first, or pass --missing nan",
        _ => return None,
    };
    Some(hint.to_owned())
}

fn missing_hint(value: f32) -> String {
    let value = if value.abs() < 1e7 {
        value.to_string()
    } else {
        format!("{value:e}")
    };
    format!("pass --missing {value} if this value marks unknown pixels")
}

/// Returns a hint for the reason why an image file was skipped.
pub fn reason_hint(reason: &str) -> Option<String> {
    match common_no_intensity(reason)? {
        "NaN" => Some("if such pixels are unknown, pass --missing nan".to_owned()),
        value if value.starts_with("-inf") || value.starts_with("inf") => None,
        value => Some(format!(
            "if such pixels are unknown, pass --missing {value}"
        )),
    }
}

fn fixed_hint(error: &FixedError) -> Option<String> {
    match error {
        FixedError::NoneLearned { fixed, .. } => Some(format!("pass -k {} or more", fixed + 1)),
        _ => None,
    }
}

fn mask_hint(error: &MaskError) -> Option<String> {
    match error {
        MaskError::NeedsAllPixels { .. } => {
            let rules: Vec<String> = Solver::for_unknown_pixels()
                .iter()
                .map(Solver::to_string)
                .collect();
            Some(format!(
                "pass --solver {}, or --rules {} to compare",
                Solver::default(),
                rules.join(",")
            ))
        }
        MaskError::Size { .. } => Some("resize one of them, or pass --size".to_owned()),
        _ => None,
    }
}

fn table_hint(error: &TableError) -> Option<String> {
    match error {
        TableError::Missing { .. } => Some("fill in the value, or pass --missing nan".to_owned()),
        TableError::OnlyLabels => Some("omit --label".to_owned()),
        TableError::NoNumber {
            field,
            number,
            labelled,
            ..
        } => Some(field_hint(field, *number, *labelled)),
        _ => None,
    }
}

/// Returns a hint for a field of a table that is not a number.
fn field_hint(field: &str, column: usize, has_labels: bool) -> String {
    if is_number(&field.replace(',', ".")) {
        "write decimals with a decimal point".to_owned()
    } else if field.split_whitespace().all(is_number) {
        "separate numbers with commas, tabs or semicolons".to_owned()
    } else if has_labels {
        format!("pass --ignore {column}")
    } else {
        format!(
            "if that column holds the labels of the images, pass --label {column}, or else --ignore {column}"
        )
    }
}

fn is_number(text: &str) -> bool {
    text.parse::<f32>().is_ok()
}

fn communicator_hint(error: &CommunicatorError) -> Option<&'static str> {
    match error {
        CommunicatorError::NeedsOneProcess { .. } => Some("or omit --mpi"),
        CommunicatorError::NoMpi => {
            Some("pass --threads 1 or rebuild Open MPI with thread support")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use nmf_images::error::SizeCount;

    use super::*;

    #[test]
    fn the_hint_is_that_of_the_innermost_error() {
        let error = Error::InFile {
            path: PathBuf::from("set.npz"),
            source: Box::new(Error::InArray {
                key: "x".to_owned(),
                source: Box::new(Error::RankTooLarge {
                    rank: 9,
                    images: 4,
                    pixels: 16,
                    most: 4,
                }),
            }),
        };
        assert_eq!(hint(&error).as_deref(), Some("pass -k 4 or less"));
        let missing = Error::NotFound {
            path: PathBuf::from("nowhere"),
        };
        assert_eq!(hint(&missing), None);
    }

    #[test]
    fn the_hint_for_unknown_pixels_names_the_rules_that_support_them() {
        let error = Error::Mask(MaskError::NeedsAllPixels {
            unknown: 3,
            solver: "bpp".to_owned(),
            others: String::new(),
        });
        assert_eq!(
            hint(&error).as_deref(),
            Some("pass --solver hals, or --rules hals,mu,mu:kl,l21,huber:0.1,l1 to compare")
        );
    }

    #[test]
    fn extreme_values_may_mark_unknown_pixels() {
        let negative = |minimum| Error::Negative {
            count: 1,
            minimum,
            image: 0,
            row: 0,
            column: 0,
        };
        let pass = |value| format!("pass --missing {value} if this value marks unknown pixels");
        assert_eq!(hint(&negative(-9999.0)), Some(pass("-9999")));
        assert_eq!(hint(&negative(f32::MIN)), Some(pass("-3.4028235e38")));
        assert_eq!(hint(&negative(-0.5)), None);
    }

    #[test]
    fn images_of_several_sizes_are_resized_to_the_most_frequent_one() {
        let size = |width, height| SizeCount {
            width,
            height,
            count: 1,
            examples: Vec::new(),
        };
        let error = Error::MixedSizes {
            sizes: vec![size(4, 3), size(5, 4)],
        };
        assert_eq!(hint(&error).as_deref(), Some("pass --size 4x3 to resize"));
        assert_eq!(
            size_hint(3000, 4000),
            "pass --size 3000x4000 to resize, or a smaller size, which is faster, such as 72x96"
        );
    }

    #[test]
    fn a_field_without_a_number_gets_the_hint_that_fits_it() {
        assert_eq!(
            field_hint("0,5", 1, false),
            "write decimals with a decimal point"
        );
        assert_eq!(
            field_hint("1 2 3", 1, false),
            "separate numbers with commas, tabs or semicolons"
        );
        assert_eq!(field_hint("z", 3, true), "pass --ignore 3");
        assert_eq!(
            field_hint("cat", 2, false),
            "if that column holds the labels of the images, pass --label 2, or else --ignore 2"
        );
    }
}
