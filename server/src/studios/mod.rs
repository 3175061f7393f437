//! Studios: the tenant, its settings, its websites, and whether its portal is open.

pub mod admin;
pub mod logo;
pub mod look;
mod look_form;
pub mod overview;
pub mod settings;
pub mod store;
pub mod website;
pub mod website_help;

use std::{collections::HashSet, sync::Arc};

use portico_wire::{
    Code, Settings, StudioId, Timestamp,
    studios::{Brand, Locked, Scheme, Start, StudioSettings, Support},
};

use crate::{
    App, Result,
    audit::{self, Actor, Change, Subject},
    db::StudioTx,
    domains, embed,
    error::{Error, ResultExt as _},
    scope::StudioScope,
    web::origin::Origin,
};

/// Words that are addresses of the host's own, so no studio can be called by them.
const RESERVED: &[&str] = &[
    "admin",
    "api",
    "assets",
    "calendar",
    "dev",
    "embed",
    "embed.js",
    "favicon.ico",
    "feed",
    "files",
    "gate",
    "healthz",
    "login",
    "metrics",
    "portal",
    "client-portal",
    "readyz",
    "robots.txt",
    "static",
    "tls",
    "verify",
    "webhooks",
    "well-known",
    "www",
];

/// The state of the studio's own subscription to the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subscription {
    Active,
    /// "Error 102": a payment failed.
    PastDue,
    /// "Error 101": it ran out.
    Expired,
}

impl Subscription {
    pub const ALL: &[Self] = &[Self::Active, Self::PastDue, Self::Expired];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::PastDue => "past_due",
            Self::Expired => "expired",
        }
    }

    /// What the portal answers while the subscription is in this state.
    pub const fn lock(self) -> Option<(Code, &'static str)> {
        match self {
            Self::Active => None,
            Self::PastDue => Some((
                Code::SubscriptionPastDue,
                "This client portal is paused because a payment for it did not go through. Please contact the studio.",
            )),
            Self::Expired => Some((
                Code::SubscriptionExpired,
                "This client portal is paused because its subscription has run out. Please contact the studio.",
            )),
        }
    }
}

portico_wire::text_column!(Subscription);

/// The columns of a studio, also as part of a larger row.
#[derive(sqlx::FromRow)]
pub struct StudioRow {
    id: StudioId,
    slug: String,
    name: String,
    version: i64,
    portal_enabled: bool,
    passwords: bool,
    private_wording: bool,
    generate_passwords: bool,
    activates_portal: bool,
    start: Start,
    welcome: Option<String>,
    accent: Option<String>,
    scheme: Option<Scheme>,
    radius: Option<i64>,
    font: Option<String>,
    logo_url: Option<String>,
    language: String,
    time_zone: String,
    country: String,
    currency: String,
    support_email: Option<String>,
    support_phone: Option<String>,
    portal_url: Option<String>,
    #[sqlx(json)]
    rights: Settings,
    subscription: Subscription,
    paid_until: Option<Timestamp>,
}

/// A studio and its settings.
#[derive(Debug, Clone, PartialEq)]
pub struct Studio {
    pub scope: StudioScope,
    pub slug: String,
    pub name: String,
    /// Raised by every change, so that of two people editing at once the later one is told.
    pub version: i64,
    /// The master switch.
    pub portal_enabled: bool,
    pub passwords: bool,
    /// One neutral sentence for every failed sign-in.
    pub private_wording: bool,
    /// A password is made for every new contact, and mailed to it.
    pub generate_passwords: bool,
    /// Sending a contract, or another document, lets in a contact who was never invited.
    pub activates_portal: bool,
    pub start: Start,
    pub welcome: Option<String>,
    /// `#rrggbb`
    pub accent: Option<String>,
    /// Light or dark whatever the visitor's device says.
    pub scheme: Option<Scheme>,
    /// Of corners, in pixels.
    pub radius: Option<i64>,
    /// Families as a style sheet writes them, or `page`.
    pub font: Option<String>,
    pub logo_url: Option<String>,
    /// BCP 47
    pub language: String,
    /// IANA
    pub time_zone: String,
    /// ISO 3166-1 alpha-2
    pub country: String,
    /// ISO 4217
    pub currency: String,
    pub support_email: Option<String>,
    pub support_phone: Option<String>,
    /// The page of the studio's own site that links lead to; absent: the hosted page.
    pub portal_url: Option<String>,
    /// Sections and rights: the studio's defaults.
    pub rights: Settings,
    pub subscription: Subscription,
    pub paid_until: Option<Timestamp>,
}

