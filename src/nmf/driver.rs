//! The loop: iterations, loss, stop, callback. Must not know which rule runs.

use std::ops::ControlFlow;
use std::time::Instant;

use ndarray::Array1;

use super::across::pack_and_gram;
use super::revive::{first_dead, revive};
use super::rule::{UpdateRule, Verdict};
use super::step::{Half, HalfStep};
use super::stop::{Iteration, StopReason, StopRule};
use crate::blocks;
use crate::communicator::Partition;
use crate::kernel::{Cut, Factor, FactorPanel, FixedFactor, PackedGram, Panels, Selection};

/// Below this share of ‖X‖² the loss identity has lost its digits to cancellation, and the residual is summed instead.
const CANCELLED: f64 = 1e-3;
/// Parts are brought to one scale with their weights once one of the two is this many doublings from their mean.
const DRIFTED: f64 = 4.0;

/// The pixel matrix in both cuts: the images of this process, of all that are learned from.
pub(crate) struct Data<'a> {
    pub(crate) images: Partition<'a>,
    pub(crate) by_image: Panels,
    pub(crate) by_pixel: Panels,
    squared_norm: f64,
    /// The value that stands for 1.
    unit: f64,
    /// Images, and pixels with those that are left out.
    size: (usize, usize),
    /// How many pixels are known of all images.
    count: usize,
}

impl<'a> Data<'a> {
    /// Cuts the selected pixels both ways, of images that are spread so; the norm is that of the whole images.
    pub(crate) fn new(selection: &Selection, images: Partition<'a>) -> Self {
        let squared_norm = images.sum(&selection.square_shares());
        Self {
            images,
            by_image: Panels::without_dark(selection, Cut::Images),
            by_pixel: Panels::without_dark(selection, Cut::Pixels),
            squared_norm,
            unit: selection.x.unit(),
            size: (images.all, selection.x.pixels),
            count: images.count(selection.count()),
        }
    }

    /// ‖X‖² over the known pixels, in the units of the source.
    pub(crate) fn squared_norm(&self) -> f64 {
        self.squared_norm
    }

    /// ‖X‖² as it would be if unknown pixels were like the known ones.
    pub(crate) fn whole_squared_norm(&self) -> f64 {
        self.squared_norm * ((self.size.0 * self.size.1) as f64 / self.count as f64)
    }

    /// The value of X that stands for 1.
    pub(crate) fn unit(&self) -> f64 {
        self.unit
    }

    /// What image `index` has beyond what is `rebuilt` of it, (chosen pixels); nothing where it is unknown.
    pub(crate) fn residual(&self, index: usize, rebuilt: &Array1<f32>) -> Vec<f32> {
        let pixels = self
            .by_pixel
            .column(index)
            .into_iter()
            .zip(rebuilt)
            .zip(self.by_pixel.known(index));
        pixels
            .map(|((x, rebuilt), known)| if known { x - rebuilt } else { 0.0 })
            .collect()
    }

    /// What stays while `half` of an iteration improves, against the `fixed` other factor.
    pub(crate) fn step<'s>(
        &'s self,
        half: Half,
        fixed: &'s Factor,
        gram: &'s PackedGram,
    ) -> HalfStep<'s> {
        let x = match half {
            Half::Weights => &self.by_image,
            Half::Basis => &self.by_pixel,
        };
        let (unit, size, squared_norm, images) =
            (self.unit, self.size, self.squared_norm, self.images);
        HalfStep {
            half,
            x,
            fixed,
            gram,
            unit,
            size,
            squared_norm,
            brightness: self.brightness(),
            images,
        }
    }

    /// The root mean square of the known pixels.
    fn brightness(&self) -> f32 {
        (self.squared_norm / self.count as f64).sqrt() as f32
    }
}

/// W and H in panels.
pub(crate) struct Factors {
    /// (images, rank).
    pub(crate) weights: Factor,
    /// Hᵀ, (pixels, rank).
    pub(crate) basis: Factor,
}

