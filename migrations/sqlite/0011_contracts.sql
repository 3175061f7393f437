-- Contracts: texts that named signers sign, and what proves it.

-- Sending a document lets a contact in who was never invited.
alter table studios add column activates_portal boolean not null default true;
-- How a proof was given: by a code (and over which channel) or by the password, and when that code was sent.
alter table proofs add column way text not null default 'password';
alter table proofs add column code_sent_at text;
-- Those a contact stands for.
create index contacts_merged on contacts (studio_id, merged_into) where merged_into is not null;

create table contract_templates (
    studio_id blob not null references studios (id),
    id blob not null,
    -- Raised by every change: the page carries the one it was made from.
    version bigint not null default 1,
    -- What staff call it.
    name text not null,
    title text not null,
    source text not null,
    created_at text not null,
    updated_at text not null,
    primary key (studio_id, id)
);

-- With a rowid, as its rows are large.
create table contracts (
    studio_id blob not null references studios (id),
    id blob not null,
    -- Raised by every change.
    version bigint not null default 1,
    client_id blob not null,
    title text not null,
    -- Markdown with tokens, as it was written.
    source text not null,
    -- What tokens stand for that only this contract knows: its event, its amounts.
    details text not null,
    state text not null check (state in
        ('draft', 'sent', 'opened', 'partly_signed', 'signed', 'countersigned', 'declined', 'expired', 'voided')),
    -- The list it stands in: several states wait for the same people.
    stage text not null check (stage in
        ('draft', 'waiting', 'countersign', 'done', 'declined', 'expired', 'voided')),
    -- Signers sign one after the other; else at once.
    in_order boolean not null,
    countersign boolean not null,
    asks_code boolean not null,
    gates_payment boolean not null,
    reminds boolean not null,
    -- By the studio's calendar, and the moment it ends.
    last_day text,
    expires_at text,
    -- From here on: what was sent, and is never changed.
    text text,
    hash text,
    consent_version bigint,
    consent text,
    sent_at text,
    -- Why it was declined or voided.
    reason text,
    replaces blob,
    replaced_by blob,
    closed_at text,
    created_at text not null,
    updated_at text not null,
    primary key (studio_id, id),
    foreign key (studio_id, client_id) references clients (studio_id, id),
    foreign key (studio_id, replaces) references contracts (studio_id, id),
    foreign key (studio_id, replaced_by) references contracts (studio_id, id)
);
create index contracts_stage on contracts (studio_id, stage, id);
create index contracts_client on contracts (studio_id, client_id, id);
create index contracts_client_stage on contracts (studio_id, client_id, stage, id);

-- Who signs, and who therefore may see it; the studio's own place has no contact.
create table contract_signers (
    studio_id blob not null references studios (id),
    id blob not null,
    contract_id blob not null,
    place bigint not null,
    contact_id blob,
    -- As it was when the contract was sent.
    name text not null,
    role text not null,
    opened_at text,
    read_at text,
    signed_at text,
    declined_at text,
    signature text,
    -- How it was proved who signs: a code, the password, or nothing, where the studio asks none.
    proof text,
    session_id blob,
    staff_id blob,
    -- From where, as the server saw it.
    address text,
    user_agent text,
    -- The request that signed.
    sign_key text,
    primary key (studio_id, id),
    unique (studio_id, contract_id, place),
    unique (studio_id, contact_id, sign_key),
    foreign key (studio_id, contract_id) references contracts (studio_id, id),
    foreign key (studio_id, contact_id) references contacts (studio_id, id)
);
create index contract_signers_contact on contract_signers (studio_id, contact_id, contract_id);

-- Evidence: each entry carries the hash of the one before. Entries are only ever added.
create table contract_events (
    studio_id blob not null references studios (id),
    contract_id blob not null,
    number bigint not null,
    at text not null,
    what text not null,
    actor_kind text not null check (actor_kind in ('staff', 'contact', 'system')),
    actor text,
    actor_name text not null,
    signer text,
    session text,
    address text,
    user_agent text,
    -- Of what was signed.
    text_hash text not null,
    -- JSON, kept as it was written: it is hashed.
    detail text not null,
    previous text not null,
    hash text not null,
    primary key (studio_id, contract_id, number),
    foreign key (studio_id, contract_id) references contracts (studio_id, id)
) without rowid;

