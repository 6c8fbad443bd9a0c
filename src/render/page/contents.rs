//! The contents of the interactive page: images, bases and recorded iterations, as arrays small
//! enough for one file.

use ndarray::Axis;
use serde::Serialize;

use super::document::document;
use super::frames::{PageFrame, PageFrames};
use super::local_paths::without_folders;
use super::packed_arrays::{ArrayEntry, PackedArrays, PageArray};
use super::pixels::{byte_scale, image_array, image_bytes, known, outlier_flags, shown_image};
use super::prior_arrays::{Sizes, add_prior};
use super::prototypes::add_prototypes;
use super::reduction::reduced;
use crate::basis::{Basis, Shape, Weights};
use crate::decomposition::{Decomposition, METHODS, PerMethod};
use crate::error::Result;
use crate::images::{ImageSet, Outliers};
use crate::metrics::magnitudes;
use crate::model::Quantisation;
use crate::nmf::Frame;
use crate::projection::Prior;
use crate::render::canvas::resize::resized;
use crate::report::{MARGIN, MethodFigures, Report};

/// The maximum size of the bases of all methods in bytes before compression; larger ones are
/// reduced.
const BASIS_BYTES: usize = 2_400_000;
/// The default size of images and their weights in bytes.
const IMAGE_BYTES: usize = 1_500_000;

/// The data of the page.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// The title.
    pub title: &'a str,
    /// The command line of the run.
    pub command: &'a str,
    /// The report of the run.
    pub report: &'a Report,
    /// The training images.
    pub images: &'a ImageSet,
    /// The indices of the images on the page.
    pub shown: &'a [usize],
    /// The index of the image that is selected first, one of `shown`.
    pub first: usize,
    /// Values of the images that are far brighter than all others, if there are any.
    pub outliers: Option<&'a Outliers>,
    /// The held-out images that the page shows; `None` if there are none.
    pub held_out: Option<Selection<'a>>,
    /// The parts of a second fit, with a penalty on overlap; `None` if there was none.
    pub separated: Option<&'a Basis>,
    /// What each method learned.
    pub decompositions: &'a [Decomposition],
    /// The prototypes of a vector quantisation, if there was one.
    pub vq: Option<&'a Quantisation>,
    /// What each method knows of an image before it sees one.
    pub priors: &'a PerMethod<Prior>,
    /// The recorded iterations; may be empty.
    pub frames: &'a [Frame],
    /// A description of the first of them.
    pub start: &'a str,
}

/// Some images of a set.
#[derive(Debug, Clone, Copy)]
pub struct Selection<'a> {
    /// All of them.
    pub images: &'a ImageSet,
    /// The indices of those on the page.
    pub shown: &'a [usize],
}

impl Page<'_> {
    /// Returns the training images on the page.
    fn training(&self) -> Selection<'_> {
        Selection {
            images: self.images,
            shown: self.shown,
        }
    }
}

impl<'a> Selection<'a> {
    /// Returns the names of the images on the page.
    fn names(self) -> Vec<&'a str> {
        let names = self.shown.iter();
        names
            .map(|&index| self.images.names[index].as_str())
            .collect()
    }

    /// Returns the labels of the images on the page; `None` without labels.
    fn labels(self) -> Option<PageLabels<'a>> {
        let labels = self.images.labels.as_ref()?;
        let shown = self.shown.iter();
        Some(PageLabels {
            names: &labels.names,
            indices: shown.map(|&index| labels.indices[index]).collect(),
        })
    }

    /// Returns the place of an image on the page; the first if it is not there.
    fn place_of(self, image: usize) -> usize {
        let place = self.shown.iter().position(|&index| index == image);
        place.unwrap_or_default()
    }
}

/// Returns the default number of images on a page.
#[must_use]
pub fn page_images(shape: Shape, rank: usize) -> usize {
    let weights = METHODS.len() * rank * size_of::<f32>();
    (IMAGE_BYTES / (page_shape(shape, rank).0.pixels() + weights)).max(1)
}

