//! The files of `src` as modules, and the file that defines each name they use.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use syn::File;

use crate::syntax::{GLOB, Import, Scope, scopes};

/// A file of `src`.
pub struct Source {
    /// The path below `src`, with slashes.
    pub name: String,
    pub text: String,
    pub syntax: File,
    pub scopes: Vec<Scope>,
}

impl Source {
    fn new(name: &str, text: &str) -> Self {
        let syntax = syn::parse_file(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        Self {
            name: name.to_owned(),
            text: text.to_owned(),
            scopes: scopes(&syntax, module_of(name)),
            syntax,
        }
    }

    /// Returns the room: the folder or file right below `src`.
    pub fn room(&self) -> &str {
        room_of(&self.name)
    }

    /// Returns whether the file is part of the command, not of the library.
    pub fn is_command(&self) -> bool {
        self.room() == "cli" || self.name == "main.rs"
    }
}

pub fn room_of(name: &str) -> &str {
    name.split(['/', '.']).next().unwrap_or_default()
}

/// Returns the path of a file's module from the crate's root: `nmf`, `rules`, `hals` of `nmf/rules/hals.rs`.
fn module_of(name: &str) -> Vec<String> {
    let mut path: Vec<String> = name
        .trim_end_matches(".rs")
        .split('/')
        .map(str::to_owned)
        .collect();
    if matches!(path[path.len() - 1].as_str(), "mod" | "lib" | "main") {
        path.pop();
    }
    path
}

/// What a path leads to.
#[derive(Default)]
pub struct Found {
    /// The files that define the name; two if a type and a function share it.
    pub files: BTreeSet<String>,
    /// The module of that name, from the crate's root.
    pub module: Option<Vec<String>>,
    /// The part of the path that the files define.
    pub name: String,
}

impl Found {
    fn module(path: &[String]) -> Self {
        Self {
            module: Some(path.to_vec()),
            ..Self::default()
        }
    }

    pub fn is_nothing(&self) -> bool {
        self.files.is_empty() && self.module.is_none()
    }

    fn add(&mut self, other: Self) {
        self.files.extend(other.files);
        if self.module.is_none() {
            self.module = other.module;
        }
    }
}

/// Module and name of each look-up under way, so that names that lead to each other come to an end.
type Seen = BTreeSet<(Vec<String>, String)>;

/// All files with their modules.
pub struct Project {
    pub sources: Vec<Source>,
    /// The places in `sources` of each module's files; none of a folder that has no file of its own.
    modules: BTreeMap<Vec<String>, BTreeSet<usize>>,
}

impl Project {
    /// Returns the project of the given (name, text) pairs.
    pub fn new(files: &[(&str, &str)]) -> Self {
        let sources: Vec<Source> = files
            .iter()
            .map(|(name, text)| Source::new(name, text))
            .collect();
        let mut modules: BTreeMap<Vec<String>, BTreeSet<usize>> = BTreeMap::new();
        modules.entry(Vec::new()).or_default();
        for (place, source) in sources.iter().enumerate() {
            for scope in &source.scopes {
                for depth in 1..=scope.module.len() {
                    modules.entry(scope.module[..depth].to_vec()).or_default();
                }
                modules
                    .entry(scope.module.clone())
                    .or_default()
                    .insert(place);
            }
        }
        Self { sources, modules }
    }

    /// Reads this crate's `src`.
    pub fn of_this_crate() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut files = Vec::new();
        read_folder(&root, "", &mut files);
        files.sort();
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        Self::new(&files)
    }

    /// Returns whether the file re-exports for modules below it: `mod.rs`, or `error.rs` beside `error/`.
    pub fn is_parent(&self, source: &Source) -> bool {
        let module = &source.scopes[0].module;
        let is_root = ["mod.rs", "lib.rs", "main.rs"].contains(&file_name(&source.name));
        let has_files_below = self.sources.iter().any(|other| {
            let below = &other.scopes[0].module;
            below.len() > module.len() && below.starts_with(module)
        });
        is_root || has_files_below
    }

    /// Returns what a path names that is written in `module`; nothing if it leads out of this crate.
    pub fn resolve(&self, module: &[String], path: &[String]) -> Found {
        self.resolve_within(module, path, &mut Seen::new())
    }

