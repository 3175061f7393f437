//! Forms of our own pages: urlencoded, limited, sent by our own page, and carrying the token of the
//! session they were made for.

use std::{borrow::Cow, collections::BTreeMap};

use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, header, request::Parts},
};
use bytes::Bytes;
use portico_wire::Code;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    App, Result,
    error::Error,
    scope,
    secrets::{self, Secret},
    web::body::collect,
};

/// The largest form: far above what a person types.
pub const FORM_LIMIT: usize = 256 * 1024;

/// The largest form where people write at length: a contract's text, however its letters are encoded.
pub const LONG_FORM_LIMIT: usize = 2 * 1024 * 1024;

/// A [`Form`] with what people write at length.
pub struct LongForm<T>(pub T);

/// A form of somebody signed in. Its hidden field `csrf` belongs to the session's cookie.
pub struct Form<T>(pub T);

/// A form of somebody not signed in yet: there is no session to bind it to, so that the browser's
/// word about the page it comes from must do.
pub struct OpenForm<T>(pub T);

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    csrf: String,
}

impl<T: DeserializeOwned> FromRequest<App> for Form<T> {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self> {
        own(request, app, FORM_LIMIT).await.map(Self)
    }
}

impl<T: DeserializeOwned> FromRequest<App> for LongForm<T> {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self> {
        own(request, app, LONG_FORM_LIMIT).await.map(Self)
    }
}

/// A form of somebody signed in, sent by a page of ours.
async fn own<T: DeserializeOwned>(request: Request, app: &App, most: usize) -> Result<T> {
    check_page(request.headers(), app)?;
    let token = scope::staff_cookie(request.headers(), app).ok_or_else(Error::session_ended)?;
    let bytes = read(request, most).await?;
    let given: Token = parse(&bytes)?;
    check_token(&given.csrf, &token, app)?;
    parse(&bytes)
}

impl<T: DeserializeOwned> FromRequest<App> for OpenForm<T> {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self> {
        check_page(request.headers(), app)?;
        parse(&read(request, FORM_LIMIT).await?).map(Self)
    }
}

fn stale() -> Error {
    Error::refused(
        Code::Forbidden,
        "This page was opened before you signed in anew, or another website sent it. Please go back, reload the page and try again.",
    )
}

/// The hidden field `csrf` belongs to the session's cookie.
pub(super) fn check_token(given: &str, cookie: &Secret, app: &App) -> Result<()> {
    if secrets::equal(given.as_bytes(), app.keys.csrf(cookie).as_bytes()) {
        Ok(())
    } else {
        Err(stale())
    }
}

/// The form comes from a page of ours. Browsers say so themselves (Fetch Metadata), older ones
/// name the origin; no script can forge either.
pub(super) fn check_page(headers: &HeaderMap, app: &App) -> Result<()> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let ours = match text("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => text(header::ORIGIN.as_str()) == Some(app.origin.as_str()),
    };
    if ours { Ok(()) } else { Err(stale()) }
}

async fn read(request: Request, most: usize) -> Result<Bytes> {
    let wrong_kind = "This address takes a form of our own pages.";
    let form = "application/x-www-form-urlencoded";
    collect(request, form, most, wrong_kind).await
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    serde_html_form::from_bytes(bytes)
        .map_err(|e| Error::refused(Code::Malformed, format!("The form could not be read: {e}.")))
}

/// A request of a script of our own pages: what is asked of a form is asked of it, with the token in a header.
pub struct Scripted;

pub const TOKEN_HEADER: &str = "portico-csrf";

impl FromRequestParts<App> for Scripted {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        check_page(&parts.headers, app)?;
        let token = scope::staff_cookie(&parts.headers, app).ok_or_else(Error::session_ended)?;
        let given = parts.headers.get(TOKEN_HEADER);
        let given = given.and_then(|value| value.to_str().ok());
        check_token(given.unwrap_or_default(), &token, app)?;
        Ok(Self)
    }
}

/// A form whose fields are not all known beforehand: names and values as they were sent.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Sent(Vec<(String, String)>);

impl From<Vec<(String, String)>> for Sent {
    fn from(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }
}

