// What every spec starts from: a demo for each worker, the two places where the portal stands,
// a mailbox, and a watch over console, policy and layout that fails the test by itself.

import { AxeBuilder } from "@axe-core/playwright";
import { type ConsoleMessage, type Page, test as base, expect } from "@playwright/test";

import { Demo } from "./demo.ts";
import { Mailbox } from "./mailbox.ts";

export { expect };

/** What went wrong on the page without the test asking. */
export class Watch {
  private readonly found: string[] = [];
  private readonly expected: RegExp[] = [];

  constructor(page: Page, hosts: string[]) {
    page.on("pageerror", (error) => this.found.push(`uncaught: ${error.message}`));
    page.on("console", (message) => this.console(message));
    // A portal has no business anywhere else: no font, script or beacon from a third party.
    page.on("request", (request) => {
      const address = new URL(request.url());
      const ours = hosts.includes(address.origin) || !address.protocol.startsWith("http");
      if (!ours) this.found.push(`a request to a third party: ${request.url()}`);
    });
  }

  private console(message: ConsoleMessage) {
    if (message.type() !== "error") return;
    // The browser's own line for every 4xx; that the portal handles it is what tests look at.
    if (/the server responded with a status of 4\d\d/.test(message.text())) return;
    // A mail is shown in a frame where nothing runs, and axe looks into every frame.
    if (/Blocked script execution in 'about:srcdoc'/.test(message.text())) return;
    this.found.push(`console: ${message.text()}`);
  }

  /** Says that this test causes such an error on purpose. */
  expect(error: RegExp) {
    this.expected.push(error);
  }

  problems(): string[] {
    return this.found.filter((problem) => !this.expected.some((expected) => expected.test(problem)));
  }
}

/** A place where the portal stands, and how to get there. */
export interface Place {
  address: string;
  origin: string;
}

interface PerTest {
  watch: Watch;
  mailbox: Mailbox;
  /** Both places, for tests that hold on each. */
  places: Record<"foreign" | "hosted", Place>;
  /** The studio's own page, on another origin than the backend. */
  foreign: Place;
  /** The hosted twin. */
  hosted: Place;
}

interface PerWorker {
  demo: Demo;
}

export const test = base.extend<PerTest, PerWorker>({
  demo: [
    async ({}, use) => {
      const demo = await Demo.start();
      await use(demo);
      await demo.stop();
    },
    { scope: "worker", timeout: 60_000 },
  ],
  mailbox: async ({ demo }, use) => use(new Mailbox(demo)),
  places: async ({ demo }, use) =>
    use({
      foreign: { address: `${demo.website}/account.html`, origin: demo.website },
      hosted: { address: `${demo.host}/demo/login`, origin: demo.host },
    }),
  foreign: async ({ places }, use) => use(places.foreign),
  hosted: async ({ places }, use) => use(places.hosted),
  watch: [
    async ({ page, demo }, use, info) => {
      await page.addInitScript(observe);
      const watch = new Watch(page, [demo.host, demo.website, demo.sandbox]);
      await use(watch);
      if (info.status !== info.expectedStatus) {
        await info.attach("server.log", { body: demo.said().slice(-20_000), contentType: "text/plain" });
        return;
      }
      expect(watch.problems(), "errors on the page that the test did not expect").toEqual([]);
    },
    { auto: true },
  ],
});

interface Observed extends Window {
  layoutShifts?: string[];
  violations?: string[];
}

/** Runs in the page before its own scripts. */
export function observe() {
  const self = window as Observed;
  self.layoutShifts = [];
  self.violations = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const shift = entry as PerformanceEntry & {
        value: number;
        hadRecentInput: boolean;
        sources?: { node?: Node | null }[];
      };
      if (shift.hadRecentInput) continue;
      const moved = shift.sources?.map(({ node }) => node?.nodeName ?? "?").join(" ");
      self.layoutShifts!.push(`${shift.value.toFixed(4)} ${moved}`);
    }
  }).observe({ type: "layout-shift", buffered: true });
  addEventListener("securitypolicyviolation", (event) =>
    self.violations!.push(`${event.effectiveDirective} ${event.blockedURI}`),
  );
}

export const layoutShifts = (page: Page) => page.evaluate(() => (window as Observed).layoutShifts ?? []);

/** Of what the person looks at: another screen is longer or shorter, so the site's foot below it moves when it comes. */
export const shiftsInside = async (page: Page) => (await layoutShifts(page)).filter((shift) => !/^[\d.]+ FOOTER$/.test(shift));

export const violations = (page: Page) => page.evaluate(() => (window as Observed).violations ?? []);

/** No rule of axe is broken on what is shown now; `except` for a frame that runs no script, not even axe's. */
export async function checkAxe(page: Page, only?: string, except?: string) {
  const axe = new AxeBuilder({ page });
  if (except) axe.exclude(except);
  const { violations } = await (only ? axe.include(only) : axe).analyze();
  const told = violations.map((violation) => {
    const where = violation.nodes.map((node) => `${node.target.join(" ")}: ${node.failureSummary}`);
    return `${violation.id}: ${violation.help}\n  ${where.join("\n  ")}`;
  });
  expect(told, "axe").toEqual([]);
}
