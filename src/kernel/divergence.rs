//! Sums over `M = W H`, for rules that minimise another divergence than the squared error. At most one
//! chunk of one panel of M is in memory at a time.

use super::dispatch::{add_scaled, load};
use super::fixed_factor::FixedFactor;
use super::gram::PackedGram;
use super::known_bits::clear_unknown_lanes;
use super::layout::{ALL_PLACES, CHUNK, CHUNKS_PER_RUN, Lanes, WIDTH, groups};
use super::panel_matrix::PanelMatrix;
use super::products::{add_lanes, product};
use super::rebuild::rebuild;

/// The lower limit of m as a fraction of the root mean square of X: powers of 0 are infinite.
const MIN_RECONSTRUCTION: f32 = f32::EPSILON;

/// The β-divergence between a value x and its reconstruction m.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Divergence {
    /// β = 2: `½ (x − m)²`; used with unknown values, since otherwise products alone are less work.
    SquaredError,
    /// β = 1: `x ln(x / m) − x + m`.
    KullbackLeibler,
    /// β = 0: `x / m − ln(x / m) − 1`.
    ItakuraSaito,
    /// Any other β: `(x^β + (β − 1) m^β − β x m^(β−1)) / (β (β − 1))`.
    Beta(f64),
}

impl Divergence {
    /// Returns the divergence of one value.
    fn between(self, x: f64, m: f64) -> f64 {
        match self {
            Self::SquaredError => 0.5 * (x - m).powi(2),
            Self::KullbackLeibler if x > 0.0 => x * (x / m).ln() - x + m,
            Self::KullbackLeibler => m,
            Self::ItakuraSaito => x / m - (x / m).ln() - 1.0,
            Self::Beta(beta) => {
                let power = m.powf(beta - 1.0);
                (x.powf(beta) + (beta - 1.0) * m * power - beta * x * power) / (beta * (beta - 1.0))
            }
        }
    }
}

/// The numerators and denominators of a panel's multiplicative update, (rank) entries each.
#[derive(Clone)]
pub(crate) struct Quotient {
    /// `Σ_j x_j m_j^(β−2) h_lj`.
    pub(crate) numerators: Vec<Lanes>,
    /// `Σ_j m_j^(β−1) h_lj`.
    pub(crate) denominators: Vec<Lanes>,
}

impl Quotient {
    fn zero(rank: usize) -> Self {
        Self {
            numerators: vec![Lanes::ZERO; rank],
            denominators: vec![Lanes::ZERO; rank],
        }
    }

    fn add(&mut self, other: &Self) {
        add_lanes(&mut self.numerators, &other.numerators);
        add_lanes(&mut self.denominators, &other.denominators);
    }

    /// Returns the numerators followed by the denominators.
    pub(crate) fn into_rows(mut self) -> Vec<Lanes> {
        self.numerators.extend(self.denominators);
        self.numerators
    }

    /// Restores what [`Quotient::into_rows`] returned.
    pub(crate) fn of_rows(rows: &[Lanes]) -> Self {
        let (numerators, denominators) = rows.split_at(rows.len() / 2);
        Self {
            numerators: numerators.to_vec(),
            denominators: denominators.to_vec(),
        }
    }
}

impl PanelMatrix {
    /// Returns the quotient of panel `index`, with M from `factor`, (rank) entries, and the fixed factor.
    pub(crate) fn quotient(
        &self,
        index: usize,
        factor: &[Lanes],
        fixed: &FixedFactor,
        divergence: Divergence,
    ) -> Quotient {
        let mut sums = Quotient::zero(factor.len());
        for run in 0..self.runs() {
            sums.add(&self.quotient_run(run, index, factor, fixed, divergence));
        }
        self.finished(sums, fixed, divergence)
    }

    /// Returns whether the denominators are the same for every row.
    fn has_constant_denominators(&self, divergence: Divergence) -> bool {
        divergence == Divergence::KullbackLeibler && !self.has_unknown()
    }

