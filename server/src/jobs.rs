//! Work for workers: rows written in the transaction of the change that causes them, claimed by
//! any server, retried with a growing pause, and kept as dead letters when they fail for good.

use std::time::Duration;

use portico_wire::{
    AssignmentId, AutomationId, AutomationRunId, CheckoutId, ClientId, ContractId, ConversationId,
    DocumentRequestId, EventId, ImportId, JobId, PaymentId, QuoteId, RunId, StudioId, Timestamp,
};
use sqlx::types::Json;

use crate::{
    App, Result, access, automations, billing,
    clients::import,
    contracts,
    db::{StudioTx, Tx, execute, fetch_all, scalar},
    documents,
    error::Error,
    events, forms, mail, messages, papers, payments, quotes, receivables,
    scope::StudioScope,
};

/// What a worker can do.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Job {
    /// Deliver this row of the outbox.
    Deliver { outbox: portico_wire::OutboxId },
    /// Go on with an invitation of many.
    Invite { run: RunId },
    /// Remind of a questionnaire's last day, before or after it.
    Remind {
        assignment: AssignmentId,
        due: String,
        after: bool,
    },
    /// Go on with clients from a file.
    Import { import: ImportId, round: i64 },
    /// Make a PDF.
    Paper { which: papers::Which },
    /// Remind the signers whose turn it is.
    RemindContract { contract: ContractId },
    /// The time to sign is over.
    ExpireContract { contract: ContractId },
    /// Remind of a quote that waits for an answer.
    RemindQuote { quote: QuoteId },
    /// End a quote whose last day is over.
    ExpireQuote { quote: QuoteId },
    /// Ask the provider how a checkout stands; one that follows asks again until it is over.
    SyncCheckout { checkout: CheckoutId, follow: bool },
    /// Ask the provider how a payment stands.
    SyncPayment { payment: PaymentId },
    /// See to what the provider told.
    ProviderEvent { event: String },
    /// Tell what came and what was shared of a client's documents.
    TellDocuments { client: ClientId },
    /// Remind of the last day of a document that was asked for, before or after it.
    RemindDocument {
        request: DocumentRequestId,
        due: String,
        after: bool,
    },
    /// The morning's round of reminders of what is due.
    RemindDues {},
    /// An event that ended at this moment took place.
    EventOver { event: EventId, ends_at: Timestamp },
    /// The last day to sign a contract is near.
    ContractExpiring { contract: ContractId },
    /// Do what an automation does.
    Automation { run: AutomationRunId },
    /// Go through the dates an automation waits for, on this day; of an earlier version it finds that it is not its own.
    AutomationDates {
        automation: AutomationId,
        version: i64,
        day: String,
    },
    /// Ask how the studio's own subscription stands; one that follows asks again each day.
    SyncBilling { follow: bool },
    /// Read the provider's own list of what happened.
    PollProvider {},
    /// Remind of an event that begins at this moment.
    RemindEvent {
        event: EventId,
        starts_at: Timestamp,
    },
    /// Tell by mail of messages the other side has not seen, if this one is still the newest.
    TellMessages {
        conversation: ConversationId,
        number: i64,
    },
}

impl Job {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Deliver { .. } => "deliver",
            Self::Invite { .. } => "invite",
            Self::Remind { .. } => "remind",
            Self::Import { .. } => "import",
            Self::Paper { .. } => "paper",
            Self::RemindContract { .. } => "remind_contract",
            Self::ExpireContract { .. } => "expire_contract",
            Self::RemindQuote { .. } => "remind_quote",
            Self::ExpireQuote { .. } => "expire_quote",
            Self::SyncCheckout { .. } => "money_checkout",
            Self::SyncPayment { .. } => "money_payment",
            Self::ProviderEvent { .. } => "money_event",
            Self::PollProvider {} => "money_poll",
            Self::SyncBilling { .. } => "billing",
            Self::RemindDues {} => "remind_dues",
            Self::TellDocuments { .. } => "tell_documents",
            Self::RemindDocument { .. } => "remind_document",
            Self::RemindEvent { .. } => "remind_event",
            Self::Automation { .. } => "automation_run",
            Self::AutomationDates { .. } => "automation_dates",
            Self::TellMessages { .. } => "tell_messages",
            Self::EventOver { .. } => "event_over",
            Self::ContractExpiring { .. } => "contract_expiring",
        }
    }

    const fn lane(&self) -> Lane {
        match self {
            Self::Paper { .. } => Lane::Papers,
            Self::SyncCheckout { .. }
            | Self::SyncPayment { .. }
            | Self::ProviderEvent { .. }
            | Self::PollProvider {} => Lane::Money,
            Self::Automation { .. } | Self::AutomationDates { .. } => Lane::Automations,
            _ => Lane::Quick,
        }
    }
}

