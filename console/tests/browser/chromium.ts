/** Chromium as a test drives it. */
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { isBuilt } from "./demo";

const PROGRAMS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const PROGRAM = PROGRAMS.find((program) => existsSync(program));
/** Where pictures are put; they are made anew by each run. */
const PICTURES = join(import.meta.dirname, "../../built/pictures");
const DOCS = join(import.meta.dirname, "../../../docs/images");

/** Why tests with a browser are skipped, or null. */
export const MISSING =
  PROGRAM === undefined ? "Chromium (Debian: chromium) is not installed" : isBuilt ? null : "ELBOW_BIN is not built";

if (MISSING !== null) console.log(`skipped: ${MISSING}`);

export function launch(): Promise<Browser> {
  return chromium.launch({ ...(PROGRAM && { executablePath: PROGRAM }), args: ["--no-sandbox", "--disable-gpu"] });
}

/** A page of a new visitor. What the page's policy refuses and what breaks in it fails the test by `problems`. */
export async function visitor(browser: Browser, options: { dark?: boolean; width?: number } = {}) {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: 900 },
    colorScheme: options.dark ? "dark" : "light",
    // What fades in would be measured and pictured half there.
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const problems: string[] = [];
  const urls: string[] = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) problems.push(message.text());
  });
  page.on("request", (request) => urls.push(request.url()));
  return { page, problems, urls, close: () => context.close() };
}

/** Takes a picture. With `UPDATE=1` in the environment the documentation gets it, too, where it shows it. */
export async function picture(page: Page, name: string, inDocs?: string) {
  mkdirSync(PICTURES, { recursive: true });
  const path = join(PICTURES, `${name}.png`);
  await page.screenshot({ path });
  if (inDocs && process.env["UPDATE"]) copyFileSync(path, join(DOCS, inDocs));
}
