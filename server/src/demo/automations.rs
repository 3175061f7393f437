//! The demo studio's automations, and what they did in the last weeks. Only the demo has them, so that whatever else is tried
//! on these data stays without.

use portico_wire::ClientId;

use crate::{
    App, Result,
    access::{reach::Filter, store::Place},
    audit::Actor,
    automations::{
        Action, Automation, Rule, Timing, dates, gallery,
        start::begin,
        store::{self, Draft},
        work::Ending,
    },
    db::StudioTx,
    error::Error,
    forms,
    happenings::{Happened, Item, What},
    studios,
};

const DAY: i64 = 86_400;

pub async fn fill(app: &App) -> Result<()> {
    // Operator: the demo's studio by the name everybody knows.
    let mut tx = app.db.system().await?;
    let studio = studios::store::find_by_slug(&mut tx, "demo")
        .await?
        .ok_or_else(Error::not_found)?;
    let mut tx = tx.for_studio(&studio.scope);
    let now = tx.now();
    tx.set_now(now.plus_seconds(-40 * DAY));
    let booking = use_ready(&mut tx, "booking_portal").await?;
    let due = use_ready(&mut tx, "due_reminder").await?;
    let signed = signed(&mut tx).await?;
    for (days, automation, client, title, ending) in [
        (
            31,
            &booking,
            "whitcombe",
            "Whitcombe wedding, booked",
            Ok("Mail “Your booking and your portal” to Hannah Whitcombe"),
        ),
        (
            27,
            &signed,
            "carter",
            "Wedding photography agreement",
            Ok("Questionnaire “Wedding questionnaire” sent"),
        ),
        (
            19,
            &due,
            "carter",
            "Deposit",
            Ok("Mail “Payment reminder” to Ada Carter"),
        ),
        (
            12,
            &booking,
            "moreau",
            "Portraits in the garden",
            Err("Not so: nobody has signed in yet."),
        ),
        (
            6,
            &due,
            "whitcombe",
            "Second part",
            Err("It is paid, or a payment is under way."),
        ),
        (
            2,
            &booking,
            "bell",
            "Family pictures",
            Ok("Mail “Your booking and your portal” to the family"),
        ),
    ] {
        if let Some((client, name)) = find(&mut tx, client).await? {
            tx.set_now(now.plus_seconds(-days * DAY + days * 731));
            ran(&mut tx, automation, (client, &name), title, ending).await?;
        }
    }
    tx.set_now(now);
    for automation in [&booking, &due, &signed] {
        dates::schedule(&mut tx, automation).await?;
    }
    tx.commit().await
}

async fn use_ready(tx: &mut StudioTx, key: &str) -> Result<Automation> {
    let ready = gallery::find(key).ok_or_else(Error::not_found)?;
    let rule = gallery::rule(tx, ready).await?;
    let draft = Draft {
        name: ready.name,
        starts_with: ready.trigger.name(),
        active: true,
        rule: &rule,
    };
    let id = store::insert(tx, &draft).await?;
    store::get(tx, id).await
}

/// Of several forms, the one about weddings.
async fn signed(tx: &mut StudioTx) -> Result<Automation> {
    let ready = gallery::find("signed_questionnaire").ok_or_else(Error::not_found)?;
    let forms = forms::store::form_names(tx, false).await?;
    let wedding = forms.iter().find(|(_, name)| name.contains("edding"));
    let (form, _) = wedding.or(forms.first()).ok_or_else(Error::not_found)?;
    let rule = Rule {
        conditions: Vec::new(),
        timing: Timing::AtOnce,
        actions: vec![Action::AssignForm {
            form: *form,
            days: Some(14),
        }],
    };
    let draft = Draft {
        name: ready.name,
        starts_with: ready.trigger.name(),
        active: true,
        rule: &rule,
    };
    let id = store::insert(tx, &draft).await?;
    store::get(tx, id).await
}

async fn find(tx: &mut StudioTx, search: &str) -> Result<Option<(ClientId, String)>> {
    let filter = Filter {
        state: None,
        search: search.into(),
    };
    let found = crate::access::store::portal_users(tx, &filter, &Place::start(), 1).await?;
    Ok(found.first().map(|one| (one.client_id, one.name())))
}

/// Something that happened a while ago, and what came of it.
async fn ran(
    tx: &mut StudioTx,
    automation: &Automation,
    (client, name): (ClientId, &str),
    title: &str,
    ending: std::result::Result<&str, &str>,
) -> Result<()> {
    let automation = Automation {
        rule: Rule {
            conditions: Vec::new(),
            timing: Timing::AtOnce,
            ..automation.rule.clone()
        },
        ..automation.clone()
    };
    let item = Item::Client(client);
    let happened = Happened::new(What::ClientAdded, client, &Actor::System, item, title);
    begin(tx, std::slice::from_ref(&automation), &happened).await?;
    let ending = match ending {
        Ok(did) => Ending::Done(vec![did.replace("the family", name)]),
        Err(reason) => Ending::Skipped(reason.to_owned()),
    };
    for run in store::planned(tx, automation.id).await? {
        store::end_run(tx, &run, &ending).await?;
        if matches!(ending, Ending::Done(_)) {
            store::note_run(tx, &automation).await?;
        }
    }
    Ok(())
}
