//! The only SQL about codes, passwords, links, sessions, proofs and the sign-in log.

mod codes;
mod links;
mod log;
mod merge;
mod people;
mod runs;
mod sessions;
mod users;
mod views;

pub use codes::*;
pub use links::*;
pub use log::*;
pub use merge::*;
pub use people::*;
pub use runs::*;
pub use sessions::*;
pub use users::*;
pub use views::*;

use super::STAY_SECONDS;
use crate::{
    Result,
    db::{Tx, execute},
};

/// Removes what has had its time, in every studio. Codes stay a day so that an old one can be explained,
/// and the hour's pace be counted.
pub async fn delete_expired(tx: &mut Tx) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "delete from codes where expires_at < $1",
        now.plus_seconds(-86_400)
    )?;
    execute!(tx, "delete from proofs where expires_at < $1", now)?;
    execute!(tx, "delete from views where expires_at < $1", now)?;
    execute!(
        tx,
        "delete from sessions where last_used_at < $1",
        now.plus_seconds(-STAY_SECONDS)
    )?;
    Ok(())
}
