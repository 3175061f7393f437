// Events as a contact meets them: what is coming, booking, asking to change: rows H1 to H8, H10 to H16.

import type { Page } from "@playwright/test";

import { Portal } from "./support/portal.ts";
import { type Place, checkAxe, expect, shiftsInside, test, violations } from "./support/test.ts";

const WEDDING = "Ada and Ben’s wedding";

async function atEvents(page: Page, place: Place, email = "client@demo.test"): Promise<Portal> {
  const portal = new Portal(page);
  await portal.open(place.address);
  await portal.signInByPassword(email);
  await portal.isIn();
  await portal.goTo("Events");
  return portal;
}

const row = (page: Page, title: string) => page.getByRole("listitem").filter({ hasText: title });

/** A day so far from now, as a date field takes it. */
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

test("everything with a date stands in one list, each in its state (H1 H2 H3 H4)", async ({ page, foreign }) => {
  const portal = await atEvents(page, foreign);
  await expect(portal.heading("Coming up")).toBeVisible();
  await expect(portal.heading("Past events")).toBeVisible();
  await expect(row(page, WEDDING)).toContainText("Confirmed");
  await expect(row(page, "A look at the venue")).toContainText("To be confirmed");
  await expect(row(page, "Engagement pictures")).toContainText("Move asked for");
  await expect(row(page, "First talk")).toContainText("Completed");
  await checkAxe(page);
  expect(await shiftsInside(page)).toEqual([]);
  expect(await violations(page)).toEqual([]);
});

test("an event says when, where, whom to call, and saves to a calendar (H10 H16)", async ({ page, foreign }) => {
  const portal = await atEvents(page, foreign);
  await portal.button(`Open: ${WEDDING}`).click();
  await expect(portal.heading(WEDDING)).toBeFocused();
  await expect(portal.says("Walcot Gardens")).toBeVisible();
  await expect(page.getByRole("link", { name: "Open the map" })).toHaveAttribute("href", /^https:\/\/www\.openstreetmap\.org\//);
  await expect(portal.heading("Team leader")).toBeVisible();
  await expect(page.locator('a[href^="tel:"]').first()).toBeVisible();
  await checkAxe(page);
  const [file] = await Promise.all([page.waitForEvent("download"), portal.button("Add to calendar").click()]);
  expect(file.suggestedFilename()).toMatch(/\.ics$/);
  await portal.button("Back to Events").click();
  await expect(portal.heading("Coming up")).toBeVisible();
});

test("an event is booked, starts as to be confirmed, and is booked again (H5 H6 H8)", async ({ page, foreign }) => {
  const portal = await atEvents(page, foreign);
  await portal.button("Book an event").click();
  await expect(portal.heading("Book an event")).toBeFocused();
  await portal.button("Send request").click();
  await expect(page.locator("[aria-invalid=true]").first()).toBeVisible();
  await checkAxe(page);
  await page.getByRole("combobox", { name: /^What\b/ }).fill("Portrait");
  await page.getByRole("option", { name: "Portrait session" }).click();
  const title = `Family pictures ${process.pid}${Math.random().toString(36).slice(2, 6)}`;
  await page.getByLabel("Name of the event").fill(title);
  await page.getByLabel("Day", { exact: false }).first().fill(inDays(40));
  await page.getByLabel("Begins at").fill("10:00");
  await page.getByLabel("Ends at").fill("12:00");
  await page.getByLabel("Venue").fill("Royal Victoria Park");
  await portal.button("Send request").click();
  await expect(portal.heading(title)).toBeVisible();
  await expect(portal.says("To be confirmed")).toBeVisible();
  await portal.button("Book again").click();
  await expect(page.getByLabel("Venue")).toHaveValue("Royal Victoria Park");
  await expect(page.getByLabel("Begins at")).toHaveValue("10:00");
});

test("a client asks to move an event, and sees that it asked (H16)", async ({ page, foreign }) => {
  const portal = await atEvents(page, foreign);
  await portal.button("Open: A look at the venue").click();
  await expect(portal.heading("A look at the venue")).toBeFocused();
  const asks = portal.button("Move or cancel");
  if (!(await asks.isVisible())) return expect(portal.heading("Requests")).toBeVisible();
  await asks.click();
  await expect(portal.heading("Move or cancel")).toBeVisible();
  await page.getByLabel("Day", { exact: false }).first().fill(inDays(60));
  await page.getByLabel("Last day").fill("");
  await page.getByLabel(/^Why/).fill("We are away that week.");
  await checkAxe(page);
  await portal.button("Send").click();
  await expect(portal.heading("Requests")).toBeVisible();
  await expect(portal.says("We are away that week.")).toBeVisible();
});

test("a spouse sees the event they share, and nothing the other wrote (H1)", async ({ page, foreign }) => {
  const portal = await atEvents(page, foreign, "spouse@demo.test");
  await portal.button(`Open: ${WEDDING}`).click();
  await expect(portal.heading(WEDDING)).toBeVisible();
  await portal.button("Back to Events").click();
  await expect(row(page, WEDDING)).toBeVisible();
  await expect(row(page, "Engagement pictures")).toHaveCount(0);
});
