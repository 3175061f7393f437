//! The demo studio's documents: shared in folders and on an event, sent by clients, asked for.

use bytes::Bytes;
use futures_util::stream;
use portico_wire::{ClientId, ContactId, DocumentId, FolderId};

use super::forms::People;
use crate::{
    App, Result,
    audit::Actor,
    clock::{at_hour, today},
    documents::{
        Sender, Target, receive,
        store::{self, NewRequest},
    },
    error::Error,
    studios::Studio,
};

/// A page of A4 with a title and lines, as a PDF.
fn pdf(title: &str, lines: &[&str]) -> Vec<u8> {
    let plain = |text: &str| {
        text.replace('\\', "\\\\")
            .replace('(', "\\(")
            .replace(')', "\\)")
    };
    let mut text = format!(
        "BT /F2 22 Tf 64 760 Td ({}) Tj /F1 12 Tf 0 -20 Td",
        plain(title)
    );
    for line in lines {
        text.push_str(&format!(" 0 -20 Td ({}) Tj", plain(line)));
    }
    text.push_str(" ET");
    let font =
        |name| format!("<</Type/Font/Subtype/Type1/BaseFont/{name}/Encoding/WinAnsiEncoding>>");
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".into(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R/F2 6 0 R>>>>>>"
            .into(),
        format!("<</Length {}>>stream\n{text}\nendstream", text.len()),
        font("Helvetica"),
        font("Helvetica-Bold"),
    ];
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        places.push(file.len());
        file.extend(format!("{} 0 obj{object}endobj\n", number + 1).bytes());
    }
    let start = file.len();
    file.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for place in places {
        file.extend(format!("{place:010} 00000 n \n").bytes());
    }
    let count = objects.len() + 1;
    file.extend(
        format!("trailer<</Size {count}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").bytes(),
    );
    file
}

/// A drawing of the grounds: lawn, house, tent and drive.
fn map() -> Result<Vec<u8>> {
    let within = |x: u32, y: u32, (left, top, right, bottom): (u32, u32, u32, u32)| {
        (left..right).contains(&x) && (top..bottom).contains(&y)
    };
    let picture = image::RgbImage::from_fn(960, 640, |x, y| {
        let colour = if within(x, y, (380, 90, 640, 230)) {
            [140, 110, 96]
        } else if within(x, y, (150, 330, 430, 500)) {
            [246, 241, 230]
        } else if within(x, y, (500, 230, 540, 640)) || within(x, y, (430, 400, 500, 430)) {
            [214, 203, 184]
        } else if (x / 40 + y / 40) % 2 == 0 {
            [168, 198, 150]
        } else {
            [162, 192, 144]
        };
        image::Rgb(colour)
    });
    let mut png = std::io::Cursor::new(Vec::new());
    picture
        .write_to(&mut png, image::ImageFormat::Png)
        .map_err(Error::internal)?;
    Ok(png.into_inner())
}

struct Desk<'a> {
    app: &'a App,
    studio: &'a Studio,
}

impl Desk<'_> {
    async fn put(
        &self,
        sender: Sender,
        target: Target,
        name: &str,
        content: Vec<u8>,
    ) -> Result<DocumentId> {
        let content = stream::once(async { Ok(Bytes::from(content)) });
        let scope = &self.studio.scope;
        let made = receive::whole(self.app, scope, &sender, target, name, content).await?;
        made.document_id.ok_or_else(Error::not_found)
    }

    async fn share(
        &self,
        client: ClientId,
        target: Target,
        name: &str,
        content: Vec<u8>,
    ) -> Result<DocumentId> {
        let sender = Sender {
            client,
            contact: None,
            staff: None,
            name: "Olive Owner".into(),
            actor: Actor::System,
            reference: "DEMO".into(),
        };
        self.put(sender, target, name, content).await
    }

    async fn send(
        &self,
        client: ClientId,
        (contact, by): (ContactId, &str),
        name: &str,
        content: Vec<u8>,
    ) -> Result<DocumentId> {
        let sender = Sender {
            client,
            contact: Some(contact),
            staff: None,
            name: by.into(),
            actor: Actor::Contact {
                id: contact,
                name: by.into(),
            },
            reference: "DEMO".into(),
        };
        self.put(sender, Target::default(), name, content).await
    }
}

