-- The ground: studios, staff, clients, sign-in, audit log, outbox, jobs.
-- Tenant tables: primary key (studio_id, ...), foreign keys carry studio_id.

create table studios (
    id blob not null primary key,
    slug text not null unique,
    name text not null,
    -- Raised by every change of the settings: the form carries the one it was made from.
    version bigint not null,
    portal_enabled boolean not null,
    passwords boolean not null,
    private_wording boolean not null,
    start text not null check (start in ('form', 'button')),
    welcome text,
    accent text,
    logo_url text,
    language text not null,
    time_zone text not null,
    country text not null,
    currency text not null,
    support_email text,
    support_phone text,
    -- The page of the studio's own site that links lead to; absent: the hosted page.
    portal_url text,
    rights text not null,
    subscription text not null check (subscription in ('active', 'past_due', 'expired')),
    paid_until text,
    created_at text not null,
    updated_at text not null
) without rowid;

create table studio_origins (
    studio_id blob not null references studios (id),
    origin text not null,
    created_at text not null,
    primary key (studio_id, origin)
) without rowid;

-- One account by email for the host, a role per studio.
create table staff (
    id blob not null primary key,
    email text not null unique,
    name text not null,
    password_hash text,
    password_tries bigint not null,
    password_tries_since text not null,
    -- Encrypted; present with totp_enabled_at absent while it is being set up.
    totp_secret blob,
    totp_enabled_at text,
    -- The last time step a code was accepted for: a code works once.
    totp_last_step bigint,
    created_at text not null
) without rowid;

create table staff_roles (
    studio_id blob not null references studios (id),
    staff_id blob not null references staff (id),
    role text not null check (role in ('owner', 'manager', 'member')),
    created_at text not null,
    primary key (studio_id, staff_id)
) without rowid;
create index staff_roles_staff on staff_roles (staff_id);

create table staff_sessions (
    id blob not null primary key,
    staff_id blob not null references staff (id),
    -- The studio the staff member looks at.
    studio_id blob not null references studios (id),
    token_hash blob not null unique,
    -- Absent until the second factor was given, where one is asked.
    verified_at text,
    user_agent text not null,
    address text not null,
    created_at text not null,
    last_used_at text not null
) without rowid;
create index staff_sessions_staff on staff_sessions (staff_id);

create table groups (
    studio_id blob not null references studios (id),
    id blob not null,
    name text not null,
    created_at text not null,
    primary key (studio_id, id),
    unique (studio_id, name)
) without rowid;

create table clients (
    studio_id blob not null references studios (id),
    id blob not null,
    kind text not null check (kind in ('person', 'couple', 'family', 'organisation')),
    name text not null,
    group_id blob,
    portal_enabled boolean not null,
    phone text,
    address text not null,
    rights text not null,
    created_at text not null,
    updated_at text not null,
    primary key (studio_id, id),
    foreign key (studio_id, group_id) references groups (studio_id, id)
) without rowid;

create table contacts (
    studio_id blob not null references studios (id),
    id blob not null,
    client_id blob not null,
    first_name text not null,
    last_name text not null,
    -- Lower case. Two contacts may carry the same one; then neither can sign in.
    email text,
    mobile text,
    language text,
    active boolean not null,
    rights text not null,
    password_hash text,
    -- Made for the contact by somebody else: works once, then a new one is chosen.
    password_must_change boolean not null,
    password_tries bigint not null,
    password_tries_since text not null,
    invited_at text,
    accepted_at text,
    last_sign_in_at text,
    created_at text not null,
    updated_at text not null,
    primary key (studio_id, id),
    foreign key (studio_id, client_id) references clients (studio_id, id)
) without rowid;
create index contacts_client on contacts (studio_id, client_id);
create index contacts_email on contacts (studio_id, email);

-- One-time codes. A row is a request: the code works only with the request's secret.
create table codes (
    studio_id blob not null references studios (id),
    id blob not null,
    contact_id blob not null,
    -- 'sign_in', or the act it proves.
    act text not null,
    -- The session that asked, for an act.
    session_id blob,
    channel text not null check (channel in ('email', 'sms')),
    request_hash blob not null,
    -- Keyed hash over the request's secret and the code.
    code_hash blob not null,
    tries bigint not null,
    created_at text not null,
    expires_at text not null,
    used_at text,
    primary key (studio_id, id),
    unique (studio_id, request_hash),
    foreign key (studio_id, contact_id) references contacts (studio_id, id)
) without rowid;
create index codes_contact on codes (studio_id, contact_id, created_at);
create index codes_expires on codes (expires_at);

