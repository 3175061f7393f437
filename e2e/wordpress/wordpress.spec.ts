// A real WordPress: the plain snippet as admin, editor and author, then the plugin, from its
// upload to its deletion. One story: each test stands on the one before.

import type { Locator, Page } from "@playwright/test";

import { snippet } from "../support/pages.ts";
import { Portal } from "../support/portal.ts";
import * as staff from "../support/staff.ts";
import { checkAxe, layoutShifts } from "../support/test.ts";
import { type Person, canvas, newPost, post, publish, signIn, site } from "./site.ts";
import { expect, test } from "./test.ts";

test.describe.configure({ mode: "serial" });

const SETTINGS = () => `${site.url}/wp-admin/options-general.php?page=portico`;

/** Reads a page as somebody who never signed in to WordPress. */
async function asVisitor(page: Page, address: string) {
  await page.context().clearCookies();
  await page.goto(address);
}

const ways = (code: string) => ({
  "a block of custom HTML": `<!-- wp:html -->\n${code}\n<!-- /wp:html -->`,
  "a classic post": `Your papers and dates.\n\n${code}\n\nWrite to us at any time.`,
  "the midst of a text": `<!-- wp:paragraph -->\n<p>Before it, ${code} and after it.</p>\n<!-- /wp:paragraph -->`,
});

test("the owner adds the WordPress to the studio's websites (K3)", async ({ page, demo }) => {
  await staff.signIn(page, demo.host, "owner@demo.test");
  await page.goto(`${demo.host}/admin/website`);
  await page.getByLabel("Add a website").fill(site.url);
  await page.getByRole("button", { name: "Add website" }).click();
  await expect(page.getByRole("button", { name: `Remove ${site.url}` })).toBeVisible();
});

for (const person of ["admin", "editor"] as Person[]) {
  test(`the snippet pasted by the ${person} works wherever it is pasted (K3)`, async ({ page, demo, mailbox }) => {
    await signIn(page, person);
    const places: string[] = [];
    for (const [where, code] of Object.entries(ways(snippet(demo)))) places.push(await post(page, `In ${where}`, code));
    for (const place of places) {
      await asVisitor(page, place);
      const portal = new Portal(page);
      await portal.ready();
      await checkAxe(page, "portico-portal");
    }
    await new Portal(page).signInByCode(mailbox, "client@demo.test");
  });
}

test("what an author pastes loses its script, and the plain link leads to the hosted page (K3 K4)", async ({ page, demo }) => {
  await signIn(page, "author");
  const places: string[] = [];
  for (const [where, code] of Object.entries(ways(snippet(demo)))) places.push(await post(page, `An author, in ${where}`, code));
  for (const place of places) {
    await asVisitor(page, place);
    await expect(page.locator("portico-portal, script[src*='embed.js']")).toHaveCount(0);
    await page.locator(".entry-content").getByRole("link", { name: "My Account" }).click();
    await expect(page).toHaveURL(`${demo.host}/demo/login`);
    await new Portal(page).ready();
  }
});

