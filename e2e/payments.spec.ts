// Money as a contact meets it: what is owed, paying it on the provider's page, coming back: rows B2, G1 to G8.

import type { Browser, Page } from "@playwright/test";

import { Portal } from "./support/portal.ts";
import * as staff from "./support/staff.ts";
import { type Place, checkAxe, expect, shiftsInside, test, violations } from "./support/test.ts";

let count = 0;

/** Staff issue an invoice to Ada over this amount, due in two parts; its title. */
async function invoice(browser: Browser, host: string, price: string): Promise<string> {
  const title = `Prints ${process.pid}x${++count}`;
  const page = await browser.newPage();
  await staff.signIn(page, host, "owner@demo.test");
  await page.goto(`${host}/admin/invoices/new?q=Carter`);
  await page.getByRole("link", { name: /^Choose Ada/ }).click();
  await page.getByLabel("Title").fill(title);
  await page.getByLabel("Ada Carter").check();
  const line = page.locator("[data-line]").first();
  if (!(await line.isVisible())) await page.getByRole("button", { name: "Add a line" }).click();
  await line.getByLabel("Name").fill("Prints in a box");
  await line.getByLabel("Quantity").fill("1");
  await line.getByLabel("Price").fill(price);
  await page.getByRole("button", { name: "Save draft" }).click();
  await page.getByRole("button", { name: "Issue it" }).click();
  await expect(page.getByRole("heading", { level: 1, name: /^Invoice INV/ })).toBeVisible();
  await page.close();
  return title;
}

async function ada(page: Page, place: Place): Promise<Portal> {
  const portal = new Portal(page);
  await portal.open(place.address);
  await portal.signInByPassword("client@demo.test");
  await portal.isIn();
  return portal;
}

const row = (page: Page, title: string) => page.getByRole("listitem").filter({ hasText: title });

/** On the provider's page, with a test card. */
async function payByCard(page: Page, card = "4242 4242 4242 4242") {
  await page.getByRole("link", { name: card }).click();
  await page.getByRole("button", { name: /^Pay / }).click();
}

test("what is owed stands on home, and leads to paying it (B2)", async ({ page, browser, demo, foreign }) => {
  await invoice(browser, demo.host, "100");
  const portal = await ada(page, foreign);
  await expect(portal.heading("Total due")).toBeVisible();
  await expect(page.locator(".amount").first()).toContainText("£");
  await checkAxe(page);
  await portal.button("Pay Now").first().click();
  await expect(portal.heading(/^Pay$/)).toBeVisible();
  await expect(portal.says("You pay on the secure page of our payment provider and come back here.")).toBeVisible();
  await checkAxe(page);
});

test("an invoice is paid by card and seen paid where the contact was (G1 G2 G7)", async ({ page, browser, demo, foreign }) => {
  const title = await invoice(browser, demo.host, "240");
  const portal = await ada(page, foreign);
  await portal.goTo("Invoices");
  await expect(row(page, title)).toContainText("Open");
  await checkAxe(page);
  await row(page, title).getByRole("button", { name: /^Read/ }).click();
  await expect(portal.heading(new RegExp(title))).toBeFocused();
  await checkAxe(page);
  await portal.button(/^Pay Now/).first().click();
  await page.getByLabel(/^Everything/).check();
  await checkAxe(page);
  const address = page.url();
  await portal.button(/^Pay Now/).click();
  await expect(page).toHaveURL(new RegExp(`^${demo.sandbox}/`));
  await expect(page.getByText("Fernlight Studio").first()).toBeVisible();
  await checkAxe(page);
  // A card that is declined leaves everything as it was.
  await payByCard(page, "4000 0000 0000 0002");
  await expect(page.getByRole("alert")).toBeVisible();
  await payByCard(page);
  await expect(page).toHaveURL(address);
  await expect(portal.says(/^Thank you\. £.* is paid\.$/)).toBeVisible();
  await expect(portal.heading(new RegExp(`${title} Paid`))).toBeVisible();
  await checkAxe(page);
  await portal.goTo("Payments");
  await expect(row(page, title)).toContainText("Paid online");
  await checkAxe(page);
  expect(await violations(page)).toEqual([]);
});

test("each part that is due is paid by itself, and who leaves the page paid nothing (G3)", async ({ page, browser, demo, foreign }) => {
  const title = await invoice(browser, demo.host, "500");
  const portal = await ada(page, foreign);
  await portal.goTo("Payments Due");
  await expect(portal.heading("Total due")).toBeVisible();
  const first = row(page, title).first();
  await checkAxe(page);
  await first.getByRole("button", { name: /^Pay Now/ }).click();
  await portal.button(/^Pay Now/).click();
  await expect(page).toHaveURL(new RegExp(`^${demo.sandbox}/`));
  await page.getByRole("link", { name: /^Back/ }).click();
  await expect(portal.says(/Nothing was paid/)).toBeVisible({ timeout: 30_000 });
});

