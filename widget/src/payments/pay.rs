//! "Pay Now": what of it, how much, and on to the provider's page.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gloo::timers::callback::Timeout;
use portico_wire::forms::{
    Answer, Answers, Chosen, Condition, Conditions, Field, Form, Join, Kind, ManyOf, MoneyLimits,
    OneOf, Operator,
};
use yew::Html;

use super::returned::follow;
use crate::{
    access::Trouble,
    api::Failure,
    app::Shared,
    dates::{Currency, money},
    el::{El, el},
    forms::{
        fill::{focus_page, new_key},
        place::{self, Place},
        sheet::{News, Sheet},
    },
    json::Json,
    loaded::Loading,
    part::{Hooks, Value, part},
    portal::{
        parts::{act, back},
        section::Section,
    },
    requests,
    texts::{Key, joined},
};

/// One of the invoices that can be paid together.
struct Item {
    id: String,
    name: String,
    payable: i64,
    due: i64,
}

/// What can be paid here, as the server offers it.
#[derive(Default)]
struct Offer {
    currency: String,
    items: Vec<Item>,
    /// The word that names it, and what it comes to; of several invoices it is the sum of those that are ticked.
    choices: Vec<(String, i64)>,
    other: Option<(i64, i64)>,
    tip: bool,
    instalment: Option<String>,
}

impl Offer {
    /// From the reply that `what` leads to.
    fn read(json: &Json, what: &str) -> Self {
        let mut offer = Self::default();
        if what == "ahead" {
            if let Some(range) = json.opt_object("prepay") {
                offer.range(&range);
            }
        } else if what.starts_with("inv_") {
            if let Some(pay) = json.opt_object("pay") {
                offer.item(json);
                offer.tip = pay.flag("tip");
                for choice in pay.objects("choices") {
                    let amount = choice.object("amount").whole("minor");
                    offer.choices.push((choice.text("choice"), amount));
                }
                if let Some(range) = pay.opt_object("other") {
                    offer.range(&range);
                }
            }
        } else if what.starts_with("ins_") {
            offer.tip = json.flag("tip");
            for one in json.objects("instalments") {
                if one.text("id") == what && can(&one) {
                    let payable = one.object("payable");
                    offer
                        .choices
                        .push(("instalment".to_owned(), payable.whole("minor")));
                    offer.instalment = Some(what.to_owned());
                    offer.currency = payable.text("currency");
                    offer.items.push(Item {
                        id: one.text("invoice"),
                        name: String::new(),
                        payable: 0,
                        due: 0,
                    });
                }
            }
        } else {
            for one in json.objects("invoices") {
                if can(&one) && one.object("total").text("currency") == what {
                    offer.item(&one);
                }
            }
            offer.together();
        }
        offer
    }

    fn item(&mut self, json: &Json) {
        let payable = json.object("payable");
        self.currency = payable.text("currency");
        self.items.push(Item {
            id: json.text("id"),
            name: joined(&[&json.text("title"), " · ", &json.text("number")]),
            payable: payable.whole("minor"),
            due: json.object("due_now").whole("minor"),
        });
    }

    fn range(&mut self, range: &Json) {
        let least = range.object("least");
        self.currency = least.text("currency");
        self.other = Some((least.whole("minor"), range.object("most").whole("minor")));
    }

    fn together(&mut self) {
        let (due, payable) = self.items.iter().fold((0, 0), |(due, payable), item| {
            (due + item.due, payable + item.payable)
        });
        if due != payable {
            self.choices.push(("due".to_owned(), due));
        }
        if payable > 0 {
            self.choices.push(("everything".to_owned(), payable));
        }
    }
}

fn can(item: &Json) -> bool {
    item.flag("can_pay") && item.opt_object("waits_for").is_none()
}

struct Screen {
    section: Rc<Section>,
    back: Key,
    reply: Rc<Loading<Json>>,
    what: String,
    offer: RefCell<Option<Rc<Offer>>>,
    sheet: RefCell<Option<Rc<Sheet>>>,
    busy: Value<bool>,
    trouble: Value<Option<Rc<Trouble>>>,
    /// The page to go on to, from inside a frame, and what is paid there.
    on: Value<Option<(String, String)>>,
    /// Changed by each answer.
    turn: Value<u32>,
    count: Cell<u32>,
    /// Names the act; another choice is another act.
    key: RefCell<String>,
}

