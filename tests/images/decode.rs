//! Formats of single image files: what is decoded, and what is skipped with its reason.

use std::io::Cursor;

use std::time::{Duration, Instant};

use image::{
    DynamicImage, GrayAlphaImage, GrayImage, ImageBuffer, ImageFormat, Luma, Rgb, RgbImage,
    RgbaImage,
};

use tiff::encoder::TiffEncoder;
use tiff::encoder::colortype::{RGB8, RGB32Float};

use nmf_images::basis::Shape;

use nmf_images::images::{LoadOptions, Pixels, load};

use crate::helpers::{folder, pgm, png, read, reason, twice, units, values};

pub fn encode(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let image = image.into();
    let mut bytes = Cursor::new(Vec::new());
    if format == ImageFormat::Tiff {
        write_tiff(&image, &mut bytes);
    } else {
        image.write_to(&mut bytes, format).unwrap();
    }
    bytes.into_inner()
}

fn write_tiff(image: &DynamicImage, bytes: &mut Cursor<Vec<u8>>) {
    let mut encoder = TiffEncoder::new(bytes).unwrap();
    let (width, height) = (image.width(), image.height());
    match image {
        DynamicImage::ImageRgb8(rgb) => encoder.write_image::<RGB8>(width, height, rgb),
        DynamicImage::ImageRgb32F(rgb) => encoder.write_image::<RGB32Float>(width, height, rgb),
        _ => panic!("no test writes such a TIFF file"),
    }
    .unwrap();
}

pub fn noise(width: u32, height: u32) -> RgbImage {
    let mut state = 1_u32;
    RgbImage::from_fn(width, height, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [_, red, green, blue] = state.to_be_bytes();
        Rgb([red, green, blue])
    })
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
        assert!(
            set.notes
                .contains(&"1 pixel black in every image, which does no harm".to_owned()),
            "{name}: {:?}",
            set.notes
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
fn float_images_keep_their_values_and_refuse_negative_and_nan_pixels() {
    let tiff = |light: f32| {
        let pixels = ImageBuffer::<Rgb<f32>, _>::from_raw(1, 1, vec![light; 3]).unwrap();
        encode(pixels, ImageFormat::Tiff)
    };
    assert_eq!(values(".tif", tiff(0.123_456)), [0.123_456]);
    for (wrong, spelled) in [(f32::NAN, "NaN"), (f32::INFINITY, "inf"), (-0.5, "-0.5")] {
        assert_eq!(
            reason("a.tif", tiff(wrong)),
            format!(
                "1 value is {spelled}, which is not an intensity, the first at row 0, column 0 (counted from 0)"
            )
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
fn transparency_is_blended_with_the_background_and_noted_once() {
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
    assert_eq!(
        white.notes,
        ["2 images have transparency, composited over white"]
    );
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
            .contains(&"2 images have transparency, composited over black".to_owned()),
        "{:?}",
        black.notes
    );
}

#[test]
fn opaque_alpha_is_not_noted() {
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
fn content_decides_against_the_extension_and_each_mismatch_is_noted_once() {
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
            "4 images, 1 of them different (b.png is a copy of a.png): each copy counts in the fit; remove \
             unintended copies",
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
    assert!(reason("a.png", junk).starts_with("not an image in a supported format (PNG, JPEG, "));
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
                reason.starts_with("truncated"),
                "{extension} at {percent} %: {reason}"
            );
        }
    }
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
        "too large: 60000x60000, the limit is 30000 per side"
    );
    assert_eq!(
        reason("a.png", bomb(20_000)),
        "too large: 20000x20000 takes 1525 MB, the limit is 256 MB"
    );
    assert_eq!(
        reason("a.pgm", b"P5 29000 9000 255\n\x01\x02".to_vec()),
        "truncated: 2 of 261000000 bytes are there"
    );
    assert_eq!(
        reason("a.pgm", b"P5 4000000000 4000000000 255\n".to_vec()),
        "too large: 4000000000x4000000000, the limit is 30000 per side"
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
