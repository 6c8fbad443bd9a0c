//! The file `checkpoint.npz`: its arrays and their allowed values.

use std::collections::BTreeMap;
use std::io::{Read, Seek, Write};
use std::path::Path;

use ndarray::{Array1, Array2, Axis, aview0, concatenate, s};

use super::npz::{self, Allowed, NON_NEGATIVE, Reader, Writer, open};
use crate::basis::{Basis, Shape};
use crate::error::{CheckpointError, Error, ModelError, Result};
use crate::nmf::{
    Best, Checkpoint, Ended, FactorState, FitProgress, Iteration, Starts, StopReason,
};

/// The version of the format; files of other versions are rejected.
const FORMAT_VERSION: i64 = 1;

const ANY: Allowed = Allowed {
    check: |_| true,
    description: "any values",
};

impl Checkpoint {
    /// Returns the bytes of `checkpoint.npz`, which `numpy.load` reads without pickle.
    ///
    /// | key | shape | contents |
    /// | --- | --- | --- |
    /// | `W` | (images, rank) | weights, f32, of the images with a known pixel, in the units of the source (255 for bytes) |
    /// | `W_lead` | (images, rank) | extrapolated weights, from which their next update starts, f32 |
    /// | `H` | (rank, pixels) | basis, f32, of the distinct pixels, each part at its own scale |
    /// | `H_lead` | (rank, pixels) | extrapolated basis, from which its next update starts, f32 |
    /// | `weights_gram` | (rank + 2, rank) | `G = Wᵀ W` in its packed form: `−G_jl / G_ll`, the diagonal, and its inverse, f32 |
    /// | `rule_state` | (values) | what the rule has adapted to, f64: for `hals` β, its bound and the last objective |
    /// | `revivals` | () | number of dead parts that can still be replaced, u64 |
    /// | `trace` | (iterations, 3) | seconds, relative error and objective of each iteration, f64 |
    /// | `starts` | (starts, 3) | seconds, relative error and objective of each start that has ended, f64 |
    /// | `starts_ended` | (starts, 2) | number of iterations of each of them, and why it ended, u64 |
    /// | `settings` | (bytes) | the settings that the steps depend on, JSON, u8 |
    /// | `fingerprint` | (bytes) | SHA-256 of the images, in hexadecimal digits, u8 |
    /// | `note` | (bytes) | the note of the caller, u8 |
    /// | `format_version` | () | 1, i64 |
    ///
    /// A start ended because it converged (0), reached the target error (1) or reached the iteration limit (2).
    /// Once a start has ended, there are also:
    ///
    /// | key | shape | contents |
    /// | --- | --- | --- |
    /// | `shape` | (2) | height and width of an image, u64 |
    /// | `starts_H` | (starts × rank, pixels) | the parts of each start, all pixels, f32 |
    /// | `best` | () | index of the best start so far, u64 |
    /// | `best_W` | (all images, rank) | its weights, f32 |
    /// | `best_shares` | (rank) | the fraction of the total reconstructed intensity of each of its parts, f64 |
    /// | `best_order` | (rank) | the index of each of its parts during the fit, u64 |
    /// | `best_trace` | (iterations, 3) | its iterations, as `trace` |
    ///
    /// # Errors
    /// If an array cannot be written.
    pub fn to_npz(&self) -> Result<Vec<u8>> {
        npz::bytes(|file| self.write_npz(file))
    }

    /// Writes what [`Checkpoint::to_npz`] returns to an empty file, without a copy in memory.
    ///
    /// # Errors
    /// If an array cannot be written.
    pub fn write_npz(&self, file: impl Write + Seek) -> Result<()> {
        self.write_with(file, |npz| {
            npz.add("W", &self.weights.values)?;
            npz.add("W_lead", &self.weights.lead)
        })
    }

    /// Writes a checkpoint whose weights `add_weights` adds.
    fn write_with<W: Write + Seek>(
        &self,
        file: W,
        add_weights: impl FnOnce(&mut Writer<W>) -> Result<()>,
    ) -> Result<()> {
        let settings = serde_json::json!(self.settings).to_string();
        let mut npz = Writer::new(file);
        let basis = self.basis.transposed();
        add_weights(&mut npz)?;
        npz.add("H", &basis.values)?;
        npz.add("H_lead", &basis.lead)?;
        npz.add("weights_gram", &self.weights_gram)?;
        npz.add("rule_state", &Array1::from(self.rule_state.clone()))?;
        npz.add("revivals", &aview0(&(self.revivals as u64)))?;
        npz.add("trace", &trace_rows(&self.trace))?;
        add_starts(&mut npz, &self.starts)?;
        npz.add_text("settings", &settings)?;
        npz.add_text("fingerprint", &self.fingerprint)?;
        npz.add_text("note", &self.note)?;
        npz.add("format_version", &aview0(&FORMAT_VERSION))?;
        npz.finish()
    }

