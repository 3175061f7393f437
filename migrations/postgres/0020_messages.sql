-- Messages between studio and client, what people are notified of, and what wakes an open page.

-- A client's own conversation has the client's id and is written down with its first message; an event has one for each
-- of its clients, from when somebody begins it.
create table conversations (
    studio_id uuid not null references studios (id),
    id uuid not null,
    client_id uuid not null,
    event_id uuid,
    state text not null check (state in ('open', 'done')),
    assigned_to uuid references staff (id),
    -- The number of the newest message; 0: none yet.
    newest bigint not null,
    -- The newest message as lists show it.
    last_at timestamptz not null,
    last_text text not null,
    last_by text not null,
    last_from_studio boolean not null,
    -- The number of each side's newest message.
    newest_client bigint not null,
    newest_studio bigint not null,
    -- The number of the newest message that staff have seen.
    seen_studio bigint not null,
    -- Up to which number each side was told by mail.
    told_studio bigint not null,
    told_client bigint not null,
    created_at timestamptz not null,
    primary key (studio_id, id),
    unique (studio_id, client_id, event_id),
    foreign key (studio_id, client_id) references clients (studio_id, id),
    foreign key (studio_id, event_id) references events (studio_id, id)
);
create index conversations_client on conversations (studio_id, client_id, last_at, id);
create index conversations_event on conversations (studio_id, event_id);
create index conversations_all on conversations (studio_id, last_at, id) where newest > 0;
create index conversations_state on conversations (studio_id, state, last_at, id) where newest > 0;
create index conversations_mine on conversations (studio_id, assigned_to, last_at, id) where newest > 0 and state = 'open';
create index conversations_unassigned on conversations (studio_id, last_at, id)
    where newest > 0 and state = 'open' and assigned_to is null;
create index conversations_unseen on conversations (studio_id, last_at) where newest_client > seen_studio;

create table messages (
    studio_id uuid not null references studios (id),
    id uuid not null,
    conversation_id uuid not null,
    -- From 1, in each conversation.
    number bigint not null check (number > 0),
    -- One of the two; a rule of the product that writes for the studio is neither.
    contact_id uuid,
    staff_id uuid references staff (id),
    by_name text not null,
    -- Plain text.
    body text not null,
    -- Who sent it, and with which key: the same once more is the same message.
    once text not null,
    -- When the other side first saw it.
    seen_at timestamptz,
    created_at timestamptz not null,
    primary key (studio_id, id),
    unique (studio_id, conversation_id, number),
    unique (studio_id, once),
    foreign key (studio_id, conversation_id) references conversations (studio_id, id),
    foreign key (studio_id, contact_id) references contacts (studio_id, id)
);
create index messages_contact on messages (studio_id, contact_id, created_at);

-- Documents that went along.
create table message_documents (
    studio_id uuid not null references studios (id),
    message_id uuid not null,
    document_id uuid not null,
    conversation_id uuid not null,
    place bigint not null,
    primary key (studio_id, message_id, document_id),
    foreign key (studio_id, message_id) references messages (studio_id, id),
    foreign key (studio_id, document_id) references documents (studio_id, id) on delete cascade,
    foreign key (studio_id, conversation_id) references conversations (studio_id, id)
);
create index message_documents_document on message_documents (studio_id, document_id);
create index message_documents_conversation on message_documents (studio_id, conversation_id, document_id);

-- How far each contact has read.
create table conversation_seen (
    studio_id uuid not null references studios (id),
    conversation_id uuid not null,
    contact_id uuid not null,
    number bigint not null,
    seen_at timestamptz not null,
    primary key (studio_id, conversation_id, contact_id),
    foreign key (studio_id, conversation_id) references conversations (studio_id, id),
    foreign key (studio_id, contact_id) references contacts (studio_id, id)
);
create index conversation_seen_contact on conversation_seen (studio_id, contact_id);

-- Contacts of other clients that were merged with somebody who wrote in it.
create table conversation_guests (
    studio_id uuid not null references studios (id),
    conversation_id uuid not null,
    contact_id uuid not null,
    primary key (studio_id, conversation_id, contact_id),
    foreign key (studio_id, conversation_id) references conversations (studio_id, id),
    foreign key (studio_id, contact_id) references contacts (studio_id, id)
);
create index conversation_guests_contact on conversation_guests (studio_id, contact_id, conversation_id);

-- The words of its messages, without accents and capitals.
create table conversation_words (
    studio_id uuid not null references studios (id),
    word bytea not null,
    conversation_id uuid not null,
    primary key (studio_id, word, conversation_id),
    foreign key (studio_id, conversation_id) references conversations (studio_id, id)
);
create index conversation_words_conversation on conversation_words (studio_id, conversation_id);

-- Answers that staff have ready.
create table saved_replies (
    studio_id uuid not null references studios (id),
    id uuid not null,
    title text not null,
    body text not null,
    -- Raised by every change: the form carries the one it was made from.
    version bigint not null,
    updated_at timestamptz not null,
    primary key (studio_id, id),
    unique (studio_id, title)
);

