//! The results of an earlier run in ranks.json, if they are of the same pixels and settings.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use nmf_images::ImageSet;
use nmf_images::images::{Block, Images};
use nmf_images::rank::RankScores;
use serde::Deserialize;

/// The part of ranks.json from which a run continues.
#[derive(Deserialize)]
struct RanksFile {
    settings: RanksFileSettings,
    ranks: Vec<RankScores>,
}

#[derive(Deserialize)]
struct RanksFileSettings {
    key: String,
}

/// Returns the ranks in a file with this key; none if there is no such file.
pub fn ranks(file: &Path, key: &str) -> Vec<RankScores> {
    // A pipe of that name could block for ever.
    let bytes = file.is_file().then(|| fs::read(file).ok()).flatten();
    let earlier: Option<RanksFile> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    earlier
        .filter(|earlier| earlier.settings.key == key)
        .map(|earlier| earlier.ranks)
        .unwrap_or_default()
}

/// Returns a hash of everything that determines the figures of a rank.
pub fn key(images: &ImageSet, restarts: usize, seed: u64) -> String {
    let mut hasher = DefaultHasher::new();
    (env!("CARGO_PKG_VERSION"), restarts, seed, images.shape).hash(&mut hasher);
    for image in 0..images.len() {
        match images.block(image..image + 1) {
            Block::U8(values) => values.hash(&mut hasher),
            Block::F32(values) => values
                .iter()
                .for_each(|value| value.to_bits().hash(&mut hasher)),
        }
    }
    if let Some(mask) = &images.mask {
        (0..mask.images()).for_each(|image| mask.words(image).hash(&mut hasher));
    }
    format!("{:016x}", hasher.finish())
}
