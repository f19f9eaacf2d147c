/** What a load balancer is. */
import type { LoadBalancer } from "@aws-sdk/client-elastic-load-balancing-v2";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { addressTypeOf, schemeOf, zonesOf } from "./balancer";
import { State } from "./state";

export function BalancerDetails({ balancer }: { balancer: LoadBalancer }) {
  const copyable = (what: string, text = "") => (
    <CopyToClipboard
      variant="inline"
      textToCopy={text}
      copyButtonAriaLabel={`Copy ${what}`}
      copySuccessText={`${what} copied`}
      copyErrorText="The browser does not allow to copy: select the text instead."
    />
  );
  return (
    <SpaceBetween size="l">
      <KeyValuePairs
        columns={4}
        items={[
          { label: "Load balancer type", value: balancer.Type === "application" ? "Application" : balancer.Type },
          { label: "Status", value: <State balancer={balancer} /> },
          { label: "Scheme", value: schemeOf(balancer) },
          { label: "IP address type", value: addressTypeOf(balancer) },
          { label: "VPC", value: balancer.VpcId ?? "-" },
          { label: "Availability Zones", value: zonesOf(balancer) },
          { label: "Hosted zone", value: balancer.CanonicalHostedZoneId ?? "-" },
          { label: "Date created", value: balancer.CreatedTime?.toLocaleString() ?? "-" },
        ]}
      />
      <KeyValuePairs
        columns={1}
        items={[
          { label: "Load balancer ARN", value: copyable("ARN", balancer.LoadBalancerArn) },
          { label: "DNS name", value: copyable("DNS name", balancer.DNSName) },
        ]}
      />
    </SpaceBetween>
  );
}
