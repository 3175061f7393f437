//! Forms as a contact sees them: what is offered and asked, and one that is opened.

use portico_wire::{
    AssignmentId, ClientId, ContactId, FormId, SubmissionId, Timestamp,
    forms::{Answers, Form, OfferedForm, Sent, Submission},
};

use super::super::{Opened, Target};
use crate::{
    Result,
    clients::full_name,
    db::{StudioTx, fetch_all, fetch_optional},
};

/// Who looks: a contact, its client, and whether it sees all of that client.
#[derive(Debug, Clone, Copy)]
pub struct Viewer {
    pub contact: ContactId,
    pub client: ClientId,
    pub everything: bool,
}

impl From<&crate::scope::PortalSession> for Viewer {
    fn from(session: &crate::scope::PortalSession) -> Self {
        Self {
            contact: session.contact,
            client: session.client,
            everything: session.rights.has(portico_wire::Right::SeeEverything),
        }
    }
}

impl From<&crate::access::sessions::Found> for Viewer {
    fn from(session: &crate::access::sessions::Found) -> Self {
        Self {
            contact: session.contact_id,
            client: session.client_id,
            everything: session.rights().has(portico_wire::Right::SeeEverything),
        }
    }
}

pub async fn opened(tx: &mut StudioTx, target: Target, who: Viewer) -> Result<Option<Opened>> {
    match target {
        Target::Form(form) => fetch_optional!(
            tx,
            Opened,
            "select f.id as form_id, v.number, v.definition, f.archived_at is not null as archived, f.in_portal,
                    f.default_update, s.id as submission_id, s.state, coalesce(s.revision, 0) as revision, s.draft,
                    s.saved_at
             from forms f
             left join submissions s on s.studio_id = f.studio_id and s.form_id = f.id and s.contact_id = $3
                  and s.state = 'started' and s.assignment_id is null
             join form_versions v on v.studio_id = f.studio_id and v.form_id = f.id
                  and v.number = coalesce(s.number, f.current)
             where f.studio_id = $1 and f.id = $2",
            form,
            who.contact,
        ),
        Target::Questionnaire(assignment) => fetch_optional!(
            tx,
            Opened,
            "select f.id as form_id, v.number, v.definition, f.archived_at is not null as archived, f.in_portal,
                    f.default_update, s.id as submission_id, s.state, coalesce(s.revision, 0) as revision, s.draft,
                    s.saved_at, a.id as assignment_id, a.client_id, a.due, a.note,
                    a.withdrawn_at is not null as withdrawn,
                    (a.client_id = $5 and $4) or exists (select 1 from assignment_contacts c
                        where c.studio_id = a.studio_id and c.assignment_id = a.id and c.contact_id = $3) as named
             from assignments a
             join forms f on f.studio_id = a.studio_id and f.id = a.form_id
             left join submissions s on s.studio_id = a.studio_id and s.assignment_id = a.id
             join form_versions v on v.studio_id = f.studio_id and v.form_id = f.id
                  and v.number = coalesce(s.number, f.current)
             where a.studio_id = $1 and a.id = $2",
            assignment,
            who.contact,
            who.everything,
            who.client,
        ),
    }
}

#[derive(sqlx::FromRow)]
struct OfferedRow {
    id: FormId,
    title: String,
    intro: Option<String>,
    saved_at: Option<Timestamp>,
}

/// The forms included in the portal.
pub async fn offered(tx: &mut StudioTx, contact: ContactId) -> Result<Vec<OfferedForm>> {
    let rows = fetch_all!(
        tx,
        OfferedRow,
        "select f.id, v.title, v.intro, s.saved_at
         from forms f
         join form_versions v on v.studio_id = f.studio_id and v.form_id = f.id and v.number = f.current
         left join submissions s on s.studio_id = f.studio_id and s.form_id = f.id and s.contact_id = $2
              and s.state = 'started' and s.assignment_id is null
         where f.studio_id = $1 and f.in_portal and f.archived_at is null order by lower(v.title), f.id limit 200",
        contact,
    )?;
    Ok(rows
        .into_iter()
        .map(|row| OfferedForm {
            id: row.id,
            title: row.title,
            intro: row.intro,
            saved_at: row.saved_at,
        })
        .collect())
}

/// A questionnaire in the contact's list.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Asked {
    pub id: AssignmentId,
    pub title: String,
    pub due: Option<String>,
    pub note: Option<String>,
    pub done: bool,
    pub submission_id: Option<SubmissionId>,
    pub saved_at: Option<Timestamp>,
}