test("another amount stays within the limits, and a bank payment is pending (G4 G6)", async ({ page, browser, demo, foreign }) => {
  const title = await invoice(browser, demo.host, "300");
  const portal = await ada(page, foreign);
  await portal.goTo("Invoices");
  await row(page, title).getByRole("button", { name: /^Pay Now/ }).click();
  await page.getByLabel("Another amount").first().check();
  await page.getByRole("textbox", { name: /^Another amount/ }).fill("100000");
  await portal.button(/^Pay Now/).click();
  await expect(portal.says(/This can be at most/)).toBeVisible();
  await checkAxe(page);
  await page.getByRole("textbox", { name: /^Another amount/ }).fill("50");
  await portal.button("Pay Now £50.00").click();
  await expect(page).toHaveURL(new RegExp(`^${demo.sandbox}/`));
  await page.getByText("Bank debit", { exact: true }).click();
  await page.getByLabel("Name").fill("Ada Carter");
  await page.getByRole("button", { name: /^Pay / }).click();
  await expect(portal.says("Your bank payment of £50.00 is under way. It can take some days.")).toBeVisible();
  await portal.goTo("Payments");
  await expect(row(page, title)).toContainText("Pending");
  await checkAxe(page);
});

test("several invoices are paid at once (G8)", async ({ page, browser, demo, foreign }) => {
  const [one, other] = [await invoice(browser, demo.host, "40"), await invoice(browser, demo.host, "60")];
  const portal = await ada(page, foreign);
  await portal.goTo("Invoices");
  await portal.button("Pay Now: Total due").click();
  const boxes = page.getByRole("group", { name: /^Which invoices/ }).getByRole("checkbox");
  await expect(boxes.first()).toBeChecked();
  for (const box of await boxes.all()) await box.uncheck();
  for (const title of [one, other]) await page.getByLabel(new RegExp(`^${title}`)).check();
  await page.getByLabel("Everything").check();
  await checkAxe(page);
  // What became of it is told late: nothing moves then either.
  await page.route(/\/payments\/checkout\/chk_/, async (route) => {
    await new Promise((done) => setTimeout(done, 1000));
    await route.continue();
  });
  await portal.button(/^Pay Now £/).click();
  await payByCard(page);
  await expect(portal.says(/^Thank you\./)).toBeVisible();
  for (const title of [one, other]) await expect(row(page, title)).toContainText("Paid");
  expect(await shiftsInside(page)).toEqual([]);
});

test("an invoice that waits for a signature says so and leads to the contract (E10)", async ({ page, browser, demo, foreign }) => {
  const title = await invoice(browser, demo.host, "75");
  const terms = `Terms ${title}`;
  const desk = await browser.newPage();
  await staff.signIn(desk, demo.host, "owner@demo.test");
  await staff.goTo(desk, "Contracts");
  await desk.getByRole("link", { name: "New contract" }).first().click();
  await desk.getByLabel("Search by name, email or telephone number").fill("Ada");
  await desk.getByRole("button", { name: "Search" }).click();
  await desk.getByRole("link", { name: "Choose Ada & Ben Carter" }).click();
  await desk.getByRole("button", { name: /^Photography/ }).first().click();
  await desk.getByLabel("Title").fill(terms);
  await desk.getByLabel("Event or service").fill("A day at the lake");
  await desk.getByLabel("Place", { exact: true }).first().fill("Lake House");
  await desk.getByLabel("Date").first().fill("2027-06-19");
  await desk.getByLabel(/^Amount in/).fill("1800");
  await desk.getByLabel(/^Deposit in/).fill("300");
  await desk.getByLabel("No payment before it is signed").check();
  const belongs = desk.getByLabel("What waits for it");
  const option = belongs.getByRole("option", { name: new RegExp(title) });
  await belongs.selectOption(await option.getAttribute("value"));
  await desk.getByRole("button", { name: "Look and send" }).click();
  await desk.getByRole("button", { name: "Send now" }).click();
  await expect(desk.getByRole("heading", { level: 1, name: terms })).toBeVisible();
  await desk.close();
  const portal = await ada(page, foreign);
  await portal.goTo("Invoices");
  const waiting = row(page, title).first();
  await expect(waiting).toContainText("Can be paid once this is signed:");
  await expect(waiting.getByRole("button", { name: "Pay Now" })).toHaveCount(0);
  await checkAxe(page);
  await waiting.getByRole("button", { name: terms }).click();
  await expect(portal.heading(terms)).toBeVisible();
  expect(await violations(page)).toEqual([]);
});
