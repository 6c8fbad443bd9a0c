//! Headers of PBM, PGM, PPM and PAM files.

use crate::error::one_line;
use crate::images::reading::decode::unsupported::unsupported;

/// How samples are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Digits 0 and 1, with or without space between them; 1 is black.
    AsciiBits,
    /// Numbers with space between them.
    Ascii,
    /// Eight pixels per byte; 1 is black.
    Bits,
    /// One byte per sample, or two if the maxval is above 255.
    Binary,
}

/// A header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub encoding: Encoding,
    pub width: u32,
    pub height: u32,
    /// Samples per pixel: grey, grey and alpha, RGB, or RGB and alpha.
    pub channels: usize,
    /// The value of white.
    pub maxval: u32,
    /// Where the samples begin.
    pub samples_at: usize,
}

impl Header {
    /// Reads the header of a file.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, String> {
        let (encoding, channels) = match bytes.get(1) {
            Some(b'1') => (Encoding::AsciiBits, 1),
            Some(b'2') => (Encoding::Ascii, 1),
            Some(b'3') => (Encoding::Ascii, 3),
            Some(b'4') => (Encoding::Bits, 1),
            Some(b'5') => (Encoding::Binary, 1),
            Some(b'6') => (Encoding::Binary, 3),
            _ => return pam(bytes),
        };
        let mut words = Words { bytes, at: 2 };
        let width = words.number("width")?;
        let height = words.number("height")?;
        let has_maxval = matches!(encoding, Encoding::Ascii | Encoding::Binary);
        let maxval = if has_maxval {
            words.number("maxval")?
        } else {
            1
        };
        let header = Self {
            encoding,
            width,
            height,
            channels,
            maxval,
            samples_at: words.at + 1,
        };
        header.checked().map(|header| header.after_line_end(bytes))
    }

    fn checked(self) -> Result<Self, String> {
        match self.maxval {
            1..=65535 => Ok(self),
            maxval => Err(format!(
                "damaged: the maxval is {maxval}; it must be 1 to 65535"
            )),
        }
    }

    /// One sign of white space ends a header, or a whole CR LF if it is written on such a system.
    fn after_line_end(mut self, bytes: &[u8]) -> Self {
        let at = self.samples_at;
        let is_line_end = bytes.get(at - 1..=at) == Some(b"\r\n");
        let has_others = || bytes[..at - 1].windows(2).any(|two| two == b"\r\n");
        let is_longer = || {
            self.length()
                .is_some_and(|length| bytes.len() - at > length)
        };
        if is_line_end && (has_others() || is_longer()) {
            self.samples_at += 1;
        }
        self
    }

    /// Returns the bytes of a sample when it is decoded.
    pub(super) fn sample_bytes(&self) -> usize {
        if self.maxval > 255 { 2 } else { 1 }
    }

    /// Returns how many samples there are.
    pub(super) fn samples(&self) -> u64 {
        u64::from(self.width)
            .saturating_mul(u64::from(self.height))
            .saturating_mul(self.channels as u64)
    }

    /// Returns the length of the samples in bytes; the least length if they are text.
    pub(super) fn length(&self) -> Option<usize> {
        let samples = usize::try_from(self.samples()).ok()?;
        match self.encoding {
            Encoding::AsciiBits => Some(samples),
            Encoding::Ascii => samples.checked_mul(2)?.checked_sub(1),
            Encoding::Bits => (self.width as usize)
                .div_ceil(8)
                .checked_mul(self.height as usize),
            Encoding::Binary => samples.checked_mul(self.sample_bytes()),
        }
    }
}

/// The words of a text, without comments.
pub(super) struct Words<'a> {
    pub bytes: &'a [u8],
    pub at: usize,
}

