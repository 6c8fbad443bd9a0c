//! The functions of a file: how long they are, and which parameters are tuples.

use syn::visit::{self, Visit};
use syn::{
    Attribute, Block, FnArg, GenericArgument, ImplItemFn, Item, ItemFn, PathArguments, Signature,
    TraitItemFn, Type,
};

use crate::project::Source;
use crate::syntax::{attributes, is_test_only};

/// The most lines between the braces of a function that needs no reason.
pub const LONGEST_FUNCTION: usize = 40;

/// What a comment right above a longer function begins with; the reason follows.
const REASON: &str = "// Long:";

/// Returns one line for each function that is too long and says no reason.
pub fn long_functions(source: &Source) -> Vec<String> {
    let mut long = Vec::new();
    for function in functions(source) {
        if function.lines > LONGEST_FUNCTION && !has_reason(&source.text, &function) {
            long.push(format!(
                "{}:{}: fn {}: {} lines, at most {LONGEST_FUNCTION} or a comment `{REASON} …` above",
                source.name, function.line, function.name, function.lines
            ));
        }
    }
    long
}

/// Returns one line for each parameter that is a tuple of unlike types.
pub fn tuple_parameters(source: &Source) -> Vec<String> {
    let mut tuples = Vec::new();
    for function in functions(source) {
        for place in function.tuples {
            tuples.push(format!(
                "{}:{}: fn {}: parameter {place} is a tuple of unlike types",
                source.name, function.line, function.name
            ));
        }
    }
    tuples
}

struct Function {
    name: String,
    /// The line of `fn`, from 1.
    line: usize,
    /// The line of the first attribute or doc comment, or of `fn`.
    first_line: usize,
    /// The lines between the braces.
    lines: usize,
    /// The places of the tuple parameters, from 1.
    tuples: Vec<usize>,
}

fn functions(source: &Source) -> Vec<Function> {
    let mut finder = Finder::default();
    finder.visit_file(&source.syntax);
    finder.functions
}

#[derive(Default)]
struct Finder {
    functions: Vec<Function>,
}

impl Finder {
    fn add(&mut self, attributes: &[Attribute], signature: &Signature, body: Option<&Block>) {
        let line = signature.fn_token.span.start().line;
        let attribute_lines = attributes
            .iter()
            .map(|attribute| attribute.pound_token.span.start().line);
        let lines = body.map_or(0, |body| {
            let braces = body.brace_token.span;
            let (first, last) = (braces.open().start().line, braces.close().start().line);
            last.saturating_sub(first + 1)
        });
        let tuples = signature
            .inputs
            .iter()
            .enumerate()
            .filter(|(_, input)| matches!(input, FnArg::Typed(input) if is_unlike_tuple(&input.ty)))
            .map(|(place, _)| place + 1);
        self.functions.push(Function {
            name: signature.ident.to_string(),
            line,
            first_line: attribute_lines.min().unwrap_or(line).min(line),
            lines,
            tuples: tuples.collect(),
        });
    }
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_test_only(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.add(&item.attrs, &item.sig, Some(&item.block));
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        if !is_test_only(&item.attrs) {
            self.add(&item.attrs, &item.sig, Some(&item.block));
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        self.add(&item.attrs, &item.sig, item.default.as_ref());
        visit::visit_trait_item_fn(self, item);
    }
}

/// Returns whether a type is a tuple of unlike types, also behind a reference or within `Option`.
///
/// Of like types it is a size, a range or a point.
fn is_unlike_tuple(found: &Type) -> bool {
    match found {
        Type::Reference(reference) => is_unlike_tuple(&reference.elem),
        Type::Paren(paren) => is_unlike_tuple(&paren.elem),
        Type::Tuple(tuple) => tuple.elems.iter().any(|part| *part != tuple.elems[0]),
        Type::Path(path) => path.path.segments.last().is_some_and(|last| {
            last.ident == "Option"
                && matches!(&last.arguments, PathArguments::AngleBracketed(list)
                if list.args.iter().any(|argument| {
                    matches!(argument, GenericArgument::Type(inner) if is_unlike_tuple(inner))
                }))
        }),
        _ => false,
    }
}

/// Returns whether a comment gives the reason: above the attributes and doc comment, or between them and `fn`.
fn has_reason(text: &str, function: &Function) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
    let between = &lines[function.first_line - 1..function.line - 1];
    let comment_above = lines[..function.first_line - 1]
        .iter()
        .rev()
        .take_while(|line| line.starts_with("//"));
    between
        .iter()
        .chain(comment_above)
        .any(|line| line.starts_with(REASON))
}
