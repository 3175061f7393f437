//! Every SQL text of the server, prepared on the engine under test, and held to the house rules.

use std::path::{Path, PathBuf};

use portico::db::{json::translate, many::among};
use sqlx::{Connection as _, Executor as _, SqlSafeStr as _};

use crate::harness::TestApp;

struct Statement {
    file: String,
    line: usize,
    text: String,
    /// Run with a `StudioTx`, whose first argument is the studio.
    of_studio: bool,
}

const MACROS: &[&str] = &[
    "fetch_one!(",
    "fetch_optional!(",
    "fetch_all!(",
    "scalar!(",
    "execute!(",
    "insert_many!(",
    "fetch_among!(",
];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            found.push(path);
        }
    }
}

/// Reads a string literal that begins at `text`'s first quote: its value and what follows.
fn literal(text: &str) -> Option<String> {
    let mut value = String::new();
    let mut chars = text.strip_prefix('"')?.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => return Some(value),
            '\\' => match chars.next()? {
                'n' => value.push('\n'),
                '\n' => while chars.next_if(|c| c.is_whitespace()).is_some() {},
                other => value.push(other),
            },
            other => value.push(other),
        }
    }
    None
}

fn statements() -> Vec<Statement> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    files(&root, &mut paths);
    let mut found = Vec::new();
    for path in paths.iter().filter(|path| !path.ends_with("src/db.rs")) {
        let source = std::fs::read_to_string(path).unwrap();
        let file = path.strip_prefix(&root).unwrap().display().to_string();
        for (at, _) in source.match_indices('"') {
            let text = &source[at..];
            let head = text[1..].trim_start();
            let is_sql = [
                "select ",
                "insert into ",
                "update ",
                "delete from ",
                "with ",
            ]
            .iter()
            .any(|verb| head.starts_with(verb));
            if !is_sql || source[..at].ends_with('\\') {
                continue;
            }
            let before = &source[..at];
            let call = MACROS.iter().filter_map(|name| before.rfind(name)).max();
            let texts = before.rfind("dialect(").max(before.rfind(".json("));
            let Some(start) = call.max(texts) else {
                continue;
            };
            // The function's signature says which transaction the statement runs in.
            let of_studio = before[..start].rfind("tx: &mut StudioTx").max(Some(0))
                > before[..start].rfind("tx: &mut Tx").max(Some(0));
            let Some(text) = literal(text) else { continue };
            found.push(Statement {
                file: file.clone(),
                line: before.lines().count(),
                text,
                of_studio,
            });
        }
    }
    found
}

