//! Mail over SMTP, with STARTTLS or TLS and authentication.

use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor,
    message::{Attachment, Mailbox, MessageBuilder, MultiPart, header::ContentType},
    transport::smtp::{
        self,
        client::{Certificate, Tls, TlsParameters},
    },
};

use super::{Composed, Sent};
use crate::{config::ConfigError, studios::Studio};

pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Smtp {
    /// `smtp://user:password@host:587` insists on STARTTLS unless it ends in `?tls=none`; `smtps://` is TLS from
    /// the first byte. A server whose certificate is signed by an authority of one's own is trusted with
    /// `?ca=FILE` (PEM).
    pub fn new(url: &str, from: &str) -> Result<Self, ConfigError> {
        let wrong = |e: &dyn std::fmt::Display| ConfigError::Value(format!("smtp_url: {e}"));
        let (address, option) = url.split_once('?').unwrap_or((url, ""));
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(address)
            .map_err(|e| wrong(&e))?
            .timeout(Some(std::time::Duration::from_secs(30)));
        if option != "tls=none" {
            let tls = tls(address, option).map_err(|e| wrong(&e))?;
            builder = builder.tls(if address.starts_with("smtps:") {
                Tls::Wrapper(tls)
            } else {
                Tls::Required(tls)
            });
        }
        let transport = builder.build();
        let from = from
            .parse()
            .map_err(|e: lettre::address::AddressError| wrong(&e))?;
        Ok(Self { transport, from })
    }

    pub async fn send(
        &self,
        studio: &Studio,
        to: &str,
        message_id: &str,
        composed: &Composed,
    ) -> Sent {
        let message = match self.message(studio, to, message_id, composed) {
            Ok(message) => message,
            Err(error) => return Sent::Never(error),
        };
        match self.transport.send(message).await {
            Ok(_) => Sent::Yes,
            // 5xx: the server will never take it (RFC 5321 4.2.1), unless it is us it does not trust yet.
            Err(error) if error.is_permanent() && !is_about_us(&error) => {
                Sent::Never(error.to_string())
            }
            Err(error) => Sent::NotNow(error.to_string()),
        }
    }

    /// From the host's address in the studio's name; answers go to the studio.
    fn message(
        &self,
        studio: &Studio,
        to: &str,
        message_id: &str,
        composed: &Composed,
    ) -> Result<lettre::Message, String> {
        let to: lettre::Address = to.parse().map_err(|e| format!("recipient: {e}"))?;
        let from = Mailbox::new(Some(studio.name.clone()), self.from.email.clone());
        let mut builder: MessageBuilder = lettre::Message::builder()
            .from(from)
            .to(Mailbox::new(None, to))
            .subject(&composed.subject)
            .message_id(Some(message_id.into()));
        if let Some(Ok(address)) = studio.support_email.as_deref().map(str::parse) {
            builder = builder.reply_to(Mailbox::new(Some(studio.name.clone()), address));
        }
        let text = lettre::message::SinglePart::builder()
            .header(ContentType::TEXT_PLAIN)
            .body(composed.text.clone());
        let html = lettre::message::SinglePart::builder()
            .header(ContentType::TEXT_HTML)
            .body(composed.html.clone());
        let both = MultiPart::alternative().singlepart(text).singlepart(html);
        let whole = match &composed.calendar {
            Some(calendar) => {
                let kind = ContentType::parse("text/calendar; charset=utf-8")
                    .map_err(|e| e.to_string())?;
                let file = Attachment::new("event.ics".into()).body(calendar.clone(), kind);
                MultiPart::mixed().multipart(both).singlepart(file)
            }
            None => both,
        };
        builder.multipart(whole).map_err(|e| e.to_string())
    }
}

/// What is checked of the server before a word of ours is said.
fn tls(address: &str, option: &str) -> Result<TlsParameters, String> {
    let host = reqwest::Url::parse(address).map_err(|e| e.to_string())?;
    let host = host.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let builder = TlsParameters::builder(host.to_owned());
    let builder = match option.split_once('=') {
        None if option.is_empty() => builder,
        Some(("ca", file)) => {
            let pem = std::fs::read(file).map_err(|e| format!("{file}: {e}"))?;
            let ca = Certificate::from_pem(&pem).map_err(|e| format!("{file}: {e}"))?;
            builder.add_root_certificate(ca)
        }
        _ => {
            return Err(format!(
                "?{option} is not known; there are ?tls=none and ?ca=FILE"
            ));
        }
    };
    builder.build().map_err(|e| e.to_string())
}

/// Authentication and policy refusals (530, 534, 535, 538) are mended by the operator, not by giving up.
fn is_about_us(error: &smtp::Error) -> bool {
    error
        .status()
        .is_some_and(|code| matches!(u16::from(code), 530 | 534 | 535 | 538))
}
