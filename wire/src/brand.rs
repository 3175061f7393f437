//! How a studio's look becomes the portal's custom properties. The accent colour is made readable: white or near-black on it,
//! and a shade of it that can be read as text on the light and on the dark surface.

use crate::studios::Brand;

/// The font of the page around the portal.
pub const PAGE_FONT: &str = "page";

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

fn joined(parts: &[&str]) -> String {
    let mut text = String::new();
    for part in parts {
        text.push_str(part);
    }
    text
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

/// All of a look but light and dark, which is the element's attribute `theme`. `page`: the families of the element around the portal.
pub fn sheet(brand: &Brand, page: &str) -> String {
    let accent = brand.accent.as_deref().and_then(css).unwrap_or_default();
    let font = match brand.font.as_deref() {
        Some(PAGE_FONT) => page,
        other => other.unwrap_or_default(),
    };
    let mut shape = String::new();
    if !font.is_empty() {
        shape = joined(&["--portico-font:", font, ";"]);
    }
    if let Some(radius) = brand.radius {
        shape.push_str(&joined(&["--portico-radius:", &radius.to_string(), "px"]));
    }
    if shape.is_empty() {
        return accent;
    }
    joined(&[&accent, ":host{", &shape, "}"])
}

/// The accent as a sheet for the portal's shadow root; what the page itself sets on the element still wins.
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
    fn k6_any_accent_gives_text_that_can_be_read() {
        let mut hard: Vec<String> = [
            "#7a3e58", "#ffd400", "#000000", "#ffffff", "#777777", "#00ff88", "#221e23", "#767676",
            "#ff0000", "#0000ff", "#808000", "#ff69b4",
        ]
        .map(ToOwned::to_owned)
        .into();
        // And a grid over all there are.
        for step in 0..6 * 6 * 6 {
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
    fn k6_a_look_is_colour_corners_and_font() {
        let brand = Brand {
            radius: Some(4),
            font: Some(PAGE_FONT.to_owned()),
            ..Brand::default()
        };
        assert_eq!(
            sheet(&brand, "Georgia,serif"),
            ":host{--portico-font:Georgia,serif;--portico-radius:4px}"
        );
        assert_eq!(sheet(&Brand::default(), "Georgia"), "");
        let own = Brand {
            accent: Some("#7a3e58".to_owned()),
            font: Some("\"Lora\",serif".to_owned()),
            ..Brand::default()
        };
        let sheet = sheet(&own, "Georgia");
        assert!(
            sheet.contains("--portico-accent:#7a3e58")
                && sheet.ends_with(":host{--portico-font:\"Lora\",serif;}")
        );
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
