//! A command that must fail.

use predicates::str::is_empty;

use crate::command::Desk;

/// Runs the command, which must fail with `code`, say all of `words` in its first line on stderr, print nothing on
/// stdout, and leave nothing new on the desk.
pub fn fails(desk: &Desk, arguments: &str, code: i32, words: &[&str]) {
    let before = desk.files(".");
    let run = desk
        .command(arguments)
        .assert()
        .code(code)
        .stdout(is_empty());
    let stderr = String::from_utf8(run.get_output().stderr.clone()).unwrap();
    let first = stderr.lines().next().unwrap_or_default();
    assert!(first.starts_with("error: "), "{arguments}: {stderr}");
    for word in words {
        let times = first.matches(word).count();
        assert!(
            times == 1 || code == 2 && times > 1,
            "{arguments}: `{word}` is said {times} times: {first}"
        );
    }
    assert!(
        !stderr.contains("panicked") && !stderr.contains('\u{1b}'),
        "{arguments}: {stderr}"
    );
    // Wrong usage also says how the command is used.
    assert!(
        code == 2 || stderr.lines().count() == 1,
        "{arguments}: {stderr}"
    );
    assert_eq!(desk.files("."), before, "{arguments} left something behind");
}
