-- What a studio words itself: its mail templates, its own words for the portal's mails, and mails staff write.

create table mail_templates (
    studio_id blob not null references studios (id),
    id blob not null,
    -- A 'letter' is for mails staff write; the others replace the portal's own words.
    purpose text not null check (purpose in ('letter', 'invitation', 'generated_password', 'reset', 'code')),
    name text not null,
    subject text not null,
    body text not null,
    -- Raised by every change: the form carries the one it was made from.
    version bigint not null,
    created_at text not null,
    updated_at text not null,
    primary key (studio_id, id)
) without rowid;
create index mail_templates_name on mail_templates (studio_id, purpose, name);
create unique index mail_templates_wording on mail_templates (studio_id, purpose) where purpose <> 'letter';

-- Its id comes from the form, so that sending a form twice sends one mail.
create table mails (
    studio_id blob not null references studios (id),
    id blob not null,
    client_id blob not null,
    staff_id blob not null,
    staff_name text not null,
    subject text not null,
    body text not null,
    created_at text not null,
    primary key (studio_id, id),
    foreign key (studio_id, client_id) references clients (studio_id, id)
) without rowid;

create index outbox_contact on outbox (studio_id, contact_id, id);
