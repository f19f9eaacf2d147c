/** The certificates of a listener, its security policy, and what it wants of its clients; each acts on handshakes at once. */
import { connect } from "node:tls";
import { ACMClient, RequestCertificateCommand } from "@aws-sdk/client-acm";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, MISSING, picture, visitor } from "./chromium";
import { Demo } from "./demo";
import { signIn } from "./steps";

const NAME = "second.example.com";

describe.skipIf(MISSING !== null)("a listener of HTTPS", () => {
  let demo: Demo;
  let browser: Browser;
  beforeAll(async () => {
    [demo, browser] = await Promise.all([Demo.start(), launch()]);
    const credentials = { accessKeyId: demo.pair.id, secretAccessKey: demo.pair.secret };
    const acm = new ACMClient({ endpoint: demo.api, region: "us-east-1", credentials });
    await acm.send(new RequestCertificateCommand({ DomainName: NAME }));
  });
  afterAll(async () => {
    await browser.close();
    await demo.end();
  });

  test("a certificate is added for its name, becomes the default, and is removed", async () => {
    const { page, problems, close } = await visitor(browser);
    await page.goto(demo.console);
    await signIn(page, demo.pair);
    const port = await openListener(page);
    expect(await nameOf(port, NAME)).not.toBe(NAME);

    await page.getByRole("tab", { name: "Certificates" }).click();
    await page.getByRole("button", { name: "Add certificate" }).click();
    const dialog = page.getByRole("dialog", { name: "Add certificate" });
    await dialog.getByRole("button", { name: "Add certificate" }).click();
    await dialog.getByText("Choose a certificate.").waitFor();
    await chooseCertificate(page, "Certificate");
    await picture(page, "add-certificate-light");
    await dialog.getByRole("button", { name: "Add certificate" }).click();
    await page.getByRole("row", { name: /Its names \(SNI\)/ }).waitFor();
    await picture(page, "certificates-light");
    expect(await nameOf(port, NAME)).toBe(NAME);
    expect(await nameOf(port, "unknown.example.com")).not.toBe(NAME);

    await page.getByRole("button", { name: "Change default" }).click();
    await chooseCertificate(page, "Default SSL/TLS server certificate");
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText(`Successfully modified listener HTTPS:${port}.`).first().waitFor();
    expect(await nameOf(port, "unknown.example.com")).toBe(NAME);

    await page.getByRole("tab", { name: "Certificates" }).click();
    await page
      .getByRole("row", { name: /Its names \(SNI\)/ })
      .getByRole("radio")
      .click();
    await page.getByRole("button", { name: "Remove" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await page.getByText(`Successfully removed certificate ${NAME}.`).first().waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test("the security policy decides on versions, and clients may be asked for certificates", async () => {
    const { page, problems, close } = await visitor(browser);
    await page.goto(demo.console);
    await signIn(page, demo.pair);
    const port = await openListener(page);
    expect(await nameOf(port, NAME, "TLSv1.2")).not.toBe("");
    await page.getByRole("tab", { name: "Security" }).click();
    await page.getByRole("button", { name: "Edit", exact: true }).click();
    await page.getByRole("button", { name: /^Security policy/ }).click();
    await page.getByRole("option", { name: "ELBSecurityPolicy-TLS13-1-3-2021-06" }).click();
    await page.getByRole("radio", { name: "Verify with trust store" }).check();
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("A trust store must be specified for the mutual authentication mode 'verify'").waitFor();
    await picture(page, "edit-listener-light");
    await page.getByRole("radio", { name: "Passthrough" }).check();
    const command = await page.getByRole("region", { name: "aws command" }).innerText();
    expect(command).toContain("--mutual-authentication Mode=passthrough");
    expect(command).not.toContain("--certificates");
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText(`Successfully modified listener HTTPS:${port}.`).first().waitFor();
    await page.getByRole("tab", { name: "Security" }).click();
    await page.getByText("Passthrough").first().waitFor();
    await page.getByText("TLS_AES_256_GCM_SHA384").waitFor();
    await picture(page, "security-light");
    await expect(nameOf(port, NAME, "TLSv1.2")).rejects.toThrow();
    expect(await nameOf(port, NAME)).not.toBe("");
    expect(problems).toEqual([]);
    await close();
  });
});

/** Opens the demo's listener of HTTPS; its port. */
async function openListener(page: Page): Promise<number> {
  await page.getByRole("link", { name: "Load Balancers", exact: true }).click();
  await page.getByRole("link", { name: "cart-demo", exact: true }).click();
  const link = page.getByRole("link", { name: /^HTTPS:/ });
  const port = Number((await link.innerText()).split(":")[1]);
  await link.click();
  await page.getByRole("rowheader", { name: "Last (default)" }).waitFor();
  return port;
}

async function chooseCertificate(page: Page, label: string) {
  await page.getByRole("combobox", { name: label, exact: true }).click();
  await page.getByRole("option", { name: new RegExp(NAME) }).click();
}

/** Whom the certificate is for that a client gets who asks for `servername`. */
function nameOf(port: number, servername: string, maxVersion: "TLSv1.2" | "TLSv1.3" = "TLSv1.3"): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, servername, maxVersion, rejectUnauthorized: false }, () => {
      const { subjectaltname = "" } = socket.getPeerCertificate();
      socket.destroy();
      resolve(subjectaltname.replace(/^DNS:/, ""));
    });
    socket.once("error", reject);
  });
}
