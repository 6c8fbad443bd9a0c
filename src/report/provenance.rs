//! The section `provenance` of a report: the command, the program, the machine and the images of a run.

use serde::{Deserialize, Serialize};

use crate::images::InputHashes;

/// The program and the images from which a model was learned: what all runs have in common that lead to the same bits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelProvenance {
    /// The version of this program.
    pub version: String,
    /// The commit of its sources; `None` if it was unknown when the program was built.
    pub commit: Option<String>,
    /// The hashes of all images that were read: before images are held out or noise is added.
    pub hashes: InputHashes,
}

/// How the results of a run came about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// The words of the command line after the name of the program, as they were given.
    pub arguments: Vec<String>,
    /// The path of the input as it was given; a relative one begins in the folder in which the command was started.
    pub input: String,
    /// The program and the images.
    #[serde(flatten)]
    pub model: ModelProvenance,
    /// When the command was started, in UTC, such as `2026-03-01T09:30:00Z` (RFC 3339).
    pub date: String,
    /// The name of the computer; `None` if the system does not state one.
    pub host: Option<String>,
    /// The operating system, such as `linux`.
    pub system: String,
    /// The architecture of the processor, such as `x86_64`.
    pub architecture: String,
    /// The instruction set of the inner loops: see [`processor_level`](crate::processor_level).
    pub processor: String,
    /// The number of threads of each process.
    pub threads: u64,
    /// The seconds from the start of the command to the end of the pictures.
    pub seconds: f64,
}
