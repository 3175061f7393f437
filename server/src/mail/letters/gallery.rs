//! The gallery: ready templates to start from, in the words a small studio would use.

use super::Purpose;

pub struct Ready {
    pub key: &'static str,
    pub name: &'static str,
    /// When it is of use.
    pub about: &'static str,
    pub purpose: Purpose,
    pub subject: &'static str,
    pub body: &'static str,
}

pub fn find(key: &str) -> Option<&'static Ready> {
    GALLERY.iter().find(|ready| ready.key == key)
}

/// What one of the portal's own mails begins with when a studio words it.
pub fn wording(purpose: Purpose) -> Option<&'static Ready> {
    GALLERY
        .iter()
        .find(|ready| ready.purpose == purpose && purpose != Purpose::Letter)
}

const fn letter(
    key: &'static str,
    name: &'static str,
    about: &'static str,
    subject: &'static str,
    body: &'static str,
) -> Ready {
    Ready {
        key,
        name,
        about,
        purpose: Purpose::Letter,
        subject,
        body,
    }
}

pub static GALLERY: &[Ready] = &[
    Ready {
        key: "invitation",
        name: "Invitation to the portal",
        about: "Replaces the portal's own invitation.",
        purpose: Purpose::Invitation,
        subject: "{{ recipient.first_name }}, your client portal at {{ studio.name }}",
        body: "Hello {{ recipient.first_name }},

we have opened a client portal for you. Everything between us is in one place there: your dates, your papers and your payments.

{{ recipient.portal_linked }}

The button is yours alone, so please do not forward this mail. It works for thirty days.

See you there,
{{ studio.name }}",
    },
    Ready {
        key: "generated_password",
        name: "Generated password",
        about: "Replaces the portal's own mail with a password.",
        purpose: Purpose::GeneratedPassword,
        subject: "Your password for {{ studio.name }}",
        body: "Hello {{ recipient.first_name }},

we have opened a client portal for you. Go to {{ studio.portal }}, type your email, {{ recipient.email }}, and this password:

{{ access.password }}

It works once; you then choose one of your own.

{{ studio.name }}",
    },
    Ready {
        key: "reset",
        name: "Reset password",
        about: "Replaces the portal's own mail for a forgotten password.",
        purpose: Purpose::Reset,
        subject: "Choose a new password for {{ studio.name }}",
        body: "Hello {{ recipient.first_name }},

you asked for a new password. Choose one here:

{{ access.reset_linked }}

The link works once, within one day. Until then your old password keeps working.",
    },
    Ready {
        key: "code",
        name: "Sign-in code",
        about: "Replaces the portal's own mail with a one-time code.",
        purpose: Purpose::Code,
        subject: "{{ access.code }} is your code for {{ studio.name }}",
        body: "Hello {{ recipient.first_name }},

here is your code to sign in:

{{ access.code }}

It works once, for ten minutes, on the page where you asked for it.",
    },
    letter(
        "welcome",
        "Welcome",
        "Right after somebody became a client.",
        "Welcome to {{ studio.name }}, {{ recipient.first_name }}",
        "Hello {{ recipient.first_name }},

how lovely that you are with us! This is what happens next:

1. Look at your details in the client portal and put right what is not.
2. Tell us anything we should know in advance.
3. Lean back. We get in touch when it is our turn.

{{ recipient.portal_linked }}

{% if studio.phone %}Questions? Call us at {{ studio.phone }}, or simply answer this mail.{% else %}Questions? Simply answer this mail.{% endif %}

Warm regards,
{{ studio.name }}",
    ),
    letter(
        "gallery_ready",
        "Your gallery is ready",
        "For photographers, when the pictures can be seen.",
        "Your pictures are here, {{ recipient.first_name }}",
        "Hello {{ recipient.first_name }},

the wait is over: your pictures are ready, and we are rather proud of them. You find them in your client portal.

{{ recipient.portal_linked }}

Take your time choosing your favourites. If something is missing, or you would like a print of one, just answer this mail.

{{ studio.name }}",
    ),
    letter(
        "appointment",
        "Appointment reminder",
        "A few days before a session, a fitting or a cut.",
        "See you soon, {{ recipient.first_name }}",
        "Hello {{ recipient.first_name }},

your appointment with us is coming up. Time and place are in your client portal, together with all you may want to bring.

{{ recipient.portal_linked }}

Something came up? Please tell us as early as you can{% if studio.phone %}, at {{ studio.phone }} or{% else %},{% endif %} by answering this mail, and we find another time.

{{ studio.name }}",
    ),
    letter(
        "payment",
        "Payment reminder",
        "Friendly, for a first reminder.",
        "A small reminder from {{ studio.name }}",
        "Hello {{ recipient.first_name }},

this is a small reminder that a payment is still open. You see what it is for, and can pay it, in your client portal:

{{ recipient.portal_linked }}

Have you paid in the last few days? Then please ignore this mail, and thank you.

If something about it is not right, or you would like to pay in parts, just answer. We are sure to find a way.

{{ studio.name }}",
    ),
    letter(
        "questionnaire",
        "Questionnaire request",
        "When you need answers to prepare well.",
        "A few questions before we start",
        "Hello {{ recipient.first_name }},

to prepare well we have a few questions for you. They take about ten minutes, and you can stop and go on whenever you like.

{{ recipient.portal_linked }}

The earlier we have your answers, the better we can plan. Thank you!

{{ studio.name }}",
    ),
    letter(
        "documents",
        "Papers to look at",
        "When a contract or an offer waits for an answer.",
        "Something waits for your signature",
        "Hello {{ recipient.first_name }},

we have put papers for **{{ client.name }}** into your client portal. Please read them in peace and sign when all is right.

{{ recipient.portal_linked }}

If you would rather talk about it first, answer this mail and we call you.

{{ studio.name }}",
    ),
    letter(
        "class_starts",
        "A new term begins",
        "For schools of dance, music and sport.",
        "The new term at {{ studio.name }}",
        "Hello {{ recipient.first_name }},

the new term is about to begin, and we look forward to seeing you again. Your times are in the client portal, with everything that is new this term.

{{ recipient.portal_linked }}

Please check that your phone number there is still right, so that we reach you when a class has to move.

See you in class,
{{ studio.name }}",
    ),
    letter(
        "shift",
        "Staffing: please confirm",
        "For agencies that send people to events.",
        "Please confirm your dates with {{ studio.name }}",
        "Hello {{ recipient.first_name }},

there are new dates for **{{ client.name }}** in the client portal. Please look at times, place and number of people, and tell us if anything has changed.

{{ recipient.portal_linked }}

What is confirmed by the evening before can be staffed as planned.

{{ studio.name }}",
    ),
    letter(
        "thank_you",
        "Thank you",
        "After the work is done.",
        "Thank you, {{ recipient.first_name }}",
        "Hello {{ recipient.first_name }},

thank you for choosing {{ studio.name }}. It was a pleasure.

If you were happy, tell a friend: most people find us that way. And if something could have been better, tell *us*. Answer this mail, it reaches a person.

All papers stay in your client portal:

{{ recipient.portal_linked }}

Until next time,
{{ studio.name }}",
    ),
    letter(
        "season",
        "Seasonal hello",
        "Once or twice a year, to stay in mind.",
        "A hello from {{ studio.name }}",
        "Hello {{ recipient.first_name }},

the year has turned again, and we thought of you. We hope all is well with you and yours.

Our calendar for the coming months is open. If you have something in mind, answer this mail, and we keep a date for you before others ask.

With best wishes,
{{ studio.name }}",
    ),
    letter(
        "booking_portal",
        "Your booking and your portal",
        "Right after a booking, to introduce the portal.",
        "{% if event.title %}{{ event.title }}: your date is booked{% else %}Your date with {{ studio.name }} is booked{% endif %}",
        "Hello {{ recipient.first_name }},

your date is booked{% if event.date %}: {{ event.date }}{% endif %}. Thank you! From today everything about it is in one place, your client portal:

{{ recipient.portal_linked }}

There you see date and place, fill in what we need to know, sign, pay and write to us. The button is yours alone, so please do not forward this mail.

We look forward to it,
{{ studio.name }}",
    ),
    letter(
        "portal_reminder",
        "You have not looked in yet",
        "Some days after an invitation nobody followed.",
        "Your client portal at {{ studio.name }} is waiting",
        "Hello {{ recipient.first_name }},

a few days ago we opened a client portal for you, and nobody has looked in yet. It takes a minute, and there is no password to invent:

{{ recipient.portal_linked }}

Does something not work? Just answer this mail, and we help.

{{ studio.name }}",
    ),
    letter(
        "overdue",
        "A payment is overdue",
        "When a reminder before the day was not enough.",
        "A payment to {{ studio.name }} is overdue",
        "Hello {{ recipient.first_name }},

a payment was due and has not arrived yet. Perhaps it has only been forgotten. You see what it is for, and can pay it, here:

{{ recipient.portal_linked }}

If there is a reason, please tell us: answer this mail{% if studio.phone %} or call {{ studio.phone }}{% endif %}.

{{ studio.name }}",
    ),
    letter(
        "signed",
        "Signed: what comes next",
        "After a contract was signed by everybody.",
        "All signed, {{ recipient.first_name }}",
        "Hello {{ recipient.first_name }},

all signatures are there, thank you. Your copy waits in the client portal, together with everything that comes next:

{{ recipient.portal_linked }}

{{ studio.name }}",
    ),
    letter(
        "review",
        "A word about us",
        "Two weeks after an event, to ask for a review.",
        "How was it, {{ recipient.first_name }}?",
        "Hello {{ recipient.first_name }},

some time has passed{% if event.title %} since {{ event.title }}{% endif %}, and we would love to hear how it was for you. A few honest words help us, and whoever looks for a studio now.

Simply answer this mail, or write where you found us.

Thank you,
{{ studio.name }}",
    ),
    letter(
        "cancelled",
        "Your date is cancelled",
        "After an event was cancelled, to stay in touch.",
        "About your cancelled date with {{ studio.name }}",
        "Hello {{ recipient.first_name }},

your date is cancelled, as you have heard. We are sorry that it comes to nothing this time.

Would another day suit you? Our calendar is in the client portal, and we keep a place for you where we can:

{{ recipient.portal_linked }}

{{ studio.name }}",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::letters::{Field, check};

    #[test]
    fn l18_every_ready_template_is_right_as_it_is() {
        for ready in GALLERY {
            let key = ready.key;
            assert_eq!(
                check(ready.subject, Field::Subject, ready.purpose),
                [],
                "{key}"
            );
            assert_eq!(check(ready.body, Field::Body, ready.purpose), [], "{key}");
            assert!(find(key).is_some_and(|found| std::ptr::eq(found, ready)));
        }
        for &purpose in &Purpose::ALL[1..] {
            assert!(wording(purpose).is_some(), "{purpose:?}");
        }
        assert!(
            GALLERY
                .iter()
                .filter(|ready| ready.purpose == Purpose::Letter)
                .count()
                >= 12
        );
    }
}
