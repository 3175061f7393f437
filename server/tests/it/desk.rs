//! A staff member's browser in the admin: it keeps cookies, follows redirects, and sends forms of the page
//! it looks at.

use std::collections::BTreeMap;

use axum::{body::Body, http::Request};

use crate::harness::{PASSWORD, Reply, TestApp};

pub struct Desk<'a> {
    pub test: &'a TestApp,
    pub cookies: BTreeMap<String, String>,
    /// The page looked at.
    pub page: String,
}

pub type Fields<'a> = &'a [(&'a str, &'a str)];

impl TestApp {
    pub fn desk(&self) -> Desk<'_> {
        Desk {
            test: self,
            cookies: BTreeMap::new(),
            page: String::new(),
        }
    }

    /// A staff member of the demo, signed in by password.
    pub async fn staff(&self, email: &str) -> Desk<'_> {
        let mut desk = self.desk();
        let reply = desk.sign_in(email, PASSWORD).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        desk
    }

    /// Gives somebody a role at a studio, as the operator does.
    pub async fn add_staff(
        &self,
        email: &str,
        name: &str,
        studio: &str,
        role: portico::staff::Role,
    ) {
        let app = &self.app;
        portico::cli::add_staff(&app.db, &app.passwords, email, name, studio, role, PASSWORD)
            .await
            .unwrap();
    }

    /// The newest entry of an action in the audit log: who did it, before and after.
    pub async fn logged(&self, action: &str) -> (String, serde_json::Value, serde_json::Value) {
        let (who, before, after): (String, Option<String>, Option<String>) = self
            .row(
                "select actor_name, cast(before as text), cast(after as text) from audit_log
                 where action = $1 order by at desc limit 1",
                action,
            )
            .await;
        let read = |text: Option<String>| {
            text.map_or(serde_json::Value::Null, |text| {
                serde_json::from_str(&text).unwrap()
            })
        };
        (who, read(before), read(after))
    }
}

pub fn encode(fields: Fields<'_>) -> String {
    fields
        .iter()
        .map(|(name, value)| format!("{name}={}", portico::web::redirect::escape(value)))
        .collect::<Vec<_>>()
        .join("&")
}

impl Desk<'_> {
    pub async fn send(
        &mut self,
        request: axum::http::request::Builder,
        body: impl Into<Body>,
    ) -> Reply {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = request.header("cookie", cookies.join("; "));
        let mut reply = self.test.request(request.body(body.into()).unwrap()).await;
        // Templates escape the slash too; to a person it is one.
        reply.text = reply.text.replace("&#x2f;", "/");
        for cookie in reply.headers.get_all("set-cookie") {
            let text = cookie.to_str().unwrap();
            let (pair, attributes) = text.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.into(), value.into());
            }
        }
        reply
    }

    /// Opens a page without following where it leads.
    pub async fn ask(&mut self, path: &str) -> Reply {
        self.send(Request::get(path), String::new()).await
    }

    pub async fn get(&mut self, path: &str) -> Reply {
        let mut reply = self.ask(path).await;
        for _ in 0..5 {
            let Some(next) = reply.headers.get("location") else {
                break;
            };
            let next = next.to_str().unwrap().to_owned();
            reply = self.ask(&next).await;
        }
        self.page.clone_from(&reply.text);
        reply
    }

    /// Sends a form as the page looked at would, without following where it leads.
    pub async fn submit(&mut self, path: &str, fields: Fields<'_>) -> Reply {
        let csrf = self.value("csrf").unwrap_or_default();
        let body = format!("csrf={csrf}&{}", encode(fields));
        let request = Request::post(path)
            .header("origin", self.test.app.origin.as_str())
            .header("content-type", "application/x-www-form-urlencoded");
        self.send(request, body).await
    }

    /// Sends a form and looks at what comes of it.
    pub async fn post(&mut self, path: &str, fields: Fields<'_>) -> Reply {
        let mut reply = self.submit(path, fields).await;
        if let Some(next) = reply.headers.get("location") {
            let next = next.to_str().unwrap().to_owned();
            reply = self.get(&next).await;
        }
        self.page.clone_from(&reply.text);
        reply
    }

    /// Sends a form with a file as the page looked at would, and looks at what comes of it.
    pub async fn upload(
        &mut self,
        path: &str,
        fields: Fields<'_>,
        (field, name, content): (&str, &str, &[u8]),
    ) -> Reply {
        let csrf = self.value("csrf").unwrap_or_default();
        let mut body = Vec::new();
        for (name, value) in [("csrf", csrf.as_str())].iter().chain(fields) {
            let part = "--part\r\nContent-Disposition: form-data; name=";
            body.extend(format!("{part}\"{name}\"\r\n\r\n{value}\r\n").bytes());
        }
        body.extend(
            format!(
                "--part\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n"
            )
            .bytes(),
        );
        body.extend(content);
        body.extend(b"\r\n--part--\r\n");
        let request = Request::post(path)
            .header("origin", self.test.app.origin.as_str())
            .header("content-type", "multipart/form-data; boundary=part");
        let mut reply = self.send(request, body).await;
        if let Some(next) = reply.headers.get("location") {
            let next = next.to_str().unwrap().to_owned();
            reply = self.get(&next).await;
        }
        self.page.clone_from(&reply.text);
        reply
    }

    pub async fn sign_in(&mut self, email: &str, password: &str) -> Reply {
        self.get("/admin/sign-in").await;
        self.post(
            "/admin/sign-in",
            &[("email", email), ("password", password)],
        )
        .await
    }

    /// The value of a field of the page looked at.
    pub fn value(&self, name: &str) -> Option<String> {
        let mark = format!("name=\"{name}\"");
        let (_, rest) = self.page.split_once(&mark)?;
        let tag = rest.split('>').next()?;
        let (_, value) = tag.split_once("value=\"")?;
        Some(value.split('"').next()?.replace("&amp;", "&"))
    }

    pub fn session(&self) -> Option<&String> {
        self.cookies.get("portico_staff")
    }
}
