//! The relative error by rank.

use anyhow::Result;
use nmf_images::render::{self, RankError};

use super::context::Context;
use super::picture::Picture;

pub(super) fn rank_error(context: &Context) -> Result<Vec<Picture>> {
    let (nmf, pca) = (context.nmf, context.pca);
    let rank = nmf.basis.rank();
    let caption = match context.images.mask {
        None => {
            "No sum of k images has a smaller error than the best k of any sign (Eckart and Young, 1936). PCA uses one image more: the mean."
        }
        Some(_) => {
            "Errors over the known pixels. At lower ranks, the error of PCA is that of its first eigenimages."
        }
    };
    let bound = context.report.bound.as_ref();
    let bound = bound.map_or(&[][..], |bound| &bound.errors);
    let data = RankError {
        title: &format!("{}: relative error by rank", context.title_of_errors()),
        caption,
        bound: &bound[..bound.len().min(2 * rank + 1)],
        pca: &pca.errors[..pca.errors.len().min(2 * rank + 1)],
        nmf: (rank, nmf.relative_error),
        others: &[],
    };
    let figure = render::rank_error(&data, context.theme)?;
    let caption = caption.to_owned() + context.weighted();
    Picture::chart(&context.arguments.writing, "rank-error", &caption, &figure)
}
