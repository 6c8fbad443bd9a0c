//! Which ranks are chosen where the true one is known, and how long a search takes: `cargo bench --bench ranks`.

#[path = "../common/planted.rs"]
mod planted;

use std::time::Instant;

use nmf_images::images::{LoadOptions, load};
use nmf_images::{Nmf, RankSearch, with_threads};

fn main() {
    for (rank, tried) in [(4, 1..=12), (10, 2..=20), (20, 10..=30)] {
        let choose = |seed| {
            let images = planted::planted(seed, (300, 900), rank, 0.05);
            RankSearch::new(tried.clone())
                .restarts(1)
                .pca(false)
                .fit(&images)
                .map(|found| found.choice.choice)
        };
        let chosen: Result<Vec<usize>, _> = (0..10).map(choose).collect();
        println!(
            "planted rank {rank}, tried {tried:?}: chosen {:?}",
            chosen.expect("images to learn from")
        );
    }
    with_threads(None, digits);
}

/// A search from 2 to 20 on the digits against a fit of rank 20, each the median of five, taken in turns.
fn digits() {
    let images = load("assets/digits".as_ref(), &LoadOptions::default())
        .expect("the digits of this repository");
    let (mut fits, mut searches, mut quick) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..5 {
        fits.push(Nmf::new(20).fit(&images).expect("learned").seconds);
        for (search, times) in [
            (RankSearch::new(2..=20), &mut searches),
            (RankSearch::new(2..=20).restarts(1).pca(false), &mut quick),
        ] {
            let began = Instant::now();
            search.fit(&images).expect("learned");
            times.push(began.elapsed().as_secs_f64());
        }
    }
    let [fit, search, quick] = [fits, searches, quick].map(median);
    println!(
        "digits, ranks 2 to 20: a fit of rank 20 takes {:.1} ms, the search {:.1} times that, ",
        fit * 1e3,
        search / fit
    );
    println!("from one start without PCA {:.1} times", quick / fit);
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
