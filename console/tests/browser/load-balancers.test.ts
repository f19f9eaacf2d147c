/** A load balancer from nothing to requests that it answers, and back to nothing. */
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, MISSING, visitor } from "./chromium";
import { Demo, freePort } from "./demo";
import { signIn } from "./steps";

describe.skipIf(MISSING !== null)("load balancers", () => {
  let demo: Demo;
  let browser: Browser;
  beforeAll(async () => {
    [demo, browser] = await Promise.all([Demo.start(), launch()]);
  });
  afterAll(async () => {
    await browser.close();
    await demo.end();
  });

  test("one is created, answers, and is deleted", async () => {
    const { page, problems, close } = await visitor(browser);
    const port = await freePort();
    const target = await startTarget();
    await page.goto(demo.console);
    await signIn(page, demo.pair);
    await page.getByRole("button", { name: "Create target group" }).click();
    await page.getByRole("textbox", { name: "Target group name" }).fill("hello");
    await page.getByRole("button", { name: "Create target group" }).click();
    await page.getByRole("button", { name: "Register targets" }).first().click();
    await page.getByRole("textbox", { name: "Targets" }).fill(`127.0.0.1:${target.port}`);
    const dialog = page.getByRole("dialog", { name: "Register targets" });
    await dialog.getByRole("button", { name: "Register targets" }).click();
    await page.getByRole("cell", { name: "Unused" }).waitFor();

    await page.getByRole("link", { name: "Load Balancers", exact: true }).click();
    await page.getByRole("link", { name: "cart-demo", exact: true }).waitFor();
    await page.getByRole("button", { name: "Create load balancer" }).click();
    const create = page.getByRole("button", { name: "Create load balancer" });
    await create.click();
    await page.getByText("Select a target group.").waitFor();
    await page.getByRole("textbox", { name: "Load balancer name" }).fill("second");
    await page.getByRole("textbox", { name: "Port" }).fill(String(port));
    await page.getByRole("button", { name: /Default action: forward to target group/ }).click();
    await page.getByRole("option", { name: /carts/ }).click();
    await create.click();
    // As at AWS, a target group belongs to one load balancer.
    await page.getByText("TargetGroupAssociationLimit").waitFor();
    await page.getByRole("button", { name: /Default action: forward to target group/ }).click();
    await page.getByRole("option", { name: /hello/ }).click();
    const command = await page.getByRole("region", { name: "aws command" }).innerText();
    expect(command).toContain("LB=$(aws elbv2 create-load-balancer");
    expect(command).toContain('--load-balancer-arn "$LB"');
    await create.click();
    await page.getByText("Successfully created load balancer second.").first().waitFor();
    await page.getByRole("rowheader", { name: `HTTP:${port}` }).waitFor();
    const answer = () => page.context().request.get(`http://127.0.0.1:${port}/`);
    await expect.poll(async () => (await answer()).text(), { timeout: 15_000 }).toBe("hello");

    await page.getByRole("button", { name: "Actions" }).click();
    await page.getByRole("menuitem", { name: "Delete load balancer" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("Successfully deleted load balancer second.").first().waitFor();
    await page.getByRole("link", { name: "cart-demo", exact: true }).waitFor();
    expect(await page.getByRole("link", { name: "second", exact: true }).count()).toBe(0);
    expect(await isFree(port), "its listener is gone").toBe(true);
    expect(problems).toEqual([]);
    await close();
    target.end();
  });

  test("a protected one stays, and says why", async () => {
    const { page, close } = await visitor(browser);
    await page.goto(demo.console);
    await signIn(page, demo.pair);
    await page.getByRole("link", { name: "Load Balancers", exact: true }).click();
    await page.getByRole("radio", { name: "cart-demo" }).click();
    await page.getByRole("tab", { name: "Attributes" }).click();
    await page.getByRole("button", { name: "Edit", exact: true }).click();
    await page.getByRole("checkbox", { name: "Deletion protection" }).check();
    await page.getByRole("textbox", { name: "Connection idle timeout" }).fill("4001");
    await page.getByText("'idle_timeout.timeout_seconds' value '4001' must be between '1-4000' inclusive").waitFor();
    await page.getByRole("textbox", { name: "Connection idle timeout" }).fill("61");
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("61 seconds").waitFor();
    await page.getByRole("button", { name: "Actions" }).click();
    await page.getByRole("menuitem", { name: "Delete load balancer" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("cannot be deleted because deletion protection is enabled").waitFor();
    await page.getByText("OperationNotPermitted").waitFor();
    await close();
  });
});

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** A target that says hello. */
async function startTarget(): Promise<{ port: number; end: () => void }> {
  const server = createHttpServer((_, response) => response.end("hello"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const end = () => {
    server.closeAllConnections();
    server.close();
  };
  return { port: typeof address === "object" && address ? address.port : 0, end };
}
