//! Staff's pages about invoices and credit notes.

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::{ClientId, InvoiceId, payments as wire};
use serde::Deserialize;
use serde_json::json;

use super::{
    Act, Invoice, Kind, State as InvoiceState, after, check, issue,
    listed::{kind_label, line, standing_label, standings, state_label, with_standing},
    owed, paper,
    store::{self, Filter},
};
use crate::{
    App, Result,
    audit::{Actor, Change, Subject},
    clients::{self, full_name},
    error::Error,
    papers,
    payments::{
        self,
        store::portal::{KindRow, SeenPayment, UseRow},
    },
    quotes::QuoteLine,
    sales::{
        self,
        editor::{self, Typed},
        timeline::timeline,
    },
    scope::{Manager, Member, StaffSession},
    staff::Role,
    studios,
    web::{
        admin,
        body::Id,
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

const LIST: &str = "/admin/invoices";
const PAGE: usize = 50;

fn path(id: InvoiceId) -> String {
    format!("{LIST}/{id}")
}

struct Acting {
    actor: Actor,
    reference: String,
}

impl Acting {
    fn new(session: &StaffSession) -> Self {
        Self {
            actor: session.actor(),
            reference: session.visitor.reference.clone(),
        }
    }

    fn by(&self) -> issue::By<'_> {
        issue::By {
            actor: &self.actor,
            reference: &self.reference,
        }
    }
}

/// What stands in the list's address.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub struct Asked {
    state: String,
    client: String,
    before: Option<InvoiceId>,
}

/// `GET /admin/invoices`
pub async fn show_invoices(
    State(app): State<App>,
    Member(session): Member,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let client: Option<ClientId> = match asked.client.trim() {
        "" => None,
        text => Some(text.parse().map_err(|_| Error::not_found())?),
    };
    let filter = Filter {
        state: InvoiceState::ALL
            .iter()
            .copied()
            .find(|state| state.name() == asked.state),
        client,
        before: asked.before,
    };
    let mut tx = app.db.read(&session).await?;
    let most = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let found = store::list(&mut tx, &filter, most).await?;
    let shown = &found[..found.len().min(PAGE)];
    let studio = studios::store::get(&mut tx).await?;
    let day = sales::day(tx.now(), &studio)?.to_string();
    let standings = standings(&mut tx, shown, &day).await?;
    let name = match client {
        Some(id) => Some(clients::store::get_client(&mut tx, id).await?.name),
        None => None,
    };
    drop(tx);
    let next = shown.last().filter(|_| found.len() > PAGE);
    let mut said = String::new();
    if let Some(state) = filter.state {
        said.push_str(&format!("state={}&", state.name()));
    }
    if let Some(id) = client {
        said.push_str(&format!("client={id}&"));
    }
    let states: Vec<(&str, &str)> = InvoiceState::ALL
        .iter()
        .map(|state| (state.name(), state_label(*state).0))
        .collect();
    let body = json!({
        "rows": shown
            .iter()
            .map(|one| with_standing(one, standings.get(&one.id).copied()))
            .collect::<Vec<_>>(),
        "states": states,
        "state": asked.state,
        "client": name,
        "client_id": asked.client,
        "next": next.map(|last| format!("{LIST}?{said}before={}", last.id)),
        "may_edit": session.role >= Role::Manager,
        "first": asked.before.map(|_| format!("{LIST}?{}", said.trim_end_matches('&'))),
    });
    admin::page(&app, &session, "invoices/list.html", body)
}

fn part_line(part: &payments::Part, today: &str, invoice: &Invoice) -> serde_json::Value {
    let (state, tone) = match part.state(today) {
        wire::InstalmentState::Open => ("Open", ""),
        wire::InstalmentState::PartPaid => ("Partly paid", ""),
        wire::InstalmentState::Overdue => ("Overdue", "bad"),
        wire::InstalmentState::Pending => ("Under way", "warn"),
        wire::InstalmentState::Paid => ("Paid", "good"),
    };
    let terms = &invoice.terms;
    json!({
        "label": part.label,
        "due": terms.words().day(&part.due),
        "amount": terms.money(part.amount),
        "left": (part.left.balance > 0 && part.left.balance < part.amount).then(|| terms.money(part.left.balance)),
        "state": state,
        "tone": tone,
    })
}

