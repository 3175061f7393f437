//! Drafts and submissions.

use portico_wire::{
    AssignmentId, ClientId, ContactId, FormId, SubmissionId, Timestamp,
    forms::{Answers, Form},
};
use sqlx::types::Json;

use super::super::{Draft, Opened};
use crate::{
    Result,
    db::{StudioTx, execute, fetch_all, fetch_optional},
    error::Error,
};

/// The first save of a draft; `None` where another device or contact was first.
pub async fn insert_draft(
    tx: &mut StudioTx,
    opened: &Opened,
    number: i64,
    who: super::Viewer,
    draft: &Draft,
) -> Result<Option<SubmissionId>> {
    let (id, now): (SubmissionId, _) = (tx.id(), tx.now());
    let rows = execute!(
        tx,
        "insert into submissions (studio_id, id, form_id, number, client_id, contact_id, assignment_id, state, revision,
                draft, answers, started_at, saved_at)
         values ($1, $2, $3, $4, $5, $6, $7, 'started', 1, $8, $9, $10, $10) on conflict do nothing",
        id,
        opened.form_id,
        number,
        opened.client_id.unwrap_or(who.client),
        who.contact,
        opened.assignment_id,
        Json(draft),
        Json(Answers::new()),
        now,
    )?;
    Ok((rows == 1).then_some(id))
}

/// Saves a draft as the revision after `revision`; false where somebody else did, or it was sent.
pub async fn save_draft(
    tx: &mut StudioTx,
    id: SubmissionId,
    revision: i64,
    draft: &Draft,
) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update submissions set draft = $4, revision = $3 + 1, saved_at = $5
         where studio_id = $1 and id = $2 and revision = $3 and state = 'started'",
        id,
        revision,
        Json(draft),
        now,
    )?;
    Ok(rows == 1)
}

/// Turns a draft into what was sent; false where somebody else was first.
pub async fn submit(
    tx: &mut StudioTx,
    id: SubmissionId,
    contact: ContactId,
    answers: &Answers,
    key: &str,
) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update submissions set state = 'submitted', contact_id = $3, answers = $4, draft = $5, submit_key = $6,
                saved_at = $7
         where studio_id = $1 and id = $2 and state = 'started'",
        id,
        contact,
        Json(answers),
        Json(Draft::default()),
        key,
        now,
    )?;
    Ok(rows == 1)
}

/// What this contact sent with this key.
pub async fn submitted_with(
    tx: &mut StudioTx,
    contact: ContactId,
    key: &str,
) -> Result<Option<(SubmissionId, Timestamp, FormId, Option<AssignmentId>, Form)>> {
    let row = fetch_optional!(
        tx,
        (SubmissionId, Timestamp, FormId, Option<AssignmentId>, Json<Form>),
        "select s.id, s.saved_at, s.form_id, s.assignment_id, v.definition
         from submissions s
         join form_versions v on v.studio_id = s.studio_id and v.form_id = s.form_id and v.number = s.number
         where s.studio_id = $1 and s.contact_id = $2 and s.submit_key = $3",
        contact,
        key,
    )?;
    Ok(row
        .map(|(id, at, form, assignment, Json(definition))| (id, at, form, assignment, definition)))
}

/// Behind every moment.
const LAST: Timestamp = Timestamp::from_micros(253_402_300_799_000_000);

/// Which submissions staff look at.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    pub form: Option<FormId>,
    pub client: Option<ClientId>,
    /// Drafts instead of what was sent.
    pub started: bool,
    /// Those older than this place.
    pub before: Option<(Timestamp, SubmissionId)>,
}

/// A submission in the list of staff.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ListedSubmission {
    pub id: SubmissionId,
    pub form_id: FormId,
    pub form_name: String,
    pub client_id: ClientId,
    pub client_name: String,
    pub contact_id: ContactId,
    pub first_name: String,
    pub last_name: String,
    pub assignment_id: Option<AssignmentId>,
    pub state: String,
    pub saved_at: Timestamp,
}

