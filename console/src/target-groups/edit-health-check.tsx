/** The form of a target group's health check. */
import { ModifyTargetGroupCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import Container from "@cloudscape-design/components/container";
import { useState } from "react";
import { elbv2 } from "../commands/operation";
import { FormPage } from "../frame/form-page";
import { notify } from "../frame/notifications";
import { useChange } from "../frame/use-change";
import { useAnswer } from "../live/use-answer";
import type { PageProps } from "../pages";
import { go } from "../routing/route";
import { CRUMB, groupHref } from "./group";
import {
  type HealthCheck,
  HealthCheckFields,
  healthCheckInput,
  healthCheckOf,
  isHealthCheckWrong,
} from "./health-check-fields";
import { targetGroup } from "./questions";

export default function EditHealthCheck({ parameters }: PageProps) {
  const arn = parameters["arn"] ?? "";
  const name = arn.split("/")[1] ?? arn;
  const { value: group, error: unread } = useAnswer(`target-group ${arn}`, () => targetGroup(arn));
  const [typed, setTyped] = useState<Partial<HealthCheck>>({});
  const { isRunning, error, run } = useChange();
  const before = group && healthCheckOf(group);
  const after = before && { ...before, ...typed };
  const input = before && after ? healthCheckInput(before, after, group.ProtocolVersion === "GRPC") : {};
  const isChanged = Object.keys(input).length > 0;
  const operation = elbv2("modify-target-group", new ModifyTargetGroupCommand({ TargetGroupArn: arn, ...input }));
  const leave = () => go(groupHref(arn, "health-checks"));
  const save = async () => {
    if (isChanged && !(await run(operation.send))) return;
    notify("success", `Successfully modified health check settings of target group ${name}.`);
    leave();
  };
  return (
    <FormPage
      title="Edit health check settings"
      breadcrumbs={[CRUMB, { text: name, href: groupHref(arn, "health-checks") }]}
      isLoading={!after && !unread}
      error={error ?? unread}
      operations={isChanged ? [operation] : []}
      submitText="Save changes"
      isSubmitting={isRunning}
      isDisabled={!after || isHealthCheckWrong(after)}
      onCancel={leave}
      onSubmit={save}
    >
      {after && (
        <Container>
          <HealthCheckFields check={after} set={(part) => setTyped((old) => ({ ...old, ...part }))} />
        </Container>
      )}
    </FormPage>
  );
}