fn payment_line(
    one: &SeenPayment,
    invoice: InvoiceId,
    kinds: &[KindRow],
    uses: &[UseRow],
    zone: &str,
) -> serde_json::Value {
    let happened: Vec<_> = kinds
        .iter()
        .filter(|kind| kind.payment_id == one.id)
        .map(|kind| kind.kind)
        .collect();
    let state = payments::state_of(one.amount, &happened, one.held);
    let (state, tone) = payments::state_label(state);
    let used = uses
        .iter()
        .filter(|used| used.payment_id == one.id && used.invoice_id == invoice)
        .map(|used| used.paid + used.pending)
        .sum::<i64>();
    let say = |minor| crate::money::say::words("en").money(minor, &one.currency);
    json!({
        "id": one.id,
        "day": admin::day(one.at, zone),
        "method": payments::paper::method_name(one.method),
        "detail": one.detail.as_deref().or(one.reference.as_deref()),
        "amount": say(used),
        "of": (used != one.amount).then(|| say(one.amount)),
        "state": state,
        "tone": tone,
    })
}

/// `GET /admin/invoices/{id}`
pub async fn show_invoice(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<InvoiceId>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let mut whole = store::whole(&mut tx, id).await?;
    let studio = studios::store::get(&mut tx).await?;
    let credited = store::credited(&mut tx, id).await?;
    let corrections = store::corrections(&mut tx, id).await?;
    let named = store::contacts(&mut tx, id).await?;
    let sums = payments::store::sums(&mut tx, id).await?;
    let paid = payments::store::portal::payments_on(&mut tx, id).await?;
    let ids: Vec<_> = paid.iter().map(|one| one.id).collect();
    let kinds = payments::store::portal::kinds(&mut tx, &ids).await?;
    let uses = payments::store::portal::uses(&mut tx, &ids).await?;
    let credit = payments::store::credit(&mut tx, whole.invoice.client_id).await?;
    let pdf = papers::files::staff_address(&mut tx, sales::pdf::invoice(id)).await?;
    let entries = timeline(
        &mut tx,
        Subject("invoice", Some(id.into_uuid())),
        &studio.time_zone,
    )
    .await?;
    drop(tx);
    if whole.invoice.state == InvoiceState::Draft {
        // What it will say is worked out anew when it is issued.
        whole.taxes = whole
            .invoice
            .terms
            .sums(whole.lines.iter().map(|line| &line.line))?
            .taxes;
    }
    let invoice = &whole.invoice;
    let may =
        |act| session.role >= Role::Manager && after(invoice.kind, invoice.state, act).is_some();
    let (state, tone) = state_label(invoice.state);
    let issued = invoice.kind == Kind::Invoice && invoice.state == InvoiceState::Issued;
    let due = owed(invoice.state, invoice.total, credited, sums.paid);
    let day = sales::day(app.clock.now(), &studio)?.to_string();
    let parts = payments::parts(whole.instalments.clone(), sums);
    let standing = payments::standing(
        invoice.kind,
        invoice.state,
        sums,
        payments::dues(&parts, &day).overdue,
    );
    let payments: Vec<_> = paid
        .iter()
        .map(|one| payment_line(one, id, &kinds, &uses, &studio.time_zone))
        .collect();
    let credit = credit
        .iter()
        .find(|(currency, _)| *currency == invoice.terms.currency)
        .map(|(_, minor)| invoice.terms.money(*minor));
    let body = json!({
        "id": id,
        "version": invoice.version,
        "number": invoice.number,
        "kind": kind_label(invoice.kind),
        "title": invoice.terms.title,
        "client": { "id": invoice.client_id, "name": whole.client },
        "state": state,
        "tone": tone,
        "total": invoice.terms.money(invoice.total),
        "credited": (credited > 0).then(|| invoice.terms.money(credited)),
        "left": issued.then(|| invoice.terms.money(due)),
        "paid": (sums.paid > 0).then(|| invoice.terms.money(sums.paid)),
        "pending": (issued && sums.covering() > 0).then(|| invoice.terms.money(sums.covering())),
        "standing": issued.then(|| standing_label(standing)),
        "parts": parts.iter().filter(|_| issued).map(|part| part_line(part, &day, invoice)).collect::<Vec<_>>(),
        "payments": payments,
        "credit": credit.filter(|_| issued && due > 0),
        "may_record": issued && session.role >= Role::Manager,
        "people": named.iter().map(|one| full_name(&one.first_name, &one.last_name)).collect::<Vec<_>>().join(", "),
        "issued": invoice.issued_at.map(|at| admin::moment(at, &studio.time_zone)),
        "voided": invoice.voided_at.map(|at| admin::moment(at, &studio.time_zone)),
        "reason": invoice.reason,
        "order": invoice.order_id,
        "corrects": invoice.corrects.map(|id| json!({ "id": id, "number": whole.corrects })),
        "replaces": invoice.replaces,
        "corrections": corrections.iter().map(line).collect::<Vec<_>>(),
        "paper": papers::html::html(&paper(&whole)),
        "pdf": pdf,
        "language": invoice.terms.language,
        "timeline": entries,
        "may": { "edit": may(Act::Edit), "issue": may(Act::Issue), "void": may(Act::Void) && credited == 0, "correct": may(Act::Correct) },
    });
    admin::page(&app, &session, "invoices/show.html", body)
}

