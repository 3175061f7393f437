//! Writing a contract: its text, who signs it, and how.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::{
    ClientId, Code, ContactId, ContractId,
    contracts::ContractState,
    forms::{decimal, is_date},
};
use serde_json::{Value, json};

use super::{
    super::{
        Belongs, Contract, MOST_ROLE, MOST_SIGNERS, MOST_SOURCE, MOST_TITLE, Signer,
        store::{self, Draft, NewSigner},
        text,
    },
    LIST, about, offered, path, show,
};
use crate::{
    App, Result,
    audit::{self, Change},
    clients,
    clock::today,
    db::StudioTx,
    error::Error,
    mail::letters::{
        check::Problem,
        store::{Recipient, recipients},
    },
    money::{exponent, typed},
    scope::{Member, StaffSession},
    studios::{self, Studio},
    web::{
        admin,
        body::Id,
        form::{FieldErrors, Form, LongForm, Sent},
        redirect,
    },
};

/// A contract as its form has it.
pub struct Typed {
    pub draft: Draft,
    /// As they were typed, for the fields.
    amount: String,
    deposit: String,
    pub signers: Vec<NewSigner>,
    /// By contact: its place, as it was typed.
    errors: FieldErrors,
    problems: Vec<Problem>,
}

impl Typed {
    fn of(contract: &Contract, signers: &[Signer], studio: &Studio) -> Self {
        let money = |minor: Option<i64>| {
            minor.map_or_else(String::new, |minor| {
                typed::write(minor, exponent(&studio.currency))
            })
        };
        Self {
            draft: Draft::of(contract),
            amount: money(contract.details.amount),
            deposit: money(contract.details.deposit),
            signers: signers
                .iter()
                .map(|one| NewSigner {
                    contact: one.contact_id,
                    name: one.name.clone(),
                    role: one.role.clone(),
                })
                .collect(),
            errors: FieldErrors::default(),
            problems: Vec::new(),
        }
    }

    /// What was sent, and what is wrong with it. `people`: the contacts of the client.
    pub fn read(sent: &Sent, people: &[Recipient], studio: &Studio) -> Self {
        let mut errors = FieldErrors::default();
        let mut draft = Draft {
            title: errors.required("title", &sent.text("title"), MOST_TITLE),
            source: sent.text("body").replace("\r\n", "\n"),
            in_order: sent.text("in_order") == "true",
            countersign: sent.is_ticked("countersign"),
            asks_code: sent.is_ticked("asks_code"),
            gates_payment: sent.is_ticked("gates_payment"),
            reminds: sent.is_ticked("reminds"),
            belongs: read_belongs(&sent.text("belongs")),
            ..Draft::default()
        };
        if draft.title.contains('\n') {
            errors.add("title", "A title is one line.");
        }
        let problems = check_source(&draft.source, &mut errors);
        let mut line = |field: &'static str, most| {
            let text = errors.optional(field, &sent.text(field), most);
            text.unwrap_or_default().replace('\n', " ")
        };
        draft.details.event = line("event", 160);
        draft.details.event_place = line("event_place", 200);
        draft.details.event_date = day(sent, "event_date", &mut errors);
        let last_day = day(sent, "last_day", &mut errors);
        draft.last_day = (!last_day.is_empty()).then_some(last_day);
        let (amount, deposit) = (sent.text("amount"), sent.text("deposit"));
        draft.details.amount = money("amount", &amount, studio, &mut errors);
        draft.details.deposit = money("deposit", &deposit, studio, &mut errors);
        let signers = read_signers(sent, people, studio, &draft, &mut errors);
        Self {
            draft,
            amount,
            deposit,
            signers,
            errors,
            problems,
        }
    }
}

/// The quote or the invoice that was chosen; whether it is the client's is asked when it is saved.
fn read_belongs(chosen: &str) -> Belongs {
    Belongs {
        quote: chosen.parse().ok(),
        invoice: chosen.parse().ok(),
    }
}

/// What staff choose from: all the client owes, its quotes, its other invoices.
async fn offered_belongs(
    tx: &mut StudioTx,
    client: ClientId,
    belongs: Belongs,
) -> Result<Vec<(String, String)>> {
    let mut all = vec![(String::new(), "All the client owes".to_owned())];
    for one in store::gates::quotes(tx, client, belongs.quote).await? {
        all.push((one.id.to_string(), format!("Quote {}", one.name())));
    }
    for one in store::gates::invoices(tx, client, belongs.invoice).await? {
        all.push((one.id.to_string(), format!("Invoice {}", one.name())));
    }
    Ok(all)
}

