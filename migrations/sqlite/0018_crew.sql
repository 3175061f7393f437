-- Crew: who works at events, what they are qualified for, what they drive, and who is where when.

create table qualifications (
    studio_id blob not null references studios (id),
    id blob not null,
    name text not null,
    position bigint not null,
    primary key (studio_id, id)
) without rowid;
create index qualifications_list on qualifications (studio_id, position, id);

create table crew (
    studio_id blob not null references studios (id),
    id blob not null,
    -- Raised by every change: the form carries the one it was made from.
    version bigint not null default 1,
    name text not null,
    -- Without accents and capitals, as bytes.
    sort_name blob not null,
    phone text,
    email text,
    -- What they work as where nobody says otherwise.
    role_id blob,
    -- Where the photo lies in the storage.
    photo_key text,
    notes text,
    state text not null check (state in ('active', 'left')),
    created_at text not null,
    updated_at text not null,
    primary key (studio_id, id),
    foreign key (studio_id, role_id) references crew_roles (studio_id, id)
);
create index crew_list on crew (studio_id, state, sort_name, id);
create index crew_role on crew (studio_id, role_id);

-- What somebody is qualified for. The certificate's file lies in the storage.
create table crew_qualifications (
    studio_id blob not null references studios (id),
    id blob not null,
    crew_id blob not null,
    qualification_id blob not null,
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
) without rowid;
create index crew_qualifications_kind on crew_qualifications (studio_id, qualification_id);
create index crew_qualifications_expiry on crew_qualifications (studio_id, expires_on);

create table vehicles (
    studio_id blob not null references studios (id),
    id blob not null,
    -- Who drives it.
    crew_id blob not null,
    plate text not null,
    make text,
    model text,
    colour text,
    -- It is no longer offered; rosters it is on keep it.
    gone_at text,
    primary key (studio_id, id),
    foreign key (studio_id, crew_id) references crew (studio_id, id)
) without rowid;
create index vehicles_crew on vehicles (studio_id, crew_id, id);

-- Who works at an event, when and as what: several stretches of one person are several rows.
create table shifts (
    studio_id blob not null references studios (id),
    id blob not null,
    event_id blob not null,
    crew_id blob not null,
    role_id blob,
    starts_at text not null,
    ends_at text not null,
    vehicle_id blob,
    primary key (studio_id, id),
    check (ends_at > starts_at),
    foreign key (studio_id, event_id) references events (studio_id, id),
    foreign key (studio_id, crew_id) references crew (studio_id, id),
    foreign key (studio_id, role_id) references crew_roles (studio_id, id),
    foreign key (studio_id, vehicle_id) references vehicles (studio_id, id)
) without rowid;
create index shifts_event on shifts (studio_id, event_id, starts_at, id);
create index shifts_crew on shifts (studio_id, crew_id, starts_at, id);
create index shifts_role on shifts (studio_id, role_id);
create index shifts_vehicle on shifts (studio_id, vehicle_id);

-- The one of the roster who leads: an event has one or none.
create table event_leaders (
    studio_id blob not null references studios (id),
    event_id blob not null,
    crew_id blob not null,
    primary key (studio_id, event_id),
    foreign key (studio_id, event_id) references events (studio_id, id),
    foreign key (studio_id, crew_id) references crew (studio_id, id)
) without rowid;
create index event_leaders_crew on event_leaders (studio_id, crew_id);

-- What the people rostered must be qualified for: of a role, or all of them.
create table event_required_qualifications (
    studio_id blob not null references studios (id),
    id blob not null,
    event_id blob not null,
    role_id blob,
    qualification_id blob not null,
    primary key (studio_id, id),
    unique (studio_id, event_id, qualification_id, role_id),
    foreign key (studio_id, event_id) references events (studio_id, id),
    foreign key (studio_id, role_id) references crew_roles (studio_id, id),
    foreign key (studio_id, qualification_id) references qualifications (studio_id, id)
) without rowid;
create index event_required_role on event_required_qualifications (studio_id, role_id);
create index event_required_qualification on event_required_qualifications (studio_id, qualification_id);

-- Addresses of an event's gate list for whoever has no account. The secret is shown once and kept as its hash.
create table gate_links (
    studio_id blob not null references studios (id),
    id blob not null,
    event_id blob not null,
    secret_hash blob not null,
    expires_at text not null,
    revoked_at text,
    -- The staff member's name.
    made_by text not null,
    made_at text not null,
    seen_at text,
    primary key (studio_id, id),
    unique (studio_id, secret_hash),
    foreign key (studio_id, event_id) references events (studio_id, id)
) without rowid;
create index gate_links_hash on gate_links (secret_hash);
create index gate_links_event on gate_links (studio_id, event_id, id);

-- What the planner expects of each index before it has seen a studio at work.
analyze qualifications;
delete from sqlite_stat1 where tbl in ('qualifications', 'crew', 'crew_qualifications', 'vehicles', 'shifts',
    'event_leaders', 'event_required_qualifications', 'gate_links');
insert into sqlite_stat1 (tbl, idx, stat) values
    ('qualifications', 'qualifications', '1000 20 1'),
    ('qualifications', 'qualifications_list', '1000 20 1 1'),
    ('crew', 'sqlite_autoindex_crew_1', '10000 200 1'),
    ('crew', 'crew_list', '10000 200 150 1 1'),
    ('crew', 'crew_role', '10000 200 30'),
    ('crew_qualifications', 'crew_qualifications', '30000 600 1'),
    ('crew_qualifications', 'sqlite_autoindex_crew_qualifications_2', '30000 600 3 1'),
    ('crew_qualifications', 'crew_qualifications_kind', '30000 600 30'),
    ('crew_qualifications', 'crew_qualifications_expiry', '30000 600 2'),
    ('vehicles', 'vehicles', '5000 100 1'),
    ('vehicles', 'vehicles_crew', '5000 100 2 1'),
    ('shifts', 'shifts', '1000000 100000 1'),
    ('shifts', 'shifts_event', '1000000 100000 10 3 1'),
    ('shifts', 'shifts_crew', '1000000 100000 300 1 1'),
    ('shifts', 'shifts_role', '1000000 100000 10000'),
    ('shifts', 'shifts_vehicle', '1000000 100000 100'),
    ('event_leaders', 'event_leaders', '100000 10000 1'),
    ('event_leaders', 'event_leaders_crew', '100000 10000 50'),
    ('event_required_qualifications', 'event_required_qualifications', '100000 10000 1'),
    ('event_required_qualifications', 'sqlite_autoindex_event_required_qualifications_2', '100000 10000 2 1 1'),
    ('event_required_qualifications', 'event_required_role', '100000 10000 1000'),
    ('event_required_qualifications', 'event_required_qualification', '100000 10000 1000'),
    ('gate_links', 'gate_links', '100000 10000 1'),
    ('gate_links', 'sqlite_autoindex_gate_links_2', '100000 10000 1'),
    ('gate_links', 'gate_links_hash', '100000 1'),
    ('gate_links', 'gate_links_event', '100000 10000 2 1');
analyze sqlite_schema;
