//! Quotas of the service, by AWS's names (facts, section 8). Limits of bytes on the wire live with their decoders.

/// Load balancers in one region of one account (`application-load-balancers`).
pub const LOAD_BALANCERS: usize = 50_000;
/// Listeners of one load balancer (`listeners-per-application-load-balancer`).
pub const LISTENERS_PER_LOAD_BALANCER: usize = 50;
/// Rules of one load balancer, default rules not counted (`rules-per-application-load-balancer`): above AWS's 100,
/// because the cost of a request does not grow with it.
pub const RULES_PER_LOAD_BALANCER: usize = 1_000;
/// Values of all conditions of a rule (`condition-values-per-alb-rule`, L11).
pub const CONDITION_VALUES_PER_RULE: usize = 5;
/// Wildcards in all conditions of a rule (`condition-wildcards-per-alb-rule`, L12).
pub const WILDCARDS_PER_RULE: usize = 6;
/// Load balancers, or resources whose tags are asked for, that one describe may name.
pub const NAMED_AT_ONCE: usize = 20;
/// Target groups of one forward action (`target-groups-per-action-on-application-load-balancer`, L15).
pub const TARGET_GROUPS_PER_ACTION: usize = 5;
/// Target groups that the rules of one load balancer may name (`target-groups-per-application-load-balancer`).
pub const TARGET_GROUPS_PER_LOAD_BALANCER: usize = 100;
/// Target groups in one region of one account (`target-groups`).
pub const TARGET_GROUPS: usize = 50_000;
/// Subnets whose zones are remembered, in all regions; those that the settings name do not count.
pub const SUBNETS: usize = 10_000;
/// Targets registered with one target group (`targets-per-target-group`): above AWS's 1,000, because the cost of a
/// request does not grow with it.
pub const TARGETS_PER_TARGET_GROUP: usize = 10_000;
/// Instances that the API puts into the instance directory; those that are learned from EC2 are bounded by targets.
pub const INSTANCES: usize = 100_000;
/// Tags of one resource.
pub const TAGS: usize = 50;
/// Characters of a tag's key.
pub const TAG_KEY_CHARS: usize = 128;
/// Characters of a tag's value.
pub const TAG_VALUE_CHARS: usize = 256;
/// Characters of the name of a load balancer or target group.
pub const NAME_CHARS: usize = 32;
/// Characters of the name of a Classic Load Balancer's policy; AWS names no limit.
pub const POLICY_NAME_CHARS: usize = 255;
/// Classic Load Balancers in one region of one account (`classic-load-balancers`): above AWS's 20.
pub const CLASSIC_LOAD_BALANCERS: usize = LOAD_BALANCERS;
/// Listeners of one Classic Load Balancer (`classic-listeners`).
pub const CLASSIC_LISTENERS: usize = 100;
/// Instances registered with one Classic Load Balancer (`classic-registered-instances`): above AWS's 1,000.
pub const CLASSIC_INSTANCES: usize = TARGETS_PER_TARGET_GROUP;
/// Tags of one Classic Load Balancer (its API's `AddTags`).
pub const CLASSIC_TAGS: usize = 10;
/// Policies of one Classic Load Balancer; AWS tells no figure.
pub const CLASSIC_POLICIES: usize = 1_000;
/// Characters of a health check's path (B8).
pub const HEALTH_CHECK_PATH_CHARS: usize = 1024;
/// Generations of stickiness keys that are kept at once.
pub const KEY_GENERATIONS: usize = 1024;
/// Certificates of a load balancer beside the default ones of its listeners (`certificates-per-application-load-balancer`,
/// R28; AWS's default).
pub const MORE_CERTIFICATES_PER_LOAD_BALANCER: usize = 25;
/// Certificates of Certificate Manager in one region of one account (`ACM certificates`; AWS's default is 2,500).
pub const CERTIFICATES: usize = 10_000;
/// Server certificates of IAM in one account: above AWS's 20, because the memory they take is small.
pub const SERVER_CERTIFICATES: usize = 1_000;
/// Trust stores in one region of one account. AWS's guide has this and what follows as quotas without names for the API.
pub const TRUST_STORES: usize = 20;
/// Certificates of authorities in one trust store.
pub const CERTIFICATES_PER_TRUST_STORE: usize = 25;
/// Bytes of one certificate of an authority.
pub const TRUSTED_CERTIFICATE_BYTES: usize = 16 << 10;
/// Bytes of the names of all authorities of one trust store.
pub const TRUSTED_NAMES_BYTES: usize = 10_000;
/// Files of revocations of one trust store.
pub const REVOCATIONS_PER_TRUST_STORE: usize = 30;
/// Revoked certificates in all files of one trust store.
pub const REVOKED_ENTRIES_PER_TRUST_STORE: u64 = 500_000;
/// Largest number of a file of revocations: AWS's model has room for no larger one.
pub const REVOCATION_NUMBER: u64 = i64::MAX.unsigned_abs();
/// Bytes of one file of revocations, and, beyond AWS, of all those of one trust store.
pub const REVOCATION_BYTES: usize = 50 << 20;
/// Names in one certificate that the local authority issues, as Certificate Manager grants at most.
pub const NAMES_PER_CERTIFICATE: usize = 100;
/// Stacks of CloudFormation in one region of one account (AWS's quota).
pub const STACKS: usize = 2_000;
/// Characters of the name of a stack or a change set.
pub const STACK_NAME_CHARS: usize = 128;
/// Bytes of a template that is sent in a call.
pub const TEMPLATE_BYTES: usize = 51_200;
/// Events that a stack remembers; older ones are forgotten.
pub const EVENTS_PER_STACK: usize = 5_000;
/// Change sets that wait for one stack.
pub const CHANGE_SETS_PER_STACK: usize = 20;
