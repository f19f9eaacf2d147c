/** The revocation lists of a trust store, to read, add and remove. */
import type { DescribeTrustStoreRevocation } from "@aws-sdk/client-elastic-load-balancing-v2";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";
import { ConfirmDelete } from "../frame/confirm-delete";
import { Empty } from "../frame/empty";
import { Problem } from "../frame/problem";
import { useAnswer } from "../live/use-answer";
import { go } from "../routing/route";
import { addRevocations, removeRevocation, revocationsOf } from "./questions";
import { editHref } from "./store";

export function RevocationsTab({ arn }: { arn: string }) {
  const { value: lists, error, isLoading } = useAnswer(`revocations ${arn}`, () => revocationsOf(arn));
  const [selectedId, setSelectedId] = useState<number>();
  const [isRemoving, setRemoving] = useState(false);
  const selected = lists?.find(({ RevocationId }) => RevocationId === selectedId);
  const id = selected?.RevocationId ?? 0;
  const add = () => go(editHref(arn, "add-revocations"));
  return (
    <>
      <Problem error={error} />
      <Table<DescribeTrustStoreRevocation>
        items={lists ?? []}
        loading={isLoading}
        loadingText="Loading revocation lists"
        trackBy={({ RevocationId }) => String(RevocationId)}
        selectionType="single"
        selectedItems={selected ? [selected] : []}
        onSelectionChange={({ detail }) => setSelectedId(detail.selectedItems[0]?.RevocationId)}
        ariaLabels={{
          tableLabel: "Certificate revocation lists",
          selectionGroupLabel: "Selected revocation list",
          itemSelectionLabel: (_, { RevocationId }) => `Revocation list ${RevocationId ?? ""}`,
        }}
        columnDefinitions={[
          { id: "id", header: "Revocation ID", isRowHeader: true, cell: ({ RevocationId }) => RevocationId },
          { id: "type", header: "Type", cell: ({ RevocationType }) => RevocationType },
          {
            id: "entries",
            header: "Revoked entries",
            cell: ({ NumberOfRevokedEntries }) => NumberOfRevokedEntries ?? 0,
          },
        ]}
        header={
          <Header
            counter={lists && `(${lists.length})`}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button disabled={!selected} onClick={() => setRemoving(true)}>
                  Remove
                </Button>
                <Button onClick={add}>Add revocation list</Button>
              </SpaceBetween>
            }
          >
            Certificate revocation lists
          </Header>
        }
        empty={
          <Empty
            title="No revocation lists"
            text="A revocation list names certificates that are not good any more. Add one here, or by aws-cli:"
            operation={addRevocations(arn, { bucket: "trust", key: "crl.pem", version: "" })}
          >
            <Button onClick={add}>Add revocation list</Button>
          </Empty>
        }
      />
      {isRemoving && selected && (
        <ConfirmDelete
          verb="Remove"
          what="revocation list"
          name={String(id)}
          operation={removeRevocation(arn, id)}
          close={() => setRemoving(false)}
          deleted={() => setSelectedId(undefined)}
        >
          The certificates in it are good again, unless another list names them, too.
        </ConfirmDelete>
      )}
    </>
  );
}
