use portico_sandbox::{Faults, Payer, signature};

use crate::{KEY, NOW, SECRET, World};

const PAID: [&str; 4] = [
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "checkout.session.completed",
];

#[tokio::test]
async fn each_event_arrives_signed_over_its_very_bytes() {
    let world = World::new().await;
    world.paid("5000").await;
    world.sandbox.deliver_all(10).await;
    let mut kinds = world.kinds();
    kinds.sort();
    let mut wanted = PAID.map(String::from);
    wanted.sort();
    assert_eq!(kinds, wanted);
    for (header, event) in world.hooks() {
        let kept = world
            .sandbox
            .object(KEY, event["id"].as_str().unwrap())
            .unwrap();
        assert_eq!(header, signature(&kept.to_string(), &[SECRET], NOW));
    }
}

/// The example of Stripe's own libraries' scheme: computed with `openssl dgst -sha256 -hmac`.
#[test]
fn the_signature_is_the_published_one() {
    let header = signature(r#"{"id":"evt_1"}"#, &["whsec_test"], 1_700_000_000);
    let v1 = header
        .split(',')
        .find_map(|part| part.strip_prefix("v1="))
        .unwrap();
    assert_eq!(v1, include_str!("signature.txt").trim());
}

#[tokio::test]
async fn a_server_that_is_down_gets_it_later() {
    let world = World::new().await;
    world.hook_is_down(true);
    world.session("5000").await;
    world.paid("5000").await;
    assert_eq!(world.sandbox.deliver_due().await, 4);
    assert_eq!(world.sandbox.deliver_due().await, 0, "the pause is kept");
    world.hook_is_down(false);
    world.clock.advance(2);
    assert_eq!(world.sandbox.deliver_due().await, 4);
    assert_eq!(world.kinds().len(), 4);
    assert_eq!(world.sandbox.waiting(KEY), 0);
}

#[tokio::test]
async fn webhooks_are_duplicated_reordered_held_back_and_forged_on_demand() {
    let world = World::new().await;
    world.sandbox.faults(
        KEY,
        Faults {
            stop: true,
            duplicate: 100,
            ..Faults::default()
        },
    );
    world.paid("5000").await;
    assert_eq!(world.sandbox.deliver_all(10).await, 0);
    world.sandbox.faults(
        KEY,
        Faults {
            reorder: 100,
            ..Faults::default()
        },
    );
    world.sandbox.deliver_all(10).await;
    assert_eq!(world.kinds().len(), 8);
    world.sandbox.faults(
        KEY,
        Faults {
            forge: 100,
            ..Faults::default()
        },
    );
    world.paid("5000").await;
    world.sandbox.deliver_all(10).await;
    assert_eq!(world.kinds().len(), 16);
    let forged = world
        .hooks()
        .iter()
        .filter(|(_, event)| {
            world
                .sandbox
                .object(KEY, event["id"].as_str().unwrap())
                .is_none()
        })
        .count();
    assert_eq!(forged, 4);
}

#[tokio::test]
async fn secrets_roll_with_both_signatures_and_the_old_one_can_be_used_against_us() {
    let world = World::new().await;
    let last = |world: &World| world.hooks().last().unwrap().0.matches("v1=").count();
    world.sandbox.roll_secret(KEY, "whsec_new", true);
    world.paid("5000").await;
    world.sandbox.deliver_all(10).await;
    assert_eq!(last(&world), 2);
    world.sandbox.roll_secret(KEY, "whsec_newer", false);
    world.sandbox.faults(
        KEY,
        Faults {
            sign_old: 100,
            ..Faults::default()
        },
    );
    world.paid("5000").await;
    world.sandbox.deliver_all(1).await;
    let (header, event) = world.hooks().pop().unwrap();
    let kept = world
        .sandbox
        .object(KEY, event["id"].as_str().unwrap())
        .unwrap();
    assert_eq!(header, signature(&kept.to_string(), &["whsec_new"], NOW));
}

#[tokio::test]
async fn a_bank_payment_is_pending_first_and_arrives_or_fails_later() {
    let world = World::new().await;
    for (arrives, last) in [
        (true, "checkout.session.async_payment_succeeded"),
        (false, "checkout.session.async_payment_failed"),
    ] {
        let session = world.session("5000").await;
        let id = session["id"].as_str().unwrap();
        world.sandbox.pay(KEY, id, &Payer::bank()).unwrap();
        let shown = world.sandbox.object(KEY, id).unwrap();
        assert_eq!(
            (&shown["status"], &shown["payment_status"]),
            (&"complete".into(), &"unpaid".into())
        );
        assert_eq!(world.sandbox.books(KEY)["usd"].pending, 5000);
        let intent = shown["payment_intent"].as_str().unwrap();
        world.sandbox.settle_bank(KEY, intent, arrives).unwrap();
        assert!(world.sandbox.settle_bank(KEY, intent, arrives).is_err());
        let shown = world.sandbox.object(KEY, id).unwrap();
        assert_eq!(
            shown["payment_status"],
            if arrives { "paid" } else { "unpaid" }
        );
        let events = world.got("/v1/events?limit=1").await;
        assert_eq!(events["data"][0]["type"], last);
    }
    assert_eq!(world.sandbox.books(KEY)["usd"].received, 5000);
    let charge = world.sandbox.objects(KEY, "charge")[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let refund = world.sandbox.refund(KEY, &charge, None).unwrap();
    assert_eq!(world.sandbox.books(KEY)["usd"].net(), 0);
    world.sandbox.settle_refund(KEY, &refund, false).unwrap();
    assert_eq!(
        world.sandbox.books(KEY)["usd"].net(),
        5000,
        "a refund that fails comes back"
    );
}
