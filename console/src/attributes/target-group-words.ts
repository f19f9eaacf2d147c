/** The words for each attribute of a target group: those of AWS's console where it has the attribute. */
import type { Section } from "./words";

const OFF_OR_COUNT = "A whole number from 1, or off.";
const OFF_OR_PERCENTAGE = "1-100, or off.";

const TRAFFIC: Section = {
  title: "Traffic configuration",
  fields: {
    "load_balancing.algorithm.type": {
      label: "Load balancing algorithm",
      description: "How the load balancer selects targets of this group for requests.",
      values: {
        round_robin: { label: "Round robin", description: "Sequentially, for requests and targets that are alike." },
        least_outstanding_requests: {
          label: "Least outstanding requests",
          description: "To the target with the fewest requests in progress. Slow start does not apply.",
        },
        weighted_random: {
          label: "Weighted random",
          description: "In random order. Cannot be used together with stickiness and slow start.",
        },
      },
    },
    "load_balancing.algorithm.anomaly_mitigation": {
      label: "Anomaly mitigation",
      description: "Targets that fail more than others get less traffic. Needs weighted random.",
      values: { on: { label: "On" }, off: { label: "Off" } },
    },
    "slow_start.duration_seconds": {
      label: "Slow start duration",
      description: "A newly registered target receives a share of requests that grows over this time.",
      constraint: "30-900 seconds, or 0 for off.",
      unit: "seconds",
    },
    "deregistration_delay.timeout_seconds": {
      label: "Deregistration delay (draining interval)",
      description: "Time for requests in flight while a target is deregistered; the target is draining meanwhile.",
      constraint: "0-3600 seconds.",
      unit: "seconds",
    },
  },
};

const TARGET_SELECTION: Section = {
  title: "Cross-zone load balancing",
  fields: {
    "load_balancing.cross_zone.enabled": {
      label: "Cross-zone load balancing",
      description: "Whether targets of other zones than the load balancer node's own are used.",
      constraint: "Off is not supported together with stickiness.",
      values: {
        use_load_balancer_configuration: { label: "Inherit settings from load balancer attributes" },
        true: { label: "On" },
        false: { label: "Off" },
      },
    },
  },
};

const HEALTH_REQUIREMENTS: Section = {
  title: "Target group health requirements",
  description: "What happens in a zone with too few healthy targets. Whichever threshold is reached first counts.",
  fields: {
    "target_group_health.dns_failover.minimum_healthy_targets.count": {
      label: "DNS failover: minimum healthy targets",
      description: "With fewer, the zone is taken out of the load balancer's name.",
      constraint: OFF_OR_COUNT,
    },
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": {
      label: "DNS failover: minimum healthy percentage",
      constraint: OFF_OR_PERCENTAGE,
    },
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": {
      label: "Routing failover: minimum healthy targets",
      description: "With fewer, requests go to all targets, unhealthy ones too.",
      constraint: "A whole number from 1.",
    },
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": {
      label: "Routing failover: minimum healthy percentage",
      constraint: OFF_OR_PERCENTAGE,
    },
  },
};

const ELBOW: Section = {
  title: "Elbow settings",
  description:
    "What AWS does not have. Each is off until you turn it on, and then differs from an Application Load Balancer.",
  fields: {
    "elbow.stickiness.outcome_header.enabled": {
      label: "Outcome header",
      description: "Targets learn why each request stuck or did not, in X-Elbow-Stickiness.",
    },
    "elbow.stickiness.https_only": {
      label: "Stick over HTTPS only",
      description: "A stickiness cookie that was issued over HTTPS counts as none over HTTP.",
    },
    "elbow.stickiness.cookie.http_only": {
      label: "HttpOnly stickiness cookies",
      description: "Scripts cannot read the load balancer's own cookies.",
    },
    "elbow.stickiness.cookie.secure": {
      label: "Secure stickiness cookies",
      description: "Browsers send them over HTTPS only.",
    },
    "elbow.stickiness.cookie.same_site": {
      label: "SameSite of stickiness cookies",
      values: {
        alb: { label: "As an Application Load Balancer" },
        strict: { label: "Strict" },
        lax: { label: "Lax" },
        none: { label: "None" },
      },
    },
    "elbow.stickiness.cookie.partitioned": {
      label: "Partitioned stickiness cookies",
      description: "Those that are Secure are kept apart for each site that embeds yours.",
    },
    "elbow.set_cookie.harden": {
      label: "Harden the targets' cookies",
      description: "Over HTTPS they get Secure, HttpOnly and SameSite=Lax where they lack them.",
    },
    "elbow.set_cookie.harden.except": {
      label: "Cookies that are left as they are",
      constraint: "Names with one space between two.",
    },
    "elbow.target_tls.verify": {
      label: "Check the targets' certificates",
      description: "For targets that speak HTTPS. An Application Load Balancer never does.",
    },
    "elbow.target_tls.trust_store": {
      label: "Trust store for the targets' certificates",
      constraint: "The ARN of a trust store.",
    },
    "elbow.target_tls.server_name": {
      label: "Name on the targets' certificates",
      constraint: "A name of DNS; empty for the target's address.",
    },
  },
};

export const TARGET_GROUP_SECTIONS: Section[] = [TRAFFIC, TARGET_SELECTION, HEALTH_REQUIREMENTS, ELBOW];
