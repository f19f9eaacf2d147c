//! What AWS has beside actions, and how far Elbow has it: the tables behind `docs/parity.md`.
//!
//! Types of actions, fields of conditions and transforms are declared where they are read; attributes are declared in
//! [`elbow_model::attribute`]. Here is only what no other place knows: attributes without effect, and AWS's error codes.

pub use crate::v2::{ACTION_TYPES, ActionType, CONDITION_FIELDS, ConditionField, TRANSFORM_TYPES};

/// Attributes that are checked, kept and shown, but change nothing: the beginning of their keys, and why.
pub static WITHOUT_EFFECT: &[(&str, &str)] = &[
    ("access_logs.", NOT_YET),
    ("connection_logs.", NOT_YET),
    ("health_check_logs.", NOT_YET),
    ("routing.http2.enabled", HTTPS),
    ("routing.http.x_amzn_tls_version_and_cipher_suite.enabled", HTTPS),
    ("routing.http.request.x_amzn_", HTTPS),
    ("waf.fail_open.enabled", "there is no web application firewall"),
    ("ipv6.deny_all_igw_traffic", "there are no internet gateways"),
    ("zonal_shift.config.enabled", "there is no zonal shift"),
    ("target_group_health.dns_failover.", "there is no DNS: the log tells"),
];

const NOT_YET: &str = "not yet";
const HTTPS: &str = "comes with HTTPS listeners";

/// Attributes of AWS that are refused.
pub static ABSENT_ATTRIBUTES: &[(&str, &str)] = &[
    ("lambda.multi_value_headers.enabled", "comes with Lambda targets"),
    ("dns_record.client_routing_policy", "Network Load Balancers only"),
    ("secondary_ips.auto_assigned.per_subnet", "Network Load Balancers only"),
    ("ipv6.source_nat.enabled", "Network Load Balancers only"),
];

/// Every error code of AWS's model of ELBv2.
pub static V2_CODES: &[&str] = &[
    "ALPNPolicyNotFound",
    "AllocationIdNotFound",
    "AssociationNotFound",
    "AvailabilityZoneNotSupported",
    "CaCertificatesBundleNotFound",
    "CapacityDecreaseRequestLimitExceeded",
    "CapacityReservationPending",
    "CapacityUnitsLimitExceeded",
    "CertificateNotFound",
    "DeleteAssociationSameAccount",
    "DuplicateListener",
    "DuplicateLoadBalancerName",
    "DuplicateTagKeys",
    "DuplicateTargetGroupName",
    "DuplicateTrustStoreName",
    "HealthUnavailable",
    "IncompatibleProtocols",
    "InsufficientCapacity",
    "InvalidCaCertificatesBundle",
    "InvalidConfigurationRequest",
    "InvalidLoadBalancerAction",
    "InvalidRevocationContent",
    "InvalidScheme",
    "InvalidSecurityGroup",
    "InvalidSubnet",
    "InvalidTarget",
    "ListenerNotFound",
    "LoadBalancerNotFound",
    "OperationNotPermitted",
    "PriorRequestNotComplete",
    "PriorityInUse",
    "ResourceInUse",
    "ResourceNotFound",
    "RevocationContentNotFound",
    "RevocationIdNotFound",
    "RuleNotFound",
    "SSLPolicyNotFound",
    "SubnetNotFound",
    "TargetGroupAssociationLimit",
    "TargetGroupNotFound",
    "TooManyActions",
    "TooManyCertificates",
    "TooManyListeners",
    "TooManyLoadBalancers",
    "TooManyRegistrationsForTargetId",
    "TooManyRules",
    "TooManyTags",
    "TooManyTargetGroups",
    "TooManyTargets",
    "TooManyTrustStoreRevocationEntries",
    "TooManyTrustStores",
    "TooManyUniqueTargetGroupsPerLoadBalancer",
    "TrustStoreInUse",
    "TrustStoreNotFound",
    "TrustStoreNotReady",
    "UnsupportedProtocol",
];

/// Those of EC2's error codes that its describes can answer with here.
pub static EC2_CODES: &[&str] = &[
    "DryRunOperation",
    "InvalidGroup.NotFound",
    "InvalidInstanceID.NotFound",
    "InvalidParameterValue",
    "InvalidSubnetID.NotFound",
    "InvalidVpcID.NotFound",
];

/// Codes that every AWS API answers with.
pub static COMMON_CODES: &[&str] = &[
    "AccessDenied",
    "IncompleteSignature",
    "InternalFailure",
    "InvalidAction",
    "InvalidClientTokenId",
    "MissingAction",
    "MissingAuthenticationToken",
    "MissingParameter",
    "RequestExpired",
    "ServiceUnavailable",
    "SignatureDoesNotMatch",
    "Throttling",
    "ValidationError",
];