test("the admin uploads the plugin; the settings refuse what cannot be right and show the portal (K3)", async ({ page, demo }) => {
  await signIn(page, "admin");
  await page.goto(`${site.url}/wp-admin/plugin-install.php?tab=upload`);
  await page.getByLabel("Plugin zip file").setInputFiles(site.plugin);
  await page.getByRole("button", { name: "Install Now" }).click();
  await page.getByRole("link", { name: "Activate Plugin" }).click();
  await page.locator("tr[data-slug^=portico]").getByRole("link", { name: "Settings" }).click();
  await expect(page.getByText("Save the address and the studio name")).toBeVisible();

  const save = async (host: string, studio: string) => {
    await page.getByLabel("Portico address").fill(host);
    await page.getByLabel("Studio name").fill(studio);
    await page.getByRole("button", { name: "Save Changes" }).click();
  };
  await save("javascript:alert(1)", `"><script>alert(1)</script>`);
  await expect(page.getByText("has to look like https://portal.example.com")).toBeVisible();
  await expect(page.getByText("has 2 to 40 small letters")).toBeVisible();
  await expect(page.getByLabel("Portico address")).toHaveValue("");
  await expect(page.getByLabel("Studio name")).toHaveValue("");

  // Copied from the address bar, with what stands behind it.
  await save(`${demo.host}/demo/login`, "Demo");
  await expect(page.getByText("Settings saved")).toBeVisible();
  await expect(page.getByLabel("Portico address")).toHaveValue(demo.host);
  await new Portal(page).ready();

  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/settings.png`, fullPage: true });

  await save("http://portal.example.com", "demo");
  await expect(page.getByText("has to look like https://portal.example.com")).toBeVisible();
  await expect(page.getByLabel("Portico address")).toHaveValue(demo.host);
});

test("nobody but an admin sees or sends the settings (K3)", async ({ page }) => {
  await signIn(page, "editor");
  await page.goto(SETTINGS());
  await expect(page.getByText("not allowed to access this page")).toBeVisible();
  const sent = await page.request.post(`${site.url}/wp-admin/options.php`, {
    form: { option_page: "portico", action: "update", "portico[host]": "https://evil.example" },
  });
  expect(sent.status()).toBe(403);
});

/** Adds the block by the editor's own list of blocks. */
async function insert(page: Page): Promise<Locator> {
  // The search would ask wordpress.org as well.
  await page.route(/block-directory/, (route) => route.fulfill({ json: [] }));
  await page.getByRole("button", { name: /block inserter/i }).click();
  await page.getByPlaceholder("Search").fill("client portal");
  await page.getByRole("option", { name: "Client portal" }).click();
  return (await canvas(page)).locator("[data-type='portico/portal']");
}

test("the editor adds the block, sees the portal in the preview and sets it in the sidebar (K3)", async ({ page, mailbox }) => {
  await signIn(page, "editor");
  await newPost(page, "Visual editor");
  await (await canvas(page)).getByLabel("Add title").fill("Your account");
  const block = await insert(page);
  await expect(block.getByText("Email address", { exact: true })).toBeVisible();
  // A preview, not a place to sign in.
  await expect(block.locator("[inert] portico-portal")).toBeVisible();
  await expect(block.locator("portico-portal")).not.toHaveAttribute("theme");

  const settings = page.getByRole("button", { name: "Settings", exact: true });
  if ((await settings.getAttribute("aria-expanded")) !== "true") await settings.click();
  await page.getByLabel("Light or dark").selectOption("Dark");
  await page.getByLabel("Words of the plain link").fill("To your account");
  await expect(block.locator("portico-portal")).toHaveAttribute("theme", "dark");
  await expect(block.getByText("Email address", { exact: true })).toBeVisible();
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/editor.png` });

  const address = await publish(page);
  await asVisitor(page, address);
  const portal = new Portal(page);
  await portal.ready();
  await expect(page.locator("portico-portal")).toHaveAttribute("theme", "dark");
  await expect(page.locator("portico-portal > a")).toHaveText("To your account");
  await portal.signInByCode(mailbox, "client@demo.test");
});

