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

/// Draws each sample: the original, and its reconstructions with their errors and absolute differences.
///
/// The page grows with the number of samples, up to four slides high; beyond that the first ones are shown.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if a sample has not as many pixels as the shape.
pub fn reconstructions(data: &Reconstructions, theme: Theme) -> Result<Figure> {
    let differences: Vec<_> = data.samples.iter().map(differences).collect();
    let all = differences.iter().flatten().flatten();
    let difference = Paint::holding(Scale::FromZero, all);
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
        &cells(data, &differences, difference),
        theme,
    )
}

/// Returns the absolute difference of each reconstruction from the original.
fn differences(sample: &Sample) -> Vec<Vec<f32>> {
    let mut differences = Vec::new();
    for reconstruction in sample.reconstructions {
        let pixels = sample.original.iter().zip(&reconstruction.values);
        differences.push(pixels.map(|(a, b)| (a - b).abs()).collect());
    }
    differences
}

/// Returns the cells of each sample: the original, and each reconstruction followed by its difference.
fn cells<'a>(
    data: &Reconstructions<'a>,
    differences: &'a [Vec<Vec<f32>>],
    paint: Paint,
) -> Vec<Vec<Cell<'a>>> {
    let all = data.samples.iter().flat_map(|sample| sample.original);
    let original = Paint::holding(Scale::FromZero, all);
    let mut rows = Vec::new();
    for (sample, differences) in data.samples.iter().zip(differences) {
        let mut cells = sample.cells(original).into_iter();
        let mut row: Vec<Cell> = cells.next().into_iter().collect();
        for (cell, values) in cells.zip(differences) {
            row.push(cell);
            row.push(Cell {
                head: "difference",
                values,
                paint,
                note: String::new(),
            });
        }
        rows.push(row);
    }
    rows
}