/// Returns one self-contained HTML file: it makes no network requests and runs only its own script.
///
/// Many or large images and parts are reduced by a whole factor.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if the facts cannot be written as JSON.
pub fn page(page: &Page) -> Result<Vec<u8>> {
    let (shape, factor) = page_shape(page.images.shape, page.report.nmf.rank);
    let training = page.training();
    let values = shown_images(training, shape);
    let held_out = page.held_out;
    let held_out_images = held_out.map(|held_out| shown_images(held_out, shape));
    let scale = scale(page, values.iter().chain(held_out_images.iter().flatten()));
    let frames = PageFrames::of(page.frames);
    let as_array = |values| image_array(values, scale, page.outliers);
    let mut packed = pack(page, shape, as_array(values), frames.parts);
    if let Some(vq) = page.vq {
        add_prototypes(&mut packed, vq, page.shown, as_array, shape);
    }
    if let (Some(held_out), Some(held_out_images)) = (held_out, held_out_images) {
        packed.add("heldOut".to_owned(), as_array(held_out_images));
        add_known(&mut packed, "heldOutKnown", held_out, shape);
    }
    let facts = PageFacts {
        title: page.title,
        command: page.command,
        height: shape.height,
        width: shape.width,
        reduced: factor,
        scale,
        white: page.outliers.map(|outliers| outliers.limit),
        first: training.place_of(page.first),
        names: training.names(),
        indices: page.shown,
        labels: training.labels(),
        held_out_names: held_out.map_or_else(Vec::new, Selection::names),
        start: page.start,
        margin: MARGIN,
        frames: FrameFacts::new(frames.shape, frames.at),
        report: page.report,
        methods: page.report.methods(),
        arrays: packed.entries(),
    };
    document(page.title, &without_folders(&facts)?, &packed)
}

/// Returns the value of a byte of the images that are shown, and of the prototypes.
fn scale<'a>(page: &'a Page, shown: impl Iterator<Item = &'a f32>) -> f32 {
    let prototypes = page.vq.iter();
    byte_scale(shown.chain(prototypes.flat_map(|vq| vq.prototypes.rows().into_iter())))
}

/// Returns all arrays of the page; recorded parts are passed as bytes.
fn pack(page: &Page, shape: Shape, image_array: PageArray, frame_parts: Vec<u8>) -> PackedArrays {
    let Page { images, shown, .. } = *page;
    let from = images.shape;
    let mut packed = PackedArrays::default();
    packed.add("images".to_owned(), image_array);
    for learned in page.decompositions {
        let key = learned.method.key;
        let basis = resized_rows(&learned.basis, from, shape);
        packed.add(format!("{key}_basis"), basis);
        let weights = selected_rows(&learned.weights, shown);
        packed.add(format!("{key}_weights"), weights);
        if let Some(mean) = &learned.mean {
            let mean = resized(&mean.to_vec(), from, shape);
            packed.add(format!("{key}_mean"), PageArray::F32(mean));
        }
        let (errors, cancelled) = figures_of(learned, shown);
        packed.add(format!("{key}_errors"), errors);
        packed.add(format!("{key}_cancelled"), cancelled);
        if let Some(prior) = page.priors.get(learned.method) {
            add_prior(&mut packed, key, prior, Sizes { from, to: shape });
        }
    }
    if let Some(basis) = page.separated {
        packed.add("separated".to_owned(), drawn_rows(basis, from, shape));
    }
    packed.add("frameParts".to_owned(), PageArray::U8(frame_parts));
    if let Some(outliers) = page.outliers {
        packed.add("outliers".to_owned(), outlier_flags(outliers, from, shape));
    }
    add_known(&mut packed, "known", Selection { images, shown }, shape);
    packed
}

/// Adds which pixels of the images are known, unless all are.
fn add_known(
    packed: &mut PackedArrays,
    name: &str,
    Selection { images, shown }: Selection,
    shape: Shape,
) {
    if let Some(mask) = &images.mask {
        let known = shown
            .iter()
            .flat_map(|&index| known(mask, index, images.shape, shape))
            .collect();
        packed.add(name.to_owned(), PageArray::U8(known));
    }
}

