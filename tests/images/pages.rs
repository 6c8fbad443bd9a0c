//! TIFF files of several pages: each page is an image, and headers are checked before they are
//! trusted.

use std::io::Cursor;

use nmf_images::Shape;
use nmf_images::images::{ImageSet, LoadOptions, Pixels, load, load_several};
use tiff::encoder::colortype::{ColorType, Gray8, Gray16, Gray32Float, RGB8};
use tiff::encoder::{TiffEncoder, TiffKind, TiffKindBig, TiffKindStandard, TiffValue};
use tiff::tags::Tag;

use crate::command::{Desk, pgm};

type Bytes = Cursor<Vec<u8>>;

fn tiff<K: TiffKind>(
    encoder: tiff::TiffResult<TiffEncoder<&mut Bytes, K>>,
    write: impl FnOnce(&mut TiffEncoder<&mut Bytes, K>),
) {
    write(&mut encoder.unwrap());
}

/// A file with a page for each of the values.
fn pages<C: ColorType<Inner: Copy>>((width, height): (u32, u32), values: &[&[C::Inner]]) -> Vec<u8>
where
    [C::Inner]: TiffValue,
{
    let mut bytes = Bytes::default();
    tiff(TiffEncoder::new(&mut bytes), |file| {
        for page in values {
            file.write_image::<C>(width, height, page).unwrap();
        }
    });
    bytes.into_inner()
}

fn greys() -> Vec<u8> {
    pages::<Gray8>(
        (3, 2),
        &[
            &[1, 2, 3, 4, 5, 6],
            &[11, 12, 13, 14, 15, 16],
            &[21, 22, 23, 24, 25, 26],
        ],
    )
}

fn read(desk: &Desk, name: &str) -> ImageSet {
    load(&desk.path(name), &LoadOptions::default()).unwrap()
}

/// What is said of a file that is left out of a folder.
fn reasons(bytes: Vec<u8>) -> Vec<(String, String)> {
    let desk = Desk::empty();
    desk.write("f/stack.tif", bytes);
    desk.write("f/x.pgm", pgm(3, 2, &[0, 1, 2, 3, 4, 5]));
    desk.write("f/y.pgm", pgm(3, 2, &[0, 1, 2, 3, 4, 5]));
    read(&desk, "f")
        .skipped
        .into_iter()
        .map(|skipped| (skipped.path, skipped.reason))
        .collect()
}

#[test]
fn every_page_is_an_image() {
    let desk = Desk::empty();
    desk.write("stack.bin", greys());
    let set = read(&desk, "stack.bin");
    assert_eq!((set.len(), set.shape), (3, Shape::new(2, 3)));
    let Pixels::U8(pixels) = &set.pixels else {
        panic!("bytes stay bytes")
    };
    assert_eq!(pixels.row(1).to_vec(), [11, 12, 13, 14, 15, 16]);
    let path = desk.path("stack.bin").display().to_string();
    assert_eq!(set.names, [1, 2, 3].map(|page| format!("{path}#{page}")));
    assert_eq!(
        set.notes,
        [format!("{path} contains 3 pages; each page is an image")]
    );
    assert_eq!(set.labels, None);
    let two = load(
        &desk.path("stack.bin"),
        &LoadOptions {
            limit: Some(2),
            ..LoadOptions::default()
        },
    )
    .unwrap();
    assert_eq!(two.names, [1, 2].map(|page| format!("{path}#{page}")));
}

#[test]
fn pages_stand_among_the_files_of_a_folder_in_natural_order() {
    let desk = Desk::empty();
    let page: &[u8] = &[0; 6];
    desk.write("f/a/2.tif", pages::<Gray8>((3, 2), &[page; 11]));
    desk.write("f/a/10.pgm", pgm(3, 2, &[9; 6]));
    desk.write("f/a/1.tif", pages::<Gray8>((3, 2), &[page]));
    desk.write("f/b/1.tif", greys());
    let set = read(&desk, "f");
    let (first, last) = (
        ["a/1.tif", "a/2.tif#1", "a/2.tif#2"],
        ["a/2.tif#11", "a/10.pgm", "b/1.tif#1"],
    );
    assert_eq!(
        (set.len(), &set.names[..3], &set.names[11..14]),
        (
            16,
            &first.map(str::to_owned)[..],
            &last.map(str::to_owned)[..]
        )
    );
    assert_eq!(set.labels.unwrap().indices.iter().sum::<usize>(), 3);
    assert!(
        set.notes
            .contains(&"2 files contain 14 pages; each page is an image".to_owned()),
        "{:?}",
        set.notes
    );
    let several = load_several(
        &["f/a/10.pgm", "f/b/1.tif"].map(|name| desk.path(name)),
        &LoadOptions::default(),
    )
    .unwrap();
    assert_eq!(
        several.names[3],
        desk.path("f/b/1.tif#3").display().to_string()
    );
    desk.write("masks/a/2.pgm", pgm(3, 2, &[255, 255, 255, 255, 255, 0]));
    let masked = LoadOptions {
        mask: Some(desk.path("masks")),
        ..LoadOptions::default()
    };
    assert_eq!(
        load(&desk.path("f"), &masked)
            .unwrap()
            .mask
            .unwrap()
            .unknown(),
        11,
        "a mask is for all pages"
    );
}

