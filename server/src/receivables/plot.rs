//! Money over the months as a drawing. It is made of attributes alone, colours come from the stylesheet, and the same numbers
//! stand in a table behind it.

use std::fmt::Write as _;

use super::money;
use crate::money::exponent;

const WIDTH: i64 = 760;
const HEIGHT: i64 = 250;
const LEFT: i64 = 78;
const TOP: i64 = 14;
const BOTTOM: i64 = 34;
const LINES: i64 = 4;

/// A month in a currency.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Month {
    /// "Nov"
    pub short: String,
    /// "November 2026"
    pub long: String,
    pub due: i64,
    /// The part of it that is owed still though its day is over.
    pub overdue: i64,
    pub received: i64,
    pub is_now: bool,
}

/// The least round step so that some of them hold the most: 1, 2, 2.5 or 5 of a power of ten.
fn step(most: i64, unit: i64) -> i64 {
    let wanted = (most - 1) / LINES + 1;
    let mut power = unit;
    loop {
        for times in [10, 20, 25, 50] {
            let step = power * times / 10;
            if step >= wanted && step > 0 {
                return step;
            }
        }
        power = power.saturating_mul(10);
        if power > i64::MAX / 100 {
            return wanted.max(1);
        }
    }
}

/// The drawing, as SVG.
pub fn draw(months: &[Month], currency: &str, id: &str) -> String {
    let most = months
        .iter()
        .map(|m| m.due.max(m.received))
        .max()
        .unwrap_or(0)
        .max(1);
    let step = step(most, 10_i64.pow(exponent(currency)));
    let floor = HEIGHT - BOTTOM;
    let height = |amount: i64| {
        let full = i128::from(floor - TOP) * i128::from(amount.max(0));
        i64::try_from(full / i128::from(step * LINES)).unwrap_or(0)
    };
    let mut svg = format!(
        "<svg class=\"plot\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-labelledby=\"{id}-title\">\
         <title id=\"{id}-title\">Due and received by month, in {currency}. The same numbers are in the table below.</title>"
    );
    for line in 0..=LINES {
        let y = floor - (floor - TOP) * line / LINES;
        let label = money(step * line, currency);
        let label = label.trim_end_matches("00").trim_end_matches(['.', ',']);
        let _ = write!(
            svg,
            "<line class=\"plot-line\" x1=\"{LEFT}\" x2=\"{WIDTH}\" y1=\"{y}\" y2=\"{y}\"/>\
             <text class=\"plot-label\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{label}</text>",
            LEFT - 8,
            y + 4
        );
    }
    let count = i64::try_from(months.len().max(1)).unwrap_or(1);
    let room = (WIDTH - LEFT) / count;
    let bar = room * 36 / 100;
    for (month, at) in months.iter().zip(0_i64..) {
        let x = LEFT + at * room + (room - 2 * bar - 2) / 2;
        if month.is_now {
            let _ = write!(
                svg,
                "<rect class=\"plot-now\" x=\"{}\" y=\"{TOP}\" width=\"{room}\" height=\"{}\" rx=\"4\"/>",
                LEFT + at * room,
                floor - TOP
            );
        }
        let (due, overdue, received) = (
            height(month.due),
            height(month.overdue.min(month.due)),
            height(month.received),
        );
        rect(&mut svg, "plot-due", x, floor - due, bar, due);
        rect(&mut svg, "plot-overdue", x, floor - overdue, bar, overdue);
        rect(
            &mut svg,
            "plot-received",
            x + bar + 2,
            floor - received,
            bar,
            received,
        );
        let _ = write!(
            svg,
            "<text class=\"plot-label{}\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            if month.is_now { " plot-here" } else { "" },
            LEFT + at * room + room / 2,
            HEIGHT - 12,
            month.short
        );
    }
    svg.push_str("</svg>");
    svg
}

fn rect(svg: &mut String, class: &str, x: i64, y: i64, width: i64, height: i64) {
    if height > 0 {
        let _ = write!(
            svg,
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"2\"/>"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_has_round_steps_that_hold_the_most() {
        for (most, wanted) in [
            (1, 100),
            (400, 100),
            (401, 200),
            (123_456, 50_000),
            (900_000, 250_000),
        ] {
            assert_eq!(step(most, 100), wanted, "{most}");
        }
        assert!(step(i64::MAX, 100) > 0);
    }

    #[test]
    fn nothing_is_drawn_out_of_its_frame() {
        let months: Vec<Month> = (0..12)
            .map(|n| Month {
                due: n * 100_000,
                received: 1_100_000 - n,
                overdue: n * 200_000,
                ..Month::default()
            })
            .collect();
        let svg = draw(&months, "USD", "usd");
        for part in svg.split("<rect ").skip(1) {
            let of = |name: &str| -> i64 {
                let (_, rest) = part.split_once(&format!(" {name}=\"")).unwrap();
                rest.split('"').next().unwrap().parse().unwrap()
            };
            assert!(
                of("y") >= TOP && of("y") + of("height") <= HEIGHT - BOTTOM,
                "{part}"
            );
        }
    }
}
