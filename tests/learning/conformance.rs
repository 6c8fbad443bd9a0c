//! The requirements on every learning rule, in one table: a rule is one row.

use std::ops::ControlFlow;

use ndarray::{Array2, Axis};
use nmf_images::images::synthetic::Swimmer;
use nmf_images::images::{Mask, Pixels};
use nmf_images::nmf::{BetaLoss, Hals, Iteration, Overlap, Penalties};
use nmf_images::{ImageSet, Init, Nmf, NmfModel, Partness, Shape, Solver, StopRule, with_threads};

use crate::common::{Figures, Noise, relative_error, set};
use crate::on_disk::on_disk;
use crate::twin::{self, Objective, Run, Start};

/// A rule and what is known about it.
// Each is a fact of its own.
#[allow(clippy::struct_excessive_bools)]
pub(crate) struct Rule {
    pub(crate) solver: Solver,
    /// The rule in plain `f64`, from `twin.rs`: runs the given number of iterations from the start.
    twin: fn(&Start, usize) -> Run,
    objective: Objective,
    /// Its source promises that the objective never rises.
    pub(crate) falls: bool,
    /// It needs pixels above 0.
    pub(crate) positive: bool,
    /// It supports unknown pixels.
    pub(crate) masks: bool,
    /// Pixels and images can have weights in its errors.
    pub(crate) weights: bool,
    /// It needs all weights in one process.
    pub(crate) one_process: bool,
    /// Its name among the figures of scikit-learn, which has it too.
    peer: Option<&'static str>,
}

const APART: Penalties = Penalties {
    alpha_w: 0.0,
    alpha_h: 0.0,
    l1_ratio: 0.0,
    overlap: Overlap {
        from: 0.05,
        to: 0.05,
    },
};

/// Returns the row of a rule that promises and supports nothing in particular.
fn row(solver: Solver, twin: fn(&Start, usize) -> Run, objective: Objective) -> Rule {
    Rule {
        solver,
        twin,
        objective,
        falls: false,
        positive: false,
        masks: false,
        weights: false,
        one_process: false,
        peer: None,
    }
}

/// Facts about a rule, to add to its row.
impl Rule {
    fn falls(self) -> Self {
        Self {
            falls: true,
            ..self
        }
    }

    fn positive(self) -> Self {
        Self {
            positive: true,
            ..self
        }
    }

    fn masks(self) -> Self {
        Self {
            masks: true,
            ..self
        }
    }

    fn weights(self) -> Self {
        Self {
            weights: true,
            ..self
        }
    }

    fn one_process(self) -> Self {
        Self {
            one_process: true,
            ..self
        }
    }

    fn peer(self, name: &'static str) -> Self {
        Self {
            peer: Some(name),
            ..self
        }
    }
}

/// Returns every rule, one per row, with several settings of some.
#[rustfmt::skip]
pub(crate) fn rules() -> Vec<Rule> {
    let sweeps = Hals { extrapolation: false, ..Hals::default() };
    vec![
        row(Solver::default(), twin::accelerated_hals, twin::squared_error).masks().weights(),
        row(Solver::Hals(sweeps), |s, n| twin::hals(s, n, 12), twin::squared_error).falls().masks().weights(),
        row(Solver::Hals(Hals::plain()), twin::plain_hals, twin::squared_error).falls().masks().weights().peer("hals"),
        row(penalised(APART), |s, n| twin::penalised_hals(&APART, s, n), |x, w, h| twin::penalised_error(&APART, 0.05, x, w, h)).masks(),
        row(mu(2.0), |s, n| twin::multiplicative(2.0, s, n), twin::squared_error).falls().masks().weights().peer("mu"),
        row(mu(1.0), |s, n| twin::multiplicative(1.0, s, n), |x, w, h| twin::divergence(1.0, x, w, h)).falls().masks().peer("mu:kl"),
        row(mu(0.0), |s, n| twin::multiplicative(0.0, s, n), |x, w, h| twin::divergence(0.0, x, w, h)).falls().positive().masks().peer("mu:is"),
        row(mu(1.5), |s, n| twin::multiplicative(1.5, s, n), |x, w, h| twin::divergence(1.5, x, w, h)).falls().masks().peer("mu:1.5"),
        row(mu(0.5), |s, n| twin::multiplicative(0.5, s, n), |x, w, h| twin::divergence(0.5, x, w, h)).falls().masks(),
        row(mu(3.0), |s, n| twin::multiplicative(3.0, s, n), |x, w, h| twin::divergence(3.0, x, w, h)).falls().masks().peer("mu:3"),
        row(mu(-1.0), |s, n| twin::multiplicative(-1.0, s, n), |x, w, h| twin::divergence(-1.0, x, w, h)).falls().positive().masks().peer("mu:-1"),
        row(Solver::Bpp, twin::exact, twin::squared_error).falls(),
        row(named("hoyer"), |s, n| twin::hoyer(Some(0.7), None, s, n), twin::squared_error).falls(),
        row(named("hoyer:W=0.4"), |s, n| twin::hoyer(None, Some(0.4), s, n), twin::squared_error).falls().one_process(),
        row(named("hoyer:H=0.8,W=0.3"), |s, n| twin::hoyer(Some(0.8), Some(0.3), s, n), twin::squared_error).falls().one_process(),
        row(named("nonsmooth:0.5"), |s, n| twin::nonsmooth(0.5, s, n), twin::squared_error).falls(),
        row(Solver::Local, twin::local, |x, w, h| twin::divergence(1.0, x, w, h)),
        row(Solver::L21, twin::l21, twin::l21_norm).falls().masks(),
        row(named("huber:0.2"), |s, n| twin::clipped(0.2, s, n), |x, w, h| twin::huber_loss(0.2, x, w, h)).falls().masks(),
        row(Solver::L1, |s, n| twin::clipped(twin::least_pixel(&s.x), s, n), twin::l1_norm).falls().masks(),
    ]
}

