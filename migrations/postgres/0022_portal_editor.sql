-- How a studio arranges its portal: a draft, what is published, and every version that was; and how the portal looks on
-- the studio's website.

-- A studio without a row has the order and names the product begins with.
create table portal_layouts (
    studio_id uuid not null references studios (id),
    -- Raised by every change of the draft: the form carries the one it was made from.
    version bigint not null,
    draft jsonb not null,
    -- Who changed the draft last, and when.
    drafted_by text not null,
    drafted_at timestamptz not null,
    -- What contacts see, and which version that is; absent: nothing was published yet.
    published jsonb,
    number bigint,
    primary key (studio_id)
);

create table portal_versions (
    studio_id uuid not null references studios (id),
    number bigint not null,
    layout jsonb not null,
    -- The earlier version it is the same as, where staff went back to one.
    again bigint,
    published_by text not null,
    published_at timestamptz not null,
    primary key (studio_id, number)
);

-- A staff member's look at the portal that shows the draft.
alter table views add column shows_draft boolean not null default false;
alter table sessions add column shows_draft boolean not null default false;

-- Light or dark; absent: as the visitor's device.
alter table studios add column scheme text check (scheme in ('light', 'dark'));
-- Of corners, in pixels.
alter table studios add column radius bigint check (radius between 0 and 24);
-- Families as a style sheet writes them, or 'page'.
alter table studios add column font text;
