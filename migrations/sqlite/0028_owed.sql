-- A page of a contact's invoices is read from indexes alone up to the page's own rows.
drop index invoices_client;
create index invoices_client on invoices (studio_id, client_id, id, state);
-- Few correct another or replace one.
drop index invoices_corrects;
create index invoices_corrects on invoices (studio_id, corrects) where corrects is not null;
drop index invoices_replaces;
create index invoices_replaces on invoices (studio_id, replaces) where replaces is not null;
drop index payment_allocations_payment;
create index payment_allocations_payment on payment_allocations (studio_id, payment_id, invoice_id, kind, amount);

-- Which contacts see an open invoice: those it names, and with the right to everything all of its client's. Whoever took
-- somebody's place sees what named them at another client.
create view open_invoice_viewers as
    select k.studio_id, o.invoice_id, k.id as contact_id, not exists (select 1 from invoice_contacts c
        where c.studio_id = o.studio_id and c.invoice_id = o.invoice_id and c.contact_id = k.id) as everything
    from contacts k join open_invoices o on o.studio_id = k.studio_id and o.client_id = k.client_id
    union all
    select c.studio_id, c.invoice_id, c.contact_id, false
    from invoice_contacts c
    join contacts k on k.studio_id = c.studio_id and k.id = c.contact_id
    join open_invoices o on o.studio_id = c.studio_id and o.invoice_id = c.invoice_id
    where o.client_id <> k.client_id
      -- A number, which SQLite asks for before it looks at what names the contact; `exists` it would ask for each of them.
      and (select count(*) from contacts m where m.studio_id = k.studio_id and m.merged_into = k.id) > 0;

-- Payments that hold money no invoice uses: an index, kept in step by whatever changes that. How much is worked out.
create table free_payments (
    studio_id blob not null references studios (id),
    client_id blob not null,
    payment_id blob not null,
    primary key (studio_id, payment_id),
    foreign key (studio_id, payment_id) references payments (studio_id, id)
) without rowid;
create index free_payments_client on free_payments (studio_id, client_id, payment_id);

-- A payment whose client is known, and what of it no invoice uses; that of one staff have to look at is not counted yet.
create view payment_credits as
    select p.studio_id, p.id as payment_id, p.client_id, p.currency, p.at,
           cast((select coalesce(sum(e.amount - e.tip), 0) from payment_entries e
                 where e.studio_id = p.studio_id and e.payment_id = p.id)
              - (select coalesce(sum(a.amount), 0) from payment_allocations a
                 where a.studio_id = p.studio_id and a.payment_id = p.id and a.kind = 'paid') as bigint) as credit
    from payments p where p.client_id is not null and (p.problem is null or p.settled_at is not null);

insert into free_payments (studio_id, client_id, payment_id)
    select studio_id, client_id, payment_id from payment_credits where credit > 0;

insert into sqlite_stat1 (tbl, idx, stat) values
    ('invoices', 'invoices_client', '200000 20000 5 1 1'),
    ('invoices', 'invoices_corrects', '2000 200 1'),
    ('invoices', 'invoices_replaces', '2000 200 1'),
    ('payment_allocations', 'payment_allocations_payment', '300000 30000 2 1 1 1'),
    ('free_payments', 'free_payments', '2000 200 1'),
    ('free_payments', 'free_payments_client', '2000 200 2 1');
analyze sqlite_schema;
