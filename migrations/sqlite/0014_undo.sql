-- What a contact changed, as it was stored before and after, for staff to undo.
alter table audit_log add column undo text;
