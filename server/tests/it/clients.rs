//! The client list, a client's page, and what staff set up around them.

use portico::staff::Role;
use portico_wire::{Settings, clients::ClientKind};
use serde_json::json;

use crate::{
    desk::Desk,
    harness::{Reply, TestApp},
};

const LIST: &str = "/admin/clients";

/// The address of the first client a search finds.
async fn find(desk: &mut Desk<'_>, search: &str) -> String {
    let page = desk
        .get(&format!(
            "{LIST}?q={}",
            portico::web::redirect::escape(search)
        ))
        .await;
    let (_, rest) = page
        .text
        .split_once("href=\"/admin/clients/cli_")
        .unwrap_or_else(|| panic!("{search}"));
    format!("{LIST}/cli_{}", rest.split(['"', '#']).next().unwrap())
}

/// The id of a contact on the page looked at, by the name on its card.
fn contact(desk: &Desk<'_>, name: &str) -> String {
    let cards = desk.page.split("id=\"contact-").skip(1);
    let card = cards.into_iter().find(|card| card.contains(name)).unwrap();
    card.split('"').next().unwrap().to_owned()
}

/// The names in the list looked at, in its order.
fn names(page: &str) -> Vec<String> {
    page.split("<th scope=\"row\">")
        .skip(1)
        .map(|row| {
            row.split('>')
                .nth(1)
                .unwrap()
                .split('<')
                .next()
                .unwrap()
                .replace("&amp;", "&")
        })
        .collect()
}

/// A link of the page by its `rel`.
fn turn(page: &str, rel: &str) -> Option<String> {
    let (_, rest) = page.split_once(&format!("rel=\"{rel}\" href=\""))?;
    Some(rest.split('"').next()?.replace("&amp;", "&"))
}

/// The value of the select of this name on the page looked at whose label this is.
pub fn option(page: &str, label: &str) -> String {
    let (before, _) = page.split_once(&format!(">{label}</option>")).unwrap();
    let (_, tag) = before.rsplit_once("value=\"").unwrap();
    tag.split('"').next().unwrap().to_owned()
}

async fn add(desk: &mut Desk<'_>, fields: &[(&str, &str)]) -> Reply {
    desk.get("/admin/clients/new").await;
    let group = option(&desk.page, "Weddings");
    let mut all = vec![
        ("kind", "person"),
        ("group", group.as_str()),
        ("country", "GB"),
    ];
    for field in fields {
        all.retain(|(name, _)| *name != field.0);
        all.push(*field);
    }
    desk.post("/admin/clients/new", &all).await
}

#[tokio::test]
async fn a11_a_studio_that_generates_passwords_mails_one_to_every_new_contact() {
    let test = TestApp::new().await;
    let mut studio = test.scope("demo").await;
    studio.generate_passwords = true;
    let mut tx = test.app.db.write(&studio).await.unwrap();
    portico::studios::store::save_settings(&mut tx, &studio)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut desk = test.staff("member@demo.test").await;
    let fields = [
        ("first_name", "Pia"),
        ("last_name", "Novak"),
        ("email", "pia@example.test"),
    ];
    assert_eq!(add(&mut desk, &fields).await.status, 200);
    let mail = test.message("pia@example.test").await.text;
    let mut browser = test.browser();
    let mut ways_in = 0;
    for word in mail.split_whitespace() {
        if word.len() < 8 || word.contains('@') || word.contains('/') {
            continue;
        }
        let reply = browser.password("pia@example.test", word).await;
        if reply.status.is_success() {
            assert_eq!(reply.json()["state"], "new_password");
            ways_in += 1;
        }
    }
    assert_eq!(ways_in, 1, "{mail}");
}

