/** Operations as resources of a CloudFormation template: what is made, and what changes of what is there. */
import type { Operation, Resource } from "./operation";
import { yamlLines } from "./yaml";

/** Why there is no template for a removal. */
const REMOVED = "Take it out of the template that it is in, and update the stack.";
const NOTHING = "CloudFormation has nothing for this.";
/** AWS's templates can have them; Elbow's stacks have none. */
const SERVER_CERTIFICATE =
  "A template would hold the private key. Upload the certificate by the command, and name its ARN in the template.";

const V2 = "AWS::ElasticLoadBalancingV2::";
const CLASSIC = "AWS::ElasticLoadBalancing::LoadBalancer";

type Input = Record<string, unknown>;

/** What each operation says of resources. Names of properties are those of the API unless it is said here. */
const TOLD: Record<string, (input: Input) => Resource[]> = {
  "elbv2 create-load-balancer": (input) => [made(`${V2}LoadBalancer`, input["Name"], input)],
  "elbv2 create-target-group": (input) => [made(`${V2}TargetGroup`, input["Name"], input)],
  "elbv2 create-listener": (input) => [made(`${V2}Listener`, "listener", input)],
  "elbv2 create-rule": (input) => [made(`${V2}ListenerRule`, "rule", input)],
  "elbv2 create-trust-store": ({ Name, ...rest }) => [made(`${V2}TrustStore`, Name, { Name, ...rest })],
  "elbv2 modify-trust-store": ({ TrustStoreArn, ...rest }) => [part(`${V2}TrustStore`, TrustStoreArn, rest)],
  "elbv2 add-listener-certificates": (input) => [made(`${V2}ListenerCertificate`, "certificates", input)],
  "elbv2 modify-load-balancer-attributes": ({ LoadBalancerArn, Attributes }) => [
    part(`${V2}LoadBalancer`, LoadBalancerArn, { LoadBalancerAttributes: Attributes }),
  ],
  "elbv2 modify-listener-attributes": ({ ListenerArn, Attributes }) => [
    part(`${V2}Listener`, ListenerArn, { ListenerAttributes: Attributes }),
  ],
  "elbv2 modify-target-group-attributes": ({ TargetGroupArn, Attributes }) => [
    part(`${V2}TargetGroup`, TargetGroupArn, { TargetGroupAttributes: Attributes }),
  ],
  "elbv2 modify-target-group": ({ TargetGroupArn, ...rest }) => [part(`${V2}TargetGroup`, TargetGroupArn, rest)],
  "elbv2 register-targets": ({ TargetGroupArn, Targets }) => [part(`${V2}TargetGroup`, TargetGroupArn, { Targets })],
  "elbv2 modify-listener": ({ ListenerArn, ...rest }) => [part(`${V2}Listener`, ListenerArn, rest)],
  "elbv2 modify-rule": ({ RuleArn, ResetTransforms, ...rest }) => [
    part(`${V2}ListenerRule`, RuleArn, ResetTransforms ? { ...rest, Transforms: [] } : rest),
  ],
  "elbv2 set-rule-priorities": ({ RulePriorities }) =>
    (RulePriorities as Input[]).map(({ RuleArn, Priority }) => part(`${V2}ListenerRule`, RuleArn, { Priority })),
  "elbv2 add-tags": ({ ResourceArns, Tags }) =>
    (ResourceArns as string[]).map((arn) => part(typeOf(arn), arn, { Tags })),
  "elb create-load-balancer": (input) => [made(CLASSIC, input["LoadBalancerName"], input)],
  "elb configure-health-check": (input) => [classic(input, { HealthCheck: input["HealthCheck"] })],
  "elb register-instances-with-load-balancer": (input) => [
    classic(input, { Instances: (input["Instances"] as Input[]).map(({ InstanceId }) => InstanceId) }),
  ],
  "elb create-load-balancer-listeners": (input) => [classic(input, { Listeners: input["Listeners"] })],
  "elb create-lb-cookie-stickiness-policy": ({ LoadBalancerName, ...policy }) => [
    classic({ LoadBalancerName }, { LBCookieStickinessPolicy: [policy] }),
  ],
  "elb create-app-cookie-stickiness-policy": ({ LoadBalancerName, ...policy }) => [
    classic({ LoadBalancerName }, { AppCookieStickinessPolicy: [policy] }),
  ],
  "elb modify-load-balancer-attributes": (input) => [
    classic(input, classicAttributes(input["LoadBalancerAttributes"] as Input)),
  ],
  "elb add-tags": ({ LoadBalancerNames, Tags }) =>
    (LoadBalancerNames as string[]).map((name) => part(CLASSIC, name, { Tags })),
};

