//! A picture that is ready to be written.

use anyhow::Result;
use nmf_images::render::Figure;

use crate::cli::arguments::{PageFormat, WritingOptions};

/// A picture as a file.
pub struct Picture {
    /// The name of the file.
    pub name: String,
    pub caption: String,
    pub bytes: Vec<u8>,
}

impl Picture {
    /// Returns a page in the format that was asked for.
    pub fn page(
        writing: &WritingOptions,
        name: &str,
        caption: &str,
        figure: &Figure,
    ) -> Result<Self> {
        match writing.format {
            PageFormat::Svg => Self::svg(name, caption, figure),
            PageFormat::Png => Ok(Self {
                name: format!("{name}.png"),
                caption: caption.to_owned(),
                bytes: figure.png(2.0)?,
            }),
        }
    }

    /// Returns an animation.
    pub(super) fn gif(name: &str, caption: &str, bytes: Vec<u8>) -> Self {
        Self {
            name: format!("{name}.gif"),
            caption: caption.to_owned(),
            bytes,
        }
    }

    /// Returns a chart as SVG, whose curves are sharp at any size, and also as PNG unless pages are SVG.
    pub fn chart(
        writing: &WritingOptions,
        name: &str,
        caption: &str,
        figure: &Figure,
    ) -> Result<Vec<Self>> {
        let mut files = vec![Self::svg(name, caption, figure)?];
        if writing.format == PageFormat::Png {
            files.push(Self::page(writing, name, caption, figure)?);
        }
        Ok(files)
    }

    /// Returns an SVG file.
    fn svg(name: &str, caption: &str, figure: &Figure) -> Result<Self> {
        Ok(Self {
            name: format!("{name}.svg"),
            caption: caption.to_owned(),
            bytes: figure.svg()?.into_bytes(),
        })
    }
}
