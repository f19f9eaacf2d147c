//! Every action that AWS has for load balancers, declared once, and those of other services that are here. Dispatch, the refusal of what is not here yet, and `docs/parity.md` come
//! from this table.

use crate::call::Handler;
use crate::error::{Code, Error};
use crate::sigv4::Service;
use crate::{acm, classic, cloudformation, ec2, iam, sts, v2};

/// Which API a call is for; the `Version` parameter says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// Application Load Balancers, `2015-12-01`.
    V2,
    /// Classic Load Balancers, `2012-06-01`.
    Classic,
    /// The Security Token Service, `2011-06-15`.
    Sts,
    /// The Elastic Compute Cloud, `2016-11-15`.
    Ec2,
    /// Certificate Manager, `2015-12-08`; in the JSON protocol, whose calls name no version.
    Acm,
    /// Identity and Access Management, `2010-05-08`.
    Iam,
    /// CloudFormation, `2010-05-15`.
    CloudFormation,
}

impl Version {
    /// Reads the `Version` parameter.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::V2, Self::Classic, Self::Sts, Self::Ec2, Self::Acm, Self::Iam, Self::CloudFormation]
            .into_iter()
            .find(|version| version.as_str() == text)
    }

    /// The `Version` parameter.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V2 => "2015-12-01",
            Self::Classic => "2012-06-01",
            Self::Sts => "2011-06-15",
            Self::Ec2 => "2016-11-15",
            Self::Acm => "2015-12-08",
            Self::Iam => "2010-05-08",
            Self::CloudFormation => "2010-05-15",
        }
    }

    /// The namespace of its answers.
    pub const fn namespace(self) -> &'static str {
        match self {
            Self::V2 => "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
            Self::Classic => "http://elasticloadbalancing.amazonaws.com/doc/2012-06-01/",
            Self::Sts => "https://sts.amazonaws.com/doc/2011-06-15/",
            Self::Ec2 => "http://ec2.amazonaws.com/doc/2016-11-15/",
            Self::Acm => "http://acm.amazonaws.com/doc/2015-12-08/",
            Self::Iam => "https://iam.amazonaws.com/doc/2010-05-08/",
            Self::CloudFormation => "http://cloudformation.amazonaws.com/doc/2010-05-15/",
        }
    }

    /// The service in the scope of its callers' signatures.
    pub const fn service(self) -> Service {
        match self {
            Self::V2 | Self::Classic => Service::LoadBalancing,
            Self::Sts => Service::Sts,
            Self::Ec2 => Service::Ec2,
            Self::Acm => Service::Acm,
            Self::Iam => Service::Iam,
            Self::CloudFormation => Service::CloudFormation,
        }
    }

    /// How a call signed for `service` is answered before its version is known.
    pub(crate) const fn first_of(service: Service) -> Self {
        match service {
            Service::LoadBalancing => Self::V2,
            Service::Sts => Self::Sts,
            Service::Ec2 => Self::Ec2,
            Service::Acm => Self::Acm,
            Service::Iam => Self::Iam,
            Service::CloudFormation => Self::CloudFormation,
        }
    }
}

/// Who needs an action (facts, section 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Sticky sessions set up with aws-cli.
    Workflow,
    /// Terraform and other tools call it too.
    Tools,
    /// The rest.
    Rest,
}

/// The declaration of one action.
#[derive(Debug)]
pub struct Action {
    /// Its name on the wire.
    pub name: &'static str,
    /// The API it belongs to; some names are in both.
    pub version: Version,
    /// Who needs it.
    pub group: Group,
    pub(crate) handler: Handler,
}

impl Action {
    /// Whether it is here.
    pub const fn is_here(&self) -> bool {
        !matches!(self.handler, Handler::NotYet)
    }
}

/// Finds the action that a call names.
pub(crate) fn find(name: &str, version: &str) -> Result<&'static Action, Error> {
    let known = Version::parse(version);
    let found = ACTIONS.iter().find(|action| action.name == name && Some(action.version) == known);
    found.ok_or_else(|| {
        let message = format!("Could not find operation {name} for version {version}");
        Error::new(Code::InvalidAction, message)
    })
}

