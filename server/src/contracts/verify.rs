//! `/verify` and `portico verify`: whether a PDF is one that was given out, to the last byte, and what is known of it.

use axum::{
    extract::{FromRequest as _, Multipart, Request, State},
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use portico_wire::{Code, ContractId, StudioId, contracts::ContractState};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{evidence, paper, store, text, words};
use crate::{
    App, Result,
    db::Db,
    error::Error,
    papers,
    scope::{StudioScope, Visitor},
    secrets, studios,
    web::admin,
};

/// The largest file that is looked at.
pub const MOST_BYTES: usize = 25_000_000;
/// What a browser may send around it.
pub const BODY_LIMIT: usize = MOST_BYTES + 5_000_000;

/// What is known of a PDF that was given out.
#[derive(Debug, Serialize)]
pub struct Known {
    pub studio: String,
    pub made: String,
    /// Of a contract.
    pub contract: Option<KnownContract>,
}

#[derive(Debug, Serialize)]
pub struct KnownContract {
    pub title: String,
    /// Where the contract stands now.
    pub state: &'static str,
    /// This PDF shows it before or without the last signatures.
    pub earlier: bool,
    pub unsigned: bool,
    pub signers: Vec<KnownSigner>,
    /// Text and evidence are as they were written.
    pub intact: bool,
}

#[derive(Debug, Serialize)]
pub struct KnownSigner {
    pub name: String,
    pub role: String,
    pub signed: Option<String>,
}

/// What is known of a file with these bytes; nothing where it was never given out, or was altered.
pub async fn look_up(db: &Db, sha256: &[u8]) -> Result<Option<Known>> {
    // System: whoever holds a file asks which studio's it is.
    let mut tx = db.system_read().await?;
    let found = papers::store::by_hash(&mut tx, sha256).await?;
    drop(tx);
    let is_contract = |one: &&(StudioId, papers::Which)| one.1.kind == papers::Kind::Contract;
    let Some((studio, which)) = found.iter().find(is_contract).or(found.first()) else {
        return Ok(None);
    };
    let scope = StudioScope::of(*studio);
    let mut tx = db.read(&scope).await?;
    let studio = studios::store::get(&mut tx).await?;
    let made = papers::store::find(&mut tx, *which).await?;
    let made = made.ok_or_else(Error::not_found)?.made_at;
    let contract = match which.kind {
        papers::Kind::Contract => {
            let id = ContractId::from_bytes(which.subject.into_bytes());
            Some(contract(&mut tx, id, which.edition, &studio.time_zone).await?)
        }
        _ => None,
    };
    Ok(Some(Known {
        made: format!(
            "{} ({})",
            admin::moment(made, &studio.time_zone),
            studio.time_zone
        ),
        studio: studio.name,
        contract,
    }))
}

async fn contract(
    tx: &mut crate::db::StudioTx,
    id: ContractId,
    edition: i64,
    zone: &str,
) -> Result<KnownContract> {
    let contract = store::get(tx, id).await?;
    let signers = store::signers(tx, id).await?;
    let entries = store::entries(tx, id).await?;
    let state = contract.state_at(tx.now());
    let newest = match state {
        ContractState::Countersigned => paper::COUNTERSIGNED,
        ContractState::Signed => paper::SIGNED,
        _ => paper::SENT,
    };
    Ok(KnownContract {
        intact: text::is_whole(&contract) && evidence::run(id, &entries).is_ok(),
        state: match state {
            ContractState::Signed if contract.countersign => {
                "Signed by the client, not yet by the studio"
            }
            state => words::label(state, false).0,
        },
        title: contract.title,
        earlier: edition < newest,
        unsigned: edition == paper::SENT,
        signers: signers
            .into_iter()
            .map(|one| KnownSigner {
                signed: one
                    .signed_at
                    .map(|at| format!("{} ({zone})", admin::moment(at, zone))),
                name: one.name,
                role: one.role,
            })
            .collect(),
    })
}

/// What comes in a form, hashed as it arrives and kept nowhere; nothing where no file was chosen.
async fn hash_of(request: Request, app: &App) -> Result<Option<(String, Vec<u8>)>> {
    let broken = |_| {
        Error::refused(
            Code::Malformed,
            "The file did not arrive whole. Please try again.",
        )
    };
    let mut form = Multipart::from_request(request, app)
        .await
        .map_err(|_| Error::refused(Code::UnsupportedMediaType, "Choose a file on the page."))?;
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        if field.name() != Some("file") {
            continue;
        }
        let name: String = field.file_name().unwrap_or("").chars().take(120).collect();
        let (mut hash, mut bytes) = (Sha256::new(), 0);
        while let Some(piece) = field.chunk().await.map_err(broken)? {
            bytes += piece.len();
            if bytes > MOST_BYTES {
                return Err(Error::refused(
                    Code::TooLarge,
                    "This file is larger than 25 MB. No contract of ours is.",
                ));
            }
            hash.update(&piece);
        }
        return Ok((bytes > 0).then(|| (name, hash.finalize().to_vec())));
    }
    Ok(None)
}

const CSP: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; \
    frame-ancestors 'none'; base-uri 'none'";

fn page(app: &App, body: Value) -> Result<Response> {
    let mut response = app
        .pages
        .page("contracts/verify.html", body)?
        .into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CSP),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

/// `GET /verify`
pub async fn show_verify(State(app): State<App>) -> Result<Response> {
    page(&app, json!({}))
}

/// `POST /verify`
pub async fn verify_file(
    State(app): State<App>,
    visitor: Visitor,
    request: Request,
) -> Result<Response> {
    app.limits.check_report(visitor.address)?;
    let Some((name, sha256)) = hash_of(request, &app).await? else {
        return page(&app, json!({ "nothing": true }));
    };
    let known = look_up(&app.db, &sha256).await?;
    let body = json!({
        "asked": true,
        "name": name,
        "sha256": secrets::hex(&sha256),
        "known": known,
    });
    page(&app, body)
}

impl std::fmt::Display for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(
            f,
            "Untouched: a PDF of {}, made on {}.",
            self.studio, self.made
        )?;
        let Some(contract) = &self.contract else {
            return Ok(());
        };
        writeln!(f, "Contract:  {}", contract.title)?;
        writeln!(f, "State:     {}", contract.state)?;
        if contract.unsigned {
            writeln!(
                f,
                "           This PDF is the text as it was sent, without signatures."
            )?;
        }
        for one in &contract.signers {
            let signed = one.signed.as_deref().unwrap_or("not signed");
            writeln!(f, "Signer:    {} ({}): {signed}", one.name, one.role)?;
        }
        let evidence = if contract.intact {
            "intact"
        } else {
            "NOT as it was written"
        };
        write!(f, "Evidence:  {evidence}")
    }
}
