//! Money: the invoice list of a contact among a million invoices, "Total due", home beside it, and what the provider tells.

#![expect(
    clippy::print_stdout,
    reason = "a benchmark's result is what it prints"
)]

use std::net::SocketAddr;

use axum::{Router, extract::State, http::HeaderMap, routing::get};
use portico::{
    App,
    access::store::find_session,
    forms::store::Viewer,
    payments::{
        account,
        store::{account as accounts, portal},
        stripe::sign,
    },
    secrets::Secret,
};
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection as _};

use crate::{
    CONNECTIONS, ROUND, TOKENS,
    items::studio,
    load::{Load, call, rounds, say},
    scratch::{Scratch, token_hash},
};

const INVOICES: usize = 100_000;
/// Of each contact whose token is used; one of them has more, of which not more are open.
const OF_EACH: usize = 60;
const OF_ONE: usize = 10_000;
const EVENTS: usize = 20_000;

/// Issued invoices of the bench's contacts, five of six paid; copies of one the demo has.
async fn fill(scratch: &Scratch) -> usize {
    let wanted = std::env::var("BENCH_INVOICES").ok();
    let wanted = wanted.and_then(|n| n.parse().ok()).unwrap_or(INVOICES);
    let sqlite = scratch.engine() == "sqlite";
    let random = if sqlite {
        "randomblob(16)"
    } else {
        "gen_random_uuid()"
    };
    let steps = [
        "create temp table people as
         select c.studio_id, c.client_id, c.id as contact_id, row_number() over (order by c.id) as n
         from contacts c join studios s on s.id = c.studio_id
         where s.slug = 'demo' and c.email like 'client%@bench.test'"
            .to_owned(),
        format!(
            "create temp table made as
             with recursive numbers(i) as (select 1 union all select i + 1 from numbers where i < {OF_ONE})
             select p.studio_id, p.client_id, p.contact_id, p.n, numbers.i, {random} as id,
                    numbers.i % 6 <> 0 or p.n = 1 and numbers.i > {OF_EACH} as is_paid
             from people p join numbers on numbers.i <= case when p.n = 1 then {OF_ONE} when p.n <= {TOKENS} then {OF_EACH}
                  else ({wanted} - {TOKENS} * {OF_EACH} - {OF_ONE})
                       / (select case when count(*) > {TOKENS} then count(*) - {TOKENS} else 1 end from people) end"
        ),
        "create temp table model as select * from invoices
         where studio_id = (select studio_id from people limit 1) and state = 'issued' and kind = 'invoice' limit 1"
            .to_owned(),
        "insert into invoices (studio_id, id, kind, client_id, state, title, currency, language, tax_inclusive, discount_kind,
                discount_value, plan, subtotal, discount, tax, total, created_at, updated_at)
         select m.studio_id, m.id, 'invoice', m.client_id, 'draft', 'Photography, part ' || m.i, o.currency, o.language,
                o.tax_inclusive, o.discount_kind, o.discount_value, o.plan, o.subtotal, o.discount, o.tax, o.total,
                o.created_at, o.updated_at
         from made m cross join model o"
            .to_owned(),
        format!(
            "insert into instalments (studio_id, id, invoice_id, position, label, due, amount)
             select m.studio_id, {random}, m.id, 0, 'Everything', '2027-03-01', o.total from made m cross join model o"
        ),
        "insert into invoice_contacts (studio_id, invoice_id, contact_id) select studio_id, id, contact_id from made".to_owned(),
        "update invoices set state = 'issued', number = 'B' || m.n || '-' || m.i, issued_on = o.issued_on,
                issued_at = o.issued_at
         from made m cross join model o where invoices.studio_id = m.studio_id and invoices.id = m.id"
            .to_owned(),
        "insert into open_invoices (studio_id, client_id, invoice_id, currency, total, credited, paid, pending)
         select m.studio_id, m.client_id, m.id, o.currency, o.total, 0, 0, 0 from made m cross join model o where not m.is_paid"
            .to_owned(),
        format!(
            "create temp table paid as
             select studio_id, client_id, contact_id, {random} as id, {random} as entry, count(*) as invoices
             from made where is_paid group by studio_id, client_id, contact_id"
        ),
        "insert into payments (studio_id, id, client_id, contact_id, currency, amount, tip, method, at, created_at)
         select p.studio_id, p.id, p.client_id, p.contact_id, o.currency, p.invoices * o.total, 0, 'transfer', o.issued_at,
                o.issued_at
         from paid p cross join model o"
            .to_owned(),
        "insert into payment_entries (studio_id, id, payment_id, mark, kind, amount, tip, source, at)
         select p.studio_id, p.entry, p.id, 'succeeded', 'succeeded', p.invoices * o.total, 0, 'staff', o.issued_at
         from paid p cross join model o"
            .to_owned(),
        format!(
            "insert into payment_allocations (studio_id, id, entry_id, payment_id, invoice_id, kind, amount)
             select m.studio_id, {random}, p.entry, p.id, m.id, 'paid', o.total
             from made m join paid p on p.studio_id = m.studio_id and p.client_id = m.client_id cross join model o
             where m.is_paid"
        ),
    ];
    if sqlite {
        let file = scratch.url.strip_prefix("sqlite:").expect("a file");
        let mut conn = sqlx::SqliteConnection::connect(&format!("sqlite:{file}"))
            .await
            .expect("connects");
        let mut tx = conn.begin().await.expect("begins");
        for step in steps {
            sqlx::query(AssertSqlSafe(step))
                .execute(&mut *tx)
                .await
                .expect("fills");
        }
        tx.commit().await.expect("commits");
    } else {
        let mut conn = sqlx::PgConnection::connect(&scratch.url)
            .await
            .expect("connects");
        for step in steps {
            sqlx::query(AssertSqlSafe(step))
                .execute(&mut conn)
                .await
                .expect("fills");
        }
    }
    scratch.settle().await;
    wanted
}

