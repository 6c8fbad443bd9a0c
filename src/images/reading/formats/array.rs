//! How the sides of an array are images: which side counts them, whether there are channels, and what rows are.

use super::array_part::ArrayPart;
use super::colour::{self, ChannelOrder};
use super::rows::{of_bytes, of_floats, row_shape};
use crate::basis::Shape;
use crate::error::{Error, InputError, Result};
use crate::images::missing::Missing;
use crate::images::options::LoadOptions;
use crate::images::reading::common::PixelValues;
use crate::images::reading::request::Request;
use crate::images::set::{ImageSet, Mask};
use crate::npy::{Conversion, Header, IntegerRange, PixelScale, Values};
use ndarray::Array2;

/// The integers that f32 represents exactly: from 0 to this.
const EXACT: i64 = 1 << 24;
/// The most values of an image of an array of none, whose header can state sides of any length.
const MOST_VALUES: usize = 1 << 48;
/// How many times as high as wide images of 3 or 4 columns are that may be one colour image.
const NARROW: usize = 4;

/// An array whose sides are images.
pub(crate) struct ArrayOfImages {
    /// The header, with sides (n, height, width), (n, pixels), or those of a colour array.
    pub header: Header,
    channels: Option<ChannelOrder>,
    /// The number of images.
    pub images: usize,
    /// The size of each image.
    pub shape: Shape,
    /// Whether the array is a table, (n, pixels).
    pub is_table: bool,
    /// How values become pixels.
    pub conversion: Conversion,
    /// Notes about the sides and the values.
    pub notes: Vec<String>,
}

/// Which sides of an array are images.
enum Sides {
    /// (n, pixels).
    Table,
    /// (n, height, width), once sides of 1 are removed.
    Grey(Vec<usize>),
    Colour(ChannelOrder),
}

impl ArrayOfImages {
    /// Returns the images of an array whose integers have any range.
    ///
    /// # Errors
    /// If the values are not real numbers, or the sides not those of images.
    pub(crate) fn new(header: Header, request: &Request) -> Result<Self> {
        if header.encoding.is_text() {
            return Err(Error::NpyType(header.descr));
        }
        let options = request.options;
        let mut header = turned(header, options)?;
        let sides = sides_of(&header.shape)?;
        let is_table = matches!(sides, Sides::Table);
        if !is_table && options.describes_rows() {
            return Err(InputError::NoRows(header.shape).into());
        }
        let mut notes = Vec::new();
        let mut channels = None;
        match sides {
            Sides::Table => {}
            Sides::Grey(shape) => {
                notes.extend(narrow_note(&shape));
                header.shape = shape;
            }
            Sides::Colour(order) => {
                notes.push(colour::note(order, &header.shape));
                channels = Some(order);
            }
        }
        check_sides(&header.shape)?;
        let shape = size(&header.shape, channels, request)?;
        Ok(Self {
            images: header.shape[0],
            conversion: Conversion::new(header.encoding, None),
            header,
            channels,
            shape,
            is_table,
            notes,
        })
    }

    /// Returns the same images if the integers of the array have this range.
    pub(crate) fn with_range(mut self, range: Option<IntegerRange>) -> Self {
        self.conversion = Conversion::new(self.header.encoding, range);
        self.notes.extend(whole_note(self.conversion, range));
        self
    }

    /// Checks whether each pixel is one value.
    pub(crate) fn is_grey(&self) -> bool {
        self.channels.is_none()
    }

    /// Returns the part of the array of which so many images are used; all images are read before that if `is_read_whole`.
    pub(crate) fn part(&self, used: usize, is_read_whole: bool, request: &Request) -> ArrayPart {
        let channels = self.channels.map_or(1, ChannelOrder::channels) as u64;
        let is_moved = self.header.lies_by_column() || self.channels == Some(ChannelOrder::First);
        ArrayPart {
            images: self.images,
            used,
            whole_images: request.whole(self.images),
            is_read_whole,
            shape: self.shape,
            conversion: self.conversion,
            values_per_pixel: match channels {
                _ if is_moved => 2 * channels,
                1 => 1,
                // The grey value is held beside its channels.
                _ => channels + 1,
            },
        }
    }

    /// Returns the images whose values were read, as many as fit `header`.
    pub(crate) fn set(
        &self,
        header: &Header,
        values: Values,
        options: &LoadOptions,
    ) -> Result<ImageSet> {
        let shape = self.shape;
        let values = stored(header, values)?;
        let has_alpha = self.channels == Some(ChannelOrder::Last(4));
        let is_opaque = (has_alpha && options.missing == Some(Missing::Alpha))
            .then(|| colour::is_opaque(&values));
        let scale = self.conversion.scale;
        let missing = options.missing.map(|missing| missing.of_stored(scale));
        let set = match self.grey_of(values, options)? {
            PixelValues::U8(values) => {
                of_bytes(shape, options.by_rows(rows(shape, values)?, shape), missing)
            }
            PixelValues::F32(values) => {
                of_floats(shape, options.by_rows(rows(shape, values)?, shape), missing)
            }
        }?;
        let mask = is_opaque.and_then(|is_opaque| {
            Mask::new(set.names.len(), shape.pixels(), |image, pixel| {
                is_opaque[image * shape.pixels() + pixel]
            })
        });
        Ok(ImageSet {
            mask: mask.or(set.mask),
            ..set
        })
    }

