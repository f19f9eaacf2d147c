/** The form of a new target group. */
import {
  CreateTargetGroupCommand,
  type ProtocolEnum,
  type TargetTypeEnum,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tiles from "@cloudscape-design/components/tiles";
import { useState } from "react";
import { elbv2 } from "../commands/operation";
import { FormPage } from "../frame/form-page";
import { notify } from "../frame/notifications";
import { useChange } from "../frame/use-change";
import { go } from "../routing/route";
import { CRUMB, groupHref } from "./group";
import {
  DEFAULT_HEALTH_CHECK,
  type HealthCheck,
  HealthCheckFields,
  healthCheckInput,
  isHealthCheckWrong,
} from "./health-check-fields";
import { nameError, portError } from "./naming";

const TYPES: { value: TargetTypeEnum; label: string; description: string }[] = [
  { value: "ip", label: "IP addresses", description: "Servers at addresses and ports, 127.0.0.1 included." },
  { value: "instance", label: "Instances", description: "By the ids of the instance directory or an EC2 endpoint." },
  { value: "alb", label: "Application Load Balancer", description: "Another load balancer of this Elbow." },
];
const PROTOCOLS = ["HTTP", "HTTPS"].map((value) => ({ value, label: value }));
const VERSIONS = [
  { value: "HTTP1", label: "HTTP1" },
  { value: "HTTP2", label: "HTTP2" },
  { value: "GRPC", label: "gRPC" },
];
const DEFAULT_CODES: Record<string, string> = { HTTP1: "200", HTTP2: "200", GRPC: "12" };

export default function CreateTargetGroup() {
  const [typed, setTyped] = useState({
    type: "ip",
    name: "",
    protocol: "HTTP",
    port: "80",
    version: "HTTP1",
    vpc: "vpc-elbow",
  });
  const [check, setCheck] = useState<HealthCheck>(DEFAULT_HEALTH_CHECK);
  const [isTried, setTried] = useState(false);
  const { isRunning, error, run } = useChange();
  const set = (part: Partial<typeof typed>) => setTyped((old) => ({ ...old, ...part }));
  const isGrpc = typed.version === "GRPC";
  const usual = {
    ...DEFAULT_HEALTH_CHECK,
    path: isGrpc ? "/AWS.ALB/healthcheck" : "/",
    codes: DEFAULT_CODES[typed.version] ?? "",
  };
  const operation = elbv2(
    "create-target-group",
    new CreateTargetGroupCommand({
      Name: typed.name,
      TargetType: typed.type as TargetTypeEnum,
      Protocol: typed.protocol as ProtocolEnum,
      Port: Number(typed.port),
      ...(typed.version !== "HTTP1" && { ProtocolVersion: typed.version }),
      VpcId: typed.vpc,
      ...healthCheckInput(usual, check, isGrpc),
    }),
  );
  const errors = { name: nameError(typed.name), port: portError(typed.port) };
  const isWrong = errors.name !== null || errors.port !== null || isHealthCheckWrong(check);
  const create = async () => {
    setTried(true);
    if (isWrong) return;
    let arn = "";
    const isCreated = await run(async () => {
      arn = (await operation.send()).TargetGroups?.[0]?.TargetGroupArn ?? "";
    });
    if (!isCreated) return;
    notify("success", `Successfully created target group ${typed.name}. Register its targets next.`);
    go(groupHref(arn, "targets"));
  };
  const select = (name: "protocol" | "version", label: string, options: { value: string; label: string }[]) => (
    <FormField label={label}>
      <Select
        selectedOption={options.find(({ value }) => value === typed[name]) ?? null}
        options={options}
        onChange={({ detail }) => set({ [name]: detail.selectedOption.value ?? "" })}
      />
    </FormField>
  );
  return (
    <FormPage
      title="Create target group"
      description="A load balancer sends the requests of its listeners and rules to the targets of a group."
      breadcrumbs={[CRUMB]}
      error={error}
      operations={[operation]}
      submitText="Create target group"
      isSubmitting={isRunning}
      onCancel={() => go(CRUMB.href)}
      onSubmit={create}
    >
      <Container header={<Header variant="h2">Basic configuration</Header>}>
        <SpaceBetween size="l">
          <FormField label="Choose a target type" stretch>
            <Tiles value={typed.type} items={TYPES} onChange={({ detail }) => set({ type: detail.value })} />
          </FormField>
          <FormField
            label="Target group name"
            constraintText="Up to 32 letters, digits and hyphens; no hyphen at the beginning or end."
            errorText={isTried && errors.name}
          >
            <Input value={typed.name} onChange={({ detail }) => set({ name: detail.value })} spellcheck={false} />
          </FormField>
          {select("protocol", "Protocol", PROTOCOLS)}
          <FormField
            label="Port"
            description="For targets that are registered without one."
            constraintText="1-65535"
            errorText={errors.port}
          >
            <Input value={typed.port} inputMode="numeric" onChange={({ detail }) => set({ port: detail.value })} />
          </FormField>
          {select("version", "Protocol version", VERSIONS)}
          <FormField label="VPC" description="Elbow checks that it is the load balancer's, and nothing else.">
            <Input value={typed.vpc} onChange={({ detail }) => set({ vpc: detail.value })} spellcheck={false} />
          </FormField>
        </SpaceBetween>
      </Container>
      <Container header={<Header variant="h2">Health checks</Header>}>
        <ExpandableSection headerText="Health check settings">
          <HealthCheckFields check={check} set={(part) => setCheck((old) => ({ ...old, ...part }))} />
        </ExpandableSection>
      </Container>
    </FormPage>
  );
}
