//! Every page as it was when it was looked at.

use nmf_images::render::{
    Comparison, Convergence, Figure, Gallery, Reconstructions, RuleRow, Rules, Sample, Scale,
    Scaling, Theme, comparison, convergence, gallery, reconstructions, rules,
};

use crate::data::{
    Reconstructed, SHAPE, arrow, bases, bound, eigenimages, facts, falling, images, parts,
};
use crate::look::assert_looks_like;

fn arrows_compared(theme: Theme) -> Figure {
    let (images, facts) = (images(5, SHAPE.pixels()), facts());
    let samples: Vec<Sample> = images.iter().map(Reconstructed::sample).collect();
    let (parts, eigenimages) = (parts(4), eigenimages(4));
    let data = Comparison {
        title: "arrows",
        facts: &facts,
        remark: None,
        bases: &bases(&parts, &eigenimages),
        scaling: Scaling::Each,
        kind_of_samples: "On 40 held-out images, relative errors are NMF 25 %, PCA 12.5 %, mean image 50 %. Some of these images:",
        samples: &samples,
    };
    comparison(&data, theme).expect("drawn")
}

#[test]
fn comparison_looks_as_before() {
    assert_looks_like(&arrows_compared(Theme::Light), "comparison.png");
}

#[test]
fn comparison_on_dark_looks_as_before() {
    assert_looks_like(&arrows_compared(Theme::Dark), "comparison-dark.png");
}

#[test]
fn gallery_of_parts_with_one_scale_looks_as_before() {
    let figure = gallery(
        &Gallery {
            title: "Parts",
            caption: "Each with its share.",
            basis: &parts(4),
            above: None,
            mean: None,
            labels: &["41 %", "30 %", "20 %", "9 %"].map(str::to_owned),
            scale: Scale::FromZero,
            scaling: Scaling::Shared,
        },
        Theme::Light,
    );
    assert_looks_like(&figure.expect("drawn"), "parts.png");
}

#[test]
fn gallery_of_parts_below_true_parts_looks_as_before() {
    let figure = gallery(
        &Gallery {
            title: "Parts",
            caption: "Three are known.",
            basis: &parts(4),
            above: Some(&eigenimages(3)),
            mean: None,
            labels: &["part 0: 0.99", "part 1: 0.61", "no match", "part 3"].map(str::to_owned),
            scale: Scale::FromZero,
            scaling: Scaling::Each,
        },
        Theme::Light,
    );
    assert_looks_like(&figure.expect("drawn"), "known-parts.png");
}

#[test]
fn gallery_of_eigenimages_looks_as_before() {
    let figure = gallery(
        &Gallery {
            title: "Eigenimages",
            caption: "The mean first.",
            basis: &eigenimages(4),
            above: None,
            mean: Some(&arrow(0.7)),
            labels: &["41 %", "30 %", "20 %", "9 %"].map(str::to_owned),
            scale: Scale::Diverging,
            scaling: Scaling::Each,
        },
        Theme::Light,
    );
    assert_looks_like(&figure.expect("drawn"), "eigenimages.png");
}

#[test]
fn reconstructions_look_as_before() {
    let images = images(4, SHAPE.pixels());
    let samples: Vec<Sample> = images.iter().map(Reconstructed::sample).collect();
    let figure = reconstructions(
        &Reconstructions {
            kind: "Training images",
            title: "Reconstructions",
            shape: SHAPE,
            samples: &samples,
        },
        Theme::Light,
    );
    assert_looks_like(&figure.expect("drawn"), "reconstructions.png");
}

#[test]
fn reconstructions_of_flagged_images_look_as_before() {
    let mut images = images(3, SHAPE.pixels());
    images[1].warning = "flagged";
    images[2].name = "a name that is too long to stand in full above its images.png".to_owned();
    images[2].warning = "flagged";
    let samples: Vec<Sample> = images.iter().map(Reconstructed::sample).collect();
    let title = "arrows: new images, from the smallest NMF error to the largest";
    let figure = reconstructions(
        &Reconstructions {
            kind: "New images",
            title,
            shape: SHAPE,
            samples: &samples,
        },
        Theme::Light,
    );
    assert_looks_like(&figure.expect("drawn"), "projection.png");
}

#[test]
fn rules_look_as_before() {
    let facts = [("error", "25 %"), ("sparsity", "0.71"), ("overlap", "0.12")]
        .map(|(n, v)| (n.to_owned(), v.to_owned()));
    let (parts, eigenimages) = (parts(4), eigenimages(4));
    let row = |name, basis, scale| RuleRow {
        name,
        facts: &facts,
        basis,
        scale,
    };
    let figure = rules(
        &Rules {
            title: "arrows",
            rows: &[
                row("hals", &parts, Scale::FromZero),
                row("nonsmooth:0.5", &parts, Scale::FromZero),
                row("PCA", &eigenimages, Scale::Diverging),
            ],
            scaling: Scaling::Each,
        },
        Theme::Light,
    );
    assert_looks_like(&figure.expect("drawn"), "rules.png");
}

#[test]
fn convergence_looks_as_before() {
    let figure = convergence(
        &Convergence {
            title: "Convergence",
            trace: &falling(60),
            bound: Some(&bound(0.08)),
        },
        Theme::Light,
    );
    assert_looks_like(&figure.expect("drawn"), "convergence.png");
}
