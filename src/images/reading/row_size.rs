//! Notes about the size of the images in the rows of a table: sizes that rows read without one may have, and a size whose
//! sides are swapped. Neighbouring pixels of images are similar, so that the right size is the smoothest.

use crate::basis::Shape;
use crate::images::options::{LoadOptions, Order};
use crate::images::set::{ImageSet, evenly_spaced};

/// The fewest values of a row that is probably an image.
const LEAST_PIXELS: usize = 16;
/// The most that one side of a suggested size is longer than the other.
const LONGEST_SIDE: usize = 8;
/// The most images, and the most values, that are compared.
const SAMPLE_IMAGES: usize = 64;
const SAMPLE_VALUES: usize = 1 << 18;
/// How many sizes are suggested.
const SUGGESTED: usize = 3;
/// How much rougher than the smoothest size a square may be and still come first.
const SQUARE_MARGIN: f64 = 1.05;
/// How much smoother the swapped sides of a size must be.
const CLEARLY_SMOOTHER: f64 = 0.8;
/// Sizes of well-known sets of images, width and height.
const USUAL: [[usize; 2]; 8] = [
    [46, 56],
    [92, 112],
    [37, 50],
    [47, 62],
    [20, 28],
    [168, 192],
    [48, 42],
    [320, 243],
];

/// Returns a note about the size of the images in the rows of a table; `None` if there is nothing to note.
pub(super) fn note(set: &ImageSet, options: &LoadOptions) -> Option<String> {
    if set.is_empty() || options.size.is_some() {
        return None;
    }
    match options.shape {
        Some(given) => swapped_note(&Sample::of(set, options), given),
        None => size_note(&Sample::of(set, options)),
    }
}

/// Some rows as they are in the table.
struct Sample {
    rows: Vec<Vec<f32>>,
    pixels: usize,
    order: Order,
}

impl Sample {
    fn of(set: &ImageSet, options: &LoadOptions) -> Self {
        let pixels = set.shape.pixels();
        let most = (SAMPLE_VALUES / pixels).clamp(1, SAMPLE_IMAGES);
        let rows = evenly_spaced(set.len(), most).into_iter().map(|image| {
            let values = set.image_f32(image);
            match options.order {
                Order::Row => values,
                Order::Column => by_columns(&values, set.shape),
            }
        });
        Self {
            rows: rows.collect(),
            pixels,
            order: options.order,
        }
    }

    /// Returns the mean difference of neighbouring values in images of this size.
    fn roughness(&self, size: Shape) -> f64 {
        match self.order {
            Order::Row => self.roughness_of_lines(size.width),
            Order::Column => self.roughness_of_lines(size.height),
        }
    }

    /// Returns the mean difference of neighbouring values, in lines of so many values and between lines.
    fn roughness_of_lines(&self, line: usize) -> f64 {
        let (mut along, mut across) = (0.0, 0.0);
        for row in &self.rows {
            let lines = row.chunks_exact(line);
            along += lines
                .flat_map(|values| values.windows(2))
                .map(|pair| f64::from((pair[0] - pair[1]).abs()))
                .sum::<f64>();
            across += row
                .iter()
                .zip(&row[line..])
                .map(|(one, next)| f64::from((one - next).abs()))
                .sum::<f64>();
        }
        let lines = self.pixels / line;
        let (along_pairs, across_pairs) = ((line - 1) * lines, (lines - 1) * line);
        let rows = self.rows.len() as f64;
        (along / along_pairs.max(1) as f64 + across / across_pairs.max(1) as f64) / rows
    }
}

/// Returns the values of an image column by column.
fn by_columns(values: &[f32], shape: Shape) -> Vec<f32> {
    (0..shape.width)
        .flat_map(|column| (0..shape.height).map(move |row| values[row * shape.width + column]))
        .collect()
}

/// Returns a note about the sizes that rows without one may have.
fn size_note(sample: &Sample) -> Option<String> {
    let pixels = sample.pixels;
    if pixels < LEAST_PIXELS {
        return None;
    }
    let read = format!("rows of {pixels} values are read as images one pixel high");
    let sizes = suggested(sample);
    if let Some((first, others)) = sizes.split_first() {
        let more: Vec<String> = others.iter().map(ToString::to_string).collect();
        let more = if more.is_empty() {
            String::new()
        } else {
            format!(" (or {})", more.join(", "))
        };
        return Some(format!(
            "{read}; if they are images, pass --row-size {first}{more}{}",
            colour_hint(pixels)
        ));
    }
    let side = square_side(pixels - 1)?;
    Some(format!(
        "{read}; {pixels} is one more than {side}x{side}: if one column holds the labels, pass it to --label (.csv) or \
         save it apart, and pass --row-size {side}x{side}"
    ))
}

/// Returns the side of a square of so many pixels, if there is one.
fn square_side(pixels: usize) -> Option<usize> {
    let side = pixels.isqrt();
    (side * side == pixels).then_some(side)
}

/// Returns what to do if rows are flattened colour images.
fn colour_hint(pixels: usize) -> String {
    let side = pixels
        .is_multiple_of(3)
        .then(|| square_side(pixels / 3))
        .flatten();
    side.filter(|&side| side >= 8)
        .map_or_else(String::new, |side| {
            format!(
                "; colour images of {side}x{side} need x.reshape(-1, 3, {side}, {side}) or x.reshape(-1, {side}, {side}, 3) \
                 in NumPy"
            )
        })
}

