//! Folders and arrays as people have them: every format, and every odd file that should not end a run.

use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::time::{Duration, Instant};

use image::{
    DynamicImage, GrayAlphaImage, GrayImage, ImageBuffer, ImageFormat, Luma, Rgb, RgbImage,
    RgbaImage,
};
use ndarray::{Array2, array};
use nmf_images::basis::Shape;
use nmf_images::error::Error;
use nmf_images::images::{Block, Fit, ImageSet, Images, LoadOptions, Pixels, load};
use tempfile::TempDir;

fn folder(files: &[(&str, Vec<u8>)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

fn read(folder: &TempDir) -> ImageSet {
    load(folder.path(), &LoadOptions::default()).unwrap()
}

fn message(path: &Path, options: &LoadOptions) -> String {
    let message = load(path, options).unwrap_err().to_string();
    assert_eq!(message.lines().count(), 1, "one line: {message}");
    message
}

/// A set of nothing but this file, twice.
fn twice(name: &str, bytes: Vec<u8>) -> ImageSet {
    let first = format!("1{name}");
    let second = format!("2{name}");
    let set = read(&folder(&[(&first, bytes.clone()), (&second, bytes)]));
    assert_eq!(set.names, [first, second]);
    set
}

fn values(name: &str, bytes: Vec<u8>) -> Vec<f32> {
    twice(name, bytes).image_f32(0)
}

/// Why this file is skipped beside two good ones.
fn reason(name: &str, bytes: Vec<u8>) -> String {
    let set = read(&folder(&[
        ("g1.pgm", dot(1)),
        (name, bytes),
        ("g2.pgm", dot(2)),
    ]));
    assert_eq!(set.names, ["g1.pgm", "g2.pgm"]);
    assert_eq!(set.skipped.len(), 1, "{:?}", set.skipped);
    assert_eq!(set.skipped[0].path, name);
    set.skipped[0].reason.clone()
}

fn pgm(width: usize, height: usize, values: &[u8]) -> Vec<u8> {
    let mut bytes = format!("P5\n{width} {height}\n255\n").into_bytes();
    bytes.extend_from_slice(values);
    bytes
}

fn dot(value: u8) -> Vec<u8> {
    pgm(1, 1, &[value])
}

fn encode(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn noise(width: u32, height: u32) -> RgbImage {
    let mut state = 1_u32;
    RgbImage::from_fn(width, height, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [_, red, green, blue] = state.to_be_bytes();
        Rgb([red, green, blue])
    })
}

fn units(values: &[u8]) -> Vec<f32> {
    values
        .iter()
        .map(|&value| f32::from(value) / 255.0)
        .collect()
}

#[test]
fn every_lossless_format_comes_back_as_it_was_and_stays_8_bit() {
    let rgb = RgbImage::from_fn(3, 2, |x, y| Rgb([(x * 50 + y) as u8; 3]));
    let expected = units(&[0, 50, 100, 1, 51, 101]);
    for (name, format) in [
        (".png", ImageFormat::Png),
        (".ppm", ImageFormat::Pnm),
        (".bmp", ImageFormat::Bmp),
        (".tif", ImageFormat::Tiff),
        (".tiff", ImageFormat::Tiff),
        (".webp", ImageFormat::WebP),
        (".gif", ImageFormat::Gif),
        ("", ImageFormat::Png),
        (".data", ImageFormat::Bmp),
    ] {
        let set = twice(name, encode(rgb.clone(), format));
        assert!(matches!(set.pixels, Pixels::U8(_)), "{name}");
        assert_eq!(set.shape, Shape::new(2, 3), "{name}");
        assert_eq!(set.image_f32(0), expected, "{name}");
        assert_eq!(
            set.notes,
            ["1 pixel never lit (black in every image, which does no harm)"],
            "{name}"
        );
    }
}

#[test]
fn a_jpeg_is_read_under_every_spelling_of_its_extension() {
    let bytes = encode(GrayImage::from_pixel(8, 8, Luma([200])), ImageFormat::Jpeg);
    for name in [".jpg", ".JPG", ".jpeg", ".JpEg"] {
        assert!(
            values(name, bytes.clone())
                .iter()
                .all(|value| (value * 255.0 - 200.0).abs() < 2.0),
            "{name}"
        );
    }
}

#[test]
fn pnm_files_keep_their_scale_whatever_the_maxval() {
    let thirds = [0.0, 85.0 / 255.0, 170.0 / 255.0, 1.0];
    let cases: [(&[u8], &[f32]); 9] = [
        (b"P2 2 2 15  0 5 10 15", &thirds),
        (b"P2\n# a comment\n2 2\n3\n0 1\n2 3\n", &thirds),
        (b"P5 2 2 15\n\x00\x05\x0a\x0f", &thirds),
        (b"P3 2 1 15  5 5 5  10 10 10", &thirds[1..3]),
        (b"P6 2 1 3\n\x01\x01\x01\x02\x02\x02", &thirds[1..3]),
        (b"P1 2 2 1 0 0 1", &[0.0, 1.0, 1.0, 0.0]),
        (b"P4 2 2\n\x80\x40", &[0.0, 1.0, 1.0, 0.0]),
        (b"P5\n2 1\n65535\n\x00\x80\xff\xff", &[128.0 / 65535.0, 1.0]),
        (b"P2 2 1 65535 128 65535", &[128.0 / 65535.0, 1.0]),
    ];
    for (bytes, expected) in cases {
        assert_eq!(
            values(".pgm", bytes.to_vec()),
            expected,
            "{}",
            String::from_utf8_lossy(bytes)
        );
    }
    let twelve_bit = values(".pgm", b"P2 2 1 4095 1 4095".to_vec());
    assert!(
        (twelve_bit[0] - 1.0 / 4095.0).abs() < 1.0 / 65535.0 && twelve_bit[1] > 0.999_999,
        "{twelve_bit:?}"
    );
}

#[test]
fn sixteen_bits_are_kept_and_make_the_whole_set_fine() {
    let fine = ImageBuffer::<Luma<u16>, _>::from_raw(2, 1, vec![128, 65535]).unwrap();
    let colour =
        ImageBuffer::<Rgb<u16>, _>::from_raw(2, 1, vec![128, 128, 128, 65535, 0, 0]).unwrap();
    let set = read(&folder(&[
        ("a.png", encode(fine, ImageFormat::Png)),
        ("b.png", encode(colour, ImageFormat::Png)),
        ("c.pgm", pgm(2, 1, &[51, 255])),
    ]));
    assert!(matches!(set.pixels, Pixels::F32(_)));
    assert_eq!(set.image_f32(0), [128.0 / 65535.0, 1.0]);
    assert_eq!(set.image_f32(1), [128.0 / 65535.0, 0.2126]);
    assert_eq!(set.image_f32(2), [0.2, 1.0]);
}

#[test]
fn float_images_keep_their_values_and_refuse_what_is_no_light() {
    let tiff = |light: f32| {
        let pixels = ImageBuffer::<Rgb<f32>, _>::from_raw(1, 1, vec![light; 3]).unwrap();
        encode(pixels, ImageFormat::Tiff)
    };
    assert_eq!(values(".tif", tiff(0.123_456)), [0.123_456]);
    for wrong in [f32::NAN, f32::INFINITY, -0.5] {
        assert_eq!(
            reason("a.tif", tiff(wrong)),
            "holds values that are NaN, infinite or negative"
        );
    }
}

#[test]
fn grey_is_the_luma_of_rec_709_and_equal_channels_are_exact() {
    let colours =
        RgbImage::from_raw(4, 1, vec![255, 0, 0, 0, 255, 0, 0, 0, 255, 200, 100, 50]).unwrap();
    assert_eq!(
        values(".png", encode(colours, ImageFormat::Png)),
        units(&[54, 182, 18, 118])
    );
    let greys = RgbImage::from_fn(256, 1, |x, _| Rgb([x as u8; 3]));
    assert_eq!(
        values(".png", encode(greys, ImageFormat::Png)),
        units(&(0..=255).collect::<Vec<u8>>())
    );
}

#[test]
fn transparency_is_laid_over_the_background_and_told_once() {
    let clear =
        RgbaImage::from_raw(3, 1, vec![0, 0, 0, 0, 0, 0, 0, 255, 200, 200, 200, 128]).unwrap();
    let grey = GrayAlphaImage::from_raw(3, 1, vec![0, 0, 0, 255, 200, 128]).unwrap();
    let opaque = RgbaImage::from_raw(3, 1, vec![9, 9, 9, 255, 7, 7, 7, 255, 5, 5, 5, 255]).unwrap();
    let folder = folder(&[
        ("a.png", encode(clear, ImageFormat::Png)),
        ("b.png", encode(grey, ImageFormat::Png)),
        ("c.png", encode(opaque, ImageFormat::Png)),
    ]);
    let white = read(&folder);
    assert_eq!(white.image_f32(0), units(&[255, 0, 227]));
    assert_eq!(white.image_f32(1), units(&[255, 0, 227]));
    assert_eq!(white.image_f32(2), units(&[9, 7, 5]));
    assert_eq!(white.notes, ["2 images have transparency, laid over white"]);
    let black = load(
        folder.path(),
        &LoadOptions {
            background: 0,
            ..LoadOptions::default()
        },
    )
    .unwrap();
    assert_eq!(black.image_f32(0), units(&[0, 0, 100]));
    assert!(
        black
            .notes
            .contains(&"2 images have transparency, laid over black".to_owned()),
        "{:?}",
        black.notes
    );
}

#[test]
fn opaque_alpha_is_not_worth_a_word() {
    let opaque = RgbaImage::from_raw(1, 1, vec![9, 9, 9, 255]).unwrap();
    assert_eq!(
        twice(".png", encode(opaque, ImageFormat::Png)).notes,
        [""; 0]
    );
}

#[test]
fn the_colours_of_a_palette_are_looked_up() {
    let header = [0, 0, 0, 3, 0, 0, 0, 1, 8, 3, 0, 0, 0];
    let palette = [255, 0, 0, 10, 10, 10, 250, 250, 250];
    // One stored block: filter byte 0, then the indices 2, 0, 1.
    let pixels = [
        0x78, 0x01, 0x01, 4, 0, 0xfb, 0xff, 0, 2, 0, 1, 0x00, 0x0b, 0x00, 0x04,
    ];
    let bytes = png(&[
        (b"IHDR", &header),
        (b"PLTE", &palette),
        (b"IDAT", &pixels),
        (b"IEND", &[]),
    ]);
    assert_eq!(values(".png", bytes), units(&[250, 54, 10]));
}

fn png(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in chunks {
        bytes.extend((data.len() as u32).to_be_bytes());
        let checked = [kind.as_slice(), data].concat();
        bytes.extend(&checked);
        bytes.extend(crc32(&checked).to_be_bytes());
    }
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            if crc & 1 == 1 {
                (crc >> 1) ^ 0xedb8_8320
            } else {
                crc >> 1
            }
        })
    })
}

