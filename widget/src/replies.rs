//! Readers of the server's replies, field by field. `portico_wire` says what a reply is: the
//! tests below read what it writes. A type of its own stands here only where the portal
//! wants less than the wire has, as an id that is only sent back.

use std::rc::Rc;

use portico_wire::{
    Code, Right, Rights,
    access::{Channel, CodeAsked, LinkNext, LinkSeen},
    clients::Address,
    studios::{Brand, Locked, Scheme, Start, StudioSettings, Support},
};

use crate::{
    json::Json,
    messages::live::{Counts, counts},
};

/// Codes that lock the whole portal.
pub const LOCKS: &[Code] = &[
    Code::PortalClosed,
    Code::SubscriptionExpired,
    Code::SubscriptionPastDue,
    Code::UnknownStudio,
];

/// What the portal shows of a `portico_wire::Problem`.
pub struct Problem {
    pub title: String,
    /// The server's own fault.
    pub fault: bool,
    /// As the server wrote it: it may be newer than this portal.
    pub code: String,
    pub detail: String,
    pub reference: String,
    pub field: Option<String>,
    pub support: Option<Support>,
}

impl Problem {
    pub fn is(&self, code: Code) -> bool {
        self.code == code.text()
    }
    pub fn is_one_of(&self, codes: &[Code]) -> bool {
        codes.iter().any(|code| self.is(*code))
    }
}

/// `portico_wire::portal::Home`.
pub struct Home {
    /// The contact's.
    pub id: String,
    pub studio: Rc<StudioSettings>,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub has_password: bool,
    pub client: String,
    pub rights: Rights,
    /// `portico_wire::portal::Home`, whole.
    pub json: Json,
    /// `portico_wire::portal::SectionLabel`.
    pub sections: Vec<(Right, Option<String>)>,
    /// What waits unread.
    pub unread: Counts,
    /// Staff who look at the portal as this contact.
    pub viewed_by: Option<String>,
}

/// `portico_wire::access::SignIn`.
pub enum SignIn {
    In { token: String, home: Rc<Home> },
    NewPassword { proof: String },
}

pub fn problem(json: &Json) -> Problem {
    Problem {
        title: json.text("title"),
        fault: json.number("status") >= 500,
        code: json.text("code"),
        detail: json.text("detail"),
        reference: json.text("reference"),
        field: json.opt("field"),
        support: json.opt_object("support").map(|it| support(&it)),
    }
}

fn support(json: &Json) -> Support {
    Support {
        name: json.text("name"),
        email: json.opt("email"),
        phone: json.opt("phone"),
    }
}

fn locked(json: &Json) -> Locked {
    // Only some codes lock; one of a newer server is told like any other.
    let code = json.text("code");
    let known = LOCKS.iter().find(|it| it.text() == code);
    Locked {
        code: known.copied().unwrap_or(Code::Other),
        title: json.text("title"),
        detail: json.text("detail"),
    }
}

/// What of it a screen needs.
fn brand(json: &Json) -> Brand {
    let scheme = json.opt("scheme");
    let known = |it: &Scheme| Some(it.name()) == scheme.as_deref();
    Brand {
        scheme: Scheme::ALL.iter().copied().find(known),
        font: json.opt("font"),
        sheet: json.text("sheet"),
        ..Brand::default()
    }
}

pub fn settings(json: &Json) -> Rc<StudioSettings> {
    Rc::new(StudioSettings {
        studio: json.text("studio"),
        name: json.text("name"),
        welcome: json.opt("welcome"),
        logo_url: json.opt("logo_url"),
        brand: brand(&json.object("brand")),
        start: json.word("start", Start::ALL, Start::name),
        passwords: json.flag("passwords"),
        language: json.text("language"),
        support: support(&json.object("support")),
        hosted_url: json.text("hosted_url"),
        locked: json.opt_object("locked").map(|it| locked(&it)),
    })
}

pub fn home(json: &Json) -> Home {
    let me = json.object("me");
    let rights = json.texts("rights");
    // A right of a newer server is none this portal could show.
    let known = |name: String| Right::ALL.iter().copied().find(|it| it.name() == name);
    let section = |it: &Json| Some((known(it.text("section"))?, it.opt("name")));
    Home {
        id: me.text("id"),
        studio: settings(&json.object("studio")),
        first_name: me.text("first_name"),
        last_name: me.text("last_name"),
        email: me.text("email"),
        has_password: me.flag("has_password"),
        client: json.object("client").text("name"),
        rights: rights.into_iter().filter_map(known).collect(),
        sections: json.some("sections").iter().filter_map(section).collect(),
        unread: counts(json),
        json: json.clone(),
        viewed_by: json.opt("viewed_by"),
    }
}

