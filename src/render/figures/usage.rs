//! Which images use which parts: one row per image, one column per part.

use ndarray::ArrayView1;

use crate::basis::{Basis, Weights};
use crate::error::Result;
use crate::render::canvas::colour_scale::{ColourMap, Scale, Scaling};
use crate::render::canvas::figure::Figure;
use crate::render::canvas::header::{self, FigureHeader, Shown};
use crate::render::canvas::part_columns::PartColumns;
use crate::render::canvas::scale_bar::ScaleBar;
use crate::render::canvas::style::Theme;
use crate::render::canvas::style::{DENSITY, GAP, HEIGHT, LABEL, MARGIN, VALUE, WIDTH};
use crate::render::canvas::svg::{Anchor, Canvas, draw_figure};
use crate::render::canvas::text::{ASCENT, DESCENT, Ruler, TextFit};

/// The data of the page.
#[derive(Debug, Clone, Copy)]
pub struct Usage<'a> {
    /// The title.
    pub title: &'a str,
    /// One sentence: how to read the page.
    pub caption: &'a str,
    /// The parts in the order of their columns.
    pub parts: &'a Basis,
    /// The weight of each part in each image, (images, rank), scaled to a maximum of 1 per part.
    pub used: &'a Weights,
    /// The mean weights of all images, (rank).
    pub mean: &'a [f32],
    /// The images of each label; a single group where there are no labels.
    pub groups: &'a [UsageGroup<'a>],
}

/// The images of one label.
#[derive(Debug, Clone)]
pub struct UsageGroup<'a> {
    /// The label.
    pub name: &'a str,
    /// The mean weights of these images, (rank).
    pub mean: Vec<f32>,
    /// The images as rows of [`Usage::used`], in the order in which they are drawn.
    pub images: Vec<usize>,
}

const BOTTOM: f64 = 48.0;
/// The maximum number of labels.
const MAX_LABELS: usize = 40;
/// The name of the row of the mean of all images.
const ALL: &str = "all images";
/// The maximum width of a label.
const MAX_LABEL: f64 = 220.0;
/// Space between a label and its row.
const SPACE: f64 = 16.0;
/// Height of a heading with the space above it.
const HEADING: f64 = 48.0;
/// Height of a row with a name.
const NAMED: f64 = 28.0;
/// The minimum height of all rows of images.
const IMAGES: f64 = 240.0;
/// The range of the height of the row of an image in pixels.
const ROW: (usize, usize) = (2, 48);
/// The range of the space between the rows of two labels.
const BETWEEN: (f64, f64) = (1.0, 3.0);
const ORDER: &str = "by the part that contributes most, then by the second, and so on";
const STACKS: &str = "tiles from top to bottom are columns from left to right";
const COLOUR_MAP: ColourMap = ColourMap {
    scale: Scale::Sequential,
    limit: 1.0,
};

/// Draws the weight of each part in each image, below the means of all images and of each label.
///
/// At most 400 parts are shown, and as many images as fit, evenly spaced in their order. The page
/// is a slide unless many labels, at most 40, need more.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if the picture cannot be drawn.
///
/// # Panics
/// If an image of a group does not exist, or a mean does not have one value per part.
pub fn usage(data: &Usage, theme: Theme) -> Result<Figure> {
    let layout = UsageLayout::of(data);
    draw_figure(theme, WIDTH, layout.height(), |canvas| {
        let head = FigureHeader {
            title: data.title,
            caption: data.caption,
            bars: &[ScaleBar {
                label: "each column scaled to its maximum",
                ..ScaleBar::for_tiles(COLOUR_MAP, Scaling::Each)
            }],
            shown: Shown {
                count: layout.columns.shown,
                total: data.parts.rank(),
            },
        };
        head.draw(canvas)?;
        layout.columns.draw_tiles(canvas, data.parts)?;
        if layout.is_labelled() {
            layout.draw_means(canvas)?;
        }
        layout.draw_images(canvas)
    })
}

/// The positions of headings and rows.
struct UsageLayout<'a> {
    data: &'a Usage<'a>,
    groups: &'a [UsageGroup<'a>],
    columns: PartColumns,
    /// The images that are shown, per group.
    rows: Vec<Vec<usize>>,
    /// The height of the row of an image in points.
    row: f64,
}

impl<'a> UsageLayout<'a> {
    fn of(data: &'a Usage<'a>) -> Self {
        let groups = &data.groups[..data.groups.len().min(MAX_LABELS)];
        let mut ruler = Ruler::default();
        let mut names = 0.0;
        if groups.len() > 1 {
            let mut widest = ruler.width(ALL, LABEL);
            for group in groups {
                widest = widest.max(ruler.width(group.name, LABEL));
            }
            names = widest.min(MAX_LABEL).ceil() + SPACE;
        }
        let columns = PartColumns::within(data.parts, (MARGIN + names, header::BOTTOM));
        let mut layout = Self {
            data,
            groups,
            columns,
            rows: Vec::new(),
            row: 0.0,
        };
        let gaps = layout.between() * groups.len() as f64;
        let room = ((HEIGHT - BOTTOM - layout.images_top() - gaps).max(IMAGES) * DENSITY) as usize;
        layout.rows = evenly_spaced(groups, room / ROW.0);
        layout.row = (room / layout.shown().max(1)).clamp(ROW.0, ROW.1) as f64 / DENSITY;
        layout
    }

    fn is_labelled(&self) -> bool {
        self.groups.len() > 1
    }

