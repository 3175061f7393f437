// Mail templates and single mails: written by staff, read by a client who enters by the link. Rows L15 L16 L18 A5 K7.

import type { FrameLocator, Page } from "@playwright/test";

import { linkIn } from "./support/mailbox.ts";
import { PASSWORD, Portal } from "./support/portal.ts";
import { checkAxe, expect, test } from "./support/test.ts";

async function signIn(page: Page, host: string, email = "owner@demo.test") {
  await page.goto(`${host}/admin`);
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
}

const text = (page: Page) => page.getByRole("textbox", { name: "Text", exact: true });
const preview = (page: Page): FrameLocator => page.frameLocator("iframe[title='Preview of the mail']:not(.coming)");
const mail = (page: Page): FrameLocator => preview(page).frameLocator("iframe[title='The mail']");

/** The mail is shown where nothing can run: what tests put into every page cannot either. */
const NO_SCRIPT = /Blocked script execution in 'about:srcdoc'/;
const checkPage = (page: Page) => checkAxe(page, undefined, "[data-preview]");

async function openClient(page: Page, host: string, name: string) {
  await page.goto(`${host}/admin/clients?q=${encodeURIComponent(name)}`);
  await page.getByRole("link", { name, exact: false }).first().click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
}

test("a template is written with inserted tokens and looks as it will to a client (L15 L18)", async ({ page, demo, watch }) => {
  watch.expect(NO_SCRIPT);
  await signIn(page, demo.host);
  await page.goto(`${demo.host}/admin/mail`);
  await checkAxe(page);
  await page.getByRole("link", { name: /^Thank you/ }).click();
  await expect(page.getByLabel("Subject")).toHaveValue("Thank you, {{ recipient.first_name }}");
  const name = `Thanks ${test.info().project.name} ${test.info().workerIndex}`;
  await page.getByLabel("Name").fill(name);

  // Tokens go in where the caret is.
  await text(page).fill("Dear , well met.");
  await text(page).evaluate((area: HTMLTextAreaElement) => area.setSelectionRange(5, 5));
  await page.getByLabel("Token").selectOption("recipient.name");
  await page.getByRole("button", { name: "Insert", exact: true }).click();
  await expect(text(page)).toHaveValue("Dear {{ recipient.name }}, well met.");
  await text(page).press("Control+End");
  await text(page).pressSequentially("\n\n");
  await page.getByRole("button", { name: "Insert Client Portal" }).click();
  await expect(text(page)).toHaveValue("Dear {{ recipient.name }}, well met.\n\n{{ recipient.portal_linked }}");

  // The preview follows by itself, and the caret stays.
  await page.getByLabel("As it looks to").fill("office@demo.test");
  await expect(mail(page).getByText("Dear Grace Okafor, well met.", { exact: true }).last()).toBeVisible();
  await expect(mail(page).getByRole("link", { name: "Client Portal" })).toBeVisible();
  await expect(preview(page).getByText("Thank you, Grace")).toBeVisible();
  await checkPage(page);

  await page.getByRole("button", { name: "Save template" }).click();
  await expect(page.getByRole("status").first()).toHaveText("The template is saved.");
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();

  // Going back leads to the page before, however often the preview changed.
  await page.goto(`${demo.host}/admin/mail`);
  await page.getByRole("link", { name }).click();
  await expect(mail(page).getByRole("link", { name: "Client Portal" })).toBeVisible();
  for (const words of ["One", "Two"]) {
    await text(page).fill(words);
    await expect(mail(page).getByText(words, { exact: true }).last()).toBeVisible();
  }
  await text(page).fill("Dear {{ recipient.name }}, well met.\n\n{{ recipient.portal_linked }}");
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1, name: "Mail" })).toBeVisible();
  await page.getByRole("link", { name }).click();
  await page.getByRole("button", { name: "Delete template" }).click();
  await expect(page.getByText(`“${name}” is deleted.`)).toBeVisible();
});

test("a token that does not exist is shown with its place and what was meant (L15)", async ({ page, demo }) => {
  await signIn(page, demo.host);
  await page.goto(`${demo.host}/admin/mail/new`);
  await page.getByLabel("Name").fill("Not yet");
  await page.getByLabel("Subject").fill("Hello");
  await text(page).fill("Hello\n{{ recipient.fist_name }}!");
  const told = "Line 2, column 4: There is no token “recipient.fist_name”. Did you mean “recipient.first_name”?";
  await expect(preview(page).getByText(told)).toBeVisible();
  await page.getByRole("button", { name: "Save template" }).click();
  await expect(page.getByText(told)).toBeVisible();
  await expect(page.locator(".places mark")).toHaveText("recipient.fist_name");
  await expect(text(page)).toHaveValue("Hello\n{{ recipient.fist_name }}!");
  await expect(text(page)).toHaveAttribute("aria-invalid", "true");
  await checkAxe(page);
});

