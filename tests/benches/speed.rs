//! Where the time goes: `cargo bench`. Items a second are floating-point operations a second.
//!
//! The sets are `assets/faces` and `assets/digits`, and every .npy file of bytes in `target/bench-data`, as
//! `against_peers.py` beside this file leaves them.

use std::fmt;
use std::path::Path;

use divan::Bencher;
use divan::counter::ItemsCount;
use nmf_images::images::{Images, LoadOptions, load};
use nmf_images::nmf::Hals;
use nmf_images::render::{Gallery, Scale, Scaling, gallery};
use nmf_images::{ImageSet, Nmf, Pca, Solver, StopRule};

fn main() {
    divan::main();
}

/// A set of images with a rank that suits it.
#[derive(Clone)]
struct Set {
    path: String,
    rank: usize,
}

impl fmt::Display for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} k={}", Path::new(&self.path).file_stem().unwrap_or_default().to_string_lossy(), self.rank)
    }
}

fn sets() -> Vec<Set> {
    let mut sets = vec![Set { path: "assets/faces".into(), rank: 28 }, Set { path: "assets/digits".into(), rank: 36 }];
    let stored = std::fs::read_dir("target/bench-data").into_iter().flatten().flatten().map(|entry| entry.path());
    let mut stored: Vec<_> = stored.filter(|path| path.extension().is_some_and(|end| end == "npy")).collect();
    stored.sort();
    sets.extend(stored.iter().map(|path| Set { path: path.to_string_lossy().into_owned(), rank: 49 }));
    sets
}

fn read(set: &Set) -> ImageSet {
    load(set.path.as_ref(), &LoadOptions::default()).expect("a set that can be read")
}

/// Operations of the two products of an iteration.
fn products(images: &ImageSet, rank: usize) -> usize {
    4 * images.len() * images.shape.pixels() * rank
}

/// Iterations with one sweep: the products, and the least that goes with them.
#[divan::bench(args = sets(), sample_count = 5)]
fn one_sweep_iterations(bencher: Bencher, set: &Set) {
    let images = read(set);
    let iterations = if images.len() > 10_000 { 20 } else { 200 };
    let stop = StopRule { max_iterations: iterations, tolerance: 0.0, ..StopRule::default() };
    let nmf = Nmf::new(set.rank).solver(Solver::Hals(Hals::plain())).stop(stop).sample_start(false).merge_pixels(false);
    bencher.counter(ItemsCount::new(iterations * products(&images, set.rank))).bench(|| nmf.fit(&images));
}

/// A fit as the command does it.
#[divan::bench(args = sets(), sample_count = 5)]
fn whole_fit(bencher: Bencher, set: &Set) {
    let images = read(set);
    bencher.bench(|| Nmf::new(set.rank).fit(&images));
}

/// The eigenimages; operations of the Gram matrix of the smaller side.
#[divan::bench(args = sets(), sample_count = 5)]
fn pca(bencher: Bencher, set: &Set) {
    let images = read(set);
    let (n, p) = (images.len(), images.shape.pixels());
    bencher.counter(ItemsCount::new(n.min(p) * n * p)).bench(|| Pca::new(set.rank).fit(&images));
}

/// A gallery of all parts, laid out and rasterised.
#[divan::bench(args = sets(), sample_count = 5)]
fn one_gallery(bencher: Bencher, set: &Set) {
    let images = read(set);
    let stop = StopRule { max_iterations: 5, ..StopRule::default() };
    let model = Nmf::new(set.rank).stop(stop).fit(&images).expect("a fit");
    let page = Gallery {
        title: "parts",
        caption: "",
        basis: &model.basis,
        above: None,
        mean: None,
        labels: &[],
        scale: Scale::FromZero,
        scaling: Scaling::Each,
    };
    bencher.bench(|| gallery(&page).and_then(|figure| figure.png(2.0)));
}
