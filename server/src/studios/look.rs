//! The studio's look as a style sheet for the portal. Its accent colour is made readable: white or near-black on it, and a
//! shade of it that can be read as text on the light and on the dark surface.

use std::{fmt::Write as _, sync::LazyLock};

use moka::sync::Cache;
use portico_wire::studios::Brand;

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
    let [r, g, b] = colour.map(|part| part.round().clamp(0.0, 255.0) as u8);
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// Relative luminance, WCAG 2.
fn luminance(colour: Rgb) -> f64 {
    let [r, g, b] = colour.map(|part| {
        let part = part / 255.0;
        if part <= 0.040_45 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
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
    format!(
        "--portico-accent:{};--portico-on-accent:{};--portico-accent-ink:{};",
        write(button),
        write(on),
        write(readable(accent, ground, ink)),
    )
}

/// What an accent comes to: reckoned once, because every first screen asks for it.
static ACCENTS: LazyLock<Cache<String, String>> = LazyLock::new(|| Cache::new(10_000));

fn of_accent(accent: &str) -> Option<String> {
    ACCENTS.optionally_get_with_by_ref(accent, || {
        let accent = read(accent)?;
        let light = declarations(accent, LIGHT, [0.0; 3]);
        let dark = declarations(accent, DARK, [255.0; 3]);
        Some(format!(
            ":host{{{light}}}@media(prefers-color-scheme:dark){{:host(:not([theme=light])){{{dark}}}}}:host([theme=dark]){{{dark}}}"
        ))
    })
}

/// A sheet for the portal's shadow root; what the page itself sets on the element still wins. The page's own font is known to the
/// page alone.
pub fn sheet(brand: &Brand) -> String {
    let accent = brand.accent.as_deref();
    let mut css = accent.and_then(of_accent).unwrap_or_default();
    if let Some(radius) = brand.radius {
        write!(css, ":host{{--portico-radius:{radius}px}}").ok();
    }
    let is_plain = |font: &&str| {
        let sign = |it: char| it.is_alphanumeric() || " ,-\"".contains(it);
        *font != "page" && font.chars().all(sign)
    };
    if let Some(font) = brand.font.as_deref().filter(is_plain) {
        write!(css, ":host{{--portico-font:{font}}}").ok();
    }
    css
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k6_any_accent_gives_text_that_can_be_read() {
        // Hard ones, and a grid over all there are.
        let mut hard: Vec<String> = [
            "#7a3e58", "#ffd400", "#777777", "#767676", "#221e23", "#808000",
        ]
        .map(ToOwned::to_owned)
        .into();
        for step in 0..6_u32.pow(3) {
            let part = |place: u32| step / 6_u32.pow(place) % 6 * 51;
            hard.push(format!("#{:02x}{:02x}{:02x}", part(0), part(1), part(2)));
        }
        for text in &hard {
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
        for text in ["#12345", "#1234567", "#12345g", "#7a3e58;} *{display:none"] {
            let brand = Brand {
                accent: Some(text.to_owned()),
                font: Some(text.replace('#', ";")),
                ..Brand::default()
            };
            let css = sheet(&brand);
            assert!(!css.contains("accent") && !css.contains(';'), "{css}");
        }
    }
}
