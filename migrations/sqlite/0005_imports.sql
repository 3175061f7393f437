-- Clients from a file: what was uploaded, what would become of each row, and what is written by one switch.

create table imports (
    studio_id blob not null references studios (id),
    id blob not null,
    staff_id blob not null,
    staff_name text not null,
    file_name text not null,
    encoding text not null,
    delimiter text not null,
    -- The names of the columns, and a few values of each.
    header text not null,
    examples text not null,
    total bigint not null,
    -- What each column is; absent until it was said.
    mapping text,
    state text not null check (state in ('uploaded', 'checking', 'checked', 'importing', 'finishing', 'imported', 'stopped')),
    -- Raised by every check: what an earlier one left to do ends.
    round bigint not null,
    -- Rows looked at so far; while it finishes, clients.
    done bigint not null,
    -- The chunk looked at last.
    after_row bigint not null,
    -- How far it was finished.
    after_id blob,
    -- Why it was stopped, for people.
    stopped text,
    reference text not null,
    created_at text not null,
    looked_at text,
    imported_at text,
    primary key (studio_id, id)
) without rowid;
create index imports_created on imports (created_at);

-- The file as text, some hundred rows in each.
create table import_chunks (
    studio_id blob not null references studios (id),
    import_id blob not null,
    first_row bigint not null,
    body text not null,
    primary key (studio_id, import_id, first_row),
    foreign key (studio_id, import_id) references imports (studio_id, id) on delete cascade
);

-- What would become of each row, and then did.
create table import_rows (
    studio_id blob not null references studios (id),
    import_id blob not null,
    row_no bigint not null,
    -- Whom the row is about: the email, or the names.
    who text not null,
    outcome text not null check (outcome in ('new', 'update', 'same', 'duplicate', 'error')),
    reason text not null,
    name text not null,
    email text not null,
    client_name text not null,
    contact_id blob,
    client_id blob,
    primary key (studio_id, import_id, row_no),
    foreign key (studio_id, import_id) references imports (studio_id, id) on delete cascade
) without rowid;
create index import_rows_who on import_rows (studio_id, import_id, who);
create index import_rows_outcome on import_rows (studio_id, import_id, outcome, row_no);
create index import_rows_contact on import_rows (studio_id, import_id, contact_id);

-- Clients and contacts as they will be. Nothing but the import itself reads them.
create table import_clients (
    studio_id blob not null references studios (id),
    import_id blob not null,
    client_id blob not null,
    row_no bigint not null,
    is_new boolean not null,
    changed boolean not null,
    -- The name in small letters.
    client_key text not null,
    -- The state of the client this was made from.
    version bigint not null,
    kind text not null,
    name text not null,
    sort_name blob not null,
    group_id blob,
    phone text,
    address text not null,
    fields text not null,
    audit_id blob not null,
    before text,
    after text,
    primary key (studio_id, import_id, client_id),
    foreign key (studio_id, import_id) references imports (studio_id, id) on delete cascade
) without rowid;
create index import_clients_key on import_clients (studio_id, import_id, client_key);

create table import_contacts (
    studio_id blob not null references studios (id),
    import_id blob not null,
    contact_id blob not null,
    row_no bigint not null,
    client_id blob not null,
    is_new boolean not null,
    version bigint not null,
    first_name text not null,
    last_name text not null,
    sort_name blob not null,
    email text,
    mobile text,
    language text,
    fields text not null,
    audit_id blob not null,
    before text,
    after text,
    primary key (studio_id, import_id, contact_id),
    foreign key (studio_id, import_id) references imports (studio_id, id) on delete cascade
) without rowid;
create index import_contacts_client on import_contacts (studio_id, import_id, client_id);
