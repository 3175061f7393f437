//! A contract as a paper: what its PDF says, and where it is.

use super::Contract;
use crate::{App, Result, db::StudioTx, scope::PortalSession};

/// A PDF that was made.
pub struct Made;

/// Asks for the PDF of the state a contract is in.
#[expect(clippy::unused_async, reason = "made once there are papers")]
pub async fn ask(_tx: &mut StudioTx, _contract: &Contract) -> Result<()> {
    Ok(())
}

/// Where this contact saves the newest PDF from.
#[expect(clippy::unused_async, reason = "made once there are papers")]
pub async fn address(
    _app: &App,
    _tx: &mut StudioTx,
    _session: &PortalSession,
    _contract: &Contract,
) -> Result<Option<String>> {
    Ok(None)
}

/// The newest PDF, and its SHA-256.
#[expect(clippy::unused_async, reason = "made once there are papers")]
pub async fn newest(_tx: &mut StudioTx, _contract: &Contract) -> Result<Option<(String, Made)>> {
    Ok(None)
}
