// Documents as a contact meets them: what was shared, what is asked for, sending files: rows B3 and I1 to I5.

import type { Page } from "@playwright/test";

import { Portal } from "./support/portal.ts";
import { type Place, checkAxe, expect, shiftsInside, test, violations } from "./support/test.ts";

async function atDocuments(page: Page, place: Place): Promise<Portal> {
  const portal = new Portal(page);
  await portal.open(place.address);
  await portal.signInByPassword("client@demo.test");
  await portal.isIn();
  await portal.goTo("Documents");
  return portal;
}

const row = (page: Page, name: string) => page.getByRole("listitem").filter({ hasText: name });

test("what the studio shared stands in its folders, and is looked at and saved (I1 I5)", async ({ page, foreign }) => {
  const portal = await atDocuments(page, foreign);
  await expect(portal.heading("Plans for the day")).toBeVisible();
  await expect(row(page, "Order of the day.pdf")).toBeVisible();
  await checkAxe(page);
  expect(await shiftsInside(page)).toEqual([]);
  await portal.button("Open: Map of the grounds.png").click();
  await expect(portal.heading("Map of the grounds.png")).toBeFocused();
  const picture = page.getByRole("img", { name: "Map of the grounds.png" });
  await expect(picture).toBeVisible();
  await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(100);
  await checkAxe(page);
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download" }).click(),
  ]);
  expect(file.suggestedFilename()).toBe("Map of the grounds.png");
  expect(await violations(page)).toEqual([]);
});

test("several files are sent at once, the same one again is told, and one is taken back (I2)", async ({ page, foreign }) => {
  const portal = await atDocuments(page, foreign);
  const mark = `${process.pid}${Math.random().toString(36).slice(2, 8)}`;
  const file = (name: string) => ({ name, mimeType: "text/plain", buffer: Buffer.from(`${name} of ${mark}\n`) });
  const [one, other] = [`guests ${mark}.txt`, `music ${mark}.txt`];
  const field = page.locator("section.panel", { has: page.getByRole("heading", { name: "Send files" }) }).locator("input[type=file]");
  await field.setInputFiles([file(one), file(other)]);
  await expect(row(page, one)).toBeVisible();
  await expect(row(page, other)).toBeVisible();
  await checkAxe(page);
  await portal.button(`Open: ${one}`).click();
  await expect(portal.heading(one)).toBeVisible();
  await portal.button("Remove").click();
  await expect(portal.heading("Plans for the day")).toBeVisible();
  await expect(row(page, other)).toBeVisible();
  await expect(row(page, one)).toHaveCount(0);
});

test("a lost connection in the middle of a file loses nothing (I2)", async ({ page, watch, foreign }) => {
  watch.expect(/ERR_FAILED|ERR_INTERNET_DISCONNECTED/);
  const portal = await atDocuments(page, foreign);
  const name = `film ${process.pid}${Math.random().toString(36).slice(2, 8)}.txt`;
  let parts = 0;
  await page.route(/\/documents\/uploads\/\w+\?offset=/, async (route) => {
    if (++parts === 2) return route.abort("failed");
    return route.fallback();
  });
  const field = page.locator("section.panel", { has: page.getByRole("heading", { name: "Send files" }) }).locator("input[type=file]");
  const buffer = Buffer.alloc(9_000_000, `${name} is long. `);
  await field.setInputFiles([{ name, mimeType: "text/plain", buffer }]);
  await expect(row(page, name).getByRole("button", { name: `Open: ${name}` })).toBeVisible({ timeout: 20_000 });
  expect(parts).toBeGreaterThan(3);
  await expect(portal.heading("Send files")).toBeVisible();
});
