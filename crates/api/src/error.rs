//! The one shape of a refusal, and every code that a caller can see.
//!
//! An [`Error`] has a message for the caller, and for faults of ours a private cause that goes to the log only. Its
//! [`Code`] decides the HTTP status and whose fault it is; nothing else does.

use std::fmt;

use elbow_model::Invalid;
use http::StatusCode;

use crate::instances::Unanswered;

/// Longest message that is sent, in bytes; what a caller sent is echoed up to here.
const MESSAGE_BYTES: usize = 2048;

/// Whose fault a refusal is, as AWS words it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The caller's.
    Sender,
    /// Ours.
    Receiver,
}

impl Side {
    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sender => "Sender",
            Self::Receiver => "Receiver",
        }
    }
}

/// Declares the codes: variant, HTTP status. On the wire a code is its variant's name, unless EC2 gives it one that is
/// none.
macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident $status:literal $($name:literal)?;)*) => {
        /// A code of AWS's model (facts, section 5).
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code { $($(#[$doc])* $code),* }

        impl Code {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$code),*];

            /// The code on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$code => codes!(@name $code $($name)?)),* }
            }

            const fn number(self) -> u16 {
                match self { $(Self::$code => $status),* }
            }
        }
    };
    (@name $code:ident) => { stringify!($code) };
    (@name $code:ident $name:literal) => { $name };
}

codes! {
    /// The parameters break a rule of their shape.
    ValidationError 400;
    /// There is no such action, or not here yet.
    InvalidAction 400;
    /// The request names no action.
    MissingAction 400;
    /// The request lacks a parameter that every request has.
    MissingParameter 400;
    /// The request is not signed.
    MissingAuthenticationToken 403;
    /// The signature lacks a part or one part cannot be read.
    IncompleteSignature 400;
    /// There is no such access key.
    InvalidClientTokenId 403;
    /// The signature does not belong to this request, key or scope.
    SignatureDoesNotMatch 403;
    /// The signature is too old.
    RequestExpired 400;
    /// There is no such certificate.
    CertificateNotFound 400;
    /// More capacity than can be reserved.
    CapacityUnitsLimitExceeded 400;
    /// A listener has that port.
    DuplicateListener 400;
    /// A load balancer has that name and other settings.
    DuplicateLoadBalancerName 400;
    /// A tag's key was given twice.
    DuplicateTagKeys 400;
    /// A target group has that name and other settings.
    DuplicateTargetGroupName 400;
    /// The request fits its shape but not the resource; 409 from the API of Classic Load Balancers.
    InvalidConfigurationRequest 400;
    /// An action of a rule cannot be carried out.
    InvalidLoadBalancerAction 400;
    /// A security group's id is not valid.
    InvalidSecurityGroup 400;
    /// A subnet's id is not valid.
    InvalidSubnet 400;
    /// A target cannot be registered.
    InvalidTarget 400;
    /// There is no such listener.
    ListenerNotFound 400;
    /// There is no such load balancer.
    LoadBalancerNotFound 400;
    /// The resource is protected against this.
    OperationNotPermitted 400;
    /// Another rule of the listener has that priority.
    PriorityInUse 400;
    /// Something refers to the resource.
    ResourceInUse 400;
    /// There is no such resource.
    ResourceNotFound 400;
    /// There is no such rule.
    RuleNotFound 400;
    /// There is no such security policy.
    SSLPolicyNotFound 400;
    /// A target group belongs to one load balancer.
    TargetGroupAssociationLimit 400;
    /// There is no such target group.
    TargetGroupNotFound 400;
    /// A rule has one routing action.
    TooManyActions 400;
    /// A quota.
    TooManyCertificates 400;
    /// A quota.
    TooManyListeners 400;
    /// A quota, or no address is left.
    TooManyLoadBalancers 400;
    /// A quota.
    TooManyRules 400;
    /// A quota.
    TooManyTags 400;
    /// A quota.
    TooManyTargetGroups 400;
    /// A quota.
    TooManyTargets 400;
    /// A quota.
    TooManyUniqueTargetGroupsPerLoadBalancer 400;
    /// A trust store and a resource have nothing to do with each other.
    AssociationNotFound 400;
    /// There is no such bundle of certificates.
    CaCertificatesBundleNotFound 400;
    /// A trust store and its user are of one account.
    DeleteAssociationSameAccount 400;
    /// A trust store has that name.
    DuplicateTrustStoreName 400;
    /// A bundle of certificates cannot be used.
    InvalidCaCertificatesBundle 400;
    /// A file of revocations cannot be used.
    InvalidRevocationContent 400;
    /// There is no such file of revocations.
    RevocationContentNotFound 400;
    /// A trust store has no file of revocations with that number.
    RevocationIdNotFound 400;
    /// A quota.
    TooManyTrustStoreRevocationEntries 400;
    /// A quota.
    TooManyTrustStores 400;
    /// A listener or a target group uses the trust store.
    TrustStoreInUse 400;
    /// There is no such trust store.
    TrustStoreNotFound 400;
    /// Classic: a policy of the load balancer has that name.
    DuplicatePolicyName 400;
    /// Classic: there is no such instance.
    InvalidInstance 400;
    /// Classic: there is no such attribute.
    LoadBalancerAttributeNotFound 400;
    /// Classic: there is no such policy.
    PolicyNotFound 400;
    /// Classic: there is no such type of policy.
    PolicyTypeNotFound 400;
    /// Classic: a quota.
    TooManyPolicies 400;
    /// EC2: the call would have succeeded.
    DryRunOperation 412;
    /// EC2: that is not the id of a security group.
    InvalidGroupIdMalformed 400 "InvalidGroupId.Malformed";
    /// EC2: there is no such security group.
    InvalidGroupNotFound 400 "InvalidGroup.NotFound";
    /// EC2: that is not the id of an instance.
    InvalidInstanceIdMalformed 400 "InvalidInstanceID.Malformed";
    /// EC2: there is no such instance.
    InvalidInstanceIdNotFound 400 "InvalidInstanceID.NotFound";
    /// EC2: there is no such network interface.
    InvalidNetworkInterfaceIdNotFound 400 "InvalidNetworkInterfaceID.NotFound";
    /// EC2: two parameters exclude each other.
    InvalidParameterCombination 400;
    /// EC2: a parameter breaks a rule of its shape.
    InvalidParameterValue 400;
    /// EC2: there is no such subnet.
    InvalidSubnetIdNotFound 400 "InvalidSubnetID.NotFound";
    /// EC2: there is no such virtual private cloud.
    InvalidVpcIdNotFound 400 "InvalidVpcID.NotFound";
    /// Certificate Manager: an argument is not right.
    InvalidArgsException 400;
    /// Certificate Manager: this is not an ARN of a certificate.
    InvalidArnException 400;
    /// Certificate Manager: a parameter is not right.
    InvalidParameterException 400;
    /// Certificate Manager: a tag is not right.
    InvalidTagException 400;
    /// Certificate Manager: a quota.
    LimitExceededException 400;
    /// Certificate Manager: there is no such certificate.
    ResourceNotFoundException 400;
    /// A body in JSON cannot be read, or a member has the wrong type.
    SerializationException 400;
    /// Certificate Manager: a quota.
    TooManyTagsException 400;
    /// Certificate Manager: a listener has the certificate.
    ResourceInUseException 400;
    /// IAM: a listener has the certificate.
    DeleteConflict 409;
    /// IAM: a certificate has that name.
    EntityAlreadyExists 409;
    /// IAM: a tag is not right.
    InvalidInput 400;
    /// IAM: the private key is that of another certificate.
    KeyPairMismatch 400;
    /// IAM: a quota.
    LimitExceeded 409;
    /// IAM: a certificate, its chain or its key is not right.
    MalformedCertificate 400;
    /// IAM: there is no such certificate.
    NoSuchEntity 404;
    /// CloudFormation: a stack or a change set has that name.
    AlreadyExistsException 400;
    /// CloudFormation: a token is that of another operation.
    TokenAlreadyExistsException 400;
    /// CloudFormation: there is no such change set.
    ChangeSetNotFound 404;
    /// CloudFormation: a change set cannot be carried out.
    InvalidChangeSetStatus 400;
    /// The store or the EC2 endpoint does not answer; the same request may succeed later.
    ServiceUnavailable 503;
}

