//! The command `verify`, and the provenance by which it repeats a run.

use std::fs;

use nmf_images::Model;
use serde_json::{Value, json};

use crate::command::{COUNT, Desk, HEIGHT, WIDTH, bars, pgm};
use crate::results::{report, report_of};

/// A desk with pictures and a run in `output`.
fn desk(options: &str) -> Desk {
    let desk = Desk::with_pictures();
    desk.command(&format!("pictures -k 3 -q --only parts {options}"))
        .assert()
        .success();
    desk
}

/// Runs `verify` and returns its exit code with what it says on stdout, or else on stderr.
fn verify(desk: &Desk, arguments: &str) -> (i32, String) {
    let run = desk.command(&format!("verify {arguments}")).assert();
    let output = run.get_output();
    let [stdout, stderr] =
        [&output.stdout, &output.stderr].map(|text| String::from_utf8(text.clone()).unwrap());
    let lines = stderr
        .lines()
        .filter(|line| !line.starts_with("progress: "));
    let stderr: Vec<&str> = lines.collect();
    let said = if stdout.is_empty() {
        stderr.join("\n")
    } else {
        stdout
    };
    (output.status.code().unwrap(), said)
}

/// Changes the report in `output`.
fn change(desk: &Desk, change: impl FnOnce(&mut Value)) {
    let mut report = report(desk, "output");
    change(&mut report);
    desk.write("output/report.json", report.to_string());
}

#[test]
fn the_report_states_how_a_run_came_about_and_the_model_what_equal_runs_share() {
    let desk = desk("--threads 1 --seed 5");
    let provenance = report(&desk, "output")["provenance"].take();
    let arguments = "pictures -k 3 -q --only parts --threads 1 --seed 5";
    let arguments: Vec<&str> = arguments.split(' ').collect();
    assert_eq!(provenance["arguments"], json!(arguments));
    assert_eq!(provenance["input"], "pictures");
    assert_eq!(provenance["threads"], 1);
    let date = provenance["date"].as_str().unwrap();
    assert!(
        date.len() == 20 && date.starts_with("20") && date.ends_with('Z'),
        "{date}"
    );
    assert!(provenance["seconds"].as_f64().unwrap() > 0.0);
    let hashes = &provenance["hashes"];
    assert_eq!(hashes["pixels"].as_str().unwrap().len(), 64);
    assert_eq!(hashes["mask"], Value::Null);

    let model = Model::read(desk.path("output")).unwrap();
    let of_model: Value = serde_json::from_str(&model.provenance).unwrap();
    let shared = json!({
        "version": provenance["version"], "commit": provenance["commit"], "hashes": hashes
    });
    assert_eq!(of_model, shared);
}

#[test]
fn the_page_does_not_state_where_it_was_made() {
    let desk = Desk::with_pictures();
    report_of(&desk, "pictures -k 3 --only page");
    let page = fs::read_to_string(desk.path("output/report.html")).unwrap();
    assert!(!page.contains("provenance"));
}

#[test]
fn an_unchanged_run_has_the_same_bits_and_its_folder_stays_as_it_is() {
    let desk = desk("--restarts 2 --hold-out 3 --noise gaussian:0.1 --csv --time-limit 100");
    let files = || -> Vec<_> {
        let names = desk.files("output").into_iter();
        names
            .map(|name| (fs::read(desk.path("output").join(&name)).unwrap(), name))
            .collect()
    };
    let before = files();
    let (code, said) = verify(&desk, "output --threads 4");
    assert_eq!(code, 0, "{said}");
    assert!(
        said.starts_with("same bits: ") && said.lines().count() == 1,
        "{said}"
    );
    assert!(files() == before);
    assert_eq!(verify(&desk, "output --quiet"), (0, String::new()));
    let (code, json) = verify(&desk, "output --json -q");
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((code, &json["same"]), (0, &Value::Bool(true)));
}

#[test]
fn one_of_several_ranks_is_repeated_at_its_rank() {
    let desk = Desk::with_pictures();
    desk.command("pictures -k 2,3 -q --only parts")
        .assert()
        .success();
    assert_eq!(verify(&desk, "output/k2").0, 0);
    let (code, said) = verify(&desk, "output");
    assert_eq!(code, 1);
    assert!(said.contains("contains no report.json"), "{said}");
}

