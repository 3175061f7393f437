//! Mail and SMS on their way out: a real conversation with a server that refuses, delays and cuts.

use std::sync::{Arc, Mutex};

use axum::{Form, Router, extract::State, http::StatusCode, routing::post};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader},
    net::TcpListener,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{self, pki_types::PrivateKeyDer},
};

use crate::harness::TestApp;

/// What the server does with the next message.
#[derive(Clone, Copy, PartialEq)]
enum Mood {
    Take,
    /// 451: try again later.
    Later,
    /// 550: never.
    Never,
    /// Closes the connection when the message has arrived, without a word.
    Cut,
}

/// A mail server on loopback that speaks SMTP (RFC 5321) and keeps what it took.
#[derive(Clone)]
struct Smtp {
    url: String,
    mood: Arc<Mutex<Mood>>,
    taken: Arc<Mutex<Vec<String>>>,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Smtp {
    async fn start() -> Self {
        let mut server = Self::start_with(None).await;
        server.url = server.url.replace("//", "//portico:secret@") + "?tls=none";
        server
    }

    /// With a certificate: STARTTLS is offered (RFC 3207), or TLS from the first byte (RFC 8314).
    async fn start_with(tls: Option<(TlsAcceptor, bool)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            url: format!("smtp://{}", listener.local_addr().unwrap()),
            mood: Arc::new(Mutex::new(Mood::Take)),
            taken: Arc::default(),
            seen: Arc::default(),
        };
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (server, tls) = (serving.clone(), tls.clone());
                // A client that hangs up is the client's business.
                tokio::spawn(async move {
                    match tls {
                        None => server.talk(stream, true, false).await,
                        Some((tls, true)) => {
                            server
                                .talk(tls.accept(stream).await.ok()?, true, false)
                                .await
                        }
                        Some((tls, false)) => {
                            let mut stream = stream;
                            server.clone().talk(&mut stream, true, true).await?;
                            server
                                .talk(tls.accept(stream).await.ok()?, false, false)
                                .await
                        }
                    }
                });
            }
        });
        server
    }

    /// One conversation; with `offer` it ends where the client starts TLS.
    async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
        self,
        stream: S,
        greet: bool,
        offer: bool,
    ) -> Option<()> {
        let (read, mut write) = tokio::io::split(stream);
        let mut lines = BufReader::new(read).lines();
        if greet {
            write.write_all(b"220 test ESMTP\r\n").await.ok()?;
        }
        while let Some(line) = lines.next_line().await.ok()? {
            let verb = line.split([' ', ':']).next().unwrap_or("").to_uppercase();
            self.seen.lock().unwrap().push(verb.clone());
            let reply = match verb.as_str() {
                "EHLO" if offer => "250-test\r\n250-STARTTLS\r\n250 8BITMIME\r\n",
                "EHLO" => "250-test\r\n250-AUTH PLAIN\r\n250 8BITMIME\r\n",
                "STARTTLS" if offer => {
                    write.write_all(b"220 go ahead\r\n").await.ok()?;
                    return Some(());
                }
                "AUTH" => "235 welcome\r\n",
                "QUIT" => "221 bye\r\n",
                "DATA" => {
                    write.write_all(b"354 go on\r\n").await.ok()?;
                    let mut message = String::new();
                    while let Some(line) = lines.next_line().await.ok()? {
                        if line == "." {
                            break;
                        }
                        message.push_str(&line);
                        message.push('\n');
                    }
                    let mood = *self.mood.lock().unwrap();
                    match mood {
                        Mood::Take => {
                            self.taken.lock().unwrap().push(message);
                            "250 taken\r\n"
                        }
                        Mood::Later => "451 not now\r\n",
                        Mood::Never => "550 no such mailbox\r\n",
                        Mood::Cut => return None,
                    }
                }
                _ => "250 ok\r\n",
            };
            write.write_all(reply.as_bytes()).await.ok()?;
        }
        None
    }

    fn set(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }
}

async fn with_smtp() -> (TestApp, Smtp) {
    let smtp = Smtp::start().await;
    let url = smtp.url.clone();
    let test = TestApp::with(|config| config.smtp_url = Some(url)).await;
    // The template's own invitation goes first.
    test.work().await;
    smtp.taken.lock().unwrap().clear();
    (test, smtp)
}

fn header<'m>(message: &'m str, name: &str) -> &'m str {
    message
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .unwrap_or("")
        .trim()
}

