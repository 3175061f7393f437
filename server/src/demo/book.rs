//! The rest of the demo studio's client list, so that it looks like one that is worked with.

use portico_wire::{
    GroupId, Settings,
    clients::{Address, ClientKind},
};
use serde_json::Value;

use crate::{
    Result, access,
    clients::{
        self, NewClient, NewContact, Values,
        fields::{Field, Kind, Owner},
        store,
    },
    db::StudioTx,
};

/// Kind, client, contacts (first, last), street, town, postcode, days since somebody was in the portal (none: never
/// invited; 0: invited, not in yet), date of the event.
type Line = (
    ClientKind,
    &'static str,
    &'static [(&'static str, &'static str)],
    (&'static str, &'static str, &'static str),
    Option<i64>,
    &'static str,
);

use ClientKind::{Couple, Family, Organisation, Person};

const BOOK: &[Line] = &[
    (
        Couple,
        "Hannah & Joel Whitcombe",
        &[("Hannah", "Whitcombe"), ("Joel", "Whitcombe")],
        ("4 Walcot Parade", "Bath", "BA1 5NF"),
        Some(2),
        "2027-05-22",
    ),
    (
        Couple,
        "Priya Raman & Daniel Cole",
        &[("Priya", "Raman"), ("Daniel", "Cole")],
        ("19 Belvedere Rise", "Bristol", "BS6 7JD"),
        Some(5),
        "2027-06-12",
    ),
    (
        Couple,
        "Zoë Beaumont & Kit Larsen",
        &[("Zoë", "Beaumont"), ("Kit", "Larsen")],
        ("Orchard House, Mill Lane", "Bradford-on-Avon", "BA15 1LH"),
        Some(1),
        "2027-07-03",
    ),
    (
        Couple,
        "Marta Kowalczyk & Luke Hearn",
        &[("Marta", "Kowalczyk"), ("Luke", "Hearn")],
        ("52 Wells Road", "Bath", "BA2 3AP"),
        Some(0),
        "2027-07-17",
    ),
    (
        Couple,
        "Imogen Ashdown & Theo Okonjo",
        &[("Imogen", "Ashdown"), ("Theo", "Okonjo")],
        ("7 Camden Terrace", "Bath", "BA1 5HZ"),
        Some(9),
        "2027-08-07",
    ),
    (
        Couple,
        "Freya Lindqvist & Sam Dunmore",
        &[("Freya", "Lindqvist"), ("Sam", "Dunmore")],
        ("The Old Dairy", "Wellow", "BA2 8QN"),
        Some(14),
        "2027-08-21",
    ),
    (
        Couple,
        "Beatrice O'Connell & Niall Byrne",
        &[("Beatrice", "O'Connell"), ("Niall", "Byrne")],
        ("31 Kingsdown Grove", "Bristol", "BS6 5UB"),
        Some(0),
        "2027-09-04",
    ),
    (
        Couple,
        "Aisha Malik & Omar Siddiqui",
        &[("Aisha", "Malik"), ("Omar", "Siddiqui")],
        ("88 Gloucester Row", "Bristol", "BS7 8NU"),
        Some(21),
        "2027-09-11",
    ),
    (
        Couple,
        "Ruth Pemberton & Ellen Shaw",
        &[("Ruth", "Pemberton"), ("Ellen", "Shaw")],
        ("3 Abbey Mews", "Frome", "BA11 1BT"),
        None,
        "2027-09-25",
    ),
    (
        Couple,
        "Chloé Marchand & Edward Vane",
        &[("Chloé", "Marchand"), ("Edward", "Vane")],
        ("12 Lansdown Heights", "Bath", "BA1 9BJ"),
        None,
        "2027-10-09",
    ),
    (
        Couple,
        "Jasmine Trent & Oliver Hale",
        &[("Jasmine", "Trent"), ("Oliver", "Hale")],
        ("Flat 2, 40 Pulteney Row", "Bath", "BA2 4JR"),
        Some(3),
        "2026-12-19",
    ),
    (
        Couple,
        "Leona Fairweather & Max Brandt",
        &[("Leona", "Fairweather"), ("Max", "Brandt")],
        ("6 Chapel Close", "Corsham", "SN13 0HB"),
        Some(33),
        "2026-10-03",
    ),
    (
        Family,
        "The Abernathy Family",
        &[("Claire", "Abernathy"), ("Stuart", "Abernathy")],
        ("15 Newbridge Hill", "Bath", "BA1 3PW"),
        Some(40),
        "",
    ),
    (
        Family,
        "The Osei Family",
        &[("Abena", "Osei")],
        ("22 Bear Flat Avenue", "Bath", "BA2 4QT"),
        Some(0),
        "",
    ),
    (
        Family,
        "The Hollis-Brandreth Family",
        &[("Verity", "Hollis-Brandreth"), ("Guy", "Hollis-Brandreth")],
        ("Court Farm", "Norton St Philip", "BA2 7LH"),
        Some(12),
        "",
    ),
    (
        Family,
        "The Nakamura Family",
        &[("Yuki", "Nakamura")],
        ("9 Sydney Wharf", "Bath", "BA2 4EF"),
        Some(6),
        "",
    ),
    (
        Family,
        "The Delgado Family",
        &[("Inés", "Delgado"), ("Rafael", "Delgado")],
        ("61 Oldfield Lane", "Bath", "BA2 3NB"),
        None,
        "",
    ),
    (
        Family,
        "The Pritchard Family",
        &[("Megan", "Pritchard")],
        ("2 Weavers Court", "Trowbridge", "BA14 8HE"),
        Some(55),
        "",
    ),
    (
        Person,
        "Alistair Fenwick",
        &[("Alistair", "Fenwick")],
        ("27 Royal Avenue", "Bath", "BA1 2LX"),
        Some(4),
        "",
    ),
    (
        Person,
        "Bridget Salter",
        &[("Bridget", "Salter")],
        ("14 Combe Park", "Bath", "BA1 3NP"),
        None,
        "",
    ),
    (
        Person,
        "Cassian Reed",
        &[("Cassian", "Reed")],
        ("5 Canal View", "Devizes", "SN10 1TS"),
        Some(0),
        "",
    ),
    (
        Person,
        "Delphine Moreau",
        &[("Delphine", "Moreau")],
        ("70 St John's Passage", "Bristol", "BS3 1JQ"),
        Some(18),
        "",
    ),
    (
        Person,
        "Esther Quayle",
        &[("Esther", "Quayle")],
        ("1 Rectory Gardens", "Keynsham", "BS31 2BG"),
        None,
        "",
    ),
    (
        Person,
        "Gareth Llewellyn",
        &[("Gareth", "Llewellyn")],
        ("38 Claverton Down Way", "Bath", "BA2 7AL"),
        Some(25),
        "",
    ),
    (
        Person,
        "Harriet Stone",
        &[("Harriet", "Stone")],
        ("11 Queen's Yard", "Frome", "BA11 3DH"),
        Some(7),
        "",
    ),
    (
        Person,
        "Ivo Petrov",
        &[("Ivo", "Petrov")],
        ("4 Mulberry Walk", "Bath", "BA2 6RT"),
        Some(0),
        "",
    ),
    (
        Person,
        "Joanna Tilley",
        &[("Joanna", "Tilley")],
        ("93 Bradford Old Road", "Trowbridge", "BA14 9BA"),
        None,
        "",
    ),
    (
        Person,
        "Kwame Mensah",
        &[("Kwame", "Mensah")],
        ("16 Stokes Croft Yard", "Bristol", "BS1 3QY"),
        Some(11),
        "",
    ),
    (
        Person,
        "Lorna McAllister",
        &[("Lorna", "McAllister")],
        ("8 Greenway Lane", "Bath", "BA2 4LJ"),
        Some(62),
        "",
    ),
    (
        Person,
        "Matthias Brückner",
        &[("Matthias", "Brückner")],
        ("20 Marlborough Buildings", "Bath", "BA1 2LZ"),
        None,
        "",
    ),
    (
        Person,
        "Niamh Gallagher",
        &[("Niamh", "Gallagher")],
        ("45 Weston Park", "Bath", "BA1 4AT"),
        Some(1),
        "",
    ),
    (
        Person,
        "Octavia Bell",
        &[("Octavia", "Bell")],
        ("Flat 5, 2 Queen Parade", "Bath", "BA1 2NJ"),
        Some(30),
        "",
    ),
    (
        Organisation,
        "Avonmere House Hotel",
        &[
            ("Simone", "Atkins"),
            ("Rory", "Blake"),
            ("Tess", "Cavendish"),
        ],
        ("Avonmere House", "Limpley Stoke", "BA2 7FS"),
        Some(8),
        "",
    ),
    (
        Organisation,
        "Larkhill Primary School",
        &[("Denise", "Womack")],
        ("School Lane", "Larkhall", "BA1 6SG"),
        Some(45),
        "",
    ),
    (
        Organisation,
        "Quarter Past Coffee",
        &[("Pippa", "Nolan"), ("Hugo", "Sands")],
        ("3 Guildhall Steps", "Bath", "BA1 1LZ"),
        Some(0),
        "",
    ),
    (
        Organisation,
        "Rowan & Thistle Florists",
        &[("Isla", "Rowan")],
        ("21 Widcombe Terrace", "Bath", "BA2 4JT"),
        Some(13),
        "",
    ),
    (
        Organisation,
        "Somervale Chamber Choir",
        &[("Lionel", "Price"), ("Annette", "Dray")],
        ("St Mary's Hall", "Radstock", "BA3 3QR"),
        None,
        "",
    ),
    (
        Organisation,
        "Tithe Barn Weddings",
        &[("Georgia", "Marsh"), ("Will", "Ackerley")],
        ("The Tithe Barn", "Bradford-on-Avon", "BA15 1ER"),
        Some(2),
        "",
    ),
];

const FOUND: &[&str] = &["A friend", "Our website", "A wedding fair", "Instagram"];

fn field(tx: &StudioTx, owner: Owner, label: &str, kind: Kind, position: i64) -> Field {
    Field {
        id: tx.id(),
        owner,
        label: label.into(),
        kind,
        choices: Vec::new(),
        position,
        in_portal: false,
        changeable: false,
    }
}

/// A mail address made of a name: letters of the English alphabet, at a domain that cannot exist.
fn email(first: &str, last: &str) -> String {
    let word = |name: &str| -> String {
        let plain = clients::search::plain(name);
        plain.chars().filter(char::is_ascii_alphabetic).collect()
    };
    format!("{}.{}@mail.test", word(first), word(last))
}

pub async fn fill(tx: &mut StudioTx, weddings: GroupId) -> Result<()> {
    let portraits = tx.id();
    store::insert_group(tx, portraits, "Portraits").await?;
    let date = Field {
        in_portal: true,
        ..field(tx, Owner::Client, "Wedding date", Kind::Date, 1)
    };
    let found = Field {
        choices: FOUND.iter().map(|&one| one.to_owned()).collect(),
        ..field(tx, Owner::Client, "How they found us", Kind::Choice, 2)
    };
    let diet = Field {
        in_portal: true,
        changeable: true,
        ..field(tx, Owner::Contact, "Dietary needs", Kind::Text, 3)
    };
    for field in [&date, &found, &diet] {
        store::insert_field(tx, field).await?;
    }
    for (at, &(kind, name, people, (street, town, postcode), days, event)) in
        BOOK.iter().enumerate()
    {
        let mut values = Values::default();
        if !event.is_empty() {
            values.0.insert(date.id, Value::from(event));
        }
        if at % 3 != 1 {
            values
                .0
                .insert(found.id, Value::from(FOUND[at % FOUND.len()]));
        }
        let client = NewClient {
            id: tx.id(),
            kind,
            name: name.into(),
            group: Some(if kind == Couple { weddings } else { portraits }),
            // One who asked to be left alone.
            portal_enabled: name != "Lorna McAllister",
            // Numbers kept for drama.
            phone: (at % 2 == 0).then(|| format!("+44117496{:04}", 100 + at)),
            address: Address {
                line1: Some(street.into()),
                city: Some(town.into()),
                postcode: Some(postcode.into()),
                country: Some("GB".into()),
                ..Address::default()
            },
            rights: Settings::default(),
            fields: values,
        };
        store::insert_client(tx, &client).await?;
        for (nth, &(first, last)) in people.iter().enumerate() {
            let mut fields = Values::default();
            if at % 7 == 2 && nth == 0 {
                fields.0.insert(diet.id, Value::from("Vegetarian"));
            }
            let contact = NewContact {
                id: tx.id(),
                client: client.id,
                first_name: first.into(),
                last_name: last.into(),
                email: Some(email(first, last)),
                mobile: None,
                language: None,
                active: true,
                rights: Settings::default(),
                fields,
            };
            store::insert_contact(tx, &contact).await?;
            if days.is_some() {
                access::store::note_invitation(tx, contact.id).await?;
            }
            if let Some(days) = days.filter(|&days| days > 0 && nth == 0) {
                let when = tx.now().plus_seconds(-days * 86_400 - 3600);
                store::note_activity(tx, contact.id, when).await?;
            }
        }
    }
    Ok(())
}
