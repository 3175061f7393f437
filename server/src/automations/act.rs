//! What automations do. Each action uses what staff use for the same.

use jiff::ToSpan as _;
use portico_wire::{ContactId, ContractTemplateId, FormId, MailTemplateId, access::Channel};
use serde_json::{Value, json};

use super::{Action, Automation, Run, check::Facts};
use crate::{
    App, Result,
    access::{
        self, LINK_SECONDS, links,
        reach::{self, State},
    },
    audit::{self, Actor, Change, Subject},
    clients,
    clock::today,
    contracts,
    db::StudioTx,
    error::Error,
    events, forms,
    happenings::{Item, What},
    mail::{
        self, Message,
        letters::{
            self, Purpose, Words, compose,
            store::{Person, Recipient},
        },
    },
    studios::Studio,
};

pub struct Doing<'a> {
    pub app: &'a App,
    pub studio: &'a Studio,
    pub automation: &'a Automation,
    pub run: &'a Run,
    pub facts: &'a Facts,
}

/// What came of an action.
pub enum Done {
    Did(String),
    /// There was nothing to do, and why.
    Passed(String),
    /// It cannot be done as the automation says.
    Cannot(String),
}

const NOBODY: &str = "There is nobody to write to: no contact it concerns has an email address.";

pub async fn act(tx: &mut StudioTx, doing: &Doing<'_>, action: &Action) -> Result<Done> {
    match action {
        Action::Mail { template } => send_mail(tx, doing, *template).await,
        Action::Sms { text } => send_sms(tx, doing, text).await,
        Action::AssignForm { form, days } => assign_form(tx, doing, *form, *days).await,
        Action::SendContract { template } => send_contract(tx, doing, *template).await,
        Action::ActivatePortal => activate(tx, doing).await,
        Action::NotifyStaff { text } => notify(tx, doing, text).await,
        Action::AddNote { text } => add_note(tx, doing, text).await,
    }
}

fn name(one: &Recipient) -> String {
    clients::full_name(&one.first_name, &one.last_name)
}

/// What tokens stand for: of the event it is about, else of the next one.
async fn values(
    tx: &mut StudioTx,
    doing: &Doing<'_>,
    to: &Recipient,
) -> Result<letters::tokens::Values> {
    let person = Person {
        first_name: to.first_name.clone(),
        last_name: to.last_name.clone(),
        email: to.email.clone(),
        client_name: to.client_name.clone(),
    };
    let mut values = compose::values(doing.app, doing.studio, Some(&person), tx.now());
    match Item::of(&doing.run.item_kind, doing.run.item_id) {
        Some(Item::Event(id)) => {
            if let Some(event) = events::store::find(tx, id).await? {
                compose::set_event(&mut values, &event);
            }
        }
        _ => compose::add_event(tx, &mut values, to.id).await?,
    }
    Ok(values)
}

/// A text of one line with its tokens filled in.
fn filled(text: &str, values: &letters::tokens::Values) -> Result<String> {
    compose::subject(text, Purpose::Letter, values)
        .map_err(|stopped| Error::invalid("text", stopped.for_people()))
}

pub async fn template(tx: &mut StudioTx, id: MailTemplateId) -> Result<Option<letters::Template>> {
    let found = letters::store::template(tx, id).await?;
    Ok(found.filter(|one| one.purpose == Purpose::Letter))
}

async fn send_mail(tx: &mut StudioTx, doing: &Doing<'_>, id: MailTemplateId) -> Result<Done> {
    let Some(template) = template(tx, id).await? else {
        return Ok(Done::Cannot(
            "Its mail template was deleted. Choose another one.".into(),
        ));
    };
    let words = Words::of(&template);
    let linked = letters::send::carries_link(&words);
    let mut told = Vec::new();
    for one in &doing.facts.people {
        // Whom a link would lead nowhere gets no mail with one.
        if one.email.is_none() || (linked && one.state.obstacle().is_some()) {
            continue;
        }
        mail_one(tx, doing, one, &words, linked).await?;
        told.push(name(one));
    }
    Ok(if told.is_empty() {
        Done::Passed(NOBODY.into())
    } else {
        Done::Did(format!("Mail “{}” to {}", template.name, told.join(", ")))
    })
}

