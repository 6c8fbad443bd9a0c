//! Every option that names a file, of every command: found in the help, so that a new option is not forgotten. What a run
//! reads is never written by it, and what is no file is refused at once.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use crate::command::{Desk, HEIGHT, WIDTH, pgm};

/// Each command, with `{}` for its input, and the file that it always writes.
const COMMANDS: [(&str, &str, &str); 6] = [
    ("", "{} -k 2 --only parts -o out", "out/model.npz"),
    (
        "compare",
        "compare {} -k 2 --rules hals -o out",
        "out/compare.csv",
    ),
    ("pack", "pack {} -o out/packed.npy", "out/packed.npy"),
    ("project", "project run {} -o out", "out/projection.npz"),
    ("ranks", "ranks {} -k 1..2 -o out", "out/ranks.csv"),
    ("show", "show run {} --only parts -o out", "out/model.npz"),
];
/// The values of options that are paths, as the help names them.
const PATHS: [&str; 7] = [
    "FILE",
    "FOLDER",
    "FILE|FOLDER",
    "START|FILE",
    "INPUT",
    "MODEL",
    "NEW",
];
/// Options whose path is written.
const WRITTEN: [&str; 2] = ["--out", "--resume"];

/// A desk with pictures and a run of two parts in `run`.
fn desk() -> Desk {
    let desk = Desk::with_pictures();
    desk.command("pictures -k 2 -q --only parts -o run")
        .assert()
        .success();
    desk
}

/// Returns the options and arguments of a command that name a path that is read.
fn options_that_read(desk: &Desk, command: &str) -> Vec<String> {
    let help = desk
        .command(&format!("{command} --help"))
        .assert()
        .success();
    let help = String::from_utf8(help.get_output().stdout.clone()).unwrap();
    let mut options = Vec::new();
    for line in help.lines().map(str::trim_start) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let is_option = line.starts_with(['-', '<', '[']);
        let value = words.iter().find(|word| word.starts_with(['<', '[']));
        let value = value.filter(|_| is_option).unwrap_or(&"");
        let name = value.trim_end_matches('.');
        let name = name.trim_matches(['<', '>', '[', ']']);
        let option = words.iter().find(|word| word.starts_with("--"));
        let option = option.map_or_else(|| format!("<{name}>"), ToString::to_string);
        if PATHS.contains(&name) && !WRITTEN.contains(&&*option) && !options.contains(&option) {
            options.push(option);
        }
    }
    options
}

/// Returns the command line of a command that reads `path` by this option.
fn line_with(line: &str, option: &str, path: &str) -> String {
    match option {
        "<INPUT>" | "<NEW>" => line.replace("{}", path),
        "<MODEL>" | "<FILE|FOLDER>" => line.replace("{}", "pictures").replace("run", path),
        option => format!("{} {option} {path}", line.replace("{}", "pictures")),
    }
}

#[test]
fn the_help_lists_the_options_that_read_files() {
    let desk = desk();
    let found: BTreeMap<&str, Vec<String>> = COMMANDS
        .iter()
        .map(|(command, ..)| (*command, options_that_read(&desk, command)))
        .collect();
    for (command, options) in [
        ("", &["<INPUT>", "--init", "--mask", "--truth"][..]),
        ("compare", &["<INPUT>", "--init", "--mask"]),
        ("pack", &["<INPUT>", "--mask"]),
        ("project", &["<MODEL>", "<NEW>", "--mask"]),
        ("ranks", &["<INPUT>", "--mask"]),
        ("show", &["<FILE|FOLDER>", "<INPUT>", "--mask"]),
    ] {
        for option in options {
            assert!(
                found[command].iter().any(|found| found == option),
                "{command} {option}: {found:?}"
            );
        }
    }
    let commands = desk.command("--help").assert().success();
    let help = String::from_utf8(commands.get_output().stdout.clone()).unwrap();
    let (_, listed) = help.split_once("Other commands:\n").unwrap();
    for line in listed.lines().take_while(|line| !line.is_empty()) {
        let name = line.split_whitespace().next().unwrap();
        let is_known = COMMANDS.iter().any(|(command, ..)| *command == name);
        assert!(
            is_known || ["page", "synth", "verify"].contains(&name),
            "{name} is in no row"
        );
    }
}

