// Contracts as a contact meets them: rows B1, E1, E2, E3, E9.

import type { Browser, Page } from "@playwright/test";

import { problem } from "./support/api.ts";
import type { Mailbox } from "./support/mailbox.ts";
import { Portal } from "./support/portal.ts";
import * as staff from "./support/staff.ts";
import { type Place, checkAxe, expect, shiftsInside, test, violations } from "./support/test.ts";

const SIGN = /\/contracts\/ctr_\w+\/sign$/;
const ONE = /\/contracts\/ctr_\w+$/;

/** What Ada is asked to sign. */
const WEDDING = "Photography agreement";

async function signedIn(page: Page, place: Place, mailbox: Mailbox, email: string): Promise<Portal> {
  const portal = new Portal(page);
  await portal.open(place.address);
  if (email === "client@demo.test") await portal.signInByPassword(email);
  else await portal.enterCode(await portal.askCode(mailbox, email));
  await portal.isIn();
  return portal;
}

async function open(portal: Portal, title: string) {
  await portal.goTo("Forms and Contracts");
  await portal.button(new RegExp(`^(Read and sign|Read): ${title}$`)).click();
  await expect(portal.heading(title)).toBeFocused();
}

/** Up to the code, the name typed and the consent given. */
async function sign(portal: Portal, name: string) {
  await portal.button("Sign this contract").click();
  await portal.page.getByLabel("Your name, as your signature").fill(name);
  await portal.page.getByLabel("I agree").check();
  await portal.button("Continue").click();
  await expect(portal.code).toBeFocused();
}

/** Staff send the Carters a contract: both sign it, and nobody is asked for a code. */
async function sendBoth(browser: Browser, host: string, title: string, inOrder: boolean) {
  const page = await browser.newPage();
  await staff.signIn(page, host, "owner@demo.test");
  await page.goto(`${host}/admin/contracts/new?q=Carter`);
  await page.getByRole("link", { name: /^Choose Ada/ }).click();
  await page.getByRole("button", { name: /^A blank page/ }).click();
  await page.getByLabel("Title").fill(title);
  await page.getByRole("textbox", { name: "Text" }).fill("We are on time.\n\n| What | Amount |\n|---|--:|\n| Price | 120 |");
  for (const name of ["Ada Carter", "Ben Carter"]) await page.getByLabel(name, { exact: true }).check();
  await page.getByLabel("Place of Ben Carter").selectOption("2");
  if (inOrder) await page.getByLabel("One after the other").check();
  await page.getByLabel("Ask each signer for a code").uncheck();
  await page.getByRole("button", { name: "Look and send" }).click();
  await page.getByRole("button", { name: "Send now" }).click();
  await expect(page.getByText("Sent").first()).toBeVisible();
  await page.close();
}

type Node = string | [string, Node[]];

/** The texts of a paper's tree, one after the other. */
const said = (nodes: Node[]): string =>
  nodes.map((node) => (typeof node === "string" ? node : said(node[1] ?? []))).join(" ");

test("what waits stands on home, and leads there (B1)", async ({ page, mailbox, foreign }) => {
  const portal = await signedIn(page, foreign, mailbox, "client@demo.test");
  await expect(portal.heading("To do")).toBeVisible();
  await checkAxe(page);
  await portal.button(`Read and sign: ${WEDDING}`).click();
  await expect(portal.heading(WEDDING)).toBeFocused();
  await portal.button("Back to Forms and Contracts").click();
  await portal.choose("Home");
  await portal.button("Fill in: Wedding questionnaire").click();
  await expect(portal.heading("Wedding questionnaire")).toBeVisible();
});

