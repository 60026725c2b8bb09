//! The clocks: of this machine, of the provider, of the host.

use super::{Ask, Doctor, Report};
use crate::protocol::time::UnixTime;
use std::time::Duration;

const TOPIC: &str = "Clock";

pub(super) fn judge(doctor: &Doctor, report: &mut Report) {
    let date = |asks: &[Ask]| asks.iter().find_map(|ask| doctor.reply(*ask)).and_then(|reply| Some((reply, read(reply.header("date"))?)));
    let now = doctor.surroundings.now;
    let mut told = false;
    for (whose, found) in [("the provider", date(&[Ask::Token, Ask::Keys, Ask::Discovery])), ("the host of the app", date(&[Ask::Page]))] {
        let Some((reply, date)) = found else { continue };
        let age = reply.header("age").parse().map(Duration::from_secs).unwrap_or_default();
        let date = date.plus(age);
        let apart = now.since(date).max(date.since(now));
        told = true;
        // A date has whole seconds, and an answer takes its time.
        if apart <= doctor.config.clock_skew + Duration::from_secs(5) {
            report.right(TOPIC, format!("this machine and {whose} agree, to {} s", apart.as_secs()));
        } else {
            let word = if date < now { "behind" } else { "ahead of" };
            let finding =
                format!("{whose} is {} s {word} this machine; {} s are allowed", apart.as_secs(), doctor.config.clock_skew.as_secs());
            report.wrong(TOPIC, finding, "Set the clock of this machine right, or have the other one set right: tokens depend on it.");
        }
    }
    if !told {
        let advice = if doctor.is_page() { "`cargo xtask doctor` reads the Date header." } else { "Compare by hand." };
        report.unknown(TOPIC, "nobody sent a Date header that can be read", advice);
    }
}

/// Reads an HTTP date ([RFC 9110 §5.6.7](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7)), in the one form that may be sent.
fn read(text: &str) -> Option<UnixTime> {
    let mut words = text.split_once(", ")?.1.split([' ', ':']);
    let number = |words: &mut std::str::Split<'_, [char; 2]>| words.next()?.parse::<u64>().ok().filter(|n| *n < 10_000);
    let day = number(&mut words)?;
    let month = words.next()?;
    let month =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"].iter().position(|own| *own == month)?;
    let month = month as u64 + 1;
    let year = number(&mut words).filter(|year| *year >= 1970)?;
    let (hour, minute, second) = (number(&mut words)?, number(&mut words)?, number(&mut words)?);
    // Days since 0000-03-01, with the year beginning in March: leap days come last.
    let (year, shifted) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (153 * shifted + 2) / 5 + day - 1;
    let seconds = days.checked_sub(719_468)? * 86_400 + hour * 3600 + minute * 60 + second;
    Some(UnixTime::from_millis(seconds * 1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_dates_are_read() {
        for (text, seconds) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777)),
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            ("Thu, 29 Feb 2024 12:00:00 GMT", Some(1_709_208_000)),
            ("Fri, 01 Mar 2024 12:00:00 GMT", Some(1_709_294_400)),
            ("Sun, 06 Nov 0000 08:49:37 GMT", None),
            ("Sun, 06 anF 1994 08:49:37 GMT", None),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(read(text).map(UnixTime::as_seconds), seconds, "{text}");
        }
    }
}
