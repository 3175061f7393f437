//! The studio's accent colour, made readable: white or near-black on it, and a shade of it that
//! can be read as text on the light and on the dark surface.

use crate::texts::joined;

type Rgb = [f64; 3];

const LIGHT: Rgb = [255.0, 255.0, 255.0];
const BLACK: Rgb = [22.0, 18.0, 22.0];
const DARK: Rgb = [34.0, 30.0, 35.0];

/// `#rrggbb`, and nothing else: the value goes into a style sheet.
fn read(text: &str) -> Option<Rgb> {
    let hex = text
        .strip_prefix('#')
        .filter(|hex| hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()))?;
    let all = u32::from_str_radix(hex, 16).ok()?;
    Some([16, 8, 0].map(|shift| f64::from(all >> shift & 0xff)))
}

fn write(colour: Rgb) -> String {
    let mut hex = "#".to_owned();
    for part in colour {
        // Rounded: no part is negative.
        let part = (part + 0.5) as u32;
        let digits = [part / 16, part % 16].map(|digit| char::from_digit(digit, 16));
        hex.extend(digits.into_iter().flatten());
    }
    hex
}

/// For 0 to 1, by Newton's steps.
fn fifth_root(of: f64) -> f64 {
    (0..12).fold(1.0, |root: f64, _| {
        let fourth = root * root * root * root;
        root - (root * fourth - of) / (5.0 * fourth)
    })
}

/// Relative luminance, WCAG 2.
fn luminance(colour: Rgb) -> f64 {
    let [r, g, b] = colour.map(|part| {
        let part = part / 255.0;
        if part <= 0.040_45 {
            part / 12.92
        } else {
            // x^2.4 as x^2 times the fifth root of x^2: powf alone would be 2 kB of the module.
            let x = (part + 0.055) / 1.055;
            x * x * fifth_root(x * x)
        }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (a, b) = (luminance(one), luminance(other));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// `colour` moved towards `to` until it can be read on `ground`.
fn readable(colour: Rgb, ground: Rgb, to: Rgb) -> Rgb {
    let mix = |share: f64| -> Rgb { [0, 1, 2].map(|i| colour[i] + (to[i] - colour[i]) * share) };
    (0..=20)
        .map(|step| mix(f64::from(step) / 20.0))
        .find(|mixed| contrast(*mixed, ground) >= 5.2)
        .unwrap_or(to)
}

fn declarations(accent: Rgb, ground: Rgb, ink: Rgb) -> String {
    // A button has to stand out from its ground, and its text from it.
    let button = if contrast(accent, ground) >= 1.6 {
        accent
    } else {
        readable(accent, ground, ink)
    };
    let (button, on) = if contrast(button, BLACK) >= 7.0 {
        (button, BLACK)
    } else {
        (readable(button, LIGHT, BLACK), LIGHT)
    };
    joined(&[
        "--portico-accent:",
        &write(button),
        ";--portico-on-accent:",
        &write(on),
        ";--portico-accent-ink:",
        &write(readable(accent, ground, ink)),
        ";",
    ])
}

/// A sheet for the portal's shadow root; what the page itself sets on the element still wins.
pub fn css(accent: &str) -> Option<String> {
    let accent = read(accent)?;
    let light = declarations(accent, LIGHT, [0.0; 3]);
    let dark = declarations(accent, DARK, [255.0; 3]);
    Some(joined(&[
        ":host{",
        &light,
        "}@media(prefers-color-scheme:dark){:host(:not([theme=light])){",
        &dark,
        "}}:host([theme=dark]){",
        &dark,
        "}",
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_accent_gives_text_that_can_be_read() {
        for text in [
            "#7a3e58", "#ffd400", "#000000", "#ffffff", "#777777", "#00ff88", "#221e23",
        ] {
            let accent = read(text).unwrap();
            for (ground, ink) in [(LIGHT, [0.0; 3]), (DARK, [255.0; 3])] {
                let css = declarations(accent, ground, ink);
                let colour = |name: &str| {
                    let rest = css.split(&format!("{name}:")).nth(1).unwrap();
                    read(&rest[..7]).unwrap()
                };
                assert!(contrast(colour("-ink"), ground) >= 4.5, "{text} as text");
                assert!(
                    contrast(colour("portico-accent"), colour("on-accent")) >= 4.5,
                    "{text} as button"
                );
            }
        }
    }

    #[test]
    fn only_a_plain_colour_reaches_the_sheet() {
        for text in [
            "red",
            "#12345",
            "#1234567",
            "#12345g",
            "#7a3e58;} *{display:none",
        ] {
            assert_eq!(css(text), None, "{text}");
        }
    }
}