test("contracts stand in the list by what there is to do, each in its state (E1)", async ({ page, mailbox, foreign }) => {
  const portal = await signedIn(page, foreign, mailbox, "client@demo.test");
  await portal.goTo("Forms and Contracts");
  const headings = page.getByRole("heading", { level: 3 });
  await expect(headings.nth(0)).toHaveText("To sign");
  await expect(headings.nth(1)).toHaveText("To fill in");
  const rest = (await headings.allTextContents()).slice(2);
  expect(rest).toContain("Contracts");
  const row = (title: string) => page.getByRole("listitem").filter({ hasText: title });
  await expect(row("Album and prints")).toContainText("Declined");
  await expect(row("Film of the day")).toContainText("Expired");
  await expect(row("Engagement session")).toContainText("Signed by all");
  await checkAxe(page);
});

test("a contract is read, printed alone and saved (E3)", async ({ page, mailbox, foreign }) => {
  const portal = await signedIn(page, foreign, mailbox, "client@demo.test");
  await open(portal, "Engagement session");
  await expect(portal.says("Signed by all")).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: "Ben Carter" }).first()).toContainText(/Signed \w+/);
  await page.getByText("History", { exact: true }).click();
  await expect(portal.says("Read to the end by Ada Carter")).toBeVisible();
  await checkAxe(page);
  const saved = page.waitForEvent("download", { timeout: 40_000 });
  await portal.button("Download PDF").click();
  expect((await saved).suggestedFilename()).toMatch(/\.pdf$/);
  await page.emulateMedia({ media: "print" });
  await expect(portal.sections).toBeHidden();
  await expect(page.getByRole("heading", { name: "Good to see you" })).toBeHidden();
  await expect(portal.button("Print")).toBeHidden();
  await expect(portal.heading("Engagement session")).toBeVisible();
  await page.emulateMedia({ media: "screen" });
  expect(await violations(page)).toEqual([]);
});

test("the screen says every word of the paper, as its PDF does, and none besides (E3 E7)", async ({ page, mailbox, foreign }) => {
  const portal = await signedIn(page, foreign, mailbox, "client@demo.test");
  const reply = page.waitForResponse((response) => ONE.test(response.url()) && response.ok());
  await open(portal, "Engagement session");
  const words = (text: string) => text.replace(/\s+/g, " ").trim();
  // The PDF is made of this tree too, and read back word by word by the tests of the server and of the PDFs.
  const tree = words(said((await (await reply).json()).text));
  expect(tree.length).toBeGreaterThan(500);
  const sheet = page.locator(".sheet").first();
  await expect(sheet).toBeVisible();
  const shown = await sheet.evaluate((sheet) => {
    const walker = document.createTreeWalker(sheet, NodeFilter.SHOW_TEXT);
    const all: string[] = [];
    while (walker.nextNode()) all.push(walker.currentNode.textContent ?? "");
    return all.join(" ");
  });
  expect(words(shown)).toBe(tree);
});

test("a PDF that is still being made is looked for again (E3)", async ({ page, mailbox, foreign }) => {
  const portal = await signedIn(page, foreign, mailbox, "client@demo.test");
  await open(portal, "Engagement session");
  let looks = 0;
  await page.route(ONE, async (route) => {
    const reply = await route.fetch();
    const json = await reply.json();
    if (++looks < 2) delete json.pdf;
    await route.fulfill({ response: reply, json });
  });
  const saved = page.waitForEvent("download", { timeout: 20_000 });
  await portal.button("Download PDF").click();
  await expect(portal.says("The PDF is being made.")).toBeVisible();
  await saved;
  expect(looks).toBe(2);
});

test("declining asks for a reason, and can be thought over (E9)", async ({ page, mailbox, foreign }) => {
  const portal = await signedIn(page, foreign, mailbox, "client@demo.test");
  await open(portal, WEDDING);
  await portal.button("Decline").click();
  const dialog = page.getByRole("dialog", { name: "Decline" });
  await expect(dialog).toBeVisible();
  await dialog.getByRole("button", { name: "Decline" }).click();
  await expect(portal.says("Please answer this.")).toBeVisible();
  await checkAxe(page);
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(portal.button("Sign this contract")).toBeVisible();
});

