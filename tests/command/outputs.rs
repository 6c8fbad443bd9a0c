//! The table of files that the program writes, by which the reader ignores the pictures of earlier runs.

use nmf_images::outputs::{OUTPUT_FILES, OutputFile, WrittenBy};

use crate::command::{Desk, HEIGHT, WIDTH, pgm};

#[test]
fn every_file_that_a_command_writes_is_in_the_table() {
    let desk = Desk::with_pictures();
    let mut mask = vec![255; HEIGHT * WIDTH];
    mask[1] = 0;
    desk.write("mask.pgm", pgm(WIDTH, HEIGHT, &mask));
    let runs = [
        (
            WrittenBy::Learn,
            "pictures -k 3 --mask mask.pgm --csv --noise salt:0.1 --save-start",
        ),
        (WrittenBy::Ladder, "pictures -k 2,3"),
        (WrittenBy::Compare, "compare pictures -k 3"),
        (WrittenBy::Project, "project learn pictures"),
        (WrittenBy::Ranks, "ranks pictures -k 1..3"),
    ];
    for (writer, arguments) in runs {
        let out = format!("{writer:?}").to_lowercase();
        desk.command(&format!("{arguments} --quiet --out {out}"))
            .assert()
            .success();
        let mut written = desk.files(&out);
        written.retain(|name| !name.starts_with('.'));
        // The folders of several ranks.
        written.retain(|name| desk.path(&out).join(name).is_file());
        let mut listed: Vec<String> = OUTPUT_FILES
            .iter()
            .filter(|file| file.writer == writer)
            .map(OutputFile::name)
            .collect();
        // A checkpoint is removed at the end of a run, and the main command draws the ladder on request.
        listed.retain(|name| name != "checkpoint.npz");
        listed.retain(|name| name != "ladder.png" || writer != WrittenBy::Learn);
        listed.sort();
        assert_eq!(written, listed, "{arguments}");
    }
}