/// Returns basis images at another size.
fn resized_rows(basis: &Basis, from: Shape, to: Shape) -> PageArray {
    let mut values = Vec::with_capacity(basis.rank() * to.pixels());
    for row in basis.rows().rows() {
        values.extend(resized(&row.to_vec(), from, to));
    }
    PageArray::F32(values)
}

/// Returns the relative error of each shown image, and the fraction of the magnitude of its terms that cancels, as in the
/// report: of images and parts that are not reduced.
fn figures_of(learned: &Decomposition, shown: &[usize]) -> (PageArray, PageArray) {
    let errors = shown.iter().map(|&index| learned.errors[index]).collect();
    let terms = magnitudes(
        &learned.basis,
        &learned.weights,
        learned.mean.as_ref(),
        shown,
    );
    let cancelled = terms.iter().map(|terms| terms.cancelled() as f32);
    (PageArray::F32(errors), PageArray::F32(cancelled.collect()))
}

/// Returns parts at another size as bytes, each scaled to a maximum of 255.
fn drawn_rows(basis: &Basis, from: Shape, to: Shape) -> PageArray {
    let mut bytes = Vec::with_capacity(basis.rank() * to.pixels());
    for row in basis.rows().rows() {
        let values = resized(&row.to_vec(), from, to);
        let most = values.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
        bytes.extend(image_bytes(&values, most));
    }
    PageArray::U8(bytes)
}

/// Returns some rows of a matrix.
fn selected_rows(values: &Weights, indices: &[usize]) -> PageArray {
    PageArray::F32(values.select(Axis(0), indices).into_raw_vec_and_offset().0)
}

/// Returns images at the size of the page, one after another.
fn shown_images(Selection { images, shown }: Selection, shape: Shape) -> Vec<f32> {
    let shown = shown.iter();
    shown
        .flat_map(|&index| shown_image(images, index, shape))
        .collect()
}

/// Everything that the page reads except the arrays.
#[derive(Serialize)]
struct PageFacts<'a> {
    title: &'a str,
    command: &'a str,
    height: usize,
    width: usize,
    /// The factor by which images and parts are reduced.
    reduced: usize,
    /// The value of a byte of 255.
    scale: f32,
    /// The value of white if images have outliers.
    white: Option<f32>,
    /// The position of the image that is selected first.
    first: usize,
    names: Vec<&'a str>,
    indices: &'a [usize],
    /// The labels of the images; `None` without labels.
    labels: Option<PageLabels<'a>>,
    /// The names of the held-out images.
    held_out_names: Vec<&'a str>,
    start: &'a str,
    /// The fraction of every other error that the error of the closest guess may be.
    margin: f64,
    frames: FrameFacts,
    report: &'a Report,
    methods: Vec<MethodFigures>,
    arrays: &'a [ArrayEntry],
}

#[derive(Serialize)]
struct PageLabels<'a> {
    names: &'a [String],
    /// The index of the label of each image on the page.
    indices: Vec<usize>,
}

#[derive(Serialize)]
struct FrameFacts {
    height: usize,
    width: usize,
    at: Vec<PageFrame>,
}

impl FrameFacts {
    fn new(Shape { height, width }: Shape, at: Vec<PageFrame>) -> Self {
        Self { height, width, at }
    }
}

/// Returns the size of images and parts on a page, and the factor by which it is reduced.
fn page_shape(shape: Shape, rank: usize) -> (Shape, usize) {
    reduced(shape, |small| {
        METHODS.len() * size_of::<f32>() * rank * small.pixels() <= BASIS_BYTES
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_and_parts_are_reduced_by_a_whole_factor_until_they_fit() {
        assert_eq!(page_shape(Shape::new(64, 48), 28), (Shape::new(64, 48), 1));
        assert_eq!(
            page_shape(Shape::new(512, 512), 60),
            (Shape::new(64, 64), 8),
            "8 * 60 * 73 * 73 is too much"
        );
        assert_eq!(page_shape(Shape::new(1, 1), 1), (Shape::new(1, 1), 1));
        assert_eq!(page_images(Shape::new(28, 28), 36), 1_399);
    }
}
