//! Staff sign in, and get the pages of their role.

use axum::http::Request;
use portico::staff::{Role, totp::Shared};

use crate::{
    desk::{Desk, encode},
    harness::{HOST, PASSWORD, TestApp},
};

const REFUSED: &str = "Email or password is not right.";

#[tokio::test]
async fn l1_staff_sign_in_and_come_to_the_page_they_asked_for() {
    let test = TestApp::new().await;
    let mut desk = test.desk();
    let reply = desk.ask("/admin/settings?from=mail").await;
    assert_eq!(reply.status, 303);
    let sign_in = reply.header("location").to_owned();
    assert_eq!(
        sign_in,
        "/admin/sign-in?next=%2Fadmin%2Fsettings%3Ffrom%3Dmail"
    );

    desk.get(&sign_in).await;
    let next = desk.value("next").unwrap();
    let reply = desk
        .submit(
            "/admin/sign-in",
            &[
                ("email", " Owner@Demo.Test "),
                ("password", PASSWORD),
                ("next", &next),
            ],
        )
        .await;
    assert_eq!(
        (reply.status.as_u16(), reply.header("location")),
        (303, "/admin/settings?from=mail")
    );
    let cookie = reply.header("set-cookie");
    for part in ["portico_staff=", "; Path=/", "; HttpOnly", "; SameSite=Lax"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure"));
    assert!(desk.get("/admin").await.text.contains("Welcome, Olivia"));
    // Who is in already is not asked again.
    assert_eq!(
        desk.ask("/admin/sign-in").await.header("location"),
        "/admin"
    );
    let (who, _, after) = test.logged("staff signed in").await;
    assert_eq!(
        (who.as_str(), &after["way"]),
        ("Olivia Fern", &"password".into())
    );
    assert!(!test.database_contains(desk.session().unwrap()).await);
}

#[tokio::test]
async fn with_tls_the_cookie_is_secure_and_bound_to_the_host() {
    let test = TestApp::with(|config| config.public_url = "https://portal.example".into()).await;
    let mut desk = test.desk();
    let request = Request::post("/admin/sign-in")
        .header("origin", "https://portal.example")
        .header("content-type", "application/x-www-form-urlencoded");
    let body = encode(&[("email", "owner@demo.test"), ("password", PASSWORD)]);
    let reply = desk.send(request, body).await;
    let cookie = reply.header("set-cookie");
    assert!(
        cookie.starts_with("__Host-portico_staff=") && cookie.ends_with("; Secure"),
        "{cookie}"
    );
    assert_eq!(desk.get("/admin").await.status, 200);
}

#[tokio::test]
async fn after_sign_in_nobody_is_sent_to_another_website() {
    let test = TestApp::new().await;
    for next in [
        "https://evil.example",
        "//evil.example",
        "/admin//evil.example",
        "/demo/login",
    ] {
        let mut desk = test.desk();
        let fields = [
            ("email", "owner@demo.test"),
            ("password", PASSWORD),
            ("next", next),
        ];
        let reply = desk.submit("/admin/sign-in", &fields).await;
        assert_eq!(reply.header("location"), "/admin", "{next}");
    }
}

#[tokio::test]
async fn a_wrong_email_and_a_wrong_password_read_the_same() {
    let test = TestApp::new().await;
    let mut texts = Vec::new();
    for (email, password) in [
        ("owner@demo.test", "not the password"),
        ("nobody@demo.test", PASSWORD),
        ("client@demo.test", PASSWORD),
        ("not an address", PASSWORD),
        ("owner@demo.test", ""),
        ("owner@demo.test", &"x".repeat(5000)),
    ] {
        let mut desk = test.desk();
        let reply = desk.sign_in(email, password).await;
        assert_eq!(reply.status, 401);
        assert!(reply.text.contains(REFUSED) && desk.session().is_none());
        assert_eq!(desk.value("email").as_deref(), Some(email));
        texts.push(reply.text.replace(email, ""));
    }
    assert!(texts.windows(2).all(|pair| pair[0] == pair[1]));
}

#[tokio::test]
async fn after_ten_wrong_passwords_an_account_rests_for_fifteen_minutes() {
    let test = TestApp::new().await;
    let mut desk = test.desk();
    let tries = (0..30).map(|_| {
        let mut desk = test.desk();
        async move {
            let fields = [
                ("email", "owner@demo.test"),
                ("password", "not the password"),
            ];
            desk.submit("/admin/sign-in", &fields).await.status
        }
    });
    for status in futures_util::future::join_all(tries).await {
        assert_eq!(status, 401);
    }
    let (tries,): (i64,) = test
        .row(
            "select password_tries from staff where email = $1",
            "owner@demo.test",
        )
        .await;
    assert_eq!(tries, 10);
    assert_eq!(desk.sign_in("owner@demo.test", PASSWORD).await.status, 401);
    test.pass(901);
    assert_eq!(desk.sign_in("owner@demo.test", PASSWORD).await.status, 200);
}

#[tokio::test]
async fn a_session_ends_after_twelve_idle_hours_after_thirty_days_and_by_signing_out() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    test.pass(11 * 3600);
    assert_eq!(desk.ask("/admin").await.status, 200);
    test.pass(11 * 3600);
    assert_eq!(desk.ask("/admin").await.status, 200);
    test.pass(12 * 3600);
    assert_eq!(desk.ask("/admin").await.status, 303);

    let mut desk = test.staff("owner@demo.test").await;
    for _ in 0..65 {
        test.pass(11 * 3600);
        desk.ask("/admin").await;
    }
    assert_eq!(desk.ask("/admin").await.status, 200);
    test.pass(6 * 3600);
    assert_eq!(desk.ask("/admin").await.status, 303);

    let mut desk = test.staff("owner@demo.test").await;
    let token = desk.session().unwrap().clone();
    let reply = desk.submit("/admin/sign-out", &[]).await;
    assert_eq!(reply.header("location"), "/admin/sign-in");
    assert!(desk.session().is_none());
    desk.cookies.insert("portico_staff".into(), token);
    assert_eq!(desk.ask("/admin").await.status, 303);
    // A form sent after the session's end is not lost in a redirect.
    let reply = desk
        .submit("/admin/account/name", &[("name", "Late")])
        .await;
    assert_eq!(reply.status, 401);
    assert!(reply.text.contains("nothing was saved"));
}

