//! Getting in: codes, passwords, direct links, sessions, proofs. The rules here are pure; what
//! they decide about comes from `store`, what they lead to is done by `api`.

pub mod admin;
pub mod api;
pub mod links;
pub mod merge;
pub mod passwords;
pub mod reach;
pub mod runs;
pub mod sealed;
pub mod sessions;
pub mod store;
pub mod tell;

use portico_wire::{
    ClientId, Code, ContactId, Timestamp,
    access::{Act, Channel},
    forms::is_email,
};

use crate::{Result, db::StudioTx, error::Error, scope::PortalSession, secrets::Secret};

/// A code lives ten minutes and may be tried five times in all.
pub const CODE_SECONDS: i64 = 600;
pub const CODE_TRIES: i64 = 5;
/// After this many wrong passwords in [`PASSWORD_WINDOW`] seconds the password way closes.
pub const PASSWORD_TRIES: i64 = 10;
pub const PASSWORD_WINDOW: i64 = 900;
/// A direct link lives thirty days; a reset link, which a mail carries to its reader now, one.
pub const LINK_SECONDS: i64 = 30 * 86_400;
pub const RESET_SECONDS: i64 = 86_400;
/// Direct links of one contact that live at once.
pub const LINKS_AT_ONCE: i64 = 5;
/// A staff member's look at the portal as a contact sees it, and the hand-over that opens it.
pub const VIEW_SECONDS: i64 = 1800;
pub const VIEW_HANDOVER_SECONDS: i64 = 120;
/// A proof is used in the same breath.
pub const PROOF_SECONDS: i64 = 300;
/// Idle time after which a session ends, and where the client ticked "stay signed in".
pub const IDLE_SECONDS: i64 = 12 * 3600;
pub const STAY_SECONDS: i64 = 30 * 86_400;
/// A token is replaced after this much use.
pub const TOKEN_SECONDS: i64 = 3600;
/// How long a replaced token lives on, for calls under way and other tabs.
pub const OVERLAP_SECONDS: i64 = 60;

/// Uses up a proof the contact gave for `act` in this session; how it was given.
pub async fn require_proof(
    tx: &mut StudioTx,
    session: &PortalSession,
    act: Act,
    proof: &str,
) -> Result<store::UsedProof> {
    let hash = Secret::presented(proof).hash();
    match store::use_proof(tx, Some(session.session), act.name(), &hash).await? {
        Some(used) if used.contact_id == session.contact => Ok(used),
        _ => Err(Error::refused(
            Code::ProofRequired,
            "Please confirm that it is you, with a code or your password.",
        )),
    }
}

/// A contact as sign-in sees it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Candidate {
    pub id: ContactId,
    pub client_id: ClientId,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub mobile: Option<String>,
    pub active: bool,
    pub portal_enabled: bool,
    pub has_password: bool,
    pub password_must_change: bool,
    pub language: Option<String>,
}

impl Candidate {
    /// Access needs both: portal enabled on the client, contact active.
    pub fn check_enabled(&self) -> Result<()> {
        if self.active && self.portal_enabled {
            Ok(())
        } else {
            Err(Error::refused(
                Code::AccessDisabled,
                "Your access to this client portal is switched off. Please contact the studio.",
            ))
        }
    }
}

/// The one contact of this email, or why there is none that may enter. Two contacts with the same
/// email can both not sign in: nobody could say which one is meant.
pub fn the_one(found: &[Candidate]) -> Result<&Candidate> {
    match found {
        [] => Err(Error::refused(
            Code::UnknownEmail,
            "Please check the spelling, or use the address the studio writes to.",
        )
        .field("email")),
        [one] => one
            .check_enabled()
            .map(|()| one)
            .map_err(|e| e.field("email")),
        _ => Err(Error::refused(
            Code::DuplicateEmail,
            "The studio has to sort this out before you can sign in. Please contact them.",
        )
        .field("email")),
    }
}

/// A mail address in the form it is stored and compared: trimmed, lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim().to_lowercase();
        let refused = || {
            Error::invalid(
                "email",
                "This does not look like an email address. Please check it.",
            )
        };
        // The mail library has the last word: what it cannot address could never get a code.
        (is_email(&text) && text.parse::<lettre::Address>().is_ok())
            .then_some(Self(text))
            .ok_or_else(refused)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `c•••@demo.test`: enough to recognise, too little to learn.
pub fn mask_email(email: &str) -> String {
    match email.split_once('@') {
        Some((local, domain)) => {
            let first: String = local.chars().take(1).collect();
            format!("{first}•••@{domain}")
        }
        None => "•••".into(),
    }
}

/// `•••• 0142`
pub fn mask_mobile(mobile: &str) -> String {
    let digits: Vec<char> = mobile.chars().filter(char::is_ascii_digit).collect();
    let last: String = digits[digits.len().saturating_sub(4)..].iter().collect();
    format!("•••• {last}")
}

