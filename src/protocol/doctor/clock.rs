//! The clocks: of this machine, of the provider, of the host.

use super::{Ask, Doctor, Report};
use crate::protocol::time::UnixTime;
use std::time::Duration;

pub(super) fn judge(doctor: &Doctor, report: &mut Report) {
    let provider = [Ask::Token, Ask::Keys, Ask::Discovery].into_iter().find_map(|ask| date(doctor, ask));
    let found = [("@provider", provider), ("@host", date(doctor, Ask::Page))];
    if found.iter().all(|(_, date)| date.is_none()) {
        report.unknown("clock-unknown", &[doctor.command()]);
    }
    let (now, skew) = (doctor.surroundings.now, doctor.config.clock_skew);
    for (whose, date) in found.into_iter().filter_map(|(whose, date)| Some((whose, date?))) {
        let apart = now.since(date).max(date.since(now));
        let values = [whose, &apart.as_secs().to_string(), if date < now { "@behind" } else { "@ahead" }, &skew.as_secs().to_string()];
        // A date has whole seconds, and an answer takes its time.
        if apart <= skew + Duration::from_secs(5) {
            report.right("clock", &values);
        } else {
            report.wrong("clock-wrong", &values);
        }
    }
}

/// What an answer says that the time is, with how long it lay in a cache.
fn date(doctor: &Doctor, ask: Ask) -> Option<UnixTime> {
    let reply = doctor.reply(ask)?;
    let age = reply.header("age").parse().map(Duration::from_secs).unwrap_or_default();
    Some(read(reply.header("date"))?.plus(age))
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
