//! Plain f64 twins of the learning rules: the definitions as they are written, nothing else.

use ndarray::{Array2, Axis, Zip};

pub type Matrix = Array2<f64>;

/// X, and W and H to begin with.
pub struct Start {
    pub x: Matrix,
    pub w: Matrix,
    pub h: Matrix,
}

impl Start {
    pub fn new(x: &Array2<f32>, w: &Array2<f32>, h: &Array2<f32>) -> Self {
        let wide = |matrix: &Array2<f32>| matrix.mapv(f64::from);
        Self { x: wide(x), w: wide(w), h: wide(h) }
    }
}

/// What a rule makes small, of X, W and H.
pub type Objective = fn(&Matrix, &Matrix, &Matrix) -> f64;

/// W and H after the updates of W of each iteration, and after the last update of H.
pub struct Run {
    pub after_weights: Vec<(Matrix, Matrix)>,
    pub after_basis: (Matrix, Matrix),
}

/// Improves W, then H, `count` times.
fn alternate(
    start: &Start,
    count: usize,
    weights: impl Fn(&Matrix, Matrix, &Matrix) -> Matrix,
    basis: impl Fn(&Matrix, Matrix, &Matrix) -> Matrix,
) -> Run {
    let (x, xt) = (&start.x, start.x.t().to_owned());
    let (mut w, mut h, mut after_weights) = (start.w.clone(), start.h.clone(), Vec::new());
    for _ in 0..count {
        w = weights(x, w, &h);
        after_weights.push((w.clone(), h.clone()));
        h = basis(&xt, h.t().to_owned(), &w.t().to_owned()).t().to_owned();
    }
    Run { after_weights, after_basis: (w, h) }
}

pub fn squared_error(x: &Matrix, w: &Matrix, h: &Matrix) -> f64 {
    0.5 * (x - &w.dot(h)).iter().map(|v| v * v).sum::<f64>()
}

/// One sweep of coordinate descent an update.
pub fn plain_hals(start: &Start, count: usize) -> Run {
    hals(start, count, 1)
}

/// `sweeps` of coordinate descent an update, at the most.
pub fn hals(start: &Start, count: usize, sweeps: usize) -> Run {
    let improve = |x: &Matrix, mut own: Matrix, other: &Matrix| {
        sweep(x, &mut own, other, sweeps);
        own
    };
    alternate(start, count, improve, improve)
}

/// Sweeps over runs of 64 rows, each until its squared change is a hundredth of what it first was.
fn sweep(x: &Matrix, own: &mut Matrix, other: &Matrix, sweeps: usize) {
    let (a, g) = (x.dot(&other.t()), other.dot(&other.t()));
    for start in (0..own.nrows()).step_by(64) {
        let mut first = 0.0;
        for sweep in 0..sweeps {
            let mut change = 0.0;
            for row in start..own.nrows().min(start + 64) {
                for l in 0..own.ncols() {
                    let overlap: f64 = (0..own.ncols()).map(|j| own[[row, j]] * g[[j, l]]).sum();
                    let new = (own[[row, l]] + (a[[row, l]] - overlap) / g[[l, l]]).max(0.0);
                    change += (new - own[[row, l]]).powi(2);
                    own[[row, l]] = new;
                }
            }
            if sweep == 0 {
                first = change;
            } else if change <= 0.01 * first {
                break;
            }
        }
    }
}

/// Up to twelve sweeps an update, extrapolated.
pub fn accelerated_hals(start: &Start, count: usize) -> Run {
    let (x, xt) = (&start.x, start.x.t().to_owned());
    let (mut w_lead, mut h_lead) = (start.w.clone(), start.h.t().to_owned());
    let (mut w_last, mut h_last) = (w_lead.clone(), h_lead.clone());
    let (mut beta, mut bound) = (0.0, 1.0);
    let (mut errors, mut after_weights) = (Vec::<f64>::new(), Vec::new());
    for _ in 0..count {
        let h = h_lead.t().to_owned();
        sweep(x, &mut w_lead, &h, 12);
        errors.push(squared_error(x, &w_lead, &h));
        after_weights.push((w_lead.clone(), h));
        let w_new = w_lead.clone();
        w_lead = ahead(&w_new, &w_last, beta);
        w_last = w_new;
        match errors[..] {
            [_] => beta = 0.5,
            [.., before, now] if now > before => {
                (bound, beta) = (beta, beta / 1.5);
                w_lead.clone_from(&w_last);
            }
            _ => {
                beta = f64::min(1.01 * beta, bound);
                bound = f64::min(1.005 * bound, 1.0);
            }
        }
        sweep(&xt, &mut h_lead, &w_lead.t().to_owned(), 12);
        let h_new = h_lead.clone();
        h_lead = ahead(&h_new, &h_last, beta);
        h_last = h_new;
    }
    Run { after_weights, after_basis: (w_lead, h_lead.t().to_owned()) }
}

fn ahead(new: &Matrix, last: &Matrix, beta: f64) -> Matrix {
    Zip::from(new).and(last).map_collect(|&new, &last| (new + beta * (new - last)).max(0.0))
}

/// The sum of the β-divergences.
pub fn divergence(beta: f64, x: &Matrix, w: &Matrix, h: &Matrix) -> f64 {
    let between = |x: f64, m: f64| match beta {
        2.0 => 0.5 * (x - m).powi(2),
        1.0 => m - x + if x > 0.0 { x * (x / m).ln() } else { 0.0 },
        0.0 => x / m - (x / m).ln() - 1.0,
        _ => (x.powf(beta) + (beta - 1.0) * m.powf(beta) - beta * x * m.powf(beta - 1.0)) / (beta * (beta - 1.0)),
    };
    Zip::from(x).and(&w.dot(h)).fold(0.0, |sum, &x, &m| sum + between(x, m))
}

/// Multiplicative updates on the β-divergence.
pub fn multiplicative(beta: f64, start: &Start, count: usize) -> Run {
    let exponent = if beta < 1.0 { 1.0 / (2.0 - beta) } else { f64::max(1.0, beta - 1.0).recip() };
    let improve = |x: &Matrix, own: Matrix, other: &Matrix| {
        let m = own.dot(other);
        let numerator = (x * &m.mapv(|m| m.powf(beta - 2.0))).dot(&other.t());
        let denominator = m.mapv(|m| m.powf(beta - 1.0)).dot(&other.t());
        own * (numerator / denominator).mapv(|quotient| quotient.powf(exponent))
    };
    alternate(start, count, improve, improve)
}

/// Local factorisation: a root for W, parts that add up to 1.
pub fn local(start: &Start, count: usize) -> Run {
    let quotients = |x: &Matrix, own: &Matrix, other: &Matrix| (x / &own.dot(other)).dot(&other.t());
    let weights = |x: &Matrix, w: Matrix, h: &Matrix| (quotients(x, &w, h) * w).mapv(f64::sqrt);
    let basis = |x: &Matrix, h: Matrix, w: &Matrix| {
        let h = quotients(x, &h, w) * h / w.sum_axis(Axis(1));
        let sums = h.sum_axis(Axis(0));
        h / sums
    };
    alternate(start, count, weights, basis)
}
