-- As of the event, so that a page of what staff see of one client is a range.
alter table event_clients add column starts_at text not null default '1970-01-01T00:00:00.000000Z';
update event_clients set starts_at = (select e.starts_at from events e
    where e.studio_id = event_clients.studio_id and e.id = event_clients.event_id);
create index event_clients_start on event_clients (studio_id, client_id, starts_at, event_id);

-- An event as a line of staff's lists, with the client it was booked for.
create view event_lines as
select e.studio_id, e.id, e.version, e.title, t.name as kind, t.colour, e.state, e.starts_at, e.ends_at, e.time_zone,
       e.all_day, e.venue, c.client_id, k.name as client,
       (select count(*) from event_clients m where m.studio_id = e.studio_id and m.event_id = e.id) - 1 as others,
       (select count(*) from event_requests r
        where r.studio_id = e.studio_id and r.event_id = e.id and r.state = 'open') as asked,
       (select cast(coalesce(sum(n.count), 0) as bigint) from event_needs n
        where n.studio_id = e.studio_id and n.event_id = e.id) as needed
from events e
join event_types t on t.studio_id = e.studio_id and t.id = e.type_id
left join event_clients c on c.studio_id = e.studio_id and c.event_id = e.id and c.position = 0
left join clients k on k.studio_id = c.studio_id and k.id = c.client_id;

-- A contract as a line of staff's lists.
create view contract_lines as
select c.studio_id, c.id, c.client_id, cl.name as client_name, c.title, c.state, c.stage, c.last_day, c.expires_at,
       c.sent_at, c.closed_at, c.created_at,
       (select count(*) from contract_signers s
        where s.studio_id = c.studio_id and s.contract_id = c.id and s.signed_at is not null) as signed,
       (select count(*) from contract_signers s where s.studio_id = c.studio_id and s.contract_id = c.id) as places
from contracts c join clients cl on cl.studio_id = c.studio_id and cl.id = c.client_id;

-- A document that is there, with its current version, as a line of staff's lists.
create view document_lines as
select d.studio_id, d.id, d.client_id, c.name as client_name, d.event_id, e.title as event_title, d.folder_id,
       d.request_id, r.title as request, d.name, v.kind, v.bytes, d.source as begun_by, v.by_name, d.current, d.for_all,
       d.staff_seen_at, d.changed_at,
       (select count(distinct x.contact_id) from document_viewers x
        where x.studio_id = d.studio_id and x.document_id = d.id and not x.everything) as viewers,
       (select count(*) from document_seen s
        where s.studio_id = d.studio_id and s.document_id = d.id and s.number = d.current) as seen
from documents d
join document_versions v on v.studio_id = d.studio_id and v.document_id = d.id and v.number = d.current
join clients c on c.studio_id = d.studio_id and c.id = d.client_id
left join events e on e.studio_id = d.studio_id and e.id = d.event_id
left join document_requests r on r.studio_id = d.studio_id and r.id = d.request_id
where d.removed_at is null;

insert into sqlite_stat1 (tbl, idx, stat) values
    ('event_clients', 'event_clients_start', '250000 25000 10 1 1');
analyze sqlite_schema;