#[test]
fn pages_of_finer_and_of_coloured_pixels_are_read_as_single_ones_are() {
    let desk = Desk::empty();
    desk.write(
        "fine.tif",
        pages::<Gray16>((2, 1), &[&[0, 128], &[65535, 1]]),
    );
    desk.write(
        "floats.tif",
        pages::<Gray32Float>((2, 1), &[&[0.25, 3.5], &[1e-3, 0.0]]),
    );
    desk.write(
        "colour.tif",
        pages::<RGB8>((1, 1), &[&[255, 0, 0], &[7, 7, 7]]),
    );
    let values = |name: &str, image| read(&desk, name).image_f32(image);
    assert_eq!(
        [values("fine.tif", 0), values("fine.tif", 1)],
        [[0.0, 128.0 / 65535.0], [1.0, 1.0 / 65535.0]]
    );
    assert_eq!(
        [values("floats.tif", 0), values("floats.tif", 1)],
        [[0.25, 3.5], [1e-3, 0.0]]
    );
    assert_eq!(
        [values("colour.tif", 0), values("colour.tif", 1)],
        [[54.0 / 255.0], [7.0 / 255.0]]
    );
    // A single page of floats in one channel, turned by a quarter.
    let mut bytes = Bytes::default();
    tiff(TiffEncoder::new(&mut bytes), |file| {
        let mut page = file.new_image::<Gray32Float>(2, 1).unwrap();
        page.encoder().write_tag(Tag::Orientation, 6_u16).unwrap();
        page.write_data(&[0.5, 0.75]).unwrap();
    });
    desk.write("f/a.tif", bytes.into_inner());
    desk.write("f/b.tif", pages::<Gray32Float>((1, 2), &[&[0.5, 0.75]]));
    let set = read(&desk, "f");
    assert_eq!(
        (set.shape, set.image_f32(0)),
        (Shape::new(2, 1), set.image_f32(1))
    );
}

#[test]
fn offsets_of_8_bytes_and_the_big_end_first_are_read_too() {
    let mut big = Bytes::default();
    tiff(TiffEncoder::<_, TiffKindBig>::new_big(&mut big), |file| {
        file.write_image::<Gray8>(1, 1, &[3]).unwrap();
        file.write_image::<Gray8>(1, 1, &[4]).unwrap();
    });
    // Two pages of one pixel: WIDTH, HEIGHT, BITS, compression, photometry, strip, rows, strip's length.
    let directory = |pixel: u32, next: u32| {
        let short = |tag: u16, value: u16| {
            [
                &tag.to_be_bytes()[..],
                &[0, 3, 0, 0, 0, 1],
                &value.to_be_bytes(),
                &[0, 0],
            ]
            .concat()
        };
        let long = |tag: u16, value: u32| {
            [
                &tag.to_be_bytes()[..],
                &[0, 4, 0, 0, 0, 1],
                &value.to_be_bytes(),
            ]
            .concat()
        };
        let entries = [
            short(256, 1),
            short(257, 1),
            short(258, 8),
            short(259, 1),
            short(262, 1),
            long(273, pixel),
            short(278, 1),
            long(279, 1),
        ];
        [&[0, 8][..], &entries.concat(), &next.to_be_bytes()].concat()
    };
    let motorola = [
        &b"MM\0\x2a\0\0\0\x0a"[..],
        &[5, 6],
        &directory(8, 112),
        &directory(9, 0),
    ]
    .concat();
    let desk = Desk::empty();
    for (name, bytes, greys) in [
        ("big", big.into_inner(), [3, 4]),
        ("motorola", motorola, [5, 6]),
    ] {
        desk.write(name, bytes);
        let Pixels::U8(pixels) = read(&desk, name).pixels else {
            panic!("{name}: bytes stay bytes")
        };
        assert_eq!(pixels.into_iter().collect::<Vec<_>>(), greys, "{name}");
    }
}

#[test]
fn smaller_copies_and_masks_are_no_images() {
    let mut bytes = Bytes::default();
    tiff(
        TiffEncoder::<_, TiffKindStandard>::new(&mut bytes),
        |file| {
            for (kind, value) in [(1_u32, 9), (2, 1), (4, 9), (2, 2), (0, 3)] {
                let mut page = file.new_image::<Gray8>(1, 1).unwrap();
                page.encoder().write_tag(Tag::NewSubfileType, kind).unwrap();
                page.write_data(&[value]).unwrap();
            }
        },
    );
    let desk = Desk::empty();
    desk.write("pyramid.tif", bytes.into_inner());
    assert_eq!(
        read(&desk, "pyramid.tif").pixels,
        Pixels::U8(ndarray::array![[1], [2], [3]])
    );
}

