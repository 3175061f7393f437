//! Papers: what is read, printed and downloaded. A feature says what stands on one ([`Sheet`]); here it becomes HTML for
//! staff and, by a worker, a PDF that is kept as it is for ever.

pub mod files;
pub mod html;
pub mod markdown;
pub mod store;

use std::borrow::Cow;

use bytes::Bytes;
use portico_pdf as pdf;
use portico_wire::{
    ContractId, InvoiceId, OrderId, PaymentId, QuoteId, StatementId, SubmissionId, Timestamp,
    forms::Signature, papers::Node,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use crate::{
    App, Result, contracts,
    db::StudioTx,
    error::Error,
    forms, images,
    jobs::{self, Job, Outcome},
    payments, receivables, sales,
    scope::StudioScope,
    secrets,
    studios::{self, Studio, logo},
};

/// What a paper is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Submission,
    Contract,
    Quote,
    Order,
    Invoice,
    Receipt,
    Statement,
}

impl Kind {
    pub const ALL: &[Self] = &[
        Self::Submission,
        Self::Contract,
        Self::Quote,
        Self::Order,
        Self::Invoice,
        Self::Receipt,
        Self::Statement,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Submission => "submission",
            Self::Contract => "contract",
            Self::Quote => "quote",
            Self::Order => "order",
            Self::Invoice => "invoice",
            Self::Receipt => "receipt",
            Self::Statement => "statement",
        }
    }
}

portico_wire::text_column!(Kind);

/// One paper: what it is about, and which edition of it. An edition never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct Which {
    pub kind: Kind,
    pub subject: uuid::Uuid,
    /// Counted by the feature: a contract as it was sent, and as it was signed.
    pub edition: i64,
}

/// What stands on a paper.
pub struct Sheet {
    pub title: String,
    /// BCP 47, of who reads it.
    pub language: String,
    pub body: Vec<Node>,
    pub signatures: Vec<Signed>,
    pub certificate: Vec<Node>,
    pub footer: String,
    /// When what it says came to be.
    pub at: Timestamp,
    /// What the file is called, without `.pdf`.
    pub file_name: String,
}

pub struct Signed {
    pub name: String,
    pub role: String,
    /// As it is read; empty: not yet.
    pub at: String,
    pub signature: Option<Signature>,
}

/// A PDF that was made.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Made {
    pub storage_key: String,
    pub file_name: String,
    pub sha256: Vec<u8>,
    pub bytes: i64,
    pub made_at: Timestamp,
}

/// Asks for the PDF of an edition: a worker makes it once.
pub async fn ask(tx: &mut StudioTx, which: Which) -> Result<()> {
    jobs::enqueue(tx, &Job::Paper { which }).await?;
    Ok(())
}

async fn sheet(tx: &mut StudioTx, which: Which) -> Result<Sheet> {
    let id = which.subject.into_bytes();
    match which.kind {
        Kind::Submission => forms::paper::sheet(tx, SubmissionId::from_bytes(id)).await,
        Kind::Contract => {
            contracts::paper::sheet(tx, ContractId::from_bytes(id), which.edition).await
        }
        Kind::Quote => sales::pdf::quote_sheet(tx, QuoteId::from_bytes(id)).await,
        Kind::Order => sales::pdf::order_sheet(tx, OrderId::from_bytes(id)).await,
        Kind::Invoice => sales::pdf::invoice_sheet(tx, InvoiceId::from_bytes(id)).await,
        Kind::Receipt => payments::paper::sheet(tx, PaymentId::from_bytes(id)).await,
        Kind::Statement => receivables::statement::sheet(tx, StatementId::from_bytes(id)).await,
    }
}

/// One PDF at a time: its memory is bounded, and so is what it takes from everybody's calls.
static ONE: Semaphore = Semaphore::const_new(1);

