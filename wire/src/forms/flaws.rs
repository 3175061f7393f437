//! What is wrong with a form itself, for whoever builds it.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{
    Answer, Condition, Field, Form, Kind, Operator, Tie, check::wrong, limits, shape::decimal,
    shape::is_date, shape::is_showable, shape::is_time,
};

/// Something to mend before a form can be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Flaw {
    /// The field's place in the list, from 0; none: the form as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<usize>,
    pub fault: Fault,
    /// The number the text names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum Fault { $($(#[$doc])* $name,)* }

        impl Fault {
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

faults! {
    EmptyTitle = "empty_title",
    /// There is no field that can be answered.
    NothingAsked = "nothing_asked",
    TooManyFields = "too_many_fields",
    TooManyConditions = "too_many_conditions",
    BadId = "bad_id",
    DuplicateId = "duplicate_id",
    EmptyLabel = "empty_label",
    /// A text is longer than the limit, or cannot be shown.
    TextTooLong = "text_too_long",
    NotShowable = "not_showable",
    NoOptions = "no_options",
    TooManyOptions = "too_many_options",
    EmptyOption = "empty_option",
    DuplicateOption = "duplicate_option",
    /// No answer could be right: a minimum above a maximum, a length beyond the longest, a date that is none.
    LimitsContradict = "limits_contradict",
    BadCurrency = "bad_currency",
    /// A condition without any question.
    NoCondition = "no_condition",
    UnknownField = "unknown_field",
    /// A condition on this field itself or on one behind it.
    LaterField = "later_field",
    OperatorUnfit = "operator_unfit",
    /// What a condition compares with could never be an answer.
    ValueUnfit = "value_unfit",
    TieUnfit = "tie_unfit",
    /// Two fields fill in the same field of the client.
    TieTwice = "tie_twice",
    DefaultUnfit = "default_unfit",
}

/// All that is to be mended, in the form's order.
pub fn flaws(form: &Form) -> Vec<Flaw> {
    let mut found = Found {
        at: None,
        flaws: Vec::new(),
    };
    if form.title.trim().is_empty() {
        found.add(Fault::EmptyTitle);
    }
    found.text(&form.title, limits::LABEL);
    found.prose(form.intro.as_deref());
    found.prose(form.thanks.as_deref());
    if !form.fields.iter().any(|field| field.kind.asks()) {
        found.add(Fault::NothingAsked);
    }
    if form.fields.len() > limits::FIELDS {
        found.limit(Fault::TooManyFields, limits::FIELDS);
        return found.flaws;
    }
    let conditions = form
        .fields
        .iter()
        .filter_map(|field| field.show_if.as_ref());
    if conditions.map(|all| all.list.len()).sum::<usize>() > limits::CONDITIONS {
        found.limit(Fault::TooManyConditions, limits::CONDITIONS);
        return found.flaws;
    }

    found.fields(&form.fields);
    found.flaws
}

struct Found {
    at: Option<usize>,
    flaws: Vec<Flaw>,
}

impl Found {
    fn put(&mut self, fault: Fault, limit: Option<usize>) {
        let flaw = Flaw {
            at: self.at,
            fault,
            limit,
        };
        if !self.flaws.contains(&flaw) {
            self.flaws.push(flaw);
        }
    }
    fn add(&mut self, fault: Fault) {
        self.put(fault, None);
    }
    fn limit(&mut self, fault: Fault, limit: usize) {
        self.put(fault, Some(limit));
    }

    fn text(&mut self, text: &str, most: usize) {
        if text.chars().count() > most {
            self.limit(Fault::TextTooLong, most);
        }
        if !is_showable(text) {
            self.add(Fault::NotShowable);
        }
    }
    fn prose(&mut self, text: Option<&str>) {
        self.text(text.unwrap_or_default(), limits::PROSE);
    }

    fn fields(&mut self, fields: &[Field]) {
        let mut places: HashMap<&str, usize> = HashMap::new();
        for (at, field) in fields.iter().enumerate() {
            places.entry(&field.id).or_insert(at);
        }
        let mut ties: Vec<Tie> = Vec::new();
        for (at, field) in fields.iter().enumerate() {
            self.at = Some(at);
            if places.get(field.id.as_str()) != Some(&at) {
                self.add(Fault::DuplicateId);
            }
            self.field(field);
            if let Some(tie) = field.tie {
                if !tie.suits(&field.kind) {
                    self.add(Fault::TieUnfit);
                }
                if ties.contains(&tie) {
                    self.add(Fault::TieTwice);
                }
                ties.push(tie);
            }
            self.conditions(at, field, &places, fields);
        }
    }

    fn conditions(
        &mut self,
        at: usize,
        field: &Field,
        places: &HashMap<&str, usize>,
        fields: &[Field],
    ) {
        if let Some(conditions) = &field.show_if {
            if conditions.list.is_empty() {
                self.add(Fault::NoCondition);
            }
            for condition in &conditions.list {
                match places.get(condition.field.as_str()) {
                    None => self.add(Fault::UnknownField),
                    Some(&place) if place >= at => self.add(Fault::LaterField),
                    Some(&place) => self.condition(condition, &fields[place].kind),
                }
            }
        }
    }

    fn field(&mut self, field: &Field) {
        let id = field.id.bytes();
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if !(1..=40).contains(&id.len()) || !id.into_iter().all(plain) {
            self.add(Fault::BadId);
        }
        if field.label.trim().is_empty() && field.kind != Kind::PageBreak {
            self.add(Fault::EmptyLabel);
        }
        match field.kind {
            Kind::Paragraph => self.prose(Some(&field.label)),
            _ => self.text(&field.label, limits::LABEL),
        }
        self.prose(field.help.as_deref());
        self.text(
            field.placeholder.as_deref().unwrap_or_default(),
            limits::LABEL,
        );
        self.kind(&field.kind);
        if let Some(default) = &field.default {
            let fixed = matches!(default, Answer::Files(_) | Answer::Signature(_));
            if fixed || default.is_blank() || wrong(&field.kind, default).is_some() {
                self.add(Fault::DefaultUnfit);
            }
        }
    }

    fn kind(&mut self, kind: &Kind) {
        match kind {
            Kind::Number(limits) => {
                self.text(limits.unit.as_deref().unwrap_or_default(), limits::LABEL);
            }
            Kind::Money(limits) => {
                let code = limits.currency.as_bytes();
                if code.len() != 3 || !code.iter().all(u8::is_ascii_uppercase) {
                    self.add(Fault::BadCurrency);
                }
            }
            _ => {}
        }
        if !is_possible(kind) {
            self.add(Fault::LimitsContradict);
        }
        if let Some((options, _)) = kind.options() {
            self.options(options);
        }
    }

    fn options(&mut self, options: &[String]) {
        if options.is_empty() {
            self.add(Fault::NoOptions);
        }
        if options.len() > limits::OPTIONS {
            self.limit(Fault::TooManyOptions, limits::OPTIONS);
            return;
        }
        let mut seen: HashMap<String, ()> = HashMap::new();
        for option in options {
            // Spaces around would be cut from no answer, so there may be none.
            if option.trim().is_empty() || option.trim() != option {
                self.add(Fault::EmptyOption);
            }
            self.text(option, limits::LABEL);
            if seen.insert(option.to_ascii_lowercase(), ()).is_some() {
                self.add(Fault::DuplicateOption);
            }
        }
    }

    fn condition(&mut self, condition: &Condition, kind: &Kind) {
        if !condition.operator.suits(kind) {
            self.add(Fault::OperatorUnfit);
        } else if condition.operator.takes_value() && !could_be(condition, kind) {
            self.add(Fault::ValueUnfit);
        }
        self.text(&condition.value, limits::LABEL);
    }
}

/// Whether any answer could keep the limits.
fn is_possible(kind: &Kind) -> bool {
    match kind {
        Kind::Text(limits) => in_order(limits.min, limits.max, limits::SHORT_TEXT),
        Kind::LongText(limits) => in_order(limits.min, limits.max, limits::LONG_TEXT),
        Kind::Number(limits) => {
            let min = limits.min.as_deref().map(decimal);
            let max = limits.max.as_deref().map(decimal);
            limits.decimals <= 6
                && min != Some(None)
                && max != Some(None)
                && (min.is_none() || max.is_none() || min <= max)
        }
        Kind::Money(limits) => {
            let all = -limits::MONEY..=limits::MONEY;
            limits.min.unwrap_or(*all.start()) <= limits.max.unwrap_or(*all.end())
                && limits.min.is_none_or(|min| all.contains(&min))
                && limits.max.is_none_or(|max| all.contains(&max))
        }
        Kind::Date(limits) => {
            let (min, max) = (limits.min.as_deref(), limits.max.as_deref());
            min.is_none_or(is_date)
                && max.is_none_or(is_date)
                && (min.is_none() || max.is_none() || min <= max)
        }
        Kind::Many(many) => {
            let all = many.options.len() as u32 + u32::from(many.other);
            in_order(many.min, many.max, all) && many.max != Some(0)
        }
        Kind::Rating { max } => (1..=limits::RATING).contains(max),
        Kind::File(limits) => {
            limits
                .max_bytes
                .is_none_or(|most| (1..=limits::FILE_BYTES).contains(&most))
                && limits
                    .max_count
                    .is_none_or(|most| (1..=limits::FILES).contains(&most))
        }
        _ => true,
    }
}

/// A least and a most leave something between them, and the most is within what there can be.
fn in_order(min: Option<u32>, max: Option<u32>, all: u32) -> bool {
    let (least, most) = (min.unwrap_or(0), max.unwrap_or(all));
    least <= most && most <= all
}

/// Whether an answer could ever be like a condition's value.
fn could_be(condition: &Condition, kind: &Kind) -> bool {
    let value = condition.value.trim();
    match kind {
        Kind::Number(_) => decimal(value).is_some(),
        Kind::Money(_) | Kind::Rating { .. } | Kind::File(_) => value.parse::<i64>().is_ok(),
        Kind::Date(_) => is_date(value),
        Kind::Time => is_time(value),
        Kind::YesNo => matches!(value, "yes" | "no"),
        Kind::One(_) | Kind::DropDown(_) | Kind::Many(_) => kind
            .options()
            .is_some_and(|(options, other)| other || options.iter().any(|one| one == value)),
        Kind::Address => condition.operator == Operator::NotEmpty,
        _ => !value.is_empty(),
    }
}
