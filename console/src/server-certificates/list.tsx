/** All server certificates of IAM. */
import type { ServerCertificateMetadata } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { CRUMB } from "../certificates/certificate";
import { Source } from "../certificates/source";
import { Empty } from "../frame/empty";
import { ResourceList, select } from "../frame/resource-list";
import { useAnswer } from "../live/use-answer";
import type { PageProps } from "../pages";
import { go } from "../routing/route";
import { COLUMNS, HIDDEN_COLUMNS } from "./columns";
import { DeleteServerCertificate } from "./delete";
import { allServerCertificates, uploadServerCertificate } from "./questions";
import { ACTIONS, DEFAULT_PATH, PLACE, renameHref } from "./server-certificate";
import { ServerCertificatePanel } from "./server-certificate-tabs";

const EXAMPLE = uploadServerCertificate({ name: "shop", path: DEFAULT_PATH }, { body: "", key: "", chain: "…" });

export default function ServerCertificates({ query }: PageProps) {
  const answer = useAnswer(PLACE, allServerCertificates);
  const [deleting, setDeleting] = useState("");
  return (
    <ResourceList<ServerCertificateMetadata>
      title="Server certificates"
      noun="server certificate"
      place={PLACE}
      breadcrumbs={[CRUMB]}
      kinds={<Source chosen="iam" />}
      answer={answer}
      idOf={({ ServerCertificateName = "" }) => ServerCertificateName}
      nameOf={({ ServerCertificateName = "" }) => ServerCertificateName}
      columns={COLUMNS}
      hiddenColumns={HIDDEN_COLUMNS}
      selectedId={query["selected"]}
      actions={ACTIONS}
      onAction={(action, { ServerCertificateName: name = "" }) => {
        if (action === "rename") go(renameHref(name));
        else setDeleting(name);
      }}
      createText="Upload server certificate"
      empty={
        <Empty
          title="No server certificates"
          text="IAM is the older place where listeners find certificates; they have names and belong to no region. Upload one here, or by aws-cli:"
          operation={EXAMPLE}
        >
          <Button href={`#/${PLACE}/create`}>Upload server certificate</Button>
        </Empty>
      }
      panel={({ ServerCertificateName: name = "" }) => <ServerCertificatePanel key={name} name={name} />}
    >
      {deleting !== "" && (
        <DeleteServerCertificate name={deleting} close={() => setDeleting("")} deleted={() => select(PLACE)} />
      )}
    </ResourceList>
  );
}
