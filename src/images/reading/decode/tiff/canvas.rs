//! The grey pixels of a page while it is decoded, and what they are checked for.

use super::numbers::{NumberKind, NumberType};
use super::unknown::Mark;
use crate::basis::Shape;
use crate::error::no_intensity;
use crate::images::reading::common::{DecodedPicture, PixelValues};

/// Grey pixels, row by row.
pub(super) struct Canvas {
    pub shape: Shape,
    /// Bytes; or else 0 to 1, or as stored in floats.
    pub values: PixelValues,
    /// The mark of each pixel; `None` if all are known.
    pub marks: Option<Vec<Mark>>,
}

/// The pixels of a page that have the value that its file declares as no data.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NoData {
    /// The value as it is spelled in the file.
    pub value: String,
    /// How many pixels have it.
    pub count: usize,
    /// Row and column of the first.
    pub first: (usize, usize),
}

impl Canvas {
    /// Returns an empty picture.
    pub(super) fn new(shape: Shape, is_byte: bool, has_marks: bool) -> Self {
        let pixels = shape.pixels();
        Self {
            shape,
            values: if is_byte {
                PixelValues::U8(vec![0; pixels])
            } else {
                PixelValues::F32(vec![0.0; pixels])
            },
            marks: has_marks.then(|| vec![Mark::Known; pixels]),
        }
    }

    /// Sets a pixel; 1 is white.
    pub(super) fn set(&mut self, index: usize, grey: f64, mark: Mark) {
        match &mut self.values {
            PixelValues::U8(values) => values[index] = (grey * 255.0).round() as u8,
            PixelValues::F32(values) => values[index] = grey as f32,
        }
        if let Some(marks) = &mut self.marks {
            marks[index] = mark;
        }
    }

    /// Sets pixels of bytes from `index` on.
    pub(super) fn set_bytes(&mut self, index: usize, bytes: impl Iterator<Item = u8>) {
        if let PixelValues::U8(values) = &mut self.values {
            for (value, byte) in values[index..].iter_mut().zip(bytes) {
                *value = byte;
            }
        }
    }

    /// Returns the picture upright; `orientation` is as in Exif.
    pub(super) fn upright(self, orientation: u64) -> Self {
        if !(2..=8).contains(&orientation) {
            return self;
        }
        let from = self.shape;
        let shape = if orientation >= 5 {
            Shape::new(from.width, from.height)
        } else {
            from
        };
        Self {
            shape,
            values: match self.values {
                PixelValues::U8(values) => PixelValues::U8(turned(&values, from, orientation)),
                PixelValues::F32(values) => PixelValues::F32(turned(&values, from, orientation)),
            },
            marks: self.marks.map(|marks| turned(&marks, from, orientation)),
        }
    }

    /// Returns the pixels that have the value `declared` as no data; `None` if there are none.
    pub(super) fn no_data(&self, declared: &str) -> Option<NoData> {
        let is_marked = |mark: &&Mark| **mark == Mark::NoData;
        let marks = self.marks.as_ref()?;
        let first = marks.iter().position(|mark| *mark == Mark::NoData)?;
        Some(NoData {
            value: declared.trim().to_owned(),
            count: marks.iter().filter(is_marked).count(),
            first: (first / self.shape.width, first % self.shape.width),
        })
    }

    /// Returns the picture; its values are 0 where they are unknown.
    ///
    /// # Errors
    /// If known values are negative or not finite.
    pub(super) fn picture(self, numbers: NumberType) -> Result<DecodedPicture, String> {
        let shape = self.shape;
        let (samples, known) = self.checked(numbers)?;
        Ok(DecodedPicture {
            shape,
            samples,
            known,
        })
    }

