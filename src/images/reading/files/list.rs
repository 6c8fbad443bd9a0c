//! Lists of image files.

use std::io::BufRead;
use std::path::{Path, PathBuf};

use crate::error::{Error, InputError, Result};
use crate::images::reading::decode;

/// The most bytes of a path; a longer line is not one.
const LONGEST_PATH: usize = 4096;
/// The first bytes of files that are taken for lists by mistake: arrays, archives, gzip.
const NO_LISTS: [&[u8]; 4] = [b"\x93NUMPY", b"PK\x03\x04", b"\x1f\x8b", b"\0"];
const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads the paths in a list, one per line, or each followed by a zero byte as `find -print0` writes them. Empty lines are
/// ignored. `name` is the name of the list in errors.
pub(crate) fn paths(name: &Path, mut list: impl BufRead) -> Result<Vec<PathBuf>> {
    let mut bytes = Vec::new();
    list.read_to_end(&mut bytes).map_err(|source| Error::Io {
        path: name.to_owned(),
        source,
    })?;
    if is_utf16(&bytes) {
        return Err(InputError::ListEncoding(name.to_owned()).into());
    }
    let bytes = bytes.strip_prefix(UTF8_MARK).unwrap_or(&bytes);
    let lines = lines(bytes);
    if !is_text(bytes) || lines.iter().any(|line| line.len() > LONGEST_PATH) {
        return Err(InputError::NoList(name.to_owned()).into());
    }
    Ok(lines.into_iter().map(path_of_line).collect())
}

/// Checks whether a file with these first bytes is a list: whether its first line names an existing file.
pub(crate) fn is_list(path: &Path, head: &[u8]) -> bool {
    let first = lines(head.strip_prefix(UTF8_MARK).unwrap_or(head))
        .first()
        .map(|line| path_of_line(line));
    let beside = path.parent().unwrap_or(Path::new(""));
    is_text(head) && first.is_some_and(|first| first.is_file() || beside.join(first).is_file())
}

/// Checks whether bytes are in UTF-16: they begin with its mark, or every other byte is 0.
fn is_utf16(bytes: &[u8]) -> bool {
    let (pairs, _) = bytes.as_chunks::<2>();
    let alternate = |zero: usize| {
        pairs.len() >= 4
            && pairs
                .iter()
                .take(8)
                .all(|pair| pair[zero] == 0 && pair[1 - zero] != 0)
    };
    [b"\xff\xfe", b"\xfe\xff"]
        .iter()
        .any(|mark| bytes.starts_with(*mark))
        || alternate(0)
        || alternate(1)
}

/// Checks that bytes are not those of another kind of file.
fn is_text(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(decode::HEAD as usize)];
    decode::recognise(head).is_none() && !NO_LISTS.iter().any(|magic| head.starts_with(magic))
}

/// Returns the lines that are not empty, without their ends.
fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    let lines: Vec<&[u8]> = if bytes.contains(&0) {
        bytes.split(|&byte| byte == 0).collect()
    } else {
        bytes
            .split(|&byte| byte == b'\n')
            .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
            .collect()
    };
    lines.into_iter().filter(|line| !line.is_empty()).collect()
}

/// Returns the path in a line. Quotes around it, as Windows copies paths, are no part of it unless a file has them.
fn path_of_line(line: &[u8]) -> PathBuf {
    let path = path_of_bytes(line);
    let inner = line
        .strip_prefix(b"\"")
        .and_then(|line| line.strip_suffix(b"\""));
    match inner {
        Some(inner) if !inner.is_empty() && !path.exists() => path_of_bytes(inner),
        _ => path,
    }
}

#[cfg(unix)]
fn path_of_bytes(bytes: &[u8]) -> PathBuf {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    OsStr::from_bytes(bytes).into()
}

#[cfg(not(unix))]
fn path_of_bytes(bytes: &[u8]) -> PathBuf {
    String::from_utf8_lossy(bytes).into_owned().into()
}
