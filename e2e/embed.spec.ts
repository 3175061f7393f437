// One test for each rule of how the portal behaves on foreign pages (R1-R9), most of them on the
// hostile host: CSS resets, a strict policy, slow scripts.

import type { Page } from "@playwright/test";

import { Portal } from "./support/portal.ts";
import { openMade, snippet, strictPolicy } from "./support/pages.ts";
import { checkAxe, expect, test, violations } from "./support/test.ts";

const hostile = (website: string, page = "css") => `${website}/hostile-host/${page}.html`;

test("R1: portals that come and go leave no nodes behind", async ({ page, demo }) => {
  await openMade(page, demo, { body: snippet(demo) });
  await new Portal(page).ready();
  const session = await page.context().newCDPSession(page);
  const nodes = async () => {
    // What WASM let go of is only free in a later round.
    for (let round = 0; round < 4; round++) {
      await session.send("HeapProfiler.collectGarbage");
      await page.waitForTimeout(50);
    }
    return (await session.send("Memory.getDOMCounters")).nodes;
  };
  const cycles = (times: number) =>
    page.evaluate(async (times) => {
      const place = document.querySelector("main")!;
      for (let turn = 0; turn < times; turn++) {
        const portal = document.createElement("portico-portal");
        portal.setAttribute("studio", "demo");
        place.append(portal);
        // Until Yew has rendered: the loader's note goes in that moment.
        while (portal.querySelector("[data-portico=note]")) await new Promise((done) => setTimeout(done, 5));
        portal.remove();
        await new Promise((done) => setTimeout(done, 5));
      }
    }, times);
  await cycles(5);
  const before = await nodes();
  await cycles(30);
  // A whole portal is 25 nodes and more; one empty node each is Yew's own.
  expect(((await nodes()) - before) / 30).toBeLessThan(8);
});

test("R2: on a page that is a Yew app itself, a click inside does not run the page's handlers", async ({ page, demo }) => {
  await openMade(page, demo, { body: snippet(demo) });
  const portal = new Portal(page);
  await portal.ready();
  // Yew marks each root it listens on with a number of its own module; ours has to be past those
  // that a host's module would use.
  const numbers = await page.evaluate(() => {
    const found: number[] = [];
    const look = (root: ShadowRoot | Element) => {
      for (const element of root.querySelectorAll("*")) {
        for (const name of Object.keys(element)) {
          const value = (element as unknown as Record<string, unknown>)[name];
          if (name.includes("yew_subtree_id") && typeof value === "number") found.push(value);
        }
      }
    };
    look(document.body);
    const shadow = document.querySelector("portico-portal")!.shadowRoot!;
    look(shadow);
    return found;
  });
  expect(numbers.length).toBeGreaterThan(0);
  for (const number of numbers) expect(number).toBeGreaterThan(60);
});

test("R3: a click, a submit and Enter all reach the portal from the slotted form", async ({ page, demo, mailbox }) => {
  const acts = [
    (portal: Portal) => portal.button("Continue").click(),
    (portal: Portal) => portal.email.press("Enter"),
    (portal: Portal) => portal.page.locator("portico-portal form").evaluate((form) => (form as HTMLFormElement).requestSubmit()),
  ];
  for (const act of acts) {
    const portal = new Portal(page);
    await portal.page.goto("about:blank");
    await portal.open(hostile(demo.website));
    await portal.ready();
    await mailbox.forget("client@demo.test");
    await portal.email.fill("client@demo.test");
    const asked: string[] = [];
    page.on("request", (request) => request.method() === "POST" && request.url().endsWith("/sign-in/code") && asked.push(request.url()));
    await act(portal);
    await expect(portal.code).toBeVisible();
    expect(asked, "one press asks once").toHaveLength(1);
    page.removeAllListeners("request");
  }
});

