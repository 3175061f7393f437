//! How the portal looks on the studio's website: what may be chosen.

use portico_wire::studios::{Brand, Scheme, Start};
use serde::{Deserialize, Serialize};

use super::{Studio, look, settings::CHOOSE};
use crate::{Result, error::Error, web::form::FieldErrors};

/// The font of the page around the portal.
const PAGE_FONT: &str = "page";
/// Corners in pixels and in words; the first is the product's own.
pub const CORNERS: &[(&str, &str)] = &[
    ("", "Soft"),
    ("0", "Square"),
    ("4", "Slightly rounded"),
    ("18", "Round"),
];

/// What stands behind a font of the studio's own, until it is there.
const BEHIND: &str = ",-apple-system,\"Segoe UI\",Roboto,\"Helvetica Neue\",Arial,sans-serif";

/// The form as it is sent, shown and logged.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LookForm {
    #[serde(skip_serializing)]
    pub version: i64,
    pub start: String,
    pub accent: String,
    /// `light`, `dark`, or empty: as the visitor's device.
    pub scheme: String,
    pub radius: String,
    /// Empty, `page` or `own`.
    pub font: String,
    pub own_font: String,
}

impl LookForm {
    pub fn of(studio: &Studio) -> Self {
        let own = studio.font.as_deref().filter(|font| *font != PAGE_FONT);
        Self {
            version: studio.version,
            start: studio.start.name().to_owned(),
            accent: studio.accent.clone().unwrap_or_default(),
            scheme: studio.scheme.map_or("", Scheme::name).to_owned(),
            radius: studio.radius.map(|px| px.to_string()).unwrap_or_default(),
            font: match &studio.font {
                None => "",
                Some(font) if font == PAGE_FONT => PAGE_FONT,
                Some(_) => "own",
            }
            .to_owned(),
            own_font: own.map(family).unwrap_or_default().to_owned(),
        }
    }

    /// `studio` with this look, or what is wrong with it.
    pub fn apply(&self, studio: &Studio) -> Result<std::result::Result<Studio, FieldErrors>> {
        let mut errors = FieldErrors::default();
        let mut next = studio.clone();
        next.version = self.version;
        next.accent = match errors.optional("accent", &self.accent, 20) {
            Some(text) => errors.note("accent", accent(&text))?,
            None => None,
        };
        match Start::ALL.iter().find(|start| start.name() == self.start) {
            Some(&start) => next.start = start,
            None => errors.add("start", CHOOSE),
        }
        next.scheme = Scheme::ALL
            .iter()
            .copied()
            .find(|it| it.name() == self.scheme);
        if next.scheme.is_none() && !self.scheme.is_empty() {
            errors.add("scheme", CHOOSE);
        }
        next.radius = self.radius.parse().ok();
        if CORNERS.iter().all(|(value, _)| *value != self.radius) {
            errors.add("radius", CHOOSE);
        }
        next.font = match self.font.as_str() {
            "" => None,
            PAGE_FONT => Some(PAGE_FONT.to_owned()),
            "own" => errors.note("own_font", own_font(&self.own_font))?,
            _ => {
                errors.add("font", CHOOSE);
                None
            }
        };
        Ok(if errors.is_empty() {
            Ok(next)
        } else {
            Err(errors)
        })
    }

    /// The look as a sheet for the element on a page of this font: what is typed shows before it is saved.
    pub fn preview(&self, studio: &Studio, page_font: &str) -> Result<String> {
        let typed = self.apply(studio)?;
        let studio = typed.as_ref().unwrap_or(studio);
        let font = studio.font.clone();
        let is_page = font.as_deref() == Some(PAGE_FONT);
        let brand = Brand {
            // Without one the product's own, whatever is saved.
            accent: studio.accent.clone().or_else(|| Some("#38343b".to_owned())),
            radius: studio
                .radius
                .and_then(|px| u8::try_from(px).ok())
                .or(Some(10)),
            font: if is_page {
                Some(page_font.to_owned())
            } else {
                font
            },
            ..Brand::default()
        };
        let sheet = look::sheet(&brand);
        Ok(sheet
            .replace(
                ":host(:not([theme=light]))",
                "portico-portal:not([theme=light])",
            )
            .replace(":host([theme=dark])", "portico-portal[theme=dark]")
            .replace(":host", "portico-portal"))
    }
}

