-- What one person did, for that person to read.
create index audit_log_actor on audit_log (studio_id, actor_id, id);
create index document_seen_latest on document_seen (studio_id, contact_id, seen_at);
