//! The demo studio's quotes in every state, with the orders and invoices they became.

use portico_wire::{
    ClientId, ContactId, LineId, QuoteId,
    sales::{Accept, QuoteState},
};
use serde_json::json;

use super::forms::People;
use crate::{
    App, Result,
    audit::{self, Actor, Change, Subject},
    clock::today,
    db::StudioTx,
    forms::store::Viewer,
    money::{
        plan::{Plan, Share, Step, When},
        sums::{Discount, Tax},
    },
    quotes::{
        QuoteLine,
        act::{self, By, Who},
        price,
        store::{self, Draft},
    },
    sales::{
        self, Line, Terms,
        numbers::{self, Series},
        store::Settings,
    },
    studios::Studio,
};

const TERMS: &str = "The date is yours once the deposit has arrived.\n\nAll prices include VAT. Pictures are delivered online within six weeks of the day.";
const DAY: i64 = 86_400;

fn vat() -> Tax {
    Tax {
        name: "VAT".into(),
        rate: 20_000,
    }
}

/// Whether a line is the client's to choose.
#[derive(Clone, Copy)]
enum Choice {
    Fixed,
    Optional,
    Preselected,
}
use Choice::{Fixed, Optional, Preselected};

struct Deal<'a> {
    client: ClientId,
    contacts: &'a [ContactId],
    title: &'a str,
    intro: &'a str,
    inclusive: bool,
    discount: Discount,
    plan: Plan,
    /// Days from today it can be accepted.
    valid_days: i64,
    /// Name, description, quantity in thousandths, unit, price, choice.
    lines: &'a [(&'a str, &'a str, i64, &'a str, i64, Choice)],
}

fn plan(steps: &[(Share, When)]) -> Plan {
    let steps = steps.iter().map(|(share, when)| Step {
        share: *share,
        when: when.clone(),
    });
    Plan(steps.collect())
}

fn said(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

async fn draft(tx: &mut StudioTx, studio: &Studio, deal: &Deal<'_>) -> Result<QuoteId> {
    let (discount_kind, discount_value) = deal.discount.parts();
    let terms = Terms {
        title: deal.title.into(),
        currency: studio.currency.clone(),
        language: "en".into(),
        tax_inclusive: deal.inclusive,
        discount_kind,
        discount_value,
        intro: said(deal.intro),
        terms: Some(TERMS.into()).filter(|_| deal.inclusive),
        plan: deal.plan.clone(),
    };
    let line = |(name, description, quantity, unit, unit_price, choice): &(
        &str,
        &str,
        i64,
        &str,
        i64,
        Choice,
    ),
                id: LineId| QuoteLine {
        line: Line {
            id,
            name: (*name).into(),
            description: said(description),
            quantity: *quantity,
            unit: said(unit),
            unit_price: *unit_price,
            discount_kind: crate::money::sums::DiscountKind::None,
            discount_value: 0,
            tax_name: Some(vat().name),
            tax_rate: Some(vat().rate),
        },
        optional: matches!(choice, Optional | Preselected),
        preselected: matches!(choice, Preselected),
    };
    let lines: Vec<QuoteLine> = deal.lines.iter().map(|one| line(one, tx.id())).collect();
    let until = today(
        tx.now().plus_seconds(deal.valid_days * DAY),
        &studio.time_zone,
    );
    let draft = Draft {
        terms: &terms,
        valid_until: Some(&until),
        total: price(&terms, &lines, None)?.sums.total,
        lines: &lines,
        contacts: deal.contacts,
    };
    store::insert(tx, deal.client, None, &draft).await
}

const BY: By<'static> = By {
    actor: &Actor::System,
    reference: "DEMO",
    tell: false,
};

async fn send(app: &App, tx: &mut StudioTx, studio: &Studio, deal: &Deal<'_>) -> Result<QuoteId> {
    let id = draft(tx, studio, deal).await?;
    if deal.valid_days >= 0 {
        act::send(app, tx, studio, id, 1, &BY).await?;
        return Ok(id);
    }
    // Sent when its last day was still to come.
    let day = sales::day(tx.now(), studio)?;
    let number = numbers::take(tx, Series::Quote, &Settings::default().quote_pattern, day).await?;
    store::mark_sent(tx, id, 1, &number).await?;
    store::mark_closed(tx, id, QuoteState::Expired, None).await?;
    for action in ["quote sent", "quote expired"] {
        let about = Subject("quote", Some(id.into_uuid()));
        audit::append(tx, &Actor::System, action, about, Change::none(), "DEMO").await?;
    }
    Ok(id)
}

async fn accept(
    app: &App,
    tx: &mut StudioTx,
    id: QuoteId,
    (contact, client, name): (ContactId, ClientId, &str),
) -> Result<()> {
    let viewer = Viewer {
        contact,
        client,
        everything: false,
    };
    let who = Who {
        viewer,
        name,
        reference: "DEMO",
        tell: false,
    };
    let quote = store::get(tx, id).await?;
    let lines = store::lines(tx, id).await?;
    let preselected = lines.iter().filter(|line| line.preselected);
    let sent = Accept {
        chosen: preselected.map(|line| line.line.id).collect(),
        version: quote.version,
        total: quote.total,
    };
    act::accept(app, tx, who, id, &sent, "demo-demo").await?;
    Ok(())
}