fn mu(beta: f64) -> Solver {
    Solver::Mu(BetaLoss::new(beta).unwrap())
}

fn penalised(penalties: Penalties) -> Solver {
    Solver::Hals(Hals {
        penalties,
        ..Hals::plain()
    })
}

fn named(name: &str) -> Solver {
    name.parse().unwrap()
}

const STARTS: [Init; 5] = [
    Init::Images,
    Init::Random,
    Init::Nndsvd,
    Init::Nndsvda,
    Init::Nndsvdar,
];

impl Rule {
    pub(crate) fn name(&self) -> String {
        match self.solver {
            Solver::Hals(settings) => format!("{settings:?}"),
            solver => solver.to_string(),
        }
    }

    /// Noise with as dark pixels as the rule allows.
    fn bytes(&self, seed: u64, images: usize, pixels: usize) -> Array2<u8> {
        let least = u8::from(self.positive);
        Noise::new(seed)
            .bytes(images, pixels)
            .mapv(|v| if v < 25 { least } else { v })
    }

    fn matrix(&self, seed: u64, images: usize, pixels: usize) -> Array2<f32> {
        self.bytes(seed, images, pixels)
            .mapv(|v| f32::from(v) / 255.0)
    }

    fn nmf(&self, rank: usize, iterations: usize) -> Nmf {
        let stop = StopRule {
            max_iterations: iterations,
            tolerance: 0.0,
            ..StopRule::default()
        };
        Nmf::new(rank).solver(self.solver).stop_rule(stop)
    }

    /// The same fit by the rule and by its twin, which must agree at every step.
    fn agrees_with_its_twin(
        &self,
        x: &Array2<f32>,
        w: &Array2<f32>,
        h: &Array2<f32>,
        count: usize,
    ) -> Run {
        let given = Init::Given {
            weights: w.clone(),
            basis: h.clone(),
        };
        // The start gives equal pixels different values.
        let nmf = self.nmf(w.ncols(), count).init(given).merge_pixels(false);
        let model = nmf.fit(&set(x.clone())).unwrap();
        let start = Start::new(x, w, h);
        let run = (self.twin)(&start, count);
        assert_eq!(model.trace.len(), count, "{}", self.name());
        for (found, (w, h)) in model.trace.iter().zip(&run.after_weights) {
            let (error, objective) = (error_of(&start.x, w, h), (self.objective)(&start.x, w, h));
            let place = format!("{}, iteration {}", self.name(), found.iteration);
            assert!(
                (found.relative_error / error - 1.0).abs() < 1e-4,
                "{place}: {} for {error}",
                found.relative_error
            );
            assert!(
                (found.objective / objective - 1.0).abs() < 1e-4,
                "{place}: {} for {objective}",
                found.objective
            );
        }
        run
    }
}

