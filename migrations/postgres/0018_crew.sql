-- Crew: who works at events, what they are qualified for, what they drive, and who is where when.

create table qualifications (
    studio_id uuid not null references studios (id),
    id uuid not null,
    name text not null,
    position bigint not null,
    primary key (studio_id, id)
);
create index qualifications_list on qualifications (studio_id, position, id);

create table crew (
    studio_id uuid not null references studios (id),
    id uuid not null,
    -- Raised by every change: the form carries the one it was made from.
    version bigint not null default 1,
    name text not null,
    -- Without accents and capitals, as bytes.
    sort_name bytea not null,
    phone text,
    email text,
    -- What they work as where nobody says otherwise.
    role_id uuid,
    -- Where the photo lies in the storage.
    photo_key text,
    notes text,
    state text not null check (state in ('active', 'left')),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (studio_id, id),
    foreign key (studio_id, role_id) references crew_roles (studio_id, id)
);
create index crew_list on crew (studio_id, state, sort_name, id);
create index crew_role on crew (studio_id, role_id);

-- What somebody is qualified for. The certificate's file lies in the storage.
create table crew_qualifications (
    studio_id uuid not null references studios (id),
    id uuid not null,
    crew_id uuid not null,
    qualification_id uuid not null,
    -- The first and the last day it holds.
    valid_from text,
    expires_on text,
    file_name text,
    -- The media type, from the content.
    file_kind text,
    file_bytes bigint,
    storage_key text,
    primary key (studio_id, id),
    unique (studio_id, crew_id, qualification_id),
    foreign key (studio_id, crew_id) references crew (studio_id, id),
    foreign key (studio_id, qualification_id) references qualifications (studio_id, id)
);
create index crew_qualifications_kind on crew_qualifications (studio_id, qualification_id);
create index crew_qualifications_expiry on crew_qualifications (studio_id, expires_on);

create table vehicles (
    studio_id uuid not null references studios (id),
    id uuid not null,
    -- Who drives it.
    crew_id uuid not null,
    plate text not null,
    make text,
    model text,
    colour text,
    -- It is no longer offered; rosters it is on keep it.
    gone_at timestamptz,
    primary key (studio_id, id),
    foreign key (studio_id, crew_id) references crew (studio_id, id)
);
create index vehicles_crew on vehicles (studio_id, crew_id, id);

-- Who works at an event, when and as what: several stretches of one person are several rows.
create table shifts (
    studio_id uuid not null references studios (id),
    id uuid not null,
    event_id uuid not null,
    crew_id uuid not null,
    role_id uuid,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    vehicle_id uuid,
    primary key (studio_id, id),
    check (ends_at > starts_at),
    foreign key (studio_id, event_id) references events (studio_id, id),
    foreign key (studio_id, crew_id) references crew (studio_id, id),
    foreign key (studio_id, role_id) references crew_roles (studio_id, id),
    foreign key (studio_id, vehicle_id) references vehicles (studio_id, id)
);
create index shifts_event on shifts (studio_id, event_id, starts_at, id);
create index shifts_crew on shifts (studio_id, crew_id, starts_at, id);
create index shifts_role on shifts (studio_id, role_id);
create index shifts_vehicle on shifts (studio_id, vehicle_id);

-- The one of the roster who leads: an event has one or none.
create table event_leaders (
    studio_id uuid not null references studios (id),
    event_id uuid not null,
    crew_id uuid not null,
    primary key (studio_id, event_id),
    foreign key (studio_id, event_id) references events (studio_id, id),
    foreign key (studio_id, crew_id) references crew (studio_id, id)
);
create index event_leaders_crew on event_leaders (studio_id, crew_id);

-- What the people rostered must be qualified for: of a role, or all of them.
create table event_required_qualifications (
    studio_id uuid not null references studios (id),
    id uuid not null,
    event_id uuid not null,
    role_id uuid,
    qualification_id uuid not null,
    primary key (studio_id, id),
    unique (studio_id, event_id, qualification_id, role_id),
    foreign key (studio_id, event_id) references events (studio_id, id),
    foreign key (studio_id, role_id) references crew_roles (studio_id, id),
    foreign key (studio_id, qualification_id) references qualifications (studio_id, id)
);
create index event_required_role on event_required_qualifications (studio_id, role_id);
create index event_required_qualification on event_required_qualifications (studio_id, qualification_id);

-- Addresses of an event's gate list for whoever has no account. The secret is shown once and kept as its hash.
create table gate_links (
    studio_id uuid not null references studios (id),
    id uuid not null,
    event_id uuid not null,
    secret_hash bytea not null,
    expires_at timestamptz not null,
    revoked_at timestamptz,
    -- The staff member's name.
    made_by text not null,
    made_at timestamptz not null,
    seen_at timestamptz,
    primary key (studio_id, id),
    unique (studio_id, secret_hash),
    foreign key (studio_id, event_id) references events (studio_id, id)
);
create index gate_links_hash on gate_links (secret_hash);
create index gate_links_event on gate_links (studio_id, event_id, id);

