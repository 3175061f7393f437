//! The first screen after sign-in.

use serde::{Deserialize, Serialize};

use crate::{Rights, access::Me, clients::ClientKind, studios::StudioSettings};

/// `GET home`, and inside every [`crate::access::SignIn::In`]: all the first screen shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Home {
    pub studio: StudioSettings,
    pub me: Me,
    pub client: HomeClient,
    /// Sections and acts this contact has; a section not in the list is not there.
    pub rights: Rights,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct HomeClient {
    pub name: String,
    pub kind: ClientKind,
}
