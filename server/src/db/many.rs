//! One statement for many rows: a list of values costs a round trip each otherwise. The text that stands in
//! a store is the one for a single row, which is what the tests prepare and check.

/// Bound values in one statement; SQLite takes 32,766, PostgreSQL 65,535. SQLite looks through the names of all those before
/// for each `$1`, once when it reads the statement and once when the value is bound: the time for a value grows with their number.
pub const MOST: usize = 500;

/// `… values ($1, $2, $3) …` for `rows` rows: each has its own values but for `$1`, the studio.
pub fn values(sql: &str, rows: usize) -> String {
    let (head, rest) = sql.split_once(" values (").unwrap_or((sql, ""));
    let (group, tail) = rest.split_once(')').unwrap_or((rest, ""));
    let width = width(sql);
    let groups: Vec<String> = (0..rows)
        .map(|row| {
            let shifted: Vec<String> = group
                .split(',')
                .map(|value| match number(value) {
                    Some(n) if n > 1 => format!("${}", n + row * width),
                    _ => value.trim().to_owned(),
                })
                .collect();
            format!("({})", shifted.join(", "))
        })
        .collect();
    format!("{head} values {}{tail}", groups.join(", "))
}

/// Values of one row, without the studio.
pub fn width(sql: &str) -> usize {
    let group = sql.split_once(" values (").map_or("", |(_, rest)| rest);
    let group = group.split_once(')').map_or(group, |(group, _)| group);
    let highest = group.split(',').filter_map(number).max();
    highest.unwrap_or(2).saturating_sub(1).max(1)
}

/// `… in ($3) …` for a list of `items`, which are the last arguments.
pub fn among(sql: &str, first: usize, items: usize) -> String {
    let list: Vec<String> = (first..first + items).map(|n| format!("${n}")).collect();
    sql.replace(
        &format!("in (${first})"),
        &format!("in ({})", list.join(", ")),
    )
}

fn number(value: &str) -> Option<usize> {
    value.trim().strip_prefix('$')?.parse().ok()
}

/// Inserts many rows by the statement for one. The text is another one for each number of rows: it is not kept prepared,
/// which would fill the memory of both ends.
macro_rules! insert_many {
    ($tx:expr, $sql:expr, $rows:expr, |$row:ident| [$($arg:expr),* $(,)?]) => {{
        let sql: &str = $sql;
        for some in $rows.chunks($crate::db::many::MOST / $crate::db::many::width(sql)) {
            let text = sqlx::AssertSqlSafe($crate::db::many::values(sql, some.len()));
            match $tx.conn()? {
                $crate::db::Conn::Sqlite(conn, args) => {
                    let mut args = args;
                    for $row in some {
                        $(args = $crate::db::bind(args, $arg)?;)*
                    }
                    sqlx::query_with::<sqlx::Sqlite, _>(text, args).persistent(false).execute(conn).await.map(|_| ())
                }
                $crate::db::Conn::Postgres(conn, args) => {
                    let mut args = args;
                    for $row in some {
                        $(args = $crate::db::bind(args, $arg)?;)*
                    }
                    sqlx::query_with::<sqlx::Postgres, _>(text, args).persistent(false).execute(conn).await.map(|_| ())
                }
            }
            .map_err($crate::error::Error::from)?;
        }
    }};
}

/// All rows for a list, which is the statement's last argument: `… in ($n)`. Nothing for an empty one.
macro_rules! fetch_among {
    ($tx:expr, $row:ty, $sql:expr, [$($arg:expr),*], $list:expr $(,)?) => {{
        let first = 2 $(+ { let _ = stringify!($arg); 1 })*;
        let mut found: Vec<$row> = Vec::new();
        for some in $list.chunks($crate::db::many::MOST) {
            let text = sqlx::AssertSqlSafe($crate::db::many::among($sql, first, some.len()));
            let rows = match $tx.conn()? {
                $crate::db::Conn::Sqlite(conn, args) => {
                    $(let args = $crate::db::bind(args, $arg)?;)*
                    let mut args = args;
                    for one in some {
                        args = $crate::db::bind(args, one)?;
                    }
                    sqlx::query_as_with::<sqlx::Sqlite, $row, _>(text, args).persistent(false).fetch_all(conn).await
                }
                $crate::db::Conn::Postgres(conn, args) => {
                    $(let args = $crate::db::bind(args, $arg)?;)*
                    let mut args = args;
                    for one in some {
                        args = $crate::db::bind(args, one)?;
                    }
                    sqlx::query_as_with::<sqlx::Postgres, $row, _>(text, args).persistent(false).fetch_all(conn).await
                }
            };
            found.extend(rows.map_err($crate::error::Error::from)?);
        }
        found
    }};
}

pub(crate) use {fetch_among, insert_many};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statement_for_one_row_becomes_the_one_for_many() {
        let one = "insert into t (studio_id, a, b) values ($1, $2, $3) on conflict do nothing";
        assert_eq!(width(one), 2);
        assert_eq!(values(one, 1), one);
        assert_eq!(
            values(one, 3),
            "insert into t (studio_id, a, b) values ($1, $2, $3), ($1, $4, $5), ($1, $6, $7) on conflict do nothing"
        );
        let again = "insert into t (studio_id, a, b, c) values ($1, $2, $3, $2)";
        assert_eq!(
            values(again, 2),
            "insert into t (studio_id, a, b, c) values ($1, $2, $3, $2), ($1, $4, $5, $4)"
        );
    }

    #[test]
    fn a_list_takes_the_place_of_the_last_argument() {
        assert_eq!(
            among(
                "select a from t where s = $1 and i = $2 and a in ($3) order by a",
                3,
                3
            ),
            "select a from t where s = $1 and i = $2 and a in ($3, $4, $5) order by a"
        );
    }
}
