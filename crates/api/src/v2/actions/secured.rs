//! `authenticate-oidc`, `authenticate-cognito` and `jwt-validation`: actions that make sure of the client before a
//! request is routed (L19, L20). Their parameters are read as AWS reads them; then they are refused, because Elbow
//! cannot carry them out yet.

use super::{invalid, lacks};
use crate::error::{Code, Error};
use crate::wire::Params;

/// The type `authenticate-oidc`.
pub(super) const OIDC: &str = "authenticate-oidc";
/// The type `authenticate-cognito`.
pub(super) const COGNITO: &str = "authenticate-cognito";
/// The type `jwt-validation`.
pub(super) const JWT: &str = "jwt-validation";

const EXTRA_PARAMS: usize = 10;
const CLAIMS: usize = 10;
const CLAIM_VALUES: usize = 10;
const TEXT_CHARS: usize = 256;
const ON_UNAUTHENTICATED: &[&str] = &["deny", "allow", "authenticate"];
const FORMATS: &[&str] = &["single-string", "string-array", "space-separated-values"];
/// Claims that are always looked at.
const OWN_CLAIMS: &[&str] = &["exp", "iss", "nbf", "iat"];

/// What a caller is told: what is wrong with the action, or that it is not here yet.
pub(super) fn refuse(member: &Params<'_>, kind: &str) -> Error {
    let checked = match kind {
        OIDC => oidc(member),
        COGNITO => cognito(member),
        _ => jwt(member),
    };
    checked.err().unwrap_or_else(|| {
        let what = format_args!("An action of type '{kind}'");
        Error::not_here_yet(Code::InvalidLoadBalancerAction, what)
    })
}

fn oidc(member: &Params<'_>) -> Result<(), Error> {
    let config = config(member, OIDC, "AuthenticateOidcConfig")?;
    for name in ["Issuer", "AuthorizationEndpoint", "TokenEndpoint", "UserInfoEndpoint"] {
        https(&config, name)?;
    }
    config.required("ClientId")?;
    if config.flag("UseExistingClientSecret")? != Some(true) {
        config.required("ClientSecret")?;
    }
    session(&config)
}

fn cognito(member: &Params<'_>) -> Result<(), Error> {
    let config = config(member, COGNITO, "AuthenticateCognitoConfig")?;
    for name in ["UserPoolArn", "UserPoolClientId", "UserPoolDomain"] {
        config.required(name)?;
    }
    session(&config)
}

fn jwt(member: &Params<'_>) -> Result<(), Error> {
    let config = config(member, JWT, "JwtValidationConfig")?;
    https(&config, "JwksEndpoint")?;
    for name in ["JwksEndpoint", "Issuer"] {
        config.check_length(name, config.required(name)?, 1, TEXT_CHARS)?;
    }
    let claims = config.list("AdditionalClaims")?.unwrap_or_default();
    at_most(CLAIMS, claims.len(), "additional claims")?;
    for claim in claims {
        let word = |text: &str| FORMATS.iter().copied().find(|known| *known == text);
        claim.required("Format")?;
        claim.word("Format", FORMATS, word)?;
        let name = claim.required("Name")?;
        if OWN_CLAIMS.contains(&name) {
            return Err(invalid(format!(
                "The claim '{name}' is validated by default and cannot be specified"
            )));
        }
        let values = claim.required_texts("Values")?;
        at_most(CLAIM_VALUES, values.len(), "values of a claim")?;
        values.iter().try_for_each(|value| claim.check_length("Values", value, 1, TEXT_CHARS))?;
    }
    Ok(())
}

fn config<'a>(member: &Params<'a>, kind: &str, name: &str) -> Result<Params<'a>, Error> {
    member.structure(name).ok_or_else(|| lacks(kind, &format!("'{name}'")))
}

/// What both ways of logging in have.
fn session(config: &Params<'_>) -> Result<(), Error> {
    config.number("SessionTimeout", 1, i64::MAX)?;
    let word = |text: &str| ON_UNAUTHENTICATED.iter().copied().find(|known| *known == text);
    config.word("OnUnauthenticatedRequest", ON_UNAUTHENTICATED, word)?;
    let extra = config.map("AuthenticationRequestExtraParams")?;
    at_most(EXTRA_PARAMS, extra.len(), "extra parameters of an authentication request")
}

fn https(config: &Params<'_>, name: &str) -> Result<(), Error> {
    let text = config.required(name)?;
    if text.starts_with("https://") {
        return Ok(());
    }
    Err(invalid(format!("The {name} '{text}' must be a full URL with the HTTPS protocol")))
}

fn at_most(most: usize, given: usize, what: &str) -> Result<(), Error> {
    if given <= most {
        return Ok(());
    }
    Err(invalid(format!("There can be at most '{most}' {what}")))
}
