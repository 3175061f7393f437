//! What the rights are called on staff's pages.

use portico_wire::{Right, Settings};

pub const fn label(right: Right) -> &'static str {
    match right {
        Right::Home => "Home",
        Right::PersonalInfo => "Personal Info",
        Right::FormsAndContracts => "Forms and Contracts",
        Right::QuotesAndOrders => "Quotes and Orders",
        Right::Events => "Events",
        Right::Invoices => "Invoices",
        Right::PaymentsDue => "Payments Due",
        Right::Payments => "Payments (transactions)",
        Right::Documents => "Documents",
        Right::Messages => "Messages",
        Right::Notifications => "Notifications",
        Right::Pay => "Pay",
        Right::EditProfile => "Edit their profile",
        Right::Upload => "Upload files",
        Right::SeeEverything => "See everything of the client",
        Right::ShowHistory => "Show history",
        Right::Book => "Book events",
        Right::StaffNumbers => "Say how many staff they need",
        Right::Roster => "See the roster",
        Right::RosterPhotos => "See photos of the crew",
        Right::Qualifications => "See qualifications",
        Right::Certificates => "Download certificates",
        Right::Vehicles => "See vehicles",
        Right::RequiredQualifications => "See required qualifications",
        Right::Download => "Download documents",
    }
}

/// What a label leaves open.
pub const fn hint(right: Right) -> &'static str {
    match right {
        Right::ShowHistory => {
            "Completed contracts and questionnaires stay visible. Switched off, only what is outstanding is."
        }
        Right::Upload => "To an event or their account.",
        Right::Download => "What you shared with them.",
        Right::Book => "From the event types you allow them, and ask to move or cancel one.",
        Right::Roster => "Who works at their event, and when.",
        Right::Vehicles => "For permits at the gate.",
        Right::RequiredQualifications => "What everybody at their event must have.",
        _ => "",
    }
}

/// What is set for this client or contact itself: "Pay: no".
pub fn said(rights: &Settings) -> Vec<String> {
    let word = |yes: bool| if yes { "yes" } else { "no" };
    rights
        .0
        .iter()
        .map(|(&right, &yes)| format!("{}: {}", label(right), word(yes)))
        .collect()
}
