//! Automations, as they run: once, at their time, all or nothing.

use portico::{
    audit::Actor,
    automations::{
        Action, Automation, Condition, Rule, Timing, Trigger, dates,
        store::{self, Draft},
        timing::Unit,
        work,
    },
    db::StudioTx,
    events,
    happenings::{self, Happened, Item, What},
    mail::letters::{self, Purpose, Words},
};
use portico_wire::{AutomationId, ClientId, ContactId, MailTemplateId};
use serde_json::json;

use crate::{
    events::{book, kind_of},
    harness::TestApp,
};

const AT_ONCE: Timing = Timing::AtOnce;

fn days(days: i32) -> Timing {
    Timing::Day {
        days,
        hour: 9,
        minute: 0,
    }
}

fn later(count: i32, unit: Unit) -> Timing {
    Timing::After { count, unit }
}

fn rule(timing: Timing, actions: Vec<Action>) -> Rule {
    Rule {
        conditions: Vec::new(),
        timing,
        actions,
    }
}

fn note(text: &str) -> Action {
    Action::AddNote { text: text.into() }
}

pub async fn write(test: &TestApp) -> StudioTx {
    let studio = test.scope("demo").await;
    test.app.db.write(&studio.scope).await.unwrap()
}

async fn add(tx: &mut StudioTx, trigger: &str, rule: &Rule) -> AutomationId {
    assert!(Trigger::parse(trigger).is_some());
    let draft = Draft {
        name: "Routine",
        starts_with: trigger,
        active: true,
        rule,
    };
    let id = store::insert(tx, &draft).await.unwrap();
    let automation = store::get(tx, id).await.unwrap();
    dates::schedule(tx, &automation).await.unwrap();
    id
}

pub async fn make(test: &TestApp, trigger: &str, rule: Rule) -> AutomationId {
    let mut tx = write(test).await;
    let id = add(&mut tx, trigger, &rule).await;
    tx.commit().await.unwrap();
    id
}

async fn template(test: &TestApp, subject: &str, body: &str) -> MailTemplateId {
    let mut tx = write(test).await;
    let words = Words {
        name: "Routine mail".into(),
        subject: subject.into(),
        body: body.into(),
    };
    let id = letters::store::insert(&mut tx, Purpose::Letter, &words)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    id
}

/// The contact of this email and its client.
pub async fn who(test: &TestApp, email: &str) -> (ContactId, ClientId) {
    test.row(
        "select c.id, c.client_id from contacts c join studios s on s.id = c.studio_id
         where s.slug = 'demo' and c.email = $1",
        email,
    )
    .await
}

/// Something happens to a client: a note of its own kind, told apart by `which`.
async fn happen(test: &TestApp, what: What, email: &str, which: &str) {
    let (contact, client) = who(test, email).await;
    let mut tx = write(test).await;
    let happened = Happened::new(
        what,
        client,
        &Actor::System,
        Item::Client(client),
        "A thing",
    )
    .to(vec![contact])
    .again(which);
    happenings::tell(&mut tx, &happened).await.unwrap();
    tx.commit().await.unwrap();
}

/// State, reason and what was done, of the runs of all automations, the oldest first.
async fn runs(test: &TestApp, automation: AutomationId) -> Vec<(String, String, String)> {
    let studio = test.scope("demo").await;
    let mut tx = test.app.db.read(&studio.scope).await.unwrap();
    let newest = portico_wire::AutomationRunId::from_bytes([0xff; 16]);
    let mut lines = store::lines(&mut tx, (Some(automation), None), newest, 5000)
        .await
        .unwrap();
    lines.reverse();
    lines
        .into_iter()
        .map(|one| {
            (
                one.state.name().to_owned(),
                one.reason.unwrap_or_default(),
                one.did.join(" | "),
            )
        })
        .collect()
}

async fn automation(test: &TestApp, id: AutomationId) -> Automation {
    let studio = test.scope("demo").await;
    let mut tx = test.app.db.read(&studio.scope).await.unwrap();
    store::get(&mut tx, id).await.unwrap()
}

async fn count(test: &TestApp, action: &str) -> i64 {
    let (count,): (i64,) = test
        .row("select count(*) from audit_log where action = $1", action)
        .await;
    count
}

