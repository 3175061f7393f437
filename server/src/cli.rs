//! The command line: what an operator does by hand.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;

use crate::{
    App, Result,
    access::{Email, passwords},
    audit::{self, Actor, Change, Subject},
    clock::Clock,
    config::Config,
    contracts,
    db::Db,
    demo,
    error::Error,
    ops, payments,
    scope::StudioScope,
    serve,
    staff::{self, Role},
    studios::{self, Slug, Studio, Subscription},
};

/// Portico: a client portal inside the studio's own website.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    /// The configuration file; environment variables PORTICO_… win over it.
    #[arg(long, global = true, default_value = "portico.toml")]
    config: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the API, the admin and the workers. Migrates an SQLite database on start.
    Serve,
    /// Brings the database's schema up to date.
    Migrate,
    /// Serves a demo with studios, clients and a website to try it on. Loopback only.
    Demo,
    /// Studios of this server.
    #[command(subcommand)]
    Studio(StudioCommand),
    /// Staff of a studio.
    #[command(subcommand)]
    Staff(StaffCommand),
    /// Copies the SQLite database while it is in use, and opens the copy to check it.
    Backup {
        /// The file to write; it must not exist.
        file: PathBuf,
    },
    /// Says whether a PDF of a contract is untouched, and what is known of it.
    Verify {
        /// The PDF as it was given out.
        file: PathBuf,
    },
    /// Checks that a studio's books add up: payments, invoices, and what is owed.
    Books {
        /// Its word in addresses.
        slug: String,
    },
    /// The configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
}

#[derive(Subcommand)]
enum StudioCommand {
    /// Makes a studio.
    Create {
        /// Its word in addresses: small letters, digits and dashes.
        slug: String,
        #[arg(long)]
        name: String,
        /// A website that may show its portal; can be given more than once.
        #[arg(long)]
        website: Vec<String>,
    },
    /// Sets the state of a studio's subscription.
    Subscription {
        slug: String,
        /// active, past_due (Error 102) or expired (Error 101)
        state: String,
    },
}

#[derive(Subcommand)]
enum StaffCommand {
    /// Gives somebody a role at a studio; an account is made where there is none.
    Add {
        email: String,
        #[arg(long)]
        studio: String,
        #[arg(long)]
        name: String,
        /// owner, manager or member
        #[arg(long, default_value = "owner")]
        role: String,
        /// The file with the account's password in its first line; `-` reads standard input.
        #[arg(long)]
        password_file: PathBuf,
    },
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Prints the effective configuration, secrets masked, or what is wrong with it.
    Check,
}

pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    match runtime.block_on(execute(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        // Where it happened helps whoever reads a log, not whoever typed a command.
        Err(Error::Internal { source, .. }) => fail(&source),
        Err(error) => fail(&error),
    }
}

#[expect(clippy::print_stderr, reason = "a command line talks to its person")]
fn fail(error: &dyn std::fmt::Display) -> ExitCode {
    eprintln!("portico: {error}");
    ExitCode::FAILURE
}

#[expect(clippy::print_stdout, reason = "a command line talks to its person")]
fn say(text: impl std::fmt::Display) {
    println!("{text}");
}

async fn execute(cli: Cli) -> Result<()> {
    if let Command::Demo = cli.command {
        let config = Config::read(&cli.config, std::env::vars()).map_err(plain)?;
        return demo::run(config).await;
    }
    let config = Config::load(&cli.config).map_err(plain)?;
    match cli.command {
        Command::Config(ConfigCommand::Check) => {
            say(config.masked());
            Ok(())
        }
        Command::Serve => {
            serve::start_logging(&config);
            ops::start_measuring();
            let db = connect(&config).await?;
            if db.is_sqlite() {
                db.migrate().await?;
            }
            let listener = TcpListener::bind(config.listen).await?;
            tracing::info!(address = %config.listen, "listening");
            serve::serve(App::new(config, db, Clock::System)?, listener).await
        }
        Command::Migrate => {
            connect(&config).await?.migrate().await?;
            say("The database is up to date.");
            Ok(())
        }
        Command::Studio(command) => studio(&connect(&config).await?, command).await,
        Command::Staff(StaffCommand::Add {
            email,
            studio,
            name,
            role,
            password_file,
        }) => {
            let password = read_line(&password_file)?;
            let role =
                Role::parse(&role).ok_or_else(|| plain("--role is owner, manager or member"))?;
            let hasher = passwords::Hasher::new(&config.argon2)?;
            add_staff(
                &connect(&config).await?,
                &hasher,
                &email,
                &name,
                &studio,
                role,
                &password,
            )
            .await
            .map_err(in_words)?;
            say(format!("{email} is {} of {studio}.", role.name()));
            Ok(())
        }
        Command::Backup { file } => backup(&config, &file).await,
        Command::Verify { file } => verify(&connect(&config).await?, &file).await,
        Command::Books { slug } => books(&connect(&config).await?, &slug).await,
        Command::Demo => Ok(()),
    }
}

async fn books(db: &Db, slug: &str) -> Result<()> {
    // Operator: the studio is named by its word in addresses.
    let mut tx = db.system_read().await?;
    let studio = studios::store::find_by_slug(&mut tx, slug)
        .await?
        .ok_or_else(|| plain("there is no such studio"))?;
    drop(tx);
    let mut tx = db.read(&studio.scope).await?;
    let wrong = payments::check::check(&mut tx).await?;
    if wrong.is_empty() {
        say("The books add up.");
        return Ok(());
    }
    Err(plain(wrong.join("\n")))
}

