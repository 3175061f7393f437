// Where a contact is signed in, and ending it: row A23.

import { Portal } from "./support/portal.ts";
import { checkAxe, expect, test } from "./support/test.ts";

test("a contact sees own devices and signs another one out (A23)", async ({ page, browser, mailbox, foreign, hosted }) => {
  const portal = new Portal(page);
  await portal.open(foreign.address);
  await portal.signInByPassword("client@demo.test");
  await portal.isIn();

  const elsewhere = await browser.newContext();
  const other = new Portal(await elsewhere.newPage());
  await other.open(hosted.address);
  await other.signInByCode(mailbox, "client@demo.test");

  await portal.goTo("Personal Info");
  await expect(portal.heading("Devices")).toBeVisible();
  await expect(portal.says("This device")).toBeVisible();
  await expect(page.getByText(new URL(hosted.origin).host).first()).toBeVisible();
  await checkAxe(page);
  const ends = page.getByRole("button", { name: /^Sign out .+/ }).filter({ hasNotText: "everywhere" });
  await expect(ends.first()).toBeVisible();
  const before = await ends.count();
  expect(before).toBeGreaterThan(0);
  // The latest used comes first, and this one has no such button.
  await ends.first().click();
  await expect(ends).toHaveCount(before - 1);

  await other.page.reload();
  await other.isOut();
  await expect(other.says("Your session has ended")).toBeVisible();
  await elsewhere.close();
  await page.reload();
  await portal.isIn();
});

test("signing out everywhere ends every device at its next request (A23)", async ({ page, browser, mailbox, foreign }) => {
  const portal = new Portal(page);
  await portal.open(foreign.address);
  await portal.signInByPassword("client@demo.test");
  await portal.isIn();
  const elsewhere = await browser.newContext();
  const other = new Portal(await elsewhere.newPage());
  await other.open(foreign.address);
  await other.signInByCode(mailbox, "client@demo.test");

  await portal.goTo("Personal Info");
  await portal.button("Sign out everywhere").click();
  await portal.isOut();
  await other.page.reload();
  await other.isOut();
  await elsewhere.close();
});

test("a contact sees own details and nothing of others (A16 C1)", async ({ page, foreign }) => {
  const portal = new Portal(page);
  await portal.open(foreign.address);
  await portal.signInByPassword("client@demo.test");
  await portal.isIn();
  await portal.goTo("Personal Info");
  await expect(portal.says("client@demo.test")).toBeVisible();
  await expect(page.getByText("spouse@demo.test")).toHaveCount(0);
  await checkAxe(page);
});
