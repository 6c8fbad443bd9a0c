//! The columns of the picture of uses: the means of each label, and images or means of neighbours.

use std::cmp::Reverse;
use std::ops::Range;

use super::data::{Usage, UsageGroup};
use crate::basis::Weights;
use crate::render::canvas::style::{DENSITY, GAP, LABEL, MARGIN, WIDTH};
use crate::render::canvas::text::Ruler;

/// The maximum number of columns of images.
const MAX_COLUMNS: usize = 400;
/// The maximum width of a column of an image.
const COLUMN: f64 = 48.0;
/// The minimum width of a column of a mean.
const MEAN_COLUMN: f64 = 24.0;
/// The minimum width of the panel of means, which has a heading.
const MEANS: f64 = 230.0;
/// The maximum fraction of the width that the panel of means takes.
const MEANS_FRACTION: f64 = 0.35;
/// The columns of one label.
pub(super) struct Block<'a> {
    pub(super) name: &'a str,
    /// The weights of each column, (columns, rank).
    pub(super) columns: Vec<Vec<f32>>,
}

/// Blocks side by side under one heading.
pub(super) struct UsagePanel<'a> {
    pub(super) heading: String,
    pub(super) blocks: Vec<Block<'a>>,
    pub(super) left: f64,
    /// Where its texts end.
    pub(super) right: f64,
    /// The width of a column in points.
    pub(super) column: f64,
}

impl UsagePanel<'_> {
    /// Returns the largest finite weight of a part.
    pub(super) fn largest(&self, part: usize) -> f32 {
        let columns = self.blocks.iter().flat_map(|block| &block.columns);
        let weights = columns.map(|column| column[part]);
        weights
            .filter(|value| value.is_finite())
            .fold(0.0, f32::max)
    }
}

/// Returns the space between the blocks of a panel; the means of labels are one block each.
pub(super) fn gap(blocks: usize) -> f64 {
    if blocks > 20 { 1.0 } else { 2.0 }
}

/// Returns the panel with one column per label.
pub(super) fn means_panel<'a>(data: &Usage, groups: &'a [UsageGroup], left: f64) -> UsagePanel<'a> {
    let count = groups.len() as f64;
    let mut ruler = Ruler::default();
    let mut column = MEAN_COLUMN.max(MEANS / count);
    for group in groups {
        column = column.max(ruler.width(group.name, LABEL) + GAP);
    }
    let most = MEANS_FRACTION * (WIDTH - MARGIN - left) / count;
    let heading = match data.groups.len() {
        all if all > groups.len() => format!("Mean of the first {} of {all} folders", groups.len()),
        _ => "Mean of each folder".to_owned(),
    };
    let column = whole_pixels(column.min(most) - gap(groups.len()));
    UsagePanel {
        heading,
        blocks: groups
            .iter()
            .map(|group| Block {
                name: group.name,
                columns: vec![mean(data.weights, &group.images)],
            })
            .collect(),
        left,
        right: left + count * (column + gap(groups.len())),
        column,
    }
}

/// Returns the panel of all images, or of means of neighbours in their order.
pub(super) fn images_panel<'a>(
    data: &Usage,
    groups: &'a [UsageGroup],
    left: f64,
) -> UsagePanel<'a> {
    let gaps = gap(groups.len()) * groups.len().saturating_sub(1) as f64;
    let room = WIDTH - MARGIN - left - gaps;
    let total: usize = groups.iter().map(|group| group.images.len()).sum();
    let most = total.min(MAX_COLUMNS);
    let mut blocks = Vec::with_capacity(groups.len());
    let (mut count, mut fewest, mut largest) = (0, usize::MAX, 0);
    for group in groups {
        let mut columns = Vec::new();
        for range in bins(group.images.len(), most, total) {
            (fewest, largest) = (fewest.min(range.len()), largest.max(range.len()));
            columns.push(mean(data.weights, &group.images[range]));
        }
        count += columns.len();
        blocks.push(Block {
            name: group.name,
            columns,
        });
    }
    let by = if groups.len() > 1 { " by folder" } else { "" };
    let heading = match (fewest, largest) {
        (_, 0 | 1) => format!("{total} images{by}, one per column"),
        (fewest, largest) if fewest == largest => {
            format!("{total} images{by}; each column is the mean of {largest}")
        }
        _ => format!("{total} images{by}; each column is the mean of {fewest} to {largest}"),
    };
    UsagePanel {
        heading,
        blocks,
        left,
        right: WIDTH - MARGIN,
        column: (room / count.max(1) as f64).min(COLUMN),
    }
}