#[tokio::test]
async fn a_form_of_another_website_or_without_its_token_is_refused() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    let mut other = test.staff("owner@lapsed.test").await;
    desk.get("/admin/account").await;
    other.get("/admin/account").await;
    let (csrf, foreign) = (desk.value("csrf").unwrap(), other.value("csrf").unwrap());
    assert_ne!(csrf, foreign);
    const FORM: &str = "application/x-www-form-urlencoded";
    for (origin, site, kind, csrf, status) in [
        (Some(HOST), None, FORM, "", 403),
        (Some(HOST), None, FORM, foreign.as_str(), 403),
        (Some("https://evil.example"), None, FORM, csrf.as_str(), 403),
        (Some("null"), None, FORM, csrf.as_str(), 403),
        (None, None, FORM, csrf.as_str(), 403),
        (Some(HOST), Some("cross-site"), FORM, csrf.as_str(), 403),
        (None, Some("same-site"), FORM, csrf.as_str(), 403),
        (Some(HOST), None, "text/plain", csrf.as_str(), 415),
        (Some(HOST), None, "application/json", csrf.as_str(), 415),
        (Some(HOST), None, FORM, csrf.as_str(), 303),
        (None, Some("same-origin"), FORM, csrf.as_str(), 303),
    ] {
        let mut request = Request::post("/admin/account/name").header("content-type", kind);
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        if let Some(site) = site {
            request = request.header("sec-fetch-site", site);
        }
        let body = format!("csrf={csrf}&name=Changed{status}");
        let reply = desk.send(request, body).await;
        assert_eq!(reply.status, status, "{origin:?} {site:?} {kind}");
        if status == 403 {
            assert!(reply.text.contains("reload"), "{}", reply.text);
        }
        let (name,): (String,) = test
            .row("select name from staff where email = $1", "owner@demo.test")
            .await;
        assert_eq!(name == "Olivia Fern", status != 303, "{name}");
    }
    let big = format!("csrf={csrf}&name={}", "x".repeat(300_000));
    let request = Request::post("/admin/account/name")
        .header("origin", HOST)
        .header("content-type", FORM);
    assert_eq!(desk.send(request, big).await.status, 413);
    // Nor does another website sign anybody in.
    let request = Request::post("/admin/sign-in")
        .header("origin", "https://evil.example")
        .header("content-type", FORM);
    let body = encode(&[("email", "owner@demo.test"), ("password", PASSWORD)]);
    assert_eq!(test.desk().send(request, body).await.status, 403);
}

