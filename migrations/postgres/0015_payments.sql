-- Payments: what came in, what became of it, and which invoices it pays. Amounts are in minor units.

-- The studio's own account with the provider. Keys are encrypted.
create table payment_accounts (
    studio_id uuid not null references studios (id),
    secret_key bytea not null,
    -- The last letters of the key, and what the provider calls the account.
    key_hint text not null,
    name text,
    live boolean not null,
    -- Absent: webhooks are not answered.
    webhook_secret bytea,
    -- The one before, as long as both are in use.
    webhook_secret_before bytea,
    enabled boolean not null,
    -- How far the provider's own list of events was read.
    polled_until timestamptz,
    updated_at timestamptz not null,
    primary key (studio_id)
);

-- What clients may choose. A studio without a row has what the product begins with.
create table payment_settings (
    studio_id uuid not null references studios (id),
    version bigint not null,
    other_amount boolean not null,
    -- The least another amount may be, in the studio's currency.
    least bigint not null check (least >= 0),
    tip boolean not null,
    prepay boolean not null,
    updated_at timestamptz not null,
    primary key (studio_id)
);

-- One row for each client, taken first by whatever moves its money: two such acts are one after the other.
create table ledgers (
    studio_id uuid not null references studios (id),
    client_id uuid not null,
    acts bigint not null,
    primary key (studio_id, client_id),
    foreign key (studio_id, client_id) references clients (studio_id, id)
);

create table checkouts (
    studio_id uuid not null references studios (id),
    id uuid not null,
    client_id uuid not null,
    contact_id uuid not null,
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
    expires_at timestamptz not null,
    checked_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (studio_id, id),
    unique (studio_id, contact_id, act_key),
    unique (studio_id, session_id),
    foreign key (studio_id, client_id) references clients (studio_id, id),
    foreign key (studio_id, contact_id) references contacts (studio_id, id)
);
create index checkouts_client on checkouts (studio_id, client_id, state, id);

-- What it pays, and how much of it.
create table checkout_invoices (
    studio_id uuid not null references studios (id),
    checkout_id uuid not null,
    position bigint not null,
    invoice_id uuid not null,
    amount bigint not null check (amount > 0),
    primary key (studio_id, checkout_id, invoice_id),
    foreign key (studio_id, checkout_id) references checkouts (studio_id, id),
    foreign key (studio_id, invoice_id) references invoices (studio_id, id)
);
create index checkout_invoices_invoice on checkout_invoices (studio_id, invoice_id, checkout_id);

create table payments (
    studio_id uuid not null references studios (id),
    id uuid not null,
    -- Absent while nobody knows whose it is.
    client_id uuid,
    contact_id uuid,
    checkout_id uuid,
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
    settled_at timestamptz,
    recorded_by uuid,
    -- The act that recorded it, done once.
    act_key text,
    at timestamptz not null,
    created_at timestamptz not null,
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
    studio_id uuid not null references studios (id),
    id uuid not null,
    payment_id uuid not null,
    -- What can happen once has one name; a refund and a dispute carry the provider's.
    mark text not null,
    kind text not null check (kind in ('pending', 'succeeded', 'failed', 'refunded', 'refund_failed', 'disputed',
        'dispute_won', 'dispute_lost', 'reversed', 'applied', 'released')),
    amount bigint not null,
    tip bigint not null,
    source text not null check (source in ('webhook', 'reconciler', 'staff', 'system')),
    event_id text,
    staff_id uuid,
    note text,
    at timestamptz not null,
    primary key (studio_id, id),
    unique (studio_id, payment_id, mark),
    foreign key (studio_id, payment_id) references payments (studio_id, id)
);
create index payment_entries_at on payment_entries (studio_id, at, id);

-- Which part of a payment an invoice uses up; what is given back is a row below zero.
create table payment_allocations (
    studio_id uuid not null references studios (id),
    id uuid not null,
    entry_id uuid not null,
    payment_id uuid not null,
    invoice_id uuid not null,
    kind text not null check (kind in ('paid', 'pending')),
    amount bigint not null check (amount <> 0),
    primary key (studio_id, id),
    foreign key (studio_id, entry_id) references payment_entries (studio_id, id),
    foreign key (studio_id, payment_id) references payments (studio_id, id),
    foreign key (studio_id, invoice_id) references invoices (studio_id, id)
);
create index payment_allocations_invoice on payment_allocations (studio_id, invoice_id, kind, amount);
create index payment_allocations_payment on payment_allocations (studio_id, payment_id, invoice_id);

-- What the provider told, each event once.
create table provider_events (
    studio_id uuid not null references studios (id),
    id text not null,
    kind text not null,
    session_id text,
    intent_id text,
    -- What we called the checkout there.
    reference text,
    received_at timestamptz not null,
    done_at timestamptz,
    outcome text,
    primary key (studio_id, id)
);

-- Invoices on which something is owed: an index, kept in step by whatever changes that. How much is worked out.
create table open_invoices (
    studio_id uuid not null references studios (id),
    client_id uuid not null,
    invoice_id uuid not null,
    primary key (studio_id, invoice_id),
    foreign key (studio_id, invoice_id) references invoices (studio_id, id)
);
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

create trigger payment_entries_frozen before update or delete on payment_entries
    for each row execute function refuse_frozen();
create trigger payment_allocations_frozen before update or delete on payment_allocations
    for each row execute function refuse_frozen();
create trigger payments_kept before delete on payments for each row execute function refuse_frozen();
create trigger payments_frozen before update on payments for each row
when (new.currency <> old.currency or new.amount <> old.amount or new.tip <> old.tip or new.method <> old.method
    or new.at <> old.at or new.checkout_id is distinct from old.checkout_id
    or new.provider_id is distinct from old.provider_id
    or old.client_id is not null and new.client_id is distinct from old.client_id)
execute function refuse_frozen();
