// Quotes, orders and invoices as staff make and read them.

import { fits, goTo, signIn } from "./support/staff.ts";
import { checkAxe, expect, test, violations } from "./support/test.ts";

test("a quote is made with sums as one types, sent, and stands in the list (F1 F2)", async ({ page, demo }) => {
  const title = `A day out ${process.pid} ${test.info().project.name}`;
  await signIn(page, demo.host, "owner@demo.test");
  await goTo(page, "Quotes");
  await checkAxe(page);
  await fits(page);
  await page.getByRole("link", { name: "New quote" }).first().click();
  await page.getByLabel("Search by name, email or telephone number").fill("Carter");
  await page.getByRole("button", { name: "Search" }).click();
  await checkAxe(page);
  await page.getByRole("link", { name: "Choose Ada & Ben Carter" }).click();
  await page.getByLabel("Title").fill(title);
  await page.getByRole("button", { name: "Save draft" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page.getByLabel("Title")).toHaveValue(title);
  await checkAxe(page);
  await page.getByLabel("Ada Carter").check();
  const line = page.locator("[data-line]").first();
  if (!(await line.isVisible())) await page.getByRole("button", { name: "Add a line" }).click();
  await line.getByLabel("Name").fill("Photography, half a day");
  await line.getByLabel("Quantity").fill("2");
  await line.getByLabel("Price").fill("450.50");
  await expect(line.locator("[data-amount]")).toContainText("901.00");
  await checkAxe(page);
  await fits(page);
  await page.getByRole("button", { name: "Save draft" }).click();
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  await checkAxe(page);
  await page.getByRole("link", { name: /^Send/ }).click();
  await checkAxe(page);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  await fits(page);
  await goTo(page, "Quotes");
  await expect(page.getByRole("row", { name: new RegExp(title) })).toBeVisible();
  expect(await violations(page)).toEqual([]);
});

test("orders and invoices are listed, read and printed alone (F3 F4)", async ({ page, demo }) => {
  await signIn(page, demo.host, "owner@demo.test");
  for (const section of ["Orders", "Invoices"]) {
    await goTo(page, section);
    await checkAxe(page);
    await fits(page);
    const row = page.getByRole("row").nth(1);
    await row.getByRole("link").first().click();
    await expect(page.locator(".paper").first()).toBeVisible();
    await checkAxe(page);
    await fits(page);
    await page.emulateMedia({ media: "print" });
    await expect(page.getByRole("navigation", { name: "Admin" })).toBeHidden();
    await page.emulateMedia({ media: "screen" });
  }
  await page.goto(`${demo.host}/admin/settings/sales`);
  await checkAxe(page);
  await fits(page);
});