async fn verify(db: &Db, file: &Path) -> Result<()> {
    let content = std::fs::read(file).map_err(plain)?;
    match contracts::verify::look_up(db, &Sha256::digest(&content)).await? {
        Some(known) => {
            say(known);
            Ok(())
        }
        None => Err(plain(
            "this file is no PDF that was given out here, or it was altered",
        )),
    }
}

/// A refusal's sentence is what a person at the command line needs.
fn in_words(error: Error) -> Error {
    match error {
        Error::Refused(refusal) => plain(refusal.detail),
        other => other,
    }
}

#[track_caller]
fn plain(text: impl std::fmt::Display) -> Error {
    Error::internal(text.to_string())
}

async fn connect(config: &Config) -> Result<Db> {
    Db::connect(
        &config.database_url,
        config.database_connections,
        Clock::System,
    )
    .await
}

async fn studio(db: &Db, command: StudioCommand) -> Result<()> {
    match command {
        StudioCommand::Create {
            slug,
            name,
            website,
        } => {
            let studio = create_studio(db, &slug, name, &website)
                .await
                .map_err(in_words)?;
            say(format!(
                "Studio {} is there. Add an owner: portico staff add EMAIL --studio {} …",
                studio.name, studio.slug
            ));
            Ok(())
        }
        StudioCommand::Subscription { slug, state } => {
            let wanted = Subscription::ALL
                .iter()
                .copied()
                .find(|one| one.name() == state)
                .ok_or_else(|| plain("the state is active, past_due or expired"))?;
            set_subscription(db, &slug, wanted)
                .await
                .map_err(in_words)?;
            say(format!("The subscription of {slug} is {state}."));
            Ok(())
        }
    }
}

/// A studio with its websites, each with and without `www`.
pub async fn create_studio(
    db: &Db,
    slug: &str,
    name: String,
    websites: &[String],
) -> Result<Studio> {
    // Operator: the studio this works in does not exist yet.
    let tx = db.system().await?;
    let scope = StudioScope::of(tx.id());
    let studio = Studio::new(scope, Slug::parse(slug)?, name);
    let mut tx = tx.for_studio(&scope);
    studios::create(&mut tx, &studio, websites, &Actor::Operator).await?;
    tx.commit().await?;
    Ok(studio)
}

async fn set_subscription(db: &Db, slug: &str, state: Subscription) -> Result<()> {
    // Operator: the studio is named by its word in addresses.
    let mut tx = db.system().await?;
    let studio = studios::store::find_by_slug(&mut tx, slug)
        .await?
        .ok_or_else(|| plain("there is no such studio"))?;
    let mut tx = tx.for_studio(&studio.scope);
    studios::store::save_subscription(&mut tx, state, studio.paid_until).await?;
    let change = Change {
        before: Some(studio.subscription.name().into()),
        after: Some(state.name().into()),
    };
    audit::append(
        &mut tx,
        &Actor::Operator,
        "subscription set",
        Subject("studio", None),
        change,
        "-",
    )
    .await?;
    tx.commit().await
}

pub async fn add_staff(
    db: &Db,
    hasher: &passwords::Hasher,
    email: &str,
    name: &str,
    slug: &str,
    role: Role,
    password: &str,
) -> Result<()> {
    let email = Email::parse(email)?;
    passwords::check(password, &[email.as_str(), name])?;
    let hash = hasher.hash(password).await?;
    // Operator: staff accounts belong to the host.
    let mut tx = db.system().await?;
    let studio = studios::store::find_by_slug(&mut tx, slug)
        .await?
        .ok_or_else(|| plain("there is no such studio"))?;
    let id = staff::store::find_or_insert(&mut tx, &email, name).await?;
    staff::store::save_password(&mut tx, id, &hash).await?;
    let mut tx = tx.for_studio(&studio.scope);
    staff::store::save_role(&mut tx, id, role).await?;
    let change =
        Change::made(&serde_json::json!({ "email": email.as_str(), "role": role.name() }))?;
    audit::append(
        &mut tx,
        &Actor::Operator,
        "staff added",
        Subject("staff", Some(id.into_uuid())),
        change,
        "-",
    )
    .await?;
    tx.commit().await
}

async fn backup(config: &Config, file: &std::path::Path) -> Result<()> {
    if file.exists() {
        return Err(plain(format!("{} is there already", file.display())));
    }
    let path = file
        .to_str()
        .ok_or_else(|| plain("the file's name is not UTF-8"))?;
    if !connect(config).await?.backup_sqlite(path).await? {
        return Err(plain(
            "PostgreSQL is backed up with pg_dump or its own archive; see docs/OPERATIONS.md",
        ));
    }
    let copy = Db::connect(&format!("sqlite:{path}"), 1, Clock::System).await?;
    copy.check_sqlite().await?;
    // Operator: a look over all studios.
    let mut tx = copy.system_read().await?;
    let studios = studios::store::count(&mut tx).await?;
    drop(tx);
    copy.close().await;
    say(format!(
        "{} holds {studios} studios and passes SQLite's integrity check.",
        file.display()
    ));
    Ok(())
}

fn read_line(file: &std::path::Path) -> Result<String> {
    let text = if file.as_os_str() == "-" {
        std::io::read_to_string(std::io::stdin())?
    } else {
        std::fs::read_to_string(file)?
    };
    Ok(text.lines().next().unwrap_or("").to_owned())
}
