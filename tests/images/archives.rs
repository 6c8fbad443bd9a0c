//! Archives of images: they are read as the folder they were packed from, and their headers are
//! checked before they are trusted.

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use nmf_images::Nmf;
use nmf_images::images::{Format, ImageSet, LoadOptions, Pixels, load, load_several};
use tar::{EntryType, Header};
use tiff::encoder::TiffEncoder;
use tiff::encoder::colortype::Gray8;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::command::{Desk, bars, pgm};

type Files = Vec<(String, Vec<u8>)>;

fn file(name: &str, bytes: impl AsRef<[u8]>) -> (String, Vec<u8>) {
    (name.to_owned(), bytes.as_ref().to_vec())
}

/// Files in two sub-folders, not in their order, with what often lies beside pictures.
fn files() -> Files {
    let mut pages = Cursor::new(Vec::new());
    let mut stack = TiffEncoder::new(&mut pages).unwrap();
    for grey in 0..3 {
        stack.write_image::<Gray8>(8, 6, &[grey; 48]).unwrap();
    }
    let mut files: Files = (0..12)
        .rev()
        .zip(bars(12, 6, 8).outer_iter())
        .map(|(index, picture)| {
            let values: Vec<u8> = picture.iter().copied().collect();
            (
                format!("{}/{index}.pgm", ["odd", "even"][index % 2]),
                pgm(8, 6, &values),
            )
        })
        .collect();
    files.extend([
        file("even/.hidden.pgm", pgm(1, 1, &[1])),
        file("__MACOSX/even/._0.pgm", "resources"),
        file("even/broken.png", "no picture"),
        file("even/stack.tif", pages.into_inner()),
        file("even/without", pgm(8, 6, &[7; 48])),
        file("notes.txt", "shopping"),
        file("run/model.npz", "a model"),
        file("run/parts.png", "its parts"),
    ]);
    files
}