impl<'a> Words<'a> {
    /// Returns the words from the first sample on.
    pub(super) fn of_samples(header: &Header, bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            at: header.samples_at,
        }
    }

    /// Moves on to the next sign that is neither white space nor part of a comment.
    pub(super) fn skip_space(&mut self) {
        while let Some(&sign) = self.bytes.get(self.at) {
            if sign == b'#' {
                let rest = &self.bytes[self.at..];
                let line = rest.iter().position(|sign| matches!(sign, b'\n' | b'\r'));
                self.at += line.unwrap_or(rest.len());
            } else if sign.is_ascii_whitespace() || sign == 0x0B {
                self.at += 1;
            } else {
                return;
            }
        }
    }

    /// Returns the next word; `None` at the end.
    pub(super) fn next(&mut self) -> Option<&'a [u8]> {
        self.skip_space();
        let rest = &self.bytes[self.at..];
        let ends = |sign: &u8| sign.is_ascii_whitespace() || matches!(sign, 0x0B | b'#');
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        self.at += length;
        (length > 0).then(|| &rest[..length])
    }

    fn number(&mut self, what: &str) -> Result<u32, String> {
        let word = self.next().ok_or("truncated: the header is not complete")?;
        number(word).ok_or_else(|| format!("damaged: the {what} is `{}`", shown(word)))
    }
}

/// Returns the number that these digits are, or the largest one if they are more.
pub(super) fn number(word: &[u8]) -> Option<u32> {
    let is_number = !word.is_empty() && word.iter().all(u8::is_ascii_digit);
    is_number.then(|| {
        word.iter().fold(0_u32, |number, digit| {
            number
                .saturating_mul(10)
                .saturating_add(u32::from(digit - b'0'))
        })
    })
}

/// Returns the beginning of a word for a message.
pub(super) fn shown(word: &[u8]) -> String {
    one_line(&String::from_utf8_lossy(&word[..word.len().min(20)]))
}

/// The lines of the header of a PAM file.
#[derive(Default)]
struct PamLines {
    width: Option<u32>,
    height: Option<u32>,
    depth: Option<u32>,
    maxval: Option<u32>,
    tuple_type: String,
}

fn pam(bytes: &[u8]) -> Result<Header, String> {
    let mut lines = PamLines::default();
    let mut at = 2;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let length = rest.iter().position(|&sign| sign == b'\n');
        let length = length.ok_or("truncated: the header is not complete")?;
        at += length + 1;
        let line = String::from_utf8_lossy(&rest[..length]);
        match line.trim() {
            "ENDHDR" => break,
            line => lines.add(line)?,
        }
    }
    lines.header(at)
}

impl PamLines {
    fn add(&mut self, line: &str) -> Result<(), String> {
        let (word, value) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let value = value.trim();
        let slot = match word {
            "WIDTH" => &mut self.width,
            "HEIGHT" => &mut self.height,
            "DEPTH" => &mut self.depth,
            "MAXVAL" => &mut self.maxval,
            "TUPLTYPE" => {
                self.tuple_type.push_str(value);
                return Ok(());
            }
            "" => return Ok(()),
            comment if comment.starts_with('#') => return Ok(()),
            _ => {
                return Err(format!(
                    "damaged: the header has `{}`",
                    shown(line.as_bytes())
                ));
            }
        };
        let read = number(value.as_bytes());
        *slot =
            Some(read.ok_or_else(|| format!("damaged: {word} is `{}`", shown(value.as_bytes())))?);
        Ok(())
    }

    fn header(self, samples_at: usize) -> Result<Header, String> {
        let channels = match (self.tuple_type.as_str(), self.depth) {
            ("", Some(depth @ 1..=4)) => depth,
            ("BLACKANDWHITE" | "GRAYSCALE", _) => 1,
            ("BLACKANDWHITE_ALPHA" | "GRAYSCALE_ALPHA", _) => 2,
            ("RGB", _) => 3,
            ("RGB_ALPHA", _) => 4,
            (other, _) => {
                let kind = format!("PAM with the tuple type `{}`", shown(other.as_bytes()));
                return Err(unsupported(&kind, "GRAYSCALE or RGB"));
            }
        };
        let missing = "damaged: the header has no WIDTH, HEIGHT, DEPTH or MAXVAL";
        let header = Header {
            encoding: Encoding::Binary,
            width: self.width.ok_or(missing)?,
            height: self.height.ok_or(missing)?,
            channels: channels as usize,
            maxval: self.maxval.ok_or(missing)?,
            samples_at,
        };
        match self.depth.ok_or(missing)? {
            depth if depth == channels => header.checked(),
            depth => Err(format!(
                "damaged: the depth is {depth}, but {} has {channels}",
                self.tuple_type
            )),
        }
    }
}
