//! JavaScript made short: names of its own, no blanks, no code that is never reached.

use anyhow::{Result, bail};
use oxc_allocator::Allocator;
use oxc_codegen::{Codegen, CodegenOptions, CommentOptions};
use oxc_minifier::{CompressOptions, MangleOptions, Minifier, MinifierOptions};
use oxc_parser::Parser;
use oxc_span::SourceType;

/// What a file is to a page: a module may shorten its outermost names, a classic script shares them with the page.
#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    Module,
    Script,
}

pub fn minify(source: &str, kind: Kind) -> Result<String> {
    let allocator = Allocator::default();
    let module = kind == Kind::Module;
    let source_type = if module {
        SourceType::mjs()
    } else {
        SourceType::script()
    };
    let parsed = Parser::new(&allocator, source, source_type).parse();
    if let Some(error) = parsed.diagnostics.first() {
        bail!("this is not JavaScript: {error}");
    }
    let mut program = parsed.program;
    let options = MinifierOptions {
        mangle: Some(MangleOptions {
            top_level: Some(module),
            ..MangleOptions::default()
        }),
        compress: Some(CompressOptions::smallest()),
        ..MinifierOptions::default()
    };
    let minified = Minifier::new(options).minify(&allocator, &mut program);
    let options = CodegenOptions {
        minify: true,
        comments: CommentOptions::disabled(),
        ..CodegenOptions::default()
    };
    let codegen = Codegen::new().with_options(options);
    Ok(codegen.with_scoping(minified.scoping).build(&program).code)
}

#[cfg(test)]
mod tests {
    use super::{Kind, minify};

    #[test]
    fn a_module_keeps_what_it_exports_and_a_script_its_outermost_names() {
        let source =
            "/* words */ const unused = 1;\nexport function mount(host) { return host + 1; }\n";
        let short = minify(source, Kind::Module).unwrap();
        assert!(
            short.contains("mount") && !short.contains("words"),
            "{short}"
        );
        assert!(!short.contains("host"), "{short}");
        let short = minify(
            "var portico = 1; function show(it) { return it; }",
            Kind::Script,
        );
        let short = short.unwrap();
        assert!(
            short.contains("portico") && short.contains("show"),
            "{short}"
        );
    }

    #[test]
    fn texts_stay_byte_for_byte() {
        let short = minify("f(`a  ${b}  /* c */ __PORTICO_HOST__`)", Kind::Script).unwrap();
        assert!(
            short.contains("`a  ${b}  /* c */ __PORTICO_HOST__`"),
            "{short}"
        );
    }

    #[test]
    fn what_is_no_javascript_is_an_error() {
        assert!(minify("function (", Kind::Script).is_err());
    }
}
