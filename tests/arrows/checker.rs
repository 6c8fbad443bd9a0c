//! The checker itself, tried on small sources: each form of an import is seen, and each kind of circle.

use crate::functions::{long_functions, tuple_parameters};
use crate::graph::Graph;
use crate::project::Project;
use crate::rules::{complaints, wrong_floors};

/// Returns all arrows in words: `a.rs → b.rs (X)`.
fn arrows(files: &[(&str, &str)]) -> Vec<String> {
    let project = Project::new(files);
    let graph = Graph::new(&project);
    graph
        .arrows()
        .map(|(from, to, names)| {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            format!("{from} → {to} ({})", names.join(", "))
        })
        .collect()
}

fn shortest_circles(files: &[(&str, &str)]) -> Vec<String> {
    let graph = Graph::new(&Project::new(files));
    let circles = graph.circles();
    circles
        .iter()
        .map(|group| graph.shortest_circle(group))
        .collect()
}

const B: (&str, &str) = (
    "a/b.rs",
    "pub struct B; pub fn make() {} pub enum E { One }",
);

#[test]
fn every_form_of_a_path_is_an_arrow() {
    let forms = [
        ("use crate::a::b::B;", "B"),
        ("use super::b::B;", "B"),
        ("use super::{b::{self, B as Other}};", "B"),
        ("use crate::a::b; fn f() { b::make(); }", "make"),
        ("use super::b::{self}; fn f() -> b::B { loop {} }", "B"),
        ("use super::b as other; fn f() { other::make(); }", "make"),
        ("use crate::{a::b::E};", "E"),
        ("fn f() { super::b::make() }", "make"),
        ("fn f() { let x = self::super::b::E::One; }", "E"),
        ("fn f(x: &crate::a::b::B) {}", "B"),
        ("fn f(x: Vec<crate::a::b::B>) {}", "B"),
        ("fn f() { println!(\"{}\", crate::a::b::make()); }", "make"),
        ("#[derive(super::b::B)] struct C;", "B"),
        ("impl From<super::b::B> for C {}", "B"),
        ("fn f() { use crate::a::b::B; }", "B"),
        ("mod inner { use super::super::b::B; }", "B"),
        ("fn f(x: C) { match x { super::b::E::One => {} } }", "E"),
        ("use super::b::*; fn f() { make(); }", "make"),
    ];
    for (code, name) in forms {
        let found = arrows(&[("a/c.rs", code), B]);
        assert_eq!(found, [format!("a/c.rs → a/b.rs ({name})")], "{code}");
    }
}

#[test]
fn what_is_no_import_is_no_arrow() {
    let forms = [
        "// use crate::a::b::B;",
        "/// [`crate::a::b::B`]\nstruct C;",
        "const TEXT: &str = \"crate::a::b::B\";",
        "#[cfg(test)] mod tests { use crate::a::b::B; }",
        "#[cfg(test)] use crate::a::b::B;",
        "#[cfg(test)] fn f() { super::b::make() }",
        "impl C { #[cfg(test)] fn f() { super::b::make() } }",
        "use std::b::B; use outside::a::b::B; use ::a::b::B;",
        "use crate::a::c::C;",
        // A module alone is none: what is taken from it is.
        "use crate::a::b;",
        "mod b;",
    ];
    for code in forms {
        assert_eq!(arrows(&[("a/c.rs", code), B]), [""; 0], "{code}");
    }
}

#[test]
fn names_are_followed_through_re_exports_to_their_file() {
    let files = [
        ("lib.rs", "pub mod a; mod d; pub use a::B;"),
        (
            "a/mod.rs",
            "mod b; pub use b::{B as Renamed, E}; pub use self::b::*;",
        ),
        B,
        ("c.rs", "use crate::a::Renamed;"),
        ("d.rs", "use crate::B; use crate::a::make;"),
        ("e.rs", "fn f() { crate::a::E::One; }"),
    ];
    let expected = [
        "c.rs → a/b.rs (Renamed)",
        "d.rs → a/b.rs (B, make)",
        "e.rs → a/b.rs (E)",
    ];
    assert_eq!(arrows(&files), expected);
}

