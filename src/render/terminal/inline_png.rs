//! A PNG as text for terminals that show one.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The maximum length of the payload of an escape sequence in kitty's protocol.
const CHUNK: usize = 4096;

/// Returns a PNG as text for a terminal with kitty's graphics protocol, `columns` characters wide.
#[must_use]
pub fn kitty(png: &[u8], columns: usize) -> String {
    let text = STANDARD.encode(png);
    let count = text.len().div_ceil(CHUNK);
    let mut shown = String::new();
    for index in 0..count {
        let chunk = &text[index * CHUNK..text.len().min((index + 1) * CHUNK)];
        // q=2 suppresses the replies of the terminal, which nothing would read.
        let first = if index == 0 {
            format!("a=T,f=100,q=2,c={columns},")
        } else {
            String::new()
        };
        let more = u8::from(index + 1 < count);
        // Writing to a String cannot fail.
        let _ = write!(shown, "\x1b_G{first}m={more};{chunk}\x1b\\");
    }
    shown + "\n"
}

/// Returns a PNG as text for a terminal with iTerm2's inline images, `columns` characters wide.
#[must_use]
pub fn iterm(png: &[u8], columns: usize) -> String {
    let (size, text) = (png.len(), STANDARD.encode(png));
    format!(
        "\x1b]1337;File=inline=1;preserveAspectRatio=1;width={columns};size={size}:{text}\x07\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_png_is_sent_in_chunks_and_the_last_one_is_marked() {
        let sent = kitty(&[7; 4000], 80);
        let pieces: Vec<&str> = sent.trim_end().split_terminator("\x1b\\").collect();
        assert_eq!(pieces.len(), 2);
        assert!(
            pieces[0].starts_with("\x1b_Ga=T,f=100,q=2,c=80,m=1;")
                && pieces[1].starts_with("\x1b_Gm=0;")
        );
        let text: String = pieces
            .iter()
            .map(|piece| piece.split_once(';').unwrap().1)
            .collect();
        assert_eq!(STANDARD.decode(text).unwrap(), [7; 4000]);
        let sent = iterm(&[7; 10], 80);
        assert!(sent.contains("width=80;size=10:") && sent.ends_with("\x07\n"));
    }
}
