-- Clients as staff keep them: search, order, custom fields, and who looks after whom.

-- Raised by every edit: the form carries the one it was made from.
alter table clients add column version bigint not null default 1;
alter table contacts add column version bigint not null default 1;
-- The name without accents and capitals, as bytes: both engines then sort it alike, whatever a database's
-- collation is.
alter table clients add column sort_name blob not null default '';
-- The last sign-in or use of a session by any of its contacts; 1970: never.
alter table clients add column last_active_at text not null default '1970-01-01T00:00:00.000000Z';
-- Values of the studio's own fields, by the field's id.
alter table clients add column fields text not null default '{}';
alter table contacts add column fields text not null default '{}';

-- The lists' orders, with what they are filtered by, so that a filter reads the index alone.
create index clients_by_name on clients (studio_id, sort_name, id, group_id, kind, portal_enabled);
create index clients_by_activity on clients (studio_id, last_active_at, id, group_id, kind, portal_enabled);

-- Every word a client is found by: names, email addresses, telephone numbers. Bytes, so that a range of
-- the key is a prefix on both engines.
create table client_words (
    studio_id blob not null references studios (id),
    word blob not null,
    client_id blob not null,
    primary key (studio_id, word, client_id),
    foreign key (studio_id, client_id) references clients (studio_id, id) on delete cascade
) without rowid;
create index client_words_client on client_words (studio_id, client_id);

-- Fields of the studio's own making.
create table client_fields (
    studio_id blob not null references studios (id),
    id blob not null,
    owner text not null check (owner in ('client', 'contact')),
    label text not null,
    kind text not null check (kind in ('text', 'choice', 'date', 'number', 'yes_no')),
    -- What can be chosen, for 'choice'.
    choices text not null,
    position bigint not null,
    in_portal boolean not null,
    changeable boolean not null,
    -- The values stay with their clients.
    removed_at text,
    created_at text not null,
    primary key (studio_id, id)
) without rowid;

-- What the studio says about the fields every client has; a field without a row is as the product makes it.
create table built_in_fields (
    studio_id blob not null references studios (id),
    name text not null check (name in ('name', 'email', 'mobile', 'phone', 'address', 'language', 'password')),
    in_portal boolean not null,
    changeable boolean not null,
    primary key (studio_id, name)
) without rowid;

create table group_members (
    studio_id blob not null references studios (id),
    group_id blob not null,
    staff_id blob not null,
    primary key (studio_id, group_id, staff_id),
    foreign key (studio_id, group_id) references groups (studio_id, id) on delete cascade,
    foreign key (studio_id, staff_id) references staff_roles (studio_id, staff_id) on delete cascade
) without rowid;
create index group_members_staff on group_members (studio_id, staff_id);

update clients set sort_name = cast(lower(name) as blob);
update clients set last_active_at = coalesce(
    (select max(last_sign_in_at) from contacts where contacts.studio_id = clients.studio_id and contacts.client_id = clients.id),
    last_active_at);

-- What the planner expects of each index before it has seen a studio at work: many rows share a studio, few a
-- client. Without it any key that begins with the studio looks as good as another, and it would read a studio's
-- contacts one and all. `pragma optimize` puts measured numbers in their place.
analyze contacts;
delete from sqlite_stat1 where tbl in ('clients', 'contacts', 'client_words', 'audit_log');
insert into sqlite_stat1 (tbl, idx, stat) values
    ('clients', 'clients', '100000 10000 1'),
    ('clients', 'clients_by_name', '100000 10000 2 1 1 1 1'),
    ('clients', 'clients_by_activity', '100000 10000 2 1 1 1 1'),
    ('contacts', 'contacts', '100000 10000 1'),
    ('contacts', 'contacts_client', '100000 10000 2'),
    ('contacts', 'contacts_email', '100000 10000 1'),
    ('client_words', 'client_words', '800000 80000 5 1'),
    ('client_words', 'client_words_client', '800000 80000 8'),
    ('audit_log', 'audit_log', '1000000 100000 1'),
    ('audit_log', 'audit_log_subject', '1000000 100000 10000 5 1'),
    ('audit_log', 'audit_log_at', '1000000 100000 1');
analyze sqlite_schema;
