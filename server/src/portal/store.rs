//! The SQL of the first screen: three statements besides the session's and that of the events.

use portico_wire::{
    AssignmentId, ClientId, ContactId, ContractId, DocumentId, DocumentRequestId, FormId, QuoteId,
    Right, Rights, Settings,
    access::Me,
    clients::ClientKind,
    payments::Due,
    portal::{Home, HomeClient, Todo, TodoKind},
};

use super::Edition;
use crate::{
    Result,
    db::{StudioTx, fetch_one, fetch_optional, json::Id},
    forms::store::Viewer,
    messages::Reader,
    notifications,
    payments::{
        self,
        store::portal::{OpenCells, PlanCells, opened},
    },
    portal_editor::{Layout, MOST_ACTIONS, Open},
    studios::{Studio, StudioRow},
    web::origin::Origin,
};

#[derive(sqlx::FromRow)]
struct ReaderRow {
    client_id: ClientId,
    #[sqlx(json)]
    studio_rights: Settings,
    #[sqlx(json)]
    client_rights: Settings,
    #[sqlx(json)]
    contact_rights: Settings,
    #[sqlx(json(nullable))]
    draft: Option<Layout>,
}

/// What a contact may see, where no session says so yet.
pub async fn reader(
    tx: &mut StudioTx,
    contact: ContactId,
    edition: Edition,
) -> Result<Option<Reader>> {
    let found = fetch_optional!(
        tx,
        ReaderRow,
        "select c.client_id, st.rights as studio_rights, cl.rights as client_rights, c.rights as contact_rights,
                case when $3 then l.draft end as draft
         from contacts c
         join clients cl on cl.studio_id = c.studio_id and cl.id = c.client_id
         join studios st on st.id = c.studio_id
         left join portal_layouts l on l.studio_id = c.studio_id
         where c.studio_id = $1 and c.id = $2",
        contact,
        edition == Edition::Draft,
    )?;
    Ok(found.map(|row| {
        let switches = match row.draft {
            Some(draft) => draft.rights(&row.studio_rights),
            None => row.studio_rights,
        };
        let rights = Rights::resolve(&switches, &row.client_rights, &row.contact_rights);
        let who = Viewer {
            contact,
            client: row.client_id,
            everything: rights.has(Right::SeeEverything),
        };
        Reader { who, rights }
    }))
}

/// A contact with its client and studio, and how much is new.
#[derive(sqlx::FromRow)]
pub struct HomeRow {
    #[sqlx(flatten)]
    studio: StudioRow,
    first_name: String,
    last_name: String,
    email: Option<String>,
    has_password: bool,
    client_name: String,
    kind: ClientKind,
    new_documents: i64,
    unread_messages: i64,
    unread_notifications: i64,
    /// As it is published, or the draft; absent: the product's own.
    #[sqlx(json(nullable))]
    layout: Option<Layout>,
}

impl HomeRow {
    pub fn home(self, host: &Origin, reader: &Reader) -> (Home, Studio, Layout) {
        let studio = Studio::from(self.studio);
        let layout = self.layout.unwrap_or_default();
        let rights = reader.rights;
        let count = |section: Right, count: i64| match rights.has(section) {
            true => u32::try_from(count).unwrap_or_default(),
            false => 0,
        };
        let home = Home {
            sections: layout.labels(rights),
            welcome: layout.welcome(&self.first_name),
            rights,
            studio: studio.settings(host),
            me: Me {
                id: reader.who.contact,
                first_name: self.first_name,
                last_name: self.last_name,
                email: self.email.unwrap_or_default(),
                has_password: self.has_password,
            },
            client: HomeClient {
                name: self.client_name,
                kind: self.kind,
            },
            actions: Vec::new(),
            todo: Vec::new(),
            due: Vec::new(),
            new_documents: count(Right::Documents, self.new_documents),
            unread_messages: count(Right::Messages, self.unread_messages),
            unread_notifications: count(Right::Notifications, self.unread_notifications),
            next_event: None,
            event_requests: Vec::new(),
            viewed_by: None,
        };
        (home, studio, layout)
    }
}

