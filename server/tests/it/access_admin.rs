//! Staff let contacts in and out: L2 L5 L6 L9 L10 L11 L12 L13 L19, A5 A9 A10 A11 A12, M2; and who may.

use axum::http::Method;
use portico::staff::Role;
use serde_json::json;

use crate::{
    desk::Desk,
    harness::{HOST, PASSWORD, SITE, TestApp},
};

pub const LIST: &str = "/admin/portal-users";

/// The page of a contact, by the name the list shows.
pub async fn page_of(desk: &mut Desk<'_>, name: &str) -> String {
    let q = portico::web::redirect::escape(name);
    let reply = desk.get(&format!("{LIST}?q={q}")).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let (before, _) = reply
        .text
        .split_once(&format!("\">{name}</a>"))
        .unwrap_or_else(|| panic!("{name} is not on the list: {}", reply.text));
    let path = before.rsplit_once("href=\"").unwrap().1.to_owned();
    assert_eq!(desk.get(&path).await.status, 200);
    path
}

async fn manager(test: &TestApp) -> Desk<'_> {
    test.add_staff("manager@demo.test", "Mona Manager", "demo", Role::Manager)
        .await;
    test.staff("manager@demo.test").await
}

/// What the page shows once: the secret of the link.
pub fn shown_secret(page: &str) -> String {
    let (_, rest) = page.split_once("id=\"shown\"").expect("something is shown");
    let (_, rest) = rest.split_once("#portico=").expect("a link");
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn l5_a_click_on_the_red_cloud_asks_then_invites_and_the_cloud_turns_green() {
    let test = TestApp::new().await;
    let mut desk = test.staff("member@demo.test").await;
    let list = desk.get(&format!("{LIST}?q=ben")).await.text;
    assert!(
        list.contains("Ben Carter") && !list.contains("stand green"),
        "{list}"
    );
    let page = page_of(&mut desk, "Ben Carter").await;
    let asked = desk
        .get(&format!("{page}/invite?back=/admin/portal-users?q=ben"))
        .await;
    assert!(asked.text.contains("Invite Ben Carter to the portal?"));
    assert!(asked.text.contains("spouse@demo.test"));
    assert!(test.messages("spouse@demo.test").await.is_empty());
    let list = desk
        .post(
            &format!("{page}/invite"),
            &[("back", "/admin/portal-users?q=ben")],
        )
        .await
        .text;
    assert!(
        list.contains("The invitation to Ben Carter is on its way."),
        "{list}"
    );
    assert!(list.contains("stand green"), "{list}");
    let mail = test.message("spouse@demo.test").await;
    assert!(mail.subject.contains("Fernlight Studio") && mail.html.contains("#7a3e58"));
    let (who, _, after) = test.logged("contact invited").await;
    assert_eq!(
        (who.as_str(), after),
        ("Marcus Light", json!({ "email": "spouse@demo.test" }))
    );
}

#[tokio::test]
async fn l6_inviting_again_ends_the_older_links_of_that_contact_alone() {
    let test = TestApp::new().await;
    let mut desk = test.staff("member@demo.test").await;
    let first = test.link("new@demo.test").await;
    let other = {
        let page = page_of(&mut desk, "Ben Carter").await;
        shown_secret(&desk.post(&format!("{page}/link"), &[]).await.text)
    };
    let page = page_of(&mut desk, "Nora Newcomer").await;
    desk.post(&format!("{page}/invite"), &[]).await;
    let second = test.link("new@demo.test").await;
    let look = |secret: String| {
        let mut browser = test.browser();
        async move {
            browser
                .post("/sign-in/link", json!({ "secret": secret }))
                .await
        }
    };
    look(first).await.refused(410, "link_invalid");
    look(second).await.ok();
    look(other).await.ok();
}

#[tokio::test]
async fn l10_a5_each_copy_is_a_new_link_listed_and_revocable_and_five_live_at_once() {
    let test = TestApp::new().await;
    let mut desk = test.staff("member@demo.test").await;
    let page = page_of(&mut desk, "Ben Carter").await;
    let mut secrets = Vec::new();
    for _ in 0..6 {
        let reply = desk.post(&format!("{page}/link"), &[]).await;
        assert!(
            reply
                .text
                .contains(&format!("{HOST}/demo/client-portal#portico="))
        );
        secrets.push(shown_secret(&reply.text));
        test.pass(1);
    }
    let reply = desk.get(&page).await;
    assert_eq!(reply.text.matches("name=\"link\"").count(), 5);
    assert!(
        !reply.text.contains(&secrets[5]),
        "a link is shown this once"
    );
    assert!(!test.database_contains(&secrets[5]).await);
    let id = desk
        .page
        .split_once("name=\"link\" value=\"")
        .unwrap()
        .1
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let reply = desk
        .post(&format!("{page}/link/revoke"), &[("link", &id)])
        .await;
    assert!(reply.text.contains("The link no longer works."));
    let mut browser = test.browser();
    let look = json!({ "secret": secrets[5] });
    browser
        .post("/sign-in/link", look)
        .await
        .refused(410, "link_invalid");
    let look = json!({ "secret": secrets[4] });
    browser.post("/sign-in/link", look).await.ok();
}

#[tokio::test]
async fn l13_disable_access_ends_the_open_portal_at_its_next_request_and_enable_lets_in_again() {
    let test = TestApp::new().await;
    let mut client = test.signed_in("client@demo.test").await;
    let mut desk = test.staff("member@demo.test").await;
    let page = page_of(&mut desk, "Ada Carter").await;
    let link = shown_secret(&desk.post(&format!("{page}/link"), &[]).await.text);
    let reply = desk
        .post(&format!("{page}/access"), &[("on", "false")])
        .await;
    assert!(
        reply.text.contains("Ada Carter is out") && reply.text.contains("Enable Access"),
        "{}",
        reply.text
    );
    client.get("/home").await.refused(401, "session_ended");
    test.browser()
        .post("/sign-in/link", json!({ "secret": link }))
        .await
        .refused(410, "link_invalid");
    test.browser()
        .password("client@demo.test", PASSWORD)
        .await
        .refused(403, "access_disabled");
    let invite = desk.post(&format!("{page}/invite"), &[]).await;
    assert_eq!(invite.status, 409);
    assert!(invite.text.contains("The access is switched off."));
    let (_, before, after) = test.logged("access disabled").await;
    assert_eq!(
        (before, after),
        (json!({ "active": true }), json!({ "active": false }))
    );
    desk.get(&page).await;
    desk.post(&format!("{page}/access"), &[("on", "true")])
        .await;
    test.browser()
        .password("client@demo.test", PASSWORD)
        .await
        .ok();
}

#[tokio::test]
async fn a9_a_reset_kills_the_old_password_ends_the_sessions_and_shows_a_link_that_chooses_a_new_one()
 {
    let test = TestApp::new().await;
    let mut client = test.signed_in("client@demo.test").await;
    let mut desk = manager(&test).await;
    let page = page_of(&mut desk, "Ada Carter").await;
    let reply = desk.post(&format!("{page}/reset"), &[]).await;
    let secret = shown_secret(&reply.text);
    assert!(reply.text.contains("The old password is dead"));
    client.get("/home").await.refused(401, "session_ended");
    test.browser()
        .password("client@demo.test", PASSWORD)
        .await
        .refused(401, "no_password");
    let mut browser = test.browser();
    let seen = browser
        .post("/sign-in/link", json!({ "secret": secret }))
        .await
        .ok();
    assert_eq!(seen["next"], "choose_password");
    // By a code too: the next sign-in has to choose a new password.
    let request = browser.ask_code("client@demo.test").await;
    let code = test.code("client@demo.test").await;
    let reply = browser.redeem(&request, &code).await.ok();
    assert_eq!(reply["state"], "new_password");
    let redeem = json!({ "secret": secret, "password": "ada's new password" });
    test.browser()
        .post("/sign-in/link/redeem", redeem)
        .await
        .ok();
    test.browser()
        .password("client@demo.test", "ada's new password")
        .await
        .ok();
    assert_eq!(test.logged("password reset").await.0, "Mona Manager");
}

#[tokio::test]
async fn a10_a_password_typed_by_staff_signs_in_and_the_contact_hears_that_it_was_set() {
    let test = TestApp::new().await;
    let mut desk = manager(&test).await;
    let page = page_of(&mut desk, "Ada Carter").await;
    let path = format!("{page}/password");
    let weak = desk.post(&path, &[("password", "short")]).await;
    assert_eq!(weak.status, 422);
    assert!(weak.text.contains("Use at least 8 characters.") && weak.text.contains("aria-invalid"));
    desk.post(&path, &[("password", "typed by staff")]).await;
    test.browser()
        .password("client@demo.test", "typed by staff")
        .await
        .ok();
    let mail = test.message("client@demo.test").await;
    assert!(mail.subject.contains("was set") && !mail.text.contains("typed by staff"));
    // Ticked: it works once, and a new one is chosen with it.
    desk.get(&page).await;
    let fields = [("password", "typed once more"), ("must_change", "true")];
    desk.post(&path, &fields).await;
    let reply = test
        .browser()
        .password("client@demo.test", "typed once more")
        .await
        .ok();
    assert_eq!(reply["state"], "new_password");
    assert!(!test.database_contains("typed once more").await);
}

#[tokio::test]
async fn a11_l9_a_generated_password_is_mailed_works_once_and_must_be_changed() {
    let test = TestApp::new().await;
    let mut desk = manager(&test).await;
    let page = page_of(&mut desk, "Nora Newcomer").await;
    assert!(
        desk.page.contains("value=\"link\" checked"),
        "a link is the default"
    );
    let path = format!("{page}/credentials");
    desk.post(&path, &[("what", "password")]).await;
    let mail = test.message("new@demo.test").await;
    assert!(
        mail.text
            .contains("1. Open http://127.0.0.1:8080/demo/client-portal"),
        "{}",
        mail.text
    );
    let password = mail
        .text
        .lines()
        .map(str::trim)
        .find(|line| line.len() == 14 && line.matches('-').count() == 2)
        .expect("a password in the mail")
        .to_owned();
    assert!(!test.database_contains(&password).await);
    let mut browser = test.browser();
    let reply = browser.password("new@demo.test", &password).await.ok();
    assert_eq!(reply["state"], "new_password");
    test.browser()
        .password("new@demo.test", &password)
        .await
        .refused(401, "no_password");
    let choose = json!({ "proof": reply["proof"], "password": "nora's own password" });
    browser.post("/sign-in/new-password", choose).await.ok();
    test.browser()
        .password("new@demo.test", "nora's own password")
        .await
        .ok();
    // Without a choice a link goes out.
    desk.get(&page).await;
    desk.post(&path, &[]).await;
    assert!(
        test.message("new@demo.test")
            .await
            .text
            .contains("#portico=")
    );
}

#[tokio::test]
async fn a11_the_studio_can_generate_a_password_for_every_new_contact() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    desk.get("/admin/settings").await;
    assert!(
        desk.page
            .contains("Generate a password for every new contact")
    );
    let mut studio = test.scope("demo").await;
    assert!(!studio.generate_passwords);
    studio.generate_passwords = true;
    let mut tx = test.app.db.write(&studio).await.unwrap();
    assert!(
        portico::studios::store::save_settings(&mut tx, &studio)
            .await
            .unwrap()
    );
    tx.commit().await.unwrap();
    assert!(test.scope("demo").await.generate_passwords);
}

