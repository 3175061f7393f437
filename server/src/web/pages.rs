//! Pages: minijinja templates beside the features that use them (`*/templates/*.html`), strict
//! about names they do not know (but for asking whether one is there).

use axum::response::Html;
use minijinja::{Environment, UndefinedBehavior, syntax::SyntaxConfig, value::Serde};
use portico_wire::Problem;
use rust_embed::RustEmbed;

use crate::Result;

#[derive(RustEmbed)]
#[folder = "src/"]
#[include = "*/templates/*"]
struct Templates;

pub struct Pages(Environment<'static>);

impl Pages {
    pub fn new() -> Result<Self> {
        let mut env = Environment::new();
        env.set_syntax(
            SyntaxConfig::builder()
                .trim_blocks(true)
                .lstrip_blocks(true)
                .build()?,
        );
        env.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        env.set_auto_escape_callback(|name| match name.rsplit('.').next() {
            // MJML is XML: the same characters need escaping as in HTML.
            Some("html" | "mjml") => minijinja::AutoEscape::Html,
            _ => minijinja::AutoEscape::None,
        });
        // Each is compiled when it is first asked for: all of them would be half of an idle server's own memory.
        env.set_loader(|name| {
            let file = name
                .rsplit_once('/')
                .and_then(|(feature, file)| Templates::get(&format!("{feature}/templates/{file}")));
            Ok(file.map(|file| String::from_utf8_lossy(&file.data).into_owned()))
        });
        Ok(Self(env))
    }

    /// Renders `feature/name.html`.
    pub fn render(&self, name: &str, context: impl serde::Serialize) -> Result<String> {
        Ok(self
            .0
            .get_template(name)?
            .render(minijinja::Value::from(Serde(context)))?)
    }

    pub fn page(&self, name: &str, context: impl serde::Serialize) -> Result<Html<String>> {
        self.render(name, context).map(Html)
    }

    /// Every name, for the test that compiles them all.
    pub fn names() -> Vec<String> {
        Templates::iter()
            .map(|path| path.replace("/templates/", "/"))
            .collect()
    }

    /// Whether `feature/name.html` is there, and parses.
    pub fn check(&self, name: &str) -> Result<()> {
        self.0.get_template(name)?;
        Ok(())
    }

    /// A problem as a page; never fails.
    pub fn error(&self, problem: &Problem) -> Html<String> {
        self.page("web/error.html", serde_json::json!({ "problem": problem }))
            .unwrap_or_else(|error| {
                tracing::error!(%error, "the error page cannot be rendered");
                Html("<!doctype html><title>Error</title><p>Something went wrong.</p>".into())
            })
    }
}
