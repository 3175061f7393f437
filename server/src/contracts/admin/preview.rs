//! A contract as it is typed, with what is known filled in: a page for a frame.

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use portico_wire::ContractId;
use serde_json::{Value, json};

use super::{
    super::{
        store::{self, Draft, Person},
        text,
    },
    edit::{Typed, check_source},
};
use crate::{
    App, Result, clients,
    db::StudioTx,
    mail::letters::{
        store::{Recipient, recipients},
        tokens::Values,
    },
    papers::html::html,
    scope::Member,
    studios::{self, Studio},
    web::form::{FieldErrors, LongForm, Sent},
};

const CSP: &str = "default-src 'none'; style-src 'self'; form-action 'none'; frame-ancestors 'self'; base-uri 'none'";

/// Whoever was chosen, as tokens need them.
fn chosen(people: &[Recipient], typed: &Typed, client: &clients::Client) -> Vec<Person> {
    let signers = typed.signers.iter().filter_map(|one| one.contact);
    let found = signers.filter_map(|id| people.iter().find(|one| one.id == id));
    (1..)
        .zip(found)
        .map(|(place, one)| Person {
            signer_id: portico_wire::SignerId::from_bytes([0; 16]),
            place,
            contact_id: one.id,
            client_id: client.id,
            first_name: one.first_name.clone(),
            last_name: one.last_name.clone(),
            email: one.email.clone(),
            mobile: None,
            portal_enabled: client.portal_enabled,
            merged: false,
            access_state: one.state,
        })
        .collect()
}

/// Title, text and values: of the contract that is typed, or of a template with examples.
async fn typed(tx: &mut StudioTx, studio: &Studio, sent: &Sent) -> Result<(Draft, Values)> {
    let Ok(id) = sent.text("contract").parse::<ContractId>() else {
        let draft = Draft {
            title: sent.text("title"),
            source: sent.text("body").replace("\r\n", "\n"),
            ..Draft::default()
        };
        return Ok((draft, Values::examples()));
    };
    let contract = store::get(tx, id).await?;
    let client = clients::store::get_client(tx, contract.client_id).await?;
    let people = recipients(tx, contract.client_id).await?;
    let typed = Typed::read(sent, &people, studio);
    let mut signers = chosen(&people, &typed, &client);
    for one in &mut signers {
        one.mobile = clients::store::get_contact(tx, one.contact_id)
            .await?
            .mobile;
    }
    let values = text::values(studio, &client, &signers, &typed.draft, tx.now());
    Ok((typed.draft, values))
}

/// `POST /admin/contracts/preview`
pub async fn preview(
    State(app): State<App>,
    Member(session): Member,
    LongForm(sent): LongForm<Sent>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let (draft, values) = typed(&mut tx, &studio, &sent).await?;
    drop(tx);
    let mut errors = FieldErrors::default();
    let problems = check_source(&draft.source, &mut errors);
    let mut body = json!({
        "title": draft.title,
        "studio": studio.name,
        "error": errors.get("body"),
        "problems": problems,
    });
    if errors.is_empty() {
        match text::fill_for_reading(&draft.source, &values) {
            Ok(filled) => {
                let missing = filled.missing.iter();
                let missing: Vec<Value> = missing
                    .map(|token| json!({ "name": token.name, "meaning": token.meaning }))
                    .collect();
                body["missing"] = missing.into();
                match text::paper(&filled.text) {
                    Ok(nodes) => body["html"] = html(&nodes).into(),
                    Err(wrong) => body["error"] = wrong.into(),
                }
            }
            Err(wrong) => body["error"] = wrong.into(),
        }
    }
    let mut page = app
        .pages
        .page("contracts/preview.html", body)?
        .into_response();
    page.headers_mut().insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(CSP),
    );
    Ok(page)
}
