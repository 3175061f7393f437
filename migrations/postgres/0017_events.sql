-- Events: what has a date, whom it is for, what it takes, and what clients ask to change.

-- How clients book. A studio without a row has what the product begins with.
create table event_settings (
    studio_id uuid not null references studios (id),
    -- Raised by every change: the form carries the one it was made from.
    version bigint not null,
    -- The latest a client may book, in days from now.
    ahead_days bigint not null check (ahead_days > 0),
    -- The least time between a booking and its event.
    notice_hours bigint not null check (notice_hours >= 0),
    -- The group of a booking whose client has none.
    group_id uuid,
    -- Days before an event that contacts are reminded; absent: they are not.
    remind_days bigint check (remind_days > 0),
    updated_at timestamptz not null,
    primary key (studio_id),
    foreign key (studio_id, group_id) references groups (studio_id, id)
);

create table event_types (
    studio_id uuid not null references studios (id),
    id uuid not null,
    version bigint not null default 1,
    name text not null,
    -- A name of the palette.
    colour text not null,
    -- How long one lasts, where nobody says otherwise.
    minutes bigint not null check (minutes > 0),
    description text,
    -- What whoever books one is asked to fill in.
    form_id uuid,
    position bigint not null,
    -- Clients may book it.
    bookable boolean not null,
    -- May be booked by each client that has no types of its own.
    for_everybody boolean not null,
    -- The most staff a client may ask for; absent: no limit of the type's own.
    most_staff bigint check (most_staff >= 0),
    archived_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (studio_id, id),
    foreign key (studio_id, form_id) references forms (studio_id, id)
);
create index event_types_list on event_types (studio_id, position, id);
create index event_types_form on event_types (studio_id, form_id);

-- The types a client may book. A client without rows may book those that are for everybody.
create table event_type_clients (
    studio_id uuid not null references studios (id),
    client_id uuid not null,
    type_id uuid not null,
    primary key (studio_id, client_id, type_id),
    foreign key (studio_id, client_id) references clients (studio_id, id),
    foreign key (studio_id, type_id) references event_types (studio_id, id)
);
create index event_type_clients_type on event_type_clients (studio_id, type_id);

-- What somebody works as.
create table crew_roles (
    studio_id uuid not null references studios (id),
    id uuid not null,
    name text not null,
    position bigint not null,
    -- Clients may ask for it.
    bookable boolean not null,
    archived_at timestamptz,
    created_at timestamptz not null,
    primary key (studio_id, id)
);
create index crew_roles_list on crew_roles (studio_id, position, id);

-- Things an event may need: a tent, a generator.
create table resources (
    studio_id uuid not null references studios (id),
    id uuid not null,
    name text not null,
    position bigint not null,
    -- How many there are; absent: any number.
    most bigint check (most > 0),
    bookable boolean not null,
    archived_at timestamptz,
    created_at timestamptz not null,
    primary key (studio_id, id)
);
create index resources_list on resources (studio_id, position, id);

create table events (
    studio_id uuid not null references studios (id),
    id uuid not null,
    -- Raised by every change: a page carries the one it was made from.
    version bigint not null default 1,
    type_id uuid not null,
    title text not null,
    state text not null check (state in ('requested', 'to_be_confirmed', 'confirmed', 'completed', 'cancelled')),
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    -- The event's own zone, by its IANA name.
    time_zone text not null,
    -- From the first minute of a day to the last of one, by that zone.
    all_day boolean not null,
    venue text not null,
    address text not null,
    -- Whom clients call on the day.
    leader_name text not null,
    leader_phone text,
    staff_notes text not null,
    -- Absent: the client's.
    group_id uuid,
    -- Raised by every change a calendar must take over.
    sequence bigint not null,
    -- The event this one was booked again from.
    source_id uuid,
    -- The questions of its type, for whoever booked it.
    assignment_id uuid,
    -- Why it was cancelled.
    reason text,
    booked_by uuid,
    -- The request that booked it.
    book_key text,
    reminded_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (studio_id, id),
    unique (studio_id, booked_by, book_key),
    foreign key (studio_id, type_id) references event_types (studio_id, id),
    foreign key (studio_id, group_id) references groups (studio_id, id),
    foreign key (studio_id, source_id) references events (studio_id, id),
    foreign key (studio_id, assignment_id) references assignments (studio_id, id),
    foreign key (studio_id, booked_by) references contacts (studio_id, id)
);
create index events_time on events (studio_id, starts_at, id);
create index events_state on events (studio_id, state, starts_at, id);
create index events_type on events (studio_id, type_id, starts_at, id);
create index events_group on events (studio_id, group_id);
create index events_source on events (studio_id, source_id);
create index events_assignment on events (studio_id, assignment_id);