/// How a job ended that did not fail.
pub enum Outcome {
    Done,
    /// Not now: try again, with the reason for people.
    Retry(String),
    /// Never: keep it as a dead letter, with the reason for people.
    Dead(String),
}

/// Seconds before try 2, 3, …: half a minute growing to an hour; in all about a day.
const PAUSES: &[i64] = &[30, 60, 120, 300, 600, 1800, 3600];
const MOST_ATTEMPTS: i64 = 30;
/// A worker that died leaves its job to others after this long.
const LOCK_SECONDS: i64 = 300;

pub async fn enqueue(tx: &mut StudioTx, job: &Job) -> Result<JobId> {
    let now = tx.now();
    enqueue_at(tx, job, now).await
}

/// Not before `run_at`.
pub async fn enqueue_at(tx: &mut StudioTx, job: &Job, run_at: Timestamp) -> Result<JobId> {
    let (id, now): (JobId, _) = (tx.id(), tx.now());
    execute!(
        tx,
        "insert into jobs (studio_id, id, kind, lane, payload, state, attempts, run_at, created_at)
         values ($1, $2, $3, $4, $5, 'queued', 0, $6, $7)",
        id,
        job.kind(),
        job.lane().name(),
        Json(job),
        run_at,
        now,
    )?;
    tx.wake_workers();
    Ok(id)
}

#[derive(sqlx::FromRow)]
struct Claimed {
    studio_id: StudioId,
    id: JobId,
    #[sqlx(json)]
    payload: Job,
    attempts: i64,
}

/// Rows of work that do not wait for each other: a sign-in code stands neither behind a PDF nor behind a payment provider
/// that takes its time.
#[derive(Debug, Clone, Copy)]
enum Lane {
    Quick,
    Papers,
    Money,
    /// What studios let the system do may be a lot at once.
    Automations,
}

impl Lane {
    const fn name(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Papers => "papers",
            Self::Money => "money",
            Self::Automations => "automations",
        }
    }
    /// How many at once.
    const fn most(self) -> i64 {
        match self {
            Self::Quick | Self::Money | Self::Automations => 16,
            Self::Papers => 1,
        }
    }
}

async fn claim(tx: &mut Tx, lane: Lane) -> Result<Vec<Claimed>> {
    let now = tx.now();
    let text = tx.dialect(
        "update jobs set attempts = attempts + 1, locked_until = $2
         where (studio_id, id) in (
             select studio_id, id from jobs
             where state = 'queued' and lane = $4 and run_at <= $1
               and (locked_until is null or locked_until <= $1)
             order by run_at limit $3)
         returning studio_id, id, payload, attempts",
        "update jobs set attempts = attempts + 1, locked_until = $2
         where (studio_id, id) in (
             select studio_id, id from jobs
             where state = 'queued' and lane = $4 and run_at <= $1
               and (locked_until is null or locked_until <= $1)
             order by run_at limit $3 for update skip locked)
         returning studio_id, id, payload, attempts",
    );
    let until = now.plus_seconds(LOCK_SECONDS);
    fetch_all!(tx, Claimed, text, now, until, lane.most(), lane.name())
}

async fn finish(tx: &mut Tx, job: &Claimed) -> Result<()> {
    execute!(
        tx,
        "delete from jobs where studio_id = $1 and id = $2",
        job.studio_id,
        job.id
    )?;
    Ok(())
}

async fn put_back(tx: &mut Tx, job: &Claimed, run_at: Timestamp, error: &str) -> Result<()> {
    execute!(
        tx,
        "update jobs set run_at = $3, locked_until = null, last_error = $4 where studio_id = $1 and id = $2",
        job.studio_id,
        job.id,
        run_at,
        error,
    )?;
    Ok(())
}

async fn bury(tx: &mut Tx, job: &Claimed, error: &str) -> Result<()> {
    execute!(
        tx,
        "update jobs set state = 'dead', locked_until = null, last_error = $3 where studio_id = $1 and id = $2",
        job.studio_id,
        job.id,
        error,
    )?;
    Ok(())
}

/// Jobs that wait, for `/metrics`.
pub async fn backlog(tx: &mut Tx, dead: bool) -> Result<i64> {
    scalar!(
        tx,
        i64,
        "select count(*) from jobs where state = $1",
        if dead { "dead" } else { "queued" }
    )
}

