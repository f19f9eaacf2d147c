/** The form of a certificate that somebody brings: a new one, or what one holds from now on. */
import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { useState } from "react";
import { FormPage } from "../frame/form-page";
import { notify } from "../frame/notifications";
import { useChange } from "../frame/use-change";
import type { PageProps } from "../pages";
import { go } from "../routing/route";
import { importCertificate } from "./questions";
import { certificateHref, CRUMB, idOf } from "./certificate";
import { isPemWrong, NEW_PEM, PemFields } from "./pem-fields";

export default function ImportCertificate({ parameters }: PageProps) {
  const arn = parameters["arn"];
  const [pem, setPem] = useState(NEW_PEM);
  const [isTried, setTried] = useState(false);
  const { isRunning, error, run } = useChange();
  const operation = importCertificate(pem, arn);
  const title = arn === undefined ? "Import certificate" : "Reimport certificate";
  const bring = async () => {
    setTried(true);
    if (isPemWrong(pem)) return;
    let imported = "";
    const isImported = await run(async () => {
      imported = (await operation.send()).CertificateArn ?? "";
    });
    if (!isImported) return;
    notify("success", `Successfully imported certificate ${idOf(imported)}.`);
    go(certificateHref(imported));
  };
  return (
    <FormPage
      title={title}
      description="A certificate with its private key, in PEM. The refusal of one that cannot be used says why."
      breadcrumbs={arn === undefined ? [CRUMB] : [CRUMB, { text: idOf(arn), href: certificateHref(arn) }]}
      error={error}
      operations={[operation]}
      submitText={title}
      isSubmitting={isRunning}
      onCancel={() => go(arn === undefined ? CRUMB.href : certificateHref(arn))}
      onSubmit={bring}
    >
      {arn !== undefined && (
        <Alert type="info">
          Every listener that shows this certificate shows the new one. No connection is closed for it.
        </Alert>
      )}
      <Container header={<Header variant="h2">Certificate details</Header>}>
        <PemFields
          pem={pem}
          set={(part) => setPem((old) => ({ ...old, ...part }))}
          isTried={isTried}
          aboutChain="What certifies it, each certificate the one before."
        />
      </Container>
    </FormPage>
  );
}