#[test]
fn images_at_another_place_and_in_another_format_are_the_same_input() {
    let desk = desk("");
    desk.command("pack pictures -o packed.npy -q")
        .assert()
        .success();
    fs::rename(desk.path("pictures"), desk.path("moved")).unwrap();
    let (code, said) = verify(&desk, "output");
    assert_eq!(code, 1);
    assert!(
        said.contains("pictures, the input of the run, does not exist"),
        "{said}"
    );
    for input in ["moved", "packed.npy"] {
        let (code, said) = verify(&desk, &format!("output {input}"));
        assert_eq!(code, 0, "{said}");
        assert!(said.contains(input), "{said}");
    }
}

#[test]
fn a_changed_input_is_named() {
    let mut mask = [255; WIDTH * HEIGHT];
    mask[3] = 0;
    let masks = |desk: &Desk| desk.write("mask.pgm", pgm(WIDTH, HEIGHT, &mask));
    let desk = Desk::with_pictures();
    masks(&desk);
    desk.command("pictures -k 3 -q --only parts --mask mask.pgm")
        .assert()
        .success();
    let expect = |what: &str| {
        let (code, said) = verify(&desk, "output");
        assert_eq!(code, 1, "{said}");
        assert!(
            said.starts_with(&format!("different input: {what} of pictures ")),
            "{said}"
        );
    };
    let image = bars(COUNT, HEIGHT, WIDTH);
    let mut values: Vec<u8> = image.outer_iter().next().unwrap().iter().copied().collect();
    let first = pgm(WIDTH, HEIGHT, &values);
    values[20] ^= 1;
    desk.write("pictures/0.pgm", pgm(WIDTH, HEIGHT, &values));
    expect("pixels");
    desk.write("pictures/0.pgm", first);
    fs::rename(desk.path("pictures/11.pgm"), desk.path("pictures/12.pgm")).unwrap();
    expect("names");
    fs::rename(desk.path("pictures/12.pgm"), desk.path("pictures/11.pgm")).unwrap();
    mask[4] = 0;
    desk.write("mask.pgm", pgm(WIDTH, HEIGHT, &mask));
    expect("mask");
}

#[test]
fn another_seed_has_other_bits() {
    let desk = desk("--seed 5");
    change(&desk, |report| {
        let arguments = report["provenance"]["arguments"].as_array_mut().unwrap();
        *arguments.last_mut().unwrap() = "6".into();
    });
    let (code, said) = verify(&desk, "output");
    assert_eq!(code, 1);
    assert_eq!(
        said,
        "different bits: parts and weights in output are not those of the repeated run\n"
    );
    change(&desk, |report| {
        report["provenance"]["processor"] = "none".into();
    });
    let (_, said) = verify(&desk, "output");
    assert!(
        said.contains("at processor level none, this one version"),
        "{said}"
    );
}

#[test]
fn a_run_that_cannot_be_repeated_states_the_reason() {
    let reason = |desk: &Desk| {
        let (code, said) = verify(desk, "output");
        assert_eq!((code, said.lines().count()), (1, 1), "{said}");
        said
    };
    let desk = desk("--time-limit 0.000001");
    assert!(reason(&desk).contains("--time-limit ended it"));
    let add = |desk: &Desk, word: &'static str| {
        change(desk, |report| {
            report["nmf"]["stop"] = "converged".into();
            let arguments = report["provenance"]["arguments"].as_array_mut().unwrap();
            arguments.push(word.into());
        });
    };
    add(&desk, "--resume=output");
    assert!(reason(&desk).contains("--resume"));
    add(&desk, "--mpi");
    assert!(reason(&desk).contains("--mpi"));
    change(&desk, |report| {
        report.as_object_mut().unwrap().remove("provenance");
    });
    assert!(reason(&desk).contains("has no key `provenance`"));
    desk.command("compare pictures -k 2 --rules hals -q -o compared")
        .assert()
        .success();
    let (code, said) = verify(&desk, "compared");
    assert_eq!(code, 1);
    assert!(said.contains("is not the report of a run"), "{said}");
}

#[test]
fn a_list_on_stdin_is_passed_again() {
    let desk = Desk::with_pictures();
    let lines: Vec<String> = (0..COUNT)
        .map(|index| format!("pictures/{index}.pgm\n"))
        .collect();
    let list = lines.concat();
    desk.command("- -k 3 -q --only parts")
        .write_stdin(list.clone())
        .assert()
        .success();
    let (code, said) = verify(&desk, "output");
    assert_eq!(code, 1);
    assert!(said.contains("the list is not kept"), "{said}");
    desk.command("verify output -")
        .write_stdin(list)
        .assert()
        .success();
}
