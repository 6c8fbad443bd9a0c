//! How a set of images is made from arrays or pictures, checked, and handed out. Not where the pixels come from.

use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;

use ndarray::{Array2, Axis, aview1, s};

use super::evenly_spaced::evenly_spaced;
use super::image_set::{ImageSet, Pixels, select};
use super::labels::Labels;
use super::mask::Mask;
use super::picture::{Picture, Samples, unit};
use super::source::Images;
use super::validate::check_values;
use crate::basis::Shape;
use crate::error::{Error, Result};
use crate::kernel::Block;

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

    /// What each image is labelled as, (images); nothing where there are no labels.
    #[must_use]
    pub fn label_lines(&self) -> Vec<String> {
        let lines = |labels: &Labels| {
            (0..self.len())
                .map(|image| labels.of(image).to_owned())
                .collect()
        };
        self.labels.as_ref().map(lines).unwrap_or_default()
    }

    /// A set of 8-bit `values`, one image a row, (images, pixels); images are named by their index.
    ///
    /// # Errors
    /// If a row has not `shape.pixels()` values.
    pub fn from_u8(shape: Shape, values: Array2<u8>) -> Result<Self> {
        check_row_length(shape, values.ncols())?;
        Ok(Self::named_by_index(shape, Pixels::U8(in_rows(values))))
    }

    /// The set in memory; of one that memory does not hold, as many images as it does, evenly spread, two at least.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn in_memory(&self) -> Result<Cow<'_, Self>> {
        let Pixels::Stored(stored) = &self.pixels else {
            return Ok(Cow::Borrowed(self));
        };
        let chosen = evenly_spaced(self.len(), stored.room().max(2));
        let mut set = select(self, &chosen).into_memory()?;
        set.notes.push(format!(
            "looked at are {} images, evenly spread: all that memory holds",
            chosen.len()
        ));
        Ok(Cow::Owned(set))
    }

    /// The set with all of its pixels in memory.
    pub(crate) fn into_memory(self) -> Result<Self> {
        let Pixels::Stored(stored) = &self.pixels else {
            return Ok(self);
        };
        let pixels = Pixels::of_block(stored.block(0..self.len()), self.shape.pixels())?;
        stored.check()?;
        Ok(Self { pixels, ..self })
    }

    /// The pixels of one image as values of 0 to 1, row by row; what stands under a mask too.
    ///
    /// # Panics
    /// If there is no image of that index.
    #[must_use]
    pub fn image_f32(&self, index: usize) -> Vec<f32> {
        match self.block(index..index + 1) {
            Block::U8(values) => values.iter().map(|&value| unit(value)).collect(),
            Block::F32(values) => values.into_owned(),
        }
    }

    /// The known pixels of one image as [`ImageSet::image_f32`] gives them, and NaN for the others.
    ///
    /// # Panics
    /// If there is no image of that index.
    #[must_use]
    pub fn known_f32(&self, index: usize) -> Vec<f32> {
        let mut values = self.image_f32(index);
        if let Some(mask) = &self.mask {
            let unknown = values
                .iter_mut()
                .enumerate()
                .filter(|(pixel, _)| !mask.is_known(index, *pixel));
            unknown.for_each(|(_, value)| *value = f32::NAN);
        }
        values
    }

    /// All pixels as values of 0 to 1, (images, pixels).
    #[must_use]
    pub fn to_f32(&self) -> Array2<f32> {
        let mut values = Array2::zeros((self.len(), self.shape.pixels()));
        for (index, mut row) in values.outer_iter_mut().enumerate() {
            row.assign(&aview1(&self.image_f32(index)));
        }
        values
    }

    pub(crate) fn named_by_index(shape: Shape, pixels: Pixels) -> Self {
        let names = (0..pixels.images())
            .map(|index| index.to_string())
            .collect();
        Self {
            pixels,
            shape,
            mask: None,
            white: None,
            names,
            labels: None,
            skipped: Vec::new(),
            passed_over: 0,
            notes: Vec::new(),
        }
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
            Pixels::Stored(stored) => stored.block(rows),
        }
    }

    fn scratch(&self) -> Option<&Path> {
        if let Pixels::Stored(stored) = &self.pixels {
            Some(stored.scratch())
        } else {
            None
        }
    }

    fn check(&self) -> Result<()> {
        if let Pixels::Stored(stored) = &self.pixels {
            stored.check()
        } else {
            Ok(())
        }
    }
}

impl Pixels {
    /// The kind and the values of pixels that a block holds.
    fn of_block(block: Block, pixels: usize) -> Result<Self> {
        let images = |len: usize| (len / pixels, pixels);
        Ok(match block {
            Block::U8(values) => Self::U8(array(images(values.len()), values.into_owned())?),
            Block::F32(values) => Self::F32(array(images(values.len()), values.into_owned())?),
        })
    }

    pub(crate) fn images(&self) -> usize {
        match self {
            Self::U8(values) => values.nrows(),
            Self::F32(values) => values.nrows(),
            Self::Stored(stored) => stored.images(),
        }
    }

    /// Pictures of one `shape` as rows; one that is finer than 8-bit makes all of them f32.
    pub(crate) fn gather(shape: Shape, pictures: Vec<Picture>) -> Self {
        let size = (pictures.len(), shape.pixels());
        if pictures
            .iter()
            .all(|picture| matches!(picture.samples, Samples::U8(_)))
        {
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
                Samples::U8(bytes) => row
                    .iter_mut()
                    .zip(bytes)
                    .for_each(|(value, byte)| *value = unit(byte)),
                Samples::F32(fine) => row.assign(&aview1(&fine)),
            }
        }
        Self::F32(values)
    }

    pub(crate) fn select(&self, images: &[usize]) -> Self {
        match self {
            Self::U8(values) => Self::U8(values.select(Axis(0), images)),
            Self::F32(values) => Self::F32(values.select(Axis(0), images)),
            Self::Stored(stored) => Self::Stored(stored.select(images)),
        }
    }
}

/// The rows of an array one after another: borrowed, unless the array was laid out by columns.
fn run<T: Copy>(values: &Array2<T>, rows: Range<usize>) -> Cow<'_, [T]> {
    let rows = values.slice(s![rows, ..]);
    match rows.to_slice() {
        Some(slice) => Cow::Borrowed(slice),
        None => Cow::Owned(rows.iter().copied().collect()),
    }
}

fn array<T>(size: (usize, usize), values: Vec<T>) -> Result<Array2<T>> {
    Array2::from_shape_vec(size, values).map_err(|_| Error::NoPixels)
}

fn in_rows<T: Clone>(values: Array2<T>) -> Array2<T> {
    if values.is_standard_layout() {
        values
    } else {
        values.as_standard_layout().into_owned()
    }
}

fn check_row_length(shape: Shape, columns: usize) -> Result<()> {
    if columns == shape.pixels() && columns > 0 {
        return Ok(());
    }
    Err(Error::RowLength {
        columns,
        width: shape.width,
        height: shape.height,
    })
}
