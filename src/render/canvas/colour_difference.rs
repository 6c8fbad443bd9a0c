//! How different two colours look, also with colour vision deficiency.

use palette::color_difference::EuclideanDistance;
use palette::{IntoColor, Oklab, Srgb};
use plotters::style::RGBColor;

/// Returns the perceptual difference of two colours: their distance in Oklab (B. Ottosson, *A
/// perceptual color space for image processing*, 2020). Black and white are 1 apart.
pub(crate) fn difference(one: RGBColor, other: RGBColor) -> f32 {
    oklab(one).distance(oklab(other))
}

fn oklab(RGBColor(red, green, blue): RGBColor) -> Oklab {
    Srgb::new(red, green, blue).into_format().into_color()
}

/// Figures that only tests of colours need.
#[cfg(test)]
pub(crate) mod vision {
    use palette::color_difference::Wcag21RelativeContrast;
    use palette::{IntoColor, LinSrgb, Oklab, Srgb};
    use plotters::style::RGBColor;

    use super::{EuclideanDistance, difference};

    /// Linear light as seen with protanopia and deuteranopia (G. Machado, M. Oliveira, L.
    /// Fernandes, *A physiologically-based model for simulation of color vision deficiency*, 2009,
    /// severity 1).
    const PROTANOPIA: [[f32; 3]; 3] = [
        [0.152_286, 1.052_583, -0.204_868],
        [0.114_503, 0.786_281, 0.099_216],
        [-0.003_882, -0.048_116, 1.051_998],
    ];
    const DEUTERANOPIA: [[f32; 3]; 3] = [
        [0.367_322, 0.860_646, -0.227_968],
        [0.280_085, 0.672_501, 0.047_413],
        [-0.011_820, 0.042_940, 0.968_881],
    ];

    /// Returns the smallest of the differences of two colours as seen with normal colour vision,
    /// with protanopia and with deuteranopia.
    pub(crate) fn least_difference(one: RGBColor, other: RGBColor) -> f32 {
        let mut least = difference(one, other);
        for sight in [PROTANOPIA, DEUTERANOPIA] {
            least = least.min(seen(one, sight).distance(seen(other, sight)));
        }
        least
    }

    /// Returns the contrast of a text on a background, 1..=21 (WCAG 2.1).
    pub(crate) fn contrast(text: RGBColor, ground: RGBColor) -> f32 {
        let colour = |RGBColor(red, green, blue)| Srgb::new(red, green, blue).into_format::<f32>();
        colour(text).relative_contrast(colour(ground))
    }

    fn seen(RGBColor(red, green, blue): RGBColor, sight: [[f32; 3]; 3]) -> Oklab {
        let light: LinSrgb = Srgb::new(red, green, blue).into_linear();
        let cones = |row: [f32; 3]| {
            (row[0] * light.red + row[1] * light.green + row[2] * light.blue).clamp(0.0, 1.0)
        };
        let [red, green, blue] = sight.map(cones);
        LinSrgb::new(red, green, blue).into_color()
    }
}
