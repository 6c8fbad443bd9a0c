//! What each command does with the images, as far as its memory depends on it.

use std::thread;

use nmf_images::memory::{LadderSize, Task, Workload};
use nmf_images::{MAX_THREADS, Nmf, Result};

use super::command_line::Arguments;
use super::compare::Compare;
use super::ranks::RanksArguments;
use super::values::{CheckpointInterval, Rank};
use super::writing::PictureChoice;

/// The ranks that `-k auto` tries.
pub const AUTO_RANKS: [usize; 14] = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 25, 32, 40];

/// The most models that are counted; no machine holds as many.
const MOST_KEPT: usize = 1 << 16;

/// Returns a workload without fits, pictures and models.
pub fn plain(task: Task, threads: Option<usize>) -> Workload {
    let threads = threads.or_else(|| thread::available_parallelism().ok().map(usize::from));
    Workload::new(task, 1, threads.unwrap_or(1).min(MAX_THREADS) as u64)
}

impl Arguments {
    /// Returns the workload of the run.
    ///
    /// # Errors
    /// If a setting is out of its range.
    pub fn workload(&self) -> Result<Workload> {
        let rank = match &self.rank {
            Rank::Given(rank) => *rank,
            Rank::Several(ranks) => ranks[ranks.len() - 1],
            Rank::Auto => AUTO_RANKS[AUTO_RANKS.len() - 1],
        };
        let starts = self.method.restarts.min(MOST_KEPT) as u64;
        Ok(Workload {
            rank: rank as u64,
            factor_copies: self.nmf(rank)?.factor_copies() as u64,
            has_fixed_parts: self.method.fixed.is_some(),
            has_weights: self.method.has_weights(),
            kept_models: u64::from(self.method.restarts > 1),
            starts,
            written_starts: if self.method.keep_starts { starts } else { 0 },
            keeps_checkpoints: self.checkpoint != CheckpointInterval::Never,
            pictures: self.pictures.chosen().len() as u64,
            ladder: self.ladder(),
            searches_rank: self.rank == Rank::Auto,
            holds_out: self.method.hold_out.is_some(),
            clean_copies: u64::from(!self.method.noise.is_empty()),
            start_copies: self.start_copies(),
            ..plain(Task::Learn, self.learning.threads)
        })
    }

    /// Returns how often W and H are held beside those of the fit. Those of a file: as they were read, in the settings and in
    /// the model, in the settings of the fit that separates parts, and while that begins. Those that are saved: for the file.
    fn start_copies(&self) -> u64 {
        let given = self.learning.init.file().map_or(0, |_| 5);
        given + u64::from(self.method.save_start)
    }

    /// Returns what the ladder shows, if it is drawn.
    fn ladder(&self) -> Option<LadderSize> {
        let usual = LadderSize::USUAL;
        let ladder = match &self.rank {
            Rank::Several(ranks) => LadderSize {
                ranks: ranks.len() as u64,
                largest_rank: ranks[ranks.len() - 1] as u64,
                ..usual
            },
            _ if self.pictures.is_asked_for(PictureChoice::Ladder) => usual,
            _ => return None,
        };
        Some(LadderSize {
            images: usual.images.max(self.pictures.images.len() as u64),
            ..ladder
        })
    }
}

impl Compare {
    /// Returns the workload of the comparison.
    pub fn workload(&self) -> Workload {
        let (grid, fits) = (self.grid(), self.fits());
        let copies = fits.iter().map(|fit| Nmf::factor_copies(&fit.nmf)).max();
        // As they were read and as they are complete, in the settings of each fit and in the models that are drawn, while a
        // fit begins and in its model.
        let of_start = (fits.len() + grid.rules.len()) as u64 + 4;
        Workload {
            rank: grid.largest_rank() as u64,
            factor_copies: copies.unwrap_or_default() as u64,
            // Those of the rules, and the PCA.
            kept_models: grid.rules.len() as u64 + 1,
            clean_copies: u64::from(grid.noises.iter().any(|noise| !noise.kinds.is_empty())),
            start_copies: self.learning.init.file().map_or(0, |_| of_start),
            ..plain(Task::Compare, self.learning.threads)
        }
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
