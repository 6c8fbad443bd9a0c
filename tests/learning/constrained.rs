//! Rules that solve each half step exactly or that constrain the factors: their own properties.
//! What holds for every rule is in `conformance.rs`.

use ndarray::{Array2, ArrayView1, arr2};
use nmf_images::nmf::{Hoyer, Nonsmooth};
use nmf_images::{Error, ImageSet, Nmf, NmfModel, Partness, Shape, Solver, StopRule};

use crate::common::{Noise, set};

const RULES: [&str; 6] = [
    "bpp",
    "hoyer:H=0.6",
    "hoyer:W=0.4",
    "hoyer:H=0.7,W=0.3",
    "nonsmooth:0",
    "nonsmooth:0.5",
];

fn nmf(rule: &str, rank: usize, iterations: usize) -> Nmf {
    let stop = StopRule {
        max_iterations: iterations,
        tolerance: 0.0,
        ..StopRule::default()
    };
    Nmf::new(rank).solver(rule.parse().unwrap()).stop_rule(stop)
}

/// 70 images of 40 pixels, of which some are dark and some equal.
fn images() -> Array2<f32> {
    let noise = Noise::new(2).matrix(70, 30);
    Array2::from_shape_fn(
        (70, 40),
        |(i, j)| if j < 35 { noise[[i, j % 30]] } else { 0.0 },
    )
}

fn sparseness(values: &ArrayView1<f32>) -> f64 {
    let root = (values.len() as f64).sqrt();
    let values = values.mapv(f64::from);
    (root - values.sum() / values.dot(&values).sqrt()) / (root - 1.0)
}

#[test]
fn degenerate_sets_are_learned() {
    let flat = Array2::from_shape_fn((12, 9), |(i, _)| if i < 6 { 0.5 } else { 1.0 });
    let thin = Noise::new(8)
        .matrix(20, 2)
        .dot(&Noise::new(9).matrix(2, 12));
    let sets = [
        (flat, 3),
        (thin, 7),
        (Array2::eye(4), 4),
        (arr2(&[[0.5], [1.0]]), 1),
        (arr2(&[[0.0, 1.0]; 2]), 2),
    ];
    for rule in RULES {
        for (x, rank) in &sets {
            let model = nmf(rule, *rank, 20).fit(&set(x.clone())).unwrap();
            assert!(model.relative_error.is_finite(), "{rule}");
            assert!(
                model
                    .weights
                    .iter()
                    .chain(model.basis.rows())
                    .all(|v| v.is_finite() && *v >= 0.0),
                "{rule}"
            );
        }
        // With bounds no rank rebuilds these exactly.
        if ["bpp", "nonsmooth:0"].contains(&rule) {
            for (x, rank) in &sets[..2] {
                let error = nmf(rule, *rank, 500)
                    .fit(&set(x.clone()))
                    .unwrap()
                    .relative_error;
                assert!(error < 1e-3, "{rule}: {error}");
            }
        }
    }
}

#[test]
fn exact_weights_meet_the_conditions_of_a_minimum() {
    // More parts than the data have dimensions, and as many as they have.
    let thin = Noise::new(11)
        .matrix(40, 3)
        .dot(&Noise::new(12).matrix(3, 25));
    for (x, rank) in [(images(), 6), (images(), 30), (thin, 9)] {
        let model = nmf("bpp", rank, 25).fit(&set(x.clone())).unwrap();
        let (h, w) = (
            model.basis.rows().mapv(f64::from),
            model.weights.mapv(f64::from),
        );
        let (products, gram) = (x.mapv(f64::from).dot(&h.t()), h.dot(&h.t()));
        let gradients = w.dot(&gram) - &products;
        let largest = products
            .iter()
            .fold(0.0, |largest, &v| f64::max(largest, v));
        for (&gradient, &w) in gradients.iter().zip(&w) {
            assert!(
                gradient > -1e-5 * largest && (w * gradient).abs() < 1e-4 * largest,
                "{w} with {gradient}"
            );
        }
    }
}

