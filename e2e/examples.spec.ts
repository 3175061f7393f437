// The pages of examples/ that no other spec drives: sites that swap their content, tools that
// rewrite the snippet, a React application. None of it depends on the screen.

import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { Portal } from "./support/portal.ts";
import { checkAxe, expect, layoutShifts, test } from "./support/test.ts";

test("on a site that swaps its pages the portal comes and goes with its own (K1)", async ({ page, demo, mailbox }) => {
  await page.goto(`${demo.website}/page-swap/index.html`);
  const go = (name: string) => page.getByRole("navigation", { name: "Main" }).getByRole("link", { name }).click();
  const portal = new Portal(page);
  await go("My Account");
  await portal.ready();
  await portal.signInByCode(mailbox, "client@demo.test");
  await go("Home");
  await expect(page.locator("portico-portal")).toHaveCount(0);
  // The script runs once more, and who was signed in still is.
  await page.goBack();
  await portal.isIn();
  await go("Home");
  await go("My Account");
  await portal.isIn();
  await expect(page.locator("portico-portal")).toHaveCount(1);
});

test("a page whose rem is ten pixels leaves the portal as large as anywhere (K1)", async ({ page, demo, foreign }) => {
  const portal = new Portal(page);
  const looks = () =>
    page.locator("portico-portal").evaluate((element) => {
      const all = [...element.querySelectorAll("h2, label, input, button"), ...element.shadowRoot!.querySelectorAll("*")];
      return all.map((one) => `${one.localName} ${getComputedStyle(one).fontSize} ${getComputedStyle(one).lineHeight}`);
    });
  await portal.open(foreign.address);
  await portal.ready();
  const usual = await looks();
  await portal.open(`${demo.website}/hostile-host/rem.html`);
  await portal.ready();
  expect(await looks()).toEqual(usual);
});

test("a copy of the script from another address knows its host (K1)", async ({ page, demo }) => {
  await page.goto(`${demo.website}/hostile-host/rehosted.html`);
  await new Portal(page).ready();
});

test("a script that a tool holds back until the visitor moves leaves the link, then the portal (K1 K4)", async ({ page, demo }) => {
  await page.goto(`${demo.website}/hostile-host/optimiser.html`);
  const link = page.getByRole("link", { name: "My Account" });
  await expect(link).toHaveAttribute("href", `${demo.host}/demo/login`);
  await page.mouse.move(50, 50);
  await new Portal(page).ready();
  await expect(link).toBeHidden();
});

for (const [what, search] of [
  ["wraps the browser's", ""],
  ["answers with objects of its own", "?own"],
] as const) {
  test(`a page's own fetch that ${what} does not disturb the portal (K1)`, async ({ page, demo, mailbox }) => {
    await page.goto(`${demo.website}/hostile-host/fetch.html${search}`);
    const portal = new Portal(page);
    await portal.ready();
    await portal.signInByCode(mailbox, "client@demo.test");
    const asked = await page.evaluate(() => (window as unknown as { asked: string[] }).asked);
    expect(asked.some((address) => address.endsWith(".wasm")), "the page's own fetch was asked").toBe(true);
  });
}

for (const refused of ["csp-no-wasm", "csp-no-script"]) {
  test(`the example page "${refused}" shows the plain link (K4)`, async ({ page, demo, watch }) => {
    watch.expect(/Content Security Policy|ERR_BLOCKED_BY_CSP/);
    await page.goto(`${demo.website}/hostile-host/${refused}.html`);
    await expect(page.getByRole("link", { name: "My Account" })).toBeVisible();
    await expect(new Portal(page).email).toBeHidden();
  });
}

test("the example page that moves, removes and puts back its portal (K1)", async ({ page, demo }) => {
  await page.goto(`${demo.website}/hostile-host/swap.html`);
  const portal = new Portal(page);
  await portal.ready();
  await portal.email.fill("moved@demo.test");
  await portal.button("Move").click();
  await expect(portal.email).toHaveValue("moved@demo.test");
  await portal.button("Remove").click();
  await expect(portal.email).toHaveCount(0);
  await portal.button("Put back").click();
  await portal.ready();
  await expect(portal.email).toHaveValue("");
});

test.describe("a React application", () => {
  let app: string;
  test.beforeAll(async () => {
    const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));
    const built = await build({
      entryPoints: [file("../examples/react/main.jsx")],
      bundle: true,
      format: "esm",
      jsx: "automatic",
      // React as developers run it, whose strict mode does everything twice.
      define: { "process.env.NODE_ENV": '"development"' },
      nodePaths: [file("node_modules")],
      write: false,
    });
    app = built.outputFiles[0]!.text;
  });
  test.beforeEach(async ({ page, demo }) => {
    await page.route(`${demo.website}/react/app.js`, (route) => route.fulfill({ contentType: "text/javascript", body: app }));
  });

  test("has the portal as a component, through strict mode, routes and redraws (K1)", async ({ page, demo, mailbox }) => {
    const scripts: string[] = [];
    page.on("request", (request) => request.url().endsWith("/embed.js") && scripts.push(request.url()));
    await page.goto(`${demo.website}/react/index.html`);
    const go = (name: string) => page.getByRole("navigation", { name: "Main" }).getByRole("link", { name }).click();
    const portal = new Portal(page);
    await go("My Account");
    await portal.ready();
    await expect(portal.email).toHaveCount(1);
    await portal.email.fill("client@demo.test");
    await portal.button(/Draw again/).click();
    await expect(portal.button("Draw again (1)")).toBeVisible();
    await expect(portal.email).toHaveValue("client@demo.test");

    await go("Home");
    await expect(page.locator("portico-portal")).toHaveCount(0);
    await page.goBack();
    await portal.ready();
    await expect(portal.email).toHaveValue("");

    await portal.button("Dark").click();
    await expect(page.locator("portico-portal")).toHaveAttribute("theme", "dark");
    await portal.ready();
    await portal.signInByCode(mailbox, "client@demo.test");
    await expect(page.getByRole("status").getByText("Signed in")).toBeVisible();
    await go("Home");
    await go("My Account");
    await portal.isIn();
    await checkAxe(page);
    expect(scripts).toHaveLength(1);
  });

  test("opened at the portal's address moves nothing when it comes (K5)", async ({ page, demo }) => {
    await page.goto(`${demo.website}/react/index.html?account`);
    await new Portal(page).ready();
    expect(await layoutShifts(page)).toEqual([]);
  });
});
