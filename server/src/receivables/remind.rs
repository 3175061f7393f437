//! Reminders of what is due, before and after its day: a round each morning of the studio.

use jiff::{ToSpan as _, civil::Date};
use portico_wire::InvoiceId;
use serde_json::json;

use super::{Open, money, open, store};
use crate::{
    App, Result,
    audit::Actor,
    clock::{at_hour, today},
    db::StudioTx,
    error::Error,
    happenings::{self, Happened, Item, What},
    invoices,
    jobs::{self, Job, Outcome},
    mail::{self, Message},
    money::say,
    payments::Part,
    scope::StudioScope,
    studios::{self, Studio},
};

/// The hour of the studio's morning.
const HOUR: i8 = 9;
const MOST_DAYS: i64 = 120;
/// Mornings that are made up for.
const MADE_UP: i32 = 3;
const MOST_MOMENTS: usize = 6;

/// Days before and after the day something is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moments {
    pub before: Vec<i64>,
    pub after: Vec<i64>,
}

impl Default for Moments {
    fn default() -> Self {
        Self {
            before: vec![3],
            after: vec![1, 7],
        }
    }
}

/// "7, 1": days from 1 on, each once, at most six of them; none where that is not what was typed.
pub fn read_days(text: &str) -> Option<Vec<i64>> {
    let parts = text
        .split([',', ' '])
        .map(str::trim)
        .filter(|part| !part.is_empty());
    let mut days = parts
        .map(|part| part.parse().ok().filter(|n| (1..=MOST_DAYS).contains(n)))
        .collect::<Option<Vec<i64>>>()?;
    days.sort_unstable();
    days.dedup();
    (days.len() <= MOST_MOMENTS).then_some(days)
}