#[test]
fn a_parent_that_uses_what_it_re_exports_has_an_arrow() {
    let uses = [
        "fn f() -> B { loop {} }",
        "fn f() { make(); }",
        "fn f() { assert!(make()); }",
        "fn f() { b::make(); }",
        "use b::B;",
    ];
    for code in uses {
        let parent = format!("mod b; pub use b::{{B, make}}; {code}");
        let found = arrows(&[("a/mod.rs", &parent), B]);
        assert_eq!(found.len(), 1, "{code}: {found:?}");
    }
    let unused = [
        "mod b; pub use b::{B, make};",
        "mod b; pub(crate) use b::make; fn f(make: u8) -> u8 { make }",
        "mod b; pub(super) use self::b::make; fn f() { let make = 1; g(|| make + 1, make) }",
    ];
    for code in unused {
        assert_eq!(arrows(&[("a/mod.rs", code), B]), [""; 0], "{code}");
    }
}

#[test]
fn a_parent_beside_its_folder_is_a_parent_too() {
    let parent = ("a.rs", "mod b; pub use b::B;");
    assert_eq!(arrows(&[parent, B]), [""; 0]);
    let leaf = ("c.rs", "pub use crate::a::B;");
    assert_eq!(arrows(&[parent, B, leaf]), ["c.rs → a/b.rs (B)"]);
}

#[test]
fn macros_lead_to_the_file_that_defines_them() {
    let files = [
        ("a/mod.rs", "#[macro_use] mod b; mod c;"),
        ("a/b.rs", "macro_rules! each { ($x:ident) => { $x() } }"),
        ("a/c.rs", "fn f() { each!(g); }"),
    ];
    assert_eq!(arrows(&files), ["a/c.rs → a/b.rs (each!)"]);
}

#[test]
fn a_function_and_a_module_may_share_a_name() {
    let files = [
        (
            "a/mod.rs",
            "mod mask; mod shared; pub use mask::Mask; pub use shared::mask;",
        ),
        ("a/mask.rs", "pub struct Mask;"),
        ("a/shared.rs", "pub fn mask() {}"),
        ("c.rs", "use crate::a::mask;"),
        ("d.rs", "use crate::a::mask::Mask;"),
    ];
    let expected = ["c.rs → a/shared.rs (mask)", "d.rs → a/mask.rs (Mask)"];
    assert_eq!(arrows(&files), expected);
}

#[test]
fn every_kind_of_circle_is_found() {
    let two = [
        ("a/b.rs", "use super::c::C; pub struct B;"),
        ("a/c.rs", "use super::b::B; pub struct C;"),
    ];
    assert_eq!(shortest_circles(&two), ["a/b.rs → a/c.rs (C) → a/b.rs (B)"]);
    let with_parent = [
        ("a/mod.rs", "mod b; use b::B; pub struct A;"),
        ("a/b.rs", "use super::A; pub struct B;"),
    ];
    assert_eq!(
        shortest_circles(&with_parent),
        ["a/b.rs → a/mod.rs (A) → a/b.rs (B)"]
    );
    let through_re_exports = [
        (
            "a/mod.rs",
            "mod b; mod c; mod d; pub use b::B; pub use c::C; pub use d::D;",
        ),
        ("a/b.rs", "fn f(x: super::C) {} pub struct B;"),
        ("a/c.rs", "use crate::a::D; pub struct C;"),
        ("a/d.rs", "fn f() -> crate::a::B { loop {} } pub struct D;"),
    ];
    assert_eq!(
        shortest_circles(&through_re_exports),
        ["a/b.rs → a/c.rs (C) → a/d.rs (D) → a/b.rs (B)"]
    );
    let [from_b, from_c, ..] = two;
    let apart = [
        from_b,
        from_c,
        ("d.rs", "use crate::e::E; pub struct D;"),
        ("e.rs", "use crate::d::D; pub struct E;"),
    ];
    assert_eq!(shortest_circles(&apart).len(), 2);
}

#[test]
fn a_ladder_is_no_circle() {
    let ladder = [
        (
            "a/mod.rs",
            "mod b; mod c; mod d; pub use b::B; pub use c::C;",
        ),
        (
            "a/b.rs",
            "use super::{c, d}; use d::D; fn f() { c::make() } pub struct B;",
        ),
        ("a/c.rs", "use super::d::D; pub struct C; pub fn make() {}"),
        ("a/d.rs", "pub struct D;"),
    ];
    assert_eq!(shortest_circles(&ladder), [""; 0]);
    assert_eq!(arrows(&ladder).len(), 3);
}

