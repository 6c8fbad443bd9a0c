//! Hand-made data to draw: arrows, of which no two are the same and no side can be mistaken for another.

use ndarray::Array2;
use nmf_images::basis::{Basis, Shape};
use nmf_images::nmf::Iteration;
use nmf_images::render::{MethodBasis, Reconstruction, Sample};
use nmf_images::report::BoundReport;
use nmf_images::{NMF, PCA};

/// An arrow to the right with a dot below its tail: neither axis nor their order can be mistaken.
pub const ARROW: [&str; 6] = [
    "    #   ", "#####3  ", "    #   ", "        ", "2       ", "        ",
];
pub const SHAPE: Shape = Shape::new(6, 8);

/// The least error of four images.
pub fn bound(relative_error: f64) -> BoundReport {
    BoundReport {
        rank: 4,
        relative_error,
        explained: 1.0 - relative_error.powi(2),
        errors: vec![1.0, 0.5, 0.4, 0.3, relative_error],
    }
}

pub fn arrow(scale: f32) -> Vec<f32> {
    let value = |mark: char| match mark {
        '#' => 1.0,
        '3' => 0.6,
        '2' => 0.3,
        _ => 0.0,
    };
    ARROW
        .iter()
        .flat_map(|row| row.chars())
        .map(|mark| value(mark) * scale)
        .collect()
}

/// Arrows whose tail ever more columns hide: no two tiles are the same.
pub fn parts(rank: usize) -> Basis {
    let mut rows = Array2::zeros((rank, SHAPE.pixels()));
    for (index, mut row) in rows.rows_mut().into_iter().enumerate() {
        for (at, (to, from)) in row.iter_mut().zip(arrow(1.0 + index as f32)).enumerate() {
            *to = if at % SHAPE.width < index { 0.0 } else { from };
        }
    }
    Basis::new(SHAPE, rows)
}

/// The same with every second column negative.
pub fn eigenimages(rank: usize) -> Basis {
    let mut rows = parts(rank).rows().to_owned();
    for mut row in rows.rows_mut() {
        row.iter_mut()
            .skip(1)
            .step_by(2)
            .for_each(|value| *value *= -0.5);
    }
    Basis::new(SHAPE, rows)
}

pub struct Reconstructed {
    pub name: String,
    pub warning: &'static str,
    pub original: Vec<f32>,
    pub reconstructions: [Reconstruction; 2],
}

impl Reconstructed {
    pub fn sample(&self) -> Sample<'_> {
        Sample {
            name: &self.name,
            warning: self.warning,
            original: &self.original,
            reconstructions: &self.reconstructions,
        }
    }
}

/// Reconstructions by NMF and PCA.
fn reconstructions(nmf: Vec<f32>, pca: Vec<f32>, error: f64) -> [Reconstruction; 2] {
    [(&NMF, nmf, error), (&PCA, pca, 0.125)].map(|(method, values, error)| Reconstruction {
        method,
        values,
        error,
    })
}

/// The bases of NMF and PCA.
pub fn bases<'a>(parts: &'a Basis, eigenimages: &'a Basis) -> [MethodBasis<'a>; 2] {
    [(&NMF, parts), (&PCA, eigenimages)].map(|(method, basis)| MethodBasis { method, basis })
}

pub fn images(count: usize, pixels: usize) -> Vec<Reconstructed> {
    let shades = |index: usize, offset: usize| -> Vec<f32> {
        (0..pixels)
            .map(|at| ((at * 7 + index * 3 + offset) % 11) as f32 / 10.0)
            .collect()
    };
    (0..count)
        .map(|index| Reconstructed {
            name: format!("image {index}.png"),
            warning: if pixels != SHAPE.pixels() && index % 2 == 1 {
                "flagged"
            } else {
                ""
            },
            original: if pixels == SHAPE.pixels() {
                arrow(1.0)
            } else {
                shades(index, 0)
            },
            reconstructions: reconstructions(
                shades(index, 1),
                shades(index, 2),
                [0.25, 9.99, 0.000_001, f64::NAN, 12_345.6, 1e300][if pixels == SHAPE.pixels() {
                    0
                } else {
                    index % 6
                }],
            ),
        })
        .collect()
}

pub fn facts() -> Vec<(String, String)> {
    [
        ("images", "400"),
        ("pixels", "8×6"),
        ("rank", "4"),
        ("NMF error", "25 %"),
        ("PCA error", "12.5 %"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

pub fn falling(count: usize) -> Vec<Iteration> {
    (0..count)
        .map(|iteration| Iteration {
            iteration,
            seconds: 0.01 + 0.002 * iteration as f64,
            relative_error: 0.1 + 0.5 / (1.0 + iteration as f64),
            objective: 1.0,
        })
        .collect()
}

pub const SHAPES: [(usize, usize); 8] = [
    (4, 400),
    (400, 4),
    (8, 8),
    (64, 48),
    (48, 64),
    (512, 512),
    (1, 1),
    (30, 100),
];

pub fn titles() -> [String; 5] {
    [
        "faces".to_owned(),
        "A rather long name of a folder ".repeat(7),
        "面孔的部分與本徵影像 лица Ελλάδα وجوه 🙂".repeat(5),
        "<img src=x onerror=\"alert('&')\">\n\u{0}\u{202E}".repeat(6),
        "W".repeat(200),
    ]
}

/// A basis of any shape; sparse, so that large ones cost little.
pub fn basis(rank: usize, shape: Shape) -> Basis {
    let rows = Array2::from_shape_fn((rank, shape.pixels()), |(row, pixel)| {
        ((row + pixel) % 5) as f32 - 1.0
    });
    Basis::new(shape, rows)
}