/** What the hostile page's CSS could have done to the fields. */
const looks = (page: Page) =>
  page.locator("portico-portal form").evaluate((form) => {
    const look = (element: Element) => {
      const style = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      return {
        display: style.display,
        opacity: style.opacity,
        visibility: style.visibility,
        fontSize: style.fontSize,
        direction: style.direction,
        textTransform: style.textTransform,
        transform: style.transform,
        height: Math.round(box.height),
      };
    };
    return [...form.querySelectorAll("h2, label, input[type=email], button[type=submit]")].map(look);
  });

test("R4: the page's CSS does not reach the fields", async ({ page, demo, foreign }) => {
  const portal = new Portal(page);
  await portal.open(foreign.address);
  await portal.ready();
  const plain = await looks(page);
  await portal.open(hostile(demo.website));
  await portal.ready();
  expect(await looks(page)).toEqual(plain);
  await expect(portal.email).toBeVisible();
});

test("R4: labels and Enter hold across the nested fields", async ({ page, demo }) => {
  const portal = new Portal(page);
  await portal.open(hostile(demo.website));
  await portal.ready();
  await page.locator("portico-portal label").first().click();
  await expect(portal.email).toBeFocused();
  const owned = await portal.email.evaluate((input) => (input as HTMLInputElement).form === input.closest("form"));
  expect(owned).toBe(true);
  await checkAxe(page, "portico-portal");
});

test("R5 R6: a strict policy sees no inline style, no data: image, no violation at all", async ({ page, demo, mailbox }) => {
  await openMade(page, demo, { body: snippet(demo), policy: strictPolicy(demo) });
  const portal = new Portal(page);
  await portal.ready();
  await portal.signInByCode(mailbox, "client@demo.test");
  await portal.goTo("Personal Info");
  expect(await violations(page)).toEqual([]);
  const found = await page.evaluate(() => {
    const root = document.querySelector("portico-portal")!.shadowRoot!;
    const sheets = [...root.adoptedStyleSheets].flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText));
    return { styled: root.querySelectorAll("[style], style").length, data: sheets.filter((rule) => rule.includes("url(")) };
  });
  expect(found).toEqual({ styled: 0, data: [] });
});

