/** What the pages ask Certificate Manager, and how they change what it keeps. */
import {
  AddTagsToCertificateCommand,
  type CertificateDetail,
  type CertificateSummary,
  DeleteCertificateCommand,
  DescribeCertificateCommand,
  GetCertificateCommand,
  ImportCertificateCommand,
  type KeyAlgorithm,
  ListCertificatesCommand,
  ListTagsForCertificateCommand,
  RemoveTagsFromCertificateCommand,
  RequestCertificateCommand,
} from "@aws-sdk/client-acm";
import { KEY_TYPES, sendAcm as send } from "../api/acm";
import { allPages } from "../api/pages";
import { acm } from "../commands/acm";
import type { Tagged } from "../tags/tagged";

const MOST = 1000;

export function allCertificates(): Promise<CertificateSummary[]> {
  return allPages(async (NextToken) => {
    const asked = { Includes: { keyTypes: KEY_TYPES }, MaxItems: MOST, ...(NextToken && { NextToken }) };
    const page = await send(new ListCertificatesCommand(asked));
    return { items: page.CertificateSummaryList, next: page.NextToken };
  });
}

export async function certificate(arn: string): Promise<CertificateDetail> {
  const { Certificate } = await send(new DescribeCertificateCommand({ CertificateArn: arn }));
  return Certificate ?? {};
}

/** The certificate and its chain in PEM. */
export async function pemOf(arn: string): Promise<{ body: string; chain: string }> {
  const { Certificate = "", CertificateChain = "" } = await send(new GetCertificateCommand({ CertificateArn: arn }));
  return { body: Certificate, chain: CertificateChain };
}

export interface Pem {
  body: string;
  key: string;
  chain: string;
}

/** Imports a certificate, in place of one that is there if `arn` names it. The command names files: keys stay in them. */
export function importCertificate({ body, key, chain }: Pem, arn?: string) {
  const bytes = (text: string) => new TextEncoder().encode(text.trim() + "\n");
  const hasChain = chain.trim() !== "";
  const operation = acm(
    "import-certificate",
    new ImportCertificateCommand({
      ...(arn && { CertificateArn: arn }),
      Certificate: bytes(body),
      PrivateKey: bytes(key),
      ...(hasChain && { CertificateChain: bytes(chain) }),
    }),
  );
  const input = {
    CertificateArn: arn,
    Certificate: "fileb://certificate.pem",
    PrivateKey: "fileb://private-key.pem",
    CertificateChain: hasChain ? "fileb://chain.pem" : undefined,
  };
  return { ...operation, input };
}

export function requestCertificate(names: string[], algorithm: KeyAlgorithm) {
  const [first = "", ...others] = names;
  return acm(
    "request-certificate",
    new RequestCertificateCommand({
      DomainName: first,
      ...(others.length > 0 && { SubjectAlternativeNames: others }),
      ValidationMethod: "DNS",
      KeyAlgorithm: algorithm,
    }),
  );
}

export function deleteCertificate(arn: string) {
  return acm("delete-certificate", new DeleteCertificateCommand({ CertificateArn: arn }));
}

export function taggedCertificate(CertificateArn: string): Tagged {
  return {
    id: CertificateArn,
    read: async () => {
      const { Tags = [] } = await send(new ListTagsForCertificateCommand({ CertificateArn }));
      return Tags.map(({ Key, Value }) => ({ Key, Value }));
    },
    add: (Tags) => acm("add-tags-to-certificate", new AddTagsToCertificateCommand({ CertificateArn, Tags })),
    remove: (keys) => {
      const Tags = keys.map((Key) => ({ Key }));
      return acm("remove-tags-from-certificate", new RemoveTagsFromCertificateCommand({ CertificateArn, Tags }));
    },
  };
}