#[test]
fn the_sparseness_asked_for_is_there_whenever_a_fit_ends() {
    for iterations in [1, 2, 30] {
        let held = |rule: &str| {
            let NmfModel { basis, weights, .. } =
                nmf(rule, 4, iterations).fit(&set(images())).unwrap();
            (basis, weights)
        };
        for asked in [0.3, 0.7, 0.95] {
            let (basis, weights) = held(&format!("hoyer:H={asked}"));
            assert!(
                (Partness::of(&basis, &weights, None).sparsity - asked).abs() < 1e-5,
                "H after {iterations}"
            );
            for part in basis.rows().rows() {
                assert!(
                    (sparseness(&part) - asked).abs() < 1e-5,
                    "H after {iterations}"
                );
            }
            let (_, weights) = held(&format!("hoyer:W={asked}"));
            for column in weights.columns() {
                assert!(
                    (sparseness(&column) - asked).abs() < 1e-5,
                    "W after {iterations}"
                );
            }
        }
        let (basis, weights) = held("hoyer:H=0.6,W=0.2");
        assert!(
            basis
                .rows()
                .rows()
                .into_iter()
                .all(|part| (sparseness(&part) - 0.6).abs() < 1e-5)
        );
        assert!(
            weights
                .columns()
                .into_iter()
                .all(|column| (sparseness(&column) - 0.2).abs() < 1e-5)
        );
    }
}

#[test]
fn many_images_start_on_a_sample_that_keeps_the_bounds() {
    let x = ImageSet::from_u8(Shape::new(6, 6), Noise::new(7).bytes(2_500, 36)).unwrap();
    let model = nmf("hoyer:H=0.6", 4, 1).fit(&x).unwrap();
    assert!((Partness::of(&model.basis, &model.weights, None).sparsity - 0.6).abs() < 1e-5);
}

#[test]
fn a_larger_theta_makes_sharper_parts_that_fit_less() {
    let fit = |theta: f64| {
        let model = nmf(&format!("nonsmooth:{theta}"), 6, 100)
            .fit(&set(images()))
            .unwrap();
        (
            Partness::of(&model.basis, &model.weights, None).sparsity,
            model.relative_error,
        )
    };
    let (plain, middle, sharp) = (fit(0.0), fit(0.3), fit(0.8));
    assert!(
        plain.0 < middle.0 && middle.0 < sharp.0,
        "sparsity {plain:?} {middle:?} {sharp:?}"
    );
    assert!(
        plain.1 < middle.1 && middle.1 < sharp.1,
        "error {plain:?} {middle:?} {sharp:?}"
    );
}

#[test]
fn what_a_rule_is_called_is_read_back() {
    for rule in [
        "hals",
        "bpp",
        "hoyer:H=0.8",
        "hoyer:W=0.5",
        "hoyer:H=0.8,W=0.3",
        "nonsmooth:0",
        "nonsmooth:0.55",
    ] {
        assert_eq!(rule.parse::<Solver>().unwrap().to_string(), rule);
    }
    assert_eq!(
        "hoyer:W=0.3,H=0.8".parse::<Solver>().unwrap().to_string(),
        "hoyer:H=0.8,W=0.3"
    );
    assert_eq!(
        "hoyer".parse::<Solver>().unwrap(),
        Solver::Hoyer(Hoyer::default())
    );
    assert_eq!(
        "nonsmooth".parse::<Solver>().unwrap(),
        Solver::Nonsmooth(Nonsmooth::default())
    );
}

#[test]
fn what_a_rule_cannot_be_is_refused_with_what_it_can() {
    let refused = |rule: &str| rule.parse::<Solver>().unwrap_err().to_string();
    for rule in ["", "hals:kl", "bpp:is", "BPP", "hoyer=0.5", "nmf"] {
        assert!(
            matches!(rule.parse::<Solver>(), Err(Error::UnknownName { .. })),
            "{rule}"
        );
        assert!(
            refused(rule).contains("bpp") && refused(rule).contains(&format!("`{rule}`")),
            "{}",
            refused(rule)
        );
    }
    for setting in [
        "",
        "H",
        "H=",
        "H=0",
        "H=1",
        "H=-0.5",
        "H=NaN",
        "H=0.5,",
        "H=0.5,H=0.6",
        "h=0.5",
        "0.8",
        "kl",
    ] {
        let said = refused(&format!("hoyer:{setting}"));
        assert!(
            said.contains(&format!("`{setting}`")) && said.contains("hoyer:H=0.8"),
            "{setting}: {said}"
        );
    }
    for setting in ["", "1", "-0.1", "NaN", "inf", "kl", "theta=0.5"] {
        let said = refused(&format!("nonsmooth:{setting}"));
        assert!(
            said.contains(&format!("`{setting}`")) && said.contains("nonsmooth:0.5"),
            "{setting}: {said}"
        );
    }
    assert!(matches!(
        Hoyer::new(None, None),
        Err(Error::RuleSetting { .. })
    ));
}
