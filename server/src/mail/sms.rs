//! SMS by Twilio's Messages resource
//! (<https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource>).

use super::Sent;
use crate::config;

pub struct Twilio {
    config: config::Twilio,
    http: reqwest::Client,
}

impl Twilio {
    pub const fn new(config: config::Twilio, http: reqwest::Client) -> Self {
        Self { config, http }
    }

    pub async fn send(&self, to: &str, text: &str) -> Sent {
        let config = &self.config;
        let url = format!(
            "{}/2010-04-01/Accounts/{}/Messages.json",
            config.base_url, config.account_sid
        );
        let sender = if config.from.starts_with("MG") {
            "MessagingServiceSid"
        } else {
            "From"
        };
        let request = self
            .http
            .post(url)
            .basic_auth(&config.account_sid, Some(&config.auth_token))
            .form(&[("To", to), (sender, &config.from), ("Body", text)]);
        match request.send().await {
            Ok(reply) if reply.status().is_success() => Sent::Yes,
            // 400: Twilio will not send this text to this number; anything else may pass.
            Ok(reply) if reply.status().as_u16() == 400 => {
                Sent::Never(format!("Twilio answered {}", reply.status()))
            }
            Ok(reply) => Sent::NotNow(format!("Twilio answered {}", reply.status())),
            // The error may hold the address, which holds the account: only its kind is kept.
            Err(error) => Sent::NotNow(
                if error.is_timeout() {
                    "Twilio did not answer in time"
                } else {
                    "Twilio could not be reached"
                }
                .into(),
            ),
        }
    }
}
