-- PDFs: each edition of a paper is made once and kept as it is.
create table papers (
    studio_id blob not null references studios (id),
    kind text not null,
    subject blob not null,
    edition bigint not null,
    storage_key text not null,
    file_name text not null,
    sha256 blob not null,
    bytes bigint not null,
    -- The version of the program that drew it.
    renderer bigint not null,
    made_at text not null,
    primary key (studio_id, kind, subject, edition)
) without rowid;
create index papers_sha256 on papers (sha256, made_at);

create trigger papers_no_update before update on papers
begin
    select raise(abort, 'papers are never changed');
end;
create trigger papers_no_delete before delete on papers
begin
    select raise(abort, 'papers are never changed');
end;

insert into sqlite_stat1 (tbl, idx, stat) values
    ('papers', 'papers', '100000 10000 5000 1 1'),
    ('papers', 'papers_sha256', '100000 1 1');
analyze sqlite_schema;
