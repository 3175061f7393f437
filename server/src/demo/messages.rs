//! The demo studio's messages: conversations of the last days, answers it has ready, and what its staff were told of.

use portico_wire::{ContactId, ConversationId, EventId, StaffId};

use crate::{
    App, Result,
    access::{self, Email},
    clients,
    db::StudioTx,
    error::Error,
    events::{self, store::Filter},
    messages::{
        own,
        say::{Author, Said, say},
        store,
    },
    notifications::{self, StaffKind},
    staff,
    studios::{self, Studio},
};

/// A person of the demo.
struct Person {
    id: ContactId,
    name: &'static str,
}

struct Talk<'a> {
    app: &'a App,
    studio: &'a Studio,
    owner: StaffId,
    id: ConversationId,
}

impl Talk<'_> {
    /// Somebody writes, so many minutes ago; whoever writes has read all before.
    async fn says(&self, minutes: i64, by: Option<&Person>, text: &str) -> Result<()> {
        let mut tx = self.app.db.write(self.studio).await?;
        let now = tx.now();
        tx.set_now(now.plus_seconds(-minutes * 60));
        let held = store::hold_conversation(&mut tx, self.id).await?;
        let held = held.ok_or_else(Error::not_found)?;
        match by {
            Some(contact) if held.newest_studio > 0 => {
                let before = store::seen_by_contact(&mut tx, self.id, contact.id).await?;
                let read = (before, held.newest);
                store::mark_contact_seen(&mut tx, self.id, contact.id, read).await?;
            }
            Some(_) => {}
            None => {
                store::mark_studio_seen(&mut tx, self.id, held.newest).await?;
            }
        }
        let author = match by {
            Some(contact) => Author::Contact {
                id: contact.id,
                name: contact.name,
            },
            None => Author::Staff {
                id: Some(self.owner),
                name: "Olivia Fern",
            },
        };
        let said = Said {
            author,
            text,
            documents: &[],
            once: format!("demo:{}:{}", self.id, held.newest),
        };
        say(&mut tx, &held, &said).await?;
        // Days gone by are told of already.
        store::mark_told(&mut tx, self.id, by.is_none(), held.newest + 1).await?;
        tx.commit().await
    }
}

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

const REPLIES: &[(&str, &str)] = &[
    (
        "Pictures: when they are ready",
        "Your pictures are being edited. They take about five weeks; you will get a message here as soon as the gallery is open.",
    ),
    (
        "Invoice: copy and payment",
        "You find the invoice under Invoices in your portal, where you can pay it by card and save it as a PDF.",
    ),
    (
        "Meeting before the day",
        "Shall we talk for twenty minutes, about a week before? Tell us two or three times that suit you, and we will call you.",
    ),
];

async fn person(tx: &mut StudioTx, email: &str, name: &'static str) -> Result<Person> {
    let found = access::store::candidates(tx, &Email::parse(email)?).await?;
    let id = found.first().ok_or_else(Error::not_found)?.id;
    Ok(Person { id, name })
}

/// After clients, events and staff are there.
pub async fn fill(app: &App) -> Result<()> {
    // Operator: the demo's studio and people by the names everybody knows.
    let mut tx = app.db.system().await?;
    let studio = studios::store::find_by_slug(&mut tx, "demo").await?;
    let studio = studio.ok_or_else(Error::not_found)?;
    let owner = staff::store::find(&mut tx, &Email::parse("owner@demo.test")?).await?;
    let owner = owner.ok_or_else(Error::not_found)?;
    let member = staff::store::find(&mut tx, &Email::parse("member@demo.test")?).await?;
    let mut tx = tx.for_studio(&studio.scope);
    let ada = person(&mut tx, "client@demo.test", "Ada Carter").await?;
    let ben = person(&mut tx, "spouse@demo.test", "Ben Carter").await?;
    let grace = person(&mut tx, "office@demo.test", "Grace Okafor").await?;
    for (title, body) in REPLIES {
        let id = tx.id();
        store::insert_reply(&mut tx, id, title, body).await?;
    }
    let mut talks = Vec::new();
    for contact in [&ada, &grace] {
        let client = clients::store::get_contact(&mut tx, contact.id)
            .await?
            .client_id;
        store::insert_conversation(&mut tx, own(client), client, None).await?;
        talks.push((client, own(client)));
    }
    let couple = talks[0].0;
    let filter = Filter {
        state: None,
        client: Some(couple),
    };
    let (now, first) = (tx.now(), EventId::from_bytes([0; 16]));
    let coming = events::store::coming_list(&mut tx, filter, now, first, 20).await?;
    let wedding = coming.iter().find(|one| one.title.contains("edding"));
    let wedding = wedding.map(|one| one.id);
    let about: ConversationId = tx.id();
    store::insert_conversation(&mut tx, about, couple, wedding).await?;
    if let Some(member) = member {
        store::assign(&mut tx, talks[1].1, Some(member)).await?;
    }
    tx.commit().await?;

    let talk = |id| Talk {
        app,
        studio: &studio,
        owner,
        id,
    };
    let account = talk(talks[0].1);
    account.says(3 * DAY, Some(&ada), "Hello! We changed our minds about the album: could it be the linen cover in sage instead of the leather one?").await?;
    account.says(3 * DAY - 2 * HOUR, None, "Of course, Ada. Sage linen is lovely with your colours, and the price stays the same. I have changed it.").await?;
    account
        .says(2 * DAY, Some(&ada), "Wonderful, thank you!")
        .await?;
    account.says(95, None, "One more thing about the album: you have 60 pages, and about 40 pictures fit well. Would you mark your favourites? You find them at https://pictures.fernlight.test/ada-and-ben, and there is no hurry.").await?;
    if wedding.is_some() {
        let wedding = talk(about);
        wedding
            .says(
                5 * DAY,
                Some(&ben),
                "Can we do the group pictures before the ceremony? My grandmother leaves early.",
            )
            .await?;
        wedding.says(5 * DAY - 3 * HOUR, None, "Yes, that works well: the light at two is soft on the west lawn. I put it into the plan, family first.").await?;
        wedding
            .says(4 * DAY, Some(&ben), "Perfect. There will be 23 of us.")
            .await?;
    }
    let office = talk(talks[1].1);
    office.says(26 * HOUR, None, "Good morning Grace, the crew list for the gala is complete. Do you need parking permits for three vans?").await?;
    office.says(40, Some(&grace), "Yes please, three vans.\nThe loading bay opens at 14:00; the code for the gate comes from security on the day. Could one of you be there at 13:45?").await?;

    let mut tx = app.db.write(&studio).await?;
    store::mark_studio_seen(&mut tx, about, i64::MAX).await?;
    for (contact, what, about) in [
        (
            &grace,
            "sent a document",
            "Insurance certificate.pdf · Bathwick Events Ltd",
        ),
        (
            &ada,
            "filled in a form",
            "Your wedding day · Ada & Ben Carter",
        ),
    ] {
        let client = clients::store::get_contact(&mut tx, contact.id)
            .await?
            .client_id;
        let path = format!("/admin/clients/{client}");
        let kind = match what {
            "sent a document" => StaffKind::Document,
            _ => StaffKind::Form,
        };
        let title = format!("{} {what}", contact.name);
        notifications::to_staff(&mut tx, &[owner], kind, &path, (&title, about)).await?;
    }
    tx.commit().await
}
