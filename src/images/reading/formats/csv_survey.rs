//! Columns of a table that are not pixels, found without an option: those that count the rows, names of images, gaps, and
//! labels. All rows are read once for them, as long as any column is still in question.

use std::collections::BTreeSet;
use std::path::Path;

use super::csv_columns::{Columns, Role};
use super::csv_lines::Lines;
use super::csv_numbers::{NumberFormat, has_no_value, text};
use crate::basis::Shape;
use crate::error::Result;
use crate::images::options::LoadOptions;

/// The names of columns that count the rows, beside those without a name, in small letters.
const INDEX_NAMES: [&str; 5] = ["index", "row.names", "rownames", "row_names", "level_0"];
/// The names of columns of labels, in small letters.
const LABEL_NAMES: [&str; 9] = [
    "label", "labels", "class", "target", "y", "digit", "emotion", "species", "gnd",
];
/// The minimum number of rows of a column that counts them although it has a name or the table has no header.
const LEAST_ROWS: usize = 10;
/// The maximum number of distinct labels of a column of labels.
const MOST_LABELS: usize = 1000;

/// What a column may be.
enum Candidate {
    /// Counts the rows from this number.
    Counter(f32),
    /// Words, each different from all others.
    Words(BTreeSet<String>),
    /// Nothing in any row.
    Gaps,
    /// Whole numbers.
    Classes(BTreeSet<i64>),
}

/// A column in question.
struct Suspect {
    column: usize,
    candidate: Candidate,
}

impl Suspect {
    /// Checks whether the row of this index, from 0, leaves the column in question.
    fn fits(&mut self, row: usize, field: &[u8], format: NumberFormat) -> bool {
        match &mut self.candidate {
            Candidate::Counter(start) => format.number(field) == Some(*start + row as f32),
            Candidate::Words(words) => is_name(field, format) && words.insert(text(field)),
            Candidate::Gaps => has_no_value(field),
            Candidate::Classes(classes) => match format.number(field) {
                Some(value) if value.fract() == 0.0 && value.abs() < 1e6 => {
                    classes.insert(value as i64);
                    classes.len() <= MOST_LABELS
                }
                _ => false,
            },
        }
    }
}

/// Checks whether a field can be a name: a word, but not a number with separators such as `1,234`.
fn is_name(field: &[u8], format: NumberFormat) -> bool {
    let is_separator = |byte: &u8| b",.'+ ".contains(byte);
    format.is_word(field)
        && !field
            .iter()
            .all(|byte| byte.is_ascii_digit() || is_separator(byte))
}

/// Sets the columns that are no pixels, with a note about each.
pub(super) fn survey(path: &Path, columns: &mut Columns, options: &LoadOptions) -> Result<()> {
    if columns.place_of(Role::AllPixels).is_some() {
        return Ok(());
    }
    let mut lines = Lines::open(path)?;
    if columns.has_header() {
        lines.read()?;
    }
    if !lines.read()? {
        return Ok(());
    }
    let mut suspects = suspects(columns, &lines, options);
    let mut rows = 0;
    while !suspects.is_empty() {
        let format = lines.format;
        suspects.retain_mut(|suspect| {
            let field = lines.fields.get(suspect.column);
            field.is_some_and(|field| suspect.fits(rows, field, format))
        });
        rows += 1;
        if !lines.read()? {
            break;
        }
    }
    conclude(columns, &suspects, rows, options);
    Ok(())
}

/// Returns the columns that the first row puts in question.
fn suspects(columns: &Columns, lines: &Lines, options: &LoadOptions) -> Vec<Suspect> {
    let format = lines.format;
    let mut suspects = Vec::new();
    for (column, field) in lines.fields.iter().enumerate() {
        if columns.roles.get(column) != Some(&Role::Pixel) {
            continue;
        }
        let is_last = column + 1 == columns.count();
        let is_nameless = columns.name(column).is_empty();
        let candidate = match format.number(field) {
            Some(start @ (0.0 | 1.0)) => Some(Candidate::Counter(start)),
            None if is_name(field, format) => Some(Candidate::Words(BTreeSet::new())),
            None if is_nameless && (is_last || columns.has_header()) => Some(Candidate::Gaps),
            _ => None,
        };
        suspects.extend(candidate.map(|candidate| Suspect { column, candidate }));
        let may_be_label = options.shape.is_some() && options.label.is_none() && !options.transpose;
        if may_be_label && (column == 0 || is_last) {
            let candidate = Candidate::Classes(BTreeSet::new());
            suspects.push(Suspect { column, candidate });
        }
    }
    suspects
}