#[tokio::test]
async fn l12_l11_the_list_says_who_was_invited_who_accepted_and_who_was_last_in_when() {
    let test = TestApp::new().await;
    test.signed_in("client@demo.test").await;
    let mut desk = test.staff("member@demo.test").await;
    let list = desk.get(LIST).await.text;
    for text in [
        "Ada Carter",
        "Active",
        "21 Nov 2026, 12:00",
        "Invited",
        "Disabled",
        "Duplicate email",
        "Not invited",
    ] {
        assert!(list.contains(text), "{text}");
    }
    assert!(!list.contains("Casey Client"), "another studio's contact");
    for (state, name) in [
        ("invited", "Nora Newcomer"),
        ("accepted", "Ada Carter"),
        ("disabled", "Oscar Former"),
        ("duplicate", "Noah Twin"),
        ("not_invited", "Tom Weller"),
    ] {
        let list = desk.get(&format!("{LIST}?state={state}")).await.text;
        let found = list.contains(&format!("\">{name}</a>"));
        assert!(found, "{state}: {list}");
        let others = list.contains("Grace Okafor");
        assert_eq!(others, state == "not_invited", "{state}");
    }
    for (q, name) in [
        ("okaf", "Grace Okafor"),
        ("GRACE ok", "Grace Okafor"),
        ("okafor gr", "Grace Okafor"),
        ("office@", "Grace Okafor"),
        ("bathwick ev", "Grace Okafor"),
    ] {
        let q = portico::web::redirect::escape(q);
        let list = desk.get(&format!("{LIST}?q={q}")).await.text;
        assert!(list.contains(name) && !list.contains("Ada Carter"), "{q}");
    }
    let none = desk.get(&format!("{LIST}?q=zzz%25_'")).await.text;
    assert!(none.contains("Nobody matches."));
    let odd = desk
        .get(&format!("{LIST}?state=nonsense&after=nonsense"))
        .await;
    assert_eq!(odd.status, 200);
}

