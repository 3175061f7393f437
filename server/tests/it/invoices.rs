//! Invoices: numbers without gaps, frozen once issued, put right by credit notes and new versions.

use std::collections::BTreeSet;

use portico::{
    audit::Actor,
    db::StudioTx,
    invoices::{
        Invoice, Kind, State, issue,
        store::{self, NewInvoice},
    },
    studios::Studio,
};
use portico_wire::{ClientId, ContactId, InvoiceId};

use crate::{
    harness::TestApp,
    quotes::{line, person, terms},
};

const BY: issue::By<'static> = issue::By {
    actor: &Actor::System,
    reference: "TEST",
};

/// A draft of these prices, with 20 % on top, for Ada.
async fn draft(
    tx: &mut StudioTx,
    (contact, client): (ContactId, ClientId),
    prices: &[i64],
) -> InvoiceId {
    let lines: Vec<_> = prices
        .iter()
        .map(|&price| line(tx, price, false).line)
        .collect();
    let lines: Vec<_> = lines.iter().collect();
    let terms = terms("Drafted");
    let sums = terms.sums(lines.iter().copied()).unwrap();
    let new = NewInvoice {
        kind: Kind::Invoice,
        client,
        order: None,
        corrects: None,
        replaces: None,
        terms: &terms,
        lines: &lines,
        contacts: &[contact],
        sums: &sums,
    };
    store::insert(tx, &new).await.unwrap()
}

async fn issued(test: &TestApp, demo: &Studio, prices: &[i64]) -> Invoice {
    let ada = person(test, "client@demo.test").await;
    let mut tx = test.app.db.write(demo).await.unwrap();
    let id = draft(&mut tx, ada, prices).await;
    let invoice = issue::issue(&mut tx, demo, id, &BY).await.unwrap();
    tx.commit().await.unwrap();
    invoice
}

#[tokio::test]
async fn g1_two_staff_who_issue_at_once_leave_no_gap() {
    let test = TestApp::new().await;
    let demo = test.scope("demo").await;
    let ada = person(&test, "client@demo.test").await;
    let mut drafts = Vec::new();
    for _ in 0..8 {
        let mut tx = test.app.db.write(&demo).await.unwrap();
        drafts.push(draft(&mut tx, ada, &[1_000]).await);
        tx.commit().await.unwrap();
    }
    let before = issued(&test, &demo, &[1]).await;
    // Half of them fail on the way: what they took is given back.
    let issue_one = |at: usize, id: InvoiceId| {
        let (app, demo) = (test.app.clone(), demo.clone());
        async move {
            let mut tx = app.db.write(&demo).await.unwrap();
            let invoice = issue::issue(&mut tx, &demo, id, &BY).await.unwrap();
            if at.is_multiple_of(2) {
                tx.commit().await.unwrap();
                return invoice.number;
            }
            None
        }
    };
    let all = drafts
        .iter()
        .enumerate()
        .map(|(at, id)| tokio::spawn(issue_one(at, *id)));
    let mut numbers = BTreeSet::new();
    for number in futures_util::future::join_all(all).await {
        numbers.extend(number.unwrap());
    }
    let last: i64 = before.number()["INV-2026-".len()..].parse().unwrap();
    let expected: BTreeSet<String> = (1..=4)
        .map(|next| format!("INV-2026-{:04}", last + next))
        .collect();
    assert_eq!(numbers, expected);
}

#[tokio::test]
async fn g1_the_same_draft_is_issued_once() {
    let test = TestApp::new().await;
    let demo = test.scope("demo").await;
    let invoice = issued(&test, &demo, &[1_000]).await;
    let mut tx = test.app.db.write(&demo).await.unwrap();
    assert!(issue::issue(&mut tx, &demo, invoice.id, &BY).await.is_err());
    drop(tx);
    let next = issued(&test, &demo, &[1_000]).await;
    let number = |invoice: &Invoice| {
        invoice.number()["INV-2026-".len()..]
            .parse::<i64>()
            .unwrap()
    };
    assert_eq!(number(&next), number(&invoice) + 1);
}

#[tokio::test]
async fn g1_numbers_begin_anew_each_year_by_the_studios_calendar() {
    let test = TestApp::new().await;
    let demo = test.scope("demo").await;
    assert!(
        issued(&test, &demo, &[1])
            .await
            .number()
            .starts_with("INV-2026-")
    );
    // 40 days and 12 hours on it is the first of January.
    test.pass((40 * 24 + 12) * 3600 + 60);
    let first = issued(&test, &demo, &[1]).await;
    assert_eq!(
        (first.number(), first.issued_on.as_deref()),
        ("INV-2027-0001", Some("2027-01-01"))
    );
}

