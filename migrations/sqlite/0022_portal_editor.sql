-- How a studio arranges its portal: a draft, what is published, and every version that was; and how the portal looks on
-- the studio's website.

-- A studio without a row has the order and names the product begins with.
create table portal_layouts (
    studio_id blob not null references studios (id),
    -- Raised by every change of the draft: the form carries the one it was made from.
    version bigint not null,
    draft text not null,
    -- Who changed the draft last, and when.
    drafted_by text not null,
    drafted_at text not null,
    -- What contacts see, and which version that is; absent: nothing was published yet.
    published text,
    number bigint,
    primary key (studio_id)
) without rowid;

create table portal_versions (
    studio_id blob not null references studios (id),
    number bigint not null,
    layout text not null,
    -- The earlier version it is the same as, where staff went back to one.
    again bigint,
    published_by text not null,
    published_at text not null,
    primary key (studio_id, number)
) without rowid;

-- A staff member's look at the portal that shows the draft.
alter table views add column shows_draft boolean not null default false;
alter table sessions add column shows_draft boolean not null default false;

-- Light or dark; absent: as the visitor's device.
alter table studios add column scheme text check (scheme in ('light', 'dark'));
-- Of corners, in pixels.
alter table studios add column radius bigint check (radius between 0 and 24);
-- Families as a style sheet writes them, or 'page'.
alter table studios add column font text;

-- What the planner expects of each index before it has seen a studio at work.
delete from sqlite_stat1 where tbl in ('portal_layouts', 'portal_versions');
insert into sqlite_stat1 (tbl, idx, stat) values
    ('portal_layouts', 'portal_layouts', '1000 1'),
    ('portal_versions', 'portal_versions', '20000 20 1');
analyze sqlite_schema;
