//! A quote: choosing among its lines, accepting and declining it.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use portico_wire::Code;
use yew::Html;

use super::{BACK, is_open};
use crate::{
    access::Trouble,
    api::Failure,
    app::Shared,
    dates::money,
    dialog::{Question, dialog},
    el::{El, el, nothing},
    forms::{fill::new_key, place},
    json::Json,
    loaded::Loading,
    papers,
    part::{Hooks, Value, part},
    portal::parts::{back, told},
    replies::Home,
    requests,
    texts::joined,
    view::{self, View},
};

#[derive(Clone, Copy, PartialEq)]
enum Asks {
    Nothing,
    Accept,
    Decline,
}

struct Screen {
    shared: Shared,
    home: Rc<Home>,
    path: String,
    quote: Rc<Loading<Json>>,
    /// The optional lines that are chosen, once somebody chose.
    chosen: RefCell<Option<Vec<String>>>,
    /// Of the prices that are asked for; a reply to an older choice is passed over.
    turn: Cell<u32>,
    pricing: Value<bool>,
    asks: Value<Asks>,
    busy: Value<bool>,
    trouble: Value<Option<Rc<Trouble>>>,
    key: String,
    to: Rc<dyn Fn(Option<String>)>,
}

pub fn quote(
    shared: &Shared,
    home: &Rc<Home>,
    path: &str,
    to: &Rc<dyn Fn(Option<String>)>,
) -> Html {
    let (shared, home, to) = (shared.clone(), home.clone(), to.clone());
    let path = path.to_owned();
    part(&path.clone(), move |hooks| {
        let screen = hooks.state(|| Screen::new(hooks, &shared, &home, &path, &to));
        place::hold(hooks, &shared, BACK, &path);
        let lost = screen.trouble.get().is_some_and(|it| it.lost) && !screen.busy.get();
        let again = screen.clone();
        hooks.online(lost, move || again.go_on());
        let shown = screen.quote.show(hooks, |quote| {
            let (screen, quote) = (screen.clone(), quote.clone());
            part("quote", move |hooks| {
                papers::printable(hooks, &screen.shared);
                screen.show(&quote)
            })
        });
        let leave = screen.clone();
        el("div.stack")
            .add(back(&shared.texts, BACK, move || (leave.to)(None)))
            .add(shown)
            .into()
    })
}

impl Screen {
    fn new(
        hooks: &Hooks,
        shared: &Shared,
        home: &Rc<Home>,
        path: &str,
        to: &Rc<dyn Fn(Option<String>)>,
    ) -> Rc<Self> {
        Rc::new(Self {
            shared: shared.clone(),
            home: home.clone(),
            path: path.to_owned(),
            quote: Loading::whole(hooks, shared, path),
            chosen: RefCell::default(),
            turn: Cell::default(),
            pricing: hooks.value(false),
            asks: hooks.value(Asks::Nothing),
            busy: hooks.value(false),
            trouble: hooks.value(None),
            key: new_key(),
            to: to.clone(),
        })
    }

    /// The optional lines, as they are ticked now.
    fn ticked(&self, quote: &Json) -> Vec<String> {
        let chosen = self.chosen.borrow().clone();
        chosen.unwrap_or_else(|| {
            let mut all = Vec::new();
            for line in quote.objects("lines") {
                if line.flag("optional") && line.flag("chosen") {
                    all.push(line.text("id"));
                }
            }
            all
        })
    }

    fn tick(self: &Rc<Self>, quote: &Json, id: &str, on: bool) {
        let mut chosen = self.ticked(quote);
        chosen.retain(|it| it != id);
        if on {
            chosen.push(id.to_owned());
        }
        self.chosen.replace(Some(chosen));
        self.price();
    }

    /// Asks what the choice comes to.
    fn price(self: &Rc<Self>) {
        let chosen = self.chosen.borrow().clone().unwrap_or_default();
        let turn = self.turn.get() + 1;
        self.turn.set(turn);
        self.trouble.set(None);
        self.pricing.set(true);
        let screen = self.clone();
        let then = move |reply: Result<Json, _>| {
            if screen.turn.get() != turn {
                return;
            }
            match reply {
                Ok(quote) => {
                    screen.pricing.set(false);
                    let total = money(&quote.object("total"), &screen.shared.language());
                    let said = screen
                        .shared
                        .texts
                        .fill(t!("quote.now"), &[("total", &total)]);
                    screen.shared.announce(said);
                    screen.quote.put(Rc::new(quote));
                }
                Err(failure) => screen.refused(&failure),
            }
        };
        let body = requests::choose(&chosen);
        let path = joined(&[&self.path, "/price"]);
        self.shared.api.post(&path, body, Box::new(then));
    }

    /// The network is back.
    fn go_on(self: &Rc<Self>) {
        self.trouble.set(None);
        match self.asks.get() {
            Asks::Nothing => self.price(),
            Asks::Accept => self.accept(),
            // The reason stands in the dialog, for another press.
            Asks::Decline => {}
        }
    }

    fn accept(self: &Rc<Self>) {
        let Some(quote) = self.quote.known() else {
            return;
        };
        let total = quote.object("total").whole("minor");
        let body = requests::accept(&self.ticked(&quote), quote.whole("version"), total);
        self.trouble.set(None);
        self.busy.set(true);
        let screen = self.clone();
        let then = move |reply: Result<Json, _>| match reply {
            Ok(order) => {
                let said = screen.shared.texts.get(t!("quote.accepted"));
                screen.shared.announce(said);
                screen.shared.renew_home();
                (screen.to)(Some(joined(&["orders/", &order.text("id")])));
            }
            Err(failure) => screen.refused(&failure),
        };
        let path = joined(&[&self.path, "/accept"]);
        self.shared.api.once(&path, body, &self.key, Box::new(then));
    }

