//! From what happened to what people are told: one function, called in the transaction of the act.

use portico_wire::{ClientId, StaffId, notifications::NotificationKind};

use super::{StaffKind, store};
use crate::{
    Result,
    audit::Actor,
    db::StudioTx,
    happenings::{Happened, Item, What},
    messages,
};

/// The most contacts told of one thing.
const MOST: usize = 200;

/// What contacts read of it; nothing of what they did themselves.
const fn for_contacts(what: What) -> Option<(NotificationKind, &'static str)> {
    Some(match what {
        What::EventConfirmed => (NotificationKind::Event, "An event is confirmed"),
        What::EventChanged => (NotificationKind::Event, "An event has changed"),
        What::EventCancelled => (NotificationKind::Event, "An event is cancelled"),
        What::FormAssigned => (NotificationKind::Questionnaire, "Please fill in"),
        What::ContractSent => (NotificationKind::Contract, "Please read and sign"),
        What::ContractCompleted => (NotificationKind::Contract, "Signed by everybody"),
        What::ContractExpiring => (NotificationKind::Contract, "Please sign soon"),
        What::QuoteSent => (NotificationKind::Quote, "A quote for you"),
        What::InvoiceIssued => (NotificationKind::Invoice, "A new invoice"),
        What::InvoiceDueSoon => (NotificationKind::Invoice, "A payment is due soon"),
        What::InvoiceOverdue => (NotificationKind::Invoice, "A payment is overdue"),
        What::PaymentReceived => (NotificationKind::Payment, "Your payment came in"),
        What::PaymentRefunded => (NotificationKind::Payment, "You were paid back"),
        What::DocumentShared => (NotificationKind::Document, "A document for you"),
        What::DocumentRequested => (NotificationKind::DocumentRequest, "Please send a document"),
        _ => return None,
    })
}

/// What staff read of it, behind the name of whoever did it.
const fn for_staff(what: What) -> Option<(StaffKind, &'static str)> {
    Some(match what {
        What::EventRequested => (StaffKind::Event, "booked an event"),
        What::EventChangeRequested => (StaffKind::Event, "asks to change an event"),
        What::FormSubmitted => (StaffKind::Form, "filled in a form"),
        What::ContractSigned => (StaffKind::Contract, "signed a contract"),
        What::ContractDeclined => (StaffKind::Contract, "declined a contract"),
        What::QuoteAccepted => (StaffKind::Quote, "accepted a quote"),
        What::QuoteDeclined => (StaffKind::Quote, "declined a quote"),
        What::PaymentReceived => (StaffKind::Payment, "paid"),
        What::DocumentUploaded => (StaffKind::Document, "sent a document"),
        What::DetailsUpdated => (StaffKind::Details, "changed details"),
        What::FirstSignIn => (StaffKind::SignIn, "came in for the first time"),
        _ => return None,
    })
}

/// The page of the admin something is looked at on.
fn page(item: Item, client: ClientId) -> String {
    match item {
        Item::Client(id) => format!("/admin/clients/{id}"),
        Item::Contact(id) => format!("/admin/contacts/{id}"),
        Item::Event(id) => format!("/admin/events/{id}"),
        Item::Questionnaire(_) | Item::DocumentRequest(_) => format!("/admin/clients/{client}"),
        Item::Submission(id) => format!("/admin/submissions/{id}"),
        Item::Contract(id) => format!("/admin/contracts/{id}"),
        Item::Quote(id) => format!("/admin/quotes/{id}"),
        Item::Invoice(id) => format!("/admin/invoices/{id}"),
        Item::Payment(id) => format!("/admin/payments/{id}"),
        Item::Document(id) => format!("/admin/documents/{id}"),
        Item::Conversation(id) => {
            messages::path(portico_wire::ConversationId::from_bytes(id.into_bytes()))
        }
    }
}

/// Something happened: whom it concerns is told of it on the screen, as each likes it.
pub async fn note(tx: &mut StudioTx, happened: &Happened<'_>) -> Result<()> {
    if let Some((kind, title)) = for_contacts(happened.what) {
        to_contacts(tx, happened, kind, title).await?;
    }
    if let Some((kind, did)) = for_staff(happened.what) {
        to_group(tx, happened, kind, did).await?;
    }
    Ok(())
}

async fn to_contacts(
    tx: &mut StudioTx,
    happened: &Happened<'_>,
    kind: NotificationKind,
    title: &str,
) -> Result<()> {
    let item = happened.item.id();
    let contacts = match &happened.contacts {
        Some(contacts) => contacts.clone(),
        None => store::concerned(tx, kind, item).await?,
    };
    for &contact in contacts.iter().take(MOST) {
        // Nobody is told what it did itself, but that its money arrived.
        let own = matches!(happened.by, Actor::Contact { id, .. } if *id == contact);
        if own && kind != NotificationKind::Payment {
            continue;
        }
        let new = store::New {
            kind: kind.name(),
            title,
            body: &happened.title,
        };
        if store::insert(tx, contact, item, &new).await? {
            messages::store::insert_pulse(tx, None, Some(contact), None).await?;
        }
    }
    Ok(())
}

/// The staff who look after the client hear what it did.
async fn to_group(
    tx: &mut StudioTx,
    happened: &Happened<'_>,
    kind: StaffKind,
    did: &str,
) -> Result<()> {
    let title = match happened.by {
        Actor::Contact { name, .. } => format!("{name} {did}"),
        Actor::System if kind == StaffKind::Payment => "A payment came in".to_owned(),
        Actor::System => return Ok(()),
        Actor::Staff { .. } | Actor::Operator => return Ok(()),
    };
    let event = match happened.item {
        Item::Event(id) => Some(id),
        _ => None,
    };
    let staff = store::staff_of(tx, happened.client, event).await?;
    let client = store::client_name(tx, happened.client).await?;
    let body = match happened.title.trim() {
        "" => client,
        what => format!("{what} · {client}"),
    };
    let path = page(happened.item, happened.client);
    to_staff(tx, &staff, kind, &path, (&title, &body)).await
}

/// Tells staff members of something, with its title and a line about it.
pub async fn to_staff(
    tx: &mut StudioTx,
    staff: &[StaffId],
    kind: StaffKind,
    path: &str,
    (title, body): (&str, &str),
) -> Result<()> {
    let new = store::New {
        kind: kind.name(),
        title,
        body,
    };
    for &staff in staff {
        // Of a conversation, and of whatever happens to one thing again, the latest stands for those not looked at yet.
        store::forget_unseen(tx, staff, kind.name(), path).await?;
        store::insert_for_staff(tx, staff, path, &new).await?;
    }
    Ok(())
}

/// Who hears of a client's message: whoever it is assigned to, else the staff who look after the client.
pub async fn of_message(
    tx: &mut StudioTx,
    conversation: &messages::Conversation,
    by: &str,
    line: &str,
) -> Result<()> {
    let staff = match conversation.assigned_to {
        Some(staff) if store::works_here(tx, staff).await? => vec![staff],
        _ => store::staff_of(tx, conversation.client_id, conversation.event_id).await?,
    };
    let client = store::client_name(tx, conversation.client_id).await?;
    let title = format!("{by} wrote");
    let body = format!("{line} · {client}");
    let path = messages::path(conversation.id);
    to_staff(tx, &staff, StaffKind::Message, &path, (&title, &body)).await
}
