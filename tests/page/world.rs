//! Images of three pixels: points that are moved, the error of parts and axes, and how parts depend on their start.

use serde_json::{Value, json};

use super::{Open, RIGHT};

const PAGE_DOWN: &str = "\u{e00f}";
type Point = [f64; 3];

/// Returns what a script in the page returns. In it, `points(css)` returns the images at the places of elements, and
/// `intensities(x, y)` that at a place in the drawing, by areas in the drawn triangle.
fn drawn(open: &Open, body: &str) -> Value {
    open.browser.run(&format!(
        "const corners = [...document.querySelector('#world-triangle .rim').points].map(({{ x, y }}) => [x, y]);
         const area = ([ax, ay], [bx, by], [cx, cy]) => (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
         const intensities = (x, y) => [0, 1, 2].map((p) => {{
             const others = [(p + 1) % 3, (p + 2) % 3].map((other) => corners[other]);
             return area([x, y], ...others) / area(corners[p], ...others);
         }});
         const placeOf = (element) => {{ const {{ e, f }} = element.transform.baseVal[0].matrix; return [e, f]; }};
         const all = (css) => [...document.querySelectorAll(`#world-triangle ${{css}}`)];
         const points = (css) => all(css).map((element) => intensities(...placeOf(element)));
         {body}"
    ))
}

fn points(open: &Open, css: &str) -> Vec<Point> {
    serde_json::from_value(drawn(open, &format!("return points('{css}')"))).unwrap()
}

fn figure(open: &Open, css: &str) -> f64 {
    let said = open.browser.text(css);
    let number = said.trim_start_matches("< ").split('\u{a0}').next();
    number.unwrap().parse().unwrap_or_else(|_| panic!("{said}"))
}

fn nmf_error(open: &Open) -> f64 {
    figure(open, "#world-nmf-error")
}

fn dot(a: &Point, b: &Point) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Returns the least squared distance of an image from the non-negative sums of parts: of all choices of parts that are
/// used, the best whose weights are positive.
fn distance(image: &Point, parts: &[Point]) -> f64 {
    let mut least = dot(image, image);
    for used in 1..1_usize << parts.len() {
        let used: Vec<Point> = (0..parts.len())
            .filter(|part| (used >> part) & 1 == 1)
            .map(|part| parts[part])
            .collect();
        // Orthogonal directions, one part after another; then the weights from the last one back.
        let mut directions: Vec<Point> = Vec::new();
        for part in &used {
            let mut rest = *part;
            for direction in &directions {
                let share = dot(&rest, direction) / dot(direction, direction);
                rest = [0, 1, 2].map(|p| rest[p] - share * direction[p]);
            }
            directions.push(rest);
        }
        let mut rest = *image;
        let mut is_positive = true;
        for (part, direction) in used.iter().zip(&directions).rev() {
            let weight = dot(&rest, direction) / dot(direction, direction);
            is_positive &= weight >= 0.0;
            rest = [0, 1, 2].map(|p| rest[p] - weight * part[p]);
        }
        if is_positive {
            least = least.min(dot(&rest, &rest));
        }
    }
    least
}

/// Returns the relative error in per cent of the best sums of parts.
fn twin_of_nmf(images: &[Point], parts: &[Point]) -> f64 {
    let missed: f64 = images.iter().map(|image| distance(image, parts)).sum();
    let all: f64 = images.iter().map(|image| dot(image, image)).sum();
    100.0 * (missed / all).sqrt()
}

/// Returns the relative error in per cent of the mean and the first principal axis, which is found by power iterations.
fn twin_of_pca(images: &[Point]) -> f64 {
    let count = images.len() as f64;
    let mean = [0, 1, 2].map(|p| images.iter().map(|image| image[p]).sum::<f64>() / count);
    let centred = images
        .iter()
        .map(|image| [0, 1, 2].map(|p| image[p] - mean[p]));
    let centred: Vec<Point> = centred.collect();
    let mut axis = [0.7, -0.5, -0.1];
    for _ in 0..2_000 {
        let mut next = [0.0; 3];
        for image in &centred {
            let score = dot(image, &axis);
            next = [0, 1, 2].map(|p| next[p] + score * image[p]);
        }
        let length = dot(&next, &next).sqrt();
        axis = next.map(|value| value / length);
    }
    let missed: f64 = centred
        .iter()
        .map(|image| dot(image, image) - dot(image, &axis).powi(2))
        .sum();
    let all: f64 = images.iter().map(|image| dot(image, image)).sum();
    100.0 * (missed.max(0.0) / all).sqrt()
}

/// Drags a point of the triangle to the image with these intensities.
fn drag(open: &Open, css: &str, to: Point) {
    let places = drawn(
        open,
        &format!(
            "const {{ width, height }} = document.querySelector('#world-triangle svg').viewBox.baseVal;
             const to = [0, 1].map((axis) => corners.reduce((sum, corner, p) => sum + {to:?}[p] * corner[axis], 0));
             const from = placeOf(document.querySelector('#world-triangle {css}'));
             return [from, to].map(([x, y]) => [x / width, y / height])"
        ),
    );
    let [from, to]: [(f64, f64); 2] = serde_json::from_value(places).unwrap();
    open.browser.stroke("#world-triangle svg", from, to);
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn the_error_rises_as_a_part_is_dragged_away_and_learning_lowers_it_to_nothing() {
    let open = Open::faces();
    let page = &open.browser;
    page.click("#world-learn");
    let images = points(&open, ".point");
    assert_eq!(images.len(), 16);
    assert_eq!(page.text("#world-nmf-error"), "0.00\u{a0}%");
    assert!(page.text("#world-text").contains("No image is outside"));
    assert_eq!(
        page.text("#world-pca-error"),
        "0.00\u{a0}%",
        "the images lie on one line"
    );
    drag(&open, ".part", [0.4, 0.5, 0.1]);
    let parts = points(&open, ".part");
    assert!(
        (parts[0][1] - 0.5).abs() < 0.01,
        "it is where it was dragged to: {parts:?}"
    );
    let (said, expected) = (nmf_error(&open), twin_of_nmf(&images, &parts));
    assert!(
        said > 5.0 && (said - expected).abs() < 0.02,
        "{said} {expected}"
    );
    let lines = page.run("return document.querySelectorAll('#world-triangle .residual').length");
    let outside = images
        .iter()
        .filter(|image| distance(image, &parts) > 1e-6 * dot(image, image))
        .count();
    assert_eq!(
        lines, outside,
        "each image outside has a line to its best sum"
    );
    assert!(page.text("#world-text").starts_with(&format!(
        "Part A moved. {outside} of 16 images are outside."
    )));
    page.click("#world-learn");
    assert_eq!(page.text("#world-nmf-error"), "0.00\u{a0}%");
    assert!(twin_of_nmf(&images, &points(&open, ".part")) < 0.01);
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn starts_lead_to_other_parts_that_compose_all_images() {
    let open = Open::faces();
    let page = &open.browser;
    page.click("[data-set='cloud']");
    page.click("#world-rank-3");
    let images = points(&open, ".point");
    let mut found = Vec::new();
    for start in 1..=3 {
        page.click("#world-start");
        let parts = points(&open, ".part");
        assert!(nmf_error(&open) < 0.1 && twin_of_nmf(&images, &parts) < 0.1);
        let listed = page.run("return document.querySelectorAll('#world-starts button').length");
        assert_eq!(listed, start);
        found.push(parts);
    }
    for pair in found.windows(2) {
        let nearest = |part: &Point| {
            let apart = |other: &Point| (0..3).map(|p| (part[p] - other[p]).abs()).sum::<f64>();
            pair[1].iter().map(apart).fold(f64::INFINITY, f64::min)
        };
        assert!(pair[0].iter().map(nearest).fold(0.0, f64::max) > 0.1);
    }
    page.click("#world-starts button");
    let again = points(&open, ".part");
    assert_eq!(again, found[0], "the parts of a start come back");
    drag(&open, ".point", [0.1, 0.1, 0.8]);
    let image = points(&open, ".point")[0];
    assert!((image[2] - 0.8).abs() < 0.01, "{image:?}");
    let listed = page.run("return document.querySelectorAll('#world-starts button').length");
    assert_eq!(listed, 0, "their errors were those of other images");
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn around_the_rim_the_parts_are_the_single_pixels() {
    let open = Open::faces();
    let page = &open.browser;
    page.click("[data-set='rim']");
    page.click("#world-rank-3");
    for _ in 0..2 {
        page.click("#world-start");
        for part in points(&open, ".part") {
            let most = part.iter().copied().fold(0.0, f64::max);
            assert!(most > 0.99, "{part:?}");
        }
    }
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn an_axis_leaves_the_triangle_where_a_pixel_becomes_negative() {
    let open = Open::faces();
    let page = &open.browser;
    for (set, rank) in [("segment", 2), ("cloud", 2), ("triangle", 3), ("rim", 3)] {
        page.click(&format!("[data-set='{set}']"));
        page.click(&format!("#world-rank-{rank}"));
        let exits = drawn(
            &open,
            "return all('.exit').map(({ cx, cy }) => intensities(cx.baseVal.value, cy.baseVal.value))",
        );
        let exits: Vec<Point> = serde_json::from_value(exits).unwrap();
        let tips = points(&open, ".tip");
        assert_eq!((exits.len(), tips.len()), (2 * (rank - 1), 2 * (rank - 1)));
        let blue = page.run(
            "return [...document.querySelectorAll('#world-triangle .end')].map((end) => {
                 const pixels = [...end.querySelectorAll('.strip rect:not(.frame)')];
                 const colours = pixels.map((pixel) => getComputedStyle(pixel).fill.match(/\\d+/g).map(Number));
                 return colours.map(([red, , blue]) => blue > red + 60);
             })",
        );
        for (index, (exit, tip)) in exits.iter().zip(&tips).enumerate() {
            let least = exit.iter().copied().fold(f64::INFINITY, f64::min);
            assert!(
                least.abs() < 1e-3,
                "{set}: the ring is on the rim: {exit:?}"
            );
            let negative = tip.map(|value| value < -0.01);
            assert!(negative.contains(&true), "{set}: {tip:?}");
            assert_eq!(blue[index], json!(negative), "{set}: {tip:?}");
        }
        if rank == 2 {
            let (said, expected) = (
                figure(&open, "#world-pca-error"),
                twin_of_pca(&points(&open, ".point")),
            );
            assert!((said - expected).abs() < 0.02, "{set}: {said} {expected}");
        }
    }
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn points_are_moved_by_keys() {
    let open = Open::faces();
    let page = &open.browser;
    page.run("document.querySelector('#world-triangle .part').focus()");
    let (before, error) = (points(&open, ".part"), nmf_error(&open));
    page.press(&[RIGHT, RIGHT]);
    let after = points(&open, ".part");
    assert!(
        (after[0][2] - before[0][2] - 0.04).abs() < 1e-3 && after[1..] == before[1..],
        "{before:?} {after:?}"
    );
    assert!((nmf_error(&open) - error).abs() > 0.005, "{error}");
    let said = page.run("return document.activeElement.getAttribute('aria-valuetext')");
    let expected = after[0].map(|value| format!("{value:.2}")).join(", ");
    assert_eq!(said, format!("intensities {expected}"));
    page.run("document.querySelector('#world-triangle .point').focus()");
    page.press(&[PAGE_DOWN]);
    let name = "return document.activeElement.getAttribute('aria-label')";
    assert_eq!(page.run(name), "Image 2");
    let stops = "return document.querySelectorAll('#world-triangle .point[tabindex=\"0\"]').length";
    assert_eq!(page.run(stops), 1, "the images are one stop of the Tab key");
    let before = points(&open, ".point");
    for _ in 0..60 {
        page.press(&["\u{e015}"]);
    }
    let after = points(&open, ".point");
    assert!(
        after[1][1].abs() < 1e-3 && after[1].iter().all(|value| *value > -1e-3),
        "it stays in the triangle: {:?}",
        after[1]
    );
    assert!(after[..1] == before[..1] && after[2..] == before[2..]);
    assert!(
        page.text("#world-pointed")
            .starts_with("Image 2: intensities")
    );
    open.is_well();
}
