// Contracts as staff write and send them.

import { fits, goTo, signIn } from "./support/staff.ts";
import { checkAxe, expect, test, violations } from "./support/test.ts";

test("a contract is written from a ready text, looked at and sent (E1 E4 M1)", async ({ page, demo }) => {
  const title = `Agreement ${process.pid} ${test.info().project.name}`;
  await signIn(page, demo.host, "owner@demo.test");
  await goTo(page, "Contracts");
  await checkAxe(page);
  await fits(page);
  await page.getByRole("link", { name: "New contract" }).first().click();
  await page.getByLabel("Search by name, email or telephone number").fill("Ada");
  await page.getByRole("button", { name: "Search" }).click();
  await checkAxe(page);
  await page.getByRole("link", { name: "Choose Ada & Ben Carter" }).click();
  await checkAxe(page);
  await page.getByRole("button", { name: /^Photography/ }).first().click();
  await page.getByLabel("Title").fill(title);
  await page.getByLabel("Event or service").fill("A day at the lake");
  await page.getByLabel("Place", { exact: true }).first().fill("Lake House");
  await expect(page.frameLocator("iframe:not(.coming)").getByText("Fernlight Studio").first()).toBeVisible();
  await checkAxe(page, undefined, "iframe");
  await fits(page);
  await page.getByRole("button", { name: "Look and send" }).click();
  await checkAxe(page);
  const ready = page.getByRole("heading", { name: "Ready to send" });
  if (!(await ready.isVisible())) {
    // What is missing is said, and filled in.
    await expect(page.getByRole("heading", { name: "Not ready yet" })).toBeVisible();
    await page.getByRole("link", { name: "Back to the draft" }).click();
    await page.getByLabel("Date").first().fill("2027-06-19");
    await page.getByLabel(/^Amount in/).fill("1800");
    await page.getByLabel(/^Deposit in/).fill("300");
    await page.getByRole("button", { name: "Look and send" }).click();
    await expect(ready).toBeVisible();
  }
  await page.getByRole("button", { name: "Send now" }).click();
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  await expect(page.getByText(/^Mail to Ada Carter/).first()).toBeVisible();
  await checkAxe(page);
  await fits(page);
  await goTo(page, "Contracts");
  await expect(page.getByRole("row", { name: new RegExp(title) })).toBeVisible();
  expect(await violations(page)).toEqual([]);
});

test("templates are read, changed and previewed", async ({ page, demo }) => {
  await signIn(page, demo.host, "owner@demo.test");
  await page.goto(`${demo.host}/admin/contracts/templates`);
  await checkAxe(page);
  await fits(page);
  await page.getByRole("link", { name: "New template" }).first().click();
  await checkAxe(page, undefined, "iframe");
  await fits(page);
});
