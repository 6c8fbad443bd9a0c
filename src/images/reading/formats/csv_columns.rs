//! The columns of a table: their names and what each is, from the first lines.

use csv::ByteRecord;

use super::csv_lines::Lines;
use super::csv_numbers::{is_sparse, text};
use crate::error::{Result, TableError, one_line};
use crate::images::options::LoadOptions;

/// The minimum number of columns of a line that counts them; fewer may hold these numbers by chance.
const LEAST_COUNTED: usize = 3;
/// The most columns that a note lists.
const MOST_LISTED: usize = 8;

/// What a column of a table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Pixel,
    Label,
    /// The name of each image.
    Name,
    /// All pixels of an image, separated by spaces.
    AllPixels,
    Ignored,
}

/// The columns of a table.
pub(super) struct Columns {
    /// The names in the header; none if there is no header.
    pub names: Vec<String>,
    /// What each column holds.
    pub roles: Vec<Role>,
    /// Whether the header has no name for the first column.
    pub is_header_short: bool,
    /// Whether the first line counts the columns, but is read as numbers.
    pub counted: bool,
    /// Notes about single columns.
    pub notes: Vec<String>,
}

impl Columns {
    /// Reads the first lines of a table. Its first line is a header unless all fields beside the label are numbers; a header
    /// without a name for the first column, as R writes it, is one field shorter than the rows.
    ///
    /// # Errors
    /// If there is no line of numbers, rows are sparse, or a column that an option names does not exist.
    pub(super) fn read(lines: &mut Lines, options: &LoadOptions) -> Result<Self> {
        if !lines.read()? {
            return Err(TableError::Empty.into());
        }
        let first = lines.fields.clone();
        let mut columns = Self {
            names: Vec::new(),
            roles: vec![Role::Pixel; first.len()],
            is_header_short: false,
            counted: false,
            notes: Vec::new(),
        };
        let numbered = options
            .label
            .as_ref()
            .and_then(|label| columns.numbered(label));
        columns.names = names(&first, numbered, lines);
        columns.counted = counts(&first, numbered, lines) && columns.names.is_empty();
        if columns.has_header() {
            columns.pass_header(&first, lines, options)?;
        }
        if lines.fields.iter().skip(1).any(is_sparse) {
            return Err(TableError::Sparse.into());
        }
        columns.set_roles(&lines.fields, lines, options)?;
        Ok(columns)
    }

    /// Reads the first row below the header `first`, or that line again if it is a row itself.
    fn pass_header(
        &mut self,
        first: &ByteRecord,
        lines: &mut Lines,
        options: &LoadOptions,
    ) -> Result<()> {
        if !lines.read()? {
            return Err(TableError::OnlyHeader.into());
        }
        let mut asked = options.label.iter().chain(&options.ignore);
        let is_named = asked.any(|column| self.names.contains(column));
        if !is_named && is_row(first, lines) {
            self.names.clear();
            lines.restart()?;
            lines.read()?;
        } else if lines.fields.len() == first.len() + 1 && first.len() > 1 {
            // A delimiter at the end of each row adds an empty field.
            if lines.fields.iter().next_back() == Some(b"") {
                self.names.push(String::new());
            } else {
                self.is_header_short = true;
                self.names.insert(0, String::new());
            }
            self.roles.push(Role::Pixel);
        }
        Ok(())
    }

    /// Sets the roles of the columns from the options and the first row.
    fn set_roles(&mut self, row: &ByteRecord, lines: &Lines, options: &LoadOptions) -> Result<()> {
        // A row that is longer than the header is refused later.
        let fields = row.iter().take(self.count());
        let packed = fields
            .enumerate()
            .find(|(_, field)| lines.format.is_list(field))
            .map(|(column, _)| column);
        if let Some(packed) = packed {
            self.roles.fill(Role::Ignored);
            self.roles[packed] = Role::AllPixels;
        }
        for column in &options.ignore {
            let place = self.place(column)?;
            self.roles[place] = Role::Ignored;
        }
        if let Some(label) = &options.label {
            if options.transpose {
                return Err(TableError::TurnedLabels.into());
            }
            let place = self.place(label)?;
            self.roles[place] = Role::Label;
        }
        if let Some(packed) = packed.filter(|_| self.count() > 1) {
            self.note_packed(packed);
        }
        if self.count_of(Role::Pixel) + self.count_of(Role::AllPixels) == 0 {
            return Err(TableError::OnlyLabels.into());
        }
        Ok(())
    }