#[test]
fn exif_orientation_turns_the_image_upright() {
    let flat = GrayImage::from_fn(16, 8, |x, _| Luma([if x < 8 { 0 } else { 255 }]));
    let upright = encode(flat, ImageFormat::Jpeg);
    // APP1 with one entry: orientation 6, to be turned clockwise by a quarter.
    let exif =
        b"\xff\xe1\x00\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let turned = [&upright[..2], exif, &upright[2..]].concat();
    assert_eq!(twice(".jpg", upright).shape, Shape::new(8, 16));
    let set = twice(".jpg", turned);
    assert_eq!(set.shape, Shape::new(16, 8));
    let values = set.image_f32(0);
    assert!(
        values[..64].iter().all(|value| *value < 0.1)
            && values[64..].iter().all(|value| *value > 0.9)
    );
}

/// An 8x8 JPEG of four even channels, each given as a whole block's level: least, middle or most.
fn four_channel_jpeg(adobe_transform: Option<u8>, levels: [char; 4]) -> Vec<u8> {
    let mut bytes = b"\xff\xd8".to_vec();
    if let Some(transform) = adobe_transform {
        bytes.extend(b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00");
        bytes.push(transform);
    }
    bytes.extend(b"\xff\xdb\x00\x43\x00");
    bytes.extend([8; 64]);
    bytes.extend(
        b"\xff\xc0\x00\x14\x08\x00\x08\x00\x08\x04\x01\x11\x00\x02\x11\x00\x03\x11\x00\x04\x11\x00",
    );
    // Codes of the constant part: `0` is seven bits, `10` is none; of the rest: `0` ends the block.
    bytes.extend(b"\xff\xc4\x00\x15\x00\x01\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x07\x00");
    bytes.extend(b"\xff\xc4\x00\x14\x10\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x00");
    bytes.extend(b"\xff\xda\x00\x0e\x04\x01\x00\x02\x00\x03\x00\x04\x00\x00\x3f\x00");
    let mut bits: String = levels
        .iter()
        .map(|level| match level {
            '-' => "000000000",
            '0' => "100",
            _ => "011111110",
        })
        .collect();
    bits.push_str(&"1".repeat((8 - bits.len() % 8) % 8));
    for byte in bits.as_bytes().chunks(8) {
        let byte = byte.iter().fold(0, |byte, bit| byte * 2 + (bit - b'0'));
        bytes.push(byte);
        if byte == 0xff {
            bytes.push(0);
        }
    }
    bytes.extend(b"\xff\xd9");
    bytes
}

#[test]
fn cmyk_and_ycck_jpegs_are_never_inverted() {
    let cases = [
        // As Adobe writes it, ink is stored inverted: most is no ink.
        (Some(0), ['+', '+', '+', '+'], true),
        (Some(0), ['+', '+', '+', '-'], false),
        (Some(0), ['-', '-', '-', '+'], false),
        (Some(2), ['-', '0', '0', '+'], true),
        (Some(2), ['-', '0', '0', '-'], false),
    ];
    for (transform, levels, light) in cases {
        let values = values(".jpg", four_channel_jpeg(transform, levels));
        let right = if light {
            values.iter().all(|v| *v > 0.98)
        } else {
            values.iter().all(|v| *v < 0.02)
        };
        assert!(
            right,
            "transform {transform:?}, levels {levels:?}: {}",
            values[0]
        );
    }
    let refused = reason("a.jpg", four_channel_jpeg(None, ['-', '-', '-', '-']));
    assert!(
        refused.starts_with("a 4-channel JPEG without an Adobe marker"),
        "{refused}"
    );
}

#[test]
fn the_first_frame_of_a_gif_counts() {
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut bytes);
    for level in [40, 200] {
        let frame = RgbaImage::from_pixel(2, 2, image::Rgba([level, level, level, 255]));
        encoder.encode_frame(image::Frame::new(frame)).unwrap();
    }
    drop(encoder);
    assert_eq!(values(".gif", bytes), units(&[40; 4]));
}

