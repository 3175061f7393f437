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
    let glue = output.js().to_owned();
    check(&glue)?;
    Ok(Bound {
        glue,
        wasm: output.wasm_mut().emit_wasm(),
    })
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
    use super::check;

    #[test]
    fn glue_with_an_unhashed_address_or_with_eval_is_refused() {
        let init = "async function init(module_or_path) {}";
        assert!(check(init).is_ok());
        assert!(check("").is_err());
        assert!(check(&format!("{init} new URL('portico_bg.wasm')")).is_err());
        assert!(check(&format!("{init} return new Function(a)")).is_err());
    }
}
