//! Some images with both reconstructions and what these miss.

use crate::basis::Shape;
use crate::error::Result;
use crate::render::canvas::colour_scale::{Paint, Scale};
use crate::render::canvas::figure::Figure;
use crate::render::canvas::header::Head;
use crate::render::canvas::sample_sheet;
use crate::render::canvas::samples::{Cell, Sample};
use crate::render::canvas::scale_bar::Bar;
use crate::render::canvas::style::Theme;

/// What the page shows.
#[derive(Debug, Clone, Copy)]
pub struct Reconstructions<'a> {
    /// What the images are: the folder's name.
    pub title: &'a str,
    /// The size of every image.
    pub shape: Shape,
    /// The images in their order.
    pub samples: &'a [Sample<'a>],
}

const CAPTION: &str =
    "Each reconstruction with its relative error and its absolute difference from the original.";
const CAPTION_WITH_UNKNOWN: &str = "Each reconstruction with its relative error and its absolute difference from what is known; orange is unknown.";

/// Draws, for each sample, the original and both reconstructions with their errors and absolute differences.
///
/// The page grows with the number of samples, up to four slides high; beyond that the first ones are shown.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if a sample has not as many pixels as the shape.
pub fn reconstructions(data: &Reconstructions, theme: Theme) -> Result<Figure> {
    let missed: Vec<_> = data
        .samples
        .iter()
        .map(|s| [missed(s.original, s.nmf), missed(s.original, s.pca)])
        .collect();
    let difference = Paint::holding(Scale::FromZero, missed.iter().flatten().flatten());
    let names: Vec<sample_sheet::Name> = data
        .samples
        .iter()
        .map(|sample| (sample.name, sample.warning))
        .collect();
    let has_unknown = data
        .samples
        .iter()
        .any(|sample| sample.original.iter().any(|value| value.is_nan()));
    let head = Head {
        title: data.title,
        caption: if has_unknown {
            CAPTION_WITH_UNKNOWN
        } else {
            CAPTION
        },
        bars: &[Bar {
            scale: Scale::FromZero,
            limit: Some(difference.limit),
            says: "difference",
            faint: 0.0,
        }],
        shown: (0, names.len()),
    };
    sample_sheet::sheet(
        &head,
        &names,
        data.shape,
        &cells(data, &missed, difference),
        theme,
    )
}

fn missed(original: &[f32], other: &[f32]) -> Vec<f32> {
    original
        .iter()
        .zip(other)
        .map(|(a, b)| (a - b).abs())
        .collect()
}

/// For each sample: original, NMF, its difference, PCA, its difference.
fn cells<'a>(
    data: &Reconstructions<'a>,
    missed: &'a [[Vec<f32>; 2]],
    paint: Paint,
) -> Vec<Vec<Cell<'a>>> {
    let original = Paint::holding(
        Scale::FromZero,
        data.samples.iter().flat_map(|sample| sample.original),
    );
    let difference = |values: &'a Vec<f32>| Cell {
        head: "difference",
        values,
        paint,
        note: String::new(),
    };
    let with_differences = |(sample, [nmf, pca]): (&Sample<'a>, &'a [Vec<f32>; 2])| {
        let mut cells = sample.cells(original);
        cells.insert(2, difference(nmf));
        cells.push(difference(pca));
        cells
    };
    data.samples
        .iter()
        .zip(missed)
        .map(with_differences)
        .collect()
}