async fn mails(test: &TestApp, to: &str, subject: &str) -> usize {
    let all = test.messages(to).await;
    all.iter().filter(|one| one.subject == subject).count()
}

#[tokio::test]
async fn l17_a_template_that_was_deleted_fails_the_run_with_its_reason_and_staff_see_it() {
    let test = TestApp::new().await;
    let mail = template(&test, "Hello", "Hello").await;
    let actions = vec![note("before"), Action::Mail { template: mail }];
    let id = make(&test, "client_added", rule(AT_ONCE, actions)).await;
    let mut tx = write(&test).await;
    assert!(letters::store::delete(&mut tx, mail).await.unwrap());
    tx.commit().await.unwrap();
    happen(&test, What::ClientAdded, "client@demo.test", "").await;
    test.work().await;
    let all = runs(&test, id).await;
    assert_eq!(all.len(), 1);
    let (state, reason, did) = &all[0];
    assert_eq!((state.as_str(), did.as_str()), ("failed", ""));
    assert!(reason.contains("was deleted"), "{reason}");
    assert_eq!(count(&test, "note added").await, 0, "all or nothing");
    assert!(automation(&test, id).await.trouble.is_some());
    let mut desk = test.staff("owner@demo.test").await;
    let page = desk.get("/admin/automations").await.text;
    assert!(page.contains("Needs attention") && page.contains("was deleted"));
    let page = desk.get("/admin/automations/runs?state=failed").await.text;
    assert!(page.contains("was deleted"), "{page}");
}

#[tokio::test]
async fn l17_a_thousand_triggers_in_a_minute_send_no_flood_and_each_is_written_down() {
    let test = TestApp::new().await;
    let mail = template(&test, "Flood", "Hello").await;
    let actions = vec![Action::Mail { template: mail }];
    let id = make(&test, "details_updated", rule(AT_ONCE, actions)).await;
    let (contact, client) = who(&test, "client@demo.test").await;
    let mut tx = write(&test).await;
    let begun = std::time::Instant::now();
    for which in 0..1000 {
        let item = Item::Contact(contact);
        let happened = Happened::new(What::DetailsUpdated, client, &Actor::System, item, "Ada")
            .to(vec![contact])
            .again(which);
        happenings::tell(&mut tx, &happened).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
    test.work().await;
    let all = runs(&test, id).await;
    assert_eq!(all.len(), 1000);
    let done = all.iter().filter(|(state, ..)| state == "done").count();
    assert_eq!(done, 20);
    assert_eq!(mails(&test, "client@demo.test", "Flood").await, 20);
    let skipped = all
        .iter()
        .filter(|(state, reason, _)| state == "skipped" && reason.contains("within an hour"));
    assert_eq!(skipped.count(), 980);
    // An hour later it goes on.
    test.pass(3601);
    happen(&test, What::DetailsUpdated, "client@demo.test", "later").await;
    test.work().await;
    assert_eq!(mails(&test, "client@demo.test", "Flood").await, 21);
}

/// A portrait session of Ada's, confirmed; its id.
async fn confirmed(test: &TestApp, starts: &str) -> portico_wire::EventId {
    let mut ada = test.signed_in("client@demo.test").await;
    let offer = ada.get("/events/booking").await.ok();
    let body = json!({
        "kind": kind_of(&offer, "Portrait session"), "starts": starts, "title": "Pictures of spring",
    });
    book(&mut ada, body, "pictures-of-spring").await.ok();
    let (id, version): (portico_wire::EventId, i64) = test
        .row(
            "select id, version from events where title = $1",
            "Pictures of spring",
        )
        .await;
    let studio = test.scope("demo").await;
    let mut tx = test.app.db.write(&studio.scope).await.unwrap();
    let by = by();
    let act = events::Act::Confirm;
    events::act::mark(&test.app, &mut tx, &studio, (id, version), act, None, &by)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    id
}

const fn by() -> events::act::By<'static> {
    events::act::By {
        actor: &Actor::System,
        reference: "-",
        tell: false,
    }
}

