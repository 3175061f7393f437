-- Quotes, orders and invoices. Amounts are in minor units of the row's currency, quantities in thousandths,
-- discounts in hundredths of a per cent or minor units, tax rates in thousandths of a per cent.

-- What a studio sells with. A studio without a row sells as the product makes it.
create table sales_settings (
    studio_id blob not null references studios (id),
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
    plan text not null,
    updated_at text not null,
    primary key (studio_id)
) without rowid;

create table tax_rates (
    studio_id blob not null references studios (id),
    name text not null,
    rate bigint not null check (rate >= 0 and rate <= 100000),
    position bigint not null,
    primary key (studio_id, name, rate)
) without rowid;

create table payment_plans (
    studio_id blob not null references studios (id),
    name text not null,
    plan text not null,
    primary key (studio_id, name)
) without rowid;

-- The last number given of each series. A number is taken in the transaction that uses it, so none is lost.
create table number_series (
    studio_id blob not null references studios (id),
    kind text not null check (kind in ('quote', 'order', 'invoice', 'credit_note')),
    -- Of a series that begins anew each year; else 0.
    year bigint not null,
    last bigint not null,
    primary key (studio_id, kind, year)
) without rowid;

-- With a rowid, as its rows are large.
create table quotes (
    studio_id blob not null references studios (id),
    id blob not null,
    client_id blob not null,
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
    plan text not null,
    -- The last day, by the studio's calendar.
    valid_until text,
    -- With what is preselected, then with what was chosen.
    total bigint not null,
    -- The version this one takes the place of.
    replaces blob,
    sent_at text,
    opened_at text,
    -- When it was accepted, declined, voided, or expired.
    closed_at text,
    -- Why it was declined or voided.
    reason text,
    accepted_by blob,
    accept_key text,
    -- The lines that were bought, by their ids.
    chosen text,
    reminded_at text,
    created_at text not null,
    updated_at text not null,
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
    studio_id blob not null references studios (id),
    id blob not null,
    quote_id blob not null,
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
    studio_id blob not null references studios (id),
    quote_id blob not null,
    contact_id blob not null,
    primary key (studio_id, quote_id, contact_id),
    foreign key (studio_id, quote_id) references quotes (studio_id, id),
    foreign key (studio_id, contact_id) references contacts (studio_id, id)
) without rowid;
create index quote_contacts_contact on quote_contacts (studio_id, contact_id, quote_id);

-- What was bought, as it was bought.
create table orders (
    studio_id blob not null references studios (id),
    id blob not null,
    quote_id blob not null,
    client_id blob not null,
    number text not null,
    title text not null,
    currency text not null,
    language text not null,
    tax_inclusive boolean not null,
    discount_kind text not null check (discount_kind in ('none', 'percent', 'amount')),
    discount_value bigint not null,
    intro text,
    terms text,
    plan text not null,
    -- All sums as they were shown.
    sums text not null,
    total bigint not null,
    accepted_by blob not null,
    made_at text not null,
    primary key (studio_id, id),
    unique (studio_id, quote_id),
    unique (studio_id, number),
    foreign key (studio_id, quote_id) references quotes (studio_id, id),
    foreign key (studio_id, client_id) references clients (studio_id, id),
    foreign key (studio_id, accepted_by) references contacts (studio_id, id)
);
create index orders_client on orders (studio_id, client_id, id);

create table order_lines (
    studio_id blob not null references studios (id),
    id blob not null,
    order_id blob not null,
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
    studio_id blob not null references studios (id),
    id blob not null,
    kind text not null check (kind in ('invoice', 'credit_note')),
    client_id blob not null,
    order_id blob,
    -- The invoice a credit note takes from.
    corrects blob,
    -- The invoice this one takes the place of.
    replaces blob,
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
    plan text not null,
    subtotal bigint not null,
    discount bigint not null,
    tax bigint not null,
    total bigint not null,
    -- By the studio's calendar.
    issued_on text,
    issued_at text,
    voided_at text,
    reason text,
    created_at text not null,
    updated_at text not null,
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
    studio_id blob not null references studios (id),
    id blob not null,
    invoice_id blob not null,
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
    studio_id blob not null references studios (id),
    invoice_id blob not null,
    position bigint not null,
    name text not null,
    rate bigint not null,
    base bigint not null,
    tax bigint not null,
    primary key (studio_id, invoice_id, position),
    foreign key (studio_id, invoice_id) references invoices (studio_id, id)
) without rowid;

