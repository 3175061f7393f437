//! What letters look like in both parts, and what never gets into them.

use super::*;
use crate::mail::letters::{Purpose, sandbox::render, tokens::Values};

fn written(source: &str) -> Written {
    let mut values = Values::examples();
    values.set("recipient.first_name", "<b>*Ada*</b> [x](javascript:y)");
    values.set("recipient.portal_linked", "https://a.example/#portico=x_y");
    values.set("recipient.portal_link", "https://a.example/#portico=x_y");
    values.set("studio.email", "javascript:alert(1)");
    write(&render(source, Purpose::Letter, &values).unwrap())
}

fn html(source: &str) -> String {
    written(source)
        .blocks
        .into_iter()
        .map(|block| match block {
            Block::Html(html) => html,
            Block::Button { to, .. } => format!("[button {to}]"),
            Block::Code(code) => format!("[code {code}]"),
        })
        .collect::<Vec<_>>()
        .join("|")
}

#[test]
fn l15_values_are_text_wherever_they_stand() {
    let safe = "&lt;b&gt;*Ada*&lt;/b&gt; [x](javascript:y)";
    assert_eq!(
        html("Hi {{ recipient.first_name }}!"),
        format!("Hi {safe}!")
    );
    assert_eq!(
        html("**{{ recipient.first_name }}**"),
        format!("<strong>{safe}</strong>")
    );
    assert_eq!(html("`{{ recipient.first_name }}`"), safe);
    assert_eq!(
        written("Hi {{ recipient.first_name }}").text,
        "Hi <b>*Ada*</b> [x](javascript:y)"
    );
}

#[test]
fn l15_html_in_the_body_is_shown_and_not_run() {
    let out = html("<script>alert(1)</script>\n\na <img src=x onerror=alert(1)> b");
    assert!(!out.contains("<script") && !out.contains("<img"), "{out}");
    assert!(
        out.contains("&lt;script&gt;alert(1)&lt;/script&gt;"),
        "{out}"
    );
    assert!(
        out.contains("a &lt;img src=x onerror=alert(1)&gt; b"),
        "{out}"
    );
    assert_eq!(html("![alt](https://a.example/pixel.gif)"), "alt");
}

#[test]
fn only_websites_mailboxes_and_telephones_are_linked() {
    assert_eq!(html("[a](javascript:alert(1))"), "a");
    assert_eq!(html("[a]({{ studio.email }})"), "a");
    assert_eq!(html("[a](data:text/html,x)"), "a");
    assert_eq!(
        html("[a](https://b.example/?x=1&y=\"2)"),
        "<a href=\"https://b.example/?x=1&amp;y=&quot;2\" style=\"color:inherit\">a</a>"
    );
    assert_eq!(
        written("[Write](mailto:a@b.example) or [call](tel:+441225)").text,
        "Write <a@b.example> or call <tel:+441225>"
    );
    assert_eq!(written("<https://a.example>").text, "https://a.example");
}

#[test]
fn l15_a_portal_link_alone_is_a_button_and_in_a_sentence_a_link() {
    let alone = written("Come in:\n\n{{ recipient.portal_linked }}\n\nBye");
    assert_eq!(
        alone.blocks[1],
        Block::Button {
            to: "https://a.example/#portico=x_y".into(),
            label: "Client Portal"
        }
    );
    assert_eq!(
        alone.text,
        "Come in:\n\nClient Portal:\nhttps://a.example/#portico=x_y\n\nBye"
    );
    let inside = written("Go to {{ recipient.portal_linked }}.");
    assert_eq!(
        inside.text,
        "Go to Client Portal <https://a.example/#portico=x_y>."
    );
    assert_eq!(inside.blocks.len(), 1);
    assert_eq!(
        html("[in]({{ recipient.portal_link }})"),
        "<a href=\"https://a.example/#portico=x_y\" style=\"color:inherit\">in</a>"
    );
}

#[test]
fn lists_quotes_and_lines_read_well_in_both_parts() {
    let source = "# Title\n\nOne\ntwo\n\n- a\n- b\n  1. c\n  2. d\n\n> said\n> so\n\n---\n\nEnd";
    assert_eq!(
        written(source).text,
        "Title\n\nOne\ntwo\n\n- a\n- b\n  1. c\n  2. d\n\n> said\n> so\n\n---\n\nEnd"
    );
    let out = html(source);
    assert!(out.contains("One<br />two"), "{out}");
    assert_eq!(out.matches("<li").count(), out.matches("</li>").count());
}

#[test]
fn what_is_nested_without_end_stays_shallow() {
    for source in [
        "- ".repeat(5000) + "x",
        "> ".repeat(5000) + "x",
        "*a **b ".repeat(2000),
    ] {
        let out = html(&source);
        assert!(out.matches("<ul").count() <= DEEPEST, "{}", out.len());
        assert!(out.matches("<blockquote").count() <= DEEPEST);
    }
}
