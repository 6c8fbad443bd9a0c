//! Draws the pictures that were asked for, several at a time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Result, bail};
use nmf_images::ImageSet;

use super::context::Context;
use super::ladder::Ladder;
use super::picture::Picture;
use super::{
    atlas, chosen_images, comparison, convergence, denoise, galleries, inpainting, learning, map,
    page, rank_error, recipe, reconstructions, three_ways, usage,
};
use crate::cli::arguments::{Arguments, PictureChoice};

/// The pictures that take longest, the slowest first. They are drawn before the others, so that no thread waits for one.
const SLOWEST: [PictureChoice; 6] = [
    PictureChoice::Learning,
    PictureChoice::Page,
    PictureChoice::Map,
    PictureChoice::Atlas,
    PictureChoice::ThreeWays,
    PictureChoice::Recipe,
];

/// Checks, before the fit, that the pictures that were asked for can be drawn; `held_out` has the names of held-out images.
pub fn check(arguments: &Arguments, images: &ImageSet, held_out: &[String]) -> Result<()> {
    if images.mask.is_none() && arguments.pictures.is_asked_for(PictureChoice::Inpainting) {
        bail!(
            "every pixel is known, so inpainting has nothing to fill: pass --mask or --missing, or omit it"
        );
    }
    if arguments.method.noise.is_empty() && arguments.pictures.is_asked_for(PictureChoice::Denoise)
    {
        bail!("denoise compares noisy with clean images: pass --noise, or omit it");
    }
    if arguments.pictures.is_asked_for(PictureChoice::Ladder) && Ladder::new(images, None).is_none()
    {
        bail!("the ladder needs at least 4 images of at least 4 pixels");
    }
    chosen_images::check(&arguments.pictures, &images.names, held_out)
}

/// Draws the pictures of a run that were asked for.
pub fn draw(context: &Context) -> Result<Vec<Picture>> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let threads = context.arguments.learning.threads.unwrap_or(threads);
    let chosen = context.arguments.pictures.chosen();
    let mut in_turn: Vec<(usize, PictureChoice)> = chosen.into_iter().enumerate().collect();
    in_turn.sort_by_key(|(_, choice)| place_in_turn(*choice));
    let mut drawn = in_parallel(&in_turn, threads, |(place, choice)| {
        (*place, drawing(*choice)(context))
    });
    drawn.sort_by_key(|(place, _)| *place);
    let drawn = drawn.into_iter().map(|(_, pictures)| pictures);
    let drawn: Vec<Vec<Picture>> = drawn.collect::<Result<_>>()?;
    Ok(drawn.into_iter().flatten().collect())
}

/// Returns the place of a picture in [`SLOWEST`], from which all others follow.
fn place_in_turn(choice: PictureChoice) -> usize {
    let place = SLOWEST.iter().position(|&slow| slow == choice);
    place.unwrap_or(SLOWEST.len())
}

/// Returns the function that draws a picture.
fn drawing(choice: PictureChoice) -> fn(&Context) -> Result<Vec<Picture>> {
    match choice {
        PictureChoice::Comparison => comparison::comparison,
        PictureChoice::Parts => galleries::parts,
        PictureChoice::Eigenimages => galleries::eigenimages,
        PictureChoice::Reconstructions => reconstructions::reconstructions,
        PictureChoice::Inpainting => inpainting::inpainting,
        PictureChoice::Denoise => denoise::denoise,
        PictureChoice::Usage => usage::usage,
        PictureChoice::Atlas => atlas::atlas,
        PictureChoice::Recipe => recipe::recipe,
        PictureChoice::ThreeWays => three_ways::three_ways,
        PictureChoice::Map => map::map,
        PictureChoice::Convergence => convergence::convergence,
        PictureChoice::Learning => learning::learning,
        PictureChoice::RankError => rank_error::rank_error,
        PictureChoice::Page => page::page,
        // It is drawn from fits of its own, by `ladder::learn`.
        PictureChoice::Ladder => |_| Ok(Vec::new()),
    }
}

/// Applies `work` to each item on `threads` threads, and returns the results in the order of the items. A thread takes the
/// next item as soon as it is free. This thread is one of them: if it waited, its share of the loops within the items would
/// wait too.
fn in_parallel<T: Sync, R: Send>(
    items: &[T],
    threads: usize,
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let mut done = thread::scope(|scope| {
        let mut others = Vec::new();
        for _ in 1..threads.min(items.len()) {
            others.push(scope.spawn(|| work_through(items, &next, &work)));
        }
        let mut done = work_through(items, &next, &work);
        for thread in others {
            done.extend(thread.join().expect("drawing does not panic"));
        }
        done
    });
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Takes items until none is left, and returns the index and the result of each.
fn work_through<T, R>(items: &[T], next: &AtomicUsize, work: &impl Fn(&T) -> R) -> Vec<(usize, R)> {
    let mut done = Vec::new();
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        let Some(item) = items.get(index) else {
            return done;
        };
        done.push((index, work(item)));
    }
}
