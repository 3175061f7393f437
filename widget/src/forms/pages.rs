//! What filling in looks like: the page in view, the way on, and the thanks.

use std::rc::Rc;

use yew::Html;

use crate::{
    el::{El, el},
    forms::{fill::Fill, replies::Submitted, show},
    icons,
    part::part,
    portal::parts::{act, quiet},
};

impl Fill {
    pub fn form(self: &Rc<Self>) -> Html {
        let (pages, here) = self.pages();
        let form = &self.sheet.form;
        let mut fields = el("div.fields").key(&pages[here].fields.start.to_string());
        if here == 0 {
            for (class, words) in [("p.note", &self.asked_note), ("p.intro", &form.intro)] {
                fields = fields.maybe(words.as_ref().map(|words| el(class).text(words)));
            }
        }
        for at in pages[here].fields.clone() {
            fields = fields.add(self.sheet.field(at));
        }
        let (progress, foot) = (self.clone(), self.clone());
        el("div.form")
            .add(part("progress", move |hooks| {
                progress.progress.replace(Some(hooks.redrawer()));
                progress.head()
            }))
            .add(fields)
            .add(part("foot", move |hooks| {
                foot.foot.replace(Some(hooks.redrawer()));
                foot.foot()
            }))
            .into()
    }

    fn head(&self) -> Html {
        let (pages, here) = self.pages();
        let (form, count) = (&self.sheet.form, pages.len());
        let title = el("h3.title tabindex=-1").text(&form.title);
        if count < 2 {
            return el("div.head").add(title.set("id", "page")).into();
        }
        let at = show::of(&self.shared, t!("form.page"), here as u32 + 1, count as u32);
        let step = |page: usize| {
            let bar = el("span");
            if page <= here {
                bar.set("class", "on")
            } else {
                bar
            }
        };
        let steps = el("div.steps aria-hidden=true").each((0..count).map(step));
        let name = pages[here].begins.map(|at| &form.fields[at].label);
        let name = name.filter(|name| !name.is_empty());
        let mut heading = el("h4.page tabindex=-1").set("id", "page");
        heading = heading.put("span.small", &at);
        if let Some(name) = name {
            heading = heading.text(" ").put("span.name", name);
        }
        el("div.head").add(title).add(steps).add(heading).into()
    }

    fn foot(self: &Rc<Self>) -> Html {
        let (pages, here) = self.pages();
        let last = here + 1 == pages.len();
        let button = |made: El, act: fn(&Rc<Self>)| {
            let fill = self.clone();
            made.on_click(move || act(&fill))
        };
        let read_only = self.home.viewed_by.is_some();
        let busy = self.busy.get();
        let on = if last {
            let key = if busy {
                t!("form.sending")
            } else {
                t!("form.send")
            };
            let send = act(&self.sheet.shared.texts, key, busy);
            (!read_only).then(|| button(send, Self::send))
        } else {
            Some(button(
                act(&self.sheet.shared.texts, t!("form.next"), busy),
                Self::next,
            ))
        };
        let back = (here > 0).then(|| {
            let back = quiet(&self.sheet.shared.texts, t!("form.back"), busy);
            button(back, Self::back)
        });
        let trouble = self.trouble.get().map(|trouble| {
            let again = self.clone();
            let reopen = (self.over.get() && !trouble.lost).then(|| {
                quiet(&self.sheet.shared.texts, t!("form.reopen"), false)
                    .on_click(move || again.reopen())
            });
            trouble
                .failed()
                .maybe((!trouble.detail.is_empty()).then(|| trouble.contact(&self.shared.texts)))
                .maybe(reopen)
        });
        let status = self.status.get().key();
        let status = status.map_or_else(String::new, |key| self.sheet.say(key));
        let status = el("p.small.muted").text(&status);
        el("div.foot")
            .maybe(trouble)
            .add(el("div.acts").maybe(back).maybe(on).add(status))
            .into()
    }

    pub fn thanks(self: &Rc<Self>, sent: &Submitted) -> Html {
        let form = &self.sheet.form;
        let words = sent.thanks.clone();
        let words = words.unwrap_or_else(|| self.sheet.say(t!("form.thanks_text")));
        let leave = self.ways.leave.clone();
        let read = self.ways.read.clone().map(|read| {
            let id = sent.id.clone();
            act(&self.sheet.shared.texts, t!("form.read"), false).on_click(move || read(id.clone()))
        });
        let title = self
            .shared
            .texts
            .fill(t!("form.sent_title"), &[("title", &form.title)]);
        let back = quiet(&self.sheet.shared.texts, t!("form.done"), false);
        el("div.empty.thanks")
            .add(el("span.round").add(icons::tick()))
            .add(el("h3.title tabindex=-1").set("id", "page").text(&title))
            .put("p.prose", &words)
            .add(
                el("div.acts")
                    .maybe(read)
                    .add(back.on_click(move || leave())),
            )
            .into()
    }
}
