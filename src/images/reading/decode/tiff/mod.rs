//! TIFF files: their pages, and decoding of a page to a grey picture.
//!
//! A page is described by a directory of entries (`reader`, `facts`), which states how its pixels are stored (`layout`) in
//! strips or tiles (`chunks`, `codec`) of numbers (`numbers`) that become grey (`colour`, `canvas`). A file may hold more
//! images than directories (`stack`), and images of several channels (`channels`, `ome`).

mod canvas;
mod channels;
mod chunks;
mod codec;
mod colour;
mod compression;
mod facts;
mod fax;
mod jpeg_chunk;
mod layout;
mod lzw;
mod numbers;
mod ome;
mod page_size;
mod pages;
mod painter;
mod picture;
mod predictor;
mod reader;
mod stack;
mod tags;
mod unknown;
mod ycbcr;

pub(crate) use canvas::NoData;
pub(crate) use pages::{ALL_CHANNELS, Page, Pages};
pub(super) use picture::{PageReading, decode};
