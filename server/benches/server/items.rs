//! Forms and contracts: a large form, many submissions, many contracts, and signing.

#![expect(
    clippy::print_stdout,
    reason = "a benchmark's result is what it prints"
)]

use std::{net::SocketAddr, time::Duration};

use portico::{
    App, access,
    contracts::{
        self,
        send::{self, Doer},
        store::NewSigner,
    },
    forms::{
        Target,
        store::{self, Viewer},
    },
    scope::Caller,
    studios::Studio,
    web::origin::Origin,
};
use portico_wire::{
    ContactId, ContractId, FormId,
    forms::{Answer, Answers, FieldChange, Form},
};
use serde_json::json;

use crate::{
    CONNECTIONS, SITE, lists,
    load::{Load, rounds},
    scratch::Scratch,
};

const FIELDS: usize = 200;
const CONDITIONS: usize = 50;
const SUBMISSIONS: usize = 100_000;
const CONTRACTS: usize = 1000;
const FEW: usize = 10;

pub async fn studio(app: &App, slug: &str) -> Studio {
    let mut tx = app.db.system_read().await.expect("reads");
    portico::studios::store::find_by_slug(&mut tx, slug)
        .await
        .expect("reads")
        .expect("is there")
}

/// Submissions and contracts of a large studio and of a small one.
pub async fn fill(app: &App, scratch: &Scratch) {
    let many = std::env::var("BENCH_SUBMISSIONS").ok();
    let many = many.and_then(|n| n.parse().ok()).unwrap_or(SUBMISSIONS);
    for (slug, submissions, contracts) in [("demo", many, CONTRACTS), ("small", 60, 60)] {
        let studio = studio(app, slug).await;
        let contact = person(app, &studio, submissions).await;
        let form = form(app, &studio, 5, 0).await;
        let one_by_one = scratch.one_by_one(submissions);
        submit(app, &studio, contact, form, one_by_one).await;
        scratch.multiply(one_by_one, submissions).await;
        send(app, &studio, contact, contracts).await;
    }
}

pub async fn person(app: &App, studio: &Studio, n: usize) -> ContactId {
    let mut tx = app.db.write(studio).await.expect("writes");
    let contact = lists::add(&mut tx, 5_000_000 + n).await;
    tx.commit().await.expect("commits");
    contact
}

/// A form of so many fields, the last of which show on a condition each, offered to everybody.
async fn form(app: &App, studio: &Studio, fields: usize, conditions: usize) -> FormId {
    let field = |n: usize| {
        let mut field = json!({ "id": format!("f{n}"), "kind": { "type": "text" }, "label": format!("Question {n}?") });
        if n >= fields - conditions {
            let earlier = format!("f{}", n - conditions);
            field["show_if"] =
                json!({ "join": "all", "list": [{ "field": earlier, "operator": "not_empty" }] });
        }
        field
    };
    let fields: Vec<serde_json::Value> = (0..fields).map(field).collect();
    let definition: Form =
        serde_json::from_value(json!({ "title": "A large form", "fields": fields }))
            .expect("a form");
    let mut tx = app.db.write(studio).await.expect("writes");
    let id = store::insert_form(&mut tx, "A large form", &definition)
        .await
        .expect("inserts");
    let mut stored = store::get_form(&mut tx, id).await.expect("reads");
    stored.in_portal = true;
    store::save_form(&mut tx, &stored).await.expect("saves");
    tx.commit().await.expect("commits");
    id
}

pub async fn viewer(app: &App, studio: &Studio, contact: ContactId) -> Viewer {
    let mut tx = app.db.read(studio).await.expect("reads");
    let user = access::store::portal_user(&mut tx, contact)
        .await
        .expect("reads")
        .expect("is there");
    Viewer {
        contact,
        client: user.client_id,
        everything: false,
    }
}

async fn submit(app: &App, studio: &Studio, contact: ContactId, form: FormId, count: usize) {
    let who = viewer(app, studio, contact).await;
    let mut answers = Answers::new();
    answers.set("f0", Answer::Text("At the lake".into()));
    let mut tx = app.db.write(studio).await.expect("writes");
    for n in 0..count {
        let opened = store::opened(&mut tx, Target::Form(form), who)
            .await
            .expect("reads")
            .expect("is there");
        let mut draft = opened.draft();
        let change = FieldChange {
            field: "f0".into(),
            answer: answers.get("f0").cloned(),
            age: 0,
        };
        draft.merge(vec![change], contact, 0, 1, tx.now());
        let id = store::insert_draft(&mut tx, &opened, opened.number, who, &draft)
            .await
            .expect("inserts")
            .expect("is the first");
        store::submit(&mut tx, id, contact, &answers, &format!("bench-{n}"))
            .await
            .expect("submits");
    }
    tx.commit().await.expect("commits");
}

