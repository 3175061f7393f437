//! Open pages: thousands of streams of server-sent events, and how long a message takes until the page it is for knows.

#![expect(
    clippy::print_stdout,
    reason = "a benchmark's result is what it prints"
)]

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use portico::{
    App,
    messages::{
        own,
        say::{Author, Said, say},
        store,
    },
    studios::Studio,
};
use portico_wire::ClientId;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::mpsc,
};

use crate::{
    SITE,
    files::memory,
    items::studio,
    load::{call, client},
};

const PAGES: usize = 5_000;
/// Contacts with a page open; most have several.
const READERS: usize = 1_000;
const SECONDS: usize = 10;

/// Which reader, and when it was told.
type Told = (usize, Instant);

/// Opens a stream and says when something comes on it, after the first count.
async fn open(product: SocketAddr, reader: usize, token: &str, told: mpsc::UnboundedSender<Told>) {
    let ticket = call(product, "POST", "/live", token, None).await;
    let ticket = ticket["ticket"].as_str().expect("a ticket");
    let mut stream = TcpStream::connect(product).await.expect("connects");
    let request = format!(
        "GET /api/portal/v1/demo/live?ticket={ticket} HTTP/1.1\r\nhost: x\r\norigin: {SITE}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.expect("sends");
    let mut buffer = [0; 2048];
    let mut seen = String::new();
    while !seen.contains("unread_messages") {
        let n = stream.read(&mut buffer).await.expect("answers");
        assert!(n > 0, "the server hung up: {seen}");
        seen.push_str(&String::from_utf8_lossy(&buffer[..n]));
    }
    assert!(seen.starts_with("HTTP/1.1 200"), "{seen}");
    tokio::spawn(async move {
        loop {
            let n = stream.read(&mut buffer).await.unwrap_or(0);
            if n == 0 {
                return;
            }
            let text = String::from_utf8_lossy(&buffer[..n]);
            if text.contains("unread_messages") && told.send((reader, Instant::now())).is_err() {
                return;
            }
        }
    });
}

/// The studio writes to a client.
async fn answer(app: &App, studio: &Studio, client: ClientId, n: usize) {
    let mut tx = app.db.write(studio).await.expect("writes");
    let id = own(client);
    store::insert_conversation(&mut tx, id, client, None)
        .await
        .expect("begins");
    let held = store::hold_conversation(&mut tx, id).await.expect("reads");
    let said = Said {
        author: Author::Staff {
            id: None,
            name: "Olivia",
        },
        text: "Your pictures are ready.",
        documents: &[],
        once: format!("bench:{n}"),
    };
    say(&mut tx, &held.expect("is there"), &said)
        .await
        .expect("says");
    tx.commit().await.expect("commits");
}

/// Median and worst of a hundred, in milliseconds.
fn spread(mut times: Vec<Duration>) -> (f64, f64) {
    times.sort();
    let at =
        |part: usize| times[(times.len() * part / 100).min(times.len() - 1)].as_secs_f64() * 1e3;
    (at(50), at(99))
}

pub async fn run(app: &App, product: SocketAddr, tokens: &[String]) {
    let demo = studio(app, "demo").await;
    let (tell, mut told) = mpsc::unbounded_channel();
    let before = memory();
    let mut clients = Vec::new();
    let readers = READERS.min(tokens.len());
    for token in &tokens[..readers] {
        let home = call(product, "GET", "/home", token, None).await;
        let contact = home["me"]["id"]
            .as_str()
            .expect("an id")
            .parse()
            .expect("an id");
        let mut tx = app.db.read(&demo).await.expect("reads");
        let contact = portico::clients::store::get_contact(&mut tx, contact)
            .await
            .expect("reads");
        clients.push(contact.client_id);
    }
    let begun = Instant::now();
    for page in 0..PAGES {
        let reader = page % readers;
        open(product, reader, &tokens[reader], tell.clone()).await;
    }
    let opened = begun.elapsed();
    println!(
        "\n{PAGES} open pages of {readers} contacts, opened at {:.0}/s; {:.1} KiB each, server and client together",
        PAGES as f64 / opened.as_secs_f64(),
        (memory().saturating_sub(before)) as f64 / PAGES as f64
    );
    let pages = PAGES / readers;
    for each_second in [1, 100] {
        let (mut answers, mut acts) = (Vec::new(), Vec::new());
        let mut tick = tokio::time::interval(Duration::from_secs(1) / each_second);
        let count = SECONDS * each_second as usize;
        for n in 0..count {
            tick.tick().await;
            let reader = n * 7 % readers;
            while told.try_recv().is_ok() {}
            let written = Instant::now();
            answer(
                app,
                &demo,
                clients[reader],
                n + each_second as usize * 1_000_000,
            )
            .await;
            let mut left = pages;
            while left > 0 {
                let waited = tokio::time::timeout(Duration::from_secs(10), told.recv()).await;
                let (who, at) = waited.expect("is told in time").expect("streams are open");
                if who == reader {
                    left -= 1;
                    answers.push(at.duration_since(written));
                }
            }
            if each_second == 1 {
                let writer = (reader + 1) % readers;
                let written = Instant::now();
                let path = format!("/messages/{}", own(clients[writer]));
                write(product, &path, &tokens[writer], n).await;
                acts.push(written.elapsed());
            }
        }
        let (half, worst) = spread(answers);
        println!(
            "at most {each_second} a second: each page of the reader knows after {half:.0} ms (p50), {worst:.0} ms (p99)"
        );
        if !acts.is_empty() {
            let (half, worst) = spread(acts);
            println!(
                "a client's own message, from the request to the reply: {half:.1} ms (p50), {worst:.1} ms (p99)"
            );
        }
    }
}

async fn write(product: SocketAddr, path: &str, token: &str, n: usize) {
    let reply = client()
        .post(format!("http://{product}/api/portal/v1/demo{path}"))
        .header("origin", SITE)
        .header("idempotency-key", format!("bench-message-{n}"))
        .bearer_auth(token)
        .json(&serde_json::json!({ "text": "Thank you!" }))
        .send()
        .await
        .expect("answers");
    assert!(reply.status().is_success(), "{}", reply.status());
}
