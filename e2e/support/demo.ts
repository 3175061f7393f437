// A demo of one's own: free ports, a database in a temporary folder, gone at the end.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

export class Demo {
  private constructor(
    /** The hosted backend's origin. */
    readonly host: string,
    /** The demo studio's own website, another origin. */
    readonly website: string,
    /** The payment sandbox's origin. */
    readonly sandbox: string,
    private readonly server: ChildProcess,
    private readonly folder: string,
    private readonly log: string[],
  ) {}

  static async start(): Promise<Demo> {
    const binary = process.env.E2E_BINARY;
    if (!binary) throw new Error("E2E_BINARY names the server; `cargo xtask e2e` builds it and sets it");
    const [backend, website, sandbox] = [await freePort(), await freePort(), await freePort()];
    const host = `http://127.0.0.1:${backend}`;
    const folder = await mkdtemp(path.join(tmpdir(), "portico-e2e-"));
    const log: string[] = [];
    const server = spawn(binary, ["demo"], {
      // In the root: the demo's website is read from examples/.
      cwd: root,
      env: {
        ...withoutSettings(process.env),
        PORTICO_LISTEN: `127.0.0.1:${backend}`,
        PORTICO_PUBLIC_URL: host,
        PORTICO_DEMO_SITE_LISTEN: `127.0.0.1:${website}`,
        PORTICO_DEMO_SANDBOX_LISTEN: `127.0.0.1:${sandbox}`,
        PORTICO_DATABASE_URL: `sqlite:${path.join(folder, "portico.db")}`,
        PORTICO_STORAGE_URL: `file:${path.join(folder, "files")}`,
        // A run signs in more often than any person does.
        PORTICO_LIMITS__CODE_SECONDS: "1",
        PORTICO_LIMITS__CODES_PER_HOUR: "1000",
        PORTICO_LIMITS__PER_ADDRESS: "100000",
        PORTICO_LIMITS__STUDIO_FAILURES: "100000",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    server.stdout!.on("data", (text) => log.push(String(text)));
    server.stderr!.on("data", (text) => log.push(String(text)));
    const demo = new Demo(host, `http://127.0.0.1:${website}`, `http://127.0.0.1:${sandbox}`, server, folder, log);
    try {
      await demo.ready();
    } catch (error) {
      await demo.stop();
      throw error;
    }
    return demo;
  }

  private async ready() {
    const until = Date.now() + 40_000;
    while (Date.now() < until) {
      if (this.server.exitCode !== null) break;
      const reply = await fetch(`${this.host}/readyz`).catch(() => null);
      const page = reply?.ok && (await fetch(this.website).catch(() => null));
      if (page && page.ok) return;
      await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error(`The demo did not get ready:\n${this.said()}`);
  }

  /** The server's own words, for a failed test. */
  said(): string {
    return this.log.join("");
  }

  async stop() {
    if (this.server.exitCode === null && this.server.signalCode === null) {
      const gone = once(this.server, "exit");
      this.server.kill("SIGTERM");
      const timer = setTimeout(() => this.server.kill("SIGKILL"), 10_000);
      await gone;
      clearTimeout(timer);
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Settings of the shell that started the run are not the demo's. */
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("PORTICO_")));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
