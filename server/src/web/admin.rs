//! The frame of every admin page: navigation, studio, who is signed in, notices, and the headers all
//! of them carry.
//!
//! A feature adds its page by a template that extends `web/admin_layout.html`, a handler that ends in
//! [`page`], a route in `app.rs` and, where it belongs into the navigation, a line in [`NAV`].

use axum::{
    extract::State,
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::{Html, IntoResponse as _, Response},
};
use portico_wire::Timestamp;
use serde::Serialize;

use super::{redirect, request};
use crate::{
    App, Result,
    error::Refusal,
    scope::StaffSession,
    staff::{Place, Role},
    studios::Subscription,
};

/// A link of the side navigation.
struct Link {
    label: &'static str,
    path: &'static str,
    /// Who sees it; the page's own extractor decides who may open it.
    least: Role,
    /// The strokes of its icon, drawn in a square of 24.
    icon: &'static str,
}

const BILLING: &str = "/admin/billing";
const MESSAGES: &str = "/admin/messages";

const NAV: &[Link] = &[
    Link {
        label: "Overview",
        path: "/admin",
        least: Role::Member,
        icon: "M4 11.5 12 5l8 6.5V19a1 1 0 0 1-1 1h-4.5v-5.5h-5V20H5a1 1 0 0 1-1-1z",
    },
    Link {
        label: "Clients",
        path: "/admin/clients",
        least: Role::Member,
        icon: "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 19.5c.6-3.3 3-5 6.5-5s5.9 1.7 6.5 5M16 4.8a3.5 3.5 0 0 1 0 6.4M18 14.9c2 .7 3.2 2.2 3.5 4.6",
    },
    Link {
        label: "Messages",
        path: MESSAGES,
        least: Role::Member,
        icon: "M5.500 5h13A1.500 1.500 0 0 1 20 6.500v9a1.500 1.500 0 0 1-1.500 1.500H11l-4.500 3.500V17h-1A1.500 1.500 0 0 1 4 15.500v-9A1.500 1.500 0 0 1 5.500 5zM8 9.500h8M8 12.500h5",
    },
    Link {
        label: "Portal users",
        path: "/admin/portal-users",
        least: Role::Member,
        icon: "M7.5 18.5a4.5 4.5 0 0 1-.6-9 5.5 5.5 0 0 1 10.6 1.6 3.75 3.75 0 0 1-.5 7.4z",
    },
    Link {
        label: "Events",
        path: "/admin/events",
        least: Role::Member,
        icon: "M5 6.500h14A1.500 1.500 0 0 1 20.500 8v11a1.500 1.500 0 0 1-1.500 1.500H5A1.500 1.500 0 0 1 3.500 19V8A1.500 1.500 0 0 1 5 6.500zM3.500 11h17M8 4v4M16 4v4M8 15h3",
    },
    Link {
        label: "Crew",
        path: "/admin/crew",
        least: Role::Member,
        icon: "M4.500 9.500a7.500 7.500 0 0 1 15 0M3 9.500h18M7.500 9.500v1.500a4.500 4.500 0 0 0 9 0V9.500M5 20.500c.8-2.700 3.400-4 7-4s6.200 1.300 7 4M12 2v3",
    },
    Link {
        label: "Forms",
        path: "/admin/forms",
        least: Role::Member,
        icon: "M6.5 3.5h11A1.5 1.5 0 0 1 19 5v14a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 5 19V5a1.5 1.5 0 0 1 1.5-1.5zM8.5 8.5h1M12 8.5h3.5M8.5 12h1M12 12h3.5M8.5 15.5h1M12 15.5h3.5",
    },
    Link {
        label: "Contracts",
        path: "/admin/contracts",
        least: Role::Member,
        icon: "M7 11V5a1.5 1.5 0 0 1 1.5-1.5H15L19.5 8v11a1.5 1.5 0 0 1-1.5 1.5h-5M14.5 3.5V8h5M3.5 20.5l.7-2.900 6.300-6.300 2.200 2.200-6.300 6.300z",
    },
    Link {
        label: "Quotes",
        path: "/admin/quotes",
        least: Role::Member,
        icon: "M6 3.5h8l4.5 4.5V19a1.5 1.5 0 0 1-1.5 1.5H6A1.5 1.5 0 0 1 4.5 19V5A1.5 1.5 0 0 1 6 3.5zM13.5 3.5V8.5H18.5M8.5 14.5l2 2 4-4",
    },
    Link {
        label: "Orders",
        path: "/admin/orders",
        least: Role::Member,
        icon: "M5.5 8h13l-1 11a1.5 1.5 0 0 1-1.5 1.5h-8A1.5 1.5 0 0 1 6.5 19zM8.5 10.5V7.5a3.5 3.5 0 0 1 7 0v3",
    },
    Link {
        label: "Invoices",
        path: "/admin/invoices",
        least: Role::Member,
        icon: "M6 3.5h12v17l-2-1.5-2 1.5-2-1.5-2 1.5-2-1.5-2 1.5zM9 8h6M9 11.5h6M9 15h3.5",
    },
    Link {
        label: "Money",
        path: "/admin/money",
        least: Role::Member,
        icon: "M4 20h16M6.5 16.5v-5M11 16.5v-9M15.500 16.5v-6.500M20 16.5V5",
    },
    Link {
        label: "Payments",
        path: "/admin/payments",
        least: Role::Member,
        icon: "M3.500 7.500a1.500 1.500 0 0 1 1.500-1.500h14a1.500 1.500 0 0 1 1.500 1.500v9a1.500 1.500 0 0 1-1.500 1.500H5a1.500 1.500 0 0 1-1.500-1.500zM12 14.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5zM6.500 12h.5M17 12h.5",
    },
    Link {
        label: "Documents",
        path: "/admin/documents",
        least: Role::Member,
        icon: "M8 3.5h6.5L19 8v9.500a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1v-13a1 1 0 0 1 1-1zM14 3.500V8.500h5M4 7.500v13a1 1 0 0 0 1 1h10",
    },
    Link {
        label: "Mail",
        path: "/admin/mail",
        least: Role::Member,
        icon: "M3.5 7A1.5 1.5 0 0 1 5 5.5h14A1.5 1.5 0 0 1 20.5 7v10a1.5 1.5 0 0 1-1.5 1.5H5A1.5 1.5 0 0 1 3.5 17zM4 7.5l8 5.5 8-5.5",
    },
    Link {
        label: "Automations",
        path: "/admin/automations",
        least: Role::Member,
        icon: "M13 3.5 5.5 13.500H11.500L10.500 20.500 18.500 10.500H12.500z",
    },
    Link {
        label: "Groups",
        path: "/admin/groups",
        least: Role::Manager,
        icon: "M4 7.5A1.5 1.5 0 0 1 5.5 6h4l2 2.5h7A1.5 1.5 0 0 1 20 10v7.5a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 17.5z",
    },
    Link {
        label: "Client fields",
        path: "/admin/fields",
        least: Role::Manager,
        icon: "M4 6.5h16v4H4zM4 14h9v4H4zM16.5 16h4M18.5 14v4",
    },
    Link {
        label: "Portal editor",
        path: "/admin/portal",
        least: Role::Manager,
        icon: "M4 5h16v14H4zM4 9.500h16M9.500 9.500V19M13 13h4M13 16h4",
    },
    Link {
        label: "Website",
        path: "/admin/website",
        least: Role::Manager,
        icon: "M12 20.500a8.500 8.500 0 1 0 0-17 8.500 8.500 0 0 0 0 17zM3.500 12h17M12 3.500c2.500 2.500 3.500 5.500 3.500 8.500s-1 6-3.500 8.500c-2.500-2.500-3.500-5.500-3.500-8.500s1-6 3.500-8.500z",
    },
    Link {
        label: "Settings",
        path: "/admin/settings",
        least: Role::Manager,
        icon: "M4 8h9m5 0h2M4 16h2m5 0h9M13 8a2.5 2.5 0 1 0 5 0 2.5 2.5 0 0 0-5 0zM6 16a2.5 2.5 0 1 0 5 0 2.5 2.5 0 0 0-5 0z",
    },
    Link {
        label: "Billing",
        path: BILLING,
        least: Role::Owner,
        icon: "M3.5 7.5a1.5 1.5 0 0 1 1.5-1.5h14a1.5 1.5 0 0 1 1.5 1.5v9A1.5 1.5 0 0 1 19 18H5a1.5 1.5 0 0 1-1.5-1.5zM3.5 10h17M7 14.5h4",
    },
    Link {
        label: "Your account",
        path: "/admin/account",
        least: Role::Member,
        icon: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20c.8-3.4 3.8-5 7.5-5s6.7 1.6 7.5 5",
    },
];

