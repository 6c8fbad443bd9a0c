//! Hints on inputs, and on options that do not apply to them.

use nmf_images::error::{InputError, Reducible, one_line};

use crate::cli::memory_limits::{AvailableMemory, Limit};

/// Returns a hint on an input; `None` if the message suffices.
pub fn input_hint(error: &InputError) -> Option<String> {
    let hint = match error {
        InputError::Unknown(_) => "pass --from with its format if it cannot be detected",
        InputError::LimitTooSmall { .. } => "pass --limit 2 or more",
        InputError::LargerThanMemory { .. } => {
            "raise --memory, or write the prepared images with `nmf-images pack` first"
        }
        InputError::MemoryTooSmall {
            needed, reducible, ..
        } => return Some(memory_hint(*needed, *reducible)),
        InputError::ListFile(path) => {
            return Some(format!(
                "to read the files that it names, pass the list on stdin: `nmf-images - < {}`",
                one_line(&path.display().to_string())
            ));
        }
        InputError::SeveralArrays(_) => "choose one with --key",
        InputError::OneValuePerRow(_) => {
            "pass it to --labels if it has the labels of another file, or --row-size 1x1 if each value is an image"
        }
        InputError::TurnedTable { .. } => "pass --transpose",
        InputError::NoList(_) => "to read data, pass the file that holds them",
        _ => return option_hint(error).map(str::to_owned),
    };
    Some(hint.to_owned())
}

/// Returns a hint on how a run needs less memory.
pub const fn how_to_reduce(reducible: Reducible) -> &'static str {
    match reducible {
        Reducible::ImagesAndRank => "reduce it with --size, --limit or a smaller rank",
        Reducible::Images => "reduce it with --size or --limit",
        Reducible::Count => "pass fewer images at a time",
    }
}

/// Returns a hint on a run that needs more memory than it can use, with the limit that is in its way.
fn memory_hint(needed: u64, reducible: Reducible) -> String {
    let reduce = how_to_reduce(reducible);
    let megabytes = needed.div_ceil(1_000_000);
    let limit = AvailableMemory::measure(1).allowed;
    match limit.filter(|limit| limit.bytes < needed) {
        Some(Limit { name, .. }) => {
            format!("{reduce}, or raise {name} and pass --memory {megabytes}MB")
        }
        None => format!("{reduce}, or pass --memory {megabytes}MB if so much is free"),
    }
}

/// Returns a hint on an option that does not apply to an input.
fn option_hint(error: &InputError) -> Option<&'static str> {
    Some(match error {
        InputError::NotPacked => "pass --invert, --mask and --missing when learning from it",
        InputError::NoArchive(_) => "omit --key, which names an array of an archive",
        InputError::NoFile(_) => "omit --from, which names the format of such a file",
        InputError::NoTable(_) => {
            "omit --row-size, --order, --transpose, --label and --ignore, which describe a table"
        }
        InputError::NoRows(_) => {
            "omit --row-size, --order and --transpose, which describe the rows of a table"
        }
        InputError::NoLabels(_) => {
            "omit --label, which names a column of a .csv table or an array of a .npz archive, or pass --labels FILE"
        }
        InputError::NoColumns(_) => "omit --ignore, which names columns of a .csv table",
        InputError::NoLabelFile(_) => "omit --labels, or sort the images into sub-folders",
        InputError::NoChannels(_) => "omit --channel, which chooses one of several in a TIFF file",
        InputError::UnknownNotPacked(_) => "learn from the files themselves",
        InputError::OrderWithoutShape => {
            "pass --row-size with --order column, such as --row-size 48x64"
        }
        InputError::RowsNoPictures(_) => "pass --row-size WxH (width x height), or omit --size",
        _ => return None,
    })
}
