// Letting clients in and out: invitations, links, passwords, duplicates, test client.
// Rows A7 A9 A10 A11 A13 L5 L6 L7 L8 L10 L11 L12 L13 L19 L20.

import { Portal } from "./support/portal.ts";
import { addClient, fits, openContact, signIn, somebody } from "./support/staff.ts";
import { checkAxe, expect, test } from "./support/test.ts";

test("the red cloud is clicked, the invitation goes out, the cloud turns green, and the contact is in (L5 L6 L8 A7 L12)", async ({ page, browser, demo, mailbox }) => {
  test.slow();
  const who = somebody();
  await signIn(page, demo.host, "member@demo.test");
  await addClient(page, demo.host, who);
  const list = `${demo.host}/admin/portal-users?q=${who.email}`;
  await page.goto(list);
  await checkAxe(page);
  await fits(page);
  await page.getByRole("link", { name: /^Not invited/ }).click();
  await expect(page.getByRole("heading", { name: `Invite ${who.first} ${who.last} to the portal?` })).toBeVisible();
  await checkAxe(page);
  await page.getByRole("button", { name: "Send invitation" }).click();
  await expect(page.getByRole("link", { name: /^Invited/ })).toBeVisible();

  const mail = await mailbox.next(who.email);
  expect(mail.subject).toContain("Fernlight Studio");
  expect(mail.html!.replaceAll("&#x2f;", "/")).toContain("/files/logos/");
  const link = /https?:\/\/\S+#portico=[\w.~-]+/.exec(mail.text)![0];
  const portal = new Portal(await (await browser.newContext()).newPage());
  await portal.open(link);
  await expect(portal.email).toHaveValue(who.email);
  await portal.newPassword.fill("a password of my own");
  await portal.newPassword.press("Enter");
  await portal.isIn(who.first);
  await portal.page.context().close();

  await page.goto(list);
  await expect(page.getByRole("row", { name: new RegExp(who.last) })).toContainText(/Active/);
});

test("two selected contacts get the Portal Invite with a report for each (L7)", async ({ page, demo, mailbox }) => {
  const [one, two] = [somebody("Bela"), somebody("Bela")];
  await signIn(page, demo.host, "owner@demo.test");
  for (const who of [one, two]) await addClient(page, demo.host, who);
  await page.goto(`${demo.host}/admin/portal-users?q=bela`);
  for (const who of [one, two]) await page.getByLabel(`Select ${who.first} ${who.last}`).check();
  await expect(page.getByRole("status")).toContainText("2");
  await page.getByRole("button", { name: "Send Portal Invite" }).click();
  await expect(page.getByRole("heading", { name: "Invite 2 contacts?" })).toBeVisible();
  await checkAxe(page);
  await page.getByRole("button", { name: "Send invitations" }).click();
  await expect(page.getByRole("heading", { name: "Invitations sent" })).toBeVisible({ timeout: 15_000 });
  await expect(page.getByRole("listitem").filter({ hasText: one.email })).toContainText("Invitation sent");
  await checkAxe(page);
  await fits(page);
  for (const who of [one, two]) await mailbox.link(who.email);
});

test("access is disabled in one click and the open portal ends with its next request (L13 L11)", async ({ page, browser, demo, foreign }) => {
  const portal = new Portal(await (await browser.newContext()).newPage());
  await portal.open(foreign.address);
  await portal.signInByPassword("site@demo.test");
  await portal.isIn();

  await signIn(page, demo.host, "member@demo.test");
  await openContact(page, demo.host, { first: "Tom", last: "Weller", email: "site@demo.test" });
  await checkAxe(page);
  await fits(page);
  await page.getByRole("button", { name: "Disable Access" }).click();
  await expect(page.getByText(/Tom Weller is out/)).toBeVisible();
  await portal.choose("Personal Info");
  await portal.isOut();
  await page.getByRole("button", { name: "Enable Access" }).click();
  await portal.signInByPassword("site@demo.test");
  await portal.isIn();
  await portal.page.context().close();
});

