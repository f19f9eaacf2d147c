/** The form of a load balancer's attributes. */
import { ModifyLoadBalancerAttributesCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { LOAD_BALANCER_ATTRIBUTES } from "../attributes/load-balancer";
import { LOAD_BALANCER_SECTIONS } from "../attributes/load-balancer-words";
import { SectionsToEdit } from "../attributes/sections";
import { changed, isAnyRefused, type Values } from "../attributes/values";
import { elbv2 } from "../commands/operation";
import { FormPage } from "../frame/form-page";
import { notify } from "../frame/notifications";
import { useChange } from "../frame/use-change";
import { useAnswer } from "../live/use-answer";
import type { PageProps } from "../pages";
import { go } from "../routing/route";
import { balancerHref, CRUMB, nameIn } from "./balancer";
import { loadBalancerValues } from "./questions";

export default function EditAttributes({ parameters }: PageProps) {
  const arn = parameters["arn"] ?? "";
  const { value: before, error: unread } = useAnswer(`attributes ${arn}`, () => loadBalancerValues(arn));
  const [typed, setTyped] = useState<Values>({});
  const { isRunning, error, run } = useChange();
  const after = before && { ...before, ...typed };
  const changes = before && after ? changed(before, after) : [];
  const operation = elbv2(
    "modify-load-balancer-attributes",
    new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn: arn, Attributes: changes }),
  );
  const leave = () => go(balancerHref(arn, "attributes"));
  const save = async () => {
    if (changes.length > 0 && !(await run(operation.send))) return;
    notify("success", `Successfully modified attributes of load balancer ${nameIn(arn)}.`);
    leave();
  };
  return (
    <FormPage
      title="Edit load balancer attributes"
      breadcrumbs={[CRUMB, { text: nameIn(arn), href: balancerHref(arn, "attributes") }]}
      isLoading={!after && !unread}
      error={error ?? unread}
      operations={changes.length > 0 ? [operation] : []}
      submitText="Save changes"
      isSubmitting={isRunning}
      isDisabled={!after || isAnyRefused(LOAD_BALANCER_ATTRIBUTES, after)}
      onCancel={leave}
      onSubmit={save}
    >
      {after && (
        <SpaceBetween size="l">
          <SectionsToEdit
            sections={LOAD_BALANCER_SECTIONS}
            table={LOAD_BALANCER_ATTRIBUTES}
            values={after}
            set={(part) => setTyped((old) => ({ ...old, ...part }))}
          />
        </SpaceBetween>
      )}
    </FormPage>
  );
}
