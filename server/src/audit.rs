//! The audit log: who changed what, before and after, in the transaction of the change itself.

use portico_wire::{AuditId, ContactId, StaffId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::types::Json;

use crate::{
    Result,
    db::{StudioTx, execute, fetch_all},
    scope::{PortalSession, StaffSession},
};

/// Who acts.
#[derive(Debug, Clone)]
pub enum Actor {
    Staff {
        id: StaffId,
        name: String,
    },
    Contact {
        id: ContactId,
        name: String,
    },
    /// A worker or a rule of the product.
    System,
    /// Whoever runs the server, at its command line.
    Operator,
}

impl Actor {
    pub fn of(session: &PortalSession) -> Self {
        Self::Contact {
            id: session.contact,
            name: session.contact_name.clone(),
        }
    }

    const fn kind(&self) -> &'static str {
        match self {
            Self::Staff { .. } => "staff",
            Self::Contact { .. } => "contact",
            Self::System => "system",
            Self::Operator => "operator",
        }
    }
    fn id(&self) -> Option<uuid::Uuid> {
        match self {
            Self::Staff { id, .. } => Some((*id).into_uuid()),
            Self::Contact { id, .. } => Some((*id).into_uuid()),
            Self::System | Self::Operator => None,
        }
    }
    fn name(&self) -> &str {
        match self {
            Self::Staff { name, .. } | Self::Contact { name, .. } => name,
            Self::System => "Portico",
            Self::Operator => "Operator",
        }
    }
}

/// What was changed: a noun and the id of the row; the studio itself has no id of its own here.
#[derive(Debug, Clone, Copy)]
pub struct Subject(pub &'static str, pub Option<uuid::Uuid>);

/// One entry. `before` and `after` hold only the fields that differ, never a secret.
pub async fn append(
    tx: &mut StudioTx,
    actor: &Actor,
    action: &'static str,
    subject: Subject,
    change: Change,
    reference: &str,
) -> Result<()> {
    append_undoable(tx, actor, action, subject, change, None, reference).await
}

/// As [`append`], with what staff need to undo it: the values as they are stored, before and after.
pub async fn append_undoable(
    tx: &mut StudioTx,
    actor: &Actor,
    action: &'static str,
    subject: Subject,
    change: Change,
    undo: Option<&Change>,
    reference: &str,
) -> Result<()> {
    let (id, now): (AuditId, _) = (tx.id(), tx.now());
    execute!(
        tx,
        "insert into audit_log (studio_id, id, at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id,
                before, after, undo, reference)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        id,
        now,
        actor.kind(),
        actor.id(),
        actor.name(),
        action,
        subject.0,
        subject.1,
        change.before.map(Json),
        change.after.map(Json),
        undo.map(Json),
        reference,
    )?;
    Ok(())
}

/// An entry of what a staff member did on a page of the admin.
pub async fn note(
    tx: &mut StudioTx,
    session: &StaffSession,
    action: &'static str,
    subject: Subject,
    change: Change,
) -> Result<()> {
    let reference = &session.visitor.reference;
    append(tx, &session.actor(), action, subject, change, reference).await
}

/// An entry, as a timeline shows it.
#[derive(sqlx::FromRow)]
pub struct Entry {
    pub at: Timestamp,
    pub actor_kind: String,
    pub actor_name: String,
    pub action: String,
}

/// What happened to a thing, the newest first.
pub async fn timeline(
    tx: &mut StudioTx,
    kind: &str,
    subject: uuid::Uuid,
    limit: i64,
) -> Result<Vec<Entry>> {
    fetch_all!(
        tx,
        Entry,
        "select at, actor_kind, actor_name, action from audit_log
         where studio_id = $1 and subject_kind = $2 and subject_id = $3 order by at desc, id desc limit $4",
        kind,
        subject,
        limit,
    )
}

/// The fields that differ between two states of a thing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Change {
    pub before: Option<Value>,
    pub after: Option<Value>,
}

impl Change {
    /// Nothing to compare: the action says it all.
    pub fn none() -> Self {
        Self::default()
    }

    pub fn made(after: &impl Serialize) -> Result<Self> {
        Ok(Self {
            before: None,
            after: Some(serde_json::to_value(after)?),
        })
    }

    pub fn removed(before: &impl Serialize) -> Result<Self> {
        Ok(Self {
            before: Some(serde_json::to_value(before)?),
            after: None,
        })
    }

    /// `None` where nothing differs.
    pub fn between<T: Serialize>(before: &T, after: &T) -> Result<Option<Self>> {
        let (mut before, mut after) = (serde_json::to_value(before)?, serde_json::to_value(after)?);
        if let (Value::Object(old), Value::Object(new)) = (&mut before, &mut after) {
            let same: Vec<String> = old
                .iter()
                .filter(|(key, value)| new.get(*key) == Some(value))
                .map(|(key, _)| key.clone())
                .collect();
            for key in same {
                old.remove(&key);
                new.remove(&key);
            }
        }
        Ok((before != after).then_some(Self {
            before: Some(before),
            after: Some(after),
        }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_fields_that_differ_are_kept() {
        let change = Change::between(
            &json!({"name": "A", "phone": 1}),
            &json!({"name": "B", "phone": 1}),
        )
        .unwrap();
        assert_eq!(
            change,
            Some(Change {
                before: Some(json!({"name": "A"})),
                after: Some(json!({"name": "B"}))
            })
        );
        assert_eq!(
            Change::between(&json!({"a": 1}), &json!({"a": 1})).unwrap(),
            None
        );
    }
}
