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
    dates::{self, money},
    dialog::{Question, dialog},
    el::{El, el},
    forms::{fill::new_key, place},
    json::Json,
    loaded::Loading,
    papers,
    part::{Hooks, Value, part},
    portal::parts::{act, back, panel, quiet, tag},
    replies::Home,
    requests,
    texts::joined,
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
            quote: Loading::new(hooks, shared, path, |json| Rc::new(json.clone())),
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
        self.shared.api.price(&self.path, body, then);
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
        self.shared.api.accept(&self.path, body, &self.key, then);
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
        self.shared.api.decline(&self.path, body, then);
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
        let texts = &self.shared.texts;
        let open = is_open(quote);
        let acts = open && self.home.viewed_by.is_none();
        let state = quote.text("state");
        let until = quote.opt("valid_until").filter(|_| open).map(|day| {
            let day = dates::day(&day, true, &self.shared.language());
            el("p").text(&texts.fill(t!("quotes.until"), &[("day", &day)]))
        });
        let head = el("div.head")
            .add(
                el("h3#page.title tabindex=-1")
                    .text(&quote.text("title"))
                    .text(" ")
                    .add(tag(texts, "state", &state)),
            )
            .add(el("p.muted").put("bdi", &quote.text("number")))
            .maybe(until)
            .maybe(self.stands(quote))
            .add(papers::ways(&self.shared, &self.path));
        let asks = self.asks.get();
        let trouble = self.trouble.get().filter(|_| asks == Asks::Nothing);
        let lines = quote.objects("lines");
        let chosen = self.ticked(quote);
        let rows = lines
            .iter()
            .map(|line| self.line(quote, line, acts, &chosen));
        let terms = quote.items("terms");
        el("div.paper.quote")
            .add(head)
            .add(papers::draw(&quote.items("intro"), texts))
            .add(
                panel(texts, "lines", t!("quote.lines"))
                    .add(el("ul.lines").each(rows))
                    .add(self.totals(quote)),
            )
            .maybe(self.plan(quote))
            .maybe(
                (!terms.is_empty()).then(|| {
                    panel(texts, "terms", t!("quote.terms")).add(papers::draw(&terms, texts))
                }),
            )
            .maybe(trouble.map(|trouble| trouble.failed().add(trouble.contact(texts))))
            .maybe(acts.then(|| self.acts()))
            .add(papers::log(quote, &self.shared))
            .maybe((asks != Asks::Nothing).then(|| self.question(quote, asks)))
            .into()
    }

    /// What its state means.
    fn stands(self: &Rc<Self>, quote: &Json) -> Option<El> {
        let texts = &self.shared.texts;
        let key = match &*quote.text("state") {
            "accepted" => t!("quote.is_accepted"),
            "declined" => t!("quote.is_declined"),
            "expired" => t!("quote.is_expired"),
            "voided" => t!("quote.is_voided"),
            _ => return None,
        };
        let mut told = el("div.note").tell("p", texts, key);
        if let Some(reason) = quote.opt("reason") {
            told = told.put("p.muted", &reason);
        }
        if let Some(order) = quote.opt("order") {
            let (to, path) = (self.to.clone(), joined(&["orders/", &order]));
            let link = el("button.link type=button").say(texts, t!("quote.order"));
            told = told.add(link.on_click(move || to(Some(path.clone()))));
        }
        Some(told)
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

    fn totals(&self, quote: &Json) -> El {
        let busy = self.pricing.get().then_some("true");
        let mut all = el("dl.totals").set_some("aria-busy", busy);
        for line in quote.objects("totals") {
            let row = el("div").set_some("class", line.flag("total").then_some("total"));
            all = all.add(
                row.put("dt", &line.text("label"))
                    .put("dd", &self.say(&line.object("amount"))),
            );
        }
        all
    }

    /// What is due when.
    fn plan(&self, quote: &Json) -> Option<El> {
        let plan = quote.objects("plan");
        if plan.is_empty() {
            return None;
        }
        let mut all = el("dl.totals");
        for part in plan {
            let due = dates::day(&part.text("due"), false, &self.shared.language());
            let name = el("dt")
                .text(&part.text("label"))
                .put("span.small.muted", &due);
            let amount = el("dd").text(&self.say(&part.object("amount")));
            all = all.add(el("div").add(name).add(amount));
        }
        Some(panel(&self.shared.texts, "plan", t!("quote.plan")).add(all))
    }

    fn acts(self: &Rc<Self>) -> El {
        let texts = &self.shared.texts;
        let (accepting, declining) = (self.clone(), self.clone());
        let accept = act(texts, t!("quote.accept"), self.pricing.get());
        let accept = accept.on_click(move || {
            if !accepting.pricing.get() {
                accepting.trouble.set(None);
                accepting.asks.set(Asks::Accept);
            }
        });
        let decline = quiet(texts, t!("decline.open"), false).on_click(move || {
            declining.trouble.set(None);
            declining.asks.set(Asks::Decline);
        });
        el("div.foot").add(el("div.acts").add(accept).add(decline))
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
