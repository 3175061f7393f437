-- Automations: what a studio lets the system do when something happens, and what came of it.

-- What is noticed by the clock, once each: that an event is over, that something is due soon.
create table happenings (
    studio_id blob not null references studios (id),
    what text not null,
    item_id blob not null,
    -- Which time, where a thing can happen to it again.
    occurrence text not null,
    at text not null,
    primary key (studio_id, item_id, what, occurrence)
) without rowid;

-- A studio without a row has what the product begins with.
create table automation_settings (
    studio_id blob not null references studios (id),
    version bigint not null,
    -- Since when all of them rest.
    paused_at text,
    -- Nothing goes out between these times of day; null: at any time.
    quiet_from text,
    quiet_to text,
    updated_at text not null,
    primary key (studio_id)
) without rowid;

create table automations (
    studio_id blob not null references studios (id),
    id blob not null,
    -- Raised by every change: the form carries the one it was made from.
    version bigint not null,
    name text not null,
    -- What it waits for.
    starts_with text not null,
    active boolean not null,
    -- Conditions, time and actions.
    rule text not null,
    -- Why it needs attention.
    trouble text,
    -- The last day whose dates were gone through.
    looked_on text,
    last_run_at text,
    created_at text not null,
    updated_at text not null,
    -- Its runs stay.
    removed_at text,
    primary key (studio_id, id)
) without rowid;
create index automations_starts on automations (studio_id, starts_with) where active;

create table automation_runs (
    studio_id blob not null references studios (id),
    id blob not null,
    automation_id blob not null,
    client_id blob not null,
    -- What it is about.
    item_kind text not null,
    item_id blob not null,
    title text not null,
    -- Which time, where a thing can happen to it again.
    occurrence text not null,
    starts_with text not null,
    -- The contacts it concerns; null: all of the client's.
    contacts text,
    -- The automations that led to this, the first one first.
    led_by text not null,
    state text not null check (state in ('planned', 'done', 'skipped', 'failed')),
    -- Why it was skipped or failed.
    reason text,
    -- What was done, a line each.
    did text not null,
    happened_at text not null,
    run_at text not null,
    ended_at text,
    primary key (studio_id, id),
    -- Once for each thing and time.
    unique (studio_id, automation_id, item_id, client_id, occurrence),
    foreign key (studio_id, automation_id) references automations (studio_id, id),
    foreign key (studio_id, client_id) references clients (studio_id, id)
) without rowid;
create index automation_runs_automation on automation_runs (studio_id, automation_id, id);
create index automation_runs_automation_state on automation_runs (studio_id, automation_id, state, id);
create index automation_runs_state on automation_runs (studio_id, state, id);
create index automation_runs_client on automation_runs (studio_id, client_id, happened_at);

insert into sqlite_stat1 (tbl, idx, stat) values
    ('happenings', 'happenings', '100000 10000 2 1 1'),
    ('automations', 'automations', '300 30 1'),
    ('automations', 'automations_starts', '200 20 1'),
    ('automation_runs', 'automation_runs', '500000 50000 1'),
    ('automation_runs', 'sqlite_autoindex_automation_runs_2', '500000 50000 5000 2 2 1'),
    ('automation_runs', 'automation_runs_automation', '500000 50000 5000 1'),
    ('automation_runs', 'automation_runs_automation_state', '500000 50000 5000 1000 1'),
    ('automation_runs', 'automation_runs_state', '500000 50000 10000 1'),
    ('automation_runs', 'automation_runs_client', '500000 50000 10 1');
analyze sqlite_schema;
