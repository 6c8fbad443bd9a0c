//! Every figure of a run as plain data. The keys of `report.json` are a contract: scripts read them.

mod bound;
mod comparison;
mod figures;
mod held_out;
mod hidden;
mod input;
mod ladder;
mod mpi;
mod nmf;
mod noise;
mod parts;
mod pca;
mod projection;
mod provenance;
mod ranks;
mod recipe;
mod run;
mod separated;
mod truth;
mod vq;
mod warnings;

pub use bound::BoundReport;
pub use comparison::{ComparisonReport, Settings};
pub use figures::MethodFigures;
pub use held_out::{HeldOutErrors, HeldOutReport};
pub use hidden::{GuessErrors, HiddenErrors, MARGIN};
pub use input::{File, Input, Preparation};
pub use ladder::{LadderReport, RankSummary};
pub use mpi::MpiReport;
pub use nmf::NmfReport;
pub use noise::{DenoisingErrors, NoiseReport, NoiseSettings};
pub use parts::{PartsReport, Thresholds, VerdictReport};
pub use pca::PcaReport;
pub use projection::{
    Flagged, FlaggedImage, ModelReport, NewImages, ProjectedReport, ProjectionReport,
};
pub use provenance::{ModelProvenance, Provenance};
pub use ranks::{RanksReport, RanksSettings};
pub use recipe::{RecipeFigures, RecipeReport};
pub use run::Report;
pub use separated::{SeparatedReport, basis_figures, separating_option, separating_solver};
pub use truth::{MatchReport, TruthReport};
pub use vq::VqReport;
pub use warnings::{held_out_warning, nmf_warnings, pca_warnings, seed_warning, warnings};
