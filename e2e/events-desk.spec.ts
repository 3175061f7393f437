// Events as staff make, move and confirm them.

import { fits, goTo, signIn } from "./support/staff.ts";
import { checkAxe, expect, test, violations } from "./support/test.ts";

test("an event is made, moved by its page and by dragging, and stands on its day (H1 H3)", async ({ page, demo }) => {
  const title = `A shoot ${process.pid} ${test.info().project.name}`;
  await signIn(page, demo.host, "owner@demo.test");
  await goTo(page, "Events");
  await checkAxe(page);
  await fits(page);
  await page.getByRole("link", { name: "New event" }).first().click();
  await page.getByLabel("Search by name, email or telephone number").fill("Carter");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByRole("link", { name: "Choose Ada & Ben Carter" }).click();
  await checkAxe(page);
  await page.getByLabel("Title").fill(title);
  await page.getByLabel("Start day").fill("2027-08-10");
  await page.getByRole("button", { name: "Make event" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page.getByLabel("Title")).toHaveValue(title);
  await checkAxe(page);
  await page.getByLabel("Type").selectOption({ label: "Portrait session" });
  await page.getByRole("button", { name: "Make event" }).click();
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  await checkAxe(page);
  await fits(page);

  await page.getByRole("link", { name: "Move", exact: true }).click();
  await page.getByLabel("Start day").fill("2027-08-11");
  await page.getByLabel("End day").fill("2027-08-11");
  await checkAxe(page);
  await page.getByRole("button", { name: "Move the event" }).click();
  await expect(page.getByText("Wednesday, 11 August 2027").first()).toBeVisible();

  await page.goto(`${demo.host}/admin/events/month?day=2027-08-11`);
  await checkAxe(page);
  await fits(page);
  // The whole month on the screen: a page that scrolls under the pointer drops it elsewhere.
  await page.setViewportSize({ width: 1280, height: 1200 });
  const event = page.getByRole("link", { name: new RegExp(title) });
  await event.dragTo(page.locator('[data-day="2027-08-19"]'));
  await expect(page.locator('[data-day="2027-08-19"]').getByRole("link", { name: new RegExp(title) })).toBeVisible();
  await page.goto(`${demo.host}/admin/events/week?day=2027-08-19`);
  await checkAxe(page);
  await page.getByRole("link", { name: new RegExp(title) }).first().click();
  await expect(page.getByText("Thursday, 19 August 2027, 10:00").first()).toBeVisible();
  expect(await violations(page)).toEqual([]);
});

test("what clients may book is set up (H9)", async ({ page, demo }) => {
  await signIn(page, demo.host, "owner@demo.test");
  await page.goto(`${demo.host}/admin/settings/events`);
  await checkAxe(page);
  await fits(page);
  await page.getByRole("link", { name: "Wedding" }).click();
  await checkAxe(page);
  await fits(page);
  expect(await violations(page)).toEqual([]);
});