impl Sent {
    pub(super) const fn of(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    /// The value of a field; empty where it was not sent.
    pub fn text(&self, name: &str) -> String {
        self.0
            .iter()
            .find(|(field, _)| field == name)
            .map(|(_, value)| value.clone())
            .unwrap_or_default()
    }

    /// As [`text`](Self::text), trimmed, without control characters and cut after `most` characters.
    pub fn cut(&self, name: &str, most: usize) -> String {
        let text = self.text(name);
        let shown = text.trim().chars().filter(|c| !c.is_control());
        shown.take(most).collect()
    }

    pub fn is_ticked(&self, name: &str) -> bool {
        self.text(name) == "true"
    }

    /// All values of a name that was sent more than once.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.0
            .iter()
            .filter(|(field, _)| field == name)
            .map(|(_, value)| value.as_str())
            .collect()
    }
}

/// What is wrong with a form, field by field; shown next to the fields with all that was typed kept.
#[derive(Debug, Default, Serialize)]
#[serde(transparent)]
pub struct FieldErrors(BTreeMap<Cow<'static, str>, Cow<'static, str>>);

impl FieldErrors {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// With those of another part of the same form.
    pub fn merge(&mut self, other: Self) {
        for (field, text) in other.0 {
            self.add(field, text);
        }
    }

    /// Field and text.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(field, text)| (field.as_ref(), text.as_ref()))
    }

    pub fn get(&self, field: &str) -> Option<&str> {
        self.0.get(field).map(AsRef::as_ref)
    }

    pub fn add(&mut self, field: impl Into<Cow<'static, str>>, text: impl Into<Cow<'static, str>>) {
        self.0.entry(field.into()).or_insert_with(|| text.into());
    }

    /// The value, or its refusal noted at `field`; what is not a refusal ends the request.
    pub fn note<T>(
        &mut self,
        field: impl Into<Cow<'static, str>>,
        result: Result<T>,
    ) -> Result<Option<T>> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(Error::Refused(refusal)) => {
                self.add(field, refusal.detail);
                Ok(None)
            }
            Err(other) => Err(other),
        }
    }

    /// Text that must be there, trimmed, of at most `most` characters.
    pub fn required(&mut self, field: &'static str, text: &str, most: usize) -> String {
        let text = self.optional(field, text, most).unwrap_or_default();
        if text.is_empty() {
            self.add(field, "Please fill this in.");
        }
        text
    }

    /// Text that may be left empty, trimmed, of at most `most` characters.
    pub fn optional(
        &mut self,
        field: impl Into<Cow<'static, str>>,
        text: &str,
        most: usize,
    ) -> Option<String> {
        let field = field.into();
        // Browsers send line ends of text areas as CR LF.
        let text = text.replace("\r\n", "\n").trim().to_owned();
        if text.chars().count() > most {
            self.add(
                field.clone(),
                format!("Please use at most {most} characters."),
            );
        }
        if text
            .chars()
            .any(|c| c.is_control() && c != '\n' && c != '\t')
        {
            self.add(field, "This contains characters that cannot be shown.");
        }
        (!text.is_empty()).then_some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_thing_wrong_with_a_field_is_what_is_said() {
        let mut errors = FieldErrors::default();
        assert_eq!(errors.required("name", "  ", 10), "");
        errors.add("name", "something else");
        assert_eq!(errors.get("name"), Some("Please fill this in."));
    }

    #[test]
    fn text_is_trimmed_and_measured_in_characters() {
        let mut errors = FieldErrors::default();
        assert_eq!(errors.required("a", " äöü ", 3), "äöü");
        assert_eq!(
            errors.optional("b", "one\r\ntwo ", 9).as_deref(),
            Some("one\ntwo")
        );
        assert_eq!(errors.optional("c", "   ", 3), None);
        assert!(errors.is_empty());
        errors.optional("a", "four", 3);
        errors.optional("b", "nul\0", 9);
        assert!(errors.get("a").is_some() && errors.get("b").is_some());
    }

    #[test]
    fn a_list_comes_from_a_name_given_more_than_once() {
        #[derive(Deserialize)]
        #[serde(default)]
        #[derive(Default)]
        struct Boxes {
            sections: Vec<portico_wire::Right>,
            open: bool,
        }
        let boxes: Boxes = parse(b"sections=events&sections=home&open=true&csrf=x").unwrap();
        assert_eq!(
            boxes.sections,
            [portico_wire::Right::Events, portico_wire::Right::Home]
        );
        assert!(boxes.open);
        let none: Boxes = parse(b"csrf=x").unwrap();
        assert!(none.sections.is_empty() && !none.open);
        assert!(parse::<Boxes>(b"sections=nonsense").is_err());
    }
}
