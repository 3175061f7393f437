//! What requests say. `portico_wire` refuses a field it does not know, and the tests below have
//! it read every one of these.

use portico_wire::access::{Act, Channel};

use crate::json::Body;

pub fn ask_code(email: &str, channel: Option<Channel>) -> Body {
    Body::new()
        .text("email", email)
        .opt("channel", channel.map(Channel::name))
}

pub fn redeem_code(request: &str, code: &str, stay: bool) -> Body {
    Body::new()
        .text("request", request)
        .text("code", code)
        .flag("stay_signed_in", stay)
}

/// `name` is what `value` proves: an email, a link's secret, a proof.
fn with_password(name: &str, value: &str, password: &str) -> Body {
    Body::new().text(name, value).text("password", password)
}

pub fn password_sign_in(email: &str, password: &str, stay: bool) -> Body {
    with_password("email", email, password).flag("stay_signed_in", stay)
}

pub fn redeem_link(secret: &str, password: &str, stay: bool) -> Body {
    with_password("secret", secret, password).flag("stay_signed_in", stay)
}

pub fn choose_new_password(proof: &str, password: &str, stay: bool) -> Body {
    with_password("proof", proof, password).flag("stay_signed_in", stay)
}

pub fn change_password(proof: &str, password: &str) -> Body {
    with_password("proof", proof, password)
}

pub fn ask_reset(email: &str) -> Body {
    Body::new().text("email", email)
}

pub fn look_at_link(secret: &str) -> Body {
    Body::new().text("secret", secret)
}

fn about(act: Act) -> Body {
    Body::new().text("act", act.name())
}

pub fn ask_proof(act: Act, channel: Option<Channel>) -> Body {
    about(act).opt("channel", channel.map(Channel::name))
}

pub fn prove_by_password(act: Act, password: &str) -> Body {
    about(act).text("by", "password").text("password", password)
}

pub fn prove_by_code(act: Act, request: &str, code: &str) -> Body {
    about(act)
        .text("by", "code")
        .text("request", request)
        .text("code", code)
}

pub fn change_email(proof: &str, email: &str) -> Body {
    Body::new().text("proof", proof).text("email", email)
}

pub fn confirm_email(request: &str, email: &str, code: &str) -> Body {
    Body::new()
        .text("request", request)
        .text("email", email)
        .text("code", code)
}

pub fn sign_out(everywhere: bool) -> Body {
    Body::new().flag("everywhere", everywhere)
}

/// `signature`: as `forms::requests::signature` writes it.
pub fn sign(hash: &str, signature: Body, proof: Option<&str>) -> Body {
    Body::new()
        .text("hash", hash)
        .flag("agreed", true)
        .object("signature", signature)
        .opt("proof", proof)
}

pub fn decline(reason: &str) -> Body {
    Body::new().text("reason", reason)
}

pub fn choose(chosen: &[String]) -> Body {
    Body::new().texts("chosen", chosen)
}

pub fn accept(chosen: &[String], version: i64, total: i64) -> Body {
    choose(chosen)
        .whole("version", version)
        .whole("total", total)
}

#[cfg(test)]
mod tests {
    use portico_wire::access::{
        AskCode, AskProof, AskReset, ChangePassword, ChooseNewPassword, LookAtLink, PasswordSignIn,
        Prove, RedeemCode, RedeemLink, SignOut,
    };
    use portico_wire::clients::{ChangeEmail, ConfirmEmail};
    use serde::de::DeserializeOwned;

    use super::*;

    fn read<T: DeserializeOwned>(body: Body) -> T {
        serde_json::from_str(&body.done()).unwrap()
    }

    #[test]
    fn the_wire_reads_what_asks_for_codes_and_links() {
        for channel in [None, Some(Channel::Email), Some(Channel::Sms)] {
            let ask: AskCode = read(ask_code("\"a\"@b", channel));
            assert_eq!((ask.email.as_str(), ask.channel), ("\"a\"@b", channel));
            for act in Act::ALL {
                let ask: AskProof = read(ask_proof(*act, channel));
                assert_eq!((ask.act, ask.channel), (*act, channel));
            }
        }
        assert_eq!(read::<AskReset>(ask_reset("a@b")).email, "a@b");
        assert_eq!(read::<LookAtLink>(look_at_link("s")).secret, "s");
    }

    #[test]
    fn the_wire_reads_what_leads_in_and_out() {
        for stay in [true, false] {
            let it: RedeemCode = read(redeem_code("r", "1234 5678", stay));
            assert_eq!(
                (it.request.as_str(), it.code.as_str(), it.stay_signed_in),
                ("r", "1234 5678", stay)
            );
            let it: PasswordSignIn = read(password_sign_in("a@b", "p\\", stay));
            assert_eq!(
                (it.email.as_str(), it.password.as_str(), it.stay_signed_in),
                ("a@b", "p\\", stay)
            );
            let it: RedeemLink = read(redeem_link("s", "p", stay));
            assert_eq!(
                (it.secret.as_str(), it.password.as_str(), it.stay_signed_in),
                ("s", "p", stay)
            );
            let it: ChooseNewPassword = read(choose_new_password("f", "p", stay));
            assert_eq!(
                (it.proof.as_str(), it.password.as_str(), it.stay_signed_in),
                ("f", "p", stay)
            );
            assert_eq!(read::<SignOut>(sign_out(stay)).everywhere, stay);
        }
    }

    #[test]
    fn the_wire_reads_what_proves_and_changes() {
        let it: ChangePassword = read(change_password("f", "p"));
        assert_eq!((it.proof.as_str(), it.password.as_str()), ("f", "p"));
        let it: ChangeEmail = read(change_email("f", "a@b"));
        assert_eq!((it.proof.as_str(), it.email.as_str()), ("f", "a@b"));
        let it: ConfirmEmail = read(confirm_email("r", "a@b", "c"));
        assert_eq!((it.request.as_str(), it.code.as_str()), ("r", "c"));
        assert_eq!(it.email, "a@b");
        let act = Act::ChangePassword;
        let (password, request, code) = ("p".to_owned(), "r".to_owned(), "c".to_owned());
        assert!(read::<Prove>(prove_by_password(act, "p")) == Prove::Password { act, password });
        assert!(read::<Prove>(prove_by_code(act, "r", "c")) == Prove::Code { act, request, code });
    }

    #[test]
    fn the_wire_reads_what_signs_declines_and_accepts() {
        use portico_wire::{
            LineId,
            contracts::{Decline, Sign},
            forms::Signature,
            sales::{Accept, Choose},
        };
        let hash = "ab".repeat(32);
        for signature in [
            Signature::Typed("Ada \"L\"".into()),
            Signature::Drawn("M1 2L3 4".into()),
        ] {
            for proof in [None, Some("p")] {
                let body = sign(&hash, crate::forms::requests::signature(&signature), proof);
                let it: Sign = read(body);
                assert_eq!((it.hash.as_str(), it.agreed), (hash.as_str(), true));
                assert_eq!((&it.signature, it.proof.as_deref()), (&signature, proof));
            }
        }
        assert_eq!(read::<Decline>(decline("Too\nlate")).reason, "Too\nlate");
        let lines = [LineId::from_bytes([1; 16]), LineId::from_bytes([2; 16])];
        let chosen = lines.map(|id| id.to_string());
        assert_eq!(read::<Choose>(choose(&chosen)).chosen, lines);
        let it: Accept = read(accept(&chosen, 3, 12_345));
        assert_eq!((it.version, it.total, it.chosen.len()), (3, 12_345, 2));
    }
}
