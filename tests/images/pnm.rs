//! PBM, PGM, PPM and PAM files: values above the maxval, and every other way in which one can be wrong.

use crate::helpers::{reason, twice, units, values};

#[test]
fn a_value_above_the_maxval_is_named_with_its_place() {
    let cases: [(&[u8], &str, &str); 7] = [
        (b"P2 2 1 15 3 16", "16 in row 1, column 2", "15"),
        (b"P2 2 2 15\n0 1\n99999999999 3", "99999999999 in row 2, column 1", "15"),
        (b"P3 2 1 255  1 2 3  4 5 256", "256 in row 1, column 2", "255"),
        (b"P5 2 2 7\n\x00\x01\x07\x08", "8 in row 2, column 2", "7"),
        (b"P5 1 2 4095\n\x0f\xff\x10\x00", "4096 in row 2, column 1", "4095"),
        (b"P6 1 2 1\n\x00\x00\x00\x01\x02\x01", "2 in row 2, column 1", "1"),
        (
            b"P7\nWIDTH 2\nHEIGHT 1\nDEPTH 2\nMAXVAL 100\nTUPLTYPE GRAYSCALE_ALPHA\nENDHDR\n\x01\x64\x65\x64",
            "101 in row 1, column 2",
            "100",
        ),
    ];
    for (bytes, place, maxval) in cases {
        assert_eq!(
            reason("a.pgm", bytes.to_vec()),
            format!(
                "damaged: the value {place} is above the maxval of {maxval}: correct the value or the maxval"
            )
        );
    }
}

#[test]
fn signs_that_are_no_samples_are_named_with_their_place() {
    let cases: [(&[u8], &str); 6] = [
        (
            b"P1 2 2 1 0 0 2",
            "damaged: `2` in row 2, column 2; a PBM has only 0 and 1",
        ),
        (
            b"P1 2 1 0x",
            "damaged: `x` in row 1, column 2; a PBM has only 0 and 1",
        ),
        (
            b"P2 2 1 15 3 -1",
            "damaged: `-1` in row 1, column 2 is not a whole number",
        ),
        (
            b"P2 2 1 15 0.5 1",
            "damaged: `0.5` in row 1, column 1 is not a whole number",
        ),
        (b"P2 2 x 15 1 1", "damaged: the height is `x`"),
        (
            b"P5 2 2 0\n\0\0\0\0",
            "damaged: the maxval is 0; it must be 1 to 65535",
        ),
    ];
    for (bytes, expected) in cases {
        assert_eq!(reason("a.pgm", bytes.to_vec()), expected);
    }
    assert_eq!(
        reason("a.pgm", b"P5 2 2 65536\n\0\0\0\0".to_vec()),
        "damaged: the maxval is 65536; it must be 1 to 65535"
    );
}

#[test]
fn missing_values_are_counted() {
    let cases: [(&[u8], &str); 5] = [
        (b"P2 2 2 15 10 2 15", "truncated: 3 of 4 values are there"),
        (b"P1 2 2 # 10\n0 1 1", "truncated: 3 of 4 values are there"),
        (b"P5 2 2 255\nabc", "truncated: 3 of 4 bytes are there"),
        (b"P4 9 2\n\0\0\0", "truncated: 3 of 4 bytes are there"),
        (
            b"P6 1 1 256\n\0\0\0\0\0",
            "truncated: 5 of 6 bytes are there",
        ),
    ];
    for (bytes, expected) in cases {
        assert_eq!(reason("a.pgm", bytes.to_vec()), expected);
    }
    assert_eq!(
        reason("a.pgm", b"P5 2".to_vec()),
        "truncated: the header is not complete"
    );
}

