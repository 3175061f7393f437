-- Documents: what studio and client share, what the studio asks for, and files on their way in.

-- What may be uploaded, and how much. A studio without a row has what the product begins with.
create table document_settings (
    studio_id uuid not null references studios (id),
    -- Raised by every change: the form carries the one it was made from.
    version bigint not null,
    -- Groups of media types.
    kinds jsonb not null,
    -- The largest file.
    most_bytes bigint not null check (most_bytes > 0),
    -- All files together.
    quota_bytes bigint not null check (quota_bytes > 0),
    updated_at timestamptz not null,
    primary key (studio_id)
);

-- What all versions of a studio's documents come to. Taken first by whatever changes that.
create table document_usage (
    studio_id uuid not null references studios (id),
    bytes bigint not null check (bytes >= 0),
    primary key (studio_id)
);

create table document_folders (
    studio_id uuid not null references studios (id),
    id uuid not null,
    client_id uuid not null,
    name text not null,
    position bigint not null,
    created_at timestamptz not null,
    primary key (studio_id, id),
    unique (studio_id, client_id, name),
    foreign key (studio_id, client_id) references clients (studio_id, id)
);

-- A document the studio asks chosen contacts for.
create table document_requests (
    studio_id uuid not null references studios (id),
    id uuid not null,
    client_id uuid not null,
    event_id uuid,
    title text not null,
    note text,
    -- The last day, by the studio's calendar.
    due text,
    state text not null check (state in ('open', 'answered', 'withdrawn')),
    answered_at timestamptz,
    reminded_before_at timestamptz,
    reminded_after_at timestamptz,
    created_at timestamptz not null,
    primary key (studio_id, id),
    foreign key (studio_id, client_id) references clients (studio_id, id),
    foreign key (studio_id, event_id) references events (studio_id, id)
);
create index document_requests_client on document_requests (studio_id, client_id, id);
create index document_requests_event on document_requests (studio_id, event_id, id);

create table document_request_contacts (
    studio_id uuid not null references studios (id),
    request_id uuid not null,
    contact_id uuid not null,
    primary key (studio_id, request_id, contact_id),
    foreign key (studio_id, request_id) references document_requests (studio_id, id),
    foreign key (studio_id, contact_id) references contacts (studio_id, id)
);
create index document_request_contacts_contact on document_request_contacts (studio_id, contact_id, request_id);

create table documents (
    studio_id uuid not null references studios (id),
    id uuid not null,
    -- Whose it is. Contacts of other clients see it where they are named.
    client_id uuid not null,
    event_id uuid,
    folder_id uuid,
    -- What it answers.
    request_id uuid,
    name text not null,
    -- Who began it.
    source text not null check (source in ('staff', 'contact')),
    contact_id uuid,
    -- Every contact of the client sees it; on an event, those who see the event.
    for_all boolean not null,
    -- The number of the version that counts.
    current bigint not null,
    -- When staff first looked at what a contact sent; a new version is not seen.
    staff_seen_at timestamptz,
    staff_seen_by text,
    -- When its current version came.
    changed_at timestamptz not null,
    created_at timestamptz not null,
    -- Seen by nobody any more; its files are removed by the worker, and then its rows.
    removed_at timestamptz,
    primary key (studio_id, id),
    foreign key (studio_id, client_id) references clients (studio_id, id),
    foreign key (studio_id, event_id) references events (studio_id, id),
    foreign key (studio_id, folder_id) references document_folders (studio_id, id),
    foreign key (studio_id, request_id) references document_requests (studio_id, id),
    foreign key (studio_id, contact_id) references contacts (studio_id, id)
);
create index documents_client on documents (studio_id, client_id, changed_at, id);
create index documents_event on documents (studio_id, event_id, changed_at, id);
create index documents_folder on documents (studio_id, folder_id);
create index documents_request on documents (studio_id, request_id);
create index documents_contact on documents (studio_id, contact_id);
create index documents_source on documents (studio_id, source, changed_at, id);
create index documents_unseen on documents (studio_id, changed_at, id)
    where source = 'contact' and staff_seen_at is null and removed_at is null;
create index documents_removed on documents (removed_at) where removed_at is not null;

-- The contacts it is for, by name.
create table document_contacts (
    studio_id uuid not null references studios (id),
    document_id uuid not null,
    contact_id uuid not null,
    primary key (studio_id, document_id, contact_id),
    foreign key (studio_id, document_id) references documents (studio_id, id),
    foreign key (studio_id, contact_id) references contacts (studio_id, id)
);
create index document_contacts_contact on document_contacts (studio_id, contact_id, document_id);

