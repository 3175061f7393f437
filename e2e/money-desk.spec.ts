// Money as staff take care of it: an invoice from nothing, what comes in by hand, what goes back, and how it all stands.

import type { Locator, Page } from "@playwright/test";

import { fits, goTo, signIn } from "./support/staff.ts";
import { checkAxe, expect, test, violations } from "./support/test.ts";

/** So many days from today, as date fields take it. */
const day = (from: number) => new Date(Date.now() + from * 86_400_000).toISOString().slice(0, 10);

const line = (page: Page, at: number) => page.locator("[data-line]").nth(at);
const step = (page: Page, at: number) => page.locator("[data-step]").nth(at);
const sum = (page: Page, label: string | RegExp) =>
  page.locator("[data-totals] > div").filter({ has: page.getByText(label, { exact: true }) }).locator("dd");

async function newInvoice(page: Page, title: string) {
  await goTo(page, "Invoices");
  await page.getByRole("link", { name: "New invoice" }).first().click();
  await page.getByLabel("Search by name, email or telephone number").fill("Carter");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByRole("link", { name: "Choose Ada & Ben Carter" }).click();
  await page.getByLabel("Title").fill(title);
}

async function fillLine(row: Locator, name: string, quantity: string, price: string, tax: string) {
  await row.getByLabel("Name").fill(name);
  await row.getByLabel("Quantity").fill(quantity);
  await row.getByLabel("Price").fill(price);
  await row.getByLabel("Tax").selectOption({ label: tax });
}

async function plan(page: Page, steps: [share: string, due: string][]) {
  const remove = page.getByRole("button", { name: "Remove this step" });
  while (await remove.count()) await remove.first().click();
  for (const [at, [share, due]] of steps.entries()) {
    await page.getByRole("button", { name: "Add a step" }).click();
    await step(page, at).getByLabel("How much").fill(share);
    await step(page, at).getByLabel("Due").selectOption({ label: "on a day" });
    await step(page, at).getByLabel("Day", { exact: true }).fill(due);
  }
}

/** An invoice of one line without tax, issued; its page is open. */
async function issued(page: Page, title: string, price: string) {
  await newInvoice(page, title);
  await page.getByLabel("Ada Carter").check();
  await fillLine(line(page, 0), "Prints", "1", price, "No tax");
  await plan(page, [["", day(20)]]);
  await page.getByRole("button", { name: "Save draft" }).click();
  await page.getByRole("button", { name: "Issue it" }).click();
  await expect(page.getByRole("status")).toContainText("is issued.");
}

async function record(page: Page, method: string, amount: string, reference: string) {
  await page.getByRole("link", { name: "Record payment" }).click();
  await page.getByLabel("Paid by").selectOption({ label: method });
  await page.getByLabel("Amount").fill(amount);
  await page.getByLabel("Reference").fill(reference);
  await page.getByRole("button", { name: "Record it" }).click();
}

const payment = (page: Page, named: string) => page.locator("#payments").getByRole("row", { name: new RegExp(named) });

