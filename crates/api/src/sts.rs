//! The one question of STS that every tool asks first: who am I.

use crate::call::Call;
use crate::error::Error;
use crate::wire::{Params, Xml};

/// `GetCallerIdentity`: every pair of keys may do everything, so every caller is the account's root.
pub(crate) fn caller_identity(call: &Call<'_>, _: &Params<'_>) -> Result<Xml, Error> {
    let account = call.scope.account.as_str();
    let mut xml = Xml::new();
    xml.text("Arn", format_args!("arn:aws:iam::{account}:root"));
    xml.text("UserId", account);
    xml.text("Account", account);
    Ok(xml)
}
