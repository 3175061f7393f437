// Forms at the desk: built by keyboard and by pointer, sent to a client, read. Rows D1 D3 D4 J6 L26.

import type { Page } from "@playwright/test";

import { fits, goTo, signIn } from "./support/staff.ts";
import { checkAxe, expect, test, violations } from "./support/test.ts";

let count = 0;
const title = () => `Form ${process.pid}x${++count}`;

const names = (page: Page) => page.locator(".built-name").allTextContents();

/** Adds a field by keyboard alone and writes its question where the focus went. */
async function add(page: Page, kind: string, question: string) {
  await page.getByRole("button", { name: kind, exact: true }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Question", { exact: true })).toBeFocused();
  await page.keyboard.type(question);
}

test("a form is built by keyboard alone, checked, mended and saved (D3)", async ({ page, demo }) => {
  const name = title();
  await signIn(page, demo.host, "owner@demo.test");
  await goTo(page, "Forms");
  await checkAxe(page);
  await page.getByRole("link", { name: "New form" }).click();
  await page.getByLabel("Title").fill(name);
  await add(page, "Yes or no", "Is there a dress code?");
  await add(page, "Drop-down", "Which one?");
  await page.getByLabel("Options", { exact: true }).fill("Black tie\nAll white\n");
  await page.getByRole("button", { name: "Show it only on a condition" }).press("Enter");
  await expect(page.getByLabel("Field", { exact: true })).toBeFocused();
  await checkAxe(page);
  await page.getByRole("button", { name: "Save form" }).click();
  await expect(page.getByText("Nothing was saved yet.")).toBeVisible();
  await checkAxe(page);
  // The field with the flaw is open; nothing is lost.
  await expect(page.getByLabel("Options", { exact: true })).toHaveValue("Black tie\nAll white");
  await page.getByLabel("Value", { exact: true }).selectOption("yes");
  await expect(page.frameLocator(".pane iframe:not(.coming)").getByText(/Shows only when .* is “yes”/)).toBeVisible();
  await page.getByRole("button", { name: "Save form" }).click();
  await expect(page.getByText("The form is saved.")).toBeVisible();
  expect(await names(page)).toEqual(["Is there a dress code?", "Which one?"]);
  expect(await violations(page)).toEqual([]);
  await fits(page);
});

test("fields move by buttons and by pointer, and what is removed comes back (D3)", async ({ page, demo }) => {
  await signIn(page, demo.host, "owner@demo.test");
  await page.goto(`${demo.host}/admin/forms/new`);
  for (const question of ["One", "Two", "Three"]) await add(page, "Short text", question);
  await page.getByRole("button", { name: "Move up Three" }).press("Enter");
  await expect(page.getByRole("button", { name: "Move up Three" })).toBeFocused();
  expect(await names(page)).toEqual(["One", "Three", "Two"]);
  await page.getByRole("button", { name: "Remove Three" }).click();
  expect(await names(page)).toEqual(["One", "Two"]);
  await page.getByRole("button", { name: "Undo" }).click();
  expect(await names(page)).toEqual(["One", "Three", "Two"]);

  const grip = page.locator(".grip").first();
  await grip.scrollIntoViewIfNeeded();
  const from = (await grip.boundingBox())!;
  const to = (await page.locator(".built-head").last().boundingBox())!;
  await page.mouse.move(from.x + 8, from.y + 8);
  await page.mouse.down();
  await page.mouse.move(from.x + 8, to.y + to.height - 2, { steps: 8 });
  await page.mouse.up();
  expect(await names(page)).toEqual(["Three", "Two", "One"]);
});

test("a form of the gallery goes into the portal, and what was sent is read and printed (D4 J6)", async ({ page, demo }) => {
  const name = title();
  await signIn(page, demo.host, "owner@demo.test");
  await page.goto(`${demo.host}/admin/forms/new?from=event-brief`);
  await page.getByLabel("Title").fill(name);
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Include in client portal").check();
  await page.getByRole("button", { name: "Save form" }).click();
  await expect(page.getByText("The form is saved.")).toBeVisible();
  await goTo(page, "Forms");
  await expect(page.getByRole("row", { name: new RegExp(name) })).toContainText("In client portal");
  await page.getByRole("link", { name: "Submissions", exact: true }).click();
  await checkAxe(page);
  await page.getByRole("link", { name: /^Event brief/ }).first().click();
  await expect(page.getByText("Harbour Festival, hospitality tents")).toBeVisible();
  await checkAxe(page);
  await page.emulateMedia({ media: "print" });
  await expect(page.getByRole("navigation", { name: "Admin" })).toBeHidden();
  await expect(page.getByText("Harbour Festival, hospitality tents")).toBeVisible();
});

test("a client is asked to fill in a form, reminded, and let off (D1)", async ({ page, demo }) => {
  const name = title();
  await signIn(page, demo.host, "owner@demo.test");
  await page.goto(`${demo.host}/admin/forms/new`);
  await page.getByLabel("Title").fill(name);
  await add(page, "Long text", "Anything else?");
  await page.getByRole("button", { name: "Save form" }).click();
  await page.getByRole("link", { name: "Ask somebody to fill it in" }).click();
  await page.getByLabel("Search by name, email or telephone number").fill("Ada");
  await page.getByRole("button", { name: "Search" }).click();
  await checkAxe(page);
  await page.getByRole("link", { name: "Choose Ada & Ben Carter" }).click();
  await checkAxe(page);
  await page.getByLabel("Ada Carter").check();
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await expect(page.getByText(/^Asked\./)).toBeVisible();
  await checkAxe(page);
  await page.getByRole("button", { name: `Remind now Ada Carter of ${name}` }).click();
  await expect(page.getByText("A reminder is on its way.")).toBeVisible();
  await page.getByRole("button", { name: `Withdraw ${name} from Ada Carter` }).click();
  await expect(page.getByText("Withdrawn. It is gone from the portal.")).toBeVisible();
  await fits(page);
});
