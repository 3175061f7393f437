//! Staff's lists: a studio with all the contacts beside one with sixty, among a thousand studios. What is
//! behind a list must not change its time.

#![expect(
    clippy::print_stdout,
    reason = "a benchmark's result is what it prints"
)]

use std::net::SocketAddr;

use axum::{body::Body, http::Request};
use portico::{App, app, cli, clients, db::StudioTx, staff::Role};
use portico_wire::{ContactId, Settings, clients::ClientKind};
use tower::ServiceExt as _;

use crate::{
    PASSWORD, items,
    load::{Load, rounds},
    scratch::Scratch,
};

const STUDIOS: usize = 1000;
const SMALL: usize = 60;

const FIRST: &[&str] = &[
    "Ada", "Ben", "Chloé", "Daniel", "Elin", "Farah", "Gus", "Hannah", "Imogen", "Joel", "Kwame",
    "Leona", "Marta", "Niamh", "Omar", "Priya", "Quentin", "Rory", "Sofia", "Theo",
];
const SYLLABLES: &[&str] = &[
    "bar", "dun", "fen", "gal", "hol", "kit", "lor", "mer", "ros", "wyn",
];

/// A first and a last name; one first name in twenty is the same, a last name is nearly one's own.
pub fn name(n: usize) -> [String; 2] {
    let mut last = String::new();
    let mut rest = n + 100;
    while rest > 0 {
        last.push_str(SYLLABLES[rest % SYLLABLES.len()]);
        rest /= SYLLABLES.len();
    }
    [FIRST[n % FIRST.len()].into(), last]
}

/// The pages, and how each is asked for.
const PAGES: &[(&str, &str)] = &[
    ("client list", "/admin/clients"),
    ("client list by activity", "/admin/clients?sort=activity"),
    ("client list, search a name", "/admin/clients?q=galfen"),
    ("portal users", "/admin/portal-users"),
    (
        "portal users, one state",
        "/admin/portal-users?state=not_invited",
    ),
    (
        "portal users, a rare state",
        "/admin/portal-users?state=disabled",
    ),
    ("portal users, search", "/admin/portal-users?q=galfen"),
    ("submissions", "/admin/submissions"),
    ("contracts", "/admin/contracts"),
];

pub async fn run(app: &App, product: SocketAddr, scratch: &Scratch) {
    fill(app).await;
    items::fill(app, scratch).await;
    let large = sign_in(app, "owner@demo.test").await;
    let small = sign_in(app, "owner@small.test").await;
    println!(
        "\n{:<34}{:>12}{:>12}{:>8}",
        "", "p50 of all", "of sixty", "ratio"
    );
    for (what, path) in PAGES {
        let many = Load::page(product, path, &large);
        let few = Load::page(product, path, &small);
        let measured = rounds(&[("many", &many), ("few", &few)]).await;
        let [many, few] = [measured[0].p50, measured[1].p50];
        println!("{what:<34}{many:>9.2} ms{few:>9.2} ms{:>8.2}", many / few);
    }
}

async fn fill(app: &App) {
    let small = cli::create_studio(&app.db, "small", "Small".into(), &[])
        .await
        .expect("makes a studio");
    let mut tx = app.db.write(&small).await.expect("writes");
    for n in 0..SMALL {
        add(&mut tx, n).await;
    }
    tx.commit().await.expect("commits");
    let (db, hasher) = (&app.db, &app.passwords);
    cli::add_staff(
        db,
        hasher,
        "owner@small.test",
        "Owner",
        "small",
        Role::Owner,
        PASSWORD,
    )
    .await
    .expect("adds staff");
    for n in 0..STUDIOS {
        let slug = format!("studio-{n}");
        let studio = cli::create_studio(&app.db, &slug, slug.clone(), &[])
            .await
            .expect("makes a studio");
        let mut tx = app.db.write(&studio).await.expect("writes");
        for n in 0..3 {
            add(&mut tx, n).await;
        }
        tx.commit().await.expect("commits");
    }
}

/// A client and its contact.
pub async fn add(tx: &mut StudioTx, n: usize) -> ContactId {
    let [first_name, last_name] = name(n);
    let client = clients::NewClient {
        id: tx.id(),
        kind: ClientKind::Person,
        name: format!("{first_name} {last_name}"),
        group: None,
        portal_enabled: true,
        phone: None,
        address: portico_wire::clients::Address::default(),
        rights: Settings::default(),
        fields: clients::Values::default(),
    };
    let contact = clients::NewContact {
        id: tx.id(),
        client: client.id,
        first_name,
        last_name,
        email: Some(format!("client{n}@bench.test")),
        mobile: None,
        language: None,
        active: true,
        rights: Settings::default(),
        fields: clients::Values::default(),
    };
    clients::store::insert_client(tx, &client)
        .await
        .expect("inserts");
    clients::store::insert_contact(tx, &contact)
        .await
        .expect("inserts");
    contact.id
}

/// The cookie of a staff member who signed in.
pub async fn sign_in(app: &App, email: &str) -> String {
    let request = Request::post("/admin/sign-in")
        .header("origin", app.origin.as_str())
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(format!("email={email}&password={PASSWORD}")))
        .expect("a request");
    let reply = app::router(app).oneshot(request).await.expect("answers");
    let cookie = reply.headers().get("set-cookie").expect("a cookie");
    let cookie = cookie.to_str().expect("is text");
    cookie.split(';').next().expect("a pair").to_owned()
}
