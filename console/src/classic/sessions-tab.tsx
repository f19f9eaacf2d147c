/** Where the sessions of a Classic Load Balancer live, listener by listener. */
import type { LoadBalancerDescription } from "@aws-sdk/client-elastic-load-balancing";
import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { explainHref } from "../explain/explain";
import { placeOfClassic } from "../metrics/metrics";
import { SessionsTab } from "../sessions/sessions-tab";
import { entranceOf, knowsCookies, portOf } from "./classic";

export function ClassicSessions({ balancer }: { balancer: LoadBalancerDescription }) {
  const name = balancer.LoadBalancerName ?? "";
  const listeners = (balancer.ListenerDescriptions ?? []).filter(knowsCookies);
  const [chosen, setChosen] = useState<number>();
  const listener = listeners.find((it) => portOf(it) === chosen) ?? listeners[0];
  if (!listener) return <Box>Sessions are those of HTTP and HTTPS listeners. This load balancer has none.</Box>;
  const port = portOf(listener);
  return (
    <SpaceBetween size="l">
      <FormField label="Listener">
        <Select
          selectedOption={{ value: String(port), label: entranceOf(listener) }}
          options={listeners.map((it) => ({ value: String(portOf(it)), label: entranceOf(it) }))}
          onChange={({ detail }) => setChosen(Number(detail.selectedOption.value))}
        />
      </FormField>
      <SessionsTab place={placeOfClassic(name, port)} explainHref={explainHref({ balancer: name, port })} />
    </SpaceBetween>
  );
}
