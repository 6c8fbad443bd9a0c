//! The main command on the processes that `mpirun` started.

use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};

use anyhow::Result;
use nmf_images::communicator::{Communicator, MpiCommunicator, check_same};

use super::entry::{self, Processes};
use super::traffic::{Exchanged, TrafficCounter};
use crate::cli::arguments::CommandLine;
use crate::cli::outcome::Outcome;
use crate::cli::terminal::error;

impl TrafficCounter for MpiCommunicator {
    fn exchanged(&self) -> Exchanged {
        let traffic = self.traffic();
        Exchanged {
            bytes: traffic.bytes,
            seconds: traffic.seconds,
        }
    }
}

/// Learns with all processes. The first one prints an error before any process ends, since `mpirun` ends all as soon as
/// one fails.
pub fn learn(line: CommandLine) -> Result<Outcome> {
    let communicator = MpiCommunicator::join()?;
    let result = learn_with(line, &communicator);
    if let Err(failure) = result {
        if communicator.rank() == 0 {
            error::print(&failure);
        }
        drop(communicator);
        std::process::exit(1);
    }
    result
}

fn learn_with(line: CommandLine, communicator: &MpiCommunicator) -> Result<Outcome> {
    check_same_program(communicator)?;
    let processes = Processes {
        communicator,
        traffic: Some(communicator),
    };
    entry::learn(line, &processes)
}

/// Checks that all processes run the same command of the same build, and round alike.
fn check_same_program(communicator: &MpiCommunicator) -> Result<()> {
    let mut build = DefaultHasher::new();
    env::current_exe()
        .and_then(fs::read)
        .unwrap_or_default()
        .hash(&mut build);
    check_same(communicator, "build", build.finish())?;
    let mut command_line = DefaultHasher::new();
    for word in env::args_os().skip(1) {
        word.hash(&mut command_line);
    }
    check_same(communicator, "command line", command_line.finish())?;
    check_same(communicator, "kind of processor", u64::from(has_fma()))?;
    Ok(())
}

/// Checks whether the processor has a fused multiply-add, which rounds once.
fn has_fma() -> bool {
    #[cfg(target_arch = "x86_64")]
    return is_x86_feature_detected!("fma");
    #[cfg(not(target_arch = "x86_64"))]
    return true;
}
