//! Everything at once: many payments, refunds and disputes, webhooks that are doubled, overtaken, delayed, forged and wrongly
//! signed, and an API that loses answers. In the end the books equal the provider's own to the penny.

use portico_sandbox::{Faults, Payer, cards::Card};
use portico_wire::payments::PaymentMethod;

use crate::till::{KEY, Till, at_once, start, wish};

const PAYMENTS: usize = 24;

#[tokio::test]
async fn g4_after_a_storm_the_books_equal_the_providers_to_the_penny() {
    let till = Till::open().await;
    let storm = Faults {
        duplicate: 40,
        reorder: 40,
        delay_ms: 2_000,
        sign_wrong: 15,
        sign_stale: 10,
        forge: 25,
        lose_answer: 15,
        ..Faults::default()
    };
    till.sandbox.faults(KEY, storm);
    let mut ada = till.ada().await;
    for at in 0..PAYMENTS {
        let price = 1_000 + 37 * i64::try_from(at).unwrap();
        let invoice = till.invoice("client@demo.test", &[price], at_once(5)).await;
        // Whoever gets no answer presses again.
        let mut begun = None;
        for attempt in 0..40 {
            let act = format!("storm-{at}-{attempt}");
            let reply = start(&mut ada, wish(&[invoice.id], "everything"), &act).await;
            if reply.status.is_success() {
                begun = Some(reply.json());
                break;
            }
            reply.refused(503, "provider_down");
        }
        let begun = begun.expect("an answer in forty tries");
        let payer = match at % 3 {
            0 => Payer::bank(),
            _ => Payer::card(Card::good()),
        };
        let session = till.pay(&begun, &payer).await;
        let intent = till.sandbox.object(KEY, &session).unwrap()["payment_intent"].clone();
        let intent = intent.as_str().unwrap().to_owned();
        if at % 3 == 0 {
            till.sandbox.settle_bank(KEY, &intent, at % 2 == 0).unwrap();
        }
        let charge = till.sandbox.object(KEY, &intent).unwrap()["latest_charge"].clone();
        let charge = charge.as_str().unwrap_or_default().to_owned();
        // A bank payment is not always there to be taken back.
        match if at % 3 == 0 { 0 } else { at % 8 } {
            1 => drop(till.sandbox.refund(KEY, &charge, Some(500)).unwrap()),
            2 => drop(till.sandbox.refund(KEY, &charge, None).unwrap()),
            4 => {
                let dispute = till.sandbox.dispute(KEY, &charge).unwrap();
                till.sandbox
                    .close_dispute(KEY, &dispute, at % 16 == 4)
                    .unwrap();
            }
            _ => {}
        }
        till.test.work().await;
        till.pass(7);
    }
    till.settle().await;
    // The weather clears: retries, and the hourly reading of the provider's own list.
    till.sandbox.faults(KEY, Faults::default());
    for _ in 0..6 {
        till.pass(1_800);
        till.settle().await;
    }
    till.checked().await;
    let books = till.sandbox.books(KEY)["gbp"];
    let (held, payments): (i64, i64) = till
        .test
        .row(
            "select cast(coalesce(sum(e.amount), 0) as bigint), count(distinct p.id)
             from payments p join payment_entries e on e.studio_id = p.studio_id and e.payment_id = p.id
             where p.method = $1",
            PaymentMethod::Online.name(),
        )
        .await;
    assert_eq!(held, books.net());
    assert!(payments >= i64::try_from(books.payments).unwrap());
    let (forged,): (i64,) = till
        .test
        .row(
            "select count(*) from payments where problem = $1",
            "unknown",
        )
        .await;
    assert_eq!(forged, 0);
}
