-- Clients as staff keep them: search, order, custom fields, and who looks after whom.

-- Raised by every edit: the form carries the one it was made from.
alter table clients add column version bigint not null default 1;
alter table contacts add column version bigint not null default 1;
-- The name without accents and capitals, as bytes: both engines then sort it alike, whatever a database's
-- collation is.
alter table clients add column sort_name bytea not null default '';
-- The last sign-in or use of a session by any of its contacts; 1970: never.
alter table clients add column last_active_at timestamptz not null default '1970-01-01T00:00:00.000000Z';
-- Values of the studio's own fields, by the field's id.
alter table clients add column fields jsonb not null default '{}';
alter table contacts add column fields jsonb not null default '{}';

-- The lists' orders, with what they are filtered by, so that a filter reads the index alone.
create index clients_by_name on clients (studio_id, sort_name, id, group_id, kind, portal_enabled);
create index clients_by_activity on clients (studio_id, last_active_at, id, group_id, kind, portal_enabled);

-- Every word a client is found by: names, email addresses, telephone numbers. Bytes, so that a range of
-- the key is a prefix on both engines.
create table client_words (
    studio_id uuid not null references studios (id),
    word bytea not null,
    client_id uuid not null,
    primary key (studio_id, word, client_id),
    foreign key (studio_id, client_id) references clients (studio_id, id) on delete cascade
);
create index client_words_client on client_words (studio_id, client_id);

-- Fields of the studio's own making.
create table client_fields (
    studio_id uuid not null references studios (id),
    id uuid not null,
    owner text not null check (owner in ('client', 'contact')),
    label text not null,
    kind text not null check (kind in ('text', 'choice', 'date', 'number', 'yes_no')),
    -- What can be chosen, for 'choice'.
    choices jsonb not null,
    position bigint not null,
    in_portal boolean not null,
    changeable boolean not null,
    -- The values stay with their clients.
    removed_at timestamptz,
    created_at timestamptz not null,
    primary key (studio_id, id)
);

-- What the studio says about the fields every client has; a field without a row is as the product makes it.
create table built_in_fields (
    studio_id uuid not null references studios (id),
    name text not null check (name in ('name', 'email', 'mobile', 'phone', 'address', 'language', 'password')),
    in_portal boolean not null,
    changeable boolean not null,
    primary key (studio_id, name)
);

create table group_members (
    studio_id uuid not null references studios (id),
    group_id uuid not null,
    staff_id uuid not null,
    primary key (studio_id, group_id, staff_id),
    foreign key (studio_id, group_id) references groups (studio_id, id) on delete cascade,
    foreign key (studio_id, staff_id) references staff_roles (studio_id, staff_id) on delete cascade
);
create index group_members_staff on group_members (studio_id, staff_id);

update clients set sort_name = convert_to(lower(name), 'UTF8');
update clients set last_active_at = coalesce(
    (select max(last_sign_in_at) from contacts where contacts.studio_id = clients.studio_id and contacts.client_id = clients.id),
    last_active_at);
