//! A running command that is watched and signalled. Waits end at a condition or at a deadline.

#![allow(dead_code, reason = "each test file uses its share")]

use std::process::{Child, ExitStatus};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long a busy machine may take for what takes an instant on an idle one.
pub const DEADLINE: Duration = Duration::from_secs(120);
/// The time between two looks at a condition.
const INTERVAL: Duration = Duration::from_millis(1);

/// Waits until `is_so` holds; fails if the run ends before that or the deadline passes.
pub fn wait_until(run: &mut Child, what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(
            run.try_wait().unwrap().is_none(),
            "the run ended before {what}"
        );
        assert!(began.elapsed() < DEADLINE, "waited in vain for {what}");
        sleep(INTERVAL);
    }
}

/// Waits for the end of a run; kills it and fails if it goes on for longer than `most`.
pub fn wait_for_end(run: &mut Child, most: Duration) -> ExitStatus {
    let began = Instant::now();
    loop {
        if let Some(status) = run.try_wait().unwrap() {
            return status;
        }
        if began.elapsed() > most {
            run.kill().unwrap();
            panic!("the run goes on after {most:?}");
        }
        sleep(INTERVAL);
    }
}

/// Sends a signal, such as `-INT`, to a process.
#[cfg(unix)]
pub fn signal(process: u32, name: &str) {
    let status = std::process::Command::new("kill")
        .args([name, &process.to_string()])
        .status();
    assert!(status.unwrap().success());
}

/// Waits until the run catches Ctrl-C itself: the learning is about to begin.
#[cfg(target_os = "linux")]
pub fn wait_until_ctrl_c_is_caught(run: &mut Child) {
    let status = format!("/proc/{}/status", run.id());
    wait_until(run, "it caught Ctrl-C", || {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let caught = text
            .lines()
            .find_map(|line| line.strip_prefix("SigCgt:"))
            .unwrap_or("0")
            .trim();
        // Bit n - 1 stands for signal n, and Ctrl-C is signal 2.
        u64::from_str_radix(caught, 16).unwrap() & 1 << 1 != 0
    });
}
