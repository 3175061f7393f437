// Automations as staff make, try and pause them.

import { fits, goTo, signIn } from "./support/staff.ts";
import { checkAxe, expect, test, violations } from "./support/test.ts";

test("an automation of the gallery is used with one click, edited and tried out (L17 L18)", async ({ page, demo }) => {
  await signIn(page, demo.host, "owner@demo.test");
  await goTo(page, "Automations");
  await expect(page.getByText("On booking, introduce the portal").first()).toBeVisible();
  await expect(page.getByRole("heading", { name: "Sent by Portico itself" })).toBeVisible();
  await checkAxe(page);
  await fits(page);
  const thanks = "The day after an event, say thank you";
  const use = page.getByRole("button", { name: `Use ${thanks}` });
  if (await use.count() > 0) {
    await use.click();
    await expect(page.getByText("is on. Change what you like.")).toBeVisible();
  } else {
    await page.getByRole("link", { name: thanks }).first().click();
  }
  await expect(page.getByRole("heading", { level: 1, name: thanks })).toBeVisible();
  await checkAxe(page);
  await fits(page);

  // Only what belongs to the choice is shown.
  await expect(page.getByLabel("Before or after")).toBeVisible();
  await expect(page.getByLabel("How long it waits")).toBeHidden();
  await page.getByLabel("What it waits for").selectOption({ label: "a quote is sent" });
  await expect(page.getByLabel("Before or after")).toBeHidden();
  await page.getByLabel("How long it waits").selectOption({ label: "days later" });
  await page.getByLabel("How many").fill("0");
  await page.getByRole("button", { name: "Save automation" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page.getByText("Type a number from 1 to 1000.")).toBeVisible();
  await checkAxe(page);
  await page.goto(page.url());

  await page.getByRole("link", { name: "Try it on a contact" }).click();
  await page.getByLabel("On whom?").fill("carter");
  await page.getByRole("button", { name: "Search" }).click();
  await checkAxe(page);
  await page.getByRole("link", { name: "Ada Carter" }).click();
  await expect(page.getByText("Nothing is sent, whatever you look at here.")).toBeVisible();
  await expect(page.frameLocator("iframe").first().getByText("Ada Carter").first()).toBeVisible();
  // The mail runs no script, so that nothing can be looked for in its frame.
  await checkAxe(page, undefined, "iframe");
  await fits(page);
  expect(await violations(page)).toEqual([]);
});

test("an automation is switched by the keyboard, and the log says what each did (L17)", async ({ page, demo }) => {
  await signIn(page, demo.host, "owner@demo.test");
  await goTo(page, "Automations");
  const name = "After signing, send the questionnaire";
  const toggle = page.getByRole("switch", { name });
  await expect(toggle).toHaveAttribute("aria-checked", "true");
  await toggle.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("switch", { name })).toHaveAttribute("aria-checked", "false");
  await page.getByRole("switch", { name }).focus();
  await page.keyboard.press("Space");
  await expect(page.getByRole("switch", { name })).toHaveAttribute("aria-checked", "true");
  await page.getByRole("link", { name: "Log", exact: true }).click();
  await checkAxe(page);
  await fits(page);
  await page.getByLabel("What came of it").selectOption({ label: "Skipped" });
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await expect(page.getByRole("table").getByText("Skipped").first()).toBeVisible();
  await checkAxe(page);
  expect(await violations(page)).toEqual([]);
});
