//! The size that all images of a set must have.

use crate::basis::Shape;
use crate::error::{Error, Result, SizeCount};

/// The size that all images have; of none, an empty one.
pub(crate) fn one_shape<'a>(images: impl Iterator<Item = (&'a String, Shape)>) -> Result<Shape> {
    let mut sizes: Vec<(Shape, SizeCount)> = Vec::new();
    for (name, shape) in images {
        let Shape { width, height } = shape;
        let place = sizes
            .iter()
            .position(|(known, _)| *known == shape)
            .unwrap_or_else(|| {
                sizes.push((
                    shape,
                    SizeCount {
                        width,
                        height,
                        count: 0,
                        examples: Vec::new(),
                    },
                ));
                sizes.len() - 1
            });
        let size = &mut sizes[place].1;
        size.count += 1;
        if size.examples.len() < 3 {
            size.examples.push(name.clone());
        }
    }
    if let [] | [_] = sizes[..] {
        return Ok(sizes.first().map_or(Shape::new(0, 0), |(shape, _)| *shape));
    }
    let mut sizes: Vec<SizeCount> = sizes.into_iter().map(|(_, size)| size).collect();
    sizes.sort_by_key(|size| std::cmp::Reverse(size.count));
    Err(Error::MixedSizes { sizes })
}
