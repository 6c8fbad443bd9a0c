//! Which images use which parts: a row an image, a column a part.

use ndarray::ArrayView1;

use crate::basis::{Basis, Weights};
use crate::error::Result;
use crate::render::canvas::colour_scale::{Paint, Scale, Scaling};
use crate::render::canvas::figure::Figure;
use crate::render::canvas::header::{self, Head};
use crate::render::canvas::part_columns::Columns;
use crate::render::canvas::scale_bar::Bar;
use crate::render::canvas::style::Theme;
use crate::render::canvas::style::{DENSITY, GAP, HEIGHT, LABEL, MARGIN, VALUE, WIDTH};
use crate::render::canvas::svg::{Anchor, Canvas, draw_figure};
use crate::render::canvas::text::{ASCENT, Cut, DESCENT, Ruler};

/// What the page shows.
#[derive(Debug, Clone, Copy)]
pub struct Usage<'a> {
    /// What the page shows.
    pub title: &'a str,
    /// One sentence: how to read the page.
    pub caption: &'a str,
    /// The parts in the order of their columns.
    pub parts: &'a Basis,
    /// How much of each part is in each image, (images, rank), from 0 to 1 where it is most.
    pub used: &'a Weights,
    /// The mean over all images, (rank).
    pub mean: &'a [f32],
    /// The images of each label; a single group where there are no labels.
    pub groups: &'a [UsageGroup<'a>],
}

/// The images of one label.
#[derive(Debug, Clone)]
pub struct UsageGroup<'a> {
    /// The label.
    pub name: &'a str,
    /// The mean over these images, (rank).
    pub mean: Vec<f32>,
    /// The images, as rows of [`Usage::used`], in the order in which they are to stand.
    pub images: Vec<usize>,
}

const BOTTOM: f64 = 48.0;
/// The most labels that have rows.
const MOST: usize = 40;
/// The name of the row above all labels'.
const ALL: &str = "all images";
/// The widest label; longer ones are shortened.
const WIDEST: f64 = 220.0;
/// Between a label and its row.
const SPACE: f64 = 16.0;
/// The height of a heading, with the room above it.
const HEADING: f64 = 48.0;
/// The height of a row that has a name.
const NAMED: f64 = 28.0;
/// The least height of all rows of images.
const IMAGES: f64 = 240.0;
/// Pixels across the row of an image: the least, and the most.
const ROW: (usize, usize) = (2, 48);
/// Between the rows of two labels: the least, and the most.
const BETWEEN: (f64, f64) = (1.0, 3.0);
const ORDER: &str = "by the part that gives most of their light, then by the second, and so on";
const STACKS: &str = "tiles from top to bottom: columns from left to right";
const PAINT: Paint = Paint {
    scale: Scale::Sequential,
    limit: 1.0,
};

/// Draws how much of each part is in each image, below the means of all images and of each label.
///
/// All parts are shown, up to 400, and of the images as many as have room, evenly spread over their order. The page is a
/// slide unless many labels, up to 40, need more.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if the picture cannot be drawn.
///
/// # Panics
/// If an image of a group does not exist, or a mean has not as many values as there are parts.
pub fn usage(data: &Usage, theme: Theme) -> Result<Figure> {
    let page = Page::of(data);
    draw_figure(theme, WIDTH, page.height(), |canvas| {
        let head = Head {
            title: data.title,
            caption: data.caption,
            bars: &[Bar {
                says: "each column to its own maximum",
                ..Bar::of(PAINT, Scaling::Each)
            }],
            shown: (page.columns.shown, data.parts.rank()),
        };
        head.draw(canvas)?;
        page.columns.draw_tiles(canvas, data.parts)?;
        if page.labelled() {
            page.draw_means(canvas)?;
        }
        page.draw_images(canvas)
    })
}

/// What stands where.
struct Page<'a> {
    data: &'a Usage<'a>,
    groups: &'a [UsageGroup<'a>],
    columns: Columns,
    /// The images that are shown, for each group.
    rows: Vec<Vec<usize>>,
    /// The height of the row of an image.
    row: f64,
}

impl<'a> Page<'a> {
    fn of(data: &'a Usage<'a>) -> Self {
        let groups = &data.groups[..data.groups.len().min(MOST)];
        let mut ruler = Ruler::default();
        let names = groups.iter().map(|group| group.name).chain([ALL]);
        let names = names
            .map(|name| ruler.width(name, LABEL))
            .fold(0.0, f64::max);
        let names = if groups.len() > 1 {
            names.min(WIDEST).ceil() + SPACE
        } else {
            0.0
        };
        let columns = Columns::within(data.parts, (MARGIN + names, header::BOTTOM));
        let mut page = Self {
            data,
            groups,
            columns,
            rows: Vec::new(),
            row: 0.0,
        };
        let gaps = page.between() * groups.len() as f64;
        let room = ((HEIGHT - BOTTOM - page.images_top() - gaps).max(IMAGES) * DENSITY) as usize;
        page.rows = spread(groups, room / ROW.0);
        page.row = (room / page.shown().max(1)).clamp(ROW.0, ROW.1) as f64 / DENSITY;
        page
    }

