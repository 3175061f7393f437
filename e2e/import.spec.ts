// Clients from a file, and into one. Rows L3 L26.

import { readFile } from "node:fs/promises";

import { fits, signIn } from "./support/staff.ts";
import { checkAxe, expect, test, violations } from "./support/test.ts";

const file = (name: string, text: string) => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });

test("an import tells what happens to each row, and then all of it does (L3 L26)", async ({ page, demo }) => {
  // Every page of it goes through axe.
  test.slow();
  await signIn(page, demo.host, "owner@demo.test");
  await page.goto(`${demo.host}/admin/clients`);
  await page.getByRole("link", { name: "Import" }).click();
  await expect(page.getByRole("heading", { name: "Import clients" })).toBeVisible();
  await checkAxe(page);
  await fits(page);

  // The wrong kind of file is told in words, and the page is still there.
  await page.getByLabel("CSV file").setInputFiles(file("clients.xlsx", "PK\u0003\u0004 xl/workbook.xml"));
  await page.getByRole("button", { name: "Upload and choose columns" }).click();
  await expect(page.getByRole("alert")).toContainText("This is an Excel file. Save it as CSV");
  await checkAxe(page);

  const mine = `import${test.info().workerIndex}${test.info().project.name}`;
  await page.getByLabel("CSV file").setInputFiles(
    file(
      "choir.csv",
      `Vorname;Nachname;E-Mail;Firma;Bemerkung\r\nJürgen;Groß;j@${mine}.test;Choir ${mine};x\r\n` +
        `Zoë;Álvarez;z@${mine}.test;Choir ${mine};y\r\nZoë;Again;Z@${mine}.test;;\r\nNo;Mail;nobody@;;\r\n`,
    ),
  );
  await page.getByRole("button", { name: "Upload and choose columns" }).click();
  await expect(page.getByRole("heading", { name: "What are the columns?" })).toBeVisible();
  await expect(page.getByLabel("Import Vorname as")).toHaveValue("first_name");
  await expect(page.getByLabel("Import E-Mail as")).toHaveValue("email");
  await expect(page.getByLabel("Import Bemerkung as")).toHaveValue("");
  await expect(page.getByText("Jürgen")).toBeVisible();
  await checkAxe(page);
  await fits(page);
  const group = page.getByLabel("Group of new clients");
  if (await group.count()) await group.selectOption({ label: "Portraits" });
  await page.getByRole("button", { name: "Check the rows" }).click();

  await expect(page.getByRole("heading", { name: "What would happen" })).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole("heading", { name: "2 rows can be imported" })).toBeVisible();
  await expect(page.getByRole("row", { name: /Row 4/ })).toContainText("The same email address as in row 3.");
  await expect(page.getByRole("row", { name: /Row 5/ })).toContainText("nobody@");
  await checkAxe(page);
  await fits(page);

  // With errors in it nothing goes on by accident.
  await page.getByRole("button", { name: "Import 2 rows" }).click();
  await expect(page.getByRole("alert")).toContainText("Nothing was imported");
  await checkAxe(page);
  await page.getByLabel("Leave out the 1 row with errors").check();
  await page.getByRole("button", { name: "Import 2 rows" }).click();
  await expect(page.getByRole("heading", { name: "2 rows imported" })).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole("button", { name: "Invite the 2 new contacts" })).toBeVisible();
  await checkAxe(page);
  await fits(page);

  // The page looks again by itself until the search has learned the names.
  const found = page.getByRole("link", { name: `Choir ${mine}`, exact: true });
  await expect(async () => {
    await page.goto(`${demo.host}/admin/clients?q=${mine}`);
    await expect(found).toBeVisible({ timeout: 500 });
  }).toPass();
  await found.click();
  await expect(page.getByRole("heading", { name: "Jürgen Groß" })).toBeVisible();
  await expect(page.getByText("Client imported")).toBeVisible();
  expect(await violations(page)).toEqual([]);
});

test("what is exported comes back without a change (L26)", async ({ page, demo }) => {
  await signIn(page, demo.host, "owner@demo.test");
  await page.goto(`${demo.host}/admin/clients?q=whitcombe`);
  const coming = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export these clients" }).click();
  const download = await coming;
  expect(download.suggestedFilename()).toMatch(/^clients-\d{4}-\d\d-\d\d\.csv$/);
  const text = await readFile(await download.path(), "utf8");
  expect(text.startsWith("\ufeffClient,")).toBe(true);
  expect(text).toContain("Hannah & Joel Whitcombe");

  await page.goto(`${demo.host}/admin/clients/import`);
  await page.getByLabel("CSV file").setInputFiles(file("back.csv", text));
  await page.getByRole("button", { name: "Upload and choose columns" }).click();
  const group = page.getByLabel("Group of new clients");
  if (await group.count()) await group.selectOption({ label: "Weddings" });
  await page.getByRole("button", { name: "Check the rows" }).click();
  await expect(page.getByRole("heading", { name: "There is nothing to import" })).toBeVisible({ timeout: 20_000 });
  await checkAxe(page);
});
