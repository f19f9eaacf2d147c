/** The instance directory and the key ring: what is changed here is what requests, cookies and commands see. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, MISSING, visitor } from "./chromium";
import { Demo, elbow } from "./demo";
import { signIn } from "./steps";

describe.skipIf(MISSING !== null)("instances and keys", () => {
  let demo: Demo;
  let browser: Browser;
  beforeAll(async () => {
    [demo, browser] = await Promise.all([Demo.start(), launch()]);
  });
  afterAll(async () => {
    await browser.close();
    await demo.end();
  });

  test("an instance is added, registered, stays while it is, moves, and goes", async () => {
    const { page, problems, close } = await visitor(browser);
    await page.goto(demo.console);
    await signIn(page, demo.pair);
    await page.getByRole("link", { name: "Instances", exact: true }).click();
    await page.getByText("No instances").waitFor();
    expect(await page.getByRole("region", { name: "elbow command" }).innerText()).toContain("elbow instance put i-");
    await page.getByRole("button", { name: "Add instance" }).first().click();
    const add = page.getByRole("button", { name: "Add instance" });
    await add.click();
    await page.getByText("Enter an instance ID.").waitFor();
    await page.getByRole("textbox", { name: "Instance ID" }).fill("i-0a");
    await page.getByRole("textbox", { name: "IP address" }).fill("127.0.0.2:80");
    await page.getByText("An IPv4 or IPv6 address, without a port.").waitFor();
    await page.getByRole("textbox", { name: "IP address" }).fill("127.0.0.2");
    await add.click();
    await page.getByText("Successfully added instance i-0a.").first().waitFor();
    await page.getByRole("cell", { name: "127.0.0.2" }).waitFor();
    expect(elbow(demo, "instance", "list")).toContain("i-0a\t127.0.0.2\tus-east-1a\toperator");

    await createGroup(page, "machines", "i-0a:8080");
    await page.getByRole("link", { name: "Instances", exact: true }).click();
    await page.getByRole("link", { name: "machines" }).waitFor();
    await page.getByRole("radio", { name: "i-0a" }).click();
    await choose(page, "Delete instance");
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("ResourceInUse").waitFor();
    await page.getByText("deregister it first").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();

    await choose(page, "Edit instance");
    const id = page.getByRole("textbox", { name: "Instance ID" });
    await id.waitFor();
    expect([await id.inputValue(), await id.isDisabled()]).toEqual(["i-0a", true]);
    await page.getByRole("textbox", { name: "IP address" }).fill("127.0.0.1");
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("Successfully changed instance i-0a.").first().waitFor();
    await page.getByRole("cell", { name: "127.0.0.1", exact: true }).waitFor();

    // Added by somebody else: the table hears of it by itself.
    elbow(demo, "instance", "put", "i-0b", "--address", "127.0.0.3", "--zone", "us-east-1b");
    await page.getByRole("cell", { name: "127.0.0.3" }).waitFor();
    await page.getByRole("radio", { name: "i-0b" }).click();
    await choose(page, "Delete instance");
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("Successfully deleted instance i-0b.").first().waitFor();
    expect(elbow(demo, "instance", "list")).not.toContain("i-0b");
    expect(problems).toEqual([]);
    await close();
  });

  test("a key is rotated and no key is shown", async () => {
    const { page, problems, close } = await visitor(browser);
    const bodies: Promise<string>[] = [];
    page.on("response", (response) => {
      if (response.url().includes("/elbow/v1/keys")) bodies.push(response.text().catch(() => ""));
    });
    await page.goto(demo.console);
    await signIn(page, demo.pair);
    await page.getByRole("link", { name: "Keys", exact: true }).click();
    await page.getByText("Issuing").waitFor();
    await page.getByText("The next one is made in 24 hours.").waitFor();
    await page.getByRole("button", { name: "Rotate key" }).click();
    const dialog = page.getByRole("dialog", { name: "Rotate key?" });
    const command = await dialog.getByRole("region", { name: "elbow command" }).innerText();
    expect(command).toContain("elbow keys rotate");
    expect(command).toContain("--data-dir");
    await dialog.getByRole("button", { name: "Rotate" }).click();
    await page.getByText("Successfully made a new key.").first().waitFor();
    await page.getByText("Waiting to issue").waitFor();
    const ids = elbow(demo, "keys", "list")
      .split("\n")
      .map((line) => line.split("\t")[0])
      .filter(Boolean);
    expect(ids).toHaveLength(2);
    for (const id of ids) await page.getByRole("rowheader", { name: id ?? "" }).waitFor();
    const told = Object.keys(
      (JSON.parse((await Promise.all(bodies))[0] ?? "{}") as { generations: [object] }).generations[0],
    );
    expect(told.sort()).toEqual(["created", "issuesFrom", "keyId", "purpose"]);
    expect(problems).toEqual([]);
    await close();
  });
});

async function choose(page: Page, action: string) {
  await page.getByRole("button", { name: "Actions" }).click();
  await page.getByRole("menuitem", { name: action }).click();
}

async function createGroup(page: Page, name: string, target: string) {
  await page.getByRole("link", { name: "Target Groups", exact: true }).click();
  await page.getByRole("button", { name: "Create target group" }).click();
  await page.getByRole("radio", { name: "Instances" }).check();
  await page.getByRole("textbox", { name: "Target group name" }).fill(name);
  await page.getByRole("button", { name: "Create target group" }).click();
  await page.getByRole("button", { name: "Register targets" }).first().click();
  await page.getByRole("textbox", { name: "Targets" }).fill(target);
  const dialog = page.getByRole("dialog", { name: "Register targets" });
  await dialog.getByRole("button", { name: "Register targets" }).click();
  await page.getByRole("cell", { name: "Unused" }).waitFor();
}
