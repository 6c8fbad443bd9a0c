//! Construction of sets from arrays or pictures, and access to their pixels.

use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;

use ndarray::{Array2, ArrayView2, ArrayView3, Axis, CowArray, Ix2, aview1, s};

use super::evenly_spaced::evenly_spaced;
use super::image_set::{ImageSet, Pixels, select};
use super::mask::Mask;
use super::pixel_type::PixelType;
use super::source::Images;
use super::unit::unit;
use super::validate::check_values;
use crate::basis::Shape;
use crate::blocks;
use crate::error::{Error, Result};
use crate::kernel::Block;

/// Names that are written by a thread at a time.
const NAMES_PER_TASK: usize = 1 << 14;

impl ImageSet {
    /// Returns a set of the images of an array, (images, height, width); images are named by their index. The array is copied.
    ///
    /// ```
    /// use nmf_images::ImageSet;
    /// use nmf_images::ndarray::Array3;
    ///
    /// let cube = Array3::from_shape_fn((10, 4, 6), |(image, row, column)| (image * row + column) as u8);
    /// let images = ImageSet::from_images(cube.view())?;
    /// assert_eq!((images.len(), images.shape.height, images.shape.width), (10, 4, 6));
    /// # Ok::<(), nmf_images::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the array is empty, if any value is negative, NaN or infinite, or if the largest (unless it is 0) is not within
    /// 1e-15 to 1e15.
    #[allow(clippy::needless_pass_by_value, reason = "a view is a reference")]
    pub fn from_images<T: PixelType>(images: ArrayView3<T>) -> Result<Self> {
        let (_, height, width) = images.dim();
        let shape = Shape::new(height, width);
        if images.is_empty() {
            return Err(Error::NoPixels);
        }
        Self::from_rows(shape, one_per_row(&images).view())
    }

    /// Returns a set of images, one per row, (images, pixels), as [`ImageSet::from_images`] does.
    ///
    /// A plain table, whose rows are not pictures, has the shape `Shape::new(1, columns)`.
    ///
    /// # Errors
    /// If a row does not have `shape.pixels()` values, and as [`ImageSet::from_images`].
    #[allow(clippy::needless_pass_by_value, reason = "a view is a reference")]
    pub fn from_rows<T: PixelType>(shape: Shape, rows: ArrayView2<T>) -> Result<Self> {
        T::image_set(shape, rows)
    }

    /// Returns the number of images.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pixels.images()
    }

    /// Checks whether there is no image.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns a set of non-negative `values`, one image per row, (images, pixels), without a copy; images are named by their index.
    ///
    /// # Errors
    /// If a row does not have `shape.pixels()` values, if any value is negative, NaN or infinite, or if the largest
    /// (unless it is 0) is not within 1e-15 to 1e15.
    pub fn from_f32(shape: Shape, values: Array2<f32>) -> Result<Self> {
        check_row_length(shape, values.ncols())?;
        let values = in_rows(values);
        check_values(shape, values.as_slice().unwrap_or_default(), None)?;
        Ok(Self::named_by_index(shape, Pixels::F32(values)))
    }

    /// Returns the label of each image, (images); nothing if there are no labels.
    #[must_use]
    pub fn label_lines(&self) -> Vec<String> {
        let Some(labels) = &self.labels else {
            return Vec::new();
        };
        (0..self.len())
            .map(|image| labels.of(image).to_owned())
            .collect()
    }

    /// Returns a set of 8-bit `values`, one image per row, (images, pixels), without a copy; images are named by their index.
    ///
    /// # Errors
    /// If a row does not have `shape.pixels()` values.
    pub fn from_u8(shape: Shape, values: Array2<u8>) -> Result<Self> {
        check_row_length(shape, values.ncols())?;
        Ok(Self::named_by_index(shape, Pixels::U8(in_rows(values))))
    }

    /// Returns the set in memory. If memory does not hold it, returns as many evenly spaced images as memory holds, but at
    /// least two.
    ///
    /// # Errors
    /// If the images cannot be read.
    pub fn in_memory(&self) -> Result<Cow<'_, Self>> {
        let Pixels::Stored(stored) = &self.pixels else {
            return Ok(Cow::Borrowed(self));
        };
        let chosen = evenly_spaced(self.len(), stored.room().max(2));
        let mut set = select(self, &chosen).into_memory()?;
        set.notes.push(format!(
            "{} images, evenly spread, are used: as many as fit into memory",
            chosen.len()
        ));
        Ok(Cow::Owned(set))
    }

    /// Returns the set with all of its pixels in memory.
    pub(crate) fn into_memory(self) -> Result<Self> {
        let Pixels::Stored(stored) = &self.pixels else {
            return Ok(self);
        };
        let pixels = Pixels::of_block(stored.block(0..self.len()), self.shape.pixels())?;
        stored.check()?;
        Ok(Self { pixels, ..self })
    }

    /// Returns the pixels of one image, row by row, normalised (`u8 / 255`); masked pixels are included.
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

    /// Returns the pixels of one image as [`ImageSet::image_f32`] does, with NaN for unknown ones.
    ///
    /// # Panics
    /// If there is no image of that index.
    #[must_use]
    pub fn known_f32(&self, index: usize) -> Vec<f32> {
        let mut values = self.image_f32(index);
        if let Some(mask) = &self.mask {
            for (pixel, value) in values.iter_mut().enumerate() {
                if !mask.is_known(index, pixel) {
                    *value = f32::NAN;
                }
            }
        }
        values
    }

    /// Returns all pixels, normalised (`u8 / 255`), (images, pixels).
    #[must_use]
    pub fn to_f32(&self) -> Array2<f32> {
        let mut values = Array2::zeros((self.len(), self.shape.pixels()));
        for (index, mut row) in values.outer_iter_mut().enumerate() {
            row.assign(&aview1(&self.image_f32(index)));
        }
        values
    }

    /// Returns a set without labels, mask or notes.
    pub(crate) fn named_by_index(shape: Shape, pixels: Pixels) -> Self {
        let names = indices(pixels.images());
        Self {
            pixels,
            shape,
            mask: None,
            outliers: None,
            white: None,
            names,
            labels: None,
            skipped: Vec::new(),
            passed_over: 0,
            notes: Vec::new(),
        }
    }
}

