//! The colours of a terminal.

/// The colours that a terminal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colours {
    /// All of them, 24 bits each.
    True,
    /// The 256 of xterm: 24 greys, and 216 colours.
    Palette,
}

impl Colours {
    /// The code that sets the letters (`what` is 38) or what is behind them (48).
    pub(super) fn code(self, what: u8, [red, green, blue]: [u8; 3]) -> String {
        match self {
            Self::True => format!("{what};2;{red};{green};{blue}"),
            Self::Palette => format!("{what};5;{}", nearest([red, green, blue])),
        }
    }
}

/// The values of a channel in xterm's cube of 6 x 6 x 6 colours, which begins at 16.
const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// The colour of xterm's 256 that is nearest: one of the cube, or one of the 24 greys from 232 on.
fn nearest(colour: [u8; 3]) -> u8 {
    let far = |other: [u8; 3]| {
        colour
            .iter()
            .zip(other)
            .map(|(a, b)| u32::from(a.abs_diff(b)).pow(2))
            .sum::<u32>()
    };
    let step = |value: u8| {
        (0..6)
            .min_by_key(|&step| CUBE[step].abs_diff(value))
            .unwrap_or_default()
    };
    let steps = colour.map(step);
    let of_cube = (
        far(steps.map(|step| CUBE[step])),
        16 + (36 * steps[0] + 6 * steps[1] + steps[2]) as u8,
    );
    let greys = (0..24).map(|grey| (far([8 + 10 * grey; 3]), 232 + grey));
    greys
        .chain([of_cube])
        .min_by_key(|&(far, _)| far)
        .map_or(0, |(_, code)| code)
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
