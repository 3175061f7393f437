-- The studio's own subscription; reminders and statements of what clients owe.

-- What a studio's own subscription is at the payment provider, on the operator's account.
create table studio_billing (
    studio_id uuid not null references studios (id),
    customer_id text not null unique,
    subscription_id text,
    -- The provider's own word for its state.
    status text,
    -- It ends with the period that is paid.
    ending boolean not null,
    amount bigint,
    currency text,
    -- day, week, month or year
    period text,
    -- When the provider was asked for what stands here.
    checked_at timestamptz,
    created_at timestamptz not null,
    primary key (studio_id)
);

-- What it was paid with, a row for each period.
create table billing_receipts (
    studio_id uuid not null references studios (id),
    id text not null,
    number text,
    state text not null,
    amount bigint not null,
    currency text not null,
    issued_at timestamptz not null,
    -- The provider's page of it.
    url text,
    primary key (studio_id, id)
);

-- What the provider told, each event once.
create table billing_events (
    studio_id uuid not null references studios (id),
    id text not null,
    kind text not null,
    received_at timestamptz not null,
    primary key (studio_id, id)
);

-- When clients are reminded of what is due: days before and after the day, such as "7,1". A studio without a row has what
-- the product begins with.
create table reminder_settings (
    studio_id uuid not null references studios (id),
    before text not null,
    after text not null,
    updated_at timestamptz not null,
    primary key (studio_id)
);

-- How far the daily round came. The row is there once there is something to remind of.
create table reminder_rounds (
    studio_id uuid not null references studios (id),
    last_day text not null,
    primary key (studio_id)
);

-- What was reminded of, each instalment and moment once.
create table due_reminders (
    studio_id uuid not null references studios (id),
    instalment_id uuid not null,
    -- "-7", "+1", or the day somebody of the staff reminded.
    moment text not null,
    sent_at timestamptz not null,
    primary key (studio_id, instalment_id, moment),
    foreign key (studio_id, instalment_id) references instalments (studio_id, id)
);

-- Statements of account that somebody asked for. The same period of an account nothing happened on is the same statement.
create table statements (
    studio_id uuid not null references studios (id),
    id uuid not null,
    client_id uuid not null,
    -- The contact whose view it is; the client's own id: all of the account.
    seen_by uuid not null,
    from_day text not null,
    to_day text not null,
    -- How much had happened on the account.
    acts bigint not null,
    created_at timestamptz not null,
    primary key (studio_id, id),
    unique (studio_id, client_id, seen_by, from_day, to_day, acts),
    foreign key (studio_id, client_id) references clients (studio_id, id)
);
