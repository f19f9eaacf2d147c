/** What is known of an instance. */
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import { type Instance, sourceOf } from "./instance";
import { Users } from "./users";

export function InstanceDetails({ instance }: { instance: Instance }) {
  return (
    <Container header={<Header variant="h2">Details</Header>}>
      <KeyValuePairs
        columns={3}
        items={[
          { label: "Instance ID", value: instance.instanceId },
          { label: "IP address", value: instance.address },
          { label: "Availability Zone", value: instance.zone },
          {
            label: "Known from",
            value: sourceOf(instance),
            info: instance.source === "ec2" ? "asked again every few seconds" : undefined,
          },
          { label: "Registered with", value: <Users arns={instance.registeredWith} /> },
        ]}
      />
    </Container>
  );
}