pub fn pay(section: &Rc<Section>, what: &str, way_back: Key) -> Html {
    let (section, what) = (section.clone(), what.to_owned());
    part(&what.clone(), move |hooks| {
        let screen = hooks.state(|| Screen::new(hooks, &section, &what, way_back));
        let shared = section.shared.clone();
        place::hold(hooks, &shared, way_back, &joined(&["pay/", &what]));
        let shown = screen.reply.show(hooks, |reply| {
            let (screen, reply) = (screen.clone(), reply.clone());
            part("pay", move |hooks| {
                let shown = screen.section.shared.clone();
                hooks.after("", move || {
                    focus_page(&shown);
                    None
                });
                screen.show(&reply)
            })
        });
        let leave = section.to();
        el("div.stack")
            .add(back(&shared.texts, way_back, move || leave(None)))
            .add(shown)
            .into()
    })
}

impl Screen {
    fn new(hooks: &Hooks, section: &Rc<Section>, what: &str, way_back: Key) -> Rc<Self> {
        let path = match what.get(..4) {
            Some("inv_") => joined(&["invoices/", what]),
            Some("ins_") => "payments-due".to_owned(),
            _ => "invoices".to_owned(),
        };
        Rc::new(Self {
            section: section.clone(),
            back: way_back,
            reply: Loading::new(hooks, &section.shared, &path, |json| Rc::new(json.clone())),
            what: what.to_owned(),
            offer: RefCell::default(),
            sheet: RefCell::default(),
            busy: hooks.value(false),
            trouble: hooks.value(None),
            on: hooks.value(None),
            turn: hooks.value(0),
            count: Cell::default(),
            key: RefCell::new(new_key()),
        })
    }

    fn shared(&self) -> &Shared {
        &self.section.shared
    }

    fn say(&self, key: Key) -> String {
        self.shared().texts.get(key)
    }

    fn amount(&self, minor: i64, offer: &Offer) -> String {
        Currency::new(&offer.currency, &self.shared().language()).amount(minor)
    }

    fn offer(&self, reply: &Json) -> Rc<Offer> {
        let made = || Rc::new(Offer::read(reply, &self.what));
        self.offer.borrow_mut().get_or_insert_with(made).clone()
    }

    /// What a choice is called; of one invoice with what it comes to.
    fn name(&self, offer: &Offer, choice: &(String, i64)) -> String {
        let name = self.shared().texts.of("pay", &choice.0);
        if offer.items.len() > 1 {
            return name;
        }
        joined(&[&name, ": ", &self.amount(choice.1, offer)])
    }

    /// What is asked, as a form.
    fn sheet(self: &Rc<Self>, offer: &Rc<Offer>) -> Rc<Sheet> {
        if let Some(sheet) = &*self.sheet.borrow() {
            return sheet.clone();
        }
        let field = |id: &str, kind: Kind, required: bool| Field {
            id: id.to_owned(),
            kind,
            label: self.shared().texts.of("pay", id),
            help: None,
            placeholder: None,
            required,
            default: None,
            show_if: None,
            tie: None,
        };
        let money = |min, max| {
            Kind::Money(MoneyLimits {
                currency: offer.currency.clone(),
                min,
                max,
            })
        };
        let (mut fields, mut answers) = (Vec::new(), Answers::new());
        if offer.items.len() > 1 {
            let name =
                |item: &Item| joined(&[&item.name, " · ", &self.amount(item.payable, offer)]);
            let options: Vec<String> = offer.items.iter().map(name).collect();
            answers.set("invoices", chosen(options.clone()));
            let many = ManyOf {
                options,
                other: false,
                min: None,
                max: None,
            };
            fields.push(field("invoices", Kind::Many(many), true));
        }
        let mut options: Vec<String> = Vec::new();
        for choice in &offer.choices {
            options.push(self.name(offer, choice));
        }
        let other = self.say(t!("pay.amount"));
        if offer.other.is_some() && !options.is_empty() {
            options.push(other.clone());
        }
        if options.len() > 1 {
            answers.set("choice", chosen(vec![options[0].clone()]));
            let one = OneOf {
                options,
                other: false,
            };
            fields.push(field("choice", Kind::One(one), true));
        }
        if let Some((least, most)) = offer.other {
            let mut amount = field("amount", money(Some(least), Some(most)), true);
            let is_other = Condition {
                field: "choice".to_owned(),
                operator: Operator::Is,
                value: other,
            };
            amount.show_if = (!offer.choices.is_empty()).then(|| Conditions {
                join: Join::All,
                list: vec![is_other],
            });
            fields.push(amount);
        }
        if offer.tip {
            fields.push(field("tip", money(Some(0), None), false));
        }
        let form = Form {
            fields,
            ..Form::default()
        };
        let sheet = Sheet::new(self.shared(), Rc::new(form), answers, String::new(), |_| {
            false
        });
        let screen = self.clone();
        sheet.listen(move |news| {
            if !matches!(news, News::Left(_)) {
                screen.key.replace(new_key());
                let count = screen.count.get() + 1;
                screen.count.set(count);
                screen.turn.set(count);
            }
        });
        self.sheet.replace(Some(sheet.clone()));
        sheet
    }

