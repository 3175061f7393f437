//! Notifications: what happened that somebody wants to know of.

use portico_wire::Right;

use crate::{
    Result,
    db::StudioTx,
    messages::{self, Reader},
};

/// What a contact has not seen: messages and notifications, each at most 100 and nothing of a section it does not see.
pub async fn unread(tx: &mut StudioTx, reader: &Reader) -> Result<(u32, u32)> {
    let mut messages = 0;
    if reader.rights.has(Right::Messages) {
        messages = messages::store::unread(tx, reader).await?;
    }
    Ok((u32::try_from(messages).unwrap_or_default(), 0))
}
