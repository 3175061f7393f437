//! Forms, for the widget.

pub mod files;

use std::collections::HashMap;

use axum::extract::State;
use portico_wire::{
    AssignmentId, FormId, Right, SubmissionId,
    forms::{DraftSaved, Filling, Forms, Questionnaire, SaveDraft, Submission, Submitted, Tie},
};

use super::{
    Opened, Target, ask_state, paper,
    store::{self, Asked, Viewer},
    submit,
    ties::Person,
};
use crate::{
    App, Result,
    clock::today,
    contracts,
    error::Error,
    papers,
    scope::{PortalSession, Reading},
    studios,
    web::body::{Id, IdempotencyKey, Json, LongBody},
};

fn questionnaire(asked: Asked, with: Vec<String>, today: &str) -> Questionnaire {
    let begun = asked.submission_id.is_some();
    Questionnaire {
        id: asked.id,
        title: asked.title,
        state: ask_state(asked.done, begun, asked.due.as_deref(), today),
        due: asked.due,
        note: asked.note,
        saved_at: asked.saved_at,
        with,
        submission: asked.submission_id.filter(|_| asked.done),
    }
}

/// The section's forms: what is offered, what is asked, what was sent.
#[utoipa::path(get, path = "/forms", tag = "forms", params(("studio" = String, Path)),
    responses((status = 200, body = Forms)), security(("session" = [])))]
pub async fn list_forms(Reading { session, mut tx }: Reading) -> Result<Json<Forms>> {
    session.section(Right::FormsAndContracts)?;
    let (who, history) = (
        Viewer::from(&session),
        session.rights.has(Right::ShowHistory),
    );
    let studio = studios::store::get(&mut tx).await?;
    let today = today(tx.now(), &studio.time_zone);
    let mut with: HashMap<AssignmentId, Vec<String>> = HashMap::new();
    for (assignment, contact, name) in store::asked_with(&mut tx, who).await? {
        if contact != session.contact {
            with.entry(assignment).or_default().push(name);
        }
    }
    let asked = store::asked(&mut tx, who, history).await?;
    let questionnaires = asked
        .into_iter()
        .map(|asked| {
            let with = with.remove(&asked.id).unwrap_or_default();
            questionnaire(asked, with, &today)
        })
        .collect();
    Ok(Json(Forms {
        forms: store::offered(&mut tx, session.contact).await?,
        questionnaires,
        submissions: if history {
            store::sent(&mut tx, who).await?
        } else {
            Vec::new()
        },
        contracts: contracts::api::listed(&mut tx, &session).await?,
    }))
}

async fn filling(app: &App, session: &PortalSession, target: Target) -> Result<Json<Filling>> {
    let mut tx = app.db.read(session).await?;
    let opened = submit::open(&mut tx, session, target).await?;
    opened.check_open()?;
    let studio = studios::store::get(&mut tx).await?;
    let today = today(tx.now(), &studio.time_zone);
    let person = Person::load(&mut tx, session.contact, studio.country).await?;
    let questionnaire = match opened.assignment_id {
        Some(id) => {
            let contacts = store::asked_contacts(&mut tx, id).await?;
            let others = contacts.into_iter().filter(|one| one.id != session.contact);
            let with = others.map(|one| crate::clients::full_name(&one.first_name, &one.last_name));
            Some(questionnaire(asked(&opened, id), with.collect(), &today))
        }
        None => None,
    };
    let form = &opened.definition;
    let fixed = form
        .fields
        .iter()
        .filter(|field| field.tie == Some(Tie::Email))
        .map(|field| field.id.clone())
        .collect();
    Ok(Json(Filling {
        version: u32::try_from(opened.number).unwrap_or(u32::MAX),
        revision: u32::try_from(opened.revision).unwrap_or(u32::MAX),
        saved_at: opened.saved_at,
        answers: opened.draft().answers(form, &person.known(form)),
        fixed,
        country: person.choices.country,
        questionnaire,
        form: opened.definition,
    }))
}

fn asked(opened: &Opened, id: AssignmentId) -> Asked {
    Asked {
        id,
        title: opened.definition.title.clone(),
        due: opened.due.clone(),
        note: opened.note.clone(),
        done: opened.submitted(),
        submission_id: opened.submission_id,
        saved_at: opened.saved_at,
    }
}

/// A form of the portal, or the update form, to be filled in.
#[utoipa::path(get, path = "/forms/{id}", tag = "forms", params(("studio" = String, Path), ("id" = FormId, Path)),
    responses((status = 200, body = Filling)), security(("session" = [])))]
pub async fn get_form(
    State(app): State<App>,
    session: PortalSession,
    Id(form): Id<FormId>,
) -> Result<Json<Filling>> {
    filling(&app, &session, Target::Form(form)).await
}

