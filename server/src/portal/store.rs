//! The SQL of the first screen.

use portico_wire::{
    ContactId, Rights, Settings,
    access::Me,
    clients::ClientKind,
    portal::{Home, HomeClient},
    studios::StudioSettings,
};

use crate::{
    Result,
    db::{StudioTx, fetch_optional},
};

#[derive(sqlx::FromRow)]
pub struct Person {
    id: ContactId,
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

impl Person {
    pub fn home(self, studio: StudioSettings, studio_rights: &Settings) -> Home {
        Home {
            studio,
            rights: Rights::resolve(studio_rights, &self.client_rights, &self.contact_rights),
            me: Me {
                id: self.id,
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

pub async fn person(tx: &mut StudioTx, contact: ContactId) -> Result<Option<Person>> {
    fetch_optional!(
        tx,
        Person,
        "select c.id, c.first_name, c.last_name, c.email, c.password_hash is not null as has_password,
                cl.name as client_name, cl.kind, c.rights as contact_rights, cl.rights as client_rights
         from contacts c join clients cl on cl.studio_id = c.studio_id and cl.id = c.client_id
         where c.studio_id = $1 and c.id = $2",
        contact,
    )
}
