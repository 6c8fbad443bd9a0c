//! A picture of any kind in a folder, and as a mask over another.
#![no_main]

use std::fs;

use libfuzzer_sys::fuzz_target;
use nmf_images::Shape;
use nmf_images::images::{LoadOptions, load};

fuzz_target!(|bytes: &[u8]| {
    let folder = nmf_images_fuzz::folder();
    let [pictures, mask] = ["pictures", "mask.png"].map(|name| folder.path().join(name));
    fs::create_dir(&pictures).expect("room for a folder");
    for (name, bytes) in [("a.pgm", b"P5 2 2 255\n0123"), ("b.pgm", b"P5 2 2 255\n4567")] {
        fs::write(pictures.join(name), bytes).expect("room for a file");
    }
    fs::write(&mask, bytes).expect("room for a file");
    let options = LoadOptions { size: Some(Shape::new(2, 2)), ..LoadOptions::default() };
    nmf_images_fuzz::check(load(&pictures, &LoadOptions { mask: Some(mask), ..options.clone() }));
    fs::write(pictures.join("c.png"), bytes).expect("room for a file");
    nmf_images_fuzz::check(load(&pictures, &options));
});
