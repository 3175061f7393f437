//! Icons as elements: `data:` images would fall to a page's img-src.

use crate::el::{El, el};
use portico_wire::Right;

fn icon(path: &str) -> El {
    let line = el(
        "path fill=none stroke=currentColor stroke-width=1.6 stroke-linecap=round stroke-linejoin=round",
    );
    el("svg.icon width=20 height=20 aria-hidden=true focusable=false")
        .set("viewBox", "0 0 24 24")
        .add(line.set("d", path))
}

pub fn section(section: Right) -> El {
    icon(match section {
        Right::Home => "M4 11 12 4l8 7v8a1 1 0 0 1-1 1h-4v-6H9v6H5a1 1 0 0 1-1-1z",
        Right::PersonalInfo => "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 20c1-4 4.5-5 8-5s7 1 8 5",
        Right::FormsAndContracts => "M7 3h7l4 4v14H7zM14 3v4h4M10 12h5M10 16h5",
        Right::QuotesAndOrders => "M6 8h12l1 12H5zM9 8a3 3 0 0 1 6 0",
        Right::Events => "M5 6h14v14H5zM5 10h14M9 3v4M15 3v4",
        Right::Invoices => "M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6",
        Right::PaymentsDue => "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3 2",
        Right::Payments => "M3 6h18v12H3zM3 10h18M7 15h3",
        Right::Documents => "M3 6h6l2 2h10v11H3z",
        Right::Messages => "M3 6h18v12H3zM3 7l9 7 9-7",
        Right::Notifications => "M6 17V11a6 6 0 0 1 12 0v6l1 1H5zM10 21h4",
        _ => "M5 12h14",
    })
}

/// Of a section, or of a button the studio offers.
pub fn named(name: &str) -> El {
    section(match (Right::section(name), name) {
        (Some(known), _) => known,
        (_, "calendar") => Right::Events,
        (_, "card") => Right::Payments,
        (_, "message" | "mail") => Right::Messages,
        (_, "form") => Right::FormsAndContracts,
        (_, "document") => Right::Documents,
        (_, "star") => return star(),
        _ => {
            return icon(match name {
                "upload" => "M12 16V4M7 9l5-5 5 5M4 20h16",
                "phone" => {
                    "M6 3h4l2 5-3 2a12 12 0 0 0 5 5l2-3 5 2v4c0 2-2 3-4 2A20 20 0 0 1 4 7c-1-2 0-4 2-4z"
                }
                "heart" => "M12 20C3 13 3 6 8 5c2 0 3 1 4 3 1-2 2-3 4-3 5 1 5 8-4 15z",
                "camera" => "M3 8h4l2-3h6l2 3h4v11H3zM12 17a4 4 0 1 0 0-8 4 4 0 0 0 0 8z",
                "gift" => {
                    "M4 9h16v4H4zM5 13v8h14v-8M12 9v12M12 9C8 9 7 4 9 4s3 5 3 5 1-5 3-5 1 5-3 5"
                }
                _ => "M10 14l9-9M13 5h6v6M18 14v5H5V6h5",
            });
        }
    })
}

pub fn menu() -> El {
    icon("M4 7h16M4 12h16M4 17h16")
}
pub fn down() -> El {
    icon("M7 10l5 5 5-5")
}
pub fn device() -> El {
    icon("M4 5h16v11H4zM2 20h20")
}
pub fn lock() -> El {
    icon("M6 11h12v9H6zM8 11V8a4 4 0 0 1 8 0v3")
}
pub fn back() -> El {
    icon("M14 6l-6 6 6 6").set("class", "icon turns")
}
pub fn file() -> El {
    icon("M6 3h8l4 4v14H6zM13 3v5h5")
}
pub fn pen() -> El {
    icon("M4 20l1-4L16 5l3 3L8 19zM14 7l3 3")
}
pub fn star() -> El {
    icon("M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9-4.3-4.1 5.9-.8z")
}
pub fn tick() -> El {
    icon("M5 13l4 4L19 7")
}
