-- Forms: what the studio asks, whom it asks, and what contacts answer.

create table forms (
    studio_id uuid not null references studios (id),
    id uuid not null,
    -- Raised by every change: the page carries the one it was made from.
    version bigint not null default 1,
    -- What staff call it.
    name text not null,
    -- The number of the definition that is asked now.
    current bigint not null,
    in_portal boolean not null default false,
    default_update boolean not null default false,
    archived_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (studio_id, id)
);
create unique index forms_default_update on forms (studio_id) where default_update;
create index forms_list on forms (studio_id, archived_at, id);
create index forms_in_portal on forms (studio_id, in_portal, archived_at);

-- Definitions are never changed: an answer keeps the one it answers.
create table form_versions (
    studio_id uuid not null references studios (id),
    form_id uuid not null,
    number bigint not null,
    -- What clients read first, for lists.
    title text not null,
    intro text,
    definition jsonb not null,
    created_at timestamptz not null,
    primary key (studio_id, form_id, number),
    foreign key (studio_id, form_id) references forms (studio_id, id)
);

-- A form that chosen contacts are asked to fill in, together: a questionnaire.
create table assignments (
    studio_id uuid not null references studios (id),
    id uuid not null,
    form_id uuid not null,
    client_id uuid not null,
    -- The last day, by the studio's calendar.
    due text,
    note text,
    done_at timestamptz,
    withdrawn_at timestamptz,
    reminded_before_at timestamptz,
    reminded_after_at timestamptz,
    created_at timestamptz not null,
    primary key (studio_id, id),
    foreign key (studio_id, form_id) references forms (studio_id, id),
    foreign key (studio_id, client_id) references clients (studio_id, id)
);
create index assignments_client on assignments (studio_id, client_id, id);
create index assignments_form on assignments (studio_id, form_id, id);

create table assignment_contacts (
    studio_id uuid not null references studios (id),
    assignment_id uuid not null,
    contact_id uuid not null,
    primary key (studio_id, assignment_id, contact_id),
    foreign key (studio_id, assignment_id) references assignments (studio_id, id),
    foreign key (studio_id, contact_id) references contacts (studio_id, id)
);
create index assignment_contacts_contact on assignment_contacts (studio_id, contact_id, assignment_id);

-- What contacts answer: begun, then submitted once and for all.
create table submissions (
    studio_id uuid not null references studios (id),
    id uuid not null,
    form_id uuid not null,
    number bigint not null,
    client_id uuid not null,
    -- Who began it, and once it is submitted, who submitted it.
    contact_id uuid not null,
    assignment_id uuid,
    state text not null check (state in ('started', 'submitted')),
    -- Raised by every save of the draft.
    revision bigint not null,
    -- By field: the answer, when it was typed and by whom. Empty once it is submitted.
    draft jsonb not null,
    -- What was submitted: seen fields alone.
    answers jsonb not null,
    -- The request that submitted it.
    submit_key text,
    started_at timestamptz not null,
    -- Of the draft, then of the submission.
    saved_at timestamptz not null,
    primary key (studio_id, id),
    unique (studio_id, assignment_id),
    unique (studio_id, contact_id, submit_key),
    foreign key (studio_id, form_id, number) references form_versions (studio_id, form_id, number),
    foreign key (studio_id, client_id) references clients (studio_id, id),
    foreign key (studio_id, contact_id) references contacts (studio_id, id),
    foreign key (studio_id, assignment_id) references assignments (studio_id, id)
);
-- One draft of a form for each contact, beside questionnaires.
create unique index submissions_draft on submissions (studio_id, form_id, contact_id)
    where state = 'started' and assignment_id is null;
create index submissions_list on submissions (studio_id, state, saved_at, id);
create index submissions_form on submissions (studio_id, form_id, state, saved_at, id);
create index submissions_client on submissions (studio_id, client_id, state, saved_at, id);
create index submissions_contact on submissions (studio_id, contact_id, state, saved_at, id);

-- Uploads of every feature. The content lies in the storage.
create table files (
    studio_id uuid not null references studios (id),
    id uuid not null,
    name text not null,
    -- The media type, from the content.
    kind text not null,
    bytes bigint not null,
    storage_key text not null,
    -- Who uploaded it, where it was a contact.
    contact_id uuid,
    -- What it belongs to; none: not used yet, and removed after two days.
    submission_id uuid,
    created_at timestamptz not null,
    primary key (studio_id, id),
    foreign key (studio_id, contact_id) references contacts (studio_id, id),
    foreign key (studio_id, submission_id) references submissions (studio_id, id)
);
create index files_submission on files (studio_id, submission_id);
create index files_loose on files (created_at) where submission_id is null;
