//! Notifications: what happened that somebody wants to know of, on the screen and by mail as each likes it.

pub mod admin;
pub mod api;
mod kinds;
pub mod note;
pub mod store;

use portico_wire::{Right, Rights, notifications::NotificationKind};

pub use kinds::{StaffKind, of_contact_mail, of_staff_mail};
pub use note::{note, to_staff};

use crate::{
    Result,
    db::StudioTx,
    mail::Message,
    messages::{self, Reader},
};

/// The kinds of what somebody sees, as the statements take them.
pub fn seen_kinds(rights: Rights) -> String {
    let mut kinds = String::from(",");
    for kind in NotificationKind::ALL {
        if rights.has(kind.section()) {
            kinds.push_str(kind.name());
            kinds.push(',');
        }
    }
    kinds
}

/// What a contact has not seen: messages and notifications, each at most 100 and nothing of a section it does not see.
pub async fn unread(tx: &mut StudioTx, reader: &Reader) -> Result<(u32, u32)> {
    let (mut messages, mut notifications) = (0, 0);
    if reader.rights.has(Right::Messages) {
        messages = messages::store::unread(tx, reader).await?;
    }
    if reader.rights.has(Right::Notifications) {
        let kinds = seen_kinds(reader.rights);
        notifications = store::unread(tx, reader.who.contact, &kinds).await?;
    }
    let few = |count: i64| u32::try_from(count).unwrap_or_default();
    Ok((few(messages), few(notifications)))
}

/// Whether whoever a mail is for wants it. What nobody can switch off is always wanted.
pub async fn wants(tx: &mut StudioTx, message: &Message<'_>) -> Result<bool> {
    match message.contact {
        Some(contact) => match of_contact_mail(message.template, &message.params) {
            Some(kind) => store::wants_mail(tx, contact, kind).await,
            None => Ok(true),
        },
        None => match of_staff_mail(message.template) {
            Some(kind) => store::staff_wants_mail(tx, message.recipient, kind).await,
            None => Ok(true),
        },
    }
}
