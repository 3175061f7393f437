//! What a mail will look like, while it is written: a page for a frame, with rules of its own.

use axum::{extract::State, response::Response};
use portico_wire::ContactId;
use serde_json::{Value, json};

use super::{
    super::{
        Purpose,
        compose::{self, Letter},
        look, store,
        tokens::Values,
    },
    edit::sample,
    words,
};
use crate::{
    App, Result,
    db::StudioTx,
    scope::Member,
    studios::{self, Studio},
    web::form::{Form, Sent},
};

/// `POST /admin/mail/preview`: the words of the form as a mail, or what is wrong with them.
pub async fn preview(
    State(app): State<App>,
    Member(session): Member,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let purpose = Purpose::parse(&sent.text("purpose")).unwrap_or(Purpose::Letter);
    let words = words(&sent).tidy();
    let faults = words.check_text(purpose);
    let mut tx = app.db.read(&session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let (whom, values) = whom(&app, &mut tx, &studio, &sent).await?;
    drop(tx);
    let mut body = json!({
        "from": studio.name,
        "whom": whom,
        "accent": studio.accent,
        "subject_problems": faults.subject,
        "body_problems": faults.body,
        "errors": faults.errors,
    });
    if faults.is_empty() {
        let letter = Letter::written(purpose, words.subject, words.body, values);
        let composed = compose::compose(&app, &studio, &letter)?;
        body["subject"] = composed.subject.into();
        body["html"] = composed.html.into();
        body["text"] = composed.text.trim().into();
    }
    look::page(&app, body)
}

/// For whom: the first recipient of a mail, or whoever was typed beside a template.
async fn whom(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    sent: &Sent,
) -> Result<(Value, Values)> {
    let chosen: Option<ContactId> = sent.all("to").first().and_then(|id| id.parse().ok());
    let now = tx.now();
    let values = match chosen {
        Some(contact) => {
            let person = store::person(tx, contact).await?;
            let mut values = compose::values(app, studio, person.as_ref(), now);
            compose::add_event(tx, &mut values, contact).await?;
            values
        }
        None => sample(app, tx, studio, &sent.text("as")).await?.1,
    };
    let name = values.get("recipient.name").to_owned();
    let email = values.get("recipient.email").to_owned();
    Ok((json!({ "name": name, "email": email }), values))
}