#[test]
fn line_ends_of_every_system_and_comments_are_accepted() {
    let expected = units(&[0, 10, 13, 255]);
    let cases: [&[u8]; 6] = [
        b"P5\n2 2\n255\n\x00\x0a\x0d\xff",
        b"P5\r\n2 2\r\n255\r\n\x00\x0a\x0d\xff",
        b"P5\r2 2\r255\r\x00\x0a\x0d\xff",
        b"P5 # one\r\n2 # two\n2\t255 \x00\x0a\x0d\xff",
        b"P2\r\n2 2\r\n255\r\n0 10\r\n13 255\r\n",
        b"P2\n2 2 255\n0 10 # the first row\n13 255\nP2 is over",
    ];
    for bytes in cases {
        let shown = String::from_utf8_lossy(bytes).into_owned();
        assert_eq!(values(".pgm", bytes.to_vec()), expected, "{shown:?}");
    }
    // One sign of white space ends the header: here the first pixel is a line feed.
    assert_eq!(
        values(".pgm", b"P5 2 1 255\r\x0a\xff".to_vec()),
        units(&[10, 255])
    );
}

#[test]
fn bits_need_no_space_and_one_is_black() {
    let expected = units(&[0, 255, 255, 0, 0, 255]);
    for bytes in [
        &b"P1 3 2 100110"[..],
        b"P1\n3 2\n1 0 0\n1 1 0\n",
        b"P4 3 2\n\x80\xc0",
    ] {
        assert_eq!(values(".pbm", bytes.to_vec()), expected);
    }
    let pam = b"P7\nWIDTH 2\nHEIGHT 1\nDEPTH 1\nMAXVAL 1\nTUPLTYPE BLACKANDWHITE\nENDHDR\n\x00\x01";
    assert_eq!(values(".pam", pam.to_vec()), units(&[0, 255]));
}

fn pam(depth: usize, maxval: u32, tuple_type: &str, samples: &[u8]) -> Vec<u8> {
    let header = format!(
        "P7\n# made by hand\nWIDTH 1\nHEIGHT 1\nDEPTH {depth}\nMAXVAL {maxval}\nTUPLTYPE {tuple_type}\nENDHDR\n"
    );
    [header.as_bytes(), samples].concat()
}

#[test]
fn every_tuple_type_of_a_pam_is_read_or_named() {
    // Half opaque over white: (51 + 255) / 2 = 153.
    let cases = [
        (pam(1, 255, "GRAYSCALE", &[51]), 0.2),
        (pam(1, 65535, "GRAYSCALE", &[0x33, 0x33]), 0.2),
        (pam(3, 5, "RGB", &[1, 1, 1]), 0.2),
        (pam(4, 255, "RGB_ALPHA", &[51, 51, 51, 255]), 0.2),
        (pam(2, 255, "GRAYSCALE_ALPHA", &[51, 0]), 1.0),
        (pam(2, 1, "BLACKANDWHITE_ALPHA", &[0, 1]), 0.0),
    ];
    for (bytes, expected) in cases {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        assert_eq!(values(".pam", bytes), [expected], "{text}");
    }
    assert_eq!(
        reason("a.pam", pam(5, 255, "HYPERSPECTRAL", &[0; 5])),
        "PAM with the tuple type `HYPERSPECTRAL`: not supported; save it as GRAYSCALE or RGB"
    );
    assert_eq!(
        reason("a.pam", pam(1, 255, "RGB", &[0])),
        "damaged: the depth is 1, but RGB has 3"
    );
    let notes = twice(".pam", pam(2, 255, "GRAYSCALE_ALPHA", &[51, 0])).notes;
    let expected = "2 images have transparency, composited over white";
    assert!(notes.contains(&expected.to_owned()), "{notes:?}");
}

#[test]
fn sides_beyond_all_memory_are_too_large() {
    for header in ["P1", "P2", "P3", "P4", "P5", "P6"] {
        let file = format!("{header} 4294967295 4294967295 255\r\n1 2");
        assert_eq!(
            reason("a.pgm", file.into_bytes()),
            "too large: 4294967295x4294967295, the limit is 30000 per side"
        );
    }
}
