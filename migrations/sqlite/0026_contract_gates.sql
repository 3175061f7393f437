-- What waits for a contract's signatures, where that is not all its client owes: the invoices of a quote's order, or one invoice.
create table contract_gates (
    studio_id blob not null references studios (id),
    contract_id blob not null,
    quote_id blob,
    invoice_id blob,
    primary key (studio_id, contract_id),
    check ((quote_id is null) <> (invoice_id is null)),
    foreign key (studio_id, contract_id) references contracts (studio_id, id),
    foreign key (studio_id, quote_id) references quotes (studio_id, id),
    foreign key (studio_id, invoice_id) references invoices (studio_id, id)
);
create index contract_gates_quote on contract_gates (studio_id, quote_id);
create index contract_gates_invoice on contract_gates (studio_id, invoice_id);
insert into sqlite_stat1 (tbl, idx, stat) values
    ('contract_gates', 'sqlite_autoindex_contract_gates_1', '10000 1000 1'),
    ('contract_gates', 'contract_gates_quote', '10000 1000 1'),
    ('contract_gates', 'contract_gates_invoice', '10000 1000 1');
analyze sqlite_schema;
