//! stickiness
