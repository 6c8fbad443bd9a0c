//! The memory of a run: that it keeps to what it can use, and what is said where that is not enough.

#![cfg(target_os = "linux")]

#[path = "common/command.rs"]
mod command;

use std::fs::{self, File};
use std::io::{Cursor, Write};
use std::process::{Command, Output};

use command::{Desk, bars, pgm};
use ndarray::Array2;
use tiff::encoder::TiffEncoder;
use tiff::encoder::colortype::Gray8;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Images of the sets below, and their sides.
const IMAGES: usize = 1500;
const SIDE: usize = 16;

/// Runs the command where addresses are limited to so many kilobytes.
fn limited(desk: &Desk, line: &str, kilobytes: u64) -> Output {
    Command::new("sh")
        .args(["-c", "ulimit -v $0; exec \"$@\"", &kilobytes.to_string()])
        .arg(env!("CARGO_BIN_EXE_nmf-images"))
        .args(line.split_whitespace())
        .current_dir(desk.path(""))
        .output()
        .unwrap()
}

/// The only line on stderr of a run that was refused.
fn refusal(output: &Output, line: &str) -> String {
    let stderr = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(1), "{line}: {stderr}");
    assert_eq!(stderr.lines().count(), 1, "{line}: {stderr}");
    assert!(output.stdout.is_empty(), "{line}: not a word on stdout");
    stderr
}

/// The memory, in megabytes, that a refused run names as enough.
fn named_megabytes(refusal: &str) -> u64 {
    let (_, rest) = refusal
        .split_once("pass --memory ")
        .unwrap_or_else(|| panic!("{refusal}"));
    rest.split_once("MB").unwrap().0.parse().unwrap()
}

/// A set in a folder of the desk, in each format.
fn write_sets(desk: &Desk) {
    let bytes = bars(IMAGES, SIDE, SIDE);
    desk.write_npy("u8.npy", &bytes);
    desk.write_npy("u16.npy", &bytes.mapv(|value| u16::from(value) * 250));
    desk.write_npy("f32.npy", &bytes.mapv(f32::from));
    desk.write_npy("f64.npy", &bytes.mapv(f64::from));
    let sides = [IMAGES, SIDE, SIDE].map(|side| (side as u32).to_be_bytes());
    let header = [&[0, 0, 8, 3][..], sides.as_flattened()].concat();
    desk.write(
        "images-idx3-ubyte",
        [&header[..], bytes.as_slice().unwrap()].concat(),
    );
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut tar = tar::Builder::new(Vec::new());
    let mut stack = Cursor::new(Vec::new());
    let mut pages = TiffEncoder::new(&mut stack).unwrap();
    let mut table = String::new();
    for (index, image) in bytes.outer_iter().enumerate() {
        let values: Vec<u8> = image.iter().copied().collect();
        let file = pgm(SIDE, SIDE, &values);
        desk.write(&format!("folder/{index}.pgm"), &file);
        zip.start_file(format!("{index}.pgm"), SimpleFileOptions::default())
            .unwrap();
        zip.write_all(&file).unwrap();
        let mut header = tar::Header::new_gnu();
        header.set_size(file.len() as u64);
        tar.append_data(&mut header, format!("{index}.pgm"), &file[..])
            .unwrap();
        pages
            .write_image::<Gray8>(SIDE as u32, SIDE as u32, &values)
            .unwrap();
        let fields: Vec<String> = values.iter().map(u8::to_string).collect();
        table += &(fields.join(",") + "\n");
    }
    desk.write("set.zip", zip.finish().unwrap().into_inner());
    desk.write("set.tar", tar.into_inner().unwrap());
    desk.write("stack.tif", stack.into_inner());
    desk.write("table.csv", table);
}

/// Addresses, in kilobytes, in which the program starts and no run fits, however small the caches of the processor are,
/// whose sizes count.
const TOO_FEW: u64 = 60_000;

/// Checks that a run is refused in half of the memory that it names, and succeeds in a tenth more.
fn keeps_to_what_it_names(desk: &Desk, line: &str) {
    let refused = refusal(&limited(desk, line, TOO_FEW), line);
    let needed = named_megabytes(&refused);
    let half = limited(desk, line, needed * 1_000_000 / 1024 / 2);
    refusal(&half, line);
    let more = limited(desk, line, needed * 1_100_000 / 1024);
    let stderr = String::from_utf8_lossy(&more.stderr);
    assert!(more.status.success(), "{line} in {needed} MB: {stderr}");
}

