/** Certificates as somebody brings them, and the fields that they are typed into. */
import type { Page } from "playwright-core";
import { type Demo, elbow } from "./demo";

export interface Pem {
  body: string;
  chain: string;
  key: string;
}

/** A certificate of the demo's authority, with its key. */
export function issuePem(demo: Demo, ...names: string[]): Pem {
  const arn = elbow(demo, "certificate", "issue", ...names).trim();
  const said = elbow(demo, "certificate", "show", arn, "--with-private-key");
  const [body = "", ...chain] = said.match(/-----BEGIN CERTIFICATE-----[^]+?-----END CERTIFICATE-----/g) ?? [];
  const [key = ""] = /-----BEGIN PRIVATE KEY-----[^]+?-----END PRIVATE KEY-----/.exec(said) ?? [];
  return { body, chain: chain.join("\n"), key };
}

export async function fillPem(page: Page, { body, key, chain }: Pem) {
  await page.getByRole("textbox", { name: "Certificate body" }).fill(body);
  await page.getByRole("textbox", { name: "Certificate private key" }).fill(key);
  await page.getByRole("textbox", { name: "Certificate chain" }).fill(chain);
}
