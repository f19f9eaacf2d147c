/** The form of another revocation list of a trust store. */
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { useState } from "react";
import { FormPage } from "../frame/form-page";
import { notify } from "../frame/notifications";
import { useChange } from "../frame/use-change";
import type { PageProps } from "../pages";
import { go } from "../routing/route";
import { FileFields } from "./file-fields";
import { addRevocations } from "./questions";
import { CRUMB, isFileWrong, nameOf, NO_FILE, storeHref } from "./store";

export default function AddRevocations({ parameters }: PageProps) {
  const arn = parameters["arn"] ?? "";
  const [file, setFile] = useState(NO_FILE);
  const [isTried, setTried] = useState(false);
  const { isRunning, error, run } = useChange();
  const operation = addRevocations(arn, file);
  const leave = () => go(storeHref(arn, "revocations"));
  const save = async () => {
    setTried(true);
    if (isFileWrong(file) || !(await run(operation.send))) return;
    notify("success", `Successfully added a revocation list to trust store ${nameOf(arn)}.`);
    leave();
  };
  return (
    <FormPage
      title="Add revocation list"
      description="Clients whose certificates it names are refused from the next handshake on."
      breadcrumbs={[CRUMB, { text: nameOf(arn), href: storeHref(arn, "revocations") }]}
      error={error}
      operations={[operation]}
      submitText="Add revocation list"
      isSubmitting={isRunning}
      onCancel={leave}
      onSubmit={save}
    >
      <Container
        header={
          <Header variant="h2" description="PEM with X.509 revocation lists that have a next update.">
            Certificate revocation list
          </Header>
        }
      >
        <FileFields
          file={file}
          isTried={isTried}
          example="crl.pem"
          set={(part) => setFile((old) => ({ ...old, ...part }))}
        />
      </Container>
    </FormPage>
  );
}
