//! Kinds of TIFF files: numbers, colours, alpha, compressions and orders, each read or named.

use nmf_images::Shape;
use nmf_images::images::{LoadOptions, Mask, Missing, Pixels, load};

use crate::helpers::{folder, read, units};
use crate::tiff_file::{CLASSIC, FORMS, TiffForm, TiffPage, Values};

/// The shape and values of a file, twice in a folder.
fn picture(bytes: Vec<u8>) -> (Shape, Vec<f32>) {
    let set = read(&folder(&[("1.tif", bytes.clone()), ("2.tif", bytes)]));
    assert_eq!(set.names, ["1.tif", "2.tif"], "{:?}", set.skipped);
    (set.shape, set.image_f32(0))
}

fn values(page: TiffPage) -> Vec<f32> {
    picture(CLASSIC.file(&[page])).1
}

/// The reason why a file is skipped, beside two files that are read.
fn reason(bytes: Vec<u8>) -> String {
    let good = CLASSIC.file(&[TiffPage::grey(1, 1, 8, &[7])]);
    let files = [("1.tif", good.clone()), ("2.tif", good), ("x.tif", bytes)];
    let set = read(&folder(&files));
    let [skipped] = &set.skipped[..] else {
        panic!("{:?} of {:?}", set.skipped, set.names)
    };
    assert_eq!(skipped.path, "x.tif");
    assert_eq!(skipped.reason.lines().count(), 1);
    skipped.reason.clone()
}

fn named(page: TiffPage) -> String {
    reason(CLASSIC.file(&[page]))
}

#[test]
fn whole_numbers_of_every_depth_are_normalised_by_their_largest_value() {
    for form in FORMS {
        let short = form.short(0x1234);
        let long = form.long(0x8000_0000);
        let cases: [(u16, u16, &[u8], Vec<f32>); 9] = [
            (
                24,
                1,
                &[1, 0, 2],
                vec![(65_538.0 / 16_777_215.0_f64) as f32],
            ),
            (1, 3, &[0b1010_0000], vec![1.0, 0.0, 1.0]),
            (2, 4, &[0b0001_1011], units(&[0, 85, 170, 255])),
            (4, 3, &[0x0F, 0x80], units(&[0, 255, 136])),
            (8, 2, &[3, 200], units(&[3, 200])),
            (12, 2, &[0x12, 0x3F, 0xFF], vec![291.0 / 4095.0, 1.0]),
            (16, 1, &short, vec![4660.0 / 65535.0]),
            (
                32,
                1,
                &long,
                vec![(2_147_483_648.0 / 4_294_967_295.0_f64) as f32],
            ),
            (6, 4, &[0xFF, 0xF0, 0x00], units(&[255, 255, 0, 0])),
        ];
        for (bits, width, row, expected) in cases {
            let file = form.file(&[TiffPage::grey(width, 1, bits, row)]);
            assert_eq!(picture(file).1, expected, "{bits} bits, {form:?}");
        }
    }
}

#[test]
fn up_to_8_bits_stay_bytes() {
    for (bits, row) in [(1, 0x80), (2, 0xC0), (4, 0xF0), (8, 0xFF)] {
        let file = CLASSIC.file(&[TiffPage::grey(1, 1, bits, &[row])]);
        let set = read(&folder(&[("1.tif", file.clone()), ("2.tif", file)]));
        assert_eq!(
            set.pixels,
            Pixels::U8(ndarray::array![[255], [255]]),
            "{bits}"
        );
    }
}

#[test]
fn floats_of_every_depth_are_read_as_they_are() {
    // 1.5 with 16, 24, 32 and 64 bits.
    let cases: [(u16, Vec<u8>); 4] = [
        (16, vec![0x3E, 0x00]),
        (24, vec![0x3F, 0x80, 0x00]),
        (32, 1.5_f32.to_be_bytes().to_vec()),
        (64, 1.5_f64.to_be_bytes().to_vec()),
    ];
    for (bits, big) in cases {
        let little: Vec<u8> = big.iter().rev().copied().collect();
        for form in FORMS {
            let bytes = if form.big_endian { &big } else { &little };
            let page = TiffPage::grey(1, 1, bits, bytes).with(339, 3);
            assert_eq!(
                picture(form.file(&[page])).1,
                [1.5],
                "{bits} bits, {form:?}"
            );
        }
    }
}

