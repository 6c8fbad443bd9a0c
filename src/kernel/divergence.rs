//! Sums over `M = W H` itself, for rules that make another divergence small than the squared error. No more of M is ever
//! held than one chunk of one panel.

use super::dispatch::{add_scaled, part};
use super::fixed_factor::FixedFactor;
use super::gram::PackedGram;
use super::known_bits::clear_unknown_rows;
use super::layout::{ALL, CHUNK, CHUNKS_A_RUN, Row, WIDTH, groups};
use super::panel_matrix::Panels;
use super::products::{add_rows, product};
use super::rebuild::rebuild;

/// m is taken for no less than this share of the root mean square of X: powers of 0 are infinite.
const LEAST: f32 = f32::EPSILON;

/// How far a rebuilt value m is from the value x that it stands for: the β-divergence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Divergence {
    /// β = 2: `½ (x − m)²`; only where values are unknown, since otherwise products alone are less work.
    SquaredError,
    /// β = 1: `x ln(x / m) − x + m`.
    KullbackLeibler,
    /// β = 0: `x / m − ln(x / m) − 1`.
    ItakuraSaito,
    /// Any other β: `(x^β + (β − 1) m^β − β x m^(β−1)) / (β (β − 1))`.
    Beta(f64),
}

impl Divergence {
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

/// What a multiplicative update of a panel divides: (rank) rows each.
#[derive(Clone)]
pub(crate) struct Quotient {
    /// `Σ_j x_j m_j^(β−2) h_lj`.
    pub(crate) numerators: Vec<Row>,
    /// `Σ_j m_j^(β−1) h_lj`.
    pub(crate) denominators: Vec<Row>,
}

impl Quotient {
    fn zero(rank: usize) -> Self {
        Self {
            numerators: vec![Row::ZERO; rank],
            denominators: vec![Row::ZERO; rank],
        }
    }

    fn add(&mut self, other: &Self) {
        add_rows(&mut self.numerators, &other.numerators);
        add_rows(&mut self.denominators, &other.denominators);
    }

    /// Numerators before denominators.
    pub(crate) fn into_rows(mut self) -> Vec<Row> {
        self.numerators.extend(self.denominators);
        self.numerators
    }

    /// From rows in that order.
    pub(crate) fn of_rows(rows: &[Row]) -> Self {
        let (numerators, denominators) = rows.split_at(rows.len() / 2);
        Self {
            numerators: numerators.to_vec(),
            denominators: denominators.to_vec(),
        }
    }
}

impl Panels {
    /// The quotient of panel `index`, with M from the panel's (rank) rows of `factor` and the fixed one.
    pub(crate) fn quotient(
        &self,
        index: usize,
        factor: &[Row],
        fixed: &FixedFactor,
        divergence: Divergence,
    ) -> Quotient {
        let mut sums = Quotient::zero(factor.len());
        for run in 0..self.runs() {
            sums.add(&self.quotient_run(run, index, factor, fixed, divergence));
        }
        self.finished(sums, fixed, divergence)
    }

    /// Whether the denominators are the same for every row.
    fn is_constant(&self, divergence: Divergence) -> bool {
        divergence == Divergence::KullbackLeibler && !self.has_unknown()
    }

    /// The quotient of a panel from the sum of its runs' shares: with denominators that are no sums of runs.
    pub(crate) fn finished(
        &self,
        sums: Quotient,
        fixed: &FixedFactor,
        divergence: Divergence,
    ) -> Quotient {
        if !self.is_constant(divergence) {
            return sums;
        }
        let denominators = fixed
            .part_sums
            .iter()
            .map(|&sum| Row([sum; WIDTH]))
            .collect();
        Quotient {
            denominators,
            ..sums
        }
    }

    /// The share of one run of columns.
    pub(crate) fn quotient_run(
        &self,
        run: usize,
        index: usize,
        factor: &[Row],
        fixed: &FixedFactor,
        divergence: Divergence,
    ) -> Quotient {
        let rank = factor.len();
        let mut sums = Quotient::zero(rank);
        let [mut buffer, mut rebuilt, mut powers] = [[Row::ZERO; CHUNK]; 3];
        let values = fixed.values.chunks(CHUNK * rank);
        let chunks = self.chunks().zip(values).zip(fixed.panels);
        let view = self.view(index, self.run(run));
        for ((chunk, values), packed) in chunks.skip(run * CHUNKS_A_RUN).take(CHUNKS_A_RUN) {
            let x = view.columns(chunk.clone(), &mut buffer);
            let (rebuilt, powers) = (&mut rebuilt[..x.len()], &mut powers[..x.len()]);
            rebuild(factor, values, &ALL, rebuilt);
            divide(divergence, fixed.brightness, x, rebuilt, powers);
            if self.has_unknown() {
                let known = self.cut[index].known(chunk);
                clear_unknown_rows(known, rebuilt);
                clear_unknown_rows(known, powers);
            }
            product(rebuilt, &ALL, packed, &mut sums.numerators);
            if !self.is_constant(divergence) {
                product(powers, &ALL, packed, &mut sums.denominators);
            }
        }
        sums
    }

