//! The settings page's form: what a studio's settings look like as fields, and what may stand in them.

use std::sync::LazyLock;

use portico_wire::Right;
use serde::{Deserialize, Serialize};

use super::Studio;
use crate::{
    Result,
    access::Email,
    error::Error,
    web::{form::FieldErrors, origin::Origin},
};

/// The languages there are texts for.
pub const LANGUAGES: &[(&str, &str)] = &[("en", "English")];

/// ISO 3166-1 and ISO 4217, a code and its name a line, by name.
pub static COUNTRIES: LazyLock<Vec<(&str, &str)>> =
    LazyLock::new(|| pairs(include_str!("countries.txt")));
pub static CURRENCIES: LazyLock<Vec<(&str, &str)>> =
    LazyLock::new(|| pairs(include_str!("currencies.txt")));

fn pairs(text: &'static str) -> Vec<(&'static str, &'static str)> {
    text.lines()
        .filter_map(|line| line.split_once(' '))
        .collect()
}

/// The time zones people choose from, by name.
pub static TIME_ZONES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut zones: Vec<String> = jiff::tz::db()
        .available()
        .map(|zone| zone.to_string())
        .filter(|zone| {
            zone == "UTC"
                || (zone.contains('/') && !zone.starts_with("Etc/") && !zone.starts_with("US/"))
        })
        .collect();
    zones.sort();
    zones
});

/// The form as it is sent, shown and logged. A box that is not ticked is not sent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SettingsForm {
    /// The state of the settings this form was made from.
    #[serde(skip_serializing_if = "is_zero")]
    pub version: i64,
    pub portal_enabled: bool,
    pub name: String,
    pub welcome: String,
    pub support_email: String,
    pub support_phone: String,
    pub passwords: bool,
    pub private_wording: bool,
    pub generate_passwords: bool,
    pub activates_portal: bool,
    pub language: String,
    pub time_zone: String,
    pub country: String,
    pub currency: String,
    pub portal_url: String,
    /// What clients may do, of `Right::CHOICES`.
    pub may: Vec<Right>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_zero(version: &i64) -> bool {
    *version == 0
}

impl SettingsForm {
    pub fn of(studio: &Studio) -> Self {
        let has = |right: Right| studio.rights.get(right).unwrap_or(right.by_default());
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Self {
            version: studio.version,
            portal_enabled: studio.portal_enabled,
            name: studio.name.clone(),
            welcome: text(&studio.welcome),
            support_email: text(&studio.support_email),
            support_phone: text(&studio.support_phone),
            passwords: studio.passwords,
            private_wording: studio.private_wording,
            generate_passwords: studio.generate_passwords,
            activates_portal: studio.activates_portal,
            language: studio.language.clone(),
            time_zone: studio.time_zone.clone(),
            country: studio.country.clone(),
            currency: studio.currency.clone(),
            portal_url: text(&studio.portal_url),
            may: Right::CHOICES
                .iter()
                .copied()
                .filter(|&right| has(right))
                .collect(),
        }
    }

    /// What is logged of it: everything but the version, which says nothing to anybody.
    pub fn logged(studio: &Studio) -> Self {
        Self {
            version: 0,
            ..Self::of(studio)
        }
    }

    /// `studio` with these settings, or what is wrong with them.
    pub fn apply(
        &self,
        studio: &Studio,
        websites: &[String],
    ) -> Result<std::result::Result<Studio, FieldErrors>> {
        let mut errors = FieldErrors::default();
        let mut next = studio.clone();
        next.version = self.version;
        next.portal_enabled = self.portal_enabled;
        next.passwords = self.passwords;
        next.private_wording = self.private_wording;
        next.generate_passwords = self.generate_passwords;
        next.activates_portal = self.activates_portal;
        next.name = errors.required("name", &self.name, 80);
        next.welcome = errors.optional("welcome", &self.welcome, 600);
        next.support_email = match errors.optional("support_email", &self.support_email, 254) {
            Some(text) => errors
                .note("support_email", Email::parse(&text))?
                .map(|email| email.as_str().to_owned()),
            None => None,
        };
        next.support_phone = errors.optional("support_phone", &self.support_phone, 40);
        next.portal_url = match errors.optional("portal_url", &self.portal_url, 500) {
            Some(text) => errors.note("portal_url", portal_page(&text, websites))?,
            None => None,
        };
        self.apply_choices(&mut next, &mut errors);
        for &right in Right::CHOICES {
            set(&mut next, right, self.may.contains(&right));
        }
        Ok(if errors.is_empty() {
            Ok(next)
        } else {
            Err(errors)
        })
    }