#[tokio::test]
async fn a12_the_log_has_the_true_reasons_whatever_the_visitor_was_told() {
    let test = TestApp::new().await;
    test.browser()
        .password("client@demo.test", "a wrong one")
        .await
        .refused(401, "invalid_password");
    test.browser()
        .password("off@demo.test", PASSWORD)
        .await
        .refused(403, "access_disabled");
    test.browser()
        .password("stranger@demo.test", PASSWORD)
        .await
        .refused(404, "unknown_email");
    test.signed_in("client@demo.test").await;
    let mut desk = test.staff("member@demo.test").await;
    let log = desk.get(&format!("{LIST}/log")).await.text;
    for text in [
        "Wrong password",
        "Access is switched off",
        "No contact with this email",
        "Signed in",
        "stranger@demo.test",
        "Safari on iPhone",
    ] {
        assert!(log.contains(text), "{text}");
    }
    // A contact's own, with what was refused before it was known whose it was.
    let page = page_of(&mut desk, "Oscar Former").await;
    assert!(desk.page.contains("Access is switched off"));
    let id = page.rsplit('/').next().unwrap().to_owned();
    let log = desk.get(&format!("{LIST}/log?contact={id}")).await.text;
    assert!(log.contains("Sign-ins of Oscar Former") && !log.contains("stranger@demo.test"));
}

