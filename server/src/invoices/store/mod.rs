//! The only SQL about invoices and credit notes.

mod list;
mod readers;

pub use list::*;
pub use readers::*;

use std::collections::HashMap;

use portico_wire::{ClientId, ContactId, InstalmentId, InvoiceId, LineId, OrderId};
use sqlx::types::Json;

use super::{Instalment, Invoice, InvoiceLine, Kind, Whole};
use crate::{
    Result, clients,
    db::{StudioTx, execute, fetch_all, fetch_among, fetch_optional, scalar},
    error::Error,
    money::sums::{Sums, TaxSum},
    sales::{Line, Terms},
};

/// A draft to be.
pub struct NewInvoice<'a> {
    pub kind: Kind,
    pub client: ClientId,
    pub order: Option<OrderId>,
    pub corrects: Option<InvoiceId>,
    pub replaces: Option<InvoiceId>,
    pub terms: &'a Terms,
    pub lines: &'a [&'a Line],
    pub contacts: &'a [ContactId],
    pub sums: &'a Sums,
}

pub async fn insert(tx: &mut StudioTx, new: &NewInvoice<'_>) -> Result<InvoiceId> {
    let (id, now): (InvoiceId, _) = (tx.id(), tx.now());
    let (terms, sums) = (new.terms, new.sums);
    execute!(
        tx,
        "insert into invoices (studio_id, id, kind, client_id, order_id, corrects, replaces, state, title, currency,
                language, tax_inclusive, discount_kind, discount_value, intro, terms, plan, subtotal, discount, tax,
                total, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, 'draft', $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
                $21, $21)",
        id,
        new.kind,
        new.client,
        new.order,
        new.corrects,
        new.replaces,
        &terms.title,
        &terms.currency,
        &terms.language,
        terms.tax_inclusive,
        terms.discount_kind,
        terms.discount_value,
        &terms.intro,
        &terms.terms,
        Json(&terms.plan),
        sums.subtotal,
        sums.discount,
        sums.tax,
        sums.total,
        now,
    )?;
    insert_lines(tx, id, new.lines, sums).await?;
    for &contact in new.contacts {
        name(tx, id, contact).await?;
    }
    Ok(id)
}

async fn insert_lines(
    tx: &mut StudioTx,
    invoice: InvoiceId,
    lines: &[&Line],
    sums: &Sums,
) -> Result<()> {
    for ((line, amount), position) in lines.iter().zip(&sums.lines).zip(0i64..) {
        let id: LineId = tx.id();
        execute!(
            tx,
            "insert into invoice_lines (studio_id, id, invoice_id, position, name, description, quantity, unit,
                    unit_price, discount_kind, discount_value, tax_name, tax_rate, amount)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
            id,
            invoice,
            position,
            &line.name,
            &line.description,
            line.quantity,
            &line.unit,
            line.unit_price,
            line.discount_kind,
            line.discount_value,
            &line.tax_name,
            line.tax_rate,
            *amount,
        )?;
    }
    Ok(())
}

/// Saves a draft if nobody saved another since its version was read; false otherwise.
pub async fn save(
    tx: &mut StudioTx,
    invoice: &Invoice,
    terms: &Terms,
    lines: &[&Line],
    sums: &Sums,
) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update invoices set title = $4, currency = $5, language = $6, tax_inclusive = $7, discount_kind = $8,
                discount_value = $9, intro = $10, terms = $11, plan = $12, subtotal = $13, discount = $14, tax = $15,
                total = $16, updated_at = $17, version = version + 1
         where studio_id = $1 and id = $2 and version = $3 and state = 'draft'",
        invoice.id,
        invoice.version,
        &terms.title,
        &terms.currency,
        &terms.language,
        terms.tax_inclusive,
        terms.discount_kind,
        terms.discount_value,
        &terms.intro,
        &terms.terms,
        Json(&terms.plan),
        sums.subtotal,
        sums.discount,
        sums.tax,
        sums.total,
        now,
    )?;
    if rows != 1 {
        return Ok(false);
    }
    execute!(
        tx,
        "delete from invoice_lines where studio_id = $1 and invoice_id = $2",
        invoice.id
    )?;
    insert_lines(tx, invoice.id, lines, sums).await?;
    Ok(true)
}