#[test]
fn a_long_function_needs_a_reason_above_it() {
    let body = |lines: usize| format!("fn f() {{\n{}}}\n", "g();\n".repeat(lines));
    let count = |text: &str| long_functions(&Project::new(&[("a.rs", text)]).sources[0]).len();
    assert_eq!(count(&body(40)), 0);
    assert_eq!(count(&body(41)), 1);
    for reason in [
        "// Long: one arm per format.\n",
        "// Long: one arm per format,\n// which reads as a table.\n",
        "// Long: a table.\n/// Documented.\n#[must_use]\n",
        "/// Documented.\n#[must_use]\n// Long: a table.\n",
    ] {
        assert_eq!(count(&format!("{reason}{}", body(41))), 0, "{reason}");
    }
    for none in [
        "/// // Long: in a doc comment.\n",
        "// Long: of another.\n\n",
        "// It is long.\n",
    ] {
        assert_eq!(count(&format!("{none}{}", body(41))), 1, "{none}");
    }
    let nested = [
        format!("impl A {{ {} }}", body(41)),
        format!("trait A {{ {} }}", body(41)),
        format!("mod inner {{ {} }}", body(41)),
    ];
    for text in nested {
        assert_eq!(count(&text), 1, "{text}");
    }
    assert_eq!(
        count(&format!("#[cfg(test)] mod tests {{ {} }}", body(41))),
        0
    );
}

#[test]
fn only_pairs_of_one_type_are_parameters() {
    let count = |parameter: &str| {
        let text = format!("fn f(x: u8, {parameter}) {{}}");
        tuple_parameters(&Project::new(&[("a.rs", &text)]).sources[0]).len()
    };
    let listed = [
        "(a, b): (u8, &str)",
        "pair: &(u8, String)",
        "pair: &mut (usize, f32)",
        "pair: Option<(u8, &str)>",
        "three: (u8, u8, f32)",
    ];
    for parameter in listed {
        assert_eq!(count(parameter), 1, "{parameter}");
    }
    let passed = [
        "(width, height): (usize, usize)",
        "rows: Range<usize>",
        "point: (f64, f64, f64)",
        "pairs: &[(usize, f32)]",
        "nothing: ()",
        "f: impl Fn((u8, &str))",
        "size: Option<(u32, u32)>",
    ];
    for parameter in passed {
        assert_eq!(count(parameter), 0, "{parameter}");
    }
}

#[test]
fn circles_long_functions_and_tuples_are_complaints() {
    let circle = [
        (
            "basis.rs",
            "use crate::basis::inner::Inner; pub struct Basis;",
        ),
        (
            "basis/inner.rs",
            "use crate::basis::Basis; pub struct Inner;",
        ),
    ];
    let long = format!("fn f() {{\n{}}}\n", "g();\n".repeat(41));
    let faults = [
        (
            complaints(&Project::new(&circle)),
            "basis: a circle of 2 files; the shortest way around: basis.rs → basis/inner.rs (Inner) → basis.rs (Basis)\n",
        ),
        (
            complaints(&Project::new(&[("basis.rs", &long)])),
            "basis.rs:1: fn f: 41 lines, at most 40 or a comment `// Long: …` above\n",
        ),
        (
            complaints(&Project::new(&[("basis.rs", "fn f(x: (u8, bool)) {}")])),
            "basis.rs:1: fn f: parameter 1 is a tuple of unlike types\n",
        ),
    ];
    for (found, expected) in faults {
        assert_eq!(found, expected);
    }
}

#[test]
fn an_arrow_to_a_higher_floor_is_a_complaint() {
    let floors: [(&str, &[&str]); 1] = [("a", &["set", "decode formats"])];
    let files = [
        ("a/set/mask.rs", "use crate::a::decode::D; pub struct Mask;"),
        (
            "a/decode/mod.rs",
            "use crate::a::set::mask::Mask; pub struct D;",
        ),
        (
            "a/formats/npy.rs",
            "use crate::a::decode::D; use super::idx::I;",
        ),
        (
            "a/formats/idx.rs",
            "use crate::a::load::Loaded; pub struct I;",
        ),
        (
            "a/load.rs",
            "use crate::a::decode::D; use crate::b::B; pub struct Loaded;",
        ),
        ("b.rs", "use crate::a::load::Loaded; pub struct B;"),
    ];
    let expected = [
        "a/formats/idx.rs: imports Loaded from a/load.rs; above a/formats stand: set",
        "a/formats/npy.rs: imports D from a/decode/mod.rs; above a/formats stand: set",
        "a/set/mask.rs: imports D from a/decode/mod.rs; above a/set stand: ",
    ];
    let found = wrong_floors(&Graph::new(&Project::new(&files)), &floors);
    assert_eq!(found, expected);
}
