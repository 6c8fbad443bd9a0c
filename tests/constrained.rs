//! The rules that solve each half exactly or hold parts to a bound, against what is known to be right.

mod common;

use common::{Noise, relative_error, set};
use ndarray::{Array2, ArrayView1, arr2};
use nmf_images::nmf::{Hoyer, Nonsmooth};
use nmf_images::{Error, ImageSet, Init, Nmf, NmfModel, Partness, Shape, Solver, StopRule, with_threads};

const RULES: [&str; 6] = ["bpp", "hoyer:H=0.6", "hoyer:W=0.4", "hoyer:H=0.7,W=0.3", "nonsmooth:0", "nonsmooth:0.5"];

fn nmf(rule: &str, rank: usize, iterations: usize) -> Nmf {
    let stop = StopRule { max_iterations: iterations, tolerance: 0.0, ..StopRule::default() };
    Nmf::new(rank).solver(rule.parse().unwrap()).stop(stop)
}

/// 70 images of 40 pixels, of which some are dark and some equal.
fn images() -> Array2<f32> {
    let noise = Noise::new(2).matrix(70, 30);
    Array2::from_shape_fn((70, 40), |(i, j)| if j < 35 { noise[[i, j % 30]] } else { 0.0 })
}

fn sparseness(values: &ArrayView1<f32>) -> f64 {
    let root = (values.len() as f64).sqrt();
    let values = values.mapv(f64::from);
    (root - values.sum() / values.dot(&values).sqrt()) / (root - 1.0)
}

#[test]
fn factors_are_never_negative_and_reported_errors_are_true() {
    for rule in RULES {
        for init in [Init::Images, Init::Random, Init::Nndsvd] {
            let model = nmf(rule, 5, 30).init(init).fit(&set(images())).unwrap();
            assert!(model.weights.iter().chain(model.basis.rows()).all(|&v| v >= 0.0), "{rule}");
            let error = relative_error(&images(), &model.weights, &model.basis.rows().to_owned());
            assert!((error - model.relative_error).abs() < 1e-6, "{rule}: {error}, not {}", model.relative_error);
            let last = model.trace.last().unwrap().relative_error;
            assert!((error - last).abs() < 1e-5, "{rule}: {error} against {last} in the trace");
        }
    }
}