-- Whose event it is, with what is between the studio and this client alone.
create table event_clients (
    studio_id uuid not null references studios (id),
    event_id uuid not null,
    client_id uuid not null,
    -- As of the event, so that a page of a client's list is a range.
    ends_at timestamptz not null,
    -- The first is the one it was booked for.
    position bigint not null,
    -- What the studio tells this client.
    notes text not null,
    -- What this client wrote when it booked.
    wishes text not null,
    primary key (studio_id, event_id, client_id),
    foreign key (studio_id, event_id) references events (studio_id, id),
    foreign key (studio_id, client_id) references clients (studio_id, id)
);
create index event_clients_client on event_clients (studio_id, client_id, ends_at, event_id);

-- Who of those clients sees it.
create table event_contacts (
    studio_id uuid not null references studios (id),
    event_id uuid not null,
    contact_id uuid not null,
    ends_at timestamptz not null,
    -- Booked it, or speaks for its client.
    booker boolean not null,
    primary key (studio_id, event_id, contact_id),
    foreign key (studio_id, event_id) references events (studio_id, id),
    foreign key (studio_id, contact_id) references contacts (studio_id, id)
);
create index event_contacts_contact on event_contacts (studio_id, contact_id, ends_at, event_id);

-- How many of each role it takes.
create table event_needs (
    studio_id uuid not null references studios (id),
    event_id uuid not null,
    role_id uuid not null,
    count bigint not null check (count > 0),
    primary key (studio_id, event_id, role_id),
    foreign key (studio_id, event_id) references events (studio_id, id),
    foreign key (studio_id, role_id) references crew_roles (studio_id, id)
);
create index event_needs_role on event_needs (studio_id, role_id);

create table event_resources (
    studio_id uuid not null references studios (id),
    event_id uuid not null,
    resource_id uuid not null,
    quantity bigint not null check (quantity > 0),
    primary key (studio_id, event_id, resource_id),
    foreign key (studio_id, event_id) references events (studio_id, id),
    foreign key (studio_id, resource_id) references resources (studio_id, id)
);
create index event_resources_resource on event_resources (studio_id, resource_id);

-- What a client asks to change of an event that is booked.
create table event_requests (
    studio_id uuid not null references studios (id),
    id uuid not null,
    event_id uuid not null,
    client_id uuid not null,
    contact_id uuid not null,
    kind text not null check (kind in ('move', 'cancel')),
    state text not null check (state in ('open', 'accepted', 'declined')),
    -- When it is wanted instead.
    starts_at timestamptz,
    ends_at timestamptz,
    reason text not null,
    answer text not null,
    -- The request that made it.
    act_key text not null,
    made_at timestamptz not null,
    answered_at timestamptz,
    primary key (studio_id, id),
    unique (studio_id, contact_id, act_key),
    foreign key (studio_id, event_id) references events (studio_id, id),
    foreign key (studio_id, client_id) references clients (studio_id, id),
    foreign key (studio_id, contact_id) references contacts (studio_id, id)
);
create index event_requests_event on event_requests (studio_id, event_id, id);
create index event_requests_client on event_requests (studio_id, client_id, state, id);
create index event_requests_state on event_requests (studio_id, state, id);
-- One at a time of each client.
create unique index event_requests_open on event_requests (studio_id, event_id, client_id) where state = 'open';

-- A contact's private address of all its events. It is found by its hash, and shown to its owner.
create table calendar_feeds (
    studio_id uuid not null references studios (id),
    contact_id uuid not null,
    secret_hash bytea not null,
    -- Encrypted.
    secret bytea not null,
    made_at timestamptz not null,
    primary key (studio_id, contact_id),
    unique (studio_id, secret_hash),
    foreign key (studio_id, contact_id) references contacts (studio_id, id) on delete cascade
);
create index calendar_feeds_hash on calendar_feeds (secret_hash);
