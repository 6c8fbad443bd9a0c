//! Reading of images: folders, lists and archives of image files, arrays, tables.

mod common;
mod concatenate;
mod decode;
mod duplicates;
mod files;
mod formats;
mod input;
mod input_files;
mod input_hashes;
mod known_parts;
mod label_names;
mod load;
mod mask_notes;
mod masks;
mod memory_check;
mod min_count;
mod outlier_note;
mod outliers;
mod pack;
mod prepare;
mod read_set;
mod request;
mod row_size;
mod survey;
mod weights;

pub use duplicates::count_different;
pub use input_files::files_read;
pub use input_hashes::input_hashes;
pub use known_parts::load_parts;
pub use load::{listed_files, load, load_listed, load_several, load_shard};
pub use pack::{Packed, ValueType, is_packed, pack, pack_listed};
pub use weights::{load_image_weights, load_pixel_weights};
