//! An invoice's page: as the client reads it, where it stands, what was paid on it, and what can be done with it.

use axum::{extract::State, response::Response};
use portico_wire::{InvoiceId, payments as wire};
use serde_json::json;

use super::super::{
    Act, Invoice, Kind, State as InvoiceState, after,
    listed::{kind_label, line, standing_label, state_label},
    owed, paper,
    store::{self, Reader},
    tell,
};
use crate::{
    App, Result,
    audit::Subject,
    clients::full_name,
    db::StudioTx,
    papers,
    payments::{
        self,
        store::portal::{KindRow, SeenPayment, UseRow},
    },
    sales::{self, timeline::timeline},
    scope::Member,
    staff::Role,
    studios::{self, Studio},
    web::{admin, body::Id},
};

/// Somebody it names, and what keeps a mail from arriving.
fn reader_line(studio: &Studio, one: &Reader) -> serde_json::Value {
    json!({
        "name": full_name(&one.first_name, &one.last_name),
        "why": tell::obstacle(studio, one),
    })
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

/// What was paid on it, the latest first.
async fn payment_lines(
    tx: &mut StudioTx,
    id: InvoiceId,
    zone: &str,
) -> Result<Vec<serde_json::Value>> {
    let paid = payments::store::portal::payments_on(tx, id).await?;
    let ids: Vec<_> = paid.iter().map(|one| one.id).collect();
    let kinds = payments::store::portal::kinds(tx, &ids).await?;
    let uses = payments::store::portal::uses(tx, &ids).await?;
    let line = |one| payment_line(one, id, &kinds, &uses, zone);
    Ok(paid.iter().map(line).collect())
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
    let readers = store::readers(&mut tx, id).await?;
    let last_mailed = tell::last_mailed(&mut tx, id).await?;
    let sums = payments::store::sums(&mut tx, id).await?;
    let payments = payment_lines(&mut tx, id, &studio.time_zone).await?;
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
        "readers": readers.iter().map(|one| reader_line(&studio, one)).collect::<Vec<_>>(),
        "reaches": readers.iter().any(|one| tell::obstacle(&studio, one).is_none()),
        "mailed": last_mailed.map(|at| admin::moment(at, &studio.time_zone)),
        "may_mail": issued && session.role >= Role::Manager,
        "is_invoice": invoice.kind == Kind::Invoice,
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