test("staff type a password, reset it, and hand over a link to copy (A9 A10 L10)", async ({ page, browser, demo, hosted }) => {
  test.slow();
  const who = somebody();
  await signIn(page, demo.host, "owner@demo.test");
  await addClient(page, demo.host, who);
  await openContact(page, demo.host, who);
  await page.getByLabel("Type a password").fill("short");
  await page.getByRole("button", { name: "Set password", exact: true }).click();
  await expect(page.getByLabel("Type a password")).toHaveAttribute("aria-invalid", "true");
  await checkAxe(page);
  await page.getByLabel("Type a password").fill("seven green bottles");
  await page.getByLabel("Works once, then a new one is chosen").uncheck();
  await page.getByRole("button", { name: "Set password", exact: true }).click();

  const portal = new Portal(await (await browser.newContext()).newPage());
  await portal.open(hosted.address);
  await portal.signInByPassword(who.email, "seven green bottles");
  await portal.isIn(who.first);

  await page.getByRole("button", { name: "Reset password" }).click();
  const link = await page.getByLabel(/link/i).first().inputValue();
  expect(link).toContain("#portico=");
  await portal.page.reload();
  await portal.isOut();
  await portal.open(link);
  await expect(portal.email).toHaveValue(who.email);
  await portal.newPassword.fill("eight brown bottles");
  await portal.newPassword.press("Enter");
  await portal.isIn(who.first);
  await portal.page.context().close();

  await page.getByRole("button", { name: "Make a link to copy" }).click();
  await expect(page.getByRole("heading", { name: "Copy it now" })).toBeVisible();
});

test("a generated password works once and a new one is chosen (A11 L9)", async ({ page, browser, demo, hosted, mailbox }) => {
  const who = somebody();
  await signIn(page, demo.host, "owner@demo.test");
  await addClient(page, demo.host, who);
  await openContact(page, demo.host, who);
  await expect(page.getByLabel("Send a link instead")).toBeChecked();
  await page.getByLabel("Generate and send a random password").check();
  await page.getByRole("button", { name: "Send", exact: true }).click();
  const mail = await mailbox.next(who.email);
  const password = /^\s*(\S+-\S+-\S+)\s*$/m.exec(mail.text)?.[1] ?? /password[^\n]*?:\s*(\S+)/i.exec(mail.text)![1]!;
  const portal = new Portal(await (await browser.newContext()).newPage());
  await portal.open(hosted.address);
  await portal.signInByPassword(who.email, password);
  await portal.newPassword.fill("nine blue bottles");
  await portal.newPassword.press("Enter");
  await portal.isIn(who.first);
  await portal.page.context().close();
});

test("two contacts that are one are found and merged, and the link made afterwards works (A13 L20)", async ({ page, browser, demo, mailbox }) => {
  test.slow();
  const who = somebody();
  const twin = { ...who, first: "W." };
  await signIn(page, demo.host, "owner@demo.test");
  await addClient(page, demo.host, who);
  await addClient(page, demo.host, twin);
  await expect(page.getByText("The same email address is used twice.").first()).toBeVisible();
  await page.goto(`${demo.host}/admin/portal-users/duplicates`);
  await checkAxe(page);
  await fits(page);
  await page.getByRole("region", { name: who.email }).getByRole("link", { name: /^Merge with/ }).click();
  await checkAxe(page);
  await fits(page);
  await page.getByLabel("First name: Wanda").check();
  await page.getByRole("button", { name: "Merge into one" }).click();
  await expect(page.getByRole("region", { name: who.email })).toHaveCount(0);
  await openContact(page, demo.host, who);
  await page.getByRole("link", { name: /^Invite to Portal|^Invite again/ }).click();
  await page.getByRole("button", { name: "Send invitation" }).click();
  const portal = new Portal(await (await browser.newContext()).newPage());
  await portal.open(await mailbox.link(who.email));
  await portal.newPassword.fill("ten white bottles");
  await portal.newPassword.press("Enter");
  await portal.isIn(who.first);
  await portal.page.context().close();
});

test("the portal is tried as a test client, and seen as a contact sees it, read-only and marked (L19)", async ({ page, context, demo }) => {
  await signIn(page, demo.host, "owner@demo.test");
  await page.goto(`${demo.host}/admin/portal-users`);
  await page.getByRole("button", { name: "Open my test client" }).click();
  await expect(page.getByRole("heading", { level: 1, name: /Test client/ })).toBeVisible();
  await checkAxe(page);
  const [tab] = await Promise.all([
    context.waitForEvent("page"),
    page.getByRole("button", { name: /^View as this contact/ }).click(),
  ]);
  const portal = new Portal(tab);
  await portal.isIn();
  await expect(tab.getByText("Olivia Fern", { exact: false }).first()).toBeVisible();
  await checkAxe(tab);
  await page.goto(`${demo.host}/admin/clients?q=olivia`);
  await expect(page.getByText("No client fits.")).toBeVisible();
});
