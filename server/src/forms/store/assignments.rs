//! Questionnaires: whom a form was sent to.

use portico_wire::{AssignmentId, ClientId, ContactId, FormId, Timestamp};

use crate::{
    Result,
    db::{StudioTx, execute, fetch_all, fetch_optional, scalar},
    error::Error,
};

/// A questionnaire as staff see it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Assignment {
    pub id: AssignmentId,
    pub form_id: FormId,
    pub form_name: String,
    pub title: String,
    pub client_id: ClientId,
    pub client_name: String,
    pub due: Option<String>,
    pub note: Option<String>,
    pub started: bool,
    pub done_at: Option<Timestamp>,
    pub withdrawn_at: Option<Timestamp>,
    pub reminded_before_at: Option<Timestamp>,
    pub reminded_after_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

pub struct NewAssignment<'a> {
    pub form: FormId,
    pub client: ClientId,
    /// Contacts of that client, who fill it in together.
    pub contacts: &'a [ContactId],
    /// `2027-05-22`
    pub due: Option<&'a str>,
    pub note: Option<&'a str>,
}

/// The questionnaire, unless a contact is not the client's.
pub async fn insert_assignment(tx: &mut StudioTx, new: &NewAssignment<'_>) -> Result<AssignmentId> {
    let (id, now): (AssignmentId, _) = (tx.id(), tx.now());
    execute!(
        tx,
        "insert into assignments (studio_id, id, form_id, client_id, due, note, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        id,
        new.form,
        new.client,
        new.due,
        new.note,
        now,
    )?;
    for &contact in new.contacts {
        let rows = execute!(
            tx,
            "insert into assignment_contacts (studio_id, assignment_id, contact_id)
             select k.studio_id, $2, k.id from contacts k
             where k.studio_id = $1 and k.id = $3 and k.client_id = $4 and k.merged_into is null",
            id,
            contact,
            new.client,
        )?;
        if rows != 1 {
            return Err(Error::not_found());
        }
    }
    Ok(id)
}

/// The questionnaire; not found where there is none.
pub async fn get_assignment(tx: &mut StudioTx, id: AssignmentId) -> Result<Assignment> {
    find_assignment(tx, id).await?.ok_or_else(Error::not_found)
}

pub async fn find_assignment(tx: &mut StudioTx, id: AssignmentId) -> Result<Option<Assignment>> {
    fetch_optional!(
        tx,
        Assignment,
        "select a.id, a.form_id, f.name as form_name, v.title, a.client_id, c.name as client_name, a.due, a.note,
                exists (select 1 from submissions s where s.studio_id = a.studio_id and s.assignment_id = a.id) as started,
                a.done_at, a.withdrawn_at, a.reminded_before_at, a.reminded_after_at, a.created_at
         from assignments a
         join forms f on f.studio_id = a.studio_id and f.id = a.form_id
         join form_versions v on v.studio_id = f.studio_id and v.form_id = f.id and v.number = f.current
         join clients c on c.studio_id = a.studio_id and c.id = a.client_id
         where a.studio_id = $1 and a.id = $2",
        id,
    )
}

/// Those of a client, the newest first.
pub async fn assignments_of(tx: &mut StudioTx, client: ClientId) -> Result<Vec<Assignment>> {
    fetch_all!(
        tx,
        Assignment,
        "select a.id, a.form_id, f.name as form_name, v.title, a.client_id, c.name as client_name, a.due, a.note,
                exists (select 1 from submissions s where s.studio_id = a.studio_id and s.assignment_id = a.id) as started,
                a.done_at, a.withdrawn_at, a.reminded_before_at, a.reminded_after_at, a.created_at
         from assignments a
         join forms f on f.studio_id = a.studio_id and f.id = a.form_id
         join form_versions v on v.studio_id = f.studio_id and v.form_id = f.id and v.number = f.current
         join clients c on c.studio_id = a.studio_id and c.id = a.client_id
         where a.studio_id = $1 and a.client_id = $2 order by a.id desc limit 200",
        client,
    )
}

/// A page of those of a form, the newest first.
pub async fn assignments_of_form(
    tx: &mut StudioTx,
    form: FormId,
    before: Option<AssignmentId>,
    most: i64,
) -> Result<Vec<Assignment>> {
    fetch_all!(
        tx,
        Assignment,
        "select a.id, a.form_id, f.name as form_name, v.title, a.client_id, c.name as client_name, a.due, a.note,
                exists (select 1 from submissions s where s.studio_id = a.studio_id and s.assignment_id = a.id) as started,
                a.done_at, a.withdrawn_at, a.reminded_before_at, a.reminded_after_at, a.created_at
         from assignments a
         join forms f on f.studio_id = a.studio_id and f.id = a.form_id
         join form_versions v on v.studio_id = f.studio_id and v.form_id = f.id and v.number = f.current
         join clients c on c.studio_id = a.studio_id and c.id = a.client_id
         where a.studio_id = $1 and a.form_id = $2 and a.id < $3 order by a.id desc limit $4",
        form,
        before.unwrap_or(AssignmentId::from_bytes([0xff; 16])),
        most,
    )
}

