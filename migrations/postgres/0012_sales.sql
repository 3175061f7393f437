-- Quotes, orders and invoices. Amounts are in minor units of the row's currency, quantities in thousandths,
-- discounts in hundredths of a per cent or minor units, tax rates in thousandths of a per cent.

-- What a studio sells with. A studio without a row sells as the product makes it.
create table sales_settings (
    studio_id uuid not null references studios (id),
    -- Raised by every change: the form carries the one it was made from.
    version bigint not null,
    quote_pattern text not null,
    order_pattern text not null,
    invoice_pattern text not null,
    credit_note_pattern text not null,
    tax_inclusive boolean not null,
    -- How long a quote can be accepted, in days; absent: no last day.
    valid_days bigint,
    terms text,
    plan jsonb not null,
    updated_at timestamptz not null,
    primary key (studio_id)
);

create table tax_rates (
    studio_id uuid not null references studios (id),
    name text not null,
    rate bigint not null check (rate >= 0 and rate <= 100000),
    position bigint not null,
    primary key (studio_id, name, rate)
);

create table payment_plans (
    studio_id uuid not null references studios (id),
    name text not null,
    plan jsonb not null,
    primary key (studio_id, name)
);

-- The last number given of each series. A number is taken in the transaction that uses it, so none is lost.
create table number_series (
    studio_id uuid not null references studios (id),
    kind text not null check (kind in ('quote', 'order', 'invoice', 'credit_note')),
    -- Of a series that begins anew each year; else 0.
    year bigint not null,
    last bigint not null,
    primary key (studio_id, kind, year)
);

create table quotes (
    studio_id uuid not null references studios (id),
    id uuid not null,
    client_id uuid not null,
    -- Raised by every change of the studio's.
    version bigint not null default 1,
    -- Given when it is sent.
    number text,
    state text not null check (state in ('draft', 'sent', 'opened', 'accepted', 'declined', 'expired', 'voided')),
    title text not null,
    currency text not null,
    language text not null,
    tax_inclusive boolean not null,
    discount_kind text not null check (discount_kind in ('none', 'percent', 'amount')),
    discount_value bigint not null,
    intro text,
    terms text,
    plan jsonb not null,
    -- The last day, by the studio's calendar.
    valid_until text,
    -- With what is preselected, then with what was chosen.
    total bigint not null,
    -- The version this one takes the place of.
    replaces uuid,
    sent_at timestamptz,
    opened_at timestamptz,
    -- When it was accepted, declined, voided, or expired.
    closed_at timestamptz,
    -- Why it was declined or voided.
    reason text,
    accepted_by uuid,
    accept_key text,
    -- The lines that were bought, by their ids.
    chosen jsonb,
    reminded_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (studio_id, id),
    unique (studio_id, number),
    foreign key (studio_id, client_id) references clients (studio_id, id),
    foreign key (studio_id, replaces) references quotes (studio_id, id),
    foreign key (studio_id, accepted_by) references contacts (studio_id, id)
);
create index quotes_state on quotes (studio_id, state, id);
create index quotes_client on quotes (studio_id, client_id, id);
create index quotes_replaces on quotes (studio_id, replaces);

create table quote_lines (
    studio_id uuid not null references studios (id),
    id uuid not null,
    quote_id uuid not null,
    position bigint not null,
    name text not null,
    description text,
    quantity bigint not null check (quantity > 0),
    unit text,
    unit_price bigint not null check (unit_price >= 0),
    discount_kind text not null check (discount_kind in ('none', 'percent', 'amount')),
    discount_value bigint not null,
    tax_name text,
    tax_rate bigint,
    optional boolean not null,
    preselected boolean not null,
    primary key (studio_id, id),
    foreign key (studio_id, quote_id) references quotes (studio_id, id)
);
create index quote_lines_quote on quote_lines (studio_id, quote_id, position);

-- Who may see a quote, and the order it becomes.
create table quote_contacts (
    studio_id uuid not null references studios (id),
    quote_id uuid not null,
    contact_id uuid not null,
    primary key (studio_id, quote_id, contact_id),
    foreign key (studio_id, quote_id) references quotes (studio_id, id),
    foreign key (studio_id, contact_id) references contacts (studio_id, id)
);
create index quote_contacts_contact on quote_contacts (studio_id, contact_id, quote_id);

