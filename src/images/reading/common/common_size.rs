//! The size that all images of a set must have.

use crate::basis::Shape;
use crate::error::{Error, Result, SizeCount};

/// The most names that an error lists per size.
const MOST_EXAMPLES: usize = 3;

/// Some images of the same size.
pub(crate) struct SameSize<'a> {
    pub shape: Shape,
    pub count: usize,
    /// The name of the first.
    pub example: &'a str,
}

impl<'a> SameSize<'a> {
    /// Returns a single image.
    pub(crate) fn one(name: &'a str, shape: Shape) -> Self {
        Self {
            shape,
            count: 1,
            example: name,
        }
    }
}

/// Returns the size of all images, or an empty size if there are none.
///
/// # Errors
/// If sizes differ.
pub(crate) fn common_size<'a>(images: impl Iterator<Item = SameSize<'a>>) -> Result<Shape> {
    let mut sizes: Vec<SizeCount> = Vec::new();
    for SameSize {
        shape: Shape { height, width },
        count,
        example,
    } in images
    {
        let known = sizes
            .iter()
            .position(|size| (size.width, size.height) == (width, height));
        let place = known.unwrap_or(sizes.len());
        if known.is_none() {
            sizes.push(SizeCount {
                width,
                height,
                count: 0,
                examples: Vec::new(),
            });
        }
        let size = &mut sizes[place];
        size.count += count;
        if size.examples.len() < MOST_EXAMPLES {
            size.examples.push(example.to_owned());
        }
    }
    match sizes[..] {
        [] => Ok(Shape::new(0, 0)),
        [SizeCount { width, height, .. }] => Ok(Shape::new(height, width)),
        _ => {
            sizes.sort_by_key(|size| std::cmp::Reverse(size.count));
            Err(Error::MixedSizes { sizes })
        }
    }
}