fn error_of(x: &twin::Matrix, w: &twin::Matrix, h: &twin::Matrix) -> f64 {
    (2.0 * twin::squared_error(x, w, h) / x.iter().map(|v| v * v).sum::<f64>()).sqrt()
}

/// The largest difference between two runs, in the error and, as a share, in the objective.
fn apart(a: &NmfModel, b: &NmfModel) -> f64 {
    assert_eq!(a.trace.len(), b.trace.len());
    let differences = a.trace.iter().zip(&b.trace).map(|(a, b)| {
        let objective = (a.objective / b.objective - 1.0).abs();
        objective.max((a.relative_error - b.relative_error).abs())
    });
    differences.fold(0.0, f64::max)
}

#[test]
fn every_rule_agrees_with_its_plain_twin_step_by_step() {
    for rule in rules() {
        // The second is wider than what is summed in one go.
        for (images, pixels, rank, count) in [(150, 90, 6, 25), (12, 9000, 3, 5)] {
            let mut noise = Noise::new(4);
            let (w, h) = (noise.matrix(images, rank), noise.matrix(rank, pixels));
            rule.agrees_with_its_twin(&rule.matrix(3, images, pixels), &w, &h, count);
        }
    }
}

/// The peer's objective stands after H, a rule's after W: the twin has both.
#[test]
fn every_rule_that_scikit_learn_has_agrees_with_it() {
    let figures = Figures::read();
    for rule in rules() {
        let Some(peer) = rule.peer else { continue };
        let x = figures.x() + if rule.positive { figures.lift } else { 0.0 };
        for (&count, expected) in figures.objective(peer) {
            let (w, h) = rule
                .agrees_with_its_twin(&x, &figures.w0(), &figures.h0(), count)
                .after_basis;
            let found = (rule.objective)(&x.mapv(f64::from), &w, &h);
            assert!(
                (found / expected - 1.0).abs() < 1e-4,
                "{peer}, {count}: {found} for {expected}"
            );
        }
    }
}

#[test]
fn factors_are_never_negative_and_what_is_reported_of_them_is_true() {
    for rule in rules() {
        let x = rule.matrix(2, 70, 33);
        for init in STARTS {
            let model = rule
                .nmf(5, 30)
                .init(init.clone())
                .fit(&set(x.clone()))
                .unwrap();
            let (name, basis) = (
                format!("{} from {init}", rule.name()),
                model.basis.rows().to_owned(),
            );
            assert!(
                model
                    .weights
                    .iter()
                    .chain(&basis)
                    .all(|&v| v >= 0.0 && v.is_finite()),
                "{name}"
            );
            let error = relative_error(&x, &model.weights, &basis);
            assert!(
                (error - model.relative_error).abs() < 1e-6,
                "{name}: {error} for {}",
                model.relative_error
            );
            let last = model.trace.last().unwrap();
            assert!(
                (error - last.relative_error).abs() < 1e-5,
                "{name}: {error} for {last:?}"
            );
            let fit = Start::new(&x, &model.weights, &basis);
            let objective = (rule.objective)(&fit.x, &fit.w, &fit.h);
            assert!(
                (objective / model.objective - 1.0).abs() < 1e-4,
                "{name}: {objective} for {}",
                model.objective
            );
        }
    }
}

/// Where all that is lit is equally bright, nothing but where it is lit tells one part from another.
#[test]
fn parts_of_black_and_white_images_come_apart() {
    let swimmer = Swimmer::default().draw().unwrap();
    for rule in rules().into_iter().filter(|rule| !rule.positive) {
        for init in STARTS {
            let model = rule
                .nmf(17, 50)
                .init(init.clone())
                .fit(&swimmer.images)
                .unwrap();
            let overlap = Partness::of(&model.basis, &model.weights, None).overlap;
            assert!(overlap < 0.5, "{} from {init}: {overlap}", rule.name());
        }
    }
}

