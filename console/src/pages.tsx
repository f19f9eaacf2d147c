/** Every page with its address; each is loaded when it is first seen. */
import { type ComponentType, lazy } from "react";

export interface PageProps {
  /** Values of the address's parameters. */
  parameters: Record<string, string>;
  query: Record<string, string>;
}

export interface Page {
  pattern: string;
  title: string;
  component: ComponentType<PageProps>;
}

export const HOME = "#/target-groups";

export const PAGES: Page[] = [
  { pattern: "load-balancers", title: "Load balancers", component: lazy(() => import("./load-balancers/list")) },
  {
    pattern: "load-balancers/create",
    title: "Create Application Load Balancer",
    component: lazy(() => import("./load-balancers/create")),
  },
  {
    pattern: "load-balancers/create-classic",
    title: "Create Classic Load Balancer",
    component: lazy(() => import("./classic/create")),
  },
  {
    pattern: "classic-load-balancers/:name",
    title: "Load balancer",
    component: lazy(() => import("./classic/details")),
  },
  {
    pattern: "classic-load-balancers/:name/stickiness/:port",
    title: "Edit cookie stickiness",
    component: lazy(() => import("./classic/edit-stickiness")),
  },
  {
    pattern: "load-balancers/:arn",
    title: "Load balancer",
    component: lazy(() => import("./load-balancers/details")),
  },
  {
    pattern: "load-balancers/:arn/edit-attributes",
    title: "Edit load balancer attributes",
    component: lazy(() => import("./load-balancers/edit-attributes")),
  },
  {
    pattern: "load-balancers/:arn/add-listener",
    title: "Add listener",
    component: lazy(() => import("./listeners/create")),
  },
  { pattern: "listeners/:arn", title: "Listener", component: lazy(() => import("./listeners/details")) },
  { pattern: "listeners/:arn/edit", title: "Edit listener", component: lazy(() => import("./listeners/edit")) },
  {
    pattern: "listeners/:arn/edit-attributes",
    title: "Edit listener attributes",
    component: lazy(() => import("./listeners/edit-attributes")),
  },
  { pattern: "listeners/:arn/add-rule", title: "Add rule", component: lazy(() => import("./listeners/add-rule")) },
  {
    pattern: "listeners/:arn/reprioritize",
    title: "Reprioritize rules",
    component: lazy(() => import("./listeners/reprioritize")),
  },
  { pattern: "listeners/:arn/rules/:rule", title: "Edit rule", component: lazy(() => import("./listeners/edit-rule")) },
  { pattern: "target-groups", title: "Target groups", component: lazy(() => import("./target-groups/list")) },
  {
    pattern: "target-groups/create",
    title: "Create target group",
    component: lazy(() => import("./target-groups/create")),
  },
  { pattern: "target-groups/:arn", title: "Target group", component: lazy(() => import("./target-groups/details")) },
  {
    pattern: "target-groups/:arn/edit-attributes",
    title: "Edit target group attributes",
    component: lazy(() => import("./target-groups/edit-attributes")),
  },
  {
    pattern: "target-groups/:arn/edit-health-check",
    title: "Edit health check settings",
    component: lazy(() => import("./target-groups/edit-health-check")),
  },
  { pattern: "certificates", title: "Certificates", component: lazy(() => import("./certificates/list")) },
  {
    pattern: "certificates/import",
    title: "Import certificate",
    component: lazy(() => import("./certificates/import")),
  },
  {
    pattern: "certificates/create",
    title: "Request certificate",
    component: lazy(() => import("./certificates/create")),
  },
  { pattern: "certificates/:arn", title: "Certificate", component: lazy(() => import("./certificates/details")) },
  {
    pattern: "certificates/:arn/reimport",
    title: "Reimport certificate",
    component: lazy(() => import("./certificates/import")),
  },
  {
    pattern: "server-certificates",
    title: "Server certificates",
    component: lazy(() => import("./server-certificates/list")),
  },
  {
    pattern: "server-certificates/create",
    title: "Upload server certificate",
    component: lazy(() => import("./server-certificates/upload")),
  },
  {
    pattern: "server-certificates/:name",
    title: "Server certificate",
    component: lazy(() => import("./server-certificates/details")),
  },
  {
    pattern: "server-certificates/:name/rename",
    title: "Edit name and path",
    component: lazy(() => import("./server-certificates/rename")),
  },
  { pattern: "trust-stores", title: "Trust stores", component: lazy(() => import("./trust-stores/list")) },
  {
    pattern: "trust-stores/create",
    title: "Create trust store",
    component: lazy(() => import("./trust-stores/create")),
  },
  { pattern: "trust-stores/:arn", title: "Trust store", component: lazy(() => import("./trust-stores/details")) },
  {
    pattern: "trust-stores/:arn/modify",
    title: "Replace CA bundle",
    component: lazy(() => import("./trust-stores/create")),
  },
  {
    pattern: "trust-stores/:arn/add-revocations",
    title: "Add revocation list",
    component: lazy(() => import("./trust-stores/add-revocations")),
  },
  { pattern: "explain", title: "Explain", component: lazy(() => import("./explain/page")) },
  { pattern: "instances", title: "Instances", component: lazy(() => import("./instances/list")) },
  { pattern: "instances/create", title: "Add instance", component: lazy(() => import("./instances/edit")) },
  { pattern: "instances/:id/edit", title: "Edit instance", component: lazy(() => import("./instances/edit")) },
  { pattern: "keys", title: "Keys", component: lazy(() => import("./keys/list")) },
];