/// Makes the PDF, keeps it in the storage and writes it down.
pub async fn make(app: &App, scope: StudioScope, which: Which) -> Result<Outcome> {
    let mut tx = app.db.read(&scope).await?;
    if store::find(&mut tx, which).await?.is_some() {
        return Ok(Outcome::Done);
    }
    let studio = studios::store::get(&mut tx).await?;
    let sheet = sheet(&mut tx, which).await?;
    drop(tx);
    let logo = logo_of(app, &studio).await?;
    let file_name = format!("{}.pdf", sheet.file_name);
    let turn = ONE.acquire().await.map_err(Error::internal)?;
    let made = tokio::task::spawn_blocking(move || {
        let id = format!("{} {}", which.kind.name(), which.subject);
        draw(&studio, logo.as_deref(), &id, &sheet, None)
    });
    let content = Bytes::from(made.await??);
    drop(turn);
    let sha256 = Sha256::digest(&content).to_vec();
    let made = Made {
        storage_key: format!("papers/{}/{}.pdf", scope.studio(), secrets::hex(&sha256)),
        file_name,
        sha256,
        bytes: i64::try_from(content.len()).unwrap_or(i64::MAX),
        made_at: app.clock.now(),
    };
    app.storage.put(&made.storage_key, content).await?;
    let mut tx = app.db.write(&scope).await?;
    store::insert(&mut tx, which, &made).await?;
    tx.commit().await?;
    Ok(Outcome::Done)
}

async fn logo_of(app: &App, studio: &Studio) -> Result<Option<Bytes>> {
    match studio.logo_url.as_deref().and_then(logo::key) {
        Some(key) => app.storage.get_bytes(&key).await,
        None => Ok(None),
    }
}

/// Somebody on a list of people.
pub struct Person {
    /// A picture, made smaller here.
    pub photo: Option<Bytes>,
    pub initials: String,
    pub name: String,
    pub role: String,
    pub times: Vec<String>,
    pub with: Vec<String>,
}

/// The longer side of a photo on paper, in pixels: enough for two centimetres.
const PHOTO: u32 = 220;

/// A list of people as a PDF, drawn at once and kept nowhere: what it says of people is as fresh as it can be, and is
/// gone with the reply.
pub async fn draw_people(
    app: &App,
    studio: Studio,
    id: String,
    sheet: Sheet,
    heads: [&'static str; 4],
    people: Vec<Person>,
) -> Result<Bytes> {
    let logo = logo_of(app, &studio).await?;
    let turn = ONE.acquire().await.map_err(Error::internal)?;
    let made = tokio::task::spawn_blocking(move || {
        let small = |one: &Person| -> Option<Vec<u8>> {
            images::jpeg_within(one.photo.as_deref()?, PHOTO).ok()
        };
        let photos: Vec<Option<Vec<u8>>> = people.iter().map(small).collect();
        let rows: Vec<pdf::Person<'_>> = people
            .iter()
            .zip(&photos)
            .map(|(one, photo)| pdf::Person {
                photo: photo.as_deref(),
                initials: &one.initials,
                name: &one.name,
                role: &one.role,
                times: &one.times,
                with: &one.with,
            })
            .collect();
        let list = pdf::People { heads, rows: &rows };
        draw(&studio, logo.as_deref(), &id, &sheet, Some(list))
    });
    let content = Bytes::from(made.await??);
    drop(turn);
    Ok(content)
}

fn draw(
    studio: &Studio,
    logo: Option<&[u8]>,
    id: &str,
    sheet: &Sheet,
    people: Option<pdf::People<'_>>,
) -> Result<Vec<u8>> {
    let lines: Vec<Cow<'_, str>> = [&studio.support_phone, &studio.support_email]
        .into_iter()
        .flatten()
        .map(|line| line.as_str().into())
        .collect();
    let signatures: Vec<_> = sheet
        .signatures
        .iter()
        .map(|one| pdf::Signature {
            name: &one.name,
            role: &one.role,
            at: &one.at,
            mark: match &one.signature {
                None => pdf::Mark::None,
                Some(Signature::Typed(name)) => pdf::Mark::Typed(name),
                Some(Signature::Drawn(path)) => pdf::Mark::Drawn(path),
            },
        })
        .collect();
    let document = pdf::Document {
        title: &sheet.title,
        language: sheet.language.split('-').next().unwrap_or("en"),
        size: pdf::Size::of_country(&studio.country),
        letterhead: pdf::Letterhead {
            name: &studio.name,
            lines: &lines,
            accent: studio.accent.as_deref(),
            logo,
        },
        body: &sheet.body,
        people,
        signatures: &signatures,
        certificate: &sheet.certificate,
        footer: &sheet.footer,
        page_label: "Page {page} of {pages}",
        at: sheet.at.micros().div_euclid(1_000_000),
        id,
    };
    pdf::render(&document).map_err(Error::internal)
}
