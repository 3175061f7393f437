//! Plumbing of HTTP without words of the domain.

pub mod admin;
pub mod assets;
pub mod body;
pub mod download;
pub mod form;
pub mod origin;
pub mod pages;
pub mod redirect;
pub mod request;
pub mod upload;

use std::net::{IpAddr, SocketAddr};

use axum::{extract::ConnectInfo, http::request::Parts};
use ipnet::IpNet;

/// The address of the person's side: the peer, or what trusted proxies say about it. Read from
/// the right, because only the last entries were written by proxies we trust.
pub fn client_address(parts: &Parts, trusted: &[IpNet]) -> IpAddr {
    let mut address = parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::from([127, 0, 0, 1]), |peer| {
            peer.0.ip().to_canonical()
        });
    let is_trusted = |address: IpAddr| trusted.iter().any(|net| net.contains(&address));
    let forwarded = parts
        .headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|v| v.to_str().ok());
    let hops: Vec<&str> = forwarded
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .collect();
    for hop in hops.iter().rev() {
        if !is_trusted(address) {
            break;
        }
        let Ok(next) = hop.parse::<IpAddr>() else {
            break;
        };
        address = next.to_canonical();
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut request = axum::http::Request::builder();
        for line in forwarded {
            request = request.header("x-forwarded-for", *line);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        parts
            .extensions
            .insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        client_address(&parts, &trusted).to_string()
    }

    #[test]
    fn forwarded_headers_count_only_from_trusted_proxies() {
        assert_eq!(
            address("203.0.113.9", &["198.51.100.1"], &[]),
            "203.0.113.9"
        );
        assert_eq!(
            address("10.0.0.1", &["198.51.100.1"], &["10.0.0.0/8"]),
            "198.51.100.1"
        );
    }

    #[test]
    fn an_entry_a_stranger_put_in_front_is_not_believed() {
        let forged = ["1.2.3.4, 198.51.100.1"];
        assert_eq!(
            address("10.0.0.1", &forged, &["10.0.0.0/8"]),
            "198.51.100.1"
        );
        assert_eq!(
            address(
                "10.0.0.1",
                &["1.2.3.4", "198.51.100.1, 10.0.0.7"],
                &["10.0.0.0/8"]
            ),
            "198.51.100.1"
        );
        assert_eq!(
            address("10.0.0.1", &["nonsense"], &["10.0.0.0/8"]),
            "10.0.0.1"
        );
    }
}
