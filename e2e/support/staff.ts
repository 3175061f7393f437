// A staff member at the hosted admin.

import { type Page, expect } from "@playwright/test";

import { PASSWORD } from "./portal.ts";

export async function signIn(page: Page, host: string, email: string, password = PASSWORD) {
  await page.goto(`${host}/admin`);
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Opens a section from the navigation, behind its button on a phone. */
export async function goTo(page: Page, section: string) {
  const menu = page.getByRole("button", { name: "Menu" });
  if (await menu.isVisible()) await menu.click();
  await page.getByRole("navigation", { name: "Admin" }).getByRole("link", { name: section }).click();
  await expect(page.getByRole("heading", { level: 1, name: section })).toBeVisible();
}

/** No part of the page is wider than the screen. */
export async function fits(page: Page) {
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(beyond, "the page is wider than the screen").toBeLessThanOrEqual(0);
}

export interface NewClient {
  first: string;
  last: string;
  email: string;
}

/** Adds a person as a client by the form; its page is open then. */
export async function addClient(page: Page, host: string, { first, last, email }: NewClient) {
  await page.goto(`${host}/admin/clients/new`);
  await page.getByLabel("First name").fill(first);
  await page.getByLabel("Last name").fill(last);
  await page.getByLabel("Email").fill(email);
  const group = page.getByLabel("Group");
  if (await group.count()) await group.selectOption({ index: 1 });
  await page.getByRole("button", { name: "Save client" }).click();
  await expect(page.getByRole("heading", { level: 1, name: `${first} ${last}` })).toBeVisible();
}

let count = 0;

/** Somebody nobody has heard of: tests share a demo. */
export function somebody(first = "Wanda"): NewClient {
  const last = `Quill${process.pid}x${++count}`;
  return { first, last, email: `${first}.${last}@people.test`.toLowerCase() };
}

/** Finds somebody in the list of portal users and opens the contact's page. */
export async function openContact(page: Page, host: string, who: NewClient) {
  await page.goto(`${host}/admin/portal-users?q=${encodeURIComponent(who.email)}`);
  await page.getByRole("link", { name: `${who.first} ${who.last}`, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: `${who.first} ${who.last}` })).toBeVisible();
}
