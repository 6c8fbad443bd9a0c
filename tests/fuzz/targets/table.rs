//! Tables of numbers: the bits of the first byte say what is asked for.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nmf_images::Shape;
use nmf_images::images::{Format, LoadOptions, Missing, Order};

fuzz_target!(|bytes: &[u8]| {
    let Some((&selector, bytes)) = bytes.split_first() else { return };
    let has = |bit: u8| selector >> bit & 1 == 1;
    let options = LoadOptions {
        format: Some(Format::Csv),
        shape: has(0).then(|| Shape::new(2, 3)),
        order: if has(0) && has(1) { Order::Column } else { Order::Row },
        label: has(2).then(|| "1".to_owned()),
        missing: has(3).then_some(Missing::Nan),
        limit: has(4).then_some(2),
        transpose: has(5),
        ignore: if has(6) { vec!["2".to_owned()] } else { Vec::new() },
        ..LoadOptions::default()
    };
    nmf_images_fuzz::read(bytes, &options);
});
