//! From models to pictures: which figures, images and captions. One file per picture.

mod atlas;
mod comparison;
mod convergence;
mod galleries;
mod inpainting;
mod learning;
mod map;
mod page;
mod projection;
mod rank_error;
pub mod ranks;
mod recipe;
mod reconstructed;
mod reconstructions;
mod usage;

pub use self::comparison::slide;
pub use self::projection::{Judged, projection};

use std::path::Path;
use std::sync::Mutex;
use std::thread;

use anyhow::{Result, bail};
use nmf_images::nmf::Frame;
use nmf_images::recovery::Truth;
use nmf_images::render::{Figure, MethodBasis, Scaling, Theme};
use nmf_images::{
    Basis, Decomposition, ImageSet, Method, Model, NMF, NmfModel, PcaModel, Report, Weights,
};

use super::arguments::{Arguments, PageFormat, PictureChoice, WritingOptions};
use super::input::LIST;

/// A picture as a file.
pub struct Picture {
    /// The name of the file.
    pub name: String,
    pub caption: String,
    pub bytes: Vec<u8>,
}

impl Picture {
    /// Returns a page in the format that was asked for.
    pub fn page(
        writing: &WritingOptions,
        name: &str,
        caption: &str,
        figure: &Figure,
    ) -> Result<Self> {
        match writing.format {
            PageFormat::Svg => Ok(Self::svg(name, caption, figure)),
            PageFormat::Png => Ok(Self {
                name: format!("{name}.png"),
                caption: caption.to_owned(),
                bytes: figure.png(2.0)?,
            }),
        }
    }

    /// Returns an animation.
    fn gif(name: &str, caption: &str, bytes: Vec<u8>) -> Self {
        Self {
            name: format!("{name}.gif"),
            caption: caption.to_owned(),
            bytes,
        }
    }

    /// Returns an SVG file, for charts.
    fn svg(name: &str, caption: &str, figure: &Figure) -> Self {
        let bytes = figure.svg().as_bytes().to_vec();
        Self {
            name: format!("{name}.svg"),
            caption: caption.to_owned(),
            bytes,
        }
    }
}

/// Checks, before the fit, that the pictures that were asked for can be drawn.
pub fn check(arguments: &Arguments, images: &ImageSet) -> Result<()> {
    if images.mask.is_none() && arguments.pictures.is_asked_for(PictureChoice::Inpainting) {
        bail!(
            "every pixel is known, so inpainting has nothing to fill: pass --mask or --missing, or omit it"
        );
    }
    arguments
        .pictures
        .recipe
        .as_ref()
        .map_or(Ok(()), |said| recipe::find(said, &images.names).map(drop))
}

/// Draws the pictures of a run that were asked for.
pub fn draw(context: &Context) -> Result<Vec<Picture>> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let threads = context.arguments.learning.threads.unwrap_or(threads);
    let drawn = in_parallel(&context.arguments.pictures.chosen(), threads, |choice| {
        drawing(*choice)(context)
    });
    let drawn: Vec<Vec<Picture>> = drawn.into_iter().collect::<Result<_>>()?;
    Ok(drawn.into_iter().flatten().collect())
}

/// Returns the function that draws a picture.
fn drawing(choice: PictureChoice) -> fn(&Context) -> Result<Vec<Picture>> {
    match choice {
        PictureChoice::Comparison => comparison::comparison,
        PictureChoice::Parts => galleries::parts,
        PictureChoice::Eigenimages => galleries::eigenimages,
        PictureChoice::Reconstructions => reconstructions::reconstructions,
        PictureChoice::Inpainting => inpainting::inpainting,
        PictureChoice::Usage => usage::usage,
        PictureChoice::Atlas => atlas::atlas,
        PictureChoice::Recipe => recipe::recipe,
        PictureChoice::Map => map::map,
        PictureChoice::Convergence => convergence::convergence,
        PictureChoice::Learning => learning::learning,
        PictureChoice::RankError => rank_error::rank_error,
        PictureChoice::Page => page::page,
    }
}

/// Applies `work` to each item in parallel, and returns the results in the order of the items. A thread takes the next
/// item as soon as it is free.
fn in_parallel<T: Sync, R: Send>(
    items: &[T],
    threads: usize,
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let waiting = Mutex::new(items.iter().enumerate());
    let next = || {
        waiting
            .lock()
            .expect("taking an item does not panic")
            .next()
    };
    let one_thread = || {
        std::iter::from_fn(next)
            .map(|(index, item)| (index, work(item)))
            .collect::<Vec<_>>()
    };
    let mut done: Vec<(usize, R)> = thread::scope(|scope| {
        let threads: Vec<_> = (0..threads.min(items.len()))
            .map(|_| scope.spawn(one_thread))
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("drawing does not panic"))
            .collect()
    });
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

