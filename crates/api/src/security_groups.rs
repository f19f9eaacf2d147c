//! Ids of security groups, which are kept and shown.

use crate::error::{Code, Error};
use crate::wire::Params;

/// The security group of those who name none.
pub(crate) const DEFAULT_GROUP: &str = "sg-default";
const SECURITY_GROUP_CHARS: usize = 64;
const MOST_SECURITY_GROUPS: usize = 50;

/// Reads `SecurityGroups`, each once.
pub(crate) fn security_groups(params: &Params<'_>) -> Result<Option<Vec<String>>, Error> {
    let Some(given) = params.texts("SecurityGroups")? else { return Ok(None) };
    let mut groups: Vec<String> = Vec::new();
    for id in given {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        let plain = id.strip_prefix("sg-").is_some_and(|rest| !rest.is_empty() && rest.bytes().all(allowed));
        if !plain || id.len() > SECURITY_GROUP_CHARS {
            return Err(Error::new(
                Code::InvalidSecurityGroup,
                format!("The security group ID '{id}' is not valid"),
            ));
        }
        if !groups.iter().any(|known| known == id) {
            groups.push(id.to_owned());
        }
    }
    if groups.len() > MOST_SECURITY_GROUPS {
        return Err(Error::new(
            Code::InvalidConfigurationRequest,
            format!("A load balancer cannot have more than {MOST_SECURITY_GROUPS} security groups"),
        ));
    }
    Ok(Some(groups))
}
