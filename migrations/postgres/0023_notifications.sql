-- What notifications are about, by kind, and who is meant by it: nothing is shown of what was taken away or withdrawn.
create view notification_items as
    select w.studio_id, 'questionnaire' as kind, w.assignment_id as item_id, w.contact_id
    from assignment_contacts w
    join assignments a on a.studio_id = w.studio_id and a.id = w.assignment_id
    join forms f on f.studio_id = a.studio_id and f.id = a.form_id
    where a.withdrawn_at is null and (f.archived_at is null or a.done_at is not null)
    union all
    select s.studio_id, 'contract', s.contract_id, s.contact_id
    from contract_signers s join contracts c on c.studio_id = s.studio_id and c.id = s.contract_id
    where c.state not in ('draft', 'voided')
    union all
    select s.studio_id, 'contract', s.contract_id, k.merged_into
    from contacts k
    join contract_signers s on s.studio_id = k.studio_id and s.contact_id = k.id
    join contracts c on c.studio_id = s.studio_id and c.id = s.contract_id
    where c.state not in ('draft', 'voided') and k.merged_into is not null
    union all
    select n.studio_id, 'quote', n.quote_id, n.contact_id
    from quote_contacts n join quotes q on q.studio_id = n.studio_id and q.id = n.quote_id
    where q.state not in ('draft', 'voided')
    union all
    select e.studio_id, 'event', e.event_id, e.contact_id from event_contacts e
    union all
    select n.studio_id, 'invoice', n.invoice_id, n.contact_id
    from invoice_contacts n join invoices i on i.studio_id = n.studio_id and i.id = n.invoice_id
    where i.state not in ('draft', 'voided')
    union all
    select p.studio_id, 'payment', p.id, p.contact_id from payments p where p.contact_id is not null
    union all
    select a.studio_id, 'payment', a.payment_id, n.contact_id
    from payment_allocations a
    join invoice_contacts n on n.studio_id = a.studio_id and n.invoice_id = a.invoice_id
    union all
    select x.studio_id, 'document', x.document_id, x.contact_id
    from document_viewers x join documents d on d.studio_id = x.studio_id and d.id = x.document_id
    where d.removed_at is null and not x.everything
    union all
    select w.studio_id, 'document_request', w.request_id, w.contact_id
    from document_request_contacts w
    join document_requests r on r.studio_id = w.studio_id and r.id = w.request_id
    where r.state <> 'withdrawn';