/// The counts are those of `notifications::unread`, where a page that is open asks for them alone.
pub async fn home(tx: &mut StudioTx, reader: &Reader, edition: Edition) -> Result<Option<HomeRow>> {
    let kinds = notifications::seen_kinds(reader.rights);
    fetch_optional!(
        tx,
        HomeRow,
        "select st.id, st.slug, st.name, st.version, st.portal_enabled, st.passwords, st.private_wording, st.start,
                st.welcome, st.accent, st.logo_url, st.language, st.time_zone, st.country, st.currency,
                st.support_email, st.support_phone, st.portal_url, st.rights, st.subscription, st.paid_until,
                st.generate_passwords, st.activates_portal, st.scheme, st.radius, st.font,
                c.first_name, c.last_name, c.email, c.password_hash is not null as has_password,
                cl.name as client_name, cl.kind, case when $3 then l.draft else l.published end as layout,
                (select count(*) from (select distinct x.document_id as id from document_viewers x
                    where x.studio_id = $1 and x.contact_id = $2 and (not x.everything or $4)) mine
                 join documents d on d.studio_id = $1 and d.id = mine.id
                 where d.removed_at is null and not exists (select 1 from document_seen s where s.studio_id = d.studio_id
                    and s.document_id = d.id and s.number = d.current and s.contact_id = $2)) as new_documents,
                (select count(*) from (select 1 as one
                    from (select distinct x.conversation_id as id from conversation_viewers x where x.studio_id = $1
                          and x.contact_id = $2 and (not x.everything or $4) and (x.event_id is null or $5)) mine
                    join conversations v on v.studio_id = $1 and v.id = mine.id
                    left join conversation_seen s on s.studio_id = v.studio_id and s.conversation_id = v.id
                         and s.contact_id = $2
                    join messages m on m.studio_id = v.studio_id and m.conversation_id = v.id
                    where v.newest_studio > coalesce(s.number, 0) and m.number > coalesce(s.number, 0)
                      and m.contact_id is null limit 100) few) as unread_messages,
                (select count(*) from (select 1 as one from notifications n
                    where n.studio_id = $1 and n.contact_id = $2 and n.seen_at is null and $6 like '%,' || n.kind || ',%'
                      and exists (select 1 from notification_items i where i.studio_id = n.studio_id and i.kind = n.kind
                                  and i.item_id = n.item_id and i.contact_id = n.contact_id)
                    limit 100) few) as unread_notifications
         from contacts c
         join clients cl on cl.studio_id = c.studio_id and cl.id = c.client_id
         join studios st on st.id = c.studio_id
         left join portal_layouts l on l.studio_id = c.studio_id
         where c.studio_id = $1 and c.id = $2",
        reader.who.contact,
        edition == Edition::Draft,
        reader.who.everything,
        reader.events(),
        kinds,
    )
}

/// What waits, as JSON: what it is, its id, title and day.
type TodoCells = (String, Id<[u8; 16]>, String, Option<String>);

#[derive(sqlx::FromRow)]
struct OpenRow {
    #[sqlx(json(nullable))]
    todo: Option<Vec<TodoCells>>,
    #[sqlx(json(nullable))]
    open: Option<Vec<OpenCells>>,
    #[sqlx(json(nullable))]
    plan: Option<Vec<PlanCells>>,
    #[sqlx(json(nullable))]
    forms: Option<Vec<Id<FormId>>>,
    #[sqlx(json(nullable))]
    documents: Option<Vec<Id<DocumentId>>>,
}

/// What waits for a contact, what it owes, and which of the layout's buttons lead somewhere.
pub struct OpenItems {
    pub todo: Vec<Todo>,
    pub due: Vec<Due>,
    pub buttons: Open,
}

