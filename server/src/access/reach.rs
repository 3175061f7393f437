//! What staff do to a contact's access: where it stands, letting in, letting out, passwords. Who may, and
//! the pages, stand in `admin`.

use portico_wire::{Code, access::Channel};
use serde_json::json;

use super::{
    LINK_SECONDS, links,
    store::{self, PortalUser},
    tell,
};
use crate::{
    App, Result,
    audit::{self, Actor, Change, Subject},
    db::StudioTx,
    error::Error,
    happenings::What,
    mail::{self, Message},
    secrets::{self, Secret},
    studios::Studio,
};

/// Where a contact's access stands. What keeps somebody out is named before what let them in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    NotInvited,
    Invited,
    /// Signed in at least once.
    Accepted,
    Disabled,
    Duplicate,
    NoEmail,
}

impl State {
    pub const ALL: &[Self] = &[
        Self::NotInvited,
        Self::Invited,
        Self::Accepted,
        Self::Disabled,
        Self::Duplicate,
        Self::NoEmail,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::NotInvited => "not_invited",
            Self::Invited => "invited",
            Self::Accepted => "accepted",
            Self::Disabled => "disabled",
            Self::Duplicate => "duplicate",
            Self::NoEmail => "no_email",
        }
    }

    pub const fn label(self) -> &'static str {
        match self {
            Self::NotInvited => "Not invited",
            Self::Invited => "Invited",
            Self::Accepted => "Active",
            Self::Disabled => "Disabled",
            Self::Duplicate => "Duplicate email",
            Self::NoEmail => "No email",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|state| state.name() == text)
    }

    /// The green cloud: an invitation went out, and the contact can come in.
    pub const fn is_let_in(self) -> bool {
        matches!(self, Self::Invited | Self::Accepted)
    }

    /// Why no invitation can go out, for people.
    pub const fn obstacle(self) -> Option<&'static str> {
        match self {
            Self::NotInvited | Self::Invited | Self::Accepted => None,
            Self::Disabled => Some("The access is switched off. Enable it first."),
            Self::Duplicate => Some(
                "This email stands on another contact too, so neither can sign in. Merge them, or clear one email, first.",
            ),
            Self::NoEmail => Some("There is no email to send an invitation to. Add one first."),
        }
    }

    pub fn check_invitable(self) -> Result<()> {
        match self.obstacle() {
            None => Ok(()),
            Some(why) => Err(Error::refused(Code::Conflict, why)),
        }
    }
}

portico_wire::text_column!(State);

/// What the list of portal users shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub state: Option<State>,
    /// The beginning of a name, an email or a client's name; or of two names.
    pub search: String,
}

/// Who does something, as the log names it.
pub struct By<'a> {
    pub actor: &'a Actor,
    pub reference: &'a str,
}

impl By<'_> {
    pub async fn note(
        &self,
        tx: &mut StudioTx,
        user: &PortalUser,
        action: &'static str,
        change: Change,
    ) -> Result<()> {
        let subject = Subject("contact", Some(user.id.into_uuid()));
        audit::append(tx, self.actor, action, subject, change, self.reference).await
    }
}

/// Invites a contact whose state allows it.
pub async fn invite(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    user: &PortalUser,
    by: &By<'_>,
) -> Result<()> {
    user.state.check_invitable()?;
    let to = store::candidate(tx, user.id)
        .await?
        .ok_or_else(Error::not_found)?;
    links::invite(app, tx, studio, &to).await?;
    let change = Change::made(&json!({ "email": to.email }))?;
    by.note(tx, user, "contact invited", change).await?;
    tell::happened(tx, user.id, What::PortalInvited, Some(by.actor)).await
}

/// Switches the access off: sessions and links end with it.
pub async fn disable(tx: &mut StudioTx, user: &PortalUser, by: &By<'_>) -> Result<()> {
    if !user.active {
        return Ok(());
    }
    store::save_active(tx, user.id, false).await?;
    shut_out(tx, user).await?;
    let change = Change::between(&json!({ "active": true }), &json!({ "active": false }))?;
    by.note(tx, user, "access disabled", change.unwrap_or_default())
        .await
}

pub async fn enable(tx: &mut StudioTx, user: &PortalUser, by: &By<'_>) -> Result<()> {
    if user.active {
        return Ok(());
    }
    store::save_active(tx, user.id, true).await?;
    let change = Change::between(&json!({ "active": false }), &json!({ "active": true }))?;
    by.note(tx, user, "access enabled", change.unwrap_or_default())
        .await
}

/// Ends everything with which the contact is in, or could come in without more.
pub async fn shut_out(tx: &mut StudioTx, user: &PortalUser) -> Result<()> {
    store::delete_sessions(tx, user.id, None).await?;
    store::revoke_links(tx, user.id).await?;
    store::end_codes(tx, user.id).await
}

/// The old password dies, all sessions and links end, and a link is made that chooses a new password.
pub async fn reset(tx: &mut StudioTx, user: &PortalUser, by: &By<'_>) -> Result<Secret> {
    store::drop_password(tx, user.id).await?;
    shut_out(tx, user).await?;
    let secret = Secret::random();
    store::insert_link(tx, user.id, "reset", &secret.hash(), LINK_SECONDS).await?;
    by.note(tx, user, "password reset", Change::none()).await?;
    Ok(secret)
}