    fn checked(self, numbers: NumberType) -> Result<(PixelValues, Option<Vec<bool>>), String> {
        let is_known = |mark: &Mark| *mark == Mark::Known;
        let known: Option<Vec<bool>> = self
            .marks
            .filter(|marks| !marks.iter().all(is_known))
            .map(|marks| marks.iter().map(is_known).collect());
        let mut values = match self.values {
            PixelValues::U8(values) => return Ok((PixelValues::U8(values), known)),
            PixelValues::F32(values) => values,
        };
        if let Some(known) = &known {
            let unknown = values.iter_mut().zip(known).filter(|(_, known)| !**known);
            unknown.for_each(|(value, _)| *value = 0.0);
        }
        check_values(&values, self.shape, numbers)?;
        if numbers.kind == NumberKind::Signed && numbers.bits <= 8 {
            let bytes = values.iter().map(|value| (value * 255.0).round() as u8);
            return Ok((PixelValues::U8(bytes.collect()), known));
        }
        Ok((PixelValues::F32(values), known))
    }
}

/// Returns the values of a picture upright.
fn turned<T: Copy>(values: &[T], from: Shape, orientation: u64) -> Vec<T> {
    let mut upright = Vec::with_capacity(values.len());
    let (last_row, last_column) = (from.height - 1, from.width - 1);
    let (height, width) = if orientation >= 5 {
        (from.width, from.height)
    } else {
        (from.height, from.width)
    };
    for row in 0..height {
        for column in 0..width {
            let (row, column) = match orientation {
                2 => (row, last_column - column),
                3 => (last_row - row, last_column - column),
                4 => (last_row - row, column),
                5 => (column, row),
                6 => (last_row - column, row),
                7 => (last_row - column, last_column - row),
                _ => (column, last_column - row),
            };
            upright.push(values[row * from.width + column]);
        }
    }
    upright
}

/// Checks that values are finite and non-negative.
fn check_values(values: &[f32], shape: Shape, numbers: NumberType) -> Result<(), String> {
    let is_fault = |value: &f32| !value.is_finite() || *value < 0.0;
    let Some(first) = values.iter().position(is_fault) else {
        return Ok(());
    };
    if numbers.kind == NumberKind::Float {
        let faults: Vec<f32> = values.iter().copied().filter(is_fault).collect();
        let place = (first / shape.width, first % shape.width);
        return Err(no_intensity(&faults, place));
    }
    let stored = values
        .iter()
        .map(|&value| (f64::from(value) * numbers.white()).round());
    let (least, most) = stored.fold((0.0_f64, f64::MIN), |(least, most), value| {
        (least.min(value), most.max(value))
    });
    Err(format!(
        "{numbers}, from {least} to {most}; allowed are non-negative values: add {} to all values and save it as unsigned",
        -least
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture of two rows, 1 2 3 and 4 5 6, in an orientation.
    fn upright(orientation: u64) -> (Shape, Vec<u8>) {
        let mut canvas = Canvas::new(Shape::new(2, 3), true, false);
        for index in 0..6 {
            canvas.set(index, (index + 1) as f64 / 255.0, Mark::Known);
        }
        let upright = canvas.upright(orientation);
        let PixelValues::U8(values) = upright.values else {
            panic!("bytes")
        };
        (upright.shape, values)
    }

    #[test]
    fn pictures_are_turned_and_mirrored_as_exif_defines() {
        let (wide, high) = (Shape::new(2, 3), Shape::new(3, 2));
        assert_eq!(upright(1), (wide, vec![1, 2, 3, 4, 5, 6]));
        assert_eq!(upright(2), (wide, vec![3, 2, 1, 6, 5, 4]));
        assert_eq!(upright(3), (wide, vec![6, 5, 4, 3, 2, 1]));
        assert_eq!(upright(4), (wide, vec![4, 5, 6, 1, 2, 3]));
        assert_eq!(upright(5), (high, vec![1, 4, 2, 5, 3, 6]));
        // The first row is the right side: a quarter turn clockwise.
        assert_eq!(upright(6), (high, vec![4, 1, 5, 2, 6, 3]));
        assert_eq!(upright(7), (high, vec![6, 3, 5, 2, 4, 1]));
        assert_eq!(upright(8), (high, vec![3, 6, 2, 5, 1, 4]));
    }
}