-- Direct links and password resets. Only the hash of the secret is kept.
create table links (
    studio_id blob not null references studios (id),
    id blob not null,
    contact_id blob not null,
    purpose text not null check (purpose in ('direct', 'reset')),
    secret_hash blob not null,
    created_at text not null,
    expires_at text not null,
    used_at text,
    revoked_at text,
    primary key (studio_id, id),
    unique (studio_id, secret_hash),
    foreign key (studio_id, contact_id) references contacts (studio_id, id)
) without rowid;
create index links_contact on links (studio_id, contact_id, created_at);

create table sessions (
    studio_id blob not null references studios (id),
    id blob not null,
    contact_id blob not null,
    origin text not null,
    stay boolean not null,
    user_agent text not null,
    address text not null,
    created_at text not null,
    last_used_at text not null,
    primary key (studio_id, id),
    foreign key (studio_id, contact_id) references contacts (studio_id, id) on delete cascade
) without rowid;
create index sessions_contact on sessions (studio_id, contact_id, last_used_at);
create index sessions_last_used on sessions (last_used_at);

-- A session's tokens: usually one; for a moment two, while one takes over from the other.
-- Found by hash alone, before it is known which studio it belongs to.
create table session_tokens (
    hash blob not null primary key,
    studio_id blob not null,
    session_id blob not null,
    created_at text not null,
    used_at text,
    ends_at text,
    foreign key (studio_id, session_id) references sessions (studio_id, id) on delete cascade
) without rowid;
create index session_tokens_session on session_tokens (studio_id, session_id, created_at);

-- Short-lived proofs that a contact confirmed one act.
create table proofs (
    studio_id blob not null references studios (id),
    id blob not null,
    contact_id blob not null,
    session_id blob,
    act text not null,
    secret_hash blob not null,
    created_at text not null,
    expires_at text not null,
    used_at text,
    primary key (studio_id, id),
    unique (studio_id, secret_hash),
    foreign key (studio_id, contact_id) references contacts (studio_id, id) on delete cascade
) without rowid;
create index proofs_contact on proofs (studio_id, contact_id);
create index proofs_expires on proofs (expires_at);

-- Every try to sign in, with the true reason.
create table sign_ins (
    studio_id blob not null references studios (id),
    id blob not null,
    at text not null,
    contact_id blob,
    email text not null,
    way text not null,
    outcome text not null,
    origin text not null,
    address text not null,
    user_agent text not null,
    reference text not null,
    primary key (studio_id, id)
) without rowid;
create index sign_ins_at on sign_ins (studio_id, at);

-- Who changed what, before and after. Entries are only ever added.
create table audit_log (
    studio_id blob not null references studios (id),
    id blob not null,
    at text not null,
    actor_kind text not null check (actor_kind in ('staff', 'contact', 'system', 'operator')),
    actor_id blob,
    actor_name text not null,
    action text not null,
    subject_kind text not null,
    subject_id blob,
    before text,
    after text,
    reference text not null,
    primary key (studio_id, id)
) without rowid;
create index audit_log_subject on audit_log (studio_id, subject_kind, subject_id, at);
create index audit_log_at on audit_log (studio_id, at);

-- Mails and SMS on their way out.
create table outbox (
    studio_id blob not null references studios (id),
    id blob not null,
    contact_id blob,
    channel text not null check (channel in ('email', 'sms')),
    recipient text not null,
    template text not null,
    params text not null,
    -- Encrypted parameters (codes, links); erased on delivery or expiry.
    secrets blob,
    state text not null check (state in ('queued', 'sent', 'dead', 'expired')),
    last_error text,
    created_at text not null,
    expires_at text,
    sent_at text,
    primary key (studio_id, id)
) without rowid;
create index outbox_state on outbox (studio_id, state, created_at);

-- Work for workers; a row is deleted when it is done, and stays as 'dead' when it failed for good.
create table jobs (
    studio_id blob not null references studios (id),
    id blob not null,
    kind text not null,
    payload text not null,
    state text not null check (state in ('queued', 'dead')),
    attempts bigint not null,
    run_at text not null,
    locked_until text,
    last_error text,
    created_at text not null,
    primary key (studio_id, id)
) without rowid;
create index jobs_due on jobs (state, run_at);

create trigger audit_log_no_update before update on audit_log
begin
    select raise(abort, 'audit_log is append-only');
end;
create trigger audit_log_no_delete before delete on audit_log
begin
    select raise(abort, 'audit_log is append-only');
end;