test("an invoice has lines, taxes, discounts, a currency and dated instalments, and is frozen once issued (G1 G3)", async ({ page, demo }) => {
  const title = `A winter wedding ${process.pid} ${test.info().project.name}`;
  await signIn(page, demo.host, "owner@demo.test");
  await newInvoice(page, title);
  await checkAxe(page);
  await page.getByLabel("Ada Carter").check();
  await page.getByLabel("Currency").selectOption("EUR");
  await page.getByLabel("Prices").selectOption("exclusive");
  await fillLine(line(page, 0), "Photography", "2", "1000", "VAT 20 %");
  await page.getByRole("button", { name: "Add a line" }).click();
  await fillLine(line(page, 1), "Album, thirty pages", "1", "150", "VAT reduced 5 %");
  await line(page, 1).getByLabel("Discount").fill("10 %");
  await page.getByLabel("Discount on everything").fill("100");
  await plan(page, [["30 %", day(3)], ["", day(40)]]);
  // The server works it out while one types: 2,135 less 100, and tax on what is left of each rate.
  await expect(line(page, 1).locator("[data-amount]")).toContainText("135.00");
  await expect(sum(page, "Total")).toHaveText("€2,422.69");
  await expect(page.locator("[data-planned] > div")).toHaveCount(2);
  await expect(page.locator("[data-planned]")).toContainText("€726.81");
  await expect(page.locator("[data-planned]")).toContainText("€1,695.88");
  await checkAxe(page);
  await fits(page);
  await page.getByRole("button", { name: "Save draft" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Invoice (draft)" })).toBeVisible();
  await checkAxe(page);
  await page.getByRole("button", { name: "Issue it" }).click();
  await expect(page.getByRole("status")).toContainText("is issued.");
  await expect(page.getByText("Issued, it cannot be changed.")).toBeVisible();
  await expect(page.getByRole("link", { name: "Edit", exact: true })).toHaveCount(0);
  await expect(page.locator("#payments").getByRole("listitem")).toHaveCount(2);
  await expect(page.locator(".paper")).toContainText("€2,422.69");
  await checkAxe(page);
  await fits(page);
  await goTo(page, "Invoices");
  const row = page.getByRole("row", { name: new RegExp(title) });
  await expect(row).toContainText("Not paid yet");
  await expect(row).toContainText("€2,422.69");
  await checkAxe(page);
  expect(await violations(page)).toEqual([]);
});

test("cash and a transfer are recorded by hand, part of it goes back, and the lists say so (G4)", async ({ page, demo }) => {
  const word = `P${process.pid}${test.info().project.name}`;
  await signIn(page, demo.host, "owner@demo.test");
  await issued(page, `Prints for everybody ${word}`, "900");
  const address = page.url();
  await page.getByRole("link", { name: "Record payment" }).click();
  await checkAxe(page);
  await fits(page);
  await expect(page.getByLabel("Amount")).toHaveValue("900.00");
  await page.goBack();
  await record(page, "Cash", "300", `till ${word}`);
  await expect(page.getByRole("status")).toHaveText("Recorded.");
  await expect(payment(page, "Cash")).toContainText("£300.00");
  await expect(page.locator("#payments")).toContainText("£600.00 left");
  await record(page, "Bank transfer", "600", `ref ${word}`);
  await expect(page.locator(".under")).toContainText("Paid");
  await expect(page.locator("#payments").getByRole("listitem")).toContainText("Paid");
  await checkAxe(page);

  await payment(page, "Bank transfer").getByRole("link").click();
  await expect(page.getByRole("heading", { level: 1, name: "£600.00" })).toBeVisible();
  await checkAxe(page);
  await fits(page);
  // More than there is goes nowhere, and is said where it was typed.
  await page.getByLabel("Amount").fill("600.01");
  await page.getByLabel("Why").fill("One print was torn");
  await page.getByRole("button", { name: "Refund" }).click();
  await expect(page.getByLabel("Amount")).toHaveAccessibleDescription(/An amount of at most £600\.00\./);
  await expect(page.getByLabel("Why")).toHaveValue("One print was torn");
  await checkAxe(page);
  await page.getByLabel("Amount").fill("150");
  await page.getByRole("button", { name: "Refund" }).click();
  await expect(page.getByRole("region", { name: "Details" })).toContainText("£450.00");
  await expect(page.getByRole("region", { name: "What happened" })).toContainText("One print was torn");
  await checkAxe(page);
  await page.goto(address);
  await expect(page.locator("#payments")).toContainText("£150.00 left");
  await goTo(page, "Invoices");
  await expect(page.getByRole("row", { name: new RegExp(`everybody ${word}`) })).toContainText("Partly paid");

  await goTo(page, "Payments");
  const row = page.getByRole("row", { name: new RegExp(`ref ${word}`) });
  await expect(row).toContainText("£150.00 went back");
  await expect(page.getByRole("row", { name: new RegExp(`till ${word}`) })).toContainText("£300.00");
  await checkAxe(page);
  await fits(page);
  expect(await violations(page)).toEqual([]);
});

test("what is wrong is said at its field, and nothing that was typed is lost (G1 G4)", async ({ page, demo }) => {
  const title = `Mistakes ${process.pid} ${test.info().project.name}`;
  await signIn(page, demo.host, "owner@demo.test");
  await newInvoice(page, title);
  await page.getByLabel("Above the lines").fill("Thank you for the day at the lake.");
  await fillLine(line(page, 0), "Photography", "-1", "1.2.3", "VAT 20 %");
  await line(page, 0).getByLabel("Discount").fill("200 %");
  await plan(page, [["half", day(9)]]);
  await page.getByRole("button", { name: "Save draft" }).click();
  await expect(page.getByRole("alert")).toContainText("Nothing was saved yet.");
  await expect(page.getByRole("group", { name: "Who gets it" })).toContainText("Choose who gets this invoice.");
  for (const name of ["Quantity", "Price", "Discount"]) {
    await expect(line(page, 0).getByLabel(name)).toHaveAttribute("aria-invalid", "true");
    await expect(line(page, 0).getByLabel(name)).toHaveAccessibleDescription(/\w/);
  }
  await expect(line(page, 0).getByLabel("Price")).toHaveValue("1.2.3");
  await expect(step(page, 0).getByLabel("How much")).toHaveAccessibleDescription(/A percentage, an amount/);
  await expect(step(page, 0).getByLabel("Day", { exact: true })).toHaveValue(day(9));
  await expect(page.getByLabel("Title")).toHaveValue(title);
  await expect(page.getByLabel("Above the lines")).toHaveValue("Thank you for the day at the lake.");
  await checkAxe(page);
  await fits(page);

  await page.getByLabel("Ada Carter").check();
  await fillLine(line(page, 0), "Photography", "1", "250", "No tax");
  await line(page, 0).getByLabel("Discount").fill("");
  await step(page, 0).getByLabel("How much").fill("");
  await page.getByRole("button", { name: "Save draft" }).click();
  await page.getByRole("button", { name: "Issue it" }).click();
  await record(page, "Cheque", "-20", "No. 17");
  await expect(page.getByLabel("Amount")).toHaveAccessibleDescription(/An amount above zero/);
  await expect(page.getByLabel("Amount")).toHaveValue("-20");
  await expect(page.getByLabel("Reference")).toHaveValue("No. 17");
  await checkAxe(page);
  // More than is owed is taken, and said to be credit.
  await page.getByLabel("Amount").fill("270");
  await page.getByRole("button", { name: "Record it" }).click();
  await expect(page.getByRole("status")).toContainText("£20.00 is more than was owed and is kept as credit.");
  expect(await violations(page)).toEqual([]);
});

test("money due, overdue and received stand month by month, and a late client is reminded (G3 J4)", async ({ page, demo }) => {
  await signIn(page, demo.host, "owner@demo.test");
  // In a currency no other test uses: every figure of it is this invoice's.
  await newInvoice(page, `Prints for Sweden ${process.pid}`);
  await page.getByLabel("Ada Carter").check();
  await page.getByLabel("Currency").selectOption("SEK");
  await fillLine(line(page, 0), "Prints", "1", "1000", "No tax");
  await plan(page, [["400", day(0)], ["", day(12)]]);
  await page.getByRole("button", { name: "Save draft" }).click();
  await page.getByRole("button", { name: "Issue it" }).click();
  await record(page, "Bank transfer", "150", "A first part");
  await goTo(page, "Money");
  const figure = (of: Locator, name: string | RegExp) => of.locator(".figures > div").filter({ hasText: name });
  const krona = page.getByRole("region", { name: "SEK", exact: true });
  await expect(figure(krona, "Owed to you")).toContainText("850.00");
  await expect(figure(krona, "Overdue")).toContainText("0.00");
  await expect(figure(krona, "Due within 30 days")).toContainText("850.00");
  await expect(figure(krona, /^Received in/)).toContainText("150.00");
  await expect(krona.getByRole("img", { name: /^Due and received by month, in SEK/ })).toBeVisible();
  await checkAxe(page);
  await fits(page);
  await krona.getByText("The same as a table").click();
  await expect(krona.getByRole("row").filter({ hasText: "150.00" })).toHaveCount(1);
  await checkAxe(page);

  // What the demo studio waits for: as much as the rows of the list come to.
  const late = page.getByRole("region", { name: "Overdue", exact: true });
  const amounts = await late.locator('[data-label="Amount"]').allInnerTexts();
  const pounds = amounts.map((text) => Number(/£([\d,.]+)/.exec(text)![1].replace(",", ""))).reduce((sum, one) => sum + one, 0);
  const overdue = await figure(page.getByRole("region", { name: "GBP", exact: true }), "Overdue").locator("dd").innerText();
  expect(Number(overdue.replace(/[£,]/g, ""))).toBeCloseTo(pounds, 2);
  const row = late.getByRole("row", { name: /Ivo Petrov/ });
  await expect(row).toContainText(/\d+ days/);
  await row.getByRole("button", { name: /^Remind/ }).click();
  await expect(page.getByRole("status")).toContainText("A reminder is on its way to 1 person.");
  await expect(row).toContainText("reminded");
  await row.getByRole("button", { name: /^Remind/ }).click();
  await expect(page.getByRole("status")).toContainText("A reminder of this went out today already.");
  expect(await violations(page)).toEqual([]);
});

test("a statement of account is made for a period and taken along (G11)", async ({ page, demo }) => {
  await signIn(page, demo.host, "owner@demo.test");
  await page.goto(`${demo.host}/admin/clients`);
  await page.getByRole("link", { name: "Ada & Ben Carter", exact: true }).click();
  const bills = page.getByRole("region", { name: "Invoices", exact: true });
  await expect(bills.getByRole("listitem").first()).toContainText(/INV-\d+/);
  await expect(bills.getByText(/^(Not paid yet|Partly paid|Overdue|Paid)$/).first()).toBeVisible();
  await bills.getByRole("link", { name: "Statement of account" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Statement of account" })).toBeVisible();
  await checkAxe(page);
  await fits(page);
  await page.getByLabel("From").fill(day(-60));
  await page.getByLabel("To").fill(day(0));
  await page.getByRole("button", { name: "Make the statement" }).click();
  const download = page.getByRole("link", { name: "Download PDF" });
  // The page looks again by itself until the paper is there.
  await expect(download).toBeVisible({ timeout: 30_000 });
  await checkAxe(page);
  const [file] = await Promise.all([page.waitForEvent("download"), download.click()]);
  expect(file.suggestedFilename()).toMatch(/\.pdf$/);
  expect(await violations(page)).toEqual([]);
});

/** Goes on with Tab until it is there, as somebody without a pointer does. */
async function tabTo(page: Page, wanted: Locator) {
  await wanted.waitFor();
  for (let at = 0; at < 150; at++) {
    await page.keyboard.press("Tab");
    if (await wanted.evaluate((it) => it === document.activeElement)) return;
  }
  throw new Error(`the keyboard does not get to ${wanted}`);
}

async function typeInto(page: Page, field: Locator, text: string) {
  await tabTo(page, field);
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type(text);
}

async function press(page: Page, button: Locator) {
  await tabTo(page, button);
  await page.keyboard.press("Enter");
}

test("an invoice is made and issued with the keyboard alone (G1)", async ({ page, demo }) => {
  const title = `By keys ${process.pid} ${test.info().project.name}`;
  await signIn(page, demo.host, "owner@demo.test");
  await press(page, page.getByRole("navigation", { name: "Admin" }).getByRole("link", { name: "Invoices" }));
  await press(page, page.getByRole("link", { name: "New invoice" }));
  await typeInto(page, page.getByLabel("Search by name, email or telephone number"), "Carter");
  await page.keyboard.press("Enter");
  await press(page, page.getByRole("link", { name: "Choose Ada & Ben Carter" }));
  await typeInto(page, page.getByLabel("Title"), title);
  await tabTo(page, page.getByLabel("Ada Carter"));
  await page.keyboard.press("Space");
  await typeInto(page, line(page, 0).getByLabel("Name"), "Second");
  await typeInto(page, line(page, 0).getByLabel("Price"), "100");
  await press(page, page.getByRole("button", { name: "Add a line" }));
  // The new line is where one goes on typing.
  await expect(line(page, 1).getByLabel("Name")).toBeFocused();
  await page.keyboard.type("First");
  await typeInto(page, line(page, 1).getByLabel("Price"), "40");
  for (let at = 0; at < 40; at++) {
    await page.keyboard.press("Shift+Tab");
    if (await line(page, 1).getByRole("button", { name: "Move this line up" }).evaluate((it) => it === document.activeElement)) break;
  }
  await page.keyboard.press("Enter");
  await expect(line(page, 0).getByLabel("Name")).toHaveValue("First");
  await expect(page.getByText("First is at place 1 of 2.")).toBeVisible();
  await press(page, page.getByRole("button", { name: "Add a step" }));
  const last = page.locator("[data-step]").last();
  await expect(last.getByLabel("How much")).toBeFocused();
  await tabTo(page, last.getByRole("button", { name: "Remove this step" }));
  await page.keyboard.press("Enter");
  await press(page, page.getByRole("button", { name: "Save draft" }));
  await expect(page.getByRole("heading", { level: 1, name: "Invoice (draft)" })).toBeVisible();
  await press(page, page.getByRole("button", { name: "Issue it" }));
  await expect(page.getByRole("status")).toContainText("is issued.");
  await expect(page.locator(".paper")).toContainText("£140.00");
  expect(await violations(page)).toEqual([]);
});

test("on a telephone no page about money is wider than the screen (G1 G4)", async ({ page, demo }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const title = `Fotografie der außergewöhnlichsten Gartenhochzeitsgesellschaft ${process.pid}`;
  await signIn(page, demo.host, "owner@demo.test");
  await newInvoice(page, title);
  await page.getByLabel("Ada Carter").check();
  await fillLine(line(page, 0), "Hochzeitsfotografiegesamtvereinbarung", "1", "123456.78", "VAT 20 %");
  await fits(page);
  await checkAxe(page);
  await page.getByRole("button", { name: "Save draft" }).click();
  await page.getByRole("button", { name: "Issue it" }).click();
  await expect(page.getByRole("status")).toContainText("is issued.");
  await fits(page);
  await record(page, "Cash", "23456.78", "A long reference on a transfer from abroad, number 4711");
  await fits(page);
  await checkAxe(page);
  await payment(page, "Cash").getByRole("link").click();
  await fits(page);
  await checkAxe(page);
  for (const section of ["Invoices", "Payments", "Money"]) {
    await goTo(page, section);
    await fits(page);
    await checkAxe(page);
  }
  expect(await violations(page)).toEqual([]);
});
