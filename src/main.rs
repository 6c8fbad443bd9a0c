//! The command `nmf-images`.

fn main() {}