    /// Reads a checkpoint from its file.
    ///
    /// # Errors
    /// If the file does not exist, is not a checkpoint, or has another version of the format; if an array is missing or
    /// truncated, or has another type or shape, or a value that is not allowed.
    pub fn read(path: &Path) -> Result<Self> {
        let (file, length) = open(path)?;
        let read =
            Reader::new(file, length)
                .and_then(Self::from_npz)
                .map_err(|error| match error {
                    Error::Model(ModelError::Archive(source)) => {
                        CheckpointError::Archive(source).into()
                    }
                    Error::Model(ModelError::Missing(key)) => CheckpointError::Missing(key).into(),
                    error => error,
                });
        read.map_err(|source| Error::InFile {
            path: path.to_owned(),
            source: Box::new(source),
        })
    }

    fn from_npz(mut npz: Reader<impl Read + Seek>) -> Result<Self> {
        let found = npz.number("format_version")?;
        if found != FORMAT_VERSION {
            return Err(CheckpointError::Version {
                found,
                known: FORMAT_VERSION,
            }
            .into());
        }
        let [(images, _), (rank, pixels)] = [npz.sides("W")?, npz.sides("H")?];
        let (weights, basis) = ((images, rank), (rank, pixels));
        let weights = FactorState {
            values: npz.matrix("W", weights, NON_NEGATIVE)?,
            lead: npz.matrix("W_lead", weights, NON_NEGATIVE)?,
        };
        let basis = FactorState {
            values: npz.matrix("H", basis, NON_NEGATIVE)?,
            lead: npz.matrix("H_lead", basis, NON_NEGATIVE)?,
        };
        let starts = match npz.shape("starts")?[..] {
            [0, _] => Starts::default(),
            _ => starts(&mut npz, rank)?,
        };
        Ok(Self {
            weights,
            basis: basis.transposed(),
            weights_gram: npz.matrix("weights_gram", (rank + 2, rank), ANY)?,
            rule_state: npz.doubles("rule_state")?.into_raw_vec_and_offset().0,
            revivals: npz.count("revivals")?,
            trace: trace(&mut npz, "trace")?,
            starts,
            settings: settings(&npz.text("settings")?)?,
            fingerprint: npz.text("fingerprint")?,
            note: npz.text("note")?,
        })
    }
}

impl FitProgress<'_> {
    /// Writes the checkpoint of this iteration with a note, as [`Checkpoint::to_npz`] returns it, to an empty file. It takes
    /// half of the memory of [`FitProgress::checkpoint`]. One process must have all images.
    ///
    /// # Errors
    /// If an array cannot be written.
    pub fn write_checkpoint(&self, note: &str, file: impl Write + Seek) -> Result<()> {
        let checkpoint = Checkpoint {
            note: note.to_owned(),
            ..self.checkpoint_without_weights()
        };
        checkpoint.write_with(file, |npz| {
            npz.add("W", &self.weights())?;
            npz.add("W_lead", &self.extrapolated_weights())
        })
    }
}

impl FactorState {
    fn transposed(&self) -> Self {
        Self {
            values: self.values.t().to_owned(),
            lead: self.lead.t().to_owned(),
        }
    }
}

fn settings(text: &str) -> Result<BTreeMap<String, String>> {
    serde_json::from_str(text)
        .map_err(|error| npz::value("settings", &error.to_string(), "settings as JSON").into())
}

/// Returns one row per iteration: seconds, relative error, objective.
fn trace_rows(trace: &[Iteration]) -> Array2<f64> {
    let rows: Vec<[f64; 3]> = trace
        .iter()
        .map(|at| [at.seconds, at.relative_error, at.objective])
        .collect();
    Array2::from(rows)
}

