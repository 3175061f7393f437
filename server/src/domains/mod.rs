//! The hosted portal at addresses beside the host's own: below it (`studio.host`), where the operator has set that up,
//! and at a name of the studio's, once its records say that it is theirs and leads here.

pub mod admin;
pub mod lookup;
pub mod store;

use axum::{
    extract::{Query, Request, State},
    http::{StatusCode, Uri, header},
    middleware::Next,
    response::Response,
};
use portico_wire::Timestamp;

use crate::{
    App, Result,
    error::Error,
    studios::{self, Slug},
    web::origin::Origin,
};

/// The record that says whose the name is stands below it.
const PROOF: &str = "_portico";

/// As stored.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Domain {
    pub name: String,
    pub token: String,
    pub on_since: Option<Timestamp>,
    pub checked_at: Option<Timestamp>,
    /// Why it is not switched on, in words for staff.
    pub problem: Option<String>,
}

/// A record to set.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Record {
    pub kind: &'static str,
    pub name: String,
    pub value: String,
}

impl Domain {
    /// What has to stand in the name's zone: where it leads, and whose it is.
    pub fn records(&self, host: &Origin) -> [Record; 2] {
        [
            Record {
                kind: "CNAME",
                name: self.name.clone(),
                value: host.host().to_owned(),
            },
            Record {
                kind: "TXT",
                name: self.proof_name(),
                value: self.proof(),
            },
        ]
    }

    pub fn proof_name(&self) -> String {
        format!("{PROOF}.{}", self.name)
    }

    pub fn proof(&self) -> String {
        format!("portico={}", self.token)
    }

    pub fn address(&self) -> String {
        format!("https://{}", self.name)
    }
}

/// A name as people type it, with or without scheme and path, as it stands in records.
pub fn name(text: &str, host: &Origin) -> Result<String> {
    let refused = |text: &'static str| Error::invalid("name", text);
    let origin = Origin::from_person(text)
        .ok_or_else(|| refused("Write a name such as portal.example.com."))?;
    let name = origin.host();
    let is_number = name
        .rsplit('.')
        .next()
        .is_none_or(|end| end.bytes().all(|b| b.is_ascii_digit()));
    let labels_fit = name.split('.').all(|label| {
        (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
    });
    if is_number || !labels_fit || !name.contains('.') || origin.has_port() {
        return Err(refused(
            "Write a name such as portal.example.com, not a number and without a port.",
        ));
    }
    let ours = host.host();
    if name == ours || name.ends_with(&format!(".{ours}")) {
        return Err(refused("This name is the host's own. Choose one of yours."));
    }
    Ok(name.to_owned())
}

/// The address below the host's, where there are such.
pub fn below(app: &App, slug: &str) -> Option<Origin> {
    let (scheme, rest) = app.origin.as_str().split_once("://")?;
    let below = app.config.subdomains;
    below.then(|| Origin::parse(&format!("{scheme}://{slug}.{rest}")))?
}

/// The studio whose portal a name shows.
async fn studio_at(app: &App, name: &str) -> Result<Option<String>> {
    let below = name
        .strip_suffix(app.origin.host())
        .filter(|_| app.config.subdomains);
    // System: a public page; only which studio it shows is read.
    let mut tx = app.db.system_read().await?;
    if let Some(slug) = below.and_then(|it| it.strip_suffix('.')) {
        if Slug::parse(slug).is_err() {
            return Ok(None);
        }
        let found = studios::store::find_by_slug(&mut tx, slug).await?;
        return Ok(found.map(|studio| studio.slug));
    }
    store::studio_at(&mut tx, name).await
}

/// The page is shown at another name than the host's.
#[derive(Clone, Copy)]
pub struct Elsewhere;

/// At another name than the host's, `/login` and `/client-portal` show the portal of the studio it belongs to, and `/`
/// leads there.
pub async fn lead(State(app): State<App>, mut request: Request, next: Next) -> Result<Response> {
    let path = request.uri().path();
    if !matches!(path, "/" | "/login" | "/client-portal") {
        return Ok(next.run(request).await);
    }
    let host = request.headers().get(header::HOST);
    let host = host.and_then(|it| it.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    if name == app.origin.host() || !name.contains('.') || name.len() > 253 {
        return Ok(next.run(request).await);
    }
    if let Some(slug) = studio_at(&app, &name).await? {
        let page = if path == "/" { "/client-portal" } else { path };
        let to = format!("/{slug}{page}");
        *request.uri_mut() = to
            .parse::<Uri>()
            .map_err(|error| Error::internal(error.to_string()))?;
        request.extensions_mut().insert(Elsewhere);
    }
    Ok(next.run(request).await)
}

#[derive(serde::Deserialize)]
pub struct Asked {
    domain: String,
}

/// `GET /tls/allowed?domain=`: what a proxy asks before it gets a certificate for a name. 200 for names that show a portal,
/// 404 for all others.
pub async fn allowed(State(app): State<App>, Query(asked): Query<Asked>) -> Result<StatusCode> {
    let name = asked.domain.trim_end_matches('.').to_ascii_lowercase();
    if name.len() > 253 {
        return Err(Error::not_found());
    }
    let known = name == app.origin.host() || studio_at(&app, &name).await?.is_some();
    known.then_some(StatusCode::OK).ok_or_else(Error::not_found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_as_people_type_it_and_one_of_the_hosts_is_refused() {
        let host = Origin::parse("https://portal.example.com").unwrap();
        for text in [
            "Portal.Fernlight.test",
            "https://portal.fernlight.test/login",
            " portal.fernlight.test ",
        ] {
            assert_eq!(name(text, &host).unwrap(), "portal.fernlight.test");
        }
        let long = format!("{}.test", "a".repeat(64));
        for text in [
            "",
            "localhost",
            "fernlight",
            "127.0.0.1",
            "[::1]",
            "portal.fernlight.test:8080",
            "portal.example.com",
            "demo.portal.example.com",
            "-a.fernlight.test",
            "a b.test",
            &long,
        ] {
            assert!(name(text, &host).is_err(), "{text}");
        }
    }
}
