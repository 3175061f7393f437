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
    /// The staff member who looks at this portal as the contact sees it: nothing can be changed, and the
    /// screen says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub viewed_by: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct HomeClient {
    pub name: String,
    pub kind: ClientKind,
}