/// Returns the index of each image as its name.
fn indices(images: usize) -> Vec<String> {
    let tasks = blocks::map_range(images.div_ceil(NAMES_PER_TASK), |task| {
        let first = task * NAMES_PER_TASK;
        let task = first..images.min(first + NAMES_PER_TASK);
        task.map(|image| image.to_string()).collect::<Vec<_>>()
    });
    tasks.into_iter().flatten().collect()
}

/// Returns the images as rows, (images, pixels).
fn one_per_row<'a, T: Copy>(images: &'a ArrayView3<T>) -> CowArray<'a, T, Ix2> {
    let (count, height, width) = images.dim();
    let rows = images.to_shape((count, height * width));
    rows.expect("as many values in either shape")
}

impl Images for ImageSet {
    fn len(&self) -> usize {
        self.len()
    }

    fn shape(&self) -> Shape {
        self.shape
    }

    fn mask(&self) -> Option<&Mask> {
        self.mask.as_ref()
    }

    fn block(&self, rows: Range<usize>) -> Block<'_> {
        match &self.pixels {
            Pixels::U8(values) => Block::U8(run(values.view(), rows)),
            Pixels::F32(values) => Block::F32(run(values.view(), rows)),
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
    /// Returns the values of a block as rows of so many pixels.
    fn of_block(block: Block, pixels: usize) -> Result<Self> {
        Ok(match block {
            Block::U8(values) => Self::U8(rows(values.into_owned(), pixels)?),
            Block::F32(values) => Self::F32(rows(values.into_owned(), pixels)?),
        })
    }

    /// Returns the number of images.
    pub(crate) fn images(&self) -> usize {
        match self {
            Self::U8(values) => values.nrows(),
            Self::F32(values) => values.nrows(),
            Self::Stored(stored) => stored.images(),
        }
    }

    /// Returns the chosen images.
    pub(crate) fn select(&self, images: &[usize]) -> Self {
        match self {
            Self::U8(values) => Self::U8(values.select(Axis(0), images)),
            Self::F32(values) => Self::F32(values.select(Axis(0), images)),
            Self::Stored(stored) => Self::Stored(stored.select(images)),
        }
    }
}

/// Returns rows of an array one after another: borrowed, unless the array is laid out by columns.
#[allow(clippy::needless_pass_by_value, reason = "a view is a reference")]
pub(super) fn run<T: Copy>(values: ArrayView2<'_, T>, rows: Range<usize>) -> Cow<'_, [T]> {
    let rows = values.slice_move(s![rows, ..]);
    match rows.to_slice() {
        Some(slice) => Cow::Borrowed(slice),
        None => Cow::Owned(rows.iter().copied().collect()),
    }
}

/// Returns values as rows of so many pixels.
fn rows<T>(values: Vec<T>, pixels: usize) -> Result<Array2<T>> {
    Array2::from_shape_vec((values.len() / pixels, pixels), values).map_err(|_| Error::NoPixels)
}

/// Returns the array laid out by rows.
fn in_rows<T: Clone>(values: Array2<T>) -> Array2<T> {
    if values.is_standard_layout() {
        values
    } else {
        values.as_standard_layout().into_owned()
    }
}

/// Checks that rows have as many values as an image has pixels.
pub(super) fn check_row_length(shape: Shape, columns: usize) -> Result<()> {
    if columns == shape.pixels() && columns > 0 {
        return Ok(());
    }
    Err(Error::RowLength {
        columns,
        width: shape.width,
        height: shape.height,
    })
}
