//! What comes by variables and never by flags: other users of the machine could read it there.

use elbow_model::{AccessKeyId, Credential, Secret, Timestamp};
use http::HeaderValue;

use crate::outgoing::AwsKeys;

/// The variables as they are. Ours is for calls of our API; those of AWS are for calls that we make.
#[derive(Clone, Default)]
pub(crate) struct Secrets {
    /// `ELBOW_SECRET_ACCESS_KEY`
    pub(crate) secret_access_key: Option<String>,
    /// `AWS_ACCESS_KEY_ID`
    pub(crate) aws_access_key_id: Option<String>,
    /// `AWS_SECRET_ACCESS_KEY`
    pub(crate) aws_secret_access_key: Option<String>,
    /// `AWS_SESSION_TOKEN`
    pub(crate) aws_session_token: Option<String>,
}

impl Secrets {
    /// Reads the environment of this process.
    pub(crate) fn of_environment() -> Self {
        let variable = |name| std::env::var(name).ok();
        Self {
            secret_access_key: variable("ELBOW_SECRET_ACCESS_KEY"),
            aws_access_key_id: variable("AWS_ACCESS_KEY_ID"),
            aws_secret_access_key: variable("AWS_SECRET_ACCESS_KEY"),
            aws_session_token: variable("AWS_SESSION_TOKEN"),
        }
    }

    /// Who asks the EC2 endpoint.
    pub(super) fn ec2_keys(self) -> Result<AwsKeys, String> {
        let missing = "an EC2 endpoint was given without AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, which sign what is \
                       asked there";
        self.aws_keys()?.ok_or_else(|| missing.to_owned())
    }

    /// Who asks others; `None` if the variables name nobody.
    pub(crate) fn aws_keys(self) -> Result<Option<AwsKeys>, String> {
        let (Some(id), Some(secret)) = (self.aws_access_key_id, self.aws_secret_access_key) else {
            return Ok(None);
        };
        let credential = Credential {
            id: AccessKeyId::parse(&id).map_err(|error| format!("AWS_ACCESS_KEY_ID: {error}"))?,
            secret: Secret::parse(&secret).map_err(|error| format!("AWS_SECRET_ACCESS_KEY: {error}"))?,
            created: Timestamp::default(),
        };
        let token = self.aws_session_token.filter(|token| !token.is_empty());
        let token = token.map(HeaderValue::try_from).transpose();
        let mut session_token = token.map_err(|_| "AWS_SESSION_TOKEN is no session token".to_owned())?;
        if let Some(token) = &mut session_token {
            token.set_sensitive(true);
        }
        Ok(Some(AwsKeys { credential, session_token }))
    }
}
