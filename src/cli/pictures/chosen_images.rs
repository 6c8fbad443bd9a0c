//! The images that the options `--images` and `--recipe` choose: found by their names or indices.

use std::path::Path;

use anyhow::{Result, bail};

use crate::cli::arguments::PictureOptions;

/// The most images that `--images` chooses: as many as the slide and the ladder show.
pub const MOST: usize = 8;

const IMAGES: &str = "--images";
const RECIPE: &str = "--recipe";

/// Checks, before the fit, that the chosen images are among `names`; `held_out` has the names of held-out images.
pub(super) fn check(options: &PictureOptions, names: &[String], held_out: &[String]) -> Result<()> {
    let of_images = options.images.iter().map(|name| (IMAGES, name));
    let of_recipe = options.recipe.iter().map(|name| (RECIPE, name));
    for (option, name) in of_images.chain(of_recipe) {
        if held_out.contains(name) {
            bail!("`{name}` is held out: pass training images to {option}");
        }
    }
    images(options, names)?;
    recipe(options, names).map(drop)
}

/// Returns the indices of the images of `--images`, in that order and each once; `None` without the option.
///
/// # Errors
/// If there is no such image, or if there are more than [`MOST`].
pub fn images(options: &PictureOptions, names: &[String]) -> Result<Option<Vec<usize>>> {
    let mut chosen = Vec::new();
    for wanted in &options.images {
        let index = find(IMAGES, wanted, names)?;
        if !chosen.contains(&index) {
            chosen.push(index);
        }
    }
    if chosen.len() > MOST {
        bail!(
            "{IMAGES} names {} images: pass at most {MOST}",
            chosen.len()
        );
    }
    Ok((!chosen.is_empty()).then_some(chosen))
}

/// Returns whether an option chooses the image of the recipe.
pub(super) fn is_recipe_chosen(options: &PictureOptions) -> bool {
    options.recipe.is_some() || !options.images.is_empty()
}

/// Returns the index of the image of the recipe: that of `--recipe`, or else the first of `--images`; `None` without both.
///
/// # Errors
/// If there is no such image.
pub(super) fn recipe(options: &PictureOptions, names: &[String]) -> Result<Option<usize>> {
    let of_recipe = options.recipe.iter().map(|name| (RECIPE, name));
    let of_images = options.images.iter().map(|name| (IMAGES, name));
    let first = of_recipe.chain(of_images).next();
    first
        .map(|(option, wanted)| find(option, wanted, names))
        .transpose()
}

/// Finds an image by its name, by the end of its path, or by its index.
fn find(option: &str, wanted: &str, names: &[String]) -> Result<usize> {
    if let Some(index) = names.iter().position(|name| name == wanted) {
        return Ok(index);
    }
    let ends: Vec<usize> = (0..names.len())
        .filter(|&index| !wanted.is_empty() && Path::new(&names[index]).ends_with(wanted))
        .collect();
    let index = wanted
        .parse()
        .ok()
        .filter(|&index: &usize| index < names.len());
    match (ends.as_slice(), index) {
        ([one], _) => Ok(*one),
        ([], Some(index)) => Ok(index),
        ([], None) => bail!(
            "no image is named `{wanted}`: pass to {option} the name of one of the {} images, such as `{}`, or an index \
             from 0 to {}",
            names.len(),
            names[0],
            names.len() - 1
        ),
        ([first, second, ..], _) => bail!(
            "{} images are named `{wanted}`: pass to {option} more of the path, such as `{}` or `{}`",
            ends.len(),
            names[*first],
            names[*second]
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(wanted: &str) -> Result<usize, String> {
        let names = ["a/1.png", "a/2.png", "b/1.png", "3"].map(str::to_owned);
        find(RECIPE, wanted, &names).map_err(|error| error.to_string())
    }

    #[test]
    fn an_image_is_found_by_name_by_the_end_of_its_path_and_by_index() {
        assert_eq!(found("b/1.png"), Ok(2));
        assert_eq!(found("2.png"), Ok(1));
        assert_eq!(found("0"), Ok(0));
        assert_eq!(found("3"), Ok(3));
    }

    #[test]
    fn the_error_for_a_missing_image_names_images_and_indices() {
        let missing = found("9.png").expect_err("no such image");
        assert!(
            missing.contains("`9.png`")
                && missing.contains("a/1.png")
                && missing.contains("0 to 3"),
            "{missing}"
        );
        for unlike in ["4", "-1", "ng", ""] {
            assert!(found(unlike).is_err(), "{unlike}");
        }
        let several = found("1.png").expect_err("two such images");
        assert!(
            several.starts_with("2 images") && several.contains("`a/1.png` or `b/1.png`"),
            "{several}"
        );
    }
}