/// Returns the ranges of `images` that share a column, if all groups together have `total` images
/// and approximately `most` columns.
fn bins(images: usize, most: usize, total: usize) -> Vec<Range<usize>> {
    if images == 0 {
        return Vec::new();
    }
    let count = (images * most / total).max(1);
    (0..count)
        .map(|bin| bin * images / count..(bin + 1) * images / count)
        .collect()
}

/// Sorts parts by the label with the largest mean, and those of one label by that mean, descending.
pub(super) fn sort_by_label(rows: &mut [usize], means: &UsagePanel) {
    rows.sort_by_cached_key(|&part| {
        let (mut label, mut largest) = (0, 0.0);
        for (index, block) in means.blocks.iter().enumerate() {
            if block.columns[0][part] > largest {
                (label, largest) = (index, block.columns[0][part]);
            }
        }
        // The bits of non-negative floats are in the order of the floats.
        (label, Reverse(largest.to_bits()))
    });
}

/// Returns the mean weights of some images, (rank).
fn mean(weights: &Weights, images: &[usize]) -> Vec<f32> {
    let mut sums = vec![0.0f64; weights.ncols()];
    for &image in images {
        for (sum, &weight) in sums.iter_mut().zip(weights.row(image)) {
            *sum += f64::from(weight);
        }
    }
    let count = images.len().max(1) as f64;
    sums.iter().map(|sum| (sum / count) as f32).collect()
}

/// Rounds down to whole pixels, at least one.
pub(super) fn whole_pixels(points: f64) -> f64 {
    (points * DENSITY).floor().max(1.0) / DENSITY
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;

    use super::*;

    #[test]
    fn every_image_is_in_one_column_and_every_group_has_columns() {
        assert_eq!(bins(6, 4, 12), [0..3, 3..6]);
        assert_eq!(bins(5, 12, 12), [0..1, 1..2, 2..3, 3..4, 4..5]);
        assert_eq!(bins(1, 4, 1000).len(), 1, "a small group has a column");
        assert_eq!(bins(7, 3, 7), [0..2, 2..4, 4..7]);
        assert!(bins(0, 4, 12).is_empty());
    }

    #[test]
    fn a_mean_is_that_of_the_images_named() {
        let weights = arr2(&[[1.0, 0.0], [0.5, 1.0], [0.0, 0.5]]);
        assert_eq!(mean(&weights, &[0, 1]), [0.75, 0.5]);
        assert_eq!(mean(&weights, &[]), [0.0, 0.0]);
    }

    #[test]
    fn parts_are_sorted_by_the_label_that_uses_them_most() {
        let block = |weights: &[f32]| Block {
            name: "",
            columns: vec![weights.to_vec()],
        };
        let means = UsagePanel {
            heading: String::new(),
            blocks: vec![block(&[0.1, 0.2, 0.6, 0.0]), block(&[0.3, 0.0, 0.5, 0.0])],
            left: 0.0,
            right: 2.0,
            column: 1.0,
        };
        let mut rows = vec![0, 1, 2, 3];
        sort_by_label(&mut rows, &means);
        assert_eq!(rows, [2, 1, 3, 0]);
        assert!((means.largest(2) - 0.6).abs() < 1e-6);
    }
}