    /// What is chosen: its word, the invoices, the amount without a tip, the tip.
    fn chosen(&self, offer: &Offer, sheet: &Sheet) -> (String, Vec<String>, i64, i64) {
        let answer = |id: &str| sheet.place_of(id).and_then(|at| sheet.answer(at));
        let minor = |id: &str| match answer(id) {
            Some(Answer::Money(minor)) => minor,
            _ => 0,
        };
        let options = |id: &str| match answer(id) {
            Some(Answer::Choices(chosen)) => chosen.options,
            _ => Vec::new(),
        };
        let said = options("choice");
        let by_name = |choice: &&(String, i64)| said.contains(&self.name(offer, choice));
        let choice = match sheet.place_of("choice") {
            Some(_) => offer.choices.iter().find(by_name),
            None => offer.choices.first(),
        };
        let ticked = options("invoices");
        let is_ticked = |item: &&Item| {
            ticked.is_empty() && offer.items.len() < 2
                || ticked
                    .iter()
                    .any(|name| name.starts_with(&joined(&[&item.name, " · "])))
        };
        let items: Vec<&Item> = offer.items.iter().filter(is_ticked).collect();
        let (word, amount) = match choice {
            None => ("amount".to_owned(), minor("amount")),
            Some((word, amount)) if offer.items.len() < 2 => (word.clone(), *amount),
            Some((word, _)) => {
                let of = |item: &&Item| {
                    if word == "due" {
                        item.due
                    } else {
                        item.payable
                    }
                };
                (word.clone(), items.iter().map(of).sum())
            }
        };
        let invoices = items.iter().map(|item| item.id.clone()).collect();
        (word, invoices, amount, minor("tip"))
    }

    fn show(self: &Rc<Self>, reply: &Rc<Json>) -> Html {
        let texts = &self.shared().texts;
        let head = el("div.head").tell("h3#page.title tabindex=-1", texts, t!("pay.title"));
        let offer = self.offer(reply);
        if offer.choices.is_empty() && offer.other.is_none() {
            return el("div.form")
                .add(head)
                .tell("p", texts, t!("pay.nothing"))
                .into();
        }
        if let Some((id, url)) = self.on.get() {
            let to = self.section.to();
            let link = el("a.act target=_blank rel=noopener").set("href", &url);
            return el("div.form")
                .add(head.tell("p.intro", texts, t!("pay.in_tab")))
                .add(el("div.acts").add(link.say(texts, t!("pay.open"))))
                .add(follow(self.shared(), &id, 600, Rc::new(move || to(None))))
                .into();
        }
        let sheet = self.sheet(&offer);
        let (_, _, amount, tip) = self.chosen(&offer, &sheet);
        let mut fields = el("div.fields");
        for at in 0..sheet.form.fields.len() {
            fields = fields.add(sheet.field(at));
        }
        let trouble = self.trouble.get();
        let screen = self.clone();
        let all = self.amount(amount + tip, &offer);
        let button = act(texts, t!("pay.now"), self.busy.get())
            .text(" ")
            .text(&all);
        el("div.form")
            .add(head.tell("p.intro", texts, t!("pay.lead")))
            .add(self.facts(&offer, reply))
            .add(fields)
            .add(
                el("div.foot")
                    .maybe(trouble.map(|trouble| trouble.failed().add(trouble.contact(texts))))
                    .add(el("div.acts").add(button.on_click(move || screen.go(&offer)))),
            )
            .into()
    }

