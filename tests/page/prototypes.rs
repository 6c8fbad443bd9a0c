//! The third way: the prototype of the chosen image is marked, and its error is that of the model.

use nmf_images::Model;

use super::{Open, error_text};

#[test]
#[ignore = "needs chromium and chromedriver"]
fn the_prototype_of_the_chosen_image_is_marked_with_its_error() {
    let open = Open::faces();
    let page = &open.browser;
    let vq = Model::read(open.desk.path("output")).unwrap().vq.unwrap();
    let mut seen = Vec::new();
    for _ in 0..4 {
        let image = page.run("return document.querySelector('#image').value");
        let image: usize = image.as_str().unwrap().parse().unwrap();
        let own = vq.assignments[image];
        page.see("#prototypes");
        // The page follows the slider with the next frame.
        page.wait(&format!(
            "const all = [...document.querySelectorAll('#prototypes .prototype')];
             const lit = all.map((tile, index) => tile.classList.contains('lit') ? index : -1).filter((index) => index >= 0);
             return lit.length === 1 && lit[0] === {own}"
        ));
        page.see("#readout-prototypes");
        let said = page.text("#readout-prototypes");
        let error = error_text(f64::from(vq.errors[image]));
        assert!(
            said.starts_with(&format!("Prototype {own}, the nearest of 16;")),
            "{said}"
        );
        assert!(
            said.ends_with(&format!("relative error {error}.")),
            "{said}"
        );
        assert!(open.light("#sum-prototypes") > 0);
        seen.push(own);
        page.click("#next");
        page.settle();
    }
    seen.dedup();
    assert!(seen.len() > 1, "the mark moves");
    open.is_well();
}
