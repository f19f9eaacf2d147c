/** The certificates of Certificate Manager that a listener can have. */
import { type CertificateSummary, ListCertificatesCommand } from "@aws-sdk/client-acm";
import { KEY_TYPES, sendAcm } from "../api/acm";
import { allPages } from "../api/pages";

export function issuedCertificates(): Promise<CertificateSummary[]> {
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
