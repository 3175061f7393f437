//! The error envelope: problem details (RFC 9457) with a stable code, a sentence for people and
//! a reference that stands in the server's log.

use serde::{Deserialize, Serialize};

use crate::studios::Support;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $status:literal, $title:literal;)*) => {
        /// What went wrong, for programs. Codes are never renamed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum Code {
            $($(#[$doc])* $name,)*
            /// A code of a newer server.
            #[serde(other)]
            Other,
        }

        impl Code {
            pub const fn text(self) -> &'static str {
                match self { $(Code::$name => $text,)* Code::Other => "other" }
            }
            pub const fn status(self) -> u16 {
                match self { $(Code::$name => $status,)* Code::Other => 500 }
            }
            pub const fn title(self) -> &'static str {
                match self { $(Code::$name => $title,)* Code::Other => "Error" }
            }
        }
    };
}

codes! {
    // The request itself
    Malformed = "malformed", 400, "The request could not be read";
    UnsupportedMediaType = "unsupported_media_type", 415, "Unsupported media type";
    TooLarge = "too_large", 413, "The request is too large";
    /// One field is wrong; `field` names it.
    Invalid = "invalid", 422, "Please check what was entered";
    NotFound = "not_found", 404, "Not found";
    MethodNotAllowed = "method_not_allowed", 405, "Method not allowed";
    Forbidden = "forbidden", 403, "Not allowed";
    Conflict = "conflict", 409, "Something changed in the meantime";
    RateLimited = "rate_limited", 429, "Too many requests";
    Timeout = "timeout", 503, "The server is busy";
    Internal = "internal", 500, "Unknown Error";
    /// There is no room, or the storage does not answer; nothing was kept.
    NotStored = "not_stored", 503, "The file could not be stored";
    /// The page asking is not on the studio's list of origins.
    OriginRefused = "origin_refused", 403, "This website is not on the studio's list";
    /// The loader or widget is too old for this server.
    Outdated = "outdated", 410, "This page is out of date";

    // The studio
    UnknownStudio = "unknown_studio", 404, "Unknown studio";
    PortalClosed = "portal_closed", 403, "The client portal is closed";
    /// Shown as "Error 101".
    SubscriptionExpired = "subscription_expired", 402, "Error 101";
    /// Shown as "Error 102".
    SubscriptionPastDue = "subscription_past_due", 402, "Error 102";

    // Money
    /// Something is to be signed first; `field` is the contract's id where this contact sees it.
    PaymentWaits = "payment_waits", 409, "Please sign first";
    /// The studio takes no payments here.
    PaymentsOff = "payments_off", 409, "Payments are not taken here";
    /// There is nothing to pay any more.
    NothingToPay = "nothing_to_pay", 409, "There is nothing to pay";
    /// The provider does not answer; nothing was paid.
    ProviderDown = "provider_down", 503, "The payment page cannot be opened right now";

    // Signing in
    UnknownEmail = "unknown_email", 404, "Unable to find your email address in the system";
    DuplicateEmail = "duplicate_email", 409, "Found multiple records with the same email address";
    InvalidPassword = "invalid_password", 401, "Invalid Password. Please try logging in again";
    /// The one neutral sentence of private wording.
    SignInRefused = "sign_in_refused", 401, "Email or password is not right";
    AccessDisabled = "access_disabled", 403, "Your access is switched off";
    NoPassword = "no_password", 401, "No password has been chosen yet";
    PasswordClosed = "password_closed", 429, "Too many wrong passwords";
    PasswordsOff = "passwords_off", 403, "This studio does not use passwords";
    WeakPassword = "weak_password", 422, "Please choose another password";
    CodeWrong = "code_wrong", 401, "That code is not right";
    CodeExpired = "code_expired", 401, "That code has expired";
    CodeUsed = "code_used", 401, "That code was already used";
    CodeSpent = "code_spent", 401, "Too many wrong codes";
    /// No new code is sent yet; one sent before stays usable. `retry_after` says when.
    CodeTooSoon = "code_too_soon", 429, "A code was sent a moment ago";
    LinkInvalid = "link_invalid", 410, "This link is no longer valid";
    /// No session, or it ended.
    SessionEnded = "session_ended", 401, "Please sign in again";
    /// The act needs a fresh code or password first.
    ProofRequired = "proof_required", 403, "Please confirm that it is you";
}

/// The body of every error reply, `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Problem {
    /// Always `about:blank`: the code says what kind of problem it is.
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    pub code: Code,
    /// A sentence for people that says what to do.
    pub detail: String,
    /// Stands in the server's log beside the cause.
    pub reference: String,
    /// The field of the request that is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Seconds after which trying again makes sense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// Tries left with this code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tries_left: Option<u32>,
    /// Whom to ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub support: Option<Support>,
}
