/** Registers targets: ids or addresses with their ports, one a line. */
import { RegisterTargetsCommand, type TargetGroup } from "@aws-sdk/client-elastic-load-balancing-v2";
import FormField from "@cloudscape-design/components/form-field";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { elbv2 } from "../commands/operation";
import { FormDialog } from "../frame/form-dialog";
import { notify } from "../frame/notifications";
import { useChange } from "../frame/use-change";
import { parseTargets } from "./parse-targets";

const EXAMPLES: Record<string, string> = {
  instance: "i-0123456789abcdef0:8080",
  ip: "127.0.0.1:9001\n127.0.0.1:9002",
  alb: "arn:aws:elasticloadbalancing:…:loadbalancer/app/NAME/ID",
};

export function RegisterTargets({ group, close }: { group: TargetGroup; close: () => void }) {
  const [text, setText] = useState("");
  const { isRunning, error, run } = useChange();
  const targets = parseTargets(text);
  const operation = elbv2(
    "register-targets",
    new RegisterTargetsCommand({ TargetGroupArn: group.TargetGroupArn, Targets: targets }),
  );
  const register = async () => {
    if (!(await run(operation.send))) return;
    notify("success", `Successfully registered ${targets.length === 1 ? "1 target" : `${targets.length} targets`}.`);
    close();
  };
  return (
    <FormDialog
      title="Register targets"
      submitText="Register targets"
      isSubmitting={isRunning}
      isDisabled={targets.length === 0}
      error={error}
      operations={targets.length > 0 ? [operation] : []}
      close={close}
      submit={register}
    >
      <FormField
        label="Targets"
        description={`One a line, with a port where it differs from ${group.Port ?? "the group's"}.`}
      >
        <Textarea
          value={text}
          onChange={({ detail }) => setText(detail.value)}
          placeholder={EXAMPLES[group.TargetType ?? "ip"] ?? ""}
          rows={4}
          spellcheck={false}
        />
      </FormField>
    </FormDialog>
  );
}
