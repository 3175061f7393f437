-- Payments: what came in, what became of it, and which invoices it pays. Amounts are in minor units.

-- The studio's own account with the provider. Keys are encrypted.
create table payment_accounts (
    studio_id blob not null references studios (id),
    secret_key blob not null,
    -- The last letters of the key, and what the provider calls the account.
    key_hint text not null,
    name text,
    live boolean not null,
    -- Absent: webhooks are not answered.
    webhook_secret blob,
    -- The one before, as long as both are in use.
    webhook_secret_before blob,
    enabled boolean not null,
    -- How far the provider's own list of events was read.
    polled_until text,
    updated_at text not null,
    primary key (studio_id)
) without rowid;

-- What clients may choose. A studio without a row has what the product begins with.
create table payment_settings (
    studio_id blob not null references studios (id),
    version bigint not null,
    other_amount boolean not null,
    -- The least another amount may be, in the studio's currency.
    least bigint not null check (least >= 0),
    tip boolean not null,
    prepay boolean not null,
    updated_at text not null,
    primary key (studio_id)
) without rowid;

-- One row for each client, taken first by whatever moves its money: two such acts are one after the other.
create table ledgers (
    studio_id blob not null references studios (id),
    client_id blob not null,
    acts bigint not null,
    primary key (studio_id, client_id),
    foreign key (studio_id, client_id) references clients (studio_id, id)
) without rowid;

create table checkouts (
    studio_id blob not null references studios (id),
    id blob not null,
    client_id blob not null,
    contact_id blob not null,
    state text not null check (state in ('open', 'pending', 'paid', 'failed', 'expired')),
    currency text not null,
    -- Without the tip.
    amount bigint not null check (amount >= 0),
    tip bigint not null check (tip >= 0),
    act_key text not null,
    return_to text not null,
    -- What is written above the amount on the provider's page.
    title text not null,
    email text,
    -- The provider's, once it answered.
    session_id text,
    url text,
    -- It is to be ended at the provider.
    closing boolean not null,
    expires_at text not null,
    checked_at text,
    created_at text not null,
    updated_at text not null,
    primary key (studio_id, id),
    unique (studio_id, contact_id, act_key),
    unique (studio_id, session_id),
    foreign key (studio_id, client_id) references clients (studio_id, id),
    foreign key (studio_id, contact_id) references contacts (studio_id, id)
);
create index checkouts_client on checkouts (studio_id, client_id, state, id);

-- What it pays, and how much of it.
create table checkout_invoices (
    studio_id blob not null references studios (id),
    checkout_id blob not null,
    position bigint not null,
    invoice_id blob not null,
    amount bigint not null check (amount > 0),
    primary key (studio_id, checkout_id, invoice_id),
    foreign key (studio_id, checkout_id) references checkouts (studio_id, id),
    foreign key (studio_id, invoice_id) references invoices (studio_id, id)
) without rowid;
create index checkout_invoices_invoice on checkout_invoices (studio_id, invoice_id, checkout_id);

create table payments (
    studio_id blob not null references studios (id),
    id blob not null,
    -- Absent while nobody knows whose it is.
    client_id blob,
    contact_id blob,
    checkout_id blob,
    currency text not null,
    -- With the tip.
    amount bigint not null check (amount > 0),
    tip bigint not null check (tip >= 0),
    method text not null check (method in ('online', 'cash', 'cheque', 'transfer')),
    detail text,
    -- The provider's own id.
    provider_id text,
    reference text,
    note text,
    -- Why staff should look at it: nobody knows whose it is, another currency, another amount than was asked.
    problem text check (problem in ('unknown', 'currency', 'amount')),
    settled_at text,
    recorded_by blob,
    -- The act that recorded it, done once.
    act_key text,
    at text not null,
    created_at text not null,
    primary key (studio_id, id),
    unique (studio_id, provider_id),
    unique (studio_id, act_key),
    foreign key (studio_id, client_id) references clients (studio_id, id),
    foreign key (studio_id, contact_id) references contacts (studio_id, id),
    foreign key (studio_id, checkout_id) references checkouts (studio_id, id)
);
create index payments_at on payments (studio_id, at, id);
create index payments_client on payments (studio_id, client_id, at, id);
create index payments_checkout on payments (studio_id, checkout_id);
create index payments_problem on payments (studio_id, settled_at, at, id) where problem is not null;

-- What happened to a payment, never changed. `amount` is what it changes in the money held, with its tip.
create table payment_entries (
    studio_id blob not null references studios (id),
    id blob not null,
    payment_id blob not null,
    -- What can happen once has one name; a refund and a dispute carry the provider's.
    mark text not null,
    kind text not null check (kind in ('pending', 'succeeded', 'failed', 'refunded', 'refund_failed', 'disputed',
        'dispute_won', 'dispute_lost', 'reversed', 'applied', 'released')),
    amount bigint not null,
    tip bigint not null,
    source text not null check (source in ('webhook', 'reconciler', 'staff', 'system')),
    event_id text,
    staff_id blob,
    note text,
    at text not null,
    primary key (studio_id, id),
    unique (studio_id, payment_id, mark),
    foreign key (studio_id, payment_id) references payments (studio_id, id)
) without rowid;
create index payment_entries_at on payment_entries (studio_id, at, id);

