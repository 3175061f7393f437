//! What the records of a name say, asked of the name server itself: whoever presses "Check now" has just changed something,
//! so nothing is remembered here.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use simple_dns::{CLASS, Name, Packet, PacketFlag, Question, RCODE, TYPE, rdata::RData};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpStream, UdpSocket},
    time::timeout,
};

use super::Domain;
use crate::{App, secrets::Secret};

const PATIENCE: Duration = Duration::from_secs(3);
const TRIES: usize = 2;
/// The largest answer by UDP without an extension (RFC 1035, 4.2.1), and room for servers that send more.
const DATAGRAM: usize = 4096;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Data {
    Text(String),
    Leads(String),
    Address(IpAddr),
}

/// What is missing, in words for staff; nothing where the name is theirs and leads here.
pub async fn check(app: &App, domain: &Domain) -> Option<String> {
    match look(app, domain).await {
        Ok(problem) => problem,
        Err(error) => {
            tracing::info!(%error, "a name could not be looked up");
            Some("Nobody could be asked about this name just now. Please check again in some minutes.".to_owned())
        }
    }
}

async fn look(app: &App, domain: &Domain) -> io::Result<Option<String>> {
    let server = match app.config.dns_server {
        Some(server) => server,
        None => own_server().await?,
    };
    let (name, host) = (&domain.name, app.origin.host());
    let proof = domain.proof_name();
    let texts = ask(server, &proof, TYPE::TXT).await?;
    if !texts.contains(&Data::Text(domain.proof())) {
        let is_text = |data: &Data| matches!(data, Data::Text(_));
        return Ok(Some(if texts.iter().any(is_text) {
            format!("The TXT record for {proof} says something else. Copy the value below into it.")
        } else {
            format!(
                "There is no TXT record for {proof} yet. New records can take some hours to be seen."
            )
        }));
    }
    let names = ask(server, name, TYPE::CNAME).await?;
    if names.contains(&Data::Leads(host.to_owned())) {
        return Ok(None);
    }
    // Where a provider takes no CNAME for this name, its addresses count.
    let own = addresses(server, name).await?;
    let ours = addresses(server, host).await?;
    if own.iter().any(|it| ours.contains(it)) {
        return Ok(None);
    }
    Ok(Some(if names.is_empty() && own.is_empty() {
        format!(
            "There is no CNAME record for {name} yet. New records can take some hours to be seen."
        )
    } else {
        format!(
            "{name} leads somewhere else. Its CNAME record has to be {host}, and other records of this name have to go."
        )
    }))
}

async fn addresses(server: SocketAddr, name: &str) -> io::Result<Vec<Data>> {
    if let Ok(address) = name.parse() {
        return Ok(vec![Data::Address(address)]);
    }
    let mut all = ask(server, name, TYPE::A).await?;
    all.extend(ask(server, name, TYPE::AAAA).await?);
    all.retain(|data| matches!(data, Data::Address(_)));
    Ok(all)
}

/// The first of this machine's.
async fn own_server() -> io::Result<SocketAddr> {
    let text = tokio::fs::read_to_string("/etc/resolv.conf").await?;
    let mut servers = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("nameserver")?.trim().parse().ok());
    let server: IpAddr = servers
        .next()
        .ok_or_else(|| io::Error::other("this machine names no server; set dns_server"))?;
    Ok((server, 53).into())
}

fn broken(error: &simple_dns::SimpleDnsError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error.to_string())
}

/// All records of the answer; none where there is no such name.
async fn ask(server: SocketAddr, name: &str, kind: TYPE) -> io::Result<Vec<Data>> {
    let secret = Secret::random().hash();
    let id = u16::from_be_bytes([secret[0], secret[1]]);
    let mut packet = Packet::new_query(id);
    packet.set_flags(PacketFlag::RECURSION_DESIRED);
    let asked = Name::new(name).map_err(|error| broken(&error))?;
    packet
        .questions
        .push(Question::new(asked, kind.into(), CLASS::IN.into(), false));
    let question = packet.build_bytes_vec().map_err(|error| broken(&error))?;
    let mut last = io::Error::from(io::ErrorKind::TimedOut);
    for _ in 0..TRIES {
        match timeout(PATIENCE, exchange(server, &question, id)).await {
            Ok(Ok(reply)) => return read(&reply),
            Ok(Err(error)) => last = error,
            Err(_) => {}
        }
    }
    Err(last)
}

async fn exchange(server: SocketAddr, question: &[u8], id: u16) -> io::Result<Vec<u8>> {
    let any: IpAddr = if server.is_ipv4() {
        Ipv4Addr::UNSPECIFIED.into()
    } else {
        Ipv6Addr::UNSPECIFIED.into()
    };
    let socket = UdpSocket::bind((any, 0)).await?;
    socket.connect(server).await?;
    socket.send(question).await?;
    let mut buffer = vec![0; DATAGRAM];
    loop {
        let length = socket.recv(&mut buffer).await?;
        let reply = &buffer[..length];
        // An answer to another question is nobody's word.
        let Ok(packet) = Packet::parse(reply) else {
            continue;
        };
        if packet.id() != id || !packet.has_flags(PacketFlag::RESPONSE) {
            continue;
        }
        if packet.has_flags(PacketFlag::TRUNCATION) {
            return whole(server, question).await;
        }
        return Ok(reply.to_vec());
    }
}

/// By TCP, for an answer that does not fit a datagram (RFC 7766).
async fn whole(server: SocketAddr, question: &[u8]) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(server).await?;
    let length = u16::try_from(question.len()).map_err(io::Error::other)?;
    stream.write_all(&length.to_be_bytes()).await?;
    stream.write_all(question).await?;
    let length = stream.read_u16().await?;
    let mut reply = vec![0; usize::from(length)];
    stream.read_exact(&mut reply).await?;
    Ok(reply)
}

fn read(reply: &[u8]) -> io::Result<Vec<Data>> {
    let packet = Packet::parse(reply).map_err(|error| broken(&error))?;
    match packet.rcode() {
        RCODE::NoError => {}
        RCODE::NameError => return Ok(Vec::new()),
        other => {
            return Err(io::Error::other(format!(
                "the name server answers {other:?}"
            )));
        }
    }
    let data = |data: &RData<'_>| match data {
        RData::A(it) => Some(Data::Address(Ipv4Addr::from(it.address).into())),
        RData::AAAA(it) => Some(Data::Address(Ipv6Addr::from(it.address).into())),
        RData::CNAME(to) => Some(Data::Leads(to.0.to_string().to_lowercase())),
        RData::TXT(text) => Some(Data::Text(String::try_from(text.clone()).ok()?)),
        _ => None,
    };
    Ok(packet
        .answers
        .iter()
        .filter_map(|record| data(&record.rdata))
        .collect())
}
