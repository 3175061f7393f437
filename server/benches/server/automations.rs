//! Automations: how many runs a second are begun, and done by the worker.

#![expect(
    clippy::print_stdout,
    reason = "a benchmark's result is what it prints"
)]

use std::time::Instant;

use crate::items::{person, studio};
use portico::{
    App,
    audit::Actor,
    automations::{Action, Rule, Settings, Timing, store},
    happenings::{self, Happened, Item, What},
    jobs,
};

const RUNS: usize = 20_000;
/// Of one client within an hour the guard against floods lets fewer than this begin.
const OF_EACH: usize = 20;

pub async fn run(app: &App) {
    let wanted = std::env::var("BENCH_RUNS").ok();
    let wanted: usize = wanted.and_then(|n| n.parse().ok()).unwrap_or(RUNS);
    let demo = studio(app, "demo").await;
    let rule = Rule {
        conditions: Vec::new(),
        timing: Timing::AtOnce,
        actions: vec![Action::AddNote {
            text: "Came in".into(),
        }],
    };
    let draft = store::Draft {
        name: "Routine",
        starts_with: "client_added",
        active: true,
        rule: &rule,
    };
    let mut tx = app.db.write(&demo).await.expect("writes");
    let settings = Settings {
        quiet_from: None,
        quiet_to: None,
        ..Settings::default()
    };
    store::save_settings(&mut tx, &settings)
        .await
        .expect("saves");
    store::insert(&mut tx, &draft).await.expect("inserts");
    tx.commit().await.expect("commits");
    let mut clients = Vec::new();
    for n in 0..wanted.div_ceil(OF_EACH) {
        let contact = person(app, &demo, 1_000_000 + n).await;
        let mut tx = app.db.read(&demo).await.expect("reads");
        let found = portico::clients::store::get_contact(&mut tx, contact).await;
        clients.push(found.expect("reads").client_id);
    }
    // What the demo left to do is not counted.
    while jobs::run_due(app).await.expect("works") > 0 {}
    let started = Instant::now();
    let mut begun = 0;
    for client in clients {
        let mut tx = app.db.write(&demo).await.expect("writes");
        for _ in 0..OF_EACH {
            let item = Item::Client(client);
            let happened = Happened::new(What::ClientAdded, client, &Actor::System, item, "Bench");
            happenings::tell(&mut tx, &happened.again(begun))
                .await
                .expect("tells");
            begun += 1;
        }
        tx.commit().await.expect("commits");
    }
    let rate = begun as f64 / started.elapsed().as_secs_f64();
    println!("\nautomations: {begun} runs begun at {rate:.0}/s");
    let started = Instant::now();
    while jobs::run_due(app).await.expect("works") > 0 {}
    let rate = begun as f64 / started.elapsed().as_secs_f64();
    println!("done at {rate:.0}/s, each a commit on the disk");
}
