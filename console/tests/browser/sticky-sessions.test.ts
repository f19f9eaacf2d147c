/** The steps of a tutorial for AWS's console, in ours: sticky sessions are enabled, and a session sticks. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, MISSING, picture, visitor } from "./chromium";
import { Demo } from "./demo";
import { signIn } from "./steps";

describe.skipIf(MISSING !== null)("sticky sessions", () => {
  let demo: Demo;
  let browser: Browser;
  beforeAll(async () => {
    [demo, browser] = await Promise.all([Demo.start(), launch()]);
  });
  afterAll(async () => {
    await browser.close();
    await demo.end();
  });

  test("without stickiness a cart changes its target", async () => {
    expect((await targetsOf(browser, demo)).size).toBeGreaterThan(1);
  });

  test("five steps from the console to a session that sticks", async () => {
    const { page, problems, close } = await visitor(browser);
    await page.goto(demo.console);
    await signIn(page, demo.pair);

    // 1. Go to EC2 Console → Target Groups.
    await page.getByRole("link", { name: "Target Groups", exact: true }).click();
    // 2. Select your target group.
    await page.getByRole("radio", { name: "carts" }).click();
    // 3. Click "Attributes" tab.
    await page.getByRole("tab", { name: "Attributes" }).click();
    await page.getByText("Stickiness", { exact: true }).first().waitFor();
    await picture(page, "target-groups-light");
    // 4. Edit the Stickiness setting: enable stickiness, choose "LB cookie", set the duration in seconds.
    await page.getByRole("button", { name: "Edit", exact: true }).click();
    await page.getByRole("checkbox", { name: "Turn on stickiness" }).check();
    await page.getByRole("radio", { name: "Load balancer generated cookie" }).check();
    await chooseUnit(page, "seconds");
    await page.getByRole("textbox", { name: "Stickiness duration" }).fill("600");
    await picture(page, "stickiness-light", "console.png");
    const command = await page.getByRole("region", { name: "aws command" }).innerText();
    expect(command).toContain("aws elbv2 modify-target-group-attributes");
    expect(command).toContain("Key=stickiness.lb_cookie.duration_seconds,Value=600");
    // 5. Save changes.
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("Successfully modified attributes of target group carts.").first().waitFor();
    await page.getByText("Load balancer generated cookie, 10 minutes").waitFor();

    expect((await targetsOf(browser, demo)).size, "every item went to the same target").toBe(1);
    expect(problems).toEqual([]);
    await close();
  });

  test("the other kind sticks to the application's cookie", async () => {
    const { page, close } = await visitor(browser);
    await page.goto(demo.console);
    await signIn(page, demo.pair);
    await page.getByRole("link", { name: "carts", exact: true }).click();
    await page.getByRole("tab", { name: "Attributes" }).click();
    await page.getByRole("button", { name: "Edit", exact: true }).click();
    await page.getByRole("checkbox", { name: "Turn on stickiness" }).check();
    await page.getByRole("radio", { name: "Application-based cookie" }).check();
    await page.getByText("You must set an application cookie name").waitFor();
    const save = page.getByRole("button", { name: "Save changes" });
    expect(await save.isDisabled()).toBe(true);
    await page.getByRole("textbox", { name: "App cookie name" }).fill("AWSALBX");
    await page.getByText("cannot start with the reserved prefixes").waitFor();
    await page.getByRole("textbox", { name: "App cookie name" }).fill("cart_session");
    await save.click();
    await page.getByText("Application-based cookie cart_session, 1 day").waitFor();
    expect((await targetsOf(browser, demo)).size).toBe(1);
    await close();
  });
});

/** The targets that a new browser meets when it fills a cart. */
async function targetsOf(browser: Browser, demo: Demo): Promise<Set<string>> {
  const context = await browser.newContext();
  const met = new Set<string>();
  for (let item = 0; item < 12; item++) {
    // A connection each: only a cookie can make it stick.
    const answer = await context.request.post(`${demo.shop}api/cart/items`, {
      data: { sku: "apple" },
      headers: { Connection: "close" },
    });
    const { target } = (await answer.json()) as { target: { name: string } };
    met.add(target.name);
  }
  await context.close();
  return met;
}

async function chooseUnit(page: Page, unit: string) {
  await page.getByRole("button", { name: /Unit of the stickiness duration/ }).click();
  await page.getByRole("option", { name: unit }).click();
}
