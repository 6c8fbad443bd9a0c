//! What a run left to be used again.
#![no_main]

use std::fs;

use libfuzzer_sys::fuzz_target;
use nmf_images::{Model, NMF};

fuzz_target!(|bytes: &[u8]| {
    let folder = nmf_images_fuzz::folder();
    let path = folder.path().join("model.npz");
    fs::write(&path, bytes).expect("room for a file");
    match Model::read(&path) {
        Ok(model) => assert_eq!(model.names.len(), model.by(&NMF).weights.nrows()),
        Err(error) => nmf_images_fuzz::check_line(&error.to_string()),
    }
});
