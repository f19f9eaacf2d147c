/** All trust stores. */
import type { TrustStore } from "@aws-sdk/client-elastic-load-balancing-v2";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { Empty } from "../frame/empty";
import { ResourceList, select } from "../frame/resource-list";
import { useAnswer } from "../live/use-answer";
import type { PageProps } from "../pages";
import { go } from "../routing/route";
import { COLUMNS, HIDDEN_COLUMNS } from "./columns";
import { DeleteTrustStore } from "./delete";
import { allTrustStores, createTrustStore } from "./questions";
import { ACTIONS, editHref, PLACE } from "./store";
import { StoreTabs } from "./store-tabs";

const EXAMPLE = createTrustStore("staff", { bucket: "trust", key: "ca.pem", version: "" });

export default function TrustStores({ query }: PageProps) {
  const answer = useAnswer(PLACE, allTrustStores);
  const [deleting, setDeleting] = useState<TrustStore>();
  return (
    <ResourceList<TrustStore>
      title="Trust stores"
      noun="trust store"
      place={PLACE}
      answer={answer}
      idOf={({ TrustStoreArn = "" }) => TrustStoreArn}
      nameOf={({ Name = "" }) => Name}
      columns={COLUMNS}
      hiddenColumns={HIDDEN_COLUMNS}
      selectedId={query["selected"]}
      actions={ACTIONS}
      onAction={(action, store) => {
        if (action === "modify" || action === "add-revocations") go(editHref(store.TrustStoreArn ?? "", action));
        else setDeleting(store);
      }}
      createText="Create trust store"
      empty={
        <Empty
          title="No trust stores"
          text="A trust store holds the authorities whose certificates a listener asks clients for. Create one here, or by aws-cli:"
          operation={EXAMPLE}
        >
          <Button href={`#/${PLACE}/create`}>Create trust store</Button>
        </Empty>
      }
      panel={(store) => <StoreTabs key={store.TrustStoreArn} store={store} withDetails />}
    >
      {deleting && (
        <DeleteTrustStore store={deleting} close={() => setDeleting(undefined)} deleted={() => select(PLACE)} />
      )}
    </ResourceList>
  );
}
