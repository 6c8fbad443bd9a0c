//! TIFF files that hold more images than directories, and stacks of several channels.

use nmf_images::Shape;
use nmf_images::images::{ImageSet, LoadOptions, load};
use zip::CompressionMethod;

use crate::helpers::{folder, message, units};
use crate::input_files::archive;
use crate::tiff_file::{CLASSIC, FORMS, TiffForm, TiffPage};

fn load_file(bytes: Vec<u8>, channel: Option<&str>) -> ImageSet {
    let folder = folder(&[("a.tif", bytes)]);
    let options = LoadOptions {
        channel: channel.map(str::to_owned),
        ..LoadOptions::default()
    };
    load(&folder.path().join("a.tif"), &options).unwrap()
}

/// The value of the only pixel of each image.
fn dots(set: &ImageSet) -> Vec<u8> {
    let values = (0..set.len()).map(|image| set.image_f32(image)[0]);
    values.map(|value| (value * 255.0).round() as u8).collect()
}

/// A page of one pixel, and the pixels of more frames behind it.
fn frames(form: TiffForm, description: &str, pixels: &[u8]) -> Vec<u8> {
    let page = TiffPage::grey(1, 1, 8, &pixels[..1]).with(270, description);
    form.file(&[page.before(&pixels[1..])])
}

#[test]
fn frames_that_a_description_states_follow_the_first_one() {
    for form in FORMS {
        for description in [
            "ImageJ=1.53t\nimages=5\nframes=5\n",
            "ImageJ=1.53t\nslices=5\n",
            "{\"shape\": [5, 1, 1], \"truncated\": true}",
        ] {
            let set = load_file(frames(form, description, &[1, 2, 3, 4, 5]), None);
            assert_eq!(dots(&set), [1, 2, 3, 4, 5], "{form:?}, {description}");
            assert!(set.names[4].ends_with("a.tif#5"), "{:?}", set.names);
            assert_eq!(set.skipped, []);
        }
    }
}

#[test]
fn frames_of_16_bits_and_several_strips_follow_one_another() {
    for form in FORMS {
        let rows: Vec<[u8; 2]> = (1..=6).map(|row| form.short(row)).collect();
        let page = TiffPage::grey(1, 2, 16, &[])
            .with(278, 1)
            .with(270, "ImageJ=1.53t\nimages=3\n")
            .in_chunks(&[&rows[0], &rows[1]])
            .before(&rows[2..].concat());
        let set = load_file(form.file(&[page]), None);
        assert_eq!(set.shape, Shape::new(2, 1));
        assert_eq!(set.image_f32(2), [5.0 / 65535.0, 6.0 / 65535.0], "{form:?}");
    }
}

#[test]
fn stacks_of_a_folder_are_read_with_all_frames() {
    let stack = |first| frames(CLASSIC, "ImageJ=1.53t\nimages=2\n", &[first, first + 1]);
    let folder = folder(&[("a.tif", stack(1)), ("b.tif", stack(3))]);
    let set = load(folder.path(), &LoadOptions::default()).unwrap();
    assert_eq!(set.names, ["a.tif#1", "a.tif#2", "b.tif#1", "b.tif#2"]);
    assert_eq!(dots(&set), [1, 2, 3, 4]);
}

#[test]
fn planes_of_metamorph_and_of_volumes_are_frames() {
    let page = || TiffPage::grey(1, 1, 8, &[1]).before(&[2, 3]);
    // The number of values of this entry is that of the planes.
    let metamorph = page().with(33629, &[9, 9, 9][..]);
    assert_eq!(
        dots(&load_file(CLASSIC.file(&[metamorph]), None)),
        [1, 2, 3]
    );
    let volume = page().with(32997, 3);
    assert_eq!(dots(&load_file(CLASSIC.file(&[volume]), None)), [1, 2, 3]);
}

