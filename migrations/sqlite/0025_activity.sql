-- What one person did, for that person to read.
create index audit_log_actor on audit_log (studio_id, actor_id, id);
create index document_seen_latest on document_seen (studio_id, contact_id, seen_at);
insert into sqlite_stat1 (tbl, idx, stat) values
    ('audit_log', 'audit_log_actor', '1000000 100000 20 1'),
    ('document_seen', 'document_seen_latest', '600000 60000 10 1');
analyze sqlite_schema;
