/** One server certificate. */
import { DetailsPage } from "../frame/details-page";
import { useAnswer } from "../live/use-answer";
import type { PageProps } from "../pages";
import { go, goInstead } from "../routing/route";
import { DeleteServerCertificate } from "./delete";
import { serverCertificate } from "./questions";
import { ACTIONS, CRUMBS, PLACE, renameHref, serverCertificateHref } from "./server-certificate";
import { ServerCertificateDetails } from "./server-certificate-details";
import { ServerCertificateTabs } from "./server-certificate-tabs";

export default function ServerCertificatePage({ parameters, query }: PageProps) {
  const name = parameters["name"] ?? "";
  const answer = useAnswer(`server-certificate ${name}`, () => serverCertificate(name));
  return (
    <DetailsPage
      title={name}
      breadcrumbs={CRUMBS}
      answer={answer}
      actions={ACTIONS}
      onAction={() => go(renameHref(name))}
      summary={({ ServerCertificateMetadata: metadata }) =>
        metadata && <ServerCertificateDetails metadata={metadata} />
      }
      tabs={(certificate) => (
        <ServerCertificateTabs
          certificate={certificate}
          tab={query["tab"]}
          onTab={(tab) => goInstead(serverCertificateHref(name, tab))}
        />
      )}
      deleting={(_, close) => <DeleteServerCertificate name={name} close={close} deleted={() => go(`#/${PLACE}`)} />}
    />
  );
}