fn trace(npz: &mut Reader<impl Read + Seek>, key: &'static str) -> Result<Vec<Iteration>> {
    let rows = npz.table(key, 3)?;
    check_seconds(key, rows.column(0).iter().copied())?;
    let mut trace = Vec::new();
    for (index, row) in rows.outer_iter().enumerate() {
        trace.push(Iteration {
            iteration: index + 1,
            seconds: row[0],
            relative_error: row[1],
            objective: row[2],
        });
    }
    Ok(trace)
}

fn check_seconds(key: &'static str, seconds: impl Iterator<Item = f64>) -> Result<()> {
    for found in seconds {
        if !(found.is_finite() && found >= 0.0) {
            let found = found.to_string();
            return Err(npz::value(key, &found, "finite non-negative seconds").into());
        }
    }
    Ok(())
}

fn add_starts(npz: &mut Writer<impl Write + Seek>, Starts { ended, best }: &Starts) -> Result<()> {
    let facts = ended
        .iter()
        .map(|start| [start.seconds, start.relative_error, start.objective]);
    let ends = ended
        .iter()
        .map(|start| [start.iterations as u64, start.stop_reason.position() as u64]);
    npz.add("starts", &Array2::from(facts.collect::<Vec<_>>()))?;
    npz.add("starts_ended", &Array2::from(ends.collect::<Vec<_>>()))?;
    let Some(Best {
        index,
        weights,
        shares,
        order,
        trace,
    }) = best
    else {
        return Ok(());
    };
    let Shape { height, width } = ended[*index].basis.shape();
    let parts: Vec<_> = ended.iter().map(|start| start.basis.rows()).collect();
    npz.add("shape", &Array1::from(vec![height as u64, width as u64]))?;
    npz.add(
        "starts_H",
        &concatenate(Axis(0), &parts).map_err(|_| CheckpointError::Inconsistent)?,
    )?;
    npz.add("best", &aview0(&(*index as u64)))?;
    npz.add("best_W", weights)?;
    npz.add("best_shares", &Array1::from(shares.clone()))?;
    npz.add(
        "best_order",
        &order.iter().map(|&part| part as u64).collect::<Array1<_>>(),
    )?;
    npz.add("best_trace", &trace_rows(trace))
}

/// Reads the starts that have ended, one or more.
fn starts(npz: &mut Reader<impl Read + Seek>, rank: usize) -> Result<Starts> {
    let facts = npz.table("starts", 3)?;
    check_seconds("starts", facts.column(0).iter().copied())?;
    let ends = npz.numbers("starts_ended", &[facts.nrows(), 2])?;
    let shape = npz.image_size()?;
    let parts = npz.matrix(
        "starts_H",
        (facts.nrows() * rank, shape.pixels()),
        NON_NEGATIVE,
    )?;
    let mut ended = Vec::new();
    for index in 0..facts.nrows() {
        let iterations = usize::try_from(ends[2 * index]).ok();
        let stop = usize::try_from(ends[2 * index + 1]).ok();
        let (Some(iterations), Some(stop)) = (iterations, stop.and_then(StopReason::at)) else {
            return Err(CheckpointError::Inconsistent.into());
        };
        let rows = parts.slice(s![index * rank..(index + 1) * rank, ..]);
        ended.push(Ended {
            seconds: facts[[index, 0]],
            relative_error: facts[[index, 1]],
            objective: facts[[index, 2]],
            iterations,
            stop_reason: stop,
            basis: Basis::new(shape, rows.to_owned()),
        });
    }
    let best = best(npz, rank, ended.len())?;
    Ok(Starts {
        ended,
        best: Some(best),
    })
}

/// Reads the best of `starts` starts.
fn best(npz: &mut Reader<impl Read + Seek>, rank: usize, starts: usize) -> Result<Best> {
    let index = npz.count("best")?;
    let (images, _) = npz.sides("best_W")?;
    let order = npz.numbers("best_order", &[rank])?;
    let order: Vec<usize> = order.into_iter().map(|part| part as usize).collect();
    let shares = npz.doubles("best_shares")?.into_raw_vec_and_offset().0;
    let weights = npz.matrix("best_W", (images, rank), NON_NEGATIVE)?;
    let is_permutation = (0..rank).all(|part| order.contains(&part));
    if index >= starts || shares.len() != rank || !is_permutation {
        return Err(CheckpointError::Inconsistent.into());
    }
    Ok(Best {
        index,
        weights,
        shares,
        order,
        trace: trace(npz, "best_trace")?,
    })
}
