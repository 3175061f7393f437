//! Telling open pages at once: each has a stream of server-sent events, and one task of the process reads for all of them
//! what is new. It runs while a page is open, asks the database once a second (another server may have written) and at once
//! after a commit of this process, and counts anew for the contacts it is about alone.

use std::{
    collections::{HashMap, HashSet},
    convert::Infallible,
    sync::{Mutex, MutexGuard},
    time::Duration,
};

use axum::{
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use futures_util::Stream;
use portico_wire::{
    ClientId, ContactId, ConversationId, PulseId, Right, SessionId, StudioId,
    messages::{LiveTicket, Pulse, STREAMS},
};
use serde::Deserialize;
use tokio::{
    sync::mpsc,
    time::{Instant, sleep},
};

use super::{
    Reader,
    store::{self, NewPulse},
};
use crate::{
    App, Result,
    access::{self, sessions::Found},
    db::{StudioTx, Tx},
    error::Error,
    notifications,
    scope::{Embed, PortalSession, Reading, StudioScope},
    secrets::Secret,
    web::body::{Json, Params},
};

const TICKET_SECONDS: i64 = 60;
/// What a slow reader may be behind; more ends its stream, and it comes back.
const BEHIND: usize = 32;
const KEEP_ALIVE: Duration = Duration::from_secs(25);
/// A session is asked anew at least so often.
const CHECK: Duration = Duration::from_secs(50);
const LOOK: Duration = Duration::from_secs(1);
/// What is written within this is told together.
const TOGETHER: Duration = Duration::from_millis(50);
/// A transaction may be committed so much later than it began.
const OVERLAP_SECONDS: i64 = 10;

/// What a contact is told when something changes, and on asking.
pub async fn pulse(tx: &mut StudioTx, reader: &Reader) -> Result<Pulse> {
    let (messages, notifications) = notifications::unread(tx, reader).await?;
    Ok(Pulse {
        unread_messages: messages,
        unread_notifications: notifications,
        conversation: None,
    })
}

/// Who has a page open in this process.
#[derive(Default)]
pub struct Hub(Mutex<Open>);

#[derive(Default)]
struct Open {
    streams: HashMap<(StudioId, ContactId), Vec<Page>>,
    /// Clients of those contacts.
    of_client: HashMap<(StudioId, ClientId), HashSet<ContactId>>,
    count: usize,
    next: u64,
    /// The one task is there.
    running: bool,
    closed: bool,
}

struct Page {
    id: u64,
    client: ClientId,
    session: SessionId,
    checked: Instant,
    tell: mpsc::Sender<Pulse>,
}

impl Open {
    fn remove(&mut self, studio: StudioId, contact: ContactId, gone: impl Fn(&Page) -> bool) {
        let Some(pages) = self.streams.get_mut(&(studio, contact)) else {
            return;
        };
        let (before, client) = (pages.len(), pages.first().map(|page| page.client));
        pages.retain(|page| !gone(page));
        self.count -= before - pages.len();
        if pages.is_empty() {
            self.streams.remove(&(studio, contact));
            if let Some(client) = client
                && let Some(contacts) = self.of_client.get_mut(&(studio, client))
            {
                contacts.remove(&contact);
                if contacts.is_empty() {
                    self.of_client.remove(&(studio, client));
                }
            }
        }
    }
}

impl Hub {
    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.lock().expect("no holder panics")
    }

    /// Pages that are open.
    pub fn count(&self) -> usize {
        self.open().count
    }

    /// Ends every stream and takes no new one: the process is to end.
    pub fn close(&self) {
        let mut open = self.open();
        open.closed = true;
        open.streams.clear();
        open.of_client.clear();
        open.count = 0;
    }

    /// A page opens; the reading task is to be started where it does not run.
    fn add(&self, found: &Found) -> Option<(u64, mpsc::Receiver<Pulse>, bool)> {
        let mut open = self.open();
        if open.closed {
            return None;
        }
        let (tell, told) = mpsc::channel(BEHIND);
        open.next += 1;
        let id = open.next;
        let pages = open
            .streams
            .entry((found.studio_id, found.contact_id))
            .or_default();
        let ended = pages.len() >= STREAMS;
        if ended {
            pages.remove(0);
        }
        pages.push(Page {
            id,
            client: found.client_id,
            session: found.session_id,
            checked: Instant::now(),
            tell,
        });
        open.count += usize::from(!ended);
        open.of_client
            .entry((found.studio_id, found.client_id))
            .or_default()
            .insert(found.contact_id);
        let start = !std::mem::replace(&mut open.running, true);
        Some((id, told, start))
    }

    fn remove(&self, studio: StudioId, contact: ContactId, id: u64) {
        self.open().remove(studio, contact, |page| page.id == id);
    }

    fn end(&self, studio: StudioId, contact: ContactId, session: SessionId) {
        self.open()
            .remove(studio, contact, |page| page.session == session);
    }

    /// No page is open: the task ends, and the next page starts another one.
    fn rest(&self) -> bool {
        let mut open = self.open();
        if open.count == 0 {
            open.running = false;
        }
        !open.running
    }

    /// The contacts with open pages that these are about, and where; nowhere: at several places.
    fn about(&self, pulses: &[NewPulse]) -> HashMap<(StudioId, ContactId), Option<ConversationId>> {
        let open = self.open();
        let mut about: HashMap<_, Option<ConversationId>> = HashMap::new();
        for pulse in pulses {
            let studio = pulse.studio_id;
            let of_client = pulse
                .client_id
                .and_then(|client| open.of_client.get(&(studio, client)));
            let contacts = of_client.into_iter().flatten().chain(&pulse.contact_id);
            for &contact in contacts {
                if !open.streams.contains_key(&(studio, contact)) {
                    continue;
                }
                about
                    .entry((studio, contact))
                    .and_modify(|at| *at = at.filter(|it| Some(*it) == pulse.conversation_id))
                    .or_insert(pulse.conversation_id);
            }
        }
        about
    }

    /// Sessions to ask anew, of one contact or whose time it is.
    fn sessions(
        &self,
        contact: Option<(StudioId, ContactId)>,
    ) -> Vec<(StudioId, ContactId, SessionId)> {
        let open = self.open();
        let due = |page: &Page| contact.is_some() || page.checked.elapsed() >= CHECK;
        let pages = |(key, pages): (&(StudioId, ContactId), &Vec<Page>)| {
            let key = *key;
            let due: HashSet<_> = pages
                .iter()
                .filter(|page| due(page))
                .map(|page| page.session)
                .collect();
            due.into_iter().map(move |session| (key.0, key.1, session))
        };
        match contact {
            Some(key) => open
                .streams
                .get_key_value(&key)
                .into_iter()
                .flat_map(pages)
                .collect(),
            None => open.streams.iter().flat_map(pages).collect(),
        }
    }

    fn mark_checked(&self, studio: StudioId, contact: ContactId, session: SessionId) {
        let mut open = self.open();
        let pages = open.streams.get_mut(&(studio, contact));
        for page in pages.into_iter().flatten() {
            if page.session == session {
                page.checked = Instant::now();
            }
        }
    }

    fn tell(&self, studio: StudioId, contact: ContactId, pulse: &Pulse) {
        // A page that does not read any more comes back by itself.
        self.open().remove(studio, contact, |page| {
            page.tell.try_send(pulse.clone()).is_err()
        });
    }
}

