//! LZW decompression, of TIFF 6.0 and of earlier writers.

use weezl::decode::Decoder;
use weezl::{BitOrder, LzwStatus};

/// Decompresses `length` bytes, or as many as there are.
pub(super) fn decompress(data: &[u8], length: usize) -> Result<Vec<u8>, String> {
    // Earlier writers begin with the least significant bit, so that the first code, 256, is seen in the second byte.
    let is_old = matches!(data, [0, second, ..] if second & 1 == 1);
    let mut decoder = if is_old {
        Decoder::new(BitOrder::Lsb, 8)
    } else {
        Decoder::with_tiff_size_switch(BitOrder::Msb, 8)
    };
    let mut bytes = vec![0; length];
    let (mut read, mut written) = (0, 0);
    while written < length {
        let step = decoder.decode_bytes(&data[read..], &mut bytes[written..]);
        read += step.consumed_in;
        written += step.consumed_out;
        match step.status {
            Ok(LzwStatus::Ok) if step.consumed_in + step.consumed_out > 0 => {}
            Ok(_) => break,
            Err(error) => return Err(format!("damaged: LZW data ({error})")),
        }
    }
    bytes.truncate(written);
    Ok(bytes)
}
