//! The runs of a comparison: each rule with each start, rank and seed, VQ and PCA, for one noise after the other.

use anyhow::{Context, Result};
use nmf_images::comparison::{self, CleanImages, Learned, Rule, RuleSummary, RunImages};
use nmf_images::images::{ImageShard, Images, add_noise, check_noise};
use nmf_images::nmf::Iteration;
use nmf_images::plural::counted;
use nmf_images::report;
use nmf_images::{Pca, PcaModel, Vq, VqModel};

use crate::cli::arguments::{Compare, Grid, Noise};
use crate::cli::commands::own_start::OwnStart;
use crate::cli::terminal::progress::{Interrupt, Progress};

/// What was learned.
pub struct Runs {
    /// One row per run: for each noise those of the rules, of VQ and of PCA.
    pub rows: Vec<RuleSummary>,
    pub warnings: Vec<String>,
    /// What was not taken from the file of the start.
    pub start_note: Option<String>,
    pub drawn: DrawnModels,
}

/// The models of the first start, rank, noise and seed, which are drawn.
pub struct DrawnModels {
    /// One per rule; at least one.
    pub learned: Vec<Learned>,
    pub vq: VqModel,
    pub pca: PcaModel,
}

impl DrawnModels {
    /// Returns the row of each model.
    pub fn rows(&self) -> Vec<RuleSummary> {
        let rules = self.learned.iter().map(RuleSummary::of_rule);
        let others = [RuleSummary::of_vq(&self.vq), RuleSummary::of_pca(&self.pca)];
        rules.chain(others).collect()
    }
}

/// The most warnings about single fits that are listed.
const MOST_WARNINGS: usize = 10;

/// Learns every combination from the images, which are cut once for each noise, from the start in a file if there is one.
pub fn learn(
    arguments: &Compare,
    file: Option<&OwnStart>,
    images: &ImageShard,
    interrupt: &Interrupt,
) -> Result<Runs> {
    let (grid, rules) = (arguments.grid(), arguments.fits());
    comparison::check_pixels(&rules, images)?;
    for noise in &grid.noises {
        check_noise(&noise.kinds, images.shape())?;
    }
    let mut learner = Learner {
        arguments,
        grid: &grid,
        file,
        rules: &rules,
        interrupt,
        rows: Vec::new(),
        warnings: Vec::new(),
        start_note: None,
        pca_warnings: Vec::new(),
        learned: Vec::new(),
        vq: None,
        pca: None,
    };
    for noise in &grid.noises {
        let is_first = learner.rows.is_empty();
        if !is_first && interrupt.check().is_break() {
            break;
        }
        learner.learn_with(noise, images)?;
    }
    learner.finish()
}

/// Learns from the images with one noise after the other.
struct Learner<'a> {
    arguments: &'a Compare,
    grid: &'a Grid,
    file: Option<&'a OwnStart>,
    /// The fits for each noise, without a start that is in the file.
    rules: &'a [Rule],
    interrupt: &'a Interrupt,
    rows: Vec<RuleSummary>,
    /// The warnings about each fit, after its name.
    warnings: Vec<String>,
    start_note: Option<String>,
    pca_warnings: Vec<String>,
    learned: Vec<Learned>,
    vq: Option<VqModel>,
    pca: Option<PcaModel>,
}

