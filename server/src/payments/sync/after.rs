//! What became of money that came through: refunds and disputes.

use portico_wire::Timestamp;

use super::{
    super::{
        EntryKind, Payment, Source,
        ledger::{self, Leaving},
        store,
        stripe::{Dispute, amounts},
        tell,
    },
    Looked,
};
use crate::{App, Result, db::StudioTx};

fn moment(seconds: i64, now: Timestamp) -> Timestamp {
    // The provider's clock may be ahead of ours; the books are in our order.
    match seconds {
        0 => now,
        seconds => Timestamp::from_micros(seconds.saturating_mul(1_000_000)).min(now),
    }
}

/// Refunds and disputes of a payment that came through.
pub(super) async fn after(
    app: &App,
    tx: &mut StudioTx,
    payment: &Payment,
    looked: &Looked,
    source: &Source<'_>,
) -> Result<()> {
    let now = tx.now();
    for refund in &looked.refunds {
        let mark = format!("refund:{}", refund.id);
        let entries = store::entries(tx, payment.id).await?;
        let known = entries.iter().find(|entry| entry.mark == mark);
        match (refund.failed(), known) {
            (false, None) => {
                let leaving = Leaving {
                    mark: &mark,
                    kind: EntryKind::Refunded,
                    amount: amounts::from_stripe(refund.amount, &payment.currency),
                    at: moment(refund.created, now),
                    note: None,
                };
                if let Some(amount) = ledger::leaves(tx, payment, &leaving, source).await? {
                    tell::refunded(app, tx, payment, amount).await?;
                }
            }
            (true, Some(entry)) => {
                let back = (-entry.amount, -entry.tip);
                let mark = format!("{mark}:failed");
                let act = (mark.as_str(), EntryKind::RefundFailed);
                if ledger::returns(tx, payment, act, back, source).await? {
                    tell::refund_failed(app, tx, payment, back.0).await?;
                }
            }
            _ => {}
        }
    }
    for dispute in &looked.disputes {
        follow_dispute(app, tx, payment, dispute, source).await?;
    }
    Ok(())
}

async fn follow_dispute(
    app: &App,
    tx: &mut StudioTx,
    payment: &Payment,
    dispute: &Dispute,
    source: &Source<'_>,
) -> Result<()> {
    // A warning takes no money.
    if !matches!(
        dispute.status.as_str(),
        "needs_response" | "under_review" | "won" | "lost"
    ) {
        return Ok(());
    }
    let mark = format!("dispute:{}", dispute.id);
    let leaving = Leaving {
        mark: &mark,
        kind: EntryKind::Disputed,
        amount: amounts::from_stripe(dispute.amount, &payment.currency),
        at: moment(dispute.created, tx.now()),
        note: None,
    };
    if let Some(amount) = ledger::leaves(tx, payment, &leaving, source).await? {
        tell::disputed(app, tx, payment, amount).await?;
    }
    let entries = store::entries(tx, payment.id).await?;
    let Some(taken) = entries.iter().find(|entry| entry.mark == mark) else {
        return Ok(());
    };
    match dispute.status.as_str() {
        "won" => {
            let mark = format!("{mark}:won");
            let act = (mark.as_str(), EntryKind::DisputeWon);
            let back = (-taken.amount, -taken.tip);
            if ledger::returns(tx, payment, act, back, source).await? {
                tell::dispute_closed(app, tx, payment, true).await?;
            }
        }
        "lost" => {
            let mark = format!("{mark}:lost");
            let act = (mark.as_str(), EntryKind::DisputeLost);
            if ledger::remark(tx, payment, act, None, source)
                .await?
                .is_some()
            {
                tell::dispute_closed(app, tx, payment, false).await?;
            }
        }
        _ => {}
    }
    Ok(())
}