async fn mail_one(
    tx: &mut StudioTx,
    doing: &Doing<'_>,
    to: &Recipient,
    words: &Words,
    linked: bool,
) -> Result<()> {
    let values = values(tx, doing, to).await?;
    let subject = filled(&words.subject, &values)?;
    let (mut secrets, mut expires_at) = (Value::Null, None);
    if linked {
        let secret = links::create(tx, to.id).await?;
        secrets = json!({ "link": links::address(doing.app, doing.studio, &secret) });
        expires_at = Some(tx.now().plus_seconds(LINK_SECONDS));
        // Whoever holds a link was let in.
        if to.state == State::NotInvited {
            access::store::note_invitation(tx, to.id).await?;
            let what = What::PortalInvited;
            access::tell::happened(tx, to.id, what, Some(&Actor::System)).await?;
        }
    }
    let event = match Item::of(&doing.run.item_kind, doing.run.item_id) {
        Some(Item::Event(id)) => Some(id),
        _ => None,
    };
    let message = Message {
        contact: Some(to.id),
        channel: Channel::Email,
        recipient: to.email.as_deref().ok_or_else(Error::not_found)?,
        template: Purpose::Letter.name(),
        params: json!({
            "subject": subject, "body": words.body, "by": doing.automation.name, "event": event,
        }),
        secrets,
        expires_at,
    };
    mail::send(doing.app, tx, doing.studio, message).await
}

async fn send_sms(tx: &mut StudioTx, doing: &Doing<'_>, text: &str) -> Result<Done> {
    if !doing.app.mail.can_send_sms() {
        return Ok(Done::Cannot("SMS is not set up on this server.".into()));
    }
    let mut told = Vec::new();
    for one in &doing.facts.people {
        let user = access::store::portal_user(tx, one.id).await?;
        let Some(mobile) = user.and_then(|user| user.mobile) else {
            continue;
        };
        let text = filled(text, &values(tx, doing, one).await?)?;
        let message = Message {
            contact: Some(one.id),
            channel: Channel::Sms,
            recipient: &mobile,
            template: "automation",
            params: json!({ "text": text }),
            secrets: Value::Null,
            expires_at: Some(tx.now().plus_seconds(86_400)),
        };
        mail::send(doing.app, tx, doing.studio, message).await?;
        told.push(name(one));
    }
    Ok(if told.is_empty() {
        Done::Passed("No SMS: no contact it concerns has a mobile number.".into())
    } else {
        Done::Did(format!("SMS to {}", told.join(", ")))
    })
}

/// Those it concerns who can come in, or could if they were invited.
fn reachable(doing: &Doing<'_>) -> Vec<ContactId> {
    let able = doing.facts.people.iter();
    able.filter(|one| one.state.obstacle().is_none())
        .map(|one| one.id)
        .collect()
}

async fn assign_form(
    tx: &mut StudioTx,
    doing: &Doing<'_>,
    form: FormId,
    days: Option<i32>,
) -> Result<Done> {
    let known = forms::store::form_names(tx, false).await?;
    let Some((_, title)) = known.into_iter().find(|(id, _)| *id == form) else {
        return Ok(Done::Cannot(
            "Its form was deleted or archived. Choose another one.".into(),
        ));
    };
    let client = doing.run.client_id;
    let asked = forms::store::assignments_of(tx, client).await?;
    let waits = asked
        .iter()
        .any(|one| one.form_id == form && one.done_at.is_none() && one.withdrawn_at.is_none());
    if waits {
        return Ok(Done::Passed(format!(
            "“{title}” waits for this client already."
        )));
    }
    let contacts = reachable(doing);
    if contacts.is_empty() {
        return Ok(Done::Passed(
            "Nobody it concerns can fill in a form: there is no contact that can come in.".into(),
        ));
    }
    let due = match days {
        Some(days) => {
            let now: jiff::civil::Date = today(tx.now(), &doing.studio.time_zone)
                .parse()
                .map_err(Error::internal)?;
            let due = now.checked_add(days.days()).map_err(Error::internal)?;
            Some(due.to_string())
        }
        None => None,
    };
    let new = forms::store::NewAssignment {
        form,
        client,
        contacts: &contacts,
        due: due.as_deref(),
        note: None,
    };
    forms::ask::ask(doing.app, tx, doing.studio, &new, true, &Actor::System, "-").await?;
    Ok(Done::Did(format!("Questionnaire “{title}” sent")))
}

