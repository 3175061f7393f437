-- Who gets in and out: one reading of every contact's access for all lists, bulk invitations, merged
-- contacts, and staff who look at the portal as a contact sees it.

-- A11: a password is made for every new contact, and must be changed at the first sign-in.
alter table studios add column generate_passwords boolean not null default false;

-- The staff member who tries the portal with this client; it is left out of lists and counts.
alter table clients add column test_of uuid;
create index clients_test on clients (studio_id, test_of);
create index clients_lower_name on clients (studio_id, lower(name));

-- The contact this one was merged into. It keeps its row, for what it signed, paid and was logged with.
alter table contacts add column merged_into uuid;
create index contacts_by_name on contacts (studio_id, lower(last_name), lower(first_name), id);
-- Covers the question whether an email stands on another contact.
create index contacts_live_email on contacts (studio_id, email, merged_into);
create index contacts_by_first_name on contacts (studio_id, lower(first_name));

-- Every contact that is not merged, with where its access stands.
create view portal_users as
select c.studio_id, c.id, c.client_id, cl.name as client_name, c.first_name, c.last_name, c.email, c.mobile,
       c.language, c.active, cl.portal_enabled, c.password_hash is not null as has_password,
       c.password_must_change, c.invited_at, c.accepted_at, c.last_sign_in_at, cl.test_of,
       case when not c.active or not cl.portal_enabled then 'disabled'
            when c.email is null then 'no_email'
            when exists (select 1 from contacts d where d.studio_id = c.studio_id and d.email = c.email
                            and d.id <> c.id and d.merged_into is null) then 'duplicate'
            when c.accepted_at is not null then 'accepted'
            when c.invited_at is not null then 'invited'
            else 'not_invited' end as state
from contacts c cross join clients cl
where cl.studio_id = c.studio_id and cl.id = c.client_id and c.merged_into is null;

-- A session of kind 'view_as' is a staff member's look at the portal: read-only, and over at ends_at.
alter table sessions add column kind text not null default 'contact' check (kind in ('contact', 'view_as'));
alter table sessions add column staff_id uuid;
alter table sessions add column viewed_by text;
alter table sessions add column ends_at timestamptz;

-- The hand-over from the admin to the portal: used once, within two minutes.
create table views (
    studio_id uuid not null references studios (id),
    id uuid not null,
    contact_id uuid not null,
    staff_id uuid not null,
    staff_name text not null,
    secret_hash bytea not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    primary key (studio_id, id),
    unique (studio_id, secret_hash),
    foreign key (studio_id, contact_id) references contacts (studio_id, id)
);
create index views_expires on views (expires_at);

create index sign_ins_contact on sign_ins (studio_id, contact_id, id);
create index sign_ins_email on sign_ins (studio_id, email, id);

-- "Send Portal Invite" to many: written down and sent by workers, a few at a time.
create table invitation_runs (
    studio_id uuid not null references studios (id),
    id uuid not null,
    staff_id uuid not null,
    staff_name text not null,
    -- The list's filter where all that match were chosen; contacts ticked one by one are written down at once.
    filter_state text not null,
    filter_search text not null,
    -- Also those who are in already.
    again boolean not null,
    total bigint not null,
    -- How far the list was written down, and when it was whole.
    after_id uuid,
    listed_at timestamptz,
    finished_at timestamptz,
    failed text,
    reference text not null,
    created_at timestamptz not null,
    primary key (studio_id, id)
);

create table invitation_run_contacts (
    studio_id uuid not null references studios (id),
    run_id uuid not null,
    contact_id uuid not null,
    outcome text not null check (outcome in ('queued', 'sent', 'no_email', 'duplicate', 'disabled', 'in_already', 'gone')),
    primary key (studio_id, run_id, contact_id),
    foreign key (studio_id, run_id) references invitation_runs (studio_id, id),
    foreign key (studio_id, contact_id) references contacts (studio_id, id)
);
create index invitation_run_contacts_outcome on invitation_run_contacts (studio_id, run_id, outcome, contact_id);
