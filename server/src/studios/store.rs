//! The only SQL about studios and their websites.

use portico_wire::Timestamp;
use sqlx::types::Json;

use super::{Studio, StudioRow, Subscription};
use crate::{
    Result,
    db::{StudioTx, Tx, execute, fetch_all, fetch_one, fetch_optional, scalar},
    web::origin::Origin,
};

pub async fn find_by_slug(tx: &mut Tx, slug: &str) -> Result<Option<Studio>> {
    let row = fetch_optional!(
        tx,
        StudioRow,
        "select id, slug, name, version, portal_enabled, passwords, private_wording, start, welcome, accent, logo_url,
                language, time_zone, country, currency, support_email, support_phone, portal_url, rights, subscription,
                paid_until, generate_passwords, activates_portal, scheme, radius, font
         from studios where slug = $1",
        slug,
    )?;
    Ok(row.map(Into::into))
}

pub async fn get(tx: &mut StudioTx) -> Result<Studio> {
    let row = fetch_one!(
        tx,
        StudioRow,
        "select id, slug, name, version, portal_enabled, passwords, private_wording, start, welcome, accent, logo_url,
                language, time_zone, country, currency, support_email, support_phone, portal_url, rights, subscription,
                paid_until, generate_passwords, activates_portal, scheme, radius, font
         from studios where id = $1",
    )?;
    Ok(row.into())
}

pub async fn insert(tx: &mut StudioTx, studio: &Studio) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into studios (id, slug, name, version, portal_enabled, passwords, private_wording, start, welcome,
                accent, logo_url, language, time_zone, country, currency, support_email, support_phone, portal_url,
                rights, subscription, paid_until, created_at, updated_at, generate_passwords,
                activates_portal, scheme, radius, font)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $22,
                $23, $24, $25, $26, $27)",
        &studio.slug,
        &studio.name,
        studio.version,
        studio.portal_enabled,
        studio.passwords,
        studio.private_wording,
        studio.start,
        &studio.welcome,
        &studio.accent,
        &studio.logo_url,
        &studio.language,
        &studio.time_zone,
        &studio.country,
        &studio.currency,
        &studio.support_email,
        &studio.support_phone,
        &studio.portal_url,
        Json(&studio.rights),
        studio.subscription,
        studio.paid_until,
        now,
        studio.generate_passwords,
        studio.activates_portal,
        studio.scheme,
        studio.radius,
        &studio.font,
    )?;
    Ok(())
}

/// Saves the settings if nobody saved others since `studio.version` was read; false otherwise.
pub async fn save_settings(tx: &mut StudioTx, studio: &Studio) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update studios set name = $3, portal_enabled = $4, passwords = $5, private_wording = $6, start = $7,
                welcome = $8, accent = $9, logo_url = $10, language = $11, time_zone = $12, country = $13,
                currency = $14, support_email = $15, support_phone = $16, portal_url = $17, rights = $18,
                updated_at = $19, generate_passwords = $20, activates_portal = $21, scheme = $22, radius = $23,
                font = $24, version = version + 1
         where id = $1 and version = $2",
        studio.version,
        &studio.name,
        studio.portal_enabled,
        studio.passwords,
        studio.private_wording,
        studio.start,
        &studio.welcome,
        &studio.accent,
        &studio.logo_url,
        &studio.language,
        &studio.time_zone,
        &studio.country,
        &studio.currency,
        &studio.support_email,
        &studio.support_phone,
        &studio.portal_url,
        Json(&studio.rights),
        now,
        studio.generate_passwords,
        studio.activates_portal,
        studio.scheme,
        studio.radius,
        &studio.font,
    )?;
    Ok(rows == 1)
}

pub async fn save_logo(tx: &mut StudioTx, url: Option<&str>) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update studios set logo_url = $2, updated_at = $3, version = version + 1 where id = $1",
        url,
        now,
    )?;
    Ok(())
}

pub async fn save_subscription(
    tx: &mut StudioTx,
    state: Subscription,
    paid_until: Option<Timestamp>,
) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update studios set subscription = $2, paid_until = $3, updated_at = $4 where id = $1",
        state,
        paid_until,
        now,
    )?;
    Ok(())
}

pub async fn origins(tx: &mut StudioTx) -> Result<Vec<String>> {
    let rows = fetch_all!(
        tx,
        (String,),
        "select origin from studio_origins where studio_id = $1 order by origin",
    )?;
    Ok(rows.into_iter().map(|(origin,)| origin).collect())
}

pub async fn add_origin(tx: &mut StudioTx, origin: &Origin) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into studio_origins (studio_id, origin, created_at) values ($1, $2, $3)
         on conflict (studio_id, origin) do nothing",
        origin.as_str(),
        now,
    )?;
    Ok(())
}

pub async fn remove_origin(tx: &mut StudioTx, origin: &str) -> Result<bool> {
    let rows = execute!(
        tx,
        "delete from studio_origins where studio_id = $1 and origin = $2",
        origin
    )?;
    Ok(rows == 1)
}

/// The websites of the studio with this slug; `None` where there is no such studio.
pub async fn origins_by_slug(tx: &mut Tx, slug: &str) -> Result<Option<Vec<String>>> {
    let rows = fetch_all!(
        tx,
        (Option<String>,),
        "select o.origin from studios s left join studio_origins o on o.studio_id = s.id where s.slug = $1",
        slug,
    )?;
    Ok((!rows.is_empty()).then(|| rows.into_iter().filter_map(|(origin,)| origin).collect()))
}

/// How far a studio has come with its first client; those of staff who try the portal do not count.
#[derive(Debug, sqlx::FromRow)]
pub struct Reached {
    pub snippet_seen: bool,
    pub client: bool,
    pub invited: bool,
    pub signed_in: bool,
}

pub async fn reached(tx: &mut StudioTx) -> Result<Reached> {
    fetch_one!(
        tx,
        Reached,
        "select exists (select 1 from embed_pages where studio_id = $1 and sight = 'seen') as snippet_seen,
                exists (select 1 from portal_users where studio_id = $1 and test_of is null) as client,
                exists (select 1 from portal_users
                        where studio_id = $1 and test_of is null and invited_at is not null) as invited,
                exists (select 1 from portal_users
                        where studio_id = $1 and test_of is null and last_sign_in_at is not null) as signed_in",
    )
}

pub async fn count(tx: &mut Tx) -> Result<i64> {
    scalar!(tx, i64, "select count(*) from studios")
}