    /// What is chosen from a list. A value that is stored stays valid when its list forgets it.
    fn apply_choices(&self, next: &mut Studio, errors: &mut FieldErrors) {
        let known =
            |list: &[(&str, &str)], code: &str| list.iter().any(|(known, _)| *known == code);
        for (field, typed, stored, listed) in [
            (
                "language",
                &self.language,
                &mut next.language,
                known(LANGUAGES, &self.language),
            ),
            (
                "country",
                &self.country,
                &mut next.country,
                known(&COUNTRIES, &self.country),
            ),
            (
                "currency",
                &self.currency,
                &mut next.currency,
                known(&CURRENCIES, &self.currency),
            ),
            (
                "time_zone",
                &self.time_zone,
                &mut next.time_zone,
                TIME_ZONES.contains(&self.time_zone),
            ),
        ] {
            if listed || typed == stored {
                stored.clone_from(typed);
            } else {
                errors.add(field, CHOOSE);
            }
        }
    }
}

pub(super) const CHOOSE: &str = "Please choose one from the list.";

/// A right that stays as it was is not written down: it follows the product's default.
fn set(studio: &mut Studio, right: Right, yes: bool) {
    if studio.rights.get(right).unwrap_or(right.by_default()) != yes {
        studio.rights.0.insert(right, yes);
    }
}

/// The address of a page on one of the studio's websites; links in mails lead there.
fn portal_page(text: &str, websites: &[String]) -> Result<String> {
    let refused = |detail: &'static str| Error::invalid("portal_url", detail);
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_graphic() && !b"<>\"\\^`{|}".contains(&b));
    let origin = Origin::from_person(text)
        .filter(|_| plain)
        .ok_or_else(|| refused("Copy the whole address of the page from your browser."))?;
    if !websites.iter().any(|website| website == origin.as_str()) {
        return Err(refused(
            "This page is not on one of your websites. Add its website on the page Website first.",
        ));
    }
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let path = rest.find(['/', '?', '#']).map_or("", |at| &rest[at..]);
    // The secret of a direct link stands in the fragment.
    let path = path.split('#').next().unwrap_or("");
    Ok(format!("{origin}{path}"))
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

    fn wrong(form: &SettingsForm, websites: &[String]) -> FieldErrors {
        form.apply(&studio(), websites)
            .unwrap()
            .expect_err("something is wrong")
    }

    #[test]
    fn a_form_sent_as_it_was_shown_changes_nothing() {
        let studio = studio();
        let same = SettingsForm::of(&studio).apply(&studio, &[]).unwrap();
        assert_eq!(same.ok(), Some(studio));
    }

    #[test]
    fn l1_everything_wrong_is_told_at_once_and_at_its_field() {
        let form = SettingsForm {
            name: "  ".into(),
            support_email: "nobody".into(),
            time_zone: "Mars/Olympus".into(),
            currency: "XYZ".into(),
            welcome: "x".repeat(601),
            portal_url: "https://elsewhere.example/".into(),
            ..SettingsForm::of(&studio())
        };
        let errors = wrong(&form, &[]);
        for field in [
            "name",
            "support_email",
            "time_zone",
            "currency",
            "welcome",
            "portal_url",
        ] {
            assert!(errors.get(field).is_some(), "{field}");
        }
        assert!(errors.get("country").is_none());
    }

    #[test]
    fn l14_only_the_rights_that_change_are_written_down() {
        let mut form = SettingsForm::of(&studio());
        form.may.retain(|&right| right != Right::Upload);
        let next = form.apply(&studio(), &[]).unwrap().ok().unwrap();
        assert_eq!(next.rights.0, [(Right::Upload, false)].into());
        let back = SettingsForm::of(&studio())
            .apply(&next, &[])
            .unwrap()
            .ok()
            .unwrap();
        assert_eq!(back.rights.0, [(Right::Upload, true)].into());
    }

    #[test]
    fn links_lead_to_a_page_of_a_listed_website_without_its_fragment() {
        let websites = ["https://www.fernlight.example".to_owned()];
        let page = |text| portal_page(text, &websites).ok();
        assert_eq!(
            page("https://www.fernlight.example/account?x=1#top").as_deref(),
            Some("https://www.fernlight.example/account?x=1")
        );
        assert_eq!(
            page("WWW.Fernlight.example").as_deref(),
            Some("https://www.fernlight.example")
        );
        for bad in [
            "https://elsewhere.example/",
            "javascript:alert(1)",
            "https://www.fernlight.example/a b",
        ] {
            assert_eq!(page(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_lists_to_choose_from_are_whole() {
        assert!(COUNTRIES.contains(&("GB", "United Kingdom")) && COUNTRIES.len() > 240);
        assert!(CURRENCIES.contains(&("GBP", "British Pound")) && CURRENCIES.len() > 140);
        for zone in ["UTC", "Europe/London", "America/Argentina/Buenos_Aires"] {
            assert!(TIME_ZONES.iter().any(|known| known == zone), "{zone}");
        }
    }
}
