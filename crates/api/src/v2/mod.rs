//! The actions of ELBv2, one file per resource.

pub(crate) mod targets;
