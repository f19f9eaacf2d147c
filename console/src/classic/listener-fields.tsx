/** The fields of a listener of a Classic Load Balancer, and what the API gets of them. */
import FormField from "@cloudscape-design/components/form-field";
import Grid from "@cloudscape-design/components/grid";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { CertificateField } from "../listeners/certificate-field";
import { portError } from "../target-groups/naming";

/** As typed. */
export interface TypedListener {
  protocol: string;
  port: string;
  instanceProtocol: string;
  instancePort: string;
  certificate: string;
}

export const NEW_LISTENER: TypedListener = {
  protocol: "HTTP",
  port: "80",
  instanceProtocol: "HTTP",
  instancePort: "80",
  certificate: "",
};

const PROTOCOLS = ["HTTP", "HTTPS", "TCP", "SSL"].map((value) => ({ value, label: value }));
const SECURE = ["HTTPS", "SSL"];
const HALF = { default: 12, xs: 6 };

export function listenerInput({ protocol, port, instanceProtocol, instancePort, certificate }: TypedListener) {
  return {
    Protocol: protocol,
    LoadBalancerPort: Number(port),
    InstanceProtocol: instanceProtocol,
    InstancePort: Number(instancePort),
    ...(SECURE.includes(protocol) && { SSLCertificateId: certificate }),
  };
}

export function isListenerWrong({ protocol, port, instancePort, certificate }: TypedListener): boolean {
  const lacksCertificate = SECURE.includes(protocol) && certificate === "";
  return portError(port) !== null || portError(instancePort) !== null || lacksCertificate;
}

interface ListenerFieldsProps {
  listener: TypedListener;
  set: (part: Partial<TypedListener>) => void;
  isTried: boolean;
}

export function ListenerFields({ listener, set, isTried }: ListenerFieldsProps) {
  const protocol = (label: string, name: "protocol" | "instanceProtocol") => (
    <FormField label={label} stretch>
      <Select
        selectedOption={{ value: listener[name], label: listener[name] }}
        options={PROTOCOLS}
        onChange={({ detail }) => set({ [name]: detail.selectedOption.value ?? "HTTP" })}
      />
    </FormField>
  );
  const port = (label: string, name: "port" | "instancePort") => (
    <FormField label={label} constraintText="1-65535" errorText={portError(listener[name])} stretch>
      <Input value={listener[name]} inputMode="numeric" onChange={({ detail }) => set({ [name]: detail.value })} />
    </FormField>
  );
  return (
    <SpaceBetween size="l">
      <Grid gridDefinition={[{ colspan: HALF }, { colspan: HALF }, { colspan: HALF }, { colspan: HALF }]}>
        {protocol("Listener protocol", "protocol")}
        {port("Listener port", "port")}
        {protocol("Instance protocol", "instanceProtocol")}
        {port("Instance port", "instancePort")}
      </Grid>
      {SECURE.includes(listener.protocol) && (
        <CertificateField
          label="SSL/TLS certificate"
          arn={listener.certificate}
          set={(certificate) => set({ certificate })}
          errorText={isTried && listener.certificate === "" && "Secure Listeners need to specify a SSLCertificateId"}
        />
      )}
    </SpaceBetween>
  );
}
