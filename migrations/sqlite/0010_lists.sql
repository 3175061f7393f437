-- Only the clients staff try the portal with are in it: a list that leaves them out reads its own order.
drop index clients_test;
create index clients_test on clients (studio_id, test_of) where test_of is not null;

insert into sqlite_stat1 (tbl, idx, stat) values ('files', 'files_loose', '1000 1');
analyze sqlite_schema;
