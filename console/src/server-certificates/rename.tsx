/** Gives a server certificate another name or path. */
import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { useState } from "react";
import { FormPage } from "../frame/form-page";
import { notify } from "../frame/notifications";
import { useChange } from "../frame/use-change";
import { useAnswer } from "../live/use-answer";
import type { PageProps } from "../pages";
import { go } from "../routing/route";
import { PlaceFields } from "./place-fields";
import { type Place, renameServerCertificate, serverCertificate } from "./questions";
import { crumbsTo, DEFAULT_PATH, nameError, pathError, serverCertificateHref } from "./server-certificate";

export default function RenameServerCertificate({ parameters }: PageProps) {
  const name = parameters["name"] ?? "";
  const known = useAnswer(`server-certificate ${name}`, () => serverCertificate(name));
  const [typed, setTyped] = useState<Partial<Place>>({});
  const { isRunning, error, run } = useChange();
  const before = { name, path: known.value?.ServerCertificateMetadata?.Path ?? DEFAULT_PATH };
  const after = { ...before, ...typed };
  const isSame = after.name === before.name && after.path === before.path;
  const operation = renameServerCertificate(before, after);
  const rename = async () => {
    if (nameError(after.name) !== null || pathError(after.path) !== null) return;
    if (!(await run(operation.send))) return;
    notify("success", `Successfully modified server certificate ${after.name}.`);
    go(serverCertificateHref(after.name));
  };
  return (
    <FormPage
      title="Edit name and path"
      breadcrumbs={crumbsTo(name)}
      isLoading={known.isLoading}
      error={error ?? known.error}
      operations={isSame ? [] : [operation]}
      submitText="Save changes"
      isSubmitting={isRunning}
      isDisabled={isSame}
      onCancel={() => go(serverCertificateHref(name))}
      onSubmit={rename}
    >
      <Alert type="info">
        Both are parts of its ARN. Listeners follow and go on showing it; scripts and templates that name the ARN do
        not.
      </Alert>
      <Container header={<Header variant="h2">Name and path</Header>}>
        <PlaceFields place={after} set={(part) => setTyped((old) => ({ ...old, ...part }))} isTried />
      </Container>
    </FormPage>
  );
}
