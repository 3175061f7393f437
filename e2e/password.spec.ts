// Signing in by password, resetting and changing it: rows A2, A8.

import { PASSWORD, Portal } from "./support/portal.ts";
import { checkAxe, expect, test } from "./support/test.ts";

for (const where of ["foreign", "hosted"] as const) {
  test(`a client signs in by password on the ${where} page (A2)`, async ({ page, places }) => {
    const portal = new Portal(page);
    await portal.open(places[where].address);
    await portal.ready();
    await portal.email.fill("client@demo.test");
    await portal.button("Use password").click();
    await expect(portal.password).toBeFocused();
    await checkAxe(page);
    await portal.password.fill(PASSWORD);
    await portal.button("Sign in").click();
    await portal.isIn();
    // The page's own scripts could read what is left in a field.
    expect(await page.evaluate(() => [...document.querySelectorAll("input")].map((input) => input.value).join(""))).toBe("");
  });

  test(`a client resets the password alone on the ${where} page (A8)`, async ({ page, mailbox, places }) => {
    const portal = new Portal(page);
    const place = places[where];
    await portal.open(place.address);
    await portal.ready();
    await mailbox.forget("spouse@demo.test");
    await portal.email.fill("spouse@demo.test");
    await portal.button("Reset password").click();
    await checkAxe(page);
    await portal.button("Send link").click();
    await expect(portal.heading("Check your email")).toBeVisible();
    const secret = (await mailbox.link("spouse@demo.test")).split("#")[1];

    await page.goto("about:blank");
    await page.goto(`${place.address}#${secret}`);
    await expect(portal.heading("Choose a password")).toBeVisible();
    expect(new URL(page.url()).hash).toBe("");
    await checkAxe(page);
    await portal.newPassword.fill(`${where} lanterns on the quay`);
    await portal.button("Save and sign in").click();
    await portal.isIn();

    await portal.signOut();
    await portal.signInByPassword("spouse@demo.test", `${where} lanterns on the quay`);
    await portal.isIn();
  });
}

test("a new password is refused when it is short or everybody's (A8)", async ({ page, mailbox, foreign }) => {
  const portal = new Portal(page);
  await portal.open(foreign.address);
  await portal.ready();
  await mailbox.forget("site@demo.test");
  await portal.email.fill("site@demo.test");
  await portal.button("Reset password").click();
  await portal.button("Send link").click();
  const link = await mailbox.link("site@demo.test");
  await page.goto("about:blank");
  await page.goto(`${foreign.address}#${link.split("#")[1]}`);
  await portal.newPassword.fill("short");
  await portal.button("Save and sign in").click();
  await expect(portal.says("Please use at least 8 characters")).toBeVisible();
  await portal.newPassword.fill("password123");
  await portal.button("Save and sign in").click();
  await expect(portal.says("Please choose another password")).toBeVisible();
  await checkAxe(page);
  await portal.newPassword.fill("a quiet field of barley");
  await portal.button("Save and sign in").click();
  await portal.isIn();
});

test("a password is changed inside after proving who is there (A2)", async ({ page, mailbox, foreign }) => {
  const portal = new Portal(page);
  await portal.open(foreign.address);
  await portal.signInByCode(mailbox, "client@demo.test");
  await portal.goTo("Personal Info");
  await portal.button("Change password").click();
  await page.getByLabel("Current password").fill(PASSWORD);
  await portal.newPassword.fill("three otters by the weir");
  await checkAxe(page);
  await portal.button("Save password").click();
  await expect(portal.says("Your password is changed")).toBeVisible();

  // Back to what the other tests know, this time proven by a code.
  await portal.button("Change password").click();
  await mailbox.forget("client@demo.test");
  await portal.button("Use a code instead").click();
  await portal.code.fill(await mailbox.code("client@demo.test"));
  await portal.newPassword.fill(PASSWORD);
  await portal.button("Save password").click();
  await expect(portal.says("Your password is changed")).toBeVisible();
});
