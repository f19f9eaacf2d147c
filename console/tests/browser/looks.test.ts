/** How every page looks and reads: nothing that axe finds serious, light and dark, narrow and wide; and how soon it is there. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { CreateLoadBalancerCommand, ElasticLoadBalancingClient } from "@aws-sdk/client-elastic-load-balancing";
import { DescribeListenersCommand, ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { IAMClient, UploadServerCertificateCommand } from "@aws-sdk/client-iam";
import type { AxeResults } from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, MISSING, picture, visitor } from "./chromium";
import { Demo, elbow, freePort } from "./demo";
import { issuePem } from "./pem";
import { signIn } from "./steps";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const FIRST_LOAD_BYTES = 700_000;
const SERIOUS = ["serious", "critical"];
const NARROW = 360;
/** In which every page is looked at, on whatever machine this is. */
const EVERY_PAGE_MS = 240_000;

describe.skipIf(MISSING !== null)("pages", () => {
  let demo: Demo;
  let browser: Browser;
  let pages: { name: string; hash: string }[];
  beforeAll(async () => {
    [demo, browser] = await Promise.all([Demo.start(), launch()]);
    const arn = encodeURIComponent(/TG=(\S+)/.exec(demo.terminal)?.[1] ?? "");
    const group = `#/target-groups/${arn}`;
    const loadBalancer = /--load-balancer-arn (\S+)/.exec(demo.terminal)?.[1] ?? "";
    const balancer = `#/load-balancers/${encodeURIComponent(loadBalancer)}`;
    // Of its first listener; the rule that leads to HTTPS is its.
    const rule = /--rule-arn (\S+)/.exec(demo.terminal)?.[1] ?? "";
    const ofListener = rule.replace(":listener-rule/", ":listener/").replace(/\/[^/]+$/, "");
    const listener = `#/listeners/${encodeURIComponent(ofListener)}`;
    elbow(demo, "instance", "put", "i-0a", "--address", "10.0.0.5", "--zone", "us-east-1a");
    const [shown = ""] = elbow(demo, "certificate", "list").split("\t");
    const certificate = `#/certificates/${encodeURIComponent(shown)}`;
    const secure = `#/listeners/${encodeURIComponent(await secureListener(demo, loadBalancer))}`;
    const classic = `#/classic-load-balancers/classic`;
    const port = await classicLoadBalancer(demo);
    await serverCertificate(demo);
    pages = [
      { name: "list", hash: "#/target-groups" },
      { name: "details", hash: `${group}?tab=targets` },
      { name: "attributes", hash: `${group}?tab=attributes` },
      { name: "sessions", hash: `${group}?tab=sessions` },
      { name: "monitoring", hash: `${group}?tab=monitoring` },
      { name: "health-checks", hash: `${group}?tab=health-checks` },
      { name: "tags", hash: `${group}?tab=tags` },
      { name: "edit-attributes", hash: `${group}/edit-attributes` },
      { name: "edit-health-check", hash: `${group}/edit-health-check` },
      { name: "create", hash: "#/target-groups/create" },
      { name: "load-balancers", hash: "#/load-balancers" },
      { name: "load-balancer", hash: balancer },
      { name: "map", hash: `${balancer}?tab=map` },
      { name: "load-balancer-monitoring", hash: `${balancer}?tab=monitoring` },
      { name: "load-balancer-attributes", hash: `${balancer}?tab=attributes` },
      { name: "edit-load-balancer", hash: `${balancer}/edit-attributes` },
      { name: "add-listener", hash: `${balancer}/add-listener` },
      { name: "create-load-balancer", hash: "#/load-balancers/create" },
      { name: "listener", hash: listener },
      { name: "edit-listener", hash: `${secure}/edit` },
      { name: "listener-certificates", hash: `${secure}?tab=certificates` },
      { name: "listener-security", hash: `${secure}?tab=security` },
      { name: "listener-attributes", hash: `${secure}?tab=attributes` },
      { name: "edit-listener-attributes", hash: `${secure}/edit-attributes` },
      { name: "add-rule", hash: `${listener}/add-rule` },
      { name: "reprioritize", hash: `${listener}/reprioritize` },
      { name: "create-classic", hash: "#/load-balancers/create-classic" },
      { name: "classic", hash: classic },
      { name: "classic-instances", hash: `${classic}?tab=instances` },
      { name: "classic-sessions", hash: `${classic}?tab=sessions` },
      { name: "classic-health-checks", hash: `${classic}?tab=health-checks` },
      { name: "classic-policies", hash: `${classic}?tab=policies` },
      { name: "classic-attributes", hash: `${classic}?tab=attributes` },
      { name: "classic-stickiness", hash: `${classic}/stickiness/${port}` },
      { name: "certificates", hash: "#/certificates" },
      { name: "certificate", hash: certificate },
      { name: "certificate-users", hash: `${certificate}?tab=users` },
      { name: "certificate-chain", hash: `${certificate}?tab=chain` },
      { name: "request-certificate", hash: "#/certificates/create" },
      { name: "import-certificate", hash: "#/certificates/import" },
      { name: "server-certificates", hash: "#/server-certificates?selected=shop" },
      { name: "server-certificate", hash: "#/server-certificates/shop" },
      { name: "rename-server-certificate", hash: "#/server-certificates/shop/rename" },
      { name: "upload-server-certificate", hash: "#/server-certificates/create" },
      { name: "no-trust-stores", hash: "#/trust-stores" },
      { name: "create-trust-store", hash: "#/trust-stores/create" },
      { name: "explain", hash: "#/explain" },
      { name: "instances", hash: "#/instances?selected=i-0a" },
      { name: "add-instance", hash: "#/instances/create" },
      { name: "edit-instance", hash: "#/instances/i-0a/edit" },
      { name: "keys", hash: "#/keys" },
      { name: "selected", hash: `#/target-groups?selected=${arn}` },
    ];
  });
  afterAll(async () => {
    await browser.close();
    await demo.end();
  });

  test.each([false, true])(
    "axe finds nothing serious, dark: %s",
    async (dark) => {
      const { page, close } = await visitor(browser, { dark });
      await page.goto(demo.console);
      const theme = dark ? "dark" : "light";
      // What is dark differs in its colours and in nothing else.
      const rules = dark ? ["color-contrast"] : [];
      await picture(page, `sign-in-${theme}`);
      expect(await serious(page, rules), "sign-in").toEqual([]);
      await signIn(page, demo.pair);
      for (const { name, hash } of pages) {
        await open(page, hash);
        await picture(page, `${name}-${theme}`);
        expect(await serious(page, rules), name).toEqual([]);
      }
      await close();
    },
    EVERY_PAGE_MS,
  );

  test(
    "pages fit a narrow window",
    async () => {
      const { page, close } = await visitor(browser, { width: NARROW });
      await page.goto(demo.console);
      await picture(page, "sign-in-narrow");
      await signIn(page, demo.pair);
      for (const { name, hash } of pages) {
        await open(page, hash);
        await picture(page, `${name}-narrow`);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(width, name).toBeLessThanOrEqual(NARROW);
      }
      await close();
    },
    EVERY_PAGE_MS,
  );

  test("the first page is there soon", async () => {
    const { page, close } = await visitor(browser);
    let bytes = 0;
    page.on("response", (response) => {
      void response
        .request()
        .sizes()
        .then((sizes) => (bytes += sizes.responseBodySize));
    });
    await page.goto(demo.console);
    await signIn(page, demo.pair);
    await page.getByRole("link", { name: "carts", exact: true }).waitFor();
    await page.waitForLoadState("networkidle");
    expect(bytes).toBeGreaterThan(100_000);
    expect(bytes).toBeLessThan(FIRST_LOAD_BYTES);
    await page.reload();
    await page.getByRole("link", { name: "carts", exact: true }).waitFor();
    const ms = await page.evaluate(() => performance.now());
    console.log(`first load: ${bytes} bytes; the list is there ${Math.round(ms)} ms after a reload`);
    await close();
  });
});

