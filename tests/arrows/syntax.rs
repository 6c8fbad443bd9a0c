//! Reads from one parsed file what each of its modules declares, imports and names. Unit tests are left out.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{
    Attribute, File, ImplItem, ImplItemFn, Item, ItemFn, ItemMod, ItemUse, Macro, Meta, PatIdent,
    Path, TraitItemFn, UseTree, Visibility,
};

/// The name of an import that takes everything (`use a::*`).
pub const GLOB: &str = "*";

/// One name that a `use` brings into a module.
pub struct Import {
    /// The path as written; empty at the front if it begins with `::`.
    pub path: Vec<String>,
    /// The name that the module then knows, or [`GLOB`].
    pub name: String,
    /// Whether other modules may take the name from this one (`pub use`, `pub(crate) use`).
    pub is_visible: bool,
}

/// One module: a file's own, or one that is written out within it.
pub struct Scope {
    /// The path from the crate's root.
    pub module: Vec<String>,
    /// The functions, types, constants and traits that the module defines.
    pub items: BTreeSet<String>,
    /// The macros that it defines by `macro_rules!`.
    pub macros: BTreeSet<String>,
    pub imports: Vec<Import>,
    /// All other paths of the code; a single name only where it is no local variable.
    pub paths: BTreeSet<Vec<String>>,
    /// The macros that are invoked, as paths.
    pub invocations: BTreeSet<Vec<String>>,
}

impl Scope {
    fn new(module: Vec<String>) -> Self {
        Self {
            module,
            items: BTreeSet::new(),
            macros: BTreeSet::new(),
            imports: Vec::new(),
            paths: BTreeSet::new(),
            invocations: BTreeSet::new(),
        }
    }
}

/// Returns the scopes of a file whose own module is `module`; the first is the file's own.
pub fn scopes(file: &File, module: Vec<String>) -> Vec<Scope> {
    let mut reader = Reader {
        scopes: vec![Scope::new(module)],
        open: 0,
        locals: Vec::new(),
    };
    reader.visit_file(file);
    reader.scopes
}

/// Returns whether the item exists only in test builds: `#[cfg(test)]` or `#[test]`.
pub fn is_test_only(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) => {
            list.path.is_ident("cfg")
                && matches!(list.tokens.to_string().as_str(), "test" | "all (test)")
        }
        meta => meta.path().is_ident("test"),
    })
}

/// Returns the attributes of an item, whatever its kind.
pub fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

struct Reader {
    scopes: Vec<Scope>,
    /// The scope that is being read.
    open: usize,
    /// The variables of each function that is being read, outermost first.
    locals: Vec<BTreeSet<String>>,
}

impl Reader {
    fn scope(&mut self) -> &mut Scope {
        &mut self.scopes[self.open]
    }

    fn declare(&mut self, item: &Item) {
        let name = match item {
            Item::Const(item) => &item.ident,
            Item::Enum(item) => &item.ident,
            Item::Fn(item) => &item.sig.ident,
            Item::Static(item) => &item.ident,
            Item::Struct(item) => &item.ident,
            Item::Trait(item) => &item.ident,
            Item::Type(item) => &item.ident,
            Item::Union(item) => &item.ident,
            Item::Macro(item) => {
                if let Some(name) = &item.ident {
                    self.scope().macros.insert(name.to_string());
                }
                return;
            }
            _ => return,
        };
        // What stands within a function is known to that function alone.
        if self.locals.is_empty() {
            self.scope().items.insert(name.to_string());
        }
    }

    fn name_path(&mut self, path: Vec<String>) {
        let is_local = path.len() == 1 && self.locals.iter().any(|names| names.contains(&path[0]));
        if !is_local {
            self.scope().paths.insert(path);
        }
    }

