//! Booking an event, and asking to change one, as forms the portal shows.

use axum::extract::State;
use portico_wire::{
    EventId, Right,
    events::{AskChange, Book, Booking, RequestKind, WantedResource, WantedRole},
    forms::{
        Answer, Answers, Condition, Conditions, DateLimits, Field, Form, Join, Kind, NumberLimits,
        OneOf, Operator,
    },
    prompts::{Prompt, PromptDone, Prompted},
};

use super::{
    Event,
    api::{From, offered, seen},
    ask, book, times,
};
use crate::{
    App, Result,
    error::Error,
    forms::prompts::{checked, chosen, field, helped, required, said, up_to},
    scope::{PortalSession, Reading},
    web::body::{Body, Id, IdempotencyKey, Json, Params},
};

const MOVE: &str = "Move it";
const CANCEL: &str = "Cancel it";

/// Day and time of the start, then of the end.
fn when(limits: DateLimits) -> [Field; 4] {
    let any = || Kind::Date(DateLimits::default());
    [
        required(field("starts", "Day", Kind::Date(limits))),
        helped(
            field("from", "Begins at", Kind::Time),
            "Leave it empty for a whole day.",
        ),
        field("to", "Ends at", Kind::Time),
        helped(
            field("ends", "Last day", any()),
            "Only where it is not the same day.",
        ),
    ]
}

/// Answers from local times or days.
fn known(answers: &mut Answers, starts: &str, ends: &str) {
    let parts = [(starts, "starts", "from"), (ends, "ends", "to")];
    for (text, day, time) in parts {
        let (date, hour) = text.split_once('T').unwrap_or((text, ""));
        if !date.is_empty() {
            answers.set(day, Answer::Date(date.to_owned()));
        }
        if !hour.is_empty() {
            answers.set(time, Answer::Time(hour.to_owned()));
        }
    }
}

/// Start and end as the API takes them, and whether it is for whole days. Without a last day it ends on the day it begins, or
/// in the night after.
fn chosen_when(answers: &Answers) -> Result<(String, String, bool)> {
    let (day, from) = (said(answers, "starts"), said(answers, "from"));
    let (last, to) = (said(answers, "ends"), said(answers, "to"));
    if from.is_empty() {
        if !to.is_empty() {
            return Err(Error::invalid("from", "Please say when it begins."));
        }
        return Ok((day.to_owned(), last.to_owned(), true));
    }
    let starts = format!("{day}T{from}");
    if to.is_empty() {
        if !last.is_empty() && last != day {
            return Err(Error::invalid("to", "Please say when it ends on that day."));
        }
        return Ok((starts, String::new(), false));
    }
    let last = if !last.is_empty() {
        last.to_owned()
    } else if to > from {
        day.to_owned()
    } else {
        times::day_after(day).unwrap_or_else(|| day.to_owned())
    };
    Ok((starts, format!("{last}T{to}"), false))
}

fn booking_form(booking: &Booking) -> Form {
    let names = booking.types.iter().map(|it| it.name.clone()).collect();
    let options = OneOf {
        options: names,
        other: false,
    };
    let day = |text: &str| text.split('T').next().map(ToOwned::to_owned);
    let mut fields = vec![required(field("kind", "What", Kind::DropDown(options)))];
    fields.extend(when(DateLimits {
        min: day(&booking.earliest),
        max: day(&booking.latest),
    }));
    fields.push(field("title", "Name of the event", Kind::Text(up_to(120))));
    fields.push(field("venue", "Venue", Kind::Text(up_to(160))));
    fields.push(field("address", "Address", Kind::LongText(up_to(500))));
    let count = |most: Option<i64>| {
        Kind::Number(NumberLimits {
            min: Some("0".to_owned()),
            max: Some(most.unwrap_or(999).to_string()),
            ..NumberLimits::default()
        })
    };
    if !booking.roles.is_empty() {
        fields.push(field("staff", "How many staff do you need?", Kind::Heading));
    }
    for role in &booking.roles {
        fields.push(field(&role.id.to_string(), &role.name, count(None)));
    }
    if !booking.resources.is_empty() {
        fields.push(field("things", "What else do you need?", Kind::Heading));
    }
    for one in &booking.resources {
        fields.push(field(&one.id.to_string(), &one.name, count(one.most)));
    }
    fields.push(field(
        "wishes",
        "What we should know",
        Kind::LongText(up_to(4000)),
    ));
    let mut intro = "Tell us when and where. We will confirm it.".to_owned();
    for left_out in booking.again.iter().flat_map(|again| &again.left_out) {
        intro.push(' ');
        intro.push_str(left_out);
    }
    Form {
        title: "Book an event".to_owned(),
        intro: Some(intro),
        thanks: None,
        fields,
    }
}