    /// Notes which columns are not read beside the one with all pixels.
    fn note_packed(&mut self, packed: usize) {
        let left: Vec<String> = (0..self.count())
            .filter(|&column| self.roles[column] == Role::Ignored)
            .map(|column| self.described(column))
            .collect();
        let others = if left.is_empty() {
            String::new()
        } else {
            let more = if left.len() > MOST_LISTED {
                ", …"
            } else {
                ""
            };
            format!(
                "; not read: column {}{more}; if one has the labels, pass it to --label",
                left[..left.len().min(MOST_LISTED)].join(", ")
            )
        };
        let packed = self.described(packed);
        self.notes
            .push(format!("the pixels are those in column {packed}{others}"));
    }

    pub(super) fn count(&self) -> usize {
        self.roles.len()
    }

    /// Returns how many columns hold this.
    pub(super) fn count_of(&self, role: Role) -> usize {
        self.roles.iter().filter(|&&other| other == role).count()
    }

    pub(super) fn has_header(&self) -> bool {
        !self.names.is_empty()
    }

    /// Returns the first column that holds this.
    pub(super) fn place_of(&self, role: Role) -> Option<usize> {
        self.roles.iter().position(|&other| other == role)
    }

    /// Returns the name of a column; nothing if it has none.
    pub(super) fn name(&self, column: usize) -> &str {
        self.names.get(column).map_or("", String::as_str)
    }

    /// Returns the number and the name of a column for messages.
    pub(super) fn described(&self, column: usize) -> String {
        match self.name(column) {
            "" => (column + 1).to_string(),
            name => format!("{} (`{}`)", column + 1, one_line(name)),
        }
    }

    /// Returns the place of a column that is named, or numbered from 1.
    fn place(&self, column: &str) -> Result<usize> {
        let named = self.names.iter().position(|name| name == column);
        named.or(self.numbered(column)).ok_or_else(|| {
            TableError::NoColumn {
                label: column.to_owned(),
                names: self.names.clone(),
                count: self.count(),
            }
            .into()
        })
    }

    /// Returns the place of a column by its number.
    fn numbered(&self, column: &str) -> Option<usize> {
        let number = column.parse::<usize>().ok()?;
        (1..=self.count()).contains(&number).then(|| number - 1)
    }
}

/// Returns the names in the first line of a table with labels in the column `label`; none if the line is not a header.
fn names(first: &ByteRecord, label: Option<usize>, lines: &Lines) -> Vec<String> {
    let mut others = first
        .iter()
        .enumerate()
        .filter(|(column, _)| Some(*column) != label);
    // A label may be a word in every line; a header of numbers is then detected because it counts the columns.
    let is_named = label.is_some_and(|label| lines.format.is_word(&first[label]))
        && counts(first, label, lines);
    let is_sparse = first.iter().any(is_sparse);
    if !is_sparse && (others.any(|(_, field)| lines.format.is_word(field)) || is_named) {
        first.iter().map(text).collect()
    } else {
        Vec::new()
    }
}

/// Checks whether the first line of a table is a row like the current line, with words in the same columns, and not a header:
/// numbers in a header are evenly spaced.
fn is_row(first: &ByteRecord, lines: &Lines) -> bool {
    let words = |record: &ByteRecord| -> Vec<bool> {
        record
            .iter()
            .map(|field| lines.format.is_word(field))
            .collect()
    };
    let numbers: Vec<f32> = first
        .iter()
        .filter_map(|field| lines.format.number(field))
        .collect();
    let steps: Vec<f32> = numbers.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let are_even = steps.first().is_some_and(|first| {
        steps
            .iter()
            .all(|step| *step > 0.0 && (step - first).abs() < first / 100.0)
    });
    !numbers.is_empty() && !are_even && words(first) == words(&lines.fields)
}

/// Checks whether the fields beside the label count the columns, from 0, with or without the label.
fn counts(first: &ByteRecord, label: Option<usize>, lines: &Lines) -> bool {
    let others: Vec<(usize, Option<f32>)> = first
        .iter()
        .enumerate()
        .filter(|(column, _)| Some(*column) != label)
        .map(|(column, field)| (column, lines.format.number(field)))
        .collect();
    others.len() >= LEAST_COUNTED
        && [-1.0, 0.0].into_iter().any(|begin| {
            others
                .iter()
                .all(|&(column, value)| value == Some(begin + column as f32))
        })
}