/// A questionnaire to be filled in.
#[utoipa::path(get, path = "/questionnaires/{id}", tag = "forms", params(("studio" = String, Path), ("id" = AssignmentId, Path)),
    responses((status = 200, body = Filling)), security(("session" = [])))]
pub async fn get_questionnaire(
    State(app): State<App>,
    session: PortalSession,
    Id(assignment): Id<AssignmentId>,
) -> Result<Json<Filling>> {
    filling(&app, &session, Target::Questionnaire(assignment)).await
}

async fn save(
    app: &App,
    session: &PortalSession,
    target: Target,
    sent: SaveDraft,
) -> Result<Json<DraftSaved>> {
    let mut tx = app.db.write(session).await?;
    let saved = submit::save(&mut tx, session, target, sent).await?;
    tx.commit().await?;
    Ok(Json(saved.reply))
}

/// Saves what was typed since the last save.
#[utoipa::path(put, path = "/forms/{id}/draft", tag = "forms", params(("studio" = String, Path), ("id" = FormId, Path)),
    request_body = SaveDraft, responses((status = 200, body = DraftSaved)), security(("session" = [])))]
pub async fn save_form_draft(
    State(app): State<App>,
    session: PortalSession,
    Id(form): Id<FormId>,
    LongBody(sent): LongBody<SaveDraft>,
) -> Result<Json<DraftSaved>> {
    save(&app, &session, Target::Form(form), sent).await
}

/// Saves what was typed since the last save; it is merged with what others typed.
#[utoipa::path(put, path = "/questionnaires/{id}/draft", tag = "forms", params(("studio" = String, Path), ("id" = AssignmentId, Path)),
    request_body = SaveDraft, responses((status = 200, body = DraftSaved)), security(("session" = [])))]
pub async fn save_questionnaire_draft(
    State(app): State<App>,
    session: PortalSession,
    Id(assignment): Id<AssignmentId>,
    LongBody(sent): LongBody<SaveDraft>,
) -> Result<Json<DraftSaved>> {
    save(&app, &session, Target::Questionnaire(assignment), sent).await
}

/// Sends a form. The same key once more gives the same reply.
#[utoipa::path(post, path = "/forms/{id}/submit", tag = "forms",
    params(("studio" = String, Path), ("id" = FormId, Path),
        ("Idempotency-Key" = String, Header, min_length = 8, max_length = 80, pattern = "^[A-Za-z0-9_-]{8,80}$")),
    request_body = SaveDraft, responses((status = 200, body = Submitted)), security(("session" = [])))]
pub async fn submit_form(
    State(app): State<App>,
    session: PortalSession,
    Id(form): Id<FormId>,
    key: IdempotencyKey,
    LongBody(sent): LongBody<SaveDraft>,
) -> Result<Json<Submitted>> {
    let reply = submit::submit(&app, &session, Target::Form(form), sent, &key).await?;
    Ok(Json(reply))
}

/// Sends a questionnaire, for all who were asked it together. The same key once more gives the same reply.
#[utoipa::path(post, path = "/questionnaires/{id}/submit", tag = "forms",
    params(("studio" = String, Path), ("id" = AssignmentId, Path),
        ("Idempotency-Key" = String, Header, min_length = 8, max_length = 80, pattern = "^[A-Za-z0-9_-]{8,80}$")),
    request_body = SaveDraft, responses((status = 200, body = Submitted)), security(("session" = [])))]
pub async fn submit_questionnaire(
    State(app): State<App>,
    session: PortalSession,
    Id(assignment): Id<AssignmentId>,
    key: IdempotencyKey,
    LongBody(sent): LongBody<SaveDraft>,
) -> Result<Json<Submitted>> {
    let target = Target::Questionnaire(assignment);
    let reply = submit::submit(&app, &session, target, sent, &key).await?;
    Ok(Json(reply))
}

/// What was sent, as it was asked then.
#[utoipa::path(get, path = "/submissions/{id}", tag = "forms", params(("studio" = String, Path), ("id" = SubmissionId, Path)),
    responses((status = 200, body = Submission)), security(("session" = [])))]
pub async fn get_submission(
    State(app): State<App>,
    Reading { session, mut tx }: Reading,
    Id(submission): Id<SubmissionId>,
) -> Result<Json<Submission>> {
    session.section(Right::FormsAndContracts)?;
    session.section(Right::ShowHistory)?;
    let found = store::submission(&mut tx, submission, Viewer::from(&session)).await?;
    let mut found = found.ok_or_else(Error::not_found)?;
    let which = paper::which(submission);
    found.pdf = papers::files::address(&app, &mut tx, &session, which).await?;
    Ok(Json(found))
}