    fn with_locals(&mut self, locals: Locals, read: impl FnOnce(&mut Self)) {
        self.locals.push(locals.names);
        read(self);
        self.locals.pop();
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_test_only(attributes(item)) {
            self.declare(item);
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let is_test_only = match item {
            ImplItem::Fn(item) => is_test_only(&item.attrs),
            ImplItem::Const(item) => is_test_only(&item.attrs),
            _ => false,
        };
        if !is_test_only {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if item.content.is_none() {
            return;
        }
        let outer = self.open;
        let mut module = self.scope().module.clone();
        module.push(item.ident.to_string());
        self.scopes.push(Scope::new(module));
        self.open = self.scopes.len() - 1;
        visit::visit_item_mod(self, item);
        self.open = outer;
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let mut path = Vec::new();
        if item.leading_colon.is_some() {
            path.push(String::new());
        }
        let mut imports = Vec::new();
        flatten(&item.tree, &mut path, &mut imports);
        for (path, name) in imports {
            self.scope().imports.push(Import {
                path,
                name,
                is_visible: !matches!(item.vis, Visibility::Inherited),
            });
        }
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        let mut locals = Locals::default();
        locals.visit_item_fn(item);
        self.with_locals(locals, |reader| visit::visit_item_fn(reader, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        let mut locals = Locals::default();
        locals.visit_impl_item_fn(item);
        self.with_locals(locals, |reader| visit::visit_impl_item_fn(reader, item));
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        let mut locals = Locals::default();
        locals.visit_trait_item_fn(item);
        self.with_locals(locals, |reader| visit::visit_trait_item_fn(reader, item));
    }

    fn visit_path(&mut self, path: &'ast Path) {
        self.name_path(segments(path));
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, invocation: &'ast Macro) {
        let path = segments(&invocation.path);
        self.scope().invocations.insert(path);
        for path in token_paths(&invocation.tokens) {
            self.name_path(path);
        }
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let Meta::List(list) = &attribute.meta {
            let paths = token_paths(&list.tokens);
            // A single word of an attribute is its own word, such as `transparent`.
            for path in paths.into_iter().filter(|path| path.len() > 1) {
                self.name_path(path);
            }
        }
    }
}

/// The names that a function binds: parameters, variables, and functions of its own.
#[derive(Default)]
struct Locals {
    names: BTreeSet<String>,
}

impl<'ast> Visit<'ast> for Locals {
    fn visit_pat_ident(&mut self, pattern: &'ast PatIdent) {
        self.names.insert(pattern.ident.to_string());
        visit::visit_pat_ident(self, pattern);
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.names.insert(item.sig.ident.to_string());
        visit::visit_item_fn(self, item);
    }
}

fn segments(path: &Path) -> Vec<String> {
    let mut segments = Vec::new();
    if path.leading_colon.is_some() {
        segments.push(String::new());
    }
    segments.extend(path.segments.iter().map(|part| part.ident.to_string()));
    segments
}

/// Adds to `found` each path of a `use` with the name it is known by.
fn flatten(tree: &UseTree, path: &mut Vec<String>, found: &mut Vec<(Vec<String>, String)>) {
    match tree {
        UseTree::Path(step) => {
            path.push(step.ident.to_string());
            flatten(&step.tree, path, found);
            path.pop();
        }
        UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, path, found);
            }
        }
        UseTree::Glob(_) => found.push((path.clone(), GLOB.to_owned())),
        UseTree::Name(leaf) => push_leaf(path, &leaf.ident.to_string(), None, found),
        UseTree::Rename(leaf) => {
            let name = leaf.rename.to_string();
            push_leaf(path, &leaf.ident.to_string(), Some(name), found);
        }
    }
}

fn push_leaf(
    path: &[String],
    last: &str,
    renamed: Option<String>,
    found: &mut Vec<(Vec<String>, String)>,
) {
    let mut path = path.to_vec();
    if last != "self" || path.is_empty() {
        path.push(last.to_owned());
    }
    let name = renamed.unwrap_or_else(|| path[path.len() - 1].clone());
    found.push((path, name));
}

/// Returns the paths within the tokens of a macro or an attribute, which the parser leaves as they are.
fn token_paths(tokens: &TokenStream) -> Vec<Vec<String>> {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let mut paths = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Group(group) => paths.extend(token_paths(&group.stream())),
            TokenTree::Ident(first) if !follows_dot(&tokens, at) => {
                let mut path = vec![first.to_string()];
                while let Some(next) = joined_name(&tokens, at) {
                    path.push(next);
                    at += 3;
                }
                paths.push(path);
            }
            _ => {}
        }
        at += 1;
    }
    paths
}

fn is_sign(token: Option<&TokenTree>, sign: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
}

/// Returns whether the token is a field or a method: `.name`, but not the end of a range (`..name`).
fn follows_dot(tokens: &[TokenTree], at: usize) -> bool {
    let before = |count: usize| at.checked_sub(count).and_then(|place| tokens.get(place));
    is_sign(before(1), '.') && !is_sign(before(2), '.')
}

/// Returns the name that `::` joins to the one at `at`.
fn joined_name(tokens: &[TokenTree], at: usize) -> Option<String> {
    let joined = is_sign(tokens.get(at + 1), ':') && is_sign(tokens.get(at + 2), ':');
    match tokens.get(at + 3) {
        Some(TokenTree::Ident(name)) if joined => Some(name.to_string()),
        _ => None,
    }
}