export interface Template {
  /** Empty where there is none. */
  text: string;
  /** What is to be known, or done instead. */
  note?: string;
}

export function template(operations: Operation[]): Template {
  const told = operations.map((operation) => ({ operation, resources: resourcesOf(operation) }));
  const merged = merge(told.flatMap(({ resources }) => resources));
  if (merged.length === 0) {
    return { text: "", note: insteadOf(operations) };
  }
  const names = logicalNames(merged);
  const refOf = (variable: string) => {
    const maker = told.find(({ operation }) => operation.keeps?.variable === variable);
    return names.get(keyOf(maker?.resources[0])) ?? variable;
  };
  const resources = merged.map((resource) => {
    const { type: Type, properties: Properties } = resource;
    return [names.get(keyOf(resource)) ?? Type, { Type, Properties }];
  });
  const lines = yamlLines({ Resources: Object.fromEntries(resources) as object }, refOf);
  if (merged.every(({ isNew }) => isNew)) return { text: lines.join("\n") };
  return {
    text: lines.join("\n"),
    note: "For resources that your template has already: what it says of them besides stays as it is.",
  };
}

function insteadOf(operations: Operation[]): string {
  if (operations.some(({ name }) => name === "upload-server-certificate")) return SERVER_CERTIFICATE;
  const isRemoval = operations.some(
    ({ service, name }) => service !== "iam" && /^(delete|deregister|remove)-/.test(name),
  );
  return isRemoval ? REMOVED : NOTHING;
}

function resourcesOf(operation: Operation): Resource[] {
  if (operation.resource) return [operation.resource];
  return TOLD[`${operation.service} ${operation.name}`]?.(operation.input as Input) ?? [];
}

/** What several operations say of a resource is said at once. */
function merge(resources: Resource[]): Resource[] {
  const merged = new Map<string, Resource>();
  for (const resource of resources) {
    const before = merged.get(keyOf(resource));
    const properties = { ...before?.properties, ...resource.properties };
    merged.set(keyOf(resource), { ...resource, properties, isNew: before?.isNew ?? resource.isNew });
  }
  return [...merged.values()];
}

function keyOf(resource: Resource | undefined): string {
  return `${resource?.type ?? ""} ${resource?.id ?? ""}`;
}

/** `TargetGroup`, `TargetGroup2`: by the key of each. */
function logicalNames(resources: Resource[]): Map<string, string> {
  const counts = new Map<string, number>();
  return new Map(
    resources.map((resource) => {
      const base = resource.type.split("::").at(-1) ?? "Resource";
      const count = (counts.get(base) ?? 0) + 1;
      counts.set(base, count);
      return [keyOf(resource), count === 1 ? base : `${base}${count}`];
    }),
  );
}

function made(type: string, id: unknown, properties: Input): Resource {
  return { type, id: String(id), properties, isNew: true };
}

function part(type: string, id: unknown, properties: Input): Resource {
  return { type, id: String(id), properties, isNew: false };
}

function classic({ LoadBalancerName }: Input, properties: Input): Resource {
  return part(CLASSIC, LoadBalancerName, properties);
}

function classicAttributes(attributes: Input): Input {
  const { CrossZoneLoadBalancing, ConnectionDraining, ConnectionSettings, AccessLog } = attributes;
  return {
    CrossZone: (CrossZoneLoadBalancing as Input | undefined)?.["Enabled"],
    ConnectionDrainingPolicy: ConnectionDraining,
    ConnectionSettings,
    AccessLoggingPolicy: AccessLog,
  };
}

const TYPES: Record<string, string> = {
  loadbalancer: "LoadBalancer",
  targetgroup: "TargetGroup",
  listener: "Listener",
  "listener-rule": "ListenerRule",
  truststore: "TrustStore",
};

function typeOf(arn: string): string {
  const kind = arn.split(":")[5]?.split("/")[0] ?? "";
  return `${V2}${TYPES[kind] ?? kind}`;
}
