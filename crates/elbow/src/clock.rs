//! The one place where this program asks what time it is.

use std::time::{SystemTime, UNIX_EPOCH};

use elbow_model::Timestamp;

/// The time of the system; the epoch if its clock is before that.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// A moment for people: `2026-11-22T15:13:26Z`.
pub(crate) fn show(moment: Timestamp) -> String {
    let secs = i64::try_from(moment.as_secs()).unwrap_or(i64::MAX);
    jiff::Timestamp::from_second(secs).map_or_else(|_| format!("{secs} s"), |moment| moment.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_shown_as_people_write_them() {
        assert_eq!(show(Timestamp::from_secs(0)), "1970-01-01T00:00:00Z");
        assert_eq!(show(Timestamp::from_secs(1_795_000_000)), "2026-11-18T11:06:40Z");
    }
}
