/** One certificate. */
import { DetailsPage } from "../frame/details-page";
import { useAnswer } from "../live/use-answer";
import type { PageProps } from "../pages";
import { go, goInstead } from "../routing/route";
import { certificate } from "./questions";
import { ACTIONS, certificateHref, CRUMB, idOf, reimportHref } from "./certificate";
import { CertificateDetails } from "./certificate-details";
import { CertificateTabs } from "./certificate-tabs";
import { DeleteCertificate } from "./delete";

export default function CertificatePage({ parameters, query }: PageProps) {
  const arn = parameters["arn"] ?? "";
  const answer = useAnswer(`certificate ${arn}`, () => certificate(arn));
  const { value: known } = answer;
  return (
    <DetailsPage
      title={known?.DomainName ?? idOf(arn)}
      breadcrumbs={[CRUMB]}
      answer={answer}
      actions={ACTIONS.map((it) => ({ ...it, disabled: it.id === "reimport" && known?.Type !== "IMPORTED" }))}
      onAction={() => go(reimportHref(arn))}
      summaryTitle="Certificate status"
      summary={(certificate) => <CertificateDetails certificate={certificate} />}
      tabs={(certificate) => (
        <CertificateTabs
          certificate={certificate}
          tab={query["tab"]}
          onTab={(tab) => goInstead(certificateHref(arn, tab))}
        />
      )}
      deleting={({ DomainName }, close) => (
        <DeleteCertificate arn={arn} domain={DomainName} close={close} deleted={() => go(CRUMB.href)} />
      )}
    />
  );
}