pub fn sign_in(json: &Json) -> SignIn {
    if json.text("state") == "new_password" {
        return SignIn::NewPassword {
            proof: json.text("proof"),
        };
    }
    SignIn::In {
        token: json.text("token"),
        home: Rc::new(home(&json.object("home"))),
    }
}

pub fn code_asked(json: &Json) -> CodeAsked {
    CodeAsked {
        request: json.text("request"),
        channel: json.word("channel", Channel::ALL, Channel::name),
        to: json.text("to"),
        resend_after: json.number("resend_after"),
        expires_in: json.number("expires_in"),
    }
}

/// Where the link to a new password went.
pub fn reset_asked(json: &Json) -> String {
    json.text("to")
}

pub fn link_seen(json: &Json) -> LinkSeen {
    LinkSeen {
        email: json.text("email"),
        first_name: json.text("first_name"),
        next: if json.text("next") == "choose_password" {
            LinkNext::ChoosePassword
        } else {
            LinkNext::SignIn
        },
    }
}

pub fn proof(json: &Json) -> String {
    json.text("proof")
}

pub fn address(json: &Json) -> Address {
    Address {
        line1: json.opt("line1"),
        line2: json.opt("line2"),
        city: json.opt("city"),
        region: json.opt("region"),
        postcode: json.opt("postcode"),
        country: json.opt("country"),
    }
}

#[cfg(test)]
mod tests {
    use portico_wire::{ContactId, access, clients::ClientKind, portal};
    use serde::Serialize;

    use super::*;
    use crate::json;

