-- What a studio's own subscription is at the payment provider, on the operator's account.
create table studio_billing (
    studio_id blob not null references studios (id),
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
    checked_at text,
    created_at text not null,
    primary key (studio_id)
) without rowid;

-- What it was paid with, a row for each period.
create table billing_receipts (
    studio_id blob not null references studios (id),
    id text not null,
    number text,
    state text not null,
    amount bigint not null,
    currency text not null,
    issued_at text not null,
    -- The provider's page of it.
    url text,
    primary key (studio_id, id)
) without rowid;

-- What the provider told, each event once.
create table billing_events (
    studio_id blob not null references studios (id),
    id text not null,
    kind text not null,
    received_at text not null,
    primary key (studio_id, id)
) without rowid;

insert into sqlite_stat1 (tbl, idx, stat) values
    ('studio_billing', 'studio_billing', '1000 1'),
    ('studio_billing', 'sqlite_autoindex_studio_billing_1', '1000 1'),
    ('billing_receipts', 'billing_receipts', '24000 24 1'),
    ('billing_events', 'billing_events', '100000 100 1');
analyze sqlite_schema;