#[test]
fn white_may_be_zero_at_every_depth() {
    let inverted = |bits, row: &[u8]| values(TiffPage::grey(2, 1, bits, row).with(262, 0));
    assert_eq!(inverted(1, &[0b1000_0000]), [0.0, 1.0]);
    assert_eq!(inverted(2, &[0b0100_0000]), units(&[170, 255]));
    assert_eq!(inverted(4, &[0x1F]), units(&[238, 0]));
    assert_eq!(inverted(8, &[5, 255]), units(&[250, 0]));
    assert_eq!(inverted(16, &[1, 0, 0xFF, 0xFF]), [65534.0 / 65535.0, 0.0]);
}

#[test]
fn floats_and_signed_numbers_are_read_as_they_are_whatever_is_white() {
    for form in FORMS {
        let page = floats(form, &[0.25, 1.5]).with(262, 0);
        assert_eq!(picture(form.file(&[page])).1, [0.25, 1.5], "{form:?}");
        let row = [form.short(3), form.short(400)].concat();
        let page = TiffPage::grey(2, 1, 16, &row).with(339, 2).with(262, 0);
        assert_eq!(
            picture(form.file(&[page])).1,
            [3.0 / 65535.0, 400.0 / 65535.0],
            "{form:?}"
        );
    }
}

