// The portal editor and the page for the website, as staff use them.

import type { Page } from "@playwright/test";

import { fits, goTo, signIn } from "./support/staff.ts";
import { checkAxe, expect, test, violations } from "./support/test.ts";

const saved = (page: Page) => expect(page.getByRole("status").filter({ hasText: /Draft saved|exactly this/ })).toBeVisible();

test("the portal is arranged by keyboard, previewed as it will be, published, and set back (B5 B6 B7)", async ({ page, demo }) => {
  await signIn(page, demo.host, "owner@demo.test");
  await goTo(page, "Portal editor");
  await checkAxe(page);
  await fits(page);

  // The real portal, as a client sees it, and read-only.
  const preview = page.frameLocator("iframe[name=portal-preview]");
  await expect(preview.getByText("Viewed by Olivia Fern: read-only")).toBeVisible();
  await expect(preview.getByRole("heading", { name: /^Hello, / })).toBeVisible();

  const rows = page.locator("[data-rows=section] > li");
  const names = () => rows.evaluateAll((all) => all.map((row) => row.getAttribute("data-name")));
  const before = await names();
  const up = page.getByRole("button", { name: "Move Documents up" });
  await up.focus();
  await page.keyboard.press("Enter");
  await expect(up).toBeFocused();
  await page.keyboard.press("Enter");
  expect((await names()).indexOf("Documents")).toBe(before.indexOf("Documents") - 2);
  await saved(page);
  expect(await violations(page)).toEqual([]);

  // By dragging too.
  const moved = await names();
  const grip = rows.filter({ hasText: "Documents" }).locator("[data-grip]");
  const above = await rows.nth(moved.indexOf("Documents") - 1).boundingBox();
  await grip.scrollIntoViewIfNeeded();
  await grip.hover();
  await page.mouse.down();
  await page.mouse.move(above!.x + 20, (await grip.boundingBox())!.y - above!.height, { steps: 6 });
  await page.mouse.up();
  expect((await names()).indexOf("Documents")).toBeLessThan(moved.indexOf("Documents"));
  await saved(page);

  // What cannot be a button says so at its field, and is not saved.
  const link = page.getByLabel("Address “See our gallery” leads to");
  const address = await link.inputValue();
  await link.fill("javascript:alert(1)");
  await expect(link).toHaveAttribute("aria-invalid", "true");
  await checkAxe(page);
  await link.fill(address);
  await saved(page);

  await page.getByRole("button", { name: "Publish" }).click();
  await expect(page.getByText("Your clients see it from now on.")).toBeVisible();
  await page.reload();
  expect((await names()).indexOf("Documents")).toBeLessThan(before.indexOf("Documents"));
  await page.getByRole("button", { name: "Go back to version 2" }).click();
  await expect(page.getByText("Your clients see version 2 again.").first()).toBeVisible();
  expect(await names()).toEqual(before);
  await checkAxe(page);
});

test("without a script the editor works the same (B5 B6)", async ({ browser, demo }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await signIn(page, demo.host, "owner@demo.test");
  await page.goto(`${demo.host}/admin/portal`);
  const first = page.locator("[data-rows=button] > li").first();
  const name = await first.getAttribute("data-name");
  await page.getByRole("button", { name: `Move ${name} down` }).click();
  await expect(page.locator("[data-rows=button] > li").nth(1)).toHaveAttribute("data-name", name!);
  await expect(page.getByText("not published yet")).toBeVisible();
  await page.getByRole("button", { name: "Discard the draft" }).click();
  await expect(page.locator("[data-rows=button] > li").first()).toHaveAttribute("data-name", name!);
  await context.close();
});

test("a look is chosen beside its preview, and the page tells where to paste what (K2 K3 K6)", async ({ page, demo }) => {
  await signIn(page, demo.host, "owner@demo.test");
  await goTo(page, "Website");
  await checkAxe(page);
  await fits(page);
  const preview = page.frameLocator("iframe[data-look-frame]");
  await expect(preview.getByLabel("Email address")).toBeVisible();
  await page.getByLabel("A button “My Account”").check();
  await expect(preview.getByRole("button", { name: "My Account" })).toBeVisible();
  await page.getByLabel("The sign-in", { exact: true }).check();
  await page.getByLabel("Corners").selectOption("0");
  const radius = () => preview.locator("portico-portal").evaluate((it) => getComputedStyle(it).getPropertyValue("--portico-radius"));
  await expect.poll(radius).toBe("0px");
  await page.getByText("Squarespace", { exact: true }).first().click();
  await expect(page.getByText("Keep its type at HTML")).toBeVisible();
  const download = page.waitForEvent("download");
  await page.getByText("WordPress, with our plugin").click();
  await page.getByRole("link", { name: "Download the plugin" }).click();
  expect((await download).suggestedFilename()).toBe("portico-wordpress.zip");
  await checkAxe(page);
});

test("a test of the page says what it saw (K10)", async ({ page, demo, foreign }) => {
  await signIn(page, demo.host, "owner@demo.test");
  await page.goto(foreign.address);
  await expect(page.getByLabel("Email address")).toBeVisible();
  await toWebsite(page, demo.host);
  const opened = page.waitForEvent("popup");
  await page.getByRole("link", { name: "Test my page" }).click();
  await opened;
  await expect(page.getByRole("status").filter({ hasText: "The portal opened on" })).toBeVisible();
  await checkAxe(page);
});

async function toWebsite(page: Page, host: string) {
  // The page is noted a moment after it opened.
  await expect(async () => {
    await page.goto(`${host}/admin/website`);
    await expect(page.getByRole("link", { name: "Test my page" })).toBeVisible({ timeout: 500 });
  }).toPass();
}