impl Code {
    /// The HTTP status that goes with it.
    pub fn status(self) -> StatusCode {
        StatusCode::from_u16(self.number()).unwrap_or(StatusCode::BAD_REQUEST)
    }

    /// Whose fault it is.
    pub fn side(self) -> Side {
        if self.status().is_server_error() { Side::Receiver } else { Side::Sender }
    }
}

/// Why a call was refused.
#[derive(Debug)]
pub struct Error {
    code: Code,
    message: String,
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// A refusal with a message for the caller.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        let mut message = message.into();
        message.truncate(message.floor_char_boundary(MESSAGE_BYTES));
        Self { code, message, cause: None }
    }

    /// Adds what only the log may know.
    #[must_use]
    pub fn because(mut self, cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.cause = Some(Box::new(cause));
        self
    }

    /// The code.
    pub const fn code(&self) -> Code {
        self.code
    }

    /// The text for the caller.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// `ValidationError`, which most bad parameters give.
    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::new(Code::ValidationError, message)
    }

    /// Nobody says where an instance is.
    pub(crate) fn unanswered(unanswered: &Unanswered) -> Self {
        Self::new(Code::ServiceUnavailable, unanswered.to_string())
    }

    /// Something that AWS has and Elbow has not yet. AWS would accept it, so the message says who refuses.
    pub(crate) fn not_here_yet(code: Code, what: impl fmt::Display) -> Self {
        Self::new(code, format!("{what} is not in Elbow yet; docs/parity.md lists what is"))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        Self::validation(invalid.message())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_status_of_its_side() {
        for &code in Code::ALL {
            let status = code.status();
            assert_eq!(status.as_u16(), code.number());
            assert_eq!(status.is_client_error(), code.side() == Side::Sender, "{}", code.as_str());
        }
    }

    #[test]
    fn a_message_is_cut_between_characters() {
        let error = Error::validation("ä".repeat(MESSAGE_BYTES));
        assert!(error.message().len() <= MESSAGE_BYTES);
        assert!(error.message().chars().all(|c| c == 'ä'));
    }
}