    /// Returns the grey values of images, one after another.
    pub(crate) fn grey(
        &self,
        header: &Header,
        values: Values,
        options: &LoadOptions,
    ) -> Result<PixelValues> {
        self.grey_of(stored(header, values)?, options)
    }

    fn grey_of(&self, values: PixelValues, options: &LoadOptions) -> Result<PixelValues> {
        match self.channels {
            Some(order) => colour::grey(values, order, self.shape, options),
            None => Ok(values),
        }
    }
}

/// Returns the values of all channels in row-major order.
fn stored(header: &Header, values: Values) -> Result<PixelValues> {
    match values {
        Values::Bytes(values) => Ok(PixelValues::U8(flat(header, values)?)),
        Values::Floats(values) => Ok(PixelValues::F32(flat(header, values)?)),
        _ => Err(Error::NpyType(header.descr.clone())),
    }
}

/// Returns values in row-major order.
fn flat<T: Clone>(header: &Header, values: Vec<T>) -> Result<Vec<T>> {
    if header.lies_by_column() {
        Ok(header.array(values)?.into_iter().collect())
    } else {
        Ok(values)
    }
}

/// Returns values as one row per image.
fn rows<T>(shape: Shape, values: Vec<T>) -> Result<Array2<T>> {
    let pixels = shape.pixels();
    Array2::from_shape_vec((values.len() / pixels, pixels), values).map_err(|_| Error::NpyHeader)
}

/// Returns the header of an array, transposed if the options ask for that.
pub(super) fn turned(header: Header, options: &LoadOptions) -> Result<Header> {
    if !options.transpose {
        return Ok(header);
    }
    if header.shape.len() != 2 {
        return Err(InputError::NoRows(header.shape).into());
    }
    Ok(header.transposed())
}

/// Returns which sides of an array are images.
fn sides_of(shape: &[usize]) -> Result<Sides> {
    match *shape {
        [_, _] => Ok(Sides::Table),
        [_, _, _] => Ok(Sides::Grey(shape.to_vec())),
        [n, height, width, 1] => Ok(Sides::Grey(vec![n, height, width])),
        // A width of 3 or 4 could be the channels, too.
        [n, 1, height, width] if !matches!(width, 3 | 4) => Ok(Sides::Grey(vec![n, height, width])),
        [_, second, _, channels @ (3 | 4)] if !matches!(second, 1 | 3) => {
            Ok(Sides::Colour(ChannelOrder::Last(channels)))
        }
        [_, 3, _, width] if !matches!(width, 3 | 4) => Ok(Sides::Colour(ChannelOrder::First)),
        [1, n, height, width] if n != 4 && !matches!(width, 3 | 4) => {
            Ok(Sides::Grey(vec![n, height, width]))
        }
        _ => Err(Error::NpyShape {
            shape: shape.to_vec(),
        }),
    }
}

/// Checks that an image of an array with these sides has values, and not more than can be counted.
fn check_sides(sides: &[usize]) -> Result<()> {
    let values = sides[1..]
        .iter()
        .try_fold(1_usize, |product, &side| product.checked_mul(side));
    match values {
        Some(1..=MOST_VALUES) => Ok(()),
        _ => Err(Error::NpyShape {
            shape: sides.to_vec(),
        }),
    }
}

/// Returns the size of the images of an array with these sides.
fn size(sides: &[usize], channels: Option<ChannelOrder>, request: &Request) -> Result<Shape> {
    match (sides, channels) {
        (&[rows, columns], _) => array_row_shape(rows, columns, request),
        (&[_, _, height, width], Some(ChannelOrder::First)) | (&[_, height, width, ..], _) => {
            Ok(Shape::new(height, width))
        }
        _ => Err(Error::NpyShape {
            shape: sides.to_vec(),
        }),
    }
}

/// Returns the size of the image in a row of an array.
fn array_row_shape(rows: usize, columns: usize, request: &Request) -> Result<Shape> {
    let shape = row_shape(rows, columns, request)?;
    let is_asked = request.options.shape.is_some() || request.options.size.is_some();
    if columns == 1 && !is_asked {
        return Err(InputError::OneValuePerRow(rows).into());
    }
    Ok(shape)
}

/// Returns a note about images so narrow that the array may be a single colour image.
fn narrow_note(sides: &[usize]) -> Option<String> {
    let &[n, height, width @ (3 | 4)] = sides else {
        return None;
    };
    (height >= NARROW * width && n >= NARROW * width).then(|| {
        format!(
            "the array is read as {n} images of {width}x{height}; if it is one colour image of {height}x{n}, save it as \
             an image file"
        )
    })
}

/// Returns a note about integers that are not kept as they are, or not exactly.
fn whole_note(conversion: Conversion, range: Option<IntegerRange>) -> Option<String> {
    let name = conversion.encoding.name();
    let range = range?;
    match conversion.scale {
        PixelScale::Grey => Some(format!(
            "whole numbers from 0 to 255 ({name}) are read as 8-bit grey levels; to keep the numbers, save \
             x.astype(numpy.float32)"
        )),
        PixelScale::AsStored if range.largest > EXACT => Some(format!(
            "whole numbers ({name}) above 16777216 are rounded to single precision; if that matters, subtract an offset or \
             divide them first"
        )),
        _ => None,
    }
}

/// Checks whether an array has the type and the sides of images; those of a table only if a row is one by the options.
pub(super) fn can_be_images(header: &Header, request: &Request) -> bool {
    ArrayOfImages::new(header.clone(), request).is_ok()
}
