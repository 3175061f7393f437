-- PDFs: each edition of a paper is made once and kept as it is.
create table papers (
    studio_id uuid not null references studios (id),
    kind text not null,
    subject uuid not null,
    edition bigint not null,
    storage_key text not null,
    file_name text not null,
    sha256 bytea not null,
    bytes bigint not null,
    -- The version of the program that drew it.
    renderer bigint not null,
    made_at timestamptz not null,
    primary key (studio_id, kind, subject, edition)
);
create index papers_sha256 on papers (sha256, made_at);

create function papers_are_never_changed() returns trigger language plpgsql as $$
begin
    raise exception 'papers are never changed';
end;
$$;
create trigger papers_never_changed before update or delete on papers
    for each row execute function papers_are_never_changed();