#[test]
fn the_content_decides_where_the_name_lies_and_each_lie_is_told_once() {
    let image = GrayImage::from_pixel(8, 8, Luma([99]));
    let jpeg = encode(image.clone(), ImageFormat::Jpeg);
    let set = read(&folder(&[
        ("a.png", jpeg.clone()),
        ("b.png", jpeg),
        ("c.jpg", encode(image.clone(), ImageFormat::Bmp)),
        ("d.bmp", encode(image, ImageFormat::Bmp)),
    ]));
    assert_eq!(set.names, ["a.png", "b.png", "c.jpg", "d.bmp"]);
    assert_eq!(
        set.notes,
        [
            "1 file is named .jpg but holds BMP",
            "2 files are named .png but hold JPEG"
        ]
    );
}

#[test]
fn a_text_named_png_is_skipped_with_its_reason() {
    assert_eq!(
        reason("a.png", b"not a picture, \xc3\xa9videmment\n".to_vec()),
        "not an image: the content is text"
    );
}

#[test]
fn an_empty_file_is_skipped_with_its_reason() {
    assert_eq!(reason("face.jpg", Vec::new()), "empty file");
}

#[test]
fn random_bytes_named_png_are_skipped_with_their_reason() {
    let junk = noise(20, 20).into_raw();
    assert!(reason("a.png", junk).starts_with("not an image of a kind that is read (PNG, JPEG, "));
}

