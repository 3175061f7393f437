//! The staff who look after a client hear of it.

use portico_wire::GroupId;
use serde_json::Value;

use super::store;
use crate::{
    App, Result,
    db::StudioTx,
    mail::{self, Message},
    studios::Studio,
};

/// A mail to each of a group's staff, with the name of whom it goes to among its parameters.
pub async fn staff(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    group: Option<GroupId>,
    template: &str,
    mut params: Value,
) -> Result<()> {
    for (name, email) in store::to_tell(tx, group).await? {
        params["name"] = name.into();
        let message = Message::mail((None, &email), template, params.clone());
        mail::send(app, tx, studio, message).await?;
    }
    Ok(())
}
