// Quotes and orders as a contact meets them: rows B1, B9, F1 to F4.

import type { Page } from "@playwright/test";

import { problem } from "./support/api.ts";
import { Portal } from "./support/portal.ts";
import { type Place, checkAxe, expect, shiftsInside, test } from "./support/test.ts";

const QUOTE = "Wedding photography, 19 June 2027";
const PRICE = /\/quotes\/quo_\w+\/price$/;
const ACCEPT = /\/quotes\/quo_\w+\/accept$/;

async function atQuotes(page: Page, place: Place): Promise<Portal> {
  const portal = new Portal(page);
  await portal.open(place.address);
  await portal.signInByPassword("client@demo.test");
  await portal.isIn();
  await portal.goTo("Quotes and Orders");
  return portal;
}

const look = async (portal: Portal) => {
  await portal.button(`Look at it: ${QUOTE}`).click();
  await expect(portal.heading(QUOTE)).toBeFocused();
};

/** The total, as it stands below the lines. */
const total = (page: Page) => page.locator(".totals .total dd");

test("what waits for an answer stands first, then what was bought (B9 F1)", async ({ page, foreign }) => {
  const portal = await atQuotes(page, foreign);
  await expect(page.getByRole("heading", { level: 3 })).toHaveText(["Quotes", "Orders", "Answered quotes"]);
  await expect(portal.says(/^Valid until \w+day, \w+ \d+, 20\d\d$/)).toBeVisible();
  const row = page.getByRole("listitem").filter({ hasText: "A short film of the day" });
  await expect(row).toContainText("Expired");
  await checkAxe(page);
  await row.getByRole("button").click();
  await expect(portal.says(/no longer valid/)).toBeVisible();
  await expect(portal.button("Accept this quote")).toHaveCount(0);
});

test("optional lines are chosen and the totals follow, by keyboard too (F2)", async ({ page, foreign }) => {
  const portal = await atQuotes(page, foreign);
  await look(portal);
  await expect(total(page)).toHaveText("£2,440.00");
  const album = page.getByRole("checkbox", { name: /Second album for the parents/ });
  await expect(page.getByRole("checkbox", { name: /Engagement session/ })).toBeChecked();
  await album.focus();
  await page.keyboard.press("Space");
  await expect(total(page)).toHaveText("£2,800.00");
  await expect(album).toBeFocused();
  await expect(portal.heading("When it is due")).toBeVisible();
  await checkAxe(page);
  expect(await shiftsInside(page)).toEqual([]);
  await page.keyboard.press("Space");
  await expect(total(page)).toHaveText("£2,440.00");
});

test("of two choices in a row the later one counts, and a lost connection keeps it (F2)", async ({ page, watch, foreign }) => {
  watch.expect(/ERR_FAILED/);
  const portal = await atQuotes(page, foreign);
  await look(portal);
  const album = page.getByRole("checkbox", { name: /Second album/ });
  await page.route(PRICE, (route) => route.abort());
  await album.check();
  await expect(portal.says("No connection")).toBeVisible();
  await expect(album).toBeChecked();
  await page.unroute(PRICE);
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await expect(total(page)).toHaveText("£2,800.00");
  await expect(album).toBeChecked();
});

test("declining asks why, and can be thought over (F2)", async ({ page, foreign }) => {
  const portal = await atQuotes(page, foreign);
  await look(portal);
  await portal.button("Decline").click();
  const dialog = page.getByRole("dialog", { name: "Decline" });
  await expect(dialog.getByLabel("Why?")).toBeVisible();
  await checkAxe(page);
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(dialog).toBeHidden();
  await expect(portal.button("Decline")).toBeFocused();
});

test("a quote that changed meanwhile is shown anew (F2)", async ({ page, foreign }) => {
  const portal = await atQuotes(page, foreign);
  await look(portal);
  await page.route(ACCEPT, (route) =>
    route.request().method() === "POST"
      ? route.fulfill(problem(409, "conflict", "Something changed in the meantime", { detail: "Somebody else changed this quote in the meantime. Please look at it again." }))
      : route.fallback(),
  );
  await portal.button("Accept this quote").click();
  await portal.button("Accept and order").click();
  await expect(portal.says(/Somebody else changed this quote/)).toBeVisible();
  await expect(portal.button("Accept this quote")).toBeVisible();
});

test("a quote becomes an order, which is read, printed and saved (F2 F3 F4)", async ({ page, foreign }) => {
  const portal = await atQuotes(page, foreign);
  await look(portal);
  await page.getByRole("checkbox", { name: /Second album/ }).check();
  await expect(total(page)).toHaveText("£2,800.00");
  await portal.button("Accept this quote").click();
  const dialog = page.getByRole("dialog", { name: "Accept this quote?" });
  await expect(dialog).toContainText("£2,800.00");
  await checkAxe(page);
  await dialog.getByRole("button", { name: "Accept and order" }).click();
  await expect(portal.heading(QUOTE)).toBeFocused();
  await expect(portal.says("£2,800.00")).toBeVisible();
  await checkAxe(page);
  const saved = page.waitForEvent("download", { timeout: 40_000 });
  await portal.button("Download PDF").click();
  expect((await saved).suggestedFilename()).toMatch(/\.pdf$/);
  await page.emulateMedia({ media: "print" });
  await expect(portal.sections).toBeHidden();
  await page.emulateMedia({ media: "screen" });
  await portal.button("Back to Quotes and Orders").click();
  await expect(portal.button(`Look at it: ${QUOTE}`)).toHaveCount(0);
  await portal.choose("Home");
  await expect(portal.button(`Look at it: ${QUOTE}`)).toHaveCount(0);
});