pub async fn fill(app: &App, tx: &mut StudioTx, studio: &Studio, people: &People) -> Result<()> {
    settings(tx).await?;
    couple(app, tx, studio, people).await?;
    company(app, tx, studio, people).await
}

async fn settings(tx: &mut StudioTx) -> Result<()> {
    let reduced = Tax {
        name: "VAT reduced".into(),
        rate: 5_000,
    };
    let none = Tax {
        name: "VAT zero".into(),
        rate: 0,
    };
    sales::store::replace_tax_rates(tx, &[vat(), reduced, none]).await?;
    let saved = Settings {
        tax_inclusive: true,
        terms: Some(TERMS.into()),
        plan: deposit(),
        ..Settings::default()
    };
    sales::store::save_settings(tx, &saved).await?;
    sales::store::save_plan(tx, "Deposit and balance", &deposit()).await?;
    let thirds = [When::Days(0), When::Months(1), When::Months(2)].map(|when| (Share::Rest, when));
    sales::store::save_plan(tx, "Three monthly parts", &plan(&thirds)).await?;
    let change = Change::made(&json!({ "tax rates": "VAT 20 %, VAT reduced 5 %, VAT zero 0 %" }))?;
    let about = Subject("studio", None);
    audit::append(
        tx,
        &Actor::System,
        "sales settings changed",
        about,
        change,
        "DEMO",
    )
    .await
}

fn deposit() -> Plan {
    plan(&[
        (Share::Percent(3_000), When::Days(7)),
        (Share::Rest, When::Days(60)),
    ])
}

async fn couple(app: &App, tx: &mut StudioTx, studio: &Studio, people: &People) -> Result<()> {
    let base = Deal {
        client: people.couple,
        contacts: &[people.ada],
        title: "Wedding photography, 19 June 2027",
        intro: "Thank you for the lovely talk. This is what we spoke about; choose the extras you would like.",
        inclusive: true,
        discount: Discount::None,
        plan: plan(&[
            (Share::Percent(3_000), When::Days(7)),
            (Share::Rest, When::On("2027-06-01".into())),
        ]),
        valid_days: 21,
        lines: &[
            (
                "Full day coverage",
                "Ten hours, two photographers, from getting ready to the first dances",
                1_000,
                "",
                195_000,
                Fixed,
            ),
            (
                "Online gallery",
                "About 600 pictures, ready for print, for a year",
                1_000,
                "",
                25_000,
                Fixed,
            ),
            (
                "Second album for the parents",
                "30 × 30 cm, 40 pages, linen",
                2_000,
                "album",
                18_000,
                Optional,
            ),
            (
                "Engagement session",
                "An hour and a half at a place you like",
                1_500,
                "h",
                16_000,
                Preselected,
            ),
        ],
    };
    send(app, tx, studio, &base).await?;
    let engagement = Deal {
        title: "Engagement pictures",
        intro: "",
        discount: Discount::Percent(1_000),
        plan: deposit(),
        lines: &[
            (
                "Session at Prior Park",
                "In the golden hour",
                2_000,
                "h",
                16_000,
                Fixed,
            ),
            (
                "Fine art prints",
                "A set of ten, 20 × 30 cm",
                1_000,
                "set",
                9_500,
                Preselected,
            ),
            ("Framing", "Oak, museum glass", 1_000, "", 14_000, Optional),
        ],
        ..base
    };
    let accepted = send(app, tx, studio, &engagement).await?;
    accept(app, tx, accepted, (people.ada, people.couple, "Ada Carter")).await?;
    let expired = Deal {
        title: "A short film of the day",
        intro: "Four minutes, with the speeches.",
        valid_days: -12,
        lines: &[(
            "Short film",
            "Filmed by a third person, cut within six weeks",
            1_000,
            "",
            110_000,
            Fixed,
        )],
        ..engagement
    };
    send(app, tx, studio, &expired).await?;
    Ok(())
}

async fn company(app: &App, tx: &mut StudioTx, studio: &Studio, people: &People) -> Result<()> {
    let festival = Deal {
        client: people.company,
        contacts: &[people.site],
        title: "Harbour Festival, two photographers",
        intro: "For three days on the waterfront.",
        inclusive: false,
        discount: Discount::Amount(15_000),
        plan: plan(&[(Share::Rest, When::Days(30))]),
        valid_days: 14,
        lines: &[
            (
                "Photographer on site",
                "Per day, up to nine hours",
                6_000,
                "day",
                52_000,
                Fixed,
            ),
            (
                "Same evening selection",
                "Twenty pictures for the press, each day by 22:00",
                3_000,
                "day",
                12_000,
                Optional,
            ),
        ],
    };
    send(app, tx, studio, &festival).await?;
    let awards = Deal {
        contacts: &[people.office],
        title: "Staff awards evening",
        intro: "",
        discount: Discount::None,
        lines: &[
            ("Event photography", "", 4_500, "h", 14_000, Fixed),
            (
                "Portrait corner",
                "Backdrop and light, prints on the spot",
                1_000,
                "",
                39_000,
                Fixed,
            ),
        ],
        ..festival
    };
    let accepted = send(app, tx, studio, &awards).await?;
    accept(
        app,
        tx,
        accepted,
        (people.office, people.company, "Grace Okafor"),
    )
    .await?;
    // Written and not sent yet.
    let summer = Deal {
        contacts: &[people.office, people.site],
        title: "Summer party",
        valid_days: 30,
        ..awards
    };
    draft(tx, studio, &summer).await?;
    Ok(())
}