fn booking_answers(booking: &Booking) -> Answers {
    let mut answers = Answers::new();
    if let [only] = booking.types.as_slice() {
        answers.set("kind", chosen(&only.name));
    }
    let Some(again) = &booking.again else {
        return answers;
    };
    let book = &again.book;
    if let Some(kind) = booking.types.iter().find(|it| Some(it.id) == book.kind) {
        answers.set("kind", chosen(&kind.name));
    }
    known(&mut answers, &book.starts, &book.ends);
    let texts = [
        ("title", &book.title),
        ("venue", &book.venue),
        ("address", &book.address),
        ("wishes", &book.wishes),
    ];
    for (id, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
        answers.set(id, Answer::Text(text.clone()));
    }
    let roles = book.needs.iter().map(|it| (it.role.to_string(), it.count));
    let things = book.resources.iter();
    let things = things.map(|it| (it.resource.to_string(), it.quantity));
    for (id, count) in roles.chain(things) {
        answers.set(&id, Answer::Number(count.to_string()));
    }
    answers
}

fn booked(booking: &Booking, answers: &Answers, from: Option<EventId>) -> Result<Book> {
    let name = said(answers, "kind");
    let kind = booking.types.iter().find(|it| it.name == name);
    let (starts, ends, all_day) = chosen_when(answers)?;
    let count = |id: &str| said(answers, id).parse::<i64>().unwrap_or_default();
    let roles = booking.roles.iter().map(|it| WantedRole {
        role: it.id,
        count: count(&it.id.to_string()),
    });
    let things = booking.resources.iter().map(|it| WantedResource {
        resource: it.id,
        quantity: count(&it.id.to_string()),
    });
    let again = booking.again.as_ref().map(|it| &it.book);
    Ok(Book {
        kind: kind.map(|it| it.id),
        title: said(answers, "title").to_owned(),
        all_day,
        starts,
        ends,
        time_zone: again.and_then(|book| book.time_zone.clone()),
        venue: said(answers, "venue").to_owned(),
        address: said(answers, "address").to_owned(),
        wishes: said(answers, "wishes").to_owned(),
        needs: roles.filter(|it| it.count > 0).collect(),
        resources: things.filter(|it| it.quantity > 0).collect(),
        from,
    })
}

/// What there is to book, as a form; with `from`, filled in as an earlier event was.
#[utoipa::path(get, path = "/events/booking/form", tag = "events",
    params(("studio" = String, Path), ("from" = Option<EventId>, Query, description = "An earlier event, to book again")),
    responses((status = 200, body = Prompt)), security(("session" = [])))]
pub async fn get_booking_form(
    Reading { session, mut tx }: Reading,
    Params(asked): Params<From>,
) -> Result<Json<Prompt>> {
    let booking = offered(&mut tx, &session, asked.from).await?;
    Ok(Json(Prompt {
        form: booking_form(&booking),
        answers: booking_answers(&booking),
        act: "Send request".to_owned(),
        ..Prompt::default()
    }))
}

/// Books what was filled in. The same once more gives the same event.
#[utoipa::path(post, path = "/events/booking/form", tag = "events",
    params(("studio" = String, Path), ("from" = Option<EventId>, Query, description = "The event it is booked again from"),
        ("Idempotency-Key" = String, Header, min_length = 8, max_length = 80, pattern = "^[A-Za-z0-9_-]{8,80}$")),
    request_body = Prompted, responses((status = 200, body = PromptDone)), security(("session" = [])))]