#[tokio::test]
async fn g1_what_is_wrong_is_put_right_by_a_credit_note_that_takes_back_no_more_than_there_is() {
    let test = TestApp::new().await;
    let demo = test.scope("demo").await;
    let invoice = issued(&test, &demo, &[10_000, 5_000]).await;
    assert_eq!(
        (invoice.subtotal, invoice.tax, invoice.total),
        (15_000, 3_000, 18_000)
    );
    let mut tx = test.app.db.write(&demo).await.unwrap();
    let credit = issue::correct(&mut tx, invoice.id, Kind::CreditNote, &BY)
        .await
        .unwrap();
    // Half of it.
    let note = store::get(&mut tx, credit).await.unwrap();
    let half = [line(&tx, 5_000, false).line];
    let lines: Vec<_> = half.iter().collect();
    let sums = note.terms.sums(lines.iter().copied()).unwrap();
    assert!(
        store::save(&mut tx, &note, &note.terms, &lines, &sums)
            .await
            .unwrap()
    );
    let note = issue::issue(&mut tx, &demo, credit, &BY).await.unwrap();
    tx.commit().await.unwrap();
    assert!(note.number().starts_with("CN-2026-"), "{:?}", note.number);
    assert_eq!((note.total, note.corrects), (6_000, Some(invoice.id)));

    let mut tx = test.app.db.write(&demo).await.unwrap();
    let credited = store::credited(&mut tx, invoice.id).await.unwrap();
    assert_eq!(
        portico::invoices::owed(invoice.state, invoice.total, credited, 0),
        12_000
    );
    assert!(
        store::instalments(&mut tx, credit)
            .await
            .unwrap()
            .is_empty()
    );
    // All of it again is more than is left, and what is credited cannot be voided.
    let whole = issue::correct(&mut tx, invoice.id, Kind::CreditNote, &BY)
        .await
        .unwrap();
    let refused = issue::issue(&mut tx, &demo, whole, &BY).await.unwrap_err();
    drop(tx);
    assert_eq!(refused.code(), Some(portico_wire::Code::Conflict));
    let mut tx = test.app.db.write(&demo).await.unwrap();
    assert!(
        issue::void(&mut tx, invoice.id, "Wrong", &BY)
            .await
            .is_err()
    );
    assert!(
        issue::correct(&mut tx, credit, Kind::CreditNote, &BY)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn g1_a_new_version_takes_the_place_of_the_old_one_which_keeps_its_number() {
    let test = TestApp::new().await;
    let demo = test.scope("demo").await;
    let invoice = issued(&test, &demo, &[10_000]).await;
    let mut tx = test.app.db.write(&demo).await.unwrap();
    let next = issue::correct(&mut tx, invoice.id, Kind::Invoice, &BY)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut tx = test.app.db.write(&demo).await.unwrap();
    assert_eq!(
        store::get(&mut tx, invoice.id).await.unwrap().state,
        State::Issued
    );
    let next = issue::issue(&mut tx, &demo, next, &BY).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = test.app.db.read(&demo).await.unwrap();
    let old = store::get(&mut tx, invoice.id).await.unwrap();
    assert_eq!((old.state, old.number), (State::Voided, invoice.number));
    assert_eq!(old.reason, Some(format!("Replaced by {}", next.number())));
    assert_eq!(portico::invoices::owed(old.state, old.total, 0, 0), 0);
}

#[tokio::test]
async fn g1_an_invoice_reads_as_a_paper() {
    let test = TestApp::new().await;
    let demo = test.scope("demo").await;
    let invoice = issued(&test, &demo, &[9_999]).await;
    let mut tx = test.app.db.read(&demo).await.unwrap();
    let whole = store::whole(&mut tx, invoice.id).await.unwrap();
    let paper = portico::invoices::paper(&whole);
    let document = portico::invoices::document(&whole.invoice, paper);
    assert_eq!(document.title, format!("Invoice {}", invoice.number()));
    let text = portico_wire::papers::plain(&document.nodes).replace('\u{a0}', " ");
    for said in [
        invoice.number(),
        "Ada & Ben Carter",
        "21 November 2026",
        "£99.99",
        "VAT 20 %",
        "£20.00",
        "£119.99",
        "5 December 2026",
    ] {
        assert!(text.contains(said), "{said} in {text}");
    }
}
