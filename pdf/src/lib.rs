//! PDFs of papers, by typst: tagged, with the fonts inside, the same bytes from the same input.
//!
//! A crate of its own, as typst takes minutes to compile: the server is built again without it. What is drawn is
//! data alone (`paper.json`), read by one program of ours (`paper.typ`): no text of a studio or a client is ever
//! taken for typst's code.

mod world;

use std::{borrow::Cow, fmt};

use portico_wire::papers::Node;
use serde::Serialize;
use typst::{
    comemo,
    diag::SourceDiagnostic,
    foundations::{Datetime, Smart},
};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, Timestamp};

/// Raised whenever the same input gives other pages; a certificate names it.
pub const VERSION: u32 = 1;

/// All of a PDF.
#[derive(Serialize)]
pub struct Document<'a> {
    pub title: &'a str,
    /// ISO 639-1, `en`.
    pub language: &'a str,
    pub size: Size,
    pub letterhead: Letterhead<'a>,
    pub body: &'a [Node],
    /// A list of people behind the body.
    pub people: Option<People<'a>>,
    pub signatures: &'a [Signature<'a>],
    /// On pages of its own behind the signatures; empty: none.
    pub certificate: &'a [Node],
    /// At the foot of each page beside its number.
    pub footer: &'a str,
    /// "Page {page} of {pages}", in the paper's language.
    pub page_label: &'a str,
    /// Seconds since 1970-01-01T00:00:00Z: when it was made, by the paper and not by the clock.
    #[serde(skip)]
    pub at: i64,
    /// Names this paper for ever; two papers of one id are versions of each other.
    #[serde(skip)]
    pub id: &'a str,
}

/// The studio's head of the first page.
#[derive(Serialize)]
pub struct Letterhead<'a> {
    pub name: &'a str,
    /// Address, telephone, email: a line each.
    pub lines: &'a [Cow<'a, str>],
    /// `#1d7a5f`, or typst refuses it.
    pub accent: Option<&'a str>,
    /// The bytes of a PNG, JPEG or WebP.
    #[serde(serialize_with = "whether")]
    pub logo: Option<&'a [u8]>,
}

/// People with their photos, to be ticked off by hand.
#[derive(Serialize)]
pub struct People<'a> {
    /// What stands above the columns: who, when, with what, there.
    pub heads: [&'a str; 4],
    pub rows: &'a [Person<'a>],
}

#[derive(Serialize)]
pub struct Person<'a> {
    /// The bytes of a PNG, JPEG or WebP.
    #[serde(serialize_with = "whether")]
    pub photo: Option<&'a [u8]>,
    /// What stands where there is no photo.
    pub initials: &'a str,
    pub name: &'a str,
    /// Below the name; may be empty.
    pub role: &'a str,
    /// A line each.
    pub times: &'a [String],
    pub with: &'a [String],
}

fn whether<S: serde::Serializer>(logo: &Option<&[u8]>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_bool(logo.is_some())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Size {
    #[serde(rename = "a4")]
    A4,
    #[serde(rename = "us-letter")]
    Letter,
}

impl Size {
    /// By the studio's country, ISO 3166-1: Letter where it is the standard, A4 elsewhere.
    pub fn of_country(country: &str) -> Self {
        const LETTER: &[&str] = &[
            "US", "CA", "MX", "GT", "BZ", "SV", "HN", "NI", "CR", "PA", "CO", "VE", "CL", "PH",
            "DO", "PR",
        ];
        if LETTER.contains(&country) {
            Self::Letter
        } else {
            Self::A4
        }
    }
}

/// What stands on a signer's line.
#[derive(Serialize)]
pub struct Signature<'a> {
    pub name: &'a str,
    pub role: &'a str,
    pub mark: Mark<'a>,
    /// When, as it is read; empty: not signed.
    pub at: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark<'a> {
    None,
    Typed(&'a str),
    /// The path of an SVG that is 1000 wide and 400 high, as `forms::Signature` has it.
    Drawn(&'a str),
}

/// What typst said.
#[derive(Debug)]
pub struct Error(String);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

impl Error {
    fn of(found: &[SourceDiagnostic]) -> Self {
        let said: Vec<_> = found.iter().map(|one| one.message.as_str()).collect();
        Self(said.join("; "))
    }
}

/// The bytes of the PDF. Takes a processor for as long as it runs (a page is a few milliseconds in a release
/// build): call it where that is allowed to block, one at a time.
pub fn render(document: &Document<'_>) -> Result<Vec<u8>, Error> {
    let world = world::Paper::new(document)?;
    let laid_out = typst::compile::<PagedDocument>(&world).output;
    let bytes = laid_out
        .map_err(|found| Error::of(&found))
        .and_then(|pages| {
            let options = PdfOptions {
                ident: Smart::Custom(document.id.to_owned()),
                creator: Smart::Custom(Some("Portico".into())),
                timestamp: moment(document.at).map(Timestamp::new_utc),
                ..PdfOptions::default()
            };
            typst_pdf::pdf(&pages, &options).map_err(|found| Error::of(&found))
        });
    // What typst remembers of this paper serves no other.
    comemo::evict(0);
    bytes
}

fn moment(at: i64) -> Option<Datetime> {
    let text = portico_wire::Timestamp::from_micros(at.checked_mul(1_000_000)?).to_string();
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u8>().ok();
    Datetime::from_ymd_hms(
        text.get(0..4)?.parse().ok()?,
        number(5, 7)?,
        number(8, 10)?,
        number(11, 13)?,
        number(14, 16)?,
        number(17, 19)?,
    )
}
