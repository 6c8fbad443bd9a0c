//! Pictures: plain data in, the bytes of an SVG, a PNG, a GIF or an HTML page out. No file system.
//!
//! - `canvas`: what figures are drawn with, from colours and text to tiles, grids, axes and
//!   headers.
//! - `figures`: one file per picture.
//! - `page`: the interactive HTML page.
//! - `terminal`: previews as text for a terminal.
//!
//! There is one way of drawing. A page is laid out in points with text measured in the embedded
//! font, written by plotters as SVG, and rasterised from that SVG where a PNG is wanted; so both
//! are the same picture, on every computer. Image pixels are enlarged by whole factors and never
//! blurred.

mod canvas;
mod figures;
mod page;
mod terminal;

pub use canvas::colour_scale::{Scale, Scaling};
pub use canvas::figure::{Figure, TextBox};
pub use canvas::numbers::{number, percent};
pub use canvas::samples::{MethodBasis, Reconstruction, Sample};
pub use canvas::style::Theme;
pub use canvas::tiles::grey_png;
pub use figures::animation::animation;
pub use figures::atlas::{Atlas, Direction, Plane, atlas};
pub use figures::compare_chart::{
    CompareChart, ErrorPanel, ErrorSeries, RankErrors, compare_chart,
};
pub use figures::comparison::{Comparison, comparison};
pub use figures::convergence::{Convergence, convergence};
pub use figures::denoised::{Denoised, DenoisedSample, denoised};
pub use figures::gallery::{Gallery, gallery};
pub use figures::inpainting::{Inpainting, InpaintingSample, inpainting};
pub use figures::ladder::{Ladder, LadderImage, ladder};
pub use figures::learning::{Learning, learning};
pub use figures::map::{Map, map};
pub use figures::mixture::Mixture;
pub use figures::moment::moment;
pub use figures::rank_error::{RankError, rank_error};
pub use figures::ranks::{Ranks, ranks};
pub use figures::ranks_gallery::{RanksGallery, ranks_gallery};
pub use figures::recipe::{Recipe, recipe};
pub use figures::reconstructions::{Reconstructions, reconstructions};
pub use figures::rules::{RuleRow, Rules, rules};
pub use figures::three_ways::{ThreeWays, Way, three_ways};
pub use figures::usage::{Usage, UsageGroup, usage};
pub use page::contents::{Page, Selection, page, page_images};
pub use terminal::colours::Colours;
pub use terminal::half_blocks::{View, half_blocks};
pub use terminal::inline_png::{iterm, kitty};