#[test]
fn an_image_of_a_foreign_kind_is_skipped_with_its_reason() {
    assert!(reason("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0".to_vec()).contains("PNG, JPEG, "));
}

#[test]
fn a_file_cut_short_is_skipped_in_every_format() {
    for (extension, format) in [
        ("png", ImageFormat::Png),
        ("jpg", ImageFormat::Jpeg),
        ("ppm", ImageFormat::Pnm),
        ("bmp", ImageFormat::Bmp),
        ("tif", ImageFormat::Tiff),
        ("webp", ImageFormat::WebP),
        ("gif", ImageFormat::Gif),
    ] {
        let whole = encode(noise(40, 30), format);
        for percent in [30, 60, 95] {
            let cut = whole[..whole.len() * percent / 100].to_vec();
            let reason = reason(&format!("a.{extension}"), cut);
            assert!(
                reason.starts_with("cut short"),
                "{extension} at {percent} %: {reason}"
            );
        }
    }
}

#[test]
fn a_jpeg_with_something_after_its_end_is_read() {
    let mut bytes = encode(GrayImage::from_pixel(8, 8, Luma([99])), ImageFormat::Jpeg);
    bytes.extend(b"\0\0\0 and more");
    assert_eq!(twice(".jpg", bytes).skipped, []);
}

#[test]
fn the_end_marker_of_a_thumbnail_does_not_hide_a_cut() {
    let whole = encode(noise(40, 30), ImageFormat::Jpeg);
    let thumbnail = b"\xff\xe1\x00\x0aJFXX\xff\xd8\xff\xd9";
    let cut = [&whole[..2], thumbnail, &whole[2..whole.len() / 2]].concat();
    assert!(reason("a.jpg", cut).starts_with("cut short"));
}

#[test]
fn a_damaged_file_does_not_end_the_run() {
    let mut bytes = encode(noise(40, 30), ImageFormat::Png);
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    assert!(reason("a.png", bytes).starts_with("damaged: "));
}

#[test]
fn bombs_are_skipped_at_once_and_the_limit_is_named() {
    let started = Instant::now();
    let header = |side: u32| {
        [
            &side.to_be_bytes()[..],
            &side.to_be_bytes(),
            &[8, 6, 0, 0, 0],
        ]
        .concat()
    };
    let bomb = |side| {
        png(&[
            (b"IHDR", &header(side)),
            (b"IDAT", &[0x78, 0x01]),
            (b"IEND", &[]),
        ])
    };
    assert_eq!(
        reason("a.png", bomb(60_000)),
        "too large: 60000x60000, the limit is 30000 a side"
    );
    assert_eq!(
        reason("a.png", bomb(20_000)),
        "too large: 20000x20000 takes 1525 MB, the limit is 256 MB"
    );
    assert_eq!(
        reason("a.pgm", b"P5 29000 9000 255\n\x01\x02".to_vec()),
        "cut short"
    );
    assert_eq!(
        reason("a.pgm", b"P5 4000000000 4000000000 255\n".to_vec()),
        "too large: 4000000000x4000000000, the limit is 30000 a side"
    );
    assert!(
        started.elapsed() < Duration::from_secs(5),
        "{:?}",
        started.elapsed()
    );
}

#[test]
fn an_image_without_pixels_is_skipped() {
    assert_eq!(reason("a.pgm", b"P5 0 0 255\n".to_vec()), "0x0: no pixels");
}

#[test]
fn images_come_in_natural_order() {
    let files: Vec<_> = [
        "2.pgm",
        "10.pgm",
        "1.pgm",
        "b/1.pgm",
        "a10/1.pgm",
        "a2/1.pgm",
    ]
    .map(|name| (name, dot(9)))
    .into();
    assert_eq!(
        read(&folder(&files)).names,
        [
            "1.pgm",
            "2.pgm",
            "10.pgm",
            "a2/1.pgm",
            "a10/1.pgm",
            "b/1.pgm"
        ]
    );
}

#[test]
fn sub_folders_are_labels() {
    let set = read(&folder(&[
        ("10/a.pgm", dot(1)),
        ("2/b.pgm", dot(2)),
        ("2/a.pgm", dot(3)),
        ("top.pgm", dot(4)),
    ]));
    assert_eq!(set.names, ["2/a.pgm", "2/b.pgm", "10/a.pgm", "top.pgm"]);
    let labels = set.labels.unwrap();
    assert_eq!(labels.names, [".", "2", "10"]);
    assert_eq!(labels.indices, [1, 1, 2, 0]);
}

#[test]
fn images_of_one_folder_have_no_labels() {
    assert_eq!(
        read(&folder(&[("a.pgm", dot(1)), ("b.pgm", dot(2))])).labels,
        None
    );
}

#[test]
fn hidden_files_and_texts_are_passed_over_silently_and_counted() {
    let set = read(&folder(&[
        ("a.pgm", dot(1)),
        ("b.pgm", dot(2)),
        (".DS_Store", vec![0, 0, 0, 1]),
        ("Thumbs.db", dot(3)),
        ("desktop.ini", dot(4)),
        ("._a.pgm", dot(5)),
        (".hidden/c.pgm", dot(6)),
        ("__MACOSX/._a.pgm", dot(7)),
        ("__MACOSX/b.pgm", dot(8)),
        ("README.txt", b"BM is how a bitmap begins".to_vec()),
        ("notes", b"P5 is a format".to_vec()),
        ("empty.csv", Vec::new()),
    ]));
    assert_eq!(set.names, ["a.pgm", "b.pgm"]);
    assert_eq!(set.skipped, []);
    assert_eq!(set.passed_over, 9, "the hidden folders count as one each");
    assert_eq!(set.notes, [""; 0]);
}

