//! Archives as programs other than `zip` and GNU tar write them: names in other encodings, methods that are not read, files
//! stored without their zeros.

use nmf_images::images::{ImageSet, LoadOptions, load, load_several};
use tar::{EntryType, Header};

use crate::command::{Desk, pgm};
use crate::helpers::crc32;

/// A member of a .zip archive, as its bytes are.
#[derive(Clone, Copy)]
struct ZipMember<'a> {
    name: &'a [u8],
    flags: u16,
    method: u16,
    /// The extra field of the central directory.
    extra: &'a [u8],
    data: &'a [u8],
}

impl<'a> ZipMember<'a> {
    fn stored(name: &'a [u8], data: &'a [u8]) -> Self {
        Self {
            name,
            flags: 0,
            method: 0,
            extra: b"",
            data,
        }
    }

    /// Returns what both headers of the member have in common.
    fn facts(&self, extra: &[u8]) -> Vec<u8> {
        let size = (self.data.len() as u32).to_le_bytes();
        let lengths = [self.name.len() as u16, extra.len() as u16];
        [
            &[20, 0][..],
            &self.flags.to_le_bytes(),
            &self.method.to_le_bytes(),
            &[0; 4],
            &crc32(self.data).to_le_bytes(),
            &size,
            &size,
            &lengths.map(u16::to_le_bytes).concat(),
        ]
        .concat()
    }
}

/// Returns an archive of these members, written on Unix.
fn zip(members: &[ZipMember]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for member in members {
        let start = (bytes.len() as u32).to_le_bytes();
        bytes.extend(
            [
                b"PK\x03\x04",
                &member.facts(b"")[..],
                member.name,
                member.data,
            ]
            .concat(),
        );
        directory.extend([b"PK\x01\x02\x14\x03", &member.facts(member.extra)[..]].concat());
        directory.extend([&[0; 10][..], &start, member.name, member.extra].concat());
    }
    let count = (members.len() as u16).to_le_bytes();
    let (start, size) = (bytes.len() as u32, directory.len() as u32);
    bytes.extend(directory);
    bytes.extend([b"PK\x05\x06\0\0\0\0", &count[..], &count].concat());
    bytes.extend([size.to_le_bytes(), start.to_le_bytes()].concat());
    bytes.extend([0, 0]);
    bytes
}

fn read(name: &str, bytes: &[u8]) -> ImageSet {
    let desk = Desk::empty();
    desk.write(name, bytes);
    load(&desk.path(name), &LoadOptions::default()).unwrap()
}

fn labels(set: &ImageSet) -> Vec<&str> {
    let labels = set.labels.as_ref().unwrap();
    labels.names.iter().map(String::as_str).collect()
}

#[test]
fn backslashes_of_windows_are_folders_and_common_folders_are_no_labels() {
    let (dark, bright) = (pgm(2, 1, &[1, 2]), pgm(2, 1, &[3, 4]));
    for names in [
        [&b"set\\A\\0.pgm"[..], b"set\\B\\1.pgm"],
        [b"A\\0.pgm", b"B\\1.pgm"],
        [b"C:\\data\\A\\0.pgm", b"C:\\data\\B\\1.pgm"],
        [b"\\A\\0.pgm", b"..\\B\\1.pgm"],
        [b"set/A/0.pgm", b"set/B/1.pgm"],
    ] {
        let members = [(names[0], &dark), (names[1], &bright)];
        let members = members.map(|(name, data)| ZipMember::stored(name, data));
        let set = read("w.zip", &zip(&members));
        assert_eq!(labels(&set), ["A", "B"], "{:?}", set.names);
        assert!(set.names[0].ends_with("A/0.pgm"), "{:?}", set.names);
    }
    // A backslash in a name of Unix is no folder.
    let members = [&b"a/x\\1.pgm"[..], b"a/y\\2.pgm"].map(|name| ZipMember::stored(name, &dark));
    let set = read("u.zip", &zip(&members));
    assert_eq!(
        (set.names, set.labels),
        (
            ["a/x\\1.pgm", "a/y\\2.pgm"].map(str::to_owned).to_vec(),
            None
        )
    );
}

#[test]
fn arrays_in_folders_of_windows_do_not_hide_pictures() {
    let picture = pgm(1, 1, &[7]);
    let members = [
        ZipMember::stored(b"__MACOSX\\a.pgm", b"resources"),
        ZipMember::stored(b"set\\a.pgm", &picture),
        ZipMember::stored(b"set\\b.pgm", &picture),
        ZipMember::stored(b"set\\labels.npy", b"an array"),
    ];
    let set = read("w.zip", &zip(&members));
    assert_eq!(set.names, ["set/a.pgm", "set/b.pgm"]);
    assert!(set.skipped.is_empty(), "{:?}", set.skipped);
}

