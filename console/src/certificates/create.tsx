/** The form of a certificate that Elbow's own authority issues. */
import type { KeyAlgorithm } from "@aws-sdk/client-acm";
import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { Copyable } from "../commands/copyable";
import { useAwsCommands } from "../commands/equivalent";
import type { Operation } from "../commands/operation";
import { FormPage } from "../frame/form-page";
import { notify } from "../frame/notifications";
import { useChange } from "../frame/use-change";
import { go } from "../routing/route";
import { requestCertificate } from "./questions";
import { certificateHref, CRUMB, domainError, namesOf } from "./certificate";

const ALGORITHMS: { value: KeyAlgorithm; label: string; description: string }[] = [
  { value: "RSA_2048", label: "RSA 2048", description: "What every client knows." },
  {
    value: "EC_prime256v1",
    label: "ECDSA P 256",
    description: "As strong as RSA 3072, and much quicker for the server.",
  },
  { value: "EC_secp384r1", label: "ECDSA P 384", description: "For those who are told to." },
];

/** It prints how; nothing is changed by it. */
const TRUST: Operation[] = [{ service: "elbow", name: "certificate trust", input: {} }];

export default function RequestCertificate() {
  const [text, setText] = useState("");
  const [algorithm, setAlgorithm] = useState<KeyAlgorithm>("EC_prime256v1");
  const [isTried, setTried] = useState(false);
  const { isRunning, error, run } = useChange();
  const trust = useAwsCommands(TRUST);
  const names = namesOf(text);
  const wrong =
    names.length === 0 ? "Enter a domain name." : (names.map(domainError).find((it) => it !== null) ?? null);
  const operation = requestCertificate(names, algorithm);
  const request = async () => {
    setTried(true);
    if (wrong !== null) return;
    let arn = "";
    const isIssued = await run(async () => {
      arn = (await operation.send()).CertificateArn ?? "";
    });
    if (!isIssued) return;
    notify("success", `Successfully issued a certificate for ${names[0] ?? ""}.`);
    go(certificateHref(arn));
  };
  return (
    <FormPage
      title="Request certificate"
      description="Elbow's own authority issues it at once and asks for no proof. It is valid for 395 days."
      breadcrumbs={[CRUMB]}
      error={error}
      operations={names.length > 0 ? [operation] : []}
      submitText="Request"
      isSubmitting={isRunning}
      onCancel={() => go(CRUMB.href)}
      onSubmit={request}
    >
      <Alert type="info" header="Clients must trust Elbow's authority">
        <SpaceBetween size="xs">
          <span>Systems that do not know it refuse the certificate. This prints how to make this one trust it:</span>
          <Copyable text={trust} label="Copy command" />
        </SpaceBetween>
      </Alert>
      <Container header={<Header variant="h2">Domain names</Header>}>
        <FormField
          stretch
          label="Fully qualified domain names"
          description="One a line. The first one names the certificate; * may stand for the first part of a name."
          errorText={(isTried || text.trim() !== "") && wrong}
        >
          <Textarea
            value={text}
            rows={3}
            spellcheck={false}
            placeholder={"shop.example.com\n*.shop.example.com"}
            onChange={({ detail }) => setText(detail.value)}
          />
        </FormField>
      </Container>
      <Container header={<Header variant="h2">Key algorithm</Header>}>
        <FormField label="Key algorithm" description="Of the certificate's key pair.">
          <RadioGroup
            value={algorithm}
            items={ALGORITHMS}
            onChange={({ detail }) => setAlgorithm(detail.value as KeyAlgorithm)}
          />
        </FormField>
      </Container>
    </FormPage>
  );
}
