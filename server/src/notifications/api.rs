//! Notifications, for the widget.

use axum::extract::State;
use portico_wire::{
    AssignmentId, ContractId, DocumentId, EventId, InvoiceId, NotificationId, QuoteId, Right,
    forms::{Answer, Answers, Chosen, Form, Kind, ManyOf},
    messages::Pulse,
    notifications::{AT_ONCE, Notification, NotificationKind, Notifications, SeeNotifications},
    prompts::{Prompt, PromptDone, Prompted},
};
use serde::Deserialize;

use super::{kinds, seen_kinds, store};
use crate::{
    App, Result,
    audit::{self, Actor, Change, Subject},
    error::Error,
    forms::prompts::{checked, field, helped},
    messages::{Reader, live, store::insert_pulse},
    scope::{PortalSession, Reading},
    web::body::{Body, Json, Params},
};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Page {
    before: Option<String>,
}

/// What the portal opens for it.
fn path(told: &store::Told) -> String {
    let id = told.item_id.into_bytes();
    match told.kind {
        NotificationKind::Questionnaire => format!("questionnaires/{}", AssignmentId::from(id)),
        NotificationKind::Contract => format!("contracts/{}", ContractId::from(id)),
        NotificationKind::Quote => format!("quotes/{}", QuoteId::from(id)),
        NotificationKind::Event => format!("events/{}", EventId::from(id)),
        NotificationKind::Invoice => format!("invoices/{}", InvoiceId::from(id)),
        NotificationKind::Document => format!("documents/{}", DocumentId::from(id)),
        NotificationKind::Payment => "payments".to_owned(),
        NotificationKind::DocumentRequest => "documents".to_owned(),
        NotificationKind::Message => "messages".to_owned(),
    }
}

/// The section Notifications: what happened, the latest first; nothing about what this contact does not see any more.
#[utoipa::path(get, path = "/notifications", tag = "notifications",
    params(("studio" = String, Path), ("before" = Option<String>, Query, description = "`next` of the page before")),
    responses((status = 200, body = Notifications)), security(("session" = [])))]
pub async fn list_notifications(
    Reading { session, mut tx }: Reading,
    Params(page): Params<Page>,
) -> Result<Json<Notifications>> {
    session.section(Right::Notifications)?;
    let before = match &page.before {
        None => NotificationId::from_bytes([0xff; 16]),
        Some(text) => text.parse().map_err(|_| Error::not_found())?,
    };
    let kinds = seen_kinds(session.rights);
    let mut found = store::list(&mut tx, session.contact, &kinds, before).await?;
    let unread = store::unread(&mut tx, session.contact, &kinds).await?;
    drop(tx);
    let more = found.len() > store::PAGE;
    found.truncate(store::PAGE);
    let next = found
        .last()
        .filter(|_| more)
        .map(|last| last.id.to_string());
    let notification = |told: store::Told| Notification {
        path: path(&told),
        id: told.id,
        kind: told.kind,
        title: told.title,
        text: told.body,
        at: told.created_at,
        seen: told.seen,
        section: told.kind.section(),
    };
    Ok(Json(Notifications {
        notifications: found.into_iter().map(notification).collect(),
        unread: u32::try_from(unread).unwrap_or_default(),
        next,
    }))
}

/// Some notifications, or all, were seen.
#[utoipa::path(post, path = "/notifications/seen", tag = "notifications", params(("studio" = String, Path)),
    request_body = SeeNotifications, responses((status = 200, body = Pulse)), security(("session" = [])))]
pub async fn see_notifications(
    State(app): State<App>,
    session: PortalSession,
    Body(seen): Body<SeeNotifications>,
) -> Result<Json<Pulse>> {
    session.section(Right::Notifications)?;
    if seen.ids.len() > AT_ONCE {
        return Err(Error::invalid(
            "ids",
            "Name at most 100 notifications at once, or all of them.",
        ));
    }
    let mut tx = app.db.write(&session).await?;
    if seen.all {
        store::mark_all_seen(&mut tx, session.contact).await?;
    }
    for id in seen.ids {
        store::mark_seen(&mut tx, session.contact, id).await?;
    }
    insert_pulse(&mut tx, None, Some(session.contact), None).await?;
    let pulse = live::pulse(&mut tx, &Reader::from(&session)).await?;
    tx.commit().await?;
    Ok(Json(pulse))
}

