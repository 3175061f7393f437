// Documents as staff share, replace, ask for and remove them.

import { readFile, writeFile } from "node:fs/promises";

import type { Page } from "@playwright/test";

import { Portal } from "./support/portal.ts";
import { fits, signIn } from "./support/staff.ts";
import { checkAxe, expect, test, violations } from "./support/test.ts";

const mark = () => `${process.pid}${Math.random().toString(36).slice(2, 8)}`;
const text = (name: string, content = `${name}\n`) => ({ name, mimeType: "text/plain", buffer: Buffer.from(content) });
const line = (page: Page, name: string) => page.getByRole("listitem").filter({ hasText: name });
const day = (from: number) => new Date(Date.now() + from * 86_400_000).toISOString().slice(0, 10);

/** The documents of the couple, whose portal the demo opens. */
async function atDocuments(page: Page, host: string) {
  await signIn(page, host, "owner@demo.test");
  await page.goto(`${host}/admin/clients`);
  await page.getByRole("link", { name: "Ada & Ben Carter", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Ada & Ben Carter" })).toBeVisible();
  await page.goto(`${page.url()}/documents`);
  await expect(page.getByRole("heading", { level: 1, name: "Documents" })).toBeVisible();
}

async function share(page: Page, ...files: ReturnType<typeof text>[]) {
  await page.getByLabel("Choose files").setInputFiles(files);
  await page.getByRole("button", { name: "Upload", exact: true }).click();
}

test("a folder is made, renamed, and filled with files whose progress shows (I1 I2)", async ({ page, demo }) => {
  const word = mark();
  await atDocuments(page, demo.host);
  await checkAxe(page);
  await fits(page);
  // A folder without a name, and one of a name that is taken, are told at the field.
  const folder = page.getByLabel("Name of a new folder");
  await page.getByRole("button", { name: "Add folder" }).click();
  await expect(folder).toHaveAccessibleDescription(/Please fill this in/);
  await folder.fill("Plans for the day");
  await page.getByRole("button", { name: "Add folder" }).click();
  await expect(folder).toHaveAccessibleDescription(/There is a folder of this name already\./);
  await expect(folder).toHaveValue("Plans for the day");
  await checkAxe(page);
  await folder.fill(`Music ${word}`);
  await page.getByRole("button", { name: "Add folder" }).click();
  await expect(page.getByRole("status")).toContainText(`The folder “Music ${word}” is there.`);
  const row = page.getByRole("listitem").filter({ has: page.getByRole("button", { name: `Rename Music ${word}` }) });
  await row.getByLabel("Name of the folder").fill(`Songs ${word}`);
  await row.getByRole("button", { name: /^Rename/ }).click();
  await expect(page.getByRole("button", { name: `Rename Songs ${word}` })).toBeVisible();

  await page.getByLabel("Folder", { exact: true }).selectOption({ label: `Songs ${word}` });
  const [small, large] = [`first dance ${word}.txt`, `everything ${word}.txt`].map((name) => test.info().outputPath(name));
  await writeFile(small, `${word}\n`);
  // Of several parts, so that there is progress to see.
  await writeFile(large, `${word} plays. `.repeat(600_000));
  await page.getByLabel("Choose files").setInputFiles([small, large]);
  const shares: number[] = [];
  await page.exposeFunction("noteShare", (share: number) => shares.push(share));
  await page.evaluate(() => {
    const told = window as unknown as { noteShare(share: number): void };
    const look = () => document.querySelectorAll("progress").forEach((bar) => told.noteShare(bar.value));
    new MutationObserver(look).observe(document.querySelector("[data-sending]")!, { attributes: true, subtree: true });
  });
  await page.getByRole("button", { name: "Upload", exact: true }).click();
  const shelf = page.getByRole("region", { name: `Songs ${word}` });
  await expect(shelf.getByRole("listitem")).toHaveCount(2, { timeout: 20_000 });
  expect(shares.some((share) => share > 0 && share < 1), `progress that shows: ${shares}`).toBe(true);
  await expect(line(page, `first dance ${word}`)).toContainText("Not seen yet");
  await checkAxe(page);
  await fits(page);
  expect(await violations(page)).toEqual([]);
});

test("a client sees what is shared, which staff then read as seen, and a new version is not seen again (I1 I5)", async ({
  page,
  browser,
  demo,
  foreign,
}) => {
  const name = `Timetable ${mark()}.txt`;
  await atDocuments(page, demo.host);
  await page.getByText("Only these").click();
  await page.locator(".share-people").getByLabel("Ada Carter").check();
  await checkAxe(page);
  await share(page, text(name, "Ceremony at two.\n"));
  await expect(line(page, name)).toContainText("Not seen yet");

  const context = await browser.newContext();
  const portal = new Portal(await context.newPage());
  await portal.open(foreign.address);
  await portal.signInByPassword("client@demo.test");
  await portal.isIn();
  await portal.goTo("Documents");
  await portal.button(`Open: ${name}`).click();
  await expect(portal.heading(name)).toBeVisible();

  await page.reload();
  await expect(line(page, name)).toContainText(/^(?!.*Not seen).*Seen/s);
  await page.getByRole("link", { name }).click();
  const readers = page.getByRole("region", { name: "Seen by" });
  await expect(readers.getByRole("listitem").filter({ hasText: "Ada Carter" })).toContainText("Opened");
  await expect(readers.getByRole("listitem").filter({ hasText: "Ben Carter" })).toHaveCount(0);
  await checkAxe(page);
  await fits(page);

  await page.getByLabel("Choose a new version").setInputFiles(text(name, "Ceremony at three.\n"));
  await page.getByRole("button", { name: "Upload new version" }).click();
  const versions = page.getByRole("region", { name: "Versions" });
  await expect(versions.getByRole("listitem")).toHaveCount(2, { timeout: 15_000 });
  await expect(versions.getByRole("listitem").filter({ hasText: "Version 2" })).toContainText("Current");
  await expect(readers.getByRole("listitem").filter({ hasText: "Ada Carter" })).toContainText("Not seen yet");
  await checkAxe(page);
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download", exact: true }).click(),
  ]);
  expect(file.suggestedFilename()).toBe(name);
  expect(await readFile(await file.path(), "utf8")).toBe("Ceremony at three.\n");
  const [older] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Version 1" }).click()]);
  expect(await readFile(await older.path(), "utf8")).toBe("Ceremony at two.\n");
  await context.close();
  expect(await violations(page)).toEqual([]);
});

