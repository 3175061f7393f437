//! Mail templates and single mails, for staff. Managers word templates; members use them.

pub mod edit;
pub mod list;
pub mod preview;
pub mod write;

use serde::Serialize;

use super::{
    Purpose,
    store::Person,
    tokens::{Kind, TOKENS},
};
use crate::{
    Result,
    access::{
        self,
        reach::Filter,
        store::{Place, PortalUser},
    },
    db::StudioTx,
    web::form::Sent,
};

pub const LIST: &str = "/admin/mail";

/// A token as pages offer it.
#[derive(Serialize)]
struct Offered {
    name: &'static str,
    meaning: &'static str,
    example: &'static str,
    /// Links stand in the text alone.
    body_only: bool,
}

fn offered(purpose: Purpose) -> Vec<Offered> {
    TOKENS
        .iter()
        .filter(|token| token.is_for(purpose))
        .map(|token| Offered {
            name: token.name,
            meaning: token.meaning,
            example: token.example,
            body_only: matches!(token.kind, Kind::Address | Kind::Button),
        })
        .collect()
}

/// The token the page's one big button inserts.
fn main_token(purpose: Purpose) -> Option<(&'static str, &'static str)> {
    match purpose {
        Purpose::Letter | Purpose::Invitation => {
            Some(("Insert Client Portal", super::tokens::PORTAL_LINKED))
        }
        Purpose::GeneratedPassword => Some(("Insert the password", "access.password")),
        Purpose::Reset => Some(("Insert the reset link", "access.reset_linked")),
        Purpose::Code => Some(("Insert the code", "access.code")),
        Purpose::Contract => None,
    }
}

fn words(sent: &Sent) -> super::Words {
    super::Words {
        name: sent.text("name"),
        subject: sent.text("subject"),
        body: sent.text("body"),
    }
}

/// People to preview a template as: those whose name or email begins so.
async fn people(tx: &mut StudioTx, search: &str, most: i64) -> Result<Vec<PortalUser>> {
    let filter = Filter {
        state: None,
        search: search.chars().take(100).collect(),
    };
    access::store::portal_users(tx, &filter, &Place::start(), most).await
}

fn person(user: &PortalUser) -> Person {
    Person {
        first_name: user.first_name.clone(),
        last_name: user.last_name.clone(),
        email: user.email.clone(),
        client_name: user.client_name.clone(),
    }
}
