/** What the pages ask IAM, and how they change what it keeps. */
import {
  DeleteServerCertificateCommand,
  GetServerCertificateCommand,
  ListServerCertificatesCommand,
  ListServerCertificateTagsCommand,
  type ServerCertificate,
  type ServerCertificateMetadata,
  TagServerCertificateCommand,
  UntagServerCertificateCommand,
  UpdateServerCertificateCommand,
  UploadServerCertificateCommand,
} from "@aws-sdk/client-iam";
import { sendIam as send } from "../api/iam";
import { allPages } from "../api/pages";
import type { Pem } from "../certificates/questions";
import { iam } from "../commands/iam";
import type { Tagged } from "../tags/tagged";
import { DEFAULT_PATH } from "./server-certificate";

const MOST = 1000;

export function allServerCertificates(): Promise<ServerCertificateMetadata[]> {
  return allPages(async (Marker) => {
    const page = await send(new ListServerCertificatesCommand({ MaxItems: MOST, ...(Marker && { Marker }) }));
    return { items: page.ServerCertificateMetadataList, next: page.Marker };
  });
}

export async function serverCertificate(name: string): Promise<ServerCertificate> {
  const { ServerCertificate } = await send(new GetServerCertificateCommand({ ServerCertificateName: name }));
  return ServerCertificate ?? { ServerCertificateMetadata: undefined, CertificateBody: undefined };
}

export interface Place {
  name: string;
  path: string;
}

/** Uploads a certificate. The command names files: keys stay in them. */
export function uploadServerCertificate({ name, path }: Place, { body, key, chain }: Pem) {
  const given = { ServerCertificateName: name, ...(path !== DEFAULT_PATH && { Path: path }) };
  const hasChain = chain.trim() !== "";
  const operation = iam(
    "upload-server-certificate",
    new UploadServerCertificateCommand({
      ...given,
      CertificateBody: body.trim(),
      PrivateKey: key.trim(),
      ...(hasChain && { CertificateChain: chain.trim() }),
    }),
  );
  const input = {
    ...given,
    CertificateBody: "file://certificate.pem",
    PrivateKey: "file://private-key.pem",
    CertificateChain: hasChain ? "file://chain.pem" : undefined,
  };
  return { ...operation, input };
}

/** Gives a certificate another name or path: only what differs is said. */
export function renameServerCertificate(before: Place, after: Place) {
  return iam(
    "update-server-certificate",
    new UpdateServerCertificateCommand({
      ServerCertificateName: before.name,
      ...(after.path !== before.path && { NewPath: after.path }),
      ...(after.name !== before.name && { NewServerCertificateName: after.name }),
    }),
  );
}

export function deleteServerCertificate(name: string) {
  return iam("delete-server-certificate", new DeleteServerCertificateCommand({ ServerCertificateName: name }));
}

export function taggedServerCertificate(ServerCertificateName: string): Tagged {
  return {
    id: ServerCertificateName,
    read: async () => {
      const { Tags = [] } = await send(new ListServerCertificateTagsCommand({ ServerCertificateName }));
      return Tags.map(({ Key, Value }) => ({ Key, Value }));
    },
    add: (Tags) => iam("tag-server-certificate", new TagServerCertificateCommand({ ServerCertificateName, Tags })),
    remove: (TagKeys) =>
      iam("untag-server-certificate", new UntagServerCertificateCommand({ ServerCertificateName, TagKeys })),
  };
}