/// Runs what is due, once; the number of jobs run.
pub async fn run_due(app: &App) -> Result<usize> {
    Ok(run_lane(app, Lane::Quick).await?
        + run_lane(app, Lane::Money).await?
        + run_lane(app, Lane::Automations).await?
        + run_lane(app, Lane::Papers).await?)
}

async fn run_lane(app: &App, lane: Lane) -> Result<usize> {
    // System: the queue serves all studios.
    let mut tx = app.db.system_read().await?;
    let now = tx.now();
    let due = scalar!(
        &mut tx,
        i64,
        "select count(*) from (select 1 as one from jobs where state = 'queued' and run_at <= $1
            and lane = $2 and (locked_until is null or locked_until <= $1) limit 1) due",
        now,
        lane.name(),
    )?;
    drop(tx);
    if due == 0 {
        return Ok(0);
    }
    // System: the queue serves all studios; each job then works in its own studio's scope.
    let mut tx = app.db.system().await?;
    let claimed = claim(&mut tx, lane).await?;
    tx.commit().await?;
    let count = claimed.len();
    let runs = claimed.into_iter().map(|job| run_one(app, job));
    for result in futures_util::future::join_all(runs).await {
        result?;
    }
    Ok(count)
}

async fn run_one(app: &App, job: Claimed) -> Result<()> {
    let scope = StudioScope::of(job.studio_id);
    let outcome = match &job.payload {
        Job::Deliver { outbox } => mail::deliver(app, scope, *outbox).await,
        Job::Invite { run } => access::runs::go_on(app, scope, *run).await,
        Job::Remind {
            assignment,
            due,
            after,
        } => forms::ask::remind(app, scope, *assignment, due, *after).await,
        Job::Import { import, round } => import::work::go_on(app, scope, *import, *round).await,
        Job::Paper { which } => papers::make(app, scope, *which).await,
        Job::RemindContract { contract } => contracts::work::remind(app, scope, *contract).await,
        Job::ExpireContract { contract } => contracts::work::expire(app, scope, *contract).await,
        Job::RemindQuote { quote } => quotes::work::remind(app, scope, *quote).await,
        Job::ExpireQuote { quote } => quotes::work::expire(app, scope, *quote).await,
        Job::SyncCheckout { checkout, follow } => {
            payments::sync::sync_checkout(app, scope, *checkout, *follow).await
        }
        Job::SyncPayment { payment } => payments::sync::sync_payment(app, scope, *payment).await,
        Job::ProviderEvent { event } => payments::webhook::work(app, scope, event).await,
        Job::PollProvider {} => payments::webhook::poll(app, scope).await,
        Job::RemindDues {} => receivables::remind::round(app, scope).await,
        Job::TellDocuments { client } => documents::tell::work(app, scope, *client).await,
        Job::RemindDocument {
            request,
            due,
            after,
        } => documents::ask::remind(app, scope, *request, due, *after).await,
        Job::RemindEvent { event, starts_at } => {
            events::work::remind(app, scope, *event, *starts_at).await
        }
        Job::Automation { run } => automations::work::run(app, scope, *run).await,
        Job::AutomationDates {
            automation,
            version,
            day,
        } => automations::dates::look(app, scope, (*automation, *version), day).await,
        Job::TellMessages {
            conversation,
            number,
        } => messages::tell::work(app, scope, *conversation, *number).await,
        Job::EventOver { event, ends_at } => events::work::over(app, scope, *event, *ends_at).await,
        Job::ContractExpiring { contract } => {
            contracts::work::expiring(app, scope, *contract).await
        }
        Job::SyncBilling { follow } => billing::sync::work(app, scope, *follow).await,
    };
    let now = app.clock.now();
    // System: the job's row belongs to the queue.
    let mut tx = app.db.system().await?;
    let fate = match outcome {
        Ok(Outcome::Done) => finish(&mut tx, &job).await,
        Ok(Outcome::Dead(reason)) => give_up(&mut tx, &job, &reason).await,
        Ok(Outcome::Retry(reason)) => again(&mut tx, &job, &reason, now).await,
        Err(error) => {
            tracing::error!(job = %job.id, %error, "a job failed");
            again(&mut tx, &job, &error.to_string(), now).await
        }
    };
    fate?;
    tx.commit().await
}

