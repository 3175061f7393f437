//! The demo studio's account with the sandbox, invoices, and what was paid on them by hand. What was paid online
//! stands in `online`.

use portico_wire::{ClientId, ContactId, InvoiceId, LineId, Timestamp, payments::PaymentMethod};

use super::{
    forms::People,
    sandbox::{KEY, WEBHOOK_SECRET},
};
use crate::{
    App, Result,
    audit::Actor,
    clients,
    db::StudioTx,
    invoices::{
        Kind, issue,
        store::{self as invoices, NewInvoice},
    },
    jobs::{self, Job},
    money::{
        plan::{Plan, Share, Step, When},
        sums::DiscountKind,
    },
    payments::{
        Limits, Source, account, ledger,
        store::{
            self, NewPayment,
            account::{self as accounts, NewKey},
        },
    },
    sales::{Line, Terms},
    secrets::Secret,
    studios::Studio,
};

const DAY: i64 = 86_400;
pub(super) const BY: issue::By<'static> = issue::By {
    actor: &Actor::System,
    reference: "DEMO",
};

pub(super) struct Bill<'a> {
    pub client: ClientId,
    pub contacts: &'a [ContactId],
    pub title: &'a str,
    /// How long ago it was issued.
    pub days_ago: i64,
    pub plan: Plan,
    /// Name, quantity in thousandths, price with tax in it.
    pub lines: &'a [(&'a str, i64, i64)],
}

fn plan(steps: &[(Share, When)]) -> Plan {
    Plan(
        steps
            .iter()
            .map(|(share, when)| Step {
                share: *share,
                when: when.clone(),
            })
            .collect(),
    )
}

pub(super) async fn bill(tx: &mut StudioTx, studio: &Studio, bill: &Bill<'_>) -> Result<InvoiceId> {
    let now = tx.now();
    tx.set_now(now.plus_seconds(-bill.days_ago * DAY));
    let terms = Terms {
        title: bill.title.into(),
        currency: studio.currency.clone(),
        language: "en".into(),
        tax_inclusive: true,
        discount_kind: DiscountKind::None,
        discount_value: 0,
        intro: None,
        terms: None,
        plan: bill.plan.clone(),
    };
    let lines: Vec<Line> = bill
        .lines
        .iter()
        .map(|(name, quantity, price)| {
            let id: LineId = tx.id();
            Line {
                id,
                name: (*name).into(),
                description: None,
                quantity: *quantity,
                unit: None,
                unit_price: *price,
                discount_kind: DiscountKind::None,
                discount_value: 0,
                tax_name: Some("VAT".into()),
                tax_rate: Some(20_000),
            }
        })
        .collect();
    let lines: Vec<&Line> = lines.iter().collect();
    let sums = terms.sums(lines.iter().copied())?;
    let new = NewInvoice {
        kind: Kind::Invoice,
        client: bill.client,
        order: None,
        corrects: None,
        replaces: None,
        terms: &terms,
        lines: &lines,
        contacts: bill.contacts,
        sums: &sums,
    };
    let id = invoices::insert(tx, &new).await?;
    issue::issue(tx, studio, id, &BY).await?;
    tx.set_now(now);
    Ok(id)
}

/// Money that came in by hand, so many days ago.
async fn paid(
    tx: &mut StudioTx,
    invoice: InvoiceId,
    (method, reference): (PaymentMethod, &str),
    amount: i64,
    days_ago: i64,
) -> Result<()> {
    let now = tx.now();
    let at: Timestamp = now.plus_seconds(-days_ago * DAY);
    tx.set_now(at);
    let found = invoices::get(tx, invoice).await?;
    store::lock(tx, found.client_id).await?;
    let new = NewPayment {
        client: Some(found.client_id),
        contact: None,
        checkout: None,
        currency: &found.terms.currency,
        amount,
        tip: 0,
        method,
        detail: None,
        provider_id: None,
        reference: Some(reference).filter(|text| !text.is_empty()),
        note: None,
        problem: None,
        recorded_by: None,
        act_key: None,
        at,
    };
    let id = store::insert(tx, &new).await?;
    let payment = store::get(tx, id).await?;
    let source = Source::of(&Actor::System, "DEMO");
    ledger::succeeded(tx, &payment, &[(invoice, i64::MAX)], &source).await?;
    tx.set_now(now);
    Ok(())
}

async fn account(app: &App, tx: &mut StudioTx) -> Result<()> {
    let sealed = account::seal_key(app, &Secret::presented(KEY));
    let key = NewKey {
        sealed: &sealed,
        hint: "demo",
        name: Some("Fernlight Studio"),
        live: false,
    };
    accounts::save_key(tx, &key).await?;
    let secret = account::seal_webhook(app, &Secret::presented(WEBHOOK_SECRET));
    accounts::save_webhook(tx, Some(&secret), None).await?;
    let limits = Limits {
        version: 0,
        other_amount: true,
        least: 2_500,
        tip: true,
        prepay: true,
    };
    accounts::save_limits(tx, &limits).await?;
    let later = tx.now().plus_seconds(3_600);
    jobs::enqueue_at(tx, &Job::PollProvider {}, later).await?;
    Ok(())
}

/// Money that came in by hand: how, its reference, how much, and so many days ago.
type Came<'a> = (PaymentMethod, &'a str, i64, i64);

