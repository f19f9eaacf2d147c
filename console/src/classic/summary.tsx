/** What a Classic Load Balancer is. */
import type { LoadBalancerDescription } from "@aws-sdk/client-elastic-load-balancing";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useAnswer } from "../live/use-answer";
import { schemeOf } from "../load-balancers/balancer";
import { instanceHealth } from "./questions";

export function ClassicSummary({ balancer }: { balancer: LoadBalancerDescription }) {
  const { LoadBalancerName: name = "", DNSName = "", Instances, AvailabilityZones, Subnets } = balancer;
  const { value: states } = useAnswer(`instances ${name}`, () => instanceHealth(name));
  const inService = states?.filter(({ State }) => State === "InService").length ?? "-";
  return (
    <SpaceBetween size="l">
      <KeyValuePairs
        columns={4}
        items={[
          { label: "Load balancer type", value: "Classic" },
          { label: "Status", value: `${inService} of ${Instances?.length ?? 0} instances in service` },
          { label: "Scheme", value: schemeOf(balancer) },
          { label: "VPC", value: balancer.VPCId ?? "-" },
          { label: "Availability Zones", value: AvailabilityZones?.join(", ") ?? "-" },
          { label: "Subnets", value: Subnets?.join(", ") || "-" },
          { label: "Hosted zone", value: balancer.CanonicalHostedZoneNameID ?? "-" },
          { label: "Date created", value: balancer.CreatedTime?.toLocaleString() ?? "-" },
        ]}
      />
      <KeyValuePairs
        columns={1}
        items={[
          {
            label: "DNS name",
            value: (
              <CopyToClipboard
                variant="inline"
                textToCopy={DNSName}
                copyButtonAriaLabel="Copy DNS name"
                copySuccessText="DNS name copied"
                copyErrorText="The browser does not allow to copy: select the text instead."
              />
            ),
          },
        ]}
      />
    </SpaceBetween>
  );
}
