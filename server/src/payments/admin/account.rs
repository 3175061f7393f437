//! Settings → Payments: the studio's own Stripe account, and what its clients may choose.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::Code;
use serde::Serialize;
use serde_json::json;

use super::super::{
    Limits,
    account::{seal_key, seal_webhook},
    store::account::{self as store, NewKey},
    stripe::Failure,
};
use crate::{
    App, Result,
    audit::{self, Change, Subject},
    error::Error,
    jobs::{self, Job},
    money::{exponent, typed},
    scope::{Owner, StaffSession},
    secrets::Secret,
    studios,
    web::{
        admin,
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

const PAGE: &str = "/admin/settings/payments";

#[derive(Debug, Clone, Serialize)]
struct Typed {
    other_amount: bool,
    least: String,
    tip: bool,
    prepay: bool,
}

async fn page(
    app: &App,
    session: &StaffSession,
    typed: Option<(Typed, i64)>,
    errors: FieldErrors,
    conflict: bool,
) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let account = store::find(&mut tx).await?;
    let limits = store::limits(&mut tx).await?;
    drop(tx);
    let places = exponent(&studio.currency);
    let (typed, version) = typed.unwrap_or_else(|| {
        let least = match limits.least {
            0 => String::new(),
            least => typed::write(least, places),
        };
        let typed = Typed {
            other_amount: limits.other_amount,
            least,
            tip: limits.tip,
            prepay: limits.prepay,
        };
        (typed, limits.version)
    });
    let body = json!({
        "account": account.map(|one| json!({
            "hint": one.key_hint,
            "name": one.name,
            "live": one.live,
            "enabled": one.enabled,
            "webhook": one.webhook_secret.is_some(),
            "before": one.webhook_secret_before.is_some(),
            "changed": admin::moment(one.updated_at, &studio.time_zone),
        })),
        "webhook_address": format!("{}/webhooks/stripe/{}", app.origin, studio.slug),
        "currency": studio.currency,
        "typed": typed,
        "version": version,
        "errors": errors,
        "conflict": conflict,
    });
    admin::page(app, session, "payments/account.html", body)
}

async fn wrong(app: &App, session: &StaffSession, errors: FieldErrors) -> Result<Response> {
    let page = page(app, session, None, errors, false).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// `GET /admin/settings/payments`
pub async fn show_account(State(app): State<App>, Owner(session): Owner) -> Result<Response> {
    page(&app, &session, None, FieldErrors::default(), false).await
}

fn plain(text: &str) -> bool {
    text.len() <= 255 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// The last letters of a secret, to tell it by.
fn hint(secret: &str) -> &str {
    secret.get(secret.len().saturating_sub(4)..).unwrap_or("")
}

/// `POST /admin/settings/payments/key`: tried before it is kept.
pub async fn save_key(
    State(app): State<App>,
    Owner(session): Owner,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut errors = FieldErrors::default();
    let typed = sent.text("secret_key").trim().to_owned();
    let begins = ["sk_test_", "sk_live_", "rk_test_", "rk_live_"];
    if !plain(&typed) || !begins.iter().any(|begin| typed.starts_with(begin)) {
        let text = if typed.starts_with("pk_") {
            "This is the publishable key. The secret key begins with sk_ or rk_."
        } else {
            "A secret key begins with sk_live_, sk_test_, rk_live_ or rk_test_."
        };
        errors.add("secret_key", text);
        return wrong(&app, &session, errors).await;
    }
    let key = Secret::presented(typed.as_str());
    let account = match app.stripe.account(&key).await {
        Ok(account) => account,
        Err(failure) => {
            let text = match failure {
                Failure::NotNow(_) => {
                    "Stripe does not answer right now. Please try again in a moment."
                }
                _ => "Stripe does not take this key. Please copy it anew from your Stripe account.",
            };
            errors.add("secret_key", text);
            return wrong(&app, &session, errors).await;
        }
    };
    let live = typed.contains("_live_");
    let name = account.name();
    let mut tx = app.db.write(&session).await?;
    let first = store::find(&mut tx).await?.is_none();
    let sealed = seal_key(&app, &key);
    let new = NewKey {
        sealed: &sealed,
        hint: hint(&typed),
        name: name.as_deref(),
        live,
    };
    store::save_key(&mut tx, &new).await?;
    if first {
        jobs::enqueue(&mut tx, &Job::PollProvider {}).await?;
    }
    let change = json!({ "ends with": hint(&typed), "live": live, "account": name });
    note(
        &mut tx,
        &session,
        "payment account key saved",
        Change::made(&change)?,
    )
    .await?;
    tx.commit().await?;
    let name = name.unwrap_or_else(|| "your account".into());
    Ok(redirect::see(
        PAGE,
        &format!("The key works: payments go to {name}. Now set up the webhook below."),
    ))
}

async fn note(
    tx: &mut crate::db::StudioTx,
    session: &StaffSession,
    action: &'static str,
    change: Change,
) -> Result<()> {
    audit::note(tx, session, action, Subject("studio", None), change).await
}

/// `POST /admin/settings/payments/webhook`: a new secret; the one before counts on until it is ended.
pub async fn save_webhook(
    State(app): State<App>,
    Owner(session): Owner,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut errors = FieldErrors::default();
    let typed = sent.text("webhook_secret").trim().to_owned();
    if !plain(&typed) || !typed.starts_with("whsec_") || typed.len() < 10 {
        errors.add("webhook_secret", "A signing secret begins with whsec_.");
        return wrong(&app, &session, errors).await;
    }
    let mut tx = app.db.write(&session).await?;
    let found = store::find(&mut tx)
        .await?
        .ok_or_else(|| Error::refused(Code::Conflict, "Save the secret key first."))?;
    let sealed = seal_webhook(&app, &Secret::presented(typed.as_str()));
    store::save_webhook(&mut tx, Some(&sealed), found.webhook_secret.as_deref()).await?;
    let change = Change::made(&json!({ "ends with": hint(&typed) }))?;
    note(&mut tx, &session, "payment webhook secret saved", change).await?;
    tx.commit().await?;
    Ok(redirect::see(
        PAGE,
        "Saved. What Stripe tells is taken from now on.",
    ))
}

/// `POST /admin/settings/payments/webhook/end`: the secret before counts no more.
pub async fn end_webhook(
    State(app): State<App>,
    Owner(session): Owner,
    Form(_): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let found = store::find(&mut tx).await?.ok_or_else(Error::not_found)?;
    store::save_webhook(&mut tx, found.webhook_secret.as_deref(), None).await?;
    note(
        &mut tx,
        &session,
        "earlier webhook secret ended",
        Change::none(),
    )
    .await?;
    tx.commit().await?;
    Ok(redirect::see(PAGE, "The earlier secret counts no more."))
}

/// `POST /admin/settings/payments/switch`: whether clients can pay online.
pub async fn switch(
    State(app): State<App>,
    Owner(session): Owner,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let on = sent.text("enabled") == "true";
    let mut tx = app.db.write(&session).await?;
    store::find(&mut tx).await?.ok_or_else(Error::not_found)?;
    store::enable(&mut tx, on).await?;
    let action = if on {
        "online payments switched on"
    } else {
        "online payments switched off"
    };
    note(&mut tx, &session, action, Change::none()).await?;
    tx.commit().await?;
    Ok(redirect::see(
        PAGE,
        if on {
            "Clients can pay online."
        } else {
            "Clients cannot pay online for now. What is under way goes on."
        },
    ))
}

/// `POST /admin/settings/payments`: what clients may choose.
pub async fn save_limits(
    State(app): State<App>,
    Owner(session): Owner,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let typed = Typed {
        other_amount: sent.is_ticked("other_amount"),
        least: sent.text("least"),
        tip: sent.is_ticked("tip"),
        prepay: sent.is_ticked("prepay"),
    };
    let version = sent.text("version").parse().unwrap_or(-1);
    let mut errors = FieldErrors::default();
    let mut tx = app.db.write(&session).await?;
    let currency = studios::store::get(&mut tx).await?.currency;
    let least = match typed.least.trim() {
        "" => Some(0),
        text => typed::amount(text, &currency),
    };
    if least.is_none() {
        errors.add("least", "An amount such as 50.00, or nothing.");
    }
    let before = store::limits(&mut tx).await?;
    let limits = Limits {
        version,
        other_amount: typed.other_amount,
        least: least.unwrap_or(0),
        tip: typed.tip,
        prepay: typed.prepay,
    };
    if !errors.is_empty() || !store::save_limits(&mut tx, &limits).await? {
        drop(tx);
        let conflict = errors.is_empty();
        let page = page(&app, &session, Some((typed, version)), errors, conflict).await?;
        let status = if conflict {
            StatusCode::CONFLICT
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        };
        return Ok((status, page).into_response());
    }
    if let Some(change) = Change::between(&before, &limits)? {
        note(&mut tx, &session, "payment settings changed", change).await?;
    }
    tx.commit().await?;
    Ok(redirect::see(PAGE, "Saved."))
}