    fn labelled(&self) -> bool {
        self.groups.len() > 1
    }

    /// Between the rows of two labels: less where there are many, whose rows are few.
    fn between(&self) -> f64 {
        (IMAGES / 8.0 / self.groups.len().max(1) as f64).clamp(BETWEEN.0, BETWEEN.1)
    }

    fn shown(&self) -> usize {
        self.rows.iter().map(Vec::len).sum()
    }

    /// Where the means begin: that of all images first, then a row a label.
    fn means_top(&self) -> f64 {
        self.columns.bottom() + HEADING
    }

    fn images_top(&self) -> f64 {
        let means = if self.labelled() {
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
        self.columns.draw_rows(
            canvas,
            &[ArrayView1::from(self.data.mean)],
            PAINT,
            (top, NAMED),
        )?;
        let top = top + NAMED + GAP;
        let means: Vec<_> = self
            .groups
            .iter()
            .map(|group| ArrayView1::from(group.mean.as_slice()))
            .collect();
        self.columns
            .draw_rows(canvas, &means, PAINT, (top, NAMED))?;
        for (index, group) in self.groups.iter().enumerate() {
            self.draw_name(canvas, group.name, top + (index as f64 + 0.5) * NAMED)?;
        }
        Ok(())
    }

    fn draw_images(&self, canvas: &mut Canvas) -> Result<()> {
        let mut top = self.images_top();
        self.draw_heading(canvas, &self.which(), top)?;
        for (group, images) in self.groups.iter().zip(&self.rows) {
            let rows: Vec<_> = images
                .iter()
                .map(|&image| self.data.used.row(image))
                .collect();
            let height = self.row * rows.len() as f64;
            self.columns
                .draw_rows(canvas, &rows, PAINT, (top, self.row))?;
            if self.labelled() && height + self.between() >= LABEL.size * (ASCENT + DESCENT) {
                self.draw_name(canvas, group.name, top + height / 2.0)?;
            }
            top += height + self.between();
        }
        Ok(())
    }

    /// How many images there are, and in which order.
    fn which(&self) -> String {
        let all: usize = self.groups.iter().map(|group| group.images.len()).sum();
        let count = match self.shown() {
            shown if shown < all => format!("{shown} of {all} images, evenly spread"),
            _ => format!("{all} images"),
        };
        let within = if self.labelled() {
            "in each folder "
        } else {
            ""
        };
        format!("{count}, {within}{ORDER}")
    }

    /// The heading of a panel; the first one also says which tile belongs to which column.
    fn draw_heading(&self, canvas: &mut Canvas, heading: &str, top: f64) -> Result<()> {
        let (left, right, baseline) = (self.columns.left, WIDTH - MARGIN, top - 14.0);
        let written = canvas.text(
            heading,
            (left, baseline),
            Anchor::Left,
            VALUE,
            (right - left, Cut::End),
        )?;
        if self.columns.stacked() && top <= self.means_top() {
            let rest = (right - left - written - 32.0, Cut::End);
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
            (self.columns.left - SPACE - MARGIN, Cut::Middle),
        )?;
        Ok(())
    }
}

/// At most `most` images, evenly spread over all groups, for each group.
fn spread(groups: &[UsageGroup], most: usize) -> Vec<Vec<usize>> {
    let all: usize = groups.iter().map(|group| group.images.len()).sum();
    let before = |place: usize| place * most.min(all) / all;
    let mut places = 0..all;
    let mut shown = |image: &usize| {
        places
            .next()
            .filter(|&place| before(place + 1) > before(place))
            .map(|_| *image)
    };
    groups
        .iter()
        .map(|group| group.images.iter().filter_map(&mut shown).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_spread_evenly_over_all_groups() {
        let group = |images: std::ops::Range<usize>| UsageGroup {
            name: "",
            mean: vec![],
            images: images.collect(),
        };
        let groups = [group(0..6), group(6..7), group(7..10)];
        assert_eq!(spread(&groups, 5), [vec![1, 3, 5], vec![], vec![7, 9]]);
        assert_eq!(
            spread(&groups, 99),
            [(0..6).collect::<Vec<_>>(), vec![6], vec![7, 8, 9]]
        );
        assert_eq!(spread(&[], 5), Vec::<Vec<usize>>::new());
    }
}