/// What is new, read for all pages.
async fn run(app: App) {
    let mut known: HashSet<PulseId> = HashSet::new();
    let mut since = app.clock.now();
    loop {
        tokio::select! {
            () = app.db.pulsed() => {}
            () = sleep(LOOK) => {}
        }
        if app.live.rest() {
            return;
        }
        match look(&app, since, &mut known).await {
            Ok(now) => since = now,
            Err(error) => tracing::error!(%error, "what is new could not be read"),
        }
        sleep(TOGETHER).await;
    }
}

/// One look; the moment it was made.
async fn look(
    app: &App,
    since: portico_wire::Timestamp,
    known: &mut HashSet<PulseId>,
) -> Result<portico_wire::Timestamp> {
    // System: pages of all studios are open here; what each is told is counted in its own studio's scope.
    let mut tx = app.db.system_read().await?;
    let now = app.clock.now();
    let found = store::pulses_since(&mut tx, since.plus_seconds(-OVERLAP_SECONDS)).await?;
    let fresh: Vec<_> = found
        .iter()
        .filter(|pulse| !known.contains(&pulse.id))
        .cloned()
        .collect();
    *known = found.into_iter().map(|pulse| pulse.id).collect();
    for ((studio, contact), conversation) in app.live.about(&fresh) {
        tx = tell(app, tx, (studio, contact), conversation).await?;
    }
    for (studio, contact, session) in app.live.sessions(None) {
        check(app, &mut tx, studio, contact, session).await?;
    }
    Ok(now)
}

/// Whether the session still counts; where it does not, its streams end.
async fn check(
    app: &App,
    tx: &mut Tx,
    studio: StudioId,
    contact: ContactId,
    session: SessionId,
) -> Result<Option<Found>> {
    let found = access::store::find_session_by_id(tx, studio, session).await?;
    let alive = found
        .filter(|found| found.contact_id == contact && found.check_alive(app.clock.now()).is_ok());
    match &alive {
        Some(_) => app.live.mark_checked(studio, contact, session),
        None => app.live.end(studio, contact, session),
    }
    Ok(alive)
}

