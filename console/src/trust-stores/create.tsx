/** The form of a new trust store, or of another bundle for one. */
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { FormPage } from "../frame/form-page";
import { notify } from "../frame/notifications";
import { useChange } from "../frame/use-change";
import type { PageProps } from "../pages";
import { go } from "../routing/route";
import { nameError } from "../target-groups/naming";
import { FileFields } from "./file-fields";
import { createTrustStore, modifyTrustStore } from "./questions";
import { CRUMB, isFileWrong, nameOf, NO_FILE, storeHref } from "./store";

export default function CreateTrustStore({ parameters }: PageProps) {
  const arn = parameters["arn"];
  const [typed, setTyped] = useState("");
  const [bundle, setBundle] = useState(NO_FILE);
  const [isTried, setTried] = useState(false);
  const { isRunning, error, run } = useChange();
  const name = arn === undefined ? typed : nameOf(arn);
  const operation = arn === undefined ? createTrustStore(name, bundle) : modifyTrustStore(arn, bundle);
  const wrongName = arn === undefined ? nameError(name) : null;
  const save = async () => {
    setTried(true);
    if (wrongName !== null || isFileWrong(bundle)) return;
    let saved = "";
    const isSaved = await run(async () => {
      saved = (await operation.send()).TrustStores?.[0]?.TrustStoreArn ?? "";
    });
    if (!isSaved) return;
    notify("success", `Successfully ${arn === undefined ? "created" : "modified"} trust store ${name}.`);
    go(storeHref(saved));
  };
  return (
    <FormPage
      title={arn === undefined ? "Create trust store" : "Replace CA bundle"}
      description="Certificates of authorities, whose word a listener takes for its clients, or a target group for its targets."
      breadcrumbs={arn === undefined ? [CRUMB] : [CRUMB, { text: name, href: storeHref(arn) }]}
      error={error}
      operations={[operation]}
      submitText={arn === undefined ? "Create trust store" : "Save changes"}
      isSubmitting={isRunning}
      onCancel={() => go(arn === undefined ? CRUMB.href : storeHref(arn))}
      onSubmit={save}
    >
      {arn === undefined && (
        <Container header={<Header variant="h2">Basic configuration</Header>}>
          <FormField
            label="Trust store name"
            constraintText="Up to 32 letters, digits and hyphens; no hyphen at the beginning or end."
            errorText={isTried && wrongName}
          >
            <Input value={typed} spellcheck={false} onChange={({ detail }) => setTyped(detail.value)} />
          </FormField>
        </Container>
      )}
      <Container
        header={
          <Header variant="h2" description="PEM with up to 25 certificates of authorities.">
            Certificate authority bundle
          </Header>
        }
      >
        <FileFields
          file={bundle}
          isTried={isTried}
          example="ca.pem"
          set={(part) => setBundle((old) => ({ ...old, ...part }))}
        />
      </Container>
    </FormPage>
  );
}
