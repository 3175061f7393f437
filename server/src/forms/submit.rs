//! Saving a draft, and sending it: what was typed is merged, checked with the version it answers, stored, and
//! taken over into the client's fields, all in one transaction.

use portico_wire::{
    Code, FileId, Right, SubmissionId,
    forms::{
        Answer, Answers, DraftSaved, Form, Kind, SaveDraft, Signature, Submitted, Tie, Trouble,
        Wrong, check, keep, limits,
    },
};

use super::{
    Draft, Opened, Target,
    store::{self, Viewer},
    tell::{self, Told},
    texts,
    ties::Person,
};
use crate::{
    App, Result,
    access::Email,
    audit::Actor,
    clients,
    db::StudioTx,
    error::Error,
    happenings::{self, Happened, Item, What},
    papers,
    scope::PortalSession,
    studios,
    web::body::IdempotencyKey,
};

/// Files of one draft, whatever its fields allow.
const MOST_FILES: usize = 100;

/// A draft as it stands after a save.
pub struct Saved {
    pub id: SubmissionId,
    pub opened: Opened,
    pub draft: Draft,
    pub reply: DraftSaved,
}

/// What is asked, if this contact may see it.
pub async fn open(tx: &mut StudioTx, session: &PortalSession, target: Target) -> Result<Opened> {
    let opened = store::opened(tx, target, Viewer::from(session)).await?;
    let opened = opened.ok_or_else(Error::not_found)?;
    opened.check_named(session)?;
    Ok(opened)
}

/// Merges what was typed into the draft, which begins with its first save.
pub async fn save(
    tx: &mut StudioTx,
    session: &PortalSession,
    target: Target,
    sent: SaveDraft,
) -> Result<Saved> {
    // Somebody else may save in between: what they typed is merged too.
    for _ in 0..5 {
        if let Some(saved) = try_save(tx, session, target, sent.clone()).await? {
            return Ok(saved);
        }
    }
    Err(Error::refused(
        Code::Conflict,
        "Several people are saving at once. Please try again.",
    ))
}

async fn try_save(
    tx: &mut StudioTx,
    session: &PortalSession,
    target: Target,
    mut sent: SaveDraft,
) -> Result<Option<Saved>> {
    let who = Viewer::from(session);
    let mut opened = open(tx, session, target).await?;
    opened.check_open()?;
    check_version(tx, &mut opened, sent.version).await?;
    check_changes(&opened.definition, &sent)?;
    let files = look_up_files(tx, &opened, who, &mut sent).await?;

    let (mut draft, now) = (opened.draft(), tx.now());
    let revision = u32::try_from(opened.revision).unwrap_or(u32::MAX - 1);
    let nothing_new = sent.changes.is_empty();
    let next = revision + 1;
    let newer = draft.merge(sent.changes, session.contact, sent.revision, next, now);
    draft.check_size()?;
    let (id, revision) = match opened.submission_id {
        Some(id) if nothing_new => (Some(id), revision),
        Some(id) => {
            let saved = store::save_draft(tx, id, opened.revision, &draft).await?;
            (saved.then_some(id), next)
        }
        None => {
            let id = store::insert_draft(tx, &opened, opened.number, who, &draft).await?;
            (id, next)
        }
    };
    let Some(id) = id else { return Ok(None) };
    for file in files {
        store::attach_file(tx, file, id).await?;
    }
    let reply = DraftSaved {
        revision,
        saved_at: now,
        newer,
    };
    Ok(Some(Saved {
        id,
        opened,
        draft,
        reply,
    }))
}

/// A draft keeps the version it began with; a new one begins with the version that was shown.
async fn check_version(tx: &mut StudioTx, opened: &mut Opened, version: u32) -> Result<()> {
    let number = i64::from(version);
    if number == opened.number {
        return Ok(());
    }
    if opened.submission_id.is_some() {
        return Err(Error::refused(
            Code::Conflict,
            "This was begun with another version of the form, perhaps on another device. Please open it again.",
        ));
    }
    let definition = store::definition(tx, opened.form_id, number).await?;
    opened.definition = definition
        .ok_or_else(|| Error::invalid("version", "There is no such version of this form."))?;
    opened.number = number;
    Ok(())
}

/// Answers to fields that are not there, or of another kind, and such as no field could hold.
fn check_changes(form: &Form, sent: &SaveDraft) -> Result<()> {
    if sent.changes.len() > limits::FIELDS {
        return Err(Error::invalid(
            "changes",
            "These are more fields than a form can have.",
        ));
    }
    for change in &sent.changes {
        let field = form.fields.iter().find(|field| field.id == change.field);
        let Some(field) = field.filter(|field| field.kind.asks()) else {
            return Err(Error::invalid(
                change.field.clone(),
                "This form has no such field.",
            ));
        };
        let Some(answer) = &change.answer else {
            continue;
        };
        if !answer.fits(&field.kind) || !is_storable(answer) {
            let trouble = Trouble {
                field: field.id.clone(),
                wrong: Wrong::Unfit,
                limit: None,
            };
            return Err(refused(&trouble, &field.kind));
        }
    }
    Ok(())
}

