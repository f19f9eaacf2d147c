/** The form of an instance: a new one, or where one is now. */
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { FormPage } from "../frame/form-page";
import { notify } from "../frame/notifications";
import { useChange } from "../frame/use-change";
import { useAnswer } from "../live/use-answer";
import type { PageProps } from "../pages";
import { go } from "../routing/route";
import { useSignedIn } from "../session/session";
import { addressError, CRUMB, idError, instance, putInstance, selectedHref } from "./instance";

export default function EditInstance({ parameters }: PageProps) {
  const known = parameters["id"];
  const region = useSignedIn().session?.region ?? "us-east-1";
  const { value: before, error: unread } = useAnswer(`instance ${known ?? ""}`, () =>
    known === undefined ? Promise.resolve(null) : instance(known),
  );
  const [typed, setTyped] = useState<{ id?: string; address?: string; zone?: string }>({});
  const [isTried, setTried] = useState(false);
  const { isRunning, error, run } = useChange();
  const id = known ?? typed.id ?? "";
  const address = typed.address ?? before?.address ?? "";
  const zone = typed.zone ?? before?.zone ?? `${region}a`;
  const operation = putInstance(id, { address, zone });
  const errors = {
    id: idError(id),
    address: addressError(address),
    zone: zone === "" ? "Enter an Availability Zone." : null,
  };
  const isWrong = Object.values(errors).some((it) => it !== null);
  const isNew = known === undefined;
  const save = async () => {
    setTried(true);
    if (isWrong || !(await run(operation.send))) return;
    notify("success", `Successfully ${isNew ? "added" : "changed"} instance ${id}.`);
    go(selectedHref(id));
  };
  const field = (label: string, name: "id" | "address" | "zone", value: string, more: object) => (
    <FormField label={label} errorText={isTried && errors[name]} {...more}>
      <Input
        value={value}
        disabled={name === "id" && !isNew}
        spellcheck={false}
        onChange={({ detail }) => setTyped((old) => ({ ...old, [name]: detail.value.trim() }))}
      />
    </FormField>
  );
  return (
    <FormPage
      title={isNew ? "Add instance" : "Edit instance"}
      description="Target groups of type instance find their targets by ID. Connections go where the directory says."
      breadcrumbs={isNew ? [CRUMB] : [CRUMB, { text: id, href: selectedHref(id) }]}
      isLoading={before === undefined && !unread}
      error={error ?? unread}
      operations={[operation]}
      submitText={isNew ? "Add instance" : "Save changes"}
      isSubmitting={isRunning}
      isDisabled={before === undefined}
      onCancel={() => go(isNew ? CRUMB.href : selectedHref(id))}
      onSubmit={save}
    >
      <Container header={<Header variant="h2">Instance</Header>}>
        <SpaceBetween size="l">
          {field("Instance ID", "id", id, { constraintText: "i- and up to 64 letters, digits and hyphens." })}
          {field("IP address", "address", address, { description: "Where its ports are reached: IPv4 or IPv6." })}
          {field("Availability Zone", "zone", zone, { description: "The zone it runs in." })}
        </SpaceBetween>
      </Container>
    </FormPage>
  );
}
