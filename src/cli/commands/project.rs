//! The command `project`: new images, reconstructed from a model.

use std::path::Path;
use std::time::Instant;

use anyhow::{Result, bail, ensure};
use nmf_images::decomposition::METHODS;
use nmf_images::images::{self, Images};
use nmf_images::memory::{Task, Workload};
use nmf_images::outputs::WrittenBy;
use nmf_images::projection::threshold;
use nmf_images::report::{
    Flagged, HiddenErrors, ModelReport, NewImages, ProjectedReport, ProjectionReport,
};
use nmf_images::{ImageSet, Model, NMF, with_threads};

use crate::cli::arguments::{PathRead, Project, plain_workload};
use crate::cli::input;
use crate::cli::outcome::Outcome;
use crate::cli::output::csv_tables::ImageTable;
use crate::cli::output::{Output, RunFiles, file, json, written};
use crate::cli::pictures::{Picture, ProjectedImages, projection, title};
use crate::cli::terminal::progress::Progress;
use crate::cli::terminal::summary;

/// The ratio of mean values from which new images are probably on another scale.
const DIFFERENT_SCALE: f64 = 10.0;

/// Projects the new images and writes everything to the output folder.
pub fn project(arguments: &Project, paths: &[PathRead]) -> Result<Outcome> {
    with_threads(arguments.threads, || {
        let began = Instant::now();
        let writing = &arguments.writing;
        let output =
            Output::prepare_beside_models(&writing.out, RunFiles::of(WrittenBy::Project), paths)?;
        let model = read_model(&arguments.model)?;
        let images = read(arguments, &model, &output)?;
        let fitted = {
            let _spinner = Progress::spinner(
                writing.printing.quiet,
                format!("projecting {} images", images.len()),
            );
            model.project(&images)?
        };
        let threshold = threshold(&model.by(&NMF).errors);
        let projected = ProjectedImages {
            images: &images,
            model: &model,
            projection: &fitted,
            threshold,
        };
        let mut report = facts(arguments, projected);
        report.input.notes.extend(scale_note(&model, &images));
        let picture = projection(projected, &name(&arguments.inputs), writing, arguments.show)?;
        images.check()?;
        write(&output, projected, &picture, &mut report)?;
        let notices = summary::Notices {
            notes: &report.input.notes,
            warnings: &report.warnings,
        };
        summary::print_result(writing.printing, notices, &report, || {
            summary::of_projection(&report, &output, began.elapsed())
        })?;
        Ok(Outcome::Done)
    })
}

/// Reads the model in a file or in the output folder of a run.
fn read_model(path: &Path) -> Result<Model> {
    if path.is_dir() && !path.join("model.npz").exists() {
        bail!(
            "{} contains no model.npz: pass the output folder of a run, or its model.npz",
            path.display()
        );
    }
    let model = Model::read(path)?;
    for method in METHODS {
        ensure!(
            model.get(method).is_some(),
            "{}: the model has no {}, which this command needs: pass the model.npz of a run",
            path.display(),
            method.name
        );
    }
    Ok(model)
}

/// Reads the new images with the options of the training images.
fn read(arguments: &Project, model: &Model, output: &Output) -> Result<ImageSet> {
    let _spinner = Progress::spinner(arguments.writing.printing.quiet, "reading".to_owned());
    let workload = workload(arguments, model);
    let options = arguments.files.options(&model.reading);
    let options = input::within_memory(options, &arguments.files, output.folder(), &workload);
    let mut images = images::load_several(&arguments.inputs, &options)?;
    images.notes.extend(arguments.files.notes());
    if !arguments.writing.printing.quiet {
        input::note_memory(&images, images.len(), &options.workload.unwrap_or(workload));
    }
    Ok(images)
}