#[test]
fn the_objective_never_rises() {
    for rule in RULES {
        for init in [Init::Images, Init::Random, Init::Nndsvd, Init::Nndsvda, Init::Nndsvdar] {
            let model = nmf(rule, 8, 100).init(init.clone()).fit(&set(images())).unwrap();
            for pair in model.trace.windows(2) {
                let (before, after) = (pair[0].objective, pair[1].objective);
                assert!(after <= before * (1.0 + 1e-6), "{rule} from {init}: {after} after {before}");
            }
        }
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let x = ImageSet::from_u8(Shape::new(19, 19), Noise::new(5).bytes(300, 361)).unwrap();
    for rule in RULES {
        let bits = |threads| {
            let model = with_threads(Some(threads), || nmf(rule, 21, 4).fit(&x).unwrap());
            model.weights.iter().chain(model.basis.rows()).map(|v| v.to_bits()).collect::<Vec<_>>()
        };
        let one = bits(1);
        for threads in [2, 3, 8] {
            assert!(bits(threads) == one, "{rule}, {threads} threads");
        }
    }
}

#[test]
fn bytes_are_learned_from_as_their_floats() {
    let bytes = Noise::new(6).bytes(80, 50);
    let floats = bytes.mapv(|v| f32::from(v) / 255.0);
    let bytes = ImageSet::from_u8(Shape::new(1, 50), bytes).unwrap();
    for rule in RULES {
        let fit = |x: &ImageSet| nmf(rule, 5, 12).fit(x).unwrap();
        let (from_bytes, from_floats) = (fit(&bytes), fit(&set(floats.clone())));
        for (a, b) in from_bytes.trace.iter().zip(&from_floats.trace) {
            assert!((a.relative_error / b.relative_error - 1.0).abs() < 1e-4, "{rule}: {a:?} {b:?}");
            assert!((a.objective / b.objective - 1.0).abs() < 2e-4, "{rule}: {a:?} {b:?}");
        }
    }
}

#[test]
fn the_unit_of_light_changes_no_model() {
    for rule in RULES {
        let fit = |unit: f32| nmf(rule, 5, 5).fit(&set(images() * unit)).unwrap().relative_error;
        for exponent in [-48, -24, 24, 48] {
            let (found, expected) = (fit(2f32.powi(exponent)), fit(1.0));
            assert!((found - expected).abs() < 1e-5, "{rule} in units of 2^{exponent}: {found} for {expected}");
        }
    }
}

#[test]
fn merging_pixels_changes_nothing_but_the_cost() {
    for rule in RULES {
        let fit = |merge| nmf(rule, 4, 20).merge_pixels(merge).fit(&set(images())).unwrap();
        for (a, b) in fit(true).trace.iter().zip(&fit(false).trace) {
            assert!((a.relative_error - b.relative_error).abs() < 1e-4, "{rule}: {a:?} {b:?}");
        }
    }
}

#[test]
fn sets_with_nothing_to_tell_apart_are_learned() {
    let flat = Array2::from_shape_fn((12, 9), |(i, _)| if i < 6 { 0.5 } else { 1.0 });
    let thin = Noise::new(8).matrix(20, 2).dot(&Noise::new(9).matrix(2, 12));
    let sets = [(flat, 3), (thin, 7), (Array2::eye(4), 4), (arr2(&[[0.5], [1.0]]), 1), (arr2(&[[0.0, 1.0]; 2]), 2)];
    for rule in RULES {
        for (x, rank) in &sets {
            let model = nmf(rule, *rank, 20).fit(&set(x.clone())).unwrap();
            assert!(model.relative_error.is_finite(), "{rule}");
            assert!(model.weights.iter().chain(model.basis.rows()).all(|v| v.is_finite() && *v >= 0.0), "{rule}");
        }
        // With bounds no rank rebuilds these exactly.
        if ["bpp", "nonsmooth:0"].contains(&rule) {
            for (x, rank) in &sets[..2] {
                let error = nmf(rule, *rank, 500).fit(&set(x.clone())).unwrap().relative_error;
                assert!(error < 1e-3, "{rule}: {error}");
            }
        }
    }
}

#[test]
fn exact_weights_meet_the_conditions_of_a_minimum() {
    // More parts than the data have dimensions, and as many as they have.
    let thin = Noise::new(11).matrix(40, 3).dot(&Noise::new(12).matrix(3, 25));
    for (x, rank) in [(images(), 6), (images(), 30), (thin, 9)] {
        let model = nmf("bpp", rank, 25).fit(&set(x.clone())).unwrap();
        let (h, w) = (model.basis.rows().mapv(f64::from), model.weights.mapv(f64::from));
        let (products, gram) = (x.mapv(f64::from).dot(&h.t()), h.dot(&h.t()));
        let gradients = w.dot(&gram) - &products;
        let largest = products.iter().fold(0.0, |largest, &v| f64::max(largest, v));
        for (&gradient, &w) in gradients.iter().zip(&w) {
            assert!(gradient > -1e-5 * largest && (w * gradient).abs() < 1e-4 * largest, "{w} with {gradient}");
        }
    }
}

#[test]
fn the_sparseness_asked_for_is_there_whenever_a_fit_ends() {
    for iterations in [1, 2, 30] {
        let held = |rule: &str| {
            let NmfModel { basis, weights, .. } = nmf(rule, 4, iterations).fit(&set(images())).unwrap();
            (basis, weights)
        };
        for asked in [0.3, 0.7, 0.95] {
            let (basis, weights) = held(&format!("hoyer:H={asked}"));
            assert!((Partness::of(&basis, &weights, None).sparsity - asked).abs() < 1e-5, "H after {iterations}");
            for part in basis.rows().rows() {
                assert!((sparseness(&part) - asked).abs() < 1e-5, "H after {iterations}");
            }
            let (_, weights) = held(&format!("hoyer:W={asked}"));
            for column in weights.columns() {
                assert!((sparseness(&column) - asked).abs() < 1e-5, "W after {iterations}");
            }
        }
        let (basis, weights) = held("hoyer:H=0.6,W=0.2");
        assert!(basis.rows().rows().into_iter().all(|part| (sparseness(&part) - 0.6).abs() < 1e-5));
        assert!(weights.columns().into_iter().all(|column| (sparseness(&column) - 0.2).abs() < 1e-5));
    }
}

#[test]
fn many_images_start_on_a_sample_that_keeps_the_bounds() {
    let x = ImageSet::from_u8(Shape::new(6, 6), Noise::new(7).bytes(2_500, 36)).unwrap();
    // Hoyer's rule opens with another one, which makes up for a poor start.
    for rule in ["bpp", "nonsmooth:0", "nonsmooth:0.5"] {
        let fit = |sample| nmf(rule, 4, 1).sample_start(sample).fit(&x).unwrap();
        let (with, without) = (fit(true), fit(false));
        assert!(with.relative_error < without.relative_error, "{rule}");
    }
    let model = nmf("hoyer:H=0.6", 4, 1).fit(&x).unwrap();
    assert!((Partness::of(&model.basis, &model.weights, None).sparsity - 0.6).abs() < 1e-5);
}

#[test]
fn a_larger_theta_makes_sharper_parts_that_fit_less() {
    let fit = |theta: f64| {
        let model = nmf(&format!("nonsmooth:{theta}"), 6, 100).fit(&set(images())).unwrap();
        (Partness::of(&model.basis, &model.weights, None).sparsity, model.relative_error)
    };
    let (plain, middle, sharp) = (fit(0.0), fit(0.3), fit(0.8));
    assert!(plain.0 < middle.0 && middle.0 < sharp.0, "sparsity {plain:?} {middle:?} {sharp:?}");
    assert!(plain.1 < middle.1 && middle.1 < sharp.1, "error {plain:?} {middle:?} {sharp:?}");
}

#[test]
fn what_a_rule_is_called_is_read_back() {
    for rule in ["hals", "bpp", "hoyer:H=0.8", "hoyer:W=0.5", "hoyer:H=0.8,W=0.3", "nonsmooth:0", "nonsmooth:0.55"] {
        assert_eq!(rule.parse::<Solver>().unwrap().to_string(), rule);
    }
    assert_eq!("hoyer:W=0.3,H=0.8".parse::<Solver>().unwrap().to_string(), "hoyer:H=0.8,W=0.3");
    assert_eq!("hoyer".parse::<Solver>().unwrap(), Solver::Hoyer(Hoyer::default()));
    assert_eq!("nonsmooth".parse::<Solver>().unwrap(), Solver::Nonsmooth(Nonsmooth::default()));
}

#[test]
fn what_a_rule_cannot_be_is_refused_with_what_it_can() {
    let refused = |rule: &str| rule.parse::<Solver>().unwrap_err().to_string();
    for rule in ["", "hals:kl", "bpp:is", "BPP", "hoyer=0.5", "nmf"] {
        assert!(matches!(rule.parse::<Solver>(), Err(Error::UnknownName { .. })), "{rule}");
        assert!(refused(rule).contains("bpp") && refused(rule).contains(&format!("`{rule}`")), "{}", refused(rule));
    }
    for setting in ["", "H", "H=", "H=0", "H=1", "H=-0.5", "H=NaN", "H=0.5,", "H=0.5,H=0.6", "h=0.5", "0.8", "kl"] {
        let said = refused(&format!("hoyer:{setting}"));
        assert!(said.contains(&format!("`{setting}`")) && said.contains("hoyer:H=0.8"), "{setting}: {said}");
    }
    for setting in ["", "1", "-0.1", "NaN", "inf", "kl", "theta=0.5"] {
        let said = refused(&format!("nonsmooth:{setting}"));
        assert!(said.contains(&format!("`{setting}`")) && said.contains("nonsmooth:0.5"), "{setting}: {said}");
    }
    assert!(matches!(Hoyer::new(None, None), Err(Error::RuleSetting { .. })));
}

/// Plain f64 twins: loops over the definition, nothing else.
mod twin {
    use ndarray::{Array1, Array2, ArrayView1};

    type Matrix = Array2<f64>;

    /// What is done to a whole part once its free minimum is known.
    pub type Bound = Box<dyn Fn(&Array1<f64>) -> Array1<f64>>;

    /// Whether a sweep that changed `change` is the last one; `first` keeps what the first one changed.
    fn settled(change: f64, first: &mut Option<f64>) -> bool {
        first.replace(first.unwrap_or(change)).is_some_and(|first| change <= 0.01 * first)
    }

    fn step(own: &Matrix, products: &Matrix, gram: &Matrix, row: usize, l: usize) -> f64 {
        own[[row, l]] + (products[[row, l]] - own.row(row).dot(&gram.row(l))) / gram[[l, l]]
    }

    /// Coordinate descent in sweeps over runs of 64 rows, up to `sweeps` of them.
    pub fn by_rows(own: &mut Matrix, products: &Matrix, gram: &Matrix, sweeps: usize) {
        for start in (0..own.nrows()).step_by(64) {
            let mut first = None;
            for _ in 0..sweeps {
                let mut change = 0.0;
                for row in start..own.nrows().min(start + 64) {
                    for l in 0..own.ncols() {
                        let new = step(own, products, gram, row, l).max(0.0);
                        change += (new - own[[row, l]]).powi(2);
                        own[[row, l]] = new;
                    }
                }
                if settled(change, &mut first) {
                    break;
                }
            }
        }
    }

    /// The same over whole columns, each brought to its bound.
    pub fn by_columns(own: &mut Matrix, products: &Matrix, gram: &Matrix, bound: &Bound) {
        let mut first = None;
        for _ in 0..4 {
            let mut change = 0.0;
            for l in 0..own.ncols() {
                let free: Array1<f64> = (0..own.nrows()).map(|row| step(own, products, gram, row, l)).collect();
                let new = bound(&free);
                change += (&new - &own.column(l)).mapv(|v| v * v).sum();
                own.column_mut(l).assign(&new);
            }
            if settled(change, &mut first) {
                break;
            }
        }
    }

    /// The vector of a sparseness nearest to `free`: the threshold by bisection.
    pub fn of_sparseness(free: &Array1<f64>, sparseness: f64) -> Array1<f64> {
        let root = (free.len() as f64).sqrt();
        let goal = root - sparseness * (root - 1.0);
        let above = |threshold: f64| free.mapv(|v| (v - threshold).max(0.0));
        let ratio = |v: &Array1<f64>| v.sum() / norm(&v.view());
        let highest = free.iter().fold(f64::NEG_INFINITY, |a, &b| a.max(b));
        let (mut low, mut high) = (-1e4 * norm(&free.view()), highest);
        for _ in 0..200 {
            let middle = 0.5 * (low + high);
            if ratio(&above(middle)) > goal { low = middle } else { high = middle }
        }
        let direction = above(low);
        let length = direction.dot(free).max(0.0) / direction.dot(&direction);
        direction * length
    }

    pub fn norm(v: &ArrayView1<f64>) -> f64 {
        v.dot(v).sqrt()
    }

    /// ‖X − W H‖ / ‖X‖, with Hᵀ in rows of pixels.
    pub fn error(x: &Matrix, w: &Matrix, ht: &Matrix) -> f64 {
        ((x - &w.dot(&ht.t())).mapv(|v| v * v).sum() / x.mapv(|v| v * v).sum()).sqrt()
    }
}

/// A start and what rule and twin make of it: the errors of all iterations agree.
fn agrees_with_its_twin(
    rule: &str,
    prepare: impl Fn(&mut Array2<f64>, &mut Array2<f64>),
    half: impl Fn(bool, &mut Array2<f64>, &Array2<f64>, &Array2<f64>),
    error: impl Fn(&Array2<f64>, &Array2<f64>, &Array2<f64>) -> f64,
) {
    let x = Noise::new(3).matrix(150, 90);
    let (w0, h0) = (Noise::new(4).matrix(150, 6), Noise::new(5).matrix(6, 90));
    let init = Init::Given { weights: w0.clone(), basis: h0.clone() };
    let model = nmf(rule, 6, 20).init(init).fit(&set(x.clone())).unwrap();
    let (x, mut w, mut h) = (x.mapv(f64::from), w0.mapv(f64::from), h0.t().mapv(f64::from));
    prepare(&mut w, &mut h);
    for iteration in &model.trace {
        half(true, &mut w, &h, &x);
        let (found, expected) = (iteration.relative_error, error(&x, &w, &h));
        assert!((found / expected - 1.0).abs() < 1e-4, "{rule} {}: {found} for {expected}", iteration.iteration);
        half(false, &mut h, &w, &x.t().to_owned());
    }
    assert_eq!(model.trace.len(), 20);
}

#[test]
fn block_principal_pivoting_agrees_with_coordinate_descent_to_the_end() {
    let half = |_, own: &mut Array2<f64>, fixed: &Array2<f64>, x: &Array2<f64>| {
        let (products, gram) = (x.dot(fixed), fixed.t().dot(fixed));
        for _ in 0..400 {
            twin::by_rows(own, &products, &gram, 1);
        }
    };
    agrees_with_its_twin("bpp", |_, _| {}, half, twin::error);
}

#[test]
fn held_sparseness_agrees_with_its_plain_twin_step_by_step() {
    for (basis, weights) in [(Some(0.6), None), (None, Some(0.4)), (Some(0.5), Some(0.3))] {
        let hold = |factor: &mut Array2<f64>, held: Option<f64>| {
            for mut part in factor.columns_mut() {
                let start = part.to_owned();
                part.assign(&held.map_or(start.clone(), |s| twin::of_sparseness(&start, s)));
            }
        };
        let prepare = |w: &mut Array2<f64>, h: &mut Array2<f64>| {
            hold(w, weights);
            hold(h, basis);
        };
        let half = |of_weights, own: &mut Array2<f64>, fixed: &Array2<f64>, x: &Array2<f64>| {
            let (products, gram) = (x.dot(fixed), fixed.t().dot(fixed));
            match if of_weights { weights } else { basis } {
                None => twin::by_rows(own, &products, &gram, 12),
                Some(s) => {
                    let bound: twin::Bound = Box::new(move |free| twin::of_sparseness(free, s));
                    twin::by_columns(own, &products, &gram, &bound);
                }
            }
        };
        let rule = Solver::Hoyer(Hoyer::new(basis, weights).unwrap()).to_string();
        agrees_with_its_twin(&rule, prepare, half, twin::error);
    }
}

#[test]
fn nonsmooth_nmf_agrees_with_its_plain_twin_step_by_step() {
    let theta = 0.4;
    let s = Array2::from_shape_fn((6, 6), |(a, b)| theta / 6.0 + if a == b { 1.0 - theta } else { 0.0 });
    let prepare = |w: &mut Array2<f64>, h: &mut Array2<f64>| {
        for (mut w, mut h) in w.columns_mut().into_iter().zip(h.columns_mut()) {
            let length = twin::norm(&h.view());
            w *= length;
            h /= length;
        }
    };
    let half = |of_weights, own: &mut Array2<f64>, fixed: &Array2<f64>, x: &Array2<f64>| {
        let smoothed = fixed.dot(&s);
        let (products, gram) = (x.dot(&smoothed), smoothed.t().dot(&smoothed));
        if of_weights {
            return twin::by_rows(own, &products, &gram, 12);
        }
        let bound: twin::Bound = Box::new(|free| {
            let positive = free.mapv(|v| v.max(0.0));
            let length = twin::norm(&positive.view());
            positive / length
        });
        twin::by_columns(own, &products, &gram, &bound);
    };
    let error = |x: &Array2<f64>, w: &Array2<f64>, h: &Array2<f64>| twin::error(x, &w.dot(&s), h);
    agrees_with_its_twin("nonsmooth:0.4", prepare, half, error);
}