    /// Returns the space between the rows of two labels, which is less for many labels with few
    /// rows.
    fn between(&self) -> f64 {
        (IMAGES / 8.0 / self.groups.len().max(1) as f64).clamp(BETWEEN.0, BETWEEN.1)
    }

    fn shown(&self) -> usize {
        self.rows.iter().map(Vec::len).sum()
    }

    /// Returns the top of the means: that of all images first, then one row per label.
    fn means_top(&self) -> f64 {
        self.columns.bottom() + HEADING
    }

    fn images_top(&self) -> f64 {
        let means = if self.is_labelled() {
            NAMED * (1 + self.groups.len()) as f64 + GAP + HEADING
        } else {
            0.0
        };
        self.means_top() + means
    }

    fn height(&self) -> f64 {
        let gaps = self.between() * self.rows.len().saturating_sub(1) as f64;
        let rows = self.row * self.shown() as f64;
        (self.images_top() + rows + gaps + BOTTOM)
            .max(HEIGHT / 2.0)
            .ceil()
    }

    fn draw_means(&self, canvas: &mut Canvas) -> Result<()> {
        let which = match (self.groups.len(), self.data.groups.len()) {
            (shown, all) if shown < all => format!("of the first {shown} of {all} folders"),
            _ => "of each folder".to_owned(),
        };
        let top = self.means_top();
        self.draw_heading(canvas, &format!("Mean of all images and {which}"), top)?;
        self.draw_name(canvas, ALL, top + NAMED / 2.0)?;
        let all = [ArrayView1::from(self.data.mean)];
        self.columns
            .draw_rows(canvas, &all, COLOUR_MAP, top, NAMED)?;
        let top = top + NAMED + GAP;
        let means: Vec<_> = self
            .groups
            .iter()
            .map(|group| ArrayView1::from(group.mean.as_slice()))
            .collect();
        self.columns
            .draw_rows(canvas, &means, COLOUR_MAP, top, NAMED)?;
        for (index, group) in self.groups.iter().enumerate() {
            self.draw_name(canvas, group.name, top + (index as f64 + 0.5) * NAMED)?;
        }
        Ok(())
    }

    fn draw_images(&self, canvas: &mut Canvas) -> Result<()> {
        let mut top = self.images_top();
        self.draw_heading(canvas, &self.images_heading(), top)?;
        for (group, images) in self.groups.iter().zip(&self.rows) {
            let rows: Vec<_> = images
                .iter()
                .map(|&image| self.data.used.row(image))
                .collect();
            let height = self.row * rows.len() as f64;
            self.columns
                .draw_rows(canvas, &rows, COLOUR_MAP, top, self.row)?;
            if self.is_labelled() && height + self.between() >= LABEL.size * (ASCENT + DESCENT) {
                self.draw_name(canvas, group.name, top + height / 2.0)?;
            }
            top += height + self.between();
        }
        Ok(())
    }

    /// Returns the heading of the images: how many, and in which order.
    fn images_heading(&self) -> String {
        let all: usize = self.groups.iter().map(|group| group.images.len()).sum();
        let count = match self.shown() {
            shown if shown < all => format!("{shown} of {all} images, evenly spaced"),
            _ => format!("{all} images"),
        };
        let within = if self.is_labelled() {
            "sorted within each folder "
        } else {
            "sorted "
        };
        format!("{count}, {within}{ORDER}")
    }

    /// Writes the heading of a panel; the first one has a note about stacked tiles.
    fn draw_heading(&self, canvas: &mut Canvas, heading: &str, top: f64) -> Result<()> {
        let (left, right, baseline) = (self.columns.left, WIDTH - MARGIN, top - 14.0);
        let written = canvas.text(
            heading,
            (left, baseline),
            Anchor::Left,
            VALUE,
            TextFit::end(right - left),
        )?;
        if self.columns.is_stacked() && top <= self.means_top() {
            let rest = TextFit::end(right - left - written - 32.0);
            canvas.text(STACKS, (right, baseline), Anchor::Right, LABEL, rest)?;
        }
        Ok(())
    }

    fn draw_name(&self, canvas: &mut Canvas, name: &str, middle: f64) -> Result<()> {
        let place = (self.columns.left - SPACE, middle + 8.0);
        canvas.text(
            name,
            place,
            Anchor::Right,
            LABEL,
            TextFit::middle(self.columns.left - SPACE - MARGIN),
        )?;
        Ok(())
    }
}

/// Returns at most `most` images of all groups, evenly spaced in their order, per group.
fn evenly_spaced(groups: &[UsageGroup], most: usize) -> Vec<Vec<usize>> {
    let total: usize = groups.iter().map(|group| group.images.len()).sum();
    let most = most.min(total);
    let mut position = 0;
    let mut shown = Vec::with_capacity(groups.len());
    for group in groups {
        let mut images = Vec::new();
        for &image in &group.images {
            // The number of images to show increases at this one.
            if (position + 1) * most / total > position * most / total {
                images.push(image);
            }
            position += 1;
        }
        shown.push(images);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_evenly_spaced_over_all_groups() {
        let group = |images: std::ops::Range<usize>| UsageGroup {
            name: "",
            mean: vec![],
            images: images.collect(),
        };
        let groups = [group(0..6), group(6..7), group(7..10)];
        assert_eq!(
            evenly_spaced(&groups, 5),
            [vec![1, 3, 5], vec![], vec![7, 9]]
        );
        assert_eq!(
            evenly_spaced(&groups, 99),
            [(0..6).collect::<Vec<_>>(), vec![6], vec![7, 8, 9]]
        );
        assert_eq!(evenly_spaced(&[], 5), Vec::<Vec<usize>>::new());
    }
}