impl From<StudioRow> for Studio {
    fn from(row: StudioRow) -> Self {
        Self {
            scope: StudioScope::of(row.id),
            slug: row.slug,
            name: row.name,
            version: row.version,
            portal_enabled: row.portal_enabled,
            passwords: row.passwords,
            private_wording: row.private_wording,
            generate_passwords: row.generate_passwords,
            activates_portal: row.activates_portal,
            start: row.start,
            welcome: row.welcome,
            accent: row.accent,
            scheme: row.scheme,
            radius: row.radius,
            font: row.font,
            logo_url: row.logo_url,
            language: row.language,
            time_zone: row.time_zone,
            country: row.country,
            currency: row.currency,
            support_email: row.support_email,
            support_phone: row.support_phone,
            portal_url: row.portal_url,
            rights: row.rights,
            subscription: row.subscription,
            paid_until: row.paid_until,
        }
    }
}

impl AsRef<StudioScope> for Studio {
    fn as_ref(&self) -> &StudioScope {
        &self.scope
    }
}

/// Why a portal with these switches cannot be entered; a lapsed subscription comes first.
pub fn lock(subscription: Subscription, portal_enabled: bool) -> Option<(Code, &'static str)> {
    subscription.lock().or((!portal_enabled).then_some((
        Code::PortalClosed,
        "The client portal is closed at the moment. Please contact the studio.",
    )))
}

impl Studio {
    /// A new studio as `portico studio create` makes it.
    pub fn new(scope: StudioScope, slug: Slug, name: String) -> Self {
        Self {
            scope,
            slug: slug.0,
            name,
            version: 1,
            portal_enabled: true,
            passwords: true,
            private_wording: false,
            generate_passwords: false,
            activates_portal: true,
            start: Start::Form,
            welcome: None,
            accent: None,
            scheme: None,
            radius: None,
            font: None,
            logo_url: None,
            language: "en".into(),
            time_zone: "UTC".into(),
            country: "US".into(),
            currency: "USD".into(),
            support_email: None,
            support_phone: None,
            portal_url: None,
            rights: Settings::default(),
            subscription: Subscription::Active,
            paid_until: None,
        }
    }

    pub fn check_open(&self) -> Result<()> {
        match lock(self.subscription, self.portal_enabled) {
            None => Ok(()),
            Some((code, detail)) => Err(Error::refused(code, detail)),
        }
    }

    pub fn support(&self) -> Support {
        Support {
            name: self.name.clone(),
            email: self.support_email.clone(),
            phone: self.support_phone.clone(),
        }
    }

    /// The hosted page of the portal.
    pub fn hosted_url(&self, host: &Origin) -> String {
        format!("{host}/{}/client-portal", self.slug)
    }

    /// Where links in mails lead: the page staff chose, else the hosted one.
    pub fn portal_address(&self, host: &Origin) -> String {
        self.portal_url
            .clone()
            .unwrap_or_else(|| self.hosted_url(host))
    }

    /// The portal, opened at one of its places, such as `messages/cnv_…`.
    pub fn portal_place(&self, host: &Origin, path: &str) -> String {
        format!("{}#portico-open={path}", self.portal_address(host))
    }

    /// What anybody may know.
    pub fn settings(&self, host: &Origin) -> StudioSettings {
        StudioSettings {
            studio: self.slug.clone(),
            name: self.name.clone(),
            welcome: self.welcome.clone(),
            // Our own files have no host in the database: it may change.
            logo_url: self.logo_url.as_ref().map(|url| {
                let host = if url.starts_with('/') {
                    host.as_str()
                } else {
                    ""
                };
                format!("{host}{url}")
            }),
            brand: self.brand(),
            start: self.start,
            passwords: self.passwords,
            language: self.language.clone(),
            support: self.support(),
            hosted_url: self.hosted_url(host),
            locked: lock(self.subscription, self.portal_enabled).map(|(code, detail)| Locked {
                code,
                title: code.title().into(),
                detail: detail.into(),
            }),
        }
    }
}

