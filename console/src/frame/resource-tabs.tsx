/** The tabs of a resource, on its page and below the table. */
import Tabs, { type TabsProps } from "@cloudscape-design/components/tabs";
import { type ReactNode, useState } from "react";

/** Where the tabs are. */
export interface TabsPlace {
  /** Whether the details are a tab; the page of a resource has them on top. */
  withDetails?: boolean;
  /** The tab that is open, if the address says so. */
  tab?: string | undefined;
  onTab?: (tab: string) => void;
}

interface ResourceTabsProps extends TabsPlace {
  ariaLabel: string;
  details: ReactNode;
  /** All but the details; the first of them is open at the beginning where the details are no tab. */
  tabs: TabsProps.Tab[];
}

export function ResourceTabs({ ariaLabel, details, tabs, withDetails = false, tab, onTab }: ResourceTabsProps) {
  const [chosen, setChosen] = useState(tab ?? (withDetails ? "details" : (tabs[0]?.id ?? "")));
  const first = { id: "details", label: "Details", content: details };
  return (
    <Tabs
      ariaLabel={ariaLabel}
      activeTabId={tab ?? chosen}
      onChange={({ detail }) => {
        setChosen(detail.activeTabId);
        onTab?.(detail.activeTabId);
      }}
      tabs={withDetails ? [first, ...tabs] : tabs}
    />
  );
}
