// What a visitor with a slow telephone on a slow line waits for, beside the same form in plain HTML and in Preact. The
// figures of one run are to be compared with each other alone.

import type { Browser, Page } from "@playwright/test";

import { Portal } from "../support/portal.ts";
import { signIn } from "../support/staff.ts";
import { expect, test } from "../support/test.ts";
import { type Site, serve } from "./site.ts";

const ROUNDS = 11;
const KINDS = ["plain", "preact", "ours"] as const;
/** Ours may take so much longer than Preact's. */
const MOST = 1.15;
/** Where the rounds of Preact's lie further apart, other work disturbed the run, and its ratio says nothing. */
const VOID = 1.25;
/** What a page may be held up for at a time, in milliseconds. */
const LONG = 50;

interface Seen {
  /** Since the page was asked for: the field stands on the screen. */
  field?: number;
  /** The widget has taken over. */
  ready?: number;
  shift: number;
  /** Files of the portal that had come when the field could be used. */
  before: string[];
}

/** Runs in the page before its own scripts. */
function watch() {
  const seen: Seen = { shift: 0, before: [] };
  Object.assign(window, { seen });
  type Shift = PerformanceEntry & { value: number; hadRecentInput: boolean };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as Shift[]) if (!entry.hadRecentInput) seen.shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  addEventListener("portico-ready", () => (seen.ready = performance.now()));
  const look = new MutationObserver(() => {
    if (!document.querySelector("input[name=email]")) return;
    look.disconnect();
    // Asked for at once, its height would have the page laid out within the script that is measured.
    requestAnimationFrame(function shown() {
      const field = document.querySelector("input[name=email]");
      if (!field || field.getBoundingClientRect().height < 10) return requestAnimationFrame(shown);
      // After the frame that shows it.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        performance.mark("portico-field");
        seen.field = performance.now();
        const came = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
        seen.before = came.filter((one) => one.responseEnd > 0 && one.responseEnd <= seen.field!).map((one) => one.name);
      };
      port2.postMessage(0);
    });
  });
  look.observe(document, { childList: true, subtree: true });
}

/** A page of a browser that knows nothing yet, four times slower, at 1.6 Mbit/s and 150 ms a request. */
async function slowPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, reducedMotion: "reduce" });
  const page = await context.newPage();
  await page.addInitScript(watch);
  const devtools = await context.newCDPSession(page);
  await devtools.send("Network.enable");
  await devtools.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 150,
    downloadThroughput: 1_600_000 / 8,
    uploadThroughput: 750_000 / 8,
  });
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  return page;
}

const seenOn = (page: Page) => page.evaluate(() => (window as unknown as { seen: Seen }).seen);

const median = (all: number[]) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)];
const whole = (ms: number) => Math.round(ms);

let site: Site;
test.beforeAll(async ({ demo, browser }) => {
  site = await serve(demo.host);
  // The page's origin is one of the studio's.
  const page = await browser.newPage();
  await signIn(page, demo.host, "owner@demo.test");
  await page.goto(`${demo.host}/admin/website`);
  await page.getByLabel("Add a website").fill(site.origin);
  await page.getByRole("button", { name: "Add website" }).click();
  await expect(page.getByText(site.origin).first()).toBeVisible();
  await page.close();
});
test.afterAll(() => site?.stop());

test("the email field can be used about as soon as the same form in Preact, and nothing moves (K1 K5)", async ({ browser, demo }) => {
  const took: Record<(typeof KINDS)[number], Seen[]> = { plain: [], preact: [], ours: [] };
  for (let round = 0; round < ROUNDS; round++) {
    // Each of them is the first of a round as often as the others.
    for (const kind of [...KINDS.slice(round % 3), ...KINDS.slice(0, round % 3)]) {
      const page = await slowPage(browser);
      await page.goto(`${site.origin}/${kind}`, { waitUntil: "commit" });
      const last = kind === "ours" ? "ready" : "field";
      await page.waitForFunction((name) => (window as unknown as { seen: Seen }).seen?.[name as "field"], last, { polling: 100 });
      await page.waitForTimeout(300);
      took[kind].push(await seenOn(page));
      await page.context().close();
    }
  }
  const field = (kind: (typeof KINDS)[number]) => median(took[kind].map((seen) => seen.field!));
  const [plain, preact, ours] = KINDS.map(field);
  const all = took.ours;
  console.log(`usable email field, median of ${ROUNDS}: plain HTML ${whole(plain)} ms, Preact ${whole(preact)} ms (${site.bytes} bytes), ours ${whole(ours)} ms; ours to Preact ${(ours / preact).toFixed(3)}`);
  console.log(`each: ${KINDS.map((kind) => `${kind} ${took[kind].map((seen) => whole(seen.field!)).join(" ")}`).join("; ")}`);
  console.log(`widget ready ${whole(median(all.map((seen) => seen.ready!)))} ms; layout shift ${Math.max(...all.map((seen) => seen.shift))}`);
  expect(all.map((seen) => seen.shift)).toEqual(all.map(() => 0));
  for (const seen of all) expect(seen.before).toEqual([`${demo.host}/embed.js`]);
  const sorted = took.preact.map((seen) => seen.field!).toSorted((a, b) => a - b);
  const apart = sorted[Math.floor(ROUNDS * 0.75)] / sorted[Math.floor(ROUNDS * 0.25)];
  test.skip(apart > VOID, `void: other work on the machine, the rounds of Preact's lie ${apart.toFixed(2)} apart`);
  expect(ours / preact, "ours to Preact").toBeLessThanOrEqual(MOST);
});

