//! The SQL of the first screen.

use portico_wire::{
    ContactId, Rights, Settings,
    access::Me,
    clients::ClientKind,
    portal::{Home, HomeClient},
};

use crate::{
    Result,
    db::{StudioTx, fetch_optional},
    studios::{Studio, StudioRow},
    web::origin::Origin,
};

/// A contact with its client and studio: all of home in one row.
#[derive(sqlx::FromRow)]
pub struct HomeRow {
    #[sqlx(flatten)]
    studio: StudioRow,
    contact_id: ContactId,
    first_name: String,
    last_name: String,
    email: Option<String>,
    has_password: bool,
    client_name: String,
    kind: ClientKind,
    #[sqlx(json)]
    contact_rights: Settings,
    #[sqlx(json)]
    client_rights: Settings,
}

impl HomeRow {
    pub fn home(self, host: &Origin) -> Home {
        let studio = Studio::from(self.studio);
        Home {
            rights: Rights::resolve(&studio.rights, &self.client_rights, &self.contact_rights),
            studio: studio.settings(host),
            me: Me {
                id: self.contact_id,
                first_name: self.first_name,
                last_name: self.last_name,
                email: self.email.unwrap_or_default(),
                has_password: self.has_password,
            },
            client: HomeClient {
                name: self.client_name,
                kind: self.kind,
            },
            viewed_by: None,
        }
    }
}

pub async fn home(tx: &mut StudioTx, contact: ContactId) -> Result<Option<HomeRow>> {
    fetch_optional!(
        tx,
        HomeRow,
        "select st.id, st.slug, st.name, st.version, st.portal_enabled, st.passwords, st.private_wording, st.start,
                st.welcome, st.accent, st.logo_url, st.language, st.time_zone, st.country, st.currency,
                st.support_email, st.support_phone, st.portal_url, st.rights, st.subscription, st.paid_until,
                st.generate_passwords, st.activates_portal,
                c.id as contact_id, c.first_name, c.last_name, c.email, c.password_hash is not null as has_password,
                cl.name as client_name, cl.kind, c.rights as contact_rights, cl.rights as client_rights
         from contacts c
         join clients cl on cl.studio_id = c.studio_id and cl.id = c.client_id
         join studios st on st.id = c.studio_id
         where c.studio_id = $1 and c.id = $2",
        contact,
    )
}
