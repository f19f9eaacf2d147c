/** The console without a mouse: every step can be reached, and the focus is where the work goes on. */
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, MISSING, visitor } from "./chromium";
import { Demo } from "./demo";

/** Presses of Tab within which everything on a page is reached. */
const MOST = 250;

describe.skipIf(MISSING !== null)("the keyboard alone", () => {
  let demo: Demo;
  let browser: Browser;
  beforeAll(async () => {
    [demo, browser] = await Promise.all([Demo.start(), launch()]);
  });
  afterAll(async () => {
    await browser.close();
    await demo.end();
  });

  test("adds a rule and deletes it", async () => {
    const { page, problems, close } = await visitor(browser);
    await signInByKeys(page, demo);
    await press(page, "link", "Load Balancers", "Enter");
    await focused(page, page.getByRole("heading", { name: "Load balancers" }));
    await press(page, "link", "cart-demo", "Enter");
    await focused(page, page.getByRole("heading", { name: "cart-demo" }));
    await press(page, "link", /^HTTP:/, "Enter");
    await focused(page, page.getByRole("heading", { name: /^HTTP:/ }));
    await press(page, "button", "Add rule", "Enter");
    await tabTo(page, page.getByRole("textbox", { name: "Values of condition 1" }));
    await page.keyboard.type("/hello");
    await tabTo(page, page.getByRole("radio", { name: "Forward to target groups" }));
    await arrowTo(page, page.getByRole("radio", { name: "Return fixed response" }));
    await tabTo(page, page.getByRole("textbox", { name: "Response code" }));
    await retype(page, "299");
    await tabTo(page, page.getByRole("textbox", { name: "Response body" }));
    await page.keyboard.type("hello");
    await press(page, "button", "Save changes", "Enter");
    await page.getByText("Path is /hello", { exact: true }).waitFor();
    const status = async () => (await page.context().request.get(`${demo.shop}hello`)).status();
    expect(await status()).toBe(299);

    const rule = page.getByRole("row", { name: /\/hello/ }).getByRole("radio");
    await tabTo(page, page.getByRole("table", { name: "Rules" }).getByRole("radio").first());
    await arrowTo(page, rule);
    await page.keyboard.press("Space");
    await press(page, "button", "Delete rule", "Enter");
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await focused(page, page.getByRole("button", { name: "Delete rule" }));
    await page.keyboard.press("Enter");
    await tabTo(page, dialog.getByRole("button", { name: "Delete", exact: true }));
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "detached" });
    await focused(page, page.getByRole("heading", { name: /^HTTP:/ }));
    expect(await status()).toBe(404);
    expect(problems).toEqual([]);
    await close();
  });

  test("is told what was refused, and keeps what was typed", async () => {
    const { page, close } = await visitor(browser);
    await signInByKeys(page, demo);
    await press(page, "button", "Create target group", "Enter");
    await tabTo(page, page.getByRole("textbox", { name: "Target group name" }));
    await page.keyboard.type("carts");
    await page.keyboard.press("Enter");
    const refused = page.locator(":focus").filter({ hasText: "DuplicateTargetGroupName" });
    await refused.waitFor();
    expect(await page.getByRole("textbox", { name: "Target group name" }).inputValue()).toBe("carts");
    await close();
  });

  test("skips what every page begins with", async () => {
    const { page, close } = await visitor(browser);
    await signInByKeys(page, demo);
    await page.reload();
    await page.getByRole("link", { name: "carts", exact: true }).waitFor();
    await page.keyboard.press("Tab");
    await focused(page, page.getByRole("button", { name: "Skip to main content" }));
    await page.keyboard.press("Enter");
    await focused(page, page.getByRole("heading", { name: "Target groups" }));
    await close();
  });
});

/** Types the pair where the page begins; the list of target groups has the focus then. */
async function signInByKeys(page: Page, { console: address, pair }: Demo) {
  await page.goto(address);
  await focused(page, page.getByRole("textbox", { name: "Access key ID" }));
  await page.keyboard.type(pair.id);
  await page.keyboard.press("Tab");
  await page.keyboard.type(pair.secret);
  await page.keyboard.press("Enter");
  await focused(page, page.getByRole("heading", { name: "Target groups" }));
}

/** Goes to something that can be chosen, and chooses it. */
async function press(page: Page, role: "link" | "button" | "radio" | "checkbox", name: string | RegExp, key: string) {
  const wanted = page.getByRole(role, typeof name === "string" ? { name, exact: true } : { name }).first();
  await wanted.waitFor();
  await tabTo(page, wanted);
  await page.keyboard.press(key);
}

async function tabTo(page: Page, wanted: Locator) {
  await keyTo(page, wanted, "Tab");
}

/** Within what the arrow keys move in: tabs, radio buttons, rows. */
async function arrowTo(page: Page, wanted: Locator) {
  await keyTo(page, wanted, (await wanted.getAttribute("role")) === "tab" ? "ArrowRight" : "ArrowDown");
}

async function keyTo(page: Page, wanted: Locator, key: string) {
  for (let presses = 0; presses < MOST; presses++) {
    if (await hasFocus(wanted)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${key} does not lead there`);
}

async function retype(page: Page, text: string) {
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type(text);
}

async function focused(page: Page, wanted: Locator) {
  await wanted.and(page.locator(":focus")).waitFor();
}

function hasFocus(wanted: Locator): Promise<boolean> {
  return wanted.evaluate((element) => element === document.activeElement);
}
