//! Personal Info, changed in place: the fields the studio allows, as a form like any other.

use std::{cell::RefCell, rc::Rc};

use portico_wire::forms::{Answer, Answers};
use yew::Html;

use crate::{
    access::{Field, Trouble},
    api::Failure,
    app::Shared,
    el::el,
    forms::{
        requests,
        sheet::{News, Sheet},
    },
    part::{Hooks, Value, part},
    portal::parts::{act, panel, quiet},
    replies::{self, Profile},
};

struct Editing {
    sheet: Rc<Sheet>,
    shared: Shared,
    changed: RefCell<Vec<usize>>,
    busy: Value<bool>,
    trouble: Value<Option<Rc<Trouble>>>,
    /// With what is there afterwards, or without where nothing was changed.
    done: Rc<dyn Fn(Option<Rc<Profile>>)>,
}

pub fn edit(shared: &Shared, edit: &replies::Edit, done: Rc<dyn Fn(Option<Rc<Profile>>)>) -> Html {
    let (shared, edit) = (shared.clone(), edit.clone());
    part("edit", move |hooks| {
        let editing = hooks.state(|| Editing::new(hooks, &shared, &edit, &done));
        let again = editing.clone();
        let lost = editing.trouble.get().is_some_and(|trouble| trouble.lost);
        hooks.online(lost, move || again.save());
        let first = editing.clone();
        hooks.after("", move || {
            first.sheet.focus(0);
            None
        });
        editing.show()
    })
}

impl Editing {
    fn new(
        hooks: &Hooks,
        shared: &Shared,
        edit: &replies::Edit,
        done: &Rc<dyn Fn(Option<Rc<Profile>>)>,
    ) -> Rc<Self> {
        let (form, answers) = (edit.form.clone(), edit.answers.clone());
        let sheet = Sheet::new(shared, form, answers, edit.country.clone(), |_| false);
        let editing = Rc::new(Self {
            sheet,
            shared: shared.clone(),
            changed: RefCell::default(),
            busy: hooks.value(false),
            trouble: hooks.value(None),
            done: done.clone(),
        });
        let weak = Rc::downgrade(&editing);
        editing.sheet.listen(move |news| {
            if let (News::Typed(at), Some(editing)) = (news, weak.upgrade()) {
                let mut changed = editing.changed.borrow_mut();
                if !changed.contains(&at) {
                    changed.push(at);
                }
            }
        });
        editing
    }

    fn save(self: &Rc<Self>) {
        if self.busy.get() {
            return;
        }
        let wrong = self.sheet.check_all(0..self.sheet.form.fields.len());
        if let Some(first) = wrong.first() {
            return self.sheet.focus(*first);
        }
        let changed = self.changed.borrow().clone();
        if changed.is_empty() {
            return (self.done)(None);
        }
        // A blank answer clears a field.
        let blank = || Answer::Text(String::new());
        let answer = |at: usize| {
            let id = self.sheet.form.fields[at].id.clone();
            (id, self.sheet.answer(at).unwrap_or_else(blank))
        };
        let answers: Answers = changed.into_iter().map(answer).collect();
        self.busy.set(true);
        let editing = self.clone();
        let then = move |reply| {
            editing.busy.set(false);
            match reply {
                Ok(profile) => {
                    editing
                        .shared
                        .announce(editing.sheet.say(t!("profile.saved")));
                    (editing.done)(Some(profile));
                }
                Err(failure) => editing.refused(&failure),
            }
        };
        let body = requests::change_profile(&answers);
        self.shared.api.change_profile(body, then);
    }

    fn refused(self: &Rc<Self>, failure: &Failure) {
        let trouble = Trouble::of(failure, &self.shared).on(&[Field::None]);
        if let Failure::Problem(problem) = failure
            && let Some(at) = problem
                .field
                .as_deref()
                .and_then(|it| self.sheet.place_of(it))
        {
            self.sheet.told(at, &problem.detail);
            self.sheet.focus(at);
            return;
        }
        self.shared.announce(trouble.spoken());
        self.trouble.set(Some(Rc::new(trouble)));
    }

    fn show(self: &Rc<Self>) -> Html {
        let (saving, cancelling) = (self.clone(), self.clone());
        let busy = self.busy.get();
        let fields = 0..self.sheet.form.fields.len();
        let fields = fields.fold(el("div.fields"), |all, at| all.add(self.sheet.field(at)));
        let trouble = self.trouble.get();
        panel(&self.sheet.shared.texts, "edit", t!("profile.edit_heading"))
            .add(fields)
            .maybe(trouble.map(|trouble| trouble.failed()))
            .add(
                el("div.acts")
                    .add(
                        act(&self.sheet.shared.texts, t!("profile.save"), busy)
                            .on_click(move || saving.save()),
                    )
                    .add(
                        quiet(&self.sheet.shared.texts, t!("cancel"), false)
                            .on_click(move || (cancelling.done)(None)),
                    ),
            )
            .into()
    }
}
