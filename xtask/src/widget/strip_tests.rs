use super::strip;

fn stripped(source: &str) -> String {
    strip(source).unwrap()
}

#[test]
fn comments_and_indentation_go() {
    let source = "// head\n\n/* block\n   of two */\nfunction a() {\n    // inner\n    return 1; // tail\n}\n";
    assert_eq!(stripped(source), "function a() {\nreturn 1;\n}\n");
}

#[test]
fn a_comment_between_words_leaves_them_apart() {
    assert_eq!(stripped("return/* x */a"), "return a\n");
    assert_eq!(stripped("a /* x */ + b"), "a + b\n");
}

#[test]
fn a_comment_over_lines_still_ends_the_line() {
    assert_eq!(stripped("let a = b /*\n*/ (c)"), "let a = b\n(c)\n");
}

#[test]
fn strings_stay_as_they_are() {
    for source in [
        "'// no'",
        r#""/* no */  two  ""#,
        r"'it\'s // here'",
        "'a\\\n   b // c'",
        r#""\\" + "//""#,
    ] {
        assert_eq!(stripped(source), format!("{source}\n"));
    }
}

#[test]
fn templates_stay_and_the_code_inside_them_is_stripped() {
    let source = "`  // text\n   ${ a /* gone */ + `in // ${'}'} ner` }  /* text */\n`";
    assert_eq!(
        stripped(source),
        "`  // text\n   ${ a + `in // ${'}'} ner` }  /* text */\n`\n"
    );
    assert_eq!(
        stripped("`${{ a: 1 }.a} // text`"),
        "`${{ a: 1 }.a} // text`\n"
    );
}

#[test]
fn regular_expressions_stay() {
    for source in [
        r"a = /\/\/ '/g;",
        r#"x.replace(/["'`//]/g, "")"#.replace("//]", "/]").as_str(),
        r"return /[/]\/*'/.test(a)",
        "if (a) /'/.test(b)",
        "a.map((b) => /\"/.test(b))",
        "[/`/, /'/]",
        "a && /'/.exec(b)",
    ] {
        assert_eq!(stripped(source), format!("{source}\n"));
    }
}

#[test]
fn divisions_are_not_taken_for_regular_expressions() {
    assert_eq!(stripped("a / b // '"), "a / b\n");
    assert_eq!(stripped("(a + b) / 2 /* ' */ / c"), "(a + b) / 2 / c\n");
    assert_eq!(stripped("a[0] / 2 // `"), "a[0] / 2\n");
    assert_eq!(stripped("x.in / 2 // '"), "x.in / 2\n");
    assert_eq!(stripped("'a'.length / 2 // `"), "'a'.length / 2\n");
}

#[test]
fn what_is_unclear_or_unclosed_is_an_error_with_its_line() {
    for (source, says) in [
        ("a\n}/x/", "line 2"),
        ("{}\n/x/", "line 2"),
        ("'open", "string"),
        ("`open", "template"),
        ("/* open", "comment"),
        ("a = /open", "regular expression"),
        ("f(", "bracket"),
    ] {
        let error = strip(source).unwrap_err().to_string();
        assert!(error.contains(says), "{source}: {error}");
    }
}

#[test]
fn stripping_twice_changes_nothing() {
    let once = stripped("  a(1); // x\n\n  b = `\n  y`;\n");
    assert_eq!(stripped(&once), once);
}
