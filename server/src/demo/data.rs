//! The demo's studios, staff and clients, made through the product's own functions.

use bytes::Bytes;
use portico_wire::{
    ContactId, GroupId, Settings,
    clients::{Address, ClientKind},
};

use super::{
    book, contracts, crew, documents, events, forms, letters, messages, payments, portal, sales,
    site,
};
use crate::{
    App, Result,
    access::{self, Email, links},
    audit::Actor,
    cli,
    clients::{self, NewClient, NewContact, import},
    db::StudioTx,
    error::Error,
    scope::StudioScope,
    staff::{self, Role},
    studios::{self, Slug, Studio, Subscription, logo},
};

const PASSWORD: &str = "demo-demo-demo";

/// Fills an empty database; one that has studios is left as it is.
pub async fn fill(app: &App) -> Result<()> {
    // Operator: is there any studio at all?
    let mut tx = app.db.system_read().await?;
    let studios = studios::store::count(&mut tx).await?;
    drop(tx);
    if studios > 0 {
        return Ok(());
    }
    let hash = app.passwords.hash(PASSWORD).await?;
    demo(app, &hash).await?;
    for (slug, name, state, open) in [
        (
            "lapsed",
            "Harbour Dance School",
            Subscription::Expired,
            true,
        ),
        ("unpaid", "Corner Salon", Subscription::PastDue, true),
        ("closed", "Meadow Music School", Subscription::Active, false),
    ] {
        locked(app, slug, name, state, open, &hash).await?;
    }
    for (email, name, studio, role) in [
        ("owner@demo.test", "Olivia Fern", "demo", Role::Owner),
        ("member@demo.test", "Marcus Light", "demo", Role::Member),
        ("owner@lapsed.test", "Lena Harbour", "lapsed", Role::Owner),
        ("owner@unpaid.test", "Uma Corner", "unpaid", Role::Owner),
    ] {
        cli::add_staff(&app.db, &app.passwords, email, name, studio, role, PASSWORD).await?;
    }
    leads(app).await?;
    crew::fill(app).await?;
    portal::fill(app).await?;
    letters::fill(app).await?;
    messages::fill(app).await
}

/// Those who work with the studio these days were invited and have been in.
pub async fn let_in(app: &App) -> Result<()> {
    // Operator: the demo's own studio, by its word.
    let mut tx = app.db.system_read().await?;
    let studio = studios::store::find_by_slug(&mut tx, "demo")
        .await?
        .ok_or_else(Error::not_found)?;
    drop(tx);
    let mut tx = app.db.write(&studio).await?;
    for email in ["client@demo.test", "spouse@demo.test", "office@demo.test"] {
        for contact in access::store::candidates(&mut tx, &Email::parse(email)?).await? {
            access::store::note_invitation(&mut tx, contact.id).await?;
            access::store::note_sign_in(&mut tx, contact.id).await?;
            let now = tx.now();
            clients::store::note_activity(&mut tx, contact.id, now).await?;
        }
    }
    tx.commit().await
}

/// A file the owner uploaded and has not imported yet: workers find out what would become of its rows.
async fn leads(app: &App) -> Result<()> {
    let file = import::file::read(include_bytes!("leads.csv"))?;
    // Operator: who the owner is, and which studio it is.
    let mut tx = app.db.system().await?;
    let studio = studios::store::find_by_slug(&mut tx, "demo").await?;
    let studio = studio.ok_or_else(Error::not_found)?;
    let owner = staff::store::find(&mut tx, &Email::parse("owner@demo.test")?).await?;
    let mut tx = tx.for_studio(&studio.scope);
    let by = import::store::By {
        staff: owner.ok_or_else(Error::not_found)?,
        name: "Olivia Fern",
        reference: "DEMO",
    };
    let id = import::store::insert(&mut tx, &file, "wedding-fair-november.csv", by).await?;
    let choices = clients::forms::Choices::load(&mut tx).await?;
    let mapping = import::columns::Mapping {
        columns: import::columns::guess(&file.header, &choices),
        kind: ClientKind::Couple.name().into(),
        group: choices
            .groups
            .iter()
            .find(|group| group.name == "Weddings")
            .map(|group| group.id.to_string())
            .unwrap_or_default(),
        clear: false,
    };
    import::work::begin_check(&mut tx, id, &mapping).await?;
    tx.commit().await
}

fn studio(scope: StudioScope, slug: &str, name: &str) -> Result<Studio> {
    Ok(Studio {
        language: "en".into(),
        time_zone: "Europe/London".into(),
        country: "GB".into(),
        currency: "GBP".into(),
        ..Studio::new(scope, Slug::parse(slug)?, name.into())
    })
}