#[derive(Serialize)]
struct Frame<'a> {
    nav: Vec<NavItem>,
    /// Notifications that wait, and whether they are looked at.
    bell: i64,
    at_bell: bool,
    studio: Studio<'a>,
    others: Vec<Studio<'a>>,
    staff: &'a str,
    role: &'static str,
    csrf: String,
    notice: Option<&'a str>,
    banner: Option<Banner>,
}

#[derive(Serialize)]
struct NavItem {
    label: &'static str,
    path: &'static str,
    icon: &'static str,
    current: bool,
    /// What waits there; only messages say so.
    waits: Option<i64>,
}

#[derive(Serialize)]
struct Studio<'a> {
    name: &'a str,
    slug: &'a str,
    role: &'static str,
}

impl<'a> From<&'a Place> for Studio<'a> {
    fn from(place: &'a Place) -> Self {
        Self {
            name: &place.name,
            slug: &place.slug,
            role: place.role.title(),
        }
    }
}

/// What stands on every page while the studio's own subscription is not in order.
#[derive(Serialize)]
struct Banner {
    title: &'static str,
    text: &'static str,
    /// Owners are led to the billing page, others are told to ask one.
    link: bool,
    ask: bool,
}

impl Banner {
    fn of(session: &StaffSession) -> Option<Self> {
        let place = &session.place;
        let owner = session.role >= Role::Owner;
        let (code, _) = place.subscription.lock()?;
        Some(Self {
            title: code.title(),
            text: match place.subscription {
                Subscription::PastDue => {
                    "A payment for this studio's subscription did not go through. Clients cannot enter the portal until it is mended."
                }
                _ => {
                    "This studio's subscription has run out. Clients cannot enter the portal until it is renewed."
                }
            },
            link: owner && session.path != BILLING,
            ask: !owner,
        })
    }
}

