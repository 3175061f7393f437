// Staff answer from one inbox, and see at once what is new.

import { Portal } from "./support/portal.ts";
import { fits, signIn } from "./support/staff.ts";
import { checkAxe, expect, test, violations } from "./support/test.ts";

const answer = (page: import("@playwright/test").Page) => page.getByRole("textbox", { name: "Your message" });

test("a conversation is found, answered with a saved reply, assigned and done (J1 J6)", async ({ page, demo }) => {
  const word = `Sage${process.pid}${test.info().project.name.replace(/\W/g, "")}`;
  await signIn(page, demo.host, "owner@demo.test");
  await page.goto(`${demo.host}/admin/messages`);
  await expect(page.getByRole("heading", { level: 1, name: "Messages" })).toBeVisible();
  await checkAxe(page);
  await fits(page);
  await page.getByRole("link", { name: /Bathwick Events Ltd/ }).first().click();
  await expect(page.getByRole("log", { name: "Conversation" })).toContainText("three vans");
  await checkAxe(page);
  await fits(page);

  // Nothing is sent empty; a saved reply goes in where the caret is.
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByText("Please write something.")).toBeVisible();
  await checkAxe(page);
  await answer(page).fill(`${word}, Grace.`);
  await page.getByLabel("Saved reply").selectOption({ label: "Meeting before the day" });
  await expect(answer(page)).toHaveValue(new RegExp(`${word}, Grace\\.\\n\\nShall we talk`));
  await page.getByLabel("Attach").setInputFiles({ name: `${word}.txt`, mimeType: "text/plain", buffer: Buffer.from(word) });
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByRole("status")).toHaveText("The message is sent.");
  const log = page.getByRole("log", { name: "Conversation" });
  await expect(log.getByText(`${word}, Grace.`)).toBeVisible();
  await expect(log.getByRole("link", { name: new RegExp(`${word}\\.txt`) })).toBeVisible();
  await checkAxe(page);
  await fits(page);

  await page.getByLabel("Assigned to").selectOption({ label: "Olivia Fern" });
  await expect(page.getByRole("status")).toHaveText("Assigned to Olivia Fern.");
  await page.getByRole("button", { name: "Mark as done" }).click();
  await expect(page.getByRole("button", { name: "Open again" })).toBeVisible();
  await page.goto(`${demo.host}/admin/messages`);
  await page.getByRole("searchbox", { name: "Search messages and clients" }).fill(word.toLowerCase());
  await page.getByRole("button", { name: "Search" }).click();
  await expect(page.getByRole("link", { name: /Bathwick Events Ltd/ })).toHaveCount(1);
  await checkAxe(page);
  await page.getByRole("link", { name: /Bathwick Events Ltd/ }).click();
  await page.getByRole("button", { name: "Open again" }).click();
  expect(await violations(page)).toEqual([]);
});

test("what a colleague writes shows on an open page, and what was typed stays (J1)", async ({ page, demo, browser }) => {
  const word = `Hello ${process.pid} ${test.info().project.name}`;
  await signIn(page, demo.host, "owner@demo.test");
  await page.goto(`${demo.host}/admin/messages?show=all`);
  await page.getByRole("link", { name: /Ada & Ben Carter/ }).last().click();
  await answer(page).fill("Half a sentence");
  const other = await browser.newPage();
  await signIn(other, demo.host, "member@demo.test");
  await other.goto(page.url());
  await answer(other).fill(word);
  await other.getByRole("button", { name: "Send" }).click();
  await expect(page.getByRole("log").getByText(word)).toBeVisible({ timeout: 5000 });
  await expect(answer(page)).toHaveValue("Half a sentence");
  await other.close();
  expect(await violations(page)).toEqual([]);
});