/// What it belongs to, for people; nothing where that is all the client owes.
pub async fn belongs_to(tx: &mut StudioTx, contract: &Contract) -> Result<Option<String>> {
    let chosen = chosen(contract.belongs);
    let all = offered_belongs(tx, contract.client_id, contract.belongs).await?;
    let found = all.into_iter().find(|(id, _)| *id == chosen);
    Ok(found.filter(|(id, _)| !id.is_empty()).map(|(_, name)| name))
}

fn chosen(belongs: Belongs) -> String {
    let quote = belongs.quote.map(|id| id.to_string());
    let invoice = belongs.invoice.map(|id| id.to_string());
    quote.or(invoice).unwrap_or_default()
}

/// What keeps a text from being saved: what no contract can be written with.
pub fn check_source(source: &str, errors: &mut FieldErrors) -> Vec<Problem> {
    if source.len() > MOST_SOURCE {
        let long = "This text is too long: at most 512 kB. Please shorten it, or split it.";
        errors.add("body", long);
        return Vec::new();
    }
    if source
        .chars()
        .any(|c| c.is_control() && c != '\n' && c != '\t')
    {
        errors.add("body", "This contains characters that cannot be shown.");
        return Vec::new();
    }
    let problems = text::check(source);
    if let Some(first) = problems.first() {
        errors.add("body", format!("Line {}: {}", first.line, first.text));
    } else if let Err(wrong) = text::paper(source) {
        errors.add("body", wrong);
    }
    problems
}

fn day(sent: &Sent, field: &'static str, errors: &mut FieldErrors) -> String {
    let typed = sent.text(field).trim().to_owned();
    if !typed.is_empty() && !is_date(&typed) {
        errors.add(field, "Choose a date.");
    }
    typed
}

/// An amount in the smallest unit of the studio's currency.
fn money(
    field: &'static str,
    typed: &str,
    studio: &Studio,
    errors: &mut FieldErrors,
) -> Option<i64> {
    if typed.trim().is_empty() {
        return None;
    }
    let unit = 10i64.pow(6 - crate::money::exponent(&studio.currency));
    let minor = decimal(typed).filter(|millionths| *millionths >= 0 && millionths % unit == 0);
    if minor.is_none() {
        errors.add(field, "Write an amount, such as 2400 or 2400.50.");
    }
    minor.map(|millionths| millionths / unit)
}

/// Those who were ticked, in the order of their numbers.
fn read_signers(
    sent: &Sent,
    people: &[Recipient],
    studio: &Studio,
    draft: &Draft,
    errors: &mut FieldErrors,
) -> Vec<NewSigner> {
    let chosen = sent.all("signer");
    let mut found: Vec<(u32, NewSigner)> = Vec::new();
    for one in people {
        let id = one.id.to_string();
        if !chosen.contains(&id.as_str()) {
            continue;
        }
        let role = sent.text(&format!("role-{id}"));
        let role = errors.optional("signer", &role, MOST_ROLE);
        let place = sent.text(&format!("place-{id}")).parse().unwrap_or(99);
        let signer = NewSigner {
            contact: Some(one.id),
            name: clients::full_name(&one.first_name, &one.last_name),
            role: role.map_or_else(|| "Client".into(), |role| role.replace('\n', " ")),
        };
        found.push((place, signer));
    }
    if found.len() > MOST_SIGNERS {
        errors.add("signer", "At most twenty people can sign one contract.");
    }
    found.sort_by_key(|(place, _)| *place);
    let mut signers: Vec<NewSigner> = found.into_iter().map(|(_, signer)| signer).collect();
    if draft.countersign {
        signers.push(NewSigner {
            contact: None,
            name: studio.name.clone(),
            role: "Studio".into(),
        });
    }
    signers
}

/// The people of the client as the form offers them: those who sign first, in their order.
fn offered_people(people: &[Recipient], signers: &[NewSigner]) -> Vec<Value> {
    let place = |id: ContactId| signers.iter().position(|one| one.contact == Some(id));
    let mut all: Vec<&Recipient> = people.iter().collect();
    all.sort_by_key(|one| place(one.id).unwrap_or(usize::MAX));
    all.iter()
        .enumerate()
        .map(|(at, one)| {
            let signer = place(one.id).and_then(|at| signers.get(at));
            json!({
                "id": one.id,
                "name": clients::full_name(&one.first_name, &one.last_name),
                "email": one.email,
                "why": one.state.obstacle(),
                "on": signer.is_some(),
                "role": signer.map_or("Client", |one| one.role.as_str()),
                "place": at + 1,
            })
        })
        .collect()
}

