// Direct links: rows A5, A7, K7.

import { Portal } from "./support/portal.ts";
import { linkIn } from "./support/mailbox.ts";
import { checkAxe, expect, test } from "./support/test.ts";

test("a first visit by the invitation's link: email filled in, password chosen, in (A5 A7 L8)", async ({ page, mailbox, foreign }) => {
  const portal = new Portal(page);
  const [invitation] = await mailbox.all("new@demo.test");
  expect(invitation, "the demo invited new@demo.test").toBeTruthy();
  const link = new URL(linkIn(invitation!));

  // A mail scanner looks first; that uses nothing up.
  for (let looks = 0; looks < 3; looks++) expect((await fetch(link)).ok).toBe(true);

  await page.goto(`${foreign.address}${link.hash}`);
  await expect(portal.heading("Choose a password")).toBeVisible();
  await expect(portal.email).toHaveValue("new@demo.test");
  expect(page.url()).toBe(foreign.address);
  await checkAxe(page);
  await portal.newPassword.fill("a kite over the downs");
  await portal.button("Save and sign in").click();
  await portal.isIn();

  // Used up now, and said so.
  await portal.signOut();
  await page.goto("about:blank");
  await page.goto(`${foreign.address}${link.hash}`);
  await expect(portal.says("This link is no longer valid")).toBeVisible();
  await checkAxe(page);
  await portal.signInByPassword("new@demo.test", "a kite over the downs");
  await portal.isIn();
});

test("a link that nobody made says so and leaves the sign-in usable (A12)", async ({ page, mailbox, hosted }) => {
  const portal = new Portal(page);
  await page.goto(`${hosted.address}#portico=nobody-made-this-one`);
  await expect(portal.says("This link is no longer valid")).toBeVisible();
  expect(page.url()).toBe(hosted.address);
  await portal.signInByCode(mailbox, "client@demo.test");
});

test("an open page takes a link's secret from its address at once (A5)", async ({ page, foreign }) => {
  const portal = new Portal(page);
  await portal.open(foreign.address);
  await portal.ready();
  await page.evaluate(() => (location.hash = "#portico=pasted-into-the-open-page"));
  await expect.poll(() => page.url()).not.toContain("portico=");
  await expect(portal.says("This link is no longer valid")).toBeVisible();
});
