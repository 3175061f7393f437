//! What a contact sees of documents beside the documents themselves: what is asked for, what it may send; and all of it on
//! an event.

use portico_wire::{
    EventId, Right,
    documents::{DocumentRequest, DocumentRequestState as State, EventDocuments, UploadRules},
};

use super::{
    ask, open,
    store::{self, Asked},
};
use crate::{
    Result, clock::today, db::StudioTx, forms::store::Viewer, scope::PortalSession, studios,
};

fn request(asked: Asked, today: &str, events: bool) -> DocumentRequest {
    DocumentRequest {
        id: asked.id,
        late: asked.state == State::Open && ask::is_late(asked.due.as_deref(), today),
        title: asked.title,
        note: asked.note,
        due: asked.due,
        state: asked.state,
        event: asked.event_id.filter(|_| events),
        answered_at: asked.answered_at,
    }
}

/// What is asked for, and what can be sent.
pub async fn asked(
    tx: &mut StudioTx,
    session: &PortalSession,
    event: Option<EventId>,
) -> Result<(Vec<DocumentRequest>, Option<UploadRules>)> {
    let rights = session.rights;
    let studio = studios::store::get(tx).await?;
    let today = today(tx.now(), &studio.time_zone);
    let history = rights.has(Right::ShowHistory);
    let found = store::asked_of(tx, Viewer::from(session), history, event).await?;
    let requests = found
        .into_iter()
        .map(|one| request(one, &today, rights.has(Right::Events)))
        .collect();
    let upload = match rights.has(Right::Upload) {
        true => Some(store::settings(tx).await?.rules()),
        false => None,
    };
    Ok((requests, upload))
}

/// What of an event's documents a contact sees that sees the event: four statements.
pub async fn of_event(
    tx: &mut StudioTx,
    session: &PortalSession,
    event: EventId,
) -> Result<EventDocuments> {
    let found = store::seen_by(tx, Viewer::from(session), None, Some(event)).await?;
    let (requests, upload) = asked(tx, session, Some(event)).await?;
    Ok(EventDocuments {
        documents: found
            .iter()
            .take(store::PAGE)
            .map(|seen| open::listed(seen, session.contact, session.rights))
            .collect(),
        requests,
        upload,
    })
}