#[test]
fn no_file_that_a_run_reads_is_written_by_it() {
    let desk = desk();
    for (command, line, target) in COMMANDS {
        for option in options_that_read(&desk, command) {
            for path in links_to(&desk, target) {
                let line = line_with(line, &option, &path);
                let run = desk.command(&line).assert().code(1);
                let said = String::from_utf8(run.get_output().stderr.clone()).unwrap();
                assert!(
                    said.contains("would be overwritten") && said.lines().count() == 1,
                    "{line}: {said}"
                );
                assert_eq!(fs::read(desk.path(target)).unwrap(), b"mine", "{line}");
            }
            fs::remove_dir_all(desk.path("out")).unwrap();
        }
    }
}

/// Writes a file, and returns names that lead to it.
fn links_to(desk: &Desk, target: &str) -> Vec<String> {
    desk.write(target, "mine");
    let name = target.strip_prefix("out/").unwrap();
    let absolute = desk.path(target).display().to_string();
    let mut names = vec![
        target.to_owned(),
        format!("./out/../out//{name}"),
        absolute.clone(),
    ];
    let hard = desk.path("hard.npz");
    let _ = fs::remove_file(&hard);
    fs::hard_link(&absolute, &hard).unwrap();
    names.push("hard.npz".to_owned());
    #[cfg(unix)]
    {
        let soft = desk.path("soft.npz");
        let _ = fs::remove_file(&soft);
        std::os::unix::fs::symlink(&absolute, soft).unwrap();
        names.push("soft.npz".to_owned());
    }
    names
}

