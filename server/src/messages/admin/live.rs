//! What an open page of the admin asks every other second: whether anything is new.

use axum::extract::{Query, State};
use portico_wire::ConversationId;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{App, Result, db::StudioTx, messages::store, scope::Member, web::body::Json};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    of: Option<String>,
}

/// Another one than before: the page has something to show, of one conversation or of the inbox.
pub async fn mark(tx: &mut StudioTx, of: Option<ConversationId>) -> Result<String> {
    match of {
        Some(id) => store::conversation_mark(tx, id).await,
        None => store::inbox_mark(tx).await,
    }
}

/// `GET /admin/messages/live`
pub async fn look(
    State(app): State<App>,
    Member(session): Member,
    Query(asked): Query<Asked>,
) -> Result<Json<Value>> {
    let of = asked.of.and_then(|id| id.parse().ok());
    let mut tx = app.db.read(&session).await?;
    let mark = mark(&mut tx, of).await?;
    let counts = session.counts;
    Ok(Json(json!({
        "mark": mark, "messages": counts.messages, "notifications": counts.notifications,
    })))
}
