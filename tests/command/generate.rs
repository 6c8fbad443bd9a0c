//! `--generate`: the manual page and the completions of shells.

use std::fs;
use std::process::Command;

use crate::command::Desk;

fn generated(what: &str) -> String {
    let run = Desk::empty()
        .command(&format!("--generate {what}"))
        .output()
        .unwrap();
    assert!(run.status.success() && run.stderr.is_empty(), "{run:?}");
    String::from_utf8(run.stdout).unwrap()
}

/// Writes what is generated to a file of the desk and runs a shell or a formatter there.
fn output(desk: &Desk, what: &str, program: &str, arguments: &[&str]) -> String {
    desk.write("generated", generated(what));
    let run = Command::new(program)
        .args(arguments)
        .current_dir(desk.path(""))
        .output()
        .unwrap_or_else(|failure| panic!("{program}: {failure}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!(text(&run.stderr), "", "{program}");
    assert!(run.status.success(), "{program}");
    text(&run.stdout)
}

/// Returns the long options in the page of all options.
fn all_options() -> Vec<String> {
    let page = fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/assets/guide/options.md"
    ))
    .unwrap();
    let names = page
        .lines()
        .filter_map(|line| line.strip_prefix("- `")?.split('`').next());
    let words = names.flat_map(|names| names.split([' ', ',']));
    let mpi = cfg!(feature = "mpi");
    let long = words.filter(|word| word.starts_with("--") && (mpi || *word != "--mpi"));
    long.map(str::to_owned).collect()
}

#[test]
fn everything_that_is_generated_has_every_option() {
    let options = all_options();
    assert!(
        options.len() > 60 && options.iter().any(|option| option == "--max-iter"),
        "{options:?}"
    );
    for (what, escape) in [
        ("man", "\\-"),
        ("complete-bash", "-"),
        ("complete-zsh", "-"),
        ("complete-powershell", "-"),
    ] {
        let text = generated(what);
        for option in &options {
            assert!(
                text.contains(&option.replace('-', escape)),
                "{what}: {option}"
            );
        }
    }
    let fish = generated("complete-fish");
    for option in &options {
        assert!(
            fish.contains(&format!("-l {}", &option[2..])),
            "fish: {option}"
        );
    }
}

#[test]
fn it_stands_alone() {
    let desk = Desk::with_pictures();
    let run = desk.command("pictures --generate man").output().unwrap();
    let message = String::from_utf8(run.stderr).unwrap();
    assert_eq!(run.status.code(), Some(2));
    assert!(
        message.contains("'--generate <WHAT>' cannot be used with"),
        "{message}"
    );
    assert!(!desk.path("output").exists());
}

/// Bash completes by a function that reads the words of the line.
const BASH: &str = r#"
source generated
complete_line() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _nmf-images nmf-images "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"; echo "${COMPREPLY[*]}"; }
complete_line nmf-images --max
complete_line nmf-images ranks --fo
complete_line nmf-images --theme da
"#;

#[test]
fn bash_completes_options_and_values() {
    let found = output(
        &Desk::empty(),
        "complete-bash",
        "bash",
        &["--norc", "-c", BASH],
    );
    assert_eq!(found, "--max-iter\n--format\ndark\n");
}

#[test]
#[ignore = "needs fish"]
fn fish_completes_options_and_values() {
    let line = "source generated; complete -C 'nmf-images --max'; complete -C 'nmf-images ranks --theme da'";
    let found = output(
        &Desk::empty(),
        "complete-fish",
        "fish",
        &["--no-config", "-c", line],
    );
    let words: Vec<&str> = found
        .lines()
        .filter_map(|line| line.split('\t').next())
        .collect();
    assert_eq!(words, ["--max-iter", "dark"]);
}

/// Zsh completes only at a terminal, so that its own is opened with `zpty`.
const ZSH: &str = r#"
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'PROMPT=; autoload -Uz compinit; compinit -u -D; source ./generated; compdef _nmf-images nmf-images; echo rea""dy'
while zpty -r shell line; do [[ $line == *ready* ]] && break; done
zpty -n -w shell $'nmf-images --max-i\t'
found=
while [[ $found != *--max-iter* ]]; do zpty -r shell part '*' ; found+=$part; done
echo --max-iter
zpty -d shell
"#;

#[test]
#[ignore = "needs zsh"]
fn zsh_completes_options() {
    let found = output(&Desk::empty(), "complete-zsh", "zsh", &["-f", "-c", ZSH]);
    assert_eq!(found, "--max-iter\n");
}

#[test]
#[ignore = "needs groff"]
fn the_manual_page_is_formatted_without_a_warning() {
    let page = output(
        &Desk::empty(),
        "man",
        "groff",
        &[
            "-k",
            "-man",
            "-Tutf8",
            "-ww",
            "-P-cbou",
            "-rLL=100n",
            "generated",
        ],
    );
    for heading in [
        "NAME",
        "SYNOPSIS",
        "DESCRIPTION",
        "NMF-IMAGES RANKS",
        "NMF-IMAGES SYNTH SWIMMER",
        "VERSION",
    ] {
        assert!(
            page.lines().any(|line| line == heading),
            "{heading} in {page}"
        );
    }
}