    /// Returns the quotient of a panel from the sum over all runs: replaces denominators that are the
    /// same for every row.
    pub(crate) fn finished(
        &self,
        sums: Quotient,
        fixed: &FixedFactor,
        divergence: Divergence,
    ) -> Quotient {
        if !self.has_constant_denominators(divergence) {
            return sums;
        }
        let denominators = fixed
            .part_sums
            .iter()
            .map(|&sum| Lanes([sum; WIDTH]))
            .collect();
        Quotient {
            denominators,
            ..sums
        }
    }

    /// Returns the sums of one run of columns in [`PanelMatrix::quotient`], before
    /// [`PanelMatrix::finished`].
    pub(crate) fn quotient_run(
        &self,
        run: usize,
        index: usize,
        factor: &[Lanes],
        fixed: &FixedFactor,
        divergence: Divergence,
    ) -> Quotient {
        let rank = factor.len();
        let mut sums = Quotient::zero(rank);
        let [mut buffer, mut rebuilt, mut powers] = [[Lanes::ZERO; CHUNK]; 3];
        let values = fixed.values.chunks(CHUNK * rank);
        let chunks = self.chunks().zip(values).zip(fixed.panels);
        let view = self.view(index, self.run(run));
        for ((chunk, values), packed) in chunks.skip(run * CHUNKS_PER_RUN).take(CHUNKS_PER_RUN) {
            let x = view.columns(chunk.clone(), &mut buffer);
            let (rebuilt, powers) = (&mut rebuilt[..x.len()], &mut powers[..x.len()]);
            rebuild(factor, values, &ALL_PLACES, rebuilt);
            divide(divergence, fixed.brightness, x, rebuilt, powers);
            if self.has_unknown() {
                let known = self.panels[index].known(chunk);
                clear_unknown_lanes(rebuilt, known);
                clear_unknown_lanes(powers, known);
            }
            product(rebuilt, &ALL_PLACES, packed.floats(), &mut sums.numerators);
            if !self.has_constant_denominators(divergence) {
                product(powers, &ALL_PLACES, packed.floats(), &mut sums.denominators);
            }
        }
        sums
    }

    /// Returns `Σ m² − 2 x m` and the sum of the divergences over the known values of panel `index`, in
    /// `f64`, with M as in [`PanelMatrix::quotient`].
    pub(crate) fn distances(
        &self,
        index: usize,
        factor: &[Lanes],
        fixed: &FixedFactor,
        divergence: Divergence,
    ) -> (f64, f64) {
        let [mut buffer, mut rebuilt] = [[Lanes::ZERO; CHUNK]; 2];
        let values = fixed.values.chunks(CHUNK * factor.len());
        let mut chunks = self.chunks().zip(values).zip(fixed.copies.chunks(CHUNK));
        let mut sums = DistanceSums {
            divergence,
            min_reconstruction: MIN_RECONSTRUCTION * fixed.brightness,
            rows: WIDTH.min(self.rows - index * WIDTH),
            squared: 0.0,
            divergences: 0.0,
        };
        for run in 0..self.runs() {
            let view = self.view(index, self.run(run));
            for ((chunk, values), copies) in chunks.by_ref().take(CHUNKS_PER_RUN) {
                let x = view.columns(chunk.clone(), &mut buffer);
                let rebuilt = &mut rebuilt[..x.len()];
                rebuild(factor, values, &ALL_PLACES, rebuilt);
                let known = self.panels[index].known(chunk);
                for (column, (x, m)) in x.iter().zip(&*rebuilt).enumerate() {
                    sums.add_column(x, m, known[column], copies[column]);
                }
            }
        }
        (sums.squared, sums.divergences)
    }
}

/// Sums of distances between known values and their reconstruction.
struct DistanceSums {
    divergence: Divergence,
    min_reconstruction: f32,
    /// The number of rows of the panel.
    rows: usize,
    /// `Σ m² − 2 x m`.
    squared: f64,
    divergences: f64,
}