/// Pages that belong under a link whose address does not begin theirs.
const BELONGS: &[(&str, &str)] = &[
    ("/admin/contacts", "/admin/portal-users"),
    ("/admin/test-client", "/admin/portal-users"),
    ("/admin/submissions", "/admin/forms"),
];

fn nav(session: &StaffSession) -> Vec<NavItem> {
    let asked = BELONGS
        .iter()
        .find(|(from, _)| session.path.starts_with(from))
        .map_or(session.path.as_str(), |(_, to)| to);
    let leads_here = |path: &str| {
        asked
            .strip_prefix(path)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    // `/admin` begins every path: the longest link that leads here is where we are.
    let here = NAV
        .iter()
        .map(|link| link.path)
        .filter(|path| leads_here(path))
        .max_by_key(|path| path.len());
    NAV.iter()
        .filter(|link| session.role >= link.least)
        .map(|link| NavItem {
            label: link.label,
            path: link.path,
            icon: link.icon,
            current: here == Some(link.path),
            waits: (link.path == MESSAGES).then_some(session.counts.messages),
        })
        .collect()
}

#[derive(Serialize)]
struct Context<'a, T> {
    admin: Frame<'a>,
    #[serde(flatten)]
    body: T,
}

/// A page of the admin: the template extends `web/admin_layout.html`, and finds `body`'s fields by name.
pub fn page(
    app: &App,
    session: &StaffSession,
    template: &str,
    body: impl Serialize,
) -> Result<Response> {
    let frame = Frame {
        nav: nav(session),
        bell: session.counts.notifications,
        at_bell: session.path == crate::notifications::admin::LIST,
        studio: (&session.place).into(),
        others: session
            .places
            .iter()
            .filter(|place| place.studio_id != session.place.studio_id)
            .map(Into::into)
            .collect(),
        staff: &session.name,
        role: session.role.title(),
        csrf: app.keys.csrf(&session.token),
        notice: session.notice.as_deref(),
        banner: Banner::of(session),
    };
    let context = Context { admin: frame, body };
    let mut response = app.pages.page(template, context)?.into_response();
    if session.notice.is_some() {
        let (name, value) = redirect::forget_notice();
        response.headers_mut().append(name, value);
    }
    Ok(response)
}