/// What stands beside a kind's box; none where it cannot be switched.
type Label = fn(NotificationKind) -> Option<&'static str>;
/// Kind, by mail, on the screen.
type Choice = (NotificationKind, bool, bool);
type IsOn = fn(&Choice) -> bool;

/// The kinds this contact can switch, with what stands beside each.
fn offered(session: &PortalSession, label: Label) -> Vec<(NotificationKind, &'static str)> {
    NotificationKind::ALL
        .iter()
        .filter(|kind| session.rights.has(kind.section()))
        .filter_map(|&kind| Some((kind, label(kind)?)))
        .collect()
}

fn form(session: &PortalSession) -> Form {
    let boxes = |label: Label| {
        let options = offered(session, label);
        Kind::Many(ManyOf {
            options: options.iter().map(|(_, text)| (*text).to_owned()).collect(),
            ..ManyOf::default()
        })
    };
    Form {
        title: "What you hear of".to_owned(),
        intro: None,
        thanks: None,
        fields: vec![
            helped(
                field("mail", "By mail", boxes(kinds::mail_label)),
                "Codes, invitations, receipts, copies of what you signed, and what somebody asks you for come always.",
            ),
            field("screen", "In the portal", boxes(kinds::screen_label)),
        ],
    }
}

/// What comes by mail and what is shown, to choose.
#[utoipa::path(get, path = "/notifications/form", tag = "notifications", params(("studio" = String, Path)),
    responses((status = 200, body = Prompt)), security(("session" = [])))]
pub async fn get_notification_form(Reading { session, mut tx }: Reading) -> Result<Json<Prompt>> {
    session.section(Right::Notifications)?;
    let choices = store::choices(&mut tx, session.contact).await?;
    drop(tx);
    let mut answers = Answers::new();
    let ways: [(&str, Label, IsOn); 2] = [
        ("mail", kinds::mail_label, |it| it.1),
        ("screen", kinds::screen_label, |it| it.2),
    ];
    for (name, label, on) in ways {
        let options = offered(&session, label)
            .into_iter()
            .filter(|(kind, _)| choices.iter().find(|it| it.0 == *kind).is_none_or(on))
            .map(|(_, text)| text.to_owned())
            .collect();
        answers.set(
            name,
            Answer::Choices(Chosen {
                options,
                ..Chosen::default()
            }),
        );
    }
    Ok(Json(Prompt {
        form: form(&session),
        answers,
        act: "Save".to_owned(),
        ..Prompt::default()
    }))
}

/// Keeps what was chosen.
#[utoipa::path(post, path = "/notifications/form", tag = "notifications", params(("studio" = String, Path)),
    request_body = Prompted, responses((status = 200, body = PromptDone)), security(("session" = [])))]
pub async fn send_notification_form(
    State(app): State<App>,
    session: PortalSession,
    Body(sent): Body<Prompted>,
) -> Result<Json<PromptDone>> {
    session.section(Right::Notifications)?;
    checked(&form(&session), &sent.answers)?;
    let ticked = |name: &str, text: &str| match sent.answers.get(name) {
        Some(Answer::Choices(chosen)) => chosen.options.iter().any(|option| option == text),
        _ => false,
    };
    let mut tx = app.db.write(&session).await?;
    for &kind in NotificationKind::ALL {
        if !session.rights.has(kind.section()) {
            continue;
        }
        // What has no box is on.
        let on = |name: &str, label: Option<&str>| label.is_none_or(|text| ticked(name, text));
        let choice = (
            on("mail", kinds::mail_label(kind)),
            on("screen", kinds::screen_label(kind)),
        );
        store::choose(&mut tx, session.contact, kind, choice).await?;
    }
    let subject = Subject("contact", Some(session.contact.into_uuid()));
    let change = Change::default();
    let reference = &session.caller.reference;
    let actor = Actor::of(&session);
    audit::append(
        &mut tx,
        &actor,
        "notifications chosen",
        subject,
        change,
        reference,
    )
    .await?;
    tx.commit().await?;
    Ok(Json(PromptDone {
        said: Some("Saved.".to_owned()),
        path: Some("notifications".to_owned()),
        leave: None,
    }))
}