#[test]
fn names_are_readable_in_every_encoding() {
    let picture = pgm(1, 1, &[7]);
    let other = ZipMember::stored(b"b/2.pgm", &picture);
    // In code page 437, ä is 84 and ß is E1.
    let cp437 = ZipMember::stored(b"B\x84r\xe1/1.pgm", &picture);
    let unflagged = ZipMember::stored("Bärß/1.pgm".as_bytes(), &picture);
    let flagged = ZipMember {
        flags: 1 << 11,
        ..unflagged
    };
    let ascii = b"B_r_/1.pgm";
    let path = "Bärß/1.pgm".as_bytes();
    let field = [&[1][..], &crc32(ascii).to_le_bytes(), path].concat();
    let extra = [b"up", &(field.len() as u16).to_le_bytes()[..], &field].concat();
    let in_field = ZipMember {
        extra: &extra,
        ..ZipMember::stored(ascii, &picture)
    };
    for member in [cp437, unflagged, flagged, in_field] {
        let set = read("names.zip", &zip(&[member, other]));
        assert_eq!(labels(&set), ["Bärß", "b"]);
    }
}

#[test]
fn of_two_members_of_one_name_the_last_is_read_with_a_note() {
    let pictures = [1, 2, 3].map(|grey| pgm(1, 1, &[grey]));
    let names = [&b"a.pgm"[..], b"b.pgm", b"a.pgm"];
    let members: Vec<ZipMember> = names
        .iter()
        .zip(&pictures)
        .map(|(name, data)| ZipMember::stored(name, data))
        .collect();
    let set = read("twice.zip", &zip(&members));
    assert_eq!(set.names, ["a.pgm", "b.pgm"]);
    assert_eq!(set.image_f32(0), [3.0 / 255.0]);
    let note = "1 name occurs more than once in the archive: the last file of each was read";
    assert_eq!(set.notes.iter().filter(|found| *found == note).count(), 1);
    assert_eq!(read("once.zip", &zip(&members[..2])).notes.len(), 0);
}

#[test]
fn methods_that_are_not_read_are_named() {
    let picture = pgm(1, 1, &[7]);
    for (method, name) in [
        (1, "Shrink"),
        (4, "Reduce"),
        (6, "Implode"),
        (9, "Deflate64"),
        (12, "bzip2"),
        (14, "LZMA"),
        (93, "Zstandard"),
        (95, "XZ"),
        (97, "WavPack"),
        (98, "PPMd"),
        (77, "an unknown method"),
    ] {
        let other = ZipMember {
            method,
            ..ZipMember::stored(b"other.pgm", &picture)
        };
        let members = [
            ZipMember::stored(b"a.pgm", &picture),
            ZipMember::stored(b"b.pgm", &picture),
            other,
        ];
        let set = read("methods.zip", &zip(&members));
        assert_eq!((set.len(), &*set.skipped[0].path), (2, "other.pgm"));
        let expected = format!("compressed by {name}, which is not read: ");
        assert!(
            set.skipped[0].reason.starts_with(&expected),
            "{}",
            set.skipped[0].reason
        );
    }
}

#[test]
fn encrypted_members_are_named() {
    let picture = pgm(1, 1, &[7]);
    let plain = ZipMember::stored(b"a.pgm", &picture);
    let other = ZipMember {
        name: b"b.pgm",
        ..plain
    };
    // A field of another program, then that of AES: version 2, vendor AE, 256 bits, stored.
    let extra = b"\x75\x78\x02\0ab\x01\x99\x07\0\x02\0AE\x03\0\0";
    let aes = ZipMember {
        method: 99,
        flags: 1,
        extra,
        ..ZipMember::stored(b"c.pgm", &picture)
    };
    let old = ZipMember {
        flags: 1,
        ..ZipMember::stored(b"d.pgm", &picture)
    };
    let set = read("secret.zip", &zip(&[plain, other, aes, old]));
    let reasons: Vec<&str> = set.skipped.iter().map(|file| &*file.reason).collect();
    assert_eq!(
        reasons,
        [
            "encrypted by AES: unpack the archive first",
            "encrypted: unpack the archive first"
        ]
    );
}

#[test]
fn archives_that_are_not_read_are_named_for_a_model_too() {
    let desk = Desk::empty();
    desk.write("a.zip", b"PK\x07\x08PK\x03\x04");
    desk.write("b.7z", b"7z\xbc\xaf\x27\x1c\0");
    for (name, words) in [
        (
            "a.zip",
            "the first part of a split .zip archive: join its parts",
        ),
        ("b.7z", "an archive packed by 7-Zip: unpack it"),
    ] {
        let path = desk.path(name);
        let set = load(&path, &LoadOptions::default()).unwrap_err();
        let for_model = load_several(&[path], &LoadOptions::default()).unwrap_err();
        for said in [set.to_string(), for_model.to_string()] {
            assert!(said.contains(words), "{said}");
        }
    }
    // The last part of a split archive: its end states that it is disk 1.
    let mut last = zip(&[ZipMember::stored(b"a.pgm", b"")]);
    let end = last.len() - 22;
    last[end + 4] = 1;
    desk.write("last.zip", last);
    let said = load(&desk.path("last.zip"), &LoadOptions::default()).unwrap_err();
    assert!(said.to_string().contains("join them"), "{said}");
}