test("in the site editor, which is a frame, the block shows the portal too (K3)", async ({ page, watch }) => {
  // WordPress's own pictures.
  watch.expect(/a third party: https?:\/\/(s\.w\.org|\w+\.gravatar\.com)\//);
  await page.route(/\/\/(s\.w\.org|\w+\.gravatar\.com)\//, (route) => route.fulfill({ contentType: "image/svg+xml", body: "<svg xmlns='http://www.w3.org/2000/svg'/>" }));
  await signIn(page, "admin");
  await activate(page, "twentytwentythree");
  await page.goto(`${site.url}/wp-admin/site-editor.php?postType=wp_template&postId=twentytwentythree//page&canvas=edit`);
  await expect((await canvas(page)).getByText("Comments", { exact: true }).first()).toBeVisible();
  const block = await insert(page);
  await expect(block.locator("portico-portal").getByText("Email address", { exact: true })).toBeVisible();
});

test("an author's block and short code both show the portal, with one script for the page (K3)", async ({ page, demo, mailbox }) => {
  await signIn(page, "author");
  const address = await post(
    page,
    "An author's",
    `<!-- wp:portico/portal {"theme":"light"} /-->\n\n<!-- wp:shortcode -->\n[portico studio=“demo” theme="light" host="https://evil.example"]\n<!-- /wp:shortcode -->`,
  );
  await asVisitor(page, address);
  const script = page.locator("script[src*='embed.js']");
  await expect(script).toHaveCount(1);
  await expect(script).toHaveAttribute("src", `${demo.host}/embed.js`);
  await expect(script).toHaveAttribute("async");
  await expect(new Portal(page).button("Use password")).toHaveCount(2);
  for (const portal of await page.locator("portico-portal").all()) {
    await expect(portal).toHaveAttribute("studio", "demo");
    await expect(portal).toHaveAttribute("theme", "light");
  }

  await signIn(page, "author");
  await asVisitor(page, await post(page, "A classic one", "Your papers and dates.\n\n[portico]\n\nWrite to us at any time."));
  const portal = new Portal(page);
  await portal.ready();
  await portal.signInByCode(mailbox, "client@demo.test");
});

test("attributes of a short code cannot bring HTML onto the page (K3)", async ({ page, demo, watch }) => {
  await signIn(page, "author");
  const code = `[portico theme='x" onclick="alert(1)' label='<img src=x onerror=alert(1)>' start="button"]\n\n[portico studio='"><b>']`;
  await asVisitor(page, await post(page, "A clever author's", code));
  const portal = page.locator("portico-portal");
  await expect(portal).toHaveCount(1);
  expect(await portal.evaluate((element) => element.getAttributeNames())).toEqual(["studio", "start"]);
  await expect(portal.locator("> a")).toHaveAttribute("href", `${demo.host}/demo/login`);
  await expect(portal.locator("> a img")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "My Account" })).toBeVisible();
  expect(watch.problems()).toEqual([]);
});

/** False where it is not installed. */
async function activate(page: Page, theme: string): Promise<boolean> {
  await page.goto(`${site.url}/wp-admin/themes.php`);
  const card = page.locator(`.theme[data-slug=${theme}]`);
  if (!(await card.count())) return false;
  const active = await card.evaluate((element) => element.classList.contains("active"));
  if (!active) {
    await card.hover();
    await card.getByRole("link", { name: "Activate" }).click();
  }
  await expect(card).toHaveClass(/active/);
  return true;
}

for (const [theme, kind] of [
  ["twentytwentyfive", "block"],
  ["twentytwentythree", "block"],
  ["twentytwentyone", "classic"],
] as const) {
  test(`the portal stands well in the ${kind} theme ${theme}, on a phone and a desktop (K3 K5)`, async ({ page, mailbox }) => {
    await signIn(page, "admin");
    test.skip(!(await activate(page, theme)), "Debian has dropped it, or not got it yet");
    const address = await post(page, `In ${theme}`, `<!-- wp:paragraph -->\n<p>All in one place.</p>\n<!-- /wp:paragraph -->\n\n<!-- wp:portico/portal /-->`);
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await asVisitor(page, address);
      const portal = new Portal(page);
      await portal.ready();
      expect(await layoutShifts(page)).toEqual([]);
      await staff.fits(page);
      const beside = async (which: Locator) => (await which.boundingBox())!;
      const room = await beside(page.locator("portico-portal"));
      const text = await beside(page.getByText("All in one place."));
      expect(room.y, "it does not lie on the text above it").toBeGreaterThan(text.y + text.height);
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${theme}-${width}.png`, fullPage: true });
    }
    await new Portal(page).signInByCode(mailbox, "client@demo.test");
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${theme}-home.png`, fullPage: true });
  });
}

test("deleting the plugin deletes what it stored (K3)", async ({ page }) => {
  page.on("dialog", (dialog) => dialog.accept());
  await signIn(page, "admin");
  // WordPress's own list of everything that is stored.
  const stored = page.locator("#portico");
  await page.goto(`${site.url}/wp-admin/options.php`);
  await expect(stored).toHaveCount(1);
  await page.goto(`${site.url}/wp-admin/plugins.php`);
  const row = page.locator("tr[data-slug^=portico]");
  await row.getByRole("link", { name: "Deactivate" }).click();
  await row.getByRole("link", { name: "Delete" }).click();
  await expect(page.getByText("was successfully deleted")).toBeVisible();
  await page.goto(`${site.url}/wp-admin/options.php`);
  await expect(page.locator("#blogname")).toHaveCount(1);
  await expect(stored).toHaveCount(0);
});
