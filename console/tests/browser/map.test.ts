/** The map of a load balancer: what leads where, and where it ends at a target that is ill. */
import { ElasticLoadBalancingV2Client, RegisterTargetsCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, MISSING, picture, visitor } from "./chromium";
import { Demo, freePort } from "./demo";
import { signIn } from "./steps";

describe.skipIf(MISSING !== null)("the resource map", () => {
  let demo: Demo;
  let browser: Browser;
  beforeAll(async () => {
    [demo, browser] = await Promise.all([Demo.start(), launch()]);
  });
  afterAll(async () => {
    await browser.close();
    await demo.end();
  });

  test("listeners, rules, groups and targets are there, and what leads to one that is ill", async () => {
    const { page, problems, close } = await visitor(browser);
    await page.goto(demo.console);
    await signIn(page, demo.pair);
    await page.getByRole("link", { name: "Load Balancers", exact: true }).click();
    await page.getByRole("link", { name: "cart-demo", exact: true }).click();
    await page.getByRole("tab", { name: "Resource map" }).click();
    const list = (name: string) => page.getByRole("list", { name, exact: true }).getByRole("listitem");
    await list("Targets").first().waitFor();
    const ports = await list("Listeners").allInnerTexts();
    expect(ports.map((port) => port.replace(/:.*/s, "")).toSorted()).toEqual(["HTTP", "HTTPS"]);
    expect(await list("Target groups").count()).toBe(1);
    expect(await list("Targets").count()).toBe(3);

    const redirect = list("Rules").filter({ hasText: "Redirect" });
    await redirect.getByRole("link").focus();
    const isLit = async (name: string) => {
      const node = list(name).first().locator("[data-node]");
      return (await node.getAttribute("class"))?.includes("is-lit") ?? false;
    };
    expect([await isLit("Target groups"), await isLit("Targets")], "a redirect leads to no target").toEqual([
      false,
      false,
    ]);
    await list("Targets").first().hover();
    expect(await isLit("Target groups")).toBe(true);
    await picture(page, "map-light");

    const credentials = { accessKeyId: demo.pair.id, secretAccessKey: demo.pair.secret };
    const client = new ElasticLoadBalancingV2Client({ endpoint: demo.api, region: "us-east-1", credentials });
    const TargetGroupArn = /TG=(\S+)/.exec(demo.terminal)?.[1];
    const port = await freePort();
    await client.send(new RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: "127.0.0.1", Port: port }] }));
    await page.getByRole("button", { name: "Unhealthy target map" }).click();
    await list("Targets")
      .filter({ hasText: String(port) })
      .waitFor({ timeout: 60_000 });
    expect(await list("Targets").count()).toBe(1);
    expect(await redirect.count()).toBe(0);
    await picture(page, "map-unhealthy-light");
    expect(problems).toEqual([]);
    await close();
  });
});
