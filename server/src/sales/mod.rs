//! What quotes, orders and invoices have in common: lines, terms, numbers, and what a studio sells with.

pub mod admin;
pub mod desk;
pub mod editor;
pub mod numbers;
pub mod paper;
pub mod pdf;
pub mod store;
pub mod timeline;

use jiff::civil::Date;
use portico_wire::{Code, LineId, Timestamp, contracts::Happening};

use crate::{
    Result, audit,
    clock::today,
    db::StudioTx,
    error::Error,
    money::{
        plan::Plan,
        say::{self, Words},
        sums::{self, Discount, DiscountKind, Item, Sums, Tax},
    },
    studios::Studio,
};

/// Lines of one document.
pub const MOST_LINES: usize = 200;

/// A line, as quotes, orders and invoices keep it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Line {
    pub id: LineId,
    pub name: String,
    pub description: Option<String>,
    /// In thousandths.
    pub quantity: i64,
    pub unit: Option<String>,
    pub unit_price: i64,
    pub discount_kind: DiscountKind,
    pub discount_value: i64,
    pub tax_name: Option<String>,
    /// In thousandths of a per cent.
    pub tax_rate: Option<i64>,
}

impl Line {
    pub const fn discount(&self) -> Discount {
        Discount::of(self.discount_kind, self.discount_value)
    }

    pub fn tax(&self) -> Option<Tax> {
        let (name, rate) = (self.tax_name.clone()?, self.tax_rate?);
        Some(Tax { name, rate })
    }

    pub fn item(&self) -> Item {
        Item {
            quantity: self.quantity,
            unit_price: self.unit_price,
            discount: self.discount(),
            tax: self.tax(),
        }
    }
}

/// What a document is, beside its lines.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Terms {
    pub title: String,
    pub currency: String,
    pub language: String,
    pub tax_inclusive: bool,
    pub discount_kind: DiscountKind,
    pub discount_value: i64,
    /// Markdown, above the lines.
    pub intro: Option<String>,
    /// Markdown, below them.
    pub terms: Option<String>,
    #[sqlx(json)]
    pub plan: Plan,
}

impl Terms {
    pub const fn discount(&self) -> Discount {
        Discount::of(self.discount_kind, self.discount_value)
    }

    pub fn words(&self) -> &'static Words {
        say::words(&self.language)
    }

    pub fn money(&self, minor: i64) -> String {
        self.words().money(minor, &self.currency)
    }

    pub fn sums<'a>(&self, lines: impl IntoIterator<Item = &'a Line>) -> Result<Sums> {
        let items: Vec<Item> = lines.into_iter().map(Line::item).collect();
        sums::sums(&items, self.tax_inclusive, self.discount())
            .map_err(|wrong| Error::refused(Code::Invalid, wrong.text()))
    }
}

/// The day it is at the studio.
pub fn day(now: Timestamp, studio: &Studio) -> Result<Date> {
    today(now, &studio.time_zone)
        .parse()
        .map_err(Error::internal)
}

/// What happened to a quote, order or invoice, the oldest first, in the portal's words: "sent", "opened", ….
pub async fn log(tx: &mut StudioTx, kind: &'static str, id: uuid::Uuid) -> Result<Vec<Happening>> {
    const TOLD: &[&str] = &[
        "sent", "opened", "accepted", "declined", "expired", "voided", "reminded", "made", "issued",
    ];
    let entries = audit::timeline(tx, kind, id, 200).await?;
    Ok(entries
        .into_iter()
        .rev()
        .filter_map(|entry| {
            let what = entry.action.strip_prefix(kind)?.trim();
            TOLD.contains(&what).then(|| Happening {
                at: entry.at,
                what: what.to_owned(),
                by: (entry.actor_kind != "system").then_some(entry.actor_name),
            })
        })
        .collect())
}
