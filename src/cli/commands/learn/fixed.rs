//! The option `--fixed`: parts that are not learned.

use anyhow::{Result, bail};
use nmf_images::images::load_parts;
use nmf_images::{Basis, Nmf, Shape};

use crate::cli::arguments::{Arguments, PictureChoice, Rank};

/// Checks that no part of the run would learn without the fixed parts.
pub fn check(arguments: &Arguments) -> Result<()> {
    if arguments.method.fixed.is_none() {
        return Ok(());
    }
    if arguments.rank == Rank::Auto {
        bail!("-k auto learns all parts, and --fixed keeps some: pass a number to -k");
    }
    if arguments.pictures.is_asked_for(PictureChoice::Ladder) {
        bail!(
            "--only ladder learns other ranks without --fixed: pass a list to -k, such as 4,9,16"
        );
    }
    Ok(())
}

/// Reads the fixed parts, if there are any, at the size of the images.
pub fn read(arguments: &Arguments, shape: Shape) -> Result<Option<Basis>> {
    let file = arguments.method.fixed.as_deref();
    Ok(file.map(|file| load_parts(file, shape)).transpose()?)
}

/// Returns the settings of a fit that keeps these parts fixed.
pub fn settings(
    arguments: &Arguments,
    rank: usize,
    fixed: Option<&Basis>,
) -> nmf_images::Result<Nmf> {
    let nmf = arguments.nmf(rank)?;
    Ok(match fixed {
        Some(parts) => nmf.fixed(parts.rows().to_owned()),
        None => nmf,
    })
}
