// The first second on the studio's page: before, during and after the portal's module arrives.
// Rows K1 K4 K5.

import { Portal } from "./support/portal.ts";
import { WASM, holdBack, openMade, snippet } from "./support/pages.ts";
import { checkAxe, expect, layoutShifts, test } from "./support/test.ts";

test("the email field can be used after one request, embed.js (K1)", async ({ page, demo, foreign }) => {
  const ours: string[] = [];
  page.on("request", (request) => {
    if (request.url().startsWith(demo.host)) ours.push(request.url());
  });
  let release = () => {};
  const held = new Promise<void>((done) => (release = done));
  await page.route(
    (url) => url.origin === demo.host && url.pathname !== "/embed.js",
    async (route) => {
      await held;
      await route.continue().catch(() => {});
    },
  );
  const portal = new Portal(page);
  await portal.open(foreign.address);
  await portal.email.fill("client@demo.test");
  expect(ours[0]).toBe(`${demo.host}/embed.js`);
  await checkAxe(page, "portico-portal");
  release();
  await portal.ready();
  await expect(portal.email).toHaveValue("client@demo.test");
});

test("what is typed while the module loads keeps text, focus and caret (K1)", async ({ page, foreign }) => {
  const release = await holdBack(page, WASM);
  const portal = new Portal(page);
  await portal.open(foreign.address);
  await portal.email.click();
  await page.keyboard.type("client@demo.tt");
  await page.keyboard.press("ArrowLeft");
  await portal.email.evaluate((input) => {
    const seen: string[] = [];
    Object.assign(window, { field: input, seen });
    for (const kind of ["blur", "focus"]) input.addEventListener(kind, () => seen.push(kind));
  });
  release();
  await page.keyboard.type("e");
  await portal.ready();
  await page.keyboard.type("s");
  await expect(portal.email).toHaveValue("client@demo.test");
  await expect(portal.email).toBeFocused();
  const kept = await portal.email.evaluate((input) => {
    const page = window as unknown as { field: Element; seen: string[] };
    return { same: page.field === input, seen: page.seen };
  });
  expect(kept).toEqual({ same: true, seen: [] });
});

test("pressing Continue before the module is there asks for the code when it is (K1 A3)", async ({ page, mailbox, foreign }) => {
  const release = await holdBack(page, WASM);
  const portal = new Portal(page);
  await portal.open(foreign.address);
  await mailbox.forget("client@demo.test");
  await portal.enterEmail("client@demo.test");
  release();
  await expect(portal.code).toBeFocused();
  await portal.enterCode(await mailbox.code("client@demo.test"));
  await portal.isIn();
});

for (const where of ["foreign", "hosted"] as const) {
  test(`nothing on the ${where} page moves while the portal arrives (K5)`, async ({ page, places }) => {
    const release = await holdBack(page, /\/settings$|\.wasm$/);
    const portal = new Portal(page);
    await portal.open(places[where].address);
    await page.waitForTimeout(200);
    release();
    await portal.ready();
    await page.waitForTimeout(300);
    expect(await layoutShifts(page)).toEqual([]);
  });
}

test("a lost network is said, nothing typed is lost, and it goes on by itself (A12)", async ({ page, context, watch, mailbox, foreign }) => {
  watch.expect(/ERR_INTERNET_DISCONNECTED/);
  const portal = new Portal(page);
  await portal.open(foreign.address);
  await portal.ready();
  await mailbox.forget("client@demo.test");
  await context.setOffline(true);
  await portal.enterEmail("client@demo.test");
  await expect(portal.says("No connection")).toBeVisible();
  await expect(portal.email).toHaveValue("client@demo.test");
  await checkAxe(page);
  await context.setOffline(false);
  await expect(portal.code).toBeVisible({ timeout: 15_000 });
  await portal.enterCode(await mailbox.code("client@demo.test"));
  await portal.isIn();
});