test("another name, other readers, and gone at last (I1 I5)", async ({ page, demo }) => {
  const word = mark();
  await atDocuments(page, demo.host);
  await share(page, text(`Draft ${word}.txt`));
  await page.getByRole("link", { name: `Draft ${word}.txt` }).click();
  await page.getByLabel("Name", { exact: true }).fill("");
  await page.getByLabel("Folder", { exact: true }).selectOption({ label: "Papers" });
  await page.evaluate(() => document.querySelector("input[name=name]")!.removeAttribute("required"));
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByLabel("Name", { exact: true })).toHaveAccessibleDescription(/Please fill this in/);
  await checkAxe(page);
  await page.getByLabel("Name", { exact: true }).fill(`Final ${word}.txt`);
  await page.getByLabel("Folder", { exact: true }).selectOption({ label: "Papers" });
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: `Final ${word}.txt` })).toBeVisible();

  await page.getByText("Only these").click();
  await page.getByRole("button", { name: "Save whom it is shared with" }).click();
  await expect(page.getByText("It is shared with nobody.").or(page.locator("#error-to"))).toBeVisible();
  await checkAxe(page);
  await page.getByText("Only these").click();
  await page.locator(".share-people").getByLabel("Ben Carter").check();
  await page.getByRole("button", { name: "Save whom it is shared with" }).click();
  const readers = page.getByRole("region", { name: "Seen by" });
  await expect(readers.getByRole("listitem").filter({ hasText: "Ben Carter" })).toContainText("Not seen yet");

  await page.getByRole("button", { name: "Remove this document" }).click();
  await expect(page.getByRole("status")).toBeVisible();
  await expect(page.getByRole("link", { name: `Final ${word}.txt` })).toHaveCount(0);
  expect(await violations(page)).toEqual([]);
});