async fn page(
    app: &App,
    session: &StaffSession,
    contract: &Contract,
    typed: Typed,
    version: i64,
    unsaved: bool,
) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let people = recipients(&mut tx, contract.client_id).await?;
    let studio = studios::store::get(&mut tx).await?;
    let day = today(tx.now(), &studio.time_zone);
    let draft = &typed.draft;
    let belongs = offered_belongs(&mut tx, contract.client_id, contract.belongs).await?;
    drop(tx);
    let body = json!({
        "id": contract.id,
        "path": path(contract.id),
        "client": { "id": contract.client_id, "name": contract.client_name },
        "version": version,
        "draft": draft,
        "source": draft.source,
        "belongs": belongs,
        "belongs_to": chosen(draft.belongs),
        "amount": typed.amount,
        "deposit": typed.deposit,
        "currency": studio.currency,
        "people": offered_people(&people, &typed.signers),
        "tokens": offered(),
        "today": day,
        "errors": typed.errors,
        "problems": typed.problems,
        "unsaved": unsaved,
        "replaces": contract.replaces.map(path),
        "studio_name": studio.name,
    });
    admin::page(app, session, "contracts/edit.html", body)
}

/// `GET /admin/contracts/{id}`: a draft is written, what was sent is followed.
pub async fn show_contract(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ContractId>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let contract = store::get(&mut tx, id).await?;
    let signers = store::signers(&mut tx, id).await?;
    let studio = studios::store::get(&mut tx).await?;
    drop(tx);
    if contract.state != ContractState::Draft {
        return show::page(&app, &session, contract, signers, studio).await;
    }
    let typed = Typed::of(&contract, &signers, &studio);
    let version = contract.version;
    page(&app, &session, &contract, typed, version, false).await
}

/// `POST /admin/contracts/{id}`
pub async fn save_contract(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ContractId>,
    LongForm(sent): LongForm<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let contract = store::get(&mut tx, id).await?;
    if contract.state != ContractState::Draft {
        return Ok(redirect::see(
            &path(id),
            "This contract was sent in the meantime. It cannot be changed any more.",
        ));
    }
    let people = recipients(&mut tx, contract.client_id).await?;
    let studio = studios::store::get(&mut tx).await?;
    let mut typed = Typed::read(&sent, &people, &studio);
    let offered = offered_belongs(&mut tx, contract.client_id, contract.belongs).await?;
    let belongs = sent.text("belongs");
    if !offered.iter().any(|(id, _)| *id == belongs) {
        typed
            .errors
            .add("belongs", "Choose one of these: it may have changed.");
    }
    let version = sent.text("version").parse().unwrap_or(0);
    if !typed.errors.is_empty() {
        drop(tx);
        let page = page(&app, &session, &contract, typed, version, true).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let change = Change::between(&Draft::of(&contract), &typed.draft)?;
    if !store::save_draft(&mut tx, id, version, &typed.draft).await? {
        drop(tx);
        let mut typed = typed;
        typed.errors.add(
            "version",
            "Somebody else saved this contract while you were at it. What you typed is below: save again to keep yours.",
        );
        let page = page(&app, &session, &contract, typed, contract.version, true).await?;
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    store::save_signers(&mut tx, id, &typed.signers).await?;
    if let Some(mut change) = change {
        if let Some(after) = &mut change.after {
            after["contract"] = typed.draft.title.as_str().into();
        }
        let about = about(contract.client_id);
        audit::note(&mut tx, &session, "contract changed", about, change).await?;
    }
    tx.commit().await?;
    if sent.text("act") == "send" {
        return Ok(redirect::go(&format!("{}/send", path(id))));
    }
    Ok(redirect::see(&path(id), "The draft is saved."))
}

/// `POST /admin/contracts/{id}/delete`: a draft nobody needs.
pub async fn delete_contract(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ContractId>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let contract = store::get(&mut tx, id).await?;
    if contract.state != ContractState::Draft || !store::delete_draft(&mut tx, id).await? {
        return Err(Error::refused(
            Code::Conflict,
            "This contract was sent, so it stays. Withdraw it instead.",
        ));
    }
    let change = Change::removed(&json!({ "contract": contract.title }))?;
    let about = about(contract.client_id);
    audit::note(&mut tx, &session, "contract draft deleted", about, change).await?;
    tx.commit().await?;
    Ok(redirect::see(LIST, "The draft is deleted."))
}
