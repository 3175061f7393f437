//! Sessions: opaque random tokens, bound to a studio and an origin, replaced while they are used.

use portico_wire::{
    ClientId, ContactId, Rights, SessionId, Settings, StudioId, Timestamp, studios::Support,
};

use super::{IDLE_SECONDS, OVERLAP_SECONDS, STAY_SECONDS, TOKEN_SECONDS, store};
use crate::{
    App, Result, clients,
    db::StudioTx,
    error::Error,
    portal_editor::Layout,
    scope::{Caller, StudioScope},
    secrets::Secret,
    studios::{self, Subscription},
    web::origin::Origin,
};

/// A token's session with everything that decides whether it still counts.
#[derive(sqlx::FromRow)]
pub struct Found {
    pub studio_id: StudioId,
    pub session_id: SessionId,
    pub contact_id: ContactId,
    pub client_id: ClientId,
    hash: Vec<u8>,
    token_created_at: Timestamp,
    token_used_at: Option<Timestamp>,
    token_ends_at: Option<Timestamp>,
    origin: String,
    stay: bool,
    last_used_at: Timestamp,
    first_name: String,
    last_name: String,
    active: bool,
    portal_enabled: bool,
    #[sqlx(json)]
    contact_rights: Settings,
    #[sqlx(json)]
    client_rights: Settings,
    slug: String,
    studio_name: String,
    pub time_zone: String,
    support_email: Option<String>,
    support_phone: Option<String>,
    studio_open: bool,
    subscription: Subscription,
    #[sqlx(json)]
    studio_rights: Settings,
    /// The staff member who looks at the portal as the contact sees it.
    pub viewed_by: Option<String>,
    /// The look is at the portal as staff arrange it, before they publish it.
    pub shows_draft: bool,
    /// When a look ends, whatever happens.
    ends_at: Option<Timestamp>,
    /// Whoever looks still works for the studio.
    allowed: bool,
}

impl Found {
    pub fn contact_name(&self) -> String {
        crate::clients::full_name(&self.first_name, &self.last_name)
    }

    pub fn rights(&self) -> Rights {
        self.rights_in(&self.studio_rights)
    }

    /// As the draft of the portal switches its sections.
    pub fn rights_of_draft(&self, draft: &Layout) -> Rights {
        self.rights_in(&draft.rights(&self.studio_rights))
    }

    fn rights_in(&self, studio: &Settings) -> Rights {
        Rights::resolve(studio, &self.client_rights, &self.contact_rights)
    }

    pub fn support(&self) -> Support {
        Support {
            name: self.studio_name.clone(),
            email: self.support_email.clone(),
            phone: self.support_phone.clone(),
        }
    }

    /// Whether the session counts for this address, page and moment.
    pub fn check(&self, slug: &str, origin: &Origin, now: Timestamp) -> Result<()> {
        let idle = if self.stay {
            STAY_SECONDS
        } else {
            IDLE_SECONDS
        };
        if self.token_ends_at.is_some_and(|end| end <= now)
            || self.last_used_at.plus_seconds(idle) <= now
            || self.ends_at.is_some_and(|end| end <= now)
            || !self.allowed
        {
            return Err(Error::session_ended());
        }
        if self.slug != slug {
            return Err(Error::not_found());
        }
        if self.origin != origin.as_str() {
            return Err(Error::session_ended());
        }
        if let Some((code, detail)) = studios::lock(self.subscription, self.studio_open) {
            return Err(Error::refused(code, detail));
        }
        if !self.active || !self.portal_enabled {
            return Err(Error::session_ended());
        }
        Ok(())
    }

    /// Whether the session counts at this moment, wherever the request comes from: for addresses that carry what
    /// they may do.
    pub fn check_alive(&self, now: Timestamp) -> Result<()> {
        let origin = Origin::parse(&self.origin).ok_or_else(Error::session_ended)?;
        self.check(&self.slug, &origin, now)
    }

    /// Whether its use is to be written down, or its token is old: [`keep`] is called for both.
    pub fn wants_keeping(&self, now: Timestamp) -> bool {
        self.wants_touch(now) || self.wants_new_token(now)
    }

    /// The token was never used before, or its session was not touched for a minute.
    fn wants_touch(&self, now: Timestamp) -> bool {
        self.token_used_at.is_none() || now.seconds_since(self.last_used_at) > 60
    }

    fn wants_new_token(&self, now: Timestamp) -> bool {
        self.token_ends_at.is_none() && now.seconds_since(self.token_created_at) >= TOKEN_SECONDS
    }
}

/// A signed-in device begins: the token to hand out, and the session's id.
pub async fn open(
    tx: &mut StudioTx,
    contact: ContactId,
    caller: &Caller,
    stay: bool,
) -> Result<(Secret, SessionId)> {
    let (token, id) = (Secret::random(), tx.id());
    store::insert_session(tx, id, contact, caller, stay).await?;
    store::insert_token(tx, id, &token.hash()).await?;
    Ok((token, id))
}

/// Notes that the session is used, and replaces a token that has been used for an hour. The old
/// one lives until the new one is seen and a minute longer: a reply that is lost on the way costs nobody
/// the session.
pub async fn keep(
    app: &App,
    found: &Found,
    caller: &Caller,
    now: Timestamp,
) -> Result<Option<Secret>> {
    let (touch, replace) = (found.wants_touch(now), found.wants_new_token(now));
    let mut tx = app.db.write(&StudioScope::of(found.studio_id)).await?;
    let mut next = None;
    if touch {
        store::touch_session(&mut tx, found.session_id, caller).await?;
        clients::store::note_activity(&mut tx, found.contact_id, now).await?;
        if found.token_used_at.is_none() {
            let end = now.plus_seconds(OVERLAP_SECONDS);
            store::take_over(&mut tx, found.session_id, &found.hash, end).await?;
        }
    }
    if replace {
        let token = Secret::random();
        let since = now.plus_seconds(-OVERLAP_SECONDS);
        if store::insert_next_token(&mut tx, found.session_id, &token.hash(), since).await? {
            next = Some(token);
        }
    }
    tx.commit().await?;
    Ok(next)
}

/// "Chrome on Android", from a user agent; good enough to recognise one's own devices.
pub fn device_name(user_agent: &str) -> String {
    let has = |part: &str| user_agent.contains(part);
    let browser = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]
    .into_iter()
    .find_map(|(mark, name)| has(mark).then_some(name));
    let system = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Macintosh", "Mac"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]
    .into_iter()
    .find_map(|(mark, name)| has(mark).then_some(name));
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.into(),
        (None, None) => "Unknown device".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a23_devices_have_names_people_know() {
        for (user_agent, name) in [
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 180 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox on Mac",
            ),
            ("curl/8", "Unknown device"),
        ] {
            assert_eq!(device_name(user_agent), name);
        }
    }
}
