//! Origins as browsers write them (RFC 6454): scheme, host and, where it is not the scheme's own, port.

use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin(String);

impl Origin {
    /// Reads an origin exactly as a browser would send it; `null`, paths, user names, upper case
    /// and default ports are not one.
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let default_port = match scheme {
            "https" => "443",
            "http" => "80",
            _ => return None,
        };
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (rest, None),
        };
        let ipv6 = host.starts_with('[') && host.ends_with(']');
        let host_byte =
            |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.';
        let host_ok = if ipv6 {
            host[1..host.len() - 1]
                .parse::<std::net::Ipv6Addr>()
                .is_ok()
        } else {
            !host.is_empty()
                && host.len() <= 253
                && host.bytes().all(host_byte)
                && !host.starts_with(['.', '-'])
                && !host.ends_with(['.', '-'])
                && !host.contains("..")
        };
        let port_ok = port.is_none_or(|port| {
            port != default_port && !port.starts_with('0') && port.parse::<u16>().is_ok()
        });
        (host_ok && port_ok).then(|| Self(text.to_owned()))
    }

    /// Reads what a person types as the address of a website: with or without scheme, with a path,
    /// in any case.
    pub fn from_person(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        let with_scheme = if text.contains("://") {
            text
        } else {
            format!("https://{text}")
        };
        let end = with_scheme.find("://")? + 3;
        let stop = with_scheme[end..]
            .find(['/', '?', '#'])
            .map_or(with_scheme.len(), |i| end + i);
        let bare = &with_scheme[..stop];
        let bare = match bare.split_once("://")? {
            ("https", _) => bare.strip_suffix(":443").unwrap_or(bare),
            _ => bare.strip_suffix(":80").unwrap_or(bare),
        };
        let origin = Self::parse(bare)?;
        // A website has a dot in its name, but for the machine itself.
        let host = origin.host();
        (host.contains('.') || host == "localhost" || host.starts_with('[')).then_some(origin)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_https(&self) -> bool {
        self.0.starts_with("https:")
    }

    /// Host without port.
    pub fn host(&self) -> &str {
        let rest = self.0.split_once("://").map_or("", |(_, rest)| rest);
        match rest.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => host,
            _ => rest,
        }
    }

    pub fn has_port(&self) -> bool {
        let rest = self.0.split_once("://").map_or("", |(_, rest)| rest);
        rest.len() > self.host().len()
    }

    /// The same site with `www.` in front, or without it.
    pub fn www_twin(&self) -> Option<Self> {
        let (scheme, rest) = self.0.split_once("://")?;
        match rest.strip_prefix("www.") {
            Some(bare) => Self::parse(&format!("{scheme}://{bare}")),
            None if self.host().parse::<std::net::IpAddr>().is_err() => {
                Self::parse(&format!("{scheme}://www.{rest}"))
            }
            None => None,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_browser_would_send_is_an_origin() {
        for good in [
            "https://a.example",
            "http://127.0.0.1:8090",
            "https://xn--bcher-kva.example",
            "http://[::1]:8080",
            "http://localhost:3000",
        ] {
            assert!(Origin::parse(good).is_some(), "{good}");
        }
        for bad in [
            "null",
            "",
            "https://",
            "https://a.example/",
            "https://a.example:443",
            "http://a.example:80",
            "https://A.example",
            "ftp://a.example",
            "https://u@a.example",
            "https://a.example:0",
            "https://a.example:99999",
            "https://a..example",
            "https://.example",
            "https://a.example.",
            "https://a.example evil",
            "https://[zz]",
        ] {
            assert!(Origin::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_person_may_type_a_website_in_any_way() {
        for (typed, origin) in [
            ("WWW.Fernlight.example", "https://www.fernlight.example"),
            (
                " https://fernlight.example/account?x=1#y ",
                "https://fernlight.example",
            ),
            (
                "https://fernlight.example:443/",
                "https://fernlight.example",
            ),
            (
                "http://127.0.0.1:8090/account.html",
                "http://127.0.0.1:8090",
            ),
            ("localhost:8090", "https://localhost:8090"),
        ] {
            assert_eq!(
                Origin::from_person(typed).map(|o| o.0).as_deref(),
                Some(origin),
                "{typed}"
            );
        }
        assert_eq!(Origin::from_person("fernlight"), None);
        assert_eq!(Origin::from_person("javascript:alert(1)"), None);
    }

    #[test]
    fn www_comes_and_goes() {
        let twin = |text| Origin::parse(text).and_then(|o| o.www_twin()).map(|o| o.0);
        assert_eq!(
            twin("https://a.example").as_deref(),
            Some("https://www.a.example")
        );
        assert_eq!(
            twin("https://www.a.example").as_deref(),
            Some("https://a.example")
        );
        assert_eq!(twin("http://127.0.0.1:8090"), None);
    }
}
