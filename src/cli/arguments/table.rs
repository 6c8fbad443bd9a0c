//! Options for files of many images, and for the rows of tables.

use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use nmf_images::Shape;
use nmf_images::images::{Format, LoadOptions, Order};

use super::values::height_and_width;

/// Options for a file of many images.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Reading images")]
pub struct TableOptions {
    /// Format of the input file [default: detected from its content]
    #[arg(id = "file_format", long = "from", value_name = "FORMAT",
        value_parser = PossibleValuesParser::new(Format::NAMES).try_map(|name| name.parse::<Format>()))]
    from: Option<Format>,
    /// Height x width of the image in each row of a table (.csv, .npy, .npz), for example 64x48. This is the order of array
    /// shapes, the reverse of --size. Without it, rows are vectors rather than images
    #[arg(long, value_name = "HxW", value_parser = height_and_width)]
    shape: Option<Shape>,
    /// Order of the pixels in a row of a table: row by row, as NumPy flattens images, or column by column, as MATLAB does
    #[arg(long, value_enum, default_value_t = OrderChoice::Row)]
    order: OrderChoice,
    /// Column of a .csv table with the label of each image: its name in the header, or its number, counted from 1
    #[arg(long, value_name = "COLUMN")]
    label: Option<String>,
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
            shape: self.shape,
            order: match self.order {
                OrderChoice::Row => Order::Row,
                OrderChoice::Column => Order::Column,
            },
            label: self.label.clone(),
            ..options
        }
    }
}