-- What a document was and is. The content lies in the storage.
create table document_versions (
    studio_id uuid not null references studios (id),
    document_id uuid not null,
    number bigint not null,
    -- What the file was called.
    name text not null,
    -- The media type, from the content.
    kind text not null,
    bytes bigint not null check (bytes > 0),
    -- Of the content, in hex.
    sha256 text not null,
    crc32 bigint not null,
    storage_key text not null,
    source text not null check (source in ('staff', 'contact')),
    by_name text not null,
    created_at timestamptz not null,
    primary key (studio_id, document_id, number),
    unique (studio_id, storage_key),
    foreign key (studio_id, document_id) references documents (studio_id, id)
);
create index document_versions_hash on document_versions (studio_id, sha256, document_id);

-- Which contact has seen which version.
create table document_seen (
    studio_id uuid not null references studios (id),
    document_id uuid not null,
    number bigint not null,
    contact_id uuid not null,
    seen_at timestamptz not null,
    downloaded_at timestamptz,
    primary key (studio_id, document_id, number, contact_id),
    foreign key (studio_id, document_id, number) references document_versions (studio_id, document_id, number),
    foreign key (studio_id, contact_id) references contacts (studio_id, id)
);
create index document_seen_contact on document_seen (studio_id, contact_id, document_id, number);

-- Files on their way in. All that is stored of one lies below its key.
create table uploads (
    studio_id uuid not null references studios (id),
    id uuid not null,
    client_id uuid not null,
    -- One of the two.
    contact_id uuid,
    staff_id uuid,
    name text not null,
    bytes bigint not null check (bytes > 0),
    -- How much of it is there.
    arrived bigint not null check (arrived >= 0 and arrived <= bytes),
    -- Where it belongs, and whom it is for.
    target jsonb not null,
    storage_key text not null,
    -- What became of it.
    document_id uuid,
    already boolean not null,
    expires_at timestamptz not null,
    created_at timestamptz not null,
    primary key (studio_id, id),
    foreign key (studio_id, client_id) references clients (studio_id, id),
    foreign key (studio_id, contact_id) references contacts (studio_id, id)
);
create index uploads_contact on uploads (studio_id, contact_id);
create index uploads_open on uploads (studio_id, bytes) where document_id is null;
create index uploads_expires on uploads (expires_at);

create table upload_parts (
    studio_id uuid not null references studios (id),
    upload_id uuid not null,
    -- Where in the file it begins.
    place bigint not null,
    bytes bigint not null check (bytes > 0),
    storage_key text not null,
    primary key (studio_id, upload_id, place),
    foreign key (studio_id, upload_id) references uploads (studio_id, id) on delete cascade
);

-- What is still to be told by mail: one mail for several.
create table document_news (
    studio_id uuid not null references studios (id),
    id uuid not null,
    client_id uuid not null,
    document_id uuid not null,
    -- Absent: staff are told.
    contact_id uuid,
    created_at timestamptz not null,
    primary key (studio_id, id),
    foreign key (studio_id, document_id) references documents (studio_id, id),
    foreign key (studio_id, client_id) references clients (studio_id, id),
    foreign key (studio_id, contact_id) references contacts (studio_id, id)
);
create index document_news_client on document_news (studio_id, client_id, id);
create index document_news_document on document_news (studio_id, document_id);
create index document_news_contact on document_news (studio_id, contact_id);

-- Who sees what: whoever is named; every contact of a client, where it is for all of them; and, with the right to see
-- everything of the client, all that is the client's or names one of its contacts.
create view document_viewers as
    select c.studio_id, c.document_id, c.contact_id, false as everything from document_contacts c
    union all
    select k.studio_id, d.id, k.id, false
    from contacts k join documents d on d.studio_id = k.studio_id and d.client_id = k.client_id
    where d.for_all and k.merged_into is null and (d.event_id is null or exists (select 1 from event_contacts e
        where e.studio_id = d.studio_id and e.event_id = d.event_id and e.contact_id = k.id))
    union all
    select k.studio_id, d.id, k.id, true
    from contacts k join documents d on d.studio_id = k.studio_id and d.client_id = k.client_id
    union all
    select k.studio_id, c.document_id, k.id, true
    from contacts k
    join contacts o on o.studio_id = k.studio_id and o.client_id = k.client_id
    join document_contacts c on c.studio_id = o.studio_id and c.contact_id = o.id;
