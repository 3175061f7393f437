// Messages and notifications as a contact meets them: rows J1 to J3, and what appears while the page is open.

import type { Browser, Page } from "@playwright/test";

import { Portal } from "./support/portal.ts";
import { type Place, checkAxe, expect, shiftsInside, test, violations } from "./support/test.ts";

const mark = () => `${process.pid}${Math.random().toString(36).slice(2, 8)}`;

async function inside(page: Page, place: Place, email: string): Promise<Portal> {
  const portal = new Portal(page);
  await portal.open(place.address);
  await portal.signInByPassword(email);
  await portal.isIn();
  return portal;
}

/** The conversation about the account, by the envelope. */
async function atConversation(page: Page, place: Place, email: string): Promise<Portal> {
  const portal = await inside(page, place, email);
  await page.locator("header.top").getByRole("button", { name: /^Messages/ }).click();
  await expect(page.getByRole("heading", { level: 2, name: "Messages" })).toBeVisible();
  const several = portal.button("Open: Your account");
  await expect(several.or(page.getByLabel("Your message"))).toBeVisible();
  if (await several.isVisible()) await several.click();
  await expect(page.getByLabel("Your message")).toBeVisible();
  return portal;
}

async function elsewhere(browser: Browser, place: Place, email: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await atConversation(page, place, email);
  return page;
}

const said = (page: Page, text: string) => page.getByRole("log").getByText(text);

test("the envelope leads to the conversation, and what is written stands there (J1 J2)", async ({ page, foreign }) => {
  const portal = await atConversation(page, foreign, "client@demo.test");
  const words = `The cake comes at three, ${mark()}`;
  await page.getByLabel("Your message").fill(`${words}\nhttps://fernlight.test/cake and <b>more</b>`);
  await checkAxe(page);
  await portal.button("Send").click();
  await expect(said(page, words)).toBeVisible();
  await expect(said(page, "<b>more</b>").first()).toBeVisible();
  const link = page.getByRole("link", { name: "https://fernlight.test/cake" }).last();
  await expect(link).toHaveAttribute("rel", "noopener");
  await expect(page.getByLabel("Your message")).toHaveValue("");
  await checkAxe(page);
  expect(await shiftsInside(page)).toEqual([]);
  expect(await violations(page)).toEqual([]);
});

test("what another writes appears while the page is open (J1)", async ({ page, browser, foreign }) => {
  await atConversation(page, foreign, "client@demo.test");
  const other = await elsewhere(browser, foreign, "spouse@demo.test");
  const words = `From the other side, ${mark()}`;
  await other.getByLabel("Your message").fill(words);
  await other.getByRole("button", { name: "Send" }).click();
  await expect(said(page, words)).toBeVisible({ timeout: 4_000 });
  await other.context().close();
});

test("where nothing streams through, the page asks now and then (J1)", async ({ page, browser, watch, foreign }) => {
  watch.expect(/ERR_FAILED/);
  await page.route(/\/live\?ticket=/, (route) => route.abort("failed"));
  await atConversation(page, foreign, "client@demo.test");
  const other = await elsewhere(browser, foreign, "spouse@demo.test");
  const words = `Slower, but there, ${mark()}`;
  await other.getByLabel("Your message").fill(words);
  await other.getByRole("button", { name: "Send" }).click();
  await expect(said(page, words)).toBeVisible({ timeout: 20_000 });
  await other.context().close();
});

test("a message that cannot be sent stays where it was typed, also over a reload (J1)", async ({ page, watch, foreign }) => {
  watch.expect(/ERR_FAILED/);
  const portal = await atConversation(page, foreign, "client@demo.test");
  const words = `Not lost, ${mark()}`;
  const path = /\/messages\/cnv_\w+$/;
  await page.route(path, (route) => (route.request().method() === "POST" ? route.abort("failed") : route.fallback()));
  await page.getByLabel("Your message").fill(words);
  await portal.button("Send").click();
  await expect(portal.says("No connection")).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("Your message")).toHaveValue(words);
  await page.unroute(path);
  await portal.button("Send").click();
  await expect(said(page, words)).toHaveCount(1);
});

test("a file goes along as a message of its own (J1)", async ({ page, foreign }) => {
  await atConversation(page, foreign, "client@demo.test");
  const name = `plan ${mark()}.txt`;
  await page.locator("input[type=file]").setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(name) });
  await said(page, name).click();
  await expect(page.getByRole("heading", { name })).toBeVisible();
});

test("the list of notifications leads to what each is about, and says what reaches somebody (J3)", async ({ page, foreign }) => {
  const portal = await inside(page, foreign, "client@demo.test");
  await portal.goTo("Notifications");
  const rows = page.getByRole("heading", { name: "Latest" });
  await expect(rows).toBeVisible();
  await checkAxe(page);
  await portal.button("What reaches you").click();
  await expect(page.getByRole("heading", { level: 3 })).toBeFocused();
  await checkAxe(page);
  await portal.button("Back to Notifications").click();
  await expect(rows).toBeVisible();
  await page.getByRole("button", { name: /^Open: / }).first().click();
  await expect(page.getByRole("heading", { level: 2, name: "Notifications" })).toHaveCount(0);
});