async fn move_to(test: &TestApp, id: portico_wire::EventId, starts: &str) {
    let studio = test.scope("demo").await;
    let mut tx = test.app.db.write(&studio.scope).await.unwrap();
    let event = events::store::get(&mut tx, id).await.unwrap();
    let when = events::times::read(
        events::times::Typed {
            starts,
            ends: "",
            all_day: false,
            minutes: 60,
        },
        &event.zone(),
    )
    .unwrap();
    let this = (id, event.version);
    events::act::move_to(&test.app, &mut tx, &studio, this, when, &by())
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// Lets days go by, with a worker that looks every few hours.
async fn live(test: &TestApp, days: i64) {
    for _ in 0..days * 4 {
        test.pass(21_600);
        test.work().await;
    }
}

#[tokio::test]
async fn l17_an_event_that_moves_after_its_reminder_is_not_reminded_of_again() {
    let test = TestApp::new().await;
    let mail = template(&test, "Soon: {{ event.title }}, {{ event.date }}", "Hello").await;
    let actions = vec![Action::Mail { template: mail }];
    let id = make(&test, "event_day", rule(days(-2), actions.clone())).await;
    let event = confirmed(&test, "2026-11-26T14:00").await;
    // Moved before its reminder: the new date counts.
    move_to(&test, event, "2026-11-27T14:00").await;
    live(&test, 3).await;
    let soon = "Soon: Pictures of spring, 27 November 2026";
    assert_eq!(mails(&test, "client@demo.test", soon).await, 0);
    live(&test, 1).await;
    assert_eq!(mails(&test, "client@demo.test", soon).await, 1);
    move_to(&test, event, "2026-12-01T14:00").await;
    live(&test, 8).await;
    let again = "Soon: Pictures of spring, 1 December 2026";
    assert_eq!(mails(&test, "client@demo.test", again).await, 0);
    let own = runs(&test, id).await;
    let own = own.iter().filter(|(state, ..)| state == "done").count();
    assert!(own >= 1);
}

#[tokio::test]
async fn l17_a_cancelled_event_is_not_reminded_of_and_the_log_says_why() {
    let test = TestApp::new().await;
    let id = make(
        &test,
        "event_confirmed",
        rule(later(2, Unit::Hours), vec![note("Confirmed")]),
    )
    .await;
    let event = confirmed(&test, "2027-05-22T14:00").await;
    test.work().await;
    assert_eq!(runs(&test, id).await[0].0, "planned");
    let studio = test.scope("demo").await;
    let mut tx = write(&test).await;
    let version = events::store::get(&mut tx, event).await.unwrap().version;
    let act = events::Act::Cancel;
    events::act::mark(
        &test.app,
        &mut tx,
        &studio,
        (event, version),
        act,
        None,
        &by(),
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    test.pass(7300);
    test.work().await;
    let all = runs(&test, id).await;
    assert_eq!(
        (all[0].0.as_str(), all[0].1.as_str()),
        ("skipped", "The event was cancelled.")
    );
    assert_eq!(count(&test, "note added").await, 0);
}

#[tokio::test]
async fn l17_what_is_planned_follows_the_automation_as_it_is_edited_paused_and_removed() {
    let test = TestApp::new().await;
    let waits = |text: &str| rule(later(3, Unit::Days), vec![note(text)]);
    let id = make(&test, "client_added", waits("old")).await;
    happen(&test, What::ClientAdded, "client@demo.test", "").await;
    let mut desk = test.staff("owner@demo.test").await;
    let page = format!("/admin/automations/{id}");
    let html = desk.get(&page).await.text;
    assert!(html.contains("1 run is planned"), "{html}");
    let saved = desk
        .post(
            &page,
            &[
                ("version", "1"),
                ("name", "Routine"),
                ("trigger", "client_added"),
                ("wait", "hours"),
                ("count", "1"),
                ("a1_kind", "add_note"),
                ("a1_text", "new"),
                ("active", "true"),
            ],
        )
        .await;
    assert_eq!(saved.status, 200, "{}", saved.text);
    test.pass(3700);
    test.work().await;
    assert_eq!(runs(&test, id).await[0].0, "done");
    let (_, _, after) = test.logged("note added").await;
    assert_eq!(after["note"], "new");
    // The first job finds nothing left to do.
    test.pass(4 * 86_400);
    test.work().await;
    assert_eq!(count(&test, "note added").await, 1);

    for (how, reason) in [("switch", "switched off"), ("remove", "removed")] {
        let id = make(&test, "first_sign_in", waits(how)).await;
        happen(&test, What::FirstSignIn, "client@demo.test", how).await;
        // Days have passed: the session is over.
        let mut desk = test.staff("owner@demo.test").await;
        desk.get("/admin/automations").await;
        let path = format!("/admin/automations/{id}/{how}");
        let reply = desk.post(&path, &[("on", "false")]).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        test.pass(4 * 86_400);
        test.work().await;
        let all = runs(&test, id).await;
        assert_eq!(all[0].0, "skipped");
        assert!(all[0].1.contains(reason), "{:?}", all[0]);
        let mut tx = write(&test).await;
        store::remove(&mut tx, id).await.unwrap();
        tx.commit().await.unwrap();
    }
    assert_eq!(count(&test, "note added").await, 1);
}

#[tokio::test]
async fn l17_two_workers_and_a_job_that_comes_twice_do_it_once() {
    let test = TestApp::new().await;
    let mail = template(
        &test,
        "Once",
        "Hello {{ recipient.first_name }} {{ recipient.portal_linked }}",
    )
    .await;
    let actions = vec![Action::Mail { template: mail }, note("Once")];
    let id = make(&test, "client_added", rule(AT_ONCE, actions)).await;
    for _ in 0..3 {
        happen(&test, What::ClientAdded, "client@demo.test", "").await;
    }
    let (run,): (portico_wire::AutomationRunId,) = test
        .row("select id from automation_runs where title = $1", "A thing")
        .await;
    let scope = test.scope("demo").await.scope;
    let (one, other) = tokio::join!(
        work::run(&test.app, scope, run),
        work::run(&test.app, scope, run)
    );
    assert!(one.is_ok() && other.is_ok());
    test.work().await;
    assert_eq!(runs(&test, id).await.len(), 1);
    assert_eq!(mails(&test, "client@demo.test", "Once").await, 1);
    assert_eq!(count(&test, "note added").await, 1);
    let (_, _, did) = &runs(&test, id).await[0];
    assert_eq!(did, "Mail “Routine mail” to Ada Carter | Note added");
    assert!(
        test.message("client@demo.test")
            .await
            .text
            .contains("#portico=")
    );
}

#[tokio::test]
async fn l17_automations_that_lead_to_each_other_come_to_an_end() {
    let test = TestApp::new().await;
    let mut tx = write(&test).await;
    let forms = portico::forms::store::form_names(&mut tx, false)
        .await
        .unwrap();
    drop(tx);
    assert!(forms.len() >= 3, "{forms:?}");
    let mut all = Vec::new();
    for (form, _) in &forms[..2] {
        let actions = vec![Action::AssignForm {
            form: *form,
            days: None,
        }];
        all.push(make(&test, "form_assigned", rule(AT_ONCE, actions)).await);
    }
    happen(&test, What::FormAssigned, "twin@demo.test", "first").await;
    happen(&test, What::FormAssigned, "new@demo.test", "first").await;
    for _ in 0..10 {
        test.work().await;
    }
    let mut reasons = Vec::new();
    for id in all {
        let own = runs(&test, id).await;
        assert!(own.iter().all(|(state, ..)| state != "planned"), "{own:?}");
        assert!(own.len() < 10, "{own:?}");
        reasons.extend(own.into_iter().map(|(_, reason, _)| reason));
    }
    assert!(
        reasons
            .iter()
            .any(|one| one.contains("started itself again")),
        "{reasons:?}"
    );
}

#[tokio::test]
async fn l17_conditions_are_asked_when_it_starts_and_again_when_it_runs() {
    let test = TestApp::new().await;
    let waits = |conditions| Rule {
        conditions,
        timing: later(1, Unit::Hours),
        actions: vec![note("Yes")],
    };
    let access = |access| vec![Condition::Access { access }];
    use portico::automations::Access::{NotSignedIn, SignedIn};
    let at_start = make(&test, "portal_invited", waits(access(SignedIn))).await;
    let when_run = make(&test, "portal_invited", waits(access(NotSignedIn))).await;
    happen(&test, What::PortalInvited, "new@demo.test", "").await;
    let all = runs(&test, at_start).await;
    assert_eq!(all[0].0, "skipped");
    assert!(all[0].1.contains("somebody has signed in"), "{:?}", all[0]);
    assert_eq!(runs(&test, when_run).await[0].0, "planned");
    let mut newcomer = test.browser();
    let request = newcomer.ask_code("new@demo.test").await;
    let code = test.code("new@demo.test").await;
    newcomer.redeem(&request, &code).await.ok();
    test.pass(3700);
    test.work().await;
    let all = runs(&test, when_run).await;
    assert_eq!(all[0].0, "skipped");
    assert!(all[0].1.contains("nobody has signed in"), "{:?}", all[0]);
}

#[tokio::test]
async fn l17_at_night_it_waits_until_the_quiet_hours_are_over() {
    let test = TestApp::new().await;
    // 23:00 in London.
    test.pass(11 * 3600);
    let id = make(&test, "client_added", rule(AT_ONCE, vec![note("Morning")])).await;
    happen(&test, What::ClientAdded, "client@demo.test", "").await;
    test.work().await;
    test.pass(8 * 3600);
    test.work().await;
    assert_eq!(runs(&test, id).await[0].0, "planned");
    test.pass(3600);
    test.work().await;
    assert_eq!(runs(&test, id).await[0].0, "done");
}

#[tokio::test]
async fn l17_while_all_rest_nothing_starts_and_nothing_planned_is_done() {
    let test = TestApp::new().await;
    let id = make(
        &test,
        "client_added",
        rule(later(1, Unit::Hours), vec![note("No")]),
    )
    .await;
    happen(&test, What::ClientAdded, "client@demo.test", "").await;
    let mut desk = test.staff("owner@demo.test").await;
    desk.get("/admin/automations").await;
    desk.post("/admin/automations/pause", &[("pause", "true")])
        .await;
    assert!(desk.page.contains("All automations rest"));
    happen(&test, What::ClientAdded, "office@demo.test", "").await;
    test.pass(3700);
    test.work().await;
    let all = runs(&test, id).await;
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].1, "All automations were paused.");
    assert_eq!(count(&test, "automation settings changed").await, 1);
}

