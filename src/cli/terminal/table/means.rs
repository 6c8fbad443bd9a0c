//! The table of a comparison with several starts, ranks, seeds or noises.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use nmf_images::comparison::{MeanFigures, MeanSummary, Spread, Varied};
use nmf_images::error::one_line;

use super::WIDTH;

const LEGEND: &str = "\
error: ‖X − W H‖ / ‖X‖. sparsity: 0 uniform, 1 a single pixel. overlap: 0 none, 1 identical parts.
local.: 0 uniform, 1 a spot.
";

const CLEAN_LEGEND: &str = "clean: the error against the images without noise.\n";

const CLUSTERS_LEGEND: &str = "\
Clusters: images with their largest weight in the same part (PCA: k-means of the scores), against
the labels. accuracy: after the best one-to-one matching. NMI: normalised mutual information.
";

/// A column of figures.
struct Column {
    /// The name of the figure in [`FIGURES`](nmf_images::comparison::FIGURES).
    figure: &'static str,
    head: &'static str,
    digits: usize,
    /// Whether the standard deviation stands beside the mean.
    has_sd: bool,
}

const fn column(figure: &'static str, head: &'static str, digits: usize, has_sd: bool) -> Column {
    Column {
        figure,
        head,
        digits,
        has_sd,
    }
}

const COLUMNS: [Column; 9] = [
    column("relative_error", "error", 4, true),
    column("clean_error", "clean", 4, true),
    column("accuracy", "accuracy", 3, true),
    column("nmi", "NMI", 3, true),
    column("sparsity", "sparsity", 2, false),
    column("overlap", "overlap", 2, false),
    column("localisation", "local.", 2, false),
    column("iterations", "iter.", 0, false),
    column("seconds", "seconds", 2, false),
];

/// The columns that are left out of a table that is too wide, the first ones first; `±` before the name of a figure is its
/// standard deviation.
const LEFT_OUT_FIRST: [&str; 8] = [
    "local.",
    "iter.",
    "overlap",
    "sparsity",
    "seconds",
    "± of NMI",
    "± of accuracy",
    "± of clean",
];

/// A column of the table: its name, its head, its cells and whether these are numbers.
struct TableColumn {
    name: String,
    head: String,
    cells: Vec<String>,
    are_numbers: bool,
}

/// Returns the table of combinations with a legend: what differs among them, and the figures.
pub fn means(means: &[MeanSummary], varied: Varied) -> String {
    let mut columns = settings(means, varied);
    columns.extend(COLUMNS.iter().flat_map(|column| figures(means, column)));
    let left_out = narrowed(&mut columns);
    let has = |head: &str| columns.iter().any(|column| column.head == head);
    let mut text = format!("{}\n\n{LEGEND}", aligned(&columns));
    if has("clean") {
        text += CLEAN_LEGEND;
    }
    if has("accuracy") {
        text += CLUSTERS_LEGEND;
    }
    if has("±") {
        text += "±: standard deviation over the seeds; those of the other figures are in compare-means.csv.\n";
    }
    if !left_out.is_empty() {
        text += "For want of room, only compare-means.csv has these columns:\n";
        text += &left_out.join(", ");
        text += "\n";
    }
    text
}

/// Returns the table of how well runs cluster the images, with a legend; `None` without labels.
pub fn clusters(means: &[MeanSummary]) -> Option<String> {
    let mut columns = settings(means, Varied::default());
    let figures_of = |column: &Column| figures(means, column);
    let found: Vec<TableColumn> = COLUMNS
        .iter()
        .filter(|column| ["accuracy", "nmi"].contains(&column.figure))
        .flat_map(figures_of)
        .collect();
    if found.is_empty() {
        return None;
    }
    columns.extend(found);
    Some(format!("{}\n\n{CLUSTERS_LEGEND}", aligned(&columns)))
}

/// Returns columns as a table.
fn aligned(columns: &[TableColumn]) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(WIDTH + GAP);
    table.set_header(columns.iter().map(|column| &column.head));
    for row in 0..columns[0].cells.len() {
        table.add_row(columns.iter().map(|column| &column.cells[row]));
    }
    for (column, cells) in table.column_iter_mut().zip(columns) {
        column.set_cell_alignment(if cells.are_numbers {
            CellAlignment::Right
        } else {
            CellAlignment::Left
        });
        column.set_padding((0, GAP));
    }
    table.trim_fmt()
}

