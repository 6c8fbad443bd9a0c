//! The guide, one module per page: the text of `assets/guide` in the repository.
//!
//! Its Rust examples are tested with the others. Pictures are shown if the documentation was built in a clone, by
//! `cargo doc` with the default target folder.

// A page links by reference: `[text][page]`. On GitHub the list at the end of the page resolves references; here this
// list stands before the page, and in Markdown the first definition of a reference counts.
macro_rules! links {
    () => {
        "\
[choosing-the-rank]: crate::guide::choosing_the_rank
[coursework]: crate::guide::coursework
[hold-out]: crate::guide::reading_the_numbers#held-out-images
[input-formats]: crate::guide::input_formats
[interrupted-runs]: crate::guide::interrupted_runs
[known-parts]: crate::guide::known_parts
[large-data]: crate::guide::large_data
[library]: crate::guide::library
[many-machines]: crate::guide::many_machines
[new-images]: crate::guide::new_images
[nmf-and-pca]: crate::guide::nmf_and_pca
[noise]: crate::guide::starts_and_rules#noise
[options]: crate::guide::options
[output-files]: crate::guide::output_files
[own-start]: crate::guide::own_start
[page]: crate::guide::page
[parts-or-ghosts]: crate::guide::parts_or_ghosts
[python]: crate::guide::python
[reading-the-numbers]: crate::guide::reading_the_numbers
[several-starts]: crate::guide::starts_and_rules#starts
[sources]: crate::guide::sources
[speed]: crate::guide::speed
[starts-and-rules]: crate::guide::starts_and_rules
[three-ways]: crate::guide::nmf_and_pca#a-third-way-vector-quantisation
[unknown-pixels]: crate::guide::unknown_pixels
[attribution]: ../../../../../assets/ATTRIBUTION.md
[compare-png]: ../../../../../assets/readme/compare.png
[map-png]: ../../../../../assets/readme/map.png
[notebook]: ../../../../../assets/notebook/parts.ipynb
[page-png]: ../../../../../assets/readme/page.png
[photographs-overlap-png]: ../../../../../assets/readme/photographs-overlap.png
[photographs-plain-png]: ../../../../../assets/readme/photographs-plain.png
[recipe-png]: ../../../../../assets/readme/recipe.png
[swimmer-plain-png]: ../../../../../assets/readme/swimmer-plain.png
[swimmer-taper-png]: ../../../../../assets/readme/swimmer-taper.png
"
    };
}

macro_rules! page {
    ($module:ident, $file:literal) => {
        #[doc = links!()]
        #[doc = include_str!(concat!("../assets/guide/", $file))]
        pub mod $module {}
    };
}

page!(nmf_and_pca, "nmf-and-pca.md");
page!(output_files, "output-files.md");
page!(reading_the_numbers, "reading-the-numbers.md");
page!(page, "page.md");
page!(parts_or_ghosts, "parts-or-ghosts.md");
page!(choosing_the_rank, "choosing-the-rank.md");
page!(starts_and_rules, "starts-and-rules.md");
page!(own_start, "own-start.md");
page!(coursework, "coursework.md");
page!(known_parts, "known-parts.md");
page!(input_formats, "input-formats.md");
page!(unknown_pixels, "unknown-pixels.md");
page!(new_images, "new-images.md");
page!(options, "options.md");
page!(interrupted_runs, "interrupted-runs.md");
page!(large_data, "large-data.md");
page!(many_machines, "many-machines.md");
page!(speed, "speed.md");
page!(library, "library.md");
page!(python, "python.md");
page!(sources, "sources.md");
