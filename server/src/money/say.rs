//! Money, days and the few words of papers about money, in a paper's own language. A paper is a fixed
//! document: what it says does not depend on who reads it where.

use jiff::civil::Date;

use super::{exponent, plan::Name, typed};

/// How a language writes, and the words its papers are made of.
pub struct Words {
    pub code: &'static str,
    group: &'static str,
    point: &'static str,
    /// Behind the number, as in "5,00 €".
    symbol_last: bool,
    months: [&'static str; 12],
    /// Between day and month, and month and year.
    date: (&'static str, &'static str),
    pub quote: &'static str,
    pub order: &'static str,
    pub invoice: &'static str,
    pub credit_note: &'static str,
    pub number: &'static str,
    pub date_of: &'static str,
    pub valid_until: &'static str,
    pub client: &'static str,
    pub corrects: &'static str,
    pub item: &'static str,
    pub quantity: &'static str,
    pub price: &'static str,
    pub amount: &'static str,
    pub optional: &'static str,
    pub not_chosen: &'static str,
    pub subtotal: &'static str,
    pub discount: &'static str,
    pub total: &'static str,
    pub including: &'static str,
    pub plan: &'static str,
    pub due: &'static str,
    pub deposit: &'static str,
    pub balance: &'static str,
    pub instalment: &'static str,
    pub of: &'static str,
    pub terms: &'static str,
}

const EN: Words = Words {
    code: "en",
    group: ",",
    point: ".",
    symbol_last: false,
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    date: (" ", " "),
    quote: "Quote",
    order: "Order",
    invoice: "Invoice",
    credit_note: "Credit note",
    number: "Number",
    date_of: "Date",
    valid_until: "Valid until",
    client: "For",
    corrects: "Corrects",
    item: "Item",
    quantity: "Quantity",
    price: "Price",
    amount: "Amount",
    optional: "Optional",
    not_chosen: "optional, not included",
    subtotal: "Subtotal",
    discount: "Discount",
    total: "Total",
    including: "including",
    plan: "Payment plan",
    due: "Due",
    deposit: "Deposit",
    balance: "Balance",
    instalment: "Instalment",
    of: "of",
    terms: "Terms",
};

const DE: Words = Words {
    code: "de",
    group: ".",
    point: ",",
    symbol_last: true,
    months: [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    date: (". ", " "),
    quote: "Angebot",
    order: "Auftrag",
    invoice: "Rechnung",
    credit_note: "Gutschrift",
    number: "Nummer",
    date_of: "Datum",
    valid_until: "Gültig bis",
    client: "Für",
    corrects: "Korrigiert",
    item: "Leistung",
    quantity: "Menge",
    price: "Preis",
    amount: "Betrag",
    optional: "Optional",
    not_chosen: "optional, nicht enthalten",
    subtotal: "Zwischensumme",
    discount: "Rabatt",
    total: "Gesamtbetrag",
    including: "darin",
    plan: "Zahlungsplan",
    due: "Fällig",
    deposit: "Anzahlung",
    balance: "Restzahlung",
    instalment: "Rate",
    of: "von",
    terms: "Bedingungen",
};

const FR: Words = Words {
    code: "fr",
    group: "\u{202f}",
    point: ",",
    symbol_last: true,
    months: [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    date: (" ", " "),
    quote: "Devis",
    order: "Commande",
    invoice: "Facture",
    credit_note: "Avoir",
    number: "Numéro",
    date_of: "Date",
    valid_until: "Valable jusqu’au",
    client: "Pour",
    corrects: "Corrige",
    item: "Désignation",
    quantity: "Quantité",
    price: "Prix",
    amount: "Montant",
    optional: "En option",
    not_chosen: "en option, non retenu",
    subtotal: "Sous-total",
    discount: "Remise",
    total: "Total",
    including: "dont",
    plan: "Échéancier",
    due: "Échéance",
    deposit: "Acompte",
    balance: "Solde",
    instalment: "Échéance",
    of: "sur",
    terms: "Conditions",
};

const ES: Words = Words {
    code: "es",
    group: ".",
    point: ",",
    symbol_last: true,
    months: [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    date: (" de ", " de "),
    quote: "Presupuesto",
    order: "Pedido",
    invoice: "Factura",
    credit_note: "Factura rectificativa",
    number: "Número",
    date_of: "Fecha",
    valid_until: "Válido hasta",
    client: "Para",
    corrects: "Rectifica",
    item: "Concepto",
    quantity: "Cantidad",
    price: "Precio",
    amount: "Importe",
    optional: "Opcional",
    not_chosen: "opcional, no incluido",
    subtotal: "Subtotal",
    discount: "Descuento",
    total: "Total",
    including: "incluye",
    plan: "Plan de pagos",
    due: "Vence",
    deposit: "Anticipo",
    balance: "Resto",
    instalment: "Plazo",
    of: "de",
    terms: "Condiciones",
};

const IT: Words = Words {
    code: "it",
    group: ".",
    point: ",",
    symbol_last: true,
    months: [
        "gennaio",
        "febbraio",
        "marzo",
        "aprile",
        "maggio",
        "giugno",
        "luglio",
        "agosto",
        "settembre",
        "ottobre",
        "novembre",
        "dicembre",
    ],
    date: (" ", " "),
    quote: "Preventivo",
    order: "Ordine",
    invoice: "Fattura",
    credit_note: "Nota di credito",
    number: "Numero",
    date_of: "Data",
    valid_until: "Valido fino al",
    client: "Per",
    corrects: "Rettifica",
    item: "Descrizione",
    quantity: "Quantità",
    price: "Prezzo",
    amount: "Importo",
    optional: "Facoltativo",
    not_chosen: "facoltativo, non incluso",
    subtotal: "Subtotale",
    discount: "Sconto",
    total: "Totale",
    including: "di cui",
    plan: "Piano di pagamento",
    due: "Scadenza",
    deposit: "Acconto",
    balance: "Saldo",
    instalment: "Rata",
    of: "di",
    terms: "Condizioni",
};

const NL: Words = Words {
    code: "nl",
    group: ".",
    point: ",",
    symbol_last: false,
    months: [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
    date: (" ", " "),
    quote: "Offerte",
    order: "Opdracht",
    invoice: "Factuur",
    credit_note: "Creditnota",
    number: "Nummer",
    date_of: "Datum",
    valid_until: "Geldig tot en met",
    client: "Voor",
    corrects: "Corrigeert",
    item: "Omschrijving",
    quantity: "Aantal",
    price: "Prijs",
    amount: "Bedrag",
    optional: "Optioneel",
    not_chosen: "optioneel, niet inbegrepen",
    subtotal: "Subtotaal",
    discount: "Korting",
    total: "Totaal",
    including: "waarvan",
    plan: "Betalingsplan",
    due: "Vervalt",
    deposit: "Aanbetaling",
    balance: "Restbedrag",
    instalment: "Termijn",
    of: "van",
    terms: "Voorwaarden",
};

/// The languages a paper about money can be in.
pub const LANGUAGES: &[(&str, &str)] = &[
    ("en", "English"),
    ("de", "Deutsch"),
    ("fr", "Français"),
    ("es", "Español"),
    ("it", "Italiano"),
    ("nl", "Nederlands"),
];

/// A language's words; English where there are none.
pub fn words(language: &str) -> &'static Words {
    [&EN, &DE, &FR, &ES, &IT, &NL]
        .into_iter()
        .find(|words| words.code == language.get(..2).unwrap_or(""))
        .unwrap_or(&EN)
}

/// "22 May 2027" with a short month, for lists of staff.
pub fn short_day(day: &str) -> String {
    let date: Option<Date> = day.parse().ok();
    date.map_or_else(
        || day.to_owned(),
        |date| date.strftime("%-d %b %Y").to_string(),
    )
}

/// Signs that mean one currency to whoever reads a bill; any other is told by its code.
fn symbol(currency: &str) -> &str {
    match currency {
        "EUR" => "€",
        "GBP" => "£",
        "USD" => "$",
        "JPY" => "¥",
        "AUD" => "A$",
        "CAD" => "CA$",
        "NZD" => "NZ$",
        "INR" => "₹",
        "KRW" => "₩",
        "ILS" => "₪",
        code => code,
    }
}

impl Words {
    /// "£1,250.00", "1.250,00 €"
    pub fn money(&self, minor: i64, currency: &str) -> String {
        let number = self.number(minor.saturating_abs(), exponent(currency));
        let symbol = symbol(currency);
        let sign = if minor < 0 { "-" } else { "" };
        let letters = symbol.ends_with(|c: char| c.is_ascii_alphabetic());
        match (self.symbol_last, letters || self.code == "nl") {
            (true, _) => format!("{sign}{number}\u{a0}{symbol}"),
            (false, true) => format!("{sign}{symbol}\u{a0}{number}"),
            (false, false) => format!("{sign}{symbol}{number}"),
        }
    }

    /// A number with groups of three.
    fn number(&self, value: i64, places: u32) -> String {
        let text = typed::write(value, places);
        let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
        let mut grouped = String::new();
        for (at, digit) in whole.char_indices() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                grouped.push_str(self.group);
            }
            grouped.push(digit);
        }
        if rest.is_empty() {
            grouped
        } else {
            format!("{grouped}{}{rest}", self.point)
        }
    }

    /// "1.5", "2 h"
    pub fn quantity(&self, thousandths: i64, unit: Option<&str>) -> String {
        let number = typed::short(thousandths, 3).replace('.', self.point);
        match unit {
            Some(unit) => format!("{number} {unit}"),
            None => number,
        }
    }

    /// "8.875 %" of thousandths of a per cent.
    pub fn rate(&self, rate: i64) -> String {
        format!("{}\u{a0}%", typed::short(rate, 3).replace('.', self.point))
    }

    /// "22 May 2027"
    pub fn date(&self, day: Date) -> String {
        let month = usize::try_from(day.month() - 1).unwrap_or(0);
        let month = self.months.get(month).copied().unwrap_or("");
        format!(
            "{}{}{month}{}{}",
            day.day(),
            self.date.0,
            self.date.1,
            day.year()
        )
    }

    /// The same of `2027-05-22`.
    pub fn day(&self, day: &str) -> String {
        day.parse()
            .map_or_else(|_| day.to_owned(), |day| self.date(day))
    }

    /// What an instalment is called.
    pub fn part(&self, name: Name) -> String {
        match name {
            Name::Whole => self.total.to_owned(),
            Name::Deposit => self.deposit.to_owned(),
            Name::Balance => self.balance.to_owned(),
            Name::Instalment(at, count) => format!("{} {at} {} {count}", self.instalment, self.of),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_as_its_readers_write_it() {
        let plain = |language, minor, currency| {
            let text = words(language).money(minor, currency);
            text.replace(['\u{a0}', '\u{202f}'], " ")
        };
        assert_eq!(plain("en", 125_000, "GBP"), "£1,250.00");
        assert_eq!(plain("en", -5, "USD"), "-$0.05");
        assert_eq!(plain("en", 1_234_567, "JPY"), "¥1,234,567");
        assert_eq!(plain("en", 1_234, "KWD"), "KWD 1.234");
        assert_eq!(plain("de", 123_456_789, "EUR"), "1.234.567,89 €");
        assert_eq!(plain("fr", 125_000, "EUR"), "1 250,00 €");
        assert_eq!(plain("nl", 125_000, "EUR"), "€ 1.250,00");
        assert_eq!(plain("de-AT", 999, "CHF"), "9,99 CHF");
        assert_eq!(plain("xx", 100, "EUR"), "€1.00");
        assert_eq!(plain("", 100, "EUR"), "€1.00");
    }

    #[test]
    fn days_quantities_and_rates_follow() {
        assert_eq!(words("en").day("2027-05-22"), "22 May 2027");
        assert_eq!(words("de").day("2027-03-02"), "2. März 2027");
        assert_eq!(words("es").day("2027-05-22"), "22 de mayo de 2027");
        assert_eq!(words("de").quantity(1_500, Some("h")), "1,5 h");
        assert_eq!(words("en").quantity(2_000, None), "2");
        assert_eq!(words("en").rate(8_875), "8.875\u{a0}%");
        assert_eq!(
            words("en").part(Name::Instalment(2, 4)),
            "Instalment 2 of 4"
        );
        for (code, _) in LANGUAGES {
            assert_eq!(words(code).code, *code);
        }
    }
}