#[tokio::test]
async fn every_statement_can_be_prepared() {
    let test = TestApp::new().await;
    let statements = statements();
    assert!(
        statements.len() > 40,
        "only {} statements were found",
        statements.len()
    );
    let url = &test.app.config.database_url;
    let mut wrong = Vec::new();
    for statement in &statements {
        let other_engine = if url.starts_with("sqlite:") {
            statement.text.contains("skip locked") || statement.text.contains("as uuid")
        } else {
            statement.text.contains("unhex(")
        };
        if other_engine {
            continue;
        }
        let text = match url.starts_with("sqlite:") {
            true => statement.text.clone(),
            false => translate(&statement.text).into_owned(),
        };
        let sql = sqlx::AssertSqlSafe(text).into_sql_str();
        let prepared = if url.starts_with("sqlite:") {
            let mut conn = sqlx::SqliteConnection::connect(url).await.unwrap();
            conn.prepare(sql).await.map(|_| ())
        } else {
            let mut conn = sqlx::PgConnection::connect(url).await.unwrap();
            conn.prepare(sql).await.map(|_| ())
        };
        if let Err(error) = prepared {
            wrong.push(format!("{}:{}: {error}", statement.file, statement.line));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// SQLite with the demo in it; nothing where PostgreSQL is under test, which plans by what its tables hold.
async fn sqlite() -> Option<(TestApp, sqlx::SqliteConnection)> {
    let test = TestApp::new().await;
    if !test.app.db.is_sqlite() {
        return None;
    }
    let url = &test.app.config.database_url;
    let conn = sqlx::SqliteConnection::connect(url).await.unwrap();
    Some((test, conn))
}

/// The steps SQLite takes.
async fn plan(conn: &mut sqlx::SqliteConnection, statement: &Statement) -> Vec<String> {
    let asked = format!("explain query plan {}", statement.text);
    let steps: Vec<(i64, i64, i64, String)> = sqlx::query_as(sqlx::AssertSqlSafe(asked))
        .fetch_all(conn)
        .await
        .unwrap();
    steps.into_iter().map(|(.., step)| step).collect()
}

/// Else SQLite prepares each statement with a bound limit anew whenever it runs (`.cargo/config.toml`).
#[tokio::test]
async fn a_statement_is_planned_once_whatever_is_bound_to_it() {
    let Some((_test, mut conn)) = sqlite().await else {
        return;
    };
    let sql = "select sqlite_compileoption_used('ENABLE_QPSG')";
    let (stable,): (bool,) = sqlx::query_as(sql).fetch_one(&mut conn).await.unwrap();
    assert!(stable);
}

/// A list costs the page it shows, whatever stands behind it: its order is an index's.
#[tokio::test]
async fn a_page_of_a_list_comes_from_an_index_in_its_order() {
    let Some((_test, mut conn)) = sqlite().await else {
        return;
    };
    // Sorted in memory, as few: found by words, of one client or contact, a studio's forms, the ids of one page.
    const FEW: &[&str] = &[
        "client_words",
        "access_state = 'duplicate' and email >",
        "union select id from (select id from sign_ins",
        "union select id from (select id from audit_log",
        "from contacts k join audit_log a",
        "from forms f",
        "from event_contacts c where",
        "oldest as materialized",
    ];
    let mut wrong = Vec::new();
    for statement in statements() {
        let words: Vec<_> = statement.text.split_whitespace().collect();
        let text = words.join(" ");
        let page = text.contains(" limit $") && !text.contains("skip locked");
        if !page || FEW.iter().any(|few| text.contains(few)) {
            continue;
        }
        let plan = plan(&mut conn, &statement).await;
        if let Some(step) = plan.iter().find(|step| step.contains("TEMP B-TREE")) {
            wrong.push(format!("{}:{}: {step}", statement.file, statement.line));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The events of one client are found by that client, not by looking through the studio's.
#[tokio::test]
async fn a_list_of_one_client_begins_with_what_is_that_clients() {
    let Some((_test, mut conn)) = sqlite().await else {
        return;
    };
    let all = statements();
    let lists = all.iter().filter(|one| {
        one.file == "events/store/lists.rs" && one.text.contains("from event_clients o")
    });
    let lists: Vec<_> = lists.collect();
    assert_eq!(lists.len(), 2, "forward and back in time");
    for statement in lists {
        let plan = plan(&mut conn, statement).await;
        assert!(plan[0].contains("event_clients_start"), "{}", plan[0]);
    }
}

/// A hundred thousand runs of automations keep no sign-in code waiting.
#[tokio::test]
async fn a_lane_of_work_looks_at_its_own_jobs_alone() {
    let Some((_test, mut conn)) = sqlite().await else {
        return;
    };
    let all = statements();
    let looks = all
        .iter()
        .filter(|one| one.file == "jobs.rs" && one.text.contains("lane = $"));
    let looks: Vec<_> = looks
        .filter(|one| !one.text.contains("skip locked"))
        .collect();
    assert_eq!(looks.len(), 2, "whether there is one, and taking some");
    for statement in looks {
        let plan = plan(&mut conn, statement).await.join(" ");
        let by = "jobs_due (state=? AND lane=? AND run_at<?)";
        assert!(plan.contains(by), "{plan}");
    }
}

/// What five hundred rows of a file could be about is looked up among the fifty thousand before them.
#[tokio::test]
async fn l26_an_import_finds_its_earlier_rows_by_an_index() {
    let Some((_test, mut conn)) = sqlite().await else {
        return;
    };
    let all = statements();
    let looks = all.iter().filter(|one| {
        one.file == "clients/import/store/staged.rs" && one.text.contains(" in ($3)")
    });
    let mut count = 0;
    for statement in looks {
        let many = Statement {
            text: among(&statement.text, 3, 500),
            file: statement.file.clone(),
            ..*statement
        };
        let plan = plan(&mut conn, &many).await.join(" ");
        assert!(
            !plan.contains("(studio_id=? AND import_id=?)"),
            "{}: {plan}",
            statement.line
        );
        count += 1;
    }
    assert_eq!(count, 4);
}

#[test]
fn tenant_tables_are_asked_with_the_studio_first() {
    for statement in statements().iter().filter(|statement| statement.of_studio) {
        let text = statement
            .text
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let named = [
            "studio_id = $1",
            "where id = $1",
            "values ($1",
            "values ($3, $1",
            "select $3, $1",
            "st.id = $1",
        ];
        assert!(
            named.iter().any(|how| text.contains(how)),
            "{}:{}: {text}",
            statement.file,
            statement.line
        );
    }
}

#[test]
fn one_text_serves_both_engines() {
    const REFUSED: &[&str] = &[
        "now()",
        "ilike",
        "::",
        "any(",
        "interval",
        "greatest(",
        "distinct on",
        "select *",
        "gen_random_uuid",
    ];
    for statement in statements() {
        let text = statement.text.to_lowercase();
        for word in REFUSED {
            assert!(
                !text.contains(word),
                "{}:{}: {word}",
                statement.file,
                statement.line
            );
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    files(&root, &mut paths);
    let dialects: usize = paths
        .iter()
        .filter(|path| !path.ends_with("src/db.rs"))
        .map(|path| {
            std::fs::read_to_string(path)
                .unwrap()
                .matches(".dialect(")
                .count()
        })
        .sum();
    assert!(
        dialects <= 10,
        "{dialects} texts differ between the engines; ten is the most"
    );
}

#[test]
fn sql_stands_in_stores_and_plumbing_alone() {
    const PLUMBING: &[&str] = &["jobs.rs", "audit.rs"];
    for statement in statements() {
        let name = statement.file.rsplit('/').next().unwrap();
        assert!(
            name == "store.rs" || statement.file.contains("/store/") || PLUMBING.contains(&name),
            "{}:{}",
            statement.file,
            statement.line
        );
    }
}
