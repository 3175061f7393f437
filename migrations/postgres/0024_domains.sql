-- A studio's own address for its hosted portal, and what is known of its records.
create table domains (
    studio_id uuid not null references studios (id) primary key,
    name text not null,
    -- What its record has to say: that the name is theirs.
    token text not null,
    on_since timestamptz,
    checked_at timestamptz,
    problem text,
    created_at timestamptz not null
);
-- Two may try the same name; one has it.
create unique index domains_on on domains (name) where on_since is not null;
