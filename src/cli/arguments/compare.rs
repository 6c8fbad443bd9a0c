//! The arguments of `compare`.

use std::path::PathBuf;

use nmf_images::Solver;
use nmf_images::comparison::Rule;

use super::learning::LearningOptions;
use super::reading::ReadingOptions;
use super::values::one_rank;
use super::writing::{TilingOptions, WritingOptions};

/// Compare learning rules on the same images from the same start
///
/// Each rule learns the same number of parts; PCA of the same rank is added for comparison. The table is printed and
/// written to compare.csv and report.json, and compare.png shows the parts with one row per rule. Ctrl-C keeps the rules
/// that have finished.
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
    /// Returns the rules with equal settings, without a start that is in a file. No sample is learned first, since each rule
    /// would then start elsewhere.
    pub fn rules(&self) -> Vec<Rule> {
        let nmf = self.learning.nmf(self.rank).sample_start(false);
        let rule = |solver: &Solver| Rule {
            name: solver.to_string(),
            nmf: nmf.clone().solver(*solver),
        };
        self.rules.0.iter().map(rule).collect()
    }
}

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

Look first at output/compare.png.";
