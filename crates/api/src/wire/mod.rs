//! The Query protocol: forms in, XML out; and the JSON protocol of Certificate Manager. It knows neither actions nor
//! resources.
//!
//! [`form`] reads parameters and bounds them, `params` hands them to actions and names them in refusals, `xml`
//! writes, `answer` wraps what was written as AWS does. `json` reads members of JSON objects, `marker` says where the
//! next page of a list begins.

pub(crate) mod answer;
pub mod form;
pub(crate) mod json;
pub(crate) mod marker;
pub(crate) mod params;
pub(crate) mod xml;

pub(crate) use json::Input;
pub(crate) use params::Params;
pub(crate) use xml::Xml;