/// A page of them, the latest first. `cross join` keeps SQLite at the index of the order.
pub async fn submissions(
    tx: &mut StudioTx,
    filter: &Filter,
    most: i64,
) -> Result<Vec<ListedSubmission>> {
    let state = if filter.started {
        "started"
    } else {
        "submitted"
    };
    let (at, id) = filter
        .before
        .unwrap_or((LAST, SubmissionId::from_bytes([0xff; 16])));
    match (filter.form, filter.client) {
        (Some(form), client) => fetch_all!(
            tx,
            ListedSubmission,
            "select s.id, s.form_id, f.name as form_name, s.client_id, c.name as client_name, s.contact_id, k.first_name,
                    k.last_name, s.assignment_id, s.state, s.saved_at
             from submissions s cross join forms f cross join clients c cross join contacts k
             where f.studio_id = s.studio_id and f.id = s.form_id and c.studio_id = s.studio_id and c.id = s.client_id
               and k.studio_id = s.studio_id and k.id = s.contact_id and s.studio_id = $1 and s.form_id = $2 and (s.client_id = $3 or $3 is null) and s.state = $4
               and (s.saved_at, s.id) < ($5, $6)
             order by s.saved_at desc, s.id desc limit $7",
            form,
            client,
            state,
            at,
            id,
            most,
        ),
        (None, Some(client)) => fetch_all!(
            tx,
            ListedSubmission,
            "select s.id, s.form_id, f.name as form_name, s.client_id, c.name as client_name, s.contact_id, k.first_name,
                    k.last_name, s.assignment_id, s.state, s.saved_at
             from submissions s cross join forms f cross join clients c cross join contacts k
             where f.studio_id = s.studio_id and f.id = s.form_id and c.studio_id = s.studio_id and c.id = s.client_id
               and k.studio_id = s.studio_id and k.id = s.contact_id and s.studio_id = $1 and s.client_id = $2 and s.state = $3 and (s.saved_at, s.id) < ($4, $5)
             order by s.saved_at desc, s.id desc limit $6",
            client,
            state,
            at,
            id,
            most,
        ),
        (None, None) => fetch_all!(
            tx,
            ListedSubmission,
            "select s.id, s.form_id, f.name as form_name, s.client_id, c.name as client_name, s.contact_id, k.first_name,
                    k.last_name, s.assignment_id, s.state, s.saved_at
             from submissions s cross join forms f cross join clients c cross join contacts k
             where f.studio_id = s.studio_id and f.id = s.form_id and c.studio_id = s.studio_id and c.id = s.client_id
               and k.studio_id = s.studio_id and k.id = s.contact_id and s.studio_id = $1 and s.state = $2 and (s.saved_at, s.id) < ($3, $4)
             order by s.saved_at desc, s.id desc limit $5",
            state,
            at,
            id,
            most,
        ),
    }
}

/// A row of the export of a form.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ExportedSubmission {
    pub id: SubmissionId,
    pub number: i64,
    pub client_name: String,
    pub first_name: String,
    pub last_name: String,
    pub email: Option<String>,
    pub saved_at: Timestamp,
    #[sqlx(json)]
    pub answers: Answers,
}

/// A page of what was sent to a form, with the answers, the latest first.
pub async fn exported_submissions(
    tx: &mut StudioTx,
    form: FormId,
    client: Option<ClientId>,
    before: Option<(Timestamp, SubmissionId)>,
    most: i64,
) -> Result<Vec<ExportedSubmission>> {
    let (at, id) = before.unwrap_or((LAST, SubmissionId::from_bytes([0xff; 16])));
    fetch_all!(
        tx,
        ExportedSubmission,
        "select s.id, s.number, c.name as client_name, k.first_name, k.last_name, k.email, s.saved_at, s.answers
         from submissions s cross join clients c cross join contacts k
         where c.studio_id = s.studio_id and c.id = s.client_id and k.studio_id = s.studio_id and k.id = s.contact_id
           and s.studio_id = $1 and s.form_id = $2 and (s.client_id = $3 or $3 is null) and s.state = 'submitted'
           and (s.saved_at, s.id) < ($4, $5)
         order by s.saved_at desc, s.id desc limit $6",
        form,
        client,
        at,
        id,
        most,
    )
}

