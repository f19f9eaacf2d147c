/** The tabs of a certificate. */
import type { CertificateDetail } from "@aws-sdk/client-acm";
import { Loading } from "../frame/frame";
import { Problem } from "../frame/problem";
import { ResourceTabs, type TabsPlace } from "../frame/resource-tabs";
import { useAnswer } from "../live/use-answer";
import { TagsTabOf } from "../tags/tags-tab";
import { certificate, taggedCertificate } from "./questions";
import { CertificateDetails } from "./certificate-details";
import { ChainTab } from "./chain-tab";
import { DomainsTab } from "./domains-tab";
import { UsersTab } from "./users-tab";

/** The tabs below the table, which knows less of a certificate than they show. */
export function CertificatePanel({ arn }: { arn: string }) {
  const { value: known, error } = useAnswer(`certificate ${arn}`, () => certificate(arn));
  if (!known) return error ? <Problem error={error} /> : <Loading />;
  return <CertificateTabs certificate={known} withDetails />;
}

export function CertificateTabs({ certificate, ...place }: TabsPlace & { certificate: CertificateDetail }) {
  const arn = certificate.CertificateArn ?? "";
  return (
    <ResourceTabs
      {...place}
      ariaLabel="Certificate"
      details={<CertificateDetails certificate={certificate} />}
      tabs={[
        { id: "domains", label: "Domains", content: <DomainsTab certificate={certificate} /> },
        {
          id: "users",
          label: "Associated resources",
          content: <UsersTab certificate={arn} arns={certificate.InUseBy ?? []} />,
        },
        { id: "chain", label: "Certificate body and chain", content: <ChainTab arn={arn} /> },
        { id: "tags", label: "Tags", content: <TagsTabOf tagged={taggedCertificate(arn)} /> },
      ]}
    />
  );
}
