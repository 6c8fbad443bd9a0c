//! The table of files that the program writes, by which the reader ignores the pictures of earlier runs.

use std::collections::BTreeSet;

use nmf_images::outputs::{OUTPUT_FILES, OutputFile, WrittenBy};

use crate::command::{Desk, HEIGHT, WIDTH, pgm};

#[test]
fn every_file_that_a_command_writes_is_in_the_table() {
    let desk = Desk::with_pictures();
    let mut mask = vec![255; HEIGHT * WIDTH];
    mask[1] = 0;
    desk.write("mask.pgm", pgm(WIDTH, HEIGHT, &mask));
    let runs: [(WrittenBy, &[&str]); 5] = [
        (
            WrittenBy::Learn,
            &[
                "pictures -k 3 --mask mask.pgm --csv --noise salt:0.1 --save-start",
                "pictures -k 3 --restarts 2 --keep-starts",
            ],
        ),
        (WrittenBy::Ladder, &["pictures -k 2,3"]),
        (WrittenBy::Compare, &["compare pictures -k 3"]),
        (WrittenBy::Project, &["project learn-0 pictures"]),
        (WrittenBy::Ranks, &["ranks pictures -k 1..3"]),
    ];
    for (writer, lines) in runs {
        let mut written = BTreeSet::new();
        for (index, line) in lines.iter().enumerate() {
            let out = format!("{writer:?}-{index}").to_lowercase();
            desk.command(&format!("{line} --quiet --out {out}"))
                .assert()
                .success();
            written.extend(desk.files(&out).into_iter().filter(|name| {
                // Without the folders of several ranks.
                !name.starts_with('.') && desk.path(&out).join(name).is_file()
            }));
        }
        let mut listed: BTreeSet<String> = OUTPUT_FILES
            .iter()
            .filter(|file| file.writer == writer)
            .map(OutputFile::name)
            .collect();
        // A checkpoint is removed at the end of a run, and the main command draws the ladder on request.
        listed.retain(|name| name != "checkpoint.npz");
        listed.retain(|name| name != "ladder.png" || writer != WrittenBy::Learn);
        assert_eq!(written, listed, "{lines:?}");
    }
}
