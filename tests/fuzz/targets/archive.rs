//! Archives of pictures: the first byte says which format the others are read as.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nmf_images::images::{Format, LoadOptions};

fuzz_target!(|bytes: &[u8]| {
    let Some((selector, bytes)) = bytes.split_first() else { return };
    let format = Some([Format::Zip, Format::Tar][usize::from(selector % 2)]);
    nmf_images_fuzz::read(bytes, &LoadOptions { format, ..LoadOptions::default() });
});