pub async fn send_booking_form(
    State(app): State<App>,
    session: PortalSession,
    Params(asked): Params<From>,
    key: IdempotencyKey,
    Body(sent): Body<Prompted>,
) -> Result<Json<PromptDone>> {
    let mut tx = app.db.write(&session).await?;
    let booking = offered(&mut tx, &session, asked.from).await?;
    checked(&booking_form(&booking), &sent.answers)?;
    let book = booked(&booking, &sent.answers, asked.from)?;
    let first = |list: Option<String>| list.unwrap_or_default();
    let id = book::book(&app, &mut tx, &session, &book, key.as_str())
        .await
        .map_err(|error| match error.field_name() {
            // A list of the request is several fields here.
            Some("needs") => error.field(first(booking.roles.first().map(|it| it.id.to_string()))),
            Some("resources") => {
                error.field(first(booking.resources.first().map(|it| it.id.to_string())))
            }
            _ => error,
        })?;
    tx.commit().await?;
    Ok(Json(PromptDone {
        said: Some("Thank you. Your event is to be confirmed.".to_owned()),
        path: Some(format!("events/{id}")),
        leave: None,
    }))
}

fn change_form(event: &Event) -> Form {
    let options = OneOf {
        options: vec![MOVE.to_owned(), CANCEL.to_owned()],
        other: false,
    };
    let moves = || Conditions {
        join: Join::All,
        list: vec![Condition {
            field: "kind".to_owned(),
            operator: Operator::Is,
            value: MOVE.to_owned(),
        }],
    };
    let mut fields = vec![required(field(
        "kind",
        "What would you like?",
        Kind::One(options),
    ))];
    let times = when(DateLimits::default()).map(|field| Field {
        show_if: Some(moves()),
        ..field
    });
    let is_time = |field: &Field| matches!(field.kind, Kind::Time);
    fields.extend(
        times
            .into_iter()
            .filter(|it| !(event.all_day && is_time(it))),
    );
    fields.push(field(
        "reason",
        "Why, or what else we should know",
        Kind::LongText(up_to(2000)),
    ));
    Form {
        title: "Move or cancel".to_owned(),
        intro: Some(event.title.clone()),
        thanks: None,
        fields,
    }
}

/// To ask that an event is moved or cancelled, as a form.
#[utoipa::path(get, path = "/events/{id}/form", tag = "events", params(("studio" = String, Path), ("id" = EventId, Path)),
    responses((status = 200, body = Prompt)), security(("session" = [])))]
pub async fn get_change_form(
    Reading { session, mut tx }: Reading,
    Id(id): Id<EventId>,
) -> Result<Json<Prompt>> {
    session.section(Right::Events)?;
    let event = seen(&mut tx, &session, id).await?;
    session.may(Right::Book)?;
    let mut answers = Answers::new();
    answers.set("kind", chosen(MOVE));
    let (starts, ends) = times::written(event.when(), &event.zone());
    known(&mut answers, &starts, &ends);
    Ok(Json(Prompt {
        form: change_form(&event),
        answers,
        act: "Send".to_owned(),
        ..Prompt::default()
    }))
}

/// Asks the studio what was filled in. The same once more is the same request.
#[utoipa::path(post, path = "/events/{id}/form", tag = "events",
    params(("studio" = String, Path), ("id" = EventId, Path),
        ("Idempotency-Key" = String, Header, min_length = 8, max_length = 80, pattern = "^[A-Za-z0-9_-]{8,80}$")),
    request_body = Prompted, responses((status = 200, body = PromptDone)), security(("session" = [])))]
pub async fn send_change_form(
    State(app): State<App>,
    session: PortalSession,
    Id(id): Id<EventId>,
    key: IdempotencyKey,
    Body(sent): Body<Prompted>,
) -> Result<Json<PromptDone>> {
    session.section(Right::Events)?;
    let mut tx = app.db.write(&session).await?;
    let event = seen(&mut tx, &session, id).await?;
    session.may(Right::Book)?;
    checked(&change_form(&event), &sent.answers)?;
    let reason = said(&sent.answers, "reason").to_owned();
    let change = if said(&sent.answers, "kind") == CANCEL {
        AskChange {
            kind: RequestKind::Cancel,
            starts: String::new(),
            ends: String::new(),
            reason,
        }
    } else {
        let (starts, ends, all_day) = chosen_when(&sent.answers)?;
        if all_day && !event.all_day {
            return Err(Error::invalid("from", "Please say when it begins."));
        }
        AskChange {
            kind: RequestKind::Move,
            starts,
            ends,
            reason,
        }
    };
    ask::ask(&app, &mut tx, &session, &event, &change, key.as_str()).await?;
    tx.commit().await?;
    Ok(Json(PromptDone {
        said: Some("Your request was sent.".to_owned()),
        path: Some(format!("events/{id}")),
        leave: None,
    }))
}
