/** All certificates of Certificate Manager. */
import type { CertificateSummary } from "@aws-sdk/client-acm";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { Empty } from "../frame/empty";
import { ResourceList, select } from "../frame/resource-list";
import { useAnswer } from "../live/use-answer";
import type { PageProps } from "../pages";
import { go } from "../routing/route";
import { allCertificates, requestCertificate } from "./questions";
import { ACTIONS, idOf, PLACE, reimportHref } from "./certificate";
import { CertificatePanel } from "./certificate-tabs";
import { COLUMNS, HIDDEN_COLUMNS } from "./columns";
import { DeleteCertificate } from "./delete";
import { Source } from "./source";

const CREATE = `#/${PLACE}/create`;
const IMPORT = `#/${PLACE}/import`;
const EXAMPLE = requestCertificate(["shop.example.com"], "EC_prime256v1");

export default function Certificates({ query }: PageProps) {
  const answer = useAnswer(PLACE, allCertificates);
  const [deleting, setDeleting] = useState<CertificateSummary>();
  return (
    <ResourceList<CertificateSummary>
      title="Certificates"
      noun="certificate"
      place={PLACE}
      kinds={<Source chosen="acm" />}
      answer={answer}
      idOf={({ CertificateArn = "" }) => CertificateArn}
      nameOf={({ DomainName, CertificateArn }) => DomainName ?? idOf(CertificateArn)}
      columns={COLUMNS}
      hiddenColumns={HIDDEN_COLUMNS}
      selectedId={query["selected"]}
      actions={ACTIONS}
      isDisabled={(action, { Type }) => action === "reimport" && Type !== "IMPORTED"}
      onAction={(action, certificate) => {
        if (action === "reimport") go(reimportHref(certificate.CertificateArn ?? ""));
        else setDeleting(certificate);
      }}
      createText="Request certificate"
      createChoices={[
        { id: CREATE, text: "Request certificate" },
        { id: IMPORT, text: "Import certificate" },
      ]}
      empty={
        <Empty
          title="No certificates"
          text="HTTPS listeners show certificates. Import one of yours, or have one issued by Elbow's own authority, here or by aws-cli:"
          operation={EXAMPLE}
        >
          <SpaceBetween direction="horizontal" size="xs" alignItems="center">
            <Button href={IMPORT}>Import certificate</Button>
            <Button href={CREATE}>Request certificate</Button>
          </SpaceBetween>
        </Empty>
      }
      panel={({ CertificateArn = "" }) => <CertificatePanel key={CertificateArn} arn={CertificateArn} />}
    >
      {deleting && (
        <DeleteCertificate
          arn={deleting.CertificateArn ?? ""}
          domain={deleting.DomainName}
          close={() => setDeleting(undefined)}
          deleted={() => select(PLACE)}
        />
      )}
    </ResourceList>
  );
}