#[test]
fn stated_frames_that_are_not_there_are_named() {
    let skipped = |bytes| {
        let set = load_file(bytes, None);
        let [skipped] = &set.skipped[..] else {
            panic!("{:?}", set.skipped)
        };
        let name = skipped.path.rsplit('/').next().unwrap().to_owned();
        (dots(&set), name, skipped.reason.clone())
    };
    let page = |value| TiffPage::grey(9, 9, 8, &[value; 81]);
    let stated = "ImageJ=1.53t\nimages=9\n";
    // The directory follows two frames.
    let cut = CLASSIC.file(&[page(1).with(270, stated).before(&[2; 81])]);
    assert_eq!(
        skipped(cut),
        (
            vec![1, 2],
            "a.tif#3".to_owned(),
            "truncated: 9 images are stated, and 2 are there".to_owned()
        )
    );
    let described = CLASSIC.file(&[page(1).with(270, stated), page(2)]);
    assert_eq!(
        skipped(described),
        (
            vec![1, 2],
            "a.tif#3".to_owned(),
            "truncated: 9 images are stated, and 2 are described".to_owned()
        )
    );
    // Frames of compressed pages cannot follow one another.
    let packed = TiffPage::grey(2, 1, 8, &[0xFF, 7]).with(259, 32773);
    let packed = CLASSIC.file(&[packed.with(270, "ImageJ=1.53t\nimages=2\n")]);
    let folder = folder(&[("a.tif", packed.clone()), ("b.tif", packed)]);
    let set = load(folder.path(), &LoadOptions::default()).unwrap();
    assert_eq!((set.len(), set.skipped.len()), (2, 2));
    assert_eq!(
        set.skipped[0].reason,
        "2 images are stated, and only the first is described"
    );
}

const OME: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><OME \
    xmlns=\"http://www.openmicroscopy.org/Schemas/OME/2016-06\"><Image ID=\"Image:0\"><Pixels \
    DimensionOrder=\"XYZCT\" ID=\"Pixels:0\" SizeC=\"2\" SizeT=\"1\" SizeX=\"1\" SizeY=\"1\" SizeZ=\"2\" \
    Type=\"uint8\"><Channel ID=\"Channel:0:0\" Name=\"DAPI\"/><Channel ID=\"Channel:0:1\" Name=\"GFP\"/>\
    <TiffData/></Pixels></Image></OME>";

fn described(description: &str, pixels: &[u8]) -> Vec<u8> {
    let mut pages: Vec<TiffPage> = pixels
        .iter()
        .map(|&pixel| TiffPage::grey(1, 1, 8, &[pixel]))
        .collect();
    pages[0] = pages[0].clone().with(270, description);
    CLASSIC.file(&pages)
}

#[test]
fn one_channel_of_several_is_read() {
    let image_j = "ImageJ=1.53t\nimages=4\nchannels=2\nslices=2\nhyperstack=true\n";
    let tifffile = "{\"shape\": [2, 2, 1, 1], \"axes\": \"ZCYX\"}";
    for (description, second, by) in [
        (OME, [3, 4], "GFP"),
        (image_j, [2, 4], "2"),
        (tifffile, [2, 4], "2"),
    ] {
        let first = match second {
            [2, 4] => [1, 3],
            _ => [1, 2],
        };
        let file = described(description, &[1, 2, 3, 4]);
        let set = load_file(file.clone(), None);
        assert_eq!(dots(&set), first, "{description}");
        let names = if by == "GFP" { "DAPI, GFP" } else { "1, 2" };
        let only = if by == "GFP" { "DAPI" } else { "1" };
        let note = format!(
            "a.tif has 2 channels ({names}): only {only} is read; pass --channel to choose another"
        );
        assert!(set.notes[0].ends_with(&note), "{:?}", set.notes);
        for choice in [by, "2"] {
            let set = load_file(file.clone(), Some(choice));
            assert_eq!(dots(&set), second, "{description}, {choice}");
            let end = format!("({names}): only {choice} is read");
            assert!(set.notes[0].ends_with(&end), "{:?}", set.notes);
        }
    }
}

#[test]
fn frames_of_one_directory_may_be_of_several_channels() {
    let description = "ImageJ=1.53t\nimages=4\nchannels=2\nslices=2\n";
    let file = frames(CLASSIC, description, &[1, 2, 3, 4]);
    assert_eq!(dots(&load_file(file.clone(), None)), [1, 3]);
    assert_eq!(dots(&load_file(file, Some("2"))), [2, 4]);
}

#[test]
fn samples_of_a_grey_page_are_channels() {
    let page = |pixels: &[u8]| {
        TiffPage::grey(1, 1, 8, pixels)
            .with(258, &[8, 8, 8][..])
            .with(277, 3)
            .with(338, &[0, 0][..])
    };
    let interleaved = CLASSIC.file(&[page(&[1, 2, 3]), page(&[4, 5, 6])]);
    let planes = |pixels: [&[u8]; 3]| page(&[]).with(284, 2).in_chunks(&pixels);
    let apart = CLASSIC.file(&[planes([&[1], &[2], &[3]]), planes([&[4], &[5], &[6]])]);
    for file in [interleaved, apart] {
        let set = load_file(file.clone(), None);
        assert_eq!(dots(&set), [1, 4]);
        assert!(
            set.notes[0].contains("has 3 channels (1, 2, 3): only 1 is read"),
            "{:?}",
            set.notes
        );
        assert_eq!(dots(&load_file(file, Some("3"))), [3, 6]);
    }
    // Red, green and blue are no channels: 0.2126 * 255 = 54.
    let colour = TiffPage::colour(1, 1, &[8; 3], &[255, 0, 0]);
    let described = colour
        .clone()
        .with(270, "ImageJ=1.53t\nimages=2\nchannels=2\n");
    let set = load_file(CLASSIC.file(&[described, colour]), None);
    assert_eq!(set.len(), 2);
    assert_eq!(set.image_f32(0), units(&[54]));
    assert_eq!(set.notes.len(), 1, "{:?}", set.notes);
}

