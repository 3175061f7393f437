//! From a row of the outbox to what is sent. A mail is three templates: `subject.txt`, `text.txt`,
//! and `mjml`, which mrml turns into HTML that mail programs show as meant; an SMS is one.

use portico_wire::access::Channel;
use serde_json::Value;

use super::store::Row;
use crate::{App, Result, error::Error, studios::Studio};

pub struct Composed {
    pub subject: String,
    pub text: String,
    /// Empty for SMS.
    pub html: String,
    /// A calendar file that goes along (RFC 5545).
    pub calendar: Option<String>,
}

pub fn compose(app: &App, studio: &Studio, row: &Row, secrets: &Value) -> Result<Composed> {
    let name = &row.template;
    let mut context = context(app, studio, &row.params)?;
    context["secrets"] = secrets.clone();
    if row.channel == Channel::Sms {
        let text = app.pages.render(&format!("mail/{name}.sms.txt"), context)?;
        return Ok(Composed {
            subject: String::new(),
            text: text.trim().into(),
            html: String::new(),
            calendar: None,
        });
    }
    let subject = app.pages.render(&subject_template(name), &context)?;
    let text = app
        .pages
        .render(&format!("mail/{name}.text.txt"), &context)?;
    let mjml = app.pages.render(&format!("mail/{name}.mjml"), &context)?;
    let html = html(&mjml)?;
    Ok(Composed {
        subject: one_line(&subject),
        text,
        html,
        calendar: row
            .params
            .get("calendar")
            .and_then(Value::as_str)
            .map(str::to_owned),
    })
}

fn subject_template(name: &str) -> String {
    format!("mail/{name}.subject.txt")
}

/// The subject of a mail that was sent, where it can still be made: what it said once may be gone.
pub fn subject(app: &App, studio: &Studio, name: &str, params: &Value) -> Option<String> {
    let context = context(app, studio, params).ok()?;
    let subject = app.pages.render(&subject_template(name), context).ok()?;
    Some(one_line(&subject)).filter(|subject| !subject.is_empty())
}

/// What every mail's templates find beside its own parameters.
pub fn context(app: &App, studio: &Studio, params: &Value) -> Result<Value> {
    let mut context = params.clone();
    context["studio"] = serde_json::to_value(studio.settings(&app.origin))?;
    context["accent"] = studio.accent.as_deref().unwrap_or("#2f4858").into();
    context["portal"] = studio.portal_address(&app.origin).into();
    Ok(context)
}

pub fn html(mjml: &str) -> Result<String> {
    let parsed = mrml::parse(mjml).map_err(|e| Error::internal(e.to_string()))?;
    parsed
        .element
        .render(&mrml::prelude::render::RenderOptions {
            // mrml's own list fetches fonts from a third party, which would hear of every reader.
            fonts: std::collections::HashMap::default(),
            ..Default::default()
        })
        .map_err(|e| Error::internal(e.to_string()))
}

/// A header is one line: a name with a line break in it cannot add headers.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
