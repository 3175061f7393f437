//! Who hears of documents: the log, and by mail the staff of the group and those it is shared with. What happens within a
//! few minutes is one mail.

use std::collections::BTreeMap;

use portico_wire::{ClientId, ContactId, DocumentId, GroupId};
use serde_json::{Value, json};

use super::{
    Sender, kinds,
    store::{self, Document, News},
};
use crate::{
    App, Result,
    audit::{self, Actor, Change, Subject},
    clients,
    db::StudioTx,
    happenings::{self, Happened, Item, What},
    jobs::{self, Job, Outcome},
    mail::{self, Message},
    scope::StudioScope,
    studios,
};

/// Seconds until a mail goes out, in which more may come.
const WAIT: i64 = 180;
/// A mail names so many.
const NAMED: usize = 20;

/// Changes of documents stand in the history of their client.
pub fn about(client: ClientId) -> Subject {
    Subject("client", Some(client.into_uuid()))
}

/// A document or a version came: it is written down, and told to whom it is for.
pub async fn arrived(
    tx: &mut StudioTx,
    sender: &Sender,
    document: &Document,
    bytes: i64,
    tell: bool,
) -> Result<()> {
    let again = document.current > 1;
    let action = match (sender.contact.is_some(), again) {
        (true, false) => "document uploaded",
        (false, false) => "document shared",
        (_, true) => "document version added",
    };
    let after = json!({ "document": document.name, "size": kinds::size(bytes) });
    audit::append(
        tx,
        &sender.actor,
        action,
        about(document.client_id),
        Change::made(&after)?,
        &sender.reference,
    )
    .await?;
    if let Some(contact) = sender.contact {
        let what = What::DocumentUploaded;
        happened(tx, document, what, vec![contact], &sender.actor).await?;
        news(tx, document.client_id, document.id, &[None]).await
    } else if tell {
        let people = named_readers(tx, document.id).await?;
        shared(tx, document, &people, &sender.actor).await
    } else {
        Ok(())
    }
}

/// Whom a document is shared with, by name or as all of its client.
pub async fn named_readers(tx: &mut StudioTx, id: DocumentId) -> Result<Vec<ContactId>> {
    let readers = store::readers(tx, id).await?;
    Ok(readers
        .iter()
        .filter(|one| !one.aside)
        .map(|one| one.id)
        .collect())
}

/// These contacts get a mail about it.
pub async fn shared(
    tx: &mut StudioTx,
    document: &Document,
    people: &[ContactId],
    by: &Actor,
) -> Result<()> {
    if people.is_empty() {
        return Ok(());
    }
    happened(tx, document, What::DocumentShared, people.to_vec(), by).await?;
    let people: Vec<_> = people.iter().copied().map(Some).collect();
    news(tx, document.client_id, document.id, &people).await
}

async fn happened(
    tx: &mut StudioTx,
    document: &Document,
    what: What,
    contacts: Vec<ContactId>,
    by: &Actor,
) -> Result<()> {
    let (client, item) = (document.client_id, Item::Document(document.id));
    let happened = Happened::new(what, client, by, item, &document.name)
        .to(contacts)
        .again_at(tx.now());
    happenings::tell(tx, &happened).await
}

async fn news(
    tx: &mut StudioTx,
    client: ClientId,
    document: DocumentId,
    whom: &[Option<ContactId>],
) -> Result<()> {
    for &contact in whom {
        if store::insert_news(tx, client, document, contact).await? {
            let at = tx.now().plus_seconds(WAIT);
            jobs::enqueue_at(tx, &Job::TellDocuments { client }, at).await?;
        }
    }
    Ok(())
}

/// An entry of the log.
pub async fn note(
    tx: &mut StudioTx,
    actor: &Actor,
    reference: &str,
    client: ClientId,
    action: &'static str,
    change: Change,
) -> Result<()> {
    audit::append(tx, actor, action, about(client), change, reference).await
}

/// What of the news goes into one mail: a document once, however many versions of it came.
fn lines(news: &[&News]) -> (Vec<Value>, usize) {
    let mut told: Vec<&News> = Vec::new();
    for &one in news {
        if !told.iter().any(|it| it.document_id == one.document_id) {
            told.push(one);
        }
    }
    let lines = told.iter().take(NAMED).map(|one| {
        json!({ "name": one.name, "by": one.by_name, "request": one.request, "event": one.event })
    });
    (lines.collect(), told.len())
}

/// The work behind [`Job::TellDocuments`].
pub async fn work(app: &App, scope: StudioScope, client: ClientId) -> Result<Outcome> {
    let mut tx = app.db.write(&scope).await?;
    // Holds the row that whatever brings news holds too: of two rounds at once the second finds nothing left to tell.
    store::count_bytes(&mut tx, 0).await?;
    let studio = studios::store::get(&mut tx).await?;
    let news = store::news(&mut tx, client).await?;
    store::delete_news(&mut tx, client, news.last().map(|one| one.id)).await?;
    let mut to_staff: BTreeMap<Option<GroupId>, Vec<&News>> = BTreeMap::new();
    let mut to_contacts: BTreeMap<ContactId, Vec<&News>> = BTreeMap::new();
    for one in &news {
        match one.contact_id {
            None => to_staff.entry(one.group_id).or_default().push(one),
            Some(contact) => to_contacts.entry(contact).or_default().push(one),
        }
    }
    let name = clients::store::get_client(&mut tx, client).await?.name;
    for (group, news) in to_staff {
        let (documents, count) = lines(&news);
        let by: Vec<&str> = news.iter().map(|one| one.by_name.as_str()).collect();
        let params = json!({
            "client": name,
            "by": by.first(),
            "several": by.iter().any(|one| Some(one) != by.first()),
            "documents": documents,
            "count": count,
            "page": format!("{}/admin/clients/{client}/documents", app.origin),
        });
        clients::tell::staff(app, &mut tx, &studio, group, "documents_staff", params).await?;
    }
    // Whoever is locked out is told nothing that only the portal shows.
    let open = studio.check_open().is_ok();
    for (contact, news) in to_contacts.into_iter().filter(|_| open) {
        let Some(email) = news.iter().find_map(|one| one.email.as_deref()) else {
            continue;
        };
        let (documents, count) = lines(&news);
        let params = json!({
            "first_name": news[0].first_name,
            "documents": documents,
            "count": count,
        });
        let message = Message::mail((Some(contact), email), "documents_shared", params);
        mail::send(app, &mut tx, &studio, message).await?;
    }
    tx.commit().await?;
    Ok(Outcome::Done)
}