#[test]
fn the_objective_never_rises_where_that_is_promised() {
    for rule in rules().into_iter().filter(|rule| rule.falls) {
        let x = set(rule.matrix(1, 50, 64));
        for init in STARTS {
            let model = rule.nmf(8, 100).init(init.clone()).fit(&x).unwrap();
            for pair in model.trace.windows(2) {
                let (before, after) = (pair[0].objective, pair[1].objective);
                let bound = before * (1.0 + 8.0 * f64::from(f32::EPSILON));
                assert!(
                    after <= bound,
                    "{} from {init}: {after} after {before}",
                    rule.name()
                );
            }
        }
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    for rule in rules() {
        let x = ImageSet::from_u8(Shape::new(19, 19), rule.bytes(5, 200, 361)).unwrap();
        let bits = |threads| {
            let model = with_threads(Some(threads), || rule.nmf(21, 4).fit(&x).unwrap());
            let objectives: Vec<u64> = model.trace.iter().map(|i| i.objective.to_bits()).collect();
            let floats = model
                .weights
                .iter()
                .chain(&model.basis.rows())
                .map(|v| v.to_bits())
                .collect::<Vec<_>>();
            (floats, objectives)
        };
        let one = bits(1);
        for threads in [2, 3, 8] {
            assert!(bits(threads) == one, "{} on {threads} threads", rule.name());
        }
    }
}

/// What is told of an iteration is told of the parts that can be taken at it, and taking them leaves no trace.
/// More images than one sum runs over, so many that a sample is learned first, and columns that are dark in whole panels.
#[test]
fn from_a_file_every_rule_learns_the_same_bits_as_from_memory() {
    let folder = tempfile::tempdir().unwrap();
    for rule in rules() {
        let mut bytes = rule.bytes(14, 4500, 9);
        let least = u8::from(rule.positive);
        bytes
            .indexed_iter_mut()
            .filter(|((image, _), _)| image % 300 < 150)
            .for_each(|(_, value)| *value = least);
        let floats = bytes.mapv(|v| f32::from(v) / 255.0);
        let pairs = [
            (
                ImageSet::from_u8(Shape::new(1, 9), bytes.clone()).unwrap(),
                on_disk(folder.path(), "bytes.npy", &bytes),
            ),
            (
                set(floats.clone()),
                on_disk(folder.path(), "floats.npy", &floats),
            ),
        ];
        for (memory, file) in pairs {
            for init in [Init::Images, Init::Nndsvda] {
                let fit =
                    |images: &ImageSet| rule.nmf(3, 6).init(init.clone()).fit(images).unwrap();
                let (memory, file) = (fit(&memory), with_threads(Some(3), || fit(&file)));
                let same = memory.weights == file.weights && memory.basis == file.basis;
                assert!(
                    same && memory.relative_error.to_bits() == file.relative_error.to_bits(),
                    "{} from {init}",
                    rule.name()
                );
            }
        }
    }
}

#[test]
fn looking_at_the_parts_changes_none_and_the_last_look_is_at_the_model() {
    for rule in rules() {
        let x = ImageSet::from_u8(Shape::new(5, 9), rule.bytes(12, 70, 45)).unwrap();
        let plain = rule.nmf(4, 12).fit(&x).unwrap();
        let mut last = None;
        let looked_at = rule.nmf(4, 12).fit_with(&x, |moment| {
            last = Some(moment.basis());
            ControlFlow::Continue(())
        });
        let model = looked_at.unwrap();
        assert!(
            model.weights == plain.weights && model.basis == plain.basis,
            "{}",
            rule.name()
        );
        assert_eq!(
            last.unwrap().rows().select(Axis(0), &model.order),
            model.basis.rows(),
            "{}",
            rule.name()
        );
    }
}

/// A rule leaves unknown pixels out, whatever stands there, or says that it cannot.
#[test]
fn unknown_pixels_are_left_out_or_refused() {
    for rule in rules() {
        let x = rule.matrix(13, 70, 33);
        let mask = Mask::new(70, 33, |image, pixel| {
            !(image * 33 + pixel).is_multiple_of(5)
        })
        .unwrap();
        let fit = |hidden: f32| {
            let pixels = Array2::from_shape_fn(x.dim(), |(i, j)| {
                if mask.is_known(i, j) {
                    x[[i, j]]
                } else {
                    hidden
                }
            });
            let images = ImageSet {
                mask: Some(mask.clone()),
                pixels: Pixels::F32(pixels),
                ..set(x.clone())
            };
            rule.nmf(5, 30).fit(&images)
        };
        if !rule.masks {
            let error = fit(0.5).unwrap_err().to_string();
            assert!(
                error.contains(&format!(
                    "unknown, but the solver {} needs all pixels",
                    rule.solver
                )),
                "{error}"
            );
            continue;
        }
        let (model, other) = (fit(0.5).unwrap(), fit(f32::NAN).unwrap());
        assert!(
            model.weights == other.weights && model.basis == other.basis,
            "{}",
            rule.name()
        );
        assert!(
            model
                .weights
                .iter()
                .chain(&model.basis.rows())
                .all(|&v| v >= 0.0 && v.is_finite()),
            "{}",
            rule.name()
        );
        let rises = |pair: &[Iteration]| {
            pair[1].objective > pair[0].objective * (1.0 + 8.0 * f64::from(f32::EPSILON))
        };
        assert!(
            !rule.falls || !model.trace.windows(2).any(rises),
            "{}",
            rule.name()
        );
    }
}

#[test]
fn bytes_are_learned_from_as_their_floats_are() {
    for rule in rules() {
        let bytes = rule.bytes(6, 70, 40);
        let floats = set(bytes.mapv(|v| f32::from(v) / 255.0));
        let bytes = ImageSet::from_u8(Shape::new(1, 40), bytes).unwrap();
        for init in STARTS {
            let nmf = rule.nmf(4, 15).init(init.clone());
            let apart = apart(&nmf.fit(&bytes).unwrap(), &nmf.fit(&floats).unwrap());
            assert!(apart < 1e-4, "{} from {init}: {apart}", rule.name());
        }
    }
}

/// But for `local`, whose root has no regard for the scale, and `huber`, whose threshold has one.
#[test]
fn the_scale_of_the_pixels_changes_no_model() {
    for rule in rules()
        .into_iter()
        .filter(|rule| !matches!(rule.solver, Solver::Local | Solver::Huber(_)))
    {
        let x = rule.matrix(10, 40, 30);
        let fit = |iterations: usize, unit: f32| {
            rule.nmf(4, iterations)
                .fit(&set(x.mapv(|v| v * unit)))
                .unwrap()
                .relative_error
        };
        let expected = fit(5, 1.0);
        let much_darker = fit(60, 2.0_f32.powi(-48)).to_bits();
        for exponent in [-48, -20, 20, 48] {
            let unit = 2.0_f32.powi(exponent);
            let found = fit(5, unit);
            assert!(
                (found - expected).abs() < 2e-5,
                "{}, 2^{exponent}: {found} for {expected}",
                rule.name()
            );
            // Sweeps end by the changes of weights. Weights whose scale is far from that of the parts are balanced, by
            // powers of two, and are the same then.
            let found = fit(60, unit).to_bits();
            assert_eq!(found, much_darker, "{}, 2^{exponent}", rule.name());
        }
    }
}

#[test]
fn merging_pixels_changes_nothing_but_the_cost() {
    for rule in rules() {
        // Each of 12 pixels three times.
        let small = rule.matrix(7, 30, 12);
        let x = set(Array2::from_shape_fn((30, 36), |(i, j)| small[[i, j % 12]]));
        let fit = |merge| rule.nmf(4, 30).merge_pixels(merge).fit(&x).unwrap();
        let apart = apart(&fit(true), &fit(false));
        assert!(apart < 1e-4, "{}: {apart}", rule.name());
    }
}

#[test]
fn dark_pixels_are_dark_in_every_part_whether_they_are_left_out_or_not() {
    for rule in rules().into_iter().filter(|rule| !rule.positive) {
        let x = rule.matrix(9, 30, 20);
        let x = set(Array2::from_shape_fn((30, 25), |(i, j)| {
            if j < 20 { x[[i, j]] } else { 0.0 }
        }));
        for merge in [true, false] {
            let basis = rule.nmf(4, 30).merge_pixels(merge).fit(&x).unwrap().basis;
            let dark = basis.rows().slice_move(ndarray::s![.., 20..]);
            assert!(dark.iter().all(|&v| v == 0.0), "{}", rule.name());
        }
    }
}

/// But for rules that open with another one, which makes up for a poor start.
#[test]
fn a_start_on_samples_is_learned_from_by_every_rule() {
    let opens_itself = |rule: &Rule| {
        use Solver::{Hoyer, Huber, L1, L21};
        !matches!(rule.solver, Hoyer(_) | Huber(_) | L1 | L21)
    };
    for rule in rules().into_iter().filter(opens_itself) {
        let x = ImageSet::from_u8(Shape::new(4, 5), rule.bytes(8, 2400, 20)).unwrap();
        let (with, without) = (rule.nmf(3, 1), rule.nmf(3, 1).sample_start(false));
        let (with, without) = (
            with.fit(&x).unwrap().objective,
            without.fit(&x).unwrap().objective,
        );
        assert!(
            with < without,
            "{}: {with} with a sample, {without} without",
            rule.name()
        );
    }
}
