//! What a contact may see and do. One rule for all: a section off for the studio is off; else
//! the contact's setting, else the client's, else the studio's default.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

macro_rules! rights {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $by_default:literal;)*) => {
        /// A section of the portal, or something a contact may do in one.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum Right { $($(#[$doc])* $name,)* }

        impl Right {
            pub const ALL: &[Right] = &[$(Right::$name,)*];

            pub const fn name(self) -> &'static str {
                match self { $(Right::$name => $text,)* }
            }
            /// What a new studio starts with.
            pub const fn by_default(self) -> bool {
                match self { $(Right::$name => $by_default,)* }
            }
        }
    };
}

rights! {
    Home = "home", true;
    PersonalInfo = "personal_info", true;
    FormsAndContracts = "forms_and_contracts", true;
    QuotesAndOrders = "quotes_and_orders", true;
    Events = "events", true;
    Invoices = "invoices", true;
    PaymentsDue = "payments_due", true;
    Payments = "payments", true;
    Documents = "documents", true;
    Messages = "messages", true;
    Notifications = "notifications", true;
    /// Pay what the contact may see.
    Pay = "pay", true;
    EditProfile = "edit_profile", true;
    Upload = "upload", true;
    /// Sees all items of the client, not only those that name the contact.
    SeeEverything = "see_everything", false;
    /// Completed contracts and questionnaires stay visible.
    ShowHistory = "show_history", true;
    /// Books events, and asks to move or cancel one.
    Book = "book", true;
    /// Says how many staff a booking needs.
    StaffNumbers = "staff_numbers", true;
    /// Who works at an event, and when.
    Roster = "roster", true;
    /// The photos of the crew.
    RosterPhotos = "roster_photos", true;
    /// What the crew is qualified for.
    Qualifications = "qualifications", true;
    /// The certificates of the crew's qualifications, to download.
    Certificates = "certificates", true;
    /// The crew's vehicles, for permits.
    Vehicles = "vehicles", true;
    /// What the people rostered must be qualified for.
    RequiredQualifications = "required_qualifications", true;
    /// Downloads what the studio shared.
    Download = "download", true;
}

impl Right {
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|right| right.name() == name)
    }

    /// The sections in the order of the navigation.
    pub const SECTIONS: &[Right] = &[
        Right::Home,
        Right::PersonalInfo,
        Right::FormsAndContracts,
        Right::QuotesAndOrders,
        Right::Events,
        Right::Invoices,
        Right::PaymentsDue,
        Right::Payments,
        Right::Documents,
        Right::Messages,
        Right::Notifications,
    ];

    /// What a studio allows for everybody or nobody, beside its sections.
    pub const CHOICES: &[Right] = &[
        Right::Pay,
        Right::EditProfile,
        Right::ShowHistory,
        Right::Upload,
        Right::Download,
        Right::Book,
        Right::StaffNumbers,
        Right::Roster,
        Right::RosterPhotos,
        Right::Qualifications,
        Right::Certificates,
        Right::Vehicles,
        Right::RequiredQualifications,
    ];

    /// The section of this name.
    pub fn section(name: &str) -> Option<Self> {
        Self::SECTIONS.iter().copied().find(|it| it.name() == name)
    }

    pub fn is_section(self) -> bool {
        Self::SECTIONS.contains(&self)
    }

    const fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// Settings of a studio, a client or a contact; a right that is not named is inherited.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Settings(pub BTreeMap<Right, bool>);

impl Settings {
    pub fn get(&self, right: Right) -> Option<bool> {
        self.0.get(&right).copied()
    }
}

/// The rights somebody has, decided. In JSON: the list of those granted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rights(u32);

impl Rights {
    pub const NONE: Rights = Rights(0);