pub async fn fill(app: &App, tx: &mut StudioTx, studio: &Studio, people: &People) -> Result<()> {
    account(app, tx).await?;
    let ada = [people.ada];
    let (office, both) = ([people.office], [people.office, people.site]);
    let mut all = couple(people.couple, &ada);
    all.extend(company(people.company, &office, &both));
    let query = clients::store::Query::default();
    let found = clients::store::list(tx, &query, 24).await?.clients;
    let others: Vec<(ClientId, [ContactId; 1])> = found
        .iter()
        .filter(|client| !client.name.contains("Carter") && !client.name.contains("Bathwick"))
        .filter_map(|client| Some((client.place.id, [client.contacts.first()?.id])))
        .collect();
    for (at, (client, contacts)) in (0i64..).zip(&others) {
        all.push(other(at, *client, contacts));
    }
    // As they were issued, so that the numbers follow the days.
    all.sort_by_key(|(bill, _)| -bill.days_ago);
    for (one, came) in all {
        let id = bill(tx, studio, &one).await?;
        for (method, reference, amount, days_ago) in came {
            paid(tx, id, (method, reference), amount, days_ago).await?;
        }
    }
    Ok(())
}

pub(super) fn at_once() -> Plan {
    plan(&[(Share::Rest, When::Days(14))])
}

fn couple(client: ClientId, contacts: &[ContactId]) -> Vec<(Bill<'_>, Vec<Came<'_>>)> {
    let bill = |title, days_ago, plan, lines| Bill {
        client,
        contacts,
        title,
        days_ago,
        plan,
        lines,
    };
    let thirds = plan(&[
        (Share::Percent(3_000), When::Days(7)),
        (Share::Percent(4_000), When::Days(35)),
        (Share::Rest, When::Days(120)),
    ]);
    vec![
        (
            bill(
                "Pre-wedding talk and location visit",
                75,
                at_once(),
                &[
                    ("Location visit, Prior Park", 1_000, 12_000),
                    ("Planning talk", 1_500, 8_000),
                ][..],
            ),
            vec![(
                PaymentMethod::Transfer,
                "Carter, location visit",
                24_000,
                66,
            )],
        ),
        // The deposit came, the second part is late, the last one has time.
        (
            bill(
                "Wedding film and drone pictures",
                48,
                thirds,
                &[
                    ("Film of the day, four minutes", 1_000, 110_000),
                    ("Drone pictures", 1_000, 25_000),
                ][..],
            ),
            vec![(PaymentMethod::Transfer, "Carter, film", 40_500, 43)],
        ),
        // A little too much: the rest is kept for them.
        (
            bill(
                "Framed print for the grandparents",
                30,
                at_once(),
                &[("Framed print, 50 × 70 cm", 1_000, 14_500)][..],
            ),
            vec![(PaymentMethod::Cheque, "No. 100482", 15_000, 24)],
        ),
        (
            bill(
                "Thank-you cards",
                3,
                at_once(),
                &[("Thank-you cards, set of 60", 1_000, 9_600)][..],
            ),
            Vec::new(),
        ),
    ]
}

fn company<'a>(
    client: ClientId,
    office: &'a [ContactId],
    both: &'a [ContactId],
) -> Vec<(Bill<'a>, Vec<Came<'a>>)> {
    let bill = |title, contacts, days_ago, lines| Bill {
        client,
        contacts,
        title,
        days_ago,
        plan: at_once(),
        lines,
    };
    vec![
        (
            bill(
                "Spring gala",
                office,
                52,
                &[
                    ("Event photography", 6_000, 16_800),
                    ("Same evening selection", 1_000, 14_400),
                ][..],
            ),
            vec![(PaymentMethod::Transfer, "Bathwick PO 2211", 115_200, 40)],
        ),
        (
            bill(
                "Team portraits",
                both,
                26,
                &[("Portrait, retouched", 18_000, 4_200)][..],
            ),
            Vec::new(),
        ),
    ]
}

/// Of a client in the book, so that lists look alive.
fn other(at: i64, client: ClientId, contacts: &[ContactId]) -> (Bill<'_>, Vec<Came<'_>>) {
    type Lines = &'static [(&'static str, i64, i64)];
    const WORK: &[(&str, Lines, i64)] = &[
        (
            "Portrait session",
            &[("Portrait session", 1_000, 18_000)],
            18_000,
        ),
        (
            "Family afternoon",
            &[("Family afternoon", 1_000, 24_500)],
            24_500,
        ),
        ("Album", &[("Album, 40 pages", 1_000, 32_000)], 32_000),
        ("Christening", &[("Christening", 1_000, 41_000)], 41_000),
        ("Headshots", &[("Headshots", 5_000, 6_500)], 32_500),
    ];
    let (title, lines, whole) = WORK[usize::try_from(at).unwrap_or(0) % WORK.len()];
    let days_ago = 5 + at * 8;
    let bill = Bill {
        client,
        contacts,
        title,
        days_ago,
        plan: at_once(),
        lines,
    };
    let came = match at % 4 {
        0 | 1 => vec![(PaymentMethod::Transfer, "", whole, (days_ago - 4).max(1))],
        2 => vec![(PaymentMethod::Cash, "", whole / 2, (days_ago - 2).max(1))],
        _ => Vec::new(),
    };
    (bill, came)
}
