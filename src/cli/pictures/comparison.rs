//! Parts beside eigenimages, and what both make of some images.

use anyhow::Result;
use nmf_images::NMF;
use nmf_images::render::{self, Comparison, Figure, percent};

use super::rebuilt::Rebuilt;
use super::{Context, Picture, evenly};

/// Images on the slide, of which as many are drawn as fit.
const MOST: usize = 8;

pub(super) fn comparison(context: &Context) -> Result<Vec<Picture>> {
    context.page(
        "comparison",
        "Parts beside eigenimages, and what both make of some images.",
        &slide(context)?,
    )
}

/// The slide itself.
pub fn slide(context: &Context) -> Result<Figure> {
    let Context {
        images,
        nmf,
        pca,
        report,
        ..
    } = context;
    let fact = |name: &str, value: String| (name.to_owned(), value);
    let found = report
        .truth
        .as_ref()
        .map(|truth| fact("found", format!("{} of {}", truth.found[&NMF], truth.known)));
    let facts = [
        fact("images", report.input.images.to_string()),
        fact("pixels", images.shape.to_string()),
        fact("rank", report.nmf.rank.to_string()),
        fact("NMF error", percent(nmf.relative_error)),
        fact("PCA error", percent(pca.relative_error)),
        fact("sparsity", format!("{:.2}", report.parts.sparsity)),
        fact("overlap", format!("{:.2}", report.parts.overlap)),
    ];
    let facts: Vec<(String, String)> = facts.into_iter().chain(found).collect();
    let chosen = evenly(images.names.len(), MOST);
    let rebuilt = Rebuilt::of_run(context, &chosen);
    Ok(render::comparison(
        &Comparison {
            title: &context.title,
            facts: &facts,
            parts: &context.parts,
            eigenimages: &context.eigenimages,
            scaling: context.scaling,
            samples: &rebuilt.iter().map(Rebuilt::sample).collect::<Vec<_>>(),
        },
        context.theme,
    )?)
}