#[cfg(unix)]
#[test]
fn links_bring_each_image_once_and_never_loop() {
    use std::os::unix::fs::symlink;
    let elsewhere = folder(&[("real.pgm", dot(9))]);
    let folder = folder(&[("faces/a.pgm", dot(1)), ("faces/b.pgm", dot(2))]);
    let faces = folder.path().join("faces");
    symlink("..", faces.join("loop")).unwrap();
    symlink("/", faces.join("up")).unwrap();
    symlink("nowhere.pgm", faces.join("dead.pgm")).unwrap();
    symlink("self.pgm", faces.join("self.pgm")).unwrap();
    symlink("b.pgm", faces.join("again.pgm")).unwrap();
    symlink(elsewhere.path().join("real.pgm"), faces.join("c1.pgm")).unwrap();
    symlink(elsewhere.path().join("real.pgm"), faces.join("c2.pgm")).unwrap();
    symlink(&faces, folder.path().join("root")).unwrap();
    for root in ["faces", "root"] {
        let set = load(&folder.path().join(root), &LoadOptions::default()).unwrap();
        assert_eq!(set.names, ["a.pgm", "b.pgm", "c1.pgm"], "{root}");
        assert_eq!(set.notes.len(), 3, "{:?}", set.notes);
        assert!(
            set.notes[0].starts_with("2 links lead nowhere: "),
            "{}",
            set.notes[0]
        );
        assert!(
            set.notes[1].starts_with("2 links to folders were not followed: "),
            "{}",
            set.notes[1]
        );
        assert_eq!(
            set.notes[2],
            "2 links lead to images already there: again.pgm, …"
        );
    }
}

#[cfg(unix)]
#[test]
fn hostile_names_are_kept_as_they_are_and_escaped_in_messages() {
    let names = [
        "<img src=x onerror=1>.pgm",
        "a\"quote'.pgm",
        "line\nbreak.pgm",
    ];
    let files: Vec<_> = names.map(|name| (name, dot(9))).into();
    assert_eq!(read(&folder(&files)).names, names);
    let odd = folder(&[
        ("a.pgm", dot(1)),
        ("b.pgm", dot(2)),
        ("line\nbreak.pgm", pgm(2, 1, &[1, 2])),
    ]);
    assert!(message(odd.path(), &LoadOptions::default()).starts_with(r"line\nbreak.pgm is 2x1, "));
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_valid_text_are_read_too() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = folder(&[("a.pgm", dot(1))]);
    fs::write(folder.path().join(OsStr::from_bytes(b"b\xff.pgm")), dot(2)).unwrap();
    assert_eq!(read(&folder).names, ["a.pgm", "b\u{fffd}.pgm"]);
}

#[test]
fn the_odd_one_among_sizes_is_named() {
    let mut files: Vec<_> = (0..9)
        .map(|i| (format!("{i}.pgm"), pgm(4, 3, &[7; 12])))
        .collect();
    files.push(("s3/7.pgm".to_owned(), pgm(5, 4, &[7; 20])));
    let files: Vec<_> = files
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.clone()))
        .collect();
    assert_eq!(
        message(folder(&files).path(), &LoadOptions::default()),
        "s3/7.pgm is 5x4, the other 9 images are 4x3"
    );
}

#[test]
fn many_sizes_are_listed_with_counts_and_examples() {
    let mut files = vec![("x.pgm", dot(1)), ("y.pgm", dot(2))];
    files.extend(["a", "b", "c", "d"].map(|name| (name, pgm(2, 1, &[1, 2]))));
    files.push(("z.pgm", pgm(1, 3, &[1, 2, 3])));
    assert_eq!(
        message(folder(&files).path(), &LoadOptions::default()),
        "the images have 3 sizes: 4 are 2x1 (a, b, c, …), 2 are 1x1 (x.pgm, y.pgm), 1 is 1x3 (z.pgm)"
    );
}

#[test]
fn a_size_crops_from_the_centre_or_stretches() {
    // Wide: dark, middle, light thirds. The middle fills a square.
    let wide = pgm(6, 2, &[0, 0, 100, 100, 200, 200, 0, 0, 100, 100, 200, 200]);
    let exact = pgm(2, 2, &[3, 1, 4, 1]);
    let folder = folder(&[("exact.pgm", exact), ("wide.pgm", wide)]);
    let size = Some(Shape::new(2, 2));
    let cropped = load(
        folder.path(),
        &LoadOptions {
            size,
            ..LoadOptions::default()
        },
    )
    .unwrap();
    assert!(matches!(cropped.pixels, Pixels::U8(_)));
    assert_eq!(
        cropped.image_f32(0),
        units(&[3, 1, 4, 1]),
        "what has the size already is untouched"
    );
    assert_eq!(cropped.image_f32(1), units(&[100; 4]));
    let stretched = load(
        folder.path(),
        &LoadOptions {
            size,
            fit: Fit::Stretch,
            ..LoadOptions::default()
        },
    )
    .unwrap();
    let values = stretched.image_f32(1);
    assert!(
        values[0] < 0.25 && values[1] > 0.5,
        "both ends are seen: {values:?}"
    );
    assert_eq!(values[..2], values[2..]);
}

