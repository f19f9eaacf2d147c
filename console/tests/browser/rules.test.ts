/** Rules of a listener: added, weighted, put in another order by the keyboard, deleted; each acts on requests at once. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, MISSING, picture, visitor } from "./chromium";
import { Demo } from "./demo";
import { signIn } from "./steps";

describe.skipIf(MISSING !== null)("rules", () => {
  let demo: Demo;
  let browser: Browser;
  beforeAll(async () => {
    [demo, browser] = await Promise.all([Demo.start(), launch()]);
  });
  afterAll(async () => {
    await browser.close();
    await demo.end();
  });

  test("a rule answers, moves up, and is deleted", async () => {
    const { page, problems, close } = await visitor(browser);
    await page.goto(demo.console);
    await signIn(page, demo.pair);
    await openListener(page);
    await fixedResponse(page, "/hello*", "first");
    await fixedResponse(page, "/hello/you", "second");
    const answer = async () => (await page.context().request.get(`${demo.shop}hello/you`)).text();
    expect(await answer()).toBe("first");

    await page.getByRole("button", { name: "Reprioritize rules" }).click();
    await page.getByText("Path is /hello/you").waitFor();
    const handle = page.getByRole("listitem").filter({ hasText: "/hello/you" }).getByRole("button").first();
    await handle.focus();
    await page.keyboard.press("Space");
    await page.getByText("Picked up item at position 3 of 3").waitFor({ state: "attached" });
    await page.keyboard.press("ArrowUp");
    await page.getByText("Moving item to position 2 of 3").waitFor({ state: "attached" });
    await page.keyboard.press("Space");
    const command = page.getByRole("region", { name: "aws command" });
    await command.filter({ hasText: "aws elbv2 set-rule-priorities" }).waitFor();
    await picture(page, "reprioritize-light");
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("Successfully changed the order of rules.").first().waitFor();
    expect(await answer()).toBe("second");

    await page
      .getByRole("row", { name: /hello\/you/ })
      .getByRole("radio")
      .click();
    await page.getByRole("button", { name: "Delete rule" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page
      .getByText(/Successfully deleted rule/)
      .first()
      .waitFor();
    expect(await answer()).toBe("first");
    expect(problems).toEqual([]);
    await close();
  });

  test("a rule rewrites what its target gets, until it does not", async () => {
    const { page, problems, close } = await visitor(browser);
    await page.goto(demo.console);
    await signIn(page, demo.pair);
    await openListener(page);
    const answer = async () => (await page.context().request.get(`${demo.shop}shop/api/cart`)).status();
    expect(await answer()).toBe(404);

    await page.getByRole("button", { name: "Add rule" }).click();
    await page.getByRole("textbox", { name: "Values of condition 1" }).fill("/shop/*");
    await page.getByRole("button", { name: /Target group 1/ }).click();
    await page.getByRole("option", { name: /carts/ }).click();
    await page.getByRole("checkbox", { name: "Rewrite URL" }).check();
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("Regular expression '' must have between '1' and '1024' characters").waitFor();
    await page.getByRole("textbox", { name: "Regex pattern of the URL" }).fill("^/shop/(");
    await page.getByRole("textbox", { name: "Replacement of the URL" }).fill("/$1");
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("is not valid or not supported").waitFor();
    await page.getByRole("textbox", { name: "Regex pattern of the URL" }).fill("^/shop/(.*)$");
    const command = await page.getByRole("region", { name: "aws command" }).innerText();
    expect(command).toContain("--transforms");
    await picture(page, "transforms-light");
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("Rewrite URL: ^/shop/(.*)$ by /$1").waitFor();
    expect(await answer()).toBe(200);

    await page
      .getByRole("row", { name: /Rewrite URL/ })
      .getByRole("radio")
      .click();
    await page.getByRole("button", { name: "Edit rule" }).click();
    await page.getByRole("checkbox", { name: "Rewrite URL" }).uncheck();
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("Successfully modified rule.").first().waitFor();
    expect(await answer()).toBe(404);
    expect(problems).toEqual([]);
    await close();
  });

  test("the default forwards by weight, with what AWS demands of it", async () => {
    const { page, problems, close } = await visitor(browser);
    await page.goto(demo.console);
    await signIn(page, demo.pair);
    await page.getByRole("button", { name: "Create target group" }).click();
    await page.getByRole("textbox", { name: "Target group name" }).fill("canary");
    await page.getByRole("button", { name: "Create target group" }).click();
    await page.getByText("Successfully created target group canary.").first().waitFor();
    await openListener(page);
    await page
      .getByRole("row", { name: /Last \(default\)/ })
      .getByRole("radio")
      .click();
    await page.getByRole("button", { name: "Edit rule" }).click();
    await page.getByRole("button", { name: "Add target group" }).click();
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("Give each condition its values, and the action and transforms what they need.").waitFor();
    await page.getByRole("button", { name: /^Target group 2/ }).click();
    await page.getByRole("option", { name: "canary" }).click();
    await page.getByRole("textbox", { name: "Weight 1" }).fill("9");
    await page.getByText("90%").waitFor();
    await page.getByRole("checkbox", { name: "Turn on target group stickiness" }).check();
    await picture(page, "edit-rule-light");
    await page.getByRole("button", { name: "Save changes" }).click();
    const rules = page.getByRole("table", { name: "Rules" });
    await rules.getByRole("link", { name: "carts: 9 (90%)" }).waitFor();
    await rules.getByRole("link", { name: "canary: 1 (10%)" }).waitFor();
    await rules.getByText("Target group stickiness: 3600 seconds").waitFor();
    expect(problems).toEqual([]);
    await close();
  });
});

async function openListener(page: Page) {
  await page.getByRole("link", { name: "Load Balancers", exact: true }).click();
  await page.getByRole("link", { name: "cart-demo", exact: true }).click();
  await page.getByRole("link", { name: /^HTTP:/ }).click();
  await page.getByRole("rowheader", { name: "Last (default)" }).waitFor();
}

/** Adds a rule that answers by itself, behind those that are there. */
async function fixedResponse(page: Page, path: string, body: string) {
  await page.getByRole("button", { name: "Add rule" }).click();
  await page.getByRole("textbox", { name: "Values of condition 1" }).fill(path);
  await page.getByRole("radio", { name: "Return fixed response" }).check();
  await page.getByRole("textbox", { name: "Response code" }).fill("200");
  await page.getByRole("textbox", { name: "Response body" }).fill(body);
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.getByText(`Path is ${path}`, { exact: true }).waitFor();
}
