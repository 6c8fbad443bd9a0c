//! Images with holes, inpainted by each method, beside the hidden pixels.

use crate::basis::Shape;
use crate::error::Result;
use crate::render::canvas::colour_scale::{ColourMap, Scale};
use crate::render::canvas::figure::Figure;
use crate::render::canvas::header::{FigureHeader, Shown};
use crate::render::canvas::numbers::percent;
use crate::render::canvas::sample_sheet::{SampleName, Samples, draw_sheet};
use crate::render::canvas::samples::{Reconstruction, SampleCell};
use crate::render::canvas::style::Theme;

/// The data of the page.
#[derive(Debug, Clone, Copy)]
pub struct Inpainting<'a> {
    /// The title: the name of the folder.
    pub title: &'a str,
    /// The size of every image.
    pub shape: Shape,
    /// The images in the order in which they are drawn.
    pub samples: &'a [InpaintingSample<'a>],
}

/// An image with holes and its inpaintings; each slice holds one value per pixel, row by row.
#[derive(Debug, Clone, Copy)]
pub struct InpaintingSample<'a> {
    /// The name of the image.
    pub name: &'a str,
    /// The image; unknown pixels are NaN.
    pub holes: &'a [f32],
    /// The image, with the mean image in its holes.
    pub with_mean: &'a [f32],
    /// The relative error of the mean image in the hidden pixels.
    pub mean_error: f64,
    /// The image, inpainted by each method, with the relative error of the hidden pixels.
    pub inpaintings: &'a [Reconstruction],
    /// The image without holes, if known.
    pub truth: Option<&'a [f32]>,
}

const CAPTION: &str = "Hidden pixels from the mean image, which knows nothing of the picture, and from parts and eigenimages; known pixels unchanged.";
const CAPTION_WITH_TRUTH: &str = "Hidden pixels from the mean image, which knows nothing of the picture, and from parts and eigenimages, with their relative errors.";

/// Draws, for each sample, the image with its holes, its inpaintings and, where it is known, the
/// image without holes.
///
/// The page grows with the number of samples to at most four slides; beyond that, the first ones
/// are shown.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if a sample does not have the number of pixels
/// of the shape.
pub fn inpainting(data: &Inpainting, theme: Theme) -> Result<Figure> {
    let known = data.samples.iter().flat_map(|sample| sample.holes);
    let colour_map = ColourMap::covering(Scale::FromZero, known);
    let mut names = Vec::with_capacity(data.samples.len());
    let mut all_cells = Vec::with_capacity(data.samples.len());
    for sample in data.samples {
        names.push(SampleName {
            name: sample.name,
            warning: "",
        });
        all_cells.push(cells(sample, colour_map));
    }
    let has_truth = data.samples.iter().any(|sample| sample.truth.is_some());
    let header = FigureHeader {
        title: data.title,
        caption: if has_truth {
            CAPTION_WITH_TRUTH
        } else {
            CAPTION
        },
        bars: &[],
        shown: Shown::ALL,
    };
    let samples = Samples {
        shape: data.shape,
        names: &names,
        cells: &all_cells,
    };
    draw_sheet(&header, samples, theme)
}

fn cells<'a>(sample: &InpaintingSample<'a>, colour_map: ColourMap) -> Vec<SampleCell<'a>> {
    let note = |error: f64| match sample.truth {
        Some(_) => percent(error),
        None => String::new(),
    };
    let mut columns = vec![
        ("masked", sample.holes, String::new()),
        ("mean image", sample.with_mean, note(sample.mean_error)),
    ];
    for inpainting in sample.inpaintings {
        let note = note(inpainting.error);
        columns.push((inpainting.method.name, &inpainting.values, note));
    }
    if let Some(truth) = sample.truth {
        columns.push(("original", truth, String::new()));
    }
    let mut cells = Vec::with_capacity(columns.len());
    for (heading, values, note) in columns {
        cells.push(SampleCell {
            heading,
            values,
            colour_map,
            note,
        });
    }
    cells
}
