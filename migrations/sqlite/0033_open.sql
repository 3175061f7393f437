-- What an invoice comes to stands beside it among the open ones, written anew with the row by whatever changes that, so that a
-- client's page reads it from one place; `payments::check` holds it to what was issued and paid.
drop view open_invoice_viewers;
drop table open_invoices;
create table open_invoices (
    studio_id blob not null references studios (id),
    client_id blob not null,
    invoice_id blob not null,
    currency text not null,
    -- Minor units.
    total bigint not null,
    credited bigint not null,
    paid bigint not null,
    pending bigint not null,
    primary key (studio_id, invoice_id),
    foreign key (studio_id, invoice_id) references invoices (studio_id, id)
) without rowid;
create index open_invoices_client on open_invoices
    (studio_id, client_id, invoice_id, currency, total, credited, paid, pending);
insert into open_invoices (studio_id, client_id, invoice_id, currency, total, credited, paid, pending)
    select b.studio_id, b.client_id, b.invoice_id, b.currency, b.total, b.credited, b.paid, b.pending
    from invoice_balances b where b.state = 'issued' and b.total - b.credited - b.paid > 0;

-- Which contacts see an open invoice: those it names, and with the right to everything all of its client's. Whoever took
-- somebody's place sees what named them at another client.
create view open_invoice_viewers as
    select k.studio_id, o.client_id, o.invoice_id, k.id as contact_id,
           -- What names a contact lies side by side in this index; by the key it would be looked up wherever the invoice lies.
           not exists (select 1 from invoice_contacts c indexed by invoice_contacts_contact
               where c.studio_id = o.studio_id and c.contact_id = k.id and c.invoice_id = o.invoice_id) as everything,
           o.currency, o.total, o.credited, o.paid, o.pending
    from contacts k join open_invoices o on o.studio_id = k.studio_id and o.client_id = k.client_id
    union all
    select c.studio_id, o.client_id, c.invoice_id, c.contact_id, false, o.currency, o.total, o.credited, o.paid, o.pending
    from invoice_contacts c
    join contacts k on k.studio_id = c.studio_id and k.id = c.contact_id
    join open_invoices o on o.studio_id = c.studio_id and o.invoice_id = c.invoice_id
    where o.client_id <> k.client_id
      -- A number, which SQLite asks for before it looks at what names the contact; `exists` it would ask for each of them.
      and (select count(*) from contacts m where m.studio_id = k.studio_id and m.merged_into = k.id) > 0;

insert into sqlite_stat1 (tbl, idx, stat) values
    ('open_invoices', 'open_invoices', '60000 6000 1'),
    ('open_invoices', 'open_invoices_client', '60000 6000 2 1 1 1 1 1 1');
analyze sqlite_schema;
