//! The arguments of `compare`.

use std::path::PathBuf;

use nmf_images::comparison::{self, Rule, RuleSummary};
use nmf_images::plural::counted;
use nmf_images::{Nmf, Solver};

use super::compare_lists::{CompareLists, Noise};
use super::learning::LearningOptions;
use super::reading::ReadingOptions;
use super::start::StartChoice;
use super::values::one_rank;
use super::writing::{TilingOptions, WritingOptions};

/// Compare learning rules, starts, ranks, seeds and noises on the same images
///
/// All combinations of --rules, --inits, --ranks, --seeds and --noises are learned, at most 500; without lists, each rule
/// learns the same number of parts from the same start. Vector quantisation and PCA of the same ranks are added for
/// comparison. compare.csv has one line per run, and compare-means.csv the means and standard deviations over the seeds, as has
/// the table that is printed. compare.png shows the parts with one row per rule, and compare-chart.png the error of each run.
/// With two or more labels, all methods are also measured by how well they cluster the images. Ctrl-C keeps the runs that
/// have finished.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = COMPARE_EXAMPLES)]
pub struct Compare {
    /// Folder of images, or another input of the main command
    pub input: PathBuf,

    /// Up to 8 rules, separated by commas; --solver in `nmf-images --help` lists their names
    #[arg(long, value_name = "RULES", value_parser = rule_list, default_value = RULES, help_heading = "Learning")]
    pub rules: RuleList,
    /// Number of parts to learn, and of eigenimages
    #[arg(short = 'k', long, value_name = "N", default_value_t = 16, value_parser = one_rank,
        allow_negative_numbers = true, help_heading = "Learning")]
    pub rank: usize,
    #[command(flatten)]
    pub lists: CompareLists,
    #[command(flatten)]
    pub learning: LearningOptions,
    #[command(flatten)]
    pub reading: ReadingOptions,
    #[command(flatten)]
    pub writing: WritingOptions,
    #[command(flatten)]
    pub tiling: TilingOptions,
    /// Whether -k was given.
    #[arg(skip)]
    pub has_rank: bool,
}

impl Compare {
    /// Checks the number of fits, and that a start from a file is not for several ranks.
    pub fn check(&self) -> Result<(), String> {
        if let (true, Some(file)) = (self.lists.has_ranks(), self.learning.init.file()) {
            return Err(format!(
                "--ranks needs a start by name: {} has one number of parts; omit --ranks, or --init",
                file.display()
            ));
        }
        let Grid {
            rules,
            inits,
            ranks,
            seeds,
            noises,
        } = self.grid();
        let lengths = [
            rules.len(),
            inits.len(),
            ranks.len(),
            seeds.len(),
            noises.len(),
        ];
        let fits = lengths.into_iter().fold(1, usize::saturating_mul);
        if fits <= MOST_FITS {
            return Ok(());
        }
        Err(format!(
            "all combinations of --rules, --inits, --ranks, --seeds and --noises are more than {MOST_FITS} fits, the most of one \
             comparison; shorten a list"
        ))
    }

    /// Returns what is combined. Of a list that alone has more than can be learned, one more than these is kept.
    pub fn grid(&self) -> Grid {
        let (lists, learning) = (&self.lists, &self.learning);
        Grid {
            rules: self.rules.0.clone(),
            inits: lists.inits(&learning.init),
            ranks: lists.ranks(self.rank, MOST_FITS + 1),
            seeds: lists.seeds(learning.seed, MOST_FITS + 1),
            noises: lists.noises(),
        }
    }

    /// Checks that the rules can be compared.
    pub fn check_rules(&self) -> nmf_images::Result<()> {
        let rule = |solver: &Solver| Rule {
            name: solver.to_string(),
            nmf: Nmf::new(self.rank).solver(*solver),
        };
        comparison::check(&self.rules.0.iter().map(rule).collect::<Vec<_>>())
    }

    /// Returns every rule with every start, rank and seed, for each noise, without a start that is in a file. No sample is
    /// learned first, since each rule would then start elsewhere.
    pub fn fits(&self) -> Vec<Rule> {
        let grid = self.grid();
        let mut fits = Vec::new();
        for solver in &grid.rules {
            for init in &grid.inits {
                for &rank in &grid.ranks {
                    for &seed in &grid.seeds {
                        let learning = LearningOptions {
                            init: init.clone(),
                            seed,
                            ..self.learning.clone()
                        };
                        let nmf = learning.nmf(rank).solver(*solver);
                        fits.push(Rule {
                            name: solver.to_string(),
                            nmf: nmf.sample_start(false),
                        });
                    }
                }
            }
        }
        fits
    }
}

/// What a comparison combines; no list is empty.
#[derive(Debug, Clone)]
pub struct Grid {
    pub rules: Vec<Solver>,
    pub inits: Vec<StartChoice>,
    /// In ascending order.
    pub ranks: Vec<usize>,
    /// In ascending order.
    pub seeds: Vec<u64>,
    pub noises: Vec<Noise>,
}

impl Grid {
    /// Returns the rule of a run, with the settings that differ among the runs.
    pub fn name_of(&self, run: &RuleSummary) -> String {
        let mut name = vec![run.rule.clone()];
        if self.inits.len() > 1 {
            name.extend(run.init.clone());
        }
        if self.ranks.len() > 1 {
            name.push(counted(run.rank, "part", "parts"));
        }
        if self.noises.len() > 1 {
            name.push(format!("noise {}", run.noise));
        }
        if self.seeds.len() > 1 {
            name.extend(run.seed.map(|seed| format!("seed {seed}")));
        }
        name.join(", ")
    }

    /// Returns the largest rank.
    pub fn largest_rank(&self) -> usize {
        self.ranks[self.ranks.len() - 1]
    }
}

/// The most fits of one comparison.
const MOST_FITS: usize = 500;

/// The rules to compare.
#[derive(Debug, Clone)]
pub struct RuleList(pub Vec<Solver>);

/// Parses rules separated by commas; a setting such as `W=0.3` belongs to the rule before it.
fn rule_list(text: &str) -> nmf_images::Result<RuleList> {
    let mut rules: Vec<String> = Vec::new();
    for piece in text.split(',').map(str::trim) {
        match rules.last_mut() {
            Some(rule) if piece.contains('=') && !piece.contains(':') => rule.extend([",", piece]),
            _ => rules.push(piece.to_owned()),
        }
    }
    rules
        .iter()
        .map(|rule| rule.parse())
        .collect::<nmf_images::Result<_>>()
        .map(RuleList)
}

/// The rules that are compared by default.
const RULES: &str = "hals,mu,mu:kl,hoyer,nonsmooth";

const COMPARE_EXAMPLES: &str = "\
Examples:
  nmf-images compare faces                        16 parts per rule of the images in the folder `faces`
  nmf-images compare faces -k 28 --seed 3         28 parts, from another start
  nmf-images compare faces --rules hals,hoyer:H=0.8,local
                                                  three rules only
  nmf-images compare faces --rules hals,mu --ranks 4,9,16 --seeds 0..4
                                                  two rules with three ranks, five times each: 30 fits
  nmf-images compare faces --rules hals,mu:kl --noises none,salt:0.1
                                                  two rules on clean and on noisy images

Look first at output/compare.png.";
