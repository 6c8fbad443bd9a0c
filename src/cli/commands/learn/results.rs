//! What a run leaves, on the first process: pictures, files and the summary.

use std::time::Instant;

use anyhow::Result;
use nmf_images::images::Images;
use nmf_images::recovery::Truth;
use nmf_images::report::{RecipeReport, TruthReport};
use nmf_images::{ImageSet, Model, Report};

use super::gather::Gathered;
use super::held_out::HeldOutImages;
use super::provenance;
use super::resume::ResumePoint;
use crate::cli::allocator;
use crate::cli::arguments::Arguments;
use crate::cli::output::checkpoints::Checkpoints;
use crate::cli::output::exports::Exported;
use crate::cli::output::{Output, file, json, start_file, written};
use crate::cli::pictures::{self, Picture, ladder};
use crate::cli::terminal::progress::Interrupt;
use crate::cli::terminal::{summary, view};

/// The results of a run, and where they go.
pub(super) struct RunResults<'a> {
    pub arguments: &'a Arguments,
    pub resume_point: Option<&'a ResumePoint>,
    pub shown: &'a ImageSet,
    pub learned: &'a Gathered<'a>,
    /// When the run began.
    pub began: Instant,
    pub truth: Option<&'a Truth>,
    pub output: &'a Output,
    pub checkpoints: &'a Checkpoints<'a>,
}

/// What a run wrote, as the terminal shows it.
pub(super) struct WrittenRun {
    pub report: Report,
    /// Notes on the input, on the checkpoint and on the continuation.
    pub notes: Vec<String>,
    /// Parts and eigenimages for the terminal, with `--view`.
    view: Option<String>,
}

/// A run whose files are written, on the first process.
pub(super) struct FinishedRun {
    pub written: WrittenRun,
    /// What was learned, with the weights of the images that pictures show.
    pub model: Model,
}

impl FinishedRun {
    /// Prints notes, warnings and the summary.
    pub(super) fn print(
        self,
        arguments: &Arguments,
        output: &Output,
        began: Instant,
    ) -> Result<()> {
        let WrittenRun {
            report,
            notes,
            view,
        } = self.written;
        let notices = summary::Notices {
            notes: &notes,
            warnings: &report.warnings,
        };
        summary::print_result(arguments.writing.printing, notices, &report, || {
            summary::of_run(&report, output, began.elapsed())
        })?;
        view::show(view)
    }
}

impl RunResults<'_> {
    /// Draws the pictures and writes all files.
    pub(super) fn draw_and_write(
        &self,
        mut report: Report,
        interrupt: &Interrupt,
    ) -> Result<WrittenRun> {
        let (arguments, shown, model) = (self.arguments, self.shown, &self.learned.model);
        report.truth = self.truth_report();
        report.recipe = Some(self.recipe_report()?);
        let fitted = self.fitted();
        let context = pictures::Context::new(arguments, shown, &fitted, self.truth, &report)?;
        allocator::trim();
        let mut pictures = pictures::draw(&context)?;
        pictures.extend(ladder::learn(arguments, shown, &fitted, interrupt)?);
        let view = if arguments.pictures.view {
            view::text(&model.decompositions, &report.methods(), || {
                pictures::slide(&context)
            })?
        } else {
            None
        };
        // Pictures read images too, which may be in a file that fails late.
        shown.check()?;
        report.provenance = Some(provenance::of_run(
            arguments,
            self.learned.hashes,
            self.began,
        ));
        self.write(&pictures, &mut report)?;
        let notes = self.notes(&report);
        Ok(WrittenRun {
            report,
            notes,
            view,
        })
    }

    /// Returns what was learned, as pictures show it.
    fn fitted(&self) -> pictures::FittedModels<'_> {
        let learned = self.learned;
        pictures::FittedModels {
            nmf: &learned.nmf,
            pca: &learned.pca,
            model: &learned.model,
            frames: &learned.frames,
            separated: learned.separated.as_ref().map(|parts| &parts.basis),
            held_out: learned.held_out.as_ref().map(HeldOutImages::examples),
            clean: learned.denoised.as_ref().map(|denoised| &*denoised.images),
        }
    }

    fn write(&self, pictures: &[Picture], report: &mut Report) -> Result<()> {
        let model: &Model = self.learned.model_to_write();
        let mut staged = self.output.stage();
        for picture in pictures {
            staged.add(&picture.name, &picture.bytes)?;
            report.files.push(file(&picture.name, &picture.caption));
        }
        let caption = if model.vq.is_some() {
            "Parts, weights, eigenimages, scores, prototypes, for numpy.load and `nmf-images project`."
        } else {
            "Parts, weights, eigenimages and scores, for numpy.load and `nmf-images project`."
        };
        staged.add_by("model.npz", |file| {
            written(file, |file| model.write_npz(file))
        })?;
        report.files.push(file("model.npz", caption));
        if self.arguments.method.save_start {
            report.files.extend(start_file::entry(self.output));
        }
        let exported = Exported {
            model,
            nmf: &self.learned.nmf,
        };
        let exported = exported.write(&self.arguments.exports, &mut staged)?;
        report.files.extend(exported);
        // The last, so that it lists only files that exist.
        report
            .files
            .push(file("report.json", "Every number of this run."));
        let stay = self.output.discard_earlier(&mut staged, &report.files);
        report.input.notes.extend(stay);
        staged.add("report.json", &json(report)?)?;
        self.checkpoints.remove_if_finished(&mut staged);
        staged.replace()
    }

    /// Returns the notes on the input, on the checkpoint and on the continuation.
    fn notes(&self, report: &Report) -> Vec<String> {
        let mut notes = report.input.notes.clone();
        notes.extend(self.checkpoints.notes());
        notes.extend(self.resume_point.map(ResumePoint::note_on_pictures));
        notes
    }

    /// Returns the figures of the image of the recipe.
    fn recipe_report(&self) -> Result<RecipeReport> {
        let (names, model) = (&self.shown.names, &self.learned.model);
        let index = pictures::recipe_image(self.arguments, names, model)?;
        Ok(RecipeReport::new(
            &names[index],
            index,
            &model.decompositions,
        ))
    }

    fn truth_report(&self) -> Option<TruthReport> {
        let file = self.arguments.method.truth.as_deref()?;
        let decompositions = &self.learned.model.decompositions;
        Some(TruthReport::new(file, self.truth?, decompositions))
    }
}