    /// What is being paid.
    fn facts(&self, offer: &Offer, reply: &Json) -> El {
        let facts = el("p.strong");
        if self.what.starts_with("ins_") {
            for one in reply.objects("instalments") {
                if one.text("id") == self.what {
                    let amount = money(&one.object("payable"), &self.shared().language());
                    let label = one.text("label");
                    return facts.put(
                        "bdi",
                        &joined(&[&label, " · ", &one.text("number"), " · ", &amount]),
                    );
                }
            }
        }
        match offer.items.as_slice() {
            [item] => facts.put("bdi", &item.name),
            _ => facts,
        }
    }

    fn go(self: &Rc<Self>, offer: &Rc<Offer>) {
        let sheet = self.sheet(offer);
        if self.busy.get() {
            return;
        }
        if let Some(first) = sheet.check_all(0..sheet.form.fields.len()).first() {
            return sheet.focus(*first);
        }
        let (choice, invoices, amount, tip) = self.chosen(offer, &sheet);
        let here = gloo::utils::window().location().href().unwrap_or_default();
        let body = requests::checkout(
            &invoices,
            &choice,
            offer.instalment.as_deref(),
            amount,
            tip,
            &here,
        );
        self.busy.set(true);
        self.trouble.set(None);
        let screen = self.clone();
        let then = move |reply: Result<Json, Failure>| match reply {
            Ok(checkout) => screen.leave(&checkout, &invoices),
            Err(failure) => {
                screen.busy.set(false);
                if !failure.is_lost() {
                    // Another amount, or not to be paid any more: it is looked at again first.
                    screen.key.replace(new_key());
                    screen.offer.replace(None);
                    screen.sheet.replace(None);
                    screen.reply.ask();
                }
                let trouble = Trouble::of(&failure, screen.shared());
                screen.shared().announce(trouble.spoken());
                screen.trouble.set(Some(Rc::new(trouble)));
            }
        };
        let key = self.key.borrow().clone();
        self.shared().api.checkout(body, &key, then);
    }

    /// To the provider's page; back from there, what was paid is looked at.
    fn leave(self: &Rc<Self>, checkout: &Json, invoices: &[String]) {
        let Some(url) = checkout.opt("url") else {
            return self.busy.set(false);
        };
        if self.shared().pieces.host.has_attribute("framed") {
            self.busy.set(false);
            return self.on.set(Some((checkout.text("id"), url)));
        }
        let path = match invoices {
            [one] => joined(&["invoices/", one]),
            _ => String::new(),
        };
        let place = Place {
            back: self.back,
            path: &path,
            page: 0,
        };
        place::keep(self.shared(), &place);
        gloo::utils::window().location().assign(&url).ok();
        // Whoever comes back by the browser's own way finds the button again.
        let screen = self.clone();
        Timeout::new(8000, move || screen.busy.set(false)).forget();
    }
}

fn chosen(options: Vec<String>) -> Answer {
    Answer::Choices(Chosen {
        options,
        ..Chosen::default()
    })
}

#[cfg(test)]
mod tests {
    use super::Offer;
    use crate::json::Json;

    #[test]
    fn several_invoices_of_a_currency_are_offered_together() {
        let money = |minor: i64, currency: &str| serde_json::json!({ "minor": minor, "currency": currency, "digits": 2 });
        let invoice = |id: &str, payable: i64, due: i64, currency: &str, can: bool| {
            serde_json::json!({
                "id": id, "title": "T", "number": id, "can_pay": can, "total": money(payable, currency),
                "payable": money(payable, currency), "due_now": money(due, currency),
            })
        };
        let reply = serde_json::json!({ "invoices": [
            invoice("inv_1", 500, 200, "GBP", true),
            invoice("inv_2", 300, 300, "GBP", true),
            invoice("inv_3", 900, 900, "EUR", true),
            invoice("inv_4", 900, 900, "GBP", false),
        ] });
        let offer = Offer::read(&Json::parse(&reply.to_string()), "GBP");
        assert_eq!(offer.items.len(), 2);
        assert_eq!(
            offer.choices,
            [("due".to_owned(), 500), ("everything".to_owned(), 800)]
        );
        let nothing = Offer::read(&Json::parse(&reply.to_string()), "USD");
        assert!(nothing.choices.is_empty() && nothing.other.is_none());
    }
}