#[test]
fn every_format_keeps_to_the_memory_that_it_names() {
    let desk = Desk::empty();
    write_sets(&desk);
    for input in [
        "u8.npy",
        "u16.npy",
        "f32.npy",
        "f64.npy",
        "images-idx3-ubyte",
        "folder",
        "set.zip",
        "set.tar",
        "stack.tif",
        "table.csv --row-size 16x16",
    ] {
        let line = format!("{input} -k 20 --max-iter 3 --tol 0 --threads 2 -q --only convergence");
        keeps_to_what_it_names(&desk, &line);
    }
}

#[test]
fn every_command_keeps_to_the_memory_that_it_names() {
    let desk = Desk::empty();
    write_sets(&desk);
    desk.command("u8.npy -k 9 --max-iter 3 --tol 0 -q --only convergence")
        .assert()
        .success();
    desk.write_npy("weights.npy", &Array2::<f32>::ones((SIDE, SIDE)));
    for line in [
        "u8.npy -k auto --limit 400 --max-iter 3 --threads 2 -q --only convergence -o auto",
        "u8.npy -k 9 --max-iter 3 --tol 0 --restarts 2 --threads 2 -q -o all --only comparison,usage",
        "u8.npy -k 9 --max-iter 3 --tol 0 --threads 2 -q -o noisy --noise block:4 --only denoise",
        "f32.npy -k 2 --max-iter 3 --tol 0 --threads 2 -q -o floats --noise gaussian:0.1 --hold-out 0.5 --only parts",
        "u8.npy -k 24 --fixed output/model.npz --max-iter 3 --tol 0 --threads 2 -q -o kept --only parts",
        "u8.npy -k 9 --pixel-weights weights.npy --max-iter 3 --tol 0 --threads 2 -q -o weighted --only parts",
        "u8.npy --init output/model.npz --save-start --max-iter 3 --tol 0 --threads 2 -q -o started --only parts",
        "compare u8.npy -k 9 --max-iter 3 --tol 0 --threads 2 -q -o compared",
        "compare u8.npy --init output/model.npz --max-iter 3 --tol 0 --threads 2 -q -o again",
        "compare u8.npy --init output/model.npz --seeds 0,1 --noises none,block:4 --rules hals --max-iter 3 --tol 0 --threads 2 -q -o noisier",
        "compare u8.npy --ranks 4,9 --noises none,block:4 --rules hals --max-iter 3 --tol 0 --threads 2 -q -o several",
        "ranks u8.npy -k 1..3 --restarts 1 --threads 2 -q -o ranks",
        "project output u8.npy --threads 2 -q",
        "pack u8.npy --out packed/set.npy --threads 2 -q",
        "pack folder --out packed/set.npy --threads 2 -q",
    ] {
        keeps_to_what_it_names(&desk, line);
    }
}

/// The sizes of the files are enough to refuse them: four photographs in less memory than learning from them takes.
#[test]
fn photographs_that_exceed_memory_are_refused_before_they_are_decoded() {
    let desk = Desk::empty();
    let photograph = pgm(4000, 3000, &vec![90; 12_000_000]);
    for index in 0..4 {
        desk.write(&format!("photographs/{index}.pgm"), &photograph);
    }
    let line = "photographs -k 2";
    let refused = refusal(&limited(&desk, line, 1_500_000), line);
    for option in ["--size", "--limit", "--memory"] {
        assert!(refused.contains(option), "{refused}");
    }
    assert!(refused.contains("4 images of 12000000 pixels"), "{refused}");
    assert!(!desk.path("output").exists(), "nothing is left behind");
}

