//! Quotes, orders, invoices and credit notes as papers for a PDF, as they were sent, made and issued.

use portico_wire::{InvoiceId, OrderId, QuoteId, Timestamp};

use super::paper::Document;
use crate::{
    Result, clients,
    db::StudioTx,
    error::Error,
    invoices, orders,
    papers::{Kind, Sheet, Which},
    quotes, sales,
    studios::{self, Studio},
};

/// None of them changes once it has a PDF: a quote is frozen when it is sent, an invoice when it is issued.
const EDITION: i64 = 1;

pub fn quote(id: QuoteId) -> Which {
    Which {
        kind: Kind::Quote,
        subject: id.into_uuid(),
        edition: EDITION,
    }
}

pub fn order(id: OrderId) -> Which {
    Which {
        kind: Kind::Order,
        subject: id.into_uuid(),
        edition: EDITION,
    }
}

pub fn invoice(id: InvoiceId) -> Which {
    Which {
        kind: Kind::Invoice,
        subject: id.into_uuid(),
        edition: EDITION,
    }
}

fn sheet(
    studio: &Studio,
    document: Document,
    number: &str,
    at: Option<Timestamp>,
) -> Result<Sheet> {
    let footer = format!("{} \u{b7} {}", studio.name, document.title);
    Ok(Sheet {
        title: document.title,
        language: document.language,
        body: document.nodes,
        signatures: Vec::new(),
        certificate: Vec::new(),
        footer,
        at: at.ok_or_else(Error::not_found)?,
        file_name: format!("{} {number}", studio.name),
    })
}

/// As it was sent, with the lines chosen that were preselected.
pub async fn quote_sheet(tx: &mut StudioTx, id: QuoteId) -> Result<Sheet> {
    let quote = quotes::store::get(tx, id).await?;
    let studio = studios::store::get(tx).await?;
    let lines = quotes::store::lines(tx, id).await?;
    let priced = quotes::price(&quote.terms, &lines, None)?;
    let sent = quote
        .sent_at
        .map(|at| sales::day(at, &studio))
        .transpose()?;
    let day = sent.ok_or_else(Error::not_found)?;
    let parts = quote.terms.plan.parts(priced.sums.total, day);
    let client = clients::store::get_client(tx, quote.client_id).await?.name;
    let to = quotes::Addressee {
        client: &client,
        sent,
    };
    let nodes = quotes::paper(&quote, &lines, &priced, &parts, &to);
    sheet(
        &studio,
        quotes::document(&quote, nodes),
        quote.number(),
        quote.sent_at,
    )
}

pub async fn order_sheet(tx: &mut StudioTx, id: OrderId) -> Result<Sheet> {
    let order = orders::store::get(tx, id).await?;
    let studio = studios::store::get(tx).await?;
    let lines = orders::store::lines(tx, id).await?;
    let client = clients::store::get_client(tx, order.client_id).await?.name;
    let by = clients::store::get_contact(tx, order.accepted_by)
        .await?
        .name();
    let nodes = orders::paper(&order, &lines, &client, &by, order.day(&studio.time_zone)?);
    sheet(
        &studio,
        orders::document(&order, nodes),
        &order.number,
        Some(order.made_at),
    )
}

pub async fn invoice_sheet(tx: &mut StudioTx, id: InvoiceId) -> Result<Sheet> {
    let whole = invoices::store::whole(tx, id).await?;
    let studio = studios::store::get(tx).await?;
    let invoice = &whole.invoice;
    let document = invoices::document(invoice, invoices::paper(&whole));
    sheet(&studio, document, invoice.number(), invoice.issued_at)
}
