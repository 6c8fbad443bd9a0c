//! The compression of GIF frames. It is that of any encoder, but steps over runs of one value, the transparent pixels, of
//! which most of an animation consists.

/// Bits of a value.
const VALUE_BITS: u32 = 8;
/// The code that empties the dictionary, and the code of the end.
const CLEAR: u16 = 1 << VALUE_BITS;
const END: u16 = CLEAR + 1;
/// The most bits of a code.
const MOST_BITS: u32 = 12;
/// Slots of the dictionary: twice as many as there are codes.
const SLOTS: usize = 2 << MOST_BITS;
/// A slot that is not in use; no code is 0 behind another.
const FREE: u32 = 0;

/// Returns values as a GIF frame has them: the bits of a value, and the codes. `frequent` is the value of most runs.
pub(super) fn compressed(values: &[u8], frequent: u8) -> Vec<u8> {
    let mut bits = BitWriter::default();
    let mut dictionary = Dictionary::new(frequent);
    bits.push(CLEAR, dictionary.width);
    let mut rest = values.iter();
    let mut code = match rest.next() {
        Some(&first) => u16::from(first),
        None => END,
    };
    loop {
        if code == u16::from(frequent) {
            let next = rest.as_slice();
            let most = next.len().min(dictionary.runs.len() - 1);
            let run = leading(&next[..most], frequent);
            code = dictionary.runs[run];
            rest = next[run..].iter();
        }
        let Some(&value) = rest.next() else {
            break;
        };
        match dictionary.longer(code, value) {
            Ok(longer) => code = longer,
            Err(slot) => {
                bits.push(code, dictionary.width);
                if dictionary.is_full() {
                    bits.push(CLEAR, dictionary.width);
                    dictionary.clear();
                } else {
                    dictionary.add(slot, code, value);
                }
                code = u16::from(value);
            }
        }
    }
    if code != END {
        bits.push(code, dictionary.width);
        dictionary.count();
    }
    bits.push(END, dictionary.width);
    bits.finish()
}

/// Returns how many values at the start are `value`.
fn leading(values: &[u8], value: u8) -> usize {
    let chunks = values.as_chunks::<32>().0;
    let whole = chunks.iter().take_while(|chunk| **chunk == [value; 32]);
    let whole = 32 * whole.count();
    let rest = values[whole..].iter().take_while(|&&next| next == value);
    whole + rest.count()
}

/// The strings that have codes.
struct Dictionary {
    /// Strings of more than one value: the code of all but the last one, the last one, and the code.
    slots: Vec<u32>,
    /// The codes of one, two and more of the frequent value.
    runs: Vec<u16>,
    frequent: u8,
    /// The next free code.
    next: u16,
    /// Bits of a code.
    width: u32,
}

impl Dictionary {
    fn new(frequent: u8) -> Self {
        Self {
            slots: vec![FREE; SLOTS],
            runs: vec![u16::from(frequent)],
            frequent,
            next: END + 1,
            width: VALUE_BITS + 1,
        }
    }

    fn clear(&mut self) {
        self.slots.fill(FREE);
        self.runs.truncate(1);
        (self.next, self.width) = (END + 1, VALUE_BITS + 1);
    }

    fn is_full(&self) -> bool {
        self.next == 1 << MOST_BITS
    }

    /// Returns the code of a string with one more value, or the slot for it.
    fn longer(&self, code: u16, value: u8) -> Result<u16, usize> {
        let key = u32::from(code) << VALUE_BITS | u32::from(value);
        let mut slot = (key.wrapping_mul(0x9E37_79B1) >> (u32::BITS - MOST_BITS - 1)) as usize;
        loop {
            let found = self.slots[slot];
            if found == FREE {
                return Err(slot);
            }
            if found >> MOST_BITS == key {
                return Ok((found & ((1 << MOST_BITS) - 1)) as u16);
            }
            slot = (slot + 1) % SLOTS;
        }
    }

    /// Gives a string with one more value the next code.
    fn add(&mut self, slot: usize, code: u16, value: u8) {
        let key = u32::from(code) << VALUE_BITS | u32::from(value);
        self.slots[slot] = key << MOST_BITS | u32::from(self.next);
        if value == self.frequent && self.runs.last() == Some(&code) {
            self.runs.push(self.next);
        }
        self.count();
    }

    /// Counts a code, which may make codes longer.
    fn count(&mut self) {
        self.next += 1;
        if u32::from(self.next) > 1 << self.width && self.width < MOST_BITS {
            self.width += 1;
        }
    }
}

/// Codes one after the other, the lowest bits first.
struct BitWriter {
    bytes: Vec<u8>,
    waiting: u32,
    count: u32,
}

impl Default for BitWriter {
    fn default() -> Self {
        Self {
            bytes: vec![VALUE_BITS as u8],
            waiting: 0,
            count: 0,
        }
    }
}

impl BitWriter {
    fn push(&mut self, code: u16, width: u32) {
        self.waiting |= u32::from(code) << self.count;
        self.count += width;
        while self.count >= u8::BITS {
            self.bytes.push(self.waiting as u8);
            self.waiting >>= u8::BITS;
            self.count -= u8::BITS;
        }
    }

    fn finish(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.bytes.push(self.waiting as u8);
        }
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::AnimationDecoder;
    use image::codecs::gif::GifDecoder;

    use super::*;

    /// Returns the values that a decoder finds in a frame of some columns.
    fn decoded(values: &[u8], width: usize, frequent: u8) -> Vec<u8> {
        let greys: Vec<u8> = (0..=u8::MAX).flat_map(|grey| [grey; 3]).collect();
        let height = values.len() / width;
        let mut file = Vec::new();
        let mut encoder =
            gif::Encoder::new(&mut file, width as u16, height as u16, &greys).unwrap();
        let frame = gif::Frame {
            width: width as u16,
            height: height as u16,
            buffer: compressed(values, frequent).into(),
            ..gif::Frame::default()
        };
        encoder.write_lzw_pre_encoded_frame(&frame).unwrap();
        drop(encoder);
        let mut frames = GifDecoder::new(Cursor::new(file)).unwrap().into_frames();
        let picture = frames.next().unwrap().unwrap().into_buffer();
        picture.pixels().map(|pixel| pixel.0[0]).collect()
    }

    #[test]
    fn every_decoder_finds_the_values() {
        let mut state = 1_u32;
        let mut random = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % below
        };
        let noise: Vec<u8> = (0..60_000).map(|_| random(256) as u8).collect();
        let mut runs = Vec::new();
        while runs.len() < 600_000 {
            let (value, length) = (250 + random(6) as u8, 1 + random(2000) as usize);
            runs.resize(runs.len() + length, value);
        }
        runs.truncate(600_000);
        let few: Vec<u8> = (0..30_000).map(|_| random(2) as u8).collect();
        let even = vec![7; 900_000];
        for (values, width) in [(&noise, 200), (&runs, 1000), (&few, 100), (&even, 1000)] {
            for frequent in [7, 255, 0] {
                assert!(decoded(values, width, frequent) == *values, "{frequent}");
            }
            // As many values as fit each width of codes and one more or fewer.
            for count in (1..600).chain(3800..3900) {
                assert_eq!(decoded(&values[..count], 1, 7), values[..count], "{count}");
            }
        }
    }
}
