//! What is asserted of a figure: that it looks as before, and that nothing on it collides.

use std::path::Path;

use nmf_images::render::Figure;

/// Golden pictures are small: half a pixel a point.
const DENSITY: f32 = 0.5;

/// Levels of 255 that a pixel may differ by.
///
/// The rasteriser is plain Rust and draws the same on every computer. What it draws may come from a fit, whose last
/// bits depend on whether the processor has a fused multiply-add: that moves a rounded value by one level at most.
const TOLERANCE: u8 = 1;

/// Fails unless the figure looks as its golden picture does.
pub fn assert_looks_like(figure: &Figure, name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("golden")
        .join(name);
    let drawn = figure.png(DENSITY).expect("the figure can be drawn");
    if std::env::var_os("REGENERATE").is_some() {
        std::fs::write(&path, &drawn).expect("the golden picture can be written");
        panic!("{name} was written anew: look at it, then test again without REGENERATE");
    }
    let golden = image::open(&path)
        .expect("the golden picture can be read")
        .to_rgb8();
    let drawn = image::load_from_memory(&drawn)
        .expect("the figure is a PNG")
        .to_rgb8();
    assert_eq!(
        golden.dimensions(),
        drawn.dimensions(),
        "{name}: width and height"
    );
    let levels = |(a, b): (&image::Rgb<u8>, &image::Rgb<u8>)| {
        a.0.iter().zip(b.0).map(|(a, b)| a.abs_diff(b)).max()
    };
    let differences: Vec<u8> = golden
        .pixels()
        .zip(drawn.pixels())
        .filter_map(levels)
        .collect();
    let different = differences
        .iter()
        .filter(|&&levels| levels > TOLERANCE)
        .count();
    let most = differences.iter().max();
    assert_eq!(
        different, 0,
        "{name}: this many pixels differ by more than {TOLERANCE} levels of 255, the most by {most:?}"
    );
}

/// A box in points: x, y, width, height.
pub type Area = [f64; 4];

/// Fails if a text or a tile leaves the page or meets another; only scale bars have texts on them.
pub fn assert_keeps_apart(figure: &Figure, what: &str) {
    assert_keeps_apart_but_on(None, figure, what);
}

/// The same where texts may also lie on one tile, `ground`, without overhanging it.
pub fn assert_keeps_apart_but_on(ground: Option<Area>, figure: &Figure, what: &str) {
    let (width, height) = figure.size();
    let texts = figure.texts().iter().map(|text| {
        (
            text.text.as_str(),
            [text.x, text.y, text.width, text.height],
        )
    });
    let (grounds, tiles): (Vec<Area>, Vec<Area>) = images_of(figure)
        .into_iter()
        .partition(|image| image[2..] == SCALE_BAR || Some(*image) == ground);
    let tiles = tiles.into_iter().map(|tile| ("a tile", tile));
    let mut all: Vec<(&str, Area)> = texts.chain(tiles).collect();
    all.sort_by(|a, b| a.1[1].total_cmp(&b.1[1]));
    for (index, (name, area)) in all.iter().enumerate() {
        let [x, y, w, h] = *area;
        let inside = x >= 0.0 && y >= 0.0 && x + w <= width && y + h <= height;
        assert!(
            inside,
            "{what}: {name} at {area:?} leaves the page of {width}x{height}"
        );
        for (other, place) in all[index + 1..]
            .iter()
            .take_while(|(_, place)| place[1] < y + h)
        {
            assert!(
                !meet(area, place),
                "{what}: {name} at {area:?} meets {other} at {place:?}"
            );
        }
        for [left, top, across, down] in &grounds {
            let within = x >= *left && x + w <= left + across && y >= *top && y + h <= top + down;
            let apart = !meet(area, &[*left, *top, *across, *down]);
            assert!(
                apart || within && *name != "a tile",
                "{what}: {name} at {area:?} overhangs what it lies on"
            );
        }
    }
}

pub fn meet(a: &Area, b: &Area) -> bool {
    a[0] < b[0] + b[2] && b[0] < a[0] + a[2] && a[1] < b[1] + b[3] && b[1] < a[1] + a[3]
}

/// Width and height of a scale bar.
pub const SCALE_BAR: [f64; 2] = [240.0, 30.0];

/// Where the images of a figure stand; the SVG counts in tenths of a point.
pub fn images_of(figure: &Figure) -> Vec<Area> {
    let number = |tag: &str, name: &str| -> f64 {
        let value = tag
            .split_once(&format!(" {name}=\""))
            .and_then(|(_, rest)| rest.split_once('"'));
        value
            .expect("the attribute is there")
            .0
            .parse::<f64>()
            .expect("a number")
            / 10.0
    };
    let svg = figure.svg().expect("encoded");
    let tags = svg.split("<image").skip(1);
    tags.map(|tag| ["x", "y", "width", "height"].map(|name| number(tag, name)))
        .collect()
}
