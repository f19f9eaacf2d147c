/** What a target group is, and how many of its targets are in which state. */
import type { TargetGroup } from "@aws-sdk/client-elastic-load-balancing-v2";
import Box from "@cloudscape-design/components/box";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import Grid from "@cloudscape-design/components/grid";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useAnswer } from "../live/use-answer";
import { balancerNames, countStates, protocolOf, targetTypeOf } from "./group";
import { targetHealth } from "./questions";

const STATES = [
  ["healthy", "Healthy"],
  ["unhealthy", "Unhealthy"],
  ["unused", "Unused"],
  ["initial", "Initial"],
  ["draining", "Draining"],
] as const;
/** Six in a row where there is room for them, as at AWS. */
const TILE = { colspan: { default: 6, xxs: 4, s: 2 } };

export function GroupDetails({ group }: { group: TargetGroup }) {
  const arn = group.TargetGroupArn ?? "";
  const { value: health } = useAnswer(`health ${arn}`, () => targetHealth(arn));
  const counts = countStates(health ?? []);
  return (
    <SpaceBetween size="l">
      <CopyToClipboard
        variant="inline"
        textToCopy={arn}
        copyButtonAriaLabel="Copy ARN"
        copySuccessText="ARN copied"
        copyErrorText="The browser does not allow to copy: select the ARN instead."
      />
      <KeyValuePairs
        columns={4}
        items={[
          { label: "Target type", value: targetTypeOf(group) },
          { label: "Protocol: Port", value: protocolOf(group) },
          { label: "Protocol version", value: group.ProtocolVersion ?? "-" },
          { label: "VPC", value: group.VpcId ?? "-" },
          { label: "IP address type", value: group.IpAddressType === "ipv6" ? "IPv6" : "IPv4" },
          { label: "Load balancer", value: balancerNames(group) },
        ]}
      />
      <Grid gridDefinition={[TILE, ...STATES.map(() => TILE)]}>
        <Count label="Total targets" value={health?.length} />
        {STATES.map(([state, label]) => (
          <Count key={state} label={label} value={health && (counts.get(state) ?? 0)} />
        ))}
      </Grid>
    </SpaceBetween>
  );
}

function Count({ label, value }: { label: string; value: number | undefined }) {
  const count = <Box variant="awsui-value-large">{value ?? "-"}</Box>;
  return <KeyValuePairs items={[{ label, value: count }]} />;
}
