//! The arguments of `compare`.

use std::path::PathBuf;

use nmf_images::Solver;
use nmf_images::comparison::Rule;

use super::learning::LearningOptions;
use super::reading::ReadingOptions;
use super::values::at_least_one;
use super::writing::{TilingOptions, WritingOptions};

/// Compare learning rules on the same images from the same start
///
/// Each rule learns as many parts; a PCA of the same rank stands beside them. The table is printed and written as
/// compare.csv and into report.json, the parts are drawn in compare.png, a row a rule. Ctrl-C keeps the rules that
/// have learned so far.
#[derive(Debug, clap::Args)]
#[command(after_help = COMPARE_EXAMPLES)]
pub struct Compare {
    /// Folder of images or a file of many, as without a command
    pub input: PathBuf,

    /// Up to 8 rules to compare, separated by commas; how they are called is told under --solver of `nmf-images --help`
    #[arg(long, value_name = "RULES", value_parser = rule_list, default_value = RULES, help_heading = "Learning")]
    pub rules: RuleList,
    /// How many parts to learn, and how many eigenimages
    #[arg(short = 'k', long, value_name = "N", default_value_t = 16, value_parser = at_least_one,
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
}

impl Compare {
    /// The rules, all else alike: no sample is learned first, since each rule would begin where its own sample ends.
    pub fn rules(&self) -> nmf_images::Result<Vec<Rule>> {
        let nmf = self.learning.nmf(self.rank)?.sample_start(false);
        let rule = |solver: &Solver| Rule {
            name: solver.to_string(),
            nmf: nmf.clone().solver(*solver),
        };
        Ok(self.rules.0.iter().map(rule).collect())
    }
}

/// Several rules.
#[derive(Debug, Clone)]
pub struct RuleList(pub Vec<Solver>);

/// Rules between commas; a setting such as `W=0.3` belongs to the rule before it.
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

/// The rules that are compared where none are named.
const RULES: &str = "hals,mu,mu:kl,hoyer,nonsmooth";

const COMPARE_EXAMPLES: &str = "\
Examples:
  nmf-images compare faces                        16 parts a rule of the pictures in the folder `faces`
  nmf-images compare faces -k 28 --seed 3         28 parts, from another start
  nmf-images compare faces --rules hals,hoyer:H=0.8,local
                                                  three rules only

Look first at output/compare.png.";
