//! wasm-bindgen, called as a library.

use anyhow::{Context as _, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

pub struct Bound {
    pub glue: String,
    pub wasm: Vec<u8>,
}

/// Makes the module and the JavaScript that loads it.
///
/// The names of functions go: they are a third of the bytes. The glue is made without a default
/// address for the module: the loader hands it over as `init({ module_or_path })`, so that the
/// hashed name stands in one place.
pub fn run(wasm: &[u8]) -> Result<Bound> {
    let mut output = Bindgen::new()
        .input_bytes("portico", wasm.to_vec())
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate_output()
        .context("wasm-bindgen refused the portal's module")?;
    // Every crate has an entry; one with a list of files is what matters.
    let inline = output
        .snippets()
        .iter()
        .filter(|(_, files)| !files.is_empty())
        .map(|(name, _)| name);
    let brought = inline
        .chain(output.local_modules().keys())
        .chain(output.npm_dependencies().keys());
    let brought = brought.map(String::as_str).collect::<Vec<_>>();
    ensure!(
        brought.is_empty(),
        "these bring JavaScript files of their own, without hashed names and without a place under a strict CSP: {}; \
         leave them out or turn that feature off",
        brought.join(", ")
    );
    let mut glue = output.js().to_owned();
    let module = output.wasm_mut();
    let mut names = Names::new(&glue)?;
    for import in module.imports.iter_mut() {
        import.name = names.shorten(&mut glue, &import.name);
    }
    for export in module.exports.iter_mut() {
        export.name = names.shorten(&mut glue, &export.name);
    }
    check(&glue)?;
    Ok(Bound {
        glue,
        wasm: module.emit_wasm(),
    })
}

/// Short names for what only the glue and the module say to each other. wasm-bindgen's end in a
/// hash of 16 digits each, which stands in both files and cannot be compressed.
struct Names(u32);

impl Names {
    fn new(glue: &str) -> Result<Self> {
        ensure!(
            !glue.contains("$0"),
            "the glue uses names like `$0` itself: choose others for the short ones"
        );
        Ok(Self(0))
    }

    /// The short name, which then stands in the glue too.
    fn shorten(&mut self, glue: &mut String, name: &str) -> String {
        if !name.starts_with("__wb") && !name.starts_with("wasm_bindgen__") {
            // What the loader or the host calls.
            return name.to_owned();
        }
        let short = format!("${:x}", self.0);
        self.0 += 1;
        *glue = replace_word(glue, name, &short);
        short
    }
}

/// Replaces `word` where it stands alone, not as a part of a longer name.
fn replace_word(text: &str, word: &str, with: &str) -> String {
    let in_name = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let (before, found) = rest.split_at(at);
        let after = &found[word.len()..];
        let alone = !before.ends_with(in_name) && !after.starts_with(in_name);
        out.push_str(before);
        out.push_str(if alone { with } else { word });
        rest = after;
    }
    out.push_str(rest);
    out
}

fn check(glue: &str) -> Result<()> {
    ensure!(
        !glue.contains("_bg.wasm"),
        "the glue names the module by an unhashed address"
    );
    ensure!(
        glue.contains("module_or_path"),
        "the glue's init no longer takes `module_or_path`: change the loader too"
    );
    ensure!(
        !glue.contains("new Function") && !glue.contains("eval("),
        "the glue builds code from text, which a page with a strict CSP refuses; find the import that brings it \
         (js_sys::Function::new_with_args, js_sys::eval)"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Names, check, replace_word};

    #[test]
    fn names_between_glue_and_module_become_short_and_others_stay() {
        let mut glue = "{ __wbg_get_ab: 1 }; wasm.__wbg_get_abc; wasm.mount".to_owned();
        let mut names = Names::new(&glue).unwrap();
        assert_eq!(names.shorten(&mut glue, "__wbg_get_ab"), "$0");
        assert_eq!(names.shorten(&mut glue, "mount"), "mount");
        assert_eq!(glue, "{ $0: 1 }; wasm.__wbg_get_abc; wasm.mount");
        assert_eq!(replace_word("a.ab ab", "ab", "x"), "a.x x");
    }

    #[test]
    fn glue_with_an_unhashed_address_or_with_eval_is_refused() {
        let init = "async function init(module_or_path) {}";
        assert!(check(init).is_ok());
        assert!(check("").is_err());
        assert!(check(&format!("{init} new URL('portico_bg.wasm')")).is_err());
        assert!(check(&format!("{init} return new Function(a)")).is_err());
    }
}