#[test]
fn a_channel_that_does_not_exist_is_named() {
    let choose = |channel: &str| LoadOptions {
        channel: Some(channel.to_owned()),
        ..LoadOptions::default()
    };
    let file = described(OME, &[1, 2, 3, 4]);
    let desk = folder(&[("a.tif", file.clone()), ("b.tif", file)]);
    assert!(
        message(desk.path(), &choose("RFP"))
            .contains("a.tif: has no such channel; its channels are DAPI, GFP")
    );
    let plain = CLASSIC.file(&[TiffPage::grey(1, 1, 8, &[1])]);
    let desk = folder(&[("a.tif", plain.clone()), ("b.tif", plain)]);
    assert!(message(desk.path(), &choose("2")).ends_with("has several channels"));
    let pixels = b"1,2\n3,4\n".to_vec();
    let desk = folder(&[("a.csv", pixels)]);
    let path = desk.path().join("a.csv");
    assert!(message(&path, &choose("2")).ends_with("has several channels"));
}

#[test]
fn a_description_that_does_not_fit_is_ignored() {
    for description in [
        "<OME",
        "<?xml version=\"1.0\"?><OME><Image>",
        "{\"shape\": 3}",
        "{\"shape\": [8, 2]}",
        "{\"shape\": [1, 1]}",
        "ImageJ=1.53t\nimages=two\n",
    ] {
        let set = load_file(described(description, &[1, 2]), None);
        assert_eq!(dots(&set), [1, 2], "{description}");
        assert_eq!(set.skipped, [], "{description}");
    }
}

#[test]
fn copies_and_pages_below_them_are_told_apart() {
    let page = |value| TiffPage::grey(1, 1, 8, &[value]);
    // The older entry for the kind of a page: 2 is a smaller copy.
    let file = CLASSIC.file(&[page(1), page(2).with(255, 2), page(3).with(255, 1)]);
    assert_eq!(dots(&load_file(file, None)), [1, 3]);
}

#[test]
fn every_channel_is_an_image_if_all_are_chosen_or_needed() {
    let file = described(OME, &[1, 2, 3, 4]);
    assert_eq!(dots(&load_file(file, Some("all"))), [1, 2, 3, 4]);
    let samples = TiffPage::grey(1, 1, 8, &[1, 2])
        .with(258, &[8, 8][..])
        .with(277, 2)
        .with(338, 0);
    let file = CLASSIC.file(&[samples]);
    let set = load_file(file.clone(), None);
    assert_eq!(dots(&set), [1, 2]);
    assert!(set.names[1].ends_with("a.tif#2"), "{:?}", set.names);
    assert!(
        set.notes[0].ends_with("a.tif has 2 channels (1, 2): each is an image"),
        "{:?}",
        set.notes
    );
    // The same stack in an archive.
    let archive = archive(CompressionMethod::Stored, &[("a.tif", file.clone())]);
    let packed = folder(&[("a.zip", archive)]);
    let set = load(&packed.path().join("a.zip"), &LoadOptions::default()).unwrap();
    assert_eq!(set.names, ["a.tif#1", "a.tif#2"]);
    assert_eq!(dots(&set), [1, 2]);
    assert_eq!(set.notes, ["a.tif has 2 channels (1, 2): each is an image"]);
    // Of several files, one channel of each.
    let folder = folder(&[("a.tif", file.clone()), ("b.tif", file)]);
    let set = load(folder.path(), &LoadOptions::default()).unwrap();
    assert_eq!(set.names, ["a.tif", "b.tif"]);
    assert_eq!(dots(&set), [1, 1]);
}

