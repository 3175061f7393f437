-- What waits for a contract's signatures, where that is not all its client owes: the invoices of a quote's order, or one invoice.
create table contract_gates (
    studio_id uuid not null references studios (id),
    contract_id uuid not null,
    quote_id uuid,
    invoice_id uuid,
    primary key (studio_id, contract_id),
    check ((quote_id is null) <> (invoice_id is null)),
    foreign key (studio_id, contract_id) references contracts (studio_id, id),
    foreign key (studio_id, quote_id) references quotes (studio_id, id),
    foreign key (studio_id, invoice_id) references invoices (studio_id, id)
);
create index contract_gates_quote on contract_gates (studio_id, quote_id);
create index contract_gates_invoice on contract_gates (studio_id, invoice_id);
