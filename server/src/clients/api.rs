//! Personal Info, for the widget.

use portico_wire::{
    Right,
    clients::{Address, Profile, ProfileField},
};

use super::{
    fields::{BuiltIn, BuiltIns, Field, Owner},
    store,
};
use crate::{
    Result,
    error::Error,
    forms::{self, ties::Person},
    scope::Reading,
    studios,
    web::body::Json,
};

/// The contact's own details and its client's, as far as the studio shows them.
#[utoipa::path(get, path = "/profile", tag = "portal", params(("studio" = String, Path)),
    responses((status = 200, body = Profile)), security(("session" = [])))]
pub async fn get_profile(Reading { session, mut tx }: Reading) -> Result<Json<Profile>> {
    session.section(Right::PersonalInfo)?;
    let tx = &mut tx;
    let (profile, client, contact) = store::profile(tx, session.contact)
        .await?
        .ok_or_else(Error::not_found)?;
    let fields = store::fields(tx).await?;
    let built_in = store::built_in(tx).await?;
    let mut profile = shown(profile, &built_in);
    profile.fields = fields
        .iter()
        .filter(|field| field.in_portal)
        .filter_map(|field| {
            let values = match field.owner {
                Owner::Client => &client,
                Owner::Contact => &contact,
            };
            values.0.get(&field.id).map(|value| line(field, value))
        })
        .collect();
    if session.rights.has(Right::EditProfile) {
        let email = built_in.get(BuiltIn::Email);
        profile.email_changeable = email.in_portal && email.changeable;
        profile.update_form = forms::store::update_form(tx).await?;
        if profile.update_form.is_none() {
            let studio = studios::store::get(tx).await?;
            let person = Person::load(tx, session.contact, studio.country).await?;
            profile.edit = forms::profile::form(&person).is_some();
        }
    }
    Ok(Json(profile))
}

fn line(field: &Field, value: &serde_json::Value) -> ProfileField {
    ProfileField {
        label: field.label.clone(),
        value: field.shown(value),
    }
}

/// What the studio hides is not there.
fn shown(mut profile: Profile, said: &BuiltIns) -> Profile {
    let hidden = |field| !said.get(field).in_portal;
    if hidden(BuiltIn::Email) {
        profile.contact.email = None;
    }
    if hidden(BuiltIn::Mobile) {
        profile.contact.mobile = None;
    }
    if hidden(BuiltIn::Language) {
        profile.contact.language = None;
    }
    if hidden(BuiltIn::Phone) {
        profile.client.phone = None;
    }
    if hidden(BuiltIn::Address) {
        profile.client.address = Address::default();
    }
    profile.password = !hidden(BuiltIn::Password);
    profile
}
