//! From when until when a certificate is valid (RFC 5280, section 4.1.2.5).

use elbow_model::Timestamp;
use time::{Date, Month, PrimitiveDateTime, Time};

use crate::der::{GENERALIZED_TIME, Reader, UTC_TIME};

/// Both moments.
pub(super) fn read(mut parts: Reader<'_>) -> Option<(Timestamp, Timestamp)> {
    let (from, until) = (moment(&mut parts)?, moment(&mut parts)?);
    parts.end()?;
    Some((from, until))
}

/// `YYMMDDHHMMSSZ` of 1950 to 2049, or `YYYYMMDDHHMMSSZ`. Moments before 1970 are its beginning.
fn moment(parts: &mut Reader<'_>) -> Option<Timestamp> {
    let value = parts.value()?;
    let text = std::str::from_utf8(value.content).ok()?.strip_suffix('Z')?;
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (year, rest) = match (value.tag, text.len()) {
        (UTC_TIME, 12) => {
            let (year, rest) = text.split_at_checked(2)?;
            let year: i32 = year.parse().ok()?;
            (if year < 50 { 2000 + year } else { 1900 + year }, rest)
        }
        (GENERALIZED_TIME, 14) => {
            let (year, rest) = text.split_at_checked(4)?;
            (year.parse().ok()?, rest)
        }
        _ => return None,
    };
    let part = |at: usize| rest.get(at..at + 2)?.parse::<u8>().ok();
    let date = Date::from_calendar_date(year, Month::try_from(part(0)?).ok()?, part(2)?).ok()?;
    let time = Time::from_hms(part(4)?, part(6)?, part(8)?).ok()?;
    let seconds = PrimitiveDateTime::new(date, time).assume_utc().unix_timestamp();
    Some(Timestamp::from_secs(u64::try_from(seconds).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_one(tag: u8, text: &str) -> Option<Timestamp> {
        let bytes = [&[tag, u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
        moment(&mut Reader::new(&bytes))
    }

    #[test]
    fn moments_are_read() {
        assert_eq!(read_one(UTC_TIME, "270115080000Z"), Some(Timestamp::from_secs(1_800_000_000)));
        assert_eq!(read_one(GENERALIZED_TIME, "20270115080000Z"), Some(Timestamp::from_secs(1_800_000_000)));
        assert_eq!(read_one(UTC_TIME, "500101000000Z"), Some(Timestamp::default()));
        for text in
            ["", "Z", "270115080000", "271315080000Z", "270115250000Z", "2701150800Z", "+70115080000Z"]
        {
            assert_eq!(read_one(UTC_TIME, text), None, "{text}");
        }
    }
}
