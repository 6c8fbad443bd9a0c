//! Some images with their reconstructions and absolute differences.

use crate::basis::Shape;
use crate::error::Result;
use crate::render::canvas::colour_scale::{ColourMap, Scale};
use crate::render::canvas::figure::Figure;
use crate::render::canvas::header::{FigureHeader, Shown};
use crate::render::canvas::sample_sheet::{SampleName, Samples, draw_sheet};
use crate::render::canvas::samples::{Sample, SampleCell};
use crate::render::canvas::scale_bar::ScaleBar;
use crate::render::canvas::style::Theme;

/// The data of the page.
#[derive(Debug, Clone, Copy)]
pub struct Reconstructions<'a> {
    /// The title: the name of the folder.
    pub title: &'a str,
    /// What the images are: `Training images`.
    pub kind: &'a str,
    /// The size of every image.
    pub shape: Shape,
    /// The images in the order in which they are drawn.
    pub samples: &'a [Sample<'a>],
}

const CAPTION: &str = "reconstructions with relative errors and absolute differences.";
const CAPTION_WITH_UNKNOWN: &str =
    "errors and differences on known pixels; unknown pixels are orange.";

/// Draws, for each sample, the original and its reconstructions with their errors and absolute
/// differences.
///
/// The page grows with the number of samples to at most four slides; beyond that, the first ones
/// are shown.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if a sample does not have the number of pixels
/// of the shape.
pub fn reconstructions(data: &Reconstructions, theme: Theme) -> Result<Figure> {
    let mut differences = Vec::with_capacity(data.samples.len());
    let mut names = Vec::with_capacity(data.samples.len());
    for sample in data.samples {
        differences.push(absolute_differences(sample));
        names.push(SampleName {
            name: sample.name,
            warning: sample.warning,
        });
    }
    let all = differences.iter().flatten().flatten();
    let colour_map = ColourMap::covering(Scale::FromZero, all);
    let header = FigureHeader {
        title: data.title,
        caption: &format!("{}: {}", data.kind, caption(data)),
        bars: &[ScaleBar {
            scale: Scale::FromZero,
            limit: Some(colour_map.limit),
            label: "absolute difference",
            faint: 0.0,
        }],
        shown: Shown::ALL,
    };
    let samples = Samples {
        shape: data.shape,
        names: &names,
        cells: &cells(data, &differences, colour_map),
    };
    draw_sheet(&header, samples, theme)
}

fn caption(data: &Reconstructions) -> &'static str {
    let mut pixels = data.samples.iter().flat_map(|sample| sample.original);
    if pixels.any(|value| value.is_nan()) {
        CAPTION_WITH_UNKNOWN
    } else {
        CAPTION
    }
}

/// Returns the absolute difference of each reconstruction from the original.
fn absolute_differences(sample: &Sample) -> Vec<Vec<f32>> {
    let mut differences = Vec::with_capacity(sample.reconstructions.len());
    for reconstruction in sample.reconstructions {
        let pixels = sample.original.iter().zip(&reconstruction.values);
        differences.push(pixels.map(|(a, b)| (a - b).abs()).collect());
    }
    differences
}

/// Returns the cells of each sample: the original, and each reconstruction followed by its
/// difference.
fn cells<'a>(
    data: &Reconstructions<'a>,
    differences: &'a [Vec<Vec<f32>>],
    colour_map: ColourMap,
) -> Vec<Vec<SampleCell<'a>>> {
    let originals = data.samples.iter().flat_map(|sample| sample.original);
    let original = ColourMap::covering(Scale::FromZero, originals);
    let mut all = Vec::with_capacity(data.samples.len());
    for (sample, differences) in data.samples.iter().zip(differences) {
        let mut cells = sample.cells(original).into_iter();
        let mut row: Vec<SampleCell> = cells.next().into_iter().collect();
        for (cell, values) in cells.zip(differences) {
            row.push(cell);
            row.push(SampleCell {
                heading: "difference",
                values,
                colour_map,
                note: String::new(),
            });
        }
        all.push(row);
    }
    all
}