/// Returns what is done with the new images, beside the model.
fn workload(arguments: &Project, model: &Model) -> Workload {
    let values = model
        .decompositions
        .iter()
        .map(|learned| learned.weights.len() + learned.basis.rows().len() + learned.errors.len());
    Workload {
        rank: model.by(&NMF).basis.rank() as u64,
        besides: (values.sum::<usize>() * size_of::<f32>()) as u64,
        ..plain_workload(Task::Project, arguments.threads)
    }
}

/// Returns a note if the values of the new images are on another scale than those of the training images.
fn scale_note(model: &Model, images: &ImageSet) -> Option<String> {
    let ratio = model.relative_scale(images)?;
    let found = if ratio >= DIFFERENT_SCALE {
        format!("{ratio:.0} times")
    } else if ratio <= 1.0 / DIFFERENT_SCALE {
        format!("1/{:.0} of", 1.0 / ratio)
    } else {
        return None;
    };
    Some(format!(
        "the values of the new images are on average {found} those of the training images: if they are in other units, \
         bring them to the same scale first"
    ))
}

/// Returns the title of the new images: the last name of the first path.
fn name(inputs: &[impl AsRef<Path>]) -> String {
    let more = if inputs.len() > 1 { ", …" } else { "" };
    inputs
        .first()
        .map(|first| title(first.as_ref()) + more)
        .unwrap_or_default()
}

/// Returns the report without its list of files.
fn facts(arguments: &Project, projected: ProjectedImages) -> ProjectionReport {
    let ProjectedImages {
        images,
        model,
        projection,
        threshold,
    } = projected;
    let text = |path: &Path| path.to_string_lossy().into_owned();
    ProjectionReport {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        model: ModelReport::new(&text(&arguments.model), model),
        input: NewImages::new(
            arguments.inputs.iter().map(|path| text(path)).collect(),
            images,
        ),
        methods: ProjectedReport::of_all(model, projection),
        hidden: hidden(arguments, projected),
        flagged: Flagged::new(threshold, &images.names, &projection.methods[&NMF]),
        files: Vec::new(),
        warnings: input::warnings(&images.skipped, Some("projection.json")),
    }
}

/// Returns how well hidden pixels are guessed, if the files have their true values.
fn hidden(arguments: &Project, projected: ProjectedImages) -> Option<HiddenErrors> {
    let ProjectedImages {
        images,
        model,
        projection,
        ..
    } = projected;
    if !input::knows_hidden(&arguments.files) {
        return None;
    }
    HiddenErrors::of(images, model, |method| &projection.methods[method].weights)
}

fn write(
    output: &Output,
    projected: ProjectedImages,
    picture: &Picture,
    report: &mut ProjectionReport,
) -> Result<()> {
    let ProjectedImages {
        images, projection, ..
    } = projected;
    report.files = vec![
        file(&picture.name, &picture.caption),
        file(
            "weights.csv",
            "One line per image: its errors, whether it is flagged, and its weights.",
        ),
        file(
            "projection.npz",
            "Weights, scores and errors, for numpy.load.",
        ),
        file("projection.json", "Every number of this projection."),
    ];
    let mut staged = output.stage();
    let stay = output.discard_earlier(&mut staged, &report.files);
    report.input.notes.extend(stay);
    staged.add(&picture.name, &picture.bytes)?;
    staged.add_by("weights.csv", |file| table(projected).write(file))?;
    staged.add_by("projection.npz", |file| {
        written(file, |file| projection.write_npz(&images.names, file))
    })?;
    staged.add("projection.json", &json(report)?)?;
    staged.replace()
}

fn table(projected: ProjectedImages<'_>) -> ImageTable<'_> {
    let ProjectedImages {
        images, projection, ..
    } = projected;
    ImageTable {
        names: &images.names,
        labels: images.label_lines().into(),
        errors: projection
            .methods
            .iter()
            .map(|(method, projected)| (method, (&projected.errors).into()))
            .collect(),
        flagged: Some(
            (0..images.len())
                .map(|image| projected.is_flagged(image))
                .collect(),
        ),
        weights: &projection.methods[&NMF].weights,
        letter: 'w',
    }
}