/// Returns the sizes that rows may have, the most probable first: the smoothest, or a square that is nearly as smooth.
fn suggested(sample: &Sample) -> Vec<Shape> {
    let mut sizes: Vec<(f64, Shape)> = sizes(sample.pixels)
        .into_iter()
        .map(|size| (sample.roughness(size), size))
        .collect();
    sizes.sort_by(|left, right| left.0.total_cmp(&right.0));
    let Some(&(smoothest, _)) = sizes.first() else {
        return Vec::new();
    };
    // The sort is stable: each step puts what it prefers before the rest.
    let usual = |size: &Shape| USUAL.contains(&[size.width, size.height]);
    if let Some(rest) = sizes.get_mut(1..) {
        rest.sort_by_key(|(_, size)| !(size.width == size.height || usual(size)));
    }
    sizes.sort_by_key(|(roughness, size)| {
        !(size.width == size.height && *roughness <= SQUARE_MARGIN * smoothest)
    });
    sizes.truncate(SUGGESTED);
    sizes.into_iter().map(|(_, size)| size).collect()
}

/// Returns all sizes of so many pixels that are not too long.
fn sizes(pixels: usize) -> Vec<Shape> {
    let mut sizes = Vec::new();
    for height in 2..=pixels.isqrt() {
        let width = pixels / height;
        if width * height != pixels || width > LONGEST_SIDE * height {
            continue;
        }
        sizes.push(Shape::new(height, width));
        if width != height {
            sizes.push(Shape::new(width, height));
        }
    }
    sizes
}

/// Returns a note if images with the sides of the given size swapped are clearly smoother.
fn swapped_note(sample: &Sample, given: Shape) -> Option<String> {
    let Shape { width, height } = given;
    if width == height || width < 2 || height < 2 {
        return None;
    }
    let [own, other] = [given, Shape::new(width, height)].map(|size| sample.roughness(size));
    (other < CLEARLY_SMOOTHER * own).then(|| {
        format!(
            "rows are smoother as images of {height}x{width} than of {given} (width x height): pass --row-size \
             {height}x{width} if the images look scrambled"
        )
    })
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    /// Images of this size with a bright spot, flattened row by row.
    fn spots(width: usize, height: usize) -> ImageSet {
        let values = Array2::from_shape_fn((6, width * height), |(image, pixel)| {
            let (row, column) = (pixel / width, pixel % width);
            let away = row.abs_diff(image + 2) + column.abs_diff(width / 2);
            1.0 / (1 + away) as f32
        });
        ImageSet::from_f32(Shape::new(1, width * height), values).expect("valid values")
    }

    #[test]
    fn rows_without_a_size_get_the_smoothest_one_first() {
        let plain = LoadOptions::default();
        for (width, height, suggested) in [
            (12, 20, "--row-size 12x20 ("),
            (20, 12, "--row-size 20x12 ("),
            (16, 16, "--row-size 16x16 ("),
            // Of 24 x 24 values, 18 x 32 are smoother.
            (18, 32, "--row-size 18x32 (or 24x24"),
        ] {
            let note = note(&spots(width, height), &plain).expect("a note");
            assert!(note.contains(suggested), "{width}x{height}: {note}");
        }
    }

    #[test]
    fn rows_that_cannot_be_images_get_no_note() {
        for pixels in [2, 9, 17, 251] {
            let set = spots(pixels, 1);
            let expected = pixels == 17;
            let note = note(&set, &LoadOptions::default());
            assert_eq!(note.is_some(), expected, "{pixels}: {note:?}");
        }
        let sized = LoadOptions {
            size: Some(Shape::new(4, 4)),
            ..LoadOptions::default()
        };
        assert_eq!(note(&spots(12, 20), &sized), None);
    }

    #[test]
    fn swapped_sides_are_noted_if_they_are_clearly_smoother() {
        let shaped = |width, height| LoadOptions {
            shape: Some(Shape::new(height, width)),
            ..LoadOptions::default()
        };
        let set = spots(12, 20);
        assert_eq!(note(&set, &shaped(12, 20)), None);
        let said = note(&set, &shaped(20, 12)).expect("a note");
        assert!(said.contains("pass --row-size 12x20"), "{said}");
    }

    #[test]
    fn swapped_sides_of_rows_in_column_order_are_noted_too() {
        let truth = Shape::new(20, 12);
        let stored: Vec<Vec<f32>> = (0..6)
            .map(|image| by_columns(&spots(12, 20).image_f32(image), truth))
            .collect();
        for (given, suggested) in [
            (truth, None),
            (Shape::new(12, 20), Some("pass --row-size 12x20")),
        ] {
            let options = LoadOptions {
                shape: Some(given),
                order: Order::Column,
                ..LoadOptions::default()
            };
            let values = Array2::from_shape_vec((6, 240), stored.concat()).expect("rows");
            let set = ImageSet::from_f32(given, options.by_rows(values, given));
            let said = note(&set.expect("valid values"), &options);
            assert_eq!(said.is_some(), suggested.is_some(), "{given}: {said:?}");
            assert!(
                said.unwrap_or_default()
                    .contains(suggested.unwrap_or_default())
            );
        }
    }

    #[test]
    fn roughness_is_the_mean_difference_of_neighbours() {
        let sample = Sample {
            rows: vec![vec![0.0, 1.0, 4.0, 5.0, 8.0, 9.0]],
            pixels: 6,
            order: Order::Row,
        };
        // Lines of 2: differences 1 along, 4 across; lines of 3: (1 + 3 + 3 + 1) / 4 along, (5 + 7 + 5) / 3 across.
        assert!((sample.roughness(Shape::new(3, 2)) - 5.0).abs() < 1e-9);
        assert!((sample.roughness(Shape::new(2, 3)) - (2.0 + 17.0 / 3.0)).abs() < 1e-9);
    }
}