-- The payment plan of an invoice; together they are its total.
create table instalments (
    studio_id blob not null references studios (id),
    id blob not null,
    invoice_id blob not null,
    position bigint not null,
    label text not null,
    due text not null,
    amount bigint not null check (amount > 0),
    primary key (studio_id, id),
    foreign key (studio_id, invoice_id) references invoices (studio_id, id)
) without rowid;
create index instalments_invoice on instalments (studio_id, invoice_id, position);
create index instalments_due on instalments (studio_id, due, id);

create table invoice_contacts (
    studio_id blob not null references studios (id),
    invoice_id blob not null,
    contact_id blob not null,
    primary key (studio_id, invoice_id, contact_id),
    foreign key (studio_id, invoice_id) references invoices (studio_id, id),
    foreign key (studio_id, contact_id) references contacts (studio_id, id)
) without rowid;
create index invoice_contacts_contact on invoice_contacts (studio_id, contact_id, invoice_id);

-- What was sent, bought or issued is frozen here, whatever path a write takes.
create trigger quotes_frozen before update on quotes
when old.state <> 'draft' and (
    new.state = 'draft' or new.client_id <> old.client_id or new.number is not old.number or new.version <> old.version
    or new.title <> old.title or new.currency <> old.currency or new.language <> old.language
    or new.tax_inclusive <> old.tax_inclusive or new.discount_kind <> old.discount_kind
    or new.discount_value <> old.discount_value or new.intro is not old.intro or new.terms is not old.terms
    or new.plan <> old.plan or new.valid_until is not old.valid_until or new.replaces is not old.replaces
    or new.sent_at is not old.sent_at
    or old.state in ('accepted', 'declined', 'expired', 'voided')
        and (new.state <> old.state or new.total <> old.total or new.closed_at is not old.closed_at
            or new.chosen is not old.chosen or new.reason is not old.reason))
begin
    select raise(abort, 'a quote that was sent is frozen');
end;
create trigger quotes_kept before delete on quotes when old.state <> 'draft'
begin
    select raise(abort, 'a quote that was sent is kept');
end;
create trigger quote_lines_frozen_insert before insert on quote_lines
when (select state from quotes where studio_id = new.studio_id and id = new.quote_id) <> 'draft'
begin
    select raise(abort, 'a quote that was sent is frozen');
end;
create trigger quote_lines_frozen_update before update on quote_lines
when (select state from quotes where studio_id = old.studio_id and id = old.quote_id) <> 'draft'
    or new.quote_id <> old.quote_id
begin
    select raise(abort, 'a quote that was sent is frozen');
end;
create trigger quote_lines_frozen_delete before delete on quote_lines
when (select state from quotes where studio_id = old.studio_id and id = old.quote_id) <> 'draft'
begin
    select raise(abort, 'a quote that was sent is frozen');
end;
create trigger orders_frozen_update before update on orders
begin
    select raise(abort, 'an order is frozen');
end;
create trigger orders_frozen_delete before delete on orders
begin
    select raise(abort, 'an order is frozen');
end;
create trigger order_lines_frozen_update before update on order_lines
begin
    select raise(abort, 'an order is frozen');
end;
create trigger order_lines_frozen_delete before delete on order_lines
begin
    select raise(abort, 'an order is frozen');
end;
create trigger invoices_frozen before update on invoices
when old.state <> 'draft' and (
    old.state = 'voided' or new.state = 'draft' or new.kind <> old.kind or new.client_id <> old.client_id
    or new.number is not old.number or new.version <> old.version or new.title <> old.title
    or new.currency <> old.currency or new.language <> old.language or new.tax_inclusive <> old.tax_inclusive
    or new.discount_kind <> old.discount_kind or new.discount_value <> old.discount_value
    or new.intro is not old.intro or new.terms is not old.terms or new.plan <> old.plan
    or new.subtotal <> old.subtotal or new.discount <> old.discount or new.tax <> old.tax or new.total <> old.total
    or new.issued_on is not old.issued_on or new.issued_at is not old.issued_at
    or new.order_id is not old.order_id or new.corrects is not old.corrects or new.replaces is not old.replaces)
begin
    select raise(abort, 'an issued invoice is frozen');
end;
create trigger invoices_kept before delete on invoices when old.state <> 'draft'
begin
    select raise(abort, 'an issued invoice is kept');
end;
create trigger invoice_lines_frozen_insert before insert on invoice_lines
when (select state from invoices where studio_id = new.studio_id and id = new.invoice_id) <> 'draft'
begin
    select raise(abort, 'an issued invoice is frozen');
end;
create trigger invoice_lines_frozen_update before update on invoice_lines
when (select state from invoices where studio_id = old.studio_id and id = old.invoice_id) <> 'draft'
    or new.invoice_id <> old.invoice_id
