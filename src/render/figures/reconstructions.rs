//! Some images with both reconstructions and their absolute errors.

use crate::basis::Shape;
use crate::error::Result;
use crate::render::canvas::colour_scale::{ColourMap, Scale};
use crate::render::canvas::figure::Figure;
use crate::render::canvas::header::{Header, Shown};
use crate::render::canvas::sample_sheet::{SampleName, Samples, draw_sheet};
use crate::render::canvas::samples::{Sample, SampleCell};
use crate::render::canvas::scale_bar::ScaleBar;
use crate::render::canvas::style::Theme;

/// The data of the page.
#[derive(Debug, Clone, Copy)]
pub struct Reconstructions<'a> {
    /// The title: the name of the folder.
    pub title: &'a str,
    /// The size of every image.
    pub shape: Shape,
    /// The images in the order in which they are drawn.
    pub samples: &'a [Sample<'a>],
}

const CAPTION: &str =
    "Reconstructions with their relative errors and absolute differences from the original.";
const CAPTION_WITH_UNKNOWN: &str = "Reconstructions with their relative errors and absolute differences on known pixels; unknown pixels are orange.";

/// Draws, for each sample, the original and both reconstructions with their errors and absolute
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
        differences.push(SampleDifferences {
            nmf: absolute_difference(sample.original, sample.nmf),
            pca: absolute_difference(sample.original, sample.pca),
        });
        names.push(SampleName {
            name: sample.name,
            warning: sample.warning,
        });
    }
    let all = differences.iter().flat_map(|d| d.nmf.iter().chain(&d.pca));
    let colour_map = ColourMap::covering(Scale::FromZero, all);
    let header = Header {
        title: data.title,
        caption: caption(data),
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

/// The absolute errors of both reconstructions of a sample.
struct SampleDifferences {
    nmf: Vec<f32>,
    pca: Vec<f32>,
}

fn absolute_difference(original: &[f32], other: &[f32]) -> Vec<f32> {
    original
        .iter()
        .zip(other)
        .map(|(a, b)| (a - b).abs())
        .collect()
}

/// Returns, for each sample: original, NMF, its difference, PCA, its difference.
fn cells<'a>(
    data: &Reconstructions<'a>,
    differences: &'a [SampleDifferences],
    colour_map: ColourMap,
) -> Vec<Vec<SampleCell<'a>>> {
    let originals = data.samples.iter().flat_map(|sample| sample.original);
    let original = ColourMap::covering(Scale::FromZero, originals);
    let mut all = Vec::with_capacity(data.samples.len());
    for (sample, difference) in data.samples.iter().zip(differences) {
        let mut cells = sample.cells(original);
        cells.insert(2, difference_cell(&difference.nmf, colour_map));
        cells.push(difference_cell(&difference.pca, colour_map));
        all.push(cells);
    }
    all
}

fn difference_cell(values: &[f32], colour_map: ColourMap) -> SampleCell<'_> {
    SampleCell {
        heading: "difference",
        values,
        colour_map,
        note: String::new(),
    }
}