#[tokio::test]
async fn l3_a_client_is_added_by_hand_with_its_contact_and_is_found_at_once() {
    let test = TestApp::new().await;
    let mut desk = test.staff("member@demo.test").await;
    let reply = add(
        &mut desk,
        &[
            ("first_name", "Márta"),
            ("last_name", "O'Hara"),
            ("email", " Marta@Example.Test "),
            ("mobile", "07400 123456"),
            ("phone", "01225 555099"),
            ("line1", "<b>1 High Street</b>"),
            ("city", "Bath"),
        ],
    )
    .await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    for text in [
        "Márta O&#x27;Hara is on your list.",
        "marta@example.test",
        "+44 7400 123456",
        "+44 1225 555099",
        "&lt;b&gt;1 High Street",
        "Not invited yet",
        "Client added",
        "Contact added",
        "Marcus Light",
    ] {
        assert!(reply.text.contains(text), "{text}: {}", reply.text);
    }
    for search in [
        "marta",
        "MÁR",
        "ohara",
        "hara marta",
        "marta@example.test",
        "example",
        "07400 123456",
        "+447400",
        "3456",
        "01225 555099",
    ] {
        let address = format!("{LIST}?q={}", portico::web::redirect::escape(search));
        assert!(
            desk.get(&address).await.text.contains("marta@example.test"),
            "{search}"
        );
    }
    assert!(
        desk.get("/admin/clients?q=arta")
            .await
            .text
            .contains("No client fits.")
    );
    let (who, before, after) = test.logged("client added").await;
    assert_eq!((who.as_str(), before), ("Marcus Light", json!(null)));
    assert_eq!(after["name"], "Márta O'Hara");
}

#[tokio::test]
async fn l3_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost() {
    let test = TestApp::new().await;
    let mut desk = test.staff("member@demo.test").await;
    let long = "x".repeat(121);
    let reply = add(
        &mut desk,
        &[
            ("name", long.as_str()),
            ("kind", "robot"),
            ("group", "grp_0"),
            ("phone", "call me"),
            ("email", "nobody"),
            ("mobile", "+999 1"),
            ("country", "XX"),
            ("language", "tlh"),
        ],
    )
    .await;
    assert_eq!(reply.status, 422);
    for field in [
        "name",
        "kind",
        "group",
        "phone",
        "email",
        "mobile",
        "country",
        "language",
        "first_name",
    ] {
        assert!(
            reply.text.contains(&format!("id=\"error-{field}\"")),
            "{field}"
        );
    }
    for typed in ["call me", "nobody", "+999 1", long.as_str()] {
        assert!(reply.text.contains(typed), "{typed}");
    }
    let reply = add(&mut desk, &[]).await;
    assert!(reply.status == 422 && reply.text.contains("id=\"error-name\""));
}

#[tokio::test]
async fn a15_an_organisation_has_several_contacts_each_with_its_own_sign_in() {
    let test = TestApp::new().await;
    let mut desk = test.staff("member@demo.test").await;
    let reply = add(
        &mut desk,
        &[
            ("kind", "organisation"),
            ("name", "Acme Catering"),
            ("next", "contact"),
        ],
    )
    .await;
    assert!(reply.text.contains("Add contact"), "{}", reply.text);
    let path = find(&mut desk, "acme").await;
    for (first, email) in [("Ann", "ann@acme.test"), ("Bob", "bob@acme.test")] {
        desk.get(&format!("{path}/contacts/new")).await;
        let fields = [("first_name", first), ("email", email)];
        let reply = desk.post(&format!("{path}/contacts/new"), &fields).await;
        assert!(
            reply.status == 200 && reply.text.contains(email),
            "{}",
            reply.text
        );
    }
    for email in ["ann@acme.test", "bob@acme.test"] {
        let mut browser = test.browser();
        let request = browser.ask_code(email).await;
        let code = test.code(email).await;
        browser.redeem(&request, &code).await.ok();
    }
    // L11: both were in just now.
    let page = desk.get(&path).await.text;
    assert!(page.contains("21 Nov 2026, 12:00") && page.contains("Has been in"));
}

