//! Samples of PBM, PGM, PPM and PAM files.

use super::header::{Encoding, Header, Words, number, shown};

/// A sample of 8 or 16 bits.
pub(super) trait Sample: Copy + From<u8> + Into<u32> + TryFrom<u32> {
    /// Its largest value.
    const WHITE: u32;
}

impl Sample for u8 {
    const WHITE: u32 = 255;
}

impl Sample for u16 {
    const WHITE: u32 = 65535;
}

/// Reads all samples, stretched so that the maxval becomes white.
///
/// # Errors
/// If any is missing, is not a number or is above the maxval.
pub(super) fn read<S: Sample>(header: &Header, bytes: &[u8]) -> Result<Vec<S>, String> {
    let mut samples: Vec<S> = as_written(header, bytes)?;
    let maxval = header.maxval;
    if maxval != S::WHITE {
        for sample in &mut samples {
            let stretched = (Into::<u32>::into(*sample) * S::WHITE + maxval / 2) / maxval;
            *sample = S::try_from(stretched).unwrap_or(*sample);
        }
    }
    Ok(samples)
}

/// Reads all samples as they are in the file, but for bits, of which 1 is black.
fn as_written<S: Sample>(header: &Header, bytes: &[u8]) -> Result<Vec<S>, String> {
    let held = bytes.get(header.samples_at..).unwrap_or_default();
    let length = header.length().ok_or("truncated")?;
    let is_text = matches!(header.encoding, Encoding::Ascii | Encoding::AsciiBits);
    if held.len() < length {
        let least = if is_text { "at least " } else { "" };
        return Err(format!(
            "truncated: {} of {least}{length} bytes are there",
            held.len()
        ));
    }
    let raster = &held[..length];
    match header.encoding {
        Encoding::AsciiBits => ascii_bits(header, bytes),
        Encoding::Ascii => ascii(header, bytes),
        Encoding::Bits => Ok(packed_bits(header, raster)),
        Encoding::Binary => binary(header, raster),
    }
}

fn binary<S: Sample>(header: &Header, raster: &[u8]) -> Result<Vec<S>, String> {
    let sample = |(index, bytes): (usize, &[u8])| {
        let value = bytes
            .iter()
            .fold(0, |value, &byte| value << 8 | u32::from(byte));
        checked(header, value).ok_or_else(|| above_maxval(header, index, &value.to_string()))
    };
    raster
        .chunks_exact(header.sample_bytes())
        .enumerate()
        .map(sample)
        .collect()
}

/// Returns a value as a sample if it is not above the maxval.
fn checked<S: Sample>(header: &Header, value: u32) -> Option<S> {
    S::try_from(value).ok().filter(|_| value <= header.maxval)
}

fn packed_bits<S: Sample>(header: &Header, raster: &[u8]) -> Vec<S> {
    let width = header.width as usize;
    raster
        .chunks_exact(width.div_ceil(8))
        .flat_map(|row| (0..width).map(move |x| S::from(!row[x / 8] >> (7 - x % 8) & 1)))
        .collect()
}

fn ascii_bits<S: Sample>(header: &Header, bytes: &[u8]) -> Result<Vec<S>, String> {
    let count = header.samples() as usize;
    let mut words = Words::of_samples(header, bytes);
    let mut samples = Vec::with_capacity(count);
    while samples.len() < count {
        words.skip_space();
        match bytes.get(words.at) {
            Some(b'0') => samples.push(S::from(1)),
            Some(b'1') => samples.push(S::from(0)),
            Some(&other) => {
                let place = place(header, samples.len());
                return Err(format!(
                    "damaged: `{}` in {place}; a PBM has only 0 and 1",
                    shown(&[other])
                ));
            }
            None => return Err(missing(samples.len(), count)),
        }
        words.at += 1;
    }
    Ok(samples)
}

fn ascii<S: Sample>(header: &Header, bytes: &[u8]) -> Result<Vec<S>, String> {
    let count = header.samples() as usize;
    let mut words = Words::of_samples(header, bytes);
    let mut samples = Vec::with_capacity(count);
    while samples.len() < count {
        let word = words.next().ok_or_else(|| missing(samples.len(), count))?;
        let value = number(word).ok_or_else(|| {
            let place = place(header, samples.len());
            format!(
                "damaged: `{}` in {place} is not a whole number",
                shown(word)
            )
        })?;
        let sample = checked(header, value);
        samples.push(sample.ok_or_else(|| above_maxval(header, samples.len(), &shown(word)))?);
    }
    Ok(samples)
}

fn missing(found: usize, needed: usize) -> String {
    format!("truncated: {found} of {needed} values are there")
}

fn above_maxval(header: &Header, index: usize, value: &str) -> String {
    let place = place(header, index);
    format!(
        "damaged: the value {value} in {place} is above the maxval of {}: correct the value or the maxval",
        header.maxval
    )
}

/// Returns the row and column of a sample, from 1.
fn place(header: &Header, index: usize) -> String {
    let pixel = index / header.channels;
    let width = header.width as usize;
    format!("row {}, column {}", pixel / width + 1, pixel % width + 1)
}