#[test]
fn a_size_without_pixels_or_beyond_all_memory_is_an_error() {
    let folder = folder(&[("a.pgm", dot(1)), ("b.pgm", dot(2))]);
    for (size, text) in [
        (Shape::new(0, 5), "5x0"),
        (Shape::new(1, 1 << 40), "1099511627776x1"),
    ] {
        let message = message(
            folder.path(),
            &LoadOptions {
                size: Some(size),
                ..LoadOptions::default()
            },
        );
        assert_eq!(
            message,
            format!("a size of {text} is not possible: each side is 1 to 30000 pixels")
        );
    }
}

#[test]
fn a_limit_takes_evenly_spread_images() {
    let files: Vec<_> = (0..10).map(|i| (format!("{i}.pgm"), dot(i))).collect();
    let files: Vec<_> = files
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.clone()))
        .collect();
    let folder = folder(&files);
    let names = |limit| {
        load(
            folder.path(),
            &LoadOptions {
                limit: Some(limit),
                ..LoadOptions::default()
            },
        )
        .unwrap()
        .names
    };
    assert_eq!(names(3), ["0.pgm", "3.pgm", "6.pgm"]);
    assert_eq!(names(5), ["0.pgm", "2.pgm", "4.pgm", "6.pgm", "8.pgm"]);
    assert_eq!(names(99).len(), 10);
    let message = message(
        folder.path(),
        &LoadOptions {
            limit: Some(1),
            ..LoadOptions::default()
        },
    );
    assert_eq!(
        message,
        "a limit of 1 is too small: at least 2 images are needed"
    );
}

#[test]
fn dark_ink_on_paper_is_noticed_and_inverted_only_when_asked() {
    let ink = |place: usize| {
        let mut values = [255; 9];
        values[place] = 0;
        pgm(3, 3, &values)
    };
    let folder = folder(&[("a.pgm", ink(0)), ("b.pgm", ink(4)), ("c.pgm", ink(8))]);
    let plain = read(&folder);
    assert_eq!(
        plain.notes,
        ["the mean is 0.89: dark ink on paper? try --invert"]
    );
    assert_eq!(
        plain.image_f32(1),
        units(&[255, 255, 255, 255, 0, 255, 255, 255, 255])
    );
    let inverted = load(
        folder.path(),
        &LoadOptions {
            invert: true,
            ..LoadOptions::default()
        },
    )
    .unwrap();
    assert_eq!(inverted.image_f32(1), units(&[0, 0, 0, 0, 255, 0, 0, 0, 0]));
    assert_eq!(
        inverted.notes,
        ["6 pixels never lit (black in every image, which does no harm)"]
    );
}

#[test]
fn bright_photographs_are_not_taken_for_paper() {
    let photo = pgm(3, 2, &[150, 180, 200, 190, 195, 255]);
    assert_eq!(twice(".pgm", photo).notes, [""; 0]);
}

#[test]
fn values_above_white_are_not_taken_for_paper() {
    let data: Vec<u8> = [1.0_f32, 200.0, 0.0, 255.0]
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    let set = load_npy(
        npy("'<f4'", "False", "(2, 1, 2)", &data),
        &LoadOptions::default(),
    )
    .unwrap();
    assert_eq!(
        set.notes,
        ["values go up to 255.0000, not 1: pictures are drawn up to that"]
    );
}

#[test]
fn black_images_and_unlit_pixels_are_told_in_one_note() {
    let set = read(&folder(&[
        ("a.pgm", pgm(3, 1, &[1, 2, 0])),
        ("b.pgm", pgm(3, 1, &[3, 6, 0])),
        ("c.pgm", pgm(3, 1, &[0, 0, 0])),
    ]));
    assert_eq!(
        set.notes,
        ["1 black image (c.pgm), 1 pixel never lit (black in every image, which does no harm)"]
    );
}

#[test]
fn strict_makes_a_skipped_file_an_error() {
    let folder = folder(&[
        ("a.pgm", dot(1)),
        ("b.pgm", dot(2)),
        ("bad.png", Vec::new()),
        ("x.png", b"text".to_vec()),
    ]);
    let message = message(
        folder.path(),
        &LoadOptions {
            strict: true,
            ..LoadOptions::default()
        },
    );
    assert_eq!(message, "bad.png: empty file (and 1 file more)");
}

#[test]
fn an_empty_folder_says_what_it_holds_and_what_is_supported() {
    let empty = tempfile::tempdir().unwrap();
    let nothing = message(empty.path(), &LoadOptions::default());
    assert!(
        nothing
            .ends_with("holds no image (seen: nothing); supported are PNG, JPEG, PGM/PPM/PBM, BMP, TIFF, WebP and GIF")
    );
    let texts = folder(&[
        ("a.txt", b"x".to_vec()),
        ("b.TXT", b"x".to_vec()),
        ("Makefile", b"x".to_vec()),
    ]);
    let other = message(texts.path(), &LoadOptions::default());
    assert!(
        other.contains("holds no image (seen: 2 .txt, 1 without an extension); supported"),
        "{other}"
    );
}

#[test]
fn fewer_than_two_usable_images_are_an_error_that_says_why() {
    let folder = folder(&[
        ("a.pgm", dot(1)),
        ("b.png", Vec::new()),
        ("c.png", b"text".to_vec()),
    ]);
    let message = message(folder.path(), &LoadOptions::default());
    assert!(
        message.ends_with(
            ": 1 usable, at least 2 images are needed; 2 skipped, the first: b.png: empty file"
        ),
        "{message}"
    );
}

