//! `cargo xtask sql`: every SQL text, prepared on both engines.

use anyhow::{Result, bail};

use crate::{
    args::Args,
    nextest::{Counts, Suite},
    postgres,
    steps::Steps,
};

pub const SUMMARY: &str = "prepare every SQL text on SQLite and PostgreSQL
Also checks that tables of a studio are asked with the studio's id. The suites of `test` contain it.";

pub fn run(args: Args) -> Result<()> {
    args.end()?;
    let mut steps = Steps::new(2);
    let mut suite = Suite {
        packages: &["portico-server"],
        filter: Some("test(/^sql::/)"),
        postgres: None,
        env: &[],
    };
    let sqlite = steps.run("Every SQL text on SQLite", || Ok(suite.run()?.counts))?;
    let cluster = postgres::start()?;
    suite.postgres = Some(&cluster);
    let postgres = steps.run("Every SQL text on PostgreSQL", || Ok(suite.run()?.counts))?;
    finish(sqlite, postgres)
}

fn finish(sqlite: Counts, postgres: Counts) -> Result<()> {
    match (sqlite.failed, postgres.failed) {
        (0, 0) if sqlite.passed > 0 && postgres.passed > 0 => Ok(()),
        (0, 0) => bail!("no test of a name sql::… ran: the server's tests have to bring it"),
        (sqlite, postgres) => bail!("{sqlite} failed on SQLite, {postgres} on PostgreSQL"),
    }
}