test("R5 R6: the hosted page's own policy is strict and never broken", async ({ page, hosted, mailbox }) => {
  const reply = await page.goto(hosted.address);
  const policy = reply?.headers()["content-security-policy"] ?? "";
  for (const rule of ["default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "frame-ancestors 'none'", "base-uri 'none'"]) {
    expect(policy).toContain(rule);
  }
  const portal = new Portal(page);
  await portal.ready();
  await portal.signInByCode(mailbox, "client@demo.test");
  expect(await violations(page)).toEqual([]);
});

test("R7: every file comes from the backend by an absolute address with its hash", async ({ page, demo, foreign }) => {
  const files: URL[] = [];
  page.on("response", (response) => {
    const address = new URL(response.url());
    if (address.pathname.startsWith("/assets/")) {
      files.push(address);
      expect(response.headers()["cache-control"]).toContain("immutable");
    }
  });
  const portal = new Portal(page);
  await portal.open(foreign.address);
  await portal.ready();
  expect(files.map((file) => file.pathname.split(".").pop()).sort()).toEqual(["js", "json", "wasm"]);
  for (const file of files) {
    expect(file.origin).toBe(demo.host);
    expect(file.pathname).toMatch(/^\/assets\/[0-9a-f]{16}\/[\w-]+-[0-9a-f]{12}\.\w+$/);
  }
});

test("R8: the module carries no names", async ({ page, foreign }) => {
  const loaded = page.waitForResponse((response) => response.url().endsWith(".wasm"));
  await page.goto(foreign.address);
  const bytes = await (await loaded).body();
  const module = await WebAssembly.compile(new Uint8Array(bytes));
  for (const section of ["name", "producers"]) expect(WebAssembly.Module.customSections(module, section)).toHaveLength(0);
});

test("R9: in a sandbox without forms a click and Enter still sign in", async ({ page, demo, mailbox }) => {
  const policy = "sandbox allow-scripts allow-same-origin";
  await openMade(page, demo, { body: snippet(demo), policy });
  const portal = new Portal(page);
  await portal.ready();
  await mailbox.forget("client@demo.test");
  await portal.email.fill("client@demo.test");
  await portal.email.press("Enter");
  await portal.enterCode(await mailbox.code("client@demo.test"));
  await portal.isIn();
});

const REFUSALS = [
  { what: "WASM", policy: (host: string) => `script-src ${host}; connect-src ${host}` },
  { what: "our scripts", policy: () => `script-src 'none'` },
  { what: "our addresses", policy: (host: string) => `script-src ${host} 'wasm-unsafe-eval'; connect-src 'none'` },
];

for (const { what, policy } of REFUSALS) {
  test(`a page whose policy refuses ${what} shows the plain link (K4)`, async ({ page, demo, watch }) => {
    watch.expect(/Content Security Policy|ERR_BLOCKED_BY_CSP|Failed to fetch/);
    await openMade(page, demo, { body: snippet(demo), policy: policy(demo.host) });
    const link = page.locator("portico-portal").getByRole("link", { name: "My Account" });
    await expect(link).toBeVisible();
    await expect(link).toHaveAttribute("href", `${demo.host}/demo/login`);
    await expect(new Portal(page).email).toBeHidden();
  });
}

test("a website that is not on the studio's list reads so, with what to do and the plain link (K10)", async ({ page, demo, watch }) => {
  const website = "https://fernlight.example";
  watch.expect(/third party: https:\/\/fernlight\.example|blocked by CORS policy|ERR_FAILED/);
  await openMade(page, demo, { body: snippet(demo), website });
  const portal = page.locator("portico-portal");
  await expect(portal.getByText("This website is not on the studio's list")).toBeVisible();
  await expect(portal.getByText("Fernlight Studio")).toBeVisible();
  await expect(portal.getByText("Your account opens on a page of its own")).toContainText(`add ${website} under “Website”`);
  const link = portal.getByRole("link", { name: "My Account" });
  await expect(link).toBeVisible();
  await expect(link).toHaveAttribute("href", `${demo.host}/demo/login`);
  await expect(new Portal(page).email).toBeHidden();
  await checkAxe(page, "portico-portal");
});

for (const host of ["css", "csp", "delayed", "doubled", "reordered", "rtl", "no-storage"]) {
  test(`a client comes in on the hostile page "${host}" as on any other (K1)`, async ({ page, demo, mailbox }) => {
    await page.goto(hostile(demo.website, host));
    // On a page with two portals, the first.
    const email = page.getByLabel("Email address").first();
    const say = (name: string) => page.getByRole("button", { name, exact: true }).first();
    await expect(say("Use password")).toBeVisible();
    await mailbox.forget("client@demo.test");
    await email.fill("client@demo.test");
    await say("Continue").click();
    await page.getByLabel("Code", { exact: true }).first().fill(await mailbox.code("client@demo.test"));
    await say("Submit").click();
    await new Portal(page).isIn();
    expect(await violations(page)).toEqual([]);
    await checkAxe(page, "portico-portal");
  });
}

test("R9: in a sandboxed frame a client comes in too (K1)", async ({ page, demo, mailbox }) => {
  await page.goto(hostile(demo.website, "frame"));
  const frame = page.frameLocator("iframe");
  await expect(frame.getByRole("button", { name: "Use password" })).toBeVisible();
  await mailbox.forget("client@demo.test");
  await frame.getByLabel("Email address").fill("client@demo.test");
  await frame.getByLabel("Email address").press("Enter");
  await frame.getByLabel("Code", { exact: true }).fill(await mailbox.code("client@demo.test"));
  await frame.getByRole("button", { name: "Submit" }).click();
  await expect(frame.getByRole("heading", { name: /^Hello, / })).toBeVisible();
});
