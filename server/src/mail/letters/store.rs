//! The only SQL about mail templates and the mails staff write.

use portico_wire::{ClientId, ContactId, MailId, MailTemplateId, Timestamp};
use serde_json::Value;

use super::{Purpose, Template, forms::Words};
use crate::{
    Result,
    access::reach::State,
    db::{StudioTx, execute, fetch_all, fetch_optional, scalar},
};

/// Templates by purpose and name.
pub async fn templates(tx: &mut StudioTx) -> Result<Vec<Template>> {
    fetch_all!(
        tx,
        Template,
        "select id, purpose, name, subject, body, version from mail_templates
         where studio_id = $1 order by purpose, name, id limit 1000",
    )
}

pub async fn count(tx: &mut StudioTx) -> Result<i64> {
    scalar!(
        tx,
        i64,
        "select count(*) from mail_templates where studio_id = $1"
    )
}

pub async fn template(tx: &mut StudioTx, id: MailTemplateId) -> Result<Option<Template>> {
    fetch_optional!(
        tx,
        Template,
        "select id, purpose, name, subject, body, version from mail_templates where studio_id = $1 and id = $2",
        id,
    )
}

/// The studio's own words for one of the portal's mails.
pub async fn wording(tx: &mut StudioTx, purpose: Purpose) -> Result<Option<Template>> {
    fetch_optional!(
        tx,
        Template,
        "select id, purpose, name, subject, body, version from mail_templates
         where studio_id = $1 and purpose = $2 order by id limit 1",
        purpose,
    )
}

pub async fn insert(tx: &mut StudioTx, purpose: Purpose, words: &Words) -> Result<MailTemplateId> {
    let (id, now): (MailTemplateId, _) = (tx.id(), tx.now());
    execute!(
        tx,
        "insert into mail_templates (studio_id, id, purpose, name, subject, body, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, 1, $7, $7)",
        id,
        purpose,
        &words.name,
        &words.subject,
        &words.body,
        now,
    )?;
    Ok(id)
}

/// Saves if nobody saved since `version` was read; false otherwise.
pub async fn save(
    tx: &mut StudioTx,
    id: MailTemplateId,
    version: i64,
    words: &Words,
) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update mail_templates set name = $4, subject = $5, body = $6, updated_at = $7, version = version + 1
         where studio_id = $1 and id = $2 and version = $3",
        id,
        version,
        &words.name,
        &words.subject,
        &words.body,
        now,
    )?;
    Ok(rows == 1)
}

pub async fn delete(tx: &mut StudioTx, id: MailTemplateId) -> Result<bool> {
    let rows = execute!(
        tx,
        "delete from mail_templates where studio_id = $1 and id = $2",
        id
    )?;
    Ok(rows == 1)
}

// People

/// Somebody a letter is about.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Person {
    pub first_name: String,
    pub last_name: String,
    pub email: Option<String>,
    pub client_name: String,
}

/// The contact, also one that was merged since the mail was queued.
pub async fn person(tx: &mut StudioTx, contact: ContactId) -> Result<Option<Person>> {
    fetch_optional!(
        tx,
        Person,
        "select c.first_name, c.last_name, c.email, cl.name as client_name
         from contacts c join clients cl on cl.studio_id = c.studio_id and cl.id = c.client_id
         where c.studio_id = $1 and c.id = $2",
        contact,
    )
}

/// A contact of the client a mail is written to.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Recipient {
    pub id: ContactId,
    pub first_name: String,
    pub last_name: String,
    pub email: Option<String>,
    pub client_name: String,
    pub state: State,
}

pub async fn recipients(tx: &mut StudioTx, client: ClientId) -> Result<Vec<Recipient>> {
    fetch_all!(
        tx,
        Recipient,
        "select id, first_name, last_name, email, client_name, state from portal_users
         where studio_id = $1 and client_id = $2 order by first_name, id limit 200",
        client,
    )
}

// Mails staff wrote

pub struct NewMail<'a> {
    pub id: MailId,
    pub client: ClientId,
    pub staff: portico_wire::StaffId,
    pub staff_name: &'a str,
    pub words: &'a Words,
}

/// False where this mail is there already: the same form was sent before.
pub async fn insert_mail(tx: &mut StudioTx, mail: &NewMail<'_>) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "insert into mails (studio_id, id, client_id, staff_id, staff_name, subject, body, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (studio_id, id) do nothing",
        mail.id,
        mail.client,
        mail.staff,
        mail.staff_name,
        &mail.words.subject,
        &mail.words.body,
        now,
    )?;
    Ok(rows == 1)
}

pub async fn mail_body(tx: &mut StudioTx, mail: MailId) -> Result<Option<String>> {
    let row = fetch_optional!(
        tx,
        (String,),
        "select body from mails where studio_id = $1 and id = $2",
        mail
    )?;
    Ok(row.map(|(body,)| body))
}

/// A mail to a contact of a client, and what became of it.
#[derive(Debug, sqlx::FromRow)]
pub struct Sent {
    pub template: String,
    #[sqlx(json)]
    pub params: Value,
    pub recipient: String,
    pub first_name: String,
    pub last_name: String,
    pub state: String,
    pub last_error: Option<String>,
    pub created_at: Timestamp,
    pub sent_at: Option<Timestamp>,
}

/// The newest mails to a client's contacts; sign-in codes are left out.
pub async fn sent(tx: &mut StudioTx, client: ClientId, most: i64) -> Result<Vec<Sent>> {
    fetch_all!(
        tx,
        Sent,
        "select o.template, o.params, o.recipient, k.first_name, k.last_name, o.state, o.last_error, o.created_at,
                o.sent_at
         from contacts k join outbox o on o.studio_id = k.studio_id and o.contact_id = k.id
         where k.studio_id = $1 and k.client_id = $2 and o.channel = 'email'
           and o.template not in ('code', 'code_proof')
         order by o.id desc limit $3",
        client,
        most,
    )
}
