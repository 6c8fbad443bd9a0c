//! How an image is to be turned to stand upright.

use image::ImageDecoder;
use image::metadata::Orientation;

/// Returns the orientation that a file states: as its format does, in Exif, or else in XMP.
pub(super) fn orientation(decoder: &mut impl ImageDecoder) -> Orientation {
    let stated = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    if stated != Orientation::NoTransforms {
        return stated;
    }
    let exif = decoder.exif_metadata().ok().flatten();
    let mut xmp = || decoder.xmp_metadata().ok().flatten();
    exif.and_then(|exif| in_exif(&exif))
        .or_else(|| in_xmp(&xmp()?))
        .unwrap_or(stated)
}

/// Returns the orientation in Exif data. Some writers of WebP keep the prefix that they have in JPEG files.
fn in_exif(exif: &[u8]) -> Option<Orientation> {
    Orientation::from_exif_chunk(exif.strip_prefix(b"Exif\0\0").unwrap_or(exif))
}

/// Returns the orientation in an XMP text, which writes it as an attribute or as an element.
fn in_xmp(xmp: &[u8]) -> Option<Orientation> {
    let text = String::from_utf8_lossy(xmp);
    let (_, rest) = text.split_once("tiff:Orientation")?;
    let value =
        rest.trim_start_matches(|sign: char| "=>\"'".contains(sign) || sign.is_whitespace());
    Orientation::from_exif(value.chars().next()?.to_digit(10)? as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_xmp_are_read() {
        let attribute = b"<rdf:Description tiff:Orientation = '6' tiff:X='1'/>";
        assert_eq!(in_xmp(attribute), Some(Orientation::Rotate90));
        let element = b"<tiff:Orientation>3</tiff:Orientation>";
        assert_eq!(in_xmp(element), Some(Orientation::Rotate180));
        assert_eq!(in_xmp(b"<tiff:Orientation/>"), None);
        assert_eq!(in_xmp(b"<x/>"), None);
    }
}