fn refused(trouble: &Trouble, kind: &Kind) -> Error {
    Error::invalid(trouble.field.clone(), texts::wrong(trouble, kind))
}

/// What a draft may hold while it is typed: no longer than the longest answer of any field.
fn is_storable(answer: &Answer) -> bool {
    let short = |text: &str, most: usize| text.chars().count() <= most && !text.contains('\0');
    let line = |text: &Option<String>, most| text.as_deref().is_none_or(|text| short(text, most));
    match answer {
        Answer::Text(text) => short(text, limits::LONG_TEXT as usize),
        Answer::Number(text) | Answer::Date(text) | Answer::Time(text) => short(text, 40),
        Answer::Money(minor) => minor.abs() <= limits::MONEY,
        Answer::Address(address) => {
            line(&address.line1, 120)
                && line(&address.line2, 120)
                && line(&address.city, 80)
                && line(&address.region, 80)
                && line(&address.postcode, 20)
                && line(&address.country, 2)
        }
        Answer::Choices(chosen) => {
            chosen.options.len() <= limits::OPTIONS
                && chosen.options.iter().all(|one| short(one, limits::LABEL))
                && line(&chosen.other, limits::LABEL)
        }
        Answer::YesNo(_) => true,
        Answer::Rating(stars) => *stars <= limits::RATING,
        Answer::Files(files) => files.len() <= usize::from(limits::FILES),
        Answer::Signature(Signature::Typed(name)) => short(name, limits::SIGNED_NAME),
        Answer::Signature(Signature::Drawn(path)) => short(path, limits::DRAWING),
    }
}

/// Puts in what the server knows of the files that were named; their ids.
async fn look_up_files(
    tx: &mut StudioTx,
    opened: &Opened,
    who: Viewer,
    sent: &mut SaveDraft,
) -> Result<Vec<FileId>> {
    let mut found = Vec::new();
    for change in &mut sent.changes {
        let Some(Answer::Files(files)) = &mut change.answer else {
            continue;
        };
        for file in files {
            let unknown = || {
                let trouble = Trouble {
                    field: change.field.clone(),
                    wrong: Wrong::UnknownFile,
                    limit: None,
                };
                refused(&trouble, &Kind::YesNo)
            };
            let id: FileId = file.id.parse().map_err(|_| unknown())?;
            let stored = store::readable_file(tx, id, who).await?;
            let stored = stored
                .filter(|file| {
                    file.submission_id.is_none() || file.submission_id == opened.submission_id
                })
                .ok_or_else(unknown)?;
            file.name = stored.name;
            file.kind = stored.kind;
            file.bytes = u64::try_from(stored.bytes).unwrap_or_default();
            found.push(id);
            if found.len() > MOST_FILES {
                return Err(Error::invalid(
                    change.field.clone(),
                    "These are too many files for one form.",
                ));
            }
        }
    }
    Ok(found)
}

/// Sends it. The same key once more gives the same reply, also where both come at once.
pub async fn submit(
    app: &App,
    session: &PortalSession,
    target: Target,
    sent: SaveDraft,
    key: &IdempotencyKey,
) -> Result<Submitted> {
    match submit_once(app, session, target, sent, key).await {
        Err(Error::Unique(_)) => {
            let mut tx = app.db.read(session).await?;
            let before = repeated(&mut tx, session, target, key).await?;
            before.ok_or_else(sent_already)
        }
        done => done,
    }
}

fn sent_already() -> Error {
    Error::refused(Code::Conflict, "This was sent already.")
}

