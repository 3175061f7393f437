-- Contracts: texts that named signers sign, and what proves it.

-- Sending a document lets a contact in who was never invited.
alter table studios add column activates_portal boolean not null default true;
-- How a proof was given: by a code (and over which channel) or by the password, and when that code was sent.
alter table proofs add column way text not null default 'password';
alter table proofs add column code_sent_at timestamptz;
-- Those a contact stands for.
create index contacts_merged on contacts (studio_id, merged_into) where merged_into is not null;

create table contract_templates (
    studio_id uuid not null references studios (id),
    id uuid not null,
    -- Raised by every change: the page carries the one it was made from.
    version bigint not null default 1,
    -- What staff call it.
    name text not null,
    title text not null,
    source text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (studio_id, id)
);

create table contracts (
    studio_id uuid not null references studios (id),
    id uuid not null,
    -- Raised by every change.
    version bigint not null default 1,
    client_id uuid not null,
    title text not null,
    -- Markdown with tokens, as it was written.
    source text not null,
    -- What tokens stand for that only this contract knows: its event, its amounts.
    details jsonb not null,
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
    expires_at timestamptz,
    -- From here on: what was sent, and is never changed.
    text text,
    hash text,
    consent_version bigint,
    consent text,
    sent_at timestamptz,
    -- Why it was declined or voided.
    reason text,
    replaces uuid,
    replaced_by uuid,
    closed_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
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
    studio_id uuid not null references studios (id),
    id uuid not null,
    contract_id uuid not null,
    place bigint not null,
    contact_id uuid,
    -- As it was when the contract was sent.
    name text not null,
    role text not null,
    opened_at timestamptz,
    read_at timestamptz,
    signed_at timestamptz,
    declined_at timestamptz,
    signature jsonb,
    -- How it was proved who signs: a code, the password, or nothing, where the studio asks none.
    proof text,
    session_id uuid,
    staff_id uuid,
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
    studio_id uuid not null references studios (id),
    contract_id uuid not null,
    number bigint not null,
    at timestamptz not null,
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
);

-- What was sent stays as it is, whatever path a write takes.
create function contract_is_frozen() returns trigger language plpgsql as $$
begin
    if old.state = 'draft' then
        return coalesce(new, old);
    end if;
    if tg_op = 'DELETE' then
        raise exception 'a contract that was sent is never deleted';
    end if;
    if new.state = 'draft' or new.studio_id <> old.studio_id or new.id <> old.id
    or new.client_id is distinct from old.client_id
    or new.title is distinct from old.title
    or new.source is distinct from old.source
    or new.details is distinct from old.details
    or new.in_order is distinct from old.in_order
    or new.countersign is distinct from old.countersign
    or new.asks_code is distinct from old.asks_code
    or new.last_day is distinct from old.last_day
    or new.expires_at is distinct from old.expires_at
    or new.text is distinct from old.text
    or new.hash is distinct from old.hash
    or new.consent_version is distinct from old.consent_version
    or new.consent is distinct from old.consent
    or new.sent_at is distinct from old.sent_at
    or new.replaces is distinct from old.replaces then
        raise exception 'a contract that was sent is never changed';
    end if;
    return new;
end
$$;
create trigger contracts_frozen before update or delete on contracts
    for each row execute function contract_is_frozen();
create function contract_signers_are_frozen() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' and (select c.state from contracts c where c.studio_id = old.studio_id and c.id = old.contract_id) <> 'draft'
    and (tg_op = 'DELETE' or new.studio_id <> old.studio_id or new.id <> old.id
    or new.contract_id is distinct from old.contract_id
    or new.place is distinct from old.place
    or new.contact_id is distinct from old.contact_id
    or new.name is distinct from old.name
    or new.role is distinct from old.role
    or (old.signed_at is not null or old.declined_at is not null) and (new.signed_at is distinct from old.signed_at
    or new.declined_at is distinct from old.declined_at
    or new.signature is distinct from old.signature
    or new.proof is distinct from old.proof
    or new.session_id is distinct from old.session_id
    or new.staff_id is distinct from old.staff_id
    or new.address is distinct from old.address
    or new.user_agent is distinct from old.user_agent
    or new.sign_key is distinct from old.sign_key))
    or tg_op = 'INSERT' and (select c.state from contracts c where c.studio_id = new.studio_id and c.id = new.contract_id) <> 'draft' then
        raise exception 'the signers of a contract that was sent are never changed';
    end if;
    return coalesce(new, old);
end
$$;
create trigger contract_signers_frozen before insert or update or delete on contract_signers
    for each row execute function contract_signers_are_frozen();
create function contract_events_are_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'contract_events is append-only';
end
$$;
create trigger contract_events_append_only before update or delete on contract_events
    for each row execute function contract_events_are_append_only();