/// Who is asked, with what a mail needs; those who cannot come in have no `email`.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AskedContact {
    pub id: ContactId,
    pub first_name: String,
    pub last_name: String,
    pub email: Option<String>,
}

pub async fn asked_contacts(
    tx: &mut StudioTx,
    assignment: AssignmentId,
) -> Result<Vec<AskedContact>> {
    fetch_all!(
        tx,
        AskedContact,
        "select k.id, k.first_name, k.last_name, case when k.active and cl.portal_enabled then k.email end as email
         from assignment_contacts c
         join contacts k on k.studio_id = c.studio_id and k.id = c.contact_id
         join clients cl on cl.studio_id = k.studio_id and cl.id = k.client_id
         where c.studio_id = $1 and c.assignment_id = $2 order by k.first_name, k.id",
        assignment,
    )
}

/// The names of those who are asked, of a client's questionnaires.
pub async fn asked_of_client(
    tx: &mut StudioTx,
    client: ClientId,
) -> Result<Vec<(AssignmentId, ContactId, String, String)>> {
    fetch_all!(
        tx,
        (AssignmentId, ContactId, String, String),
        "select c.assignment_id, k.id, k.first_name, k.last_name
         from assignments a
         join assignment_contacts c on c.studio_id = a.studio_id and c.assignment_id = a.id
         join contacts k on k.studio_id = c.studio_id and k.id = c.contact_id
         where a.studio_id = $1 and a.client_id = $2 order by k.first_name, k.id limit 2000",
        client,
    )
}

/// The names of those who are asked, of a form's questionnaires from one to another.
pub async fn asked_of_form(
    tx: &mut StudioTx,
    form: FormId,
    first: AssignmentId,
    last: AssignmentId,
) -> Result<Vec<(AssignmentId, ContactId, String, String)>> {
    fetch_all!(
        tx,
        (AssignmentId, ContactId, String, String),
        "select c.assignment_id, k.id, k.first_name, k.last_name
         from assignments a
         join assignment_contacts c on c.studio_id = a.studio_id and c.assignment_id = a.id
         join contacts k on k.studio_id = c.studio_id and k.id = c.contact_id
         where a.studio_id = $1 and a.form_id = $2 and a.id >= $3 and a.id <= $4
         order by k.first_name, k.id limit 2000",
        form,
        first,
        last,
    )
}

/// Whether this contact was reminded of anything within the last minute.
pub async fn was_just_reminded(tx: &mut StudioTx, contact: ContactId) -> Result<bool> {
    let since = tx.now().plus_seconds(-60);
    let found = scalar!(
        tx,
        i64,
        "select count(*) from outbox
         where studio_id = $1 and contact_id = $2 and template = 'questionnaire_reminder' and created_at > $3",
        contact,
        since,
    )?;
    Ok(found > 0)
}

/// Another last day; reminders begin anew. False where it is done or withdrawn.
pub async fn save_due(tx: &mut StudioTx, id: AssignmentId, due: Option<&str>) -> Result<bool> {
    let rows = execute!(
        tx,
        "update assignments set due = $3, reminded_before_at = null, reminded_after_at = null
         where studio_id = $1 and id = $2 and done_at is null and withdrawn_at is null",
        id,
        due,
    )?;
    Ok(rows == 1)
}

/// Takes a questionnaire back; false where it is done or was taken back before. What was typed stays.
pub async fn withdraw(tx: &mut StudioTx, id: AssignmentId) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update assignments set withdrawn_at = $3
         where studio_id = $1 and id = $2 and done_at is null and withdrawn_at is null",
        id,
        now,
    )?;
    Ok(rows == 1)
}

pub async fn mark_done(tx: &mut StudioTx, id: AssignmentId) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update assignments set done_at = $3 where studio_id = $1 and id = $2",
        id,
        now,
    )?;
    Ok(())
}

/// Notes a reminder for this last day before it goes out; false where it went out before, or is not due any
/// more.
pub async fn take_reminder(
    tx: &mut StudioTx,
    id: AssignmentId,
    due: &str,
    after: bool,
) -> Result<bool> {
    let now = tx.now();
    let rows = if after {
        execute!(
            tx,
            "update assignments set reminded_after_at = $4
             where studio_id = $1 and id = $2 and due = $3 and done_at is null and withdrawn_at is null
               and reminded_after_at is null",
            id,
            due,
            now,
        )?
    } else {
        execute!(
            tx,
            "update assignments set reminded_before_at = $4
             where studio_id = $1 and id = $2 and due = $3 and done_at is null and withdrawn_at is null
               and reminded_before_at is null",
            id,
            due,
            now,
        )?
    };
    Ok(rows == 1)
}
