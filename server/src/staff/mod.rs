//! Staff: one account by email for the host, a role per studio, sessions in a cookie.

pub mod admin;
pub mod sign_in;
pub mod store;
pub mod totp;

use portico_wire::{StaffId, StaffSessionId, StudioId, Timestamp};

use crate::{studios::Subscription, web::form::FieldErrors};

/// A session ends after this long without a request, and in any case after [`SESSION_SECONDS`].
pub const IDLE_SECONDS: i64 = 12 * 3600;
pub const SESSION_SECONDS: i64 = 30 * 86_400;
/// How long the second factor may take after the password was right.
pub const FACTOR_SECONDS: i64 = 600;
/// Wrong codes after which the password is asked again.
pub const FACTOR_TRIES: i64 = 5;
/// Passwords and codes of one account in [`TRIES_WINDOW`] seconds, wrong ones in the end.
pub const TRIES: i64 = 10;
pub const TRIES_WINDOW: i64 = 900;

/// What a staff member may do at one studio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Clients, events, messages; no settings, refunds, exports.
    Member,
    /// All but billing, staff and keys.
    Manager,
    /// All.
    Owner,
}

impl Role {
    pub const ALL: &[Self] = &[Self::Member, Self::Manager, Self::Owner];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Manager => "manager",
            Self::Owner => "owner",
        }
    }

    pub const fn title(self) -> &'static str {
        match self {
            Self::Member => "Member",
            Self::Manager => "Manager",
            Self::Owner => "Owner",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.name() == text)
    }
}

portico_wire::text_column!(Role);

/// A cookie's session, as it is stored.
#[derive(sqlx::FromRow)]
pub struct FoundSession {
    pub id: StaffSessionId,
    pub staff_id: StaffId,
    pub studio_id: StudioId,
    pub verified_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub last_used_at: Timestamp,
    pub name: String,
    pub email: String,
}

impl FoundSession {
    /// Whether the cookie still counts at this moment; for one that waits for the second factor that is
    /// not long.
    pub fn lives(&self, now: Timestamp) -> bool {
        let most = if self.verified_at.is_some() {
            SESSION_SECONDS
        } else {
            FACTOR_SECONDS
        };
        self.created_at.plus_seconds(most) > now
            && self.last_used_at.plus_seconds(IDLE_SECONDS) > now
    }
}

/// A studio a staff member has a role at, with what every page of the admin says about it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Place {
    pub studio_id: StudioId,
    pub role: Role,
    pub slug: String,
    pub name: String,
    pub subscription: Subscription,
}

/// Names are shown in the audit log and to colleagues.
pub fn check_name(errors: &mut FieldErrors, name: &str) -> String {
    errors.required("name", name, 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(verified: bool, created: i64, used: i64) -> FoundSession {
        let at = |seconds| Timestamp::from_micros(0).plus_seconds(seconds);
        FoundSession {
            id: StaffSessionId::from_bytes([1; 16]),
            staff_id: StaffId::from_bytes([2; 16]),
            studio_id: StudioId::from_bytes([3; 16]),
            verified_at: verified.then(|| at(created)),
            created_at: at(created),
            last_used_at: at(used),
            name: "Olivia".into(),
            email: "owner@demo.test".into(),
        }
    }

    #[test]
    fn a_session_ends_after_twelve_idle_hours_and_thirty_days() {
        let lives = |verified, used, now| {
            session(verified, 0, used).lives(Timestamp::from_micros(0).plus_seconds(now))
        };
        assert!(lives(true, 0, 12 * 3600 - 1) && !lives(true, 0, 12 * 3600));
        let month = 30 * 86_400;
        assert!(lives(true, month - 60, month - 1) && !lives(true, month - 60, month));
        assert!(lives(false, 0, 599) && !lives(false, 0, 600));
    }

    #[test]
    fn l25_an_owner_is_more_than_a_manager_and_a_manager_more_than_a_member() {
        assert!(Role::Owner > Role::Manager && Role::Manager > Role::Member);
    }
}