/// Archives are refused from the headers of their pictures too; the pixels are not even there.
#[test]
fn archives_that_exceed_memory_are_refused_before_they_are_decoded() {
    let desk = Desk::empty();
    let photograph = b"P5\n4000 3000\n255\n";
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut tar = tar::Builder::new(Vec::new());
    for index in 0..4 {
        let name = format!("{index}.pgm");
        zip.start_file(&name, SimpleFileOptions::default()).unwrap();
        zip.write_all(photograph).unwrap();
        let mut header = tar::Header::new_gnu();
        header.set_size(photograph.len() as u64);
        tar.append_data(&mut header, &name, &photograph[..])
            .unwrap();
    }
    desk.write("set.zip", zip.finish().unwrap().into_inner());
    desk.write("set.tar", tar.into_inner().unwrap());
    for archive in ["set.zip", "set.tar"] {
        let line = format!("{archive} -k 2 --memory 500MB");
        let refused = refusal(&desk.command(&line).output().unwrap(), &line);
        assert!(refused.contains("4 images of 12000000 pixels"), "{refused}");
    }
}

/// A table is refused at the row that exceeds memory, with what all rows need; the last row, which is no number, is not
/// reached.
#[test]
fn tables_that_exceed_memory_are_refused_while_they_are_read() {
    let desk = Desk::empty();
    let row = vec!["7.5"; 256].join(",");
    let rows = vec![row.as_str(); 5000].join("\n");
    desk.write(
        "table.csv",
        format!("{rows}\nno number{}\n", ",1".repeat(255)),
    );
    let refused = |megabytes: u64| {
        let line = format!("table.csv --row-size 16x16 -k 20 --memory {megabytes}MB --threads 2");
        refusal(&desk.command(&line).output().unwrap(), &line)
    };
    let at_once = refused(1);
    let needed = named_megabytes(&at_once);
    // Memory is compared every 64 rows, which take less than a megabyte.
    for refused in [at_once, refused(needed - 2)] {
        assert!(refused.contains("5001 images of 256 pixels"), "{refused}");
        assert_eq!(named_megabytes(&refused), needed, "{refused}");
    }
    let enough = refused(needed);
    assert!(enough.contains("no number"), "{enough}");
}

/// A million images of 28x28 and 49 parts: the weights alone take 196 MB, and 1 GB is enough for all.
#[test]
fn a_million_images_fit_into_a_gigabyte() {
    let desk = Desk::empty();
    let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (1000000, 28, 28), }\n";
    let size = (header.len() as u16).to_le_bytes();
    desk.write(
        "million.npy",
        [b"\x93NUMPY\x01\x00", &size[..], header.as_bytes()].concat(),
    );
    // The values are zeros that take no room on disk.
    let file = File::options()
        .append(true)
        .open(desk.path("million.npy"))
        .unwrap();
    file.set_len(10 + header.len() as u64 + 784_000_000)
        .unwrap();
    let needed = |options: &str| {
        let line = format!("million.npy -k 49 --memory 500MB --threads 2 {options}");
        let refused = desk.command(&line).output().unwrap();
        named_megabytes(&refusal(&refused, &line))
    };
    assert!(
        needed("--checkpoint off") <= 1000,
        "{}",
        needed("--checkpoint off")
    );
    assert!(
        needed("--checkpoint 60") > 588,
        "three copies of the weights"
    );
}

/// Ranks are tried on as many images as the named memory holds, however few these are.
#[test]
fn ranks_of_a_set_in_its_file_are_tried_in_the_memory_that_is_named() {
    let desk = Desk::empty();
    desk.write_npy("u8.npy", &bars(300_000, 20, 20));
    let line = |megabytes: u64| {
        format!("ranks u8.npy -k 1..2 --restarts 2 --threads 2 --memory {megabytes}MB -o ranks")
    };
    let refused = desk.command(&line(1)).output().unwrap();
    let least = named_megabytes(&refusal(&refused, "ranks"));
    // What the run takes with reserved addresses is more than half of what these limits allow, so that it is noted.
    let named = named_megabytes(&refusal(&limited(&desk, &line(least), 200_000), "ranks"));
    let tried = limited(&desk, &line(least), named * 1_100_000 / 1024);
    let notes = String::from_utf8_lossy(&tried.stderr);
    assert!(
        tried.status.success() && notes.contains("evenly spread, are used"),
        "{notes}"
    );
    let (_, noted) = notes.split_once("this run takes up to ").unwrap();
    let noted: f64 = noted.split_once(" GB").unwrap().0.parse().unwrap();
    assert!(noted * 1000.0 <= named as f64 + 100.0, "{named}: {notes}");
}

