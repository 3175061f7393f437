//! What a form is: one flat list of fields, cut into pages by page breaks.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{Answer, Conditions, Tie};

/// One version of a form.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Form {
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intro: Option<String>,
    /// Said once it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thanks: Option<String>,
    pub fields: Vec<Field>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema), schema(as = FormField))]
pub struct Field {
    /// Stays when the form is edited: small letters, digits and `_`, such as `f1`.
    pub id: String,
    pub kind: Kind,
    /// The question; the heading or the paragraph itself; the name of the page a page break begins.
    pub label: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placeholder: Option<String>,
    #[serde(default)]
    pub required: bool,
    /// What it begins with, where nothing is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Answer>,
    /// On a page break it decides for the whole page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show_if: Option<Conditions>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tie: Option<Tie>,
}

/// What a field asks for, with the limits of its kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema), schema(as = FormFieldKind))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Kind {
    Text(TextLimits),
    LongText(TextLimits),
    Email,
    Phone,
    Number(NumberLimits),
    Money(MoneyLimits),
    Date(DateLimits),
    Time,
    Address,
    /// All options are on the page.
    One(OneOf),
    Many(ManyOf),
    /// As `One`, in a list that can be searched.
    DropDown(OneOf),
    YesNo,
    /// One to so many stars.
    Rating {
        max: u8,
    },
    File(FileLimits),
    Signature,
    Heading,
    Paragraph,
    PageBreak,
}

impl Kind {
    /// Its word in JSON.
    pub const fn name(&self) -> &'static str {
        match self {
            Kind::Text(_) => "text",
            Kind::LongText(_) => "long_text",
            Kind::Email => "email",
            Kind::Phone => "phone",
            Kind::Number(_) => "number",
            Kind::Money(_) => "money",
            Kind::Date(_) => "date",
            Kind::Time => "time",
            Kind::Address => "address",
            Kind::One(_) => "one",
            Kind::Many(_) => "many",
            Kind::DropDown(_) => "drop_down",
            Kind::YesNo => "yes_no",
            Kind::Rating { .. } => "rating",
            Kind::File(_) => "file",
            Kind::Signature => "signature",
            Kind::Heading => "heading",
            Kind::Paragraph => "paragraph",
            Kind::PageBreak => "page_break",
        }
    }

    /// Whether it can be answered; the others are only read.
    pub const fn asks(&self) -> bool {
        !matches!(self, Kind::Heading | Kind::Paragraph | Kind::PageBreak)
    }

    /// What there is to choose from, and whether something else may be written in.
    pub fn options(&self) -> Option<(&[String], bool)> {
        match self {
            Kind::One(one) | Kind::DropDown(one) => Some((&one.options, one.other)),
            Kind::Many(many) => Some((&many.options, many.other)),
            _ => None,
        }
    }
}

/// Lengths in characters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct TextLimits {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<Pattern>,
}

/// What a text may consist of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Pattern {
    /// And spaces, dashes, apostrophes and dots.
    Letters,
    Digits,
    LettersAndDigits,
    Postcode,
    Url,
}

impl Pattern {
    pub const ALL: &[Self] = &[
        Self::Letters,
        Self::Digits,
        Self::LettersAndDigits,
        Self::Postcode,
        Self::Url,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Letters => "letters",
            Self::Digits => "digits",
            Self::LettersAndDigits => "letters_and_digits",
            Self::Postcode => "postcode",
            Self::Url => "url",
        }
    }
}

/// Decimal numbers as text, with a point: no digit is lost.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct NumberLimits {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<String>,
    /// Digits behind the point, at most six.
    #[serde(default)]
    pub decimals: u8,
    /// Shown behind the number: "guests".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// In minor units of the currency.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct MoneyLimits {
    /// ISO 4217.
    pub currency: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
}

/// Days as `2027-05-22`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct DateLimits {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<String>,
}

/// An answer is the option's own text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct OneOf {
    pub options: Vec<String>,
    /// Something else may be written in.
    #[serde(default)]
    pub other: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ManyOf {
    pub options: Vec<String>,
    #[serde(default)]
    pub other: bool,
    /// How many are to be chosen, if any are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct FileLimits {
    /// None: any kind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<FileKind>,
    /// Of one file, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_bytes: Option<u64>,
    /// How many; one where it says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_count: Option<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    Image,
    Pdf,
    /// A text, a spreadsheet, slides.
    Document,
    Audio,
    Video,
}

impl FileKind {
    pub const ALL: &[Self] = &[
        Self::Image,
        Self::Pdf,
        Self::Document,
        Self::Audio,
        Self::Video,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Pdf => "pdf",
            Self::Document => "document",
            Self::Audio => "audio",
            Self::Video => "video",
        }
    }

    /// What a media type belongs to; archives and programs belong to none.
    pub fn of(media_type: &str) -> Option<Self> {
        let (family, rest) = media_type.split_once('/')?;
        let document = rest == "rtf"
            || rest == "msword"
            || rest.starts_with("vnd.ms-")
            || rest.starts_with("vnd.openxmlformats-officedocument")
            || rest.starts_with("vnd.oasis.opendocument");
        match family {
            "image" => Some(Self::Image),
            "audio" => Some(Self::Audio),
            "video" => Some(Self::Video),
            "text" => Some(Self::Document),
            _ if rest == "pdf" => Some(Self::Pdf),
            _ => document.then_some(Self::Document),
        }
    }
}

/// A page of a form as it is filled in: where its fields stand in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The page break it begins with; the first page needs none.
    pub begins: Option<usize>,
    pub fields: Range<usize>,
}

/// The pages that show anything. There is always one.
pub fn pages(form: &Form, visible: &[bool]) -> Vec<Page> {
    let mut pages = Vec::new();
    let mut page = Page {
        begins: None,
        fields: 0..0,
    };
    let shows = |page: &Page| visible[page.fields.clone()].contains(&true);
    for (at, field) in form.fields.iter().enumerate() {
        if field.kind == Kind::PageBreak {
            let next = Page {
                begins: Some(at),
                fields: at + 1..at + 1,
            };
            let done = std::mem::replace(&mut page, next);
            if shows(&done) {
                pages.push(done);
            }
        } else {
            page.fields.end = at + 1;
        }
    }
    if shows(&page) || pages.is_empty() {
        pages.push(page);
    }
    pages
}
