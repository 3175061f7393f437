//! What is sent about forms. The tests below have `portico_wire` read every one of these.

use portico_wire::{
    clients::Address,
    forms::{Answer, Answers, Chosen, FileAnswer, Signature},
};

use crate::json::Body;

/// `changes`: as [`change`] writes them.
pub fn draft(version: u32, revision: u32, changes: &[String]) -> Body {
    Body::new()
        .whole("version", version.into())
        .whole("revision", revision.into())
        .list("changes", changes)
}

pub fn change(field: &str, typed: Option<&Answer>, age: i64) -> String {
    let body = Body::new().text("field", field).whole("age", age);
    let body = match typed {
        Some(typed) => body.object("answer", answer(typed)),
        None => body,
    };
    body.done()
}

pub fn answered(changed: &Answers) -> Body {
    let all = changed.iter();
    let all = all.fold(Body::new(), |all, (field, typed)| {
        all.object(field, answer(typed))
    });
    Body::new().object("answers", all)
}

fn answer(typed: &Answer) -> Body {
    let body = Body::new();
    match typed {
        Answer::Text(text) => body.text("text", text),
        Answer::Number(text) => body.text("number", text),
        Answer::Money(minor) => body.whole("money", *minor),
        Answer::Date(text) => body.text("date", text),
        Answer::Time(text) => body.text("time", text),
        Answer::Address(typed) => body.object("address", address(typed)),
        Answer::Choices(Chosen { options, other }) => {
            let chosen = Body::new().texts("options", options);
            body.object("choices", chosen.opt("other", other.as_deref()))
        }
        Answer::YesNo(yes) => body.flag("yes_no", *yes),
        Answer::Rating(stars) => body.whole("rating", (*stars).into()),
        Answer::Files(files) => {
            let files: Vec<String> = files.iter().map(file).collect();
            body.list("files", &files)
        }
        Answer::Signature(signed) => body.object("signature", signature(signed)),
    }
}

pub fn signature(signed: &Signature) -> Body {
    let (name, text) = match signed {
        Signature::Typed(name) => ("typed", name),
        Signature::Drawn(path) => ("drawn", path),
    };
    Body::new().text(name, text)
}

fn file(file: &FileAnswer) -> String {
    Body::new()
        .text("id", &file.id)
        .text("name", &file.name)
        .whole("bytes", file.bytes as i64)
        .text("kind", &file.kind)
        .done()
}

fn address(typed: &Address) -> Body {
    let lines = [
        ("line1", &typed.line1),
        ("line2", &typed.line2),
        ("city", &typed.city),
        ("region", &typed.region),
        ("postcode", &typed.postcode),
        ("country", &typed.country),
    ];
    let lines = lines.into_iter();
    lines.fold(Body::new(), |all, (name, line)| {
        all.opt(name, line.as_deref())
    })
}

#[cfg(test)]
mod tests {
    use portico_wire::{forms::SaveDraft, prompts::Prompted};

    use super::*;
    use crate::{
        forms::replies::{kept, tests::every_answer},
        json,
    };

    #[test]
    fn the_wire_reads_every_answer_that_is_saved() {
        let mut all: Vec<_> = every_answer().into_iter().map(Some).collect();
        all.push(None);
        let changes: Vec<_> = all.iter().map(|it| change("f1", it.as_ref(), 5)).collect();
        let text = draft(3, 7, &changes).done();
        let read: SaveDraft = serde_json::from_str(&text).unwrap();
        assert_eq!((read.version, read.revision), (3, 7));
        assert!(
            read.changes
                .iter()
                .all(|it| it.field == "f1" && it.age == 5)
        );
        let answers: Vec<_> = read.changes.into_iter().map(|it| it.answer).collect();
        assert_eq!(answers, all);
        // This device's own copy.
        let kept = json::read(&text, kept).unwrap();
        let answers: Vec<_> = kept.into_iter().map(|((_, answer), _)| answer).collect();
        assert_eq!(answers, all);
    }

    #[test]
    fn the_wire_reads_what_a_prompt_was_answered_with() {
        let all = every_answer().into_iter().enumerate();
        let answers: Answers = all.map(|(at, it)| (format!("f{at}"), it)).collect();
        let text = answered(&answers).done();
        let read: Prompted = serde_json::from_str(&text).unwrap();
        assert_eq!(read.answers, answers);
    }
}
