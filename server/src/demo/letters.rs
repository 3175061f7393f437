//! The demo studio's mail templates, and a mail somebody wrote with one of them.

use crate::{
    App, Result,
    access::{self, Email, reach::Filter, store::Place},
    error::Error,
    mail::letters::{
        Purpose, Words,
        send::{self, Outgoing},
        store,
    },
    staff, studios,
};

const WELCOME: (&str, &str, &str) = (
    "Welcome, weddings",
    "So happy to be there, {{ recipient.first_name }}!",
    "Hello {{ recipient.first_name }},

your date is booked and in our calendar in *thick* ink. From today everything about your day is in one place:

{{ recipient.portal_linked }}

This is what happens next:

1. Look at your details and put right what is not.
2. Tell us who is who: parents, best friends, anybody who should not miss a picture.
3. Six weeks before the day we talk through the times together.

Questions in between? Call {{ studio.phone }} or simply answer this mail.

Olivia and Marcus
{{ studio.name }}",
);

const GALLERY: (&str, &str, &str) = (
    "Your gallery is ready",
    "Your pictures are here",
    "Hello {{ recipient.first_name }},

we have looked at **every single one**, and now it is your turn. Your gallery waits in the client portal:

{{ recipient.portal_linked }}

- Mark your favourites; they become the first pages of your album.
- Downloads are open for six months.
- Prints can be ordered from any picture.

Make yourselves a cup of tea first. You will want to sit down.

{{ studio.name }}",
);

const TIMES: (&str, &str, &str) = (
    "Six weeks before",
    "Let us plan the times, {{ recipient.first_name }}",
    "Hello {{ recipient.first_name }},

six weeks to go! Shall we talk the day through? Half an hour on the phone is enough.

> Good light is early or late. If you can, keep half an hour before dinner for the two of you.

Please look at the addresses and times in your client portal before we talk:

{{ recipient.portal_linked }}

{{ studio.name }}, {{ studio.phone }}",
);

/// After clients and staff are there.
pub async fn fill(app: &App) -> Result<()> {
    // Operator: the demo's studio and people by the names everybody knows.
    let mut tx = app.db.system().await?;
    let studio = studios::store::find_by_slug(&mut tx, "demo")
        .await?
        .ok_or_else(Error::not_found)?;
    let owner = staff::store::find(&mut tx, &Email::parse("owner@demo.test")?)
        .await?
        .ok_or_else(Error::not_found)?;
    let mut tx = tx.for_studio(&studio.scope);
    for (name, subject, body) in [WELCOME, GALLERY, TIMES] {
        store::insert(&mut tx, Purpose::Letter, &words(name, subject, body)).await?;
    }
    let filter = Filter {
        state: None,
        search: "hannah whitcombe".into(),
    };
    let found = access::store::portal_users(&mut tx, &filter, &Place::start(), 1).await?;
    let client = found.first().ok_or_else(Error::not_found)?.client_id;
    let people = store::recipients(&mut tx, client).await?;
    let written = words(WELCOME.0, WELCOME.1, WELCOME.2);
    let mail = Outgoing {
        id: tx.id(),
        client,
        words: &written,
        to: &people,
        staff: owner,
        staff_name: "Olivia Fern",
        reference: "-",
    };
    send::send(app, &mut tx, &studio, &mail).await?;
    tx.commit().await
}

fn words(name: &str, subject: &str, body: &str) -> Words {
    Words {
        name: name.into(),
        subject: subject.into(),
        body: body.into(),
    }
}
