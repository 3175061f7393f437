//! A submission as a paper: the questions as they were asked, with their answers.

use portico_wire::{
    SubmissionId,
    forms::{self as wire, Answer, Field, Kind, Signature},
    papers::{Node, Tag},
};

use super::{
    store::{self, StoredSubmission},
    texts,
};
use crate::{
    Result, clients,
    db::StudioTx,
    error::Error,
    papers::{self, Sheet, Signed, Which},
    studios,
    web::admin,
};

/// A submission never changes: it has one edition.
pub fn which(submission: SubmissionId) -> Which {
    Which {
        kind: papers::Kind::Submission,
        subject: submission.into_uuid(),
        edition: 1,
    }
}

pub async fn sheet(tx: &mut StudioTx, id: SubmissionId) -> Result<Sheet> {
    let stored = store::get_submission(tx, id).await?;
    if stored.state != "submitted" {
        return Err(Error::not_found());
    }
    let studio = studios::store::get(tx).await?;
    let by = clients::full_name(&stored.first_name, &stored.last_name);
    let at = admin::moment(stored.saved_at, &studio.time_zone);
    let (answers, signatures) = told(&stored, &by, &at);
    let mut body = vec![Node::Element(
        Tag::Dl,
        [
            ("Client", &stored.client_name),
            ("Sent by", &by),
            ("Sent on", &at),
        ]
        .into_iter()
        .flat_map(|(name, value)| [Node::of(Tag::Dt, name), Node::of(Tag::Dd, value)])
        .collect(),
    )];
    body.extend(answers);
    Ok(Sheet {
        title: stored.definition.title.clone(),
        language: studio.language.clone(),
        footer: format!("{} \u{b7} {}", studio.name, stored.definition.title),
        at: stored.saved_at,
        file_name: format!("{} {}", stored.definition.title, stored.client_name),
        body,
        signatures,
        certificate: Vec::new(),
    })
}

/// What was seen when it was sent; signatures stand below it all.
fn told(stored: &StoredSubmission, by: &str, at: &str) -> (Vec<Node>, Vec<Signed>) {
    let form = &stored.definition;
    let seen = wire::visible(form, &stored.answers);
    let (mut body, mut signatures) = (Vec::new(), Vec::new());
    for field in form
        .fields
        .iter()
        .zip(seen)
        .filter_map(|(field, seen)| seen.then_some(field))
    {
        match (&field.kind, stored.answers.get(&field.id)) {
            (Kind::PageBreak, _) => body.push(Node::of(Tag::H2, &field.label)),
            (Kind::Heading, _) => body.push(Node::of(Tag::H3, &field.label)),
            (Kind::Paragraph, _) => body.push(Node::of(Tag::P, &field.label)),
            (_, Some(Answer::Signature(signature))) => {
                signatures.push(signed(signature, field, by, at));
            }
            (kind, answer) => {
                let answer = answer.map(|answer| texts::answer(kind, answer));
                body.extend(asked(field, answer.as_deref().unwrap_or("Not answered")));
            }
        }
    }
    (body, signatures)
}

fn asked(field: &Field, answer: &str) -> Vec<Node> {
    let mut said = vec![Node::of(Tag::Strong, &field.label)];
    for line in answer.lines() {
        said.extend([Node::Element(Tag::Br, Vec::new()), Node::text(line)]);
    }
    vec![Node::Element(Tag::P, said)]
}

fn signed(signature: &Signature, field: &Field, by: &str, at: &str) -> Signed {
    Signed {
        name: by.to_owned(),
        role: field.label.clone(),
        at: at.to_owned(),
        signature: Some(signature.clone()),
    }
}