/// How long the reply of the list is.
async fn list_bytes(product: SocketAddr, token: &str) -> usize {
    let reply = call(product, "GET", "/invoices", token, None).await;
    reply.to_string().len()
}

/// The invoice list with nothing around it: its two statements on the server's own pool, and as many bytes.
async fn same_statements(app: &App, bytes: usize) -> Router {
    let reply = "x".repeat(bytes);
    let demo = studio(app, "demo").await;
    let handler = move |State(app): State<App>, headers: HeaderMap| async move {
        let mut tx = app.db.system_read().await.expect("reads");
        let found = find_session(&mut tx, &token_hash(&headers)).await;
        let found = found.expect("reads").expect("is there");
        let who = Viewer {
            contact: found.contact_id,
            client: found.client_id,
            everything: false,
        };
        let mut tx = tx.for_studio(demo.as_ref());
        let page = portal::page(&mut tx, who, None, 51).await;
        page.expect("reads");
        reply
    };
    Router::new()
        .route("/", get(handler))
        .with_state(app.clone())
}

pub async fn run(app: &App, product: SocketAddr, tokens: &[String], scratch: &Scratch) {
    let invoices = fill(scratch).await;
    let of_product = |path: &str| Load::get(product, &format!("/api/portal/v1/demo{path}"), tokens);
    let baseline = crate::load::listen(scratch.invoices_baseline().await).await;
    let bytes = list_bytes(product, &tokens[1]).await;
    let same = crate::load::listen(same_statements(app, bytes).await).await;
    let loads = [
        (
            "50 invoices, no middleware",
            &Load::get(baseline, "/", tokens),
        ),
        (
            "the list's statements and bytes",
            &Load::get(same, "/", tokens),
        ),
        ("invoice list", &of_product("/invoices")),
        ("payments due", &of_product("/payments-due")),
        ("home", &of_product("/home")),
    ];
    println!("\nMoney, {invoices} invoices");
    let measured = rounds(&loads).await;
    say(&loads, &measured);
    println!(
        "invoice list beside its own statements and bytes, no middleware {:.2}",
        measured[2].rate / measured[1].rate
    );
    println!(
        "home beside the invoice list {:.2}",
        measured[4].rate / measured[2].rate
    );
    let own = |path: &str| Load::get(product, &format!("/api/portal/v1/demo{path}"), &tokens[..1]);
    let many = (own("/invoices"), own("/home"));
    let other = Load::get(product, "/api/portal/v1/demo/invoices", &tokens[1..2]);
    let few = (
        other,
        Load::get(product, "/api/portal/v1/demo/home", &tokens[1..2]),
    );
    let measured = rounds(&[("", &many.0), ("", &few.0), ("", &many.1), ("", &few.1)]).await;
    println!(
        "of a contact with {OF_ONE} invoices, ten of them open, beside one with {OF_EACH}: list {:.2}, home {:.2} (p50)",
        measured[0].p50 / measured[1].p50,
        measured[2].p50 / measured[3].p50
    );
    webhooks(app, product).await;
}

/// Events of the provider, each signed and told once; each is a commit on the disk.
async fn webhooks(app: &App, product: SocketAddr) {
    let demo = studio(app, "demo").await;
    let secret = Secret::presented("whsec_of_the_benchmark");
    let mut tx = app.db.write(&demo).await.expect("writes");
    let sealed = account::seal_webhook(app, &secret);
    accounts::save_webhook(&mut tx, Some(&sealed), None)
        .await
        .expect("saves");
    tx.commit().await.expect("commits");
    let seconds = app.clock.now().micros() / 1_000_000;
    let events = (0..EVENTS).map(|n| {
        let event = json!({
            "id": format!("evt_bench_{n}"), "object": "event", "type": "checkout.session.completed",
            "created": seconds, "data": { "object": { "id": format!("cs_bench_{n}"), "object": "checkout.session" } },
        });
        let body = event.to_string();
        let header = sign::header(&secret, seconds, body.as_bytes());
        (format!("stripe-signature: {header}\r\n"), body)
    });
    let load = Load::signed(product, "/webhooks/stripe/demo", events);
    let measured = load.run(CONNECTIONS, ROUND).await;
    println!(
        "webhooks              {:.0}/s, p50 {:.1} ms, p99 {:.1} ms (each a commit on the disk)",
        measured.rate, measured.p50, measured.p99
    );
}