impl Studio {
    fn brand(&self) -> Brand {
        let mut brand = Brand {
            accent: self.accent.clone(),
            scheme: self.scheme,
            radius: self.radius.and_then(|px| u8::try_from(px).ok()),
            font: self.font.clone(),
            sheet: String::new(),
        };
        brand.sheet = look::sheet(&brand);
        brand
    }
}

/// A studio's word in addresses: 2 to 40 of a-z, 0-9 and single dashes, and not one of the host's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slug(String);

impl Slug {
    pub fn parse(text: &str) -> Result<Self> {
        let shape = (2..=40).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-')
            && !text.contains("--");
        if !shape {
            return Err(Error::invalid(
                "slug",
                "Use 2 to 40 small letters, digits and single dashes.",
            ));
        }
        if RESERVED.contains(&text) {
            return Err(Error::invalid(
                "slug",
                "This word is an address of the host itself. Please choose another.",
            ));
        }
        Ok(Self(text.into()))
    }
}

/// A studio's list of websites; `None` where there is no such studio.
pub type Origins = Option<Arc<HashSet<String>>>;

/// Whether a page of this origin may show the studio's portal. The list is kept for five seconds.
pub async fn origin_is_listed(app: &App, slug: &str, origin: &Origin) -> Result<bool> {
    Ok(origins(app, slug)
        .await?
        .is_some_and(|list| list.contains(origin.as_str())))
}

/// The list behind a slug, asked for at most every five seconds.
pub async fn origins(app: &App, slug: &str) -> Result<Origins> {
    if slug.len() > 40 {
        return Ok(None);
    }
    app.origins
        .try_get_with(slug.to_owned(), async {
            // System: CORS is decided before anybody is signed in.
            let mut tx = app.db.system_read().await?;
            let list = store::origins_by_slug(&mut tx, slug).await?;
            let below = domains::below(app, slug).map(|origin| origin.as_str().to_owned());
            Ok::<_, Error>(list.map(|list| Arc::new(list.into_iter().chain(below).collect())))
        })
        .await
        .map_err(|e| Error::internal(e.to_string()))
}

/// Stores a new studio and its websites, each with its `www` twin.
pub async fn create(
    tx: &mut StudioTx,
    studio: &Studio,
    websites: &[String],
    actor: &Actor,
) -> Result<()> {
    let taken = || Error::invalid("slug", "There is a studio of this name already.");
    store::insert(tx, studio).await.on_unique(taken)?;
    for website in websites {
        add_website(tx, website).await?;
    }
    let change = Change::made(&serde_json::json!({ "name": studio.name, "websites": websites }))?;
    audit::append(
        tx,
        actor,
        "studio created",
        Subject("studio", None),
        change,
        "-",
    )
    .await
}

/// Lists a website as a person typed it, and its `www` twin; the origin listed.
pub async fn add_website(tx: &mut StudioTx, website: &str) -> Result<Origin> {
    let origin = Origin::from_person(website).ok_or_else(|| {
        Error::invalid(
            "website",
            "This does not look like the address of a website, such as www.example.com.",
        )
    })?;
    let twin = origin.www_twin();
    for origin in [Some(&origin), twin.as_ref()].into_iter().flatten() {
        store::add_origin(tx, origin).await?;
        embed::store::forget_refusals(tx, origin.as_str()).await?;
    }
    Ok(origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hosts_own_addresses_cannot_be_studio_names() {
        for word in [
            "admin", "api", "verify", "login", "Demo", "a", "-a", "a-", "a--b", "ä", "a b", "",
        ] {
            assert!(Slug::parse(word).is_err(), "{word}");
        }
        for word in ["demo", "fern-light", "42"] {
            assert!(Slug::parse(word).is_ok(), "{word}");
        }
    }

    #[test]
    fn a_lapsed_subscription_is_named_before_the_master_switch() {
        assert_eq!(lock(Subscription::Active, true), None);
        assert_eq!(
            lock(Subscription::Active, false).map(|(code, _)| code),
            Some(Code::PortalClosed)
        );
        assert_eq!(
            lock(Subscription::Expired, false).map(|(code, _)| code.title()),
            Some("Error 101")
        );
        assert_eq!(
            lock(Subscription::PastDue, true).map(|(code, _)| code.title()),
            Some("Error 102")
        );
    }
}
