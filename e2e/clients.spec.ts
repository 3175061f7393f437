// The client list: by hand, rights, fields, two people at once. Rows L3 A15 L14 L21 B7 L5 L13.

import { Portal } from "./support/portal.ts";
import { addClient, fits, goTo, signIn, somebody } from "./support/staff.ts";
import { checkAxe, expect, test, violations } from "./support/test.ts";

test("a family and its second contact are added by hand and found by any word (L3 A15)", async ({ page, demo }) => {
  await signIn(page, demo.host, "member@demo.test");
  await goTo(page, "Clients");
  await checkAxe(page);
  await fits(page);
  await page.getByRole("link", { name: "Add client" }).click();
  await checkAxe(page);

  // What is wrong is told at its field, and nothing is lost.
  const who = somebody("Zoë");
  await page.getByLabel("First name").fill(who.first);
  await page.getByLabel("Last name").fill(who.last);
  await page.getByLabel("Email").fill("zoe at home");
  await page.getByLabel("Kind").selectOption({ label: "Family" });
  const name = `The ${who.last} family`;
  await page.getByLabel("Name", { exact: true }).fill(name);
  const group = page.getByLabel("Group");
  if (await group.count()) await group.selectOption({ label: "Weddings" });
  await page.getByRole("button", { name: "Save client" }).click();
  await expect(page.getByLabel("Email")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Last name")).toHaveValue(who.last);
  await checkAxe(page);
  await page.getByLabel("Email").fill(who.email);
  await page.getByRole("button", { name: "Save and add another contact" }).click();

  await expect(page.getByRole("heading", { name: "Add contact" })).toBeVisible();
  await page.getByLabel("First name").fill("Yorick");
  await page.getByLabel("Email").fill(`yorick.${who.last}@people.test`);
  await page.getByRole("button", { name: "Save contact" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await expect(page.getByRole("heading", { level: 3, name: /Yorick/ })).toBeVisible();
  await expect(page.getByRole("heading", { level: 2, name: "Timeline" })).toBeVisible();
  await checkAxe(page);
  await fits(page);

  // By the beginning of a word, without accents and capitals.
  await page.goto(`${demo.host}/admin/clients`);
  await page.getByRole("searchbox").fill(`zoe ${who.last.toLowerCase()}`);
  await page.getByRole("searchbox").press("Enter");
  await expect(page.getByRole("rowheader", { name })).toBeVisible();
  await expect(page.getByRole("rowheader")).toHaveCount(1);
  await page.getByRole("searchbox").fill("nobody is called so");
  await page.getByRole("searchbox").press("Enter");
  await expect(page.getByText("No client fits.")).toBeVisible();
  expect(await violations(page)).toEqual([]);
});

test("what staff forbid a contact is not there at the contact's next look (L14 B7)", async ({ page, browser, demo, foreign }) => {
  const portal = new Portal(await (await browser.newContext()).newPage());
  await portal.open(foreign.address);
  await portal.signInByPassword("site@demo.test");
  await portal.isIn();
  await expect(portal.sections.getByText("Events", { exact: true })).not.toHaveCount(0);

  await signIn(page, demo.host, "owner@demo.test");
  await page.goto(`${demo.host}/admin/clients?q=site@demo.test`);
  await page.getByRole("rowheader").getByRole("link").click();
  const contact = page.getByRole("article").filter({ hasText: "site@demo.test" });
  await contact.getByRole("link", { name: /^Change the rights of/ }).click();
  await checkAxe(page);
  await fits(page);
  const events = page.getByRole("group", { name: "Events", exact: true });
  await events.getByLabel("No").check();
  await page.getByRole("button", { name: "Save rights" }).click();
  await portal.page.reload();
  await portal.isIn();
  await expect(portal.sections.getByText("Events", { exact: true })).toHaveCount(0);

  await page.goBack();
  await page.reload();
  await events.getByLabel(/^As /).check();
  await page.getByRole("button", { name: "Save rights" }).click();
  await expect(page.getByRole("article").filter({ hasText: "site@demo.test" })).toContainText("As the client's");
  await portal.page.context().close();
});

test("of two staff who edit one client the later one is told and loses nothing (L3)", async ({ page, browser, demo }) => {
  const who = somebody();
  await signIn(page, demo.host, "owner@demo.test");
  await addClient(page, demo.host, who);
  await page.getByRole("link", { name: "Edit client" }).click();
  const address = page.url();

  const other = await (await browser.newContext()).newPage();
  await signIn(other, demo.host, "member@demo.test");
  await other.goto(address);
  await other.getByLabel("Town or city").fill("Bradford on Avon");
  await other.getByRole("button", { name: "Save client" }).click();
  await expect(other.getByText("Bradford on Avon").first()).toBeVisible();
  await other.context().close();

  await page.getByLabel("Street and number").fill("7 Silver Street");
  await page.getByRole("button", { name: "Save client" }).click();
  await expect(page.getByRole("alert")).toContainText("Somebody else saved this");
  await expect(page.getByLabel("Street and number")).toHaveValue("7 Silver Street");
  await checkAxe(page);
});

test("a field of the studio's own is made, filled in and shown in the portal (L21 C3)", async ({ page, browser, demo, foreign }) => {
  await signIn(page, demo.host, "owner@demo.test");
  await goTo(page, "Client fields");
  await checkAxe(page);
  await fits(page);
  const label = `Favourite flower ${process.pid}`;
  await page.getByLabel("Name", { exact: true }).fill(label);
  await page.getByLabel("Is about").selectOption({ label: "Each contact" });
  await page.getByLabel("Shown in portal", { exact: true }).check();
  await page.getByRole("button", { name: "Add field" }).click();
  await expect(page.getByRole("link", { name: label })).toBeVisible();
  await page.goto(`${demo.host}/admin/clients?q=client@demo.test`);
  await page.getByRole("rowheader").getByRole("link").first().click();
  await page.getByRole("link", { name: "Edit Ada Carter" }).click();
  await page.getByLabel(label).fill("Peony");
  await page.getByRole("button", { name: "Save contact" }).click();

  const portal = new Portal(await (await browser.newContext()).newPage());
  await portal.open(foreign.address);
  await portal.signInByPassword("client@demo.test");
  await portal.isIn();
  await portal.goTo("Personal Info");
  await expect(portal.page.getByText("Peony")).toBeVisible();
  await portal.page.context().close();
});

test("the list is walked and an answer given by keyboard alone (L3)", async ({ page, demo }) => {
  await page.goto(`${demo.host}/admin`);
  await page.keyboard.press("Tab");
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute("name") ?? document.activeElement?.textContent?.trim());
  for (let n = 0; n < 8 && (await focused()) !== "email"; n++) await page.keyboard.press("Tab");
  await page.keyboard.type("member@demo.test");
  await page.keyboard.press("Tab");
  await page.keyboard.type("demo-demo-demo");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: /^Welcome/ })).toBeVisible();
  await page.goto(`${demo.host}/admin/clients?q=nora`);
  for (let n = 0; n < 40 && (await focused()) !== "Nora Newcomer"; n++) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Nora Newcomer" })).toBeVisible();
});
