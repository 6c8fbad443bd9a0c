//! Exact non-negative least squares for many right-hand sides with one Gram matrix.
//!
//! The entries of a solution are *passive* (free) or *active* (fixed at 0). Block principal pivoting
//! solves for the passive entries, determines which of them are negative and which active ones have a
//! negative gradient, and exchanges all of these at once. If their number has not fallen three times in a
//! row, only the last of them is exchanged (Murty's rule), which guarantees termination. J. Kim, H. Park,
//! *Fast nonnegative matrix factorization: an active-set-like method and comparisons*, 2011.

use std::collections::BTreeMap;

use ndarray::{Array1, Array2, ArrayViewMut1, Axis};

use super::cholesky::Cholesky;
use super::subspace::dot;

/// Added to each diagonal entry, as a fraction of it: makes the solution unique for equal or dependent
/// columns.
const RIDGE: f64 = 1e-10;
/// How far a gradient may be below 0 because of rounding, as a fraction of the largest product.
const ROUNDING: f64 = 1e-10;
/// How often all infeasible entries may be exchanged without reducing their number.
const PATIENCE: usize = 3;
/// The maximum number of exchanges per entry; more can only be a cycle due to rounding.
const MAX_EXCHANGES: usize = 20;

/// The problems of one Gram matrix G: for any a, minimise `½ xᵀ G x − aᵀ x` over x ≥ 0.
pub(crate) struct Nnls {
    /// G scaled to a diagonal of 1, with the ridge; row by row.
    gram: Vec<f64>,
    /// `1 / √G_ll`; 0 if `G_ll` is 0, and then `x_l` is 0.
    scales: Vec<f64>,
}

impl Nnls {
    /// Prepares the problems of a Gram matrix, (size, size).
    pub(crate) fn new(gram: &Array2<f64>) -> Self {
        let scales: Vec<f64> = gram
            .diag()
            .iter()
            .map(|&d| if d > 0.0 { 1.0 / d.sqrt() } else { 0.0 })
            .collect();
        let mut scaled = Vec::with_capacity(gram.len());
        for ((a, b), &value) in gram.indexed_iter() {
            scaled.push(if a == b {
                1.0 + RIDGE
            } else {
                value * scales[a] * scales[b]
            });
        }
        Self {
            gram: scaled,
            scales,
        }
    }

    /// Solves for each row of `products`, (rows, size). Entries that are positive in `solutions` are the
    /// first passive ones; the solutions replace them.
    ///
    /// Rows with the same passive entries share one Cholesky factorisation.
    pub(crate) fn solve(&self, products: &Array2<f64>, solutions: &mut Array2<f64>) {
        let products = products * &Array1::from_vec(self.scales.clone());
        let mut waiting: BTreeMap<Vec<bool>, Vec<Search>> = BTreeMap::new();
        for (products, solution) in products.outer_iter().zip(solutions.axis_iter_mut(Axis(0))) {
            let passive = solution.iter().map(|&x| x > 0.0).collect();
            waiting
                .entry(passive)
                .or_default()
                .push(Search::new(products.to_vec(), solution));
        }
        while let Some((passive, searches)) = waiting.pop_first() {
            let cholesky = Cholesky::new(&self.gram, &passive);
            for mut search in searches {
                let x = cholesky.solve(&search.products);
                let infeasible = self.infeasible(&search.products, &x, &passive);
                if infeasible.is_empty() {
                    let entries = search.solution.iter_mut().zip(x).zip(&self.scales);
                    for ((entry, x), scale) in entries {
                        *entry = x * scale;
                    }
                } else if let Some(next) = search.exchange(&infeasible, passive.clone()) {
                    waiting.entry(next).or_default().push(search);
                }
            }
        }
    }

    /// Solves for each row of `products` without the constraint x ≥ 0.
    pub(crate) fn solve_free(&self, products: &Array2<f64>) -> Array2<f64> {
        let scales = Array1::from_vec(self.scales.clone());
        let mut solutions = products * &scales;
        let cholesky = Cholesky::new(&self.gram, &vec![true; scales.len()]);
        for mut row in solutions.rows_mut() {
            let solution = cholesky.solve(&row.to_vec());
            row.assign(&(Array1::from_vec(solution) * &scales));
        }
        solutions
    }

