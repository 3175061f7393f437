-- Only the clients staff try the portal with are in it: a list that leaves them out reads its own order.
drop index clients_test;
create index clients_test on clients (studio_id, test_of) where test_of is not null;