-- Which part of a payment an invoice uses up; what is given back is a row below zero.
create table payment_allocations (
    studio_id blob not null references studios (id),
    id blob not null,
    entry_id blob not null,
    payment_id blob not null,
    invoice_id blob not null,
    kind text not null check (kind in ('paid', 'pending')),
    amount bigint not null check (amount <> 0),
    primary key (studio_id, id),
    foreign key (studio_id, entry_id) references payment_entries (studio_id, id),
    foreign key (studio_id, payment_id) references payments (studio_id, id),
    foreign key (studio_id, invoice_id) references invoices (studio_id, id)
) without rowid;
create index payment_allocations_invoice on payment_allocations (studio_id, invoice_id, kind, amount);
create index payment_allocations_payment on payment_allocations (studio_id, payment_id, invoice_id);

-- What the provider told, each event once.
create table provider_events (
    studio_id blob not null references studios (id),
    id text not null,
    kind text not null,
    session_id text,
    intent_id text,
    -- What we called the checkout there.
    reference text,
    received_at text not null,
    done_at text,
    outcome text,
    primary key (studio_id, id)
) without rowid;

-- Invoices on which something is owed: an index, kept in step by whatever changes that. How much is worked out.
create table open_invoices (
    studio_id blob not null references studios (id),
    client_id blob not null,
    invoice_id blob not null,
    primary key (studio_id, invoice_id),
    foreign key (studio_id, invoice_id) references invoices (studio_id, id)
) without rowid;
create index open_invoices_client on open_invoices (studio_id, client_id, invoice_id);

-- What an invoice comes to, worked out from what was issued and paid.
create view invoice_balances as
    select i.studio_id, i.id as invoice_id, i.client_id, i.currency, i.state, i.total,
           (select cast(coalesce(sum(n.total), 0) as bigint) from invoices n
            where n.studio_id = i.studio_id and n.corrects = i.id and n.kind = 'credit_note' and n.state = 'issued')
               as credited,
           (select cast(coalesce(sum(a.amount), 0) as bigint) from payment_allocations a
            where a.studio_id = i.studio_id and a.invoice_id = i.id and a.kind = 'paid') as paid,
           (select cast(coalesce(sum(a.amount), 0) as bigint) from payment_allocations a
            where a.studio_id = i.studio_id and a.invoice_id = i.id and a.kind = 'pending') as pending
    from invoices i where i.kind = 'invoice' and i.state <> 'draft';

insert into open_invoices (studio_id, client_id, invoice_id)
    select b.studio_id, b.client_id, b.invoice_id from invoice_balances b
    where b.state = 'issued' and b.total - b.credited > 0;

create trigger payment_entries_no_update before update on payment_entries
begin
    select raise(abort, 'payment_entries is frozen');
end;
create trigger payment_entries_no_delete before delete on payment_entries
begin
    select raise(abort, 'payment_entries is frozen');
end;
create trigger payment_allocations_no_update before update on payment_allocations
begin
    select raise(abort, 'payment_allocations is frozen');
end;
create trigger payment_allocations_no_delete before delete on payment_allocations
begin
    select raise(abort, 'payment_allocations is frozen');
end;
create trigger payments_no_delete before delete on payments
begin
    select raise(abort, 'payments is frozen');
end;
create trigger payments_frozen before update on payments
when new.currency <> old.currency or new.amount <> old.amount or new.tip <> old.tip or new.method <> old.method
    or new.at <> old.at or new.checkout_id is not old.checkout_id or new.provider_id is not old.provider_id
    or old.client_id is not null and new.client_id is not old.client_id
begin
    select raise(abort, 'payments is frozen');
end;

delete from sqlite_stat1 where tbl in ('checkouts', 'checkout_invoices', 'payments', 'payment_entries',
    'payment_allocations', 'provider_events', 'open_invoices', 'ledgers');
insert into sqlite_stat1 (tbl, idx, stat) values
    ('ledgers', 'ledgers', '40000 4000 1'),
    ('checkouts', 'sqlite_autoindex_checkouts_1', '100000 10000 1'),
    ('checkouts', 'sqlite_autoindex_checkouts_2', '100000 10000 5 1'),
    ('checkouts', 'sqlite_autoindex_checkouts_3', '100000 10000 1'),
    ('checkouts', 'checkouts_client', '100000 10000 5 2 1'),
    ('checkout_invoices', 'checkout_invoices', '120000 12000 1 1'),
    ('checkout_invoices', 'checkout_invoices_invoice', '120000 12000 2 1'),
    ('payments', 'sqlite_autoindex_payments_1', '200000 20000 1'),
    ('payments', 'sqlite_autoindex_payments_2', '200000 20000 1'),
    ('payments', 'sqlite_autoindex_payments_3', '200000 20000 2'),
    ('payments', 'payments_at', '200000 20000 1 1'),
    ('payments', 'payments_client', '200000 20000 5 1 1'),
    ('payments', 'payments_checkout', '200000 20000 2'),
    ('payments', 'payments_problem', '200 20 10 1 1'),
    ('payment_entries', 'payment_entries', '300000 30000 1'),
    ('payment_entries', 'sqlite_autoindex_payment_entries_2', '300000 30000 2 1'),
    ('payment_entries', 'payment_entries_at', '300000 30000 1 1'),
    ('payment_allocations', 'payment_allocations', '300000 30000 1'),
    ('payment_allocations', 'payment_allocations_invoice', '300000 30000 2 2 1'),
    ('payment_allocations', 'payment_allocations_payment', '300000 30000 2 1'),
    ('provider_events', 'provider_events', '400000 40000 1'),
    ('open_invoices', 'open_invoices', '60000 6000 1'),
    ('open_invoices', 'open_invoices_client', '60000 6000 2 1');
analyze sqlite_schema;