#[tokio::test]
async fn a13_a_second_contact_with_the_same_email_is_saved_with_a_warning_that_links_to_both() {
    let test = TestApp::new().await;
    let mut desk = test.staff("member@demo.test").await;
    let fields = [
        ("first_name", "Eve"),
        ("last_name", "Double"),
        ("email", "client@demo.test"),
    ];
    let reply = add(&mut desk, &fields).await;
    for text in [
        "somebody else has the same email address",
        "Neither of them can sign in",
        "Ada Carter</a> of Ada &amp; Ben Carter",
        "Change the address of Eve Double",
    ] {
        assert!(reply.text.contains(text), "{text}: {}", reply.text);
    }
    let mut browser = test.browser();
    let refused = browser
        .password("client@demo.test", crate::harness::PASSWORD)
        .await;
    refused.refused(409, "duplicate_email");
    // The other one's page says so too; once the address is another, Ada is in again.
    let ada = find(&mut desk, "ada ben").await;
    assert!(
        desk.get(&ada)
            .await
            .text
            .contains("Eve Double</a> of Eve Double")
    );
    let eve = find(&mut desk, "eve double").await;
    desk.get(&eve).await;
    let edit = format!("{LIST}/contacts/{}/edit", contact(&desk, "Eve Double"));
    desk.get(&edit).await;
    let version = desk.value("contact_version").unwrap();
    let fields = [
        ("contact_version", version.as_str()),
        ("first_name", "Eve"),
        ("email", "eve@demo.test"),
    ];
    assert!(!desk.post(&edit, &fields).await.text.contains("used twice"));
    test.browser().sign_in("client@demo.test").await;
}

