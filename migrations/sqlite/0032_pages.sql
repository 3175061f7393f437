-- A page of a client's invoices, and the plans of open ones, are read from an index alone: a row of each would be looked up by
-- its own key otherwise, wherever in the table it lies.
drop index invoices_client;
create index invoices_client on invoices
    (studio_id, client_id, id, state, kind, order_id, number, title, currency, issued_on, total);
drop index instalments_invoice;
create index instalments_invoice on instalments (studio_id, invoice_id, position, id, label, due, amount);
-- Credit notes of a client, by what they take from.
create index invoices_client_corrects on invoices (studio_id, client_id, corrects) where corrects is not null;

insert into sqlite_stat1 (tbl, idx, stat) values
    ('invoices', 'invoices_client', '200000 20000 5 1 1 1 1 1 1 1 1 1'),
    ('invoices', 'invoices_client_corrects', '2000 200 2 1'),
    ('instalments', 'instalments_invoice', '400000 40000 2 1 1 1 1 1');
analyze sqlite_schema;