#[tokio::test]
async fn a23_staff_sign_a_device_out() {
    let test = TestApp::new().await;
    let mut one = test.signed_in("client@demo.test").await;
    let mut two = test.signed_in("client@demo.test").await;
    let mut desk = test.staff("member@demo.test").await;
    let page = page_of(&mut desk, "Ada Carter").await;
    assert_eq!(desk.page.matches("name=\"device\"").count(), 2);
    let device = desk
        .page
        .split_once("name=\"device\" value=\"")
        .unwrap()
        .1
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let path = format!("{page}/devices/sign-out");
    desk.post(&path, &[("device", &device)]).await;
    let (a, b) = (one.get("/home").await.status, two.get("/home").await.status);
    assert_eq!([a, b].iter().filter(|status| **status == 401).count(), 1);
    desk.post(&path, &[]).await;
    one.get("/home").await.refused(401, "session_ended");
    two.get("/home").await.refused(401, "session_ended");
    // Somebody else's device is not there.
    let foreign = desk.post(&path, &[("device", &device)]).await;
    assert_eq!(foreign.status, 404);
}

pub async fn open_view<'a>(
    test: &'a TestApp,
    desk: &mut Desk<'_>,
    page: &str,
) -> crate::harness::Browser<'a> {
    let reply = desk.submit(&format!("{page}/view-as"), &[]).await;
    let address = reply.header("location").to_owned();
    let (hosted, secret) = address.split_once("#portico=").expect("a hand-over");
    assert_eq!(hosted, format!("{HOST}/demo/client-portal"));
    assert!(secret.starts_with("view."));
    let mut browser = test.browser_at("demo", HOST);
    // The way of direct links knows nothing of it, and does not use it up.
    browser
        .post("/sign-in/link", json!({ "secret": secret }))
        .await
        .refused(410, "link_invalid");
    test.browser_at("demo", SITE)
        .post("/sign-in/view-as", json!({ "secret": secret }))
        .await
        .refused(403, "origin_refused");
    let reply = browser
        .post("/sign-in/view-as", json!({ "secret": secret }))
        .await;
    browser.keep_token(&reply);
    browser
        .post("/sign-in/view-as", json!({ "secret": secret }))
        .await
        .refused(410, "link_invalid");
    browser
}

