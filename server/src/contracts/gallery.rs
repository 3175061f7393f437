//! Ready contracts, to begin with. They are examples and no advice: a studio has its own looked at.

/// A ready text: its word in addresses, and what it is for.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Ready {
    pub name: &'static str,
    pub label: &'static str,
    pub about: &'static str,
    pub title: &'static str,
    #[serde(skip)]
    pub source: &'static str,
}

pub const READY: &[Ready] = &[
    Ready {
        name: "photography",
        label: "Photography agreement",
        about: "Date, place, price and deposit, delivery, rights of use, and what happens when plans change.",
        title: "Photography agreement",
        source: include_str!("gallery/photography.md"),
    },
    Ready {
        name: "enrolment",
        label: "Dance school enrolment",
        about: "Classes, fees and notice, health and safety, pictures, and the care of children.",
        title: "Enrolment terms",
        source: include_str!("gallery/enrolment.md"),
    },
    Ready {
        name: "staffing",
        label: "Event staffing terms",
        about: "Roles and hours, rates and overtime, breaks, cancellation, insurance.",
        title: "Event staffing terms",
        source: include_str!("gallery/staffing.md"),
    },
];

pub fn find(name: &str) -> Option<&'static Ready> {
    READY.iter().find(|ready| ready.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e4_ready_contracts_can_be_sent_as_they_are() {
        for ready in READY {
            let values = crate::mail::letters::tokens::Values::examples();
            assert_eq!(
                super::super::text::check(ready.source),
                [],
                "{}",
                ready.name
            );
            let filled = super::super::text::fill(ready.source, &values).unwrap();
            assert!(filled.missing.is_empty() && !filled.text.contains("{{"));
            assert!(super::super::text::paper(&filled.text).is_ok());
            assert!(find(ready.name).is_some());
        }
    }
}