-- What was sent stays as it is, whatever path a write takes.
create trigger contracts_frozen before update on contracts
when old.state <> 'draft' and (new.state = 'draft' or new.studio_id is not old.studio_id or new.id is not old.id
    or new.client_id is not old.client_id
    or new.title is not old.title
    or new.source is not old.source
    or new.details is not old.details
    or new.in_order is not old.in_order
    or new.countersign is not old.countersign
    or new.asks_code is not old.asks_code
    or new.last_day is not old.last_day
    or new.expires_at is not old.expires_at
    or new.text is not old.text
    or new.hash is not old.hash
    or new.consent_version is not old.consent_version
    or new.consent is not old.consent
    or new.sent_at is not old.sent_at
    or new.replaces is not old.replaces)
begin
    select raise(abort, 'a contract that was sent is never changed');
end;
create trigger contracts_kept before delete on contracts
when old.state <> 'draft'
begin
    select raise(abort, 'a contract that was sent is never deleted');
end;
create trigger contract_signers_new before insert on contract_signers
when (select c.state from contracts c where c.studio_id = new.studio_id and c.id = new.contract_id) <> 'draft'
begin
    select raise(abort, 'the signers of a contract that was sent are never changed');
end;
create trigger contract_signers_frozen before update on contract_signers
when (select c.state from contracts c where c.studio_id = old.studio_id and c.id = old.contract_id) <> 'draft' and (new.contract_id is not old.contract_id
    or new.place is not old.place
    or new.contact_id is not old.contact_id
    or new.name is not old.name
    or new.role is not old.role
    or new.studio_id is not old.studio_id or new.id is not old.id
    or (old.signed_at is not null or old.declined_at is not null) and (new.signed_at is not old.signed_at
    or new.declined_at is not old.declined_at
    or new.signature is not old.signature
    or new.proof is not old.proof
    or new.session_id is not old.session_id
    or new.staff_id is not old.staff_id
    or new.address is not old.address
    or new.user_agent is not old.user_agent
    or new.sign_key is not old.sign_key))
begin
    select raise(abort, 'the signers of a contract that was sent are never changed');
end;
create trigger contract_signers_kept before delete on contract_signers
when (select c.state from contracts c where c.studio_id = old.studio_id and c.id = old.contract_id) <> 'draft'
begin
    select raise(abort, 'the signers of a contract that was sent are never changed');
end;
create trigger contract_events_no_update before update on contract_events
begin
    select raise(abort, 'contract_events is append-only');
end;
create trigger contract_events_no_delete before delete on contract_events
begin
    select raise(abort, 'contract_events is append-only');
end;

-- What the planner expects of each index before it has seen a studio at work.
insert into sqlite_stat1 (tbl, idx, stat) values
    ('contacts', 'contacts_merged', '1000 100 1'),
    ('contract_templates', 'sqlite_autoindex_contract_templates_1', '1000 50 1'),
    ('contracts', 'sqlite_autoindex_contracts_1', '100000 10000 1'),
    ('contracts', 'contracts_stage', '100000 10000 2000 1'),
    ('contracts', 'contracts_client', '100000 10000 3 1'),
    ('contracts', 'contracts_client_stage', '100000 10000 3 2 1'),
    ('contract_signers', 'sqlite_autoindex_contract_signers_1', '200000 20000 1'),
    ('contract_signers', 'sqlite_autoindex_contract_signers_2', '200000 20000 2 1'),
    ('contract_signers', 'sqlite_autoindex_contract_signers_3', '200000 20000 3 2'),
    ('contract_signers', 'contract_signers_contact', '200000 20000 3 1'),
    ('contract_events', 'contract_events', '1000000 100000 10 1');
analyze sqlite_schema;
