//! Sending: files chosen or dropped, in parts that survive a lost connection.

use std::{cell::RefCell, rc::Rc};

use yew::{Callback, Html};

use crate::{
    app::Shared,
    el::el,
    forms::show::size,
    json::{Body, Json},
    part::part,
    sending::{Queue, Way, Ways},
    texts::joined,
};

/// `again`: what is shown has to be asked for again, now that this is there.
pub fn send(
    shared: &Shared,
    rules: &Json,
    event: Option<&str>,
    request: Option<&str>,
    again: &Rc<dyn Fn(&Json)>,
) -> Html {
    let (shared, rules, again) = (shared.clone(), rules.clone(), again.clone());
    let (event, request) = (event.map(ToOwned::to_owned), request.map(ToOwned::to_owned));
    part("send", move |hooks| {
        let texts = &shared.texts;
        let most = rules.whole("most_bytes");
        let queue = hooks.state(|| {
            let redraw: RefCell<Callback<()>> = RefCell::new(hooks.redrawer());
            let (portal, again) = (shared.clone(), again.clone());
            let (event, request) = (event.clone(), request.clone());
            let fits = shared.clone();
            Queue::new(
                &shared,
                Ways {
                    unfit: Box::new(move |file, _| {
                        (file.size() > most as f64).then(|| {
                            let text = fits.texts.of("wrong", "file_too_large");
                            crate::texts::filled(&text, &[("limit", &size(most))])
                        })
                    }),
                    way: Box::new(move |_| {
                        let about = Body::new()
                            .opt("event", event.as_deref())
                            .opt("request", request.as_deref());
                        Way::Parts("documents/uploads", about)
                    }),
                    arrived: Box::new(move |there| {
                        let key = if there.flag("already") {
                            t!("documents.already")
                        } else {
                            t!("documents.arrived")
                        };
                        let name = there.text("name");
                        portal.announce(joined(&[&name, ": ", &portal.texts.get(key)]));
                        again(&there);
                    }),
                    redraw: Box::new(move |_| redraw.borrow().emit(())),
                },
            )
        });
        let accept: Vec<String> = rules.texts("accept");
        let input = queue.input(&accept.join(","), request.is_none());
        let limit = texts.fill(t!("documents.limit"), &[("size", &size(most))]);
        let rows = queue.rows();
        let list = (!rows.is_empty()).then(|| el("ul.sending").each(rows.into_iter()));
        let name = if request.is_some() {
            t!("form.choose_file")
        } else {
            t!("form.choose_files")
        };
        let drop = el("label.lay")
            .add(input)
            .tell("span.strong", texts, name)
            .put("span.small.muted", &limit);
        el("div.files").add(drop).maybe(list).into()
    })
}