#[tokio::test]
async fn l19_view_as_is_read_only_marked_logged_and_over_after_half_an_hour() {
    let test = TestApp::new().await;
    let mut contact = test.signed_in("client@demo.test").await;
    let mut desk = manager(&test).await;
    let page = page_of(&mut desk, "Ada Carter").await;
    let mut view = open_view(&test, &mut desk, &page).await;
    let home = view.get("/home").await.ok();
    assert_eq!(
        (&home["viewed_by"], &home["me"]["first_name"]),
        (&json!("Mona Manager"), &json!("Ada"))
    );
    assert!(contact.get("/home").await.ok().get("viewed_by").is_none());
    for (method, path, body) in [
        (Method::POST, "/sign-out", json!({ "everywhere": true })),
        (Method::POST, "/proof/code", json!({ "act": "sign" })),
        (
            Method::POST,
            "/password",
            json!({ "proof": "x", "password": "long enough it is" }),
        ),
    ] {
        view.send(method, path, Some(body))
            .await
            .refused(403, "forbidden");
    }
    let devices = contact.get("/devices").await.ok();
    assert_eq!(devices["devices"].as_array().unwrap().len(), 1);
    let device = devices["devices"][0]["id"].as_str().unwrap();
    view.delete(&format!("/devices/{device}"))
        .await
        .refused(403, "forbidden");
    assert_eq!(test.logged("viewed as contact").await.0, "Mona Manager");
    // The contact was not in by that.
    let list = desk.get(&format!("{LIST}?q=ada")).await.text;
    assert!(list.contains("21 Nov 2026, 12:00"));
    test.pass(1799);
    view.get("/home").await.ok();
    test.pass(1);
    view.get("/home").await.refused(401, "session_ended");
    contact.get("/home").await.ok();
}

#[tokio::test]
async fn l19_whoever_no_longer_works_there_sees_no_more() {
    let test = TestApp::new().await;
    let mut desk = manager(&test).await;
    let page = page_of(&mut desk, "Ada Carter").await;
    let mut view = open_view(&test, &mut desk, &page).await;
    view.get("/home").await.ok();
    let left: Result<(String,), _> = test
        .try_row(
            "delete from staff_roles where staff_id = (select id from staff where email = $1) returning role",
            "manager@demo.test",
        )
        .await;
    left.unwrap();
    view.get("/home").await.refused(401, "session_ended");
}

#[tokio::test]
async fn l19_a_test_client_is_made_in_one_click_once_and_left_out_of_the_list() {
    let test = TestApp::new().await;
    let mut desk = test.staff("member@demo.test").await;
    desk.get(LIST).await;
    let first = desk.post("/admin/test-client", &[]).await;
    assert!(
        first.text.contains("Test client of Marcus Light"),
        "{}",
        first.text
    );
    let path = first
        .text
        .split_once("action=\"/admin/contacts/")
        .unwrap()
        .1
        .split('/')
        .next()
        .unwrap()
        .to_owned();
    let again = desk.post("/admin/test-client", &[]).await;
    assert!(again.text.contains(&path), "the same one");
    assert!(!desk.get(LIST).await.text.contains("Marcus Light</a>"));
    // A member may look at the own test client, and at nobody else's portal.
    let page = format!("/admin/contacts/{path}");
    let mut view = open_view(&test, &mut desk, &page).await;
    assert_eq!(view.get("/home").await.ok()["viewed_by"], "Marcus Light");
    let other = page_of(&mut desk, "Ada Carter").await;
    let refused = desk.submit(&format!("{other}/view-as"), &[]).await;
    assert_eq!(refused.status, 403);
}

#[tokio::test]
async fn l25_what_a_member_may_and_what_is_a_managers() {
    let test = TestApp::new().await;
    let mut desk = test.staff("member@demo.test").await;
    let other = page_of(&mut desk, "Noah Twin").await;
    let other = other.rsplit('/').next().unwrap().to_owned();
    let page = page_of(&mut desk, "Ada Carter").await;
    assert!(!desk.page.contains("Reset password<") && !desk.page.contains("View as this contact"));
    for (path, fields, status) in [
        ("reset", &[][..], 403),
        ("password", &[("password", "typed by staff")][..], 403),
        ("credentials", &[("what", "password")][..], 403),
        ("view-as", &[][..], 403),
        (&*format!("merge/{other}"), &[][..], 403),
        ("invite", &[][..], 303),
        ("link", &[][..], 200),
        ("devices/sign-out", &[][..], 303),
        ("access", &[("on", "true")][..], 303),
        ("email/clear", &[][..], 303),
    ] {
        desk.get(&page).await;
        let reply = desk.submit(&format!("{page}/{path}"), fields).await;
        assert_eq!(reply.status.as_u16(), status, "{path}");
    }
    let merge = desk.get(&format!("{page}/merge/{other}")).await;
    assert_eq!(merge.status, 403);
}

