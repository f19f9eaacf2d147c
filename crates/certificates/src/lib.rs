//! Reads certificates and private keys that somebody brought, checks that they belong together, and issues others by
//! a local authority.
//!
//! Every byte that comes in here is an attack: PEM and DER are bounded, and whatever is left over is an error. DER is read
//! by the library `x509-cert`.
//! Private keys and signatures are decoded by aws-lc. Start with [`upload`], which makes the
//! [`CertificateMaterial`](elbow_model::CertificateMaterial) that everybody else relies on; [`restore`] makes it again
//! from a record. [`authority`] issues. [`pem`] writes. [`trust`] reads what trust stores are made of; [`ClientCertificate`]
//! and [`RevocationList`] are what a connection is decided by.
//!
//! This crate has no clock and does no I/O; new keys are drawn from the operating system's randomness. It does not
//! decide whether a client should trust a certificate: clients do.

pub mod authority;
mod client;
mod flaw;
mod key;
mod material;
pub mod pem;
mod public_key;
mod revocation;
mod signature;
pub mod trust;
mod x509;

pub use client::{ClientCertificate, Unfit};
pub use flaw::Flaw;
pub use material::{restore, upload, upload_in_part};
pub use public_key::is_public_key;
pub use revocation::{IssuerName, RevocationList};
