//! Moments in the reader's own way, by the browser's Intl.

use js_sys::{
    Array, Date,
    Intl::{DateTimeFormat, NumberFormat},
    JsString, Object, Reflect,
};
use wasm_bindgen::prelude::*;

use crate::{json::Json, texts::joined};

#[inline(never)]
fn options(all: &[(&str, &str)]) -> Object {
    let options = Object::new();
    for (key, value) in all {
        // Setting a property of a fresh object cannot fail.
        Reflect::set(&options, &(*key).into(), &(*value).into()).ok();
    }
    options
}

/// "21 Nov 2026, 14:05", in the language given, for a moment as the server writes it.
pub fn day_and_time(at: &str, language: &str) -> String {
    let options = options(&[("dateStyle", "medium"), ("timeStyle", "short")]);
    Date::new(&at.into())
        .to_locale_string(language, &options)
        .into()
}

/// "Friday 22 May 2027" for `2027-05-22`; with no weekday where it is not `long`.
pub fn day(day: &str, long: bool, language: &str) -> String {
    let options = options(&[
        ("dateStyle", if long { "full" } else { "long" }),
        ("timeZone", "UTC"),
    ]);
    Date::new(&day.into())
        .to_locale_date_string(language, &options)
        .into()
}

/// The day that ends with a moment as the server writes it, where the reader is.
pub fn day_before(at: &str, language: &str) -> String {
    let last = Date::parse(at) - 1000.0;
    Date::new(&last.into())
        .to_locale_date_string(language, &options(&[("dateStyle", "full")]))
        .into()
}

/// "2:30 pm" for `14:30`.
pub fn time(time: &str, language: &str) -> String {
    let options = options(&[("timeStyle", "short"), ("timeZone", "UTC")]);
    let at = joined(&["1970-01-01T", time, "Z"]);
    Date::new(&at.into())
        .to_locale_string(language, &options)
        .into()
}

/// A local time (`2027-05-22T14:00`) or a day, as a moment whose hours are the same in UTC.
fn local(text: &str) -> Date {
    let zone = if text.contains('T') { "Z" } else { "" };
    Date::new(&joined(&[text, zone]).into())
}

/// "Sat, 22 May 2027, 14:00 – 22:00": from one local time or day to another.
#[inline(never)]
pub fn span(starts: &str, ends: &str, language: &str) -> String {
    let mut shown = vec![
        ("weekday", "short"),
        ("day", "numeric"),
        ("month", "short"),
        ("year", "numeric"),
        ("timeZone", "UTC"),
    ];
    if starts.contains('T') {
        shown.extend([("hour", "2-digit"), ("minute", "2-digit")]);
    }
    let format = DateTimeFormat::new(&Array::of1(&language.into()), &options(&shown));
    let range = format.format_range(&local(starts), &local(ends));
    range.map_or_else(|_| starts.to_owned(), String::from)
}

/// The day of the month and the month of a local time, "22" and "May".
pub fn day_and_month(starts: &str, language: &str) -> (String, String) {
    let part = |name: &str, how: &str| -> String {
        let shown = options(&[(name, how), ("timeZone", "UTC")]);
        let at = local(starts);
        at.to_locale_date_string(language, &shown).into()
    };
    (part("day", "numeric"), part("month", "short"))
}

/// "14:00 – 22:00" by the clock of a zone, with the days where these are not one.
pub fn hours(starts_at: &str, ends_at: &str, zone: &str, language: &str) -> String {
    let shown = [
        ("weekday", "short"),
        ("day", "numeric"),
        ("month", "short"),
        ("hour", "2-digit"),
        ("minute", "2-digit"),
        ("timeZone", zone),
    ];
    let format = DateTimeFormat::new(&Array::of1(&language.into()), &options(&shown));
    let moment = |at: &str| Date::new(&at.into());
    let range = format.format_range(&moment(starts_at), &moment(ends_at));
    range.map_or_else(|_| starts_at.to_owned(), String::from)
}

/// The reader's own zone.
pub fn zone() -> String {
    let format = DateTimeFormat::new(&Array::new(), &Object::new());
    let zone = Reflect::get(&format.resolved_options(), &"timeZone".into());
    zone.ok().map_or_else(String::new, |zone| a_text(&zone))
}

/// A plain number as the reader writes it.
pub fn number(text: &str, language: &str) -> String {
    let options = options(&[("maximumFractionDigits", "6")]);
    formatted(
        &NumberFormat::new(&Array::of1(&language.into()), &options),
        text,
    )
}

/// The number goes there as text: reading one here would be kilobytes.
fn formatted(format: &NumberFormat, text: &str) -> String {
    let written = format.format().call1(&JsValue::UNDEFINED, &text.into());
    written.map_or_else(|_| text.to_owned(), |it| a_text(&it))
}