/// Space between two columns.
const GAP: u16 = 2;

/// Returns the columns of the rule and of what differs.
fn settings(means: &[MeanSummary], varied: Varied) -> Vec<TableColumn> {
    let column = |head: &str, are_numbers, cell: &dyn Fn(&MeanSummary) -> String| TableColumn {
        name: head.to_owned(),
        head: head.to_owned(),
        cells: means.iter().map(cell).collect(),
        are_numbers,
    };
    let mut columns = vec![column("rule", false, &|mean| one_line(&mean.rule))];
    if varied.init {
        columns.push(column("start", false, &|mean| {
            mean.init.clone().unwrap_or_else(|| "–".to_owned())
        }));
    }
    if varied.rank {
        columns.push(column("parts", true, &|mean| mean.rank.to_string()));
    }
    if varied.noise {
        columns.push(column("noise", false, &|mean| mean.noise.clone()));
    }
    columns
}

/// Returns the column of a figure, and that of its standard deviation; none if no row has the figure.
fn figures(means: &[MeanSummary], column: &Column) -> Vec<TableColumn> {
    let of = |figures: &MeanFigures| figures.named(column.figure);
    let has = |part: &dyn Fn(Spread) -> Option<f64>| {
        means
            .iter()
            .any(|mean| of(&mean.figures).and_then(part).is_some())
    };
    let cells = |name: String, head: &str, part: &dyn Fn(Spread) -> Option<f64>| TableColumn {
        name,
        head: head.to_owned(),
        cells: means
            .iter()
            .map(|mean| {
                let value = of(&mean.figures).and_then(part);
                value.map_or_else(|| "–".to_owned(), |v| format!("{v:.*}", column.digits))
            })
            .collect(),
        are_numbers: true,
    };
    let mut columns = Vec::new();
    if has(&|spread| Some(spread.mean)) {
        let name = column.head.to_owned();
        columns.push(cells(name, column.head, &|spread| Some(spread.mean)));
    }
    if column.has_sd && has(&|spread| spread.sd) {
        let name = format!("± of {}", column.head);
        columns.push(cells(name, "±", &|spread| spread.sd));
    }
    columns
}

/// Removes columns of a table that is too wide, and returns their names.
fn narrowed(columns: &mut Vec<TableColumn>) -> Vec<String> {
    let mut left_out = Vec::new();
    for name in LEFT_OUT_FIRST {
        let width: usize = columns
            .iter()
            .map(|column| column.width() + usize::from(GAP))
            .sum();
        if width <= usize::from(WIDTH + GAP) {
            break;
        }
        if let Some(place) = columns.iter().position(|column| column.name == name) {
            left_out.push(columns.remove(place).name);
        }
    }
    left_out
}

impl TableColumn {
    fn width(&self) -> usize {
        let cells = self.cells.iter().chain([&self.head]);
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(rule: &str, noise: &str) -> MeanSummary {
        let spread = Some(Spread {
            mean: 12.345_678,
            sd: Some(0.012_345),
        });
        MeanSummary {
            rule: rule.to_owned(),
            init: Some("nndsvdar".to_owned()),
            rank: 1000,
            noise: noise.to_owned(),
            runs: 5,
            figures: MeanFigures([spread; 9]),
        }
    }

    #[test]
    fn a_table_that_would_be_too_wide_leaves_columns_to_the_file() {
        let all = Varied {
            init: true,
            rank: true,
            noise: true,
            seed: true,
        };
        let rows = [
            mean("hals", "none"),
            mean("hoyer:H=0.8", "gaussian:0.1+salt:0.05"),
        ];
        let table = means(&rows, all);
        let widest = table.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(usize::from(WIDTH)), "{table}");
        assert!(
            table.contains("gaussian:0.1+salt:0.05") && table.contains("\nlocal., iter."),
            "{table}"
        );
        let none = Varied {
            init: false,
            rank: true,
            noise: false,
            seed: false,
        };
        let narrow = means(&rows[..1], none);
        assert!(
            narrow.contains("local.") && !narrow.contains("noise "),
            "{narrow}"
        );
    }
}