#[test]
fn a_path_that_is_no_folder_says_what_it_is() {
    let folder = folder(&[("a.pgm", dot(1)), ("b.txt", b"text".to_vec())]);
    let at = |name| message(&folder.path().join(name), &LoadOptions::default());
    assert!(
        at("a.pgm")
            .ends_with("is one image, not a folder of images: pass the folder that holds it")
    );
    assert!(at("b.txt").contains(
        "b.txt is neither a folder of images nor a .npy file, a .npz archive, an IDX file"
    ));
    assert!(at("c").ends_with("c: no such file or folder"));
}

#[test]
fn a_block_is_the_images_asked_for() {
    let set = ImageSet::from_u8(Shape::new(1, 2), array![[1, 2], [3, 4], [5, 6]]).unwrap();
    let Block::U8(bytes) = set.block(1..3) else {
        panic!("u8 stays u8")
    };
    assert_eq!(bytes[..], [3, 4, 5, 6]);
    let by_column = array![[0.1_f32, 0.3], [0.2, 0.4]].reversed_axes();
    let set = ImageSet::from_f32(Shape::new(1, 2), by_column).unwrap();
    let Block::F32(values) = set.block(0..2) else {
        panic!("f32 stays f32")
    };
    assert_eq!(values[..], [0.1, 0.2, 0.3, 0.4]);
    assert_eq!(set.names, ["0", "1"]);
    assert_eq!(set.len(), 2);
}

#[test]
fn an_array_of_wrong_values_or_width_is_refused_with_the_place() {
    let shape = Shape::new(2, 4);
    let mut values = Array2::<f32>::ones((3, 8));
    values[[2, 7]] = -0.1;
    values[[2, 3]] = -0.3;
    let error = ImageSet::from_f32(shape, values.clone()).unwrap_err();
    assert!(
        matches!(error, Error::Negative { count: 2, image: 2, row: 0, column: 3, minimum } if (-0.3..-0.29).contains(&minimum)),
        "{error}"
    );
    values[[1, 6]] = f32::NAN;
    let error = ImageSet::from_f32(shape, values).unwrap_err();
    assert!(
        matches!(
            error,
            Error::NotFinite {
                count: 1,
                image: 1,
                row: 1,
                column: 2
            }
        ),
        "{error}"
    );
    let error = ImageSet::from_u8(shape, Array2::zeros((3, 7))).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a row of 7 values is no image of 4x2, which has 8"
    );
}

fn npy(descr: &str, order: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}");
    let header = format!("{header:<117}\n");
    [
        b"\x93NUMPY\x01\x00",
        &(header.len() as u16).to_le_bytes()[..],
        header.as_bytes(),
        data,
    ]
    .concat()
}

fn load_npy(bytes: Vec<u8>, options: &LoadOptions) -> Result<ImageSet, Error> {
    // The name says nothing: the content decides.
    let folder = folder(&[("array.data", bytes)]);
    load(&folder.path().join("array.data"), options)
}

fn npy_message(bytes: Vec<u8>) -> String {
    let message = load_npy(bytes, &LoadOptions::default())
        .unwrap_err()
        .to_string();
    let (path, message) = message.split_once("array.data: ").unwrap();
    assert!(!path.contains(char::is_whitespace), "{path}");
    message.to_owned()
}

fn little<const N: usize, T: Copy>(values: &[T], bytes: impl Fn(T) -> [u8; N]) -> Vec<u8> {
    values.iter().flat_map(|&value| bytes(value)).collect()
}

#[test]
fn arrays_of_every_type_are_read() {
    let floats = [0.0_f32, 0.25, 0.5, 1.0];
    let doubles = floats.map(f64::from);
    let shorts = [0_u16, 128, 32768, 65535];
    let short_units = shorts.map(|value| f32::from(value) / 65535.0);
    let byte_units = units(&[0, 1, 128, 255]);
    let cases: [(&str, Vec<u8>, &[f32]); 8] = [
        ("'|u1'", vec![0, 1, 128, 255], &byte_units),
        ("'|b1'", vec![0, 1, 1, 0], &[0.0, 1.0, 1.0, 0.0]),
        ("'<u2'", little(&shorts, u16::to_le_bytes), &short_units),
        ("'>u2'", little(&shorts, u16::to_be_bytes), &short_units),
        ("'<f4'", little(&floats, f32::to_le_bytes), &floats),
        ("'>f4'", little(&floats, f32::to_be_bytes), &floats),
        ("'<f8'", little(&doubles, f64::to_le_bytes), &floats),
        ("'>f8'", little(&doubles, f64::to_be_bytes), &floats),
    ];
    for (descr, data, expected) in cases {
        let set = load_npy(
            npy(descr, "False", "(2, 1, 2)", &data),
            &LoadOptions::default(),
        )
        .unwrap();
        assert_eq!(
            set.to_f32().iter().copied().collect::<Vec<_>>(),
            expected,
            "{descr}"
        );
        assert_eq!(set.shape, Shape::new(1, 2));
        assert_eq!(set.names, ["0", "1"]);
        assert_eq!(
            matches!(set.pixels, Pixels::U8(_)),
            descr.starts_with("'|"),
            "{descr}"
        );
    }
}

#[test]
fn arrays_of_every_shape_are_read() {
    let data: Vec<u8> = (1..=12).collect();
    for (text, shape) in [
        ("(2, 3, 2)", Shape::new(3, 2)),
        ("(2, 3, 2, 1)", Shape::new(3, 2)),
        ("(2, 6)", Shape::new(1, 6)),
        ("(3L, 4)", Shape::new(0, 0)),
    ] {
        let loaded = load_npy(npy("'|u1'", "False", text, &data), &LoadOptions::default());
        if shape.pixels() == 0 {
            assert!(loaded.is_err(), "{text}");
            continue;
        }
        let set = loaded.unwrap();
        assert_eq!(set.shape, shape, "{text}");
        assert_eq!(set.image_f32(1), units(&[7, 8, 9, 10, 11, 12]), "{text}");
    }
}

