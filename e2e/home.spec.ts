// Home: what matters first, and what the studio offers to do: rows B1, B2, B4, B5 and B6.

import type { Page } from "@playwright/test";

import { Portal } from "./support/portal.ts";
import { type Place, checkAxe, expect, shiftsInside, test, violations } from "./support/test.ts";

async function atHome(page: Page, place: Place, email: string): Promise<Portal> {
  const portal = new Portal(page);
  await portal.open(place.address);
  await portal.signInByPassword(email);
  await portal.isIn();
  return portal;
}

const offers = (page: Page) => page.getByRole("list", { name: "What you can do" });

test("what is owed, what waits and what is next stand on the first screen, in the studio's words (B1 B2 B4)", async ({
  page,
  foreign,
}) => {
  const portal = await atHome(page, foreign, "client@demo.test");
  await expect(portal.says(/^Lovely to see you, Ada\./)).toBeVisible();
  for (const name of ["Total due", "To do", "What is next"]) await expect(portal.heading(name)).toBeVisible();
  await checkAxe(page);
  expect(await shiftsInside(page)).toEqual([]);
  expect(await violations(page)).toEqual([]);
});

test("the studio's buttons lead where it says (B5 B6)", async ({ page, foreign }) => {
  const portal = await atHome(page, foreign, "client@demo.test");
  const link = offers(page).getByRole("link", { name: "See our gallery" });
  await expect(link).toHaveAttribute("target", "_blank");
  await expect(link).toHaveAttribute("rel", "noopener");
  await offers(page).getByRole("button", { name: "Book a session" }).click();
  await expect(page.getByRole("heading", { level: 2, name: "Events" })).toBeVisible();
  await expect(portal.button("Send request")).toBeVisible();
  await portal.choose("Home");
  await offers(page).getByRole("button", { name: "Pay now" }).click();
  await expect(page.getByRole("heading", { level: 2, name: "Invoices" })).toBeVisible();
  await portal.choose("Home");
  await offers(page).getByRole("button", { name: "Send us a message" }).click();
  await expect(page.getByRole("heading", { level: 2, name: "Messages" })).toBeVisible();
});

test("with the keyboard alone somebody gets from home to a section and back (B6)", async ({ page, foreign }) => {
  const portal = await atHome(page, foreign, "client@demo.test");
  await offers(page).getByRole("button", { name: "Send us a message" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 2, name: "Messages" })).toBeFocused();
  await portal.choose("Home");
  await expect(page.getByRole("heading", { level: 2, name: /^Hello/ })).toBeFocused();
});
