//! Fits of NMF.

use std::ops::ControlFlow;

use numpy::{IntoPyArray, PyReadonlyArray2, ToPyArray};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::array::PixelTable;
use super::errors::exception;
use super::watch::{Watch, without_interpreter};
use crate::error::Result;
use crate::nmf::{
    FitProgress, Init, Iteration, Nmf, NmfModel, Overlap, Penalties, Solver, StopReason, StopRule,
};

/// The settings of a fit, as the estimator passes them.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(super) struct NmfSettings<'py> {
    rank: usize,
    solver: String,
    init: String,
    /// W and H to start from, for X as it is.
    start: Option<(PyReadonlyArray2<'py, f32>, PyReadonlyArray2<'py, f32>)>,
    tol: f64,
    max_iter: usize,
    seed: u64,
    restarts: usize,
    alpha_w: f64,
    alpha_h: f64,
    l1_ratio: f64,
    overlap: String,
}

impl NmfSettings<'_> {
    /// Returns the settings for X of which the values are divided by `unit`.
    fn nmf(&self, unit: f32) -> Result<Nmf> {
        let init = match &self.start {
            None => self.init.parse()?,
            Some((weights, basis)) => Init::Given {
                weights: weights.as_array().mapv(|value| value / unit.sqrt()),
                basis: basis.as_array().mapv(|value| value / unit.sqrt()),
            },
        };
        let stop = StopRule {
            max_iterations: self.max_iter,
            tolerance: self.tol,
            ..StopRule::default()
        };
        let solver: Solver = self.solver.parse()?;
        Ok(Nmf::new(self.rank)
            .solver(solver.with_penalties(self.penalties(f64::from(unit))?)?)
            .init(init)
            // A given H may differ at pixels that are equal in every image, and be above 0 at black ones.
            .merge_pixels(self.start.is_none())
            .stop_rule(stop)
            .seed(self.seed)
            .restarts(self.restarts))
    }

    /// Returns the penalties for X / u of those for X. With W and H divided by √u each, as those of a given start are, the
    /// objective of X / u is that of X, divided by u², if the linear term is divided by u √u and the quadratic one by u. The
    /// penalty on the overlap does not depend on the scale.
    fn penalties(&self, unit: f64) -> Result<Penalties> {
        let (linear, quadratic) = (
            self.l1_ratio / (unit * unit.sqrt()),
            (1.0 - self.l1_ratio) / unit,
        );
        let both = linear + quadratic;
        Ok(Penalties {
            alpha_w: self.alpha_w * both,
            alpha_h: self.alpha_h * both,
            l1_ratio: linear / both,
            overlap: self.overlap.parse::<Overlap>()?,
        })
    }
}

/// Learns parts and weights of X, (images, pixels), and returns a dict. `show` is called with the number of an iteration and
/// its relative error, at most ten times per second. Ctrl-C ends the fit, and what was learned is returned.
#[pyfunction]
pub(super) fn fit_nmf<'py>(
    py: Python<'py>,
    x: PixelTable<'py>,
    settings: NmfSettings<'py>,
    show: Option<Py<PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let (images, unit, watch) = (x.images()?, x.unit(), Watch::default());
    let nmf = settings.nmf(unit).map_err(|error| exception(&error))?;
    let observe = |progress: &FitProgress| {
        let Iteration {
            iteration,
            relative_error,
            ..
        } = progress.at;
        if watch.record(iteration, relative_error) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let work = || {
        nmf.fit_with(&images, observe)
            .map(|model| (model, images.norm()))
    };
    let (fitted, raised) = without_interpreter(py, &watch, show.as_ref(), work);
    let (model, norm) = fitted.map_err(|error| exception(&error))?;
    match raised {
        // What `show` raised, or Ctrl-C in a fit that one start of several outlived.
        Some(raised) if !raised.is_instance_of::<pyo3::exceptions::PyKeyboardInterrupt>(py) => {
            Err(raised)
        }
        raised => as_dict(py, model, norm, f64::from(unit), raised.is_some()),
    }
}

fn as_dict(
    py: Python<'_>,
    model: NmfModel,
    norm: f64,
    unit: f64,
    interrupted: bool,
) -> PyResult<Bound<'_, PyDict>> {
    let found = PyDict::new(py);
    let column = |of: fn(&Iteration) -> f64| model.trace.iter().map(of).collect::<Vec<_>>();
    let trace = PyDict::new(py);
    let iterations: Vec<usize> = model.trace.iter().map(|at| at.iteration).collect();
    trace.set_item("iteration", iterations.to_pyarray(py))?;
    trace.set_item("seconds", column(|at| at.seconds).to_pyarray(py))?;
    trace.set_item(
        "relative_error",
        column(|at| at.relative_error).to_pyarray(py),
    )?;
    found.set_item("trace", trace)?;
    found.set_item("n_iter", model.iterations())?;
    found.set_item("error", model.relative_error * norm * unit)?;
    found.set_item(
        "interrupted",
        interrupted || model.stop_reason == StopReason::Interrupted,
    )?;
    let ran_out = model.stop_reason == StopReason::MaxIterations;
    found.set_item(
        "ran_out",
        ran_out && model.solver.facts().converges_with_objective,
    )?;
    found.set_item("components", model.basis.rows().to_pyarray(py))?;
    let mut weights = model.weights;
    weights *= unit as f32;
    found.set_item("weights", weights.into_pyarray(py))?;
    Ok(found)
}