/// One of two files of three planes of one channel each, which name each other.
fn one_of_two(own: &str, pixels: [u8; 3]) -> Vec<u8> {
    let block = |channel: usize, plane: usize, file: &str| {
        format!(
            "<TiffData FirstC=\"{channel}\" FirstZ=\"{plane}\" IFD=\"{plane}\" PlaneCount=\"1\">\
            <UUID FileName=\"{file}.tif\">urn:uuid:{file}</UUID></TiffData>"
        )
    };
    let blocks: String = (0..3)
        .flat_map(|plane| [block(0, plane, "c0"), block(1, plane, "c1")])
        .collect();
    let description = format!(
        "<OME xmlns=\"http://www.openmicroscopy.org/Schemas/OME/2016-06\" UUID=\"urn:uuid:{own}\"><Image>\
        <Pixels DimensionOrder=\"XYZCT\" SizeC=\"2\" SizeT=\"1\" SizeX=\"1\" SizeY=\"1\" SizeZ=\"3\">\
        <Channel Name=\"DAPI\"/><Channel Name=\"GFP\"/>{blocks}</Pixels></Image></OME>"
    );
    described(&description, &pixels)
}

#[test]
fn pages_of_a_channel_are_not_looked_for_in_another_file() {
    let desk = folder(&[
        ("c0.tif", one_of_two("c0", [1, 2, 3])),
        ("c1.tif", one_of_two("c1", [4, 5, 6])),
    ]);
    let load = |channel: Option<&str>| {
        let channel = channel.map(str::to_owned);
        let options = LoadOptions {
            channel,
            ..LoadOptions::default()
        };
        load(desk.path(), &options).unwrap()
    };
    let first = load(None);
    assert_eq!(first.names, ["c0.tif#1", "c0.tif#2", "c0.tif#3"]);
    assert_eq!(dots(&first), [1, 2, 3]);
    let [skipped] = &first.skipped[..] else {
        panic!("{:?}", first.skipped)
    };
    assert_eq!(
        (skipped.path.as_str(), skipped.reason.as_str()),
        ("c1.tif", "states the channel DAPI, but has no page of it")
    );
    assert_eq!(dots(&load(Some("GFP"))), [4, 5, 6]);
    assert_eq!(dots(&load(Some("all"))), [1, 2, 3, 4, 5, 6]);
}

#[test]
fn files_of_fewer_pages_than_channels_are_of_one_channel_too() {
    let file = |own: &str, pixel: u8| {
        let other = |index: usize| {
            format!(
                "<TiffData FirstC=\"{index}\" IFD=\"0\"><UUID FileName=\"c{index}.tif\">c{index}</UUID></TiffData>"
            )
        };
        let blocks: String = (0..3).map(other).collect();
        let description = format!(
            "<OME UUID=\"{own}\"><Image><Pixels SizeC=\"3\" SizeZ=\"1\" SizeT=\"1\">{blocks}</Pixels></Image></OME>"
        );
        described(&description, &[pixel])
    };
    let desk = folder(&[
        ("a/c0.tif", file("c0", 1)),
        ("a/c1.tif", file("c1", 2)),
        ("a/c2.tif", file("c2", 3)),
        ("b/c0.tif", file("c0", 4)),
    ]);
    let set = load(desk.path(), &LoadOptions::default()).unwrap();
    assert_eq!((dots(&set), set.skipped.len()), (vec![1, 4], 2));
}

#[test]
fn a_smaller_copy_before_the_pages_says_nothing_of_their_channels() {
    let page = |value| TiffPage::grey(1, 1, 8, &[value]);
    let description = "ImageJ=1.53t\nimages=4\nchannels=2\nslices=2\n";
    // In colour, which has no channels.
    let copy = TiffPage::colour(1, 1, &[8; 3], &[9; 3]).with(254, 1);
    let file = CLASSIC.file(&[
        copy.with(270, description),
        page(1),
        page(2),
        page(3),
        page(4),
    ]);
    let set = load_file(file, None);
    assert_eq!(set.len(), 2, "{:?}", set.notes);
}

/// As many files have pages as have channels, but they are other files.
#[test]
fn pages_and_channels_of_different_files_are_both_noted() {
    let page = |value| TiffPage::grey(1, 1, 8, &[value]);
    let folder = folder(&[
        ("a.tif", described(OME, &[1, 2, 3, 4])),
        ("b.tif", CLASSIC.file(&[page(5), page(6), page(7)])),
    ]);
    let set = load(folder.path(), &LoadOptions::default()).unwrap();
    assert_eq!(&dots(&set)[2..], [5, 6, 7]);
    assert_eq!(set.notes.len(), 2, "{:?}", set.notes);
    assert!(
        set.notes[0].starts_with("a.tif has 2 channels"),
        "{:?}",
        set.notes
    );
    assert_eq!(
        set.notes[1],
        "b.tif contains 3 pages; each page is an image"
    );
}