/// `POST /admin/invoices/{id}/issue`
pub async fn issue_invoice(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<InvoiceId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let acting = Acting::new(&session);
    let mut tx = app.db.write(&session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let draft = store::get(&mut tx, id).await?;
    if draft.version.to_string() != sent.text("version") {
        return Err(Error::refused(
            portico_wire::Code::Conflict,
            "Somebody else changed this draft in the meantime. Please look at it again.",
        ));
    }
    let invoice = issue::issue(&mut tx, &studio, id, &acting.by()).await?;
    tx.commit().await?;
    Ok(redirect::see(
        &path(id),
        &format!("{} is issued.", invoice.number()),
    ))
}

/// `POST /admin/invoices/{id}/void`
pub async fn void(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<InvoiceId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let reason: String = sent
        .text("reason")
        .trim()
        .chars()
        .filter(|c| !c.is_control())
        .take(500)
        .collect();
    if reason.is_empty() {
        return Err(Error::invalid(
            "reason",
            "Please say why: it stands in the log for good.",
        ));
    }
    let acting = Acting::new(&session);
    let mut tx = app.db.write(&session).await?;
    issue::void(&mut tx, id, &reason, &acting.by()).await?;
    tx.commit().await?;
    Ok(redirect::see(
        &path(id),
        "Voided. It keeps its number, and nothing is owed on it.",
    ))
}

async fn correct(app: &App, session: &StaffSession, id: InvoiceId, kind: Kind) -> Result<Response> {
    let acting = Acting::new(session);
    let mut tx = app.db.write(session).await?;
    let made = issue::correct(&mut tx, id, kind, &acting.by()).await?;
    tx.commit().await?;
    let notice = match kind {
        Kind::CreditNote => "This is the credit note, as a draft. Keep what is to be taken back.",
        Kind::Invoice => {
            "This is the new version, as a draft. The old one is valid until this one is issued."
        }
    };
    Ok(redirect::see(&format!("{}/edit", path(made)), notice))
}

/// `POST /admin/invoices/{id}/credit`
pub async fn credit(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<InvoiceId>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    correct(&app, &session, id, Kind::CreditNote).await
}

/// `POST /admin/invoices/{id}/version`
pub async fn new_version(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<InvoiceId>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    correct(&app, &session, id, Kind::Invoice).await
}

/// `POST /admin/invoices/{id}/delete`: of a draft.
pub async fn delete(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<InvoiceId>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let invoice = store::get(&mut tx, id).await?;
    check(&invoice, Act::Delete)?;
    if store::delete(&mut tx, id).await? {
        let about = Subject("invoice", Some(id.into_uuid()));
        let change = Change::removed(&json!({ "title": invoice.terms.title }))?;
        crate::audit::note(&mut tx, &session, "invoice deleted", about, change).await?;
        tx.commit().await?;
    }
    Ok(redirect::see(LIST, "The draft is deleted."))
}

async fn editor_page(
    app: &App,
    session: &StaffSession,
    invoice: &Invoice,
    typed: &Typed,
    errors: FieldErrors,
    conflict: bool,
) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let client = clients::store::get_client(&mut tx, invoice.client_id).await?;
    let rates = sales::store::tax_rates(&mut tx).await?;
    let plans = sales::store::plans(&mut tx).await?;
    let studio = studios::store::get(&mut tx).await?;
    let day = sales::day(tx.now(), &studio)?;
    let sums = editor::preview(&tx, typed, day)?;
    drop(tx);
    let body = json!({
        "id": invoice.id,
        "path": format!("{}/edit", path(invoice.id)),
        "people": [],
        "title": invoice.terms.title,
        "name": kind_label(invoice.kind),
        "client": { "id": client.id, "name": client.name },
        "version": invoice.version,
        "typed": typed,
        "facts": editor::facts(&rates, &plans, typed)?,
        "sums": sums,
        "preview": "/admin/quotes/preview",
        "kind": invoice.kind.name(),
        "errors": errors,
        "conflict": conflict,
    });
    admin::page(app, session, "invoices/edit.html", body)
}