fn zipped(files: &Files, method: CompressionMethod) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method);
    archive.add_directory("even", options).unwrap();
    for (name, bytes) in files {
        archive.start_file(name, options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn add(archive: &mut tar::Builder<Vec<u8>>, kind: EntryType, name: &str, bytes: &[u8]) {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(bytes.len() as u64);
    // Not `set_path`, which refuses what is tried here.
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_cksum();
    archive.append(&header, bytes).unwrap();
}

fn tarred(files: &Files) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        add(
            &mut archive,
            EntryType::Regular,
            &format!("./{name}"),
            bytes,
        );
    }
    archive.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The four kinds of archives.
fn archives(files: &Files) -> [(&'static str, Vec<u8>); 4] {
    let tar = tarred(files);
    [
        ("stored.zip", zipped(files, CompressionMethod::Stored)),
        ("deflated.zip", zipped(files, CompressionMethod::Deflated)),
        ("packed.tar.gz", gzip(&tar)),
        ("plain.tar", tar),
    ]
}

fn read(bytes: &[u8]) -> nmf_images::Result<ImageSet> {
    let desk = Desk::empty();
    desk.write("file", bytes);
    load(&desk.path("file"), &LoadOptions::default())
}

/// What is said of an archive that cannot be read, without its name.
fn said(bytes: &[u8]) -> String {
    let said = read(bytes).unwrap_err().to_string();
    assert_eq!(said.lines().count(), 1, "{said}");
    said.split_once("/file")
        .unwrap_or_else(|| panic!("{said} does not begin with the file"))
        .1
        .to_owned()
}

#[test]
fn an_archive_is_the_folder_that_it_was_packed_from() {
    let (desk, files) = (Desk::empty(), files());
    for (name, bytes) in &files {
        desk.write(&format!("folder/{name}"), bytes);
    }
    for (name, bytes) in archives(&files) {
        desk.write(name, bytes);
        for limit in [None, Some(5)] {
            let options = LoadOptions {
                limit,
                ..LoadOptions::default()
            };
            let [folder, set] =
                ["folder", name].map(|name| load(&desk.path(name), &options).unwrap());
            assert_eq!(
                (&set.names, &set.labels, &set.skipped),
                (&folder.names, &folder.labels, &folder.skipped),
                "{name}"
            );
            assert_eq!(
                (&set.pixels, set.shape, &set.notes),
                (&folder.pixels, folder.shape, &folder.notes),
                "{name}"
            );
            let [ours, theirs] = [&set, &folder].map(|set| Nmf::new(2).fit(set).unwrap());
            assert_eq!(
                (ours.weights, ours.basis),
                (theirs.weights, theirs.basis),
                "{name}"
            );
        }
    }
    let set = load(&desk.path("plain.tar"), &LoadOptions::default()).unwrap();
    assert_eq!(
        (set.len(), &*set.names[6], &*set.names[8]),
        (16, "even/stack.tif#1", "even/stack.tif#3")
    );
    assert_eq!(set.skipped[0].path, "even/broken.png");
    assert!(
        set.notes
            .contains(&"1 picture of an earlier run was ignored".to_owned()),
        "{:?}",
        set.notes
    );
}

#[test]
fn many_files_are_decoded_in_batches_in_their_order() {
    // 40 pictures of 2 MB: more than is decoded at a time.
    let files: Files = (0..40)
        .map(|index| {
            (
                format!("{index}.pgm"),
                pgm(2048, 1024, &vec![index; 2 << 20]),
            )
        })
        .collect();
    for bytes in [zipped(&files, CompressionMethod::Stored), tarred(&files)] {
        let Pixels::U8(pixels) = read(&bytes).unwrap().pixels else {
            panic!("bytes stay bytes")
        };
        assert_eq!(pixels.column(7).to_vec(), (0..40).collect::<Vec<u8>>());
    }
}

#[test]
fn pictures_are_taken_from_an_archive_that_holds_arrays_too() {
    let files = vec![
        file("a.pgm", pgm(1, 1, &[1])),
        file("b.pgm", pgm(1, 1, &[2])),
        file("labels.npy", "an array"),
    ];
    let bytes = zipped(&files, CompressionMethod::Deflated);
    let set = read(&bytes).unwrap();
    assert_eq!((set.len(), set.labels), (2, None));
    assert!(set.notes.contains(
        &"the images in the archive are read; to read its arrays, pass --from npz".to_owned()
    ));
    let desk = Desk::empty();
    desk.write("file", &bytes);
    let forced = LoadOptions {
        format: Some(Format::Npz),
        ..LoadOptions::default()
    };
    assert!(
        load(&desk.path("file"), &forced)
            .unwrap_err()
            .to_string()
            .contains("no array in this archive")
    );
}

#[test]
fn names_lead_nowhere_and_links_are_not_followed() {
    let mut archive = tar::Builder::new(Vec::new());
    add(
        &mut archive,
        EntryType::Regular,
        "../../up.pgm",
        &pgm(1, 1, &[1]),
    );
    add(
        &mut archive,
        EntryType::Regular,
        "/etc/./absolute.pgm",
        &pgm(1, 1, &[2]),
    );
    add(&mut archive, EntryType::Symlink, "link.pgm", b"");
    add(&mut archive, EntryType::Link, "hard.pgm", b"");
    add(&mut archive, EntryType::Fifo, "pipe.pgm", b"");
    add(
        &mut archive,
        EntryType::Regular,
        "etc/absolute.pgm",
        &pgm(1, 1, &[3]),
    );
    add(&mut archive, EntryType::Regular, "..", &pgm(1, 1, &[4]));
    let set = read(&archive.into_inner().unwrap()).unwrap();
    assert_eq!(set.names, ["etc/absolute.pgm", "up.pgm"]);
    assert_eq!(
        set.pixels,
        Pixels::U8(ndarray::array![[3], [1]]),
        "of one name the last file counts, as where it is unpacked"
    );
    assert!(
        set.notes
            .contains(&"3 links in the archive were ignored".to_owned()),
        "{:?}",
        set.notes
    );
    assert!(set.notes.contains(
        &"1 name occurs more than once in the archive: the last file of each was read".to_owned()
    ));

    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    for (name, grey) in [("../a.pgm", 1), ("/b.pgm", 2)] {
        archive.start_file(name, options).unwrap();
        archive.write_all(&pgm(1, 1, &[grey])).unwrap();
    }
    archive.add_symlink("c.pgm", "b.pgm", options).unwrap();
    let set = read(&archive.finish().unwrap().into_inner()).unwrap();
    assert_eq!(set.names, ["a.pgm", "b.pgm"]);
    assert!(
        set.notes
            .contains(&"1 link in the archive was ignored".to_owned()),
        "{:?}",
        set.notes
    );
}

#[test]
fn a_file_that_cannot_be_read_is_left_out_with_its_reason() {
    let files = vec![
        file("a.pgm", pgm(2, 1, &[1, 2])),
        file("b.pgm", pgm(2, 1, &[33, 34])),
        file("c.pgm", pgm(2, 1, &[5, 6])),
    ];
    let mut bytes = zipped(&files, CompressionMethod::Stored);
    let pixel = bytes.windows(2).position(|two| two == [33, 34]).unwrap();
    bytes[pixel] ^= 1;
    // The flag of encryption of the last file, in both its headers.
    let flags: Vec<usize> = (0..bytes.len() - 5)
        .filter(|&at| &bytes[at..at + 5] == b"c.pgm")
        .collect();
    bytes[flags[0] - 30 + 6] |= 1;
    bytes[flags[1] - 46 + 8] |= 1;
    let desk = Desk::empty();
    desk.write("z.zip", &bytes);
    let set = load_several(&[desk.path("z.zip")], &LoadOptions::default()).unwrap();
    let left_out: Vec<(&str, &str)> = set
        .skipped
        .iter()
        .map(|file| (&*file.path, &*file.reason))
        .collect();
    assert_eq!(
        left_out,
        [
            ("c.pgm", "encrypted: unpack the archive first"),
            ("b.pgm", "damaged: Invalid checksum"),
        ]
    );
    let strict = load(
        &desk.path("z.zip"),
        &LoadOptions {
            strict: true,
            ..LoadOptions::default()
        },
    )
    .unwrap_err();
    assert!(
        strict.to_string().contains("z.zip: c.pgm: encrypted"),
        "{strict}"
    );
}

#[test]
fn broken_and_empty_archives_are_refused_in_one_line() {
    let files = files();
    for (name, bytes) in archives(&files) {
        let said = said(&bytes[..bytes.len() * 2 / 3]);
        let cut = said.starts_with(": the archive cannot be read (")
            || said.starts_with(": the file is ");
        assert!(cut && said.contains("download it"), "{name}: {said}");
    }
    let text = vec![file("notes.txt", "shopping"), file("more.txt", "more")];
    for bytes in [zipped(&text, CompressionMethod::Stored), tarred(&text)] {
        assert!(said(&bytes).starts_with(" contains no images (found: 2 .txt); supported are PNG"));
    }
    assert!(
        said(&zipped(&Vec::new(), CompressionMethod::Stored))
            .starts_with(" contains no images (found: nothing)")
    );
    let one = vec![file("a.pgm", pgm(1, 1, &[1]))];
    assert_eq!(
        said(&tarred(&one)),
        ": 1 usable, at least 2 images are needed"
    );
    let mixed = vec![
        file("a.pgm", pgm(1, 1, &[1])),
        file("b.pgm", pgm(2, 1, &[1, 2])),
    ];
    assert!(
        said(&gzip(&tarred(&mixed)))
            .starts_with(": the images have 2 sizes: 1 is 1x1 (a.pgm), 1 is 2x1 (b.pgm)")
    );
}

#[test]
fn bombs_are_refused_before_they_fill_the_memory() {
    // Black pictures of 30 MB, 20 of them: 600 MB of less than one.
    let black = pgm(6000, 5000, &vec![0; 30_000_000]);
    let files: Files = (0..20)
        .map(|index| (format!("{index}.pgm"), black.clone()))
        .collect();
    let too_large = ": the archive expands beyond the limit of 512 MB, or of 32 times its size if that is more: unpack it, and pass the folder";
    assert_eq!(
        said(&zipped(&files, CompressionMethod::Deflated)),
        too_large
    );
    assert_eq!(said(&gzip(&tarred(&files[..18].to_vec()))), too_large);
    // One file of 300 MB.
    let large = vec![
        file("a.pgm", pgm(1, 1, &[1])),
        file("b.pgm", pgm(1, 1, &[1])),
        file("c.pgm", vec![0; 300 << 20]),
    ];
    let set = read(&zipped(&large, CompressionMethod::Deflated)).unwrap();
    assert_eq!((set.len(), set.skipped[0].path.as_str()), (2, "c.pgm"));
    assert!(
        set.skipped[0].reason.starts_with("too large: "),
        "{:?}",
        set.skipped
    );
    // A header that says a size of 8 GB.
    let mut lying = tarred(&vec![
        file("a.pgm", pgm(1, 1, &[1])),
        file("b.pgm", pgm(1, 1, &[1])),
    ]);
    let mut header = Header::from_byte_slice(&lying[..512]).clone();
    header.set_size(8 << 30);
    header.set_cksum();
    lying[..512].copy_from_slice(header.as_bytes());
    assert!(said(&lying).starts_with(": the file is "));
}

#[test]
fn an_archive_that_claims_more_files_than_it_has_room_for_is_refused() {
    let count = 1_u64 << 20;
    let mut bytes = b"PK\x03\x04".to_vec();
    bytes.resize(2 << 20, 0);
    let end = bytes.len() as u64;
    // What says of an archive that it is one, with 8 bytes for each number.
    let numbers = |numbers: &[u64]| {
        numbers
            .iter()
            .flat_map(|number| number.to_le_bytes())
            .collect::<Vec<u8>>()
    };
    bytes.extend(
        [
            b"PK\x06\x06",
            &numbers(&[44])[..],
            &[45, 0, 45, 0],
            &[0; 8],
            &numbers(&[count, count, 0, end]),
        ]
        .concat(),
    );
    bytes.extend([b"PK\x06\x07", &[0; 4][..], &numbers(&[end]), &[1, 0, 0, 0]].concat());
    bytes.extend([&b"PK\x05\x06\0\0\0\0"[..], &[255; 12], &[0, 0]].concat());
    let claims =
        ": the archive cannot be read (invalid Zip archive: more files than there is room for): ";
    assert!(said(&bytes).starts_with(claims), "{}", said(&bytes));
}

#[test]
fn what_is_known_but_not_read_is_named_with_the_way_out() {
    for (bytes, words) in [
        (
            &b"MATLAB 5.0 MAT-file, Platform: GLNXA64"[..],
            "is a MATLAB 5 file, which is not read: save the array as .npy",
        ),
        (
            b"MATLAB 7.3 MAT-file, Platform: GLNXA64",
            "is an HDF5 file (MATLAB 7.3 writes them too), which is not read",
        ),
        (b"\x89HDF\r\n\x1a\n\0\0", "is an HDF5 file"),
        (b"\xfd7zXZ\0\0", "is an archive packed by xz: unpack it"),
        (b"BZh91AY", "packed by bzip2"),
        (b"\x28\xb5\x2f\xfd\0", "packed by Zstandard"),
        (b"7z\xbc\xaf\x27\x1c\0", "packed by 7-Zip"),
        (b"Rar!\x1a\x07", "is a RAR archive"),
    ] {
        assert!(said(bytes).contains(words), "{}", said(bytes));
    }
}

#[test]
fn the_command_learns_from_an_archive_and_projects_another() {
    let (desk, files) = (Desk::empty(), files());
    desk.write("faces.zip", zipped(&files, CompressionMethod::Deflated));
    desk.write("more.tgz", gzip(&tarred(&files)));
    let run = desk
        .command("faces.zip -k 2 -o out --only parts")
        .assert()
        .success();
    run.stdout(predicates::str::contains(
        "faces.zip: 16 images of 8x6 with 2 labels\n",
    ));
    desk.command("compare more.tgz --rules hals -k 2 -o compared")
        .assert()
        .success();
    desk.command("ranks faces.zip -k 1..2 --from zip -o ranked")
        .assert()
        .success();
    let run = desk
        .command("project out more.tgz faces.zip -o projected --json")
        .assert()
        .success();
    let report: serde_json::Value = serde_json::from_slice(&run.get_output().stdout).unwrap();
    assert_eq!(report["input"]["images"], 32);
}