/// One statement for all of it.
pub async fn open_items(
    tx: &mut StudioTx,
    who: Viewer,
    today: &str,
    layout: &Layout,
) -> Result<OpenItems> {
    let now = tx.now();
    let mut named = [uuid::Uuid::nil(); MOST_ACTIONS];
    for (place, id) in named.iter_mut().zip(layout.named()) {
        *place = id;
    }
    let text = tx.json(
        "with owed as materialized (
           select v.invoice_id, v.currency, v.total, v.credited, v.paid, v.pending from open_invoice_viewers v
           where v.studio_id = $1 and v.contact_id = $2 and ($3 or not v.everything)
         )
         select (select json_group_array(json_array(what, hex(id), title, due)) from (select what, id, title, due from (
           select 'questionnaire' as what, a.id, v.title, a.due
           from assignment_contacts w
           join assignments a on a.studio_id = w.studio_id and a.id = w.assignment_id
           join forms f on f.studio_id = a.studio_id and f.id = a.form_id
           left join submissions s on s.studio_id = a.studio_id and s.assignment_id = a.id
           join form_versions v on v.studio_id = f.studio_id and v.form_id = f.id
                and v.number = coalesce(s.number, f.current)
           where w.studio_id = $1 and w.contact_id = $2 and a.done_at is null and a.withdrawn_at is null
             and f.archived_at is null
           union all
           select 'contract', c.id, c.title, c.last_day
           from (select m.contract_id as id, min(m.place) as place from contract_signers m
                 where m.studio_id = $1 and m.signed_at is null and m.contact_id in
                       (select k.id from contacts k where k.studio_id = $1 and (k.id = $2 or k.merged_into = $2))
                 group by m.contract_id) mine
           join contracts c on c.studio_id = $1 and c.id = mine.id
           where c.stage = 'waiting' and (c.expires_at is null or c.expires_at > $4)
             and (not c.in_order or not exists (select 1 from contract_signers b
                  where b.studio_id = c.studio_id and b.contract_id = c.id and b.contact_id is not null
                    and b.signed_at is null and b.place < mine.place))
           union all
           select 'quote', q.id, q.title, q.valid_until
           from quote_contacts n
           join quotes q on q.studio_id = n.studio_id and q.id = n.quote_id
           where n.studio_id = $1 and n.contact_id = $2 and q.state in ('sent', 'opened')
             and (q.valid_until is null or q.valid_until >= $5)
           union all
           select 'document', r.id, r.title, r.due
           from document_request_contacts c
           join document_requests r on r.studio_id = c.studio_id and r.id = c.request_id
           where c.studio_id = $1 and c.contact_id = $2 and r.state = 'open'
         ) waiting order by coalesce(due, '9999-12-31'), title, id limit 50) todo) as todo,
         (select json_group_array(json_array(hex(o.invoice_id), o.currency, o.total, o.credited, o.paid, o.pending, 1))
          from owed o) as open,
         (select json_group_array(json_array(hex(n.invoice_id), hex(n.id), '', n.due, n.amount) order by n.due, n.position)
          from instalments n where n.studio_id = $1 and n.invoice_id in (select o.invoice_id from owed o)) as plan,
         (select json_group_array(hex(f.id)) from forms f
          where f.studio_id = $1 and f.in_portal and f.archived_at is null
            and f.id in ($6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)) as forms,
         (select json_group_array(hex(d.id)) from documents d
          where d.studio_id = $1 and d.removed_at is null
            and exists (select 1 from document_viewers v where v.studio_id = d.studio_id and v.document_id = d.id
                and v.contact_id = $2 and (not v.everything or $3))
            and d.id in ($6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)) as documents",
    );
    let row = fetch_one!(
        tx,
        OpenRow,
        text,
        who.contact,
        who.everything,
        now,
        today,
        named[0],
        named[1],
        named[2],
        named[3],
        named[4],
        named[5],
        named[6],
        named[7],
        named[8],
        named[9],
        named[10],
        named[11],
    )?;
    let mut todo: Vec<Todo> = row.todo.into_iter().flatten().map(todo).collect();
    // What has a day comes first, the sooner the earlier.
    fn order(one: &Todo) -> (bool, Option<&str>, &str, &str) {
        (one.due.is_none(), one.due.as_deref(), &one.title, &one.id)
    }
    todo.sort_by(|a, b| order(a).cmp(&order(b)));
    let open = opened(row.open, row.plan);
    Ok(OpenItems {
        todo,
        due: payments::total_due(open.values(), today),
        buttons: Open {
            forms: row.forms.into_iter().flatten().map(|id| id.0).collect(),
            documents: row.documents.into_iter().flatten().map(|id| id.0).collect(),
        },
    })
}

fn todo((what, Id(id), title, due): TodoCells) -> Todo {
    let (kind, id) = match &*what {
        "questionnaire" => (TodoKind::Questionnaire, AssignmentId::from(id).to_string()),
        "contract" => (TodoKind::Contract, ContractId::from(id).to_string()),
        "quote" => (TodoKind::Quote, QuoteId::from(id).to_string()),
        _ => (TodoKind::Document, DocumentRequestId::from(id).to_string()),
    };
    Todo {
        kind,
        id,
        title,
        due,
    }
}
