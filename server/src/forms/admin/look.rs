//! A form as the client will see it, made by the server: beside the builder, and for those who do not build.

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use portico_wire::forms::{self as wire, Answer, Condition, Field, Join, Kind};
use serde_json::{Value, json};

use super::{
    super::texts,
    build::Typed,
    facts::{file_kind_label, operator_label},
};
use crate::{
    App, Result,
    scope::Member,
    studios,
    web::form::{Form, Sent},
};

/// It stands in a frame of the builder; nothing of it runs or is sent.
const CSP: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; frame-ancestors 'self'; \
    base-uri 'none'";

fn compared(condition: &Condition, form: &wire::Form) -> String {
    let Some(asked) = form.fields.iter().find(|one| one.id == condition.field) else {
        return "a field that is gone".into();
    };
    let mut said = format!("“{}” {}", asked.label, operator_label(condition.operator));
    if condition.operator.takes_value() {
        let value = match &asked.kind {
            Kind::Money(limits) => match condition.value.parse() {
                Ok(minor) => texts::money(minor, &limits.currency),
                Err(_) => condition.value.clone(),
            },
            Kind::Date(_) => texts::date(&condition.value),
            _ if condition.value.is_empty() => "…".into(),
            _ => condition.value.clone(),
        };
        said.push_str(&format!(" “{value}”"));
    }
    said
}

/// When a field is seen, in words.
fn seen_when(field: &Field, form: &wire::Form) -> Option<String> {
    let conditions = field.show_if.as_ref()?;
    let join = match conditions.join {
        Join::All => " and ",
        Join::Any => " or ",
    };
    let all: Vec<String> = conditions
        .list
        .iter()
        .map(|condition| compared(condition, form))
        .collect();
    Some(all.join(join))
}

fn shown(field: &Field, form: &wire::Form) -> Value {
    let mut said = json!({
        "id": field.id, "kind": field.kind.name(), "label": field.label, "help": field.help,
        "placeholder": field.placeholder, "required": field.required,
        "when": seen_when(field, form),
        "begins": field.default.as_ref().map(|default| texts::answer(&field.kind, default)),
        "yes": match field.default { Some(Answer::YesNo(yes)) => Some(yes), _ => None },
    });
    match &field.kind {
        Kind::Number(limits) => said["unit"] = limits.unit.clone().into(),
        Kind::Money(limits) => said["unit"] = limits.currency.clone().into(),
        Kind::Rating { max } => said["stars"] = (1..=*max).collect::<Vec<u8>>().into(),
        Kind::File(limits) => {
            let kinds: Vec<&str> = limits
                .kinds
                .iter()
                .map(|&one| file_kind_label(one))
                .collect();
            let most = limits.max_count.unwrap_or(1);
            let count = if most == 1 {
                "One file".to_owned()
            } else {
                format!("Up to {most} files")
            };
            let kinds = if kinds.is_empty() {
                String::new()
            } else {
                format!(": {}", kinds.join(", "))
            };
            said["limits"] = format!("{count}{kinds}").into();
        }
        kind => {
            if let Some((options, other)) = kind.options() {
                said["options"] = options.into();
                said["other"] = other.into();
            }
        }
    }
    said
}

/// The form, cut into its pages.
pub fn pages(form: &wire::Form) -> Value {
    let all = vec![true; form.fields.len()];
    let pages: Vec<Value> = wire::pages(form, &all)
        .into_iter()
        .map(|page| {
            let begins = page.begins.map(|at| &form.fields[at]);
            let fields = &form.fields[page.fields];
            json!({
                "title": begins.map(|field| field.label.as_str()),
                "when": begins.and_then(|field| seen_when(field, form)),
                "fields": fields.iter().map(|field| shown(field, form)).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({ "title": form.title, "intro": form.intro, "thanks": form.thanks, "pages": pages })
}

/// `POST /admin/forms/preview`: what is in the builder now, saved or not.
pub async fn preview(
    State(app): State<App>,
    Member(session): Member,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let typed = Typed::read(&sent)?;
    let mut tx = app.db.read(&session).await?;
    let studio = studios::store::get(&mut tx).await?;
    drop(tx);
    let body = json!({ "form": pages(&typed.form), "studio": studio.name });
    let mut page = app.pages.page("forms/preview.html", body)?.into_response();
    page.headers_mut().insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(CSP),
    );
    Ok(page)
}
