//! Checks a project against the tables: one line for everything that stands where it should not.

use crate::functions::{long_functions, tuple_parameters};
use crate::graph::Graph;
use crate::project::{Project, Source, from_root, room_of};
use crate::{FLOORS, FORBIDDEN, HOMES, LINES, LONGEST, RULE_KNOWS};

/// Returns what breaks a rule, one per line; empty if nothing does.
pub fn complaints(project: &Project) -> String {
    let mut complaints = Vec::new();
    for source in &project.sources {
        complaints.extend(wrong_rooms(source));
        complaints.extend(wrong_rule_imports(source));
        complaints.extend(wrong_crates(project, source));
        complaints.extend(forbidden_calls(source));
        complaints.extend(length(source));
    }
    let graph = Graph::new(project);
    complaints.extend(wrong_floors(&graph, FLOORS));
    complaints.extend(circles(&graph));
    complaints.extend(functions(project));
    complaints
        .iter()
        .fold(String::new(), |text, complaint| text + complaint + "\n")
}

/// Returns every path of this crate that the file writes out, from the root: `crate::nmf::Nmf`.
fn written_paths(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    for scope in &source.scopes {
        let imports = scope.imports.iter().map(|import| &import.path);
        let paths = imports.chain(&scope.paths).chain(&scope.invocations);
        // `self` alone is a value, `super` and `crate` alone say who may see an item.
        for path in paths.filter(|path| path.len() > 1) {
            if let Some(path) = from_root(&scope.module, path) {
                found.push(format!("crate::{}", path.join("::")));
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

fn wrong_rooms(source: &Source) -> Vec<String> {
    let (name, room) = (&source.name, source.room());
    if ["lib", "main"].contains(&room) {
        return Vec::new();
    }
    let Some(above) = above(LINES, room) else {
        return vec![format!("{name}: this room stands on no line")];
    };
    let mut complaints = Vec::new();
    for import in written_paths(source) {
        // A name that `lib.rs` re-exports hides the room that it comes from, and is no room.
        let head = import.split("::").nth(1).unwrap_or_default();
        if head != room && (room == "cli" || !above.contains(&head)) {
            let above = above.join(" ");
            complaints.push(format!(
                "{name}: imports {import}; above {room} stand: {above}"
            ));
        }
    }
    complaints
}

/// Returns the names on the lines before the one with `name`; `None` if it is on no line.
fn above<'a>(lines: &[&'a str], name: &str) -> Option<Vec<&'a str>> {
    let has = |line: &&str| line.split(' ').any(|known| known == name);
    let place = lines.iter().position(has)?;
    Some(
        lines[..place]
            .iter()
            .flat_map(|line| line.split(' '))
            .collect(),
    )
}

fn wrong_rule_imports(source: &Source) -> Vec<String> {
    let name = &source.name;
    if !name.starts_with("nmf/rules/") || name == "nmf/rules/mod.rs" {
        return Vec::new();
    }
    let is_known = |import: &String| {
        RULE_KNOWS
            .iter()
            .any(|known| import == known || import.starts_with(&format!("{known}::")))
    };
    written_paths(source)
        .iter()
        .filter(|import| !is_known(import))
        .map(|import| {
            let known = RULE_KNOWS.join(" ");
            format!("{name}: imports {import}; a rule may know: {known}")
        })
        .collect()
}

fn wrong_crates(project: &Project, source: &Source) -> Vec<String> {
    let name = &source.name;
    let lives_in = |home: &str| name == home || home.ends_with('/') && name.starts_with(home);
    HOMES
        .iter()
        .filter(|(_, homes)| !homes.split(' ').any(lives_in))
        .filter(|(outside, _)| project.uses_crate(source, outside))
        .map(|(outside, homes)| format!("{name}: uses {outside}, which lives in: {homes}"))
        .collect()
}

fn forbidden_calls(source: &Source) -> Vec<String> {
    if source.is_command() {
        return Vec::new();
    }
    let mut named: Vec<String> = Vec::new();
    for scope in &source.scopes {
        let imports = scope.imports.iter().map(|import| &import.path);
        named.extend(imports.chain(&scope.paths).map(|path| path.join("::")));
        named.extend(scope.invocations.iter().map(|path| path.join("::") + "!"));
    }
    FORBIDDEN
        .iter()
        .filter(|word| named.iter().any(|path| has_words(path, word)))
        .map(|word| format!("{}: {word} in the library", source.name))
        .collect()
}

/// Returns whether `words` stand in the path, from the start of one of its names.
fn has_words(path: &str, words: &str) -> bool {
    path.starts_with(words) || path.contains(&format!("::{words}"))
}

fn length(source: &Source) -> Option<String> {
    let lines = source.text.lines().count();
    let name = &source.name;
    (lines > LONGEST).then(|| format!("{name}: {lines} lines, at most {LONGEST}"))
}

/// Returns the arrows that lead up within a room, of those in the table `floors`.
pub fn wrong_floors(graph: &Graph, floors: &[(&str, &[&str])]) -> Vec<String> {
    let mut complaints = Vec::new();
    for (from, to, names) in graph.arrows() {
        for (room, floors) in floors {
            let (Some(from_floor), Some(to_floor)) = (floor_of(from, room), floor_of(to, room))
            else {
                continue;
            };
            // What stands on no floor may import from all that do.
            let Some(above) = above(floors, from_floor) else {
                continue;
            };
            if from_floor != to_floor && !above.contains(&to_floor) {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                complaints.push(format!(
                    "{from}: imports {} from {to}; above {room}/{from_floor} stand: {}",
                    names.join(", "),
                    above.join(" ")
                ));
            }
        }
    }
    complaints
}

/// Returns the folder or file of a room, or of a folder in it, that a file belongs to: `set` of `images/set/mask.rs`, `options` of
/// `images/options.rs`.
fn floor_of<'a>(file: &'a str, room: &str) -> Option<&'a str> {
    let rest = file.strip_prefix(room)?.strip_prefix('/')?;
    Some(room_of(rest))
}

/// Checks that no files import one another in a circle, directly or through others.
fn circles(graph: &Graph) -> Vec<String> {
    let mut complaints = Vec::new();
    for group in &graph.circles() {
        complaints.push(format!(
            "{}: a circle of {} files; the shortest way around: {}",
            group.first().map_or("", |file| room_of(file)),
            group.len(),
            graph.shortest_circle(group)
        ));
    }
    complaints
}

/// Checks that functions are short and take no tuples of unlike types.
fn functions(project: &Project) -> Vec<String> {
    let mut complaints = Vec::new();
    for source in &project.sources {
        complaints.extend(long_functions(source));
        complaints.extend(tuple_parameters(source));
    }
    complaints
}
