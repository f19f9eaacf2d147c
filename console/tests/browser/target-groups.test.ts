/** Target groups from nothing to deleted, what is refused on the way, and sessions that end. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, MISSING, visitor } from "./chromium";
import { Demo, elbow } from "./demo";
import { signIn } from "./steps";

describe.skipIf(MISSING !== null)("target groups", () => {
  let demo: Demo;
  let browser: Browser;
  beforeAll(async () => {
    [demo, browser] = await Promise.all([Demo.start(), launch()]);
  });
  afterAll(async () => {
    await browser.close();
    await demo.end();
  });

  test("a link signs in once", async () => {
    const { page, urls, problems, close } = await visitor(browser);
    await page.goto(demo.link);
    await page.getByRole("link", { name: "carts", exact: true }).waitFor();
    expect(page.url()).not.toContain("link");
    const token = demo.link.split("/").at(-1) ?? "";
    expect(urls.some((url) => url.includes(token) && !url.includes("#"))).toBe(false);
    expect(new Set(urls.map((url) => new URL(url).origin))).toEqual(new Set([demo.api]));
    expect(problems).toEqual([]);
    await close();

    const second = await visitor(browser);
    await second.page.goto(demo.link);
    await second.page.getByText("This link has been used or is too old").waitFor();
    await second.close();
  });

  test("a wrong secret is refused in AWS's words and what was typed is kept", async () => {
    const { page, close } = await visitor(browser);
    await page.goto(demo.console);
    await page.getByLabel("Access key ID").fill(demo.pair.id);
    await page.getByLabel("Secret access key").fill("wrong-secret-of-some-length-0123456789");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page
      .getByText(/SignatureDoesNotMatch: The request signature we calculated/)
      .first()
      .waitFor();
    expect(await page.getByLabel("Access key ID").inputValue()).toBe(demo.pair.id);
    await signIn(page, demo.pair);
    const kept = await page.evaluate(() => JSON.stringify([localStorage, document.cookie]));
    expect(kept).not.toContain(demo.pair.secret);
    await close();
  });

  test("a group is created, gets a target, and is deleted", async () => {
    const { page, problems, close } = await visitor(browser);
    await page.goto(demo.console);
    await signIn(page, demo.pair);
    await page.getByRole("button", { name: "Create target group" }).click();
    const name = page.getByRole("textbox", { name: "Target group name" });
    await name.fill("no spaces");
    await page.getByRole("button", { name: "Create target group" }).click();
    await page.getByText("A name has up to 32 letters, digits and hyphens.").waitFor();
    await name.fill("carts");
    await page.getByRole("button", { name: "Create target group" }).click();
    await page.getByText("DuplicateTargetGroupName").waitFor();
    expect(await name.inputValue(), "what was typed is kept").toBe("carts");
    await name.fill("chat");
    const command = await page.getByRole("region", { name: "aws command" }).innerText();
    expect(command.replaceAll(/ \\\n\s+/g, " ")).toContain(
      "aws elbv2 create-target-group --name chat --target-type ip --protocol HTTP --port 80",
    );
    await page.getByRole("button", { name: "Create target group" }).click();
    await page.getByText("Successfully created target group chat.").first().waitFor();

    await page.getByText("No registered targets").waitFor();
    await page.getByRole("button", { name: "Register targets" }).first().click();
    await page.getByRole("textbox", { name: "Targets" }).fill("127.0.0.1:9001");
    const dialog = page.getByRole("dialog", { name: "Register targets" });
    await dialog.getByRole("button", { name: "Register targets" }).click();
    await page.getByRole("cell", { name: "Unused" }).waitFor();

    await page.getByRole("button", { name: "Actions" }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("Successfully deleted target group chat.").first().waitFor();
    expect(await page.getByRole("link", { name: "chat", exact: true }).count()).toBe(0);
    expect(problems).toEqual([]);
    await close();
  });

  test("a change that the API refuses shows its code and keeps what was typed", async () => {
    const { page, close } = await visitor(browser);
    await page.goto(demo.console);
    await signIn(page, demo.pair);
    await page.getByRole("radio", { name: "carts" }).click();
    await page.getByRole("tab", { name: "Attributes" }).click();
    await page.getByRole("button", { name: "Edit", exact: true }).click();
    await page.getByRole("checkbox", { name: "Turn on stickiness" }).check();
    await page.getByRole("radio", { name: "Weighted random" }).check();
    await page.getByText("Stickiness cannot be combined with the weighted random algorithm.").waitFor();
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("InvalidConfigurationRequest").first().waitFor();
    expect(await page.getByRole("checkbox", { name: "Turn on stickiness" }).isChecked()).toBe(true);
    expect(await page.getByRole("radio", { name: "Weighted random" }).isChecked()).toBe(true);
    await page.getByRole("radio", { name: "Round robin" }).check();
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("Load balancer generated cookie, 1 day").waitFor();
    await close();
  });

  test("a session that ends leads back to the sign-in page, and on from there with what was typed", async () => {
    const { page, close } = await visitor(browser);
    const first = newPair(demo);
    await page.goto(demo.console);
    await page.getByLabel("Access key ID").fill(first.id);
    await page.getByLabel("Secret access key").fill(first.secret);
    // The server hears of the pair a moment after the command.
    const create = page.getByRole("button", { name: "Create target group" });
    const tryOnce = async () => {
      await page
        .getByRole("button", { name: "Sign in" })
        .click({ timeout: 1000 })
        .catch(() => null);
      return create.isVisible();
    };
    await expect.poll(tryOnce, { timeout: 15_000 }).toBe(true);
    await page.getByRole("radio", { name: "carts" }).click();
    await page.getByRole("tab", { name: "Attributes" }).click();
    await page.getByRole("button", { name: "Edit", exact: true }).click();
    const delay = page.getByRole("textbox", { name: "Deregistration delay (draining interval)" });
    await delay.fill("123");
    elbow(demo, "credentials", "revoke", first.id);
    await page.getByText("Sign in again").waitFor();
    await page.getByText("InvalidClientTokenId", { exact: false }).first().waitFor();
    await page.getByLabel("Access key ID").fill(demo.pair.id);
    await page.getByLabel("Secret access key").fill(demo.pair.secret);
    await page.getByRole("button", { name: "Sign in" }).click();
    await delay.waitFor();
    expect(await delay.inputValue()).toBe("123");
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("123 seconds").waitFor();
    await close();
  });
});

function newPair(demo: Demo) {
  const said = elbow(demo, "credentials", "create");
  const [, id = "", secret = ""] = /access key id\s+(\S+)\s+secret access key\s+(\S+)/.exec(said) ?? [];
  return { id, secret };
}
