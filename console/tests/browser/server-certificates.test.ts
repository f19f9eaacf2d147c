/** Server certificates of IAM, from nothing to deleted, and on listeners of both kinds of load balancers. */
import { connect } from "node:tls";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, MISSING, picture, visitor } from "./chromium";
import { Demo, freePort } from "./demo";
import { fillPem, issuePem } from "./pem";
import { signIn } from "./steps";

const BEGIN = "-----BEGIN CERTIFICATE-----";
const NAME = "iam.example.com";

describe.skipIf(MISSING !== null)("server certificates", () => {
  let demo: Demo;
  let browser: Browser;
  beforeAll(async () => {
    [demo, browser] = await Promise.all([Demo.start(), launch()]);
  });
  afterAll(async () => {
    await browser.close();
    await demo.end();
  });

  test("one is uploaded beside those of Certificate Manager, tagged, renamed and deleted", async () => {
    const { page, problems, close } = await visitor(browser);
    const [pem, other] = [issuePem(demo, NAME), issuePem(demo, NAME)];
    await page.goto(demo.console);
    await signIn(page, demo.pair);
    await page.getByRole("link", { name: "Certificates", exact: true }).click();
    await page.getByRole("button", { name: "From IAM" }).click();
    await page.getByText("No server certificates").waitFor();
    await picture(page, "server-certificates-empty-light");
    await page.getByRole("link", { name: "Upload server certificate" }).click();

    const [name, path] = [page.getByRole("textbox", { name: /name/ }), page.getByRole("textbox", { name: "Path" })];
    await path.waitFor();
    const submit = page.getByRole("button", { name: "Upload server certificate" });
    await submit.click();
    await page.getByText("Enter a name.").waitFor();
    await name.fill("a/b");
    await page.getByText("The name 'a/b' must have 1 to 128 letters").waitFor();
    await name.fill("shop");
    await path.fill("carts");
    await page.getByText("The path 'carts' must begin and end with a slash").waitFor();
    await path.fill("/carts/");
    await fillPem(page, { ...pem, key: other.key });
    const command = await page.getByRole("region", { name: "aws command" }).innerText();
    expect(command).toContain("aws iam upload-server-certificate");
    expect(command).toContain("--private-key file://private-key.pem");
    await page.getByRole("button", { name: "CloudFormation", exact: true }).click();
    await page.getByText("A template would hold the private key.").waitFor();
    await submit.click();
    await page.getByText("KeyPairMismatch").waitFor();
    expect(await name.inputValue()).toBe("shop");
    expect(await page.getByRole("textbox", { name: "Certificate body" }).inputValue()).toContain(BEGIN);
    await picture(page, "upload-server-certificate-light");
    await fillPem(page, pem);
    await submit.click();
    await page.getByText("Successfully uploaded server certificate shop.").first().waitFor();
    await page.getByText("arn:aws:iam::000000000000:server-certificate/carts/shop").waitFor();
    expect(await page.getByRole("region", { name: "certificate body" }).innerText()).toBe(pem.body);
    expect(await page.getByRole("region", { name: "certificate chain" }).innerText()).toBe(pem.chain);
    expect(await page.content()).not.toContain("PRIVATE KEY");
    await picture(page, "server-certificate-light");

    await page.getByRole("tab", { name: "Tags" }).click();
    await page.getByRole("button", { name: "Manage tags" }).click();
    await page.getByRole("button", { name: "Add new tag" }).click();
    await page.getByRole("textbox", { name: "Key" }).fill("team");
    await page.getByRole("textbox", { name: "Value" }).fill("shop");
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByRole("rowheader", { name: "team" }).waitFor();

    await act(page, "Edit name and path");
    await page.getByText("Listeners follow and go on showing it").waitFor();
    await name.fill("store");
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("Successfully modified server certificate store.").first().waitFor();
    await page.getByText("server-certificate/carts/store").waitFor();
    await act(page, "Delete server certificate");
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("Successfully deleted server certificate store.").first().waitFor();
    await page.getByText("No server certificates").waitFor();
    await page.getByRole("button", { name: "From ACM" }).click();
    await page.getByRole("radio", { name: "shop.elb.localhost" }).waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test("listeners of both kinds show one, which cannot be deleted then", async () => {
    const { page, problems, close } = await visitor(browser);
    await page.goto(demo.console);
    await signIn(page, demo.pair);
    await show(page, "#/server-certificates/create");
    await page.getByRole("textbox", { name: /name/ }).fill("shown");
    await fillPem(page, issuePem(demo, NAME));
    await page.getByRole("button", { name: "Upload server certificate" }).click();
    await page.getByText("Successfully uploaded server certificate shown.").first().waitFor();

    await page.getByRole("link", { name: "Load Balancers", exact: true }).click();
    await page.getByRole("link", { name: "cart-demo", exact: true }).click();
    const link = page.getByRole("link", { name: /^HTTPS:/ });
    const port = Number((await link.innerText()).split(":")[1]);
    await link.click();
    await page.getByRole("tab", { name: "Certificates" }).click();
    await page.getByRole("button", { name: "Add certificate" }).click();
    await choose(page, "Certificate");
    await page.getByRole("dialog").getByRole("button", { name: "Add certificate" }).click();
    await page.getByRole("row", { name: /shown.*Its names \(SNI\).*IAM/ }).waitFor();
    await picture(page, "listener-server-certificate-light");
    expect(await nameOf(port)).toBe(NAME);

    const classicPort = await freePort();
    await show(page, "#/load-balancers/create-classic");
    await page.getByRole("textbox", { name: "Load balancer name" }).fill("old");
    await page.getByRole("button", { name: /^Listener protocol/ }).click();
    await page.getByRole("option", { name: "HTTPS" }).click();
    await page.getByRole("textbox", { name: "Listener port" }).fill(String(classicPort));
    await choose(page, "SSL/TLS certificate");
    await page.getByRole("button", { name: "Create load balancer" }).click();
    await page.getByText("Successfully created load balancer old.").first().waitFor();
    expect(await nameOf(classicPort)).toBe(NAME);

    await show(page, "#/server-certificates?selected=shown");
    await page.getByRole("tab", { name: "Certificate body and chain" }).waitFor();
    await act(page, "Delete server certificate");
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("DeleteConflict").waitFor();
    expect(problems).toEqual([]);
    await close();
  });
});

async function act(page: Page, action: string) {
  await page.getByRole("button", { name: "Actions" }).click();
  await page.getByRole("menuitem", { name: action }).click();
}

function show(page: Page, hash: string) {
  return page.evaluate((to) => void (location.hash = to), hash);
}

async function choose(page: Page, label: string) {
  await page.getByRole("combobox", { name: label, exact: true }).click();
  await page.getByText("From IAM").waitFor();
  await page.getByRole("option", { name: /server-certificate\/shown/ }).click();
}

/** Whom the certificate is for that a client gets who asks for the name. */
function nameOf(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, servername: NAME, rejectUnauthorized: false }, () => {
      const { subjectaltname = "" } = socket.getPeerCertificate();
      socket.destroy();
      resolve(subjectaltname.replace(/^DNS:/, ""));
    });
    socket.once("error", reject);
  });
}
