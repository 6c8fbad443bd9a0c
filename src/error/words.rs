//! Parts of error messages.

use crate::plural::by_count;
use serde::{Deserialize, Serialize};

/// One of several sizes found among the images of a set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SizeCount {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// How many images have this size.
    pub count: usize,
    /// The first few of them.
    pub examples: Vec<String>,
}

/// Returns a text on one line: control characters, line breaks and characters that change the direction of text are
/// escaped.
#[must_use]
pub fn one_line(text: &str) -> String {
    text.chars()
        .fold(String::with_capacity(text.len()), |mut line, sign| {
            if sign.is_control()
                || matches!(sign, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            {
                line.extend(sign.escape_default());
            } else {
                line.push(sign);
            }
            line
        })
}

/// Returns the first names of a list, on one line, separated by commas.
#[must_use]
pub fn list_names(names: &[String]) -> String {
    const MOST: usize = 16;
    let first: Vec<String> = names.iter().take(MOST).map(|name| one_line(name)).collect();
    first.join(", ") + if names.len() > MOST { ", …" } else { "" }
}

/// Returns the reason why pixels with these `values` are no intensities; the first is at this row and column.
#[must_use]
pub fn no_intensity(values: &[f32], (row, column): (usize, usize)) -> String {
    let count = values.len();
    let are = by_count(count, "value is", "values are");
    let spelling = spelled(values.first().copied().unwrap_or(f32::NAN));
    let is_same = |value: &f32| spelled(*value) == spelling;
    let place = format!("at row {row}, column {column} (counted from 0)");
    if values.iter().all(is_same) {
        format!("{count} {are} {spelling}{COMMON}{place}")
    } else {
        format!("{count} {are} NaN, infinite or negative, the first {spelling} {place}")
    }
}

/// Returns the value of the pixels of a reason by [`no_intensity`], also within a longer text; `None` if they have several.
#[doc(hidden)]
#[must_use]
pub fn common_no_intensity(reason: &str) -> Option<&str> {
    let (before, _) = reason.split_once(COMMON)?;
    before.rsplit(' ').next()
}

/// Why a part of a split .zip archive is not read.
pub(crate) const PART_OF_ZIP: &str = "it is one of several parts";

const COMMON: &str = ", which is not an intensity, the first ";

/// Returns the shortest spelling of a number, with an exponent if it is long.
fn spelled(value: f32) -> String {
    format!("{value:?}").trim_end_matches(".0").to_owned()
}

pub(super) fn mixed_sizes(sizes: &[SizeCount]) -> String {
    if let [most, odd] = sizes
        && odd.count == 1
        && most.count > 1
    {
        return format!(
            "{} is {}x{}, the other {} images are {}x{}",
            examples(odd),
            odd.width,
            odd.height,
            most.count,
            most.width,
            most.height
        );
    }
    let listed: Vec<String> = sizes
        .iter()
        .take(4)
        .map(|size| {
            let verb = by_count(size.count, "is", "are");
            format!(
                "{} {verb} {}x{} ({})",
                size.count,
                size.width,
                size.height,
                examples(size)
            )
        })
        .collect();
    let rest = match sizes.len().saturating_sub(4) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    format!(
        "the images have {} sizes: {}{rest}",
        sizes.len(),
        listed.join(", ")
    )
}

fn examples(size: &SizeCount) -> String {
    let names: Vec<String> = size.examples.iter().map(|name| one_line(name)).collect();
    let more = if size.count > names.len() {
        ", …"
    } else {
        ""
    };
    names.join(", ") + more
}

pub(super) fn seen(by_extension: &[(String, usize)]) -> String {
    if by_extension.is_empty() {
        return "nothing".to_owned();
    }
    let kinds: Vec<String> = by_extension
        .iter()
        .take(8)
        .map(|(extension, count)| format!("{count} {}", one_line(extension)))
        .collect();
    kinds.join(", ") + if by_extension.len() > 8 { ", …" } else { "" }
}

pub(super) fn least(images: usize) -> String {
    if images == 1 {
        "at least 1 image is".to_owned()
    } else {
        format!("at least {images} images are")
    }
}

pub(super) fn skipped_tail(skipped: usize, first: Option<&str>) -> String {
    first.map_or_else(String::new, |first| {
        format!("; {skipped} skipped, the first: {}", one_line(first))
    })
}

pub(super) fn ignored_tail(by_extension: &[(String, usize)]) -> String {
    if by_extension.is_empty() {
        return String::new();
    }
    format!("; ignored (not images): {}", seen(by_extension))
}

pub(super) fn and_more(images: usize) -> String {
    match images {
        0 => String::new(),
        _ => format!(" and {images} more"),
    }
}

pub(super) fn and_others(count: usize) -> String {
    match count {
        0 => String::new(),
        1 => " (and 1 more file)".to_owned(),
        _ => format!(" (and {count} more files)"),
    }
}
