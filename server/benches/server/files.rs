//! Files: sending and fetching a large one, beside a handler that only copies; and what memory it takes.

#![expect(
    clippy::print_stdout,
    reason = "a benchmark's result is what it prints"
)]

use std::{
    net::SocketAddr,
    path::PathBuf,
    time::{Duration, Instant},
};

use axum::{Router, body::Body, extract::State, routing::get};
use futures_util::StreamExt as _;
use portico::App;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::{
    items::{person, studio, token},
    load::{call, client, listen},
};

const PART: usize = 8 * 1024 * 1024;
const BYTES: usize = 4 * PART;
const TURNS: usize = 5;

/// What this process holds, in KiB.
pub fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
        .unwrap_or_default()
}

/// The same parts to a file, synced, and the file back: nothing else.
async fn baseline() -> SocketAddr {
    let path = std::env::temp_dir().join(format!("portico_bench_plain_{}", std::process::id()));
    let save = async |State(path): State<PathBuf>, body: Body| {
        let mut file = tokio::fs::File::options()
            .create(true)
            .append(true)
            .open(path)
            .await
            .expect("opens");
        let mut body = body.into_data_stream();
        while let Some(bytes) = body.next().await {
            file.write_all(&bytes.expect("arrives"))
                .await
                .expect("writes");
        }
        file.sync_all().await.expect("syncs");
    };
    let send = async |State(path): State<PathBuf>| {
        let file = tokio::fs::File::open(path).await.expect("opens");
        let next = async |mut file: tokio::fs::File| {
            let mut bytes = vec![0; 64 * 1024];
            let n = file.read(&mut bytes).await?;
            bytes.truncate(n);
            Ok::<_, std::io::Error>((n > 0).then_some((bytes, file)))
        };
        Body::from_stream(futures_util::stream::try_unfold(file, next))
    };
    let limit = axum::extract::DefaultBodyLimit::disable();
    listen(
        Router::new()
            .route("/", get(send).patch(save))
            .layer(limit)
            .with_state(path),
    )
    .await
}

async fn fetch(client: &reqwest::Client, address: &str) -> Duration {
    let started = Instant::now();
    let mut reply = client.get(address).send().await.expect("answers");
    assert!(reply.status().is_success(), "{}", reply.status());
    let mut got = 0;
    while let Some(bytes) = reply.chunk().await.expect("arrives") {
        got += bytes.len();
    }
    assert_eq!(got % BYTES, 0, "a whole file");
    assert!(got > 0, "a file");
    started.elapsed() / u32::try_from(got / BYTES).expect("a few")
}

async fn part(client: &reqwest::Client, address: String, token: &str, part: Vec<u8>) {
    let sent = client
        .patch(address)
        .header("origin", crate::SITE)
        .bearer_auth(token)
        .body(part);
    let reply = sent.send().await.expect("answers");
    assert!(reply.status().is_success(), "{}", reply.status());
}

pub async fn run(app: &App, product: SocketAddr) {
    let demo = studio(app, "demo").await;
    let contact = person(app, &demo, 6).await;
    let token = token(app, &demo, contact).await;
    let client = client();
    let plain = baseline().await;
    let (mut up, mut down) = ([Duration::MAX; 2], [Duration::MAX; 2]);
    let before = memory();
    let mut most = before;
    for turn in 0..TURNS {
        // A PDF by its first bytes, another one each time.
        let mut content = vec![u8::try_from(turn).expect("a few"); BYTES];
        content[..8].copy_from_slice(b"%PDF-1.7");
        let parts: Vec<Vec<u8>> = content.chunks(PART).map(<[u8]>::to_vec).collect();
        let started = Instant::now();
        let new = json!({ "name": format!("Album {turn}.pdf"), "bytes": BYTES });
        let begun = call(product, "POST", "/documents/uploads", &token, Some(new)).await;
        let id = begun["id"].as_str().expect("an id").to_owned();
        for (n, content) in parts.iter().enumerate() {
            let path = format!(
                "http://{product}/api/portal/v1/demo/documents/uploads/{id}?offset={}",
                n * PART
            );
            part(client, path, &token, content.clone()).await;
            most = most.max(memory());
        }
        up[0] = up[0].min(started.elapsed());
        let started = Instant::now();
        for content in &parts {
            part(client, format!("http://{plain}/"), &token, content.clone()).await;
        }
        up[1] = up[1].min(started.elapsed());
        let ended = call(
            product,
            "GET",
            &format!("/documents/uploads/{id}"),
            &token,
            None,
        )
        .await;
        let document = ended["document"].as_str().expect("a document").to_owned();
        let shown = call(
            product,
            "GET",
            &format!("/documents/{document}"),
            &token,
            None,
        )
        .await;
        let versions = shown["versions"].as_array().expect("versions");
        let address = versions[0]["address"].as_str().expect("an address");
        let path = address.find("/files/").expect("a path");
        let address = format!("http://{product}{}", &address[path..]);
        down[0] = down[0].min(fetch(client, &address).await);
        down[1] = down[1].min(fetch(client, &format!("http://{plain}/")).await);
        most = most.max(memory());
    }
    let rate = |time: Duration| BYTES as f64 / 1e6 / time.as_secs_f64();
    println!("\nA file of {} MB, of one connection", BYTES / 1_000_000);
    println!(
        "sent      {:>6.0} MB/s, plain copying {:>6.0}: {:.2}",
        rate(up[0]),
        rate(up[1]),
        rate(up[0]) / rate(up[1])
    );
    println!(
        "fetched   {:>6.0} MB/s, plain copying {:>6.0}: {:.2}",
        rate(down[0]),
        rate(down[1]),
        rate(down[0]) / rate(down[1])
    );
    println!(
        "memory of server and client together grew by {} MB",
        (most - before) / 1024
    );
}