/// How a run went.
pub(crate) struct Run {
    pub(crate) trace: Vec<Iteration>,
    pub(crate) reason: StopReason,
}

/// What a run knows beside its factors and its rule, between the update of the weights and that of the basis: from there
/// it goes on to the same bits.
pub(crate) struct RunState {
    /// Every iteration, the last of which has its weights.
    pub(crate) trace: Vec<Iteration>,
    pub(crate) weights_gram: PackedGram,
    /// How many parts may still begin anew.
    pub(crate) revivals: usize,
}

/// A run where its iterations are told of.
#[derive(Clone, Copy)]
pub(crate) struct Pause<'a> {
    pub(crate) standing: &'a RunState,
    pub(crate) factors: &'a Factors,
    pub(crate) rule: &'a dyn UpdateRule,
    /// Why it ends here, whatever the caller says.
    pub(crate) ends: Option<StopReason>,
}

impl Pause<'_> {
    /// The iteration.
    pub(crate) fn at(&self) -> Iteration {
        self.standing.trace[self.standing.trace.len() - 1]
    }
}

/// Iterates from a start until `stop` or `on_iteration` says so; the result is the pair (values of W, lead of H).
pub(crate) fn run(
    data: &Data,
    rule: &mut dyn UpdateRule,
    factors: &mut Factors,
    stop: &StopRule,
    began: Instant,
    on_iteration: impl FnMut(&Pause) -> ControlFlow<()>,
) -> Run {
    Learning {
        data,
        rule,
        factors,
        began,
    }
    .run(None, stop, on_iteration)
}

/// A run at work.
pub(crate) struct Learning<'a> {
    pub(crate) data: &'a Data<'a>,
    pub(crate) rule: &'a mut dyn UpdateRule,
    pub(crate) factors: &'a mut Factors,
    pub(crate) began: Instant,
}

impl Learning<'_> {
    /// Makes of any start one that the rule can go on from, and updates the weights for the first time.
    fn begin(&mut self) -> RunState {
        let Factors { weights, basis } = &mut *self.factors;
        self.rule.prepare(weights, basis);
        let weights_gram = pack_and_gram(weights, self.data.images.communicator);
        let mut basis_gram = basis.pack_and_gram();
        if self.rule.is_scale_free() && balance(self.factors, (&weights_gram, &basis_gram), DRIFTED)
        {
            basis_gram = self.factors.basis.pack_and_gram();
        }
        let revivals = if self.rule.revives() {
            self.factors.basis.rank()
        } else {
            0
        };
        let mut standing = RunState {
            trace: Vec::new(),
            weights_gram,
            revivals,
        };
        self.improve_weights(&mut standing, &basis_gram);
        standing
    }

    /// Iterates, from the start or from where the run stands, until `stop` or `on_iteration` says so.
    pub(crate) fn run(
        mut self,
        standing: Option<RunState>,
        stop: &StopRule,
        mut on_iteration: impl FnMut(&Pause) -> ControlFlow<()>,
    ) -> Run {
        let mut standing = standing.unwrap_or_else(|| self.begin());
        let stop = if self.rule.settles() {
            *stop
        } else {
            StopRule {
                tolerance: 0.0,
                ..*stop
            }
        };
        loop {
            let ends = stop.check(&standing.trace, self.rule.steady_from());
            let pause = Pause {
                standing: &standing,
                factors: self.factors,
                rule: self.rule,
                ends,
            };
            let interrupted = on_iteration(&pause)
                .is_break()
                .then_some(StopReason::Interrupted);
            // Clocks differ, and Ctrl-C comes to each at another moment: one decides for all.
            if let Some(reason) = StopReason::of_first(ends.or(interrupted), &self.data.images) {
                return Run {
                    trace: standing.trace,
                    reason,
                };
            }
            let basis_gram = self.improve_basis(&mut standing);
            self.improve_weights(&mut standing, &basis_gram);
        }
    }

    /// The first half of an iteration, and what is told of it.
    fn improve_weights(&mut self, standing: &mut RunState, basis_gram: &PackedGram) {
        let (data, Factors { weights, basis }) = (self.data, &mut *self.factors);
        let (loss, weights_gram) = self
            .rule
            .half_step(&data.step(Half::Weights, basis, basis_gram), weights);
        let mut squared = data.squared_norm + loss.squared;
        if squared < CANCELLED * data.squared_norm {
            squared = squared_residual(data, self.factors);
        }
        // Rounding can take the square of a tiny error below 0; `max` would hide NaN.
        squared = if squared < 0.0 { 0.0 } else { squared };
        standing.weights_gram = weights_gram;
        standing.trace.push(Iteration {
            iteration: standing.trace.len() + 1,
            seconds: self.began.elapsed().as_secs_f64(),
            relative_error: (squared / data.squared_norm).sqrt(),
            objective: self.rule.objective(squared, loss.own) / data.unit.powf(self.rule.degree()),
        });
    }

    /// The second half of the iteration that the trace ends with; gives the Gram matrix of the new basis.
    fn improve_basis(&mut self, standing: &mut RunState) -> PackedGram {
        if let Some(iteration) = standing.trace.last()
            && self.rule.observe(iteration) == Verdict::FallBack
        {
            self.factors.weights.fall_back();
            standing.weights_gram =
                pack_and_gram(&mut self.factors.weights, self.data.images.communicator);
        }
        let (data, Factors { weights, basis }) = (self.data, &mut *self.factors);
        let weights_gram = &standing.weights_gram;
        let mut basis_gram = self
            .rule
            .half_step(&data.step(Half::Basis, weights, weights_gram), basis)
            .1;
        if self.rule.is_scale_free() && balance(self.factors, (weights_gram, &basis_gram), DRIFTED)
        {
            basis_gram = self.factors.basis.pack_and_gram();
        }
        if standing.revivals > 0
            && let Some(part) = first_dead(weights_gram, &basis_gram)
        {
            revive(data, self.factors, part);
            basis_gram = self.factors.basis.pack_and_gram();
            standing.revivals -= 1;
        }
        basis_gram
    }
}