test("a network lost while the module loads is said, and it is fetched again (K1)", async ({ page, watch, foreign }) => {
  watch.expect(/ERR_FAILED/);
  let refusals = 0;
  await page.route(WASM, (route) => (refusals++ < 1 ? route.abort("failed") : route.continue()));
  const portal = new Portal(page);
  await portal.open(foreign.address);
  await portal.email.fill("client@demo.test");
  await expect(portal.says(/No connection/)).toBeVisible();
  await expect(portal.button("Use password")).toBeVisible({ timeout: 15_000 });
  await expect(portal.email).toHaveValue("client@demo.test");
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });
  test("the plain link inside the snippet leads to the hosted page (K4)", async ({ page, demo, foreign }) => {
    await page.goto(foreign.address);
    const link = page.locator("portico-portal").getByRole("link", { name: "My Account" });
    await expect(link).toBeVisible();
    await expect(link).toHaveAttribute("href", `${demo.host}/demo/login`);
  });
});

test("where the loader does not come, the plain link stays (K4)", async ({ page, demo, watch, foreign }) => {
  watch.expect(/ERR_FAILED/);
  await page.route(`${demo.host}/embed.js`, (route) => route.abort("failed"));
  await page.goto(foreign.address);
  await expect(page.locator("portico-portal").getByRole("link", { name: "My Account" })).toBeVisible();
});

test("pasted twice, script and element: two portals, each with its own form (K1)", async ({ page, demo }) => {
  await openMade(page, demo, { body: snippet(demo) + snippet(demo) });
  const portal = new Portal(page);
  await expect(portal.button("Use password")).toHaveCount(2);
  await portal.email.first().fill("one@demo.test");
  await expect(portal.email.last()).toHaveValue("");
  const ids = await page.locator("portico-portal input").evaluateAll((inputs) => inputs.map((input) => input.id));
  expect(new Set(ids).size).toBe(ids.length);
});

test("a page that swaps its content can take the portal out and put it back (K1)", async ({ page, demo }) => {
  await openMade(page, demo, { body: `<div id="there">${snippet(demo)}</div><div id="here"></div>` });
  const portal = new Portal(page);
  await portal.ready();
  await portal.email.fill("moved@demo.test");
  // Moved in one task: it keeps its state.
  await page.evaluate(() => document.querySelector("#here")!.append(document.querySelector("portico-portal")!));
  await expect(portal.email).toHaveValue("moved@demo.test");
  // Taken out and put back later: a fresh start.
  await page.evaluate(async () => {
    const portal = document.querySelector("portico-portal")!;
    portal.remove();
    await new Promise((done) => setTimeout(done, 100));
    document.querySelector("#there")!.append(portal);
  });
  await portal.ready();
  await expect(portal.email).toHaveCount(1);
});

test("nothing of the portal is left on the page after its removal (K1)", async ({ page, demo }) => {
  await openMade(page, demo, { body: `<div id="place"></div>` });
  const globals = () => page.evaluate(() => Object.getOwnPropertyNames(window).sort());
  const before = await globals();
  await page.evaluate((html) => document.querySelector("#place")!.append(document.createRange().createContextualFragment(html)), snippet(demo));
  await new Portal(page).ready();
  await page.evaluate(() => document.querySelector("#place")!.replaceChildren());
  await page.waitForTimeout(100);
  expect((await globals()).filter((name) => !before.includes(name))).toEqual([]);
  expect(await page.evaluate(() => document.querySelectorAll("style, [style]").length + document.adoptedStyleSheets.length)).toBe(0);
  expect(await page.evaluate(() => Object.keys(sessionStorage).length + Object.keys(localStorage).length)).toBe(0);
});

test("320 px wide, nothing has to be scrolled sideways (K5)", async ({ page, mailbox, foreign }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  const portal = new Portal(page);
  const sideways = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  await portal.open(foreign.address);
  await portal.ready();
  expect(await sideways()).toBeLessThanOrEqual(0);
  await portal.signInByCode(mailbox, "client@demo.test");
  expect(await sideways()).toBeLessThanOrEqual(0);
});
