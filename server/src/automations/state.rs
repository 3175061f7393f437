//! Whether what a run is about still is as it was when it started.

use portico_wire::{
    InstalmentId, contracts::ContractState, documents::DocumentRequestState, events::EventState,
};

use super::{DateOf, Run, Trigger};
use crate::{
    Result,
    clock::today,
    contracts,
    db::StudioTx,
    documents, events, forms,
    happenings::{Amount, Item, What},
    invoices, messages, payments, quotes,
    studios::Studio,
};

/// What is so now: nothing in the way, with the amount it is about; or why nothing is to be done any more.
pub type Still = Result<std::result::Result<Option<Amount>, String>>;

fn gone() -> Still {
    Ok(Err("What it was about is no longer there.".into()))
}

/// Looks again before anything is done.
pub async fn still(tx: &mut StudioTx, studio: &Studio, trigger: Trigger, run: &Run) -> Still {
    let today = today(tx.now(), &studio.time_zone);
    match Item::of(&run.item_kind, run.item_id) {
        None => gone(),
        Some(Item::Event(id)) => event(tx, trigger, id).await,
        Some(Item::Questionnaire(id)) => {
            let asked = forms::store::find_assignment(tx, id).await?;
            let Some(asked) = asked else { return gone() };
            let waits = matches!(
                trigger,
                Trigger::Happens(What::FormAssigned) | Trigger::Comes(DateOf::Questionnaire)
            );
            Ok(match () {
                () if asked.withdrawn_at.is_some() => {
                    Err("The questionnaire was withdrawn.".into())
                }
                () if waits && asked.done_at.is_some() => {
                    Err("The questionnaire was filled in already.".into())
                }
                () => Ok(None),
            })
        }
        Some(Item::Contract(id)) => contract(tx, studio, trigger, id).await,
        Some(Item::Quote(id)) => {
            let Some(quote) = quotes::store::find(tx, id).await? else {
                return gone();
            };
            let waits = matches!(
                trigger,
                Trigger::Happens(What::QuoteSent) | Trigger::Comes(DateOf::Quote)
            );
            if waits && !quote.state_on(&today).is_open() {
                return Ok(Err("The quote does not wait for an answer any more.".into()));
            }
            Ok(Ok(Some(Amount::new(quote.total, &quote.terms.currency))))
        }
        Some(Item::Invoice(id)) => invoice(tx, trigger, id, &run.occurrence).await,
        Some(Item::Payment(id)) => match payments::store::find(tx, id).await? {
            Some(payment) => Ok(Ok(Some(Amount::new(payment.amount, &payment.currency)))),
            None => gone(),
        },
        Some(Item::Document(id)) => match documents::store::document(tx, id).await? {
            Some(_) => Ok(Ok(None)),
            None => Ok(Err("The document was removed.".into())),
        },
        Some(Item::DocumentRequest(id)) => {
            let open = documents::store::request(tx, id)
                .await?
                .is_some_and(|one| one.state == DocumentRequestState::Open);
            Ok(if open {
                Ok(None)
            } else {
                Err("The document was sent already, or is not wanted any more.".into())
            })
        }
        Some(Item::Client(_) | Item::Contact(_) | Item::Submission(_) | Item::Conversation(_)) => {
            Ok(Ok(None))
        }
    }
}

/// `occurrence` is the message's number.
async fn conversation(
    tx: &mut StudioTx,
    trigger: Trigger,
    id: uuid::Uuid,
    occurrence: &str,
) -> Still {
    if trigger != Trigger::Happens(What::MessageUnanswered) {
        return Ok(Ok(None));
    }
    let id = portico_wire::ConversationId::from_bytes(id.into_bytes());
    let Some(held) = messages::store::conversation(tx, id).await? else {
        return gone();
    };
    let number: i64 = occurrence.parse().unwrap_or_default();
    Ok(if held.newest_studio > number {
        Err("The studio has answered.".into())
    } else if held.newest_client > number {
        Err("A later message came in; that one counts.".into())
    } else if held.state == messages::State::Done {
        Err("The conversation is done.".into())
    } else {
        Ok(None)
    })
}

async fn event(tx: &mut StudioTx, trigger: Trigger, id: portico_wire::EventId) -> Still {
    let Some(event) = events::store::find(tx, id).await? else {
        return gone();
    };
    let cancelled = event.state == EventState::Cancelled;
    let about_it = trigger == Trigger::Happens(What::EventCancelled);
    Ok(match (cancelled, about_it) {
        (true, false) => Err("The event was cancelled.".into()),
        (false, true) => Err("The event takes place after all.".into()),
        _ if trigger == Trigger::Comes(DateOf::Event)
            && event.state == EventState::ToBeConfirmed =>
        {
            Err("The event is not confirmed.".into())
        }
        _ => Ok(None),
    })
}

async fn contract(
    tx: &mut StudioTx,
    studio: &Studio,
    trigger: Trigger,
    id: portico_wire::ContractId,
) -> Still {
    let Some(contract) = contracts::store::find(tx, id).await? else {
        return gone();
    };
    let state = contract.state_at(tx.now());
    let waits = matches!(
        trigger,
        Trigger::Happens(What::ContractSent | What::ContractOpened | What::ContractExpiring)
            | Trigger::Comes(DateOf::Contract)
    );
    if contract.is_done() && waits {
        return Ok(Err("The contract was signed already.".into()));
    }
    if waits && !state.is_open() {
        return Ok(Err(
            "The contract does not wait for a signature any more.".into()
        ));
    }
    if state == ContractState::Voided {
        return Ok(Err("The contract was taken back.".into()));
    }
    let amount = contract.details.amount;
    Ok(Ok(amount.map(|minor| Amount::new(minor, &studio.currency))))
}

async fn invoice(
    tx: &mut StudioTx,
    trigger: Trigger,
    id: portico_wire::InvoiceId,
    occurrence: &str,
) -> Still {
    let Some(invoice) = invoices::store::find(tx, id).await? else {
        return gone();
    };
    if invoice.state != invoices::State::Issued {
        return Ok(Err("The invoice is not valid any more.".into()));
    }
    let currency = invoice.terms.currency.as_str();
    let sums = payments::store::sums(tx, id).await?;
    let waits = matches!(
        trigger,
        Trigger::Happens(What::InvoiceIssued | What::InvoiceDueSoon | What::InvoiceOverdue)
            | Trigger::Comes(DateOf::Invoice)
    );
    if !waits {
        return Ok(Ok(Some(Amount::new(invoice.total, currency))));
    }
    let owed = match occurrence.parse::<InstalmentId>() {
        Ok(part) => {
            let instalments = invoices::store::instalments(tx, id).await?;
            let parts = payments::parts(instalments, sums);
            let own = parts.into_iter().find(|one| one.id == part);
            own.map_or(0, |one| one.left.payable())
        }
        Err(_) => sums.payable(),
    };
    Ok(if owed > 0 {
        Ok(Some(Amount::new(owed, currency)))
    } else {
        Err("It is paid, or a payment is under way.".into())
    })
}
