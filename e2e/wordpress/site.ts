// The WordPress of the run: signing in, writing pages, what stands in them.

import { type FrameLocator, type Page, expect } from "@playwright/test";

const named = (name: string) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; \`cargo xtask drill --only wordpress\` sets it`);
  return value;
};

export const site = {
  get url() {
    return named("WORDPRESS_URL");
  },
  get plugin() {
    return named("WORDPRESS_PLUGIN");
  },
};

export type Person = "admin" | "editor" | "author";

export async function signIn(page: Page, person: Person) {
  await page.goto(`${site.url}/wp-login.php`);
  await page.getByLabel("Username or Email Address").fill(person);
  await page.getByLabel("Password", { exact: true }).fill(named("WORDPRESS_PASSWORD"));
  await page.getByRole("button", { name: "Log In" }).click();
  await page.waitForURL(/wp-admin/);
}

/** Opens the editor on a new post, in its view of blocks or of their HTML. */
export async function newPost(page: Page, view: "Visual editor" | "Code editor") {
  await page.goto(`${site.url}/wp-admin/post-new.php`);
  await page.getByRole("button", { name: "Options", exact: true }).click();
  // It remembers the view that was chosen last.
  const choice = page.getByRole("menuitemradio", { name: view });
  if ((await choice.getAttribute("aria-checked")) !== "true") await choice.click();
  else await page.keyboard.press("Escape");
}

/** Where the blocks are: newer ones than 6.2 draw them in a frame. */
export async function canvas(page: Page): Promise<Page | FrameLocator> {
  const frame = page.locator("iframe[name='editor-canvas']");
  await expect(frame.or(page.getByLabel("Add title")).first()).toBeVisible();
  return (await frame.count()) ? page.frameLocator("iframe[name='editor-canvas']") : page;
}

/** By the two buttons; the address of what was published. */
export async function publish(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  await page.getByRole("region", { name: "Editor publish" }).getByRole("button", { name: "Publish", exact: true }).click();
  const address = page.getByRole("region", { name: "Editor publish" }).getByRole("link", { name: "View Post" });
  return (await address.getAttribute("href"))!;
}

export async function post(page: Page, title: string, code: string): Promise<string> {
  await newPost(page, "Code editor");
  await page.getByLabel("Add title").fill(title);
  await page.getByLabel("Type text or HTML").fill(code);
  const address = await publish(page);
  await expect(page.getByText(`${title} is now live`)).toBeVisible();
  return address;
}
