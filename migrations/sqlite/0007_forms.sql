-- Forms: what the studio asks, whom it asks, and what contacts answer.

create table forms (
    studio_id blob not null references studios (id),
    id blob not null,
    -- Raised by every change: the page carries the one it was made from.
    version bigint not null default 1,
    -- What staff call it.
    name text not null,
    -- The number of the definition that is asked now.
    current bigint not null,
    in_portal boolean not null default false,
    default_update boolean not null default false,
    archived_at text,
    created_at text not null,
    updated_at text not null,
    primary key (studio_id, id)
) without rowid;
create unique index forms_default_update on forms (studio_id) where default_update;
create index forms_list on forms (studio_id, archived_at, id);
create index forms_in_portal on forms (studio_id, in_portal, archived_at);

-- Definitions are never changed: an answer keeps the one it answers.
-- With a rowid, as its rows are large.
create table form_versions (
    studio_id blob not null references studios (id),
    form_id blob not null,
    number bigint not null,
    -- What clients read first, for lists.
    title text not null,
    intro text,
    definition text not null,
    created_at text not null,
    primary key (studio_id, form_id, number),
    foreign key (studio_id, form_id) references forms (studio_id, id)
);

-- A form that chosen contacts are asked to fill in, together: a questionnaire.
create table assignments (
    studio_id blob not null references studios (id),
    id blob not null,
    form_id blob not null,
    client_id blob not null,
    -- The last day, by the studio's calendar.
    due text,
    note text,
    done_at text,
    withdrawn_at text,
    reminded_before_at text,
    reminded_after_at text,
    created_at text not null,
    primary key (studio_id, id),
    foreign key (studio_id, form_id) references forms (studio_id, id),
    foreign key (studio_id, client_id) references clients (studio_id, id)
) without rowid;
create index assignments_client on assignments (studio_id, client_id, id);
create index assignments_form on assignments (studio_id, form_id, id);

create table assignment_contacts (
    studio_id blob not null references studios (id),
    assignment_id blob not null,
    contact_id blob not null,
    primary key (studio_id, assignment_id, contact_id),
    foreign key (studio_id, assignment_id) references assignments (studio_id, id),
    foreign key (studio_id, contact_id) references contacts (studio_id, id)
) without rowid;
create index assignment_contacts_contact on assignment_contacts (studio_id, contact_id, assignment_id);

-- What contacts answer: begun, then submitted once and for all.
create table submissions (
    studio_id blob not null references studios (id),
    id blob not null,
    form_id blob not null,
    number bigint not null,
    client_id blob not null,
    -- Who began it, and once it is submitted, who submitted it.
    contact_id blob not null,
    assignment_id blob,
    state text not null check (state in ('started', 'submitted')),
    -- Raised by every save of the draft.
    revision bigint not null,
    -- By field: the answer, when it was typed and by whom. Empty once it is submitted.
    draft text not null,
    -- What was submitted: seen fields alone.
    answers text not null,
    -- The request that submitted it.
    submit_key text,
    started_at text not null,
    -- Of the draft, then of the submission.
    saved_at text not null,
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
    studio_id blob not null references studios (id),
    id blob not null,
    name text not null,
    -- The media type, from the content.
    kind text not null,
    bytes bigint not null,
    storage_key text not null,
    -- Who uploaded it, where it was a contact.
    contact_id blob,
    -- What it belongs to; none: not used yet, and removed after two days.
    submission_id blob,
    created_at text not null,
    primary key (studio_id, id),
    foreign key (studio_id, contact_id) references contacts (studio_id, id),
    foreign key (studio_id, submission_id) references submissions (studio_id, id)
) without rowid;
create index files_submission on files (studio_id, submission_id);
create index files_loose on files (created_at) where submission_id is null;

-- What the planner expects of each index before it has seen a studio at work.
analyze forms;
delete from sqlite_stat1 where tbl in ('forms', 'form_versions', 'assignments', 'assignment_contacts', 'submissions', 'files');
insert into sqlite_stat1 (tbl, idx, stat) values
    ('forms', 'forms', '1000 50 1'),
    ('forms', 'forms_list', '1000 50 10 1'),
    ('forms', 'forms_in_portal', '1000 50 20 5'),
    ('form_versions', 'sqlite_autoindex_form_versions_1', '5000 250 5 1'),
    ('assignments', 'assignments', '100000 10000 1'),
    ('assignments', 'assignments_client', '100000 10000 2 1'),
    ('assignments', 'assignments_form', '100000 10000 500 1'),
    ('assignment_contacts', 'assignment_contacts', '100000 10000 2 1'),
    ('assignment_contacts', 'assignment_contacts_contact', '100000 10000 2 1'),
    ('submissions', 'sqlite_autoindex_submissions_1', '100000 10000 1'),
    ('submissions', 'sqlite_autoindex_submissions_2', '100000 10000 1'),
    ('submissions', 'sqlite_autoindex_submissions_3', '100000 10000 3 1'),
    ('submissions', 'submissions_list', '100000 10000 8000 2 1'),
    ('submissions', 'submissions_form', '100000 10000 500 400 2 1'),
    ('submissions', 'submissions_client', '100000 10000 3 2 1 1'),
    ('submissions', 'submissions_contact', '100000 10000 3 2 1 1'),
    ('files', 'files', '100000 10000 1'),
    ('files', 'files_submission', '100000 10000 3');
analyze sqlite_schema;
