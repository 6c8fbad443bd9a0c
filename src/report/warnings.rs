//! The warnings of a report: reasons for caution with its figures.

use super::parts::VerdictReport;
use crate::nmf::{BetaLoss, NmfModel, Solver, StopReason};
use crate::pca::PcaModel;
use crate::plural::{by_count, counted};

/// How far the values of equal parts differ at most; the largest value of a part is 1.
const EQUAL: f32 = 1e-4;

/// Returns the warnings about both models, one sentence each, the most important first; `verdict` is that on the parts of the NMF.
#[must_use]
pub fn warnings(nmf: &NmfModel, pca: &PcaModel, verdict: &VerdictReport) -> Vec<String> {
    let mut warnings = nmf_warnings(nmf);
    warnings.extend(whole_images(verdict));
    warnings.extend(pca_warnings(pca));
    warnings
}

/// Returns the warnings about an NMF, one sentence each.
#[must_use]
pub fn nmf_warnings(nmf: &NmfModel) -> Vec<String> {
    let warnings = [
        not_converged(nmf),
        cut_off(nmf),
        equal_parts(nmf),
        unused_parts(nmf),
    ];
    warnings.into_iter().flatten().collect()
}

/// Returns the warnings about a PCA, one sentence each.
#[must_use]
pub fn pca_warnings(pca: &PcaModel) -> Vec<String> {
    if pca.empty() == 0 {
        return Vec::new();
    }
    vec![format!(
        "{} of {} eigenimages {} empty: the images vary in fewer directions; try a smaller -k",
        pca.empty(),
        pca.basis.rank(),
        by_count(pca.empty(), "is", "are")
    )]
}

/// Returns a warning if the weights of training images are not those of least squares, as those of held-out images are.
#[must_use]
pub fn held_out_warning(solver: &Solver) -> Option<String> {
    let restricted_by = match solver {
        Solver::Bpp | Solver::L21 => return None,
        Solver::Hals(hals) if hals.penalties.alpha_w == 0.0 => return None,
        Solver::Mu(loss) if *loss == BetaLoss::FROBENIUS => return None,
        Solver::Hals(_) => "--alpha-w".to_owned(),
        rule => format!("--solver {rule}"),
    };
    Some(format!(
        "with {restricted_by}, the weights of training images are not those of least squares, as those of held-out images are: \
         their errors cannot be compared"
    ))
}

/// Returns a warning about parts that look like faint whole images.
fn whole_images(verdict: &VerdictReport) -> Option<String> {
    let VerdictReport {
        sentence, remedy, ..
    } = verdict;
    let remedy = remedy.as_ref()?;
    Some(format!(
        "{sentence}; {remedy} usually separates them, at a higher error"
    ))
}

/// Returns a warning if the start does not depend on the seed that was given, for a run that draws nothing else.
#[must_use]
pub fn seed_warning(nmf: &NmfModel) -> Option<String> {
    if nmf.seed == 0 || nmf.init.is_random() {
        return None;
    }
    Some(format!(
        "--seed {} has no effect: the start {} does not depend on it; omit it, or pass --init images",
        nmf.seed, nmf.init
    ))
}

fn not_converged(nmf: &NmfModel) -> Option<String> {
    if nmf.stop_reason != StopReason::MaxIterations || !nmf.solver.facts().converges_with_objective
    {
        return None;
    }
    let after = after(nmf);
    Some(format!(
        "the iteration limit was reached {after}, before the fit converged; pass a larger --max-iter"
    ))
}

/// Returns a warning if the time limit or Ctrl-C ended the fit.
fn cut_off(nmf: &NmfModel) -> Option<String> {
    let (stop, place, kept) = match nmf.restarts.last() {
        None => (nmf.stop_reason, after(nmf), "the result so far"),
        Some(last) => {
            let place = format!("in start {} of {}", nmf.restarts.len(), nmf.starts);
            (last.stop_reason, place, "the best result so far")
        }
    };
    match stop {
        StopReason::TimeLimit => Some(format!(
            "stopped by --time-limit {place}; {kept} is kept, and a longer limit improves it"
        )),
        StopReason::Interrupted => Some(format!("interrupted {place}; {kept} is kept")),
        StopReason::Converged
        | StopReason::TargetError
        | StopReason::MaxIterations
        | StopReason::Given => None,
    }
}

/// Returns a warning if all parts are the same.
fn equal_parts(nmf: &NmfModel) -> Option<String> {
    let rank = nmf.basis.rank();
    let first = nmf.basis.row(0);
    let is_equal = |part: usize| {
        let part = nmf.basis.row(part);
        let mut pixels = part.iter().zip(first);
        pixels.all(|(value, first)| (value - first).abs() <= EQUAL)
    };
    if rank == 1 || !(1..rank).all(is_equal) {
        return None;
    }
    if nmf.is_given() {
        return Some(format!("all {rank} parts are the same"));
    }
    Some(format!(
        "all {rank} parts are the same: they started alike, and {} changes them alike; pass another --init",
        nmf.solver
    ))
}

fn unused_parts(nmf: &NmfModel) -> Option<String> {
    let (dead, rank) = (nmf.dead(), nmf.basis.rank());
    if dead == 0 {
        return None;
    }
    let are = by_count(dead, "is", "are");
    let unused = format!("{dead} of {rank} parts {are} used by no image");
    if nmf.is_given() {
        return Some(unused);
    }
    let penalties = nmf.solver.penalties();
    let advice = if penalties.is_some_and(|penalties| penalties.any()) {
        "the penalties suppress them: try weaker ones or a smaller -k"
    } else {
        "try another start (--init, --seed) or a smaller -k"
    };
    Some(format!("{unused}; {advice}"))
}

/// Returns after how many iterations the fit ended.
fn after(nmf: &NmfModel) -> String {
    let iterations = counted(nmf.iterations(), "iteration", "iterations");
    format!("after {iterations}")
}
