// The hosted admin: signing in, settings, second factor, roles. Rows L1 L2 L23 L25 K2.

import type { Page } from "@playwright/test";

import { PASSWORD, Portal } from "./support/portal.ts";
import { goTo, signIn } from "./support/staff.ts";
import { checkAxe, expect, test, violations } from "./support/test.ts";
import { totp } from "./support/totp.ts";

async function signOut(page: Page) {
  const menu = page.getByRole("button", { name: "Menu" });
  if (await menu.isVisible()) await menu.click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
}

test("an owner signs in, saves a setting, and the portal shows it at the next look (L1 B8)", async ({ page, demo, foreign }) => {
  await signIn(page, demo.host, "owner@demo.test");
  await checkAxe(page);
  await goTo(page, "Settings");
  await checkAxe(page);
  const welcome = page.getByLabel("Welcome text");
  const before = await welcome.inputValue();
  const words = `Come in, said the lighthouse, number ${test.info().workerIndex}.`;
  await welcome.fill(words);
  await page.getByRole("button", { name: "Save settings" }).click();
  await expect(page.getByRole("status").first()).toBeVisible();
  await expect(welcome).toHaveValue(words);
  await page.goto(foreign.address);
  await expect(new Portal(page).says(words)).toBeVisible();

  await page.goto(`${demo.host}/admin/settings`);
  await page.getByLabel("Welcome text").fill(before);
  await page.getByRole("button", { name: "Save settings" }).click();
  expect(await violations(page)).toEqual([]);
});

test("the master switch closes the portal, also for who is in (L1)", async ({ page, browser, demo, foreign }) => {
  const client = new Portal(await (await browser.newContext()).newPage());
  await client.open(foreign.address);
  await client.signInByPassword("client@demo.test");
  await client.isIn();

  await signIn(page, demo.host, "owner@demo.test");
  await goTo(page, "Settings");
  const open = page.getByLabel("The client portal is open");
  await open.uncheck();
  await page.getByRole("button", { name: "Save settings" }).click();
  await expect(open).not.toBeChecked();
  await client.page.reload();
  await expect(client.heading("The client portal is closed")).toBeVisible();

  await open.check();
  await page.getByRole("button", { name: "Save settings" }).click();
  await expect(open).toBeChecked();
  await client.page.reload();
  await expect(client.heading(/^Hello, /).or(client.heading("My Account"))).toBeVisible();
  await client.page.context().close();
});

test("the page for the website gives the snippet and the plain link to copy (K2 K4 L2)", async ({ page, demo }) => {
  await signIn(page, demo.host, "owner@demo.test");
  await goTo(page, "Website");
  const snippet = await page.getByLabel("HTML to paste").inputValue();
  expect(snippet).toContain(`src="${demo.host}/embed.js"`);
  expect(snippet).toContain(`<portico-portal studio="demo">`);
  expect(snippet).not.toMatch(/ on\w+=|<style|javascript:/);
  expect(await page.getByLabel("Or a plain link").inputValue()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/demo\//);
});

test("what is wrong in the settings is told at its field and nothing is lost (L1)", async ({ page, demo }) => {
  await signIn(page, demo.host, "owner@demo.test");
  await goTo(page, "Settings");
  const address = page.getByLabel("Page of your website with the portal on it");
  await address.fill("https://elsewhere.example/x");
  await page.getByLabel("Welcome text").fill("Still here after the mistake");
  await page.getByRole("button", { name: "Save settings" }).click();
  await expect(address).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Welcome text")).toHaveValue("Still here after the mistake");
  await checkAxe(page);
});

test("a wrong password does not open the admin, and says no more than that (L25)", async ({ page, demo }) => {
  await signIn(page, demo.host, "owner@demo.test", "not the password");
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page.getByLabel("Email")).toHaveValue("owner@demo.test");
  await checkAxe(page);
});

test("a member has no settings (L25)", async ({ page, demo }) => {
  await signIn(page, demo.host, "member@demo.test");
  await expect(page.getByRole("navigation", { name: "Admin" }).getByRole("link", { name: "Settings" })).toHaveCount(0);
  const reply = await page.goto(`${demo.host}/admin/settings`);
  expect([403, 404]).toContain(reply?.status());
  await checkAxe(page);
});

test("a second factor is set up, asked for, and switched off (L25)", async ({ page, demo }) => {
  await signIn(page, demo.host, "owner@unpaid.test");
  await page.goto(`${demo.host}/admin/account`);
  await checkAxe(page);
  await page.getByRole("button", { name: "Set up" }).click();
  await checkAxe(page);
  const secret = await page.getByLabel("Or type this secret into the app").inputValue();
  await page.getByRole("textbox", { name: "Code" }).fill(totp(secret));
  await page.getByRole("button", { name: "Switch on" }).click();
  await expect(page.getByRole("heading", { name: "Your recovery codes" })).toBeVisible();
  const codes = await page.getByRole("listitem").locator("code").allTextContents();
  expect(codes.length).toBeGreaterThan(5);
  await checkAxe(page);
  await page.getByRole("link", { name: "I have kept them" }).click();

  await signOut(page);
  await signIn(page, demo.host, "owner@unpaid.test");
  await expect(page.getByRole("heading", { name: "One more step" })).toBeVisible();
  await checkAxe(page);
  await page.getByRole("textbox", { name: "Code" }).fill(codes[0]!);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.goto(`${demo.host}/admin/account`);
  const off = page.getByRole("button", { name: "Switch off" });
  await page.locator("form").filter({ has: off }).getByLabel("Password").fill(PASSWORD);
  await off.click();
  await expect(page.getByRole("button", { name: "Set up" })).toBeVisible();
});

for (const [studio, says] of [["lapsed", "101"], ["unpaid", "102"]] as const) {
  test(`staff of the locked studio "${studio}" still reach billing (L23)`, async ({ page, demo }) => {
    await signIn(page, demo.host, `owner@${studio}.test`);
    await page.goto(`${demo.host}/admin/billing`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByText(says).first()).toBeVisible();
    await checkAxe(page);
  });
}