#[tokio::test]
async fn l25_each_role_gets_the_pages_of_its_own() {
    let test = TestApp::new().await;
    test.add_staff("manager@demo.test", "Mina Manager", "demo", Role::Manager)
        .await;
    for (email, settings, billing) in [
        ("owner@demo.test", true, true),
        ("manager@demo.test", true, false),
        ("member@demo.test", false, false),
    ] {
        let mut desk = test.staff(email).await;
        for (path, allowed) in [
            ("/admin", true),
            ("/admin/account", true),
            ("/admin/settings", settings),
            ("/admin/billing", billing),
        ] {
            let reply = desk.get(path).await;
            assert_eq!(
                reply.status,
                if allowed { 200 } else { 403 },
                "{email} {path}"
            );
            if !allowed {
                assert!(reply.text.contains("Not allowed") && reply.text.contains("reference"));
            }
        }
        let overview = desk.get("/admin").await.text;
        assert_eq!(
            overview.contains(r#"href="/admin/settings""#),
            settings,
            "{email}"
        );
        assert_eq!(
            overview.contains(r#"href="/admin/billing""#),
            billing,
            "{email}"
        );
        for path in [
            "/admin/settings",
            "/admin/website/sites",
            "/admin/website/sites/remove",
        ] {
            let status = desk.submit(path, &[]).await.status.as_u16();
            assert_eq!(status == 403, !settings, "{email} {path} {status}");
        }
    }
    let mut stranger = test.desk();
    let nowhere = stranger.ask("/admin/nowhere").await;
    assert!(nowhere.status == 404 && nowhere.text.contains("Go to the overview"));
    for path in [
        "/admin",
        "/admin/account",
        "/admin/account/factor",
        "/admin/settings",
        "/admin/billing",
        "/admin/sign-in/code",
    ] {
        let reply = stranger.ask(path).await;
        assert_eq!(reply.status, 303, "{path}");
        assert!(
            reply.header("location").starts_with("/admin/sign-in"),
            "{path}"
        );
    }
    // A role counts from the next request on.
    let mut desk = test.staff("manager@demo.test").await;
    test.add_staff("manager@demo.test", "Mina Manager", "demo", Role::Member)
        .await;
    assert_eq!(desk.get("/admin/settings").await.status, 403);
}

#[tokio::test]
async fn whoever_works_at_two_studios_switches_between_them_and_to_no_other() {
    let test = TestApp::new().await;
    test.add_staff("owner@demo.test", "Olivia Fern", "closed", Role::Member)
        .await;
    let mut desk = test.staff("owner@demo.test").await;
    let page = desk.get("/admin").await.text;
    assert!(page.contains("Switch studio") && page.contains("Meadow Music School"));
    let reply = desk.post("/admin/studio", &[("studio", "closed")]).await;
    assert!(
        reply
            .text
            .contains("You are looking at Meadow Music School now."),
        "{}",
        reply.text
    );
    assert!(
        reply
            .text
            .contains("This is the desk of Meadow Music School")
    );
    assert_eq!(desk.get("/admin/settings").await.status, 403);
    // The notice is said once.
    assert!(!desk.get("/admin").await.text.contains("You are looking at"));
    for other in ["lapsed", "nowhere", ""] {
        assert_eq!(
            desk.submit("/admin/studio", &[("studio", other)])
                .await
                .status,
            404,
            "{other}"
        );
    }
    assert!(
        desk.get("/admin")
            .await
            .text
            .contains("This is the desk of Meadow")
    );
    desk.post("/admin/studio", &[("studio", "demo")]).await;
    assert_eq!(desk.get("/admin/settings").await.status, 200);
}

#[tokio::test]
async fn l23_a_lapsed_subscription_is_named_on_every_page_and_billing_stays_open() {
    let test = TestApp::new().await;
    test.add_staff("helper@lapsed.test", "Hal Helper", "lapsed", Role::Member)
        .await;
    for (email, code) in [
        ("owner@lapsed.test", "Error 101"),
        ("owner@unpaid.test", "Error 102"),
    ] {
        let mut desk = test.staff(email).await;
        for path in [
            "/admin",
            "/admin/settings",
            "/admin/account",
            "/admin/billing",
        ] {
            let page = desk.get(path).await;
            assert!(
                page.status == 200 && page.text.contains(&format!("<strong>{code}.</strong>")),
                "{path}"
            );
            assert_eq!(
                page.text.contains("Go to Billing"),
                path != "/admin/billing",
                "{path}"
            );
        }
        let billing = desk.get("/admin/billing").await.text;
        for part in [
            "Paid until",
            "What clients see meanwhile",
            "mailto:portal@localhost",
        ] {
            assert!(billing.contains(part), "{part}");
        }
    }
    let mut helper = test.staff("helper@lapsed.test").await;
    let page = helper.get("/admin").await.text;
    assert!(
        page.contains("Error 101")
            && page.contains("Please tell an owner")
            && !page.contains("Go to Billing")
    );
    let mut well = test.staff("owner@demo.test").await;
    assert!(!well.get("/admin").await.text.contains("Error 10"));
}

#[tokio::test]
async fn every_page_of_the_admin_is_strict_about_where_things_come_from() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    desk.get("/admin/account").await;
    desk.post("/admin/account/factor", &[]).await;
    for path in [
        "/admin",
        "/admin/settings",
        "/admin/billing",
        "/admin/account",
        "/admin/account/factor",
    ] {
        let page = desk.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        for (name, part) in [
            (
                "content-security-policy",
                "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self';",
            ),
            ("content-security-policy", "frame-ancestors 'none'"),
            ("cache-control", "no-store"),
            ("referrer-policy", "same-origin"),
            ("x-content-type-options", "nosniff"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert!(
                page.header(name).contains(part),
                "{path} {name}: {}",
                page.header(name)
            );
        }
        for inline in [" style=", "<style", " onclick=", "javascript:", "<script>"] {
            assert!(!page.text.contains(inline), "{path} {inline}");
        }
        assert_eq!(page.text.matches("<h1>").count(), 1, "{path}");
        assert_eq!(
            page.text.matches("aria-current=\"page\"").count(),
            1,
            "{path}"
        );
    }
    for (file, kind) in [
        ("tokens.css", "text/css"),
        ("admin.css", "text/css"),
        ("admin.js", "text/javascript"),
        ("mark.svg", "image/svg+xml"),
    ] {
        let reply = test.get(&format!("/static/{file}")).await;
        assert!(
            reply.status == 200 && reply.header("content-type").starts_with(kind),
            "{file}"
        );
    }
}

#[tokio::test]
async fn a_name_is_changed_and_logged_and_stays_typed_where_it_is_refused() {
    let test = TestApp::new().await;
    let mut desk = test.staff("member@demo.test").await;
    desk.get("/admin/account").await;
    let long = format!("<b>{}", "x".repeat(120));
    let reply = desk.post("/admin/account/name", &[("name", &long)]).await;
    assert_eq!(reply.status, 422);
    assert!(reply.text.contains("&lt;b&gt;xxx") && reply.text.contains("at most 100 characters"));
    assert!(reply.text.contains("aria-invalid=\"true\""));
    let reply = desk
        .post("/admin/account/name", &[("name", " Marc Light ")])
        .await;
    assert!(reply.text.contains("Your name is saved.") && reply.text.contains("Marc Light"));
    let (who, before, after) = test.logged("staff renamed").await;
    assert_eq!(who, "Marcus Light");
    assert_eq!(
        (&before["name"], &after["name"]),
        (&"Marcus Light".into(), &"Marc Light".into())
    );
}

#[tokio::test]
async fn a_new_password_asks_for_the_old_one_and_ends_the_other_sessions() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    let mut elsewhere = test.staff("owner@demo.test").await;
    desk.get("/admin/account").await;
    for (old, new, text) in [
        (
            "not the password",
            "a new long password",
            "This is not your present password.",
        ),
        (PASSWORD, "short", "Use at least 8 characters."),
        (PASSWORD, "owner@demo.test", "do not use your own name"),
    ] {
        let reply = desk
            .post(
                "/admin/account/password",
                &[("old_password", old), ("new_password", new)],
            )
            .await;
        assert!(
            reply.status == 422 && reply.text.contains(text),
            "{}",
            reply.text
        );
        assert!(
            !reply.text.contains(new) || new.len() < 8 || new.contains('@'),
            "a password is never sent back"
        );
    }
    assert_eq!(elsewhere.ask("/admin").await.status, 200);
    let fields = [
        ("old_password", PASSWORD),
        ("new_password", "a new long password"),
    ];
    let reply = desk.post("/admin/account/password", &fields).await;
    assert!(reply.text.contains("Your password is changed."));
    assert_eq!(elsewhere.ask("/admin").await.status, 303);
    assert_eq!(desk.ask("/admin").await.status, 200);
    let mut anew = test.desk();
    assert_eq!(anew.sign_in("owner@demo.test", PASSWORD).await.status, 401);
    assert_eq!(
        anew.sign_in("owner@demo.test", "a new long password")
            .await
            .status,
        200
    );
    assert_eq!(test.logged("staff password changed").await.0, "Olivia Fern");
}

// The second factor

/// The code the app of this account shows now.
async fn app_code(test: &TestApp, email: &str) -> String {
    let (sealed,): (Vec<u8>,) = test
        .row("select totp_secret from staff where email = $1", email)
        .await;
    let shared = Shared::open(&test.app.keys, &sealed).ok().unwrap();
    shared.code(test.app.clock.now()).unwrap()
}

/// Switches the second factor on; the recovery codes shown.
async fn switch_on(desk: &mut Desk<'_>) -> Vec<String> {
    desk.get("/admin/account").await;
    let page = desk.post("/admin/account/factor", &[]).await.text;
    assert!(page.contains("<svg") && page.contains("Or type this secret"));
    let code = app_code(desk.test, "owner@demo.test").await;
    let reply = desk
        .post("/admin/account/factor/confirm", &[("code", &code)])
        .await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let codes: Vec<String> = reply
        .text
        .split("<code>")
        .skip(1)
        .map(|rest| rest.split("</code>").next().unwrap().to_owned())
        .collect();
    assert_eq!(codes.len(), 10);
    codes
}

#[tokio::test]
async fn with_a_second_factor_the_password_alone_opens_nothing() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    let mut elsewhere = test.staff("owner@demo.test").await;
    desk.get("/admin/account").await;
    desk.post("/admin/account/factor", &[]).await;
    let reply = desk
        .post("/admin/account/factor/confirm", &[("code", "000000")])
        .await;
    assert!(reply.status == 422 && reply.text.contains("not the code the app shows"));
    // Not proved yet, so that it is not asked for.
    assert_eq!(
        test.desk()
            .sign_in("owner@demo.test", PASSWORD)
            .await
            .status,
        200
    );
    let codes = switch_on(&mut desk).await;
    assert_eq!(elsewhere.ask("/admin").await.status, 303);
    assert!(!test.database_contains(&codes[0]).await);
    // Shown once, and not set up twice.
    assert_eq!(desk.ask("/admin/account/factor").await.status, 303);
    assert_eq!(desk.submit("/admin/account/factor", &[]).await.status, 409);
    assert!(
        desk.get("/admin/account")
            .await
            .text
            .contains("10 recovery codes are left")
    );

    let mut anew = test.desk();
    let reply = anew.sign_in("owner@demo.test", PASSWORD).await;
    assert!(reply.text.contains("One more step"), "{}", reply.text);
    let waiting = anew.session().unwrap().clone();
    for path in ["/admin", "/admin/settings", "/admin/account"] {
        let reply = anew.ask(path).await;
        assert!(
            reply.status == 303 && reply.header("location").starts_with("/admin/sign-in/code"),
            "{path}"
        );
    }
    // The code that switched it on was used up by that.
    let used = app_code(&test, "owner@demo.test").await;
    assert_eq!(
        anew.post("/admin/sign-in/code", &[("code", &used)])
            .await
            .status,
        401
    );
    test.pass(30);
    let code = app_code(&test, "owner@demo.test").await;
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    let reply = anew
        .post(
            "/admin/sign-in/code",
            &[("code", &spaced), ("next", "/admin/billing")],
        )
        .await;
    assert!(reply.text.contains("<h1>Billing</h1>"), "{}", reply.text);
    assert_ne!(
        anew.session(),
        Some(&waiting),
        "a verified session has a token of its own"
    );

    let mut second = test.desk();
    second.sign_in("owner@demo.test", PASSWORD).await;
    assert_eq!(
        second
            .post("/admin/sign-in/code", &[("code", &code)])
            .await
            .status,
        401
    );
    assert_eq!(test.logged("staff signed in").await.2["way"], "app code");
}

