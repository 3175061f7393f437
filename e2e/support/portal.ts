// The portal as a person sees it: fields and buttons by their names, as in widget/texts/en.json.

import { type Page, expect } from "@playwright/test";

import type { Mailbox } from "./mailbox.ts";

export const PASSWORD = "demo-demo-demo";

export class Portal {
  constructor(readonly page: Page) {}

  get email() {
    return this.page.getByLabel("Email address");
  }
  get password() {
    return this.page.getByLabel("Password", { exact: true });
  }
  get newPassword() {
    return this.page.getByLabel("New password");
  }
  get code() {
    return this.page.getByLabel("Code", { exact: true });
  }
  get stay() {
    return this.page.getByLabel("Stay signed in on this device");
  }
  get sections() {
    return this.page.getByRole("navigation", { name: "Sections" });
  }

  button(name: string | RegExp) {
    return this.page.getByRole("button", { name, exact: typeof name === "string" });
  }
  heading(name: string | RegExp) {
    return this.page.getByRole("heading", { name });
  }

  /** A sentence on the screen. Screen readers get some once more, so the first one counts. */
  says(text: string | RegExp) {
    return this.page.getByText(text).filter({ visible: true }).first();
  }

  /** The widget has taken over from the loader, whose form has no second way yet. */
  async ready() {
    await expect(this.button("Use password")).toBeVisible();
  }

  async open(address: string) {
    await this.page.goto(address);
    await expect(this.email).toBeVisible();
  }

  async enterEmail(email: string) {
    await this.email.fill(email);
    await this.button("Continue").click();
  }

  async askCode(mailbox: Mailbox, email: string, sentTo = email): Promise<string> {
    await mailbox.forget(email, sentTo);
    await this.enterEmail(email);
    await expect(this.code).toBeVisible();
    return mailbox.code(sentTo);
  }

  async enterCode(code: string) {
    await this.code.fill(code);
    await this.button("Submit").click();
  }

  /** A person's pause between two presses: presses within 50 ms of each other count as one. */
  async pause() {
    await expect(this.page.locator("[aria-busy=true]")).toHaveCount(0);
    await this.page.waitForTimeout(100);
  }

  async signInByCode(mailbox: Mailbox, email: string) {
    await this.enterCode(await this.askCode(mailbox, email));
    await this.isIn();
  }

  async signInByPassword(email: string, password = PASSWORD) {
    await this.email.fill(email);
    await this.button("Use password").click();
    await this.password.fill(password);
    await this.button("Sign in").click();
  }

  async isIn(name?: string) {
    await expect(this.heading(name ? `Hello, ${name}` : /^Hello, /)).toBeVisible();
  }

  async isOut() {
    await expect(this.email).toBeVisible();
    await expect(this.heading("My Account")).toBeVisible();
  }

  /** By the navigation, which is folded away on a phone. */
  async choose(section: string) {
    // What waits unread is counted behind the name.
    const item = this.sections.getByRole("button", { name: new RegExp(`^${section}( \\d+)?$`) });
    const folded = this.sections.getByRole("button", { expanded: false });
    if (!(await item.first().isVisible()) || (await folded.isVisible())) await folded.click();
    await item.last().click();
  }

  async goTo(section: string) {
    await this.choose(section);
    await expect(this.page.getByRole("heading", { level: 2, name: section, exact: true })).toBeVisible();
  }

  /** By the menu under the person's name. */
  async signOut() {
    await this.page.locator("[aria-controls=person]").click();
    await this.page.locator("#person").getByRole("button", { name: "Sign out" }).click();
    await this.isOut();
  }

  /** What is stored on the host page, in both stores. */
  stored(): Promise<string[]> {
    return this.page.evaluate(() => [...Object.keys(sessionStorage), ...Object.keys(localStorage)]);
  }
}
