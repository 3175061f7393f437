//! The contact's own log: signed in where, changed what, signed, paid, downloaded; and what staff did to its access.

pub mod store;

use portico_wire::{
    Right,
    activity::{Activity, ActivityEntry, MOST},
};

use self::store::{Acted, Seen, SignIn, Signed};
use crate::{Result, access::sessions::device_name, scope::Reading, web::body::Json};

/// What happened on this contact's account, the latest first; four statements.
#[utoipa::path(get, path = "/activity", tag = "portal", params(("studio" = String, Path)),
    responses((status = 200, body = Activity)), security(("session" = [])))]
pub async fn get_activity(Reading { session, mut tx }: Reading) -> Result<Json<Activity>> {
    session.section(Right::PersonalInfo)?;
    let contact = session.contact;
    let mut entries: Vec<ActivityEntry> = Vec::new();
    let sign_ins = store::sign_ins(&mut tx, contact, MOST).await?;
    entries.extend(sign_ins.iter().map(signed_in));
    entries.extend(
        store::acts(&mut tx, contact, MOST)
            .await?
            .into_iter()
            .map(acted),
    );
    entries.extend(
        store::documents(&mut tx, contact, MOST)
            .await?
            .into_iter()
            .map(saw),
    );
    for one in store::contracts(&mut tx, contact, MOST).await? {
        entries.extend(signed(&one));
    }
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.at));
    entries.truncate(usize::try_from(MOST).unwrap_or_default());
    Ok(Json(Activity { entries }))
}

fn signed_in(one: &SignIn) -> ActivityEntry {
    let what = match one.outcome.as_str() {
        "in" => "Signed in",
        _ => "A sign-in was refused",
    };
    let site = one.origin.split("://").nth(1).unwrap_or_default();
    ActivityEntry {
        at: one.at,
        what: what.to_owned(),
        title: None,
        by: Some(format!(
            "{}, {site}, {}",
            device_name(&one.user_agent),
            one.address
        )),
    }
}

/// As the audit log words it, as a sentence.
fn acted(one: Acted) -> ActivityEntry {
    let mut letters = one.action.chars();
    let first = letters.next().map(|it| it.to_uppercase().to_string());
    ActivityEntry {
        at: one.at,
        what: format!("{}{}", first.unwrap_or_default(), letters.as_str()),
        title: None,
        by: (one.actor_kind != "contact").then_some(one.actor_name),
    }
}

fn saw(one: Seen) -> ActivityEntry {
    let what = if one.downloaded_at.is_some() {
        "Downloaded a document"
    } else {
        "Opened a document"
    };
    ActivityEntry {
        at: one.downloaded_at.unwrap_or(one.seen_at),
        what: what.to_owned(),
        title: Some(one.name),
        by: None,
    }
}

fn signed(one: &Signed) -> impl Iterator<Item = ActivityEntry> {
    let acts = [
        (one.opened_at, "Opened a contract"),
        (one.signed_at, "Signed a contract"),
        (one.declined_at, "Declined a contract"),
    ];
    let title = one.title.clone();
    acts.into_iter().filter_map(move |(at, what)| {
        Some(ActivityEntry {
            at: at?,
            what: what.to_owned(),
            title: Some(title.clone()),
            by: None,
        })
    })
}
