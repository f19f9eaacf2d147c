/** How a listener of HTTPS is encrypted, to read. */
import type { Listener } from "@aws-sdk/client-elastic-load-balancing-v2";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useAnswer } from "../live/use-answer";
import { go } from "../routing/route";
import { editListenerHref } from "./places";
import { securityPolicies } from "./questions";
import { modeLabel } from "./secure";

export function SecurityTab({ listener }: { listener: Listener }) {
  const { SslPolicy, MutualAuthentication: client } = listener;
  const { value: policies } = useAnswer("security-policies", securityPolicies);
  const policy = policies?.find(({ Name }) => Name === SslPolicy);
  const edit = <Button onClick={() => go(editListenerHref(listener.ListenerArn ?? ""))}>Edit</Button>;
  const isVerified = client?.Mode === "verify";
  const verified = [
    { label: "Trust store", value: client?.TrustStoreArn ?? "-" },
    { label: "Expired client certificates", value: client?.IgnoreClientCertificateExpiry ? "Allowed" : "Refused" },
    {
      label: "Advertise trust store CA subject name",
      value: client?.AdvertiseTrustStoreCaNames === "on" ? "On" : "Off",
    },
  ];
  return (
    <Container header={<Header actions={edit}>Security</Header>}>
      <SpaceBetween size="l">
        <SpaceBetween size="s">
          <Header variant="h3">Security policy</Header>
          <KeyValuePairs
            columns={3}
            items={[
              { label: "Name", value: SslPolicy ?? "-" },
              { label: "Protocols", value: (policy?.SslProtocols ?? []).join(", ") || "-" },
              {
                label: "Ciphers",
                value: (policy?.Ciphers ?? []).map(({ Name }) => <div key={Name}>{Name}</div>),
              },
            ]}
          />
        </SpaceBetween>
        <SpaceBetween size="s">
          <Header variant="h3">Mutual authentication (mTLS)</Header>
          <KeyValuePairs
            columns={isVerified ? 4 : 1}
            items={[{ label: "Mode", value: modeLabel(client?.Mode) }, ...(isVerified ? verified : [])]}
          />
        </SpaceBetween>
      </SpaceBetween>
    </Container>
  );
}
