//! The Query protocol: forms in, XML out. It knows neither actions nor resources.
//!
//! [`form`] reads parameters and bounds them, `params` hands them to actions and names them in refusals, `xml`
//! writes, `answer` wraps what was written as AWS does.

pub(crate) mod answer;
pub mod form;
pub(crate) mod params;
pub(crate) mod xml;

pub(crate) use params::Params;
pub(crate) use xml::Xml;