macro_rules! actions {
    ($($version:ident $group:ident $name:ident $handler:ident $(($($function:path),+))?;)*) => {
        &[$(Action {
            name: stringify!($name),
            version: Version::$version,
            group: Group::$group,
            handler: Handler::$handler$(($($function),+))?,
        }),*]
    };
}

/// All of them: 51 of ELBv2, 29 of Classic, what tools ask STS and EC2 in passing, the certificates of Certificate
/// Manager and of IAM, and the stacks of CloudFormation.
pub static ACTIONS: &[Action] = actions! {
    V2 Workflow CreateLoadBalancer Changes(v2::load_balancers::create);
    V2 Workflow DescribeLoadBalancers Reads(v2::load_balancers::describe);
    V2 Workflow DeleteLoadBalancer Changes(v2::load_balancers::delete);
    V2 Workflow CreateTargetGroup Changes(v2::target_groups::create);
    V2 Workflow DescribeTargetGroups Reads(v2::target_groups::describe);
    V2 Workflow DeleteTargetGroup Changes(v2::target_groups::delete);
    V2 Workflow RegisterTargets Asks(v2::instance_targets::unknown, v2::targets::register);
    V2 Workflow DeregisterTargets Changes(v2::targets::deregister);
    V2 Workflow DescribeTargetHealth Reads(v2::target_health::describe);
    V2 Workflow DescribeTargetGroupAttributes Reads(v2::attributes::describe_target_group);
    V2 Workflow ModifyTargetGroupAttributes Changes(v2::attributes::modify_target_group);
    V2 Workflow CreateListener Changes(v2::listeners::create);
    V2 Workflow DescribeListeners Reads(v2::listeners::describe);
    V2 Workflow ModifyListener Changes(v2::listeners::modify);
    V2 Workflow DeleteListener Changes(v2::listeners::delete);
    V2 Workflow CreateRule Changes(v2::rules::create);
    V2 Workflow DescribeRules Reads(v2::rules::describe);
    V2 Workflow ModifyRule Changes(v2::rules::modify);
    V2 Workflow DeleteRule Changes(v2::rules::delete);
    V2 Workflow SetRulePriorities Changes(v2::rule_priorities::set);
    V2 Tools DescribeLoadBalancerAttributes Reads(v2::attributes::describe_load_balancer);
    V2 Tools ModifyLoadBalancerAttributes Changes(v2::attributes::modify_load_balancer);
    V2 Tools ModifyTargetGroup Changes(v2::target_groups::modify);
    V2 Tools AddTags Changes(v2::tags::add);
    V2 Tools DescribeTags Reads(v2::tags::describe);
    V2 Tools RemoveTags Changes(v2::tags::remove);
    V2 Tools DescribeListenerAttributes Reads(v2::attributes::describe_listener);
    V2 Tools ModifyListenerAttributes Changes(v2::attributes::modify_listener);
    V2 Tools DescribeCapacityReservation Reads(v2::capacity::describe);
    V2 Tools SetSecurityGroups Changes(v2::placement::set_security_groups);
    V2 Tools SetSubnets Changes(v2::placement::set_subnets);
    V2 Tools SetIpAddressType Changes(v2::placement::set_ip_address_type);
    V2 Tools AddListenerCertificates Changes(v2::listener_certificates::add);
    V2 Tools DescribeListenerCertificates Reads(v2::listener_certificates::describe);
    V2 Tools RemoveListenerCertificates Changes(v2::listener_certificates::remove);
    V2 Tools DescribeSSLPolicies Reads(v2::ssl_policies::describe);
    V2 Rest AddTrustStoreRevocations Fetches(v2::revocations::contents, v2::revocations::add);
    V2 Rest CreateTrustStore Fetches(v2::trust_stores::bundle, v2::trust_stores::create);
    V2 Rest DeleteSharedTrustStoreAssociation Reads(v2::trust_stores::delete_association);
    V2 Rest DeleteTrustStore Changes(v2::trust_stores::delete);
    V2 Rest DescribeAccountLimits Reads(v2::account_limits::describe);
    V2 Rest DescribeTrustStoreAssociations Reads(v2::trust_stores::associations);
    V2 Rest DescribeTrustStoreRevocations Reads(v2::revocations::describe);
    V2 Rest DescribeTrustStores Reads(v2::trust_stores::describe);
    V2 Rest GetResourcePolicy Reads(v2::trust_stores::resource_policy);
    V2 Rest GetTrustStoreCaCertificatesBundle Reads(v2::trust_stores::location);
    V2 Rest GetTrustStoreRevocationContent Reads(v2::revocations::location);
    V2 Rest ModifyCapacityReservation Reads(v2::capacity::modify);
    V2 Rest ModifyIpPools Reads(v2::capacity::modify_ip_pools);
    V2 Rest ModifyTrustStore Fetches(v2::trust_stores::other_bundle, v2::trust_stores::modify);
    V2 Rest RemoveTrustStoreRevocations Changes(v2::revocations::remove);
    Classic Workflow CreateLoadBalancer Changes(classic::load_balancers::create);
    Classic Workflow DescribeLoadBalancers Reads(classic::load_balancers::describe);
    Classic Workflow DeleteLoadBalancer Changes(classic::load_balancers::delete);
    Classic Workflow CreateLoadBalancerListeners Changes(classic::listeners::create);
    Classic Workflow DeleteLoadBalancerListeners Changes(classic::listeners::delete);
    Classic Workflow CreateLBCookieStickinessPolicy Changes(classic::policies::create_lb_cookie);
    Classic Workflow CreateAppCookieStickinessPolicy Changes(classic::policies::create_app_cookie);
    Classic Workflow SetLoadBalancerPoliciesOfListener Changes(classic::policies_in_force::set_of_listener);
    Classic Workflow DescribeLoadBalancerPolicies Reads(classic::policies::describe);
    Classic Workflow DeleteLoadBalancerPolicy Changes(classic::policies::delete);
    Classic Workflow RegisterInstancesWithLoadBalancer Asks(classic::instances::unknown, classic::instances::register);
    Classic Workflow DeregisterInstancesFromLoadBalancer Changes(classic::instances::deregister);
    Classic Workflow DescribeInstanceHealth Reads(classic::instance_health::describe);
    Classic Workflow ConfigureHealthCheck Changes(classic::health_check::configure);
    Classic Tools DescribeLoadBalancerAttributes Reads(classic::attributes::describe);
    Classic Tools ModifyLoadBalancerAttributes Writes(classic::attributes::test_file, classic::attributes::modify);
    Classic Tools AddTags Changes(classic::tags::add);
    Classic Tools DescribeTags Reads(classic::tags::describe);
    Classic Tools RemoveTags Changes(classic::tags::remove);
    Classic Tools CreateLoadBalancerPolicy Changes(classic::policies::create);
    Classic Tools SetLoadBalancerPoliciesForBackendServer Changes(classic::policies_in_force::set_for_back_end);
    Classic Tools DescribeLoadBalancerPolicyTypes Reads(classic::policy_types::describe);
    Classic Tools SetLoadBalancerListenerSSLCertificate Changes(classic::certificate::set);
    Classic Tools ApplySecurityGroupsToLoadBalancer Changes(classic::security_groups::apply);
    Classic Tools AttachLoadBalancerToSubnets Changes(classic::zones::attach);
    Classic Tools DetachLoadBalancerFromSubnets Changes(classic::zones::detach);
    Classic Tools DisableAvailabilityZonesForLoadBalancer Changes(classic::zones::disable);
    Classic Tools EnableAvailabilityZonesForLoadBalancer Changes(classic::zones::enable);
    Classic Rest DescribeAccountLimits Reads(classic::account_limits::describe);
    Sts Tools GetCallerIdentity Reads(sts::caller_identity);
    Ec2 Tools DescribeAccountAttributes Reads(ec2::network::account);
    Ec2 Tools DescribeAvailabilityZones Reads(ec2::network::zones);
    Ec2 Tools DescribeInstances Reads(ec2::instances::describe);
    Ec2 Tools DescribeNetworkInterfaces Reads(ec2::network::interfaces);
    Ec2 Tools DescribeSecurityGroups Reads(ec2::network::security_groups);
    Ec2 Tools DescribeSubnets Reads(ec2::subnets::describe);
    Ec2 Tools DescribeVpcAttribute Reads(ec2::network::vpc_attribute);
    Ec2 Tools DescribeVpcs Reads(ec2::network::vpcs);
    Acm Tools AddTagsToCertificate ChangesJson(acm::tags::add);
    Acm Tools DeleteCertificate ChangesJson(acm::certificates::delete);
    Acm Tools DescribeCertificate ReadsJson(acm::describe::describe);
    Acm Rest ExportCertificate NotYet;
    Acm Rest GetAccountConfiguration NotYet;
    Acm Tools GetCertificate ReadsJson(acm::certificates::get);
    Acm Tools ImportCertificate ChangesJson(acm::certificates::import);
    Acm Tools ListCertificates ReadsJson(acm::list::list);
    Acm Tools ListTagsForCertificate ReadsJson(acm::tags::list);
    Acm Rest PutAccountConfiguration NotYet;
    Acm Tools RemoveTagsFromCertificate ChangesJson(acm::tags::remove);
    Acm Rest RenewCertificate NotYet;
    Acm Tools RequestCertificate ChangesJson(acm::request::request);
    Acm Rest ResendValidationEmail NotYet;
    Acm Rest RevokeCertificate NotYet;
    Acm Rest SearchCertificates NotYet;
    Acm Rest UpdateCertificateOptions NotYet;
    Iam Tools DeleteServerCertificate Changes(iam::certificates::delete);
    Iam Tools GetServerCertificate Reads(iam::certificates::get);
    Iam Tools ListServerCertificateTags Reads(iam::tags::list);
    Iam Tools ListServerCertificates Reads(iam::list::list);
    Iam Tools TagServerCertificate Changes(iam::tags::add);
    Iam Tools UntagServerCertificate Changes(iam::tags::remove);
    Iam Tools UpdateServerCertificate Changes(iam::certificates::rename);
    Iam Tools UploadServerCertificate Changes(iam::certificates::upload);
    CloudFormation Tools CreateChangeSet Deploys(cloudformation::change_sets::create);
    CloudFormation Tools CreateStack Deploys(cloudformation::operations::create);
    CloudFormation Tools DeleteChangeSet Changes(cloudformation::change_sets::delete);
    CloudFormation Tools DeleteStack Deploys(cloudformation::operations::delete);
    CloudFormation Tools DescribeChangeSet Reads(cloudformation::change_sets::describe);
    CloudFormation Tools DescribeStackEvents Reads(cloudformation::listings::events);
    CloudFormation Tools DescribeStackResource Reads(cloudformation::listings::resource);
    CloudFormation Tools DescribeStackResources Reads(cloudformation::listings::resources);
    CloudFormation Tools DescribeStacks Reads(cloudformation::describe::describe);
    CloudFormation Tools ExecuteChangeSet Deploys(cloudformation::change_sets::execute);
    CloudFormation Tools GetTemplate Reads(cloudformation::templates::get);
    CloudFormation Tools GetTemplateSummary Reads(cloudformation::templates::summary);
    CloudFormation Tools ListChangeSets Reads(cloudformation::change_sets::list);
    CloudFormation Tools ListStackResources Reads(cloudformation::listings::list_resources);
    CloudFormation Tools ListStacks Reads(cloudformation::describe::list);
    CloudFormation Tools UpdateStack Deploys(cloudformation::operations::update);
    CloudFormation Tools UpdateTerminationProtection Changes(cloudformation::operations::protect);
    CloudFormation Tools ValidateTemplate Reads(cloudformation::templates::validate);
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_of_aws_is_declared_once() {
        let count = |version| ACTIONS.iter().filter(|action| action.version == version).count();
        assert_eq!((count(Version::V2), count(Version::Classic)), (51, 29));
        for action in ACTIONS {
            let found = find(action.name, action.version.as_str()).unwrap();
            assert!(std::ptr::eq(found, action), "{} is declared twice", action.name);
        }
    }

    #[test]
    fn other_names_and_versions_are_no_actions() {
        for (name, version) in [("Nope", "2015-12-01"), ("CreateRule", "2012-06-01"), ("CreateRule", "")] {
            let error = find(name, version).err().map(|error| error.code());
            assert_eq!(error, Some(Code::InvalidAction), "{name} {version}");
        }
    }
}
