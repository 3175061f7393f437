-- An import has tens of thousands of rows: what it looks up among them is found by its index. Without these numbers SQLite takes an
-- import for a few rows and reads all of them for each five hundred it checks.
delete from sqlite_stat1 where tbl in ('import_rows', 'import_clients', 'import_contacts');
insert into sqlite_stat1 (tbl, idx, stat) values
    ('import_rows', 'import_rows', '200000 50000 50000 1'),
    ('import_rows', 'import_rows_who', '200000 50000 50000 1'),
    ('import_rows', 'import_rows_outcome', '200000 50000 50000 12000 1'),
    ('import_rows', 'import_rows_contact', '200000 50000 50000 1'),
    ('import_clients', 'import_clients', '200000 50000 50000 1'),
    ('import_clients', 'import_clients_key', '200000 50000 50000 1'),
    ('import_contacts', 'import_contacts', '200000 50000 50000 1'),
    ('import_contacts', 'import_contacts_client', '200000 50000 50000 2');
analyze sqlite_schema;