-- What was bought, as it was bought.
create table orders (
    studio_id uuid not null references studios (id),
    id uuid not null,
    quote_id uuid not null,
    client_id uuid not null,
    number text not null,
    title text not null,
    currency text not null,
    language text not null,
    tax_inclusive boolean not null,
    discount_kind text not null check (discount_kind in ('none', 'percent', 'amount')),
    discount_value bigint not null,
    intro text,
    terms text,
    plan jsonb not null,
    -- All sums as they were shown.
    sums jsonb not null,
    total bigint not null,
    accepted_by uuid not null,
    made_at timestamptz not null,
    primary key (studio_id, id),
    unique (studio_id, quote_id),
    unique (studio_id, number),
    foreign key (studio_id, quote_id) references quotes (studio_id, id),
    foreign key (studio_id, client_id) references clients (studio_id, id),
    foreign key (studio_id, accepted_by) references contacts (studio_id, id)
);
create index orders_client on orders (studio_id, client_id, id);

create table order_lines (
    studio_id uuid not null references studios (id),
    id uuid not null,
    order_id uuid not null,
    position bigint not null,
    name text not null,
    description text,
    quantity bigint not null,
    unit text,
    unit_price bigint not null,
    discount_kind text not null check (discount_kind in ('none', 'percent', 'amount')),
    discount_value bigint not null,
    tax_name text,
    tax_rate bigint,
    amount bigint not null,
    primary key (studio_id, id),
    foreign key (studio_id, order_id) references orders (studio_id, id)
);
create index order_lines_order on order_lines (studio_id, order_id, position);

-- What is owed, or with a credit note no longer owed. The balance is worked out, never kept.
create table invoices (
    studio_id uuid not null references studios (id),
    id uuid not null,
    kind text not null check (kind in ('invoice', 'credit_note')),
    client_id uuid not null,
    order_id uuid,
    -- The invoice a credit note takes from.
    corrects uuid,
    -- The invoice this one takes the place of.
    replaces uuid,
    version bigint not null default 1,
    -- Given when it is issued.
    number text,
    state text not null check (state in ('draft', 'issued', 'voided')),
    title text not null,
    currency text not null,
    language text not null,
    tax_inclusive boolean not null,
    discount_kind text not null check (discount_kind in ('none', 'percent', 'amount')),
    discount_value bigint not null,
    intro text,
    terms text,
    plan jsonb not null,
    subtotal bigint not null,
    discount bigint not null,
    tax bigint not null,
    total bigint not null,
    -- By the studio's calendar.
    issued_on text,
    issued_at timestamptz,
    voided_at timestamptz,
    reason text,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (studio_id, id),
    unique (studio_id, number),
    foreign key (studio_id, client_id) references clients (studio_id, id),
    foreign key (studio_id, order_id) references orders (studio_id, id),
    foreign key (studio_id, corrects) references invoices (studio_id, id),
    foreign key (studio_id, replaces) references invoices (studio_id, id)
);
create index invoices_state on invoices (studio_id, state, id);
create index invoices_client on invoices (studio_id, client_id, id);
create index invoices_order on invoices (studio_id, order_id);
create index invoices_corrects on invoices (studio_id, corrects);
create index invoices_replaces on invoices (studio_id, replaces);

create table invoice_lines (
    studio_id uuid not null references studios (id),
    id uuid not null,
    invoice_id uuid not null,
    position bigint not null,
    name text not null,
    description text,
    quantity bigint not null check (quantity > 0),
    unit text,
    unit_price bigint not null check (unit_price >= 0),
    discount_kind text not null check (discount_kind in ('none', 'percent', 'amount')),
    discount_value bigint not null,
    tax_name text,
    tax_rate bigint,
    amount bigint not null,
    primary key (studio_id, id),
    foreign key (studio_id, invoice_id) references invoices (studio_id, id)
);
create index invoice_lines_invoice on invoice_lines (studio_id, invoice_id, position);

-- The tax of each rate: what it is on, and what it comes to.
create table invoice_taxes (
    studio_id uuid not null references studios (id),
    invoice_id uuid not null,
    position bigint not null,
    name text not null,
    rate bigint not null,
    base bigint not null,
    tax bigint not null,
    primary key (studio_id, invoice_id, position),
    foreign key (studio_id, invoice_id) references invoices (studio_id, id)
);

-- The payment plan of an invoice; together they are its total.
create table instalments (
    studio_id uuid not null references studios (id),
    id uuid not null,
    invoice_id uuid not null,
    position bigint not null,
    label text not null,
    due text not null,
    amount bigint not null check (amount > 0),
    primary key (studio_id, id),
    foreign key (studio_id, invoice_id) references invoices (studio_id, id)
);
create index instalments_invoice on instalments (studio_id, invoice_id, position);
create index instalments_due on instalments (studio_id, due, id);