#[tokio::test]
async fn five_wrong_codes_ask_for_the_password_again_and_ten_tries_close_the_account() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    switch_on(&mut desk).await;
    test.pass(60);
    let mut thief = test.desk();
    thief.sign_in("owner@demo.test", PASSWORD).await;
    for _ in 0..5 {
        let reply = thief
            .post("/admin/sign-in/code", &[("code", "123456")])
            .await;
        assert!(reply.status == 401 && reply.text.contains("That code is not right"));
    }
    let right = app_code(&test, "owner@demo.test").await;
    let reply = thief.post("/admin/sign-in/code", &[("code", &right)]).await;
    assert!(
        reply.status == 401 && reply.text.contains("too many wrong codes"),
        "{}",
        reply.text
    );
    assert_eq!(thief.ask("/admin/sign-in/code").await.status, 303);
    // Signing in anew does not buy five more each time.
    let mut given = 0;
    for _ in 0..5 {
        thief.sign_in("owner@demo.test", PASSWORD).await;
        for _ in 0..5 {
            let reply = thief
                .submit("/admin/sign-in/code", &[("code", "123456")])
                .await;
            given += u32::from(reply.text.contains("That code is not right"));
        }
    }
    assert!(given <= 5, "{given}");
    // Whoever is in stays in.
    assert_eq!(desk.ask("/admin").await.status, 200);
    // The second step does not wait for ever.
    test.pass(901);
    thief.sign_in("owner@demo.test", PASSWORD).await;
    assert_eq!(thief.ask("/admin/sign-in/code").await.status, 200);
    test.pass(600);
    assert_eq!(thief.ask("/admin/sign-in/code").await.status, 303);
}

