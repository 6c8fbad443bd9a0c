//! What rank buys.

use anyhow::Result;
use nmf_images::render::{self, RankError};

use super::{Context, Picture};

pub(super) fn rank_error(context: &Context) -> Result<Vec<Picture>> {
    let (nmf, pca) = (context.nmf, context.pca);
    let rank = nmf.basis.rank();
    let caption = match context.images.mask {
        None => {
            "No factorisation of a rank gets below PCA's error at that rank (Eckart and Young, 1936)."
        }
        Some(_) => {
            "Of the known pixels; PCA's errors of lower ranks are of the same eigenimages, the first ones alone."
        }
    };
    let data = RankError {
        title: &format!("{}: what rank buys", context.title),
        caption,
        pca: &pca.errors[..pca.errors.len().min(2 * rank + 1)],
        nmf: (rank, nmf.relative_error),
        others: &[],
    };
    Ok(vec![Picture::svg(
        "rank-error",
        caption,
        &render::rank_error(&data, context.theme)?,
    )])
}