/// Contracts that wait for one contact, without a code.
async fn send(app: &App, studio: &Studio, contact: ContactId, count: usize) -> Vec<ContractId> {
    let who = viewer(app, studio, contact).await;
    let draft = contracts::store::Draft {
        title: "Photography agreement".into(),
        source: "# Scope\n\nThe studio photographs the day.\n\n1. It is paid before.\n2. It is delivered after.".into(),
        ..contracts::store::Draft::default()
    };
    let signer = NewSigner {
        contact: Some(contact),
        name: "Ada Carter".into(),
        role: "Client".into(),
    };
    let mut made = Vec::new();
    for _ in 0..count {
        let mut tx = app.db.write(studio).await.expect("writes");
        let id = contracts::store::insert(&mut tx, who.client, &draft, None)
            .await
            .expect("inserts");
        contracts::store::save_signers(&mut tx, id, std::slice::from_ref(&signer))
            .await
            .expect("saves");
        send::fix(&mut tx, studio, id, None, &Doer::system())
            .await
            .expect("sends");
        tx.commit().await.expect("commits");
        made.push(id);
    }
    made
}

pub async fn token(app: &App, studio: &Studio, contact: ContactId) -> String {
    let caller = Caller {
        origin: Origin::parse(SITE).expect("an origin"),
        address: [127, 0, 0, 1].into(),
        user_agent: "bench".into(),
        reference: "bench".into(),
    };
    let mut tx = app.db.write(studio).await.expect("writes");
    let (token, _) = access::sessions::open(&mut tx, contact, &caller, true)
        .await
        .expect("opens");
    tx.commit().await.expect("commits");
    token.reveal().into()
}

pub async fn run(app: &App, product: SocketAddr, tokens: &[String], one_row: &Load) {
    let demo = studio(app, "demo").await;
    let form = form(app, &demo, FIELDS, CONDITIONS).await;
    let path = format!("/api/portal/v1/demo/forms/{form}");
    let open = Load::get(product, &path, tokens);
    let measured = rounds(&[("row", one_row), ("form", &open)]).await;
    println!(
        "\na form of {FIELDS} fields, {CONDITIONS} conditions: {:.2} of the one row, p50 {:.2} ms, p99 {:.2} ms",
        measured[1].rate / measured[0].rate,
        measured[1].p50,
        measured[1].p99
    );

    let (many, few) = (person(app, &demo, 1).await, person(app, &demo, 2).await);
    send(app, &demo, many, CONTRACTS).await;
    send(app, &demo, few, FEW).await;
    let path = "/api/portal/v1/demo/forms";
    let all = Load::get(product, path, &[token(app, &demo, many).await]);
    let ten = Load::get(product, path, &[token(app, &demo, few).await]);
    let measured = rounds(&[("all", &all), ("ten", &ten)]).await;
    println!(
        "Forms and Contracts of a contact with {CONTRACTS} contracts: p50 {:.2} ms, with {FEW}: {:.2} ms",
        measured[0].p50, measured[1].p50
    );
    sign(app, product, &demo).await;
}

/// From the request to the commit, each another contract.
async fn sign(app: &App, product: SocketAddr, demo: &Studio) {
    const ACTS: usize = 1500;
    let contact = person(app, demo, 3).await;
    let made = send(app, demo, contact, ACTS).await;
    let mut tx = app.db.read(demo).await.expect("reads");
    let mut acts = Vec::new();
    for id in made {
        let contract = contracts::store::get(&mut tx, id).await.expect("reads");
        let body = json!({ "hash": contract.hash(), "agreed": true, "signature": { "typed": "Ada Carter" } });
        let path = format!("/api/portal/v1/demo/contracts/{id}/sign");
        acts.push((path, body.to_string()));
    }
    drop(tx);
    let load = Load::acts(product, acts.into_iter(), &token(app, demo, contact).await);
    // Short enough that none is signed twice, which would be answered from what is there.
    let measured = load.run(CONNECTIONS, Duration::from_millis(700)).await;
    println!(
        "signing               {:.0}/s, p50 {:.1} ms, p99 {:.1} ms (each a commit on the disk)",
        measured.rate, measured.p50, measured.p99
    );
}