test("a text that changed meanwhile is shown again before anybody signs it (E2)", async ({ page, mailbox, foreign }) => {
  const portal = await signedIn(page, foreign, mailbox, "client@demo.test");
  await open(portal, WEDDING);
  await mailbox.forget("client@demo.test");
  await sign(portal, "Ada Carter");
  const detail = "This is not the text that was shown to you. Please open the contract again and read it.";
  await page.route(SIGN, (route) =>
    route.request().method() === "POST"
      ? route.fulfill(problem(409, "conflict", "Something changed in the meantime", { detail, field: "hash" }))
      : route.fallback(),
  );
  await portal.code.fill(await mailbox.code("client@demo.test"));
  await portal.button("Sign now").click();
  await expect(portal.says(detail)).toBeVisible();
  await expect(portal.button("Sign this contract")).toBeVisible();
});

test("one signer signs by keyboard alone, without a connection too, and once (E2)", async ({ page, watch, mailbox, foreign }) => {
  watch.expect(/ERR_FAILED/);
  const portal = await signedIn(page, foreign, mailbox, "client@demo.test");
  const read = page.waitForRequest((request) => /\/read$/.test(request.url()) && request.method() === "POST");
  await open(portal, WEDDING);
  // To the end of the text.
  await portal.button("Sign this contract").focus();
  await read;
  await page.keyboard.press("Enter");
  await expect(portal.heading(`Sign ${WEDDING}`)).toBeFocused();
  await checkAxe(page);
  await portal.button("Continue").click();
  await expect(portal.says("Please answer this.")).toBeVisible();
  await page.getByLabel("Your name, as your signature").focus();
  await page.keyboard.type("Ada Carter");
  await page.getByLabel("I agree").focus();
  await page.keyboard.press("Space");
  await mailbox.forget("client@demo.test");
  await portal.button("Continue").focus();
  await page.keyboard.press("Enter");
  await expect(portal.code).toBeFocused();
  await checkAxe(page);
  let sends = 0;
  await page.route(SIGN, (route) => {
    if (route.request().method() === "POST") sends += 1;
    return route.abort();
  });
  await page.keyboard.type(await mailbox.code("client@demo.test"));
  await page.keyboard.press("Enter");
  await expect(portal.says("No connection")).toBeVisible();
  await page.unroute(SIGN);
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await expect(portal.says("Thank you. Your signature is in place.")).toBeVisible();
  expect(sends).toBeGreaterThan(0);
  await expect(page.getByRole("listitem").filter({ hasText: "Ada Carter" }).first()).toContainText(/Signed \w+/);
  await expect(portal.button("Sign this contract")).toBeHidden();
  await checkAxe(page);
  expect(await shiftsInside(page)).toEqual([]);
  await portal.choose("Home");
  await expect(portal.heading("To do")).toBeVisible();
  await expect(portal.button(`Read and sign: ${WEDDING}`)).toHaveCount(0);
});

test("the second of two in order signs with a drawing (E2)", async ({ page, mailbox, foreign }) => {
  const portal = await signedIn(page, foreign, mailbox, "spouse@demo.test");
  await open(portal, "Guest photo booth");
  await expect(page.getByRole("listitem").filter({ hasText: "Ada Carter" }).first()).toContainText(/Signed \w+/);
  await portal.button("Sign this contract").click();
  await portal.button("Draw").click();
  const board = page.getByRole("img", { name: /^Draw your signature/ });
  const box = (await board.boundingBox())!;
  await page.mouse.move(box.x + 40, box.y + 60);
  await page.mouse.down();
  await page.mouse.move(box.x + 120, box.y + 30, { steps: 5 });
  await page.mouse.move(box.x + 200, box.y + 80, { steps: 5 });
  await page.mouse.up();
  await page.getByLabel("I agree").check();
  await mailbox.forget("spouse@demo.test");
  await portal.button("Continue").click();
  await portal.code.fill(await mailbox.code("spouse@demo.test"));
  await portal.button("Sign now").click();
  await expect(portal.says("Thank you. Your signature is in place.")).toBeVisible();
});

