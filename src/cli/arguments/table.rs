//! Options for files of many images, and for the rows of tables.

use std::path::PathBuf;

use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use nmf_images::Shape;
use nmf_images::images::{Format, LoadOptions, Order};

use super::values::{height_and_width, size};

/// Options for a file of many images.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Reading images")]
pub struct TableOptions {
    /// Format of the input file [default: detected from its content]
    #[arg(id = "file_format", long = "from", value_name = "FORMAT",
        value_parser = PossibleValuesParser::new(Format::NAMES).try_map(|name| name.parse::<Format>()))]
    from: Option<Format>,
    /// Width x height of the image in each row of a table (.csv, .npy, .npz), for example 48x64, in the order of --size.
    /// Without it, rows are vectors rather than images
    #[arg(long, value_name = "WxH", value_parser = size)]
    row_size: Option<Shape>,
    /// The old spelling of --row-size, with the height first
    #[arg(long, value_name = "HxW", value_parser = height_and_width, hide = true, conflicts_with = "row_size")]
    shape: Option<Shape>,
    /// Read the columns of a table (.csv, .npy, .npz) as images instead of its rows
    #[arg(long)]
    transpose: bool,
    /// Order of the pixels in a row of a table: row by row, as NumPy flattens images, or column by column, as MATLAB does
    #[arg(long, value_enum, default_value_t = OrderChoice::Row)]
    order: OrderChoice,
    /// Column of a .csv table with the label of each image: its name in the header, or its number, counted from 1; or the
    /// array of labels in a .npz archive
    #[arg(long, value_name = "COLUMN|NAME")]
    label: Option<String>,
    /// File with one label per image of a .npy, .npz, .csv or IDX file: lines of text, a .npy array or an IDX file
    #[arg(long, value_name = "FILE", conflicts_with = "label")]
    labels: Option<PathBuf>,
    /// Column of a .csv table that is not read, by its name or number; may be given several times
    #[arg(long, value_name = "COLUMN")]
    ignore: Vec<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum OrderChoice {
    Row,
    Column,
}

impl TableOptions {
    /// Returns `options` with those of this group.
    pub fn options(&self, options: LoadOptions) -> LoadOptions {
        LoadOptions {
            format: self.from,
            shape: self.row_size.or(self.shape),
            transpose: self.transpose,
            order: match self.order {
                OrderChoice::Row => Order::Row,
                OrderChoice::Column => Order::Column,
            },
            label: self.label.clone(),
            labels: self.labels.clone(),
            ignore: self.ignore.clone(),
            ..options
        }
    }

    /// Returns a note for each option that is spelled as in earlier releases.
    pub fn notes(&self) -> Vec<String> {
        let shape = self.shape.map(|shape| {
            let Shape { height, width } = shape;
            format!(
                "--shape {height}x{width} (height x width) will be removed: pass --row-size {shape} (width x height)"
            )
        });
        shape.into_iter().collect()
    }
}
