//! What a client or one contact may see and do: yes, no, or as inherited.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::{ClientId, ContactId, Right, Rights, Settings};
use serde::Serialize;
use serde_json::json;

use super::{
    super::{rights::label, store},
    about_client, about_contact, client_path, note,
};
use crate::{
    App, Result,
    audit::{Change, Subject},
    db::StudioTx,
    scope::{Member, StaffSession},
    studios,
    web::{
        admin,
        body::Id,
        form::{Form, Sent},
        redirect,
    },
};

#[derive(Serialize)]
struct Line {
    name: &'static str,
    label: &'static str,
    /// `yes`, `no`, or nothing.
    value: &'static str,
    inherited: bool,
    from: &'static str,
    /// Off for the whole studio: nothing that is chosen here counts.
    off: bool,
}

/// The rights above this one: the studio's, and for a contact its client's.
struct Above<'a> {
    studio: &'a Settings,
    client: Option<&'a Settings>,
}

fn lines(own: &Settings, above: &Above<'_>) -> Vec<Line> {
    let empty = Settings::default();
    let inherited = Rights::resolve(above.studio, above.client.unwrap_or(&empty), &empty);
    Right::ALL
        .iter()
        .map(|&right| Line {
            name: right.name(),
            label: label(right),
            value: match own.get(right) {
                Some(true) => "yes",
                Some(false) => "no",
                None => "",
            },
            inherited: inherited.has(right),
            from: match above.client.and_then(|client| client.get(right)) {
                Some(_) => "the client",
                None => "the studio",
            },
            off: right.is_section() && !above.studio.get(right).unwrap_or(right.by_default()),
        })
        .collect()
}

fn read(sent: &Sent) -> Settings {
    let chosen = Right::ALL
        .iter()
        .filter_map(|&right| match sent.text(right.name()).as_str() {
            "yes" => Some((right, true)),
            "no" => Some((right, false)),
            _ => None,
        });
    Settings(chosen.collect())
}

/// A page about rights: whose they are.
struct Whose {
    name: String,
    client: ClientId,
    contact: Option<ContactId>,
    own: Settings,
    studio: Settings,
    above: Option<Settings>,
}

impl Whose {
    async fn client(tx: &mut StudioTx, id: ClientId) -> Result<Self> {
        let client = store::get_client(tx, id).await?;
        Ok(Self {
            name: client.name,
            client: id,
            contact: None,
            own: client.rights,
            studio: studios::store::get(tx).await?.rights,
            above: None,
        })
    }

    async fn contact(tx: &mut StudioTx, id: ContactId) -> Result<Self> {
        let contact = store::get_contact(tx, id).await?;
        let client = store::get_client(tx, contact.client_id).await?;
        Ok(Self {
            name: contact.name(),
            client: client.id,
            contact: Some(id),
            own: contact.rights,
            studio: studios::store::get(tx).await?.rights,
            above: Some(client.rights),
        })
    }

    /// The client's page, where the contact stands if it is about one.
    fn back(&self) -> String {
        let page = client_path(self.client);
        match self.contact {
            Some(contact) => format!("{page}#contact-{contact}"),
            None => page,
        }
    }

    fn subject(&self) -> Subject {
        match self.contact {
            Some(contact) => about_contact(contact),
            None => about_client(self.client),
        }
    }

    async fn save(&self, tx: &mut StudioTx, rights: &Settings) -> Result<()> {
        match self.contact {
            Some(contact) => store::save_contact_rights(tx, contact, rights).await,
            None => store::save_client_rights(tx, self.client, rights).await,
        }
    }

    fn page(
        &self,
        app: &App,
        session: &StaffSession,
        typed: Option<&Settings>,
    ) -> Result<Response> {
        let above = Above {
            studio: &self.studio,
            client: self.above.as_ref(),
        };
        let lines = lines(typed.unwrap_or(&self.own), &above);
        let (sections, acts): (Vec<Line>, Vec<Line>) = lines
            .into_iter()
            .zip(Right::ALL)
            .map(|(line, right)| (line, right.is_section()))
            .fold(
                (Vec::new(), Vec::new()),
                |(mut some, mut others), (line, section)| {
                    if section {
                        some.push(line);
                    } else {
                        others.push(line);
                    }
                    (some, others)
                },
            );
        let body = json!({
            "name": self.name,
            "is_contact": self.contact.is_some(),
            "path": session.path,
            "back": self.back(),
            "was": serde_json::to_string(&self.own)?,
            "sections": sections,
            "acts": acts,
            "conflict": typed.is_some(),
        });
        admin::page(app, session, "clients/rights.html", body)
    }
}

async fn save(
    app: &App,
    session: &StaffSession,
    mut tx: StudioTx,
    whose: &Whose,
    sent: &Sent,
) -> Result<Response> {
    let rights = read(sent);
    let Some(change) = Change::between(&whose.own, &rights)? else {
        return Ok(redirect::see(&whose.back(), "Nothing was changed."));
    };
    // The form carries the rights it was made from.
    if sent.text("was") != serde_json::to_string(&whose.own)? {
        drop(tx);
        let page = whose.page(app, session, Some(&rights))?;
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    whose.save(&mut tx, &rights).await?;
    note(&mut tx, session, "rights changed", whose.subject(), change).await?;
    tx.commit().await?;
    let notice = format!(
        "The rights of {} are saved. They count from the next click on.",
        whose.name
    );
    Ok(redirect::see(&whose.back(), &notice))
}

/// `GET /admin/clients/{id}/rights`
pub async fn show_client_rights(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ClientId>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    Whose::client(&mut tx, id).await?.page(&app, &session, None)
}

/// `POST /admin/clients/{id}/rights`
pub async fn save_client_rights(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ClientId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let whose = Whose::client(&mut tx, id).await?;
    save(&app, &session, tx, &whose, &sent).await
}

/// `GET /admin/clients/contacts/{id}/rights`
pub async fn show_contact_rights(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ContactId>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    Whose::contact(&mut tx, id)
        .await?
        .page(&app, &session, None)
}

/// `POST /admin/clients/contacts/{id}/rights`
pub async fn save_contact_rights(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ContactId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let whose = Whose::contact(&mut tx, id).await?;
    save(&app, &session, tx, &whose, &sent).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l14_what_is_inherited_and_from_where_is_told_for_each_right() {
        let says = |right, yes| Settings([(right, yes)].into());
        let studio = Settings([(Right::Events, false), (Right::Pay, false)].into());
        let client = says(Right::Upload, false);
        let above = Above {
            studio: &studio,
            client: Some(&client),
        };
        let lines = lines(&says(Right::Pay, true), &above);
        let line = |right: Right| lines.iter().find(|line| line.name == right.name()).unwrap();
        assert!(line(Right::Events).off && !line(Right::Home).off);
        let pay = line(Right::Pay);
        assert_eq!(
            (pay.value, pay.inherited, pay.from),
            ("yes", false, "the studio")
        );
        let upload = line(Right::Upload);
        assert_eq!(
            (upload.value, upload.inherited, upload.from),
            ("", false, "the client")
        );
        assert_eq!(lines.len(), Right::ALL.len());
    }
}
