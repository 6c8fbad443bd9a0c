//! Tables of numbers: rows, headers and labels, and the messages for tables that are refused.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use ndarray::{Array2, array};
use nmf_images::Shape;
use nmf_images::images::{
    Format, ImageSet, LoadOptions, Missing, Order, Pixels, load, load_several,
};

use crate::command::{self, Desk};

fn read(name: &str, text: impl AsRef<[u8]>, options: &LoadOptions) -> nmf_images::Result<ImageSet> {
    let desk = Desk::empty();
    desk.write(name, text);
    load(&desk.path(name), options)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn plain(text: impl AsRef<[u8]>) -> ImageSet {
    read("table.csv", text, &LoadOptions::default()).unwrap()
}

/// What is said of a table, without its name.
fn said_with(text: impl AsRef<[u8]>, options: &LoadOptions) -> String {
    let said = read("table.csv", text, options).unwrap_err().to_string();
    assert_eq!(said.lines().count(), 1, "{said}");
    said.split_once("table.csv: ")
        .unwrap_or_else(|| panic!("{said} does not begin with the file"))
        .1
        .to_owned()
}

fn said(text: impl AsRef<[u8]>) -> String {
    said_with(text, &LoadOptions::default())
}

fn shaped(height: usize, width: usize) -> LoadOptions {
    LoadOptions {
        shape: Some(Shape::new(height, width)),
        ..LoadOptions::default()
    }
}

fn labelled(label: &str) -> LoadOptions {
    LoadOptions {
        label: Some(label.to_owned()),
        ..LoadOptions::default()
    }
}

#[test]
fn delimiters_headers_and_line_ends_are_found_by_themselves() {
    let rows = Pixels::F32(array![[1.0, 0.5, 200.0], [3.0, 0.0, 2e3]]);
    for text in [
        "1,0.5,200\n3,0,2e3\n",
        "1\t0.5\t200\n3\t0\t2e3",
        "1;0.5;200\r\n3;0;2e3\r\n",
        "\u{feff}a,b,c\r\n1,0.5,200\r\n\r\n3,0,2e3",
        "\"a, or b\"\t\"two\nlines\"\tc\n\"1\"\t0.5\t\"200\"\n3\t 0\t2e3 \n",
        "a;b, c;d\n1;.5;200\n3;-0;+2e3\n",
    ] {
        let set = plain(text);
        assert_eq!(
            (&set.pixels, set.shape, set.len()),
            (&rows, Shape::new(1, 3), 2),
            "{text}"
        );
        assert_eq!(
            (&set.names[..], &set.labels),
            (&["0".to_owned(), "1".to_owned()][..], &None)
        );
    }
}

#[test]
fn a_first_line_that_only_counts_the_columns_is_asked_about() {
    for label in ["digit", "1"] {
        let set = read(
            "table.csv",
            "digit,0,1,2\n4,1,2,2\n5,3,4,4\n",
            &labelled(label),
        )
        .unwrap();
        assert_eq!(
            (set.len(), set.labels.unwrap().names.len()),
            (2, 2),
            "{label}"
        );
        assert!(
            set.notes[0].contains("numbers below a header"),
            "{:?}",
            set.notes
        );
    }
    let set = plain("0,1,2,3\n4,1,2,2\n5,3,4,4\n");
    let note = "table.csv holds 3 rows of 4 numbers; the first row counts the columns: if it is a header, remove it";
    assert_eq!((set.len(), set.notes[0].as_str()), (3, note));
    let words = read("table.csv", "cat,7,0,2\ndog,3,4,4\n", &labelled("1")).unwrap();
    assert_eq!((words.len(), words.notes[0].contains("header")), (2, false));
}

#[test]
fn a_row_has_the_given_shape_and_whole_numbers_are_8_bit_values() {
    let set = read(
        "t.tsv",
        "1\t2\t3\t4\t5\t6\n7\t8\t9\t10\t11\t255\n",
        &shaped(2, 3),
    )
    .unwrap();
    assert_eq!(
        set.pixels,
        Pixels::U8(array![[1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 255]])
    );
    assert_eq!(set.shape, Shape::new(2, 3));
    assert_eq!(
        set.notes[0],
        "t.tsv holds 2 rows of 6 numbers, levels of grey from 0 to 255"
    );
    for odd in ["256", "0.5", "1e3"] {
        let set = read("t.csv", format!("1,2\n3,{odd}\n5,6\n"), &shaped(2, 1)).unwrap();
        let odd: f32 = odd.parse().unwrap();
        assert_eq!(
            set.pixels,
            Pixels::F32(array![[1.0, 2.0], [3.0, odd], [5.0, 6.0]]),
            "{odd}"
        );
        assert_eq!(set.notes[0], "t.csv holds 3 rows of 2 numbers");
    }
    assert_eq!(
        plain("1,2\n3,4\n").pixels,
        Pixels::F32(array![[1.0, 2.0], [3.0, 4.0]]),
        "no picture, no greys"
    );
    assert_eq!(
        said_with("1,2,3\n4,5,6\n", &shaped(2, 2)),
        "a row of 3 values is not an image of 2x2, which has 4"
    );
}

#[test]
fn rows_that_go_down_columns_as_in_matlab_are_turned() {
    // The picture 1 2 3 above 4 5 6, as MATLAB flattens it.
    let options = LoadOptions {
        order: Order::Column,
        ..shaped(2, 3)
    };
    let upright = array![[1, 2, 3, 4, 5, 6], [10, 20, 30, 40, 50, 60]];
    let set = read("t.csv", "1,4,2,5,3,6\n10,40,20,50,30,60\n", &options).unwrap();
    assert_eq!(
        (set.pixels, set.shape),
        (Pixels::U8(upright.clone()), Shape::new(2, 3))
    );
    let desk = Desk::empty();
    desk.write_npy(
        "bytes.npy",
        &array![[1_u8, 4, 2, 5, 3, 6], [10, 40, 20, 50, 30, 60]],
    );
    desk.write_npy(
        "floats.npy",
        &array![[1_f32, 4., 2., 5., 3., 6.], [10., 40., 20., 50., 30., 60.]],
    );
    desk.write_npy(
        "mask.npy",
        &array![[1_u8, 1, 1, 1, 0, 1], [1, 1, 1, 1, 1, 1]],
    );
    assert_eq!(
        load(&desk.path("bytes.npy"), &options).unwrap().pixels,
        Pixels::U8(upright.clone())
    );
    let set = load(&desk.path("floats.npy"), &options).unwrap();
    assert_eq!(set.pixels, Pixels::F32(upright.mapv(f32::from)));
    let set = load(
        &desk.path("bytes.npy"),
        &LoadOptions {
            mask: Some(desk.path("mask.npy")),
            ..options
        },
    )
    .unwrap();
    let mask = set.mask.unwrap();
    assert!(
        mask.unknown() == 1 && !mask.is_known(0, 2),
        "the mask of a table is turned with it"
    );
    let fails = load(
        &desk.path("bytes.npy"),
        &LoadOptions {
            order: Order::Column,
            ..LoadOptions::default()
        },
    );
    assert!(
        fails
            .unwrap_err()
            .to_string()
            .starts_with("column order needs the height and width")
    );
}

#[test]
fn labels_are_read_from_the_column_that_is_named() {
    for (text, label) in [
        ("kind,a,b\ncat,1,2\ndog,3,4\ncat,5,6\n", "kind"),
        ("kind,a,b\ncat,1,2\ndog,3,4\ncat,5,6\n", "1"),
        ("a,b,\"the kind\"\n1,2,cat\n3,4,dog\n5,6,cat\n", "the kind"),
        ("1,cat,2\n3,dog,4\n5,\"cat\",6\n", "2"),
        // The third column is called 1: names go before numbers.
        ("a,b,1\n1,2,cat\n3,4,dog\n5,6,cat\n", "1"),
    ] {
        let set = read("t.csv", text, &labelled(label)).unwrap();
        assert_eq!(
            set.pixels,
            Pixels::F32(array![[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]),
            "{text}"
        );
        let labels = set.labels.unwrap();
        assert_eq!(
            (labels.names, labels.indices),
            (vec!["cat".to_owned(), "dog".to_owned()], vec![0, 1, 0])
        );
    }
    let set = read("digits.csv", "1,2,10\n3,4,9\n", &labelled("3")).unwrap();
    assert_eq!(
        (set.labels.unwrap().names, set.notes[0].as_str()),
        (
            vec!["9".to_owned(), "10".to_owned()],
            "digits.csv holds 2 rows of 2 numbers, labels in column 3"
        )
    );
    let set = read(
        "digits.csv",
        "a,b,digit\n1,2,10\n3,4,9\n",
        &labelled("digit"),
    )
    .unwrap();
    assert_eq!(
        set.notes[0],
        "digits.csv holds 2 rows of 2 numbers below a header, labels in column 3 (`digit`)"
    );
}

#[test]
fn fields_without_a_number_are_missing_on_request() {
    let nan = LoadOptions {
        missing: Some(Missing::Nan),
        ..LoadOptions::default()
    };
    for nothing in ["", "NA", "nan", "NaN", " N/A", "null"] {
        let text = format!("1,{nothing},3\n4,5,{nothing}\n");
        assert_eq!(
            said(&text),
            "line 1, column 2 is missing (empty, NA or NaN)"
        );
        for (options, bytes) in [
            (nan.clone(), false),
            (
                LoadOptions {
                    missing: Some(Missing::Nan),
                    ..shaped(1, 3)
                },
                true,
            ),
        ] {
            let set = read("t.csv", &text, &options).unwrap();
            let mask = set.mask.unwrap();
            assert!(
                mask.unknown() == 2 && !mask.is_known(0, 1) && !mask.is_known(1, 2),
                "{nothing}"
            );
            assert_eq!(matches!(set.pixels, Pixels::U8(_)), bytes);
        }
    }
    let turned = LoadOptions {
        missing: Some(Missing::Nan),
        order: Order::Column,
        ..shaped(2, 2)
    };
    let set = read("t.csv", "1,,3,4\n5,6,7,8\n", &turned).unwrap();
    assert!(
        !set.mask.unwrap().is_known(0, 2),
        "the second of a column is the first of the second row"
    );
    let zero = LoadOptions {
        missing: Some(Missing::Value(0.0)),
        ..LoadOptions::default()
    };
    assert_eq!(
        read("t.csv", "1,0\n0,4\n", &zero)
            .unwrap()
            .mask
            .unwrap()
            .unknown(),
        2
    );
    assert!(said_with("1,\n3,4\n", &zero).contains("column 2 is missing"));
}

#[test]
fn a_field_that_is_no_number_is_named_with_its_place_and_the_cure() {
    assert_eq!(
        said("kind,a\nx,1\nx,1\n"),
        "line 2, column 1 (`kind`) holds `x`, which is not a number"
    );
    // Lines are counted as an editor does, empty ones and those within quotation marks too.
    let places = [
        "1,2\n3,x\n",
        "a,b\r\n\r\n1,2\r\n3,x\r\n",
        "\"a\n\",b\n1,2\n\n\n3,x\n",
        "\u{feff}a,b\n1,2\n3,x",
    ];
    for (text, line) in places.iter().zip([2, 4, 6, 3]) {
        assert!(
            said(text).starts_with(&format!("line {line}, column 2")),
            "{text:?}: {}",
            said(text)
        );
    }
    assert!(
        said_with("k,a,b\nx,1,2\ny,3,z\n", &labelled("k")).ends_with("`z`, which is not a number")
    );
    assert!(said("a;b\n0,5,0;1\n0,5,0;2\n").ends_with("holds `0,5,0`, which is not a number"));
    let long = said(format!("a,b\n1,{0}\n1,{0}\n", "x\u{1b}".repeat(1000)));
    assert!(long.len() < 300 && !long.contains('\u{1b}'), "{long}");
    assert!(said(b"a,b\n1,\xff\n1,\xff\n").starts_with("line 2, column 2 (`b`) holds `\u{fffd}`"));
}

#[test]
fn a_column_without_a_name_that_counts_the_rows_is_ignored() {
    let rows = Pixels::F32(array![[7.0, 3.0], [14.0, 6.0], [21.0, 2.0]]);
    for (text, described) in [
        (",a,b\n0,7,3\n1,14,6\n2,21,2\n", "1 has no name and"),
        (",a,b\n1,7,3\n2,14,6\n3,21,2\n", "1 has no name and"),
        (
            "\"\",\"a\",\"b\"\n\"1\",7,3\n\"2\",14,6\n\"3\",21,2\n",
            "1 has no name and",
        ),
        (
            "Unnamed: 0,a,b\n0,7,3\n1,14,6\n2,21,2\n",
            "1 (`Unnamed: 0`)",
        ),
        ("a,index,b\n7,0,3\n14,1,6\n21,2,2\n", "2 (`index`)"),
        // R leaves the name of the first column out.
        ("a,b\n1,7,3\n2,14,6\n3,21,2\n", "1 has no name and"),
        (
            "\"a\" \"b\"\n\"1\" 7 3\n\"2\" 14 6\n\"3\" 21 2\n",
            "1 has no name and",
        ),
    ] {
        let set = plain(text);
        assert_eq!(set.pixels, rows, "{text}");
        let note = format!("column {described} counts the rows: it is ignored");
        assert!(set.notes[1].starts_with(&note), "{:?}", set.notes);
        let set = read("t.csv", text, &shaped(1, 2)).unwrap();
        assert_eq!(set.shape, Shape::new(1, 2), "{text}");
    }
    let set = read("t.csv", ",a,b\n0,7,3\n1,14,6\n", &shaped(1, 3)).unwrap();
    assert_eq!(set.shape, Shape::new(1, 3), "the size asks for the column");
    for text in [
        "first,a,b\n0,7,3\n1,14,6\n",
        ",a,b\n0,7,3\n2,14,6\n",
        "0,7,3\n1,14,6\n",
    ] {
        assert_eq!(plain(text).shape, Shape::new(1, 3), "{text}");
    }
    let note = "column 1 has no name and is read as a pixel; if it is an index, pass --ignore 1";
    let shuffled = plain(",a,b\n2,7,3\n0,14,6\n1,21,2\n");
    assert_eq!(
        (shuffled.shape, &shuffled.notes[1][..]),
        (Shape::new(1, 3), note)
    );
    for text in [
        "a\tb\n7\t3\t\n14\t6\t\n",
        "7\t3\t\n14\t6\t\n",
        "a;b;\n7;3;\n14;6;\n",
    ] {
        let set = plain(text);
        assert_eq!(
            set.pixels,
            Pixels::F32(array![[7.0, 3.0], [14.0, 6.0]]),
            "{text}"
        );
        assert_eq!(set.notes[1], "column 3 has no values: it is ignored");
    }
    let long = (0..10)
        .map(|row| format!("{row},{},2", row % 3))
        .collect::<Vec<_>>()
        .join("\n");
    assert_eq!(plain(&long).shape, Shape::new(1, 2), "no header, ten rows");
    let named = plain(format!("id,a,b\n{long}"));
    assert_eq!(named.shape, Shape::new(1, 3));
    let note = "column 1 (`id`) counts the rows; if it is no pixel, pass --ignore id";
    assert!(
        named.notes.iter().any(|found| found == note),
        "{:?}",
        named.notes
    );
}

#[test]
fn columns_are_ignored_on_request_or_taken_for_names() {
    let text = "id,cond,p0,p1\nx7,a,1,2\nx9,b,3,4\nx8,a,5,6\n";
    let options = LoadOptions {
        label: Some("cond".to_owned()),
        ..LoadOptions::default()
    };
    let set = read("t.csv", text, &options).unwrap();
    assert_eq!(
        set.pixels,
        Pixels::F32(array![[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    );
    assert_eq!(set.names, ["x7", "x9", "x8"]);
    assert_eq!(set.labels.unwrap().indices, [0, 1, 0]);
    assert!(set.notes[1].starts_with("column 1 (`id`) has a different text in every row"));
    let set = plain("cat,7,0,2\ndog,3,4,4\n");
    assert_eq!(
        set.pixels,
        Pixels::F32(array![[7.0, 0.0, 2.0], [3.0, 4.0, 4.0]])
    );
    assert_eq!(set.names, ["cat", "dog"], "the first line is a row");
    for header in ["name,0,1,2", "name,400,405,410", "name,a,b,c"] {
        let set = plain(format!("{header}\ncat,7,0,2\ndog,3,4,4\n"));
        assert_eq!((set.len(), set.shape), (2, Shape::new(1, 3)), "{header}");
    }
    let thousands = said("a,b\n\"1,234\",5\n\"2,345\",6\n");
    assert!(
        thousands.starts_with("line 2, column 1 (`a`) holds `1,234`"),
        "{thousands}"
    );
    assert!(said("cat,7,0\ncat,3,4\n").starts_with("line 1, column 1 holds `cat`"));
    for ignored in [["id", "cond"], ["1", "2"]] {
        let options = LoadOptions {
            ignore: ignored.map(str::to_owned).to_vec(),
            ..LoadOptions::default()
        };
        let set = read("t.csv", text, &options).unwrap();
        assert_eq!((set.shape, &set.names[0][..]), (Shape::new(1, 2), "0"));
    }
    assert!(said(text).starts_with("line 2, column 2 (`cond`) holds `a`, which is not a number"));
    let unknown = LoadOptions {
        ignore: vec!["di".to_owned()],
        ..LoadOptions::default()
    };
    assert!(said_with(text, &unknown).starts_with("the table has no column `di`; allowed are id"));
}

#[test]
fn spaces_separate_fields_whatever_their_number() {
    let rows = Pixels::F32(array![[6.0, 0.5, 1.0], [5.0, 0.0, 1.0]]);
    for text in [
        "6 0.5 1 \n5 0 1 \n",
        "   6.000000000000000000e+00 5.0e-01 1.0E+00\r\n\r\n 5   0\t1\r\n",
        "# a comment, with; delimiters\n6 0.5 1\n# another\n5 0 1",
        "a b c\n6 0.5 1\n5 0 1\n",
        "6,0 0,5 1,0\n5,0 0,0 1,0\n",
        "6;0,5;1\n5;0;1\n",
        "# a,b\n6,0.5,1\n5,0,1\n",
    ] {
        let desk = Desk::empty();
        desk.write("table.txt", text);
        desk.write("table.txt.gz", gzip(text.as_bytes()));
        for name in ["table.txt", "table.txt.gz"] {
            let set = load(&desk.path(name), &LoadOptions::default()).unwrap();
            assert_eq!(set.pixels, rows, "{name}: {text}");
        }
    }
    let excel = plain("sep=;\r\na;b\r\n6;0,5\r\n5;0\r\n");
    assert_eq!(excel.pixels, Pixels::F32(array![[6.0, 0.5], [5.0, 0.0]]));
    assert!(said("sep=,\n1,2\n3,x\n").starts_with("line 3, column 2 holds `x`"));
    assert!(plain("6;0,5\n5;0\n").notes[0].contains("with decimal commas"));
    let negative = said("6 0.5 -1 \n5 0 1 \n");
    assert!(
        negative.starts_with("1 negative value down to -1, the first at image 0, row 0, column 2")
    );
    assert!(said("1 2\n\n# c\n3 x\n").starts_with("line 4, column 2 holds `x`"));
    assert!(said("1,2\n\n# c\n3,x\n").starts_with("line 4, column 2 holds `x`"));
    assert!(said("1 1:0.5 7:1\n2 2:1\n").starts_with("the rows are sparse (`label index:value`"));
}

#[test]
fn one_column_more_than_pixels_is_the_labels_if_only_one_can_be() {
    for (text, column, labels) in [
        ("6 0.5 1 \n5 0 1 \n", "1", ["5", "6"]),
        ("0.5,1,6\n0,1,5\n", "3", ["5", "6"]),
        ("a,label,b\n0.5,6,1\n0,5,0.5\n", "", ["", ""]),
        ("a,b,label\n2,3,6\n4,5,5\n", "3 (`label`)", ["5", "6"]),
    ] {
        let read = read("t.csv", text, &shaped(1, 2));
        if column.is_empty() {
            assert!(read.is_err(), "{text}");
            continue;
        }
        let set = read.unwrap();
        assert_eq!(set.shape, Shape::new(1, 2), "{text}");
        assert_eq!(set.labels.unwrap().names, labels, "{text}");
        let note = format!("column {column} is taken for the labels");
        assert!(set.notes[1].starts_with(&note), "{:?}", set.notes);
    }
    assert_eq!(
        said_with("2,3,6\n4,5,5\n", &shaped(1, 2)),
        "a row of 3 values is not an image of 2x1, which has 2",
        "the first and the last column can be labels"
    );
    let set = plain("label,a\n3,4\n5,9\n");
    let note = "column 1 (`label`) is read as a pixel; if it has the labels, pass --label label";
    assert_eq!(set.notes[1], note);
}

#[test]
fn a_field_may_hold_all_pixels() {
    let pixels = Pixels::U8(array![[1, 2], [3, 40]]);
    for text in [
        "e,pixels\n0,\"1 2\"\n1,\"3 40\"\n",
        "emotion,pixels,Usage\n0,1 2,Training\n1,3  40 ,Test\n",
        "pixels\n1 2\n3 40\n",
        "0,1 2\n1,3 40\n",
        "e,pixels\n0,\"[1, 2]\"\n1,\"[3,40]\"\n",
        "1 2;0\n3 40;1\n",
    ] {
        let set = read("f.csv", text, &shaped(1, 2)).unwrap();
        assert_eq!(set.pixels, pixels, "{text}");
    }
    let text = "emotion,pixels\n0,\"1 2\"\n3,\"3 40\"\n";
    let set = plain(text);
    assert_eq!(set.pixels, Pixels::F32(array![[1.0, 2.0], [3.0, 40.0]]));
    assert_eq!(
        set.notes[1],
        "the pixels are those in column 2 (`pixels`); not read: column 1 (`emotion`); if one has the labels, pass it to \
         --label"
    );
    let labels = read("f.csv", text, &labelled("emotion"))
        .unwrap()
        .labels
        .unwrap();
    assert_eq!(labels.names, ["0", "3"]);
    assert_eq!(
        said("e,pixels\n0,1 2\n1,3 4 5\n"),
        "line 3, column 2 (`pixels`) holds 3 numbers, but that of the first row holds 2"
    );
    assert!(
        said("e,pixels\n0,1 2\n1,3 x\n")
            .starts_with("line 3, column 2 (`pixels`) holds `x`, which is not a number")
    );
    assert_eq!(
        said_with(text, &shaped(1, 3)),
        "a row of 2 values is not an image of 3x1, which has 3"
    );
}

#[test]
fn the_columns_of_a_turned_table_are_images() {
    let transpose = |options| LoadOptions {
        transpose: true,
        ..options
    };
    let text = "left,right\n1,10\n2,20\n3,30\n";
    let set = read("t.csv", text, &transpose(shaped(1, 3))).unwrap();
    assert_eq!(set.pixels, Pixels::U8(array![[1, 2, 3], [10, 20, 30]]));
    assert_eq!(set.names, ["left", "right"]);
    let set = read("t.csv", text, &transpose(LoadOptions::default())).unwrap();
    assert_eq!(set.shape, Shape::new(1, 3));
    let set = read(
        "t.csv",
        ",a,b\n0,1,10\n1,2,20\n2,3,30\n",
        &transpose(shaped(1, 3)),
    )
    .unwrap();
    assert_eq!(
        (set.len(), &set.names[..]),
        (2, &["a".to_owned(), "b".to_owned()][..])
    );
    assert_eq!(
        said_with(text, &shaped(1, 3)),
        "a row of 2 values is not an image of 3x1, but a column of 3 values is: transpose the table"
    );
    assert_eq!(
        said_with(text, &transpose(labelled("left"))),
        "a table whose columns are the images has no column of labels"
    );
}

#[test]
fn broken_tables_are_refused_in_one_line() {
    assert_eq!(
        said(""),
        "the file is empty: a table needs one line of numbers per image"
    );
    assert_eq!(
        said("\n\r\n"),
        "the file is empty: a table needs one line of numbers per image"
    );
    assert_eq!(
        said("a,b,c\n"),
        "the table has a header but no lines of numbers"
    );
    assert_eq!(
        said("1,2\n3\n"),
        "line 2 has 1 field, but the first line has 2"
    );
    assert_eq!(
        said("a,b\n7,2,3\n1,4,5\n"),
        "line 2 has 3 fields, but the first line has 2"
    );
    assert!(said("a,b\n1,2,3,4 5\n").starts_with("line 2 has 4 fields"));
    assert_eq!(
        said("a,b\n1,2\n3,4,5\n"),
        "line 3 has 3 fields, but the first line has 2"
    );
    assert_eq!(
        said(b"\xff\xfe1\0,\x002\0"),
        "the text is UTF-16: save it as UTF-8"
    );
    assert_eq!(said("1,2\n"), "1 usable, at least 2 images are needed");
    assert_eq!(
        said_with("a,b\n1,2\n", &labelled("c")),
        "the table has no column `c`; allowed are a, b, or a number from 1 to 2"
    );
    let numbers =
        "the table has no column `3` and no header: pass the number of the column, 1 to 2";
    assert_eq!(said_with("1,2\n3,4\n", &labelled("3")), numbers);
    assert_eq!(
        said_with("1\n2\n", &labelled("1")),
        "the only column of the table is the label column: no numbers are left"
    );
    assert_eq!(
        said("1,2\n3,-4\n-5,6\n"),
        "2 negative values down to -5, the first at image 1, row 0, column 1 (counted from 0): parts need \
         non-negative values; shift all values up, clip them at 0 or mask them"
    );
    assert!(said("1,2\n3,inf\n").starts_with("1 value is NaN or infinite, the first at image 1"));
}

#[test]
fn a_quotation_mark_that_is_left_open_does_not_fill_the_memory() {
    let mut text = "1,2\n\"3,4\n".to_owned();
    text.push_str(&"5,6\n".repeat(10 << 20));
    let open =
        "line 2 cannot be read: it is longer than 16 MB; check for an unclosed quotation mark";
    assert_eq!(said(&text), open);
}

#[test]
fn a_table_is_detected_from_its_content_and_otherwise_from_its_name() {
    for (name, text, is_table) in [
        ("t", "1,2\n3,4\n", true),
        ("t.txt", "a;b\n3;4\n5;6\n", true),
        (
            "t",
            "Dear Madam, it is 3 o'clock\nand, well, 4 o'clock\n",
            false,
        ),
        ("t", "1 2\n3 4\n", true),
        ("t", "two words\nand two\n", false),
        ("t", "1 2\n3 4 5\n", false),
        ("t.csv", "<!doctype html>\n1,2\n3,4\n", false),
        ("t.csv", "shopping\n", true),
    ] {
        let said = read(name, text, &LoadOptions::default())
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default();
        let other = said.contains("is neither a folder") || said.contains("is a web page");
        assert_eq!(other, !is_table, "{name} {text:?}: {said}");
    }
    let forced = LoadOptions {
        format: Some(Format::Csv),
        ..LoadOptions::default()
    };
    assert_eq!(
        read("t", "7\n8\n", &forced).unwrap().shape,
        Shape::new(1, 1)
    );
}

#[test]
fn rows_that_are_no_pictures_are_not_resized() {
    let size = Some(Shape::new(2, 2));
    let options = LoadOptions {
        size,
        ..LoadOptions::default()
    };
    let words = "rows of 4 numbers cannot be resized without their height and width";
    assert_eq!(said_with("1,2,3,4\n5,6,7,8\n", &options), words);
    let set = read(
        "t.csv",
        "1,1,1,1\n3,3,3,3\n",
        &LoadOptions {
            size: Some(Shape::new(1, 3)),
            ..shaped(2, 2)
        },
    )
    .unwrap();
    assert_eq!(set.pixels, Pixels::U8(array![[1, 1, 1], [3, 3, 3]]));
    // New images are taken for such as they are to be compared with.
    let desk = Desk::empty();
    desk.write("new.csv", "1,2,3,4\n");
    desk.write_npy("new.npy", &array![[5_u8, 6, 7, 8]]);
    let set = load_several(
        &["new.csv", "new.npy"].map(|name| desk.path(name)),
        &options,
    )
    .unwrap();
    assert_eq!((set.shape, set.len()), (Shape::new(2, 2), 2));
}

#[test]
fn options_for_rows_are_refused_for_other_inputs() {
    let desk = Desk::with_pictures();
    desk.write_npy("cube.npy", &ndarray::Array3::<u8>::ones((3, 2, 2)));
    let fails = |name: &str, options: &LoadOptions| {
        load(&desk.path(name), options).unwrap_err().to_string()
    };
    assert!(fails("pictures", &shaped(2, 2)).ends_with("is not a table"));
    assert!(
        fails("cube.npy", &shaped(2, 2))
            .contains("the array's shape is [3, 2, 2], which is not that of a table")
    );
    assert!(fails("cube.npy", &labelled("1")).contains("cube.npy has no label column"));
    let forced = LoadOptions {
        format: Some(Format::Csv),
        ..LoadOptions::default()
    };
    assert!(fails("pictures", &forced).contains("pictures is not a file of many images"));
}

#[test]
fn the_command_learns_from_a_table_and_projects_another() {
    let desk = Desk::empty();
    let mut text = "kind,".to_owned()
        + &(0..48)
            .map(|pixel| format!("p{pixel}"))
            .collect::<Vec<_>>()
            .join(",");
    let bars = command::bars(12, 6, 8);
    let table: Array2<u8> = bars.into_shape_with_order((12, 48)).unwrap();
    for (image, row) in table.outer_iter().enumerate() {
        let values: Vec<String> = row.iter().map(ToString::to_string).collect();
        write!(
            text,
            "\n{},{}",
            ["odd", "even"][image % 2],
            values.join(",")
        )
        .unwrap();
    }
    desk.write("t.csv", text);
    let line = "t.csv -k 2 --row-size 8x6 --label kind --json -o out --only parts";
    let run = desk.command(line).assert().success();
    let report: serde_json::Value = serde_json::from_slice(&run.get_output().stdout).unwrap();
    let input = &report["input"];
    assert_eq!(
        (&input["width"], &input["height"], &input["labels"]),
        (&8.into(), &6.into(), &serde_json::json!(["even", "odd"]))
    );
    let asked = serde_json::json!(["6x8", "8x6", "row", "kind", null]);
    let echoed = ["shape", "row_size", "order", "label", "from"]
        .map(|key| input["preparation"][key].clone());
    assert_eq!(serde_json::Value::from(echoed.to_vec()), asked);
    let note = "note: t.csv holds 12 rows of 48 numbers below a header, levels of grey from 0 to 255, labels in column 1 (`kind`)";
    let told = desk
        .command("compare t.csv --rules hals -k 2 --from csv --row-size 8x6 --label 1 -o compared")
        .assert()
        .success();
    told.stderr(predicates::str::contains(note));
    desk.command("ranks t.csv -k 1..2 --from csv --label kind -o ranked")
        .assert()
        .success();
    desk.command("project out t.csv --label kind -o projected")
        .assert()
        .success();
    let unknown = desk.command("t.csv --from xls").assert().code(2);
    unknown.stderr(predicates::str::contains(
        "[possible values: npy, npz, idx, csv",
    ));
}

#[test]
fn the_old_spelling_of_the_row_size_means_the_same_for_a_release() {
    let desk = Desk::empty();
    let table: Array2<u8> = command::bars(12, 6, 8)
        .into_shape_with_order((12, 48))
        .unwrap();
    desk.write_npy("rows.npy", &table);
    let note =
        "note: --shape 6x8 (height x width) will be removed: pass --row-size 8x6 (width x height)";
    for command in [
        "rows.npy",
        "compare rows.npy --rules hals",
        "ranks rows.npy --to 2",
    ] {
        let rank = if command.starts_with("ranks") {
            ""
        } else {
            "-k 2"
        };
        let run = desk
            .command(&format!("{command} --shape 6x8 {rank} -o out"))
            .assert()
            .success();
        run.stderr(predicates::str::contains(note))
            .stdout(predicates::str::contains("12 images of 8x6"));
    }
    desk.command("pack rows.npy --shape 6x8 --out packed.npy")
        .assert()
        .success()
        .stderr(predicates::str::contains(note));
    assert_eq!(
        load(&desk.path("packed.npy"), &LoadOptions::default())
            .unwrap()
            .shape,
        Shape::new(6, 8)
    );
    desk.command("rows.npy --shape 6x8 --row-size 8x6")
        .assert()
        .code(2);
    let help = desk.command("--help").assert().success();
    let help = String::from_utf8(help.get_output().stdout.clone()).unwrap();
    assert!(help.contains("--row-size <WxH>") && !help.contains("--shape"));
}

#[test]
fn rows_without_a_size_get_one_note_with_the_sizes_that_fit() {
    let desk = Desk::empty();
    let table: Array2<u8> = command::bars(12, 6, 8)
        .into_shape_with_order((12, 48))
        .unwrap();
    desk.write_npy("rows.npy", &table);
    desk.write_npy("turned.npy", &table.t().as_standard_layout());
    let lines: Vec<String> = table
        .outer_iter()
        .map(|row| {
            row.iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(",")
        })
        .collect();
    desk.write("rows.csv", lines.join("\n"));
    for name in ["rows.npy", "rows.csv"] {
        let set = load(&desk.path(name), &LoadOptions::default()).unwrap();
        let start = "rows of 48 values are read as images one pixel high; if they are images, pass --row-size 8x6 (or ";
        assert!(set.notes[0].starts_with(start), "{:?}", set.notes);
        let set = load(&desk.path(name), &shaped(6, 8)).unwrap();
        assert!(
            set.notes.iter().all(|note| !note.contains("--row-size")),
            "{:?}",
            set.notes
        );
        let set = load(&desk.path(name), &shaped(8, 6)).unwrap();
        assert!(
            set.notes[0]
                .starts_with("rows are smoother as images of 8x6 than of 6x8 (width x height)"),
            "{:?}",
            set.notes
        );
    }
    desk.command("turned.npy --row-size 8x6 -k 2")
        .assert()
        .code(1)
        .stderr(predicates::str::contains(
            "transpose the table; pass --transpose",
        ));
    desk.command("turned.npy --row-size 8x6 --transpose -k 2 --only parts -o out")
        .assert()
        .success()
        .stdout(predicates::str::contains("12 images of 8x6"));
}

/// The lines before a gap are not counted for it: that takes minutes here, as the file is read once per gap.
#[test]
fn a_table_of_many_gaps_is_read_at_once() {
    let row = format!("1{}2\n", ",".repeat(99));
    let options = LoadOptions {
        missing: Some(Missing::Nan),
        ..LoadOptions::default()
    };
    let began = Instant::now();
    let set = read("table.csv", row.repeat(2000), &options).unwrap();
    let mask = set.mask.as_ref().unwrap();
    assert!(mask.is_known(1999, 99) && !mask.is_known(1999, 98));
    assert!(began.elapsed() < Duration::from_secs(30));
}
