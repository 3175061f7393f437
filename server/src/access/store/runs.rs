//! Invitations of many contacts at once.

use portico_wire::{ContactId, ImportId, RunId, StaffId, StudioId, Timestamp};

use super::super::reach::{Filter, State};
use crate::{
    Result,
    db::{StudioTx, Tx, execute, fetch_all, fetch_optional},
};

#[derive(Debug, sqlx::FromRow)]
pub struct Run {
    pub id: RunId,
    pub staff_id: StaffId,
    pub staff_name: String,
    pub filter_state: String,
    pub filter_search: String,
    pub again: bool,
    pub total: i64,
    pub after_id: Option<ContactId>,
    pub listed_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
    pub failed: Option<String>,
    pub reference: String,
    pub created_at: Timestamp,
}

impl Run {
    pub fn filter(&self) -> Filter {
        Filter {
            state: State::parse(&self.filter_state),
            search: self.filter_search.clone(),
        }
    }
}

pub struct NewRun<'a> {
    pub staff: StaffId,
    pub staff_name: &'a str,
    /// Absent where the contacts are written down at once.
    pub filter: Option<&'a Filter>,
    pub again: bool,
    pub total: i64,
    pub reference: &'a str,
}

pub async fn insert_run(tx: &mut StudioTx, run: NewRun<'_>) -> Result<RunId> {
    let (id, now): (RunId, _) = (tx.id(), tx.now());
    let listed = run.filter.is_none().then_some(now);
    execute!(
        tx,
        "insert into invitation_runs (studio_id, id, staff_id, staff_name, filter_state, filter_search, again, total,
                listed_at, reference, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        id,
        run.staff,
        run.staff_name,
        run.filter.and_then(|f| f.state).map_or("", State::name),
        run.filter.map_or("", |f| &f.search),
        run.again,
        run.total,
        listed,
        run.reference,
        now,
    )?;
    Ok(id)
}

pub async fn run(tx: &mut StudioTx, id: RunId) -> Result<Option<Run>> {
    fetch_optional!(
        tx,
        Run,
        "select id, staff_id, staff_name, filter_state, filter_search, again, total, after_id, listed_at, finished_at,
                failed, reference, created_at
         from invitation_runs where studio_id = $1 and id = $2",
        id,
    )
}

pub async fn runs(tx: &mut StudioTx, limit: i64) -> Result<Vec<Run>> {
    fetch_all!(
        tx,
        Run,
        "select id, staff_id, staff_name, filter_state, filter_search, again, total, after_id, listed_at, finished_at,
                failed, reference, created_at
         from invitation_runs where studio_id = $1 order by id desc limit $2",
        limit,
    )
}

/// Writes a contact down; one that stands there already, or is none of the studio's, is not written again.
pub async fn list_contact(tx: &mut StudioTx, run: RunId, contact: ContactId) -> Result<bool> {
    let rows = execute!(
        tx,
        "insert into invitation_run_contacts (studio_id, run_id, contact_id, outcome)
         select studio_id, $2, id, 'queued' from portal_users where studio_id = $1 and id = $3
         on conflict (studio_id, run_id, contact_id) do nothing",
        run,
        contact,
    )?;
    Ok(rows == 1)
}

/// Writes down the new contacts of an import.
pub async fn list_import(tx: &mut StudioTx, run: RunId, import: ImportId) -> Result<()> {
    execute!(
        tx,
        "insert into invitation_run_contacts (studio_id, run_id, contact_id, outcome)
         select r.studio_id, $2, r.contact_id, 'queued'
         from import_rows r join contacts c on c.studio_id = r.studio_id and c.id = r.contact_id
         where r.studio_id = $1 and r.import_id = $3 and r.outcome = 'new' and c.merged_into is null",
        run,
        import,
    )?;
    Ok(())
}

/// The list was written down so far; `whole` where nothing is left of it.
pub async fn save_listed(
    tx: &mut StudioTx,
    run: RunId,
    after: Option<ContactId>,
    whole: bool,
) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update invitation_runs set after_id = coalesce($3, after_id), listed_at = $4
         where studio_id = $1 and id = $2",
        run,
        after,
        whole.then_some(now),
    )?;
    Ok(())
}

/// Contacts still to be invited; without a state where the contact is gone.
pub async fn queued(
    tx: &mut StudioTx,
    run: RunId,
    limit: i64,
) -> Result<Vec<(ContactId, Option<State>)>> {
    fetch_all!(
        tx,
        (ContactId, Option<State>),
        "select r.contact_id, u.state
         from invitation_run_contacts r
         left join portal_users u on u.studio_id = r.studio_id and u.id = r.contact_id
         where r.studio_id = $1 and r.run_id = $2 and r.outcome = 'queued' order by r.contact_id limit $3",
        run,
        limit,
    )
}

/// What became of a contact; false where another worker was faster, and this one leaves it alone.
pub async fn settle(
    tx: &mut StudioTx,
    run: RunId,
    contact: ContactId,
    outcome: &str,
) -> Result<bool> {
    let rows = execute!(
        tx,
        "update invitation_run_contacts set outcome = $4
         where studio_id = $1 and run_id = $2 and contact_id = $3 and outcome = 'queued'",
        run,
        contact,
        outcome,
    )?;
    Ok(rows == 1)
}

pub async fn finish_run(tx: &mut StudioTx, run: RunId) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update invitation_runs set finished_at = $3,
                total = (select count(*) from invitation_run_contacts where studio_id = $1 and run_id = $2)
         where studio_id = $1 and id = $2 and finished_at is null",
        run,
        now,
    )?;
    Ok(())
}

/// System transaction: written together with the job's own end.
pub async fn fail_run(tx: &mut Tx, studio: StudioId, run: RunId, reason: &str) -> Result<()> {
    execute!(
        tx,
        "update invitation_runs set failed = $3 where studio_id = $1 and id = $2",
        studio,
        run,
        reason,
    )?;
    Ok(())
}

/// How many contacts came to which outcome.
pub async fn outcomes(tx: &mut StudioTx, run: RunId) -> Result<Vec<(String, i64)>> {
    fetch_all!(
        tx,
        (String, i64),
        "select outcome, count(*) from invitation_run_contacts where studio_id = $1 and run_id = $2 group by outcome",
        run,
    )
}

#[derive(sqlx::FromRow)]
pub struct Reported {
    pub id: ContactId,
    pub first_name: String,
    pub last_name: String,
    pub email: Option<String>,
    pub client_name: String,
    pub outcome: String,
}

/// The report, contact by contact; all outcomes, or one.
pub async fn report(
    tx: &mut StudioTx,
    run: RunId,
    outcome: &str,
    after: ContactId,
    limit: i64,
) -> Result<Vec<Reported>> {
    fetch_all!(
        tx,
        Reported,
        "select c.id, c.first_name, c.last_name, c.email, cl.name as client_name, r.outcome
         from invitation_run_contacts r
         join contacts c on c.studio_id = r.studio_id and c.id = r.contact_id
         join clients cl on cl.studio_id = c.studio_id and cl.id = c.client_id
         where r.studio_id = $1 and r.run_id = $2 and r.contact_id > $3 and ($4 = '' or r.outcome = $4)
         order by r.contact_id limit $5",
        run,
        after,
        outcome,
        limit,
    )
}