/// `GET /admin/invoices/{id}/edit`
pub async fn show_edit(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<InvoiceId>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let invoice = store::get(&mut tx, id).await?;
    check(&invoice, Act::Edit)?;
    let lines = store::lines(&mut tx, id).await?;
    drop(tx);
    let lines: Vec<QuoteLine> = lines
        .into_iter()
        .map(|line| QuoteLine {
            line: line.line,
            optional: false,
            preselected: false,
        })
        .collect();
    let typed = Typed::of(&invoice.terms, &lines, None, Vec::new());
    editor_page(
        &app,
        &session,
        &invoice,
        &typed,
        FieldErrors::default(),
        false,
    )
    .await
}

/// `POST /admin/invoices/{id}/edit`
pub async fn save(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<InvoiceId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let (mut typed, mut errors) = (Typed::sent(&sent), FieldErrors::default());
    let mut tx = app.db.write(&session).await?;
    let invoice = store::get(&mut tx, id).await?;
    check(&invoice, Act::Edit)?;
    if invoice.kind == Kind::CreditNote {
        typed.steps = editor::steps_of(&invoice.terms.plan, &invoice.terms.currency);
    }
    if typed.currency != invoice.terms.currency
        && (invoice.corrects.is_some() || invoice.replaces.is_some())
    {
        errors.add(
            "currency",
            "A correction is in the currency of what it corrects.",
        );
    }
    let Some(read) = typed.read(&tx, &mut errors).filter(|_| errors.is_empty()) else {
        drop(tx);
        let page = editor_page(&app, &session, &invoice, &typed, errors, false).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let lines: Vec<_> = read.lines.iter().map(|line| &line.line).collect();
    let sums = read.terms.sums(lines.iter().copied())?;
    let began = Invoice {
        version: sent.text("version").parse().unwrap_or(0),
        ..invoice.clone()
    };
    if !store::save(&mut tx, &began, &read.terms, &lines, &sums).await? {
        drop(tx);
        let page = editor_page(&app, &session, &invoice, &typed, errors, true).await?;
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    let about = Subject("invoice", Some(id.into_uuid()));
    let change = Change::made(&json!({ "total": read.terms.money(sums.total) }))?;
    crate::audit::note(&mut tx, &session, "invoice changed", about, change).await?;
    tx.commit().await?;
    Ok(redirect::see(&path(id), "Saved."))
}
