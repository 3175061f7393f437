//! The SQL of the first screen.

use portico_wire::{
    AssignmentId, ClientId, ContactId, ContractId, DocumentRequestId, QuoteId, Rights, Settings,
    access::Me,
    clients::ClientKind,
    portal::{Home, HomeClient, Todo, TodoKind},
};

use super::Edition;
use crate::{
    Result,
    db::{StudioTx, fetch_all, fetch_optional},
    portal_editor::Layout,
    studios::{Studio, StudioRow},
    web::origin::Origin,
};

/// A contact with its client and studio: all of home in one row.
#[derive(sqlx::FromRow)]
pub struct HomeRow {
    #[sqlx(flatten)]
    studio: StudioRow,
    contact_id: ContactId,
    pub client_id: ClientId,
    first_name: String,
    last_name: String,
    email: Option<String>,
    has_password: bool,
    client_name: String,
    kind: ClientKind,
    #[sqlx(json)]
    contact_rights: Settings,
    #[sqlx(json)]
    client_rights: Settings,
    /// As it is published, or the draft; absent: the product's own.
    #[sqlx(json(nullable))]
    layout: Option<Layout>,
}

impl HomeRow {
    pub fn home(self, host: &Origin, edition: Edition) -> (Home, Studio, Layout) {
        let studio = Studio::from(self.studio);
        let layout = self.layout.unwrap_or_default();
        let switches = match edition {
            Edition::Published => studio.rights.clone(),
            Edition::Draft => layout.rights(&studio.rights),
        };
        let rights = Rights::resolve(&switches, &self.client_rights, &self.contact_rights);
        let home = Home {
            sections: layout.labels(rights),
            welcome: layout.welcome(&self.first_name),
            rights,
            studio: studio.settings(host),
            me: Me {
                id: self.contact_id,
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
            new_documents: 0,
            unread_messages: 0,
            unread_notifications: 0,
            next_event: None,
            event_requests: Vec::new(),
            viewed_by: None,
        };
        (home, studio, layout)
    }
}

pub async fn home(
    tx: &mut StudioTx,
    contact: ContactId,
    edition: Edition,
) -> Result<Option<HomeRow>> {
    fetch_optional!(
        tx,
        HomeRow,
        "select st.id, st.slug, st.name, st.version, st.portal_enabled, st.passwords, st.private_wording, st.start,
                st.welcome, st.accent, st.logo_url, st.language, st.time_zone, st.country, st.currency,
                st.support_email, st.support_phone, st.portal_url, st.rights, st.subscription, st.paid_until,
                st.generate_passwords, st.activates_portal, st.scheme, st.radius, st.font,
                c.id as contact_id, c.client_id, c.first_name, c.last_name, c.email, c.password_hash is not null as has_password,
                cl.name as client_name, cl.kind, c.rights as contact_rights, cl.rights as client_rights,
                case when $3 then l.draft else l.published end as layout
         from contacts c
         join clients cl on cl.studio_id = c.studio_id and cl.id = c.client_id
         join studios st on st.id = c.studio_id
         left join portal_layouts l on l.studio_id = c.studio_id
         where c.studio_id = $1 and c.id = $2",
        contact,
        edition == Edition::Draft,
    )
}

#[derive(sqlx::FromRow)]
struct TodoRow {
    kind: TodoKind,
    id: uuid::Uuid,
    title: String,
    due: Option<String>,
}

/// What waits for this contact; one statement for all kinds.
pub async fn todo(tx: &mut StudioTx, contact: ContactId, today: &str) -> Result<Vec<Todo>> {
    let now = tx.now();
    let rows = fetch_all!(
        tx,
        TodoRow,
        "select kind, id, title, due from (
           select 'questionnaire' as kind, a.id, v.title, a.due
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
           where c.stage = 'waiting' and (c.expires_at is null or c.expires_at > $3)
             and (not c.in_order or not exists (select 1 from contract_signers b
                  where b.studio_id = c.studio_id and b.contract_id = c.id and b.contact_id is not null
                    and b.signed_at is null and b.place < mine.place))
           union all
           select 'quote', q.id, q.title, q.valid_until
           from quote_contacts n
           join quotes q on q.studio_id = n.studio_id and q.id = n.quote_id
           where n.studio_id = $1 and n.contact_id = $2 and q.state in ('sent', 'opened')
             and (q.valid_until is null or q.valid_until >= $4)
           union all
           select 'document', r.id, r.title, r.due
           from document_request_contacts c
           join document_requests r on r.studio_id = c.studio_id and r.id = c.request_id
           where c.studio_id = $1 and c.contact_id = $2 and r.state = 'open'
         ) waiting order by coalesce(due, '9999-12-31'), title, id limit 50",
        contact,
        now,
        today,
    )?;
    let todo = |row: TodoRow| Todo {
        id: match row.kind {
            TodoKind::Questionnaire => AssignmentId::from(row.id.into_bytes()).to_string(),
            TodoKind::Contract => ContractId::from(row.id.into_bytes()).to_string(),
            TodoKind::Quote => QuoteId::from(row.id.into_bytes()).to_string(),
            TodoKind::Document => DocumentRequestId::from(row.id.into_bytes()).to_string(),
        },
        kind: row.kind,
        title: row.title,
        due: row.due,
    };
    Ok(rows.into_iter().map(todo).collect())
}
