//! Plain f64 versions of the learning rules, written as they are defined.

#![allow(dead_code, reason = "each test file uses its share")]

use ndarray::{Array1, Array2, Axis, Zip, s};
use nmf_images::nmf::{Overlap, Penalties};

pub type Matrix = Array2<f64>;

/// X, and W and H to begin with; the first `fixed` rows of H do not change.
pub struct Start {
    pub x: Matrix,
    pub w: Matrix,
    pub h: Matrix,
    pub fixed: usize,
}

impl Start {
    pub fn new(x: &Array2<f32>, w: &Array2<f32>, h: &Array2<f32>) -> Self {
        let wide = |matrix: &Array2<f32>| matrix.mapv(f64::from);
        Self {
            x: wide(x),
            w: wide(w),
            h: wide(h),
            fixed: 0,
        }
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
        h = basis(&xt, h.t().to_owned(), &w.t().to_owned())
            .t()
            .to_owned();
    }
    Run {
        after_weights,
        after_basis: (w, h),
    }
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
    let beside = |fixed| {
        move |x: &Matrix, mut own: Matrix, other: &Matrix| {
            let to_rest = Sweeps {
                fixed,
                ..Sweeps::to_rest(x, &own, sweeps)
            };
            to_rest.over(x, &mut own, other);
            own
        }
    };
    alternate(start, count, beside(0), beside(start.fixed))
}

/// Sweeps end once their squared change is this share of what it first was.
const REST: f64 = 0.01;

/// Sweeps over runs of 64 rows.
struct Sweeps {
    /// The most of them.
    most: usize,
    /// They end once their squared change is this share of what it first was.
    rest: f64,
    /// Each but the first begins this many times the last change beyond it.
    momentum: f64,
    /// The first so many parts stay as they are.
    fixed: usize,
}

impl Sweeps {
    /// At most `most` sweeps, and no more than take the steps of the products.
    fn to_rest(x: &Matrix, own: &Matrix, most: usize) -> Self {
        Self {
            most: (x.ncols() / own.ncols()).clamp(1, most),
            rest: REST,
            momentum: 0.0,
            fixed: 0,
        }
    }

    fn over(&self, x: &Matrix, own: &mut Matrix, other: &Matrix) {
        sweep_ahead(x, own, other, self);
    }
}

/// Sweeps over runs of 64 rows, each until its squared change is the share `rest` of what it first was.
fn sweep(x: &Matrix, own: &mut Matrix, other: &Matrix, sweeps: usize, rest: f64) {
    let plain = Sweeps {
        most: sweeps,
        rest,
        momentum: 0.0,
        fixed: 0,
    };
    plain.over(x, own, other);
}