    /// Reads what the wire's own type writes.
    fn through<T>(wire: &impl Serialize, reader: fn(&Json) -> T) -> T {
        let text = serde_json::to_string(wire).unwrap();
        json::read(&text, reader).expect("what the wire writes can be read")
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    fn a_support() -> Support {
        Support {
            name: "Anna".into(),
            email: some("anna@demo.test"),
            phone: some("+441225000000"),
        }
    }

    fn a_studio(full: bool) -> StudioSettings {
        StudioSettings {
            studio: "demo".into(),
            name: "Fernlight".into(),
            welcome: some("Hello").filter(|_| full),
            logo_url: some("/logo").filter(|_| full),
            brand: Brand {
                scheme: full.then_some(Scheme::Dark),
                font: some("page").filter(|_| full),
                sheet: "x".into(),
                ..Brand::default()
            },
            start: Start::Button,
            passwords: true,
            language: "en".into(),
            support: a_support(),
            hosted_url: "https://demo".into(),
            locked: full.then(|| Locked {
                code: Code::SubscriptionExpired,
                title: "Error 101".into(),
                detail: "Ask".into(),
            }),
        }
    }

    fn due() -> portico_wire::payments::Due {
        let money = |minor| portico_wire::sales::Money {
            minor,
            currency: "GBP".into(),
            digits: 2,
        };
        portico_wire::payments::Due {
            total: money(50_000),
            overdue: money(0),
            pending: money(0),
            next_due: some("2027-05-22"),
        }
    }

    fn a_home() -> portal::Home {
        portal::Home {
            welcome: some("Good to see you."),
            sections: vec![portal::SectionLabel {
                section: Right::Events,
                name: some("Shoots"),
            }],
            actions: vec![portal::PortalAction {
                id: "a".into(),
                label: "Pay".into(),
                icon: portal::ActionIcon::Card,
                to: portal::ActionTarget::Link {
                    url: "https://fernlight.test".into(),
                },
            }],
            unread_messages: 2,
            unread_notifications: 0,
            studio: a_studio(true),
            me: access::Me {
                id: ContactId::from_bytes([1; 16]),
                first_name: "Clara".into(),
                last_name: "Client".into(),
                email: "client@demo.test".into(),
                has_password: true,
            },
            client: portal::HomeClient {
                name: "Clara and Ben".into(),
                kind: ClientKind::Couple,
            },
            rights: [Right::Home, Right::Invoices, Right::Pay]
                .into_iter()
                .collect(),
            next_event: None,
            event_requests: Vec::new(),
            new_documents: 3,
            todo: portal::TodoKind::ALL
                .iter()
                .map(|kind| portal::Todo {
                    kind: *kind,
                    id: "ctr_1".into(),
                    title: "Sign".into(),
                    due: some("2027-05-22").filter(|_| *kind == portal::TodoKind::Quote),
                })
                .collect(),
            due: vec![due()],
            viewed_by: Some("Olivia Fern".into()),
        }
    }

    fn is_home(read: &Home) {
        let wire = a_home();
        assert_eq!(*read.studio, wire.studio);
        assert_eq!(read.id, wire.me.id.to_string());
        assert_eq!(read.first_name, wire.me.first_name);
        assert_eq!(read.last_name, wire.me.last_name);
        assert_eq!(read.email, wire.me.email);
        assert_eq!(read.has_password, wire.me.has_password);
        assert_eq!(read.client, wire.client.name);
        let due = read.json.objects("due");
        assert_eq!(due[0].object("total").whole("minor"), 50_000);
        assert_eq!(due[0].opt("next_due").as_deref(), Some("2027-05-22"));
        assert_eq!(read.rights, wire.rights);
        let todo = read.json.objects("todo");
        let kinds: Vec<String> = todo.iter().map(|it| it.text("kind")).collect();
        let known = portal::TodoKind::ALL.iter().map(|kind| kind.name());
        assert!(kinds.iter().map(String::as_str).eq(known));
        assert_eq!(read.viewed_by, wire.viewed_by);
        assert_eq!(read.json.opt("welcome"), wire.welcome);
        assert_eq!(read.sections, [(Right::Events, some("Shoots"))]);
        let actions = read.json.objects("actions");
        assert_eq!(actions[0].text("icon"), "card");
        assert_eq!(actions[0].object("to").text("kind"), "link");
        assert_eq!(read.unread, ("2".to_owned(), "0".to_owned()));
    }

    #[test]
    fn settings_and_home_are_read_as_the_wire_writes_them() {
        for full in [true, false] {
            let wire = a_studio(full);
            assert_eq!(*through(&wire, settings), wire);
        }
        is_home(&through(&a_home(), home));
    }

    #[test]
    fn both_ends_of_signing_in_are_read_as_the_wire_writes_them() {
        let inside = access::SignIn::In {
            token: "t".into(),
            home: Box::new(a_home()),
        };
        let SignIn::In { token, home } = through(&inside, sign_in) else {
            panic!("not in");
        };
        assert_eq!(token, "t");
        is_home(&home);
        let choose = access::SignIn::NewPassword { proof: "p".into() };
        assert!(matches!(through(&choose, sign_in), SignIn::NewPassword { proof } if proof == "p"));
    }

    #[test]
    fn every_code_of_a_problem_is_read_as_the_wire_writes_it() {
        for code in [
            Code::Internal,
            Code::InvalidPassword,
            Code::SessionEnded,
            Code::PortalClosed,
        ] {
            for full in [true, false] {
                let wire = portico_wire::Problem {
                    kind: "about:blank".into(),
                    title: code.title().into(),
                    status: code.status(),
                    code,
                    detail: "detail".into(),
                    reference: "r-1".into(),
                    field: some("email").filter(|_| full),
                    retry_after: full.then_some(3),
                    tries_left: full.then_some(4),
                    support: full.then(a_support),
                };
                let read = through(&wire, problem);
                assert!(read.is(code));
                assert_eq!(read.fault, wire.status >= 500);
                assert_eq!((read.title, read.detail), (wire.title, wire.detail));
                assert_eq!(read.reference, wire.reference);
                assert_eq!((read.field, read.support), (wire.field, wire.support));
            }
        }
    }

    #[test]
    fn codes_links_proofs_and_resets_are_read_as_the_wire_writes_them() {
        for channel in Channel::ALL {
            let wire = CodeAsked {
                request: "r".into(),
                channel: *channel,
                to: "c•••@demo.test".into(),
                resend_after: 30,
                expires_in: 600,
            };
            assert_eq!(through(&wire, code_asked), wire);
        }
        for next in [LinkNext::ChoosePassword, LinkNext::SignIn] {
            let wire = LinkSeen {
                email: "a@b".into(),
                first_name: "A".into(),
                next,
            };
            assert_eq!(through(&wire, link_seen), wire);
        }
        assert_eq!(through(&access::Proof { proof: "p".into() }, proof), "p");
        assert_eq!(
            through(
                &access::ResetAsked {
                    to: "c•••".into()
                },
                reset_asked
            ),
            "c•••"
        );
    }

    #[test]
    fn a_reply_that_is_not_as_expected_is_refused() {
        for text in [
            "",
            "[]",
            "null",
            r#"{"proof":1}"#,
            r#"{"proof":null}"#,
            "{}",
        ] {
            assert!(json::read(text, proof).is_none(), "{text}");
        }
        let wrong = r#"{"request":"r","channel":"pigeon","to":"","resend_after":1,"expires_in":1}"#;
        assert!(json::read(wrong, code_asked).is_none());
    }

    #[test]
    fn rights_of_a_newer_server_are_passed_over() {
        let mut wire = serde_json::to_value(a_home()).unwrap();
        wire["rights"] = serde_json::json!(["home", "teleport", "invoices"]);
        let read = json::read(&wire.to_string(), home).unwrap();
        assert!(read.rights.has(Right::Invoices));
        assert_eq!(read.rights.iter().count(), 2);
    }
}
