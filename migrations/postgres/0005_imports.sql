-- Clients from a file: what was uploaded, what would become of each row, and what is written by one switch.

create table imports (
    studio_id uuid not null references studios (id),
    id uuid not null,
    staff_id uuid not null,
    staff_name text not null,
    file_name text not null,
    encoding text not null,
    delimiter text not null,
    -- The names of the columns, and a few values of each.
    header jsonb not null,
    examples jsonb not null,
    total bigint not null,
    -- What each column is; absent until it was said.
    mapping jsonb,
    state text not null check (state in ('uploaded', 'checking', 'checked', 'importing', 'finishing', 'imported', 'stopped')),
    -- Raised by every check: what an earlier one left to do ends.
    round bigint not null,
    -- Rows looked at so far; while it finishes, clients.
    done bigint not null,
    -- The chunk looked at last.
    after_row bigint not null,
    -- How far it was finished.
    after_id uuid,
    -- Why it was stopped, for people.
    stopped text,
    reference text not null,
    created_at timestamptz not null,
    looked_at timestamptz,
    imported_at timestamptz,
    primary key (studio_id, id)
);
create index imports_created on imports (created_at);

-- The file as text, some hundred rows in each.
create table import_chunks (
    studio_id uuid not null references studios (id),
    import_id uuid not null,
    first_row bigint not null,
    body text not null,
    primary key (studio_id, import_id, first_row),
    foreign key (studio_id, import_id) references imports (studio_id, id) on delete cascade
);

-- What would become of each row, and then did.
create table import_rows (
    studio_id uuid not null references studios (id),
    import_id uuid not null,
    row_no bigint not null,
    -- Whom the row is about: the email, or the names.
    who text not null,
    outcome text not null check (outcome in ('new', 'update', 'same', 'duplicate', 'error')),
    reason text not null,
    name text not null,
    email text not null,
    client_name text not null,
    contact_id uuid,
    client_id uuid,
    primary key (studio_id, import_id, row_no),
    foreign key (studio_id, import_id) references imports (studio_id, id) on delete cascade
);
create index import_rows_who on import_rows (studio_id, import_id, who);
create index import_rows_outcome on import_rows (studio_id, import_id, outcome, row_no);
create index import_rows_contact on import_rows (studio_id, import_id, contact_id);

-- Clients and contacts as they will be. Nothing but the import itself reads them.
create table import_clients (
    studio_id uuid not null references studios (id),
    import_id uuid not null,
    client_id uuid not null,
    row_no bigint not null,
    is_new boolean not null,
    changed boolean not null,
    -- The name in small letters.
    client_key text not null,
    -- The state of the client this was made from.
    version bigint not null,
    kind text not null,
    name text not null,
    sort_name bytea not null,
    group_id uuid,
    phone text,
    address jsonb not null,
    fields jsonb not null,
    audit_id uuid not null,
    before jsonb,
    after jsonb,
    primary key (studio_id, import_id, client_id),
    foreign key (studio_id, import_id) references imports (studio_id, id) on delete cascade
);
create index import_clients_key on import_clients (studio_id, import_id, client_key);

create table import_contacts (
    studio_id uuid not null references studios (id),
    import_id uuid not null,
    contact_id uuid not null,
    row_no bigint not null,
    client_id uuid not null,
    is_new boolean not null,
    version bigint not null,
    first_name text not null,
    last_name text not null,
    sort_name bytea not null,
    email text,
    mobile text,
    language text,
    fields jsonb not null,
    audit_id uuid not null,
    before jsonb,
    after jsonb,
    primary key (studio_id, import_id, contact_id),
    foreign key (studio_id, import_id) references imports (studio_id, id) on delete cascade
);
create index import_contacts_client on import_contacts (studio_id, import_id, client_id);
