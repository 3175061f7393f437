//! A WordPress of Debian's packages for one run, and the browser tests that drive it with the plugin. Unpacked, not
//! installed: no web server and no database start on the machine by themselves.

use std::{
    fs,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

use crate::{
    cmd::{self, Server, command},
    e2e, install,
    nextest::Counts,
    plugin,
    workspace::{self, Scratch, free_port},
};

/// Themes of both kinds: each Debian has some of them.
const THEMES: &[&str] = &["twentytwentyfive", "twentytwentythree", "twentytwentyone"];

const PASSWORD: &str = "demo-demo-demo";

/// The specs in `e2e/wordpress/`.
pub fn run() -> Result<Counts> {
    install::for_wordpress()?;
    let scratch = Scratch::new("wordpress")?;
    let site = Site::start(scratch.path())?;
    let zip = plugin::pack(scratch.path())?;
    let env = [
        ("WORDPRESS_URL", site.url.clone()),
        ("WORDPRESS_PASSWORD", PASSWORD.to_owned()),
        ("WORDPRESS_PLUGIN", zip.display().to_string()),
    ];
    let config = "--config=wordpress/playwright.config.ts".to_owned();
    let mut counts = e2e::run_with(&[config], &env)?.counts;
    // WordPress of that age has complaints of its own about a newer PHP.
    let log = fs::read_to_string(&site.log).unwrap_or_default();
    for line in log.lines().filter(|line| line.contains("plugins/portico")) {
        println!("{line}");
        counts.failed += 1;
    }
    Ok(counts)
}

struct Site {
    // The web server before the database it asks: fields are dropped in order.
    _php: Server,
    _database: Server,
    url: String,
    log: PathBuf,
}

impl Site {
    fn start(scratch: &Path) -> Result<Self> {
        let folder = unpack(scratch)?;
        let socket = scratch.join("database.sock");
        let database = database(scratch, &socket)?;
        let ours = workspace::root().join("xtask/drill/wordpress");
        fs::copy(ours.join("wp-config.php"), folder.join("wp-config.php"))?;
        let address = format!("127.0.0.1:{}", free_port()?);
        let url = format!("http://{address}");
        let log = scratch.join("wordpress.log");
        let php = || {
            let mut php = command("php");
            php.env("WORDPRESS_SOCKET", &socket)
                .env("WORDPRESS_URL", &url)
                .env("WORDPRESS_LOG", &log)
                .env("WORDPRESS_PASSWORD", PASSWORD);
            php
        };
        cmd::run(php().arg(ours.join("setup.php")).arg(&folder))?;
        let mut serve = php();
        // The editor asks for many things at once.
        serve.env("PHP_CLI_SERVER_WORKERS", "4");
        serve.args(["-q", "-S", &address, "-t"]).arg(&folder);
        serve.stderr(fs::File::create(scratch.join("php.log"))?);
        let php = Server::start(&mut serve)?.with_workers();
        Ok(Self {
            _php: php,
            _database: database,
            url,
            log,
        })
    }
}

/// The packages' files; the packages themselves are kept for the next run.
fn unpack(scratch: &Path) -> Result<PathBuf> {
    let kept = workspace::target().join("wordpress");
    fs::create_dir_all(&kept)?;
    for package in packages()? {
        let start = format!("{package}_");
        let find = || -> Result<Option<PathBuf>> {
            let named = |path: &PathBuf| {
                let name = path.file_name().and_then(|name| name.to_str());
                name.is_some_and(|name| name.starts_with(&start))
            };
            let entries = fs::read_dir(&kept)?.flatten();
            Ok(entries.map(|entry| entry.path()).find(named))
        };
        if find()?.is_none() {
            let mut download = command("apt-get");
            // Its own user may not write here.
            download.args(["-o", "APT::Sandbox::User=root"]);
            download.args(["download", "-qq", &package]);
            cmd::run(download.current_dir(&kept))?;
        }
        let Some(file) = find()? else {
            bail!("apt-get downloaded no {package}");
        };
        cmd::run(command("dpkg-deb").arg("-x").arg(file).arg(scratch))?;
    }
    Ok(scratch.join("usr/share/wordpress"))
}

/// WordPress, what its files link to, and the themes there are.
fn packages() -> Result<Vec<String>> {
    let depends = cmd::output(command("apt-cache").args(["depends", "wordpress"]))?;
    let linked = depends
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Depends: "))
        .filter(|name| name.starts_with("libjs-") || *name == "php-getid3")
        .map(str::to_owned);
    let mut packages: Vec<String> = linked.chain(["wordpress".to_owned()]).collect();
    for theme in THEMES {
        let package = format!("wordpress-theme-{theme}");
        let known = cmd::output(command("apt-cache").args(["policy", &package]))?;
        if known.contains("Candidate: ") {
            packages.push(package);
        }
    }
    Ok(packages)
}

/// A MariaDB behind a socket, with an empty database.
fn database(scratch: &Path, socket: &Path) -> Result<Server> {
    let data = format!("--datadir={}", scratch.join("database").display());
    let address = format!("--socket={}", socket.display());
    let log = scratch.join("database.log");
    // It refuses to be root unless told; any other user it is by itself.
    let user = install::is_root().then_some("--user=root");
    let mut make = command("mariadb-install-db");
    make.args(["--no-defaults", &data, "--skip-test-db"]);
    make.arg("--auth-root-authentication-method=normal")
        .args(user);
    cmd::output(&mut make)?;
    let mut start = command("mariadbd");
    start.args(["--no-defaults", &data, &address, "--skip-networking"]);
    start
        .arg("--innodb-flush-log-at-trx-commit=0")
        .args(user)
        .stderr(fs::File::create(&log)?);
    let mut server = Server::start(&mut start)?;
    let mut create = command("mariadb");
    create.args(["--no-defaults", "--user=root", &address]);
    create.args(["-e", "create database wordpress"]);
    let started = Instant::now();
    while cmd::output(&mut create).is_err() {
        if server.ended()? || started.elapsed() > Duration::from_secs(30) {
            let said = fs::read_to_string(&log).unwrap_or_default();
            bail!("MariaDB did not start:\n{said}");
        }
        thread::sleep(Duration::from_millis(100));
    }
    Ok(server)
}