async fn submit_once(
    app: &App,
    session: &PortalSession,
    target: Target,
    sent: SaveDraft,
    key: &IdempotencyKey,
) -> Result<Submitted> {
    let mut tx = app.db.write(session).await?;
    if let Some(before) = repeated(&mut tx, session, target, key).await? {
        return Ok(before);
    }
    let saved = save(&mut tx, session, target, sent).await?;
    let studio = studios::store::get(&mut tx).await?;
    let before = Person::load(&mut tx, session.contact, studio.country.clone()).await?;
    let answers = checked(&saved, &before, session)?;
    let after = taken_over(&saved, &answers, &before, session)?;
    let changes = after.save(&mut tx, &before).await?;
    if !store::submit(&mut tx, saved.id, session.contact, &answers, key.as_str()).await? {
        return Err(sent_already());
    }
    if let Some(assignment) = saved.opened.assignment_id {
        store::mark_done(&mut tx, assignment).await?;
    }
    papers::ask(&mut tx, super::paper::which(saved.id)).await?;
    tell::note_changes(&mut tx, session, &before, &changes).await?;
    let form = &saved.opened.definition;
    tell::note_submission(&mut tx, session, form).await?;
    let told = Told {
        id: saved.id,
        form,
        answers: &answers,
    };
    tell::tell_staff(
        app,
        &mut tx,
        &studio,
        &after,
        "submission",
        &changes.lines(),
        Some(&told),
    )
    .await?;
    tell::confirm(app, &mut tx, &studio, &after, form).await?;
    let item = match saved.opened.assignment_id {
        Some(assignment) => Item::Questionnaire(assignment),
        None => Item::Submission(saved.id),
    };
    let by = Actor::of(session);
    let happened = Happened::new(What::FormSubmitted, session.client, &by, item, &form.title)
        .to(vec![session.contact]);
    happenings::tell(&mut tx, &happened).await?;
    let reply = Submitted {
        id: saved.id,
        submitted_at: tx.now(),
        thanks: form.thanks.clone(),
    };
    tx.commit().await?;
    Ok(reply)
}

/// What an earlier request with this key did.
async fn repeated(
    tx: &mut StudioTx,
    session: &PortalSession,
    target: Target,
    key: &IdempotencyKey,
) -> Result<Option<Submitted>> {
    let found = store::submitted_with(tx, session.contact, key.as_str()).await?;
    let Some((id, submitted_at, form, assignment, definition)) = found else {
        return Ok(None);
    };
    let same = match target {
        Target::Form(asked) => assignment.is_none() && asked == form,
        Target::Questionnaire(asked) => assignment == Some(asked),
    };
    if !same {
        return Err(Error::refused(
            Code::Conflict,
            "This key was used for another form. Each request needs a key of its own.",
        ));
    }
    session.section(Right::FormsAndContracts)?;
    Ok(Some(Submitted {
        id,
        submitted_at,
        thanks: definition.thanks,
    }))
}

/// The answers as they are stored, or what is wrong with the first that is.
fn checked(saved: &Saved, person: &Person, session: &PortalSession) -> Result<Answers> {
    let form = &saved.opened.definition;
    let mut answers = saved.draft.answers(form, &person.known(form));
    if let Some(field) = form
        .fields
        .iter()
        .find(|field| field.tie == Some(Tie::Email))
        && let Some(email) = &person.contact.email
    {
        let typed = saved.draft.0.get(&field.id);
        let mine = typed.filter(|typed| typed.by == session.contact);
        if let Some(Answer::Text(typed)) = mine.and_then(|typed| typed.answer.as_ref())
            && !typed.trim().eq_ignore_ascii_case(email)
        {
            let trouble = Trouble {
                field: field.id.clone(),
                wrong: Wrong::EmailIsFixed,
                limit: None,
            };
            return Err(refused(&trouble, &field.kind));
        }
        if typed.is_none() || mine.is_some() {
            answers.set(&field.id, Answer::Text(email.clone()));
        }
    }
    if let Some(trouble) = check(form, &answers).first() {
        let field = form.fields.iter().find(|field| field.id == trouble.field);
        let kind = field.map_or(&Kind::YesNo, |field| &field.kind);
        return Err(refused(trouble, kind));
    }
    let mut kept = keep(form, &answers);
    // What the server alone can tell.
    for field in &form.fields {
        let Some(Answer::Text(typed)) = kept.get(&field.id) else {
            continue;
        };
        let written = match field.kind {
            Kind::Phone => clients::phone(typed, &person.choices.country),
            Kind::Email => Email::parse(typed).map(|email| email.as_str().to_owned()),
            _ => continue,
        };
        let written = written.map_err(|error| error.field(field.id.clone()))?;
        kept.set(&field.id, Answer::Text(written));
    }
    Ok(kept)
}

/// The contact and its client with what was typed into tied fields that are seen. What another contact typed
/// about itself stays with the submission.
fn taken_over(
    saved: &Saved,
    answers: &Answers,
    before: &Person,
    session: &PortalSession,
) -> Result<Person> {
    let form = &saved.opened.definition;
    let mut after = before.clone();
    let seen = portico_wire::forms::visible(form, answers);
    for (field, seen) in form.fields.iter().zip(seen) {
        let Some(tie) = field.tie.filter(|_| seen) else {
            continue;
        };
        let Some(typed) = saved.draft.0.get(&field.id) else {
            continue;
        };
        if typed.by != session.contact && before.is_personal(tie) {
            continue;
        }
        after
            .take(field, answers.get(&field.id))
            .map_err(|error| error.field(field.id.clone()))?;
    }
    Ok(after)
}
