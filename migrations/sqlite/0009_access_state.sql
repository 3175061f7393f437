-- Where a contact's access stands is worked out in one place, this view, and kept beside the contact by
-- triggers, whatever path a write takes: lists and filters then are ranges of an index.
alter table contacts add column access_state text not null default 'not_invited';
-- The last and first name without accents and capitals, as bytes: both engines sort and compare it alike.
alter table contacts add column sort_name blob not null default '';

drop view portal_users;
create view contact_access as
select c.studio_id, c.id,
       case when c.merged_into is not null then 'merged'
            when not c.active or not cl.portal_enabled then 'disabled'
            when c.email is null then 'no_email'
            when exists (select 1 from contacts d where d.studio_id = c.studio_id and d.email = c.email
                            and d.id <> c.id and d.merged_into is null) then 'duplicate'
            when c.accepted_at is not null then 'accepted'
            when c.invited_at is not null then 'invited'
            else 'not_invited' end as state
from contacts c cross join clients cl
where cl.studio_id = c.studio_id and cl.id = c.client_id;

update contacts set
    access_state = (select a.state from contact_access a where a.studio_id = contacts.studio_id and a.id = contacts.id),
    sort_name = cast(trim(lower(last_name || ' ' || first_name)) as blob);

create trigger contacts_access_of_new after insert on contacts
begin
    update contacts set access_state =
        (select a.state from contact_access a where a.studio_id = new.studio_id and a.id = contacts.id)
    where studio_id = new.studio_id and (id = new.id or email = new.email);
end;
create trigger contacts_access_of_changed
after update of active, email, invited_at, accepted_at, merged_into, client_id on contacts
when new.active <> old.active or new.email is not old.email or new.merged_into is not old.merged_into
    or (new.invited_at is null) <> (old.invited_at is null) or (new.accepted_at is null) <> (old.accepted_at is null)
    or new.client_id <> old.client_id
begin
    update contacts set access_state =
        (select a.state from contact_access a where a.studio_id = new.studio_id and a.id = contacts.id)
    where studio_id = new.studio_id and (id = new.id or email = new.email or email = old.email);
end;
create trigger clients_access_of_contacts after update of portal_enabled on clients
when new.portal_enabled <> old.portal_enabled
begin
    update contacts set access_state =
        (select a.state from contact_access a where a.studio_id = new.studio_id and a.id = contacts.id)
    where studio_id = new.studio_id and client_id = new.id;
end;

-- Every contact that is not merged, with where its access stands.
create view portal_users as
select c.studio_id, c.id, c.client_id, cl.name as client_name, c.first_name, c.last_name, c.sort_name, c.email,
       c.mobile, c.language, c.active, cl.portal_enabled, c.password_hash is not null as has_password,
       c.password_must_change, c.invited_at, c.accepted_at, c.last_sign_in_at, cl.test_of, c.access_state as state
from contacts c cross join clients cl
where cl.studio_id = c.studio_id and cl.id = c.client_id and c.access_state <> 'merged';

drop index contacts_by_name;
drop index contacts_by_first_name;
drop index clients_lower_name;
-- The clients' orders, with all they are filtered by: those of staff who try the portal are left out.
drop index clients_by_name;
drop index clients_by_activity;
create index clients_by_name on clients (studio_id, sort_name, id, group_id, kind, portal_enabled, test_of);
create index clients_by_activity on clients (studio_id, last_active_at, id, group_id, kind, portal_enabled, test_of);
create index contacts_by_sort_name on contacts (studio_id, sort_name, id);
create index contacts_by_state on contacts (studio_id, access_state, sort_name, id);
create index contacts_duplicates on contacts (studio_id, email) where access_state = 'duplicate';

insert into sqlite_stat1 (tbl, idx, stat) values
    ('clients', 'clients_by_name', '100000 10000 2 1 1 1 1 1'),
    ('clients', 'clients_by_activity', '100000 10000 2 1 1 1 1 1'),
    ('contacts', 'contacts_by_sort_name', '100000 10000 2 1'),
    ('contacts', 'contacts_by_state', '100000 10000 2000 1 1'),
    ('contacts', 'contacts_duplicates', '1000 100 2');
analyze sqlite_schema;
