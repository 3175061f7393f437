-- Where the snippet was seen: pages that carried the portal, and pages where something was in its way.
create table embed_pages (
    studio_id uuid not null references studios (id),
    -- Address without query and fragment; of a website that is not listed its origin alone.
    page text not null,
    sight text not null check (sight in ('seen', 'wasm_refused', 'origin_refused')),
    first_at timestamptz not null,
    last_at timestamptz not null,
    primary key (studio_id, page, sight)
);
create index embed_pages_last on embed_pages (studio_id, last_at);