/// A submission as staff read it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct StoredSubmission {
    pub id: SubmissionId,
    pub form_id: FormId,
    pub form_name: String,
    pub number: i64,
    pub client_id: ClientId,
    pub client_name: String,
    pub contact_id: ContactId,
    pub first_name: String,
    pub last_name: String,
    pub assignment_id: Option<AssignmentId>,
    pub state: String,
    pub started_at: Timestamp,
    pub saved_at: Timestamp,
    #[sqlx(json)]
    pub definition: Form,
    #[sqlx(json)]
    pub answers: Answers,
    #[sqlx(json)]
    pub draft: Draft,
}

/// The submission, or a draft; not found where there is none.
pub async fn get_submission(tx: &mut StudioTx, id: SubmissionId) -> Result<StoredSubmission> {
    fetch_optional!(
        tx,
        StoredSubmission,
        "select s.id, s.form_id, f.name as form_name, s.number, s.client_id, c.name as client_name, s.contact_id,
                k.first_name, k.last_name, s.assignment_id, s.state, s.started_at, s.saved_at, v.definition, s.answers,
                s.draft
         from submissions s
         join forms f on f.studio_id = s.studio_id and f.id = s.form_id
         join form_versions v on v.studio_id = s.studio_id and v.form_id = s.form_id and v.number = s.number
         join clients c on c.studio_id = s.studio_id and c.id = s.client_id
         join contacts k on k.studio_id = s.studio_id and k.id = s.contact_id
         where s.studio_id = $1 and s.id = $2",
        id,
    )?
    .ok_or_else(Error::not_found)
}

/// What a contact that was merged into another began, sent and is asked goes to the other. A draft of a form
/// that the other one began too stays behind.
pub async fn move_to_contact(tx: &mut StudioTx, from: ContactId, to: ContactId) -> Result<()> {
    execute!(
        tx,
        // Nobody sends the loser's requests again, and a key of its could be one of the other's too.
        "update submissions set contact_id = $3, submit_key = null
         where studio_id = $1 and contact_id = $2
           and (state = 'submitted' or assignment_id is not null or not exists (select 1 from submissions o
                where o.studio_id = $1 and o.contact_id = $3 and o.form_id = submissions.form_id
                  and o.state = 'started' and o.assignment_id is null))",
        from,
        to,
    )?;
    execute!(
        tx,
        "insert into assignment_contacts (studio_id, assignment_id, contact_id)
         select studio_id, assignment_id, $3 from assignment_contacts where studio_id = $1 and contact_id = $2
         on conflict do nothing",
        from,
        to,
    )?;
    execute!(
        tx,
        "delete from assignment_contacts where studio_id = $1 and contact_id = $2",
        from,
    )?;
    // Asked by the client it belongs to now, or the portal would not show it.
    execute!(
        tx,
        "update assignments set client_id = (select k.client_id from contacts k where k.studio_id = $1 and k.id = $2)
         where studio_id = $1 and done_at is null and id in (select c.assignment_id from assignment_contacts c
            where c.studio_id = $1 and c.contact_id = $2)
           and not exists (select 1 from assignment_contacts o join contacts k
                on k.studio_id = o.studio_id and k.id = o.contact_id
                where o.studio_id = $1 and o.assignment_id = assignments.id and k.client_id = assignments.client_id)",
        to,
    )?;
    execute!(
        tx,
        "update files set contact_id = $3 where studio_id = $1 and contact_id = $2",
        from,
        to,
    )?;
    Ok(())
}
