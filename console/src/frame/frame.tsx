/** What is around every page: navigation, the way back, what has happened. */
import AppLayout from "@cloudscape-design/components/app-layout";
import Box from "@cloudscape-design/components/box";
import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import SideNavigation from "@cloudscape-design/components/side-navigation";
import Spinner from "@cloudscape-design/components/spinner";
import { type ReactNode, useEffect, useState } from "react";
import { go } from "../routing/route";
import { usePageFocus } from "./focus";
import { Notifications } from "./notifications";

export interface Crumb {
  text: string;
  href: string;
}

interface FrameProps {
  /** Of the browser's tab, and the last breadcrumb. */
  title: string;
  breadcrumbs: Crumb[];
  content: ReactNode;
  contentType?: "default" | "form" | "table";
  splitPanel?: ReactNode;
}

const NAVIGATION = [
  {
    type: "section" as const,
    text: "Load Balancing",
    items: [
      { type: "link" as const, text: "Load Balancers", href: "#/load-balancers" },
      { type: "link" as const, text: "Target Groups", href: "#/target-groups" },
    ],
  },
  {
    type: "section" as const,
    text: "Security",
    items: [
      { type: "link" as const, text: "Certificates", href: "#/certificates" },
      { type: "link" as const, text: "Trust Stores", href: "#/trust-stores" },
    ],
  },
  {
    type: "section" as const,
    text: "Elbow",
    items: [
      { type: "link" as const, text: "Explain", href: "#/explain" },
      { type: "link" as const, text: "Instances", href: "#/instances" },
      { type: "link" as const, text: "Keys", href: "#/keys" },
    ],
  },
];

export function Frame({ title, breadcrumbs, content, contentType = "default", splitPanel }: FrameProps) {
  const [isPanelOpen, setPanelOpen] = useState(true);
  useEffect(() => {
    document.title = `${title} | Elbow`;
  }, [title]);
  usePageFocus();
  const section = breadcrumbs[0]?.href ?? location.hash.split("?")[0] ?? "";
  return (
    <AppLayout
      headerSelector="#top-bar"
      toolsHide
      contentType={contentType}
      navigation={
        <SideNavigation
          header={{ text: "EC2", href: "#/" }}
          items={NAVIGATION}
          activeHref={section}
          onFollow={(event) => follow(event, event.detail.href)}
        />
      }
      breadcrumbs={
        <BreadcrumbGroup
          items={[{ text: "EC2", href: "#/" }, ...breadcrumbs, { text: title, href: "" }]}
          onFollow={(event) => follow(event, event.detail.href)}
        />
      }
      notifications={<Notifications />}
      stickyNotifications
      content={content}
      splitPanel={splitPanel}
      splitPanelOpen={splitPanel !== undefined && isPanelOpen}
      onSplitPanelToggle={({ detail }) => setPanelOpen(detail.open)}
      splitPanelPreferences={{ position: "bottom" }}
    />
  );
}

export function Loading() {
  return (
    <Box textAlign="center" padding="xxl">
      <Spinner size="large" /> Loading
    </Box>
  );
}

function follow(event: { preventDefault: () => void }, to: string) {
  event.preventDefault();
  if (to) go(to);
}
