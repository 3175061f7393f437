//! Personal Info as a form: the fields a contact may change where the studio chose no form for it.

use portico_wire::{
    Code,
    clients::{ChangeProfile, ProfileEdit},
    forms::{Answers, Field, Form, Kind, OneOf, TextLimits, Tie, check_field},
};

use super::{
    store, tell, texts,
    ties::{Line, Person},
};
use crate::{
    App, Result,
    clients::fields::{BuiltIn, Field as Own, Kind as OwnKind},
    error::Error,
    scope::PortalSession,
    studios::{self, settings::LANGUAGES},
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

/// The fields this contact may change, with what they are; none where there is no such field.
pub fn edit(person: &Person) -> Option<ProfileEdit> {
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
    let form = Form {
        title: "Personal Info".into(),
        fields: built_in.chain(own).collect(),
        ..Form::default()
    };
    let answers = person.known(&form);
    (!form.fields.is_empty()).then(|| ProfileEdit {
        form,
        answers,
        country: person.choices.country.clone(),
    })
}

/// Changes what the contact sent; what became of it.
pub async fn change(
    app: &App,
    session: &PortalSession,
    change: &ChangeProfile,
) -> Result<Vec<Line>> {
    let mut tx = app.db.write(session).await?;
    if store::update_form(&mut tx).await?.is_some() {
        return Err(Error::refused(
            Code::Forbidden,
            "The studio has a form for this. Please choose Update Info.",
        ));
    }
    let studio = studios::store::get(&mut tx).await?;
    let before = Person::load(&mut tx, session.contact, studio.country.clone()).await?;
    let form = edit(&before).map(|edit| edit.form).unwrap_or_default();
    let mut after = before.clone();
    take_all(&mut after, &form, &change.answers)?;
    let changes = after.save(&mut tx, &before).await?;
    let lines = changes.lines();
    if !lines.is_empty() {
        tell::note_changes(&mut tx, session, &before, &changes).await?;
        tell::tell_staff(
            app,
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
    Ok(lines)
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
