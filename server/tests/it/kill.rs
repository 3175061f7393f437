//! The server as a process of its own, killed in the middle of what it does and started again.

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::sleep,
};

use crate::{
    contracts::desk,
    harness::{PASSWORD, SITE, TestApp},
};

/// The binary, on the test's database and files.
pub struct Process {
    child: Child,
    port: u16,
}

impl Process {
    pub async fn start(test: &TestApp) -> Self {
        let config = &test.app.config;
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let child = Command::new(env!("CARGO_BIN_EXE_portico"))
            .arg("serve")
            .env("PORTICO_LISTEN", format!("127.0.0.1:{port}"))
            .env("PORTICO_PUBLIC_URL", format!("http://127.0.0.1:{port}"))
            .env("PORTICO_DATABASE_URL", &config.database_url)
            .env("PORTICO_STORAGE_URL", &config.storage_url)
            .env("PORTICO_SECRET_KEY", &config.secret_key)
            .env("PORTICO_ARGON2__MEMORY_KIB", "64")
            .env("PORTICO_ARGON2__ITERATIONS", "1")
            .env("PORTICO_LOG_FILTER", "off")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let process = Self { child, port };
        for _ in 0..600 {
            if process.ask("GET", "/readyz", None, &[]).await.is_some() {
                return process;
            }
            sleep(Duration::from_millis(50)).await;
        }
        panic!("the server did not start");
    }

