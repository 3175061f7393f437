//! Messages for staff: one inbox, whose conversations are assigned, answered and done.

pub mod act;
pub mod inbox;
pub mod live;
pub mod replies;
pub mod show;
pub mod write;

use portico_wire::{ClientId, ConversationId};

use super::{Conversation, own, store};
use crate::{Result, audit::Subject, clients, db::StudioTx, error::Error};

pub const LIST: &str = "/admin/messages";

/// What is done with a conversation stands in the history of its client.
const fn about(client: ClientId) -> Subject {
    Subject("client", Some(client.into_uuid()))
}

/// The conversation, held; a client's own is written down where it is not there yet.
async fn hold(tx: &mut StudioTx, id: ConversationId) -> Result<Conversation> {
    if let Some(held) = store::hold_conversation(tx, id).await? {
        return Ok(held);
    }
    // A client's own has the client's id; of any other there is no row to hold.
    let client = ClientId::from_bytes(id.bytes());
    clients::store::get_client(tx, client).await?;
    store::insert_conversation(tx, own(client), client, None).await?;
    let held = store::hold_conversation(tx, id).await?;
    held.ok_or_else(Error::not_found)
}
