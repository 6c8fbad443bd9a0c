//! Standard output and error that cannot be written to.

#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::io::Read;
use std::process::{Command, Output, Stdio};

use crate::command::Desk;

/// Every command that prints.
const LINES: [&str; 15] = [
    "pictures -k 2 --only parts -o a",
    "pictures -k 2 --only parts -o a --json",
    "compare pictures -k 2 --rules hals -o b",
    "compare pictures -k 2 --rules hals -o b --json",
    "ranks pictures -k 1..2 -o c",
    "ranks pictures -k 1..2 -o c --json",
    "project a pictures -o d",
    "project a pictures -o d --json",
    "pack pictures -o e.npy",
    "synth bars --images 9 -o f",
    "page -k 1 -o g.html",
    "--help",
    "--version",
    "--generate man",
    "--generate complete-bash",
];

fn command(desk: &Desk, line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nmf-images"));
    command.current_dir(desk.path("")).args(line.split(' '));
    command
}

fn full() -> File {
    File::options().write(true).open("/dev/full").unwrap()
}

fn last_line(run: &Output) -> String {
    let text = String::from_utf8(run.stderr.clone()).unwrap();
    text.lines().last().unwrap_or_default().to_owned()
}

#[test]
fn a_full_standard_output_is_an_error_of_every_command() {
    let desk = Desk::with_pictures();
    for line in LINES.iter().chain(&["compare --help", "synth bars --help"]) {
        let run = command(&desk, line).stdout(full()).output().unwrap();
        assert_eq!(run.status.code(), Some(1), "{line}");
        let said = last_line(&run);
        assert!(
            said.starts_with("error: cannot write to standard output: No space left"),
            "{line}: {said}"
        );
    }
    // With nothing to print, there is no error, and the files are whole.
    let quiet = command(&desk, "pictures -k 2 --only parts -o a -q");
    assert!({ quiet }.stdout(full()).status().unwrap().success());
    assert!(nmf_images::Model::read(desk.path("a")).is_ok());
}

#[test]
fn a_reader_that_has_gone_and_a_full_standard_error_are_harmless() {
    let desk = Desk::with_pictures();
    for line in LINES {
        let mut run = command(&desk, line)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(run.stdout.take());
        let mut said = String::new();
        run.stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        assert!(run.wait().unwrap().success(), "{line}: {said}");
        assert!(!said.contains("error"), "{line}: {said}");
        let _ = fs::remove_dir_all(desk.path("f"));
        let run = command(&desk, line).stderr(full()).output().unwrap();
        assert!(run.status.success(), "{line}");
        let _ = fs::remove_dir_all(desk.path("f"));
    }
}
