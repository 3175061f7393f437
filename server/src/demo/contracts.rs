//! The demo studio's contracts: one in every state a client and a studio can meet.

use portico_wire::{
    ClientId, ContactId, ContractId, SessionId, Timestamp, contracts::ContractState as State,
    forms::Signature,
};
use serde_json::json;

use super::forms::People;
use crate::{
    App, Result,
    clock::today,
    contracts::{
        Contract, Details, Signer,
        evidence::{self, By},
        gallery, paper, send,
        store::{self, Draft, NewSigner, Signed, Words},
    },
    db::StudioTx,
    error::Error,
    studios::{self, Studio},
};

const DAY: i64 = 86_400;
const PHONE: &str =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 180 like Mac OS X) Version/18.0 Safari/604.1";

/// Tells of days gone by.
struct Story<'a> {
    studio: &'a Studio,
    now: Timestamp,
}

/// A contact who signs, by the name it has.
type Who<'a> = (ContactId, &'a str, &'a str);

impl Story<'_> {
    fn days_ago(&self, tx: &mut StudioTx, days: i64, minutes: i64) {
        tx.set_now(self.now.plus_seconds(-days * DAY + minutes * 60));
    }

    /// A contract of a ready text, drafted.
    async fn draft(
        &self,
        tx: &mut StudioTx,
        client: ClientId,
        ready: &str,
        signers: &[Who<'_>],
        change: impl FnOnce(&mut Draft),
    ) -> Result<ContractId> {
        let ready = gallery::find(ready).ok_or_else(Error::not_found)?;
        let mut draft = Draft {
            title: ready.title.into(),
            source: ready.source.into(),
            asks_code: true,
            reminds: true,
            ..Draft::default()
        };
        change(&mut draft);
        let mut places: Vec<NewSigner> = signers
            .iter()
            .map(|(contact, name, role)| NewSigner {
                contact: Some(*contact),
                name: (*name).into(),
                role: (*role).into(),
            })
            .collect();
        if draft.countersign {
            places.push(NewSigner {
                contact: None,
                name: self.studio.name.clone(),
                role: "Studio".into(),
            });
        }
        let id = store::insert(tx, client, &draft, None).await?;
        store::save_signers(tx, id, &places).await?;
        Ok(id)
    }

    /// Sent without mails: the demo's people have not missed any.
    async fn send(&self, tx: &mut StudioTx, id: ContractId) -> Result<Contract> {
        let doer = send::Doer {
            by: By::named("staff", "Olivia Fern"),
            ..send::Doer::system()
        };
        send::fix(tx, self.studio, id, None, &doer).await
    }

    async fn sign(
        &self,
        tx: &mut StudioTx,
        id: ContractId,
        who: Who<'_>,
        drawn: bool,
    ) -> Result<()> {
        let contract = store::get(tx, id).await?;
        let signers = store::signers(tx, id).await?;
        let place = place(&signers, Some(who.0))?;
        let by = By::named("contact", who.1).from("203.0.113.24", PHONE);
        store::note_opened(tx, place.id).await?;
        evidence::append(tx, &contract, "opened", &by, Some(place.id), json!({})).await?;
        store::note_read(tx, place.id).await?;
        evidence::append(tx, &contract, "read", &by, Some(place.id), json!({})).await?;
        let signature = if drawn {
            Signature::Drawn(DRAWN.into())
        } else {
            Signature::Typed(who.1.into())
        };
        let session: SessionId = tx.id();
        let signed = Signed {
            signature: &signature,
            proof: "code by email",
            session: Some(session),
            staff: None,
            address: "203.0.113.24",
            user_agent: PHONE,
            key: None,
        };
        store::save_signature(tx, place.id, &signed).await?;
        let at = tx.now();
        let detail = json!({
            "consent": contract.consent_version,
            "signature": signature,
            "proof": "code by email",
            "code_sent_at": at.plus_seconds(-70),
            "proved_at": at.plus_seconds(-9),
        });
        evidence::append(tx, &contract, "signed", &by, Some(place.id), detail).await?;
        let signers = store::signers(tx, id).await?;
        let last = crate::contracts::turn(&signers).is_none();
        let state = if last {
            State::Signed
        } else {
            State::PartlySigned
        };
        store::save_state(tx, &contract, state, None).await?;
        Ok(())
    }

    async fn countersign(&self, tx: &mut StudioTx, id: ContractId) -> Result<()> {
        let contract = store::get(tx, id).await?;
        let signers = store::signers(tx, id).await?;
        let place = place(&signers, None)?;
        let by = By::named("staff", "Olivia Fern")
            .from("198.51.100.8", "Mozilla/5.0 (Macintosh) Firefox/140.0");
        let signature = Signature::Typed("Olivia Fern".into());
        let signed = Signed {
            signature: &signature,
            proof: "staff session",
            session: None,
            staff: None,
            address: "198.51.100.8",
            user_agent: "Mozilla/5.0 (Macintosh) Firefox/140.0",
            key: None,
        };
        store::save_signature(tx, place.id, &signed).await?;
        let detail = json!({ "signature": signature, "proof": "staff session" });
        evidence::append(tx, &contract, "countersigned", &by, Some(place.id), detail).await?;
        store::save_state(tx, &contract, State::Countersigned, None).await?;
        Ok(())
    }

    async fn decline(
        &self,
        tx: &mut StudioTx,
        id: ContractId,
        who: Who<'_>,
        reason: &str,
    ) -> Result<()> {
        let contract = store::get(tx, id).await?;
        let signers = store::signers(tx, id).await?;
        let place = place(&signers, Some(who.0))?;
        let by = By::named("contact", who.1).from("203.0.113.24", PHONE);
        store::save_declined(tx, place.id).await?;
        let detail = json!({ "reason": reason });
        evidence::append(tx, &contract, "declined", &by, Some(place.id), detail).await?;
        store::save_state(tx, &contract, State::Declined, Some(reason)).await?;
        Ok(())
    }
}

