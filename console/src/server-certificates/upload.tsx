/** The form of a server certificate that somebody brings. */
import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import { useState } from "react";
import { isPemWrong, NEW_PEM, PemFields } from "../certificates/pem-fields";
import { FormPage } from "../frame/form-page";
import { notify } from "../frame/notifications";
import { useChange } from "../frame/use-change";
import { go } from "../routing/route";
import { PlaceFields } from "./place-fields";
import { type Place, uploadServerCertificate } from "./questions";
import { CRUMBS, DEFAULT_PATH, nameError, pathError, PLACE, serverCertificateHref } from "./server-certificate";

export default function UploadServerCertificate() {
  const [place, setPlace] = useState<Place>({ name: "", path: DEFAULT_PATH });
  const [pem, setPem] = useState(NEW_PEM);
  const [isTried, setTried] = useState(false);
  const { isRunning, error, run } = useChange();
  const operation = uploadServerCertificate(place, pem);
  const isWrong = nameError(place.name) !== null || pathError(place.path) !== null || isPemWrong(pem);
  const upload = async () => {
    setTried(true);
    if (isWrong || !(await run(operation.send))) return;
    notify("success", `Successfully uploaded server certificate ${place.name}.`);
    go(serverCertificateHref(place.name));
  };
  return (
    <FormPage
      title="Upload server certificate"
      description="A certificate with its private key, in PEM. The refusal of one that cannot be used says why."
      breadcrumbs={CRUMBS}
      error={error}
      operations={[operation]}
      submitText="Upload server certificate"
      isSubmitting={isRunning}
      onCancel={() => go(`#/${PLACE}`)}
      onSubmit={upload}
    >
      <Alert type="info">
        A server certificate cannot be uploaded again in its place, and has no list of its users.{" "}
        <Link href="#/certificates/import">Import a certificate</Link> into Certificate Manager where you are free to
        choose.
      </Alert>
      <Container header={<Header variant="h2">Name and path</Header>}>
        <PlaceFields place={place} set={(part) => setPlace((old) => ({ ...old, ...part }))} isTried={isTried} />
      </Container>
      <Container header={<Header variant="h2">Certificate details</Header>}>
        <PemFields
          pem={pem}
          set={(part) => setPem((old) => ({ ...old, ...part }))}
          isTried={isTried}
          aboutChain="What certifies it, each certificate the one before. Clients that do not know its issuer need it."
        />
      </Container>
    </FormPage>
  );
}
