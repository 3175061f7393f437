//! A receipt: what was received, how, and which invoices it paid, as it was when it came through.

use portico_wire::{
    PaymentId,
    papers::{Node, Tag},
    payments::PaymentMethod,
};

use super::{EntryKind, Payment, store};
use crate::{
    Result, clients,
    db::StudioTx,
    error::Error,
    invoices,
    money::{
        account::{self, AccountWords},
        say::{self, Words},
    },
    papers::{Kind, Sheet, Which},
    sales::{self, paper::facts},
    studios,
};

/// A receipt says what was, so there is one of each payment.
const EDITION: i64 = 1;

pub fn which(id: PaymentId) -> Which {
    Which {
        kind: Kind::Receipt,
        subject: id.into_uuid(),
        edition: EDITION,
    }
}

/// "Card, Visa •••• 4242".
pub fn method(payment: &Payment) -> String {
    said(payment, method_name(payment.method))
}

fn said(payment: &Payment, name: &str) -> String {
    match payment.detail.as_deref().or(payment.reference.as_deref()) {
        Some(detail) => format!("{name}, {detail}"),
        None => name.to_owned(),
    }
}

pub const fn method_name(method: PaymentMethod) -> &'static str {
    match method {
        PaymentMethod::Online => "Online",
        PaymentMethod::Cash => "Cash",
        PaymentMethod::Cheque => "Cheque",
        PaymentMethod::Transfer => "Bank transfer",
    }
}

/// The same in a language of papers.
const fn named(method: PaymentMethod, words: &AccountWords) -> &'static str {
    match method {
        PaymentMethod::Online => words.online,
        PaymentMethod::Cash => words.cash,
        PaymentMethod::Cheque => words.cheque,
        PaymentMethod::Transfer => words.transfer,
    }
}

fn row(cells: Vec<Node>) -> Node {
    Node::Element(Tag::Tr, cells)
}

/// What a receipt is made from.
pub struct Receipt<'a> {
    pub payment: &'a Payment,
    pub client: &'a str,
    /// When the money was here, as it is read.
    pub day: &'a str,
    /// Number, title and amount of each invoice it paid.
    pub invoices: &'a [(String, String, i64)],
}

/// The receipt to read, to print and to save.
pub fn paper(receipt: &Receipt<'_>, words: &Words) -> Vec<Node> {
    let (payment, own) = (receipt.payment, account::words(words));
    let money = |minor| words.money(minor, &payment.currency);
    let mut rows: Vec<(String, String, i64)> = receipt.invoices.to_vec();
    let used: i64 = rows.iter().map(|(.., amount)| amount).sum();
    let left = payment.without_tip() - used;
    if left > 0 {
        rows.push((own.kept.into(), String::new(), left));
    }
    if payment.tip > 0 {
        rows.push((own.tip.into(), String::new(), payment.tip));
    }
    let head = [
        Node::of(Tag::Th, own.what),
        Node::of(Tag::Number, words.amount),
    ];
    let body = rows.iter().map(|(number, title, amount)| {
        let mut what = vec![Node::of(Tag::Strong, number)];
        if !title.is_empty() {
            what.push(Node::Element(Tag::Br, Vec::new()));
            what.push(Node::text(title));
        }
        row(vec![
            Node::Element(Tag::Td, what),
            Node::of(Tag::Number, money(*amount)),
        ])
    });
    let total = row(vec![
        Node::Element(Tag::Td, vec![Node::of(Tag::Strong, words.total)]),
        Node::Element(
            Tag::Number,
            vec![Node::of(Tag::Strong, money(payment.amount))],
        ),
    ]);
    vec![
        facts(&[
            (words.number, payment.code()),
            (words.date_of, receipt.day.to_owned()),
            (words.client, receipt.client.to_owned()),
            (own.paid_by, said(payment, named(payment.method, own))),
        ]),
        Node::Element(
            Tag::Table,
            vec![
                Node::Element(Tag::Thead, vec![row(head.to_vec())]),
                Node::Element(Tag::Tbody, body.collect()),
                Node::Element(Tag::Tfoot, vec![total]),
            ],
        ),
        Node::of(Tag::P, own.thanks),
    ]
}

/// That of the invoice it paid, chosen by staff; of what was paid ahead, whoever paid it.
async fn language(tx: &mut StudioTx, payment: &Payment) -> Result<&'static Words> {
    if let Some(&invoice) = store::meant_for(tx, payment.id).await?.first() {
        let invoice = invoices::store::get(tx, invoice).await?;
        return Ok(invoice.terms.words());
    }
    let own = match payment.contact_id {
        Some(contact) => clients::store::get_contact(tx, contact).await?.language,
        None => None,
    };
    Ok(say::words(own.as_deref().unwrap_or_default()))
}

pub async fn sheet(tx: &mut StudioTx, id: PaymentId) -> Result<Sheet> {
    let payment = store::get(tx, id).await?;
    let studio = studios::store::get(tx).await?;
    let entries = store::entries(tx, id).await?;
    let came = entries
        .iter()
        .find(|entry| entry.kind == EntryKind::Succeeded)
        .ok_or_else(Error::not_found)?;
    let client = match payment.client_id {
        Some(client) => clients::store::get_client(tx, client).await?.name,
        None => String::new(),
    };
    let words = language(tx, &payment).await?;
    let at = if payment.method == PaymentMethod::Online {
        came.at
    } else {
        payment.at
    };
    let day = sales::day(at, &studio)?.to_string();
    let receipt = Receipt {
        payment: &payment,
        client: &client,
        day: &words.day(&day),
        invoices: &store::first_uses(tx, id).await?,
    };
    let title = format!("{} {}", account::words(words).receipt, payment.code());
    Ok(Sheet {
        body: paper(&receipt, words),
        language: words.code.into(),
        signatures: Vec::new(),
        certificate: Vec::new(),
        footer: format!("{} \u{b7} {title}", studio.name),
        at,
        file_name: format!("{} {title}", studio.name),
        title,
    })
}
