//! The report of a run: `report.json`.

use serde::Serialize;

use super::bound::BoundReport;
use super::held_out::HeldOutReport;
use super::hidden::HiddenErrors;
use super::input::{File, Input};
use super::mpi::MpiReport;
use super::nmf::NmfReport;
use super::noise::NoiseReport;
use super::parts::PartsReport;
use super::pca::PcaReport;
use super::provenance::Provenance;
use super::recipe::RecipeReport;
use super::separated::SeparatedReport;
use super::truth::TruthReport;
use super::vq::VqReport;
use crate::metrics::LabelAccuracy;

/// The contents of `report.json`.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The version of this program.
    pub version: String,
    /// How the results came about; absent on the page, which others are given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Provenance>,
    /// The input.
    pub input: Input,
    /// The NMF.
    pub nmf: NmfReport,
    /// The PCA with as many eigenimages as there are parts.
    pub pca: PcaReport,
    /// The least error of as many images of any sign; absent if pixels are unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bound: Option<BoundReport>,
    /// The vector quantisation with as many prototypes, if a picture shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vq: Option<VqReport>,
    /// How well held-out images are reconstructed, if there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_out: Option<HeldOutReport>,
    /// The noise that was added to the training images, if any, and the errors against the clean images.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noise: Option<NoiseReport>,
    /// How part-like the basis of the NMF is, and whether that makes it parts.
    pub parts: PartsReport,
    /// The parts learned with a penalty on overlap, if those without it look like faint whole images and another fit is cheap.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub separated: Option<SeparatedReport>,
    /// The figures of the image that `recipe.png` composes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipe: Option<RecipeReport>,
    /// How well hidden pixels are guessed, if their true values are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hidden: Option<HiddenErrors>,
    /// Which of the known parts or features were found, if any were given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truth: Option<TruthReport>,
    /// How well weights and scores separate the labels, if two or more labels have two or more images: those of held-out
    /// images, if there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<LabelAccuracy>,
    /// The processes that shared the images, if there were several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mpi: Option<MpiReport>,
    /// The files that were written.
    pub files: Vec<File>,
    /// Reasons for caution with the other figures, one sentence each.
    pub warnings: Vec<String>,
}
