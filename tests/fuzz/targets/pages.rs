//! TIFF files of one or more pages.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nmf_images::images::{Format, LoadOptions};

fuzz_target!(|bytes: &[u8]| {
    nmf_images_fuzz::read(bytes, &LoadOptions { format: Some(Format::Tiff), ..LoadOptions::default() });
});
