//! The only SQL about own addresses.

use super::Domain;
use crate::{
    Result,
    db::{StudioTx, Tx, execute, fetch_optional},
};

pub async fn get(tx: &mut StudioTx) -> Result<Option<Domain>> {
    fetch_optional!(
        tx,
        Domain,
        "select name, token, on_since, checked_at, problem from domains where studio_id = $1",
    )
}

/// Another name takes the place of the one before, and has to be proved anew.
pub async fn put(tx: &mut StudioTx, name: &str, token: &str) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into domains (studio_id, name, token, created_at) values ($1, $2, $3, $4)
         on conflict (studio_id) do update set name = $2, token = $3, created_at = $4, on_since = null,
             checked_at = null, problem = null",
        name,
        token,
        now,
    )?;
    Ok(())
}

pub async fn delete(tx: &mut StudioTx) -> Result<()> {
    execute!(tx, "delete from domains where studio_id = $1")?;
    Ok(())
}

/// What a check found; false where the name is another one by now.
pub async fn note_check(tx: &mut StudioTx, name: &str, problem: Option<&str>) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update domains set checked_at = $3, problem = $4,
             on_since = case when cast($4 as text) is null then coalesce(on_since, $3) else on_since end
         where studio_id = $1 and name = $2",
        name,
        now,
        problem,
    )?;
    Ok(rows == 1)
}

/// The studio, by its word, whose name this is.
pub async fn studio_at(tx: &mut Tx, name: &str) -> Result<Option<String>> {
    let found = fetch_optional!(
        tx,
        (String,),
        "select s.slug from domains d join studios s on s.id = d.studio_id where d.name = $1 and d.on_since is not null",
        name,
    )?;
    Ok(found.map(|(slug,)| slug))
}
