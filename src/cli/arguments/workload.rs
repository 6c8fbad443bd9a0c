//! What each command does with the images, as far as its memory depends on it.

use std::thread;

use nmf_images::memory::{Task, Workload};
use nmf_images::{MAX_THREADS, Nmf, Result};

use super::command_line::Arguments;
use super::compare::Compare;
use super::ranks::RanksArguments;
use super::values::{CheckpointInterval, Rank};

/// The largest rank that `-k auto` and, by default, `ranks` try.
pub const LARGEST_AUTO: usize = 40;

/// The most models that are counted; no machine holds as many.
const MOST_KEPT: usize = 1 << 16;

/// Returns a workload without fits, pictures and models.
pub fn plain(task: Task, threads: Option<usize>) -> Workload {
    let threads = threads.or_else(|| thread::available_parallelism().ok().map(usize::from));
    Workload {
        task,
        rank: 1,
        threads: threads.unwrap_or(1).min(MAX_THREADS) as u64,
        factor_copies: 3,
        kept_models: 0,
        keeps_checkpoints: false,
        pictures: 1,
        searches_rank: false,
        budget: u64::MAX,
        besides: 0,
        most: u64::MAX,
    }
}

impl Arguments {
    /// Returns the workload of the run.
    ///
    /// # Errors
    /// If a setting is out of its range.
    pub fn workload(&self) -> Result<Workload> {
        let rank = match self.rank {
            Rank::Given(rank) => rank,
            Rank::Auto => LARGEST_AUTO,
        };
        Ok(Workload {
            rank: rank as u64,
            factor_copies: self.nmf(rank)?.factor_copies() as u64,
            kept_models: u64::from(self.method.restarts > 1),
            keeps_checkpoints: self.checkpoint != CheckpointInterval::Never,
            pictures: self.pictures.chosen().len() as u64,
            searches_rank: self.rank == Rank::Auto,
            ..plain(Task::Learn, self.learning.threads)
        })
    }
}

impl Compare {
    /// Returns the workload of the comparison.
    ///
    /// # Errors
    /// If a setting is out of its range.
    pub fn workload(&self) -> Result<Workload> {
        let rules = self.rules()?;
        let copies = rules.iter().map(|rule| Nmf::factor_copies(&rule.nmf)).max();
        Ok(Workload {
            rank: self.rank as u64,
            factor_copies: copies.unwrap_or_default() as u64,
            // Those of the rules, and the PCA.
            kept_models: rules.len() as u64 + 1,
            ..plain(Task::Compare, self.learning.threads)
        })
    }
}

impl RanksArguments {
    /// Returns the workload of the search.
    pub fn workload(&self) -> Workload {
        Workload {
            rank: self.list(usize::MAX).largest() as u64,
            kept_models: self.restarts.min(MOST_KEPT) as u64,
            ..plain(Task::Ranks, self.threads)
        }
    }
}
