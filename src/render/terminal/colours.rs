//! The colours of a terminal.

use crate::render::canvas::colour_scale::squared_distance;

/// The colours of a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colours {
    /// 24-bit colours.
    True,
    /// The 256 colours of xterm: 24 greys and 216 colours.
    Palette,
}

impl Colours {
    /// Returns the escape code that sets the foreground (`layer` 38) or the background (48).
    pub(super) fn code(self, layer: u8, [red, green, blue]: [u8; 3]) -> String {
        match self {
            Self::True => format!("{layer};2;{red};{green};{blue}"),
            Self::Palette => format!("{layer};5;{}", nearest([red, green, blue])),
        }
    }
}

/// The values of a channel in xterm's cube of 6 × 6 × 6 colours, which begins at 16.
const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// Returns the nearest of xterm's 256 colours: one of the cube, or one of the 24 greys from 232 on.
fn nearest(colour: [u8; 3]) -> u8 {
    let steps = colour.map(nearest_step);
    let in_cube = 16 + (36 * steps[0] + 6 * steps[1] + steps[2]) as u8;
    let cube_distance = squared_distance(colour, steps.map(|step| CUBE[step]));
    let (mut best, mut best_distance) = (in_cube, cube_distance);
    for index in 0..24 {
        let distance = squared_distance(colour, [8 + 10 * index; 3]);
        // A grey is preferred to an equally near colour of the cube.
        if distance < best_distance || distance == best_distance && best == in_cube {
            (best, best_distance) = (232 + index, distance);
        }
    }
    best
}

/// Returns the index of the nearest value of [`CUBE`].
fn nearest_step(value: u8) -> usize {
    (0..CUBE.len())
        .min_by_key(|&step| CUBE[step].abs_diff(value))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_palette_has_greys_for_greys_and_its_cube_for_colours() {
        assert_eq!(
            [0, 8, 128, 238, 255].map(|grey| nearest([grey; 3])),
            [16, 232, 244, 255, 231]
        );
        assert_eq!(nearest([255, 0, 0]), 196);
        assert_eq!(nearest([95, 135, 255]), 69);
    }
}
