//! Staff: one account by email for the host, a role per studio.

pub mod store;

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

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.name() == text)
    }
}

portico_wire::text_column!(Role);