-- What a contact is notified of in the portal. Whether it still sees the item is asked when it looks.
create table notifications (
    studio_id uuid not null references studios (id),
    id uuid not null,
    contact_id uuid not null,
    kind text not null,
    -- What it is about, by its kind.
    item_id uuid not null,
    title text not null,
    body text not null,
    seen_at timestamptz,
    created_at timestamptz not null,
    primary key (studio_id, id),
    foreign key (studio_id, contact_id) references contacts (studio_id, id)
);
create index notifications_contact on notifications (studio_id, contact_id, id);
create index notifications_unseen on notifications (studio_id, contact_id, id) where seen_at is null;

-- What a contact does not want to hear of; a kind without a row comes both ways.
create table notification_choices (
    studio_id uuid not null references studios (id),
    contact_id uuid not null,
    kind text not null,
    by_mail boolean not null,
    on_screen boolean not null,
    primary key (studio_id, contact_id, kind),
    foreign key (studio_id, contact_id) references contacts (studio_id, id)
);

create table staff_notifications (
    studio_id uuid not null references studios (id),
    id uuid not null,
    staff_id uuid not null references staff (id),
    kind text not null,
    -- The page of the admin it leads to.
    path text not null,
    title text not null,
    body text not null,
    seen_at timestamptz,
    created_at timestamptz not null,
    primary key (studio_id, id)
);
create index staff_notifications_staff on staff_notifications (studio_id, staff_id, id);
create index staff_notifications_unseen on staff_notifications (studio_id, staff_id, id) where seen_at is null;

create table staff_notification_choices (
    studio_id uuid not null references studios (id),
    staff_id uuid not null references staff (id),
    kind text not null,
    by_mail boolean not null,
    on_screen boolean not null,
    primary key (studio_id, staff_id, kind)
);

-- What open pages are to look at again, for a few minutes: of all contacts of a client, or of one contact.
create table pulses (
    studio_id uuid not null references studios (id),
    id uuid not null,
    client_id uuid,
    contact_id uuid,
    conversation_id uuid,
    created_at timestamptz not null,
    primary key (studio_id, id)
);
create index pulses_created on pulses (created_at);

-- Tickets for a stream, by their hash: each opens one, once.
create table live_tickets (
    studio_id uuid not null references studios (id),
    hash bytea not null,
    session_id uuid not null,
    expires_at timestamptz not null,
    primary key (studio_id, hash),
    foreign key (studio_id, session_id) references sessions (studio_id, id) on delete cascade
);
create index live_tickets_session on live_tickets (studio_id, session_id);
create index live_tickets_expires on live_tickets (expires_at);

-- Who sees which conversation: the contacts of its client, of an event's those on the event, or with the right to see
-- everything; and whoever came by a merge.
create view conversation_viewers as
    select v.studio_id, v.id as conversation_id, k.id as contact_id, v.event_id, false as everything
    from contacts k join conversations v on v.studio_id = k.studio_id and v.client_id = k.client_id
    where k.merged_into is null and (v.event_id is null or exists (select 1 from event_contacts e
        where e.studio_id = v.studio_id and e.event_id = v.event_id and e.contact_id = k.id))
    union all
    select v.studio_id, v.id, k.id, v.event_id, true
    from contacts k join conversations v on v.studio_id = k.studio_id and v.client_id = k.client_id
    where k.merged_into is null and exists (select 1 from event_clients e
        where e.studio_id = v.studio_id and e.event_id = v.event_id and e.client_id = v.client_id)
    union all
    select v.studio_id, v.id, g.contact_id, v.event_id, false
    from conversation_guests g join conversations v on v.studio_id = g.studio_id and v.id = g.conversation_id;

-- As before, and whoever sees a conversation sees what was attached there.
drop view document_viewers;
create view document_viewers as
    select c.studio_id, c.document_id, c.contact_id, false as everything from document_contacts c
    union all
    select k.studio_id, d.id, k.id, false
    from contacts k join documents d on d.studio_id = k.studio_id and d.client_id = k.client_id
    where d.for_all and k.merged_into is null and (d.event_id is null or exists (select 1 from event_contacts e
        where e.studio_id = d.studio_id and e.event_id = d.event_id and e.contact_id = k.id))
    union all
    select k.studio_id, d.id, k.id, true
    from contacts k join documents d on d.studio_id = k.studio_id and d.client_id = k.client_id
    union all
    select k.studio_id, c.document_id, k.id, true
    from contacts k
    join contacts o on o.studio_id = k.studio_id and o.client_id = k.client_id
    join document_contacts c on c.studio_id = o.studio_id and c.contact_id = o.id
    union all
    select k.studio_id, a.document_id, k.id, false
    from contacts k
    join conversations v on v.studio_id = k.studio_id and v.client_id = k.client_id
    join message_documents a on a.studio_id = v.studio_id and a.conversation_id = v.id
    where k.merged_into is null and (v.event_id is null or exists (select 1 from event_contacts e
        where e.studio_id = v.studio_id and e.event_id = v.event_id and e.contact_id = k.id))
    union all
    select g.studio_id, a.document_id, g.contact_id, false
    from conversation_guests g
    join message_documents a on a.studio_id = g.studio_id and a.conversation_id = g.conversation_id;
