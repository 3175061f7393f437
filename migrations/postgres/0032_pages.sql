-- A page of a client's invoices, and the plans of open ones, are read from an index alone: a row of each would be looked up by
-- its own key otherwise, wherever in the table it lies.
drop index invoices_client;
create index invoices_client on invoices
    (studio_id, client_id, id, state, kind, order_id, number, title, currency, issued_on, total);
drop index instalments_invoice;
create index instalments_invoice on instalments (studio_id, invoice_id, position, id, label, due, amount);
-- Credit notes of a client, by what they take from.
create index invoices_client_corrects on invoices (studio_id, client_id, corrects) where corrects is not null;