/// Those this contact is asked, the next due first; the done ones only with `history`.
pub async fn asked(tx: &mut StudioTx, who: Viewer, history: bool) -> Result<Vec<Asked>> {
    fetch_all!(
        tx,
        Asked,
        "select a.id, v.title, a.due, a.note, a.done_at is not null as done, s.id as submission_id, s.saved_at
         from assignments a
         join forms f on f.studio_id = a.studio_id and f.id = a.form_id
         left join submissions s on s.studio_id = a.studio_id and s.assignment_id = a.id
         join form_versions v on v.studio_id = f.studio_id and v.form_id = f.id
              and v.number = coalesce(s.number, f.current)
         where a.studio_id = $1 and a.client_id = $2 and a.withdrawn_at is null and (a.done_at is null or $5)
           and (f.archived_at is null or a.done_at is not null)
           and ($4 or exists (select 1 from assignment_contacts c
                where c.studio_id = a.studio_id and c.assignment_id = a.id and c.contact_id = $3))
         order by a.done_at is not null, coalesce(a.due, '9999-12-31'), a.id limit 200",
        who.client,
        who.contact,
        who.everything,
        history,
    )
}

/// The names of those who are asked together, of all a client's questionnaires that are open.
pub async fn asked_with(
    tx: &mut StudioTx,
    who: Viewer,
) -> Result<Vec<(AssignmentId, ContactId, String)>> {
    let rows = fetch_all!(
        tx,
        (AssignmentId, ContactId, String, String),
        "select c.assignment_id, k.id, k.first_name, k.last_name
         from assignments a
         join assignment_contacts c on c.studio_id = a.studio_id and c.assignment_id = a.id
         join contacts k on k.studio_id = c.studio_id and k.id = c.contact_id
         where a.studio_id = $1 and a.client_id = $2 and a.withdrawn_at is null and a.done_at is null
         order by k.first_name, k.id limit 1000",
        who.client,
    )?;
    Ok(rows
        .into_iter()
        .map(|(assignment, contact, first, last)| (assignment, contact, full_name(&first, &last)))
        .collect())
}

#[derive(sqlx::FromRow)]
struct SentRow {
    id: SubmissionId,
    title: String,
    saved_at: Timestamp,
    first_name: String,
    last_name: String,
}

/// What this contact sent, and what others sent to a questionnaire it was asked too.
pub async fn sent(tx: &mut StudioTx, who: Viewer) -> Result<Vec<Sent>> {
    let rows = fetch_all!(
        tx,
        SentRow,
        "select s.id, v.title, s.saved_at, k.first_name, k.last_name
         from (select s.id from submissions s
               where s.studio_id = $1 and s.contact_id = $2 and s.state = 'submitted'
               union
               select s.id from submissions s
               where s.studio_id = $1 and s.client_id = $3 and s.state = 'submitted'
                 and ($4 or exists (select 1 from assignment_contacts c
                      where c.studio_id = s.studio_id and c.assignment_id = s.assignment_id and c.contact_id = $2))
         ) mine
         join submissions s on s.studio_id = $1 and s.id = mine.id
         join form_versions v on v.studio_id = s.studio_id and v.form_id = s.form_id and v.number = s.number
         join contacts k on k.studio_id = s.studio_id and k.id = s.contact_id
         order by s.saved_at desc, s.id desc limit 200",
        who.contact,
        who.client,
        who.everything,
    )?;
    Ok(rows
        .into_iter()
        .map(|row| Sent {
            id: row.id,
            title: row.title,
            submitted_at: row.saved_at,
            by: full_name(&row.first_name, &row.last_name),
        })
        .collect())
}

#[derive(sqlx::FromRow)]
struct SubmissionRow {
    id: SubmissionId,
    saved_at: Timestamp,
    first_name: String,
    last_name: String,
    #[sqlx(json)]
    definition: Form,
    #[sqlx(json)]
    answers: Answers,
}

/// What was sent, as it was asked; none where this contact may not read it.
pub async fn submission(
    tx: &mut StudioTx,
    id: SubmissionId,
    who: Viewer,
) -> Result<Option<Submission>> {
    let row = fetch_optional!(
        tx,
        SubmissionRow,
        "select s.id, s.saved_at, k.first_name, k.last_name, v.definition, s.answers
         from submissions s
         join form_versions v on v.studio_id = s.studio_id and v.form_id = s.form_id and v.number = s.number
         join contacts k on k.studio_id = s.studio_id and k.id = s.contact_id
         where s.studio_id = $1 and s.id = $2 and s.state = 'submitted'
           and (s.contact_id = $3 or (s.client_id = $4 and ($5 or exists (select 1 from assignment_contacts c
                where c.studio_id = s.studio_id and c.assignment_id = s.assignment_id and c.contact_id = $3))))",
        id,
        who.contact,
        who.client,
        who.everything,
    )?;
    Ok(row.map(|row| Submission {
        id: row.id,
        submitted_at: row.saved_at,
        by: full_name(&row.first_name, &row.last_name),
        form: row.definition,
        answers: row.answers,
        pdf: None,
    }))
}
