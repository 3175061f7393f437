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
