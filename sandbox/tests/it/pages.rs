use portico_sandbox::Payer;
use serde_json::Value;

use crate::{KEY, World, client};

async fn checkout(world: &World) -> (String, String) {
    let session: Value = world.session("5000").await;
    (
        session["id"].as_str().unwrap().into(),
        session["url"].as_str().unwrap().into(),
    )
}

fn typed<'a>(card: &'a str, expiry: &'a str) -> [(&'a str, &'a str); 6] {
    [
        ("email", "pat@example.com"),
        ("method", "card"),
        ("card", card),
        ("expiry", expiry),
        ("cvc", "123"),
        ("name", "Pat"),
    ]
}

#[tokio::test]
async fn the_checkout_shows_studio_and_amount_and_leads_back_with_the_sessions_id() {
    let world = World::new().await;
    let (id, url) = checkout(&world).await;
    let page = client()
        .get(&url)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    for shown in [
        "Fernlight Studio",
        "$50.00",
        "Invoice 2026-0007",
        ">Test<",
        "https://fernlight.example/account",
    ] {
        assert!(page.contains(shown), "{shown}");
    }
    assert!(!page.contains("<script"));
    let reply = client()
        .post(&url)
        .form(&typed("4242 4242 4242 4242", "12 / 99"))
        .send()
        .await
        .unwrap();
    assert_eq!(reply.status(), 303);
    assert_eq!(
        reply.headers()["location"],
        format!("https://fernlight.example/account?paid={id}")
    );
    assert_eq!(
        client().get(&url).send().await.unwrap().status(),
        410,
        "it is over"
    );
    assert_eq!(
        client()
            .post(&url)
            .form(&typed("4242 4242 4242 4242", "12 / 99"))
            .send()
            .await
            .unwrap()
            .status(),
        410
    );
    assert_eq!(world.sandbox.books(KEY)["usd"].received, 5000);
}

#[tokio::test]
async fn what_is_wrong_with_a_card_is_said_beside_its_field_and_nothing_is_paid() {
    let world = World::new().await;
    let (_, url) = checkout(&world).await;
    for (card, expiry, status, said) in [
        ("4242 4242 4242 4241", "12 / 99", 422, "typing error"),
        ("4111 1111 1111 1111", "12 / 99", 422, "never a real one"),
        ("4242 4242 4242 4242", "12 / 20", 422, "expired"),
        ("4242 4242 4242 4242", "13 / 99", 422, "month and year"),
        (
            "4000 0000 0000 0002",
            "12 / 99",
            402,
            "Your card was declined.",
        ),
        ("", "", 422, "not complete"),
    ] {
        let reply = client()
            .post(&url)
            .form(&typed(card, expiry))
            .send()
            .await
            .unwrap();
        assert_eq!(reply.status(), status, "{card}");
        let page = reply.text().await.unwrap();
        assert!(
            page.contains(said) && page.contains("role=\"alert\""),
            "{card}: {said}"
        );
    }
    let script = [("email", "\"><script>"), ("name", "<b>"), ("card", "'\"")];
    let page = client()
        .post(&url)
        .form(&script)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(!page.contains("<script>") && !page.contains("<b>"));
    assert!(world.sandbox.books(KEY).is_empty() || world.sandbox.books(KEY)["usd"].received == 0);
}

#[tokio::test]
async fn the_readers_books_settle_refund_and_dispute() {
    let world = World::new().await;
    let (id, _) = checkout(&world).await;
    world.sandbox.pay(KEY, &id, &Payer::bank()).unwrap();
    let index = client()
        .get(format!("{}/books", world.origin))
        .send()
        .await
        .unwrap();
    let books = format!(
        "{}{}",
        world.origin,
        index.headers()["location"].to_str().unwrap()
    );
    let act = |on: String, form: Vec<(&'static str, &'static str)>| {
        let to = format!("{books}/{on}");
        async move {
            client()
                .post(to)
                .form(&form)
                .send()
                .await
                .unwrap()
                .status()
                .as_u16()
        }
    };
    let object = |kind: &str| {
        world.sandbox.objects(KEY, kind).last().unwrap()["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        act(object("payment_intent"), vec![("act", "arrive")]).await,
        303
    );
    assert_eq!(
        act(
            object("charge"),
            vec![("act", "refund"), ("amount", "12.505")]
        )
        .await,
        400
    );
    assert_eq!(
        act(
            object("charge"),
            vec![("act", "refund"), ("amount", "12.50")]
        )
        .await,
        303
    );
    assert_eq!(
        act(object("refund"), vec![("act", "refund_arrives")]).await,
        303
    );
    assert_eq!(act(object("charge"), vec![("act", "explode")]).await, 400);
    assert_eq!(world.sandbox.books(KEY)["usd"].net(), 3750);
    let page = client()
        .get(&books)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    for shown in [
        "Fernlight Studio",
        "$37.50",
        "Partly refunded",
        "checkout.session.async_payment_succeeded",
    ] {
        assert!(page.contains(shown), "{shown}");
    }
    assert_eq!(
        act("faults".into(), vec![("duplicate", "30"), ("stop", "on")]).await,
        303
    );
    let faults = world.got("/sandbox/faults").await;
    assert_eq!(
        (&faults["duplicate"], &faults["stop"]),
        (&30.into(), &true.into())
    );
    assert_eq!(
        client()
            .get(format!("{}/c/pay/cs_test_none", world.origin))
            .send()
            .await
            .unwrap()
            .status(),
        404
    );
}