async fn send_contract(
    tx: &mut StudioTx,
    doing: &Doing<'_>,
    id: ContractTemplateId,
) -> Result<Done> {
    let Some(template) = contracts::store::template(tx, id).await? else {
        return Ok(Done::Cannot(
            "Its contract template was deleted. Choose another one.".into(),
        ));
    };
    let signers = reachable(doing);
    if signers.is_empty() {
        return Ok(Done::Passed(
            "Nobody it concerns can sign: there is no contact that can come in.".into(),
        ));
    }
    let event = match Item::of(&doing.run.item_kind, doing.run.item_id) {
        Some(Item::Event(id)) => events::store::find(tx, id).await?,
        _ => events::store::next_of_client(tx, doing.run.client_id).await?,
    };
    let (title, words) = (template.title.clone(), (template.title, template.source));
    let (client, people) = (doing.run.client_id, &doing.facts.people);
    let draft = contracts::draft::begin(tx, doing.studio, client, words, event, people).await?;
    let doer = contracts::send::Doer::system();
    contracts::send::send(doing.app, tx, doing.studio, draft, None, &doer).await?;
    Ok(Done::Did(format!("Contract “{title}” sent")))
}

async fn activate(tx: &mut StudioTx, doing: &Doing<'_>) -> Result<Done> {
    let by = reach::By {
        actor: &Actor::System,
        reference: "-",
    };
    let mut told = Vec::new();
    for one in &doing.facts.people {
        if one.state != State::NotInvited {
            continue;
        }
        if let Some(user) = access::store::portal_user(tx, one.id).await? {
            reach::invite(doing.app, tx, doing.studio, &user, &by).await?;
            told.push(name(one));
        }
    }
    Ok(if told.is_empty() {
        Done::Passed("Nobody was left to invite.".into())
    } else {
        Done::Did(format!("Invitation to {}", told.join(", ")))
    })
}

/// A text without somebody it goes to: of the first it concerns.
async fn about(tx: &mut StudioTx, doing: &Doing<'_>, text: &str) -> Result<String> {
    match doing.facts.people.first() {
        Some(one) => filled(text, &values(tx, doing, one).await?),
        None => Ok(text.to_owned()),
    }
}

async fn notify(tx: &mut StudioTx, doing: &Doing<'_>, text: &str) -> Result<Done> {
    let client = &doing.facts.client;
    let params = json!({
        "client": client.name,
        "automation": doing.automation.name,
        "about": doing.run.title,
        "text": about(tx, doing, text).await?,
        "page": format!("{}/admin/clients/{}", doing.app.origin, client.id),
    });
    let (app, studio) = (doing.app, doing.studio);
    clients::tell::staff(app, tx, studio, client.group_id, "automation_staff", params).await?;
    Ok(Done::Did("Staff told by mail".into()))
}

async fn add_note(tx: &mut StudioTx, doing: &Doing<'_>, text: &str) -> Result<Done> {
    let text = about(tx, doing, text).await?;
    let subject = Subject("client", Some(doing.run.client_id.into_uuid()));
    let change = Change::made(&json!({ "note": text, "by": doing.automation.name }))?;
    audit::append(tx, &Actor::System, "note added", subject, change, "-").await?;
    Ok(Done::Did("Note added".into()))
}
