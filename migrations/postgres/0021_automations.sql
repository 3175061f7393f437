-- Automations: what a studio lets the system do when something happens, and what came of it.

-- What is noticed by the clock, once each: that an event is over, that something is due soon.
create table happenings (
    studio_id uuid not null references studios (id),
    what text not null,
    item_id uuid not null,
    -- Which time, where a thing can happen to it again.
    occurrence text not null,
    at timestamptz not null,
    primary key (studio_id, item_id, what, occurrence)
);

-- A studio without a row has what the product begins with.
create table automation_settings (
    studio_id uuid not null references studios (id),
    version bigint not null,
    -- Since when all of them rest.
    paused_at timestamptz,
    -- Nothing goes out between these times of day; null: at any time.
    quiet_from text,
    quiet_to text,
    updated_at timestamptz not null,
    primary key (studio_id)
);

create table automations (
    studio_id uuid not null references studios (id),
    id uuid not null,
    -- Raised by every change: the form carries the one it was made from.
    version bigint not null,
    name text not null,
    -- What it waits for.
    starts_with text not null,
    active boolean not null,
    -- Conditions, time and actions.
    rule jsonb not null,
    -- Why it needs attention.
    trouble text,
    -- The last day whose dates were gone through.
    looked_on text,
    last_run_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    -- Its runs stay.
    removed_at timestamptz,
    primary key (studio_id, id)
);
create index automations_starts on automations (studio_id, starts_with) where active;

create table automation_runs (
    studio_id uuid not null references studios (id),
    id uuid not null,
    automation_id uuid not null,
    client_id uuid not null,
    -- What it is about.
    item_kind text not null,
    item_id uuid not null,
    title text not null,
    -- Which time, where a thing can happen to it again.
    occurrence text not null,
    starts_with text not null,
    -- The contacts it concerns; null: all of the client's.
    contacts jsonb,
    -- The automations that led to this, the first one first.
    led_by jsonb not null,
    state text not null check (state in ('planned', 'done', 'skipped', 'failed')),
    -- Why it was skipped or failed.
    reason text,
    -- What was done, a line each.
    did jsonb not null,
    happened_at timestamptz not null,
    run_at timestamptz not null,
    ended_at timestamptz,
    primary key (studio_id, id),
    -- Once for each thing and time.
    unique (studio_id, automation_id, item_id, client_id, occurrence),
    foreign key (studio_id, automation_id) references automations (studio_id, id),
    foreign key (studio_id, client_id) references clients (studio_id, id)
);
create index automation_runs_automation on automation_runs (studio_id, automation_id, id);
create index automation_runs_automation_state on automation_runs (studio_id, automation_id, state, id);
create index automation_runs_state on automation_runs (studio_id, state, id);
create index automation_runs_client on automation_runs (studio_id, client_id, happened_at);
