//! From models to pictures: which figures, images and captions. One file per picture.

mod atlas;
pub mod chosen_images;
mod comparison;
mod context;
mod convergence;
mod denoise;
mod draw;
mod galleries;
mod inpainting;
pub mod ladder;
mod learning;
mod map;
mod page;
mod picture;
mod projection;
mod rank_error;
pub mod ranks;
mod recipe;
mod reconstructed_image;
mod reconstructions;
mod three_ways;
mod usage;

pub use self::comparison::slide;
pub use self::context::{
    Context, Examples, FittedModels, clipped_basis, drawn, title, title_of_run,
};
pub use self::draw::{check, draw};
pub use self::picture::Picture;
pub use self::projection::{ProjectedImages, projection};
pub use self::recipe::image as recipe_image;
