//! The interactive page: its images, and the command of the run.

use std::env;

use anyhow::Result;
use nmf_images::images::evenly_spaced_centres;
use nmf_images::render::{self, Page, Selection};

use super::context::Context;
use super::picture::Picture;
use super::{learning, recipe};

pub(super) fn page(context: &Context) -> Result<Vec<Picture>> {
    let images = context.images;
    let first = recipe::of_report(context).index;
    let room = room(context);
    let held_out = context.held_out.map(|held_out| held_out.images);
    // Held-out images take the place of a quarter of the others.
    let shown_held_out = held_out.map_or_else(Vec::new, |held_out| {
        evenly_spaced_centres(held_out.names.len(), room.div_ceil(4))
    });
    let room = (room - shown_held_out.len()).max(1);
    let bytes = render::page(&Page {
        title: &context.title,
        command: &command(env::args_os().map(|word| word.to_string_lossy().into_owned())),
        report: context.report,
        images,
        shown: &with(first, evenly_spaced_centres(images.names.len(), room)),
        first,
        outliers: context.outliers,
        held_out: held_out.map(|images| Selection {
            images,
            shown: &shown_held_out,
        }),
        separated: context.separated.as_ref(),
        decompositions: &context.model.decompositions,
        vq: context.model.vq.as_ref(),
        priors: &context.model.priors,
        frames: &context.frames,
        start: &learning::start(context),
    })?;
    let caption =
        "An interactive page for any browser: parts, recipes, learning, your own picture, a story.";
    Ok(vec![Picture {
        name: "report.html".to_owned(),
        caption: caption.to_owned(),
        bytes,
    }])
}

/// Returns how many images the page has room for.
fn room(context: &Context) -> usize {
    let most = render::page_images(context.images.shape, context.nmf.basis.rank());
    // Images with outliers take four bytes per pixel instead of one.
    let share = if context.outliers.is_some() {
        size_of::<f32>()
    } else {
        1
    };
    let asked_for = context.arguments.pictures.page_images;
    asked_for.unwrap_or((most / share).max(1))
}

/// Returns the indices with `index` among them, in place of its neighbour.
fn with(index: usize, mut indices: Vec<usize>) -> Vec<usize> {
    let place = indices
        .partition_point(|&other| other < index)
        .min(indices.len() - 1);
    indices[place] = index;
    indices.dedup();
    indices
}

/// Returns the command line, with quotes around words that a shell would split.
fn command(words: impl Iterator<Item = String>) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "-_./:=,+@%".contains(letter);
    let is_plain = |word: &str| !word.is_empty() && word.chars().all(plain);
    let quoted = |word: String| {
        if is_plain(&word) {
            word
        } else {
            format!("'{}'", word.replace('\'', r"'\''"))
        }
    };
    let name = |index: usize, word: String| {
        if index == 0 {
            "nmf-images".to_owned()
        } else {
            quoted(word)
        }
    };
    words
        .enumerate()
        .map(|(index, word)| name(index, word))
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_image_is_among_those_of_the_page() {
        assert_eq!(with(4, vec![1, 4, 7]), [1, 4, 7]);
        assert_eq!(with(5, vec![1, 4, 7]), [1, 4, 5]);
        assert_eq!(with(9, vec![1, 4, 7]), [1, 4, 9]);
        assert_eq!(with(0, vec![1, 4, 7]), [0, 4, 7]);
    }

    #[test]
    fn a_command_can_be_typed_again() {
        let joined = |words: &[&str]| command(words.iter().map(|&word| word.to_owned()));
        assert_eq!(
            joined(&["/bin/x", "faces", "-k", "16"]),
            "nmf-images faces -k 16"
        );
        assert_eq!(
            joined(&["x", "my faces", "it's", "$HOME", ""]),
            r"nmf-images 'my faces' 'it'\''s' '$HOME' ''"
        );
    }
}