test("a file of a kind that is not taken is refused in words, and the others arrive (I2)", async ({ page, demo }) => {
  const word = mark();
  await atDocuments(page, demo.host);
  const program = Buffer.concat([Buffer.from("MZ"), Buffer.alloc(300)]);
  await share(
    page,
    { name: `setup ${word}.exe`, mimeType: "application/octet-stream", buffer: program },
    { name: `holiday ${word}.png`, mimeType: "image/png", buffer: Buffer.from(`not a picture, ${word}\n`) },
    text(`fine ${word}.txt`),
  );
  const sent = page.locator("[data-sending] li");
  await expect(sent.filter({ hasText: `setup ${word}` })).toContainText("Such files are not taken, because they could do harm.");
  await expect(sent.filter({ hasText: `holiday ${word}` }).locator(".error")).toContainText(`holiday ${word}.png`);
  await expect(sent.filter({ hasText: `fine ${word}` })).toContainText("Done");
  await checkAxe(page);
  await fits(page);
  await sent.getByRole("link", { name: "Show the documents" }).click();
  await expect(page.getByRole("link", { name: `fine ${word}.txt` })).toBeVisible();
  await expect(page.getByRole("link", { name: `setup ${word}.exe` })).toHaveCount(0);
  // The same file once more is told, not kept twice.
  await share(page, text(`fine ${word}.txt`));
  await expect(sent.filter({ hasText: `fine ${word}` })).toContainText("Is here already");
  expect(await violations(page)).toEqual([]);
});

test("a document is asked for with a last day, comes, and is looked at (I5 J6)", async ({ page, browser, demo, foreign, mailbox }) => {
  const title = `Parking permit ${mark()}`;
  await atDocuments(page, demo.host);
  await page.getByRole("link", { name: "Ask for a document" }).click();
  await page.getByLabel("Note").fill("For the van.");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("Nobody was asked yet.");
  await expect(page.getByLabel("What do you need?")).toHaveAccessibleDescription(/Please fill this in/);
  await expect(page.getByLabel("Note")).toHaveValue("For the van.");
  await checkAxe(page);
  await fits(page);
  await page.getByLabel("What do you need?").fill(title);
  await page.getByLabel("Ada Carter").check();
  await page.getByLabel("Last day").fill(day(9));
  await mailbox.forget("client@demo.test");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  const asked = page.getByRole("region", { name: "Asked for" }).getByRole("listitem").filter({ hasText: title });
  await expect(asked).toContainText("Open");
  await expect(asked).toContainText("Ada Carter · by ");
  await checkAxe(page);
  expect((await mailbox.next("client@demo.test")).text).toContain(title);

  const context = await browser.newContext();
  const client = await context.newPage();
  const portal = new Portal(client);
  await portal.open(foreign.address);
  await portal.signInByPassword("client@demo.test");
  await portal.isIn();
  await portal.goTo("Documents");
  const wanted = client.locator("section, li, article").filter({ hasText: title }).filter({ has: client.locator("input[type=file]") });
  await wanted.last().locator("input[type=file]").setInputFiles(text(`permit ${title}.txt`));
  await expect(client.getByText(`permit ${title}.txt`).first()).toBeVisible();

  await expect(async () => {
    await page.reload();
    await expect(asked).toContainText("Received", { timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
  await page.goto(`${demo.host}/admin/documents`);
  await checkAxe(page);
  await fits(page);
  const row = page.getByRole("row", { name: new RegExp(title) });
  await expect(row).toContainText("Ada Carter");
  await row.getByRole("link", { name: `permit ${title}.txt` }).click();
  await expect(page.getByText(`Answers “${title}”`)).toBeVisible();
  await page.goto(`${demo.host}/admin/documents`);
  await expect(row).toHaveCount(0);
  await page.getByRole("link", { name: "All that came in" }).click();
  await expect(row).toBeVisible();
  await checkAxe(page);
  await context.close();
  expect(await violations(page)).toEqual([]);
});

test("a picture is looked at in its page, and all of it fits a telephone (I1)", async ({ page, demo }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await atDocuments(page, demo.host);
  await share(page, text(`Bestuhlungsplan der außergewöhnlichsten Gartenhochzeitsgesellschaft ${mark()}.txt`));
  await expect(page.getByRole("link", { name: /^Bestuhlungsplan/ })).toBeVisible();
  await fits(page);
  await checkAxe(page);
  await page.getByRole("link", { name: "Map of the grounds.png" }).click();
  const picture = page.getByRole("img", { name: "Preview of Map of the grounds.png" });
  await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(100);
  await fits(page);
  await checkAxe(page);
  await page.goto(`${demo.host}/admin/documents?show=all`);
  await fits(page);
  expect(await violations(page)).toEqual([]);
});
