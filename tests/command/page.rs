//! The command `page`: one file with the drawn faces, and nothing else.

use std::fs;
use std::path::Path;

use predicates::prelude::PredicateBooleanExt;
use predicates::str::{contains, is_empty};
use serde_json::{Value, json};

use crate::command::Desk;

/// Returns the text of an element of a page.
fn element<'a>(page: &'a str, id: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("id=\"{id}\">")).unwrap();
    rest.split_once("</script>").unwrap().0
}

fn page(desk: &Desk, name: &str) -> (Value, String) {
    let text = fs::read_to_string(desk.path(name)).unwrap();
    let facts = serde_json::from_str(element(&text, "run")).unwrap();
    (facts, element(&text, "data").to_owned())
}

#[test]
fn the_page_is_that_of_a_run_on_the_drawn_faces() {
    let desk = Desk::empty();
    desk.command("page -k 3 --seed 5 --quiet")
        .assert()
        .success()
        .stdout(is_empty())
        .stderr(is_empty());
    assert_eq!(
        desk.files(""),
        ["parts.html"],
        "the page is all that is written"
    );
    let faces = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/faces");
    desk.command(&format!("{} -k 3 --seed 5 --only page -q", faces.display()))
        .assert()
        .success();
    let (facts, data) = page(&desk, "parts.html");
    let (of_run, data_of_run) = page(&desk, "output/report.html");
    assert!(
        data == data_of_run,
        "images, parts and eigenimages have the same bits"
    );
    assert_eq!(facts["names"], of_run["names"]);
    assert_eq!(
        facts["report"]["nmf"]["relative_error"],
        of_run["report"]["nmf"]["relative_error"]
    );
    assert_eq!(facts["title"], "drawn faces");
    assert_eq!(facts["command"], "nmf-images page -k 3 --seed 5 --quiet");
    assert_eq!(facts["report"]["input"]["path"], "drawn faces");
}

#[test]
fn an_earlier_page_is_replaced_or_stays_whole() {
    let desk = Desk::empty();
    desk.write("pages/class.html", "an earlier page");
    desk.command("page -k 401 --out pages/class.html")
        .assert()
        .code(1)
        .stderr(contains("error: ").and(contains("401")));
    assert_eq!(
        fs::read(desk.path("pages/class.html")).unwrap(),
        b"an earlier page"
    );
    desk.command("page -k 2 --out pages/class.html")
        .assert()
        .success()
        .stdout("wrote pages/class.html: 2 parts of 400 drawn faces; open it in a browser\n");
    assert_eq!(desk.files("pages"), ["class.html"]);
    let (facts, _) = page(&desk, "pages/class.html");
    assert_eq!(facts["report"]["nmf"]["rank"], 2);
    let run = desk
        .command("page -k 2 --out new/class.html --json --threads 1")
        .assert()
        .success();
    let report: Value = serde_json::from_slice(&run.get_output().stdout).unwrap();
    assert_eq!(
        report,
        json!({
            "version": env!("CARGO_PKG_VERSION"), "file": "new/class.html", "images": 400, "width": 48, "height": 64,
            "parts": 2,
        })
    );
}

#[test]
fn a_place_where_no_page_can_be_is_an_error_in_one_line() {
    let desk = Desk::empty();
    fs::create_dir(desk.path("folder.html")).unwrap();
    desk.write("file", "");
    for (out, said) in [
        ("page.png", "page.png: the name must end in .html"),
        ("folder.html", "there is a folder of that name"),
        ("file/page.html", "it is not a folder"),
    ] {
        let run = desk
            .command(&format!("page -k 2 --out {out}"))
            .assert()
            .code(1);
        let stderr = String::from_utf8(run.get_output().stderr.clone()).unwrap();
        assert!(
            stderr.starts_with("error: ") && stderr.contains(said) && stderr.lines().count() == 1,
            "{out}: {stderr}"
        );
    }
    desk.command("page -k 0").assert().code(2);
    assert_eq!(desk.files(""), ["file", "folder.html"]);
}
