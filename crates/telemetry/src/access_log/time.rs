//! A moment as access logs write it: to the microsecond, in universal time.

use std::io::{self, Write};

use elbow_model::Timestamp;

const SECONDS_OF_DAY: u64 = 86_400;

/// Microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogTime(u64);

/// A moment in the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    /// The year.
    pub year: u64,
    /// The month, from 1.
    pub month: u64,
    /// The day of the month, from 1.
    pub day: u64,
    /// The hour.
    pub hour: u64,
    /// The minute.
    pub minute: u64,
    /// The second.
    pub second: u64,
}

impl LogTime {
    /// The moment so many microseconds after the epoch.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// Where it lies in the calendar.
    pub const fn civil(self) -> Civil {
        let seconds = self.0 / 1_000_000;
        let (year, month, day) = date(seconds / SECONDS_OF_DAY);
        let rest = seconds % SECONDS_OF_DAY;
        Civil { year, month, day, hour: rest / 3600, minute: rest / 60 % 60, second: rest % 60 }
    }

    /// `2015-05-13T23:39:43.945958Z`
    pub(super) fn write(self, line: &mut Vec<u8>) -> io::Result<()> {
        let Civil { year, month, day, hour, minute, second } = self.civil();
        let micros = self.0 % 1_000_000;
        write!(line, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z")
    }
}

impl From<Timestamp> for LogTime {
    fn from(time: Timestamp) -> Self {
        Self(time.as_millis().saturating_mul(1000))
    }
}

/// Year, month and day of a day since the epoch.
///
/// Counted in eras of 400 years that begin in March, so that a leap day is the last of its year.
const fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_to_the_microsecond() {
        for (micros, expected) in [
            (0, "1970-01-01T00:00:00.000000Z"),
            (951_782_399_999_999, "2000-02-28T23:59:59.999999Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
            (1_431_560_383_945_958, "2015-05-13T23:39:43.945958Z"),
            (4_107_542_399_000_001, "2100-02-28T23:59:59.000001Z"),
            (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z"),
        ] {
            let mut line = Vec::new();
            LogTime::from_micros(micros).write(&mut line).unwrap();
            assert_eq!(String::from_utf8(line).unwrap(), expected);
        }
    }
}