/// Brings each part and its weights to one scale, so that what follows does not hang on the unit of light.
pub(crate) fn even_out(data: &Data, factors: &mut Factors) {
    let grams = (
        pack_and_gram(&mut factors.weights, data.images.communicator),
        factors.basis.pack_and_gram(),
    );
    balance(factors, (&grams.0, &grams.1), 0.5);
}

/// Brings each part and its weights to one scale again, where some have drifted `least` doublings from their mean;
/// whether anything was changed.
///
/// Nothing in the objective keeps `w h` from becoming `(s w)(h / s)`, and steps that look ahead do drift. Powers of
/// two change no bit but the exponent.
fn balance(
    factors: &mut Factors,
    (weights, basis): (&PackedGram, &PackedGram),
    least: f64,
) -> bool {
    let drift = |(&w, &h): (&f32, &f32)| {
        if w > 0.0 && h > 0.0 {
            (f64::from(h) / f64::from(w)).log2() / 4.0
        } else {
            0.0
        }
    };
    let drifts: Vec<f64> = weights
        .diagonal
        .iter()
        .zip(&basis.diagonal)
        .map(drift)
        .collect();
    if drifts.iter().all(|drift| drift.abs() < least) {
        return false;
    }
    let scales = |sign: f64| {
        drifts
            .iter()
            .map(|drift| (sign * drift.round()).exp2() as f32)
            .collect::<Vec<_>>()
    };
    factors.weights.scale(&scales(1.0));
    factors.basis.scale(&scales(-1.0));
    true
}

/// ‖X − W H‖² summed difference by difference over the known pixels, each as often as it stands for others.
pub(crate) fn squared_residual(data: &Data, factors: &Factors) -> f64 {
    let basis = FixedFactor::new(&factors.basis, data.brightness());
    let share = |index, panel: &FactorPanel| data.by_image.residual(index, &panel.values, &basis);
    data.images
        .sum(&blocks::map(&factors.weights.panels, share))
}
