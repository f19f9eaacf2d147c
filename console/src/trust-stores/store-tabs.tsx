/** The tabs of a trust store, on its page and below the table. */
import type { TrustStore } from "@aws-sdk/client-elastic-load-balancing-v2";
import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import { TagsTab } from "../tags/tags-tab";
import { AssociationsTab } from "./associations-tab";
import { RevocationsTab } from "./revocations-tab";
import { StoreDetails } from "./store-details";

interface StoreTabsProps {
  store: TrustStore;
  /** Whether the details are a tab; the page of a trust store has them on top. */
  withDetails?: boolean;
  tab?: string | undefined;
  onTab?: (tab: string) => void;
}

export function StoreTabs({ store, withDetails = false, tab, onTab }: StoreTabsProps) {
  const [chosen, setChosen] = useState(tab ?? (withDetails ? "details" : "associations"));
  const arn = store.TrustStoreArn ?? "";
  const details = { id: "details", label: "Details", content: <StoreDetails store={store} /> };
  return (
    <Tabs
      ariaLabel="Trust store"
      activeTabId={tab ?? chosen}
      onChange={({ detail }) => {
        setChosen(detail.activeTabId);
        onTab?.(detail.activeTabId);
      }}
      tabs={[
        ...(withDetails ? [details] : []),
        { id: "associations", label: "Associations", content: <AssociationsTab arn={arn} /> },
        { id: "revocations", label: "Certificate revocation lists", content: <RevocationsTab arn={arn} /> },
        { id: "tags", label: "Tags", content: <TagsTab arn={arn} /> },
      ]}
    />
  );
}
