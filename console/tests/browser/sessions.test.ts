/** What AWS's console has not: where sessions live, what was counted, and why a request goes where it goes. */
import { execFileSync } from "node:child_process";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, MISSING, picture, visitor } from "./chromium";
import { Demo } from "./demo";
import { signIn } from "./steps";

const SHOPPERS = 12;
/** What was counted is told from the next step of the history on, ten seconds long. */
const STEP_MS = 15_000;

describe.skipIf(MISSING !== null)("sessions", () => {
  let demo: Demo;
  let browser: Browser;
  /** Whose cart went where, with the cookies to get there again. */
  let shoppers: { cookie: string; target: string }[];
  beforeAll(async () => {
    [demo, browser] = await Promise.all([Demo.start(), launch()]);
    const { page, close } = await visitor(browser);
    await page.goto(demo.console);
    await signIn(page, demo.pair);
    await page.getByRole("link", { name: "carts", exact: true }).click();
    await page.getByRole("tab", { name: "Attributes" }).click();
    await page.getByRole("button", { name: "Edit", exact: true }).click();
    await page.getByRole("checkbox", { name: "Turn on stickiness" }).check();
    await page.getByRole("radio", { name: "Load balancer generated cookie" }).check();
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("Successfully modified attributes of target group carts.").first().waitFor();
    await close();
    shoppers = await Promise.all(Array.from({ length: SHOPPERS }, () => shop(browser, demo)));
  });
  afterAll(async () => {
    await browser.close();
    await demo.end();
  });

  test("live sessions are told by target, and charts follow", async () => {
    const { page, problems, close } = await visitor(browser);
    await page.goto(demo.console);
    await signIn(page, demo.pair);
    await page.getByRole("link", { name: "carts", exact: true }).click();
    await page.getByRole("tab", { name: "Sessions" }).click();
    const table = page.getByRole("table", { name: "Sessions by target" });
    await table.getByRole("row").nth(3).waitFor();
    await page.getByText("Live sessions", { exact: true }).first().waitFor();
    expect(await table.getByRole("row").count()).toBe(4);
    await page.getByRole("application", { name: "Outcomes" }).waitFor({ timeout: STEP_MS });
    await page
      .getByText("Live sessions", { exact: true })
      .first()
      .evaluate((heading) => heading.scrollIntoView());
    await picture(page, "sessions-live", "sessions.png");
    await page.getByRole("tab", { name: "Monitoring" }).click();
    await page.getByRole("application", { name: "Target responses" }).waitFor({ timeout: STEP_MS });
    await page.getByRole("application", { name: "Requests by target" }).waitFor();
    await picture(page, "monitoring-live");
    expect(problems).toEqual([]);
    await close();
  });

  test("a cookie is explained: followed, or why not", async () => {
    const { page, problems, close } = await visitor(browser);
    await page.goto(demo.console);
    await signIn(page, demo.pair);
    await page.getByRole("link", { name: "carts", exact: true }).click();
    await page.getByRole("tab", { name: "Sessions" }).click();
    await page.getByRole("link", { name: "Why did it not stick?" }).click();
    const pasted = page.getByRole("textbox", { name: "Cookie or whole request" });
    const [{ cookie } = { cookie: "" }] = shoppers;
    await choosePort(page, new URL(demo.shop).port);
    await page.getByRole("textbox", { name: "Path" }).fill("/api/cart");
    await pasted.fill(cookie);
    await page.getByRole("button", { name: "Explain", exact: true }).click();
    await page.getByText("carts: hit").waitFor();
    await page.getByText(/It goes to 127\.0\.0\.1:\d+ \(healthy\)\./).waitFor();
    await picture(page, "explained", "explain.png");
    const command = await page.getByRole("region", { name: "elbow command" }).innerText();
    expect(pasteInto(command, demo), "the command beside it says the same").toContain("hit: it follows");
    await pasted.fill(cookie.replace(/AWSALB=.{20}/, `AWSALB=${"A".repeat(20)}`));
    await page.getByRole("button", { name: "Explain", exact: true }).click();
    await page.getByText(/carts: invalid:(key|seal)/).waitFor();
    await pasted.fill("GET /api/cart HTTP/1.1\nCookie: sid=1");
    await page.getByRole("button", { name: "Explain", exact: true }).click();
    await page.getByText("carts: new").waitFor();
    await page.getByText("None came with the request.").waitFor();
    expect(problems).toEqual([]);
    await close();
  });
});

/** Pastes a command into a shell that knows `elbow`; what it has said. */
function pasteInto(command: string, { binary }: Demo): string {
  return execFileSync("sh", ["-c", `elbow() { "${binary}" "$@"; }\n${command}`], { encoding: "utf8" });
}

/** A browser that fills a cart: its cookies, and the target it went to. */
async function shop(browser: Browser, demo: Demo): Promise<{ cookie: string; target: string }> {
  const context = await browser.newContext();
  const answer = await context.request.post(`${demo.shop}api/cart/items`, { data: { sku: "apple" } });
  const { target } = (await answer.json()) as { target: { name: string } };
  const cookies = await context.cookies(demo.shop);
  await context.close();
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  return { cookie, target: target.name };
}

async function choosePort(page: Parameters<typeof signIn>[0], port: string) {
  await page.getByRole("button", { name: /Listener port/ }).click();
  await page.getByRole("option", { name: port }).click();
}
