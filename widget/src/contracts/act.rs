//! Signing and declining: which call follows which press, and where its reply leads.

use std::rc::Rc;

use portico_wire::{
    Code,
    access::{Act, Channel},
    forms::Answer,
};

use super::{Screen, Step};
use crate::{access::Field, api::Failure, forms, json::Json, requests, texts::Key};

impl Screen {
    /// From signature and agreement on to the code, or straight to signing.
    pub(super) fn signed(self: &Rc<Self>, contract: &Json) {
        let sheet = self.sheet(contract);
        if self.busy.get() {
            return;
        }
        if let Some(first) = sheet.check_all(0..2).first() {
            return sheet.focus(*first);
        }
        if contract.flag("asks_code") {
            self.ask_code(None);
        } else {
            self.sending.replace(Some(String::new()));
            self.send();
        }
    }

    pub(super) fn ask_code(self: &Rc<Self>, channel: Option<Channel>) {
        let screen = self.clone();
        screen.busy.set(true);
        let then = move |asked| match asked {
            Ok(asked) => screen.go(Step::Code(Rc::new(asked))),
            Err(failure) => screen.failed(&failure, &[Field::Code]),
        };
        let ask = requests::ask_proof(Act::Sign, channel);
        self.shared.api.ask_proof(ask, then);
    }

    /// With the code that was sent.
    pub(super) fn prove(self: &Rc<Self>) {
        let Step::Code(asked) = self.step.get() else {
            return;
        };
        let code = self.value("code");
        if !self.filled(Field::Code, code.trim(), t!("error.code_missing")) {
            return;
        }
        let screen = self.clone();
        screen.busy.set(true);
        let then = move |proof: Result<String, _>| match proof {
            Err(failure) => screen.failed(&failure, &[Field::Code]),
            Ok(proof) => {
                screen.sending.replace(Some(proof));
                screen.send();
            }
        };
        let prove = requests::prove_by_code(Act::Sign, &asked.request, &code);
        self.shared.api.prove(prove, then);
    }

    /// Sends the signature. Sent once more, it is the same one.
    pub(super) fn send(self: &Rc<Self>) {
        let sheet = self.sheet.borrow().clone();
        let (Some(sheet), Some(contract)) = (sheet, self.contract.known()) else {
            return;
        };
        let Some(Answer::Signature(signature)) = sheet.answer(0) else {
            return;
        };
        let proof = self.sending.borrow().clone().filter(|it| !it.is_empty());
        let signature = forms::requests::signature(&signature);
        let body = requests::sign(&contract.text("hash"), signature, proof.as_deref());
        self.busy.set(true);
        self.trouble.set(None);
        let screen = self.clone();
        let then = move |reply| match reply {
            Ok(contract) => screen.done(contract, t!("contract.signed_now")),
            Err(failure) => screen.refused(&failure),
        };
        self.shared.api.sign(&self.path, body, &self.key, then);
    }

    pub(super) fn decline(self: &Rc<Self>, reason: &str) {
        let screen = self.clone();
        self.busy.set(true);
        let then = move |reply| match reply {
            Ok(contract) => screen.done(contract, t!("contract.declined_now")),
            Err(failure) => screen.refused(&failure),
        };
        let body = requests::decline(reason);
        self.shared.api.decline(&self.path, body, then);
    }

    fn done(&self, contract: Json, says: Key) {
        self.sending.replace(None);
        self.declining.set(false);
        self.contract.put(Rc::new(contract));
        self.shared.announce(self.say(says));
        self.go(Step::Told(says));
        self.shared.renew_home();
    }

    fn refused(&self, failure: &Failure) {
        if failure.is_lost() {
            return self.failed(failure, &[]);
        }
        self.sending.replace(None);
        if let Failure::Problem(problem) = failure {
            if problem.is(Code::Conflict) || problem.is(Code::NotFound) {
                // Another text, or not to be signed any more: it is read again first.
                self.declining.set(false);
                self.sheet.replace(None);
                self.go(Step::Reading);
                self.contract.ask();
            } else if problem.is(Code::ProofRequired) {
                self.go(Step::Signing);
            }
        }
        self.failed(failure, &[Field::Code]);
    }
}
