//! Quotes as a contact sees them.

use portico_wire::{QuoteId, Timestamp, sales::QuoteState};

use super::super::Quote;
use crate::{
    Result,
    db::{StudioTx, fetch_all, fetch_optional},
    forms::store::Viewer,
};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PortalQuote {
    pub id: QuoteId,
    pub number: Option<String>,
    pub title: String,
    pub state: QuoteState,
    pub total: i64,
    pub currency: String,
    pub sent_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub valid_until: Option<String>,
}

/// Those a contact sees, the ones that wait for an answer first; closed ones only with `history`.
pub async fn seen(tx: &mut StudioTx, who: Viewer, history: bool) -> Result<Vec<PortalQuote>> {
    fetch_all!(
        tx,
        PortalQuote,
        "select q.id, q.number, q.title, q.state, q.total, q.currency, q.sent_at, q.created_at, q.valid_until
         from (select c.quote_id as id from quote_contacts c where c.studio_id = $1 and c.contact_id = $2
               union
               select o.id from quotes o where o.studio_id = $1 and o.client_id = $3 and $4) mine
         join quotes q on q.studio_id = $1 and q.id = mine.id
         where q.state in ('sent', 'opened') or q.state <> 'draft' and $5
         order by case when q.state in ('sent', 'opened') then 0 else 1 end, q.sent_at desc, q.id desc limit 200",
        who.contact,
        who.client,
        who.everything,
        history,
    )
}

/// The quote, if it was sent and this contact sees it.
pub async fn find_seen(tx: &mut StudioTx, id: QuoteId, who: Viewer) -> Result<Option<Quote>> {
    fetch_optional!(
        tx,
        Quote,
        "select id, client_id, version, number, state, title, currency, language, tax_inclusive, discount_kind,
                discount_value, intro, terms, plan, valid_until, total, replaces, sent_at, opened_at, closed_at, reason,
                accepted_by, accept_key, chosen, created_at, updated_at
         from quotes q where q.studio_id = $1 and q.id = $2 and q.state <> 'draft'
           and ((q.client_id = $4 and $5) or exists (select 1 from quote_contacts c
                where c.studio_id = q.studio_id and c.quote_id = q.id and c.contact_id = $3))",
        id,
        who.contact,
        who.client,
        who.everything,
    )
}