#[tokio::test]
async fn l17_an_event_of_the_studios_time_starts_it_through_the_portal_and_the_desk() {
    let test = TestApp::new().await;
    let mail = template(&test, "Booked: {{ event.title }}", "Hello").await;
    let actions = vec![Action::Mail { template: mail }];
    make(&test, "event_confirmed", rule(AT_ONCE, actions)).await;
    let over = make(&test, "event_over", rule(AT_ONCE, vec![note("Over")])).await;
    confirmed(&test, "2026-11-25T14:00").await;
    test.work().await;
    let booked = "Booked: Pictures of spring";
    assert_eq!(mails(&test, "client@demo.test", booked).await, 1);
    live(&test, 5).await;
    let all = runs(&test, over).await;
    let own = all.iter().filter(|(state, ..)| state == "done");
    assert!(own.count() >= 1, "{all:?}");
}

#[tokio::test]
async fn l17_a_message_starts_it_only_while_nobody_has_answered() {
    let test = TestApp::new().await;
    let wait = rule(later(2, Unit::Hours), vec![note("Waits")]);
    let id = make(&test, "message_unanswered", wait).await;
    let mut ada = test.signed_in("client@demo.test").await;
    let talk = crate::messages::own(&mut ada).await;
    crate::messages::write(&mut ada, &talk, "Is the park open?").await;
    test.pass(3600);
    crate::messages::answer(&test, &talk, "It is, until eight.", &[]).await;
    test.pass(3700);
    test.work().await;
    let answered = runs(&test, id).await;
    assert_eq!(answered[0].1, "The studio has answered.", "{answered:?}");
    // The next one waits in vain; of two in a row the later one counts.
    test.pass(60);
    crate::messages::write(&mut ada, &talk, "And the lake?").await;
    test.pass(600);
    crate::messages::write(&mut ada, &talk, "Hello?").await;
    test.pass(7300);
    test.work().await;
    let all = runs(&test, id).await;
    let states: Vec<&str> = all.iter().map(|run| run.0.as_str()).collect();
    assert_eq!(
        states.iter().filter(|it| **it == "done").count(),
        1,
        "{all:?}"
    );
    assert_eq!(all.len(), 3, "{all:?}");
}
