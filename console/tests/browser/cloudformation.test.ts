/** The templates beside the forms make what the forms make. */
import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, MISSING, picture, visitor } from "./chromium";
import { Demo, freePort } from "./demo";
import { signIn } from "./steps";

describe.skipIf(MISSING !== null)("templates", () => {
  let demo: Demo;
  let browser: Browser;
  beforeAll(async () => {
    [demo, browser] = await Promise.all([Demo.start(), launch()]);
  });
  afterAll(async () => {
    await browser.close();
    await demo.end();
  });

  test("a group, a load balancer and a Classic one are made from what is shown", async () => {
    const { page, problems, close } = await visitor(browser);
    await page.goto(demo.console);
    await signIn(page, demo.pair);
    const show = (hash: string) => page.evaluate((to) => void (location.hash = to), hash);

    await show("#/target-groups/create");
    await page.getByRole("textbox", { name: "Target group name" }).fill("by-template");
    await deploy(demo, "group", await shown(page));
    await show("#/target-groups");
    await page.getByRole("link", { name: "by-template", exact: true }).waitFor();

    await show("#/load-balancers/create");
    await page.getByRole("textbox", { name: "Load balancer name" }).fill("front");
    await page.getByRole("textbox", { name: "Port" }).fill(String(await freePort()));
    await page.getByRole("button", { name: /Default action: forward to target group/ }).click();
    await page.getByRole("option", { name: /by-template/ }).click();
    const template = await shown(page);
    expect(template).toContain("LoadBalancerArn: !Ref LoadBalancer");
    await page.getByRole("region", { name: "CloudFormation template" }).scrollIntoViewIfNeeded();
    await picture(page, "cloudformation-light");
    await deploy(demo, "front", template);

    await show("#/load-balancers/create-classic");
    await page.getByRole("textbox", { name: "Load balancer name" }).fill("old");
    await page.getByRole("textbox", { name: "Listener port" }).fill(String(await freePort()));
    await deploy(demo, "old", await shown(page));
    await show("#/load-balancers");
    await page.getByRole("link", { name: "front", exact: true }).waitFor();
    await page.getByRole("link", { name: "old", exact: true }).waitFor();
    expect(problems).toEqual([]);
    await close();
  });
});

/** The template beside the form. */
async function shown(page: Page): Promise<string> {
  await page.getByRole("button", { name: "CloudFormation", exact: true }).click();
  return page.getByRole("region", { name: "CloudFormation template" }).innerText();
}

async function deploy({ api, pair }: Demo, StackName: string, TemplateBody: string) {
  const credentials = { accessKeyId: pair.id, secretAccessKey: pair.secret };
  const client = new CloudFormationClient({ endpoint: api, region: "us-east-1", credentials });
  await client.send(new CreateStackCommand({ StackName, TemplateBody }));
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
  expect(Stacks?.[0]?.StackStatus, Stacks?.[0]?.StackStatusReason ?? "").toBe("CREATE_COMPLETE");
}