fn sweep_ahead(x: &Matrix, own: &mut Matrix, other: &Matrix, sweeps: &Sweeps) {
    let (a, g) = (x.dot(&other.t()), other.dot(&other.t()));
    for start in (0..own.nrows()).step_by(64) {
        let mut first = 0.0;
        let rows = s![start..own.nrows().min(start + 64), ..];
        let mut before = own.slice(rows).to_owned();
        for sweep in 0..sweeps.most {
            let mut change = 0.0;
            if sweep > 0 {
                let last = own.slice(rows).to_owned();
                own.slice_mut(rows)
                    .assign(&ahead(&last, &before, sweeps.momentum));
                before = last;
            }
            for row in start..own.nrows().min(start + 64) {
                for l in sweeps.fixed..own.ncols() {
                    let overlap: f64 = (0..own.ncols()).map(|j| own[[row, j]] * g[[j, l]]).sum();
                    let new = (own[[row, l]] + (a[[row, l]] - overlap) / g[[l, l]]).max(0.0);
                    change += (new - own[[row, l]]).powi(2);
                    own[[row, l]] = new;
                }
            }
            if sweep == 0 {
                first = change;
            } else if change <= sweeps.rest * first {
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
    let sweep = |x: &Matrix, own: &mut Matrix, other: &Matrix, fixed| {
        let sweeps = Sweeps {
            momentum: 0.4,
            fixed,
            ..Sweeps::to_rest(x, own, 12)
        };
        sweeps.over(x, own, other);
    };
    for _ in 0..count {
        let h = h_lead.t().to_owned();
        sweep(x, &mut w_lead, &h, 0);
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
        sweep(&xt, &mut h_lead, &w_lead.t().to_owned(), start.fixed);
        let h_new = h_lead.clone();
        h_lead = ahead(&h_new, &h_last, beta);
        h_last = h_new;
    }
    Run {
        after_weights,
        after_basis: (w_lead, h_lead.t().to_owned()),
    }
}

fn ahead(new: &Matrix, last: &Matrix, beta: f64) -> Matrix {
    Zip::from(new)
        .and(last)
        .map_collect(|&new, &last| (new + beta * (new - last)).max(0.0))
}

/// The sum of the β-divergences.
pub fn divergence(beta: f64, x: &Matrix, w: &Matrix, h: &Matrix) -> f64 {
    let between = |x: f64, m: f64| match beta {
        2.0 => 0.5 * (x - m).powi(2),
        1.0 => m - x + if x > 0.0 { x * (x / m).ln() } else { 0.0 },
        0.0 => x / m - (x / m).ln() - 1.0,
        _ => {
            (x.powf(beta) + (beta - 1.0) * m.powf(beta) - beta * x * m.powf(beta - 1.0))
                / (beta * (beta - 1.0))
        }
    };
    Zip::from(x)
        .and(&w.dot(h))
        .fold(0.0, |sum, &x, &m| sum + between(x, m))
}

/// Multiplicative updates on the β-divergence.
pub fn multiplicative(beta: f64, start: &Start, count: usize) -> Run {
    let exponent = if beta < 1.0 {
        1.0 / (2.0 - beta)
    } else {
        f64::max(1.0, beta - 1.0).recip()
    };
    let beside = |fixed| {
        move |x: &Matrix, own: Matrix, other: &Matrix| {
            let m = own.dot(other);
            let numerator = (x * &m.mapv(|m| m.powf(beta - 2.0))).dot(&other.t());
            let denominator = m.mapv(|m| m.powf(beta - 1.0)).dot(&other.t());
            let mut factors = (numerator / denominator).mapv(|quotient| quotient.powf(exponent));
            factors.slice_mut(s![.., ..fixed]).fill(1.0);
            own * factors
        }
    };
    alternate(start, count, beside(0), beside(start.fixed))
}

/// Huber's loss of a residual.
fn huber(residual: f64, delta: f64) -> f64 {
    let size = residual.abs();
    if size <= delta {
        0.5 * size * size
    } else {
        delta * (size - 0.5 * delta)
    }
}

/// The sum of Huber's loss over all pixels.
pub fn huber_loss(delta: f64, x: &Matrix, w: &Matrix, h: &Matrix) -> f64 {
    (x - &w.dot(h)).iter().map(|&r| huber(r, delta)).sum()
}

/// Sweeps over an X whose pixels are at most `delta` from their reconstruction.
pub fn clipped(delta: f64, start: &Start, count: usize) -> Run {
    let improve = |x: &Matrix, mut own: Matrix, other: &Matrix| {
        let m = own.dot(other);
        let near = &m + &(x - &m).mapv(|r| r.clamp(-delta, delta));
        Sweeps::to_rest(&near, &own, 12).over(&near, &mut own, other);
        own
    };
    alternate(start, count, improve, improve)
}

/// A fiftieth of the root mean square of the pixels.
pub fn least_pixel(x: &Matrix) -> f64 {
    0.02 * (x.iter().map(|v| v * v).sum::<f64>() / x.len() as f64).sqrt()
}

/// The sum of the absolute residuals of the pixels, small ones by their squares.
pub fn l1_norm(x: &Matrix, w: &Matrix, h: &Matrix) -> f64 {
    huber_loss(least_pixel(x), x, w, h) / least_pixel(x)
}

/// A hundredth of the root mean square of the lengths of the images.
fn least_length(x: &Matrix) -> f64 {
    0.01 * (x.iter().map(|v| v * v).sum::<f64>() / x.nrows() as f64).sqrt()
}

/// The sum of the lengths of the residuals of the images, short ones by their squares.
pub fn l21_norm(x: &Matrix, w: &Matrix, h: &Matrix) -> f64 {
    let (residual, least) = (x - &w.dot(h), least_length(x));
    let rows = residual.rows().into_iter();
    rows.map(|row| huber(row.dot(&row).sqrt(), least) / least)
        .sum()
}

/// Sweeps, in the update of H over images that count the less the worse they are reconstructed.
pub fn l21(start: &Start, count: usize) -> Run {
    let least = least_length(&start.x);
    let weights = |x: &Matrix, mut w: Matrix, h: &Matrix| {
        Sweeps::to_rest(x, &w, 12).over(x, &mut w, h);
        w
    };
    let basis = |x: &Matrix, mut h: Matrix, w: &Matrix| {
        let residual = x - &h.dot(w);
        let lengths = residual.map_axis(Axis(0), |image| norm(&image.to_owned()));
        let roots = lengths.mapv(|length| length.max(least).recip().sqrt());
        let weighted = x * &roots;
        Sweeps::to_rest(&weighted, &h, 12).over(&weighted, &mut h, &(w * &roots));
        h
    };
    alternate(start, count, weights, basis)
}

/// Local factorisation: a root for W, parts that add up to 1.
pub fn local(start: &Start, count: usize) -> Run {
    let quotients =
        |x: &Matrix, own: &Matrix, other: &Matrix| (x / &own.dot(other)).dot(&other.t());
    let weights = |x: &Matrix, w: Matrix, h: &Matrix| (quotients(x, &w, h) * w).mapv(f64::sqrt);
    let basis = |x: &Matrix, h: Matrix, w: &Matrix| {
        let h = quotients(x, &h, w) * h / w.sum_axis(Axis(1));
        let sums = h.sum_axis(Axis(0));
        h / sums
    };
    alternate(start, count, weights, basis)
}

/// Exact least squares: coordinate descent to the end.
pub fn exact(start: &Start, count: usize) -> Run {
    let improve = |x: &Matrix, mut own: Matrix, other: &Matrix| {
        sweep(x, &mut own, other, usize::MAX, 1e-14);
        own
    };
    alternate(start, count, improve, improve)
}

/// Up to four sweeps over whole columns, each column brought to its bound once its free minimum is known.
fn sweep_parts(
    x: &Matrix,
    own: &mut Matrix,
    other: &Matrix,
    bound: impl Fn(&Array1<f64>) -> Array1<f64>,
) {
    let (a, g) = (x.dot(&other.t()), other.dot(&other.t()));
    let mut first = 0.0;
    for sweep in 0..4 {
        let mut change = 0.0;
        for l in 0..own.ncols() {
            let free = &own.column(l) + &((&a.column(l) - &own.dot(&g.column(l))) / g[[l, l]]);
            let new = bound(&free);
            change += (&new - &own.column(l)).mapv(|v| v * v).sum();
            own.column_mut(l).assign(&new);
        }
        if sweep == 0 {
            first = change;
        } else if change <= REST * first {
            break;
        }
    }
}

/// Least squares with the sparseness of every part, of its weights, or of both held.
pub fn hoyer(basis: Option<f64>, weights: Option<f64>, start: &Start, count: usize) -> Run {
    let hold = |mut factor: Matrix, held: Option<f64>| {
        if let Some(sparseness) = held {
            for mut part in factor.columns_mut() {
                let nearest = of_sparseness(&part.to_owned(), sparseness);
                part.assign(&nearest);
            }
        }
        factor
    };
    let improve = |held: Option<f64>| {
        move |x: &Matrix, mut own: Matrix, other: &Matrix| {
            match held {
                Some(sparseness) => {
                    sweep_parts(x, &mut own, other, |free| of_sparseness(free, sparseness));
                }
                None => sweep(x, &mut own, other, 12, REST),
            }
            own
        }
    };
    let h = hold(start.h.t().to_owned(), basis).t().to_owned();
    let start = Start {
        x: start.x.clone(),
        w: hold(start.w.clone(), weights),
        h,
        fixed: 0,
    };
    alternate(&start, count, improve(weights), improve(basis))
}

/// The vector of a sparseness nearest to `free`: the threshold by bisection.
fn of_sparseness(free: &Array1<f64>, sparseness: f64) -> Array1<f64> {
    let root = (free.len() as f64).sqrt();
    let goal = root - sparseness * (root - 1.0);
    let above = |threshold: f64| free.mapv(|v| (v - threshold).max(0.0));
    let highest = free.iter().fold(f64::NEG_INFINITY, |a, &b| a.max(b));
    let (mut low, mut high) = (-1e4 * norm(free), highest);
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        let part = above(middle);
        if part.sum() / norm(&part) > goal {
            low = middle;
        } else {
            high = middle;
        }
    }
    let direction = above(low);
    let length = direction.dot(free).max(0.0) / direction.dot(&direction);
    direction * length
}

fn norm(v: &Array1<f64>) -> f64 {
    v.dot(v).sqrt()
}

/// Least squares through a smoothing S between parts of length 1; the weights of a run are W S.
pub fn nonsmooth(theta: f64, start: &Start, count: usize) -> Run {
    let rank = start.h.nrows();
    let mix = |(a, b)| theta / rank as f64 + if a == b { 1.0 - theta } else { 0.0 };
    let s = Matrix::from_shape_fn((rank, rank), mix);
    let lengths = Array1::from_iter(
        start
            .h
            .rows()
            .into_iter()
            .map(|part| norm(&part.to_owned())),
    );
    let h = &start.h / &lengths.view().insert_axis(Axis(1));
    let weights = |x: &Matrix, mut w: Matrix, h: &Matrix| {
        sweep(x, &mut w, &s.dot(h), 12, REST);
        w
    };
    let basis = |x: &Matrix, mut h: Matrix, w: &Matrix| {
        sweep_parts(x, &mut h, &s.dot(w), |free| {
            let positive = free.mapv(|v| v.max(0.0));
            let length = norm(&positive);
            positive / length
        });
        h
    };
    let run = alternate(
        &Start {
            x: start.x.clone(),
            w: &start.w * &lengths,
            h,
            fixed: 0,
        },
        count,
        weights,
        basis,
    );
    let smooth = |(w, h): (Matrix, Matrix)| (w.dot(&s), h);
    Run {
        after_weights: run.after_weights.into_iter().map(smooth).collect(),
        after_basis: smooth(run.after_basis),
    }
}

/// One sweep an update, with penalties.
pub fn penalised_hals(penalties: &Penalties, start: &Start, count: usize) -> Run {
    let (x, xt) = (&start.x, start.x.t().to_owned());
    let (mut w, mut h, mut after_weights) = (start.w.clone(), start.h.clone(), Vec::new());
    let costs = |alpha: f64, count: usize| {
        let alpha = alpha * count as f64;
        (
            alpha * penalties.l1_ratio,
            alpha * (1.0 - penalties.l1_ratio),
        )
    };
    let none = Matrix::zeros((h.nrows(), h.nrows()));
    for iteration in 1..=count {
        penalised_sweep(x, &mut w, &h, costs(penalties.alpha_w, x.ncols()), &none);
        after_weights.push((w.clone(), h.clone()));
        let (mut ht, pair) = (
            h.t().to_owned(),
            pairs(&w, strength(penalties.overlap, iteration)),
        );
        penalised_sweep(
            &xt,
            &mut ht,
            &w.t().to_owned(),
            costs(penalties.alpha_h, x.nrows()),
            &pair,
        );
        h = ht.t().to_owned();
    }
    Run {
        after_weights,
        after_basis: (w, h),
    }
}

/// Each value becomes the best with all others fixed, where values cost `l1`, half their squares `l2`, and the products
/// of two columns' values `pair`.
fn penalised_sweep(
    x: &Matrix,
    own: &mut Matrix,
    other: &Matrix,
    (l1, l2): (f64, f64),
    pair: &Matrix,
) {
    let (products, gram) = (x.dot(&other.t()), other.dot(&other.t()));
    for row in 0..own.nrows() {
        for a in 0..own.ncols() {
            let others: f64 = (0..own.ncols())
                .filter(|&b| b != a)
                .map(|b| (gram[[a, b]] + pair[[a, b]]) * own[[row, b]])
                .sum();
            own[[row, a]] = ((products[[row, a]] - l1 - others) / (gram[[a, a]] + l2)).max(0.0);
        }
    }
}

/// The strength of the overlap penalty in the update of H of an iteration, counted from 1.
pub fn strength(overlap: Overlap, iteration: usize) -> f64 {
    overlap.from + (overlap.to - overlap.from) * (iteration - 1) as f64 / Overlap::TAPER as f64
}

/// `L ‖w_a‖ ‖w_b‖` for each pair.
fn pairs(w: &Matrix, strength: f64) -> Matrix {
    let norm = |a: usize| norm(&w.column(a).to_owned());
    Matrix::from_shape_fn((w.ncols(), w.ncols()), |(a, b)| {
        strength * norm(a) * norm(b)
    })
}

/// The squared error and what is added to it, with the overlap penalty as strong as `strength`.
pub fn penalised_error(
    penalties: &Penalties,
    strength: f64,
    x: &Matrix,
    w: &Matrix,
    h: &Matrix,
) -> f64 {
    let (n, p) = x.dim();
    let cost = |alpha: f64, count: usize, factor: &Matrix| {
        let squares = factor.iter().map(|v| v * v).sum::<f64>();
        alpha
            * count as f64
            * (penalties.l1_ratio * factor.sum() + 0.5 * (1.0 - penalties.l1_ratio) * squares)
    };
    let pair = pairs(w, strength);
    let overlap = |a: usize, b: usize| pair[[a, b]] * h.row(a).dot(&h.row(b));
    let overlaps: f64 = (0..h.nrows())
        .map(|a| (0..a).map(|b| overlap(a, b)).sum::<f64>())
        .sum();
    squared_error(x, w, h)
        + cost(penalties.alpha_w, p, w)
        + cost(penalties.alpha_h, n, h)
        + overlaps
}