#[tokio::test]
async fn contacts_of_another_studio_and_nobody_are_404_in_every_slot() {
    let test = TestApp::new().await;
    let mut lapsed = test.staff("owner@lapsed.test").await;
    let page = page_of(&mut lapsed, "Casey Client").await;
    let foreign = page.rsplit('/').next().unwrap().to_owned();
    let mut desk = test.staff("owner@demo.test").await;
    let own = page_of(&mut desk, "Ada Carter").await;
    let nobody = "con_00000000000000000000000000000000";
    for id in [foreign.as_str(), nobody, "nonsense"] {
        let page = format!("/admin/contacts/{id}");
        for path in [
            page.clone(),
            format!("{page}/invite"),
            format!("{own}/merge/{id}"),
            format!("{page}/merge/{}", own.rsplit('/').next().unwrap()),
        ] {
            assert_eq!(desk.get(&path).await.status, 404, "{path}");
        }
        for act in [
            "invite",
            "link",
            "reset",
            "credentials",
            "access",
            "devices/sign-out",
            "email/clear",
            "view-as",
        ] {
            desk.get(LIST).await;
            let reply = desk.submit(&format!("{page}/{act}"), &[]).await;
            assert_eq!(reply.status, 404, "{act}");
        }
        desk.get(LIST).await;
        let fields = [("password", "typed by staff")];
        let reply = desk.submit(&format!("{page}/password"), &fields).await;
        assert_eq!(reply.status, 404);
        desk.get(LIST).await;
        let chosen = desk
            .submit(&format!("{LIST}/invite"), &[("contact", id)])
            .await;
        assert_eq!(chosen.status, 404);
    }
    let log = format!("{LIST}/log?contact={foreign}");
    assert_eq!(desk.get(&log).await.status, 404);
    assert_eq!(
        desk.get(&format!("{LIST}?after={foreign}")).await.status,
        404
    );
}

#[tokio::test]
async fn nobody_signed_out_sees_or_does_any_of_it() {
    let test = TestApp::new().await;
    for path in ["", "/duplicates", "/log"] {
        let reply = test.get(&format!("{LIST}{path}")).await;
        assert_eq!(reply.status, 303, "{path}");
    }
}

/// Contacts whose stored state is not what the one view works out.
async fn misjudged(test: &TestApp) -> i64 {
    let (count,): (i64,) = test
        .row(
            "select count(*) from contacts c join contact_access a on a.studio_id = c.studio_id and a.id = c.id
             where c.access_state <> a.state and $1 = $1",
            "",
        )
        .await;
    count
}

#[tokio::test]
async fn l12_where_access_stands_follows_every_change_whatever_makes_it() {
    let test = TestApp::new().await;
    assert_eq!(misjudged(&test).await, 0);
    let state = |email: &'static str| {
        let test = &test;
        async move {
            let (state,): (String,) = test
                .row(
                    "select c.access_state from contacts c join studios s on s.id = c.studio_id
                     where s.slug = 'demo' and c.email = $1 order by c.id limit 1",
                    email,
                )
                .await;
            state
        }
    };
    assert_eq!(state("client@demo.test").await, "not_invited");
    assert_eq!(state("twin@demo.test").await, "duplicate");
    assert_eq!(state("off@demo.test").await, "disabled");
    test.signed_in("client@demo.test").await;
    assert_eq!(state("client@demo.test").await, "accepted");

    // By statements of no path of ours: a twin appears, and is gone again.
    for (sql, expected) in [
        (
            "update contacts set email = 'client@demo.test' where first_name = $1 returning email",
            "duplicate",
        ),
        (
            "update contacts set email = 'spouse@demo.test' where first_name = $1 returning email",
            "accepted",
        ),
    ] {
        let _: (String,) = test.row(sql, "Ben").await;
        assert_eq!(misjudged(&test).await, 0, "{sql}");
        assert_eq!(state("client@demo.test").await, expected, "{sql}");
    }
}

#[tokio::test]
async fn l12_somebody_is_found_without_accents_and_capitals_on_either_engine() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    desk.get("/admin/clients/new").await;
    let group = crate::clients::option(&desk.page, "Weddings");
    let fields = [
        ("kind", "person"),
        ("group", &group),
        ("name", "Zöllner"),
        ("country", "GB"),
        ("first_name", "Émile"),
        ("last_name", "Zöllner"),
        ("email", "emile@zoellner.test"),
    ];
    let reply = desk.post("/admin/clients/new", &fields).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    for search in ["emile", "ÉMILE", "zollner", "zöll émi", "emile@zoellner"] {
        let address = format!(
            "/admin/portal-users?q={}",
            portico::web::redirect::escape(search)
        );
        let page = desk.get(&address).await.text;
        assert!(page.contains("Émile Zöllner"), "{search}");
        assert!(!page.contains("client@demo.test"), "{search}");
    }
}