begin
    select raise(abort, 'an issued invoice is frozen');
end;
create trigger invoice_lines_frozen_delete before delete on invoice_lines
when (select state from invoices where studio_id = old.studio_id and id = old.invoice_id) <> 'draft'
begin
    select raise(abort, 'an issued invoice is frozen');
end;
create trigger invoice_taxes_frozen_insert before insert on invoice_taxes
when (select state from invoices where studio_id = new.studio_id and id = new.invoice_id) <> 'draft'
begin
    select raise(abort, 'an issued invoice is frozen');
end;
create trigger invoice_taxes_frozen_update before update on invoice_taxes
when (select state from invoices where studio_id = old.studio_id and id = old.invoice_id) <> 'draft'
    or new.invoice_id <> old.invoice_id
begin
    select raise(abort, 'an issued invoice is frozen');
end;
create trigger invoice_taxes_frozen_delete before delete on invoice_taxes
when (select state from invoices where studio_id = old.studio_id and id = old.invoice_id) <> 'draft'
begin
    select raise(abort, 'an issued invoice is frozen');
end;
create trigger instalments_frozen_insert before insert on instalments
when (select state from invoices where studio_id = new.studio_id and id = new.invoice_id) <> 'draft'
begin
    select raise(abort, 'an issued invoice is frozen');
end;
create trigger instalments_frozen_update before update on instalments
when (select state from invoices where studio_id = old.studio_id and id = old.invoice_id) <> 'draft'
    or new.invoice_id <> old.invoice_id
begin
    select raise(abort, 'an issued invoice is frozen');
end;
create trigger instalments_frozen_delete before delete on instalments
when (select state from invoices where studio_id = old.studio_id and id = old.invoice_id) <> 'draft'
begin
    select raise(abort, 'an issued invoice is frozen');
end;

-- What the planner expects of each index before it has seen a studio at work.
analyze tax_rates;
delete from sqlite_stat1 where tbl in ('quotes', 'quote_lines', 'quote_contacts', 'orders', 'order_lines', 'invoices',
    'invoice_lines', 'invoice_taxes', 'instalments', 'invoice_contacts');
insert into sqlite_stat1 (tbl, idx, stat) values
    ('quotes', 'sqlite_autoindex_quotes_1', '100000 10000 1'),
    ('quotes', 'sqlite_autoindex_quotes_2', '100000 10000 1'),
    ('quotes', 'quotes_state', '100000 10000 2000 1'),
    ('quotes', 'quotes_client', '100000 10000 3 1'),
    ('quotes', 'quotes_replaces', '100000 10000 2'),
    ('quote_lines', 'sqlite_autoindex_quote_lines_1', '800000 80000 1'),
    ('quote_lines', 'quote_lines_quote', '800000 80000 8 1'),
    ('quote_contacts', 'quote_contacts', '200000 20000 2 1'),
    ('quote_contacts', 'quote_contacts_contact', '200000 20000 3 1'),
    ('orders', 'sqlite_autoindex_orders_1', '100000 10000 1'),
    ('orders', 'sqlite_autoindex_orders_2', '100000 10000 1'),
    ('orders', 'sqlite_autoindex_orders_3', '100000 10000 1'),
    ('orders', 'orders_client', '100000 10000 3 1'),
    ('order_lines', 'sqlite_autoindex_order_lines_1', '800000 80000 1'),
    ('order_lines', 'order_lines_order', '800000 80000 8 1'),
    ('invoices', 'sqlite_autoindex_invoices_1', '200000 20000 1'),
    ('invoices', 'sqlite_autoindex_invoices_2', '200000 20000 1'),
    ('invoices', 'invoices_state', '200000 20000 8000 1'),
    ('invoices', 'invoices_client', '200000 20000 5 1'),
    ('invoices', 'invoices_order', '200000 20000 2'),
    ('invoices', 'invoices_corrects', '200000 20000 2'),
    ('invoices', 'invoices_replaces', '200000 20000 2'),
    ('invoice_lines', 'sqlite_autoindex_invoice_lines_1', '1000000 100000 1'),
    ('invoice_lines', 'invoice_lines_invoice', '1000000 100000 6 1'),
    ('invoice_taxes', 'invoice_taxes', '300000 30000 2 1'),
    ('instalments', 'instalments', '500000 50000 1'),
    ('instalments', 'instalments_invoice', '500000 50000 3 1'),
    ('instalments', 'instalments_due', '500000 50000 50 1'),
    ('invoice_contacts', 'invoice_contacts', '400000 40000 2 1'),
    ('invoice_contacts', 'invoice_contacts_contact', '400000 40000 5 1');
analyze sqlite_schema;
