//! Papers: what is read, printed and downloaded (a contract, a quote, an order, an invoice, what was
//! submitted). The server writes one as a tree of a few kinds of elements; the widget, the pages for
//! staff and the PDF are all made from that same tree, so that they say the same.
//!
//! Nothing in a tree is markup, an address or a script: whoever draws it makes each element by its tag.

use serde::{Deserialize, Serialize};

/// In JSON a text is a string, an element `["p", ["Hello ", ["strong", ["Ada"]]]]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Node {
    Text(String),
    Element(Tag, Vec<Node>),
}

/// The elements of a paper, by the names HTML has for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Tag {
    H2,
    H3,
    H4,
    P,
    /// A list; each `li` begins with its mark, a `b` such as "3." or "•": a contract's numbers are its text.
    Ul,
    Li,
    B,
    /// What stands in a list's item beside its mark.
    Div,
    Blockquote,
    Hr,
    Br,
    Strong,
    Em,
    Del,
    Code,
    Table,
    Thead,
    Tbody,
    Tfoot,
    Tr,
    Th,
    Td,
    /// A cell of a number, on the right.
    #[serde(rename = "td.n")]
    Number,
    /// What is known by name: `dt` and `dd` by turns.
    Dl,
    Dt,
    Dd,
}

impl Node {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// An element with one text in it.
    pub fn of(tag: Tag, text: impl Into<String>) -> Self {
        Self::Element(tag, vec![Self::text(text)])
    }
}

#[cfg(feature = "server")]
mod described {
    use utoipa::{
        PartialSchema, ToSchema,
        openapi::{
            RefOr, Schema,
            schema::{ArrayBuilder, ObjectBuilder, OneOfBuilder, Type},
        },
    };

    use super::Node;

    /// A text, or a tag and what is in it.
    impl PartialSchema for Node {
        fn schema() -> RefOr<Schema> {
            let text = ObjectBuilder::new().schema_type(Type::String);
            let element = ArrayBuilder::new().min_items(Some(2)).max_items(Some(2));
            OneOfBuilder::new()
                .item(text)
                .item(element)
                .description(Some(
                    "A text, or an element: its tag and the list of what is in it",
                ))
                .into()
        }
    }
    impl ToSchema for Node {}
}

/// The words of a tree as they are read, a line for each block: what two ways of drawing it are compared by.
pub fn plain(nodes: &[Node]) -> String {
    fn walk(nodes: &[Node], out: &mut String) {
        for node in nodes {
            match node {
                Node::Text(text) => out.push_str(text),
                Node::Element(tag, inner) => {
                    let inline = matches!(tag, Tag::Strong | Tag::Em | Tag::Del | Tag::Code);
                    if !inline && !out.is_empty() && !out.ends_with('\n') {
                        out.push('\n');
                    }
                    walk(inner, out);
                    if !inline && !out.is_empty() && !out.ends_with('\n') {
                        out.push('\n');
                    }
                }
            }
        }
    }
    let mut out = String::new();
    walk(nodes, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_short_in_json_and_reads_back() {
        let tree = vec![
            Node::of(Tag::H2, "Terms"),
            Node::Element(
                Tag::P,
                vec![Node::text("Hello "), Node::of(Tag::Strong, "Ada")],
            ),
            Node::of(Tag::Number, "12.00"),
        ];
        let json = serde_json::to_string(&tree).unwrap();
        assert_eq!(
            json,
            r#"[["h2",["Terms"]],["p",["Hello ",["strong",["Ada"]]]],["td.n",["12.00"]]]"#
        );
        assert_eq!(serde_json::from_str::<Vec<Node>>(&json).unwrap(), tree);
        assert_eq!(plain(&tree), "Terms\nHello Ada\n12.00\n");
    }

    #[test]
    fn an_element_that_is_none_of_a_papers_is_refused() {
        assert!(serde_json::from_str::<Node>(r#"["script",["alert(1)"]]"#).is_err());
    }
}
