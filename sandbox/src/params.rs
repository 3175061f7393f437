//! Parameters as Stripe documents them: read from a form or a query, checked against a description, typed.

use serde_json::{Map, Value};

use crate::{currency, errors::ApiError};

#[derive(Clone, Copy)]
pub enum Kind {
    /// Of at most so many characters.
    Text(usize),
    Flag,
    /// From, to.
    Int(i64, i64),
    Currency,
    Email,
    /// An absolute `http` or `https` address.
    Url,
    OneOf(&'static [&'static str]),
    Metadata,
    Object(&'static [Field]),
    List(&'static Kind),
    /// A moment, or a range `{gt, gte, lt, lte}` of them.
    Range,
    /// Stripe documents it; nothing here acts on it, so it is refused instead of being ignored.
    NotPlayed,
}

#[derive(Clone, Copy)]
pub struct Field {
    name: &'static str,
    kind: Kind,
    required: bool,
}

pub const fn must(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        required: true,
    }
}

pub const fn may(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        required: false,
    }
}

/// `expand[]`, which every call takes.
pub const EXPAND: Field = may("expand", Kind::List(&Kind::Text(200)));
pub const ID: Kind = Kind::Text(255);
pub const ANY_INT: Kind = Kind::Int(i64::MIN, i64::MAX);

/// `a[b][0]=c&…` as a tree of objects; lists are objects with numbers for names until they are checked.
pub fn tree(form: &[u8]) -> Result<Value, ApiError> {
    let mut tree = Map::new();
    for (key, value) in form_urlencoded::parse(form) {
        let (first, rest) = key.split_once('[').unwrap_or((&key, ""));
        let mut path = vec![first];
        if key.contains('[') {
            let inner = rest.strip_suffix(']').ok_or_else(|| odd(&key))?;
            path.extend(inner.split("]["));
        }
        if first.is_empty() || path.len() > 8 {
            return Err(odd(&key));
        }
        insert(&mut tree, &path, &value).ok_or_else(|| odd(&key))?;
    }
    Ok(Value::Object(tree))
}

fn odd(key: &str) -> ApiError {
    ApiError::invalid(format!(
        "Invalid request: the parameter {key} cannot be read."
    ))
    .param(key)
}

fn insert(into: &mut Map<String, Value>, path: &[&str], value: &str) -> Option<()> {
    let (first, rest) = path.split_first()?;
    let name = if first.is_empty() {
        into.len().to_string()
    } else {
        (*first).to_owned()
    };
    if rest.is_empty() {
        // The last one of two counts, as with Stripe.
        into.insert(name, value.into());
        return Some(());
    }
    into.entry(name)
        .or_insert_with(|| Value::Object(Map::new()))
        .as_object_mut()
        .and_then(|inner| insert(inner, rest, value))
}

/// The parameters, typed; what is unknown, missing or of another type is refused.
pub fn check(params: Value, fields: &[Field]) -> Result<Map<String, Value>, ApiError> {
    match params {
        Value::Object(params) => object(params, fields, ""),
        _ => Ok(Map::new()),
    }
}

fn object(
    mut given: Map<String, Value>,
    fields: &[Field],
    path: &str,
) -> Result<Map<String, Value>, ApiError> {
    let mut typed = Map::new();
    for field in fields {
        let place = below(path, field.name);
        match given.remove(field.name) {
            Some(value) => {
                typed.insert(field.name.into(), one(value, field.kind, &place)?);
            }
            None if field.required => return Err(ApiError::missing(&place)),
            None => {}
        }
    }
    match given.keys().next() {
        Some(unknown) => Err(ApiError::unknown(&below(path, unknown))),
        None => Ok(typed),
    }
}

fn below(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}[{name}]")
    }
}

fn one(value: Value, kind: Kind, place: &str) -> Result<Value, ApiError> {
    match (kind, value) {
        (Kind::NotPlayed, _) => Err(ApiError::invalid(format!(
            "{place} is a parameter of Stripe's that this sandbox does not play."
        ))
        .param(place)),
        (Kind::Object(fields), Value::Object(inner)) => {
            object(inner, fields, place).map(Value::Object)
        }
        (Kind::Metadata, Value::Object(inner)) => metadata(inner, place),
        (Kind::List(item), Value::Object(inner)) => list(inner, *item, place),
        (Kind::Range, Value::Object(inner)) => {
            const ENDS: &[Field] = &[
                may("gt", ANY_INT),
                may("gte", ANY_INT),
                may("lt", ANY_INT),
                may("lte", ANY_INT),
            ];
            object(inner, ENDS, place).map(Value::Object)
        }
        (Kind::Object(_) | Kind::Metadata, _) => {
            Err(ApiError::invalid("Invalid object").param(place))
        }
        (Kind::List(_), _) => Err(ApiError::invalid("Invalid array").param(place)),
        (kind, Value::String(text)) => plain(&text, kind, place),
        (_, _) => Err(ApiError::invalid(format!("Invalid string for {place}")).param(place)),
    }
}

fn list(inner: Map<String, Value>, item: Kind, place: &str) -> Result<Value, ApiError> {
    let mut items = Vec::with_capacity(inner.len());
    for (name, value) in inner {
        let at: usize = name
            .parse()
            .map_err(|_| ApiError::invalid("Invalid array").param(place))?;
        items.push((at, value));
    }
    items.sort_by_key(|(at, _)| *at);
    items
        .into_iter()
        .map(|(at, value)| one(value, item, &below(place, &at.to_string())))
        .collect::<Result<_, _>>()
        .map(Value::Array)
}

