/** What a listener is. */
import type { Listener } from "@aws-sdk/client-elastic-load-balancing-v2";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { balancerHref, nameIn } from "../load-balancers/balancer";
import { ActionView } from "./action-view";
import { listenerName } from "./places";
import { modeLabel } from "./secure";

export function ListenerSummary({ listener }: { listener: Listener }) {
  const { LoadBalancerArn = "", ListenerArn = "", DefaultActions, SslPolicy, MutualAuthentication } = listener;
  const isSecure = listener.Protocol === "HTTPS";
  return (
    <SpaceBetween size="l">
      <KeyValuePairs
        columns={4}
        items={[
          { label: "Protocol:Port", value: listenerName(listener) },
          {
            label: "Load balancer",
            value: <Link href={balancerHref(LoadBalancerArn, "listeners")}>{nameIn(LoadBalancerArn)}</Link>,
          },
          { label: "Default actions", value: <ActionView actions={DefaultActions} /> },
          { label: "Security policy", value: isSecure ? (SslPolicy ?? "-") : "Not applicable" },
        ]}
      />
      <KeyValuePairs
        columns={1}
        items={[
          ...(isSecure
            ? [
                { label: "Default SSL/TLS certificate", value: listener.Certificates?.[0]?.CertificateArn ?? "-" },
                { label: "Mutual authentication (mTLS)", value: modeLabel(MutualAuthentication?.Mode) },
              ]
            : []),
          {
            label: "Listener ARN",
            value: (
              <CopyToClipboard
                variant="inline"
                textToCopy={ListenerArn}
                copyButtonAriaLabel="Copy ARN"
                copySuccessText="ARN copied"
                copyErrorText="The browser does not allow to copy: select the text instead."
              />
            ),
          },
        ]}
      />
    </SpaceBetween>
  );
}