async fn demo(app: &App, hash: &str) -> Result<()> {
    // Operator: the studio this works in does not exist yet.
    let tx = app.db.system().await?;
    let scope = StudioScope::of(tx.id());
    let studio = Studio {
        welcome: Some(
            "Everything about your day in one place: your dates, your papers and your pictures."
                .into(),
        ),
        accent: Some("#7a3e58".into()),
        logo_url: Some(logo::keep(app, Bytes::from_static(include_bytes!("logo.png"))).await?),
        support_email: Some("hello@fernlight.test".into()),
        support_phone: Some("+44 1225 555 014".into()),
        ..studio(scope, "demo", "Fernlight Studio")?
    };
    let mut tx = tx.for_studio(&scope);
    studios::create(&mut tx, &studio, &[site::origin(app)], &Actor::Operator).await?;
    let weddings = tx.id();
    clients::store::insert_group(&mut tx, weddings, "Weddings").await?;

    let ada = client(&mut tx, weddings, ClientKind::Couple, "Ada & Ben Carter").await?;
    let clara = person(&mut tx, &ada, "Ada", "Carter", "client@demo.test").await?;
    let spouse = person(&mut tx, &ada, "Ben", "Carter", "spouse@demo.test").await?;
    let company = client(
        &mut tx,
        weddings,
        ClientKind::Organisation,
        "Bathwick Events Ltd",
    )
    .await?;
    let office = NewContact {
        mobile: Some("+12025550142".into()),
        rights: Settings([(portico_wire::Right::SeeEverything, true)].into()),
        ..contact(&tx, &company, "Grace", "Okafor", "office@demo.test")
    };
    clients::store::insert_contact(&mut tx, &office).await?;
    let site = person(&mut tx, &company, "Tom", "Weller", "site@demo.test").await?;
    for (kind, name, first, last) in [
        (ClientKind::Person, "Nina Twin", "Nina", "Twin"),
        (ClientKind::Family, "The Twin Family", "Noah", "Twin"),
    ] {
        let twin = client(&mut tx, weddings, kind, name).await?;
        person(&mut tx, &twin, first, last, "twin@demo.test").await?;
    }
    let newcomer = client(&mut tx, weddings, ClientKind::Person, "Nora Newcomer").await?;
    let new = person(&mut tx, &newcomer, "Nora", "Newcomer", "new@demo.test").await?;
    let former = client(&mut tx, weddings, ClientKind::Person, "Oscar Former").await?;
    let off = NewContact {
        active: false,
        ..contact(&tx, &former, "Oscar", "Former", "off@demo.test")
    };
    clients::store::insert_contact(&mut tx, &off).await?;

    for contact in [clara, spouse, office.id, site, off.id] {
        access::store::save_password(&mut tx, contact, hash).await?;
    }
    book::fill(&mut tx, weddings).await?;
    let people = forms::People {
        couple: ada.id,
        ada: clara,
        ben: spouse,
        company: company.id,
        office: office.id,
        site,
    };
    forms::fill(app, &mut tx, &studio, &people).await?;
    // Before what was sold in these days, so that the numbers follow the days.
    payments::fill(app, &mut tx, &studio, &people).await?;
    sales::fill(app, &mut tx, &studio, &people).await?;
    contracts::fill(&mut tx, &studio, &people).await?;
    events::fill(app, &mut tx, &studio, &people).await?;
    let newcomer = access::store::candidate(&mut tx, new)
        .await?
        .ok_or_else(Error::not_found)?;
    links::invite(app, &mut tx, &studio, &newcomer).await?;
    tx.commit().await?;
    documents::fill(app, &studio, &people).await
}

async fn locked(
    app: &App,
    slug: &str,
    name: &str,
    state: Subscription,
    open: bool,
    hash: &str,
) -> Result<()> {
    // Operator: the studio this works in does not exist yet.
    let tx = app.db.system().await?;
    let scope = StudioScope::of(tx.id());
    let studio = Studio {
        portal_enabled: open,
        subscription: state,
        support_email: Some(format!("hello@{slug}.test")),
        ..studio(scope, slug, name)?
    };
    let mut tx = tx.for_studio(&scope);
    studios::create(&mut tx, &studio, &[site::origin(app)], &Actor::Operator).await?;
    let group = tx.id();
    clients::store::insert_group(&mut tx, group, "Everybody").await?;
    let client = client(&mut tx, group, ClientKind::Person, "Casey Client").await?;
    let contact = person(&mut tx, &client, "Casey", "Client", "client@demo.test").await?;
    access::store::save_password(&mut tx, contact, hash).await?;
    tx.commit().await
}

async fn client(
    tx: &mut StudioTx,
    group: GroupId,
    kind: ClientKind,
    name: &str,
) -> Result<NewClient> {
    let client = NewClient {
        id: tx.id(),
        kind,
        name: name.into(),
        group: Some(group),
        portal_enabled: true,
        phone: Some("+441225555020".into()),
        address: Address {
            line1: Some("12 Pulteney Mews".into()),
            city: Some("Bath".into()),
            postcode: Some("BA2 4DS".into()),
            country: Some("GB".into()),
            ..Address::default()
        },
        rights: Settings::default(),
        fields: clients::Values::default(),
    };
    clients::store::insert_client(tx, &client).await?;
    Ok(client)
}

fn contact(tx: &StudioTx, client: &NewClient, first: &str, last: &str, email: &str) -> NewContact {
    NewContact {
        id: tx.id(),
        client: client.id,
        first_name: first.into(),
        last_name: last.into(),
        email: Some(email.into()),
        mobile: None,
        language: None,
        active: true,
        rights: Settings::default(),
        fields: clients::Values::default(),
    }
}

async fn person(
    tx: &mut StudioTx,
    client: &NewClient,
    first: &str,
    last: &str,
    email: &str,
) -> Result<ContactId> {
    let contact = contact(tx, client, first, last, email);
    clients::store::insert_contact(tx, &contact).await?;
    Ok(contact.id)
}
