//! The arrows from file to file, and the circles among them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;

use crate::project::{Project, Source};
use crate::syntax::Scope;

/// From each file to the files it takes names from, with these names.
#[derive(Default)]
pub struct Graph {
    arrows: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
}

impl Graph {
    /// Returns the arrows of the code. What a parent file only re-exports is no arrow of its own.
    pub fn new(project: &Project) -> Self {
        let mut graph = Self::default();
        for source in &project.sources {
            for scope in &source.scopes {
                graph.add_imports(project, source, scope);
                graph.add_paths(project, source, scope);
                graph.add_macros(project, source, scope);
            }
        }
        graph
    }

    fn add_imports(&mut self, project: &Project, source: &Source, scope: &Scope) {
        let is_parent = project.is_parent(source);
        for import in &scope.imports {
            if !(import.is_visible && is_parent) {
                self.add_path(project, source, scope, &import.path);
            }
        }
    }

    fn add_paths(&mut self, project: &Project, source: &Source, scope: &Scope) {
        for path in &scope.paths {
            self.add_path(project, source, scope, path);
        }
    }

    fn add_path(&mut self, project: &Project, source: &Source, scope: &Scope, path: &[String]) {
        let found = project.resolve(&scope.module, path);
        for file in &found.files {
            self.add(&source.name, file, &found.name);
        }
    }

    /// Adds the macros: by path, or by name alone where `#[macro_use]` makes them known.
    fn add_macros(&mut self, project: &Project, source: &Source, scope: &Scope) {
        for path in &scope.invocations {
            let name = &path[path.len() - 1];
            for other in &project.sources {
                if other.scopes.iter().any(|scope| scope.macros.contains(name)) {
                    self.add(&source.name, &other.name, &format!("{name}!"));
                }
            }
        }
    }

    fn add(&mut self, from: &str, to: &str, name: &str) {
        if from != to {
            let arrows = self.arrows.entry(from.to_owned()).or_default();
            let names = arrows.entry(to.to_owned()).or_default();
            names.insert(name.to_owned());
        }
    }

    /// Returns every arrow as (from, to, names).
    pub fn arrows(&self) -> impl Iterator<Item = (&str, &str, &BTreeSet<String>)> {
        self.arrows.iter().flat_map(|(from, arrows)| {
            arrows
                .iter()
                .map(move |(to, names)| (from.as_str(), to.as_str(), names))
        })
    }

    /// Returns the files of which each reaches all others of its group and itself, group by group.
    pub fn circles(&self) -> Vec<BTreeSet<String>> {
        let reached: BTreeMap<&str, BTreeSet<String>> = self
            .arrows
            .keys()
            .map(|file| (file.as_str(), self.reached_from(file)))
            .collect();
        let reaches = |from: &str, to: &str| reached.get(from).is_some_and(|all| all.contains(to));
        let mut groups: Vec<BTreeSet<String>> = Vec::new();
        for (file, reached) in &reached {
            if groups.iter().any(|group| group.contains(*file)) || !reached.contains(*file) {
                continue;
            }
            let mutual = reached.iter().filter(|other| reaches(other, file));
            groups.push(mutual.cloned().collect());
        }
        groups
    }

    fn reached_from(&self, file: &str) -> BTreeSet<String> {
        let mut reached = BTreeSet::new();
        let mut next = vec![file.to_owned()];
        while let Some(file) = next.pop() {
            for to in self.arrows.get(&file).into_iter().flat_map(BTreeMap::keys) {
                if reached.insert(to.clone()) {
                    next.push(to.clone());
                }
            }
        }
        reached
    }

    /// Returns the shortest circle of a group in words: `a.rs → b.rs (X, Y) → a.rs (Z)`.
    pub fn shortest_circle(&self, group: &BTreeSet<String>) -> String {
        let circles = group.iter().filter_map(|file| self.circle_through(file));
        let Some(circle) = circles.min_by_key(Vec::len) else {
            return String::new();
        };
        let mut text = circle[0].clone();
        for step in circle.windows(2) {
            let names: Vec<&str> = self.arrows[&step[0]][&step[1]]
                .iter()
                .map(String::as_str)
                .collect();
            write!(text, " → {} ({})", step[1], names.join(", ")).unwrap();
        }
        text
    }

    /// Returns the shortest way from a file back to itself, both ends included.
    fn circle_through(&self, start: &str) -> Option<Vec<String>> {
        let mut came_from: BTreeMap<&str, &str> = BTreeMap::new();
        let mut next = VecDeque::from([start]);
        while let Some(file) = next.pop_front() {
            for to in self.arrows.get(file).into_iter().flat_map(BTreeMap::keys) {
                if to == start {
                    return Some(way_back(&came_from, start, file));
                }
                if !came_from.contains_key(to.as_str()) {
                    came_from.insert(to, file);
                    next.push_back(to);
                }
            }
        }
        None
    }
}

fn way_back(came_from: &BTreeMap<&str, &str>, start: &str, last: &str) -> Vec<String> {
    let mut way = vec![start.to_owned(), last.to_owned()];
    let mut file = last;
    while file != start {
        file = came_from[file];
        way.push(file.to_owned());
    }
    way.reverse();
    way
}
