//! The demo studio's forms: one for updates, one for everybody, questionnaires in every state.

use portico_wire::{
    AssignmentId, ClientId, ContactId, FormId,
    clients::Address,
    forms::{Answer, Answers, Chosen, FieldChange, Form, keep},
};

use crate::{
    App, Result,
    audit::Actor,
    clock::today,
    db::StudioTx,
    error::Error,
    forms::{
        Target, ask, gallery,
        store::{self, NewAssignment, Viewer},
    },
    studios::Studio,
};

/// The people forms are about.
pub struct People {
    pub couple: ClientId,
    pub ada: ContactId,
    pub ben: ContactId,
    pub company: ClientId,
    pub office: ContactId,
    pub site: ContactId,
}

const BEFORE_WE_MEET: &str = r#"{
  "title": "Before we meet",
  "intro": "Five short questions, so that we can use our hour well.",
  "thanks": "Thank you! See you soon.",
  "fields": [
    { "id": "f1", "kind": { "type": "one", "options": ["At your studio", "At our place", "By video"] }, "label": "Where shall we meet?", "required": true },
    { "id": "f2", "kind": { "type": "many", "options": ["Prices", "The plan for the day", "Albums and prints", "Your style"] }, "label": "What would you like to talk about?" },
    { "id": "f3", "kind": { "type": "rating", "max": 5 }, "label": "How settled are your plans?" },
    { "id": "f4", "kind": { "type": "long_text", "max": 2000 }, "label": "What matters most to you?" },
    { "id": "f5", "kind": { "type": "phone" }, "label": "A number to reach you on that day", "required": true }
  ]
}"#;

fn text(text: &str) -> Answer {
    Answer::Text(text.into())
}
fn chosen(options: &[&str]) -> Answer {
    Answer::Choices(Chosen {
        options: options.iter().map(|&one| one.to_owned()).collect(),
        other: None,
    })
}
fn address(line1: &str, city: &str, postcode: &str) -> Answer {
    Answer::Address(Address {
        line1: Some(line1.into()),
        city: Some(city.into()),
        postcode: Some(postcode.into()),
        country: Some("GB".into()),
        ..Address::default()
    })
}

async fn ready(tx: &mut StudioTx, studio: &Studio, name: &str) -> Result<FormId> {
    let ready = gallery::find(name).ok_or_else(Error::not_found)?;
    store::insert_form(tx, ready.label, &ready.form(studio)?).await
}

async fn publish(tx: &mut StudioTx, form: FormId, update: bool) -> Result<()> {
    let mut form = store::get_form(tx, form).await?;
    form.in_portal = !update;
    form.default_update = update;
    store::save_form(tx, &form).await?;
    Ok(())
}

/// Types answers into what a contact was asked or offered.
async fn fill_in(
    tx: &mut StudioTx,
    target: Target,
    who: Viewer,
    answers: Vec<(&str, Answer)>,
    send: bool,
) -> Result<()> {
    let opened = store::opened(tx, target, who).await?;
    let opened = opened.ok_or_else(Error::not_found)?;
    let mut draft = opened.draft();
    let changes = answers.into_iter().map(|(field, answer)| FieldChange {
        field: field.into(),
        answer: Some(answer),
        age: 3600,
    });
    draft.merge(changes.collect(), who.contact, 0, 1, tx.now());
    let id = store::insert_draft(tx, &opened, opened.number, who, &draft).await?;
    let id = id.ok_or_else(Error::not_found)?;
    if send {
        let form = &opened.definition;
        let answers = keep(form, &draft.answers(form, &Answers::new()));
        store::submit(tx, id, who.contact, &answers, "demo-demo").await?;
        if let Target::Questionnaire(assignment) = target {
            store::mark_done(tx, assignment).await?;
        }
    }
    Ok(())
}

fn one(contact: ContactId, client: ClientId) -> Viewer {
    Viewer {
        contact,
        client,
        everything: false,
    }
}

struct Asking<'a> {
    app: &'a App,
    studio: &'a Studio,
}

impl Asking<'_> {
    async fn ask(
        &self,
        tx: &mut StudioTx,
        form: FormId,
        client: ClientId,
        contacts: &[ContactId],
        days: i64,
    ) -> Result<AssignmentId> {
        let due = today(tx.now().plus_seconds(days * 86_400), &self.studio.time_zone);
        let new = NewAssignment {
            form,
            client,
            contacts,
            due: Some(&due),
            note: None,
        };
        if days < 0 {
            // Asked when that day was still to come.
            return store::insert_assignment(tx, &new).await;
        }
        ask::ask(
            self.app,
            tx,
            self.studio,
            &new,
            false,
            &Actor::System,
            "demo",
        )
        .await
    }
}

pub async fn fill(app: &App, tx: &mut StudioTx, studio: &Studio, people: &People) -> Result<()> {
    let update = ready(tx, studio, "contact-update").await?;
    publish(tx, update, true).await?;
    let wedding = ready(tx, studio, "wedding").await?;
    let brief = ready(tx, studio, "event-brief").await?;
    publish(tx, brief, false).await?;
    let meeting: Form = serde_json::from_str(BEFORE_WE_MEET)?;
    let meeting = store::insert_form(tx, &meeting.title, &meeting).await?;

    let asking = Asking { app, studio };
    let (couple, company) = (people.couple, people.company);
    let ada = asking.ask(tx, wedding, couple, &[people.ada], 20).await?;
    let begun = vec![
        ("date", Answer::Date("2027-06-19".into())),
        ("partner_one", text("Ada Carter")),
        ("partner_two", text("Ben Carter")),
        ("guests", Answer::Number("85".into())),
        ("ceremony_kind", chosen(&["Outdoors"])),
        ("rain_plan", text("We move into the orangery.")),
        (
            "ceremony_address",
            address("Walcot Gardens", "Bath", "BA1 5DH"),
        ),
    ];
    let (by_ada, by_ben) = (one(people.ada, couple), one(people.ben, couple));
    fill_in(tx, Target::Questionnaire(ada), by_ada, begun, false).await?;
    asking.ask(tx, wedding, couple, &[people.ben], 20).await?;

    let both = asking
        .ask(tx, meeting, couple, &[people.ada, people.ben], -40)
        .await?;
    let answers = vec![
        ("f1", chosen(&["At your studio"])),
        ("f2", chosen(&["The plan for the day", "Albums and prints"])),
        ("f3", Answer::Rating(3)),
        ("f4", text("That nobody has to pose for hours.")),
        ("f5", text("+441225555020")),
    ];
    fill_in(tx, Target::Questionnaire(both), by_ben, answers, true).await?;

    asking
        .ask(tx, meeting, company, &[people.office], -5)
        .await?;
    asking
        .ask(tx, brief, company, &[people.office, people.site], 7)
        .await?;
    let answers = vec![
        ("name", text("Harbour Festival, hospitality tents")),
        ("kind", chosen(&["Festival"])),
        ("date", Answer::Date("2027-07-17".into())),
        ("from", Answer::Time("11:00".into())),
        ("to", Answer::Time("23:30".into())),
        ("venue", address("Millennium Square", "Bristol", "BS1 5DB")),
        ("guests", Answer::Number("1200".into())),
        ("roles", chosen(&["Waiting staff", "Bar staff", "Security"])),
        ("licence", Answer::YesNo(true)),
        ("dress", chosen(&["All black"])),
        ("budget", Answer::Money(1_850_000)),
    ];
    let by_office = one(people.office, company);
    fill_in(tx, Target::Form(brief), by_office, answers, true).await
}
