//! A list of clients from a file, as staff import it: checked, and taken in.

#![expect(
    clippy::print_stdout,
    reason = "a benchmark's result is what it prints"
)]

use std::{fmt::Write as _, net::SocketAddr, time::Instant};

use portico::{App, jobs};

use crate::{files::memory, lists::sign_in, load::client};

const ROWS: usize = 50_000;
const BOUNDARY: &str = "a-line-that-no-file-has";

fn file() -> String {
    let mut text = String::from("First name,Last name,Email,Mobile,Client,Street,Town,Postcode\n");
    for n in 0..ROWS {
        let (mobile, client) = (120_000 + n % 9999, n * 4 / 5);
        let _ = writeln!(
            text,
            "Ada{n},Lovelace{n},ada{n}@measure.test,07911 {mobile:06},Client {client},{n} High Street,Bath,BA1 1AA"
        );
    }
    text
}

/// Staff's browser: a page, and the form that stands on it.
struct Desk {
    host: String,
    origin: String,
    cookie: String,
    page: String,
    path: String,
}

impl Desk {
    async fn send(&mut self, request: reqwest::RequestBuilder) {
        let request = request
            .header("cookie", &self.cookie)
            .header("origin", &self.origin);
        let reply = request.send().await.expect("answers");
        self.path = reply.url().path().to_owned();
        let status = reply.status();
        self.page = reply.text().await.expect("a page");
        assert!(status.is_success(), "{}: {status} {}", self.path, self.page);
    }

    async fn get(&mut self, path: &str) {
        let address = format!("{}{path}", self.host);
        self.send(client().get(address)).await;
    }

    async fn post(&mut self, path: &str, mut fields: Vec<(String, String)>) {
        fields.push(("csrf".into(), self.value("csrf")));
        let address = format!("{}{path}", self.host);
        self.send(client().post(address).form(&fields)).await;
    }

    async fn upload(&mut self, path: &str, text: &str) {
        let csrf = self.value("csrf");
        let body = format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n\
             --{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"list.csv\"\r\n\r\n{text}\r\n--{BOUNDARY}--\r\n"
        );
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let address = format!("{}{path}", self.host);
        let request = client().post(address).header("content-type", kind);
        self.send(request.body(body)).await;
    }

    fn value(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\" value=\"");
        let rest = self.page.split_once(&mark).map_or("", |(_, rest)| rest);
        rest.split('"').next().unwrap_or("").to_owned()
    }

    /// What the page of the columns says for each.
    fn columns(&self) -> Vec<(String, String)> {
        let quoted = |text: &str| text.split('"').nth(1).unwrap_or("").to_owned();
        let select = |select: &str| {
            let select = select.split("</select>").next()?;
            let (_, name) = select.split_once(" name=")?;
            let chosen = select
                .split("<option ")
                .find(|option| option.contains(" selected"));
            Some((quoted(name), chosen.map_or_else(String::new, quoted)))
        };
        self.page
            .split("<select ")
            .skip(1)
            .filter_map(select)
            .collect()
    }
}

async fn work(app: &App) {
    while jobs::run_due(app).await.expect("works") > 0 {}
}

pub async fn run(app: &App, product: SocketAddr) {
    work(app).await;
    let text = file();
    let mut desk = Desk {
        host: format!("http://{product}"),
        origin: app.origin.as_str().to_owned(),
        cookie: sign_in(app, "owner@demo.test").await,
        page: String::new(),
        path: String::new(),
    };
    let before = memory();
    desk.get("/admin/clients/import").await;
    let started = Instant::now();
    desk.upload("/admin/clients/import", &text).await;
    let uploaded = started.elapsed();
    let path = desk.path.trim_end_matches("/columns").to_owned();
    let mut columns = desk.columns();
    for (name, value) in &mut columns {
        let group = desk.page.split_once("value=\"grp_");
        if name == "group" && value.is_empty() {
            let (_, rest) = group.expect("a group");
            *value = format!("grp_{}", rest.split('"').next().unwrap_or(""));
        }
    }
    let started = Instant::now();
    desk.post(&format!("{path}/columns"), columns).await;
    work(app).await;
    let checked = started.elapsed();
    desk.get(&path).await;
    let round = vec![("round".to_owned(), desk.value("round"))];
    let started = Instant::now();
    desk.post(&format!("{path}/begin"), round).await;
    work(app).await;
    let taken = started.elapsed();
    desk.get(&path).await;
    assert!(desk.page.contains("rows imported"), "{}", desk.page);
    let rate = |time: std::time::Duration| ROWS as f64 / time.as_secs_f64();
    println!(
        "\nimport of {ROWS} rows, {:.1} MB: uploaded in {:.2} s, checked at {:.0} rows/s, taken in at {:.0} rows/s; \
         memory of all this grew by {} MB",
        text.len() as f64 / 1e6,
        uploaded.as_secs_f64(),
        rate(checked),
        rate(taken),
        memory().saturating_sub(before) / 1024
    );
}
