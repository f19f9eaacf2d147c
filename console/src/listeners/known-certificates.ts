/** The certificates that a listener can have, from both places where they are. */
import { type CertificateSummary, ListCertificatesCommand } from "@aws-sdk/client-acm";
import { ListServerCertificatesCommand, type ServerCertificateMetadata } from "@aws-sdk/client-iam";
import { KEY_TYPES, sendAcm } from "../api/acm";
import { sendIam } from "../api/iam";
import { allPages } from "../api/pages";

export interface KnownCertificate {
  arn: string;
  /** The domain of one of Certificate Manager's; the name of one of IAM's. */
  name: string;
  until: Date | undefined;
  source: "ACM" | "IAM";
}

export async function knownCertificates(): Promise<KnownCertificate[]> {
  const [issued, uploaded] = await Promise.all([issuedCertificates(), serverCertificates()]);
  return [...issued.map(ofAcm), ...uploaded.map(ofIam)];
}

export function ofAcm({ CertificateArn: arn = "", DomainName, NotAfter }: CertificateSummary): KnownCertificate {
  return { arn, name: DomainName ?? arn, until: NotAfter, source: "ACM" };
}

export function ofIam({ Arn, ServerCertificateName, Expiration }: ServerCertificateMetadata): KnownCertificate {
  return { arn: Arn ?? "", name: ServerCertificateName ?? "", until: Expiration, source: "IAM" };
}

/** As a list to choose from, in groups; of a text that was typed, those that it is in. */
export function choices(known: KnownCertificate[], typed: string) {
  const part = typed.toLowerCase();
  // Beside the one that is chosen all others are offered.
  const isChosen = known.some(({ arn }) => arn === typed);
  const offered = known.filter(({ name, arn }) => isChosen || `${name} ${arn}`.toLowerCase().includes(part));
  return (["ACM", "IAM"] as const)
    .map((source) => ({
      label: `From ${source}`,
      options: offered
        .filter((it) => it.source === source)
        .map(({ arn, name }) => ({ value: arn, label: name, description: arn })),
    }))
    .filter(({ options }) => options.length > 0);
}

function issuedCertificates(): Promise<CertificateSummary[]> {
  return allPages(async (NextToken) => {
    const page = await sendAcm(
      new ListCertificatesCommand({
        CertificateStatuses: ["ISSUED"],
        Includes: { keyTypes: KEY_TYPES },
        ...(NextToken && { NextToken }),
      }),
    );
    return { items: page.CertificateSummaryList, next: page.NextToken };
  });
}

function serverCertificates(): Promise<ServerCertificateMetadata[]> {
  return allPages(async (Marker) => {
    const page = await sendIam(new ListServerCertificatesCommand({ ...(Marker && { Marker }) }));
    return { items: page.ServerCertificateMetadataList, next: page.Marker };
  });
}