test("notifications are looked at, and chosen (J3)", async ({ page, demo }) => {
  await signIn(page, demo.host, "owner@demo.test");
  await page.getByRole("link", { name: /^Notifications/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Notifications" })).toBeVisible();
  await checkAxe(page);
  await fits(page);
  await page.getByRole("checkbox", { name: "First sign-ins here" }).uncheck();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("checkbox", { name: "First sign-ins here" })).not.toBeChecked();
  await page.goto(`${demo.host}/admin/messages/replies`);
  await checkAxe(page);
  await fits(page);
  expect(await violations(page)).toEqual([]);
});

test("a client and the studio write to each other on two open pages, done and opened again (J1)", async ({ page, browser, demo, foreign }) => {
  const word = `${process.pid}${Math.random().toString(36).slice(2, 8)}`;
  const context = await browser.newContext();
  const client = await context.newPage();
  const portal = new Portal(client);
  const write = async (words: string) => {
    await client.getByLabel("Your message").fill(words);
    await portal.button("Send").click();
    await expect(client.getByRole("log").getByText(words)).toBeVisible();
  };
  await portal.open(foreign.address);
  await portal.signInByPassword("client@demo.test");
  await portal.isIn();
  await client.locator("header.top").getByRole("button", { name: /^Messages/ }).click();
  const account = portal.button("Open: Your account");
  await expect(account.or(client.getByLabel("Your message"))).toBeVisible();
  if (await account.isVisible()) await account.click();
  await expect(client.getByLabel("Your message")).toBeVisible();
  // Neither page is loaded again from here on; a reload would take these away.
  const stay = (one: typeof page) => one.evaluate(() => void ((window as { stays?: boolean }).stays = true));
  const stayed = (one: typeof page) => one.evaluate(() => (window as { stays?: boolean }).stays);
  await stay(client);

  await signIn(page, demo.host, "owner@demo.test");
  await page.goto(`${demo.host}/admin/messages?show=all`);
  await stay(page);
  const line = page.locator("#inbox").getByRole("link", { name: /Ada & Ben Carter/ });
  await write(`Is the orangery heated? ${word}`);
  await expect(page.locator("#inbox")).toContainText(`Is the orangery heated? ${word}`, { timeout: 5_000 });
  expect(await stayed(page), "the inbox shows it without a reload").toBe(true);
  await checkAxe(page);

  await line.filter({ hasText: word }).click();
  const log = page.getByRole("log", { name: "Conversation" });
  await expect(log).toContainText(`Is the orangery heated? ${word}`);
  await answer(page).fill(`It is, Ada. ${word}`);
  await page.getByLabel("Saved reply").selectOption({ label: "Meeting before the day" });
  await expect(answer(page)).toHaveValue(new RegExp(`${word}\\n\\nShall we talk`));
  await page.getByRole("button", { name: "Send" }).click();
  // Counted from when it is kept, which is what the reply to Send says.
  await expect(page.getByRole("status")).toHaveText("The message is sent.");
  await expect(client.getByRole("log").getByText(`It is, Ada. ${word}`)).toBeVisible({ timeout: 2_000 });
  await expect(client.getByRole("log").getByText("Shall we talk").last()).toBeVisible();
  expect(await stayed(client), "the portal shows it without a reload").toBe(true);
  await checkAxe(client);

  await stay(page);
  await write(`Thank you! ${word}`);
  await expect(log).toContainText(`Thank you! ${word}`, { timeout: 5_000 });
  expect(await stayed(page)).toBe(true);
  await checkAxe(page);

  await page.getByRole("button", { name: "Mark as done" }).click();
  await expect(page.getByRole("button", { name: "Open again" })).toBeVisible();
  await page.goto(`${demo.host}/admin/messages`);
  await expect(page.locator("#inbox")).not.toContainText(word);
  await write(`One more thing ${word}`);
  await expect(page.locator("#inbox")).toContainText(`One more thing ${word}`, { timeout: 5_000 });
  await checkAxe(page);
  await fits(page);
  await line.filter({ hasText: word }).click();
  await expect(page.getByRole("button", { name: "Mark as done" })).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await context.close();
});