test("an email to a client carries the portal link, and the client enters by it (L16 A5)", async ({ page, browser, demo, mailbox, watch }) => {
  watch.expect(NO_SCRIPT);
  const client = "spouse@demo.test";
  await signIn(page, demo.host, "member@demo.test");
  await openClient(page, demo.host, "Ada & Ben Carter");
  await page.getByRole("link", { name: "Send Email" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Send Email" })).toBeVisible();
  await page.getByLabel("Begin with a template").selectOption({ label: "Your gallery is ready" });
  await page.getByRole("button", { name: "Use", exact: true }).click();
  await expect(page.getByLabel("Subject")).toHaveValue("Your pictures are here");
  await page.getByLabel("Ben Carter").check();
  const subject = `For you, ${test.info().project.name} ${test.info().workerIndex}`;
  await page.getByLabel("Subject").fill(subject);
  await text(page).fill("Hello {{ recipient.first_name }}, your pictures wait:\n\n");
  await page.getByRole("button", { name: "Insert Client Portal" }).click();
  await expect(mail(page).getByText("Hello Ben, your pictures wait:", { exact: true }).last()).toBeVisible();
  await checkPage(page);

  await mailbox.forget(client);
  await page.getByRole("button", { name: "Send email" }).click();
  await expect(page.getByText("The mail to Ben Carter is on its way.")).toBeVisible();
  await expect(page.getByText(`Mail sent: ${subject}`).first()).toBeVisible();
  const got = await mailbox.next(client);
  expect(got.subject).toBe(subject);
  expect(got.text).toContain("Hello Ben, your pictures wait:");
  const line = page.locator("#mails li").filter({ hasText: subject });
  // The mail is there a moment before the worker has written down that it left.
  await expect(async () => {
    await page.reload();
    await expect(line).toContainText("Sent", { timeout: 500 });
  }).toPass();
  await checkAxe(page);

  const portal = new Portal(await (await browser.newContext()).newPage());
  await portal.page.goto(linkIn(got));
  await expect(portal.email).toHaveValue(client);
  await portal.button("Use password").or(portal.password).first().click();
  await portal.password.fill(PASSWORD);
  await portal.button("Sign in").click();
  await portal.isIn("Ben");
  await portal.page.context().close();
});

test("the invitation goes out in the studio's own words (K7)", async ({ page, demo, mailbox, watch }) => {
  watch.expect(NO_SCRIPT);
  const client = "new@demo.test";
  await signIn(page, demo.host);
  await page.goto(`${demo.host}/admin/mail`);
  await page.getByRole("link", { name: "Use own words for Invitation" }).click();
  await page.getByLabel("Subject").fill("The door is open");
  await text(page).fill("Come in!");
  await page.getByRole("button", { name: "Save template" }).click();
  await expect(page.getByText("An invitation needs the link to the portal")).toBeVisible();
  await text(page).fill("Come in, {{ recipient.first_name }}!\n\n{{ recipient.portal_linked }}");
  await page.getByRole("button", { name: "Send a test to me" }).click();
  await expect(page.getByText("A test is on its way to owner@demo.test.")).toBeVisible();
  await page.getByRole("button", { name: "Save template" }).click();
  await expect(page.getByText("The template is saved.")).toBeVisible();

  await mailbox.forget(client);
  await page.goto(`${demo.host}/admin/portal-users?q=nora`);
  await page.getByRole("link", { name: "Nora Newcomer" }).first().click();
  await page.getByRole("link", { name: "Invite again" }).click();
  await page.getByRole("button", { name: /Invite|Send/ }).click();
  const got = await mailbox.next(client);
  expect(got.subject).toBe("The door is open");
  expect(got.text).toContain("Come in, Nora!");
  expect(linkIn(got)).toContain("#portico=");

  await page.goto(`${demo.host}/admin/mail`);
  await page.getByRole("link", { name: "Edit Invitation" }).click();
  await page.getByRole("button", { name: "Delete our words" }).click();
  await expect(page.getByText("in the portal's own words")).toBeVisible();
});