async fn again(tx: &mut Tx, job: &Claimed, reason: &str, now: Timestamp) -> Result<()> {
    if job.attempts >= MOST_ATTEMPTS {
        return give_up(tx, job, reason).await;
    }
    let step = usize::try_from(job.attempts - 1)
        .unwrap_or(0)
        .min(PAUSES.len() - 1);
    put_back(tx, job, now.plus_seconds(PAUSES[step]), reason).await
}

async fn give_up(tx: &mut Tx, job: &Claimed, reason: &str) -> Result<()> {
    metrics::counter!("portico_jobs_dead").increment(1);
    tracing::error!(job = %job.id, kind = job.payload.kind(), reason, "a job is given up");
    match &job.payload {
        Job::Deliver { outbox } => {
            mail::store::mark_dead(tx, job.studio_id, *outbox, reason).await?;
        }
        Job::Invite { run } => {
            access::store::fail_run(tx, job.studio_id, *run, reason).await?;
        }
        // Nobody waits for it; a PDF that cannot be made stays "being made" and the log says why.
        Job::Remind { .. }
        | Job::RemindContract { .. }
        | Job::RemindQuote { .. }
        | Job::TellDocuments { .. }
        | Job::RemindDocument { .. }
        | Job::RemindEvent { .. }
        | Job::TellMessages { .. }
        | Job::EventOver { .. }
        | Job::ContractExpiring { .. }
        | Job::AutomationDates { .. }
        | Job::Paper { .. } => {}
        // It is over by the clock already; only the mails are missing.
        Job::ExpireContract { .. } | Job::ExpireQuote { .. } => {}
        // The dead letter is seen; what the provider knows is asked for again at the next event or look.
        Job::SyncCheckout { .. }
        | Job::SyncPayment { .. }
        | Job::ProviderEvent { .. }
        | Job::PollProvider {}
        | Job::SyncBilling { .. }
        | Job::RemindDues {} => {}
        Job::Automation { run } => {
            automations::store::give_up(tx, job.studio_id, *run, reason).await?;
        }
        Job::Import { import, .. } => {
            import::store::fail(tx, job.studio_id, *import).await?;
        }
    }
    bury(tx, job, reason).await
}

/// Works until told to stop.
pub async fn work(app: App, stop: tokio::sync::watch::Receiver<bool>) {
    tokio::join!(
        quick(&app, stop.clone()),
        one_lane(&app, Lane::Money, Duration::from_millis(200), stop.clone()),
        one_lane(
            &app,
            Lane::Automations,
            Duration::from_millis(200),
            stop.clone()
        ),
        one_lane(&app, Lane::Papers, Duration::from_secs(1), stop),
    );
}

/// What one lane has, as it comes.
async fn one_lane(
    app: &App,
    lane: Lane,
    pause: Duration,
    mut stop: tokio::sync::watch::Receiver<bool>,
) {
    while !*stop.borrow() {
        match run_lane(app, lane).await {
            Ok(0) => {}
            Ok(_) => continue,
            Err(error) => {
                tracing::error!(%error, lane = lane.name(), "the worker could not look for work");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.changed() => {}
        }
    }
}

/// At once when a commit left something, else every second.
async fn quick(app: &App, mut stop: tokio::sync::watch::Receiver<bool>) {
    let mut tidied = app.clock.now();
    // Not before listening: nobody asks this server for its own build in the storage.
    if let Err(error) = crate::web::assets::builds::keep(app).await {
        tracing::error!(%error, "the widget's build could not be stored");
    }
    while !*stop.borrow() {
        match run_lane(app, Lane::Quick).await {
            Ok(0) => {}
            Ok(_) => continue,
            Err(error) => tracing::error!(%error, "the worker could not look for work"),
        }
        if app.clock.now().seconds_since(tidied) > 600 {
            tidied = app.clock.now();
            if let Err(error) = tidy(app).await {
                tracing::error!(%error, "tidying failed");
            }
        }
        tokio::select! {
            () = app.db.work_arrived() => {}
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Removes what has had its time: expired codes, proofs and sessions, quiet addresses.
pub async fn tidy(app: &App) -> Result<(), Error> {
    app.limits.tidy();
    forms::files::tidy(app).await?;
    documents::sweep::tidy(app).await?;
    app.passwords.tidy();
    // System: what expired has no reader left in any studio.
    let mut tx = app.db.system().await?;
    crate::access::store::delete_expired(&mut tx).await?;
    import::store::delete_expired(&mut tx).await?;
    messages::store::delete_expired(&mut tx).await?;
    tx.commit().await?;
    crate::web::assets::builds::keep(app).await
}