    /// Returns a row of the scaled Gram matrix.
    fn row(&self, l: usize) -> &[f64] {
        &self.gram[l * self.scales.len()..][..self.scales.len()]
    }

    /// Returns the passive entries below 0 and the active ones with a negative gradient.
    fn infeasible(&self, products: &[f64], x: &[f64], passive: &[bool]) -> Vec<usize> {
        let rounding = ROUNDING * products.iter().fold(0.0, |largest, a| a.abs().max(largest));
        (0..x.len())
            .filter(|&l| {
                if passive[l] {
                    x[l] < 0.0
                } else {
                    dot(self.row(l), x) - products[l] < -rounding
                }
            })
            .collect()
    }
}

/// The search for the solution of one right-hand side.
struct Search<'a> {
    products: Vec<f64>,
    solution: ArrayViewMut1<'a, f64>,
    /// The smallest number of infeasible entries so far.
    fewest: usize,
    /// How often this number may still not fall.
    patience: usize,
    exchanges: usize,
}

impl<'a> Search<'a> {
    fn new(products: Vec<f64>, solution: ArrayViewMut1<'a, f64>) -> Self {
        Self {
            products,
            solution,
            fewest: usize::MAX,
            patience: PATIENCE,
            exchanges: 0,
        }
    }

    /// Returns the next passive entries; `None` after too many exchanges.
    fn exchange(&mut self, infeasible: &[usize], mut passive: Vec<bool>) -> Option<Vec<bool>> {
        let mut exchanged = infeasible;
        if infeasible.len() < self.fewest {
            self.fewest = infeasible.len();
            self.patience = PATIENCE;
        } else if self.patience > 0 {
            self.patience -= 1;
        } else {
            exchanged = &infeasible[infeasible.len() - 1..];
        }
        for &l in exchanged {
            passive[l] = !passive[l];
        }
        self.exchanges += 1;
        (self.exchanges < MAX_EXCHANGES * passive.len()).then_some(passive)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;
    use proptest::prelude::*;
    use rand::rngs::ChaCha8Rng;
    use rand::{RngExt, SeedableRng};

    use super::*;

    fn noise(seed: u64, rows: usize, columns: usize) -> Array2<f64> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        Array2::from_shape_simple_fn((rows, columns), || rng.random::<f64>() - 0.5)
    }

    fn largest(matrix: &Array2<f64>) -> f64 {
        matrix
            .iter()
            .fold(f64::MIN_POSITIVE, |largest, v| v.abs().max(largest))
    }

    /// Returns the largest violation of the optimality conditions x ≥ 0, gradient ≥ 0 and x · gradient = 0,
    /// relative to the largest product and the largest x.
    fn violation(gram: &Array2<f64>, products: &Array2<f64>, solutions: &Array2<f64>) -> f64 {
        let gradients = (solutions.dot(gram) - products) / largest(products);
        let solutions = solutions / largest(solutions);
        let violation = |(&x, &y): (&f64, &f64)| (-x).max(-y).max((x * y).abs());
        solutions
            .iter()
            .zip(&gradients)
            .map(violation)
            .fold(0.0, f64::max)
    }

    /// Solves from `start` and from zeros, and checks the optimality conditions of both.
    fn check(basis: &Array2<f64>, x: &Array2<f64>, start: &Array2<f64>) -> Array2<f64> {
        let (gram, products) = (basis.dot(&basis.t()), x.dot(&basis.t()));
        let problem = Nnls::new(&gram);
        let mut solutions = start.clone();
        problem.solve(&products, &mut solutions);
        // With nearly dependent columns x is large, and so is the ridge in the gradient.
        let allowed =
            |x: &Array2<f64>| 1e-8 + 2.0 * RIDGE * largest(&gram) * largest(x) / largest(&products);
        assert!(
            violation(&gram, &products, &solutions) < allowed(&solutions),
            "{solutions}"
        );
        let mut cold = Array2::zeros(start.dim());
        problem.solve(&products, &mut cold);
        assert!(
            violation(&gram, &products, &cold) < allowed(&cold),
            "from zeros: {cold}"
        );
        solutions
    }