/// A contact's pages are told how it stands.
async fn tell(
    app: &App,
    mut tx: Tx,
    (studio, contact): (StudioId, ContactId),
    conversation: Option<ConversationId>,
) -> Result<Tx> {
    let mut reader = None;
    for (.., session) in app.live.sessions(Some((studio, contact))) {
        let found = check(app, &mut tx, studio, contact, session).await?;
        reader = reader.or(found.as_ref().map(Reader::from));
    }
    let Some(reader) = reader else {
        return Ok(tx);
    };
    let mut tx = tx.for_studio(&StudioScope::of(studio));
    let mut pulse = pulse(&mut tx, &reader).await?;
    if let Some(id) = conversation.filter(|_| reader.rights.has(Right::Messages)) {
        let seen = store::seen_one(&mut tx, &reader, id).await?;
        pulse.conversation = seen.map(|seen| seen.id);
    }
    app.live.tell(studio, contact, &pulse);
    Ok(tx.for_all())
}

/// Removes a page from the hub when its stream is dropped.
struct Guard {
    app: App,
    studio: StudioId,
    contact: ContactId,
    id: u64,
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.app.live.remove(self.studio, self.contact, self.id);
    }
}

/// A ticket for one stream.
#[utoipa::path(post, path = "/live", tag = "messages", params(("studio" = String, Path)),
    responses((status = 201, body = LiveTicket)), security(("session" = [])))]
pub async fn ask_ticket(
    State(app): State<App>,
    session: PortalSession,
) -> Result<(axum::http::StatusCode, Json<LiveTicket>)> {
    listens(&session)?;
    let ticket = Secret::random();
    let mut tx = app.db.write(&session).await?;
    let until = tx.now().plus_seconds(TICKET_SECONDS);
    store::insert_ticket(&mut tx, &ticket.hash(), session.session, until).await?;
    tx.commit().await?;
    let ticket = ticket.reveal().to_owned();
    Ok((axum::http::StatusCode::CREATED, Json(LiveTicket { ticket })))
}

/// There is something to be told of.
fn listens(session: &PortalSession) -> Result<()> {
    session
        .section(Right::Messages)
        .or_else(|_| session.section(Right::Notifications))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Ticket {
    ticket: Option<String>,
}

/// An event of the stream, as a browser reads it.
#[derive(utoipa::ToSchema)]
pub struct PulseEvent {
    /// A [`Pulse`] as JSON.
    pub data: String,
}

/// A stream of server-sent events, each with a [`Pulse`], for whoever holds a ticket. It ends with the session.
#[utoipa::path(get, path = "/live", tag = "messages",
    params(("studio" = String, Path), ("ticket" = Option<String>, Query, description = "From `POST live`; good once.")),
    responses((status = 200, body = PulseEvent, content_type = "text/event-stream")))]
pub async fn open_stream(
    State(app): State<App>,
    embed: Embed,
    Params(asked): Params<Ticket>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>> + use<>>> {
    let ticket = asked.ticket.filter(|text| (20..=128).contains(&text.len()));
    let ticket = Secret::presented(ticket.ok_or_else(Error::session_ended)?);
    let mut tx = app.db.write(&embed).await?;
    let session = store::take_ticket(&mut tx, &ticket.hash()).await?;
    tx.commit().await?;
    let session = session.ok_or_else(Error::session_ended)?;
    let studio = embed.studio.scope.studio();
    // System: the session, as it is found for every request.
    let mut tx = app.db.system_read().await?;
    let found = access::store::find_session_by_id(&mut tx, studio, session).await?;
    let found = found.ok_or_else(Error::session_ended)?;
    found.check(&embed.studio.slug, &embed.caller.origin, app.clock.now())?;
    // First a place at the hub, then the first count: nothing falls between the two.
    let (id, told, start) = app.live.add(&found).ok_or_else(Error::session_ended)?;
    let guard = Guard {
        app: app.clone(),
        studio,
        contact: found.contact_id,
        id,
    };
    if start {
        tokio::spawn(run(app.clone()));
    }
    let mut tx = tx.for_studio(&embed.studio.scope);
    let first = pulse(&mut tx, &Reader::from(&found)).await?;
    drop(tx);
    let stream = futures_util::stream::unfold(
        (Some(first), told, guard),
        |(first, mut told, guard)| async move {
            let pulse = match first {
                Some(first) => first,
                None => told.recv().await?,
            };
            let event = Event::default().json_data(&pulse).unwrap_or_default();
            Some((Ok(event), (None, told, guard)))
        },
    );
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// What is unread, for whoever has no stream.
#[utoipa::path(get, path = "/pulse", tag = "messages", params(("studio" = String, Path)),
    responses((status = 200, body = Pulse)), security(("session" = [])))]
pub async fn get_pulse(Reading { session, mut tx }: Reading) -> Result<Json<Pulse>> {
    listens(&session)?;
    pulse(&mut tx, &Reader::from(&session)).await.map(Json)
}
