//! Signing in and out: codes, passwords, direct links, sessions, proofs.

use serde::{Deserialize, Serialize};

use crate::{ContactId, SessionId, Timestamp, portal::Home};

/// The way a code travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Email,
    Sms,
}

impl Channel {
    pub const ALL: &[Channel] = &[Channel::Email, Channel::Sms];

    pub const fn name(self) -> &'static str {
        match self {
            Channel::Email => "email",
            Channel::Sms => "sms",
        }
    }
}

#[cfg(feature = "server")]
crate::text_column!(Channel);

/// `POST sign-in/code`: send me a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AskCode {
    #[cfg_attr(feature = "server", schema(max_length = 254))]
    pub email: String,
    /// `email` for "send it by email instead"; absent: SMS where the contact has a mobile
    /// number, else email.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
}

/// The code is on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct CodeAsked {
    /// Secret of this request: the code works only together with it.
    pub request: String,
    pub channel: Channel,
    /// Where it went, masked: `c•••@demo.test`, `•••• 0142`.
    pub to: String,
    /// Seconds until another code can be asked for.
    pub resend_after: u32,
    /// Seconds until this one expires.
    pub expires_in: u32,
}

/// `POST sign-in/code/redeem`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RedeemCode {
    #[cfg_attr(feature = "server", schema(max_length = 128))]
    pub request: String,
    /// Eight digits; spaces and dashes are ignored.
    #[cfg_attr(feature = "server", schema(max_length = 32))]
    pub code: String,
    #[serde(default)]
    pub stay_signed_in: bool,
}

/// `POST sign-in/password`
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PasswordSignIn {
    #[cfg_attr(feature = "server", schema(max_length = 254))]
    pub email: String,
    #[cfg_attr(feature = "server", schema(max_length = 256))]
    pub password: String,
    #[serde(default)]
    pub stay_signed_in: bool,
}

/// `POST password/reset`: mail me a link to choose a new password. Answers 202.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AskReset {
    #[cfg_attr(feature = "server", schema(max_length = 254))]
    pub email: String,
}

/// What was done with [`AskReset`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ResetAsked {
    /// Where the link went, masked.
    pub to: String,
}

/// `POST sign-in/link`: what is this link for? Looking does not use it up.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LookAtLink {
    /// From the address's fragment, `#portico=…`.
    #[cfg_attr(feature = "server", schema(max_length = 128))]
    pub secret: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct LinkSeen {
    pub email: String,
    pub first_name: String,
    pub next: LinkNext,
}

/// What the holder of a link does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LinkNext {
    /// Choose a password, with [`RedeemLink`]: the first visit, or after a reset.
    ChoosePassword,
    /// Sign in as usual; the email is filled in.
    SignIn,
}

/// `POST sign-in/link/redeem`: choose a password and come in. Uses the link up.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RedeemLink {
    #[cfg_attr(feature = "server", schema(max_length = 128))]
    pub secret: String,
    #[cfg_attr(feature = "server", schema(max_length = 256))]
    pub password: String,
    #[serde(default)]
    pub stay_signed_in: bool,
}

/// `POST sign-in/view-as`: a staff member looks at the portal as a contact sees it, read-only, for half an
/// hour. Works once, on the host's own page.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ViewAs {
    /// From the address's fragment, `#portico=view.…`, whole.
    #[cfg_attr(feature = "server", schema(max_length = 128))]
    pub secret: String,
}

/// `POST sign-in/new-password`: choose the password that [`SignIn::NewPassword`] asked for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChooseNewPassword {
    #[cfg_attr(feature = "server", schema(max_length = 128))]
    pub proof: String,
    #[cfg_attr(feature = "server", schema(max_length = 256))]
    pub password: String,
    #[serde(default)]
    pub stay_signed_in: bool,
}

/// The reply to every right code, password or link.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SignIn {
    /// In. The reply carries home, so that nothing more has to be asked for.
    In {
        /// Opaque; goes into `Authorization: Bearer …`. A reply's `Portico-Token` header
        /// replaces it; the old one then lives 60 s.
        token: String,
        home: Box<Home>,
    },
    /// Right, but a new password has to be chosen first, with [`ChooseNewPassword`].
    NewPassword { proof: String },
}

/// What a proof is for. A proof made for one act is worth nothing for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Act {
    ChangePassword,
    ChangeEmail,
    Sign,
}

impl Act {
    pub const ALL: &[Act] = &[Act::ChangePassword, Act::ChangeEmail, Act::Sign];

    pub const fn name(self) -> &'static str {
        match self {
            Act::ChangePassword => "change_password",
            Act::ChangeEmail => "change_email",
            Act::Sign => "sign",
        }
    }
}

/// `POST proof/code`: send a code that proves who is there. Answers [`CodeAsked`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AskProof {
    pub act: Act,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
}

/// `POST proof`: the code, or the password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
pub enum Prove {
    Code {
        act: Act,
        #[cfg_attr(feature = "server", schema(max_length = 128))]
        request: String,
        #[cfg_attr(feature = "server", schema(max_length = 32))]
        code: String,
    },
    Password {
        act: Act,
        #[cfg_attr(feature = "server", schema(max_length = 256))]
        password: String,
    },
}

/// Good for five minutes, for one act, once, in this session.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Proof {
    pub proof: String,
}

/// `POST password`: change or first choose the password; needs a proof for
/// [`Act::ChangePassword`]. Ends every other session of the contact. Answers 204.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    #[cfg_attr(feature = "server", schema(max_length = 128))]
    pub proof: String,
    #[cfg_attr(feature = "server", schema(max_length = 256))]
    pub password: String,
}

/// `GET devices`: the contact's own sessions, the latest used first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Devices {
    pub devices: Vec<Device>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Device {
    pub id: SessionId,
    /// "Chrome on Android".
    pub name: String,
    /// The page it is used on.
    pub origin: String,
    /// The network address it was last seen at.
    pub address: String,
    pub signed_in_at: Timestamp,
    pub last_used_at: Timestamp,
    /// The one asking.
    pub here: bool,
    pub stays_signed_in: bool,
}

/// `POST sign-out`. Answers 204.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignOut {
    #[serde(default)]
    pub everywhere: bool,
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Me {
    pub id: ContactId,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub has_password: bool,
}
