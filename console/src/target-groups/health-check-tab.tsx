/** How a group's targets are checked, to read. */
import type { TargetGroup } from "@aws-sdk/client-elastic-load-balancing-v2";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import { go } from "../routing/route";
import { editHref } from "./group";

export function HealthCheckTab({ group }: { group: TargetGroup }) {
  const edit = () => go(editHref(group.TargetGroupArn ?? "", "edit-health-check"));
  const seconds = (value: number | undefined) => (value === undefined ? "-" : `${value} seconds`);
  const times = (value: number | undefined) => (value === undefined ? "-" : `${value} consecutive checks`);
  return (
    <Container header={<Header actions={<Button onClick={edit}>Edit</Button>}>Health check settings</Header>}>
      <KeyValuePairs
        columns={4}
        items={[
          { label: "Protocol", value: group.HealthCheckProtocol ?? "-" },
          { label: "Path", value: group.HealthCheckPath ?? "-" },
          { label: "Port", value: group.HealthCheckPort === "traffic-port" ? "Traffic port" : group.HealthCheckPort },
          { label: "Healthy threshold", value: times(group.HealthyThresholdCount) },
          { label: "Unhealthy threshold", value: times(group.UnhealthyThresholdCount) },
          { label: "Timeout", value: seconds(group.HealthCheckTimeoutSeconds) },
          { label: "Interval", value: seconds(group.HealthCheckIntervalSeconds) },
          { label: "Success codes", value: group.Matcher?.HttpCode ?? group.Matcher?.GrpcCode ?? "-" },
        ]}
      />
    </Container>
  );
}