/// What was fitted in a run.
pub struct FittedModels<'a> {
    pub nmf: &'a NmfModel,
    pub pca: &'a PcaModel,
    /// Both as decompositions of the images that pictures show.
    pub model: &'a Model,
    /// The recorded frames of the fit.
    pub frames: &'a [Frame],
}

/// What pictures are drawn from.
pub struct Context<'a> {
    arguments: &'a Arguments,
    images: &'a ImageSet,
    nmf: &'a NmfModel,
    /// The recorded frames of the fit.
    frames: &'a [Frame],
    pca: &'a PcaModel,
    truth: Option<&'a Truth>,
    report: &'a Report,
    title: String,
    scaling: Scaling,
    theme: Theme,
    /// What each method learned.
    decompositions: &'a [Decomposition],
    /// The basis of each method as it is drawn.
    drawn: Vec<Basis>,
    /// The relative error of each image reconstructed from parts.
    errors: Vec<f64>,
}

impl<'a> Context<'a> {
    /// Collects what was learned in a run.
    pub fn new(
        arguments: &'a Arguments,
        images: &'a ImageSet,
        fitted: &FittedModels<'a>,
        truth: Option<&'a Truth>,
        report: &'a Report,
    ) -> Self {
        let FittedModels {
            nmf,
            pca,
            model,
            frames,
        } = *fitted;
        let scaling = arguments.tiling.scaling();
        Self {
            arguments,
            images,
            nmf,
            frames,
            pca,
            truth,
            report,
            title: title(&arguments.input),
            scaling,
            theme: arguments.writing.theme(),
            decompositions: &model.decompositions,
            drawn: model
                .decompositions
                .iter()
                .map(|learned| drawn(&learned.basis, &learned.weights, scaling))
                .collect(),
            errors: model
                .by(&NMF)
                .errors
                .iter()
                .map(|&error| f64::from(error))
                .collect(),
        }
    }

    /// Returns the bases as they are drawn, with their methods.
    fn bases(&self) -> Vec<MethodBasis<'_>> {
        let methods = self.decompositions.iter().map(|learned| learned.method);
        let pairs = methods.zip(&self.drawn);
        pairs
            .map(|(method, basis)| MethodBasis { method, basis })
            .collect()
    }

    /// Returns the basis of a method as it is drawn.
    fn drawn(&self, method: &Method) -> &Basis {
        let bases = self.decompositions.iter().zip(&self.drawn);
        bases
            .filter(|(learned, _)| learned.method == method)
            .map(|(_, basis)| basis)
            .next()
            .expect("every method has a basis")
    }

    /// Returns a page in the format that was asked for.
    fn page(&self, name: &str, caption: &str, figure: &Figure) -> Result<Vec<Picture>> {
        Ok(vec![Picture::page(
            &self.arguments.writing,
            name,
            caption,
            figure,
        )?])
    }
}

/// Returns a basis as it is drawn.
pub fn drawn(basis: &Basis, weights: &Weights, scaling: Scaling) -> Basis {
    match scaling {
        Scaling::Each => basis.clone(),
        Scaling::Shared => as_used(basis, weights),
    }
}

/// Scales each basis image by the root mean square of its weights, which is its average strength in the images.
fn as_used(basis: &Basis, weights: &Weights) -> Basis {
    let mut rows = basis.rows().to_owned();
    for (mut row, weights) in rows.rows_mut().into_iter().zip(weights.columns()) {
        let squares: f64 = weights.iter().map(|&w| f64::from(w).powi(2)).sum();
        let strength = (squares / weights.len() as f64).sqrt() as f32;
        row.mapv_inplace(|v| v * strength);
    }
    Basis::new(basis.shape(), rows)
}

/// Returns the last component of the path as the title.
pub fn title(input: &Path) -> String {
    if input == Path::new(LIST) {
        return "listed images".to_owned();
    }
    let absolute = input.canonicalize();
    let name = absolute.as_deref().unwrap_or(input).file_stem();
    name.map_or_else(
        || input.to_string_lossy().into_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}

/// Returns at most `most` of `count` indices, evenly spread, each in the middle of its interval.
fn evenly(count: usize, most: usize) -> Vec<usize> {
    let most = most.min(count);
    (0..most)
        .map(|i| (2 * i + 1) * count / (2 * most))
        .collect()
}