pub fn write_days(days: &[i64]) -> String {
    days.iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

pub async fn moments(tx: &mut StudioTx) -> Result<Moments> {
    Ok(match store::settings(tx).await? {
        None => Moments::default(),
        Some((before, after)) => Moments {
            before: read_days(&before).unwrap_or_default(),
            after: read_days(&after).unwrap_or_default(),
        },
    })
}

/// The latest moment of an instalment that came after `last` and not after `today`, as it is kept.
pub fn moment(moments: &Moments, due: Date, last: Date, today: Date) -> Option<String> {
    let before = moments.before.iter().map(|days| -days);
    let all = before.chain(moments.after.iter().copied());
    all.filter_map(|days| {
        let day = due.checked_add(days.days()).ok()?;
        (last < day && day <= today).then_some((day, days))
    })
    // What was before its day is not reminded of as such when that is over.
    .filter(|(_, days)| (*days > 0) == (due < today))
    .max()
    .map(|(_, days)| format!("{days:+}"))
}

/// Sees to it that the studio has its round.
pub async fn ensure(tx: &mut StudioTx, studio: &Studio) -> Result<()> {
    let day = today(tx.now(), &studio.time_zone);
    if store::begin_rounds(tx, &day).await? {
        let next = at_hour(&day, 1, HOUR, &studio.time_zone)?;
        jobs::enqueue_at(tx, &Job::RemindDues {}, next).await?;
    }
    Ok(())
}

/// A morning's round: the work behind [`Job::RemindDues`].
pub async fn round(app: &App, scope: StudioScope) -> Result<Outcome> {
    let mut tx = app.db.write(&scope).await?;
    let studio = studios::store::get(&mut tx).await?;
    let day = today(tx.now(), &studio.time_zone);
    let Some(last) = store::last_round(&mut tx).await? else {
        return Ok(Outcome::Done);
    };
    if !store::take_round(&mut tx, &day).await? {
        // This morning's was done; whoever did it planned the next.
        return Ok(Outcome::Done);
    }
    let now = date(&day)?;
    // After a longer pause nobody is reminded of days long gone.
    let last = date(&last)?.max(now.saturating_sub(MADE_UP.days()));
    let open = open(&mut tx).await?;
    for one in &open {
        for part in one.parts.iter().filter(|part| part.left.payable() > 0) {
            noticed(&mut tx, one, part, (last, now)).await?;
        }
    }
    if studio.check_open().is_ok() {
        let moments = moments(&mut tx).await?;
        for one in &open {
            for part in one.parts.iter().filter(|part| part.left.payable() > 0) {
                let Some(moment) = moment(&moments, date(&part.due)?, last, now) else {
                    continue;
                };
                if store::take_reminder(&mut tx, part.id, &moment).await? {
                    mail(app, &mut tx, &studio, one, part, &day).await?;
                }
            }
        }
    }
    let next = at_hour(&day, 1, HOUR, &studio.time_zone)?;
    jobs::enqueue_at(&mut tx, &Job::RemindDues {}, next).await?;
    tx.commit().await?;
    Ok(Outcome::Done)
}

/// An instalment is due soon, or overdue: whoever reminds, it happened.
async fn noticed(
    tx: &mut StudioTx,
    one: &Open,
    part: &Part,
    (last, now): (Date, Date),
) -> Result<()> {
    let near = Moments {
        before: vec![3],
        after: vec![1],
    };
    let what = match moment(&near, date(&part.due)?, last, now).as_deref() {
        None => return Ok(()),
        Some("-3") => What::InvoiceDueSoon,
        Some(_) => What::InvoiceOverdue,
    };
    let contacts = invoices::store::contacts(tx, one.row.id).await?;
    let (item, title) = (Item::Invoice(one.row.id), one.row.title.clone());
    let happened = Happened::new(what, one.row.client_id, &Actor::System, item, title)
        .to(contacts.iter().map(|one| one.id).collect())
        .amount(part.left.payable(), &one.row.currency)
        .day(Some(part.due.clone()))
        .again(part.id);
    happenings::tell_once(tx, &happened).await
}

fn date(day: &str) -> Result<Date> {
    day.parse().map_err(Error::internal)
}

/// Of an invoice, by hand: of what is overdue, else of what comes next. How many mails went out; none where there was a
/// reminder today.
pub async fn by_hand(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    id: InvoiceId,
) -> Result<Option<usize>> {
    let day = today(tx.now(), &studio.time_zone);
    let all = open(tx).await?;
    let one = all
        .iter()
        .find(|one| one.row.id == id)
        .ok_or_else(Error::not_found)?;
    let part = one.parts.iter().find(|part| part.left.payable() > 0);
    let Some(part) = part else { return Ok(Some(0)) };
    if !store::take_reminder(tx, part.id, &day).await? {
        return Ok(None);
    }
    mail(app, tx, studio, one, part, &day).await.map(Some)
}

/// To everybody the invoice names; how many those are.
async fn mail(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    one: &Open,
    part: &Part,
    today: &str,
) -> Result<usize> {
    let mut count = 0;
    for named in invoices::store::contacts(tx, one.row.id).await? {
        let to = store::addressee(tx, named.id).await?;
        let Some(email) = to.email else { continue };
        let params = json!({
            "first_name": to.first_name,
            "number": one.row.number,
            "title": one.row.title,
            "label": part.label,
            "amount": money(part.left.payable(), &one.row.currency),
            "day": say::words("en").day(&part.due),
            "overdue": part.due.as_str() < today,
        });
        let message = Message::mail((Some(named.id), &email), "due_reminder", params);
        mail::send(app, tx, studio, message).await?;
        count += 1;
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_they_are_typed() {
        assert_eq!(read_days("7, 1"), Some(vec![1, 7]));
        assert_eq!(read_days(" 3 3 "), Some(vec![3]));
        assert_eq!(read_days(""), Some(vec![]));
        for wrong in ["0", "-1", "x", "1.5", "121", "1 2 3 4 5 6 7"] {
            assert_eq!(read_days(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn each_moment_is_met_once_and_a_missed_morning_is_made_up_for() {
        let moments = Moments {
            before: vec![1, 7],
            after: vec![1, 7],
        };
        let day = |text: &str| -> Date { text.parse().unwrap() };
        let met =
            |last: &str, today: &str| moment(&moments, day("2026-12-10"), day(last), day(today));
        assert_eq!(met("2026-12-02", "2026-12-03"), Some("-7".into()));
        assert_eq!(met("2026-12-03", "2026-12-04"), None);
        assert_eq!(met("2026-12-08", "2026-12-09"), Some("-1".into()));
        assert_eq!(met("2026-12-09", "2026-12-10"), None);
        assert_eq!(met("2026-12-10", "2026-12-11"), Some("+1".into()));
        // The server was off from the 2nd to the 12th: one mail, about what is so now.
        assert_eq!(met("2026-12-02", "2026-12-12"), Some("+1".into()));
        assert_eq!(met("2026-12-02", "2026-12-09"), Some("-1".into()));
        assert_eq!(met("2026-12-11", "2026-12-30"), Some("+7".into()));
    }
}
