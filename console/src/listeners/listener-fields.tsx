/** The fields of a new listener, and what the API gets of them. */
import type { ProtocolEnum } from "@aws-sdk/client-elastic-load-balancing-v2";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Link from "@cloudscape-design/components/link";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useAnswer } from "../live/use-answer";
import { portError } from "../target-groups/naming";
import { allTargetGroups } from "../target-groups/questions";
import { isSecureWrong, NEW_SECURE, secureInput, type TypedSecure } from "./secure";
import { SecureFields } from "./secure-fields";

/** As typed. */
export interface TypedListener {
  protocol: string;
  port: string;
  group: string;
  /** Of HTTPS. */
  secure: TypedSecure;
}

export const NEW_LISTENER: TypedListener = { protocol: "HTTP", port: "80", group: "", secure: NEW_SECURE };

const PROTOCOLS = [
  { value: "HTTP", label: "HTTP", port: "80" },
  { value: "HTTPS", label: "HTTPS", port: "443" },
];

export function listenerInput({ protocol, port, group, secure }: TypedListener) {
  return {
    Protocol: protocol as ProtocolEnum,
    Port: Number(port),
    ...(protocol === "HTTPS" && secureInput(secure)),
    DefaultActions: [{ Type: "forward" as const, TargetGroupArn: group }],
  };
}

export function isListenerWrong({ protocol, port, group, secure }: TypedListener): boolean {
  return portError(port) !== null || group === "" || (protocol === "HTTPS" && isSecureWrong(secure));
}

interface ListenerFieldsProps {
  listener: TypedListener;
  set: (part: Partial<TypedListener>) => void;
  /** Whether somebody has tried to submit: what is empty is wrong from then on. */
  isTried: boolean;
}

export function ListenerFields({ listener, set, isTried }: ListenerFieldsProps) {
  const { value: groups, isLoading } = useAnswer("target-groups", allTargetGroups);
  const options = (groups ?? []).map(({ TargetGroupArn = "", TargetGroupName = "", Protocol, Port, TargetType }) => ({
    value: TargetGroupArn,
    label: TargetGroupName,
    description: `Target type: ${TargetType ?? "-"}, ${Protocol ?? "-"}: ${Port ?? "-"}`,
  }));
  return (
    <SpaceBetween size="l">
      <EntranceFields protocol={listener.protocol} port={listener.port} set={set} />
      <FormField
        label="Default action: forward to target group"
        description={
          <>
            For requests that meet no rule. <Link href="#/target-groups/create">Create target group</Link>
          </>
        }
        errorText={isTried && listener.group === "" && "Select a target group."}
      >
        <Select
          selectedOption={options.find(({ value }) => value === listener.group) ?? null}
          options={options}
          placeholder="Select a target group"
          filteringType="auto"
          statusType={isLoading ? "loading" : "finished"}
          loadingText="Loading target groups"
          empty="There are no target groups."
          onChange={({ detail }) => set({ group: detail.selectedOption.value ?? "" })}
        />
      </FormField>
      {listener.protocol === "HTTPS" && (
        <SecureFields
          secure={listener.secure}
          set={(part) => set({ secure: { ...listener.secure, ...part } })}
          isTried={isTried}
        />
      )}
    </SpaceBetween>
  );
}

interface EntranceFieldsProps {
  protocol: string;
  port: string;
  set: (part: { protocol?: string; port: string }) => void;
}

/** What clients speak, and to which port. */
export function EntranceFields({ protocol, port, set }: EntranceFieldsProps) {
  return (
    <SpaceBetween size="l">
      <FormField label="Protocol">
        <Select
          selectedOption={PROTOCOLS.find(({ value }) => value === protocol) ?? null}
          options={PROTOCOLS}
          onChange={({ detail: { selectedOption } }) => {
            const chosen = PROTOCOLS.find(({ value }) => value === selectedOption.value);
            if (chosen) set({ protocol: chosen.value, port: chosen.port });
          }}
        />
      </FormField>
      <FormField
        label="Port"
        description="The port that clients connect to, moved by --listener-port-offset."
        constraintText="1-65535"
        errorText={portError(port)}
      >
        <Input value={port} inputMode="numeric" onChange={({ detail }) => set({ port: detail.value })} />
      </FormField>
    </SpaceBetween>
  );
}
