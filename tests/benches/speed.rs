//! Where the time goes: `cargo bench --features bench`. Items a second are floating-point operations a second.
//!
//! The sets are `assets/faces` and `assets/digits`, and every .npy file of bytes in `target/bench-data`, as
//! `against_peers.py` beside this file leaves them.

use std::fmt;
use std::path::Path;

use divan::Bencher;
use divan::counter::ItemsCount;
use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, Par};
use nmf_images::images::{Images, LoadOptions, load};
use nmf_images::ndarray::{Array1, Array2};
use nmf_images::nmf::bench_api::{Inner, Level, hide_above};
use nmf_images::render::{Gallery, Scale, Scaling, Theme, gallery};
use nmf_images::{ImageSet, Nmf, Pca, StopRule, Vq, with_threads};

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
        write!(
            f,
            "{} k={}",
            Path::new(&self.path)
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy(),
            self.rank
        )
    }
}

fn sets() -> Vec<Set> {
    let mut sets = vec![
        Set {
            path: "assets/faces".into(),
            rank: 28,
        },
        Set {
            path: "assets/digits".into(),
            rank: 36,
        },
    ];
    let stored = std::fs::read_dir("target/bench-data")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    let mut stored: Vec<_> = stored
        .filter(|path| path.extension().is_some_and(|end| end == "npy"))
        .collect();
    stored.sort();
    sets.extend(stored.iter().map(|path| Set {
        path: path.to_string_lossy().into_owned(),
        rank: 49,
    }));
    sets
}

/// A set, and an instruction set of the processor.
struct SetAtLevel {
    set: Set,
    level: Level,
}

impl fmt::Display for SetAtLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.set, self.level)
    }
}

fn sets_at_levels() -> Vec<SetAtLevel> {
    let mut all = Vec::new();
    for set in sets() {
        let set = |level| SetAtLevel {
            set: set.clone(),
            level,
        };
        all.extend(Level::available().map(set));
    }
    all
}

fn read(set: &Set) -> ImageSet {
    load(set.path.as_ref(), &LoadOptions::default()).expect("a set that can be read")
}

/// Operations of the two products of an iteration.
fn products(images: &ImageSet, rank: usize) -> usize {
    4 * images.len() * images.shape.pixels() * rank
}

/// What the machine can do at best: the product of two square matrices that fit no cache.
#[divan::bench(args = [2048], sample_count = 10)]
fn square_product(bencher: Bencher, side: usize) {
    let matrix = Mat::from_fn(side, side, |i, j| ((i * 31 + j * 17) % 23) as f32);
    let mut product = Mat::<f32>::zeros(side, side);
    bencher
        .counter(ItemsCount::new(2 * side.pow(3)))
        .bench_local(|| {
            matmul(
                product.as_mut(),
                Accum::Replace,
                matrix.as_ref(),
                matrix.as_ref(),
                1.0,
                Par::rayon(0),
            );
        });
}

/// The kernel alone, with each instruction set of this processor: the two products of an iteration.
#[divan::bench(args = sets_at_levels(), sample_count = 10)]
fn kernel(bencher: Bencher, SetAtLevel { set, level }: &SetAtLevel) {
    let images = read(set);
    let inner = Inner::new(&images, set.rank).expect("pixels");
    hide_above(*level);
    bencher
        .counter(ItemsCount::new(products(&images, set.rank)))
        .bench_local(|| with_threads(None, || inner.products()));
    hide_above(Level::Avx512Vnni);
}

/// Sweeps over both factors; operations of the sums over parts.
#[divan::bench(args = sets_at_levels(), sample_count = 10)]
fn sweeps(bencher: Bencher, SetAtLevel { set, level }: &SetAtLevel) {
    let images = read(set);
    let mut inner = Inner::new(&images, set.rank).expect("pixels");
    let rows = images.len() + images.shape().pixels();
    hide_above(*level);
    bencher
        .counter(ItemsCount::new(2 * rows * set.rank * set.rank))
        .bench_local(|| with_threads(None, || inner.sweeps()));
    hide_above(Level::Avx512Vnni);
}

/// Both half steps with one sweep: the products, and the least that goes with them.
#[divan::bench(args = sets(), sample_count = 10)]
fn half_steps(bencher: Bencher, set: &Set) {
    let images = read(set);
    let mut inner = Inner::new(&images, set.rank).expect("pixels");
    let repeats = if images.len() > 10_000 { 5 } else { 100 };
    bencher
        .counter(ItemsCount::new(repeats * products(&images, set.rank)))
        .bench_local(|| {
            with_threads(None, || (0..repeats).for_each(|_| inner.half_steps()));
        });
}

/// A fit as the command does it.
#[divan::bench(args = sets(), sample_count = 5)]
fn whole_fit(bencher: Bencher, set: &Set) {
    let images = read(set);
    bencher.bench_local(|| with_threads(None, || Nmf::new(set.rank).fit(&images)));
}

/// The prototypes, from the first images as centres: `KMeans(k, init=x[:k], n_init=1)` in scikit-learn.
#[divan::bench(args = sets(), sample_count = 5)]
fn vq(bencher: Bencher, set: &Set) {
    let images = read(set);
    let mut start = Array2::zeros((set.rank, images.shape.pixels()));
    for (index, mut centre) in start.rows_mut().into_iter().enumerate() {
        centre.assign(&Array1::from(images.image_f32(index)));
    }
    let vq = Vq::new(set.rank).start(start);
    bencher.bench_local(|| with_threads(None, || vq.fit(&images)));
}

/// The eigenimages; operations of the Gram matrix of the smaller side.
#[divan::bench(args = sets(), sample_count = 5)]
fn pca(bencher: Bencher, set: &Set) {
    let images = read(set);
    let (n, p) = (images.len(), images.shape.pixels());
    bencher
        .counter(ItemsCount::new(n.min(p) * n * p))
        .bench_local(|| with_threads(None, || Pca::new(set.rank).fit(&images)));
}

/// A gallery of all parts, laid out and rasterised.
#[divan::bench(args = sets(), sample_count = 5)]
fn one_gallery(bencher: Bencher, set: &Set) {
    let images = read(set);
    let stop = StopRule {
        max_iterations: 5,
        ..StopRule::default()
    };
    let model = Nmf::new(set.rank)
        .stop_rule(stop)
        .fit(&images)
        .expect("a fit");
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
    bencher.bench(|| gallery(&page, Theme::Light).and_then(|figure| figure.png(2.0)));
}