    pub fn resolve(studio: &Settings, client: &Settings, contact: &Settings) -> Self {
        let mut granted = Self::NONE;
        for &right in Right::ALL {
            let studio_says = studio.get(right).unwrap_or(right.by_default());
            let allowed = if right.is_section() && !studio_says {
                false
            } else {
                contact
                    .get(right)
                    .or(client.get(right))
                    .unwrap_or(studio_says)
            };
            if allowed {
                granted.0 |= right.bit();
            }
        }
        granted
    }

    pub const fn has(self, right: Right) -> bool {
        self.0 & right.bit() != 0
    }

    pub fn iter(self) -> impl Iterator<Item = Right> {
        Right::ALL
            .iter()
            .copied()
            .filter(move |&right| self.has(right))
    }

    pub fn sections(self) -> impl Iterator<Item = Right> {
        Right::SECTIONS
            .iter()
            .copied()
            .filter(move |&right| self.has(right))
    }
}

impl FromIterator<Right> for Rights {
    fn from_iter<I: IntoIterator<Item = Right>>(rights: I) -> Self {
        Self(rights.into_iter().fold(0, |bits, right| bits | right.bit()))
    }
}

impl Serialize for Rights {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Rights {
    /// A right that is not known here, as of a newer server, is passed over: whoever reads this
    /// could do nothing with it, and the others still hold.
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let names = Vec::<String>::deserialize(d)?;
        Ok(names.iter().filter_map(|name| Right::named(name)).collect())
    }
}

#[cfg(feature = "server")]
impl utoipa::PartialSchema for Rights {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        <Vec<Right> as utoipa::PartialSchema>::schema()
    }
}
#[cfg(feature = "server")]
impl utoipa::ToSchema for Rights {
    fn schemas(
        schemas: &mut Vec<(
            String,
            utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>,
        )>,
    ) {
        schemas.push(("Right".into(), <Right as utoipa::PartialSchema>::schema()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(right: Right, yes: bool) -> Settings {
        Settings([(right, yes)].into())
    }
    fn nothing() -> Settings {
        Settings::default()
    }

    #[test]
    fn a_section_off_for_the_studio_is_off_whatever_client_and_contact_say() {
        let off = says(Right::Invoices, false);
        let on = says(Right::Invoices, true);
        assert!(!Rights::resolve(&off, &on, &on).has(Right::Invoices));
    }

    #[test]
    fn the_contact_wins_over_the_client_and_the_client_over_the_studio() {
        let on = says(Right::Pay, true);
        let off = says(Right::Pay, false);
        assert!(Rights::resolve(&off, &off, &on).has(Right::Pay));
        assert!(!Rights::resolve(&on, &on, &off).has(Right::Pay));
        assert!(Rights::resolve(&off, &on, &nothing()).has(Right::Pay));
        assert!(!Rights::resolve(&off, &nothing(), &nothing()).has(Right::Pay));
    }

    #[test]
    fn rights_of_a_newer_server_are_passed_over() {
        use serde::de::value::{Error, SeqDeserializer};
        let names = ["home", "teleport", "see_everything"];
        let read = Rights::deserialize(SeqDeserializer::<_, Error>::new(names.into_iter()));
        let known: Rights = [Right::Home, Right::SeeEverything].into_iter().collect();
        assert_eq!(read, Ok(known));
    }

    #[test]
    fn by_default_everything_is_on_but_seeing_what_belongs_to_others() {
        let rights = Rights::resolve(&nothing(), &nothing(), &nothing());
        let missing: Vec<_> = Right::ALL
            .iter()
            .filter(|&&right| !rights.has(right))
            .collect();
        assert_eq!(missing, [&Right::SeeEverything]);
    }

    #[test]
    fn b7_l14_every_right_is_a_section_or_a_choice() {
        let both = Right::SECTIONS.iter().chain(Right::CHOICES);
        let mut known: Vec<_> = both.chain(&[Right::SeeEverything]).copied().collect();
        known.sort();
        assert_eq!(known, Right::ALL);
    }
}
