/** What several tests do on a page. */
import type { Page } from "playwright-core";
import type { Pair } from "./demo";

export async function signIn(page: Page, { id, secret }: Pair) {
  await page.getByLabel("Access key ID").fill(id);
  await page.getByLabel("Secret access key").fill(secret);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Target groups" }).first().waitFor();
}