async fn folders(desk: &Desk<'_>, client: ClientId) -> Result<(FolderId, FolderId)> {
    let mut tx = desk.app.db.write(&desk.studio.scope).await?;
    let plans = store::insert_folder(&mut tx, client, "Plans for the day").await?;
    let papers = store::insert_folder(&mut tx, client, "Papers").await?;
    tx.commit().await?;
    Ok((plans, papers))
}

pub async fn fill(app: &App, studio: &Studio, people: &People) -> Result<()> {
    let desk = &Desk { app, studio };
    let couple = people.couple;
    let (plans, papers) = folders(desk, couple).await?;
    let within = |folder| Target {
        folder: Some(folder),
        for_all: true,
        ..Target::default()
    };
    let order = pdf(
        "Order of the day",
        &[
            "11:00  Arrival and getting ready",
            "13:30  Ceremony",
            "15:00  Drinks on the lawn",
            "18:00  Dinner",
            "21:00  First dance",
        ],
    );
    let order = desk
        .share(couple, within(plans), "Order of the day.pdf", order)
        .await?;
    let grounds = desk
        .share(couple, within(plans), "Map of the grounds.png", map()?)
        .await?;
    let prices = pdf(
        "Prices 2027",
        &["Albums, prints and boxes, with what each costs."],
    );
    desk.share(couple, within(papers), "Prices of albums.pdf", prices)
        .await?;
    let list = "What to bring\n\n- the rings\n- a second pair of shoes\n- an umbrella, whatever the forecast says\n";
    let for_ada = Target {
        contacts: vec![people.ada],
        ..Target::default()
    };
    desk.share(couple, for_ada, "What to bring.txt", list.into())
        .await?;
    desk.send(
        couple,
        (people.ada, "Ada Carter"),
        "Guest list.txt",
        "Grandma Rose\nUncle Jim\nTheo and Mia\n".into(),
    )
    .await?;
    let site = pdf(
        "Site rules",
        &[
            "High-visibility vests beyond the gate.",
            "Deliveries from 7:00.",
        ],
    );
    let for_office = Target {
        contacts: vec![people.office],
        ..Target::default()
    };
    desk.share(people.company, for_office, "Site rules.pdf", site)
        .await?;
    on_event(desk, couple).await?;
    let mut tx = app.db.write(&studio.scope).await?;
    for seen in [order, grounds] {
        store::mark_seen(&mut tx, seen, 1, people.ada, seen == order).await?;
    }
    let due = at_hour(
        &today(tx.now(), &studio.time_zone),
        9,
        12,
        &studio.time_zone,
    )?;
    let due = today(due, &studio.time_zone);
    let new = NewRequest {
        client: couple,
        event: None,
        contacts: &[people.ada],
        title: "Insurance certificate of the venue",
        note: Some("The house asks for it two weeks before. A photo of it will do."),
        due: Some(&due),
    };
    store::insert_request(&mut tx, &new).await?;
    // Nobody is told of what was there before they came.
    for client in [couple, people.company] {
        store::delete_news(&mut tx, client, None).await?;
    }
    tx.commit().await
}

/// One on the couple's next event.
async fn on_event(desk: &Desk<'_>, client: ClientId) -> Result<()> {
    let mut tx = desk.app.db.read(&desk.studio.scope).await?;
    let now = tx.now();
    let mut events = store::events_of(&mut tx, client).await?;
    drop(tx);
    events.retain(|event| event.starts_at > now);
    events.sort_by_key(|event| event.starts_at);
    let Some(event) = events.first() else {
        return Ok(());
    };
    let target = Target {
        event: Some(event.id),
        for_all: true,
        ..Target::default()
    };
    let parking = pdf(
        "Where to park",
        &[
            "Behind the stables, signposted from the road.",
            "The drive is kept free for the vans.",
        ],
    );
    desk.share(client, target, "Where to park.pdf", parking)
        .await?;
    Ok(())
}