#[tokio::test]
async fn a_recovery_code_replaces_the_phone_once() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    let codes = switch_on(&mut desk).await;
    let mut anew = test.desk();
    anew.sign_in("owner@demo.test", PASSWORD).await;
    let typed = codes[3].to_uppercase().replace('-', " ");
    assert_eq!(
        anew.post("/admin/sign-in/code", &[("code", &typed)])
            .await
            .status,
        200
    );
    assert!(
        anew.get("/admin/account")
            .await
            .text
            .contains("9 recovery codes are left")
    );
    let mut second = test.desk();
    second.sign_in("owner@demo.test", PASSWORD).await;
    assert_eq!(
        second
            .post("/admin/sign-in/code", &[("code", &codes[3])])
            .await
            .status,
        401
    );

    let change = "/admin/account/factor/change";
    let reply = anew
        .post(change, &[("what", "codes"), ("password", "wrong")])
        .await;
    assert!(reply.status == 422 && reply.text.contains("error-codes_password"));
    let reply = anew
        .post(change, &[("what", "codes"), ("password", PASSWORD)])
        .await;
    assert!(reply.text.contains("Your recovery codes") && !reply.text.contains(&codes[0]));
    assert_eq!(
        second
            .post("/admin/sign-in/code", &[("code", &codes[0])])
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn switching_the_second_factor_off_asks_for_the_password() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    switch_on(&mut desk).await;
    desk.get("/admin/account").await;
    let change = "/admin/account/factor/change";
    let reply = desk
        .post(change, &[("what", "off"), ("password", "")])
        .await;
    assert!(reply.status == 422 && reply.text.contains("error-off_password"));
    assert!(
        test.desk()
            .sign_in("owner@demo.test", PASSWORD)
            .await
            .text
            .contains("One more step")
    );
    let reply = desk
        .post(change, &[("what", "off"), ("password", PASSWORD)])
        .await;
    assert!(reply.text.contains("The second factor is off."));
    assert!(
        test.desk()
            .sign_in("owner@demo.test", PASSWORD)
            .await
            .text
            .contains("Welcome, Olivia")
    );
    assert_eq!(
        desk.submit(change, &[("what", "codes"), ("password", PASSWORD)])
            .await
            .status,
        409
    );
}
