//! Personal Info as a form: the fields a contact may change where the studio chose no form for it.

use axum::extract::State;
use portico_wire::{
    Code, Right,
    forms::{Answers, Field, Form, Kind, OneOf, TextLimits, Tie, check_field},
    prompts::{Prompt, PromptDone, Prompted},
};

use super::{store, tell, texts, ties::Person};
use crate::{
    App, Result,
    clients::fields::{BuiltIn, Field as Own, Kind as OwnKind},
    db::StudioTx,
    error::Error,
    scope::{PortalSession, Reading},
    studios::{self, Studio, settings::LANGUAGES},
    web::body::{Json, LongBody},
};

const BUILT_IN: &[(BuiltIn, Tie, &str)] = &[
    (BuiltIn::Name, Tie::FirstName, "First name"),
    (BuiltIn::Name, Tie::LastName, "Last name"),
    (BuiltIn::Mobile, Tie::Mobile, "Mobile"),
    (BuiltIn::Language, Tie::Language, "Language"),
    (BuiltIn::Phone, Tie::Phone, "Phone"),
    (BuiltIn::Address, Tie::Address, "Address"),
];

fn field(tie: Tie, id: String, label: &str, kind: Kind) -> Field {
    Field {
        id,
        kind,
        label: label.into(),
        help: None,
        placeholder: None,
        required: false,
        default: None,
        show_if: None,
        tie: Some(tie),
    }
}

fn text(max: u32) -> TextLimits {
    TextLimits {
        max: Some(max),
        ..TextLimits::default()
    }
}

fn one(options: impl IntoIterator<Item = String>) -> Kind {
    Kind::DropDown(OneOf {
        options: options.into_iter().collect(),
        other: false,
    })
}

fn built_in(tie: Tie, label: &str) -> Field {
    let kind = match tie {
        Tie::FirstName | Tie::LastName => Kind::Text(text(60)),
        Tie::Mobile | Tie::Phone => Kind::Phone,
        Tie::Address => Kind::Address,
        Tie::Language => one(LANGUAGES.iter().map(|(_, name)| (*name).to_owned())),
        Tie::Email | Tie::Own(_) => Kind::Text(text(1000)),
    };
    field(tie, tie.name().unwrap_or_default().to_owned(), label, kind)
}

fn own(own: &Own, stored: Option<String>) -> Field {
    let kind = match own.kind {
        OwnKind::Text => Kind::LongText(text(1000)),
        // What is stored stays valid when the list forgets it.
        OwnKind::Choice => {
            let forgotten = stored.filter(|stored| !own.choices.contains(stored));
            one(own.choices.iter().cloned().chain(forgotten))
        }
        OwnKind::Date => Kind::Date(portico_wire::forms::DateLimits::default()),
        OwnKind::Number => Kind::Number(portico_wire::forms::NumberLimits {
            decimals: 6,
            ..portico_wire::forms::NumberLimits::default()
        }),
        OwnKind::YesNo => Kind::YesNo,
    };
    field(Tie::Own(own.id), own.id.to_string(), &own.label, kind)
}

/// The fields this contact may change; none where there is no such field.
pub fn form(person: &Person) -> Option<Form> {
    let may = |field: BuiltIn| {
        let said = person.built_in.get(field);
        said.in_portal && said.changeable
    };
    let built_in = BUILT_IN
        .iter()
        .filter(|(field, ..)| may(*field))
        .map(|&(_, tie, label)| built_in(tie, label));
    let own = person
        .choices
        .fields
        .iter()
        .filter(|own| own.in_portal && own.changeable)
        .map(|one| own(one, person.stored(one)));
    let fields: Vec<Field> = built_in.chain(own).collect();
    (!fields.is_empty()).then(|| Form {
        title: "Your details".into(),
        fields,
        ..Form::default()
    })
}

/// This contact, and the form of what it may change.
async fn changeable(tx: &mut StudioTx, session: &PortalSession) -> Result<(Studio, Person, Form)> {
    session.section(Right::PersonalInfo)?;
    session.may(Right::EditProfile)?;
    if store::update_form(tx).await?.is_some() {
        return Err(Error::refused(
            Code::Forbidden,
            "The studio has a form for this. Please choose Update Info.",
        ));
    }
    let studio = studios::store::get(tx).await?;
    let person = Person::load(tx, session.contact, studio.country.clone()).await?;
    let form = form(&person).ok_or_else(Error::not_found)?;
    Ok((studio, person, form))
}

/// What the contact may change, where the studio has no form for that, with what it is now.
#[utoipa::path(get, path = "/profile/form", tag = "portal", params(("studio" = String, Path)),
    responses((status = 200, body = Prompt)), security(("session" = [])))]
pub async fn get_profile_form(Reading { session, mut tx }: Reading) -> Result<Json<Prompt>> {
    let (studio, person, form) = changeable(&mut tx, &session).await?;
    Ok(Json(Prompt {
        answers: person.known(&form),
        form,
        act: "Save".to_owned(),
        country: studio.country,
        changes: true,
        ..Prompt::default()
    }))
}

/// Changes what the contact sent; a blank answer clears a field.
#[utoipa::path(post, path = "/profile/form", tag = "portal", params(("studio" = String, Path)), request_body = Prompted,
    responses((status = 200, body = PromptDone)), security(("session" = [])))]
pub async fn send_profile_form(
    State(app): State<App>,
    session: PortalSession,
    LongBody(sent): LongBody<Prompted>,
) -> Result<Json<PromptDone>> {
    let mut tx = app.db.write(&session).await?;
    let (studio, before, form) = changeable(&mut tx, &session).await?;
    let mut after = before.clone();
    take_all(&mut after, &form, &sent.answers)?;
    let changes = after.save(&mut tx, &before).await?;
    let lines = changes.lines();
    if !lines.is_empty() {
        tell::note_changes(&mut tx, &session, &before, &changes).await?;
        tell::tell_staff(
            &app,
            &mut tx,
            &studio,
            &after,
            "profile_changed",
            &lines,
            None,
        )
        .await?;
    }
    tx.commit().await?;
    Ok(Json(PromptDone {
        said: (!lines.is_empty()).then(|| "Your details are saved.".to_owned()),
        path: None,
        leave: None,
    }))
}

fn take_all(person: &mut Person, form: &Form, answers: &Answers) -> Result<()> {
    // A first name may be cleared in the same breath as the last one is filled in.
    let in_order = form
        .fields
        .iter()
        .filter_map(|field| Some((field, answers.get(&field.id)?)));
    if let Some((unknown, _)) = answers
        .iter()
        .find(|(id, _)| !form.fields.iter().any(|field| field.id == *id))
    {
        let refused = Error::refused(
            Code::Forbidden,
            "This cannot be changed here. Please ask the studio.",
        );
        return Err(refused.field(unknown.to_owned()));
    }
    let (blank, filled): (Vec<_>, Vec<_>) = in_order.partition(|(_, answer)| answer.is_blank());
    for (field, answer) in filled.into_iter().chain(blank) {
        if let Some(trouble) = check_field(field, Some(answer)) {
            let text = texts::wrong(&trouble, &field.kind);
            return Err(Error::invalid(field.id.clone(), text));
        }
        let answer = (!answer.is_blank()).then_some(answer);
        person
            .take(field, answer)
            .map_err(|error| error.field(field.id.clone()))?;
    }
    Ok(())
}