impl DistanceSums {
    /// Adds the known values of a column, `copies` times.
    fn add_column(&mut self, x: &Lanes, m: &Lanes, known: u64, copies: f32) {
        let copies = f64::from(copies);
        for row in 0..self.rows {
            if known >> row & 1 == 0 {
                continue;
            }
            let x = f64::from(x.0[row]);
            let m = f64::from(m.0[row].max(self.min_reconstruction));
            self.squared += copies * m * (m - 2.0 * x);
            self.divergences += copies * self.divergence.between(x, m);
        }
    }
}

dispatch! {
    /// `rebuilt ← x m^(β−2)` and `powers ← m^(β−1)`, up to a common factor that cancels in their quotient,
    /// with m from `rebuilt`.
    divide = divide_body(divergence: Divergence, brightness: f32, x: &[Lanes], rebuilt: &mut [Lanes], powers: &mut [Lanes])
}

#[inline(always)]
fn divide_body<const L: usize, const FUSED: bool>(
    divergence: Divergence,
    brightness: f32,
    x: &[Lanes],
    rebuilt: &mut [Lanes],
    powers: &mut [Lanes],
) {
    let least = MIN_RECONSTRUCTION * brightness;
    match divergence {
        Divergence::SquaredError => divide_each(least, x, rebuilt, powers, |x, m| (x, m)),
        Divergence::KullbackLeibler => divide_each(least, x, rebuilt, powers, |x, m| (x / m, 1.0)),
        Divergence::ItakuraSaito => {
            divide_each(least, x, rebuilt, powers, |x, m| (x / m / m, 1.0 / m));
        }
        Divergence::Beta(beta) => divide_each(least, x, rebuilt, powers, |x, m| {
            let power = (m / brightness).powf(beta as f32 - 2.0);
            (x * power, m * power)
        }),
    }
}

#[inline(always)]
fn divide_each(
    least: f32,
    x: &[Lanes],
    rebuilt: &mut [Lanes],
    powers: &mut [Lanes],
    terms: impl Fn(f32, f32) -> (f32, f32),
) {
    for ((x, rebuilt), powers) in x.iter().zip(rebuilt).zip(powers) {
        for l in 0..WIDTH {
            let m = rebuilt.0[l];
            (rebuilt.0[l], powers.0[l]) = terms(x.0[l], if m > least { m } else { least });
        }
    }
}

dispatch! {
    /// Multiplies the panel's rows w by the Gram matrix G of the fixed factor:
    /// `products[l] ← Σ_j G_lj w_j / G_ll`. These are the denominators of a multiplicative update
    /// for the squared error. They are divided by the diagonal of G, as the products with X are once
    /// they are scaled by [`PackedGram::inverse`].
    gram_products = gram_products_body(factor: &[Lanes], gram: &PackedGram, products: &mut [Lanes])
}

#[inline(always)]
fn gram_products_body<const L: usize, const FUSED: bool>(
    factor: &[Lanes],
    gram: &PackedGram,
    products: &mut [Lanes],
) {
    for group in groups(factor.len()) {
        let products = &mut products[group.start..group.start + group.len];
        for_group!(
            group.len,
            gram_products_group,
            L,
            FUSED,
            (factor, gram.group(group), products)
        );
    }
}

#[inline(always)]
fn gram_products_group<const M: usize, const L: usize, const FUSED: bool>(
    factor: &[Lanes],
    gram: &[f32],
    products: &mut [Lanes],
) {
    let (gram, _) = gram.as_chunks::<M>();
    for lane in (0..WIDTH).step_by(L) {
        let mut sums = [[0.0; L]; M];
        for (row, factors) in factor.iter().zip(gram) {
            let row = load::<L>(row, lane);
            for m in 0..M {
                // The packed Gram matrix has the opposite sign.
                add_scaled::<L, FUSED>(&mut sums[m], -factors[m], &row);
            }
        }
        for m in 0..M {
            products[m].0[lane..lane + L].copy_from_slice(&sums[m]);
        }
    }
}