/// Sets what the columns are that are still in question after the last row.
fn conclude(columns: &mut Columns, suspects: &[Suspect], rows: usize, options: &LoadOptions) {
    let needed = options
        .shape
        .filter(|_| !options.transpose)
        .map(Shape::pixels);
    for Suspect { column, candidate } in suspects {
        let is_needed = needed == Some(columns.count_of(Role::Pixel));
        match candidate {
            Candidate::Counter(_) | Candidate::Gaps if is_needed => {}
            Candidate::Counter(_) => set_counter(columns, *column, rows),
            Candidate::Words(_) if columns.place_of(Role::Name).is_none() => {
                let note =
                    "has a different text in every row, and is taken for the names of the images";
                set_role(columns, *column, Role::Name, note);
            }
            Candidate::Gaps => {
                set_role(
                    columns,
                    *column,
                    Role::Ignored,
                    "has no values: it is ignored",
                );
            }
            _ => {}
        }
    }
    if needed.is_some_and(|needed| columns.count_of(Role::Pixel) == needed + 1) {
        set_label(columns, suspects);
    } else {
        note_labels(columns, options);
    }
    let is_named = (1..columns.count()).all(|column| !columns.name(column).is_empty());
    let is_nameless = columns.has_header() && columns.name(0).is_empty() && is_named;
    if is_nameless && columns.roles[0] == Role::Pixel && needed.is_none() {
        let note = "has no name and is read as a pixel; if it is an index, pass --ignore 1";
        set_role(columns, 0, Role::Pixel, note);
    }
}

/// Sets what a column holds, with a note.
fn set_role(columns: &mut Columns, column: usize, role: Role, note: &str) {
    let described = columns.described(column);
    columns.notes.push(format!("column {described} {note}"));
    columns.roles[column] = role;
}

/// Ignores a column that counts the rows, or adds a note if its name is not that of an index.
fn set_counter(columns: &mut Columns, column: usize, rows: usize) {
    if is_index(columns, column, rows) {
        let nameless = match columns.name(column) {
            "" => "has no name and ",
            _ => "",
        };
        let note = format!(
            "{nameless}counts the rows: it is ignored; if it is a pixel, give it another name in the header"
        );
        set_role(columns, column, Role::Ignored, &note);
    } else if rows >= LEAST_ROWS {
        let argument = argument(columns, column);
        let note = format!("counts the rows; if it is no pixel, pass --ignore {argument}");
        set_role(columns, column, Role::Pixel, &note);
    }
}

/// Checks whether a column that counts the rows is an index, by its name.
fn is_index(columns: &Columns, column: usize, rows: usize) -> bool {
    if !columns.has_header() {
        return column == 0 && rows >= LEAST_ROWS;
    }
    let name = columns.name(column).to_lowercase();
    name.is_empty() || name.starts_with("unnamed:") || INDEX_NAMES.contains(&name.as_str())
}

/// Takes the first or the last column for the labels, if only one of them can be: a row has one value more than an image.
fn set_label(columns: &mut Columns, suspects: &[Suspect]) {
    let classes: Vec<usize> = suspects
        .iter()
        .filter(|suspect| columns.roles[suspect.column] == Role::Pixel)
        .filter(|suspect| match &suspect.candidate {
            Candidate::Classes(classes) => classes.len() > 1,
            _ => false,
        })
        .map(|suspect| suspect.column)
        .collect();
    let named = classes.iter().find(|column| is_label(columns, **column));
    let ((Some(&column), _) | (None, &[column])) = (named, &classes[..]) else {
        return;
    };
    columns.notes.push(format!(
        "column {} is taken for the labels, since a row has one value more than an image has pixels; to ignore it, pass \
         --ignore {}",
        columns.described(column),
        argument(columns, column)
    ));
    columns.roles[column] = Role::Label;
}

/// Notes columns that are read as pixels but are named as labels.
fn note_labels(columns: &mut Columns, options: &LoadOptions) {
    if options.label.is_some() {
        return;
    }
    // Columns x and y are rather coordinates.
    let has_x = columns
        .names
        .iter()
        .any(|name| name.eq_ignore_ascii_case("x"));
    for column in 0..columns.count() {
        let is_coordinate = has_x && columns.name(column).eq_ignore_ascii_case("y");
        if columns.roles[column] == Role::Pixel && is_label(columns, column) && !is_coordinate {
            let note = format!(
                "column {} is read as a pixel; if it has the labels, pass --label {}",
                columns.described(column),
                argument(columns, column)
            );
            columns.notes.push(note);
        }
    }
}

fn is_label(columns: &Columns, column: usize) -> bool {
    LABEL_NAMES.contains(&columns.name(column).to_lowercase().as_str())
}

/// Returns a column as it is passed to an option: its name, or its number from 1.
fn argument(columns: &Columns, column: usize) -> String {
    let name = columns.name(column);
    let is_plain = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"_.".contains(&byte));
    if name.is_empty() || !is_plain {
        (column + 1).to_string()
    } else {
        name.to_owned()
    }
}
