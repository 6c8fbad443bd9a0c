//! Plain f64 versions of the rules for unknown pixels: `known` is 1 where a pixel is known, 0
//! elsewhere.

#![allow(dead_code, reason = "each test file uses its share")]

use ndarray::Array2;

pub type Matrix = Array2<f64>;

/// `½ Σ (X − W H)²` over the known pixels.
pub fn squared_error(x: &Matrix, known: &Matrix, w: &Matrix, h: &Matrix) -> f64 {
    0.5 * (known * (x - &w.dot(h)).mapv(|v| v * v)).sum()
}

/// ‖X − W H‖ / ‖X‖ over the known pixels.
pub fn relative_error(x: &Matrix, known: &Matrix, w: &Matrix, h: &Matrix) -> f64 {
    (2.0 * squared_error(x, known, w, h) / (known * &x.mapv(|v| v * v)).sum()).sqrt()
}

/// Improves W, then H, `count` times; gives the pair after each update of W.
fn alternate(
    (x, known): (&Matrix, &Matrix),
    (mut w, mut h): (Matrix, Matrix),
    count: usize,
    improve: impl Fn(&Matrix, &Matrix, &mut Matrix, &Matrix),
) -> Vec<(Matrix, Matrix)> {
    let (xt, known_t) = (x.t().to_owned(), known.t().to_owned());
    let mut after_weights = Vec::new();
    for _ in 0..count {
        improve(x, known, &mut w, &h);
        after_weights.push((w.clone(), h.clone()));
        let mut own = h.t().to_owned();
        improve(&xt, &known_t, &mut own, &w.t().to_owned());
        h = own.t().to_owned();
    }
    after_weights
}

/// Fills what is unknown with W H, then makes one sweep of coordinate descent on the filled matrix.
pub fn filled_hals(
    x: (&Matrix, &Matrix),
    start: (Matrix, Matrix),
    count: usize,
) -> Vec<(Matrix, Matrix)> {
    alternate(x, start, count, |x, known, own, other| {
        let filled = known * x + (1.0 - known) * own.dot(other);
        let (a, g) = (filled.dot(&other.t()), other.dot(&other.t()));
        for row in 0..own.nrows() {
            for l in 0..own.ncols() {
                let overlap: f64 = (0..own.ncols()).map(|j| own[[row, j]] * g[[j, l]]).sum();
                own[[row, l]] = (own[[row, l]] + (a[[row, l]] - overlap) / g[[l, l]]).max(0.0);
            }
        }
    })
}

/// Weighted coordinate descent: each value to its best over the known pixels, without any filling.
pub fn weighted_hals(
    x: (&Matrix, &Matrix),
    start: (Matrix, Matrix),
    count: usize,
) -> Vec<(Matrix, Matrix)> {
    alternate(x, start, count, |x, known, own, other| {
        let mut rest = known * (x - &own.dot(other));
        for l in 0..own.ncols() {
            for row in 0..own.nrows() {
                let (mut along, mut square) = (0.0, 0.0);
                for column in 0..x.ncols() {
                    along += rest[[row, column]] * other[[l, column]];
                    square += known[[row, column]] * other[[l, column]].powi(2);
                }
                let new = if square > 0.0 {
                    (own[[row, l]] + along / square).max(0.0)
                } else {
                    0.0
                };
                let change = new - own[[row, l]];
                for column in 0..x.ncols() {
                    rest[[row, column]] -= known[[row, column]] * change * other[[l, column]];
                }
                own[[row, l]] = new;
            }
        }
    })
}

/// Multiplicative updates on the β-divergence, known pixels alone in numerator and denominator.
pub fn multiplicative(
    beta: f64,
    x: (&Matrix, &Matrix),
    start: (Matrix, Matrix),
    count: usize,
) -> Vec<(Matrix, Matrix)> {
    let exponent = if beta < 1.0 {
        1.0 / (2.0 - beta)
    } else {
        f64::max(1.0, beta - 1.0).recip()
    };
    alternate(x, start, count, |x, known, own, other| {
        let m = own.dot(other);
        let numerator = (known * x * &m.mapv(|m| m.powf(beta - 2.0))).dot(&other.t());
        let denominator = (known * &m.mapv(|m| m.powf(beta - 1.0))).dot(&other.t());
        *own *= &(numerator / denominator).mapv(|quotient| quotient.powf(exponent));
    })
}

/// The mean row, scores and orthonormal rows of the given rank that come closest to the known pixels: fills what is
/// unknown with them, finds those of the filled matrix, and so on.
pub fn filled_pca((x, known): (&Matrix, &Matrix), rank: usize, rounds: usize) -> Matrix {
    let counts = known.sum_axis(ndarray::Axis(0));
    let mut filled = known * x + (1.0 - known) * &((known * x).sum_axis(ndarray::Axis(0)) / counts);
    let mut rebuilt = filled.clone();
    for _ in 0..rounds {
        let mean = filled.mean_axis(ndarray::Axis(0)).unwrap();
        let centred = &filled - &mean;
        let basis = leading(&centred.t().dot(&centred), rank);
        rebuilt = centred.dot(&basis).dot(&basis.t()) + &mean;
        filled = known * x + (1.0 - known) * &rebuilt;
    }
    rebuilt
}

/// The leading eigenvectors of a symmetric matrix, as columns: orthogonal iteration to the end.
fn leading(matrix: &Matrix, rank: usize) -> Matrix {
    let mut vectors = Array2::from_shape_fn((matrix.nrows(), rank), |(i, l)| {
        ((i * 7 + l * 13) % 11) as f64 - 5.0
    });
    for _ in 0..300 {
        vectors = matrix.dot(&vectors);
        for l in 0..rank {
            for j in 0..l {
                let share = vectors.column(j).dot(&vectors.column(l));
                let other = vectors.column(j).to_owned();
                vectors.column_mut(l).scaled_add(-share, &other);
            }
            let norm = vectors.column(l).dot(&vectors.column(l)).sqrt();
            vectors.column_mut(l).mapv_inplace(|v| v / norm);
        }
    }
    vectors
}