#[test]
fn tables_masks_and_listed_files_are_not_overwritten_either() {
    let desk = desk();
    let picture = pgm(WIDTH, HEIGHT, &[200; WIDTH * HEIGHT]);
    for name in [
        "weights.csv",
        "parts.csv",
        "parts.png",
        "parts.svg",
        "parts/000.png",
    ] {
        desk.write(&format!("here/{name}"), &picture);
    }
    desk.write("here/packed.names", "mine");
    for line in [
        "here/weights.csv -k 2 --csv -o here",
        "here/parts.csv -k 2 --csv -o here",
        "pictures -k 2 --mask here/parts.png -o here",
        "pictures -k 2 --mask here/parts.svg --format svg -o here",
        "pictures -k 2 --mask here/parts/000.png --tiles -o here",
        "project run here/weights.csv -o here",
        "run/model.npz --key W -k 1 -o run",
    ] {
        let run = desk.command(line).assert().code(1);
        run.stderr(predicates::str::contains("would be overwritten"));
    }
    let list = "pictures/0.pgm\nhere/parts.png\n";
    for line in ["- -k 2 -o here", "compare - -k 2 -o here"] {
        let run = desk.command(line).write_stdin(list).assert().code(1);
        run.stderr(predicates::str::contains(
            "here/parts.png is read by this run",
        ));
    }
    desk.write("here/own.npy", &picture);
    let run = desk.command("pack - -o here/own.npy");
    let run = { run }.write_stdin("here/own.npy\n").assert().code(1);
    run.stderr(predicates::str::contains("would be overwritten"));
    let run = desk.command("pack pictures -o here/packed.npy").assert();
    run.code(1)
        .stderr(predicates::str::contains("was not written by pack"));
    assert_eq!(fs::read(desk.path("here/packed.names")).unwrap(), b"mine");
    // What is not written may be read, and pack replaces its own files.
    desk.write("here/weights.csv", "1,2\n3,4\n5,6\n");
    desk.command("here/weights.csv -k 1 -q --only parts -o here")
        .assert()
        .success();
    for _ in 0..2 {
        desk.command("pack pictures -q -o own.npy")
            .assert()
            .success();
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_is_refused_at_once_by_every_option() {
    let desk = desk();
    let made = std::process::Command::new("mkfifo")
        .arg(desk.path("pipe.png"))
        .status();
    assert!(made.unwrap().success());
    for (command, line, _) in COMMANDS {
        for option in options_that_read(&desk, command) {
            let line = line_with(line, &option, "pipe.png");
            let mut run = desk.command(&line);
            let run = run.timeout(Duration::from_secs(60)).assert().code(1);
            let said = String::from_utf8(run.get_output().stderr.clone()).unwrap();
            assert!(
                said.starts_with("error: pipe.png is a pipe or a device, not a file on disk"),
                "{line}: {said}"
            );
            assert_eq!(said.lines().count(), 1, "{line}: {said}");
        }
    }
    // Where a pipe lies beside what is read or written.
    let pipe_at = |name: &str| {
        let path = desk.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::rename(desk.path("pipe.png"), path).unwrap();
    };
    let back = |name: &str| fs::rename(desk.path(name), desk.path("pipe.png")).unwrap();
    let limit = Duration::from_secs(60);
    pipe_at("odd/model.npz");
    let mut run = desk.command("pictures -k 2 -o odd");
    run.timeout(limit)
        .assert()
        .code(1)
        .stderr(predicates::str::contains("it is a pipe"));
    let mut run = desk.command("project odd pictures");
    run.timeout(limit)
        .assert()
        .code(1)
        .stderr(predicates::str::contains("is a pipe"));
    back("odd/model.npz");
    desk.command("pack pictures -q -o packed.npy")
        .assert()
        .success();
    fs::remove_file(desk.path("packed.names")).unwrap();
    pipe_at("packed.names");
    let mut run = desk.command("packed.npy -k 2 --only parts -o odd");
    let run = run.timeout(limit).assert().success();
    run.stderr(predicates::str::contains(
        "packed.names is skipped: a pipe, not a file",
    ));
    back("packed.names");
    pipe_at("pictures/pipe.png");
    let mut run = desk.command("pictures -k 2 -q --only parts -o odd");
    run.timeout(limit).assert().success();
}

#[test]
fn a_folder_where_a_file_is_needed_is_refused_before_the_work() {
    let desk = desk();
    fs::create_dir_all(desk.path("truth.npy")).unwrap();
    let run = desk.command("pictures -k 2 --truth truth.npy -o out");
    { run }
        .assert()
        .code(1)
        .stderr("error: truth.npy: a folder, not a file\n");
    assert!(!desk.path("out").exists());
    fs::create_dir_all(desk.path("taken/model.npz")).unwrap();
    let run = desk.command("pictures -k 2 -o taken").assert();
    run.code(1)
        .stderr(predicates::str::contains("there is a folder of that name"));
}

#[cfg(unix)]
#[test]
fn a_pipe_with_the_name_of_an_image_is_named() {
    let desk = Desk::with_pictures();
    let limit = Duration::from_secs(60);
    fs::create_dir(desk.path("masks")).unwrap();
    for path in ["pictures/pipe.pgm", "masks/0.pgm"] {
        let made = std::process::Command::new("mkfifo")
            .arg(desk.path(path))
            .status();
        assert!(made.unwrap().success());
    }
    let mut run = desk.command("pictures -k 2 --only parts -o out");
    run.timeout(limit)
        .assert()
        .success()
        .stderr(predicates::str::contains("pipe.pgm: a pipe, not a file"));
    let mut run = desk.command("pictures -k 2 --mask masks -o out");
    run.timeout(limit)
        .assert()
        .code(1)
        .stderr(predicates::str::contains(
            "masks/0.pgm cannot be read: a pipe",
        ));
}