#[tokio::test]
async fn a_code_leaves_by_smtp_with_text_and_html_in_the_studios_name() {
    let (test, smtp) = with_smtp().await;
    test.browser().ask_code("client@demo.test").await;
    assert!(
        smtp.taken().is_empty(),
        "no request waits for the mail server"
    );
    test.work().await;
    let message = smtp.taken().pop().expect("one mail");
    assert_eq!(header(&message, "To:"), "client@demo.test");
    assert!(
        header(&message, "From:").contains("Fernlight Studio"),
        "{message}"
    );
    assert!(
        header(&message, "Reply-To:").contains("hello@fernlight.test"),
        "{message}"
    );
    assert!(message.contains("multipart/alternative"));
    assert!(message.contains("text/plain") && message.contains("text/html"));
    assert!(smtp.seen.lock().unwrap().contains(&"AUTH".to_owned()));
    assert_eq!(
        test.outbox("client@demo.test").await.0,
        0,
        "the code is erased on delivery"
    );
}

#[tokio::test]
async fn a_mail_refused_for_now_is_tried_again_with_the_same_message_id() {
    let (test, smtp) = with_smtp().await;
    test.browser()
        .post(
            "/password/reset",
            serde_json::json!({ "email": "client@demo.test" }),
        )
        .await
        .ok();
    smtp.set(Mood::Cut);
    test.work().await;
    let (secrets, _) = test.outbox("client@demo.test").await;
    assert_eq!(secrets, 1, "it waits with its link, encrypted");
    smtp.set(Mood::Later);
    test.pass(30);
    test.work().await;
    smtp.set(Mood::Take);
    test.work().await;
    assert!(smtp.taken().is_empty(), "not before the pause is over");
    test.pass(60);
    test.work().await;
    let taken = smtp.taken();
    assert_eq!(taken.len(), 1);
    let (id,): (String,) = test
        .row(
            "select template from outbox where recipient = $1 and state = 'sent'",
            "client@demo.test",
        )
        .await;
    assert_eq!(id, "reset");
    assert!(
        header(&taken[0], "Message-ID:").starts_with("<out_"),
        "{}",
        taken[0]
    );
}

#[tokio::test]
async fn a_mail_refused_for_good_becomes_a_dead_letter_without_its_secret() {
    let (test, smtp) = with_smtp().await;
    smtp.set(Mood::Never);
    test.browser().ask_code("client@demo.test").await;
    test.work().await;
    let (state, error): (String, String) = test
        .row(
            "select state, last_error from outbox where recipient = $1",
            "client@demo.test",
        )
        .await;
    assert_eq!(state, "dead");
    assert!(
        error.contains("550") || error.contains("no such mailbox"),
        "{error}"
    );
    assert_eq!(test.outbox("client@demo.test").await.0, 0);
    let measures = test.get("/metrics").await.text;
    assert!(
        measures.contains("portico_jobs_dead_letters 1"),
        "{measures}"
    );
}

#[tokio::test]
async fn a_code_past_its_ten_minutes_is_not_sent_when_the_mail_server_comes_back() {
    let (test, smtp) = with_smtp().await;
    smtp.set(Mood::Later);
    test.browser().ask_code("client@demo.test").await;
    for _ in 0..4 {
        test.work().await;
        test.pass(300);
    }
    smtp.set(Mood::Take);
    test.work().await;
    assert!(smtp.taken().is_empty());
    assert_eq!(test.outbox("client@demo.test").await, (0, 1));
}

#[tokio::test]
async fn nothing_is_lost_while_the_server_refuses_and_cuts_in_turn() {
    let (test, smtp) = with_smtp().await;
    for email in ["client@demo.test", "spouse@demo.test", "site@demo.test"] {
        test.browser()
            .post("/password/reset", serde_json::json!({ "email": email }))
            .await
            .ok();
    }
    for mood in [Mood::Later, Mood::Cut, Mood::Later, Mood::Cut, Mood::Take] {
        smtp.set(mood);
        test.work().await;
        test.pass(600);
    }
    let mut to: Vec<String> = smtp
        .taken()
        .iter()
        .map(|message| header(message, "To:").to_owned())
        .collect();
    to.sort();
    assert_eq!(
        to,
        ["client@demo.test", "site@demo.test", "spouse@demo.test"]
    );
}

