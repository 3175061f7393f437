//! Direct links: made by a copy button and by each mail, shown once, kept as a hash.

use portico_wire::ContactId;
use serde_json::json;

use super::{
    Candidate, LINK_SECONDS,
    reach::{By, State},
    store, tell,
};
use crate::{
    App, Result,
    audit::{self, Change, Subject},
    db::StudioTx,
    happenings::What,
    mail::{self, Message},
    secrets::Secret,
    studios::Studio,
};

/// The address of a link: the secret stands in the fragment, which no server and no log sees.
pub fn address(app: &App, studio: &Studio, secret: &Secret) -> String {
    format!(
        "{}#portico={}",
        studio.portal_address(&app.origin),
        secret.reveal()
    )
}

/// A new direct link of this contact; of those alive the oldest beyond five ends.
pub async fn create(tx: &mut StudioTx, contact: ContactId) -> Result<Secret> {
    let secret = Secret::random();
    store::insert_link(tx, contact, "direct", &secret.hash(), LINK_SECONDS).await?;
    store::revoke_surplus_links(tx, contact).await?;
    Ok(secret)
}

/// The address with which a document's mail lets its reader in; none for who cannot come in. A contact who was never
/// invited is, by the document, where the studio wants that.
pub async fn for_document(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    (contact, state): (ContactId, State),
    by: &By<'_>,
) -> Result<Option<String>> {
    if state == State::NotInvited && studio.activates_portal {
        store::note_invitation(tx, contact).await?;
        tell::happened(tx, contact, What::PortalInvited, Some(by.actor)).await?;
        let subject = Subject("contact", Some(contact.into_uuid()));
        let change = Change::made(&json!({ "with": "a document" }))?;
        audit::append(
            tx,
            by.actor,
            "contact invited",
            subject,
            change,
            by.reference,
        )
        .await?;
    } else if !state.is_let_in() {
        return Ok(None);
    }
    let secret = create(tx, contact).await?;
    Ok(Some(address(app, studio, &secret)))
}

/// A document's mail, with the link that lets its reader in, where there is one.
pub async fn mail(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    message: Message<'_>,
    link: Option<String>,
) -> Result<()> {
    let message = match link {
        None => message,
        Some(link) => Message {
            expires_at: Some(tx.now().plus_seconds(LINK_SECONDS)),
            secrets: json!({ "link": link }),
            ..message
        },
    };
    mail::send(app, tx, studio, message).await
}

/// Invites a contact: earlier links of that contact end, a mail carries a new one.
pub async fn invite(app: &App, tx: &mut StudioTx, studio: &Studio, to: &Candidate) -> Result<()> {
    store::revoke_links(tx, to.id).await?;
    let secret = create(tx, to.id).await?;
    store::note_invitation(tx, to.id).await?;
    let params = json!({ "first_name": to.first_name });
    let message = Message::mail((Some(to.id), &to.email), "invitation", params);
    let link = address(app, studio, &secret);
    mail(app, tx, studio, message, Some(link)).await
}