/// A password that was made for a contact, hashed before any transaction is open.
pub struct Generated {
    password: String,
    hash: String,
}

impl Generated {
    pub async fn make(app: &App) -> Result<Self> {
        let password = secrets::password();
        let hash = app.passwords.hash(&password).await?;
        Ok(Self { password, hash })
    }
}

/// Stores a generated password, which works once, and mails it with short instructions. Clients' staff call this
/// for a new contact too, where the studio generates passwords (`Studio::generate_passwords`).
pub async fn send_password(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    user: &PortalUser,
    generated: &Generated,
    by: &By<'_>,
) -> Result<()> {
    user.state.check_invitable()?;
    let email = user.email.as_deref().ok_or_else(Error::not_found)?;
    store::give_password(tx, user.id, &generated.hash, true).await?;
    store::delete_sessions(tx, user.id, None).await?;
    store::note_invitation(tx, user.id).await?;
    let message = Message {
        contact: Some(user.id),
        channel: Channel::Email,
        recipient: email,
        template: "generated_password",
        params: json!({ "first_name": user.first_name, "email": email }),
        secrets: json!({ "password": generated.password }),
        expires_at: Some(tx.now().plus_seconds(LINK_SECONDS)),
    };
    mail::send(app, tx, studio, message).await?;
    tell::happened(tx, user.id, What::PortalInvited, Some(by.actor)).await?;
    by.note(
        tx,
        user,
        "password generated",
        Change::made(&json!({ "email": email }))?,
    )
    .await
}

/// A password that staff typed. The contact hears of it, without the password.
pub async fn set_password(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    user: &PortalUser,
    hash: &str,
    must_change: bool,
    by: &By<'_>,
) -> Result<()> {
    store::give_password(tx, user.id, hash, must_change).await?;
    store::delete_sessions(tx, user.id, None).await?;
    if let (Some(email), true) = (&user.email, user.state.obstacle().is_none()) {
        let params = json!({ "first_name": user.first_name, "must_change": must_change });
        let message = Message::mail((Some(user.id), email), "password_set", params);
        mail::send(app, tx, studio, message).await?;
    }
    let change = Change::made(&json!({ "must_change": must_change }))?;
    by.note(tx, user, "password set", change).await
}

/// Takes the email off a contact: it cannot sign in any more, and others with the same email can.
pub async fn clear_email(tx: &mut StudioTx, user: &PortalUser, by: &By<'_>) -> Result<()> {
    let Some(email) = &user.email else {
        return Ok(());
    };
    store::clear_email(tx, user.id).await?;
    shut_out(tx, user).await?;
    by.note(
        tx,
        user,
        "email cleared",
        Change::removed(&json!({ "email": email }))?,
    )
    .await
}

/// What a sign-in's outcome was, for staff: the true reason, whatever the contact was told.
pub fn outcome(text: &str) -> &'static str {
    match text {
        "in" => "Signed in",
        "unknown_email" => "No contact with this email",
        "duplicate_email" => "Email stands on several contacts",
        "access_disabled" => "Access is switched off",
        "invalid_password" => "Wrong password",
        "no_password" => "No password chosen yet",
        "password_closed" => "Too many wrong passwords",
        "passwords_off" => "Passwords are switched off",
        "code_wrong" => "Wrong code",
        "code_expired" => "Code too old",
        "code_used" => "Code used already",
        "code_spent" => "Too many wrong codes",
        "code_too_soon" => "Another code asked for too soon",
        "link_invalid" => "Link no longer valid",
        "weak_password" => "New password too weak",
        _ => "Something went wrong",
    }
}

/// How somebody tried to come in.
pub fn way(text: &str) -> &'static str {
    match text {
        "code" => "Code",
        "password" => "Password",
        "link" => "Link",
        "reset" => "Reset",
        "new_password" => "New password",
        "view_as" => "Viewed by staff",
        _ => "Other",
    }
}

/// What an entry of the log says in a contact's history.
pub fn history(action: &str) -> String {
    let text = match action {
        "contact invited" => "Invitation sent",
        "link copied" => "Personal link made",
        "link revoked" => "Personal link revoked",
        "password reset" => "Password reset by staff",
        "password set" => "Password typed by staff",
        "password generated" => "Random password sent",
        "password chosen" => "Password chosen",
        "device signed out" => "Signed out by staff",
        "viewed as contact" => "Portal viewed as this contact",
        "contacts merged" => "Merged with another contact",
        other => {
            let mut text = other.to_owned();
            if let Some(first) = text.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            return text;
        }
    };
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l5_a_cloud_is_green_where_an_invitation_went_out_and_counts() {
        let green: Vec<_> = State::ALL
            .iter()
            .filter(|state| state.is_let_in())
            .collect();
        assert_eq!(green, [&State::Invited, &State::Accepted]);
        for state in State::ALL {
            assert_eq!(State::parse(state.name()), Some(*state));
            assert!(!(state.is_let_in() && state.obstacle().is_some()));
        }
    }

    #[test]
    fn an_action_reads_as_a_sentence_begins() {
        assert_eq!(history("access disabled"), "Access disabled");
        assert_eq!(history("contact invited"), "Invitation sent");
        assert_eq!(history(""), "");
    }
}
