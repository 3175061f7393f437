//! Quotes and orders in the portal: what is offered, choosing and accepting, what was bought.

use serde::{Deserialize, Serialize};

use crate::{LineId, OrderId, QuoteId, Timestamp, papers::Node};

/// Where a quote stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum QuoteState {
    /// Never in the portal.
    Draft,
    Sent,
    Opened,
    Accepted,
    Declined,
    Expired,
    Voided,
}

impl QuoteState {
    pub const ALL: &[Self] = &[
        Self::Draft,
        Self::Sent,
        Self::Opened,
        Self::Accepted,
        Self::Declined,
        Self::Expired,
        Self::Voided,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Sent => "sent",
            Self::Opened => "opened",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Expired => "expired",
            Self::Voided => "voided",
        }
    }

    /// It can still be accepted or declined.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Sent | Self::Opened)
    }
}

#[cfg(feature = "server")]
crate::text_column!(QuoteState);

/// `GET quotes`: the section Quotes and Orders.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Sales {
    /// Those that wait for an answer first; the others only where the studio shows history.
    pub quotes: Vec<ListedQuote>,
    /// The latest first.
    pub orders: Vec<ListedOrder>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ListedQuote {
    pub id: QuoteId,
    /// As the studio counts its quotes, `Q-2026-0007`.
    pub number: String,
    pub title: String,
    pub state: QuoteState,
    pub total: Money,
    pub sent_at: Timestamp,
    /// The last day it can be accepted on, by the studio's calendar, `2027-05-22`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ListedOrder {
    pub id: OrderId,
    pub number: String,
    pub title: String,
    pub total: Money,
    pub made_at: Timestamp,
}

/// An amount in the minor unit of its currency (cents of USD, yen of JPY).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Money {
    pub minor: i64,
    /// ISO 4217, `USD`.
    #[cfg_attr(feature = "server", schema(min_length = 3, max_length = 3))]
    pub currency: String,
    /// Digits of the minor unit by ISO 4217: 2 for USD, 0 for JPY, 3 for KWD.
    pub digits: u8,
}

/// `GET quotes/{id}`, `POST quotes/{id}/price` and `POST quotes/{id}/decline`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Quote {
    #[serde(flatten)]
    pub listed: ListedQuote,
    /// What stands above the lines.
    pub intro: Vec<Node>,
    pub lines: Vec<QuoteLine>,
    /// Subtotal, discounts, each tax, the total: what is chosen now.
    pub totals: Vec<TotalLine>,
    /// What is due when, once it is accepted as it is chosen now.
    pub plan: Vec<Instalment>,
    /// What stands below the lines.
    pub terms: Vec<Node>,
    /// Raised by every change of the studio's; goes back with the answer.
    pub version: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What it became.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderId>,
    /// Where the PDF is saved from; absent while it is being made. It lives as long as the session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pdf: Option<String>,
    pub log: Vec<crate::contracts::Happening>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct QuoteLine {
    pub id: LineId,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// As it is read, "2", "1.5 h".
    pub quantity: String,
    pub unit_price: Money,
    /// Of the line, its discount taken off.
    pub amount: Money,
    /// The client chooses whether it is bought.
    pub optional: bool,
    pub chosen: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct TotalLine {
    /// In the contact's language: "Subtotal", "VAT 20 %", "Total".
    pub label: String,
    pub amount: Money,
    /// The one that is paid.
    pub total: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Instalment {
    /// "Deposit", "Balance".
    pub label: String,
    /// By the studio's calendar, `2027-05-22`.
    pub due: String,
    pub amount: Money,
}

/// `POST quotes/{id}/price`: what it comes to with these optional lines. Nothing is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Choose {
    #[cfg_attr(feature = "server", schema(max_items = 200))]
    pub chosen: Vec<LineId>,
}

/// `POST quotes/{id}/accept`, answered by the [`Order`]; the header `Idempotency-Key` names the act.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Accept {
    #[cfg_attr(feature = "server", schema(max_items = 200))]
    pub chosen: Vec<LineId>,
    /// The version and the total that were shown.
    pub version: i64,
    pub total: i64,
}

/// `GET orders/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Order {
    #[serde(flatten)]
    pub listed: ListedOrder,
    pub quote: QuoteId,
    /// The order to read and to print: lines, totals, payment plan, terms.
    pub paper: Vec<Node>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pdf: Option<String>,
    pub log: Vec<crate::contracts::Happening>,
}
