//! The hosted portal at a studio's own name, and below the host's.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use simple_dns::{
    CLASS, Name, Packet, PacketFlag, ResourceRecord, TYPE,
    rdata::{CNAME, RData, TXT},
};
use tokio::net::UdpSocket;

use crate::harness::TestApp;

type Records = Arc<Mutex<HashMap<(String, TYPE), RData<'static>>>>;

/// A name server that knows what a test tells it.
struct Dns {
    address: SocketAddr,
    records: Records,
}

impl Dns {
    async fn start() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let records = Records::default();
        let known = records.clone();
        tokio::spawn(async move {
            let mut buffer = [0; 2048];
            while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
                let reply = answer(&buffer[..length], &known);
                socket.send_to(&reply, from).await.unwrap();
            }
        });
        Self { address, records }
    }

    fn text(&self, name: &str, text: &'static str) {
        let data = RData::TXT(TXT::new().with_string(text).unwrap());
        let key = (name.to_owned(), TYPE::TXT);
        self.records.lock().unwrap().insert(key, data);
    }

    fn leads(&self, name: &str, to: &'static str) {
        let data = RData::CNAME(CNAME(Name::new(to).unwrap()));
        let key = (name.to_owned(), TYPE::CNAME);
        self.records.lock().unwrap().insert(key, data);
    }
}

fn answer(asked: &[u8], known: &Records) -> Vec<u8> {
    let asked = Packet::parse(asked).unwrap();
    let question = &asked.questions[0];
    let mut reply = Packet::new_reply(asked.id());
    reply.set_flags(PacketFlag::RECURSION_AVAILABLE);
    for ((name, kind), data) in known.lock().unwrap().iter() {
        if *name == question.qname.to_string() && question.qtype == (*kind).into() {
            let name = question.qname.clone().into_owned();
            let record = ResourceRecord::new(name, CLASS::IN, 1, data.clone());
            reply.answers.push(record);
        }
    }
    reply.questions.push(question.clone());
    reply.build_bytes_vec().unwrap()
}

const HOST: &str = "portal.host.test";

async fn app(dns: &Dns) -> TestApp {
    TestApp::with(|config| {
        config.public_url = format!("https://{HOST}");
        config.dns_server = Some(dns.address);
    })
    .await
}

async fn visit(test: &TestApp, host: &str, path: &str) -> (StatusCode, String) {
    let request = Request::get(path).header("host", host);
    let reply = test.request(request.body(Body::empty()).unwrap()).await;
    (reply.status, reply.text.clone())
}

#[tokio::test]
async fn k4_a_name_of_the_studios_own_is_switched_on_once_its_records_are_right() {
    let dns = Dns::start().await;
    let test = app(&dns).await;
    let mut desk = test.staff("owner@demo.test").await;
    let at = |path: &'static str| visit(&test, "portal.fernlight.test", path);
    assert_eq!(at("/login").await.0, StatusCode::NOT_FOUND);
    desk.post(
        "/admin/website/address",
        &[("name", "https://Portal.Fernlight.test/")],
    )
    .await;
    let page = desk.get("/admin/website/address").await.text;
    assert!(page.contains("_portico.portal.fernlight.test"), "{page}");
    let proof = page.split("portico=").nth(1).unwrap();
    let proof = format!("portico={}", proof.split('<').next().unwrap());

    desk.post("/admin/website/address/check", &[]).await;
    let page = desk.get("/admin/website/address").await.text;
    assert!(page.contains("There is no TXT record"), "{page}");
    dns.text("_portico.portal.fernlight.test", "portico=somebody else");
    desk.post("/admin/website/address/check", &[]).await;
    assert!(
        desk.get("/admin/website/address")
            .await
            .text
            .contains("says something else")
    );
    dns.text("_portico.portal.fernlight.test", proof.leak());
    desk.post("/admin/website/address/check", &[]).await;
    assert!(
        desk.get("/admin/website/address")
            .await
            .text
            .contains("There is no CNAME record")
    );
    dns.leads("portal.fernlight.test", "elsewhere.test");
    desk.post("/admin/website/address/check", &[]).await;
    assert!(
        desk.get("/admin/website/address")
            .await
            .text
            .contains("leads somewhere else")
    );
    assert_eq!(at("/login").await.0, StatusCode::NOT_FOUND);
    let allowed = "/tls/allowed?domain=portal.fernlight.test";
    assert_eq!(visit(&test, HOST, allowed).await.0, StatusCode::NOT_FOUND);

    dns.leads("portal.fernlight.test", HOST);
    desk.post("/admin/website/address/check", &[]).await;
    assert!(
        desk.get("/admin/website/address")
            .await
            .text
            .contains("Switched on")
    );
    let (status, page) = at("/login").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("<portico-portal studio=\"demo\">"), "{page}");
    assert_eq!(at("/").await.0, StatusCode::OK);
    assert_eq!(visit(&test, HOST, allowed).await.0, StatusCode::OK);
    test.logged("own address switched on").await;

    desk.post("/admin/website/address/remove", &[]).await;
    assert_eq!(at("/login").await.0, StatusCode::NOT_FOUND);
    assert_eq!(visit(&test, HOST, allowed).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn k4_a_name_that_another_studio_has_is_refused_and_a_wrong_one_says_why() {
    let dns = Dns::start().await;
    let test = app(&dns).await;
    let mut desk = test.staff("owner@demo.test").await;
    for wrong in ["", "fernlight", "127.0.0.1", "portal.fernlight.test:81"] {
        let page = desk
            .post("/admin/website/address", &[("name", wrong)])
            .await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    let mut member = test.staff("member@demo.test").await;
    let refused = member
        .post("/admin/website/address", &[("name", "a.fernlight.test")])
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn k4_below_the_hosts_name_each_studio_has_its_own_where_the_operator_set_that_up() {
    let public_url = format!("https://{HOST}");
    let test = TestApp::with(|config| {
        config.public_url.clone_from(&public_url);
        config.subdomains = true;
    })
    .await;
    let own = format!("demo.{HOST}");
    let (status, page) = visit(&test, &own, "/client-portal").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("<portico-portal studio=\"demo\">"), "{page}");
    let asked = format!("/tls/allowed?domain={own}");
    assert_eq!(visit(&test, HOST, &asked).await.0, StatusCode::OK);
    let nobody = format!("/tls/allowed?domain=nobody.{HOST}");
    assert_eq!(visit(&test, HOST, &nobody).await.0, StatusCode::NOT_FOUND);
    assert_eq!(
        visit(&test, &format!("nobody.{HOST}"), "/login").await.0,
        StatusCode::NOT_FOUND
    );
    let plain = TestApp::with(|config| config.public_url = public_url).await;
    assert_eq!(
        visit(&plain, &own, "/client-portal").await.0,
        StatusCode::NOT_FOUND
    );
}
