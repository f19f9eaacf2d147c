/** The certificates of Certificate Manager that a listener can have. */
import { type CertificateSummary, type KeyAlgorithm, ListCertificatesCommand } from "@aws-sdk/client-acm";
import { sendAcm } from "../api/acm";
import { allPages } from "../api/pages";

/** All kinds of keys: AWS lists those of RSA alone unless somebody asks for more. */
const KEY_TYPES: KeyAlgorithm[] = [
  "RSA_1024",
  "RSA_2048",
  "RSA_3072",
  "RSA_4096",
  "EC_prime256v1",
  "EC_secp384r1",
  "EC_secp521r1",
];

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