/// At most 50 keys of 40 characters, values of 500.
fn metadata(inner: Map<String, Value>, place: &str) -> Result<Value, ApiError> {
    if inner.len() > 50 {
        return Err(ApiError::invalid("You can have up to 50 metadata keys.").param(place));
    }
    let mut kept = Map::new();
    for (name, value) in inner {
        let Value::String(text) = value else {
            return Err(
                ApiError::invalid("Metadata values must be strings").param(below(place, &name))
            );
        };
        if name.chars().count() > 40 || text.chars().count() > 500 {
            return Err(ApiError::invalid(format!(
                "Metadata values can have up to 500 characters and keys up to 40: {name}"
            ))
            .param(place));
        }
        if !text.is_empty() {
            kept.insert(name, text.into());
        }
    }
    Ok(Value::Object(kept))
}

fn plain(text: &str, kind: Kind, place: &str) -> Result<Value, ApiError> {
    if text.is_empty() {
        return Err(ApiError::invalid(format!(
            "You passed an empty string for '{place}'. We assume empty values are an attempt to unset a parameter; however '{place}' cannot be unset. You should remove '{place}' from your request or supply a non-empty value."
        ))
        .code("parameter_invalid_empty")
        .param(place));
    }
    let invalid = |message: String| Err(ApiError::invalid(message).param(place));
    match kind {
        Kind::Text(most) if text.chars().count() > most => invalid(format!(
            "Invalid string: {}...; must be at most {most} characters",
            text.chars().take(20).collect::<String>()
        )),
        Kind::Flag => match text {
            "true" => Ok(true.into()),
            "false" => Ok(false.into()),
            _ => invalid(format!("Invalid boolean: {text}")),
        },
        Kind::Int(from, to) => integer(text, from, to, place),
        Kind::Range => integer(text, 0, i64::MAX, place),
        Kind::Currency => {
            let code = text.to_lowercase();
            if currency::known(&code) {
                Ok(code.into())
            } else {
                invalid(format!("Invalid currency: {text}."))
            }
        }
        Kind::Email if !is_email(text) => {
            Err(ApiError::invalid(format!("Invalid email address: {text}"))
                .code("email_invalid")
                .param(place))
        }
        Kind::Url if !is_url(text) => Err(ApiError::invalid("Not a valid URL")
            .code("url_invalid")
            .param(place)),
        Kind::OneOf(words) if !words.contains(&text) => invalid(format!(
            "Invalid {place}: must be one of {}",
            words.join(", ")
        )),
        _ => Ok(text.into()),
    }
}

fn integer(text: &str, from: i64, to: i64, place: &str) -> Result<Value, ApiError> {
    let wrong = |message: String| {
        Err(ApiError::invalid(message)
            .code("parameter_invalid_integer")
            .param(place))
    };
    match text.parse::<i64>() {
        Err(_) => wrong(format!("Invalid integer: {text}")),
        Ok(n) if n < from => wrong(format!(
            "This value must be greater than or equal to {from}."
        )),
        Ok(n) if n > to => wrong(format!("This value must be less than or equal to {to}.")),
        Ok(n) => Ok(n.into()),
    }
}

pub fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.')
    }) && !text.contains(char::is_whitespace)
        && text.len() <= 512
}

fn is_url(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
        && text.len() <= 5000
        && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const FIELDS: &[Field] = &[
        must("mode", Kind::OneOf(&["payment", "subscription"])),
        may(
            "line_items",
            Kind::List(&Kind::Object(&[
                must("quantity", Kind::Int(1, 999_999)),
                may("price", ID),
            ])),
        ),
        may("metadata", Kind::Metadata),
    ];

    fn read(form: &str) -> Result<Value, ApiError> {
        check(tree(form.as_bytes())?, FIELDS).map(Value::Object)
    }

    #[test]
    fn brackets_become_lists_and_objects_in_their_order() {
        let params = read(
            "line_items[1][quantity]=2&line_items[0][quantity]=1&mode=payment&metadata[a%20b]=c+d",
        );
        assert_eq!(
            params.unwrap(),
            json!({"mode": "payment", "line_items": [{"quantity": 1}, {"quantity": 2}], "metadata": {"a b": "c d"}})
        );
    }

    #[test]
    fn what_is_unknown_missing_or_of_another_type_is_named_by_its_path() {
        let error = |form| {
            let error = read(form).unwrap_err();
            (error.code, error.param.unwrap())
        };
        assert_eq!(
            error("moode=payment"),
            (Some("parameter_missing"), "mode".into())
        );
        assert_eq!(
            error("mode=payment&x=1"),
            (Some("parameter_unknown"), "x".into())
        );
        assert_eq!(
            error("mode=payment&line_items[0][qty]=1&line_items[0][quantity]=1"),
            (Some("parameter_unknown"), "line_items[0][qty]".into())
        );
        assert_eq!(
            error("mode=payment&line_items[0][quantity]=1.5"),
            (
                Some("parameter_invalid_integer"),
                "line_items[0][quantity]".into()
            )
        );
        assert_eq!(
            error("mode="),
            (Some("parameter_invalid_empty"), "mode".into())
        );
        assert_eq!(error("mode=gift"), (None, "mode".into()));
        assert_eq!(
            error("mode=payment&line_items=x"),
            (None, "line_items".into())
        );
    }
}