create table invoice_contacts (
    studio_id uuid not null references studios (id),
    invoice_id uuid not null,
    contact_id uuid not null,
    primary key (studio_id, invoice_id, contact_id),
    foreign key (studio_id, invoice_id) references invoices (studio_id, id),
    foreign key (studio_id, contact_id) references contacts (studio_id, id)
);
create index invoice_contacts_contact on invoice_contacts (studio_id, contact_id, invoice_id);

-- What was sent, bought or issued is frozen here, whatever path a write takes.
create function refuse_frozen() returns trigger language plpgsql as $$
begin
    raise exception '% is frozen', tg_table_name;
end
$$;
create trigger quotes_frozen before update on quotes for each row
when (old.state <> 'draft' and (
    new.state = 'draft' or new.client_id <> old.client_id or new.number is distinct from old.number
    or new.version <> old.version or new.title <> old.title or new.currency <> old.currency
    or new.language <> old.language or new.tax_inclusive <> old.tax_inclusive
    or new.discount_kind <> old.discount_kind or new.discount_value <> old.discount_value
    or new.intro is distinct from old.intro or new.terms is distinct from old.terms or new.plan <> old.plan
    or new.valid_until is distinct from old.valid_until or new.replaces is distinct from old.replaces
    or new.sent_at is distinct from old.sent_at
    or old.state in ('accepted', 'declined', 'expired', 'voided')
        and (new.state <> old.state or new.total <> old.total or new.closed_at is distinct from old.closed_at
            or new.chosen is distinct from old.chosen or new.reason is distinct from old.reason)))
execute function refuse_frozen();
create trigger quotes_kept before delete on quotes for each row
when (old.state <> 'draft') execute function refuse_frozen();
create trigger orders_frozen before update or delete on orders for each row execute function refuse_frozen();
create trigger order_lines_frozen before update or delete on order_lines for each row execute function refuse_frozen();
create trigger invoices_frozen before update on invoices for each row
when (old.state <> 'draft' and (
    old.state = 'voided' or new.state = 'draft' or new.kind <> old.kind or new.client_id <> old.client_id
    or new.number is distinct from old.number or new.version <> old.version or new.title <> old.title
    or new.currency <> old.currency or new.language <> old.language or new.tax_inclusive <> old.tax_inclusive
    or new.discount_kind <> old.discount_kind or new.discount_value <> old.discount_value
    or new.intro is distinct from old.intro or new.terms is distinct from old.terms or new.plan <> old.plan
    or new.subtotal <> old.subtotal or new.discount <> old.discount or new.tax <> old.tax or new.total <> old.total
    or new.issued_on is distinct from old.issued_on or new.issued_at is distinct from old.issued_at
    or new.order_id is distinct from old.order_id or new.corrects is distinct from old.corrects
    or new.replaces is distinct from old.replaces))
execute function refuse_frozen();
create trigger invoices_kept before delete on invoices for each row
when (old.state <> 'draft') execute function refuse_frozen();

-- Lines of a quote, and lines, taxes and instalments of an invoice, change only while it is a draft.
create function keep_quote_parts() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' and exists (select 1 from quotes
            where studio_id = old.studio_id and id = old.quote_id and state <> 'draft')
        or tg_op <> 'DELETE' and exists (select 1 from quotes
            where studio_id = new.studio_id and id = new.quote_id and state <> 'draft') then
        raise exception 'a quote that was sent is frozen';
    end if;
    return coalesce(new, old);
end
$$;
create trigger quote_lines_frozen before insert or update or delete on quote_lines
    for each row execute function keep_quote_parts();
create function keep_invoice_parts() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' and exists (select 1 from invoices
            where studio_id = old.studio_id and id = old.invoice_id and state <> 'draft')
        or tg_op <> 'DELETE' and exists (select 1 from invoices
            where studio_id = new.studio_id and id = new.invoice_id and state <> 'draft') then
        raise exception 'an issued invoice is frozen';
    end if;
    return coalesce(new, old);
end
$$;
create trigger invoice_lines_frozen before insert or update or delete on invoice_lines
    for each row execute function keep_invoice_parts();
create trigger invoice_taxes_frozen before insert or update or delete on invoice_taxes
    for each row execute function keep_invoice_parts();
create trigger instalments_frozen before insert or update or delete on instalments
    for each row execute function keep_invoice_parts();