#[tokio::test]
async fn of_two_who_edit_a_client_at_once_the_later_one_is_told_and_loses_nothing() {
    let test = TestApp::new().await;
    let mut one = test.staff("member@demo.test").await;
    let mut two = test.staff("owner@demo.test").await;
    let path = find(&mut one, "nora newcomer").await;
    let edit = format!("{path}/edit");
    for desk in [&mut one, &mut two] {
        desk.get(&edit).await;
    }
    let group = option(&one.page, "Weddings");
    let form = |desk: &Desk<'_>, name: &'static str| {
        vec![
            ("version", desk.value("version").unwrap()),
            ("kind", "person".to_owned()),
            ("group", group.clone()),
            ("phone", "+44 1225 555020".to_owned()),
            ("name", name.to_owned()),
        ]
    };
    let sent = |form: &[(&'static str, String)]| {
        form.iter()
            .map(|(k, v)| (*k, v.clone()))
            .collect::<Vec<_>>()
    };
    let first = sent(&form(&one, "Nora First"));
    let first: Vec<(&str, &str)> = first.iter().map(|(k, v)| (*k, v.as_str())).collect();
    assert!(
        one.post(&edit, &first)
            .await
            .text
            .contains("Nora First is saved.")
    );
    let second = sent(&form(&two, "Nora Second"));
    let second: Vec<(&str, &str)> = second.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let reply = two.post(&edit, &second).await;
    assert_eq!(reply.status, 409);
    assert!(reply.text.contains("Somebody else saved this") && reply.text.contains("Nora Second"));
    assert!(reply.text.contains("saved now in: name."), "{}", reply.text);
    let again = sent(&form(&two, "Nora Second"));
    let again: Vec<(&str, &str)> = again.iter().map(|(k, v)| (*k, v.as_str())).collect();
    assert!(
        two.post(&edit, &again)
            .await
            .text
            .contains("Nora Second is saved.")
    );
    // M1, M2: who, before and after, in words.
    let page = two.get(&path).await.text;
    for text in [
        "<del>Nora First</del>",
        "<ins>Nora Second</ins>",
        "Olivia Fern",
        "Marcus Light",
    ] {
        assert!(page.contains(text), "{text}");
    }
    assert!(
        two.get(&format!("{LIST}?q=newcomer"))
            .await
            .text
            .contains("Nora Second"),
        "by its contact"
    );
    assert!(
        two.get(&format!("{LIST}?q=first"))
            .await
            .text
            .contains("No client fits")
    );
}

#[tokio::test]
async fn a18_access_needs_the_clients_switch_and_the_contacts_and_counts_at_the_next_request() {
    let test = TestApp::new().await;
    let mut desk = test.staff("member@demo.test").await;
    let path = find(&mut desk, "ada ben").await;
    desk.get(&path).await;
    let ada = contact(&desk, "Ada Carter");
    for switch in [
        format!("{path}/portal"),
        format!("/admin/contacts/{ada}/access"),
    ] {
        let mut browser = test.signed_in("client@demo.test").await;
        browser.get("/home").await.ok();
        desk.get(&path).await;
        let reply = desk.post(&switch, &[("on", "false")]).await;
        assert!(
            reply.text.contains("The portal is off") || reply.text.contains("Ada Carter is out"),
            "{}",
            reply.text
        );
        browser.get("/home").await.refused(401, "session_ended");
        browser
            .password("client@demo.test", crate::harness::PASSWORD)
            .await
            .refused(403, "access_disabled");
        // Pressing twice changes nothing more.
        desk.post(&switch, &[("on", "false")]).await;
        desk.post(&switch, &[("on", "true")]).await;
        test.signed_in("client@demo.test").await;
        assert_eq!(desk.submit(&switch, &[("on", "perhaps")]).await.status, 400);
    }
    let (who, before, after) = test.logged("access disabled").await;
    assert_eq!(
        (who.as_str(), before, after),
        (
            "Marcus Light",
            json!({"active": true}),
            json!({"active": false})
        )
    );
    // Pressed on the client's page, it leads back there.
    let fields = [("on", "true"), ("from", "client")];
    let reply = desk
        .submit(&format!("/admin/contacts/{ada}/access"), &fields)
        .await;
    assert_eq!(
        reply.header("location").split('#').next(),
        Some(path.as_str())
    );
}

#[tokio::test]
async fn b7_l14_rights_are_yes_no_or_inherited_and_count_at_the_next_request() {
    let test = TestApp::new().await;
    let mut desk = test.staff("member@demo.test").await;
    let path = find(&mut desk, "ada ben").await;
    desk.get(&path).await;
    let ada = contact(&desk, "Ada Carter");
    let (of_client, of_ada) = (
        format!("{path}/rights"),
        format!("{LIST}/contacts/{ada}/rights"),
    );
    let mut ada = test.signed_in("client@demo.test").await;
    let mut ben = test.signed_in("spouse@demo.test").await;
    ada.get("/profile").await.ok();
    // A19: the client's rule is everybody's, until a contact has another.
    let was = desk.get(&of_client).await;
    assert!(
        was.text.contains("As the studio: yes") && was.text.contains("Payments (transactions)")
    );
    let reply = desk
        .post(
            &of_client,
            &[("was", "{}"), ("personal_info", "no"), ("pay", "no")],
        )
        .await;
    assert!(reply.text.contains("Personal Info: no"), "{}", reply.text);
    ada.get("/profile").await.refused(404, "not_found");
    ben.get("/profile").await.refused(404, "not_found");
    let page = desk.get(&of_ada).await.text;
    assert!(page.contains("As the client: no") && page.contains("As the studio: yes"));
    desk.post(&of_ada, &[("was", "{}"), ("personal_info", "yes")])
        .await;
    ada.get("/profile").await.ok();
    ben.get("/profile").await.refused(404, "not_found");
    let (_, before, after) = test.logged("rights changed").await;
    assert!(before == json!({}) || before == json!(null), "{before}");
    assert!(after.get("personal_info").is_some(), "{after}");
    // Whoever looked at older rights is told, and keeps what was chosen.
    desk.get(&of_ada).await;
    let late = desk.post(&of_ada, &[("was", "{}"), ("upload", "no")]).await;
    assert_eq!(late.status, 409);
    assert!(late.text.contains("Somebody else changed these rights"));
    assert!(late.text.contains(r#"name="upload" value="no" checked"#));
}

/// Nine hundred clients would be as well: three pages are enough to turn.
async fn many(test: &TestApp, count: usize) {
    let studio = test.scope("demo").await;
    let mut tx = test.app.db.write(&studio).await.unwrap();
    for n in 0..count {
        let client = portico::clients::NewClient {
            id: tx.id(),
            kind: if n % 2 == 0 {
                ClientKind::Family
            } else {
                ClientKind::Person
            },
            // Some of the same name: the id decides.
            name: format!("Bulk {:03}", n / 2),
            group: None,
            portal_enabled: n % 4 != 0,
            phone: None,
            address: portico_wire::clients::Address::default(),
            rights: Settings::default(),
            fields: portico::clients::Values::default(),
        };
        portico::clients::store::insert_client(&mut tx, &client)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn two_hundred_clients_turn_page_by_page_there_and_back_in_every_order() {
    let test = TestApp::new().await;
    many(&test, 160).await;
    let mut desk = test.staff("member@demo.test").await;
    for list in [
        "",
        "?sort=activity",
        "?sort=newest",
        "?q=bulk",
        "?q=bulk&sort=newest",
        "?q=bulk&sort=activity",
        "?kind=family",
    ] {
        let mut page = desk.get(&format!("{LIST}{list}")).await.text;
        let mut forth = vec![names(&page)];
        assert!(turn(&page, "prev").is_none(), "{list}");
        while let Some(next) = turn(&page, "next") {
            page = desk.get(&next).await.text;
            forth.push(names(&page));
        }
        let all: Vec<String> = forth.concat();
        let expected = match list {
            "?kind=family" => 80 + 7,
            search if search.contains("bulk") => 160,
            _ => 160 + 44,
        };
        assert_eq!(all.len(), expected, "{list}: {all:?}");
        let mut back = vec![names(&page)];
        while let Some(previous) = turn(&page, "prev") {
            page = desk.get(&previous).await.text;
            back.insert(0, names(&page));
            assert!(back.len() < 10, "{list}");
        }
        assert_eq!(back.concat(), all, "{list}");
        if list.is_empty() {
            let sorted: Vec<Vec<u8>> = all
                .iter()
                .map(|name| portico::clients::search::sort_name(name))
                .collect();
            assert!(sorted.is_sorted());
        }
    }
}

#[tokio::test]
async fn the_list_is_filtered_by_group_kind_and_portal_and_says_when_nothing_fits() {
    let test = TestApp::new().await;
    many(&test, 8).await;
    let mut desk = test.staff("member@demo.test").await;
    let page = desk.get(LIST).await.text;
    let weddings = option(&page, "Weddings");
    for (filter, inside, outside) in [
        (
            format!("group={weddings}"),
            "Ada &amp; Ben Carter",
            "Octavia Bell",
        ),
        (
            "kind=organisation".into(),
            "Bathwick Events Ltd",
            "Octavia Bell",
        ),
        ("portal=off".into(), "Lorna McAllister", "Octavia Bell"),
        ("portal=off&q=bulk".into(), "Bulk 000", "Lorna McAllister"),
        (
            "q=bath+events".into(),
            "Bathwick Events Ltd",
            "Octavia Bell",
        ),
        (
            "kind=nonsense&group=x&sort=y&portal=z&after=..".into(),
            "Ada &amp; Ben Carter",
            "No client fits",
        ),
    ] {
        let page = desk.get(&format!("{LIST}?{filter}")).await.text;
        assert!(page.contains(inside) && !page.contains(outside), "{filter}");
    }
    let page = desk.get(&format!("{LIST}?kind=family&q=zzz")).await.text;
    assert!(page.contains("No client fits.") && page.contains("value=\"zzz\""));
    // L5: icon and words; the word for it is the same for everybody.
    let page = desk.get(&format!("{LIST}?q=whitcombe")).await.text;
    assert!(page.contains("cloud good") && page.contains("In the portal"));
    let page = desk.get(&format!("{LIST}?q=lorna")).await.text;
    assert!(page.contains("cloud bad") && page.contains("Portal switched off"));
}

#[tokio::test]
async fn a_studio_without_clients_is_told_how_to_begin() {
    let test = TestApp::new().await;
    portico::cli::create_studio(&test.app.db, "fresh", "Fresh".into(), &[])
        .await
        .unwrap();
    test.add_staff("fresh@demo.test", "Fay Fresh", "fresh", Role::Owner)
        .await;
    let mut desk = test.staff("fresh@demo.test").await;
    assert!(
        desk.get(LIST)
            .await
            .text
            .contains("Your client list is empty")
    );
    // Without groups a client has none.
    desk.get("/admin/clients/new").await;
    let reply = desk
        .post(
            "/admin/clients/new",
            &[("kind", "person"), ("name", "First One")],
        )
        .await;
    assert!(
        reply.text.contains("First One is on your list."),
        "{}",
        reply.text
    );
    assert!(
        desk.get("/admin/groups")
            .await
            .text
            .contains("No group yet")
    );
    assert!(
        desk.get("/admin/fields")
            .await
            .text
            .contains("No field of your own yet")
    );
}

#[tokio::test]
async fn l11_the_last_activity_is_the_latest_use_by_any_contact() {
    let test = TestApp::new().await;
    let mut desk = test.staff("member@demo.test").await;
    let mut browser = test.signed_in("spouse@demo.test").await;
    assert_eq!(
        names(&desk.get(&format!("{LIST}?sort=activity")).await.text)[0],
        "Ada & Ben Carter"
    );
    test.pass(3600);
    browser.get("/home").await.ok();
    let path = find(&mut desk, "ada ben").await;
    assert!(desk.get(&path).await.text.contains("21 Nov 2026, 13:00"));
}

#[tokio::test]
async fn l21_c3_own_fields_are_made_ordered_filled_and_shown_in_the_portal() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    desk.get("/admin/fields").await;
    let reply = desk
        .post(
            "/admin/fields",
            &[("label", "phone"), ("owner", "pet"), ("kind", "x")],
        )
        .await;
    assert_eq!(reply.status, 422);
    for field in ["label", "owner", "kind"] {
        assert!(
            reply.text.contains(&format!("id=\"error-{field}\"")),
            "{field}"
        );
    }
    let choice = [
        ("label", "Package"),
        ("owner", "client"),
        ("kind", "choice"),
        ("choices", "Small\nLarge\n\nSmall"),
        ("in_portal", "true"),
    ];
    assert!(
        desk.post("/admin/fields", &choice)
            .await
            .text
            .contains("The field Package is there now.")
    );
    assert_eq!(
        desk.post("/admin/fields", &choice).await.status,
        422,
        "twice"
    );
    desk.get("/admin/fields").await;
    desk.post(
        "/admin/fields",
        &[("label", "Guests"), ("owner", "client"), ("kind", "number")],
    )
    .await;
    let order = |page: &str| {
        let at = |label: &str| page.find(&format!("<strong>{label}</strong>")).unwrap();
        at("Guests") < at("Package")
    };
    assert!(!order(&desk.page));
    let (before, _) = desk.page.split_once("<strong>Guests</strong>").unwrap();
    let id = before
        .rsplit("/admin/fields/")
        .next()
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let moved = desk
        .post(&format!("/admin/fields/{id}/move"), &[("way", "up")])
        .await;
    assert!(order(&moved.text) && moved.text.contains("Guests moved up."));
    // Filled in on the client's form, checked, and shown.
    let path = find(&mut desk, "ada ben").await;
    let edit = format!("{path}/edit");
    desk.get(&edit).await;
    let group = option(&desk.page, "Weddings");
    let own = |label: &str, page: &str| {
        let (before, _) = page.split_once(&format!(">{label}</label>")).unwrap();
        before
            .rsplit("for=\"field-")
            .next()
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned()
    };
    let (guests, package) = (own("Guests", &desk.page), own("Package", &desk.page));
    let version = desk.value("version").unwrap();
    let form = |number: &'static str, chosen: &'static str| {
        [
            ("version".to_owned(), version.clone()),
            ("kind".into(), "couple".into()),
            ("group".into(), group.clone()),
            ("name".into(), "Ada & Ben Carter".into()),
            (guests.clone(), number.into()),
            (package.clone(), chosen.into()),
        ]
    };
    let wrong = form("many", "Huge");
    let wrong: Vec<(&str, &str)> = wrong
        .iter()
        .map(|(k, v)| (k.as_str(), v.as_str()))
        .collect();
    let reply = desk.post(&edit, &wrong).await;
    assert_eq!(reply.status, 422);
    assert!(reply.text.contains(&format!("error-{guests}")) && reply.text.contains("Huge"));
    let right = form("120", "Large");
    let right: Vec<(&str, &str)> = right
        .iter()
        .map(|(k, v)| (k.as_str(), v.as_str()))
        .collect();
    let reply = desk.post(&edit, &right).await;
    assert!(
        reply.text.contains("Guests") && reply.text.contains("<dd>Large</dd>"),
        "{}",
        reply.text
    );
    let mut ada = test.signed_in("client@demo.test").await;
    assert_eq!(
        ada.get("/profile").await.ok()["fields"],
        json!([{"label": "Package", "value": "Large"}])
    );
    // A field that is removed is gone everywhere.
    desk.get(&format!("/admin/fields/{id}")).await;
    desk.post(&format!("/admin/fields/{id}/remove"), &[]).await;
    assert!(!desk.get(&edit).await.text.contains(">Guests</label>"));
    assert_eq!(desk.ask(&format!("/admin/fields/{id}")).await.status, 404);
}

#[tokio::test]
async fn c3_c4_built_in_fields_are_hidden_from_the_portal_the_password_among_them() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let before = ada.get("/profile").await.ok();
    assert_eq!(
        (&before["contact"]["email"], &before["password"]),
        (&json!("client@demo.test"), &json!(true))
    );
    let mut desk = test.staff("owner@demo.test").await;
    desk.get("/admin/fields").await;
    let reply = desk
        .post(
            "/admin/fields/built-in",
            &[
                ("in_portal", "mobile"),
                ("changeable", "mobile"),
                ("changeable", "email"),
            ],
        )
        .await;
    assert!(
        reply
            .text
            .contains("What clients see of their details is saved.")
    );
    let after = ada.get("/profile").await.ok();
    assert_eq!(
        after["contact"]["first_name"], "Ada",
        "the name is always there"
    );
    assert_eq!(after["contact"]["email"], json!(null));
    assert_eq!(after["client"]["phone"], json!(null));
    assert_eq!(after["client"]["address"], json!({}));
    assert_eq!(after["password"], json!(false));
    let (_, was, is) = test.logged("built-in fields changed").await;
    assert_eq!(
        (&was["email"], &is["email"]),
        (&json!("shown"), &json!("hidden"))
    );
}

#[tokio::test]
async fn groups_are_made_renamed_given_members_and_deleted_when_nobody_needs_them() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    desk.get("/admin/groups").await;
    assert_eq!(
        desk.post("/admin/groups", &[("name", "weddings")])
            .await
            .status,
        422,
        "there already"
    );
    assert!(
        desk.post("/admin/groups", &[("name", "Schools")])
            .await
            .text
            .contains("The group Schools is made.")
    );
    let id = |page: &str, name: &str| {
        let (before, _) = page.split_once(&format!(">{name}</h2>")).unwrap();
        before
            .rsplit("id=\"h-")
            .next()
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned()
    };
    let schools = id(&desk.page, "Schools");
    let (_, rest) = desk
        .page
        .split_once(&format!("id=\"{schools}-stf_"))
        .unwrap();
    let marcus = format!("stf_{}", rest.split('"').next().unwrap());
    let path = format!("/admin/groups/{schools}");
    let reply = desk
        .post(&path, &[("name", "Schools & Choirs"), ("members", &marcus)])
        .await;
    assert!(
        reply.text.contains("Schools &amp; Choirs is saved."),
        "{}",
        reply.text
    );
    assert!(reply.text.contains(&format!("value=\"{marcus}\" checked")));
    let (_, before, after) = test.logged("group changed").await;
    assert_eq!(
        (&before["members"], &after["members"]),
        (&json!(""), &json!("Marcus Light"))
    );
    let wrong = desk.post(&path, &[("name", " ")]).await;
    assert_eq!(wrong.status, 422);
    let weddings = id(&desk.page, "Weddings");
    let refused = desk
        .post(&format!("/admin/groups/{weddings}/delete"), &[])
        .await;
    assert!(refused.status == 422 && refused.text.contains("Give them another group first"));
    let gone = desk.post(&format!("{path}/delete"), &[]).await;
    assert!(gone.text.contains("is deleted.") && !gone.text.contains(">Schools &amp; Choirs</h2>"));
}

#[tokio::test]
async fn l25_members_work_with_clients_and_managers_alone_with_fields_and_groups() {
    let test = TestApp::new().await;
    test.add_staff("manager@demo.test", "Mina Manager", "demo", Role::Manager)
        .await;
    let mut owner = test.staff("owner@demo.test").await;
    let client = find(&mut owner, "ada ben").await;
    owner.get(&client).await;
    let ada = format!("{LIST}/contacts/{}", contact(&owner, "Ada Carter"));
    owner.get("/admin/fields").await;
    let (_, rest) = owner.page.split_once("/admin/fields/fld_").unwrap();
    let field = format!("/admin/fields/fld_{}", rest.split('"').next().unwrap());
    let page = owner.get("/admin/groups").await.text;
    let (_, rest) = page.split_once("id=\"grp_").unwrap();
    let group = format!("/admin/groups/grp_{}", rest.split('"').next().unwrap());
    let pages = [
        (LIST.to_owned(), true),
        ("/admin/clients/new".into(), true),
        (client.clone(), true),
        (format!("{client}/edit"), true),
        (format!("{client}/rights"), true),
        (format!("{client}/contacts/new"), true),
        (format!("{ada}/edit"), true),
        (format!("{ada}/rights"), true),
        ("/admin/fields".into(), false),
        (field.clone(), false),
        ("/admin/groups".into(), false),
    ];
    let forms = [
        ("/admin/clients/new".to_owned(), true),
        (format!("{client}/edit"), true),
        (format!("{client}/portal"), true),
        (format!("{client}/rights"), true),
        (format!("{client}/contacts/new"), true),
        (format!("{ada}/edit"), true),
        (format!("{ada}/active"), true),
        (format!("{ada}/rights"), true),
        ("/admin/fields".into(), false),
        ("/admin/fields/built-in".into(), false),
        (field.clone(), false),
        (format!("{field}/move"), false),
        ("/admin/groups".into(), false),
        (group, false),
    ];
    for (email, manages) in [
        ("owner@demo.test", true),
        ("manager@demo.test", true),
        ("member@demo.test", false),
    ] {
        let mut desk = test.staff(email).await;
        for (path, member_may) in &pages {
            let status = desk.get(path).await.status;
            assert_eq!(status == 403, !(manages || *member_may), "{email} {path}");
            assert!(status == 200 || status == 403, "{email} {path} {status}");
        }
        desk.get(LIST).await;
        desk.get("/admin/clients/new").await;
        for (path, member_may) in &forms {
            let status = desk.submit(path, &[]).await.status;
            assert_eq!(
                status == 403,
                !(manages || *member_may),
                "{email} {path} {status}"
            );
        }
    }
    // Another studio's ids are not there, and nobody signed in is sent to sign in.
    test.add_staff("closed@demo.test", "Cleo Closed", "closed", Role::Owner)
        .await;
    let mut elsewhere = test.staff("closed@demo.test").await;
    let mut stranger = test.desk();
    for (path, _) in &pages {
        let foreign = path.contains('_');
        let status = elsewhere.ask(path).await.status;
        assert_eq!(status, if foreign { 404 } else { 200 }, "{path}");
        assert_eq!(stranger.ask(path).await.status, 303, "{path}");
    }
    elsewhere.get("/admin/clients/new").await;
    for (path, _) in forms.iter().filter(|(path, _)| path.contains('_')) {
        let status = elsewhere
            .submit(path, &[("on", "false"), ("name", "x")])
            .await
            .status;
        assert_eq!(status, 404, "{path}");
    }
    for bad in ["cli_0", "x", "contacts", &format!("cli_{}", "0".repeat(32))] {
        assert_eq!(
            owner.ask(&format!("{LIST}/{bad}")).await.status,
            404,
            "{bad}"
        );
    }
}
