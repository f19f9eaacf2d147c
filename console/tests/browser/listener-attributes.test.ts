/** Attributes of a listener: what it adds to responses, and what targets' headers about TLS are called. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, MISSING, visitor } from "./chromium";
import { Demo } from "./demo";
import { signIn } from "./steps";

describe.skipIf(MISSING !== null)("listener attributes", () => {
  let demo: Demo;
  let browser: Browser;
  beforeAll(async () => {
    [demo, browser] = await Promise.all([Demo.start(), launch()]);
  });
  afterAll(async () => {
    await browser.close();
    await demo.end();
  });

  test("responses get a header that the page itself checks first", async () => {
    const { page, problems, close } = await visitor(browser);
    await page.goto(demo.console);
    await signIn(page, demo.pair);
    await editAttributes(page, /^HTTP:/);
    expect(await page.getByRole("textbox", { name: "X-Amzn-Tls-Version" }).count(), "without TLS").toBe(0);

    const save = page.getByRole("button", { name: "Save changes" });
    const header = page.getByRole("textbox", { name: "X-Frame-Options" });
    await header.fill("a$b");
    await page.getByText("at most 1024 letters, digits, spaces and ordinary punctuation").waitFor();
    expect(await save.isDisabled()).toBe(true);
    await header.fill("DENY");
    const command = await page.getByRole("region", { name: "aws command" }).innerText();
    expect(command).toContain("aws elbv2 modify-listener-attributes");
    expect(command).toContain("Key=routing.http.response.x_frame_options.header_value,Value=DENY");
    await save.click();
    await page
      .getByText(/Successfully modified attributes of listener HTTP:/)
      .first()
      .waitFor();
    await page.getByText("DENY", { exact: true }).waitFor();
    const answer = await page.context().request.get(demo.shop);
    expect(answer.headers()["x-frame-options"]).toBe("DENY");
    expect(problems).toEqual([]);
    await close();
  });

  test("a header about TLS is renamed, but not to one that tells something else", async () => {
    const { page, problems, close } = await visitor(browser);
    await page.goto(demo.console);
    await signIn(page, demo.pair);
    await editAttributes(page, /^HTTPS:/);
    const header = page.getByRole("textbox", { name: "X-Amzn-Tls-Version" });
    await header.fill("X_Forwarded_For");
    await page.getByText("must be a header that nothing else is told by").waitFor();
    await header.fill("X-Tls-Version");
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("X-Tls-Version", { exact: true }).waitFor();
    expect(problems).toEqual([]);
    await close();
  });
});

async function editAttributes(page: Page, listener: RegExp) {
  await page.getByRole("link", { name: "Load Balancers", exact: true }).click();
  await page.getByRole("link", { name: "cart-demo", exact: true }).click();
  await page.getByRole("link", { name: listener }).click();
  await page.getByRole("tab", { name: "Attributes" }).click();
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await page.getByRole("heading", { name: "Edit listener attributes" }).waitFor();
}