/// A picture of 24x24 whose middle rows are black, and its bytes before and after these rows.
fn picture_with_a_hole() -> (Vec<u8>, Vec<u64>) {
    let mut values = [9; 576];
    values[100..400].fill(0);
    let picture = pgm(24, 24, &values);
    let head = picture.len() as u64 - 576;
    (picture, vec![0, head + 100, head + 400, 176])
}

fn add(archive: &mut tar::Builder<Vec<u8>>, kind: EntryType, name: &str, bytes: &[u8]) {
    let mut header = Header::new_ustar();
    header.set_path(name).unwrap();
    header.set_entry_type(kind);
    header.set_size(bytes.len() as u64);
    header.set_cksum();
    archive.append(&header, bytes).unwrap();
}

/// Records of an extended header, without the prefix of their keys.
type Records<'a> = &'a [(&'a str, &'a str)];

#[test]
fn sparse_files_of_tar_are_read_under_their_true_name() {
    let (picture, map) = picture_with_a_hole();
    let length = picture.len().to_string();
    let runs: Vec<&[u8]> = map
        .chunks(2)
        .map(|run| &picture[run[0] as usize..][..run[1] as usize])
        .collect();
    let packed = runs.concat();
    let text: Vec<String> = map.iter().map(u64::to_string).collect();
    let lines = format!("2\n{}\n", text.join("\n"));
    let with_map = [format!("{lines:\0<512}").as_bytes(), &packed].concat();
    let commas = text.join(",");
    let oldest = [
        ("size", &*length),
        ("numblocks", "2"),
        ("offset", &*text[0]),
        ("numbytes", &*text[1]),
        ("offset", &*text[2]),
        ("numbytes", &*text[3]),
    ];
    let middle = [
        ("size", &*length),
        ("numblocks", "2"),
        ("map", &*commas),
        ("name", "set/hole.pgm"),
    ];
    let newest = [
        ("major", "1"),
        ("minor", "0"),
        ("realsize", &*length),
        ("name", "set/hole.pgm"),
    ];
    let formats: [(Records, &str, &[u8]); 3] = [
        (&oldest, "set/hole.pgm", &packed),
        (&middle, "set/GNUSparseFile.1/hole.pgm", &packed),
        (&newest, "set/GNUSparseFile.1/hole.pgm", &with_map),
    ];
    for (records, name, data) in formats {
        let mut archive = tar::Builder::new(Vec::new());
        add(&mut archive, EntryType::Regular, "set/whole.pgm", &picture);
        let records: Vec<(String, &[u8])> = records
            .iter()
            .map(|(key, value)| (format!("GNU.sparse.{key}"), value.as_bytes()))
            .collect();
        let records = records.iter().map(|(key, value)| (key.as_str(), *value));
        archive.append_pax_extensions(records).unwrap();
        add(&mut archive, EntryType::Regular, name, data);
        let set = read("s.tar", &archive.into_inner().unwrap());
        assert_eq!(set.names, ["set/hole.pgm", "set/whole.pgm"]);
        assert_eq!(set.image_f32(0), set.image_f32(1), "{name}");
        assert!(set.skipped.is_empty(), "{:?}", set.skipped);
    }
}

#[test]
fn a_sparse_file_with_an_impossible_map_is_skipped_under_its_true_name() {
    let picture = pgm(1, 1, &[7]);
    let mut archive = tar::Builder::new(Vec::new());
    add(&mut archive, EntryType::Regular, "a.pgm", &picture);
    add(&mut archive, EntryType::Regular, "b.pgm", &picture);
    let records: [(&str, &[u8]); 3] = [
        ("GNU.sparse.name", b"c.pgm"),
        ("GNU.sparse.size", b"9"),
        ("GNU.sparse.map", b"8,4"),
    ];
    archive.append_pax_extensions(records).unwrap();
    add(
        &mut archive,
        EntryType::Regular,
        "GNUSparseFile.1/c.pgm",
        b"abcd",
    );
    let set = read("s.tar", &archive.into_inner().unwrap());
    assert_eq!((set.len(), &*set.skipped[0].path), (2, "c.pgm"));
    assert_eq!(
        set.skipped[0].reason,
        "a damaged sparse file: its map of holes is invalid"
    );
}
