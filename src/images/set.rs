//! How a set of images is made from arrays or pictures, checked, and handed out. Not where the pixels come from.

use std::borrow::Cow;
use std::ops::Range;

use ndarray::{Array2, Axis, aview1, s};

use super::picture::{Picture, Samples};
use super::{Block, ImageSet, Images, Mask, Pixels};
use crate::basis::Shape;
use crate::error::{Error, Result};

/// The largest value of a set lies between these: beyond, sums of squares in f32 overflow or vanish.
const LARGEST: std::ops::RangeInclusive<f32> = 1e-15..=1e15;

impl ImageSet {
    /// A set of `values` of 0 or more, one image a row, (images, pixels); images are named by their index.
    ///
    /// A plain table, whose rows are no pictures, has the shape `Shape::new(1, columns)`.
    ///
    /// # Errors
    /// If a row has not `shape.pixels()` values, any value is negative, NaN or infinite, or the largest (unless it is
    /// 0) is not within 1e-15 to 1e15.
    pub fn from_f32(shape: Shape, values: Array2<f32>) -> Result<Self> {
        check_row_length(shape, values.ncols())?;
        let values = in_rows(values);
        check_values(shape, values.as_slice().unwrap_or_default(), None)?;
        Ok(Self::named_by_index(shape, Pixels::F32(values)))
    }

    /// A set of 8-bit `values`, one image a row, (images, pixels); images are named by their index.
    ///
    /// # Errors
    /// If a row has not `shape.pixels()` values.
    pub fn from_u8(shape: Shape, values: Array2<u8>) -> Result<Self> {
        check_row_length(shape, values.ncols())?;
        Ok(Self::named_by_index(shape, Pixels::U8(in_rows(values))))
    }

    /// The pixels of one image as values of 0 to 1, row by row.
    ///
    /// # Panics
    /// If there is no image of that index.
    #[must_use]
    pub fn image_f32(&self, index: usize) -> Vec<f32> {
        match &self.pixels {
            Pixels::U8(values) => values.row(index).iter().map(|&value| unit(value)).collect(),
            Pixels::F32(values) => values.row(index).to_vec(),
        }
    }

    /// All pixels as values of 0 to 1, (images, pixels).
    #[must_use]
    pub fn to_f32(&self) -> Array2<f32> {
        match &self.pixels {
            Pixels::U8(values) => values.mapv(unit),
            Pixels::F32(values) => values.clone(),
        }
    }

    fn named_by_index(shape: Shape, pixels: Pixels) -> Self {
        let names = (0..pixels.images()).map(|index| index.to_string()).collect();
        Self { pixels, shape, mask: None, names, labels: None, skipped: Vec::new(), passed_over: 0, notes: Vec::new() }
    }
}

impl Images for ImageSet {
    fn len(&self) -> usize {
        self.pixels.images()
    }

    fn shape(&self) -> Shape {
        self.shape
    }

    fn mask(&self) -> Option<&Mask> {
        self.mask.as_ref()
    }

    fn block(&self, rows: Range<usize>) -> Block<'_> {
        match &self.pixels {
            Pixels::U8(values) => Block::U8(run(values, rows)),
            Pixels::F32(values) => Block::F32(run(values, rows)),
        }
    }
}

impl Pixels {
    pub(super) fn images(&self) -> usize {
        match self {
            Self::U8(values) => values.nrows(),
            Self::F32(values) => values.nrows(),
        }
    }

    /// Pictures of one `shape` as rows; one that is finer than 8-bit makes all of them f32.
    pub(super) fn gather(shape: Shape, pictures: Vec<Picture>) -> Self {
        let size = (pictures.len(), shape.pixels());
        if pictures.iter().all(|picture| matches!(picture.samples, Samples::U8(_))) {
            let mut values = Array2::zeros(size);
            for (mut row, picture) in values.outer_iter_mut().zip(pictures) {
                if let Samples::U8(bytes) = picture.samples {
                    row.assign(&aview1(&bytes));
                }
            }
            return Self::U8(values);
        }
        let mut values = Array2::zeros(size);
        for (mut row, picture) in values.outer_iter_mut().zip(pictures) {
            match picture.samples {
                Samples::U8(bytes) => row.iter_mut().zip(bytes).for_each(|(value, byte)| *value = unit(byte)),
                Samples::F32(fine) => row.assign(&aview1(&fine)),
            }
        }
        Self::F32(values)
    }

    pub(super) fn select(&self, images: &[usize]) -> Self {
        match self {
            Self::U8(values) => Self::U8(values.select(Axis(0), images)),
            Self::F32(values) => Self::F32(values.select(Axis(0), images)),
        }
    }
}

fn unit(value: u8) -> f32 {
    f32::from(value) / 255.0
}

/// The rows of an array one after another: borrowed, unless the array was laid out by columns.
fn run<T: Copy>(values: &Array2<T>, rows: Range<usize>) -> Cow<'_, [T]> {
    let rows = values.slice(s![rows, ..]);
    match rows.to_slice() {
        Some(slice) => Cow::Borrowed(slice),
        None => Cow::Owned(rows.iter().copied().collect()),
    }
}

fn in_rows<T: Clone>(values: Array2<T>) -> Array2<T> {
    if values.is_standard_layout() { values } else { values.as_standard_layout().into_owned() }
}

fn check_row_length(shape: Shape, columns: usize) -> Result<()> {
    if columns == shape.pixels() && columns > 0 {
        return Ok(());
    }
    Err(Error::RowLength { columns, width: shape.width, height: shape.height })
}

/// Whether all known values, row by row and image by image, are such as parts can be learned from.
pub(super) fn check_values(shape: Shape, values: &[f32], mask: Option<&Mask>) -> Result<()> {
    let place = |at: usize| (at / shape.pixels(), at % shape.pixels());
    let is_known = |at: usize| mask.is_none_or(|mask| mask.is_known(place(at).0, place(at).1));
    let first = |wrong: fn(f32) -> bool| {
        let mut places = (0..values.len()).filter(|&at| wrong(values[at]) && is_known(at));
        let (image, pixel) = place(places.next()?);
        Some((1 + places.count(), image, pixel / shape.width, pixel % shape.width))
    };
    if let Some((count, image, row, column)) = first(|value| !value.is_finite()) {
        return Err(Error::NotFinite { count, image, row, column });
    }
    if let Some((count, image, row, column)) = first(|value| value < 0.0) {
        let minimum = (0..values.len()).filter(|&at| is_known(at)).map(|at| values[at]).fold(0.0, f32::min);
        return Err(Error::Negative { count, minimum, image, row, column });
    }
    let largest = match mask {
        None => values.iter().copied().fold(0.0, f32::max),
        Some(_) => (0..values.len()).filter(|&at| is_known(at)).map(|at| values[at]).fold(0.0, f32::max),
    };
    if largest > 0.0 && !LARGEST.contains(&largest) {
        return Err(Error::LightOutOfRange { largest });
    }
    Ok(())
}
