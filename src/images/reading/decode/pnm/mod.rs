//! Decoding of PBM, PGM, PPM and PAM files. The crate `image` would clamp values above the maxval.
//!
//! Source: the Netpbm manual, *pbm(5)*, *pgm(5)*, *ppm(5)* and *pam(5)*.

mod header;
mod samples;

use image::{DynamicImage, ImageBuffer, Pixel};

use self::header::Header;
use self::samples::Sample;
use super::limits::check_size;

/// Decodes a file; a maxval other than 255 or 65535 is stretched to the next of these.
///
/// # Errors
/// If it is truncated, damaged or too large.
pub(super) fn decode(bytes: &[u8]) -> Result<DynamicImage, String> {
    let header = Header::read(bytes)?;
    check_size(header.width, header.height, decoded_length(&header))?;
    match (header.sample_bytes(), header.channels) {
        (1, 1) => buffer(&header, bytes).map(DynamicImage::ImageLuma8),
        (1, 2) => buffer(&header, bytes).map(DynamicImage::ImageLumaA8),
        (1, 3) => buffer(&header, bytes).map(DynamicImage::ImageRgb8),
        (1, _) => buffer(&header, bytes).map(DynamicImage::ImageRgba8),
        (_, 1) => buffer(&header, bytes).map(DynamicImage::ImageLuma16),
        (_, 2) => buffer(&header, bytes).map(DynamicImage::ImageLumaA16),
        (_, 3) => buffer(&header, bytes).map(DynamicImage::ImageRgb16),
        (_, _) => buffer(&header, bytes).map(DynamicImage::ImageRgba16),
    }
}

/// Returns the most bytes that the pixels of a file take while they are decoded and after; 0 if they cannot be read.
pub(super) fn decoded_bytes(bytes: &[u8]) -> u64 {
    let Ok(header) = Header::read(bytes) else {
        return 0;
    };
    let length = decoded_length(&header);
    match check_size(header.width, header.height, length) {
        // 16-bit samples become floats.
        Ok(()) => length * header.sample_bytes() as u64,
        Err(_) => 0,
    }
}

fn decoded_length(header: &Header) -> u64 {
    header
        .samples()
        .saturating_mul(header.sample_bytes() as u64)
}

/// The samples of an image with this kind of pixel.
type Buffer<P> = ImageBuffer<P, Vec<<P as Pixel>::Subpixel>>;

fn buffer<P: Pixel<Subpixel: Sample>>(header: &Header, bytes: &[u8]) -> Result<Buffer<P>, String> {
    let samples = samples::read(header, bytes)?;
    let buffer = ImageBuffer::from_raw(header.width, header.height, samples);
    buffer.ok_or_else(|| "truncated".to_owned())
}
