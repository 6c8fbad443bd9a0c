//! Checks a project against the tables: one line for everything that stands where it should not.

use std::collections::BTreeMap;

use crate::functions::{long_functions, tuple_parameters};
use crate::graph::Graph;
use crate::project::{Project, Source, from_root, room_of};
use crate::{FLOORS, FORBIDDEN, HOMES, LINES, LONGEST, RULE_KNOWS, STILL_ALLOWED};

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
    complaints.extend(counted(project, &graph));
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
        let floors = floors.iter().find(|(room, _)| *room == room_of(from));
        let (Some((room, floors)), true) = (floors, room_of(from) == room_of(to)) else {
            continue;
        };
        let (Some(from_floor), Some(to_floor)) = (floor_of(from, room), floor_of(to, room)) else {
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
    complaints
}

/// Returns the folder or file of a room that a file belongs to: `set` of `images/set/mask.rs`, `options` of
/// `images/options.rs`.
fn floor_of<'a>(file: &'a str, room: &str) -> Option<&'a str> {
    let rest = file.strip_prefix(room)?.strip_prefix('/')?;
    Some(room_of(rest))
}

/// Checks the rules of which each room may break a counted number, until all of them have been put in order.
fn counted(project: &Project, graph: &Graph) -> Vec<String> {
    let mut circles: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut in_circles: BTreeMap<&str, usize> = BTreeMap::new();
    let mut long: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut tuples: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let groups = graph.circles();
    for group in &groups {
        let room = group.first().map_or("", |file| room_of(file));
        *in_circles.entry(room).or_default() += group.len();
        circles.entry(room).or_default().push(format!(
            "{room}: a circle of {} files; the shortest way around: {}",
            group.len(),
            graph.shortest_circle(group)
        ));
    }
    for source in &project.sources {
        let room = source.room();
        long.entry(room).or_default().extend(long_functions(source));
        tuples
            .entry(room)
            .or_default()
            .extend(tuple_parameters(source));
    }
    let mut complaints = Vec::new();
    for (room, found) in circles {
        if in_circles[room] > allowed(room).0 {
            complaints.extend(found);
        }
    }
    for (room, found) in long {
        if found.len() > allowed(room).1 {
            complaints.extend(found);
        }
    }
    for (room, found) in tuples {
        if found.len() > allowed(room).2 {
            complaints.extend(found);
        }
    }
    complaints
}

/// Returns how many files in circles, long functions and tuple parameters a room may still have.
fn allowed(room: &str) -> (usize, usize, usize) {
    STILL_ALLOWED
        .iter()
        .find(|(name, ..)| *name == room)
        .map_or((0, 0, 0), |&(_, circles, long, tuples)| {
            (circles, long, tuples)
        })
}