impl Learner<'_> {
    /// Adds noise to the images, which the first seed draws, and learns everything.
    fn learn_with(&mut self, noise: &Noise, images: &ImageShard) -> Result<()> {
        let name = noise.to_string();
        let without = RunImages {
            noise: &name,
            clean: None,
            labels: images.set.labels.as_ref(),
        };
        if noise.kinds.is_empty() {
            return self.learn(images, &without);
        }
        let noisy = add_noise(images, &noise.kinds, self.grid.seeds[0])?;
        let clean = CleanImages {
            images,
            white: noisy.white,
        };
        let known = RunImages {
            clean: Some(clean),
            ..without
        };
        self.learn(&noisy.images, &known)
    }

    /// Learns everything from images with one noise, of which `known` is known.
    fn learn(&mut self, images: &ImageShard, known: &RunImages<ImageShard>) -> Result<()> {
        let pcas = self.find_eigenimages(images, known)?;
        let vqs = self.find_prototypes(images, known)?;
        let rules = self.rules_from_start(images)?;
        self.fit_rules(&rules, images, known)?;
        self.rows.extend(vqs.into_iter().chain(pcas));
        Ok(())
    }

    /// Returns the rows of the PCA of each rank.
    fn find_eigenimages(
        &mut self,
        images: &ImageShard,
        known: &RunImages<ImageShard>,
    ) -> Result<Vec<RuleSummary>> {
        let _spinner = Progress::spinner(self.quiet(), "finding eigenimages".to_owned());
        let mut rows = Vec::new();
        for &rank in &self.grid.ranks {
            let pca = Pca::new(rank).fit(images)?;
            rows.push(known.of_pca(&pca, self.grid.seeds[0])?);
            for warning in report::pca_warnings(&pca) {
                if !self.pca_warnings.contains(&warning) {
                    self.pca_warnings.push(warning);
                }
            }
            self.pca.get_or_insert(pca);
        }
        Ok(rows)
    }

    /// Returns the rows of the VQ of each rank and seed.
    fn find_prototypes(
        &mut self,
        images: &ImageShard,
        known: &RunImages<ImageShard>,
    ) -> Result<Vec<RuleSummary>> {
        let _spinner = Progress::spinner(self.quiet(), "finding prototypes".to_owned());
        let mut rows = Vec::new();
        for &rank in &self.grid.ranks {
            for &seed in &self.grid.seeds {
                let vq = Vq::new(rank).seed(seed);
                let vq = vq.fit_with(images, |_| self.interrupt.check())?;
                rows.push(known.of_vq(&vq));
                self.vq.get_or_insert(vq);
            }
        }
        Ok(rows)
    }

    /// Returns the fits, each from the start in the file if there is one, complete for these images.
    fn rules_from_start(&mut self, images: &ImageShard) -> Result<Vec<Rule>> {
        let mut rules = self.rules.to_vec();
        if let Some(file) = self.file {
            let start = file.clone().complete(images)?;
            for rule in &mut rules {
                rule.nmf = rule.nmf.clone().init(start.init.clone());
            }
            self.start_note = start.note;
        }
        Ok(rules)
    }

    /// Learns with each rule, start, rank and seed, and keeps the models that are drawn.
    fn fit_rules(
        &mut self,
        rules: &[Rule],
        images: &ImageShard,
        known: &RunImages<ImageShard>,
    ) -> Result<()> {
        let interrupt = self.interrupt;
        let most = self.arguments.learning.max_iter;
        let progress = Progress::iterations(self.quiet(), most);
        let (done, fits) = (self.done(), self.fits());
        let on_iteration = |index: usize, iteration: &Iteration| {
            if iteration.iteration == 1 {
                let name = &rules[index].name;
                progress.begin(format!("{name} ({} of {fits})", done + index + 1));
            }
            progress.show(iteration);
            interrupt.check()
        };
        comparison::learn_each(images, rules, on_iteration, |index, learned| {
            self.add(index, learned, known);
        })?;
        Ok(())
    }

    /// Adds the row and the warnings of a fit, and keeps its model if it is drawn.
    fn add(&mut self, index: usize, learned: Learned, known: &RunImages<ImageShard>) {
        let grid = self.grid;
        let mut row = known.of_rule(&learned);
        if self.file.is_some() {
            row.init = Some(grid.inits[0].to_string());
        }
        let name = grid.name_of(&row);
        let warnings = report::nmf_warnings(&learned.model).into_iter();
        let warnings = warnings.map(|warning| format!("{name}: {warning}"));
        self.warnings.extend(warnings);
        let is_first = row.noise == grid.noises[0].to_string()
            && index.is_multiple_of(self.rules.len() / grid.rules.len());
        if is_first {
            self.learned.push(learned);
        }
        self.rows.push(row);
    }

    /// Returns the number of all fits.
    fn fits(&self) -> usize {
        self.rules.len() * self.grid.noises.len()
    }

    /// Returns the number of fits that are done.
    fn done(&self) -> usize {
        self.rows.iter().filter(|row| row.init.is_some()).count()
    }

    /// Returns what was learned, with the first warnings about single fits, and one if fits are missing.
    fn finish(mut self) -> Result<Runs> {
        let (done, fits) = (self.done(), self.fits());
        let left = self.warnings.len().saturating_sub(MOST_WARNINGS);
        if left > 0 {
            self.warnings.truncate(MOST_WARNINGS);
            self.warnings.push(format!(
                "{} about other fits: see the columns `stop` and `dead` of compare.csv",
                counted(left, "more warning", "more warnings")
            ));
        }
        if done < fits {
            self.warnings
                .push(format!("interrupted after {done} of {fits} fits"));
        }
        self.warnings.append(&mut self.pca_warnings);
        let (vq, pca) = self.vq.zip(self.pca).context("nothing was learned")?;
        Ok(Runs {
            rows: self.rows,
            warnings: self.warnings,
            start_note: self.start_note,
            drawn: DrawnModels {
                learned: self.learned,
                vq,
                pca,
            },
        })
    }

    fn quiet(&self) -> bool {
        self.arguments.writing.printing.quiet
    }
}