#[test]
fn an_array_laid_out_by_columns_is_the_same_array() {
    // a[i, j, k] = 4 i + 2 j + k, the first index fastest.
    let set = load_npy(
        npy("'|u1'", "True", "(2, 2, 2)", &[0, 4, 2, 6, 1, 5, 3, 7]),
        &LoadOptions::default(),
    )
    .unwrap();
    assert_eq!(set.image_f32(0), units(&[0, 1, 2, 3]));
    assert_eq!(set.image_f32(1), units(&[4, 5, 6, 7]));
}

#[test]
fn arrays_are_resized_folded_limited_and_inverted_like_folders() {
    let bytes = npy(
        "'|u1'",
        "False",
        "(4, 4)",
        &[
            10, 10, 10, 10, 20, 20, 20, 20, 30, 30, 30, 30, 40, 40, 40, 40,
        ],
    );
    let shape = Some(Shape::new(2, 2));
    let options = LoadOptions {
        shape,
        limit: Some(2),
        invert: true,
        ..LoadOptions::default()
    };
    let set = load_npy(bytes.clone(), &options).unwrap();
    assert_eq!(set.shape, Shape::new(2, 2));
    assert_eq!(set.names, ["0", "2"]);
    assert_eq!(set.image_f32(1), units(&[225; 4]));
    let wrong = LoadOptions {
        shape: Some(Shape::new(3, 3)),
        ..LoadOptions::default()
    };
    let error = load_npy(bytes, &wrong).unwrap_err().to_string();
    assert!(
        error.ends_with("a row of 4 values is no image of 3x3, which has 9"),
        "{error}"
    );
    let images = npy(
        "'|u1'",
        "False",
        "(2, 2, 2)",
        &[10, 10, 10, 10, 20, 20, 20, 20],
    );
    let options = LoadOptions {
        size: Some(Shape::new(1, 3)),
        ..LoadOptions::default()
    };
    assert_eq!(
        load_npy(images, &options).unwrap().image_f32(1),
        units(&[20; 3])
    );
}

#[test]
fn values_of_an_array_that_are_no_light_are_refused_with_the_place() {
    let mut values = [0.5_f32; 24];
    values[2 * 8 + 7] = -0.1;
    let bytes = |values: &[f32]| {
        npy(
            "'<f4'",
            "False",
            "(3, 8)",
            &little(values, f32::to_le_bytes),
        )
    };
    assert_eq!(
        npy_message(bytes(&values)),
        "1 negative value down to -0.1, the first at image 2, row 0, column 7 (counted from 0): \
         parts need non-negative values; shift all values up, clip them at 0 or mask them"
    );
    values[3] = f32::NAN;
    values[4] = f32::INFINITY;
    assert_eq!(
        npy_message(bytes(&values)),
        "2 values are NaN or infinite, the first at image 0, row 0, column 3 (counted from 0)"
    );
}

#[test]
fn forged_and_broken_arrays_are_refused_before_memory_is_reserved() {
    assert_eq!(
        npy_message(npy("'<f8'", "False", "(1000000000, 1000000000)", &[0; 16])),
        "cut short: shape [1000000000, 1000000000] needs 8000000000000000000 bytes, the file holds 16"
    );
    let most = usize::MAX;
    let endless = npy(
        "'<f8'",
        "False",
        &format!("({most}, {most}, {most})"),
        &[0; 16],
    );
    assert!(npy_message(endless).starts_with("cut short: "));
    assert!(npy_message(npy("'|u1'", "False", "(2, 3)", &[0; 5])).starts_with("cut short: "));
    let header = "the .npy header cannot be read; save the array again with numpy.save";
    assert_eq!(
        npy_message(b"\x93NUMPY\x02\x00\xff\xff\xff\x7f{'descr'".to_vec()),
        header
    );
    assert_eq!(npy_message(b"\x93NUMPY".to_vec()), header);
    assert_eq!(
        npy_message(npy("'|u1'", "False", "(-2, 3)", &[0; 6])),
        header
    );
}

#[test]
fn arrays_of_other_types_and_shapes_are_refused_by_name() {
    assert!(
        npy_message(npy("'<i8'", "False", "(2, 2)", &[0; 32]))
            .starts_with("the array holds <i8; allowed are u8, ")
    );
    assert!(
        npy_message(npy("[('a', '<f4')]", "False", "(2, 2)", &[0; 32]))
            .starts_with("the array holds [('a', '<f4')]")
    );
    assert!(
        npy_message(npy("'<\x1b\n4'", "False", "(2, 2)", &[0; 32]))
            .starts_with(r"the array holds <\u{1b}\n4; allowed")
    );
    for (shape, shown) in [
        ("(4,)", "[4]"),
        ("(2, 2, 2, 3)", "[2, 2, 2, 3]"),
        ("(2, 0)", "[2, 0]"),
        ("()", "[]"),
    ] {
        let message = npy_message(npy("'|u1'", "False", shape, &[0; 24]));
        assert!(
            message.starts_with(&format!("the array's shape is {shown}; allowed are ")),
            "{message}"
        );
    }
    assert!(
        npy_message(npy("'|u1'", "False", "(1, 4)", &[0; 4]))
            .ends_with("at least 2 images are needed")
    );
}
