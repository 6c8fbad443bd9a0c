//! What can be said of files that hold many images, and of the rows of tables.

use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use nmf_images::Shape;
use nmf_images::images::{Format, LoadOptions, Order};

use super::values::height_and_width;

/// How a file of many images is read.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Reading images")]
pub struct TableOptions {
    /// What the input file is; left out, its content tells
    #[arg(id = "file_format", long = "from", value_name = "FORMAT",
        value_parser = PossibleValuesParser::new(Format::NAMES).try_map(|name| name.parse::<Format>()))]
    from: Option<Format>,
    /// Which picture a row of a table (.csv, .npy, .npz) is, for example 64x48: height x width, as arrays have it, and so
    /// the other way round than --size; left out, rows are no pictures, and the parts are parts of rows
    #[arg(long, value_name = "HxW", value_parser = height_and_width)]
    shape: Option<Shape>,
    /// How a row of a table goes through its picture: row by row, as Python flattens it; or column by column, as MATLAB
    /// does: then every face lies on its side without this
    #[arg(long, value_enum, default_value_t = OrderChoice::Row)]
    order: OrderChoice,
    /// The column of a .csv table that says what each image is: its name in the header, or its number, the first being 1
    #[arg(long, value_name = "COLUMN")]
    label: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum OrderChoice {
    Row,
    Column,
}

impl TableOptions {
    /// The options with what is said here.
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