/// A folder is packed with the memory that a refusal names, which is that of one image at a time.
#[test]
fn a_folder_is_packed_within_the_memory_that_it_names() {
    let desk = Desk::empty();
    let photograph = pgm(2000, 1500, &vec![90; 3_000_000]);
    for index in 0..6 {
        desk.write(&format!("photographs/{index}.pgm"), &photograph);
    }
    let line = |megabytes: u64| {
        format!("pack photographs --out set.npy --memory {megabytes}MB --threads 2 -q")
    };
    let refused = refusal(&desk.command(&line(30)).output().unwrap(), "pack");
    assert!(
        refused.contains("1 image of 3000000 pixels needs"),
        "{refused}"
    );
    assert!(refused.contains("--size or --limit, or pass"), "{refused}");
    assert!(!desk.path("set.npy").exists());
    desk.command(&line(named_megabytes(&refused)))
        .assert()
        .success();
}

/// New images are refused as soon as those that were read fill the memory, and without options that `project` does not have.
#[test]
fn several_inputs_that_exceed_memory_are_refused_before_all_are_read() {
    let desk = Desk::empty();
    desk.write_npy("few.npy", &bars(20, SIDE, SIDE));
    desk.command("few.npy -k 2 --max-iter 2 --tol 0 -q --only convergence")
        .assert()
        .success();
    for name in ["one.npy", "two.npy"] {
        desk.write_npy(name, &bars(8000, SIDE, SIDE).mapv(f32::from));
    }
    let refused = |inputs: &str, megabytes: u64| {
        let line = format!("project output {inputs} --threads 1 --memory {megabytes}MB");
        refusal(&desk.command(&line).output().unwrap(), &line)
    };
    let one = named_megabytes(&refused("one.npy", 1));
    let two = refused("one.npy two.npy missing.npy", one);
    assert!(two.contains("images of 256 pixels"), "{two}");
    assert!(
        two.contains("; pass fewer images at a time, or pass"),
        "{two}"
    );
}

/// Where addresses are limited, those that are reserved do not count as memory, and the limit is named.
#[test]
fn reserved_addresses_are_no_memory() {
    let desk = Desk::empty();
    desk.write_npy("u8.npy", &bars(IMAGES, SIDE, SIDE));
    let line =
        |megabytes: u64| format!("pack u8.npy --out set.npy --memory {megabytes}MB --threads 2 -q");
    let least = named_megabytes(&refusal(&desk.command(&line(1)).output().unwrap(), "pack"));
    let limited_by = |kilobytes| limited(&desk, &line(least), kilobytes);
    let enough = limited_by(4_000_000);
    let stderr = String::from_utf8_lossy(&enough.stderr);
    assert!(enough.status.success(), "{stderr}");
    let refused = refusal(&limited_by(100_000), "pack");
    assert!(
        refused.contains("or raise the limit of addresses (`ulimit -v`) and pass --memory"),
        "{refused}"
    );
}

/// Values that are converted as they are read stay in their file too, and give the same model.
#[test]
fn arrays_of_every_type_stay_in_their_file_where_memory_does_not_hold_them() {
    let desk = Desk::empty();
    let values = bars(60_000, 10, 10);
    desk.write_npy("u16.npy", &values.mapv(|value| u16::from(value) * 250));
    let line = |rest: &str| {
        format!("u16.npy -k 3 --max-iter 2 --tol 0 --threads 2 --only convergence {rest}")
    };
    let least = refusal(
        &desk.command(&line("--memory 1MB")).output().unwrap(),
        "least",
    );
    let least = named_megabytes(&least);
    let stored = desk
        .command(&line(&format!("--memory {least}MB -o stored")))
        .output()
        .unwrap();
    let notes = String::from_utf8_lossy(&stored.stderr);
    assert!(
        stored.status.success() && notes.contains("stay in the file"),
        "{notes}"
    );
    desk.command(&line("-o held")).assert().success();
    let model = |out: &str| fs::read(desk.path(out).join("model.npz")).unwrap();
    assert!(model("stored") == model("held"), "one set, two models");
}