test("the reply that accepts the code carries home, and no code is loaded twice (K1)", async ({ browser, demo, mailbox }) => {
  const waited: number[] = [];
  for (let round = 0; round < 3; round++) {
    const page = await slowPage(browser);
    const asked: { method: string; path: string }[] = [];
    page.on("request", (request) => {
      const address = new URL(request.url());
      if (address.origin === demo.host && request.method() !== "OPTIONS") asked.push({ method: request.method(), path: address.pathname });
    });
    const portal = new Portal(page);
    await page.goto(`${site.origin}/ours`, { waitUntil: "commit" });
    const code = await portal.askCode(mailbox, "client@demo.test");
    await portal.code.fill(code);
    await portal.pause();
    const before = asked.length;
    const home = page.evaluate(
      () =>
        new Promise<number>((done) => {
          const portal = document.querySelector("portico-portal")!;
          const begun = { at: 0 };
          document.addEventListener("keydown", () => (begun.at = performance.now()), { capture: true, once: true });
          const look = () => {
            const there = [...portal.shadowRoot!.querySelectorAll("h1,h2,h3")].some((one) => one.textContent!.startsWith("Hello, "));
            if (there) done(performance.now() - begun.at);
            else requestAnimationFrame(look);
          };
          look();
        }),
    );
    await portal.code.press("Enter");
    waited.push(await home);
    const reports = (one: { path: string }) => one.path.endsWith("/embed-report");
    const until = asked.slice(0, before).filter((one) => !reports(one));
    const after = asked.slice(before).filter((one) => !reports(one));
    const files = until.filter((one) => one.method === "GET").map((one) => one.path);
    if (round === 0) {
      console.log(`before home: ${files.length} files (${files.join(" ")}), calls ${until.filter((one) => one.method === "POST").map((one) => one.path).join(" ")}`);
      console.log(`from the code to home and a moment on: ${after.map((one) => `${one.method} ${one.path}`).join(", ")}`);
    }
    expect(files.length, files.join(" ")).toBeLessThanOrEqual(6);
    expect(new Set(files).size, "no file twice").toBe(files.length);
    expect(until.filter((one) => one.method === "POST")).toHaveLength(1);
    expect(after[0]).toEqual({ method: "POST", path: "/api/portal/v1/demo/sign-in/code/redeem" });
    // A line for news is opened once home stands; nothing home itself waits for.
    expect(after.slice(1).filter((one) => !/\/live/.test(one.path))).toEqual([]);
    await page.context().close();
  }
  console.log(`home after the code, median of ${waited.length}: ${whole(median(waited))} ms`);
});

interface Traced {
  name: string;
  pid: number;
  tid: number;
  /** In microseconds, as all that follows. */
  ts: number;
  dur?: number;
  /** Of the processor: what else the machine does is not in it. */
  tdur?: number;
  args: { data?: { url?: string } };
}

interface Held {
  /** From the first script of the portal to the field on the screen. */
  field: number;
  /** The longest task from that script on. */
  longest: number;
}

/** Milliseconds of the slowed processor in the page's own thread. */
async function held(browser: Browser, kind: "preact" | "ours"): Promise<Held> {
  const page = await slowPage(browser);
  await browser.startTracing(page, { categories: ["devtools.timeline", "disabled-by-default-devtools.timeline", "blink.user_timing"] });
  await page.goto(`${site.origin}/${kind}`, { waitUntil: "commit" });
  const last = kind === "ours" ? "ready" : "field";
  await page.waitForFunction((name) => (window as unknown as { seen: Seen }).seen?.[name as "field"], last, { polling: 100 });
  await page.waitForTimeout(300);
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: Traced[] };
  await page.context().close();
  const script = traceEvents.find((one) => one.name === "EvaluateScript" && /\/(embed|form)\.js$/.test(one.args.data?.url ?? ""))!;
  const shown = traceEvents.find((one) => one.name === "portico-field")!;
  const here = (one: Traced) => one.name === "RunTask" && one.pid === script.pid && one.tid === script.tid;
  const run = traceEvents.filter((one) => here(one) && one.ts + (one.dur ?? 0) > script.ts && one.tdur !== undefined);
  const took = (some: Traced[]) => some.map((one) => one.tdur! / 1_000);
  return {
    field: took(run.filter((one) => one.ts < shown.ts)).reduce((sum, one) => sum + one, 0),
    longest: Math.max(...took(run)),
  };
}

test("how long the portal's tasks hold the page up", async ({ browser }) => {
  const kinds = ["preact", "ours"] as const;
  const all: Record<(typeof kinds)[number], Held[]> = { preact: [], ours: [] };
  for (let round = 0; round < 5; round++) for (const kind of kinds) all[kind].push(await held(browser, kind));
  for (const kind of kinds) {
    const [field, longest] = [median(all[kind].map((one) => one.field)), median(all[kind].map((one) => one.longest))];
    const said = longest > LONG ? `, over the ${LONG} of the budget` : "";
    console.log(`${kind}: ${whole(field)} ms of the slowed processor from the script to the field; the longest task ${whole(longest)} ms${said}`);
  }
});
