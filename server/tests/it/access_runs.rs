//! Many invited at once: L7.

use portico::{
    access::{self, runs},
    clients::{NewClient, NewContact, store as clients},
};
use portico_wire::{RunId, Settings, clients::ClientKind};

use crate::{
    access_admin::{LIST, page_of},
    desk::Desk,
    harness::TestApp,
};

/// Contacts of one client, named so that they come after everybody else.
async fn crowd(test: &TestApp, count: usize) {
    let studio = test.scope("demo").await;
    let mut tx = test.app.db.write(&studio).await.unwrap();
    let client = NewClient {
        id: tx.id(),
        kind: ClientKind::Organisation,
        name: "Zebra Choir".into(),
        group: None,
        portal_enabled: true,
        phone: None,
        address: Default::default(),
        rights: Settings::default(),
        fields: portico::clients::Values::default(),
    };
    clients::insert_client(&mut tx, &client).await.unwrap();
    for n in 0..count {
        let contact = NewContact {
            id: tx.id(),
            client: client.id,
            first_name: format!("Singer{n:04}"),
            last_name: "Zebra".into(),
            email: (n % 10 != 9).then(|| format!("singer{n}@choir.test")),
            mobile: None,
            active: n % 10 != 8,
            rights: Settings::default(),
            language: None,
            fields: portico::clients::Values::default(),
        };
        clients::insert_contact(&mut tx, &contact).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn finish(test: &TestApp) {
    for _ in 0..60 {
        test.work().await;
        test.pass(1);
    }
}

fn mails(test: &TestApp) -> Vec<String> {
    let mailbox = test.app.mail.mailbox().unwrap();
    let kept = mailbox.messages(None);
    let mut to: Vec<String> = kept
        .into_iter()
        .filter(|mail| mail.to.ends_with("@choir.test"))
        .map(|mail| mail.to)
        .collect();
    to.sort();
    to
}

/// Begins a run over the crowd; its id.
async fn begin(desk: &mut Desk<'_>, again: bool) -> RunId {
    desk.get(&format!("{LIST}?q=zebra")).await;
    let mut fields = vec![("everything", "true"), ("q", "zebra")];
    if again {
        fields.push(("again", "true"));
    }
    let reply = desk.submit(&format!("{LIST}/invitations"), &fields).await;
    let path = reply.header("location");
    path.rsplit('/').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn l7_all_that_match_are_invited_by_workers_with_progress_and_a_report_per_contact() {
    let test = TestApp::new().await;
    crowd(&test, 130).await;
    let mut desk = test.staff("owner@demo.test").await;
    desk.get(&format!("{LIST}?q=zebra")).await;
    assert!(desk.page.contains("Next page"));
    let fields = [("everything", "true"), ("q", "zebra")];
    let asked = desk.post(&format!("{LIST}/invite"), &fields).await.text;
    assert!(asked.contains("Invite 130 contacts?"), "{asked}");
    assert!(asked.contains("No email") && asked.contains("Disabled"));
    assert!(mails(&test).is_empty());
    let run = begin(&mut desk, false).await;
    let page = format!("{LIST}/invitations/{run}");
    let working = desk.get(&page).await;
    assert_eq!(working.header("refresh"), "3");
    assert!(
        working.text.contains("Sending invitations") && working.text.contains("0 of 130"),
        "{}",
        working.text
    );
    test.work().await;
    let some = desk.get(&page).await.text;
    assert!(some.contains("50 of 130"), "a handful at a time: {some}");
    finish(&test).await;
    let done = desk.get(&page).await;
    assert_eq!(done.header("refresh"), "");
    assert!(done.text.contains("Invitations sent") && done.text.contains("130 of 130"));
    let sent = mails(&test);
    assert_eq!(sent.len(), 104);
    let report = desk.get(&format!("{page}?outcome=no_email")).await.text;
    assert_eq!(report.matches("No mail address</span>").count(), 13);
    let report = desk.get(&format!("{page}?outcome=disabled")).await.text;
    assert_eq!(report.matches("Disabled</span>").count(), 13);
    assert_eq!(test.logged("many invited").await.2["contacts"], 130);
    // The timeline of each names who invited it.
    page_of(&mut desk, "Singer0000 Zebra").await;
    assert!(desk.page.contains("Invitation sent") && desk.page.contains("Olivia Fern"));
}

#[tokio::test]
async fn l7_whenever_workers_die_or_race_each_contact_gets_its_mail_once() {
    let test = TestApp::new().await;
    crowd(&test, 60).await;
    let mut desk = test.staff("owner@demo.test").await;
    let run = begin(&mut desk, false).await;
    let studio = test.scope("demo").await;
    // A worker that died after its work leaves the job to another, who does the same again; meanwhile a third.
    for _ in 0..4 {
        let steps = (0..3).map(|_| runs::go_on(&test.app, studio.scope, run));
        for step in futures_util::future::join_all(steps).await {
            assert!(step.is_ok());
        }
    }
    finish(&test).await;
    let sent = mails(&test);
    let mut once = sent.clone();
    once.dedup();
    assert_eq!((sent.len(), once.len()), (48, 48));
    // A step of a run that is done does nothing.
    assert!(runs::go_on(&test.app, studio.scope, run).await.is_ok());
    finish(&test).await;
    assert_eq!(mails(&test).len(), 48);
}

#[tokio::test]
async fn l7_selected_contacts_are_invited_and_those_in_already_only_when_asked() {
    let test = TestApp::new().await;
    test.signed_in("client@demo.test").await;
    let mut desk = test.staff("member@demo.test").await;
    let mut ids = Vec::new();
    for name in ["Ada Carter", "Tom Weller", "Noah Twin"] {
        let page = page_of(&mut desk, name).await;
        ids.push(page.rsplit('/').next().unwrap().to_owned());
    }
    let fields: Vec<(&str, &str)> = ids.iter().map(|id| ("contact", id.as_str())).collect();
    desk.get(LIST).await;
    let asked = desk.post(&format!("{LIST}/invite"), &fields).await.text;
    assert!(
        asked.contains("Invite 3 contacts?") && asked.contains("Also those who are in already")
    );
    desk.post(&format!("{LIST}/invitations"), &fields).await;
    finish(&test).await;
    assert_eq!(test.messages("site@demo.test").await.len(), 1);
    assert!(test.messages("client@demo.test").await.is_empty());
    assert!(test.messages("twin@demo.test").await.is_empty());
    desk.get(LIST).await;
    let again = [&fields[..1], &[("again", "true")][..]].concat();
    desk.post(&format!("{LIST}/invitations"), &again).await;
    finish(&test).await;
    assert_eq!(test.messages("client@demo.test").await.len(), 1);
    // Nobody ticked: said, not failed.
    desk.get(LIST).await;
    let none = desk.post(&format!("{LIST}/invite"), &[]).await.text;
    assert!(none.contains("Nobody was selected."));
}

#[tokio::test]
async fn l7_l25_more_than_two_hundred_at_once_are_a_managers() {
    let test = TestApp::new().await;
    crowd(&test, 201).await;
    let mut desk = test.staff("member@demo.test").await;
    desk.get(LIST).await;
    let fields = [("everything", "true"), ("q", "zebra")];
    let asked = desk.post(&format!("{LIST}/invite"), &fields).await.text;
    assert!(asked.contains("is for the role Manager and above"));
    let reply = desk.submit(&format!("{LIST}/invitations"), &fields).await;
    assert_eq!(reply.status, 403);
    finish(&test).await;
    assert!(mails(&test).is_empty());
}

#[tokio::test]
async fn l7_another_studios_run_is_404() {
    let test = TestApp::new().await;
    crowd(&test, 3).await;
    let mut desk = test.staff("owner@demo.test").await;
    let run = begin(&mut desk, true).await;
    let mut stranger = test.staff("owner@lapsed.test").await;
    let page = format!("{LIST}/invitations/{run}");
    assert_eq!(stranger.get(&page).await.status, 404);
    finish(&test).await;
}

async fn everybody(test: &TestApp) -> Vec<access::store::PortalUser> {
    let studio = test.scope("demo").await;
    let mut tx = test.app.db.read(&studio).await.unwrap();
    let (all, start) = (Default::default(), access::store::Place::start());
    access::store::portal_users(&mut tx, &all, &start, 1000)
        .await
        .unwrap()
}

#[tokio::test]
async fn l12_the_list_pages_by_name_through_everybody_once() {
    let test = TestApp::new().await;
    let others = everybody(&test).await.len();
    crowd(&test, 120).await;
    let mut desk = test.staff("member@demo.test").await;
    let (mut path, mut seen) = (format!("{LIST}?q=zebra+choir"), 0);
    for _ in 0..5 {
        let page = desk.get(&path).await.text;
        seen += page.matches("name=\"contact\"").count();
        let Some((before, _)) = page.split_once("\" rel=\"next\"") else {
            break;
        };
        path = before
            .rsplit_once("href=\"")
            .unwrap()
            .1
            .replace("&amp;", "&");
    }
    assert_eq!(seen, 120);
    let all = everybody(&test).await;
    let names: Vec<_> = all
        .iter()
        .map(|user| {
            (
                user.last_name.to_lowercase(),
                user.first_name.to_lowercase(),
            )
        })
        .collect();
    assert!(names.is_sorted());
    assert_eq!(names.len(), 120 + others);
}