    /// `Σ m² − 2 x m` and the sum of the divergences over panel `index`, in f64, with M as for [`Panels::quotient`].
    pub(crate) fn distances(
        &self,
        index: usize,
        factor: &[Row],
        fixed: &FixedFactor,
        divergence: Divergence,
    ) -> (f64, f64) {
        let [mut buffer, mut rebuilt] = [[Row::ZERO; CHUNK]; 2];
        let (least, lanes) = (
            LEAST * fixed.brightness,
            WIDTH.min(self.rows - index * WIDTH),
        );
        let values = fixed.values.chunks(CHUNK * factor.len());
        let mut chunks = self.chunks().zip(values).zip(fixed.copies.chunks(CHUNK));
        let (mut squared, mut own) = (0.0, 0.0);
        for columns in self.each_run() {
            let view = self.view(index, columns.clone());
            for ((chunk, values), copies) in chunks.by_ref().take(columns.len().div_ceil(CHUNK)) {
                let x = view.columns(chunk.clone(), &mut buffer);
                let rebuilt = &mut rebuilt[..x.len()];
                rebuild(factor, values, &ALL, rebuilt);
                let known = self.cut[index].known(chunk);
                for (((x, m), &copies), known) in x.iter().zip(&*rebuilt).zip(copies).zip(known) {
                    let known_rows = |row: &usize| known >> row & 1 == 1;
                    for (&x, &m) in (0..lanes)
                        .filter(known_rows)
                        .map(|row| (&x.0[row], &m.0[row]))
                    {
                        let (x, m, copies) =
                            (f64::from(x), f64::from(m.max(least)), f64::from(copies));
                        squared += copies * m * (m - 2.0 * x);
                        own += copies * divergence.between(x, m);
                    }
                }
            }
        }
        (squared, own)
    }
}

for_each_level! {
    /// `rebuilt ← x m^(β−2)` and `powers ← m^(β−1)`, both up to one factor that cancels in their quotient, with m from
    /// `rebuilt`.
    divide = divide_body(divergence: Divergence, brightness: f32, x: &[Row], rebuilt: &mut [Row], powers: &mut [Row])
}

#[inline(always)]
fn divide_body<const L: usize, const FUSED: bool>(
    divergence: Divergence,
    brightness: f32,
    x: &[Row],
    rebuilt: &mut [Row],
    powers: &mut [Row],
) {
    let least = LEAST * brightness;
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
    x: &[Row],
    rebuilt: &mut [Row],
    powers: &mut [Row],
    terms: impl Fn(f32, f32) -> (f32, f32),
) {
    for ((x, rebuilt), powers) in x.iter().zip(rebuilt).zip(powers) {
        for l in 0..WIDTH {
            let m = rebuilt.0[l];
            (rebuilt.0[l], powers.0[l]) = terms(x.0[l], if m > least { m } else { least });
        }
    }
}

for_each_level! {
    /// `overlaps[l] ← Σ_j G_lj / G_ll w_j` with the panel's rows w and the Gram matrix G of the fixed factor.
    overlap = overlap_body(factor: &[Row], gram: &PackedGram, overlaps: &mut [Row])
}

#[inline(always)]
fn overlap_body<const L: usize, const FUSED: bool>(
    factor: &[Row],
    gram: &PackedGram,
    overlaps: &mut [Row],
) {
    for group in groups(factor.len()) {
        let overlaps = &mut overlaps[group.start..group.start + group.len];
        for_group!(
            group.len,
            overlap_group,
            L,
            FUSED,
            (factor, gram.group(group), overlaps)
        );
    }
}

#[inline(always)]
fn overlap_group<const M: usize, const L: usize, const FUSED: bool>(
    factor: &[Row],
    gram: &[f32],
    overlaps: &mut [Row],
) {
    let (gram, _) = gram.as_chunks::<M>();
    for lane in (0..WIDTH).step_by(L) {
        let mut sums = [[0.0; L]; M];
        for (row, factors) in factor.iter().zip(gram) {
            let row = part::<L>(row, lane);
            for m in 0..M {
                // The Gram matrix is packed with its sign turned.
                add_scaled::<L, FUSED>(&mut sums[m], -factors[m], &row);
            }
        }
        for m in 0..M {
            overlaps[m].0[lane..lane + L].copy_from_slice(&sums[m]);
        }
    }
}
