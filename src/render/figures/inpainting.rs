//! Some images with holes, as parts and eigenimages fill them, and what stands under the mask.

use crate::basis::Shape;
use crate::error::Result;
use crate::render::canvas::colour_scale::{Paint, Scale};
use crate::render::canvas::figure::Figure;
use crate::render::canvas::header::Head;
use crate::render::canvas::numbers::percent;
use crate::render::canvas::sample_sheet;
use crate::render::canvas::samples::{Cell, Reconstruction};
use crate::render::canvas::style::Theme;

/// What the page shows.
#[derive(Debug, Clone, Copy)]
pub struct Inpainting<'a> {
    /// What the images are: the folder's name.
    pub title: &'a str,
    /// The size of every image.
    pub shape: Shape,
    /// The images in their order.
    pub samples: &'a [Filled<'a>],
}

/// An image with holes and what fills them; each slice holds one value a pixel, row by row.
#[derive(Debug, Clone, Copy)]
pub struct Filled<'a> {
    /// What the image is called.
    pub name: &'a str,
    /// The image, NaN where it is unknown.
    pub holes: &'a [f32],
    /// The image, filled in by each method. The errors are those of the hidden pixels.
    pub fillings: &'a [Reconstruction],
    /// What is under the mask, if that is known: the image without holes.
    pub truth: Option<&'a [f32]>,
}

const CAPTION: &str =
    "Known pixels as they are, unknown ones as the parts and the eigenimages fill them.";
const CAPTION_WITH_TRUTH: &str = "Known pixels as they are, unknown ones as learned, with their relative error against what is under the mask.";

/// Draws, for each sample, the image with its holes, both fillings and, where it is known, what is under the mask.
///
/// The page grows with the number of samples, up to four slides high; beyond that the first ones are shown.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if a sample has not as many pixels as the shape.
pub fn inpainting(data: &Inpainting, theme: Theme) -> Result<Figure> {
    let known = data.samples.iter().flat_map(|sample| sample.holes);
    let paint = Paint::holding(Scale::FromZero, known);
    let cells: Vec<_> = data
        .samples
        .iter()
        .map(|sample| cells(sample, paint))
        .collect();
    let names: Vec<sample_sheet::Name> = data
        .samples
        .iter()
        .map(|sample| (sample.name, ""))
        .collect();
    let told = data.samples.iter().any(|sample| sample.truth.is_some());
    let caption = if told { CAPTION_WITH_TRUTH } else { CAPTION };
    let head = Head {
        title: data.title,
        caption,
        bars: &[],
        shown: (0, names.len()),
    };
    sample_sheet::sheet(&head, &names, data.shape, &cells, theme)
}

fn cells<'a>(sample: &Filled<'a>, paint: Paint) -> Vec<Cell<'a>> {
    let mut cells = vec![Cell {
        head: "with holes",
        values: sample.holes,
        paint,
        note: String::new(),
    }];
    for Reconstruction {
        method,
        values,
        error,
    } in sample.fillings
    {
        let note = match sample.truth {
            Some(_) => percent(*error),
            None => String::new(),
        };
        cells.push(Cell {
            head: method.name,
            values,
            paint,
            note,
        });
    }
    if let Some(values) = sample.truth {
        cells.push(Cell {
            head: "under the mask",
            values,
            paint,
            note: String::new(),
        });
    }
    cells
}