    #[test]
    fn two_columns_by_hand() {
        // G = (2 1; 1 2). a = (3, 3): x = (1, 1). a = (3, 0): free (2, −1), so x = (1.5, 0), gradient (0, 1.5).
        let mut solutions = Array2::zeros((3, 2));
        Nnls::new(&arr2(&[[2., 1.], [1., 2.]]))
            .solve(&arr2(&[[3., 3.], [3., 0.], [-1., -2.]]), &mut solutions);
        let expected = arr2(&[[1., 1.], [1.5, 0.], [0., 0.]]);
        assert!(
            (&solutions - expected).iter().all(|v| v.abs() < 1e-9),
            "{solutions}"
        );
    }

    #[test]
    fn optimality_conditions_hold_from_any_start() {
        for (seed, size) in [(0, 1), (1, 2), (2, 7), (3, 20), (4, 60)] {
            let (basis, x) = (noise(seed, size, 70), noise(seed + 10, 40, 70));
            check(&basis, &x, &noise(seed + 20, 40, size));
            check(
                &basis.mapv(f64::abs),
                &x.mapv(f64::abs),
                &noise(seed + 30, 40, size),
            );
        }
    }

    #[test]
    fn dead_equal_and_dependent_columns_have_a_minimum() {
        let mut basis = noise(5, 12, 30).mapv(f64::abs);
        basis.row_mut(3).fill(0.0);
        for (to, from) in [(4, 0), (5, 0)] {
            let row = basis.row(from).to_owned();
            basis.row_mut(to).assign(&row);
        }
        let sum = &basis.row(1) + &basis.row(2);
        basis.row_mut(0).assign(&sum);
        let tiny = basis.row(6).mapv(|v| v * 1e-9);
        basis.row_mut(6).assign(&tiny);
        let solutions = check(
            &basis,
            &noise(6, 50, 30).mapv(f64::abs),
            &Array2::ones((50, 12)),
        );
        assert!(
            solutions.column(3).iter().all(|&v| v == 0.0),
            "a dead column"
        );
        assert!(
            solutions.column(6).iter().any(|&v| v > 0.0),
            "a faint column"
        );
    }

    #[test]
    fn the_unconstrained_gradient_vanishes() {
        let mut basis = noise(7, 9, 30);
        basis.row_mut(4).fill(0.0);
        let products = noise(8, 20, 30).dot(&basis.t());
        let gram = basis.dot(&basis.t());
        let solutions = Nnls::new(&gram).solve_free(&products);
        assert!(solutions.iter().any(|&x| x < 0.0));
        assert!(largest(&(solutions.dot(&gram) - &products)) < 1e-8 * largest(&products));
        assert!(
            solutions.column(4).iter().all(|&x| x == 0.0),
            "a dead column"
        );
    }

    #[test]
    fn more_columns_than_dimensions_have_a_minimum() {
        for seed in 0..5 {
            let basis = noise(seed, 40, 9).mapv(f64::abs);
            check(
                &basis,
                &noise(seed + 10, 64, 9).mapv(f64::abs),
                &Array2::ones((64, 40)),
            );
        }
    }

    proptest! {
        #[test]
        fn no_other_point_is_lower(seed in 0u64..10_000, size in 1usize..9, columns in 1usize..9) {
            let (basis, x) = (noise(seed, size, columns), noise(!seed, 1, columns));
            let solution = check(&basis, &x, &noise(seed + 1, 1, size));
            let squares = (&basis * &basis).sum_axis(Axis(1));
            let ridge = |w: &Array2<f64>| RIDGE * (w * w * &squares).sum();
            let error = |w: &Array2<f64>| (&x - &w.dot(&basis)).iter().map(|v| v * v).sum::<f64>() + ridge(w);
            for other in 0..20 {
                let other = (&solution + &(noise(other, 1, size) / 10.0)).mapv(|v| v.max(0.0));
                prop_assert!(error(&solution) <= error(&other) + 1e-9);
            }
        }
    }
}