#[test]
fn the_bits_of_a_byte_may_be_reversed() {
    // The leftmost pixel is the least significant bit.
    let one = values(TiffPage::grey(8, 1, 1, &[0x01]).with(266, 2));
    assert_eq!(one, [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    let reversed = |bits, row: &[u8]| {
        let row: Vec<u8> = row.iter().map(|byte| byte.reverse_bits()).collect();
        values(TiffPage::grey(2, 1, bits, &row).with(266, 2))
    };
    assert_eq!(reversed(2, &[0b0110_0000]), units(&[85, 170]));
    assert_eq!(reversed(4, &[0x1F]), units(&[17, 255]));
    assert_eq!(reversed(8, &[1, 200]), units(&[1, 200]));
    assert_eq!(
        reversed(16, &[1, 0, 0, 2]),
        [1.0 / 65535.0, 512.0 / 65535.0]
    );
    // What is compressed is reversed before it is decompressed.
    let runs: Vec<u8> = [0xFF, 9_u8]
        .iter()
        .map(|byte| byte.reverse_bits())
        .collect();
    let packed = TiffPage::grey(2, 1, 8, &runs).with(259, 32773);
    assert_eq!(values(packed.with(266, 2)), units(&[9, 9]));
}

#[test]
fn palettes_of_every_depth_become_grey() {
    let map = |count: usize, set: &[(usize, [u16; 3])]| {
        let mut map = vec![0_u16; 3 * count];
        for (index, colour) in set {
            for channel in 0..3 {
                map[channel * count + index] = colour[channel];
            }
        }
        map
    };
    let (white, red) = ([0xFFFF; 3], [0xFFFF, 0, 0]);
    for (bits, row) in [
        (1, vec![0b1000_0000]),
        (2, vec![0b0100_0000]),
        (4, vec![0x10]),
        (8, vec![1, 0]),
    ] {
        let map = map(1 << bits, &[(1, white), (0, red)]);
        let page = TiffPage::grey(2, 1, bits, &row).with(262, 3);
        // 0.2126 * 255 = 54.2
        let expected = units(&[255, 54]);
        assert_eq!(values(page.with(320, &map[..])), expected, "{bits} bits");
    }
    let short = TiffPage::grey(2, 1, 8, &[0, 1]).with(262, 3);
    assert_eq!(
        named(short.with(320, &[0_u16; 9][..])),
        "damaged: its palette has 9 of 768 values"
    );
}

#[test]
fn alpha_is_applied_once() {
    let rgba = |extra: u16, pixel: [u8; 4]| {
        values(TiffPage::colour(1, 1, &[8; 4], &pixel).with(338, extra))
    };
    let half = [128; 4];
    // Premultiplied: 128 + 255 * 127 / 255 = 255 over white.
    assert_eq!(rgba(1, half), units(&[255]));
    // Plain: 128 * 128 / 255 + 127 = 191.25.
    assert_eq!(rgba(2, half), units(&[191]));
    // A sample of no known meaning is ignored.
    assert_eq!(rgba(0, half), units(&[128]));
    // Without a meaning at all, it is an opacity.
    let missing = TiffPage::colour(1, 1, &[8; 4], &half);
    assert_eq!(values(missing), units(&[191]));
    let grey_alpha = |extra: u16| {
        let page = TiffPage::grey(1, 1, 8, &[64, 128]).with(258, &[8, 8][..]);
        values(page.with(277, 2).with(338, extra))
    };
    assert_eq!(grey_alpha(1), units(&[191]), "64 + 127");
    assert_eq!(grey_alpha(2), units(&[159]), "64 * 128 / 255 + 127 = 159.1");
    let several = TiffPage::colour(1, 1, &[8; 5], &[128, 128, 128, 9, 128]);
    assert_eq!(
        values(several.with(338, &[0, 1][..])),
        units(&[255]),
        "the second extra sample is the opacity"
    );
}

#[test]
fn alpha_of_16_bits_may_be_associated() {
    let half = [0, 0x80].repeat(4);
    let page = TiffPage::colour(1, 1, &[16; 4], &half).with(338, 1);
    let [value] = values(page)[..] else {
        panic!("one pixel")
    };
    assert!((value - 1.0).abs() < 1e-6, "{value}");
}

#[test]
fn samples_may_be_stored_apart_and_in_tiles() {
    // Red, green and blue of two pixels: pure red and pure blue.
    let planes: [&[u8]; 3] = [&[255, 0], &[0, 0], &[0, 255]];
    let apart = TiffPage::colour(2, 1, &[8; 3], &[]).with(284, 2);
    assert_eq!(values(apart.in_chunks(&planes)), units(&[54, 18]));
    // Two tiles of 2x2 for a picture of 3x2.
    let tiled = TiffPage::grey(3, 2, 8, &[]).with(322, 2).with(323, 2);
    let tiles: [&[u8]; 2] = [&[1, 2, 4, 5], &[3, 99, 6, 99]];
    assert_eq!(values(tiled.in_chunks(&tiles)), units(&[1, 2, 3, 4, 5, 6]));
    let strips = TiffPage::grey(2, 3, 8, &[]).with(278, 2);
    assert_eq!(
        values(strips.in_chunks(&[&[1, 2, 3, 4], &[5, 6]])),
        units(&[1, 2, 3, 4, 5, 6])
    );
}

#[test]
fn inks_and_chroma_become_grey() {
    let cmyk = |pixel: &[u8]| values(TiffPage::colour(1, 1, &[8; 4], pixel).with(262, 5));
    assert_eq!(cmyk(&[0, 0, 0, 0]), units(&[255]));
    assert_eq!(cmyk(&[0, 0, 0, 255]), units(&[0]));
    // No red: (0.7152 + 0.0722) * 255 = 200.8.
    assert_eq!(cmyk(&[255, 0, 0, 0]), units(&[201]));
    // Four pixels that share their chroma, which is grey.
    let ycbcr = TiffPage::colour(2, 2, &[8; 3], &[10, 20, 30, 40, 128, 128]);
    assert_eq!(values(ycbcr.with(262, 6)), units(&[10, 20, 30, 40]));
    // Y 76, Cb 85, Cr 255: red of 254, 0.2126 * 254 = 54.
    let red = TiffPage::colour(1, 1, &[8; 3], &[76, 85, 255]);
    let red = red.with(262, 6).with(530, &[1, 1][..]);
    assert_eq!(values(red), units(&[54]));
    let studio = TiffPage::colour(1, 1, &[8; 3], &[235, 128, 128]).with(262, 6);
    let range = [16, 235, 128, 240, 128, 240].map(|value| (value, 1));
    let studio = studio.with(530, &[1, 1][..]);
    assert_eq!(
        values(studio.with(532, Values::Rational(range.to_vec()))),
        units(&[255])
    );
}

/// Rows of 4 pixels, 1 1 1 1 and 1 2 3 4, compressed by libtiff.
#[test]
fn compressions_without_loss_are_read() {
    let rows = units(&[1, 1, 1, 1, 1, 2, 3, 4]);
    let packed = |compression: u16, strip: &[u8]| {
        values(TiffPage::grey(4, 2, 8, strip).with(259, compression))
    };
    assert_eq!(
        packed(5, &[0x80, 0x00, 0x60, 0x50, 0x20, 0x10, 0x0C, 0x09, 0x01]),
        rows
    );
    assert_eq!(packed(32773, &[0xFD, 1, 3, 1, 2, 3, 4]), rows);
    let deflated = [
        0x78, 0x9C, 0x63, 0x64, 0x04, 0x02, 0x26, 0x66, 0x16, 0x00, 0x00, 0x36, 0x00, 0x0F,
    ];
    assert_eq!(packed(8, &deflated), rows);
    assert_eq!(packed(32946, &deflated), rows);
    // The codes 256, 7, 200 and 257 of 9 bits each, from the least significant bit on, as of earlier writers of LZW.
    let old = [0x00, 0x0F, 0x20, 0x0B, 0x08];
    let page = TiffPage::grey(2, 1, 8, &old).with(259, 5);
    assert_eq!(values(page), units(&[7, 200]));
}

#[test]
fn jpeg_strips_and_tiles_of_grey_and_colour_are_read() {
    use image::codecs::jpeg::JpegEncoder;
    use image::{ExtendedColorType, ImageEncoder};

    let encoded = |pixels: &[u8], kind| {
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, 100)
            .write_image(pixels, 16, 16, kind)
            .unwrap();
        bytes
    };
    let near = |page: TiffPage, expected: f32| {
        let values = values(page);
        assert_eq!(values.len(), 256);
        for value in values {
            assert!((value - expected / 255.0).abs() < 3.0 / 255.0, "{value}");
        }
    };
    let grey = encoded(&[77; 256], ExtendedColorType::L8);
    near(TiffPage::grey(16, 16, 8, &grey).with(259, 7), 77.0);
    let tiled = TiffPage::grey(16, 16, 8, &[]).with(259, 7);
    let tiled = tiled.with(322, 16).with(323, 16);
    near(tiled.in_chunks(&[&grey]), 77.0);
    let colour = encoded(&[200, 100, 50].repeat(256), ExtendedColorType::Rgb8);
    // 0.2126 * 200 + 0.7152 * 100 + 0.0722 * 50 = 117.65
    let page = TiffPage::colour(16, 16, &[8; 3], &colour).with(259, 7);
    near(page.with(262, 6), 117.65);
    let half = TiffPage::grey(16, 16, 8, &grey[..grey.len() - 20]).with(259, 7);
    assert!(named(half).starts_with("truncated"));
}

/// Six rows of 20 pixels, compressed by libtiff.
#[test]
fn fax_compressions_are_read_in_both_orders_of_bits() {
    let rows = [
        "....................",
        "...######...........",
        "...#######..........",
        "..###.......###.....",
        "####################",
        "...................#",
    ];
    let expected: Vec<f32> = rows
        .concat()
        .chars()
        .map(|pixel| if pixel == '#' { 1.0 } else { 0.0 })
        .collect();
    let hex = |text: &str| -> Vec<u8> {
        (0..text.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
            .collect()
    };
    let cases = [
        (2, 0, "108240819c7bec350d001880"),
        // Rows of 1 and 3 bytes are filled up to words.
        (32771, 0, "10008240819c7bec350d00001880"),
        (3, 0, "00110003048001819c005efb0004d4340008c4"),
        (3, 1, "00188001182800e0670012379b00066a1a00044620"),
        (4, 0, "982dd1bcd810914d48c4002002"),
    ];
    for (compression, options, data) in cases {
        let page = TiffPage::grey(20, 6, 1, &hex(data)).with(259, compression);
        let page = page.with(292, options);
        assert_eq!(values(page.clone()), expected, "{compression}, {options}");
        let reversed: Vec<u8> = hex(data).iter().map(|byte| byte.reverse_bits()).collect();
        let reversed = page.in_chunks(&[&reversed]).with(266, 2);
        assert_eq!(values(reversed), expected, "{compression}, {options}");
    }
    let cut = TiffPage::grey(20, 6, 1, &hex("982dd1")).with(259, 4);
    assert!(named(cut).starts_with("damaged or truncated: fax row"));
}

#[test]
fn predictors_of_whole_numbers_and_of_floats_are_undone() {
    // Without differences in the first column: Deflate is stored, not compressed.
    let stored = |bytes: &[u8]| {
        let length = bytes.len() as u16;
        let sum = bytes.iter().fold((1_u32, 0_u32), |(low, high), &byte| {
            let low = (low + u32::from(byte)) % 65521;
            (low, (high + low) % 65521)
        });
        [
            &[0x78, 0x01, 0x01][..],
            &length.to_le_bytes(),
            &(!length).to_le_bytes(),
            bytes,
            &(sum.1 << 16 | sum.0).to_be_bytes(),
        ]
        .concat()
    };
    let bytes = TiffPage::grey(3, 1, 8, &stored(&[10, 5, 250])).with(259, 8);
    assert_eq!(values(bytes.with(317, 2)), units(&[10, 15, 9]));
    for form in FORMS {
        let row = [form.short(300), form.short(1)].concat();
        let page = TiffPage::grey(2, 1, 16, &stored(&row)).with(259, 8);
        assert_eq!(
            picture(form.file(&[page.with(317, 2)])).1,
            [300.0 / 65535.0, 301.0 / 65535.0],
            "{form:?}"
        );
        // 1.0 = 3F 80 00 00 and 2.0 = 40 00 00 00: bytes of both, the most significant first, as differences.
        let row = [0x3F, 1, 0x40, 0x80, 0, 0, 0, 0];
        let page = TiffPage::grey(2, 1, 32, &stored(&row)).with(259, 8);
        let page = page.with(339, 3).with(317, 3);
        assert_eq!(picture(form.file(&[page])).1, [1.0, 2.0], "{form:?}");
    }
    let odd = TiffPage::grey(2, 1, 4, &stored(&[0x12])).with(259, 8);
    assert_eq!(values(odd.with(317, 2)), units(&[17, 51]), "1 and 1 + 2");
    let floats = TiffPage::grey(1, 1, 8, &stored(&[1])).with(259, 8);
    assert!(named(floats.with(317, 3)).starts_with("predictor 3 is not supported"));
}

#[test]
fn a_predictor_is_of_lzw_and_deflate_alone() {
    for predictor in [2, 3] {
        let plain = TiffPage::grey(2, 1, 8, &[3, 4]).with(317, predictor);
        assert_eq!(values(plain), units(&[3, 4]), "without compression");
        let packed = TiffPage::grey(2, 1, 8, &[1, 3, 4]).with(259, 32773);
        assert_eq!(values(packed.with(317, predictor)), units(&[3, 4]));
    }
}

#[test]
fn pages_without_some_of_their_tiles_or_strips_are_named() {
    let tiles: [&[u8]; 2] = [&[1, 2, 4, 5], &[3, 99, 6, 99]];
    let tiled = || TiffPage::grey(3, 2, 8, &[]).with(322, 2).with(323, 2);
    let plain = tiled().in_chunks(&tiles);
    let packed = [[&[3], tiles[0]].concat(), [&[3], tiles[1]].concat()];
    let packed = tiled()
        .in_chunks(&[&packed[0], &packed[1]])
        .with(259, 32773);
    let strips = TiffPage::grey(2, 2, 8, &[]).with(278, 1);
    let strips = strips.in_chunks(&[&[1, 2], &[3, 4]]);
    for (page, offsets, lengths) in [(plain, 324, 325), (packed, 324, 325), (strips, 273, 279)] {
        assert_eq!(values(page.clone()).len() % 2, 0, "a whole file");
        let long = |values: [u32; 2]| Values::Long(values.to_vec());
        let hole = page.clone().with(offsets, long([8, 0]));
        let empty = page.clone().with(lengths, long([0, 4]));
        let all = page.with(offsets, long([0, 0])).with(lengths, long([0, 0]));
        for page in [hole, empty, all] {
            assert_eq!(
                named(page),
                "it is stored without some of its pixels, as a sparse file: save it without holes"
            );
        }
    }
}

#[test]
fn a_file_that_cannot_be_read_takes_no_memory() {
    // A terabyte, if it could be read.
    let vast = TiffPage::grey(12_000, 12_000, 65_535, &[1]);
    assert!(named(vast).starts_with("65535-bit values are not supported"));
    let tiles = TiffPage::grey(1, 1, 8, &[1]).with(322, 60_000);
    assert!(named(tiles.with(323, 60_000)).starts_with("too large: 1x1 takes"));
}

#[test]
fn pictures_are_read_upright() {
    let page = |orientation: u16| {
        let page = TiffPage::grey(3, 2, 8, &[1, 2, 3, 4, 5, 6]);
        picture(CLASSIC.file(&[page.with(274, orientation)]))
    };
    assert_eq!(page(3).1, units(&[6, 5, 4, 3, 2, 1]));
    assert_eq!(page(6), (Shape::new(3, 2), units(&[4, 1, 5, 2, 6, 3])));
    assert_eq!(page(8), (Shape::new(3, 2), units(&[3, 6, 2, 5, 1, 4])));
}

#[test]
fn signed_numbers_are_read_unless_one_is_negative() {
    for form in FORMS {
        let signed = |first: i16| {
            let row = [form.short(first.cast_unsigned()), form.short(400)].concat();
            form.file(&[TiffPage::grey(2, 1, 16, &row).with(339, 2)])
        };
        assert_eq!(
            picture(signed(3)).1,
            [3.0 / 65535.0, 400.0 / 65535.0],
            "{form:?}"
        );
        assert_eq!(
            reason(signed(-1000)),
            "signed 16-bit values, from -1000 to 400; allowed are non-negative values: add 1000 to all values and save it \
            as unsigned",
            "{form:?}"
        );
    }
    let bytes = |row: &[u8]| TiffPage::grey(2, 1, 8, row).with(339, 2);
    assert_eq!(values(bytes(&[7, 127])), units(&[7, 127]));
    assert!(named(bytes(&[0xFF, 5])).starts_with("signed 8-bit values, from -1 to 5;"));
}

#[test]
fn kinds_that_are_not_supported_are_named() {
    let grey = || TiffPage::grey(1, 1, 8, &[1]);
    let rgb = |bits: &[u16]| TiffPage::colour(1, 1, bits, &[1; 16]);
    let cases = [
        (grey().with(259, 6), "old-style JPEG"),
        (grey().with(259, 6).with(262, 6), "old-style JPEG"),
        (
            grey().with(262, 6),
            "1 sample per pixel, but its colour takes 3",
        ),
        (grey().with(259, 34712), "JPEG 2000"),
        (grey().with(259, 34887), "LERC"),
        (grey().with(259, 34925), "LZMA"),
        (grey().with(259, 50000), "Zstandard"),
        (grey().with(259, 50001), "WebP"),
        (grey().with(259, 7777), "method 7777"),
        (rgb(&[8; 3]).with(262, 8), "CIELab colour"),
        (rgb(&[8; 3]).with(262, 9), "ICCLab colour"),
        (grey().with(262, 4), "a transparency mask"),
        (grey().with(262, 32803), "a raw camera file"),
        (
            rgb(&[8; 4]).with(262, 5).with(332, 2),
            "inks other than CMYK",
        ),
        (rgb(&[5, 6, 5]), "different bits (5, 6, 5)"),
        (grey().with(258, 16).with(339, 6), "complex values"),
        (grey().with(258, 8).with(339, 3), "8-bit floats"),
        (grey().with(258, 48), "48-bit values"),
        (
            grey().with(258, 16).with(259, 7),
            "JPEG compression of 16-bit values",
        ),
        (rgb(&[8; 2]), "2 samples per pixel, but its colour takes 3"),
        (grey().with(256, 0), "0x1: no pixels"),
        (grey().with(256, 40_000), "too large: 40000x1"),
    ];
    for (page, name) in cases {
        let reason = named(page);
        assert!(reason.contains(name), "{name}: {reason}");
        assert!(!reason.contains("Unsupported"), "{reason}");
    }
}

#[test]
fn pixels_behind_the_end_of_the_file_are_truncated() {
    let file = CLASSIC.file(&[TiffPage::grey(200, 200, 8, &[1; 10])]);
    assert_eq!(reason(file), "truncated");
    let cut = TiffPage::grey(4, 2, 8, &[0xFD, 1]).with(259, 32773);
    assert_eq!(named(cut), "truncated");
}

fn floats(form: TiffForm, row: &[f32]) -> TiffPage {
    let bytes = row.iter().flat_map(|value| form.long(value.to_bits()));
    TiffPage::grey(row.len() as u16, 1, 32, &bytes.collect::<Vec<u8>>()).with(339, 3)
}

#[test]
fn values_that_are_no_intensities_are_counted_and_placed() {
    let named = |row: &[f32]| named(floats(CLASSIC, row));
    assert_eq!(
        named(&[1.0, f32::NAN, 0.5, -1.0]),
        "2 values are NaN, infinite or negative, the first NaN at row 0, column 1 (counted from 0)"
    );
    assert_eq!(
        named(&[-9999.0, 1.0]),
        "1 value is -9999, which is not an intensity, the first at row 0, column 0 (counted from 0)"
    );
    assert!(named(&[1.0, f32::MIN]).starts_with("1 value is -3.4028235e38, which is not"));
}

/// The unknown pixels of two files, and the values and notes.
fn unknown(
    page: TiffPage,
    form: TiffForm,
    missing: Option<Missing>,
) -> (usize, Vec<f32>, Vec<String>) {
    let file = form.file(&[page]);
    let options = LoadOptions {
        missing,
        ..LoadOptions::default()
    };
    let folder = folder(&[("1.tif", file.clone()), ("2.tif", file)]);
    let set = load(folder.path(), &options).unwrap();
    assert_eq!(set.skipped, []);
    let unknown = set.mask.as_ref().map_or(0, Mask::unknown);
    (unknown, set.image_f32(0), set.notes)
}

#[test]
fn floats_are_unknown_by_their_value() {
    for form in FORMS {
        let page = || floats(form, &[0.25, f32::NAN, 0.5]);
        let (count, values, _) = unknown(page(), form, Some(Missing::Nan));
        assert_eq!((count, values), (2, vec![0.25, 0.0, 0.5]), "{form:?}");
        let page = || floats(form, &[0.25, -9999.0, 0.5]);
        let (count, values, _) = unknown(page(), form, Some(Missing::Value(-9999.0)));
        assert_eq!((count, values), (2, vec![0.25, 0.0, 0.5]), "{form:?}");
    }
}

#[test]
fn a_value_that_the_file_declares_as_no_data_is_unknown() {
    let note = |value: &str| {
        format!(
            "2 pixels of 2 images have the value that the file declares as no data, {value}, and are unknown (the first: \
            1.tif, row 0, column 1, counted from 0)"
        )
    };
    for form in FORMS {
        for (value, declared) in [
            (f32::MIN, "-3.4028234663852886e+38"),
            (f32::MIN, "-3.40282346600000016e+38"),
            (-9999.0, "-9999"),
            (f32::NAN, "nan"),
        ] {
            let page = floats(form, &[0.25, value, 0.5]).with(42113, declared);
            let (count, values, notes) = unknown(page, form, None);
            assert_eq!((count, values), (2, vec![0.25, 0.0, 0.5]), "{declared}");
            assert!(notes.contains(&note(declared)), "{notes:?}");
        }
        let row = [form.short(9), form.short((-32768_i16).cast_unsigned())].concat();
        let page = TiffPage::grey(2, 1, 16, &row).with(339, 2);
        let (count, values, _) = unknown(page.with(42113, "-32768"), form, None);
        assert_eq!((count, values), (2, vec![9.0 / 65535.0, 0.0]));
    }
    let bytes = TiffPage::grey(3, 1, 8, &[1, 255, 3]).with(42113, "255");
    assert_eq!(unknown(bytes, CLASSIC, None).0, 2);
    let colour = TiffPage::colour(2, 1, &[8; 3], &[0, 0, 0, 0, 0, 9]).with(42113, "0");
    assert_eq!(
        unknown(colour, CLASSIC, None).0,
        2,
        "a pixel has no data if no sample has"
    );
}
