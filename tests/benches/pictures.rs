//! How long each picture of a run takes: `cargo bench --bench pictures`. All of it is the command on the 1,000 images of
//! 28x28 in `assets/digits` at rank 36 with 30 iterations; `convergence` draws next to nothing, so what another takes
//! beyond it is its own.

use std::process::{Command, Stdio};

use divan::Bencher;

fn main() {
    divan::main();
}

const ALL: &str = "all";
const EACH: [&str; 12] = [
    ALL,
    "comparison",
    "parts",
    "eigenimages",
    "reconstructions",
    "recipe",
    "map",
    "usage",
    "atlas",
    "convergence",
    "learning",
    "rank-error",
];

#[divan::bench(args = EACH, sample_count = 10, sample_size = 1)]
fn digits(bencher: Bencher, only: &str) {
    let out = std::env::temp_dir().join("nmf-images-bench");
    let digits = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/digits");
    bencher.bench_local(|| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nmf-images"));
        command
            .args([
                digits,
                "-k",
                "36",
                "--max-iter",
                "30",
                "--tol",
                "0",
                "--quiet",
                "--out",
            ])
            .arg(&out);
        if only != ALL {
            command.args(["--only", only]);
        }
        let status = command.stderr(Stdio::null()).status();
        assert!(
            status.is_ok_and(|status| status.success()),
            "{only} is not drawn"
        );
    });
}