/** Makes a Classic Load Balancer; the port of its listener. */
async function classicLoadBalancer({ api, pair }: Demo): Promise<number> {
  const credentials = { accessKeyId: pair.id, secretAccessKey: pair.secret };
  const client = new ElasticLoadBalancingClient({ endpoint: api, region: "us-east-1", credentials });
  const port = await freePort();
  const Listeners = [{ Protocol: "HTTP", LoadBalancerPort: port, InstancePort: 80 }];
  const input = { LoadBalancerName: "classic", Listeners, AvailabilityZones: ["us-east-1a"] };
  await client.send(new CreateLoadBalancerCommand(input));
  return port;
}

/** Uploads a server certificate of IAM, `shop`. */
async function serverCertificate(demo: Demo) {
  const credentials = { accessKeyId: demo.pair.id, secretAccessKey: demo.pair.secret };
  const client = new IAMClient({ endpoint: demo.api, region: "us-east-1", credentials });
  const { body, key } = issuePem(demo, "shop.example.com");
  const input = { ServerCertificateName: "shop", CertificateBody: body, PrivateKey: key };
  await client.send(new UploadServerCertificateCommand(input));
}

/** The ARN of the demo's listener of HTTPS. */
async function secureListener({ api, pair }: Demo, balancer: string): Promise<string> {
  const credentials = { accessKeyId: pair.id, secretAccessKey: pair.secret };
  const client = new ElasticLoadBalancingV2Client({ endpoint: api, region: "us-east-1", credentials });
  const { Listeners } = await client.send(new DescribeListenersCommand({ LoadBalancerArn: balancer }));
  return Listeners?.find(({ Protocol }) => Protocol === "HTTPS")?.ListenerArn ?? "";
}

async function open(page: Page, hash: string) {
  await page.evaluate((to) => {
    location.hash = to;
  }, hash);
  await page.waitForLoadState("networkidle");
  await page.getByText("Loading", { exact: true }).waitFor({ state: "detached" });
}

/** What axe finds by some of its rules, or by all. */
async function serious(page: Page, rules: string[]): Promise<string[]> {
  // By the driver and not by the page, whose policy allows no such script.
  if (await page.evaluate("globalThis.axe === undefined")) await page.evaluate(AXE);
  const { violations } = await page.evaluate(
    (options) => (globalThis as unknown as { axe: { run: (options: object) => Promise<AxeResults> } }).axe.run(options),
    rules.length > 0 ? { runOnly: rules } : {},
  );
  return violations
    .filter(({ impact }) => SERIOUS.includes(impact ?? ""))
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}