test("two sign one after the other, without a code where the studio asks none (E2)", async ({ browser, page, mailbox, demo, foreign }) => {
  await sendBoth(browser, demo.host, "In order", true);
  const portal = await signedIn(page, foreign, mailbox, "spouse@demo.test");
  await portal.goTo("Forms and Contracts");
  await expect(page.getByRole("listitem").filter({ hasText: "In order" })).toContainText("Waiting");
  await open(portal, "In order");
  await expect(portal.says(/^Somebody else signs first/)).toBeVisible();
  await expect(portal.button("Sign this contract")).toHaveCount(0);
  await portal.signOut();
  await page.reload();
  await portal.signInByPassword("client@demo.test");
  await portal.isIn();
  await open(portal, "In order");
  await portal.button("Sign this contract").click();
  await page.getByLabel("Your name, as your signature").fill("Ada Carter");
  await page.getByLabel("I agree").check();
  await portal.button("Sign now").click();
  await expect(portal.says("Thank you. Your signature is in place.")).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: "Ben Carter" }).first()).toContainText("Not signed yet");
  await checkAxe(page);
});

test("a contract that one of its signers declines is declined for all (E9)", async ({ browser, page, mailbox, demo, foreign }) => {
  await sendBoth(browser, demo.host, "Not like this", false);
  const portal = await signedIn(page, foreign, mailbox, "spouse@demo.test");
  await open(portal, "Not like this");
  await portal.button("Decline").click();
  const dialog = page.getByRole("dialog", { name: "Decline" });
  await dialog.getByLabel("Why?").fill("The date is wrong.\nIt is the 20th.");
  await dialog.getByRole("button", { name: "Decline" }).click();
  await expect(portal.says("You declined this contract. The studio knows why.")).toBeVisible();
  await expect(portal.button("Sign this contract")).toHaveCount(0);
  await checkAxe(page);
  await portal.signOut();
  await page.reload();
  await portal.signInByPassword("client@demo.test");
  await portal.isIn();
  await open(portal, "Not like this");
  await expect(portal.says("The date is wrong. It is the 20th.")).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: "Ben Carter" }).first()).toContainText(/Declined \w+/);
});

test("one that expired, was declined or withdrawn says so (E1 E9)", async ({ page, mailbox, foreign }) => {
  const portal = await signedIn(page, foreign, mailbox, "client@demo.test");
  await open(portal, "Film of the day");
  await expect(portal.says(/The time to sign this contract is over/)).toBeVisible();
  await expect(portal.button("Sign this contract")).toBeHidden();
  await portal.button("Back to Forms and Contracts").click();
  await open(portal, "Album and prints");
  await expect(portal.says(/was declined/)).toBeVisible();
  await expect(portal.says("We would like to choose the album once we have seen the pictures.")).toBeVisible();
  await portal.button("Back to Forms and Contracts").click();
  // What the demo has none of.
  await page.route(ONE, async (route) => {
    const reply = await route.fetch();
    const json = await reply.json();
    await route.fulfill({ response: reply, json: { ...json, state: "voided", part: "read", replaced_by: json.id } });
  });
  await open(portal, "Engagement session");
  await expect(portal.says("The studio withdrew this contract. It does not count.")).toBeVisible();
  await page.unroute(ONE);
  await portal.button("Open the new version").click();
});

test("staff who look see everything and can do nothing (E1)", async ({ page, mailbox, foreign }) => {
  const portal = await signedIn(page, foreign, mailbox, "spouse@demo.test");
  await page.route(/\/home$/, async (route) => {
    const reply = await route.fetch();
    await route.fulfill({ response: reply, json: { ...(await reply.json()), viewed_by: "Olivia Fern" } });
  });
  await page.reload();
  await portal.isIn();
  await portal.goTo("Forms and Contracts");
  await expect(portal.button("Sign this contract")).toHaveCount(0);
});
