//! The limits of a head. ALB's are hard (R23); ours are the defaults here and nothing reads more than they allow.

/// How much of a head is accepted. The defaults are ALB's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a request line without its line end; a line this long is refused already (R23).
    pub start_line: usize,
    /// Bytes of one header line without its line end; a line this long is refused already (R23, observed).
    pub field_line: usize,
    /// Bytes of all header lines with their line ends; more is refused (R23).
    pub fields: usize,
    /// Number of header lines. AWS publishes none; at most [`Limits::MAX_FIELD_COUNT`].
    pub field_count: usize,
    /// Addresses in `X-Forwarded-For`; more is refused with 463 (R4).
    pub forwarded_for: usize,
}

impl Limits {
    /// The most header lines that a head can hold: those of another side, and what is added to them here.
    pub const MAX_FIELD_COUNT: usize = Self::FIELD_COUNT + 32;
    /// The most header lines that a client or a target may send.
    const FIELD_COUNT: usize = 256;

    /// What a client may send (R23: 16K, 16K, 64K).
    pub const REQUEST: Self = Self {
        start_line: 16 * 1024,
        field_line: 16 * 1024,
        fields: 64 * 1024,
        field_count: Self::FIELD_COUNT,
        forwarded_for: 30,
    };

    /// What a target may send: 32K for all response headers (R23), the status line included. The limits of single
    /// lines and of `X-Forwarded-For` are for requests.
    pub const RESPONSE: Self = Self {
        start_line: 16 * 1024,
        field_line: 32 * 1024,
        fields: 32 * 1024,
        field_count: Self::FIELD_COUNT,
        forwarded_for: usize::MAX,
    };
}