/// A draft and all of it; false where it is none any more.
pub async fn delete(tx: &mut StudioTx, id: InvoiceId) -> Result<bool> {
    let rows = execute!(
        tx,
        "update invoices set version = version + 1 where studio_id = $1 and id = $2 and state = 'draft'",
        id
    )?;
    if rows != 1 {
        return Ok(false);
    }
    execute!(
        tx,
        "delete from invoice_lines where studio_id = $1 and invoice_id = $2",
        id
    )?;
    execute!(
        tx,
        "delete from invoice_contacts where studio_id = $1 and invoice_id = $2",
        id
    )?;
    execute!(
        tx,
        "delete from invoices where studio_id = $1 and id = $2",
        id
    )?;
    Ok(true)
}

pub async fn find(tx: &mut StudioTx, id: InvoiceId) -> Result<Option<Invoice>> {
    fetch_optional!(
        tx,
        Invoice,
        "select id, kind, client_id, order_id, corrects, replaces, version, number, state, title, currency, language,
                tax_inclusive, discount_kind, discount_value, intro, terms, plan, subtotal, discount, tax, total,
                issued_on, issued_at, voided_at, reason, created_at, updated_at
         from invoices where studio_id = $1 and id = $2",
        id,
    )
}

pub async fn get(tx: &mut StudioTx, id: InvoiceId) -> Result<Invoice> {
    find(tx, id).await?.ok_or_else(Error::not_found)
}

pub async fn lines(tx: &mut StudioTx, invoice: InvoiceId) -> Result<Vec<InvoiceLine>> {
    fetch_all!(
        tx,
        InvoiceLine,
        "select id, name, description, quantity, unit, unit_price, discount_kind, discount_value, tax_name, tax_rate, amount
         from invoice_lines where studio_id = $1 and invoice_id = $2 order by position",
        invoice,
    )
}

pub async fn taxes(tx: &mut StudioTx, invoice: InvoiceId) -> Result<Vec<TaxSum>> {
    let rows = fetch_all!(
        tx,
        (String, i64, i64, i64),
        "select name, rate, base, tax from invoice_taxes where studio_id = $1 and invoice_id = $2 order by position",
        invoice,
    )?;
    Ok(rows
        .into_iter()
        .map(|(name, rate, base, tax)| TaxSum {
            name,
            rate,
            base,
            tax,
        })
        .collect())
}

pub async fn save_taxes(tx: &mut StudioTx, invoice: InvoiceId, taxes: &[TaxSum]) -> Result<()> {
    for (tax, position) in taxes.iter().zip(0i64..) {
        execute!(
            tx,
            "insert into invoice_taxes (studio_id, invoice_id, position, name, rate, base, tax)
             values ($1, $2, $3, $4, $5, $6, $7)",
            invoice,
            position,
            &tax.name,
            tax.rate,
            tax.base,
            tax.tax,
        )?;
    }
    Ok(())
}

pub async fn instalments(tx: &mut StudioTx, invoice: InvoiceId) -> Result<Vec<Instalment>> {
    fetch_all!(
        tx,
        Instalment,
        "select id, label, due, amount from instalments where studio_id = $1 and invoice_id = $2 order by position",
        invoice,
    )
}

#[derive(sqlx::FromRow)]
struct PlanRow {
    invoice_id: InvoiceId,
    #[sqlx(flatten)]
    instalment: Instalment,
}

/// The instalments of some invoices, the oldest of each first.
pub async fn plans(
    tx: &mut StudioTx,
    invoices: &[InvoiceId],
) -> Result<HashMap<InvoiceId, Vec<Instalment>>> {
    let rows = fetch_among!(
        tx,
        PlanRow,
        "select invoice_id, id, label, due, amount from instalments
         where studio_id = $1 and invoice_id in ($2) order by invoice_id, due, position",
        [],
        invoices,
    );
    let mut plans: HashMap<InvoiceId, Vec<Instalment>> = HashMap::new();
    for row in rows {
        plans
            .entry(row.invoice_id)
            .or_default()
            .push(row.instalment);
    }
    Ok(plans)
}

