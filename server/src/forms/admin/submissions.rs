//! `/admin/submissions`: what clients sent.

use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use portico_wire::{
    ClientId, FileId, FormId, SubmissionId, Timestamp,
    forms::{self as wire, Answer, Field, Signature},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    super::{
        files, paper,
        store::{self, Filter, StoredFile, StoredSubmission},
        texts,
    },
    may_edit,
};
use crate::{
    App, Result, clients,
    error::Error,
    images, papers,
    scope::Member,
    studios,
    web::{admin, body::Id},
};

const PAGE: usize = 50;
const LIST: &str = "/admin/submissions";

/// What stands in the list's address.
#[derive(Debug, Default, Clone, Deserialize, Serialize)]
#[serde(default)]
pub struct Asked {
    form: String,
    client: String,
    show: String,
    #[serde(skip_serializing)]
    before: String,
}

impl Asked {
    /// A filter nobody could have chosen is none there.
    pub(super) fn form(&self) -> Result<Option<FormId>> {
        parse(&self.form)
    }

    pub(super) fn client(&self) -> Result<Option<ClientId>> {
        parse(&self.client)
    }

    fn address(&self, page: &str, more: &[(&str, &str)]) -> String {
        let known = [
            ("form", self.form.as_str()),
            ("client", self.client.as_str()),
            ("show", self.show.as_str()),
        ];
        let all = known.iter().chain(more);
        let said: Vec<String> = all
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if said.is_empty() {
            page.to_owned()
        } else {
            format!("{page}?{}", said.join("&"))
        }
    }
}

fn parse<T: std::str::FromStr>(text: &str) -> Result<Option<T>> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| Error::not_found()),
    }
}

fn write_place(at: Timestamp, id: SubmissionId) -> String {
    format!("{}.{id}", at.micros())
}

fn read_place(text: &str) -> Option<(Timestamp, SubmissionId)> {
    let (micros, id) = text.split_once('.')?;
    let micros: i64 = micros.parse().ok()?;
    let within = (0..=253_402_300_799_000_000).contains(&micros);
    Some((Timestamp::from_micros(micros), id.parse().ok()?)).filter(|_| within)
}

/// `GET /admin/submissions`
pub async fn show_submissions(
    State(app): State<App>,
    Member(session): Member,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let filter = Filter {
        form: asked.form()?,
        client: asked.client()?,
        started: asked.show == "started",
        before: read_place(&asked.before),
    };
    let mut tx = app.db.read(&session).await?;
    let most = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let found = store::submissions(&mut tx, &filter, most).await?;
    let forms = store::form_names(&mut tx, true).await?;
    let zone = studios::store::get(&mut tx).await?.time_zone;
    let client = match filter.client {
        Some(id) => Some(clients::store::get_client(&mut tx, id).await?.name),
        None => None,
    };
    drop(tx);
    let shown = &found[..found.len().min(PAGE)];
    let rows: Vec<Value> = shown
        .iter()
        .map(|one| {
            json!({
                "id": one.id,
                "form": one.form_name,
                "client_id": one.client_id,
                "client": one.client_name,
                "by": clients::full_name(&one.first_name, &one.last_name),
                "at": admin::moment(one.saved_at, &zone),
            })
        })
        .collect();
    let next = shown.last().filter(|_| found.len() > PAGE);
    let next = next.map(|last| write_place(last.saved_at, last.id));
    let exports = may_edit(&session) && filter.form.is_some() && !filter.started;
    let unfiltered = Asked {
        client: String::new(),
        ..asked.clone()
    };
    let body = json!({
        "rows": rows,
        "forms": forms,
        "asked": asked,
        "client": client,
        "without_client": unfiltered.address(LIST, &[]),
        "filtered": !asked.form.is_empty() || !asked.client.is_empty(),
        "started": filter.started,
        "export": exports.then(|| asked.address(&format!("{LIST}/export.csv"), &[])),
        "next": next.map(|place| asked.address(LIST, &[("before", &place)])),
        "first": filter.before.map(|_| asked.address(LIST, &[])),
    });
    admin::page(&app, &session, "forms/submissions.html", body)
}

