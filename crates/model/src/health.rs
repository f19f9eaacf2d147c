//! How a target does, in AWS's words (B17, B18).

/// State of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HealthState {
    /// Registered, not yet checked.
    Initial,
    /// Passes its health checks.
    Healthy,
    /// Fails them.
    Unhealthy,
    /// Gets no traffic: its group is not in use, or it is not registered.
    Unused,
    /// Deregistered; requests in flight may finish.
    Draining,
    /// Health checks are switched off.
    Unavailable,
}

impl HealthState {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Initial, Self::Healthy, Self::Unhealthy, Self::Unused, Self::Draining, Self::Unavailable];

    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Initial => "initial",
            Self::Healthy => "healthy",
            Self::Unhealthy => "unhealthy",
            Self::Unused => "unused",
            Self::Draining => "draining",
            Self::Unavailable => "unavailable",
        }
    }
}

/// Why a target is in its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HealthReason {
    /// `Elb.RegistrationInProgress`
    RegistrationInProgress,
    /// `Elb.InitialHealthChecking`
    InitialHealthChecking,
    /// `Elb.InternalError`
    InternalError,
    /// `Target.ResponseCodeMismatch`, with the code that was seen.
    ResponseCodeMismatch(u16),
    /// `Target.Timeout`
    Timeout,
    /// `Target.FailedHealthChecks`
    FailedHealthChecks,
    /// `Target.NotRegistered`
    NotRegistered,
    /// `Target.NotInUse`
    NotInUse,
    /// `Target.InvalidState`
    InvalidState,
    /// `Target.DeregistrationInProgress`
    DeregistrationInProgress,
    /// `Target.HealthCheckDisabled`
    HealthCheckDisabled,
}

impl HealthReason {
    /// The reason code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::RegistrationInProgress => "Elb.RegistrationInProgress",
            Self::InitialHealthChecking => "Elb.InitialHealthChecking",
            Self::InternalError => "Elb.InternalError",
            Self::ResponseCodeMismatch(_) => "Target.ResponseCodeMismatch",
            Self::Timeout => "Target.Timeout",
            Self::FailedHealthChecks => "Target.FailedHealthChecks",
            Self::NotRegistered => "Target.NotRegistered",
            Self::NotInUse => "Target.NotInUse",
            Self::InvalidState => "Target.InvalidState",
            Self::DeregistrationInProgress => "Target.DeregistrationInProgress",
            Self::HealthCheckDisabled => "Target.HealthCheckDisabled",
        }
    }

    /// The text that AWS gives with the code.
    pub fn description(self) -> String {
        let text = match self {
            Self::RegistrationInProgress => "Target registration is in progress",
            Self::InitialHealthChecking => "Initial health checks in progress",
            Self::InternalError => "Health checks failed due to an internal error",
            Self::ResponseCodeMismatch(code) => {
                return format!("Health checks failed with these codes: [{code}]");
            }
            Self::Timeout => "Request timed out",
            Self::FailedHealthChecks => "Health checks failed",
            Self::NotRegistered => "Target is not registered to the target group",
            Self::NotInUse => "Target group is not configured to receive traffic from the load balancer",
            Self::InvalidState => "Target is in an invalid state",
            Self::DeregistrationInProgress => "Target deregistration is in progress",
            Self::HealthCheckDisabled => "Health checks are disabled for the target group",
        };
        text.to_owned()
    }
}

/// What `DescribeTargetHealth` says of one target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TargetHealth {
    /// The state.
    pub state: HealthState,
    /// Why; always there unless the state is healthy.
    pub reason: Option<HealthReason>,
}

/// What `DescribeTargetHealth` says of the errors of one target, compared with those of its peers (B2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AnomalyDetection {
    /// The result: `anomalous`, or else `normal`.
    pub anomalous: bool,
    /// Whether it gets less of the load because of that.
    pub mitigated: bool,
}