/// SMS where the contact has a mobile number and the host can send any, unless the person asked
/// for email instead.
pub fn channel(candidate: &Candidate, asked: Option<Channel>, sms_possible: bool) -> Channel {
    match (asked, &candidate.mobile) {
        (Some(Channel::Email), _) | (_, None) => Channel::Email,
        (_, Some(_)) if sms_possible => Channel::Sms,
        _ => Channel::Email,
    }
}

/// The digits of a code as a person typed it, if they can be one.
pub fn code_digits(typed: &str) -> Result<String> {
    let digits: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .collect();
    if digits.len() == 8 && digits.bytes().all(|b| b.is_ascii_digit()) {
        Ok(digits)
    } else {
        Err(Error::invalid(
            "code",
            "The code has eight digits. Please check what you typed.",
        ))
    }
}

/// What is known of a contact's earlier codes.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct Recent {
    pub last_hour: i64,
    pub last: Option<Timestamp>,
    /// The oldest of the last hour's.
    pub first: Option<Timestamp>,
}

/// At most one code a `gap` and so many an hour. Beyond that no new one is sent, and those
/// already sent stay usable.
pub fn check_pace(recent: Recent, now: Timestamp, gap: i64, per_hour: i64) -> Result<()> {
    let too_soon = |wait: i64, text: &'static str| {
        Err(Error::refused(Code::CodeTooSoon, text).retry_after(wait))
    };
    if let Some(last) = recent.last {
        let wait = gap - now.seconds_since(last);
        if last.plus_seconds(gap) > now {
            return too_soon(
                wait,
                "A code is already on its way. Please wait a moment before asking for another.",
            );
        }
    }
    if recent.last_hour >= per_hour {
        let wait = recent
            .first
            .map_or(3600, |first| 3600 - now.seconds_since(first));
        return too_soon(
            wait,
            "Many codes were sent to you in the last hour. The latest one still works; please look for it.",
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(mobile: Option<&str>) -> Candidate {
        Candidate {
            id: ContactId::from_bytes([1; 16]),
            client_id: ClientId::from_bytes([2; 16]),
            first_name: "A".into(),
            last_name: "B".into(),
            email: "a@b.test".into(),
            mobile: mobile.map(Into::into),
            active: true,
            portal_enabled: true,
            has_password: true,
            password_must_change: false,
            language: None,
        }
    }

    #[test]
    fn a4_the_code_goes_by_sms_where_there_is_a_number_unless_email_is_asked_for() {
        let (with, without) = (candidate(Some("+12025550142")), candidate(None));
        assert_eq!(channel(&with, None, true), Channel::Sms);
        assert_eq!(channel(&with, Some(Channel::Email), true), Channel::Email);
        assert_eq!(channel(&with, None, false), Channel::Email);
        assert_eq!(channel(&without, Some(Channel::Sms), true), Channel::Email);
    }

    #[test]
    fn a18_access_needs_both_switches() {
        let enabled = |active, portal_enabled| {
            Candidate {
                active,
                portal_enabled,
                ..candidate(None)
            }
            .check_enabled()
            .is_ok()
        };
        assert!(enabled(true, true));
        assert!(!enabled(true, false) && !enabled(false, true) && !enabled(false, false));
    }

    #[test]
    fn a_code_may_be_typed_with_spaces_and_dashes() {
        for typed in ["12345678", "1234 5678", " 1234-5678 ", "1 2 3 4 5 6 7 8"] {
            assert_eq!(code_digits(typed).ok().as_deref(), Some("12345678"));
        }
        for typed in ["", "1234567", "123456789", "1234567a", "١٢٣٤٥٦٧٨"] {
            assert!(code_digits(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn mail_addresses_are_checked_for_shape_and_stored_in_lower_case() {
        assert_eq!(
            Email::parse(" Client@Demo.Test ")
                .ok()
                .map(|e| e.0)
                .as_deref(),
            Some("client@demo.test")
        );
        for bad in [
            "",
            "a",
            "a@",
            "@b.test",
            "a@b",
            "a b@c.test",
            "a@b..test",
            "a@b.test\nBcc: x@y.test",
            "a,b@c.test",
        ] {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
        assert!(Email::parse(&format!("{}@b.test", "a".repeat(65))).is_err());
    }

    #[test]
    fn one_code_a_minute_and_ten_an_hour() {
        let at = |seconds| Timestamp::from_micros(0).plus_seconds(seconds);
        let recent = |last_hour, last, first| Recent {
            last_hour,
            last,
            first,
        };
        assert!(check_pace(recent(0, None, None), at(0), 60, 10).is_ok());
        assert!(check_pace(recent(1, Some(at(0)), Some(at(0))), at(59), 60, 10).is_err());
        assert!(check_pace(recent(1, Some(at(0)), Some(at(0))), at(60), 60, 10).is_ok());
        assert!(check_pace(recent(10, Some(at(600)), Some(at(0))), at(1200), 60, 10).is_err());
    }

    #[test]
    fn masks_show_enough_to_recognise() {
        assert_eq!(mask_email("client@demo.test"), "c•••@demo.test");
        assert_eq!(mask_mobile("+12025550142"), "•••• 0142");
    }
}
