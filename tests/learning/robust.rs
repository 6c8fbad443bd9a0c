//! The robust rules: objectives worked out by hand, and what damaged images and pixels do to the
//! parts.

use ndarray::{Array2, arr2, s};
use nmf_images::{Init, Nmf, NmfModel, Solver};

use crate::common::{Noise, relative_error, set};
use crate::settings::iterations;

fn fit(x: &Array2<f32>, rule: &str, count: usize) -> NmfModel {
    Nmf::new(3)
        .solver(rule.parse().unwrap())
        .stop_rule(iterations(count))
        .fit(&set(x.clone()))
        .unwrap()
}

/// Returns sums of three parts of 40 pixels, with a little noise.
fn sums_of_parts() -> Array2<f32> {
    let mut noise = Noise::new(5);
    let exact = noise.matrix(60, 3).dot(&noise.matrix(3, 40));
    exact + noise.matrix(60, 40) * 0.05
}

/// Two images of two pixels, from h = (1, 1) and w = 1.
fn by_hand(rule: &str) -> NmfModel {
    let start = Init::Given {
        weights: arr2(&[[1.], [1.]]),
        basis: arr2(&[[1., 1.]]),
    };
    Nmf::new(1)
        .solver(rule.parse().unwrap())
        .init(start)
        .stop_rule(iterations(2))
        .fit(&set(arr2(&[[2., 4.], [0.5, 0.5]])))
        .unwrap()
}

#[test]
fn two_steps_of_l21_by_hand() {
    let model = by_hand("l21");
    // w = (3, 0.5) leaves residuals of (-1, 1) and 0. The length √2 counts all but ε/2.
    let least = 0.01 * (20.5_f64 / 2.0).sqrt();
    let first = 2.0_f64.sqrt() - least / 2.0;
    assert!((model.trace[0].objective / first - 1.0).abs() < 1e-6);
    // In h the first image counts 1/√2, the second 1/ε.
    let (one, two) = (0.5_f64.sqrt(), 1.0 / least);
    let norm = 9.0 * one + 0.25 * two;
    let h = [
        (6.0 * one + 0.25 * two) / norm,
        (12.0 * one + 0.25 * two) / norm,
    ];
    let squares = h[0] * h[0] + h[1] * h[1];
    let mut objective = 0.0;
    for x in [[2.0, 4.0], [0.5, 0.5]] {
        // What is left beside the direction of h.
        let length = (x[0] * h[1] - x[1] * h[0]).abs() / squares.sqrt();
        objective += if length > least {
            length - least / 2.0
        } else {
            length * length / (2.0 * least)
        };
    }
    let found = model.trace[1].objective;
    assert!(
        (found / objective - 1.0).abs() < 1e-5,
        "{found} for {objective}"
    );
}

#[test]
fn two_steps_of_huber_by_hand() {
    let model = by_hand("huber:1");
    // Residuals of 1 and 3 count as 1 each: w = 2 leaves 0 and 2, of which 2 counts 2 − ½. The
    // residuals of the second image are small, and w = 0.5 leaves none.
    assert!((model.trace[0].objective - 1.5).abs() < 1e-6);
    // h_1 keeps its minimum. h_2 = (2 · 3 + 0.5 · 0.5) / 4.25, since 4 is brought to 2 + 1.
    let h = 6.25_f64 / 4.25;
    // From w = 2 the residuals are 0 and 4 − 2 h, which is above 1 and is brought to 1.
    let w = (2.0 + h * (2.0 * h + 1.0)) / (1.0 + h * h);
    let first = (2.0 - w).powi(2) + (4.0 - w * h).powi(2);
    // From w = 0.5 those of the second image are close. All are below 1 now.
    let second = 0.25 * (1.0 - h).powi(2) / (1.0 + h * h);
    let objective = 0.5 * (first + second);
    let found = model.trace[1].objective;
    assert!(
        (found / objective - 1.0).abs() < 1e-5,
        "{found} for {objective}"
    );
}

#[test]
fn one_damaged_image_moves_the_parts_less_with_l21_than_with_hals() {
    let x = sums_of_parts();
    let mut damaged = x.clone();
    let other = Noise::new(6).matrix(1, 40) * 2.0;
    damaged.row_mut(17).assign(&other.row(0));
    // How much worse the other images are reconstructed.
    let harm = |rule: &str| {
        let error = |x: &Array2<f32>| {
            let model = fit(x, rule, 200);
            let (w, h) = (&model.weights, model.basis.rows());
            let intact = |m: &Array2<f32>| m.slice(s![18.., ..]).to_owned();
            relative_error(&intact(x), &intact(w), &h.to_owned())
        };
        error(&damaged) / error(&x)
    };
    let (of_hals, of_l21) = (harm("hals"), harm("l21"));
    assert!(of_hals > 2.0, "{of_hals}");
    assert!(of_l21 < 1.1, "{of_l21} for {of_hals}");
}

#[test]
fn damaged_pixels_are_left_out_of_the_parts_by_huber_and_l1() {
    let x = sums_of_parts();
    let draws = Noise::new(7).matrix(60, 40);
    let mut damaged = x.clone();
    damaged.zip_mut_with(&draws, |value, &draw| {
        if draw < 0.03 {
            *value = 2.0;
        }
    });
    let error = |rule: &str| {
        let model = fit(&damaged, rule, 300);
        relative_error(&x, &model.weights, &model.basis.rows().to_owned())
    };
    let of_hals = error("hals");
    for rule in ["huber", "l1"] {
        let found = error(rule);
        assert!(found < 0.3 * of_hals, "{rule}: {found} for {of_hals}");
    }
}

#[test]
fn a_threshold_out_of_range_is_refused() {
    for setting in ["0", "-1", "NaN", "2000", "a", ""] {
        let error = format!("huber:{setting}").parse::<Solver>().unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains(&format!("`{setting}`")) && text.contains("as in huber:0.1"),
            "{text}"
        );
    }
    assert_eq!("huber".parse::<Solver>().unwrap().to_string(), "huber:0.1");
}