/// A question with its answer, as it was asked.
fn told(field: &Field, stored: &StoredSubmission) -> Value {
    let answer = stored.answers.get(&field.id);
    let mut said = json!({
        "kind": field.kind.name(), "label": field.label, "asks": field.kind.asks(),
        "answer": answer.map(|answer| texts::answer(&field.kind, answer)),
    });
    match answer {
        Some(Answer::Files(files)) => {
            let files: Vec<Value> = files
                .iter()
                .map(|file| {
                    let link = format!("{LIST}/{}/files/{}", stored.id, file.id);
                    json!({
                        "name": file.name,
                        "size": texts::size(&file.bytes.to_string()),
                        "small": images::is_picture(&file.kind).then(|| format!("{link}/small")),
                        "unshown": matches!(file.kind.as_str(), "image/heif" | "image/heic"),
                        "link": link,
                    })
                })
                .collect();
            said["files"] = files.into();
        }
        Some(Answer::Signature(Signature::Drawn(path))) => said["drawn"] = path.clone().into(),
        _ => {}
    }
    said
}

/// `GET /admin/submissions/{id}`
pub async fn show_submission(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<SubmissionId>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let stored = store::get_submission(&mut tx, id).await?;
    let studio = studios::store::get(&mut tx).await?;
    let current = store::get_form(&mut tx, stored.form_id).await?.current;
    let pdf = papers::files::staff_address(&mut tx, paper::which(id)).await?;
    drop(tx);
    let sent = stored.state == "submitted";
    let form = &stored.definition;
    let visible = wire::visible(form, &stored.answers);
    let pages: Vec<Value> = wire::pages(form, &visible)
        .into_iter()
        .map(|page| {
            let title = page.begins.map(|at| form.fields[at].label.clone());
            let fields: Vec<Value> = page
                .fields
                .filter(|&at| visible[at])
                .map(|at| told(&form.fields[at], &stored))
                .collect();
            json!({ "title": title, "fields": fields })
        })
        .collect();
    let zone = &studio.time_zone;
    let body = json!({
        "id": stored.id,
        "studio": studio.name,
        "form_id": stored.form_id,
        "form": stored.form_name,
        "title": form.title,
        "client_id": stored.client_id,
        "client": stored.client_name,
        "contact_id": stored.contact_id,
        "by": clients::full_name(&stored.first_name, &stored.last_name),
        "sent": sent,
        "started_at": admin::moment(stored.started_at, zone),
        "at": admin::moment(stored.saved_at, zone),
        // What was typed and not sent is the client's alone.
        "pages": if sent { pages } else { Vec::new() },
        "older": sent && stored.number != current,
        "pdf": pdf,
    });
    admin::page(&app, &session, "forms/submission.html", body)
}

/// `GET /admin/submissions/{id}/files/{file}`: to be saved; nothing of it runs.
pub async fn save_file(
    State(app): State<App>,
    member: Member,
    Path((id, file)): Path<(String, String)>,
) -> Result<Response> {
    files::send(&app, &sent_file(&app, member, &id, &file).await?).await
}

/// `GET /admin/submissions/{id}/files/{file}/small`: a picture, to look at.
pub async fn show_small(
    State(app): State<App>,
    member: Member,
    Path((id, file)): Path<(String, String)>,
) -> Result<Response> {
    files::send_small(&app, &sent_file(&app, member, &id, &file).await?).await
}

async fn sent_file(app: &App, member: Member, id: &str, file: &str) -> Result<StoredFile> {
    let Member(session) = member;
    let id: SubmissionId = id.parse().map_err(|_| Error::not_found())?;
    let file: FileId = file.parse().map_err(|_| Error::not_found())?;
    let mut tx = app.db.read(&session).await?;
    let stored = store::get_submission(&mut tx, id).await?;
    if stored.state != "submitted" {
        return Err(Error::not_found());
    }
    let all = store::files_of(&mut tx, id).await?;
    let found = all.into_iter().find(|one| one.id == file);
    found.ok_or_else(Error::not_found)
}
