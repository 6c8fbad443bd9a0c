//! Checks of options before the input is opened.

use super::picture::MOST_SIDE;
use crate::basis::Shape;
use crate::error::{Error, InputError, Result};
use crate::images::options::{LoadOptions, Order};

impl LoadOptions {
    /// Checks whether any option applies to the rows of a table of numbers only.
    pub(in crate::images::reading) fn describes_rows(&self) -> bool {
        self.shape.is_some() || self.order == Order::Column || self.transpose
    }

    /// Checks whether any option applies to tables and archives of arrays only.
    pub(in crate::images::reading) fn describes_table(&self) -> bool {
        self.describes_rows() || self.label.is_some() || !self.ignore.is_empty()
    }
}

/// Checks the options on their own, before the input is opened.
pub(in crate::images::reading) fn check(options: &LoadOptions) -> Result<()> {
    if let Some(limit) = options.limit
        && limit < 2
    {
        return Err(InputError::LimitTooSmall { limit }.into());
    }
    let sides = 1..=MOST_SIDE;
    for Shape { width, height } in [options.size, options.shape].into_iter().flatten() {
        if !(sides.contains(&width) && sides.contains(&height)) {
            return Err(Error::SizeOutOfRange {
                width,
                height,
                most: MOST_SIDE,
            });
        }
    }
    if options.order == Order::Column && options.shape.is_none() {
        return Err(InputError::OrderWithoutShape.into());
    }
    Ok(())
}
