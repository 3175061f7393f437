//! The certificate at the end of a signed contract: who signed when and from where, what was agreed to, how it was
//! proved, and the hashes that whoever doubts it can work out again.

use portico_wire::{
    Timestamp,
    papers::{Node, Tag},
};

use super::{Contract, Signer, evidence::Entry, paper};

/// In the time of the world and of the studio.
fn moment(at: Timestamp, zone: &str) -> String {
    let said = at.to_string();
    let (day, rest) = said.split_once('T').unwrap_or((&said, ""));
    let utc = format!("{day} {} UTC", rest.get(..8).unwrap_or_default());
    format!("{utc} ({} {zone})", crate::web::admin::moment(at, zone))
}

fn facts(pairs: Vec<(String, String)>) -> Node {
    let pairs = pairs.into_iter().filter(|(_, value)| !value.is_empty());
    let all = pairs.flat_map(|(name, value)| [Node::of(Tag::Dt, name), Node::of(Tag::Dd, value)]);
    Node::Element(Tag::Dl, all.collect())
}

fn fact(name: &str, value: impl Into<String>) -> (String, String) {
    (name.into(), value.into())
}

/// How it was proved who signs, as the evidence has it.
fn proof(entry: &Entry) -> String {
    let detail = entry.detail();
    let way = detail["proof"].as_str().unwrap_or("none");
    let at = |key: &str| {
        let said = detail[key]
            .as_str()
            .and_then(|at| at.parse::<Timestamp>().ok());
        said.map(|at| at.to_string()[11..19].to_owned())
    };
    match (way, at("code_sent_at"), at("proved_at")) {
        ("none", ..) => "None was asked: the signer was signed in to the portal".into(),
        ("staff session", ..) => "Signed in as staff of the studio".into(),
        (way, Some(sent), Some(proved)) => {
            format!("A fresh {way}, sent at {sent} and entered at {proved} UTC")
        }
        (way, _, Some(proved)) => format!("The signer’s {way}, entered at {proved} UTC"),
        (way, ..) => way.to_owned(),
    }
}

fn said(what: &str) -> &str {
    match what {
        "sent" => "Sent",
        "mailed" => "Mail sent",
        "reminded" => "Reminder sent",
        "opened" => "Opened",
        "read" => "Read to the end",
        "code sent" => "Code sent",
        "code entered" => "Code entered",
        "password entered" => "Password entered",
        "signed" => "Signed",
        "countersigned" => "Signed for the studio",
        other => other,
    }
}

/// What each signer did, one after the other.
fn signature(one: &Signer, entry: &Entry, zone: &str) -> [Node; 2] {
    let name = format!("{} ({})", one.name, one.role);
    let by = (entry.actor_name != one.name).then(|| entry.actor_name.clone());
    let pairs = vec![
        fact("Signed", moment(entry.at, zone)),
        fact("By", by.unwrap_or_default()),
        fact("Proof", proof(entry)),
        fact("Address", entry.address.clone().unwrap_or_default()),
        fact("Browser", entry.user_agent.clone().unwrap_or_default()),
        fact("Session", entry.session.clone().unwrap_or_default()),
    ];
    [Node::of(Tag::H3, name), facts(pairs)]
}

/// The certificate of an edition whose evidence ends with these entries.
pub fn nodes(
    contract: &Contract,
    signers: &[Signer],
    entries: &[Entry],
    edition: i64,
    zone: &str,
) -> Vec<Node> {
    let head = entries.last().map(|entry| entry.hash.clone());
    let state = match edition {
        paper::COUNTERSIGNED => "Signed by everybody, the studio included",
        _ if contract.countersign => "Signed by the client; the studio signs after it",
        _ => "Signed by everybody",
    };
    let mut nodes = vec![
        Node::of(Tag::H2, "Certificate"),
        facts(vec![
            fact("Contract", contract.title.clone()),
            fact("Number", contract.id.to_string()),
            fact("State", state),
            fact("Text", format!("SHA-256 {}", contract.hash())),
            fact("Evidence", format!("SHA-256 {}", head.unwrap_or_default())),
        ]),
        Node::of(
            Tag::P,
            "Text: of the title, the text as it was shown, in Markdown, and the words agreed to, each after an empty \
             line. Evidence: of the last entry below, which carries the hash of the one before, and so on to the first.",
        ),
        Node::of(Tag::H3, "What each signer agreed to"),
        Node::Element(
            Tag::Blockquote,
            vec![Node::of(
                Tag::P,
                contract.consent.clone().unwrap_or_default(),
            )],
        ),
    ];
    for one in signers {
        let id = one.id.to_string();
        let what = if one.is_studio() {
            "countersigned"
        } else {
            "signed"
        };
        let entry = entries
            .iter()
            .find(|entry| entry.what == what && entry.signer.as_deref() == Some(&id));
        if let Some(entry) = entry {
            nodes.extend(signature(one, entry, zone));
        }
    }
    nodes.push(Node::of(Tag::H3, "Everything that happened"));
    let cell = |text: String| Node::of(Tag::Td, text);
    let rows = entries.iter().map(|entry| {
        let name = match entry.actor_kind.as_str() {
            "system" => String::new(),
            _ => entry.actor_name.clone(),
        };
        let utc = entry.at.to_string();
        let utc = format!("{} {}", &utc[..10], &utc[11..19]);
        Node::Element(
            Tag::Tr,
            vec![
                cell(utc),
                cell(said(&entry.what).to_owned()),
                cell(name),
                cell(entry.hash[..16].to_owned()),
            ],
        )
    });
    let head = ["Moment, UTC", "What", "Who", "Hash begins"].map(|name| Node::of(Tag::Th, name));
    nodes.push(Node::Element(
        Tag::Table,
        vec![
            Node::Element(Tag::Thead, vec![Node::Element(Tag::Tr, head.into())]),
            Node::Element(Tag::Tbody, rows.collect()),
        ],
    ));
    nodes
}
