//! The warnings of a report: what to consider before trusting the results.

use crate::nmf::{NmfModel, StopReason};
use crate::pca::PcaModel;

/// What is to be said of both models, a sentence each.
#[must_use]
pub fn warnings(nmf: &NmfModel, pca: &PcaModel) -> Vec<String> {
    [start_warnings(nmf), nmf_warnings(nmf), pca_warnings(pca)].concat()
}

/// What is to be said of the start.
fn start_warnings(nmf: &NmfModel) -> Vec<String> {
    let is_idle = nmf.seed != 0 && !nmf.init.is_random();
    let said = || {
        format!(
            "--seed {} makes no difference to the start {}, which is always the same",
            nmf.seed, nmf.init
        )
    };
    is_idle.then(said).into_iter().collect()
}

/// What is to be said of the parts, a sentence each.
#[must_use]
pub fn nmf_warnings(nmf: &NmfModel) -> Vec<String> {
    let mut warnings = Vec::new();
    let after = match nmf.trace.len() {
        1 => "after 1 iteration".to_owned(),
        count => format!("after {count} iterations"),
    };
    if nmf.stop == StopReason::MaxIterations && nmf.solver.settles() {
        warnings.push(format!(
            "the iterations were used up {after}, before the error settled; pass a larger --max-iter to go on"
        ));
    }
    let (last, place, kept) = match nmf.restarts.last() {
        None => (nmf.stop, after, "what was learned so far"),
        Some(last) => (
            last.stop,
            format!("in start {} of {}", nmf.restarts.len(), nmf.starts),
            "the best so far",
        ),
    };
    match last {
        StopReason::TimeLimit => {
            warnings.push(format!("stopped by --time-limit {place}; {kept} is kept"));
        }
        StopReason::Interrupted => {
            warnings.push(format!("interrupted {place}; {kept} is kept"));
        }
        StopReason::Converged | StopReason::TargetError | StopReason::MaxIterations => {}
    }
    if nmf.dead() > 0 {
        let advice = if nmf
            .solver
            .penalties()
            .is_some_and(|penalties| penalties.any())
        {
            "the penalties leave room for fewer parts: try weaker ones or a smaller -k"
        } else {
            "try another start (--init, --seed) or a smaller -k"
        };
        warnings.push(format!(
            "{} of {} parts {} used by no image; {advice}",
            nmf.dead(),
            nmf.basis.rank(),
            are(nmf.dead())
        ));
    }
    warnings
}

/// What is to be said of the eigenimages, a sentence each.
#[must_use]
pub fn pca_warnings(pca: &PcaModel) -> Vec<String> {
    let mut warnings = Vec::new();
    if pca.empty() > 0 {
        warnings.push(format!(
            "{} of {} eigenimages {} empty: the images vary in fewer directions",
            pca.empty(),
            pca.components.rank(),
            are(pca.empty())
        ));
    }
    warnings
}

fn are(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}