/// Label, last day and amount of each.
pub async fn save_instalments(
    tx: &mut StudioTx,
    invoice: InvoiceId,
    parts: &[(String, String, i64)],
) -> Result<()> {
    for ((label, due, amount), position) in parts.iter().zip(0i64..) {
        let id: InstalmentId = tx.id();
        execute!(
            tx,
            "insert into instalments (studio_id, id, invoice_id, position, label, due, amount)
             values ($1, $2, $3, $4, $5, $6, $7)",
            id,
            invoice,
            position,
            label,
            due,
            *amount,
        )?;
    }
    Ok(())
}

pub async fn mark_issued(
    tx: &mut StudioTx,
    invoice: &Invoice,
    number: &str,
    day: &str,
    sums: &Sums,
) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update invoices set state = 'issued', number = $4, issued_on = $5, issued_at = $6, updated_at = $6,
                subtotal = $7, discount = $8, tax = $9, total = $10
         where studio_id = $1 and id = $2 and version = $3 and state = 'draft'",
        invoice.id,
        invoice.version,
        number,
        day,
        now,
        sums.subtotal,
        sums.discount,
        sums.tax,
        sums.total,
    )?;
    Ok(rows == 1)
}

pub async fn mark_voided(tx: &mut StudioTx, id: InvoiceId, reason: &str) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update invoices set state = 'voided', voided_at = $3, reason = $4, updated_at = $3
         where studio_id = $1 and id = $2 and state = 'issued'",
        id,
        now,
        reason,
    )?;
    Ok(rows == 1)
}

/// Holds the row of an issued invoice to the end of the transaction; false where it is not issued.
pub async fn hold_issued(tx: &mut StudioTx, id: InvoiceId) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update invoices set updated_at = $3 where studio_id = $1 and id = $2 and state = 'issued'",
        id,
        now,
    )?;
    Ok(rows == 1)
}

/// What credit notes took back of an invoice.
pub async fn credited(tx: &mut StudioTx, invoice: InvoiceId) -> Result<i64> {
    scalar!(
        tx,
        i64,
        "select cast(coalesce(sum(total), 0) as bigint) from invoices
         where studio_id = $1 and corrects = $2 and kind = 'credit_note' and state = 'issued'",
        invoice,
    )
}

/// Somebody who may see an invoice.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Named {
    pub id: ContactId,
    pub first_name: String,
    pub last_name: String,
}

pub async fn contacts(tx: &mut StudioTx, invoice: InvoiceId) -> Result<Vec<Named>> {
    fetch_all!(
        tx,
        Named,
        "select k.id, k.first_name, k.last_name
         from invoice_contacts c join contacts k on k.studio_id = c.studio_id and k.id = c.contact_id
         where c.studio_id = $1 and c.invoice_id = $2 order by k.first_name, k.id",
        invoice,
    )
}

/// All that stands on an invoice.
pub async fn whole(tx: &mut StudioTx, id: InvoiceId) -> Result<Whole> {
    let invoice = get(tx, id).await?;
    let corrects = match invoice.corrects {
        Some(corrected) => get(tx, corrected).await?.number,
        None => None,
    };
    Ok(Whole {
        lines: lines(tx, id).await?,
        taxes: taxes(tx, id).await?,
        instalments: instalments(tx, id).await?,
        client: clients::store::get_client(tx, invoice.client_id)
            .await?
            .name,
        corrects,
        invoice,
    })
}

/// What named one contact names another.
pub async fn move_to_contact(tx: &mut StudioTx, from: ContactId, to: ContactId) -> Result<()> {
    execute!(
        tx,
        "insert into invoice_contacts (studio_id, invoice_id, contact_id)
         select c.studio_id, c.invoice_id, $3 from invoice_contacts c where c.studio_id = $1 and c.contact_id = $2
         on conflict (studio_id, invoice_id, contact_id) do nothing",
        from,
        to,
    )?;
    execute!(
        tx,
        "delete from invoice_contacts where studio_id = $1 and contact_id = $2",
        from
    )?;
    Ok(())
}
