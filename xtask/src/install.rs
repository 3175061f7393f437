//! What the tests need beside Rust, installed where this can be done, named where it cannot.

use std::{path::PathBuf, process::Command, thread, time::Duration};

use anyhow::{Result, bail};

use crate::{
    cmd::{self, command},
    postgres,
};

/// A Debian package and how to see that it is there.
struct Need {
    package: &'static str,
    there: fn() -> bool,
    what_for: &'static str,
}

const POSTGRESQL: Need = Need {
    package: "postgresql",
    there: || postgres::programs().is_some(),
    what_for: "the second database engine",
};
/// Playwright refuses older ones.
const OLDEST_NODE: u32 = 20;

const NODE: Need = Need {
    package: "nodejs",
    there: || node_version().is_some_and(|version| version >= OLDEST_NODE),
    what_for: "the browser tests, 20 or newer",
};
const NPM: Need = Need {
    package: "npm",
    there: || cmd::installed("npm"),
    what_for: "the browser tests",
};
const CHROMIUM: Need = Need {
    package: "chromium",
    there: || chromium().is_some(),
    what_for: "the browser tests",
};
const VENV: Need = Need {
    package: "python3-venv",
    there: venv_works,
    what_for: "fuzzing the API",
};

const PHP: Need = Need {
    package: "php-cli",
    there: || cmd::installed("php"),
    what_for: "WordPress",
};
const PHP_MYSQL: Need = Need {
    package: "php-mysql",
    there: || php_has("mysqli"),
    what_for: "WordPress",
};
const PHP_XML: Need = Need {
    package: "php-xml",
    there: || php_has("dom"),
    what_for: "WordPress",
};
const PHP_MBSTRING: Need = Need {
    package: "php-mbstring",
    there: || php_has("mbstring"),
    what_for: "WordPress",
};
/// The programs without the service that the package `mariadb-server` would start.
const MARIADB: Need = Need {
    package: "mariadb-server-core",
    there: || cmd::installed("mariadb-install-db"),
    what_for: "WordPress",
};
const MARIADB_CLIENT: Need = Need {
    package: "mariadb-client-core",
    there: || cmd::installed("mariadb"),
    what_for: "WordPress",
};

/// For the suites on PostgreSQL.
pub fn for_postgres() -> Result<()> {
    install(&[POSTGRESQL])
}

/// For the browser tests: the programs, and the packages of `e2e/` as its lock file has them.
pub fn for_e2e() -> Result<()> {
    install(&[NODE, NPM, CHROMIUM])?;
    npm_ci("e2e")
}

/// For Lighthouse, whose packages only the drill needs.
pub fn for_lighthouse() -> Result<()> {
    for_e2e()?;
    npm_ci("e2e/lighthouse")
}

/// For fuzzing.
pub fn for_fuzzing() -> Result<()> {
    install(&[VENV, POSTGRESQL])
}

/// For a WordPress, and for unpacking it.
pub fn for_wordpress() -> Result<()> {
    install(&[
        PHP,
        PHP_MYSQL,
        PHP_XML,
        PHP_MBSTRING,
        MARIADB,
        MARIADB_CLIENT,
    ])?;
    for_e2e()
}

/// Everything at once, so that the package list is read once.
pub fn all() -> Result<()> {
    install(&[NODE, NPM, CHROMIUM, POSTGRESQL, VENV])?;
    npm_ci("e2e")
}

/// The browser: Debian's, another one, or the one that `CHROMIUM` names.
pub fn chromium() -> Option<PathBuf> {
    let named = std::env::var("CHROMIUM").ok();
    let usual = [
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
    ]
    .map(str::to_owned);
    named
        .into_iter()
        .chain(usual)
        .map(PathBuf::from)
        .find(|path| path.is_file())
}

fn node_version() -> Option<u32> {
    let said = Command::new("node").arg("--version").output().ok()?;
    let text = String::from_utf8(said.stdout).ok()?;
    text.trim_start_matches('v').split('.').next()?.parse().ok()
}

fn venv_works() -> bool {
    let probe = Command::new("python3")
        .args(["-c", "import venv, ensurepip"])
        .output();
    probe.is_ok_and(|output| output.status.success())
}

fn php_has(module: &str) -> bool {
    let probe = format!("exit(extension_loaded('{module}') ? 0 : 1);");
    let status = Command::new("php").args(["-r", &probe]).status();
    status.is_ok_and(|status| status.success())
}

fn install(needs: &[Need]) -> Result<()> {
    let missing: Vec<&Need> = needs.iter().filter(|need| !(need.there)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<&str> = missing.iter().map(|need| need.package).collect();
    if is_root() && cmd::installed("apt-get") {
        println!("      installing {}", packages.join(", "));
        retry(3, || cmd::run(apt().args(["update", "-qq"])))?;
        let arguments = ["install", "-qq", "-y", "--no-install-recommends"];
        retry(3, || cmd::run(apt().args(arguments).args(&packages)))?;
    }
    let still: Vec<String> = missing
        .iter()
        .filter(|need| !(need.there)())
        .map(|need| format!("{} (for {})", need.package, need.what_for))
        .collect();
    if still.is_empty() {
        return Ok(());
    }
    bail!(
        "missing: {}; install it with: sudo apt-get install {}",
        still.join(", "),
        packages.join(" ")
    )
}

fn apt() -> Command {
    let mut apt = command("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive");
    apt
}

pub fn is_root() -> bool {
    cmd::output(command("id").arg("-u")).is_ok_and(|text| text.trim() == "0")
}

/// The packages of `e2e/`, only where the lock file is newer than what is installed.
fn npm_ci(folder: &str) -> Result<()> {
    let folder = crate::workspace::root().join(folder);
    let changed = |name: &str| {
        folder
            .join(name)
            .metadata()
            .and_then(|file| file.modified())
            .ok()
    };
    if changed("node_modules/.package-lock.json") > changed("package-lock.json") {
        return Ok(());
    }
    retry(3, || {
        cmd::run(
            command("npm")
                .args(["ci", "--no-audit", "--no-fund"])
                .current_dir(&folder),
        )
    })
}

/// For what goes over the network: registries have bad moments.
fn retry(times: u32, mut act: impl FnMut() -> Result<()>) -> Result<()> {
    for time in 1.. {
        match act() {
            Err(error) if time < times => {
                println!("      {error}; trying again");
                thread::sleep(Duration::from_secs(5));
            }
            done => return done,
        }
    }
    Ok(())
}
