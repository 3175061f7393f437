//! Requests over loopback, and how long they took.

#![expect(
    clippy::print_stdout,
    reason = "a benchmark's result is what it prints"
)]

use std::{
    net::SocketAddr,
    sync::{
        LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::Router;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::{CONNECTIONS, ROUND, ROUNDS, SITE};

pub async fn listen(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    address
}

pub struct Load {
    address: SocketAddr,
    requests: Vec<Vec<u8>>,
    next: AtomicUsize,
}

#[derive(Clone, Copy)]
pub struct Measured {
    pub rate: f64,
    pub p50: f64,
    pub p99: f64,
}

impl Load {
    pub fn get(address: SocketAddr, path: &str, tokens: &[String]) -> Self {
        let request = |token: &String| {
            format!("GET {path} HTTP/1.1\r\nhost: x\r\norigin: {SITE}\r\nauthorization: Bearer {token}\r\n\r\n").into_bytes()
        };
        Self {
            address,
            requests: tokens.iter().map(request).collect(),
            next: AtomicUsize::new(0),
        }
    }

    /// A page of the admin, asked for by a staff member's browser.
    pub fn page(address: SocketAddr, path: &str, cookie: &str) -> Self {
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\ncookie: {cookie}\r\n\r\n");
        Self {
            address,
            requests: vec![request.into_bytes()],
            next: AtomicUsize::new(0),
        }
    }

    pub fn post(address: SocketAddr, path: &str, bodies: impl Iterator<Item = String>) -> Self {
        let request = |body: String| {
            format!(
                "POST {path} HTTP/1.1\r\nhost: x\r\norigin: {SITE}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            )
            .into_bytes()
        };
        Self {
            address,
            requests: bodies.map(request).collect(),
            next: AtomicUsize::new(0),
        }
    }

    /// Each of them once, with the token of a session and a key that names the act.
    pub fn acts(
        address: SocketAddr,
        acts: impl Iterator<Item = (String, String)>,
        token: &str,
    ) -> Self {
        let request = |(n, (path, body)): (usize, (String, String))| {
            format!(
                "POST {path} HTTP/1.1\r\nhost: x\r\norigin: {SITE}\r\nauthorization: Bearer {token}\r\nidempotency-key: bench-act-{n}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            )
            .into_bytes()
        };
        Self {
            address,
            requests: acts.enumerate().map(request).collect(),
            next: AtomicUsize::new(0),
        }
    }

    /// Each of them once, with a line of its own in the head.
    pub fn signed(
        address: SocketAddr,
        path: &str,
        bodies: impl Iterator<Item = (String, String)>,
    ) -> Self {
        let request = |(line, body): (String, String)| {
            format!(
                "POST {path} HTTP/1.1\r\nhost: x\r\n{line}content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            )
            .into_bytes()
        };
        Self {
            address,
            requests: bodies.map(request).collect(),
            next: AtomicUsize::new(0),
        }
    }

    /// Asks for `time` from so many connections; any answer but 2xx ends the benchmark.
    pub async fn run(&self, connections: usize, time: Duration) -> Measured {
        let end = Instant::now() + time;
        let started = Instant::now();
        let workers = (0..connections).map(|_| async {
            let mut stream = TcpStream::connect(self.address).await.expect("connects");
            stream.set_nodelay(true).expect("a socket option");
            let mut times = Vec::new();
            let mut buffer = vec![0; 8 * 1024 * 1024];
            while Instant::now() < end {
                let request =
                    &self.requests[self.next.fetch_add(1, Ordering::Relaxed) % self.requests.len()];
                let asked = Instant::now();
                stream.write_all(request).await.expect("sends");
                read_answer(&mut stream, &mut buffer).await;
                times.push(asked.elapsed().as_secs_f64() * 1000.0);
            }
            times
        });
        let mut times: Vec<f64> = futures_util::future::join_all(workers)
            .await
            .into_iter()
            .flatten()
            .collect();
        let seconds = started.elapsed().as_secs_f64();
        times.sort_by(f64::total_cmp);
        let at = |part: f64| times[((times.len() as f64 * part) as usize).min(times.len() - 1)];
        Measured {
            rate: times.len() as f64 / seconds,
            p50: at(0.5),
            p99: at(0.99),
        }
    }
}

async fn read_answer(stream: &mut TcpStream, buffer: &mut [u8]) {
    let mut filled = 0;
    loop {
        let n = stream.read(&mut buffer[filled..]).await.expect("answers");
        assert!(n > 0, "the server hung up");
        filled += n;
        let text = &buffer[..filled];
        let Some(head) = text.windows(4).position(|w| w == b"\r\n\r\n") else {
            continue;
        };
        let headers = std::str::from_utf8(&text[..head]).expect("headers are text");
        assert!(
            headers.starts_with("HTTP/1.1 2"),
            "{}",
            String::from_utf8_lossy(text)
        );
        let length = headers
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |n| n.parse().unwrap_or(0));
        if filled >= head + 4 + length {
            return;
        }
    }
}

pub async fn rounds(loads: &[(&str, &Load)]) -> Vec<Measured> {
    let mut all: Vec<Vec<Measured>> = vec![Vec::new(); loads.len()];
    for (_, load) in loads {
        load.run(CONNECTIONS, ROUND / 3).await;
    }
    for _ in 0..ROUNDS {
        for (n, (_, load)) in loads.iter().enumerate() {
            all[n].push(load.run(CONNECTIONS, ROUND).await);
        }
    }
    all.into_iter()
        .map(|mut rounds| {
            rounds.sort_by(|a, b| a.rate.total_cmp(&b.rate));
            rounds[ROUNDS / 2]
        })
        .collect()
}

/// A table of what was measured, beside the first of it.
pub fn say(loads: &[(&str, &Load)], measured: &[Measured]) {
    println!(
        "{:<34}{:>10}{:>9}{:>9}{:>9}{:>13}",
        "", "req/s", "p50 ms", "p99 ms", "p99/p50", "of the first"
    );
    for ((name, _), one) in loads.iter().zip(measured) {
        println!(
            "{name:<34}{:>10.0}{:>9.2}{:>9.2}{:>9.1}{:>13.3}",
            one.rate,
            one.p50,
            one.p99,
            one.p99 / one.p50,
            one.rate / measured[0].rate
        );
    }
}

/// What calls, where no rate is measured.
pub fn client() -> &'static reqwest::Client {
    static CLIENT: LazyLock<reqwest::Client> = LazyLock::new(|| {
        #[expect(
            clippy::disallowed_methods,
            reason = "a benchmark calls the server from outside"
        )]
        reqwest::Client::new()
    });
    &CLIENT
}

/// One call of the portal's API, for what has to be there before something is measured.
pub async fn call(
    address: SocketAddr,
    method: &str,
    path: &str,
    token: &str,
    body: Option<serde_json::Value>,
) -> serde_json::Value {
    let method = method.parse().expect("a method");
    let address = format!("http://{address}/api/portal/v1/demo{path}");
    let mut request = client()
        .request(method, &address)
        .header("origin", SITE)
        .bearer_auth(token);
    if let Some(body) = body {
        request = request.json(&body);
    }
    let reply = request.send().await.expect("answers");
    let (status, text) = (reply.status(), reply.text().await.expect("text"));
    assert!(status.is_success(), "{address}: {status} {text}");
    serde_json::from_str(&text).expect("JSON")
}
