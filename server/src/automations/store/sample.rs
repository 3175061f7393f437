//! Something a contact has, to try an automation with: what comes next, else what was last.

use portico_wire::{ClientId, ContactId, ContractId, InvoiceId, QuoteId};

use super::super::{DateOf, Trigger};
use crate::{
    Result,
    clock::today,
    contracts,
    db::{StudioTx, fetch_optional},
    events, forms,
    happenings::{Amount, Item},
    invoices, payments, quotes, studios,
};

pub struct Sample {
    pub item: Item,
    pub title: String,
    pub amount: Option<Amount>,
    pub day: Option<String>,
}

/// None where there is nothing of the kind.
pub async fn of(
    tx: &mut StudioTx,
    trigger: Trigger,
    client: ClientId,
    contact: ContactId,
) -> Result<Option<Sample>> {
    match trigger.family() {
        "Events" => {
            let next = events::store::next_of_client(tx, client).await?;
            Ok(next.map(|event| Sample {
                item: Item::Event(event.id),
                day: Some(event.day()),
                title: event.title,
                amount: None,
            }))
        }
        "Questionnaires" => {
            let asked = forms::store::assignments_of(tx, client).await?;
            let newest = asked.into_iter().next();
            Ok(newest.map(|one| Sample {
                item: Item::Questionnaire(one.id),
                title: one.title,
                amount: None,
                day: one.due,
            }))
        }
        "Contracts" => contract(tx, client).await,
        "Quotes" => quote(tx, client).await,
        "Invoices and payments" => {
            invoice(tx, client, trigger == Trigger::Comes(DateOf::Invoice)).await
        }
        _ => Ok(Some(Sample {
            item: Item::Contact(contact),
            title: String::new(),
            amount: None,
            day: None,
        })),
    }
}

async fn contract(tx: &mut StudioTx, client: ClientId) -> Result<Option<Sample>> {
    let newest = fetch_optional!(
        tx,
        (ContractId,),
        "select id from contracts where studio_id = $1 and client_id = $2 and stage <> 'draft'
         order by id desc limit 1",
        client,
    )?;
    let Some((id,)) = newest else { return Ok(None) };
    let contract = contracts::store::get(tx, id).await?;
    let currency = studios::store::get(tx).await?.currency;
    let amount = contract.details.amount;
    Ok(Some(Sample {
        item: Item::Contract(id),
        title: contract.title,
        amount: amount.map(|minor| Amount::new(minor, &currency)),
        day: contract.last_day,
    }))
}

async fn quote(tx: &mut StudioTx, client: ClientId) -> Result<Option<Sample>> {
    let newest = fetch_optional!(
        tx,
        (QuoteId,),
        "select id from quotes where studio_id = $1 and client_id = $2 and state <> 'draft'
         order by id desc limit 1",
        client,
    )?;
    let Some((id,)) = newest else { return Ok(None) };
    let quote = quotes::store::get(tx, id).await?;
    Ok(Some(Sample {
        item: Item::Quote(id),
        amount: Some(Amount::new(quote.total, &quote.terms.currency)),
        day: quote.valid_until.clone(),
        title: quote.terms.title,
    }))
}

/// `open`: with something still to be paid, and the day of that.
async fn invoice(tx: &mut StudioTx, client: ClientId, open: bool) -> Result<Option<Sample>> {
    let newest = fetch_optional!(
        tx,
        (InvoiceId,),
        "select i.id from invoices i where i.studio_id = $1 and i.client_id = $2 and i.state = 'issued'
           and i.kind = 'invoice' and (not $3 or exists (select 1 from open_invoices o
               where o.studio_id = i.studio_id and o.invoice_id = i.id))
         order by i.id desc limit 1",
        client,
        open,
    )?;
    let Some((id,)) = newest else { return Ok(None) };
    let invoice = invoices::store::get(tx, id).await?;
    let sums = payments::store::sums(tx, id).await?;
    let now = today(tx.now(), &studios::store::get(tx).await?.time_zone);
    let parts = payments::parts(invoices::store::instalments(tx, id).await?, sums);
    let mut owed = parts.iter().filter(|part| part.left.payable() > 0);
    // What comes next, else what is late.
    let next = owed.clone().find(|part| part.due >= now).or(owed.next());
    Ok(Some(Sample {
        item: Item::Invoice(id),
        title: invoices::issue::title(&invoice),
        amount: Some(Amount::new(
            next.map_or(invoice.total, |part| part.left.payable()),
            &invoice.terms.currency,
        )),
        day: next.map(|part| part.due.clone()),
    }))
}