#[tokio::test]
async fn sms_goes_to_twilio_in_twilios_own_words() {
    type Sent = Arc<Mutex<Vec<(String, Vec<(String, String)>)>>>;
    async fn message(
        State(sent): State<Sent>,
        headers: axum::http::HeaderMap,
        Form(form): Form<Vec<(String, String)>>,
    ) -> (StatusCode, &'static str) {
        let auth = headers["authorization"].to_str().unwrap().to_owned();
        let mut sent = sent.lock().unwrap();
        sent.push((auth, form));
        if sent.len() == 1 {
            (StatusCode::SERVICE_UNAVAILABLE, "{}")
        } else {
            (StatusCode::CREATED, "{}")
        }
    }
    let sent = Sent::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new()
        .route("/2010-04-01/Accounts/AC1/Messages.json", post(message))
        .with_state(sent.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let test = TestApp::with(|config| {
        config.smtp_url = None;
        config.twilio = Some(portico::config::Twilio {
            account_sid: "AC1".into(),
            auth_token: "token".into(),
            from: "+15005550006".into(),
            base_url,
        });
    })
    .await;
    let asked = test
        .browser()
        .post(
            "/sign-in/code",
            serde_json::json!({ "email": "office@demo.test" }),
        )
        .await
        .ok();
    assert_eq!(asked["channel"], "sms");
    test.work().await;
    test.pass(30);
    test.work().await;
    let sent = sent.lock().unwrap();
    assert_eq!(sent.len(), 2, "refused once, then taken");
    let (auth, form) = &sent[1];
    assert_eq!(auth, "Basic QUMxOnRva2Vu");
    let field = |name: &str| {
        form.iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    };
    assert_eq!(field("To"), Some("+12025550142"));
    assert_eq!(field("From"), Some("+15005550006"));
    assert!(
        field("Body")
            .unwrap()
            .contains("is your code for Fernlight Studio"),
        "{form:?}"
    );
}

/// A certificate for 127.0.0.1 that signs itself, as PEM in a file, and the server's end of it.
fn certificate(name: &str) -> (std::path::PathBuf, TlsAcceptor) {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let file = std::env::temp_dir().join(format!("portico-{name}-{}.pem", std::process::id()));
    std::fs::write(&file, made.cert.pem()).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    (file, TlsAcceptor::from(Arc::new(config)))
}

/// Sends a code by this server; what it took.
async fn send_by(smtp: &Smtp, url: String) -> Vec<String> {
    let test = TestApp::with(|config| config.smtp_url = Some(url)).await;
    test.browser().ask_code("client@demo.test").await;
    test.work().await;
    smtp.taken()
}

#[tokio::test]
async fn mail_leaves_by_starttls_and_by_tls_where_the_certificate_is_trusted() {
    let (file, acceptor) = certificate("trusted");
    for whole in [false, true] {
        let smtp = Smtp::start_with(Some((acceptor.clone(), whole))).await;
        let scheme = if whole { "smtps://" } else { "smtp://" };
        let address = smtp.url.replace("smtp://", scheme);
        let address = address.replace("//", "//portico:secret@");
        let taken = send_by(&smtp, format!("{address}?ca={}", file.display())).await;
        assert!(
            taken
                .iter()
                .any(|mail| header(mail, "To:") == "client@demo.test")
        );
        let seen = smtp.seen.lock().unwrap().clone();
        assert!(seen.contains(&"AUTH".to_owned()));
        assert_eq!(seen.contains(&"STARTTLS".to_owned()), !whole);
    }
    std::fs::remove_file(file).unwrap();
}

#[tokio::test]
async fn neither_password_nor_mail_is_said_to_a_server_without_tls_or_with_a_strangers_certificate()
{
    let plain = Smtp::start_with(None).await;
    let address = plain.url.replace("//", "//portico:secret@");
    assert!(send_by(&plain, address).await.is_empty());
    let (file, acceptor) = certificate("stranger");
    for whole in [false, true] {
        let smtp = Smtp::start_with(Some((acceptor.clone(), whole))).await;
        let scheme = if whole { "smtps://" } else { "smtp://" };
        let address = smtp
            .url
            .replace("smtp://", &format!("{scheme}portico:secret@"));
        assert!(send_by(&smtp, address).await.is_empty());
        assert!(!smtp.seen.lock().unwrap().contains(&"AUTH".to_owned()));
    }
    assert!(!plain.seen.lock().unwrap().contains(&"AUTH".to_owned()));
    std::fs::remove_file(file).unwrap();
}