/// The family a studio typed, of what is stored.
fn family(font: &str) -> &str {
    font.trim_start_matches('"').split('"').next().unwrap_or("")
}

/// A font's name as people write it, as families of a style sheet.
fn own_font(text: &str) -> Result<String> {
    let refused = || {
        Error::invalid(
            "own_font",
            "Write the font's name as your website has it, such as Lora or Open Sans.",
        )
    };
    let name = text.trim().trim_matches(['"', '\'']);
    let plain = name
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b == b' ' || b == b'-');
    if name.is_empty() || name.len() > 60 || !plain {
        return Err(refused());
    }
    Ok(format!("\"{name}\"{BEHIND}"))
}

/// `#rrggbb`, with or without its sign, also in the short form.
fn accent(text: &str) -> Result<String> {
    let hex = text.strip_prefix('#').unwrap_or(text).to_lowercase();
    let refused = || Error::invalid("accent", "Write the colour as six digits, such as #7a3e58.");
    if !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(refused());
    }
    match hex.len() {
        6 => Ok(format!("#{hex}")),
        3 => Ok(hex
            .chars()
            .fold("#".to_owned(), |long, c| long + &format!("{c}{c}"))),
        _ => Err(refused()),
    }
}

#[cfg(test)]
mod tests {
    use portico_wire::StudioId;

    use super::*;
    use crate::{scope::StudioScope, studios::Slug};

    fn studio() -> Studio {
        let scope = StudioScope::of(StudioId::from_bytes([1; 16]));
        Studio::new(scope, Slug::parse("demo").unwrap(), "Fernlight".into())
    }

    #[test]
    fn k6_a_look_sent_as_it_was_shown_changes_nothing() {
        let mut studio = studio();
        let same = LookForm::of(&studio).apply(&studio).unwrap();
        assert_eq!(same.ok(), Some(studio.clone()));
        studio.font = own_font("Open Sans").ok();
        studio.radius = Some(4);
        studio.scheme = Some(Scheme::Dark);
        let form = LookForm::of(&studio);
        assert_eq!(form.own_font, "Open Sans");
        assert_eq!(form.apply(&studio).unwrap().ok(), Some(studio));
    }

    #[test]
    fn k6_a_font_is_a_name_and_never_a_piece_of_a_style_sheet() {
        for bad in [
            "",
            "  ",
            "Lora;}*{display:none",
            "url(x)",
            "a\"b",
            "Lora, serif",
            "é",
            &"x".repeat(61),
        ] {
            assert!(own_font(bad).is_err(), "{bad}");
        }
        assert!(own_font("'Open Sans'").is_ok_and(|font| font.starts_with("\"Open Sans\",")));
    }

    #[test]
    fn k6_what_is_typed_shows_before_it_is_saved() {
        let form = LookForm {
            accent: "#ffd400".into(),
            radius: "4".into(),
            font: "page".into(),
            ..LookForm::of(&studio())
        };
        let sheet = form.preview(&studio(), "Georgia,serif").unwrap();
        assert!(
            sheet.contains("portico-portal{--portico-accent:"),
            "{sheet}"
        );
        assert!(
            sheet.contains("--portico-font:Georgia,serif}")
                && sheet.contains("--portico-radius:4px"),
            "{sheet}"
        );
        assert!(!sheet.contains(":host"), "{sheet}");
        // What is wrong shows as it is saved.
        let wrong = LookForm {
            accent: "}*{}".into(),
            ..form
        };
        assert!(!wrong.preview(&studio(), "x").unwrap().contains("}*{}"));
    }

    #[test]
    fn a_colour_may_be_typed_in_short_and_in_capitals() {
        assert_eq!(accent("7A3E58").ok().as_deref(), Some("#7a3e58"));
        assert_eq!(accent("#abc").ok().as_deref(), Some("#aabbcc"));
        for bad in ["#12345", "#gggggg", "red", "#1234567"] {
            assert!(accent(bad).is_err(), "{bad}");
        }
    }
}
