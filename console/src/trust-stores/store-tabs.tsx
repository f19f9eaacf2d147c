/** The tabs of a trust store. */
import type { TrustStore } from "@aws-sdk/client-elastic-load-balancing-v2";
import { ResourceTabs, type TabsPlace } from "../frame/resource-tabs";
import { TagsTab } from "../tags/tags-tab";
import { AssociationsTab } from "./associations-tab";
import { RevocationsTab } from "./revocations-tab";
import { StoreDetails } from "./store-details";

export function StoreTabs({ store, ...place }: TabsPlace & { store: TrustStore }) {
  const arn = store.TrustStoreArn ?? "";
  return (
    <ResourceTabs
      {...place}
      ariaLabel="Trust store"
      details={<StoreDetails store={store} />}
      tabs={[
        { id: "associations", label: "Associations", content: <AssociationsTab arn={arn} /> },
        { id: "revocations", label: "Certificate revocation lists", content: <RevocationsTab arn={arn} /> },
        { id: "tags", label: "Tags", content: <TagsTab arn={arn} /> },
      ]}
    />
  );
}
