//! Whom an invoice names, with what a mail needs.

use portico_wire::{ContactId, InvoiceId, Settings};

use crate::{
    Result,
    access::reach::State,
    db::{StudioTx, execute, fetch_all},
};

/// Somebody an invoice names; who cannot come in has no `email`.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Reader {
    pub id: ContactId,
    pub first_name: String,
    pub last_name: String,
    pub email: Option<String>,
    pub state: State,
    #[sqlx(json)]
    pub rights: Settings,
    #[sqlx(json)]
    pub client_rights: Settings,
}

/// It names somebody from now on.
pub async fn name(tx: &mut StudioTx, invoice: InvoiceId, contact: ContactId) -> Result<()> {
    execute!(
        tx,
        "insert into invoice_contacts (studio_id, invoice_id, contact_id) values ($1, $2, $3)",
        invoice,
        contact,
    )?;
    Ok(())
}

pub async fn readers(tx: &mut StudioTx, invoice: InvoiceId) -> Result<Vec<Reader>> {
    fetch_all!(
        tx,
        Reader,
        "select k.id, k.first_name, k.last_name, case when k.active and cl.portal_enabled then k.email end as email,
                k.access_state as state, k.rights, cl.rights as client_rights
         from invoice_contacts c
         join contacts k on k.studio_id = c.studio_id and k.id = c.contact_id
         join clients cl on cl.studio_id = k.studio_id and cl.id = k.client_id
         where c.studio_id = $1 and c.invoice_id = $2 order by k.first_name, k.id",
        invoice,
    )
}
