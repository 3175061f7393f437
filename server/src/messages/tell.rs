//! Mails about messages: to the other side once it was quiet for a few minutes, of what that side has not seen, all in one.

use std::collections::BTreeMap;

use portico_wire::{ContactId, ConversationId, Right, Rights, Timestamp};
use serde_json::{Value, json};

use super::{
    Conversation,
    store::{self, About, Recipient, Untold},
};
use crate::{
    App, Result, clients,
    db::StudioTx,
    jobs::Outcome,
    mail::{self, Message},
    scope::StudioScope,
    studios::{self, Studio},
};

/// Seconds without another message until a mail goes out.
pub const QUIET: i64 = 180;
/// Whoever goes on writing is told of after so many.
const LONGEST: i64 = 900;
/// The most of a message that a mail shows, in characters.
const SHOWN: usize = 1_000;

/// What a mail says of messages.
fn lines(untold: &[&Untold]) -> Vec<Value> {
    let line = |one: &&Untold| {
        let mut text: String = one.body.chars().take(SHOWN).collect();
        if text.len() < one.body.len() {
            text.push('…');
        }
        json!({ "by": one.by_name, "text": text, "attached": one.attached })
    };
    untold.iter().map(line).collect()
}

/// The work behind [`crate::jobs::Job::TellMessages`].
pub async fn work(
    app: &App,
    scope: StudioScope,
    id: ConversationId,
    number: i64,
) -> Result<Outcome> {
    let mut tx = app.db.write(&scope).await?;
    // Held: of two rounds at once the second finds nothing left to tell.
    let Some(held) = store::hold_conversation(&mut tx, id).await? else {
        return Ok(Outcome::Done);
    };
    let from_studio = store::is_from_studio(&mut tx, id, number).await?;
    let (newest, told) = match from_studio {
        true => (held.newest_studio, held.told_client),
        false => (held.newest_client, held.told_studio.max(held.seen_studio)),
    };
    let untold = store::untold(&mut tx, id, from_studio, told).await?;
    let Some(first) = untold.first() else {
        return Ok(Outcome::Done);
    };
    if newest > number && waits(first.created_at, tx.now()) {
        return Ok(Outcome::Done);
    }
    let studio = studios::store::get(&mut tx).await?;
    let about = store::about(&mut tx, id).await?;
    match from_studio {
        true => to_contacts(app, &mut tx, &studio, &held, &about, &untold).await?,
        false => to_staff(app, &mut tx, &studio, &held, &about, &untold).await?,
    }
    store::mark_told(&mut tx, id, from_studio, newest).await?;
    tx.commit().await?;
    Ok(Outcome::Done)
}

/// The job of the newest message tells of this one too.
const fn waits(first: Timestamp, now: Timestamp) -> bool {
    now.seconds_since(first) < LONGEST
}

async fn to_staff(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    held: &Conversation,
    about: &About,
    untold: &[Untold],
) -> Result<()> {
    let untold: Vec<_> = untold.iter().collect();
    let mut params = json!({
        "client": about.client_name,
        "event": about.event_title,
        "by": untold[0].by_name,
        "messages": lines(&untold),
        "count": untold.len(),
        "page": format!("{}{}", app.origin, super::path(held.id)),
    });
    if let Some(staff) = held.assigned_to
        && let Some((name, email)) = store::assignee(tx, staff).await?
    {
        params["name"] = name.into();
        let message = Message::mail((None, &email), "message_staff", params);
        return mail::send(app, tx, studio, message).await;
    }
    clients::tell::staff(app, tx, studio, about.group_id, "message_staff", params).await
}

/// The contacts that see the conversation and can come in.
fn readers(recipients: &[Recipient], studio: &Studio, event: bool) -> BTreeMap<ContactId, usize> {
    let mut readers = BTreeMap::new();
    for (place, one) in recipients.iter().enumerate() {
        let rights = Rights::resolve(&studio.rights, &one.client_rights, &one.contact_rights);
        let sees = rights.has(Right::Messages)
            && (!event || rights.has(Right::Events))
            && (!one.everything || rights.has(Right::SeeEverything));
        if sees {
            readers.insert(one.id, place);
        }
    }
    readers
}

async fn to_contacts(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    held: &Conversation,
    about: &About,
    untold: &[Untold],
) -> Result<()> {
    // Whoever is locked out is told nothing that only the portal shows.
    if studio.check_open().is_err() {
        return Ok(());
    }
    let recipients = store::recipients(tx, held.id).await?;
    for place in readers(&recipients, studio, held.event_id.is_some()).into_values() {
        let one = &recipients[place];
        let unseen: Vec<_> = untold.iter().filter(|it| it.number > one.seen).collect();
        let Some(first) = unseen.first() else {
            continue;
        };
        let params = json!({
            "first_name": one.first_name,
            "event": about.event_title,
            "by": first.by_name,
            "messages": lines(&unseen),
            "count": unseen.len(),
            "link": studio.portal_place(&app.origin, &format!("messages/{}", held.id)),
        });
        let message = Message::mail((Some(one.id), &one.email), "message", params);
        mail::send(app, tx, studio, message).await?;
    }
    Ok(())
}
