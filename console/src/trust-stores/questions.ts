/** What the pages ask the API about trust stores, and how they change them. */
import {
  AddTrustStoreRevocationsCommand,
  CreateTrustStoreCommand,
  DeleteTrustStoreCommand,
  DescribeTrustStoreAssociationsCommand,
  DescribeTrustStoreRevocationsCommand,
  DescribeTrustStoresCommand,
  GetTrustStoreCaCertificatesBundleCommand,
  ModifyTrustStoreCommand,
  RemoveTrustStoreRevocationsCommand,
  type DescribeTrustStoreRevocation,
  type TrustStore,
  type TrustStoreAssociation,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { send } from "../api/client";
import { allPages } from "../api/pages";
import { elbv2 } from "../commands/operation";
import type { File } from "./store";

/** Resources of one question. */
const PAGE_SIZE = 400;

export function allTrustStores(): Promise<TrustStore[]> {
  return allPages(async (Marker) => {
    const page = await send(new DescribeTrustStoresCommand({ PageSize: PAGE_SIZE, Marker }));
    return { items: page.TrustStores, next: page.NextMarker };
  });
}

export async function trustStore(arn: string): Promise<TrustStore> {
  const { TrustStores } = await send(new DescribeTrustStoresCommand({ TrustStoreArns: [arn] }));
  return TrustStores?.[0] ?? {};
}

export function associationsOf(TrustStoreArn: string): Promise<TrustStoreAssociation[]> {
  return allPages(async (Marker) => {
    const asked = new DescribeTrustStoreAssociationsCommand({ TrustStoreArn, PageSize: PAGE_SIZE, Marker });
    const page = await send(asked);
    return { items: page.TrustStoreAssociations, next: page.NextMarker };
  });
}

export function revocationsOf(TrustStoreArn: string): Promise<DescribeTrustStoreRevocation[]> {
  return allPages(async (Marker) => {
    const asked = new DescribeTrustStoreRevocationsCommand({ TrustStoreArn, PageSize: PAGE_SIZE, Marker });
    const page = await send(asked);
    return { items: page.TrustStoreRevocations, next: page.NextMarker };
  });
}

/** Where the bundle can be fetched for a while. */
export async function bundleLocation(TrustStoreArn: string): Promise<string> {
  return (await send(new GetTrustStoreCaCertificatesBundleCommand({ TrustStoreArn }))).Location ?? "";
}

export function createTrustStore(name: string, bundle: File) {
  return elbv2("create-trust-store", new CreateTrustStoreCommand({ Name: name, ...bundleOf(bundle) }));
}

export function modifyTrustStore(arn: string, bundle: File) {
  return elbv2("modify-trust-store", new ModifyTrustStoreCommand({ TrustStoreArn: arn, ...bundleOf(bundle) }));
}

export function deleteTrustStore(arn: string) {
  return elbv2("delete-trust-store", new DeleteTrustStoreCommand({ TrustStoreArn: arn }));
}

export function addRevocations(arn: string, { bucket, key, version }: File) {
  const RevocationContents = [
    { S3Bucket: bucket, S3Key: key, ...(version && { S3ObjectVersion: version }), RevocationType: "CRL" as const },
  ];
  return elbv2(
    "add-trust-store-revocations",
    new AddTrustStoreRevocationsCommand({ TrustStoreArn: arn, RevocationContents }),
  );
}

export function removeRevocation(arn: string, id: number) {
  return elbv2(
    "remove-trust-store-revocations",
    new RemoveTrustStoreRevocationsCommand({ TrustStoreArn: arn, RevocationIds: [id] }),
  );
}

function bundleOf({ bucket, key, version }: File) {
  return {
    CaCertificatesBundleS3Bucket: bucket,
    CaCertificatesBundleS3Key: key,
    ...(version && { CaCertificatesBundleS3ObjectVersion: version }),
  };
}