/// How a currency is written: what stands for it, and how many digits stand behind the point.
pub struct Currency {
    format: NumberFormat,
    pub digits: u32,
}

impl Currency {
    pub fn new(code: &str, language: &str) -> Self {
        let options = options(&[("style", "currency"), ("currency", code)]);
        let format = NumberFormat::new(&Array::of1(&language.into()), &options);
        let digits = Reflect::get(&format.resolved_options(), &"maximumFractionDigits".into());
        let digits = digits.ok().and_then(|digits| digits.as_f64());
        Self {
            format,
            digits: digits.map_or(2, |digits| digits as u32).min(6),
        }
    }

    pub fn amount(&self, minor: i64) -> String {
        formatted(&self.format, &minor_text(minor, self.digits))
    }

    pub fn sign(&self) -> String {
        let parts = self.format.format_to_parts(0.0);
        let text = |part: &JsValue, name: &str| {
            let found = Reflect::get(part, &name.into()).ok()?;
            found.as_string()
        };
        let is_sign = |part: &JsValue| text(part, "type").as_deref() == Some("currency");
        let sign = parts.iter().find(is_sign);
        sign.and_then(|part| text(&part, "value"))
            .unwrap_or_default()
    }
}

/// An amount of the server's (`portico_wire::sales::Money`).
pub fn money(amount: &Json, language: &str) -> String {
    let currency = Currency::new(&amount.text("currency"), language);
    let plain = minor_text(amount.whole("minor"), amount.number("digits"));
    formatted(&currency.format, &plain)
}

/// Minor units as a plain number: 1250 of two digits is `12.50`.
pub fn minor_text(minor: i64, digits: u32) -> String {
    let mut text = minor.unsigned_abs().to_string();
    while text.len() <= digits as usize {
        text.insert(0, '0');
    }
    if digits > 0 {
        text.insert(text.len() - digits as usize, '.');
    }
    if minor < 0 {
        text.insert(0, '-');
    }
    text
}

/// Every country, its code and its name in the reader's language, by name.
pub fn countries(language: &str) -> Vec<(String, String)> {
    let all = Array::new();
    let names = display_names("region", language);
    for at in (0..COUNTRIES.len()).step_by(2) {
        let code = COUNTRIES.get(at..at + 2).unwrap_or_default();
        let known = names.as_ref().and_then(|names| names.of(code).ok()?);
        let name = known.unwrap_or_else(|| code.to_owned());
        all.push(&joined(&[&name, "\n", code]).into());
    }
    all.sort_by(&mut |a, b| {
        JsString::from(a).locale_compare(&a_text(&b), &Array::new(), &Object::new())
    });
    let split = |text: String| {
        let (name, code) = text.split_once('\n')?;
        Some((code.to_owned(), name.to_owned()))
    };
    all.iter()
        .filter_map(|text| split(text.as_string()?))
        .collect()
}

fn a_text(value: &JsValue) -> String {
    value.as_string().unwrap_or_default()
}

/// ISO 3166-1 alpha-2, one after the other.
const COUNTRIES: &str = "\
ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICK\
CLCMCNCOCRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGS\
GTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULV\
LYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPM\
PNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTR\
TTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSYEYTZAZMZW";

pub fn now_ms() -> f64 {
    Date::now()
}

/// "GB" as "United Kingdom", "en" as "English": the browser knows the names.
pub fn display_name(kind: &str, code: &str, language: &str) -> String {
    known_name(kind, code, language).unwrap_or_else(|| code.to_owned())
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Intl)]
    type DisplayNames;
    #[wasm_bindgen(constructor, catch, js_namespace = Intl)]
    fn new(language: &str, options: &Object) -> Result<DisplayNames, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn of(this: &DisplayNames, code: &str) -> Result<Option<String>, JsValue>;
}

fn display_names(kind: &str, language: &str) -> Option<DisplayNames> {
    DisplayNames::new(language, &options(&[("type", kind)])).ok()
}

fn known_name(kind: &str, code: &str, language: &str) -> Option<String> {
    display_names(kind, language)?.of(code).ok()?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minor_units_are_written_with_the_currencys_own_digits() {
        for (minor, digits, text) in [
            (1250, 2, "12.50"),
            (5, 2, "0.05"),
            (-5, 2, "-0.05"),
            (1250, 0, "1250"),
            (1250, 3, "1.250"),
            (0, 2, "0.00"),
        ] {
            assert_eq!(minor_text(minor, digits), text);
        }
    }

    #[test]
    fn countries_are_pairs_of_letters() {
        assert_eq!(COUNTRIES.len() % 2, 0);
        assert!(COUNTRIES.len() > 480 && COUNTRIES.bytes().all(|b| b.is_ascii_uppercase()));
    }
}