    /// SIGKILL: nothing of it can tidy up.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Status and body; `None` where no whole reply came.
    pub async fn ask(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.ok()?;
        let body = body.map(ToString::to_string).unwrap_or_default();
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\norigin: {SITE}\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n",
            self.port,
            body.len()
        );
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        request.push_str(&body);
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut reply = Vec::new();
        stream.read_to_end(&mut reply).await.ok()?;
        let reply = String::from_utf8(reply).ok()?;
        let (head, body) = reply.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some((status, body.to_owned()))
    }

    async fn sign_in(&self, email: &str) -> String {
        let body = json!({ "email": email, "password": PASSWORD });
        let path = "/api/portal/v1/demo/sign-in/password";
        let (status, reply) = self.ask("POST", path, Some(&body), &[]).await.unwrap();
        assert_eq!(status, 200, "{reply}");
        let reply: Value = serde_json::from_str(&reply).unwrap();
        reply["token"].as_str().unwrap().to_owned()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Ended already is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How often it is killed; `KILLS` asks for more in a long run.
fn rounds() -> usize {
    let said = std::env::var("KILLS").ok();
    said.and_then(|said| said.parse().ok()).unwrap_or(6)
}

#[tokio::test]
async fn e2_e7_killed_while_somebody_signs_a_signature_is_wholly_there_or_not_at_all() {
    let test = TestApp::new().await;
    let mut desk = desk(&test);
    desk.draft.asks_code = false;
    let (mut acknowledged, mut unheard) = (0, 0);
    let mut process = Process::start(&test).await;
    let token = process.sign_in("client@demo.test").await;
    let bearer = format!("Bearer {token}");
    for round in 0..rounds() {
        let id = desk.send(&["client@demo.test"]).await;
        let path = format!("/api/portal/v1/demo/contracts/{id}");
        let key = format!("killed-in-round-{round}");
        let headers = [
            ("authorization", bearer.as_str()),
            ("idempotency-key", key.as_str()),
        ];
        let (_, shown) = process.ask("GET", &path, None, &headers).await.unwrap();
        let shown: Value = serde_json::from_str(&shown).unwrap();
        let body = json!({ "hash": shown["hash"], "agreed": true, "signature": { "typed": "Ada Carter" } });
        let sign = format!("{path}/sign");
        // Other moments in each round: before, in, and after the transaction.
        let pause = Duration::from_millis(u64::try_from(round * 13 % 70).unwrap());
        let signing = process.ask("POST", &sign, Some(&body), &headers);
        let reply = tokio::select! {
            reply = signing => reply,
            () = sleep(pause) => None,
        };
        process.kill();
        let happened = desk.happened(id).await;
        let signed = happened.iter().filter(|what| *what == "signed").count();
        let state = {
            let studio = desk.studio().await;
            let mut tx = test.app.db.read(&studio).await.unwrap();
            let contract = portico::contracts::store::get(&mut tx, id).await.unwrap();
            contract.state.name()
        };
        match (&reply, signed) {
            (Some((200, _)), 1) => acknowledged += 1,
            (None, 0 | 1) => unheard += 1,
            other => panic!("round {round}: {other:?}"),
        }
        assert_eq!(state == "signed", signed == 1, "round {round}: {state}");
        // Sent once more with the same key it is the same signature.
        process = Process::start(&test).await;
        let (status, reply) = process
            .ask("POST", &sign, Some(&body), &headers)
            .await
            .unwrap();
        assert_eq!(status, 200, "{reply}");
        let happened = desk.happened(id).await;
        assert_eq!(happened.iter().filter(|what| *what == "signed").count(), 1);
    }
    assert_eq!(acknowledged + unheard, rounds());
    println!("{acknowledged} heard that they had signed, {unheard} heard nothing");
}

/// How many automations run; `RUNS` asks for more in a long run.
fn runs() -> usize {
    let said = std::env::var("RUNS").ok();
    said.and_then(|said| said.parse().ok()).unwrap_or(200)
}

async fn client(tx: &mut portico::db::StudioTx, n: usize) -> portico_wire::ClientId {
    let new = portico::clients::NewClient {
        id: tx.id(),
        kind: portico_wire::clients::ClientKind::Person,
        name: format!("Client {n}"),
        group: None,
        portal_enabled: true,
        phone: None,
        address: portico_wire::clients::Address::default(),
        rights: portico_wire::Settings::default(),
        fields: portico::clients::Values::default(),
    };
    portico::clients::store::insert_client(tx, &new)
        .await
        .unwrap();
    new.id
}

/// Begins so many runs, twenty for each client.
async fn begin_runs(test: &TestApp, most: usize) {
    use portico::{
        audit::Actor,
        happenings::{self, Happened, Item, What},
    };
    let studio = test.scope("demo").await.scope;
    let mut clients: Vec<portico_wire::ClientId> = {
        let mut tx = test.app.db.read(&studio).await.unwrap();
        let query = portico::clients::store::Query::default();
        let page = portico::clients::store::list(&mut tx, &query, 50)
            .await
            .unwrap();
        page.clients.iter().map(|one| one.place.id).collect()
    };
    // So many that none has more runs than the guard against loops lets pass.
    let mut tx = test.app.db.write(&studio).await.unwrap();
    for n in clients.len()..most.div_ceil(20) {
        clients.push(client(&mut tx, n).await);
    }
    tx.commit().await.unwrap();
    let mut begun = 0;
    let mut tx = test.app.db.write(&studio).await.unwrap();
    for _ in 0..20 {
        for &client in clients.iter().take(most - begun) {
            let item = Item::Client(client);
            let happened = Happened::new(What::ClientAdded, client, &Actor::System, item, "Stormy");
            happenings::tell(&mut tx, &happened.again(begun))
                .await
                .unwrap();
            begun += 1;
        }
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn l17_killed_while_automations_run_none_is_lost_and_none_is_done_twice() {
    use portico::automations::{Action, Rule, Settings, Timing, store as kept};
    let test = TestApp::new().await;
    let actions = ["one", "two"].map(|text| Action::AddNote { text: text.into() });
    let rule = Rule {
        conditions: Vec::new(),
        timing: Timing::AtOnce,
        actions: actions.into(),
    };
    crate::automations::make(&test, "client_added", rule).await;
    let mut tx = crate::automations::write(&test).await;
    // By whatever clock the test is run.
    let settings = Settings {
        quiet_from: None,
        quiet_to: None,
        ..Settings::default()
    };
    assert!(kept::save_settings(&mut tx, &settings).await.unwrap());
    tx.commit().await.unwrap();
    let begun = std::time::Instant::now();
    begin_runs(&test, runs()).await;
    println!("{} runs begun in {:?}", runs(), begun.elapsed());
    let count = async |state: &'static str| {
        let (count,): (i64,) = test
            .row(
                "select count(*) from automation_runs where state = $1",
                state,
            )
            .await;
        usize::try_from(count).unwrap()
    };
    let (mut kills, begun) = (0, std::time::Instant::now());
    while count("planned").await > 0 {
        let mut process = Process::start(&test).await;
        // Other moments in each round.
        sleep(Duration::from_millis(40 + kills * 37 % 400)).await;
        if kills < u64::try_from(rounds()).unwrap() {
            process.kill();
            kills += 1;
        } else {
            while count("planned").await > 0 {
                sleep(Duration::from_millis(100)).await;
            }
        }
        // What the dead one held is free at once, instead of after five minutes.
        let _: Result<(String,), _> = test
            .try_row(
                "update jobs set locked_until = null where kind = $1 returning kind",
                "automation_run",
            )
            .await;
    }
    println!(
        "{} runs done in {:?}, {kills} kills",
        runs(),
        begun.elapsed()
    );
    assert_eq!(count("done").await, runs());
    let (notes,): (i64,) = test
        .row(
            "select count(*) from audit_log where action = $1",
            "note added",
        )
        .await;
    assert_eq!(usize::try_from(notes).unwrap(), 2 * runs());
}