    fn resolve_within(&self, module: &[String], path: &[String], seen: &mut Seen) -> Found {
        let mut found = match path[0].as_str() {
            "crate" => Found::module(&[]),
            "self" => Found::module(module),
            "super" => Found::module(parent(module)),
            first => self.look_up(module, first, seen),
        };
        path[0].clone_into(&mut found.name);
        for part in &path[1..] {
            let Some(module) = found.module.take() else {
                // A variant of an enum or a function of a type: the type's file defines it.
                return found;
            };
            let mut next = match part.as_str() {
                "super" => Found::module(parent(&module)),
                _ => self.look_up(&module, part, seen),
            };
            if next.is_nothing() {
                return found;
            }
            part.clone_into(&mut next.name);
            found = next;
        }
        found
    }

    fn look_up(&self, module: &[String], name: &str, seen: &mut Seen) -> Found {
        if !seen.insert((module.to_vec(), name.to_owned())) {
            return Found::default();
        }
        let mut found = Found::default();
        let child: Vec<String> = module.iter().cloned().chain([name.to_owned()]).collect();
        if self.modules.contains_key(&child) {
            found.module = Some(child);
        }
        for &place in self.modules.get(module).into_iter().flatten() {
            let source = &self.sources[place];
            for scope in source.scopes.iter().filter(|scope| scope.module == module) {
                if scope.items.contains(name) || scope.macros.contains(name) {
                    found.files.insert(source.name.clone());
                }
                for import in &scope.imports {
                    found.add(self.through_import(module, import, name, seen));
                }
            }
        }
        found
    }

    /// Returns what `name` is if this import brings it into the module.
    fn through_import(
        &self,
        module: &[String],
        import: &Import,
        name: &str,
        seen: &mut Seen,
    ) -> Found {
        if import.name == name {
            return self.resolve_within(module, &import.path, seen);
        }
        if import.name == GLOB {
            let path: Vec<String> = import
                .path
                .iter()
                .cloned()
                .chain([name.to_owned()])
                .collect();
            let found = self.resolve_within(module, &path, seen);
            if found.name == name {
                return found;
            }
        }
        Found::default()
    }

    /// Returns whether the file names the outside crate `name`.
    pub fn uses_crate(&self, source: &Source, name: &str) -> bool {
        source.scopes.iter().any(|scope| {
            let imports = scope.imports.iter().map(|import| &import.path);
            let paths = scope.paths.iter().chain(&scope.invocations);
            let longer = paths.filter(|path| path.len() > 1);
            imports
                .chain(longer)
                .any(|path| self.leads_to_crate(&scope.module, path, name))
        })
    }

    fn leads_to_crate(&self, module: &[String], path: &[String], name: &str) -> bool {
        if path[0].is_empty() {
            return path.get(1).is_some_and(|first| first == name);
        }
        path[0] == name && self.resolve(module, &path[..1]).module.is_none()
    }
}

/// Returns a path of this crate from its root, as `crate::nmf::Nmf`; `None` of other paths.
pub fn from_root(module: &[String], path: &[String]) -> Option<Vec<String>> {
    let mut absolute = match path[0].as_str() {
        "crate" => Vec::new(),
        "self" => module.to_vec(),
        "super" => parent(module).to_vec(),
        _ => return None,
    };
    for part in &path[1..] {
        match part.as_str() {
            "super" => absolute.truncate(absolute.len().saturating_sub(1)),
            _ => absolute.push(part.clone()),
        }
    }
    Some(absolute)
}

fn parent(module: &[String]) -> &[String] {
    &module[..module.len().saturating_sub(1)]
}

fn file_name(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or_default()
}

fn read_folder(folder: &Path, prefix: &str, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("src can be read") {
        let path = entry.expect("src can be read").path();
        let name = path.file_name().expect("a name").to_string_lossy();
        if path.is_dir() {
            read_folder(&path, &format!("{prefix}{name}/"), files);
        } else if name.ends_with(".rs") {
            let text = fs::read_to_string(&path).expect("source text");
            files.push((format!("{prefix}{name}"), text));
        }
    }
}
