// The crew and an event's roster as staff keep them, and the list of the gate.

import { fits, goTo, signIn } from "./support/staff.ts";
import { checkAxe, expect, test, violations } from "./support/test.ts";

test("crew is put on a roster, warned of, and let through the gate (H10 H11 H12 H13 H14 H15)", async ({ page, demo }) => {
  await signIn(page, demo.host, "owner@demo.test");
  await goTo(page, "Crew");
  await checkAxe(page);
  await fits(page);
  await page.getByRole("link", { name: "Tom Hargreaves" }).click();
  await expect(page.getByText("Expired", { exact: true })).toBeVisible();
  await checkAxe(page);
  await fits(page);
  await page.getByRole("link", { name: "Winter gala" }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: "Roster" })).toBeVisible();
  await expect(page.getByText("Double booked")).toBeVisible();
  await checkAxe(page);
  await fits(page);
  await page.getByRole("checkbox", { name: /Grace Mensah/ }).check();
  const add = page.getByRole("region", { name: "Add crew" });
  await add.getByLabel("From").fill("09:00");
  await add.getByLabel("To", { exact: true }).fill("11:30");
  await add.getByRole("button", { name: "Add to the roster" }).click();
  await expect(page.getByText("Grace Mensah is on the roster.")).toBeVisible();
  await page.getByRole("link", { name: "Gate list" }).click();
  await checkAxe(page);
  await fits(page);
  await page.getByRole("button", { name: "Make an address" }).click();
  const address = await page.getByLabel("Send it to the security staff").inputValue();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(address);
  await checkAxe(page);
  await fits(page);
  await page.getByLabel("Search by name, role or plate").fill("wr19");
  await page.getByRole("button", { name: "Search" }).click();
  await expect(page.getByText("Tom Hargreaves").first()).toBeVisible();
  await expect(page.getByText("Mei Tanaka")).toHaveCount(0);
  expect(await violations(page)).toEqual([]);
});
