-- The second factor of staff: what replaces a lost phone, and how often a code was tried.

create table staff_recovery_codes (
    staff_id uuid not null references staff (id),
    -- Keyed hash over the account and the code; a row is deleted when its code is used.
    code_hash bytea not null,
    created_at timestamptz not null,
    primary key (staff_id, code_hash)
);

alter table staff_sessions add column code_tries bigint not null default 0;
