-- A studio's own address for its hosted portal, and what is known of its records.
create table domains (
    studio_id blob not null references studios (id) primary key,
    name text not null,
    -- What its record has to say: that the name is theirs.
    token text not null,
    on_since text,
    checked_at text,
    problem text,
    created_at text not null
) without rowid;
-- Two may try the same name; one has it.
create unique index domains_on on domains (name) where on_since is not null;
insert into sqlite_stat1 (tbl, idx, stat) values
    ('domains', 'domains', '1000 1'),
    ('domains', 'domains_on', '500 1');
analyze sqlite_schema;