/// The day of a moment where the studio is: "21 November 2026".
pub fn day(moment: Timestamp, time_zone: &str) -> String {
    let zone = jiff::tz::TimeZone::get(time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    jiff::Timestamp::from_microsecond(moment.micros())
        .map(|at| at.to_zoned(zone).strftime("%-d %B %Y").to_string())
        .unwrap_or_default()
}

/// A moment where the studio is: "21 Nov 2026, 14:05".
pub fn moment(moment: Timestamp, time_zone: &str) -> String {
    let zone = jiff::tz::TimeZone::get(time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    jiff::Timestamp::from_microsecond(moment.micros())
        .map(|at| at.to_zoned(zone).strftime("%-d %b %Y, %H:%M").to_string())
        .unwrap_or_default()
}

/// No script, style or frame but our own, nothing from elsewhere. A page shown in a frame brings its own.
const CSP: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
    frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Around every route of the admin: its headers, and its own page for what went wrong.
pub async fn layer(
    State(app): State<App>,
    request: axum::extract::Request,
    next: Next,
) -> Response {
    let record = request.extensions().get::<request::Request>().cloned();
    let mut response = next.run(request).await;
    if let Some(refusal) = response.extensions_mut().remove::<Refusal>() {
        let reference = record.map(|record| record.reference).unwrap_or_default();
        response = problem(&app, &refusal, &reference, &response);
    }
    let headers = response.headers_mut();
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(CSP));
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        // Forms have to name their origin, which `no-referrer` would take away.
        (header::REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn problem(app: &App, refusal: &Refusal, reference: &str, bare: &Response) -> Response {
    let context = serde_json::json!({
        "title": refusal.code.title(),
        "status": refusal.code.status(),
        "detail": refusal.detail,
        "reference": reference,
        "sign_in": refusal.code == portico_wire::Code::SessionEnded,
    });
    let page = app
        .pages
        .page("web/admin_error.html", context)
        .unwrap_or_else(|error| {
            tracing::error!(%error, "the error page cannot be rendered");
            Html("<!doctype html><title>Error</title><p>Something went wrong.</p>".into())
        });
    let mut response = (bare.status(), page).into_response();
    for (name, value) in bare.headers() {
        if !response.headers().contains_key(name) {
            response.headers_mut().append(name, value.clone());
        }
    }
    if let Some(seconds) = refusal.retry_after {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// `/static/tokens.css`: the colours, sizes and faces shared with the widget.
pub async fn tokens() -> impl axum::response::IntoResponse {
    (
        [
            (header::CONTENT_TYPE, "text/css; charset=utf-8"),
            (header::CACHE_CONTROL, "public, max-age=300"),
        ],
        include_str!("../../../widget/style/tokens.css"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_told_where_the_studio_is() {
        let moment: Timestamp = "2026-11-21T23:30:00.000000Z".parse().unwrap();
        assert_eq!(day(moment, "UTC"), "21 November 2026");
        assert_eq!(day(moment, "Europe/Berlin"), "22 November 2026");
        assert_eq!(super::moment(moment, "Europe/Berlin"), "22 Nov 2026, 00:30");
    }
}
