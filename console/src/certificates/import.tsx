/** The form of a certificate that somebody brings: a new one, or what one holds from now on. */
import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { FormPage } from "../frame/form-page";
import { notify } from "../frame/notifications";
import { useChange } from "../frame/use-change";
import type { PageProps } from "../pages";
import { go } from "../routing/route";
import { importCertificate, type Pem } from "./questions";
import { certificateHref, CRUMB, idOf, pemError } from "./certificate";

const BEGIN = "-----BEGIN CERTIFICATE-----";
const BEGIN_KEY = "-----BEGIN PRIVATE KEY-----";

export default function ImportCertificate({ parameters }: PageProps) {
  const arn = parameters["arn"];
  const [pem, setPem] = useState<Pem>({ body: "", key: "", chain: "" });
  const [isTried, setTried] = useState(false);
  const { isRunning, error, run } = useChange();
  const operation = importCertificate(pem, arn);
  const errors = {
    body: pemError(pem.body, "certificate"),
    key: pemError(pem.key, "key"),
    chain: pem.chain.trim() === "" ? null : pemError(pem.chain, "certificate"),
  };
  const isWrong = Object.values(errors).some((it) => it !== null);
  const title = arn === undefined ? "Import certificate" : "Reimport certificate";
  const bring = async () => {
    setTried(true);
    if (isWrong) return;
    let imported = "";
    const isImported = await run(async () => {
      imported = (await operation.send()).CertificateArn ?? "";
    });
    if (!isImported) return;
    notify("success", `Successfully imported certificate ${idOf(imported)}.`);
    go(certificateHref(imported));
  };
  const field = (name: keyof Pem, label: string, description: string, placeholder: string) => (
    <FormField
      stretch
      label={label}
      description={description}
      errorText={(isTried || pem[name] !== "") && errors[name]}
    >
      <Textarea
        value={pem[name]}
        rows={6}
        spellcheck={false}
        autoComplete={false}
        placeholder={placeholder}
        onChange={({ detail }) => setPem((old) => ({ ...old, [name]: detail.value }))}
      />
    </FormField>
  );
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
        <SpaceBetween size="l">
          {field("body", "Certificate body", "The certificate alone.", BEGIN)}
          {field(
            "key",
            "Certificate private key",
            "Not encrypted. It is sealed in the database and shown nowhere; this connection must be one you trust.",
            BEGIN_KEY,
          )}
          {field("chain", "Certificate chain - optional", "What certifies it, each certificate the one before.", BEGIN)}
        </SpaceBetween>
      </Container>
    </FormPage>
  );
}
