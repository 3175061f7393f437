//! The section Invoices as a list: whose invoices, in what order, and what it says of each.

use std::collections::BTreeSet;

use portico::{
    invoices::{Kind, issue},
    payments,
};
use portico_wire::{InvoiceId, Right};
use serde_json::Value;

use crate::{
    harness::Browser,
    quotes::person,
    till::{BY, Till, at_once, draft, in_two, seen},
};

const ADA: &str = "client@demo.test";

/// All of it, page by page, each invoice as its own page tells it too.
async fn listed(ada: &mut Browser<'_>) -> Vec<String> {
    let (mut ids, mut next): (Vec<String>, Option<String>) = (Vec::new(), None);
    loop {
        let path = match &next {
            None => "/invoices".to_owned(),
            Some(before) => format!("/invoices?before={before}"),
        };
        let page = ada.get(&path).await.ok();
        for row in page["invoices"].as_array().unwrap() {
            let id: InvoiceId = row["id"].as_str().unwrap().parse().unwrap();
            let whole = seen(ada, id).await;
            for (name, said) in row.as_object().unwrap() {
                assert_eq!(&whole[name], said, "{name} of {row}");
            }
            ids.push(id.to_string());
        }
        match page["next"].as_str() {
            Some(before) => next = Some(before.to_owned()),
            None => return ids,
        }
    }
}

#[tokio::test]
async fn g1_the_list_says_of_each_what_its_own_page_says_whoever_reads_it() {
    let till = Till::open().await;
    let (ada, client) = person(&till.test, ADA).await;
    let (_, other) = person(&till.test, "office@demo.test").await;
    let add = async |who, plan| {
        let mut tx = till.test.app.db.write(&till.demo).await.unwrap();
        let id = draft(&mut tx, who, &[10_000], plan).await;
        issue::issue(&mut tx, &till.demo, id, &BY).await.unwrap();
        tx.commit().await.unwrap();
        till.pass(1);
        id.to_string()
    };
    let foreign_first = add((ada, other), at_once(14)).await;
    let own = add((ada, client), in_two()).await;
    // A credit note over all of one, and a draft that names her at another client.
    let credited = add((ada, client), at_once(3)).await;
    let mut tx = till.test.app.db.write(&till.demo).await.unwrap();
    let id = credited.parse().unwrap();
    let note = issue::correct(&mut tx, id, Kind::CreditNote, &BY)
        .await
        .unwrap();
    issue::issue(&mut tx, &till.demo, note, &BY).await.unwrap();
    draft(&mut tx, (ada, other), &[700], at_once(3)).await;
    tx.commit().await.unwrap();
    till.pass(1);
    // Enough for a second page, with another client's in between.
    for _ in 0..26 {
        add((ada, client), at_once(14)).await;
    }
    let foreign_last = add((ada, other), at_once(14)).await;
    for _ in 0..26 {
        add((ada, client), at_once(14)).await;
    }
    let mut browser = till.ada().await;
    let everything = listed(&mut browser).await;
    let sorted: BTreeSet<&String> = everything.iter().collect();
    assert!(everything.iter().eq(sorted.into_iter().rev()));
    for id in [&foreign_first, &own, &credited, &foreign_last] {
        assert!(everything.contains(id));
    }
    let states = async |browser: &mut Browser<'_>| -> Vec<Value> {
        let mut said = Vec::new();
        for id in [&credited, &note.to_string()] {
            said.push(seen(browser, id.parse().unwrap()).await["state"].clone());
        }
        said
    };
    assert_eq!(states(&mut browser).await, ["credited", "credit_note"]);
    // What names somebody is all that is seen without the right to everything: here the same, without the demo's own.
    till.test
        .switch_right(ADA, Right::SeeEverything, false)
        .await;
    let named = listed(&mut browser).await;
    assert!(named.iter().all(|id| everything.contains(id)));
    for id in [&foreign_first, &own, &credited, &foreign_last] {
        assert!(named.contains(id));
    }
    // What another client owes is read and not owed.
    let due = browser.get("/payments-due").await.ok();
    let asked = due["instalments"].as_array().unwrap().iter();
    let asked: Vec<_> = asked.map(|one| one["invoice"].as_str().unwrap()).collect();
    assert!(asked.contains(&&*own) && !asked.contains(&&*foreign_last));
}

#[tokio::test]
async fn an_open_invoice_that_stands_in_the_index_with_another_amount_is_found_by_the_check() {
    let till = Till::open().await;
    let invoice = till.invoice(ADA, &[1_000], at_once(3)).await;
    till.checked().await;
    let change = "update open_invoices set paid = paid + 1
                  where invoice_id = (select id from invoices where number = $1) returning paid";
    let (paid,): (i64,) = till
        .test
        .row(change, invoice.number.as_deref().unwrap())
        .await;
    assert_eq!(paid, 1);
    let mut tx = till.test.app.db.read(&till.demo).await.unwrap();
    let wrong = payments::check::check(&mut tx).await.unwrap();
    assert_eq!(
        wrong,
        [format!(
            "{} stands wrongly among the open ones: true",
            invoice.id
        )]
    );
}