    fn decline(self: &Rc<Self>, reason: &str) {
        self.trouble.set(None);
        self.busy.set(true);
        let screen = self.clone();
        let then = move |reply: Result<Json, _>| match reply {
            Ok(quote) => {
                screen.busy.set(false);
                screen.asks.set(Asks::Nothing);
                screen.quote.put(Rc::new(quote));
                screen.shared.renew_home();
            }
            Err(failure) => screen.refused(&failure),
        };
        let body = requests::decline(reason);
        let path = joined(&[&self.path, "/decline"]);
        self.shared.api.post(&path, body, Box::new(then));
    }

    fn refused(&self, failure: &Failure) {
        self.busy.set(false);
        self.pricing.set(false);
        if let Failure::Problem(problem) = failure
            && (problem.is(Code::Conflict) || problem.is(Code::NotFound))
        {
            // Another quote than the one that was shown: it is looked at again first.
            self.asks.set(Asks::Nothing);
            self.chosen.replace(None);
            self.quote.ask();
        }
        let trouble = Trouble::of(failure, &self.shared);
        self.shared.announce(trouble.spoken());
        self.trouble.set(Some(Rc::new(trouble)));
    }

    fn say(&self, amount: &Json) -> String {
        money(amount, &self.shared.language())
    }

    fn show(self: &Rc<Self>, quote: &Rc<Json>) -> Html {
        let (asking, showing, whole) = (self.clone(), self.clone(), quote.clone());
        let view = View {
            shared: self.shared.clone(),
            to: self.to.clone(),
            acts: self.home.viewed_by.is_none(),
            act: Box::new(move |name, _| {
                if !asking.pricing.get() {
                    asking.trouble.set(None);
                    asking.asks.set(if name == "accept" {
                        Asks::Accept
                    } else {
                        Asks::Decline
                    });
                }
            }),
            part: Box::new(move |name, _| showing.own(name, &whole)),
        };
        view::draw(&Rc::new(view), view::QUOTE, quote).into()
    }

    /// What of it is code: the lines, and what is asked and told.
    fn own(self: &Rc<Self>, name: &str, quote: &Rc<Json>) -> Html {
        let asks = self.asks.get();
        match name {
            "lines" => {
                let acts = is_open(quote) && self.home.viewed_by.is_none();
                let (lines, chosen) = (quote.objects("lines"), self.ticked(quote));
                let rows = lines
                    .iter()
                    .map(|line| self.line(quote, line, acts, &chosen));
                el("ul.lines").each(rows).into()
            }
            "question" if asks != Asks::Nothing => self.question(quote, asks),
            "trouble" if asks == Asks::Nothing => told(self.trouble.get(), &self.shared),
            _ => nothing(),
        }
    }

    fn line(self: &Rc<Self>, quote: &Rc<Json>, line: &Json, acts: bool, chosen: &[String]) -> El {
        let texts = &self.shared.texts;
        let id = line.text("id");
        let optional = line.flag("optional");
        let on = !optional || chosen.contains(&id);
        let name = line.text("name");
        let mut title = el("span.strong").text(&name);
        if optional {
            title = title
                .text(" ")
                .tell("span.tag.choice", texts, t!("quote.optional"));
        }
        let mut about = el("span.about").add(title);
        if let Some(more) = line.opt("description") {
            about = about.put("span.small.muted", &more);
        }
        let price = self.say(&line.object("unit_price"));
        about = about.add(
            el("span.small.muted").put("bdi", &joined(&[&line.text("quantity"), " × ", &price])),
        );
        let amount = el("span.sum").text(&self.say(&line.object("amount")));
        let around = if optional && acts {
            let (screen, quote) = (self.clone(), quote.clone());
            let (name, ticked) = (joined(&["line-", &id]), id.clone());
            let input = el("input type=checkbox")
                .set("id", &name)
                .checked(on)
                .on_change(move |input| screen.tick(&quote, &ticked, input.checked()));
            el("label.line").set("for", &name).add(input)
        } else {
            el("div.line")
        };
        let row = el("li").key(&id).set_some("class", (!on).then_some("off"));
        row.add(around.add(about).add(amount))
    }

    fn question(self: &Rc<Self>, quote: &Json, asks: Asks) -> Html {
        let accepts = asks == Asks::Accept;
        let (yes, no) = (self.clone(), self.clone());
        let total = self.say(&quote.object("total"));
        let lead = if accepts {
            t!("accept.lead")
        } else {
            t!("decline.lead")
        };
        let lead = self.shared.texts.fill(lead, &[("total", &total)]);
        dialog(Question {
            shared: self.shared.clone(),
            heading: if accepts {
                t!("accept.heading")
            } else {
                t!("decline.heading")
            },
            lead,
            reason: (!accepts).then_some(t!("decline.reason")),
            act: if accepts {
                t!("accept.yes")
            } else {
                t!("decline.yes")
            },
            busy: self.busy.get(),
            trouble: self.trouble.get(),
            yes: Rc::new(move |reason| {
                if accepts {
                    yes.accept();
                } else {
                    yes.decline(&reason);
                }
            }),
            no: Rc::new(move || {
                no.trouble.set(None);
                no.asks.set(Asks::Nothing);
            }),
        })
    }
}
