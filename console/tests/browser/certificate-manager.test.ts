/** Certificates of Certificate Manager, and trust stores, from nothing to deleted. */
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, MISSING, visitor } from "./chromium";
import { Demo, elbow } from "./demo";
import { fillPem, issuePem } from "./pem";
import { signIn } from "./steps";

const LIST = join(import.meta.dirname, "../../../crates/api/tests/pem/list.pem");
const BEGIN = "-----BEGIN CERTIFICATE-----";

describe.skipIf(MISSING !== null)("certificates", () => {
  let demo: Demo;
  let browser: Browser;
  beforeAll(async () => {
    [demo, browser] = await Promise.all([Demo.start(), launch()]);
  });
  afterAll(async () => {
    await browser.close();
    await demo.end();
  });

  test("one is issued, shown with its chain, tagged and deleted", async () => {
    const { page, problems, close } = await visitor(browser);
    await page.goto(demo.console);
    await signIn(page, demo.pair);
    await page.getByRole("link", { name: "Certificates", exact: true }).click();
    await page.getByRole("radio", { name: "shop.elb.localhost" }).waitFor();
    await page.getByRole("button", { name: "Request certificate" }).click();
    const names = page.getByRole("textbox", { name: "Fully qualified domain names" });
    await names.fill("new.example.com\nlocalhost");
    await page.getByText("'localhost' is no domain name").waitFor();
    await names.fill("new.example.com\n*.new.example.com");
    const command = await page.getByRole("region", { name: "aws command" }).innerText();
    expect(command).toContain("aws acm request-certificate");
    expect(command).toContain("--subject-alternative-names '*.new.example.com'");
    await page.getByRole("button", { name: "Request", exact: true }).click();
    await page.getByText("Successfully issued a certificate for new.example.com.").first().waitFor();
    await page.getByText("CN=Elbow local certificate authority").waitFor();
    await page.getByRole("rowheader", { name: "*.new.example.com" }).waitFor();
    await page.getByRole("tab", { name: "Associated resources" }).click();
    await page.getByText("Not in use").waitFor();
    await page.getByRole("tab", { name: "Certificate body and chain" }).click();
    expect(await page.getByRole("region", { name: "certificate body" }).innerText()).toContain(BEGIN);
    expect(await page.getByRole("region", { name: "certificate chain" }).innerText()).toContain(BEGIN);
    await page.getByRole("tab", { name: "Tags" }).click();
    await page.getByRole("button", { name: "Manage tags" }).click();
    await page.getByRole("button", { name: "Add new tag" }).click();
    await page.getByRole("textbox", { name: "Key" }).fill("team");
    await page.getByRole("textbox", { name: "Value" }).fill("shop");
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByRole("rowheader", { name: "team" }).waitFor();
    await page.getByRole("button", { name: "Manage tags" }).click();
    await page.getByRole("button", { name: "Remove" }).click();
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("No tags", { exact: true }).waitFor();
    await remove(page, "Delete certificate");
    await page.getByText("Successfully deleted certificate new.example.com.").first().waitFor();
    expect(await page.getByRole("radio", { name: "new.example.com" }).count()).toBe(0);
    expect(problems).toEqual([]);
    await close();
  });

  test("one that a listener shows stays, and says where", async () => {
    const { page, close } = await visitor(browser);
    await page.goto(demo.console);
    await signIn(page, demo.pair);
    await page.getByRole("link", { name: "Certificates", exact: true }).click();
    await page
      .getByRole("row", { name: /shop\.elb\.localhost/ })
      .getByRole("link")
      .click();
    await page.getByRole("tab", { name: "Associated resources" }).click();
    await page.getByRole("link", { name: "cart-demo" }).waitFor();
    await remove(page, "Delete certificate");
    await page.getByText("ResourceInUseException").waitFor();
    await close();
  });

  test("one is imported, and imported again in its place", async () => {
    const { page, problems, close } = await visitor(browser);
    const first = issuePem(demo, "mine.example.com");
    const second = issuePem(demo, "mine.example.com", "also.example.com");
    await page.goto(demo.console);
    await signIn(page, demo.pair);
    await page.getByRole("link", { name: "Certificates", exact: true }).click();
    await page.getByRole("button", { name: "Other kinds" }).click();
    await page.getByRole("menuitem", { name: "Import certificate" }).click();
    const submit = page.getByRole("button", { name: "Import certificate" });
    await submit.click();
    await page.getByText("Paste text that begins with -----BEGIN CERTIFICATE-----.").waitFor();
    await fillPem(page, { ...first, key: second.key });
    expect(await page.getByRole("region", { name: "aws command" }).innerText()).toContain(
      "--private-key fileb://private-key.pem",
    );
    await submit.click();
    await page.getByText("ValidationException").waitFor();
    expect(await page.getByRole("textbox", { name: "Certificate body" }).inputValue()).toContain(BEGIN);
    await fillPem(page, first);
    await submit.click();
    await page
      .getByText(/Successfully imported certificate/)
      .first()
      .waitFor();
    await page.getByText("Imported", { exact: true }).waitFor();
    expect(await page.content()).not.toContain("PRIVATE KEY");

    await page.getByRole("button", { name: "Actions" }).click();
    await page.getByRole("menuitem", { name: "Reimport certificate" }).click();
    await page.getByText("Every listener that shows this certificate shows the new one.").waitFor();
    await fillPem(page, second);
    await page.getByRole("button", { name: "Reimport certificate" }).click();
    await page.getByRole("rowheader", { name: "also.example.com" }).waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test("a trust store is created, gets another bundle and a revocation list, and is deleted", async () => {
    const { page, problems, close } = await visitor(browser);
    putFiles(demo);
    await page.goto(demo.console);
    await signIn(page, demo.pair);
    await page.getByRole("link", { name: "Trust Stores", exact: true }).click();
    await page.getByText("No trust stores").waitFor();
    await page.getByRole("button", { name: "Create trust store" }).first().click();
    await page.getByRole("textbox", { name: "Trust store name" }).fill("staff");
    await page.getByRole("textbox", { name: "S3 bucket" }).fill("s3://trust/nothing.pem");
    const key = page.getByRole("textbox", { name: "S3 key" });
    expect(await key.inputValue()).toBe("nothing.pem");
    await page.getByRole("button", { name: "Create trust store" }).click();
    await page.getByText("CaCertificatesBundleNotFound").waitFor();
    await key.fill("ca.pem");
    await page.getByRole("button", { name: "Create trust store" }).click();
    await page.getByText("Successfully created trust store staff.").first().waitFor();
    await page.getByText("No associations").waitFor();

    await page.getByRole("tab", { name: "Certificate revocation lists" }).click();
    await page.getByRole("button", { name: "Add revocation list" }).first().click();
    await page.getByRole("textbox", { name: "S3 bucket" }).fill("trust");
    await key.fill("list.pem");
    await page.getByRole("button", { name: "Add revocation list" }).click();
    await page.getByText("Successfully added a revocation list to trust store staff.").first().waitFor();
    await page.getByRole("radio", { name: "Revocation list 1" }).click();
    await page.getByRole("button", { name: "Remove", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await page.getByText("No revocation lists").waitFor();

    await page.getByRole("button", { name: "Actions" }).click();
    await page.getByRole("menuitem", { name: "Replace CA bundle" }).click();
    await page.getByRole("textbox", { name: "S3 bucket" }).fill("trust");
    await key.fill("ca.pem");
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("Successfully modified trust store staff.").first().waitFor();
    await remove(page, "Delete trust store");
    await page.getByText("Successfully deleted trust store staff.").first().waitFor();
    await page.getByText("No trust stores").waitFor();
    expect(problems).toEqual([]);
    await close();
  });
});

async function remove(page: Page, action: string) {
  await page.getByRole("button", { name: "Actions" }).click();
  await page.getByRole("menuitem", { name: action }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
}

/** A bundle and a revocation list in the bucket `trust`, which is a directory. */
function putFiles(demo: Demo) {
  const bucket = join(demo.dataDir, "s3/trust");
  mkdirSync(bucket, { recursive: true });
  elbow(demo, "certificate", "trust");
  copyFileSync(join(demo.dataDir, "authority.pem"), join(bucket, "ca.pem"));
  copyFileSync(LIST, join(bucket, "list.pem"));
}
