//! Where somebody is, for a reload in the middle: this address belongs to the page.

use portico_wire::Right;

use crate::{
    app::{Common, Shared},
    part::Hooks,
    texts::{Key, joined, number},
};

const KEPT: &str = "place";

pub struct Place<'a> {
    /// What the way back is called: it tells Personal Info from Forms and Contracts.
    pub back: Key,
    pub path: &'a str,
    /// Where the page begins in the form's list.
    pub page: usize,
}

pub fn keep(shared: &Common, place: &Place<'_>) {
    let text = joined(&[
        of(place.back).name(),
        " ",
        place.path,
        " ",
        &place.page.to_string(),
    ]);
    shared.api.session().keep(KEPT, &text);
}

pub fn forget(shared: &Common) {
    shared.api.session().keep(KEPT, "");
}

fn kept(shared: &Common) -> Option<(String, String, usize)> {
    let text = shared.api.session().kept(KEPT)?;
    let mut words = text.split(' ');
    let (back, path, page) = (words.next()?, words.next()?, words.next()?);
    Some((back.to_owned(), path.to_owned(), number(page) as usize))
}

/// The path of the form that was open in this section.
pub fn path_of(shared: &Common, back: Key) -> Option<String> {
    let (kept, path, _) = kept(shared)?;
    (kept == of(back).name()).then_some(path)
}

/// The path of what is open, for a section that is made anew.
pub fn stay(shared: &Common) {
    let path = kept(shared).map(|(_, path, _)| path);
    shared.aim.replace(path.filter(|path| !path.is_empty()));
}

/// What a section begins with: what somebody was led to, or where they were.
pub fn begin(shared: &Common, back: Key) -> Option<String> {
    let kept = shared.aim.take().or_else(|| path_of(shared, back));
    kept.filter(|path| !path.is_empty())
}

/// The page that was open.
pub fn page_of(shared: &Common, path: &str) -> usize {
    let page = kept(shared).filter(|(_, kept, _)| kept == path);
    page.map_or(0, |(_, _, page)| page)
}

/// Keeps where a screen is while it is shown.
pub fn hold(hooks: &Hooks, shared: &Shared, back: Key, path: &str) {
    let (shared, path) = (shared.clone(), path.to_owned());
    hooks.after("", move || {
        let place = Place {
            back,
            path: &path,
            page: 0,
        };
        keep(&shared, &place);
        Some(Box::new(move || {
            // After the end of a session the place is where the contact comes back to.
            if shared.api.session().token().is_some() {
                forget(&shared);
            }
        }))
    });
}

/// The section that was open.
pub fn section(shared: &Common) -> Option<Right> {
    let (kept, ..) = kept(shared)?;
    Right::section(&kept)
}

/// The section a way back leads to.
fn of(back: Key) -> Right {
    let ways = [
        (super::BACK, Right::FormsAndContracts),
        (crate::quotes::BACK, Right::QuotesAndOrders),
        (crate::events::BACK, Right::Events),
        (crate::documents::BACK, Right::Documents),
        (crate::messages::BACK, Right::Messages),
        (crate::notifications::BACK, Right::Notifications),
    ];
    let mut ways = ways.iter().chain(&crate::payments::BACKS);
    let way = ways.find(|(known, _)| *known == back);
    way.map_or(Right::PersonalInfo, |(_, right)| *right)
}
