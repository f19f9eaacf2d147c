/** The tabs of a server certificate. */
import type { ServerCertificate } from "@aws-sdk/client-iam";
import { PemView } from "../certificates/pem-view";
import { Loading } from "../frame/frame";
import { Problem } from "../frame/problem";
import { ResourceTabs, type TabsPlace } from "../frame/resource-tabs";
import { useAnswer } from "../live/use-answer";
import { TagsTabOf } from "../tags/tags-tab";
import { serverCertificate, taggedServerCertificate } from "./questions";
import { ServerCertificateDetails } from "./server-certificate-details";

/** The tabs below the table, which knows less of a certificate than they show. */
export function ServerCertificatePanel({ name }: { name: string }) {
  const { value: known, error } = useAnswer(`server-certificate ${name}`, () => serverCertificate(name));
  if (!known) return error ? <Problem error={error} /> : <Loading />;
  return <ServerCertificateTabs certificate={known} withDetails />;
}

export function ServerCertificateTabs({ certificate, ...place }: TabsPlace & { certificate: ServerCertificate }) {
  const { ServerCertificateMetadata: metadata, CertificateBody: body = "", CertificateChain: chain = "" } = certificate;
  return (
    <ResourceTabs
      {...place}
      ariaLabel="Server certificate"
      details={metadata && <ServerCertificateDetails metadata={metadata} />}
      tabs={[
        { id: "chain", label: "Certificate body and chain", content: <PemView body={body} chain={chain} /> },
        {
          id: "tags",
          label: "Tags",
          content: <TagsTabOf tagged={taggedServerCertificate(metadata?.ServerCertificateName ?? "")} />,
        },
      ]}
    />
  );
}