fn place(signers: &[Signer], contact: Option<ContactId>) -> Result<&Signer> {
    let found = signers.iter().find(|one| one.contact_id == contact);
    found.ok_or_else(Error::not_found)
}

/// A drawn name, more or less.
const DRAWN: &str = "M120 260L150 190L180 120L200 90L210 130L220 200L232 262M150 205L190 198L240 192M300 180L275 190L262 220L270 250L296 256L320 236L330 190L332 150L336 110M332 200L340 240L356 256M420 184L396 192L384 222L392 250L418 254L440 232L446 190L450 236L466 256M560 120L528 140L512 190L518 236L546 258L584 250L612 226M640 196L664 186L676 206L664 244L684 256L706 236M716 184L724 256M720 206L740 186L762 188M790 110L786 200L790 246L806 258M764 160L826 154";

pub async fn fill(tx: &mut StudioTx, studio: &Studio, people: &People) -> Result<()> {
    let story = Story {
        studio,
        now: tx.now(),
    };
    let ada: Who<'_> = (people.ada, "Ada Carter", "Client");
    let ben: Who<'_> = (people.ben, "Ben Carter", "Client");
    let grace: Who<'_> = (people.office, "Grace Okafor", "For the company");
    let tom: Who<'_> = (people.site, "Tom Weller", "On site");
    let wedding = Details {
        event: "Ada and Ben’s wedding".into(),
        event_date: "2027-06-19".into(),
        event_place: "Walcot Gardens, Bath".into(),
        amount: Some(240_000),
        deposit: Some(60_000),
    };
    let day = |days: i64| today(story.now.plus_seconds(days * DAY), &studio.time_zone);
    let couple = people.couple;
    with_templates(tx).await?;

    // Signed by both and the studio, months ago.
    story.days_ago(tx, 80, 0);
    let done = story
        .draft(tx, couple, "photography", &[ada, ben], |draft| {
            draft.title = "Engagement session".into();
            draft.countersign = true;
            draft.details = Details {
                event: "an engagement session".into(),
                event_date: day(-60),
                event_place: "Prior Park, Bath".into(),
                amount: Some(32_000),
                deposit: None,
            };
        })
        .await?;
    story.send(tx, done).await?;
    story.days_ago(tx, 79, 20);
    story.sign(tx, done, ada, true).await?;
    story.days_ago(tx, 78, 95);
    story.sign(tx, done, ben, false).await?;
    story.days_ago(tx, 78, 240);
    story.countersign(tx, done).await?;

    // Declined, and one that ran out.
    story.days_ago(tx, 50, 0);
    let declined = story
        .draft(tx, couple, "photography", &[ada], |draft| {
            draft.title = "Album and prints".into();
            draft.details = Details {
                amount: Some(89_000),
                deposit: None,
                ..wedding.clone()
            };
        })
        .await?;
    story.send(tx, declined).await?;
    story.days_ago(tx, 48, 75);
    let reason = "We would like to choose the album once we have seen the pictures.";
    story.decline(tx, declined, ada, reason).await?;
    story.days_ago(tx, 30, 0);
    let expired = story
        .draft(tx, couple, "photography", &[ada, ben], |draft| {
            draft.title = "Film of the day".into();
            draft.last_day = Some(day(-16));
            draft.details = Details {
                amount: Some(120_000),
                deposit: Some(30_000),
                ..wedding.clone()
            };
        })
        .await?;
    story.send(tx, expired).await?;
    story.days_ago(tx, 15, 0);
    let contract = store::get(tx, expired).await?;
    evidence::append(tx, &contract, "expired", &By::system(), None, json!({})).await?;
    store::save_state(tx, &contract, State::Expired, None).await?;

    // Ada has signed, Ben has not: it waits for him.
    story.days_ago(tx, 3, 0);
    let waits = story
        .draft(tx, couple, "photography", &[ada, ben], |draft| {
            draft.title = "Guest photo booth".into();
            draft.in_order = true;
            draft.countersign = true;
            draft.details = Details {
                amount: Some(45_000),
                deposit: None,
                ..wedding.clone()
            };
        })
        .await?;
    story.send(tx, waits).await?;
    story.days_ago(tx, 2, 40);
    story.sign(tx, waits, ada, false).await?;

    // The one to sign.
    story.days_ago(tx, 1, 0);
    let open = story
        .draft(tx, couple, "photography", &[ada], |draft| {
            draft.countersign = true;
            draft.last_day = Some(day(13));
            draft.details = wedding.clone();
        })
        .await?;
    story.send(tx, open).await?;

    // For the company: one for the studio to sign, and a draft.
    story.days_ago(tx, 6, 0);
    let festival = Details {
        event: "Harbour Festival, hospitality tents".into(),
        event_date: "2027-07-17".into(),
        event_place: "Millennium Square, Bristol".into(),
        amount: Some(1_850_000),
        deposit: Some(500_000),
    };
    let ours = story
        .draft(tx, people.company, "staffing", &[grace], |draft| {
            draft.countersign = true;
            draft.details = festival.clone();
        })
        .await?;
    story.send(tx, ours).await?;
    story.days_ago(tx, 5, 30);
    story.sign(tx, ours, grace, false).await?;
    story.days_ago(tx, 0, 0);
    story
        .draft(tx, people.company, "staffing", &[grace, tom], |draft| {
            draft.title = "Event staffing terms, winter market".into();
            draft.countersign = true;
            draft.gates_payment = true;
            draft.details = Details {
                event: "Bathwick winter market".into(),
                ..Details::default()
            };
        })
        .await?;
    Ok(())
}

async fn with_templates(tx: &mut StudioTx) -> Result<()> {
    for (name, ready) in [("Wedding", "photography"), ("Event staffing", "staffing")] {
        let ready = gallery::find(ready).ok_or_else(Error::not_found)?;
        let words = Words {
            name: name.into(),
            title: ready.title.into(),
            source: ready.source.into(),
        };
        store::insert_template(tx, &words).await?;
    }
    Ok(())
}

/// Their PDFs, where somebody looks: workers make them once the demo runs.
pub async fn ask_for_pdfs(app: &App) -> Result<()> {
    // Operator: the demo's studio by the name everybody knows.
    let mut tx = app.db.system().await?;
    let studio = studios::store::find_by_slug(&mut tx, "demo").await?;
    let studio = studio.ok_or_else(Error::not_found)?;
    let mut tx = tx.for_studio(&studio.scope);
    let last = ContractId::from_bytes([0xff; 16]);
    for one in store::page(&mut tx, None, last, 50).await? {
        let contract = store::get(&mut tx, one.id).await?;
        if contract.state != State::Draft {
            paper::ask(&mut tx, &contract).await?;
        }
    }
    tx.commit().await
}
