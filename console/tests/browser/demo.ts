/** `elbow demo` as a test starts it: a process of its own, with a directory of its own for temporary files. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const BINARY = process.env["ELBOW_BIN"] ?? join(import.meta.dirname, "../../../target/debug/elbow");
const LAST_LINE = "Ctrl-C ends everything";
const START_MS = 30_000;
const LOWEST_PORT = 10_000;
const FIRST_EPHEMERAL_PORT = Number.parseInt(readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8"), 10);
const givenPorts = new Set<number>();

export const isBuilt = existsSync(BINARY);

export interface Pair {
  id: string;
  secret: string;
}

export class Demo {
  private constructor(
    private readonly process: ChildProcess,
    private readonly folder: string,
    /** What it has told. */
    readonly terminal: string,
    /** Where the cart's page is. */
    readonly shop: string,
  ) {}

  static async start(): Promise<Demo> {
    const folder = mkdtempSync(join(tmpdir(), "elbow-console-"));
    const [port, https] = [await freePort(), await freePort()];
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith("ELBOW_"));
    const environment = { ...Object.fromEntries(own), TMPDIR: folder };
    const ports = ["--port", String(port), "--https-port", String(https), "--api-port", "0"];
    const child = spawn(BINARY, ["demo", ...ports], { env: environment, stdio: ["ignore", "pipe", "pipe"] });
    try {
      return new Demo(child, folder, await welcome(child), `http://127.0.0.1:${port}/`);
    } catch (error) {
      child.kill("SIGKILL");
      throw error;
    }
  }

  /** The link that signs in, once. */
  get link(): string {
    return this.find(/Its console is at\s+(http\S+)/);
  }

  get console(): string {
    return this.link.replace(/#.*/, "");
  }

  get api(): string {
    return new URL(this.link).origin;
  }

  get pair(): Pair {
    return { id: this.find(/AWS_ACCESS_KEY_ID=(\S+)/), secret: this.find(/AWS_SECRET_ACCESS_KEY='([^']+)'/) };
  }

  get dataDir(): string {
    return this.find(/--data-dir '([^']+)'/);
  }

  get binary(): string {
    return BINARY;
  }

  /** Ends it as Ctrl-C does. */
  async end() {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    if (this.process.exitCode === null) {
      this.process.kill("SIGINT");
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private find(pattern: RegExp): string {
    const found = pattern.exec(this.terminal)?.[1];
    if (!found) throw new Error(`the demo does not tell ${pattern}: ${this.terminal}`);
    return found;
  }
}

function welcome(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let terminal = "";
    const fail = () => reject(new Error(`no demo: ${terminal}`));
    const limit = setTimeout(fail, START_MS);
    const read = (chunk: Buffer) => {
      terminal += chunk.toString();
      if (!terminal.includes(LAST_LINE)) return;
      clearTimeout(limit);
      resolve(terminal);
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("exit", fail);
  });
}

/**
 * A port that nobody uses at this moment. The system's own choice (port 0) may be the same twice before anybody listens
 * on it, and be given to an outgoing connection meanwhile: these are below the range from which the system chooses, and
 * at random, because test files run side by side.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST_PORT, FIRST_EPHEMERAL_PORT);
    if (!givenPorts.has(port) && (await isFree(port))) {
      givenPorts.add(port);
      return port;
    }
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
}

/** Runs a command of Elbow's on the demo's data directory; what it has said. */
export function elbow(demo: Demo, ...command: string[]): string {
  return execFileSync(demo.binary, [...command, "--data-dir", demo.dataDir], { encoding: "utf8" });
}