#[test]
fn a_page_that_cannot_be_read_is_left_out_and_named() {
    let mut bytes = Bytes::default();
    tiff(TiffEncoder::new(&mut bytes), |file| {
        file.write_image::<Gray8>(3, 2, &[1; 6]).unwrap();
        let mut page = file.new_image::<Gray8>(3, 2).unwrap();
        page.encoder().write_tag(Tag::Unknown(262), 8_u16).unwrap();
        page.write_data(&[1; 6]).unwrap();
        file.write_image::<Gray8>(3, 2, &[2; 6]).unwrap();
    });
    let left_out = reasons(bytes.into_inner());
    assert_eq!(left_out[0].0, "stack.tif#2");
    assert!(
        left_out[0].1.starts_with("it holds CIELab colour"),
        "{left_out:?}"
    );
    assert_eq!(left_out.len(), 1);
    let desk = Desk::empty();
    desk.write("one.tif", pages::<Gray8>((1, 1), &[&[1]]));
    let said = load(&desk.path("one.tif"), &LoadOptions::default())
        .unwrap_err()
        .to_string();
    assert!(
        said.ends_with(
            "one.tif is one image, not a folder of images: pass the folder that holds it"
        ),
        "{said}"
    );
}

/// Where the file says that the directory after the last one is.
fn last_link(bytes: &[u8]) -> usize {
    let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    let mut at = 4;
    while number(at) != 0 {
        let start = number(at);
        at = start + 2 + 12 * usize::from(u16::from_le_bytes([bytes[start], bytes[start + 1]]));
    }
    at
}

fn linked(to: u32) -> Vec<u8> {
    let mut bytes = greys();
    let link = last_link(&bytes);
    bytes[link..link + 4].copy_from_slice(&to.to_le_bytes());
    bytes
}

#[test]
fn pages_that_lead_in_a_circle_or_nowhere_end() {
    let bytes = greys();
    let first = u32::from_le_bytes(bytes[4..8].try_into().unwrap());
    let circle = "damaged: its list of pages has a cycle";
    assert_eq!(
        reasons(linked(first)),
        [("stack.tif#4".to_owned(), circle.to_owned())]
    );
    for nowhere in [u32::MAX, bytes.len() as u32] {
        assert_eq!(
            reasons(linked(nowhere)),
            [("stack.tif#4".to_owned(), "truncated".to_owned())]
        );
    }
}

#[test]
fn pages_that_overlap_or_are_too_many_or_too_large_are_not_followed() {
    // A second directory that begins two bytes after the first one, each with 15,000 entries.
    let mut overlapping = b"II\x2a\0\x08\0\0\0".to_vec();
    overlapping.extend([15_000_u16.to_le_bytes(); 2].as_flattened());
    overlapping.resize(8 + 2 + 12 * 15_000, 0);
    overlapping.extend([10, 0, 0, 0, 0, 0, 0, 0]);
    assert!(reasons(overlapping).contains(&(
        "stack.tif#2".to_owned(),
        "damaged: its pages overlap".to_owned()
    )));
    // Directories without entries, a hundred thousand, in a chain.
    let mut chain = b"II\x2a\0\x08\0\0\0".to_vec();
    for page in 1..=100_000_u32 {
        chain.extend([0, 0]);
        chain.extend((8 + 6 * page).to_le_bytes());
    }
    assert!(
        reasons(chain)
            .iter()
            .any(|(_, reason)| reason == "too many pages: the limit is 65536")
    );
    // A page of 15,000 x 15,000, three times: more than is held of one small file.
    let mut huge = pages::<Gray8>((1, 1), &[&[1], &[2], &[3]]);
    for place in huge
        .windows(4)
        .enumerate()
        .filter(|(_, tag)| tag[0] < 2 && tag[1] == 1 && tag[2..] == [4, 0])
        .map(|(at, _)| at)
        .collect::<Vec<_>>()
    {
        huge[place + 8..place + 12].copy_from_slice(&15_000_u32.to_le_bytes());
    }
    let left_out = reasons(huge);
    assert!(
        left_out.iter().any(|(name, reason)| name == "stack.tif#3"
            && reason.starts_with("too large: its pages take")),
        "{left_out:?}"
    );
}

#[test]
fn a_file_without_pages_is_named() {
    let empty = [&b"II\x2a\0"[..], &[0; 4]].concat();
    assert_eq!(
        reasons(empty),
        [(
            "stack.tif".to_owned(),
            "damaged: the TIFF file has no pages".to_owned()
        )]
    );
}
