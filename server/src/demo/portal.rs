//! How the demo studio arranges its portal: published, with a version before it.

use portico_wire::{Right, portal::ActionIcon};

use crate::{
    App, Result,
    access::Email,
    audit::Actor,
    error::Error,
    portal_editor::{self, Action, By, Layout, Target, store},
    staff, studios,
};

const WELCOME: &str = "Lovely to see you, {first_name}. Dates, papers and payments are all here; whatever you cannot find, ask us.";

pub async fn fill(app: &App) -> Result<()> {
    // Operator: who the owner is, and which studio it is.
    let mut tx = app.db.system().await?;
    let studio = studios::store::find_by_slug(&mut tx, "demo").await?;
    let mut studio = studio.ok_or_else(Error::not_found)?;
    let owner = staff::store::find(&mut tx, &Email::parse("owner@demo.test")?).await?;
    let mut tx = tx.for_studio(&studio.scope);
    let name = "Olivia Fern";
    let actor = Actor::Staff {
        id: owner.ok_or_else(Error::not_found)?,
        name: name.to_owned(),
    };
    let by = By {
        name,
        actor: &actor,
        reference: "DEMO",
    };
    let form = store::forms(&mut tx).await?;
    let form = form.first().ok_or_else(Error::not_found)?.0;
    let all = [
        ("Book a session", ActionIcon::Calendar, Target::Book),
        ("Pay now", ActionIcon::Card, Target::Pay),
        ("Send us a message", ActionIcon::Message, Target::Message),
        (
            "Fill in your details",
            ActionIcon::Form,
            Target::Form { form },
        ),
        (
            "See our gallery",
            ActionIcon::Camera,
            Target::Link {
                url: "https://fernlight.example/gallery".to_owned(),
            },
        ),
    ];
    let actions = all
        .into_iter()
        .enumerate()
        .map(|(at, (label, icon, target))| Action {
            id: format!("a{}", at + 1),
            label: label.to_owned(),
            icon,
            target,
        });
    let mut layout = Layout {
        actions: actions.collect(),
        welcome: Some(WELCOME.to_owned()),
        ..Layout::default()
    };
    layout.complete(&studio.rights);
    let mut first = layout.clone();
    first.actions.truncate(2);
    // What is next comes before what is owed.
    let events = first
        .sections
        .iter()
        .position(|it| it.section == Right::Events);
    layout.sections.clone_from(&first.sections);
    if let Some(at) = events {
        let events = layout.sections.remove(at);
        layout.sections.insert(2, events);
    }
    for (version, layout) in [(0, &first), (1, &layout)] {
        store::save_draft(&mut tx, version, layout, name).await?;
        let stored = store::get(&mut tx).await?;
        portal_editor::publish(&mut tx, &mut studio, stored.as_ref(), layout, None, &by).await?;
    }
    tx.commit().await
}
